"""What the machine of a run is told, what it says, and the states of a step. Words alone: what they do is in `run`."""

from __future__ import annotations

from enum import Enum

from dagx_engine.pure.definitions import StepName
from dagx_engine.pure.value import dataclass

__all__ = [
    "Cancel",
    "CancelSteps",
    "Cancelled",
    "Command",
    "Due",
    "Event",
    "Examine",
    "Failed",
    "Finish",
    "Held",
    "MustRun",
    "Reexamine",
    "Reused",
    "Skip",
    "Start",
    "State",
    "Stop",
    "Succeeded",
    "Superseded",
    "Vacant",
    "WaitFor",
    "Withdraw",
]


class State(str, Enum):
    """Where a step is in its run."""

    WAITING = "waiting"
    EXAMINED = "examined"
    READY = "ready"
    RUNNING = "running"
    RETRYING = "retrying"
    SUCCEEDED = "succeeded"
    UNCHANGED = "unchanged"
    RESTORED = "restored"
    FRESH = "fresh"
    FAILED = "failed"
    SKIPPED = "skipped"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class Examine:
    """Everything the step needs is settled: find out whether it must run."""

    step: StepName


@dataclass(frozen=True)
class Start:
    """Begin attempt number `attempt`, counted from 1."""

    step: StepName
    attempt: int


@dataclass(frozen=True)
class WaitFor:
    """Say `Due` after this many seconds."""

    step: StepName
    seconds: float


@dataclass(frozen=True)
class Stop:
    """End the running attempt."""

    step: StepName


@dataclass(frozen=True)
class Skip:
    step: StepName
    because: StepName


@dataclass(frozen=True)
class Finish:
    """Nothing is left to do."""

    failed: frozenset[StepName] = frozenset()
    cancelled: frozenset[StepName] = frozenset()


Command = Examine | Start | WaitFor | Stop | Skip | Finish


@dataclass(frozen=True)
class MustRun:
    step: StepName


@dataclass(frozen=True)
class Held:
    """It cannot run: an asset that it needs is not there, because the step `because` left one out. No failure."""

    step: StepName
    because: StepName


@dataclass(frozen=True)
class Reused:
    """It need not run: its result is fresh, or an earlier one was put back."""

    step: StepName
    restored: bool = False


@dataclass(frozen=True)
class Succeeded:
    step: StepName
    unchanged: bool = False


@dataclass(frozen=True)
class Failed:
    """`retry_in` is given when the failure allows another attempt."""

    step: StepName
    retry_in: float | None = None


@dataclass(frozen=True)
class Superseded:
    """An input changed during the attempt, so its result was not recorded."""

    step: StepName


@dataclass(frozen=True)
class Due:
    step: StepName


@dataclass(frozen=True)
class Cancelled:
    """The attempt was ended on request."""

    step: StepName


@dataclass(frozen=True)
class CancelSteps:
    """Give these steps up, and what needs them; the rest goes on."""

    steps: frozenset[StepName]


@dataclass(frozen=True)
class Withdraw:
    """Give up those of these steps that have not begun, and what needs them: another run does them."""

    steps: frozenset[StepName]


@dataclass(frozen=True)
class Reexamine:
    """What these steps would be made from changed: look at them again; attempts under way are ended for it."""

    steps: frozenset[StepName]


@dataclass(frozen=True)
class Vacant:
    """There may be room again, for a step of another run ended."""


@dataclass(frozen=True)
class Cancel:
    """Give everything up that is not over."""


Event = (
    MustRun
    | Held
    | Reused
    | Succeeded
    | Failed
    | Superseded
    | Due
    | Cancelled
    | CancelSteps
    | Withdraw
    | Reexamine
    | Vacant
    | Cancel
)
