"""What a run would do, does and did."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum

from dagx_engine.pure.value import dataclass
from dagx_engine.views.assets import CheckResultView, ReasonView, RemarkView

__all__ = [
    "CostView",
    "OpView",
    "PlanView",
    "PlannedStep",
    "RunStatus",
    "RunView",
    "StepState",
    "StepView",
]


class StepState(str, Enum):
    """What became of a step in one run."""

    WAITING = "waiting"
    READY = "ready"
    RUNNING = "running"
    RETRYING = "retrying"
    SUCCEEDED = "succeeded"
    UNCHANGED = "unchanged"
    """Ran, and made the same bytes as before: nothing downstream runs because of it."""
    RESTORED = "restored"
    """An earlier result fits exactly and was put back: nothing ran."""
    FRESH = "fresh"
    FAILED = "failed"
    SKIPPED = "skipped"
    """A step that it waits for failed; or an asset that it needs was left out by its step."""
    CANCELLED = "cancelled"
    SUPERSEDED = "superseded"
    """An input changed while it ran; the result was not recorded."""


class RunStatus(str, Enum):
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"
    CRASHED = "crashed"
    """The engine ended before the run did; the next run does what is left."""


@dataclass(frozen=True)
class PlannedStep:
    step: str
    assets: tuple[str, ...]
    reasons: tuple[ReasonView, ...]
    certain: bool
    """False: it runs only if an upstream step makes something new."""
    expected_seconds: float | None
    checks: tuple[str, ...] = ()
    """The checks that it executes, as `orders:no_nulls`."""
    ops: tuple[str, ...] = ()
    """The ops that it runs, if it is a job."""
    waits_for: tuple[str, ...] = ()
    """The steps of the same plan that end before it begins."""


@dataclass(frozen=True)
class PlanView:
    steps: tuple[PlannedStep, ...]
    selected: int
    """How many steps were looked at."""
    total: int
    """How many steps the project has."""
    refused: tuple[str, ...] = ()
    """What was selected and is not run by dagx, in words."""

    slots: int = 1
    """How many steps run at once."""

    @property
    def expected_seconds(self) -> float | None:
        """How long it takes by what earlier runs took; None when nothing is known."""
        return _in_all(self.steps, self.slots)

    @property
    def certain_seconds(self) -> float | None:
        """The same of the steps that run in any case."""
        return _in_all([step for step in self.steps if step.certain], self.slots)


def _in_all(steps: Sequence[PlannedStep], slots: int) -> float | None:
    """The longest chain of steps, or all of them dealt out to the slots: whichever takes longer."""
    known = [step.expected_seconds for step in steps if step.expected_seconds is not None]
    if not known:
        return None
    ends: dict[str, float] = {}
    for step in steps:  # upstream first
        begins = max((ends.get(need, 0.0) for need in step.waits_for), default=0.0)
        ends[step.step] = begins + (step.expected_seconds or 0.0)
    return max(*ends.values(), sum(known) / slots)


@dataclass(frozen=True)
class OpView:
    """How one op of a job went: succeeded, failed, skipped or cancelled."""

    op: str
    state: StepState
    seconds: float | None = None
    line: str = ""
    """Its error, or why it did not run."""
    tries: int = 0
    """How often it was tried."""


@dataclass(frozen=True)
class CostView:
    """What an execution cost beside its time; what was not measured is None."""

    cpu_seconds: float | None
    """Processor time of its process and of the processes that it started and waited for, or left to dagx to end."""
    memory_bytes: int | None
    """The most that its process had resident at once, libraries included; or one that it started, if that had more."""
    read_bytes: int | None
    """What went through `read`: files, also where they came from memory, and pipes. Mapped files and sockets do not."""
    written_bytes: int | None


@dataclass(frozen=True)
class StepView:
    step: str
    assets: tuple[str, ...]
    state: StepState
    reasons: tuple[ReasonView, ...] = ()
    attempt: int = 0
    started_at: float | None = None
    seconds: float | None = None
    error: str | None = None
    """The whole error text of a failed step: message and traceback with our own frames cut."""
    error_line: str | None = None
    """The error in one line."""
    because: str | None = None
    """For a skipped step: the step that it waited for, or that left out what it needs."""
    log_path: str | None = None
    checks: tuple[str, ...] = ()
    """The checks that it executes, as `orders:no_nulls`."""
    results: tuple[CheckResultView, ...] = ()
    """What its checks found."""
    left_out: tuple[str, ...] = ()
    """Of its assets those that it did not make, as it may."""
    ops: tuple[OpView, ...] = ()
    """How its ops went, if it is a job, in the order in which they ended."""
    cost: CostView | None = None
    """Of its last attempt, as `seconds`; None if nothing is known."""


@dataclass(frozen=True)
class RunView:
    run_id: str
    status: RunStatus
    selection: str
    cause: str
    """What asked for it: `you`, `save assets.py`, `start`."""
    started_at: float
    seconds: float | None
    steps: tuple[StepView, ...]
    refused: tuple[str, ...] = ()
    """What was selected and is not run by dagx, in words."""
    remarks: tuple[RemarkView, ...] = ()
    """What there is to say of the steps that it executed; not kept when it is over."""

    @property
    def counts(self) -> dict[str, int]:
        """How many steps are in each state, without zeros."""
        found = [step.state for step in self.steps]
        return {state.value: found.count(state) for state in StepState if state in found}
