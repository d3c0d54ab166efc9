"""What front ends are shown: frozen values, ready to print or to turn into JSON.

Knows no store, process or project; the engine makes these values and the front ends only read them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from enum import Enum

__all__ = [
    "AssetState",
    "AssetView",
    "AssetsChanged",
    "AutomationView",
    "BoardReplaced",
    "CheckOutcome",
    "CheckResultView",
    "CheckView",
    "DoctorLine",
    "DoctorView",
    "EngineEnded",
    "Event",
    "LineageView",
    "LoadFailed",
    "Loaded",
    "LogsView",
    "MaterializationView",
    "MetadataRow",
    "Notice",
    "PartitionsView",
    "PlanView",
    "PlannedStep",
    "ReasonView",
    "RunEnded",
    "RunStarted",
    "RunStatus",
    "RunView",
    "Saved",
    "ShowView",
    "StatusView",
    "StepEnded",
    "StepLog",
    "StepStarted",
    "StepState",
    "StepView",
    "WhyView",
    "to_json",
]


class AssetState(str, Enum):
    """What an asset is now. The value is the word that people read."""

    FRESH = "fresh"
    STALE = "stale"
    UPSTREAM_STALE = "upstream stale"
    """An upstream asset will run; this one may turn out unchanged."""
    MISSING = "missing"
    QUEUED = "queued"
    RUNNING = "running"
    FAILED = "failed"
    BLOCKED = "blocked"
    """An upstream asset failed or is missing for good."""
    SKIPPED = "skipped"
    """Its step ran and did not make it, as it may; or it needs such an asset."""
    EXTERNAL = "external"
    """Not made by dagx."""


class CheckOutcome(str, Enum):
    """What a check found the last time. The value is the word that people read."""

    PASSED = "passed"
    WARNED = "warned"
    """It did not pass, and that is no more than a warning."""
    FAILED = "failed"
    NO_RESULT = "no result"
    """It was executed and gave none."""
    NEVER = "never executed"


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
class ReasonView:
    """One reason why an asset is not fresh."""

    part: str
    """Name of the part of the manifest that differs, such as `code:assets:clean`."""
    text: str
    """The reason in words, with `file:line` where there is one."""


@dataclass(frozen=True)
class MetadataRow:
    label: str
    type: str
    value: object


@dataclass(frozen=True)
class CheckResultView:
    """What a check found, once."""

    asset: str
    name: str
    outcome: CheckOutcome
    blocking: bool = False
    description: str = ""
    """What the result says of itself."""
    run_id: str | None = None
    made_at: float | None = None
    metadata: tuple[MetadataRow, ...] = ()

    @property
    def title(self) -> str:
        """The check as people name it: `orders:no_nulls`."""
        return f"{self.asset}:{self.name}"


@dataclass(frozen=True)
class CheckView:
    """A check, what it found last, and whether that still holds."""

    asset: str
    name: str
    state: AssetState
    """FRESH: it looked at what is there now. FAILED: its function raised, or it holds back what needs the asset."""
    reasons: tuple[ReasonView, ...]
    step: str
    source: str
    description: str = ""
    blocking: bool = False
    last: CheckResultView | None = None
    error: str | None = None
    """The last line of the error, if its step failed."""

    @property
    def outcome(self) -> CheckOutcome:
        return self.last.outcome if self.last is not None else CheckOutcome.NEVER

    @property
    def reason(self) -> str:
        """The first reason in words, or an empty string."""
        return self.reasons[0].text if self.reasons else ""


@dataclass(frozen=True)
class PartitionsView:
    """How many partitions an asset has, and how they stand."""

    total: int
    made: int
    stale: int
    """Of those made."""
    missing: int
    first: str | None
    """The first partition that there is, and the last."""
    last: str | None
    latest: str | None
    """The last one that is made."""
    ranges: Mapping[str, object]
    """Which are `made`, `stale`, `missing`: as ranges of keys, or as keys where they have no fixed order."""


@dataclass(frozen=True)
class AssetView:
    key: str
    group: str
    kinds: tuple[str, ...]
    description: str
    state: AssetState
    reasons: tuple[ReasonView, ...]
    upstream: tuple[str, ...]
    downstream: tuple[str, ...]
    step: str
    source: str
    """`file:line` of the definition, relative to the project."""
    made_at: float | None = None
    """When the current materialization was made, in seconds since 1970."""
    seconds: float | None = None
    """How long its step took."""
    run_id: str | None = None
    data_version: str | None = None
    size: int | None = None
    """Stored bytes."""
    rows: int | None = None
    error: str | None = None
    """The last line of the error, if the last attempt failed."""
    owners: tuple[str, ...] = ()
    tags: Mapping[str, str] | None = None
    checks: tuple[CheckView, ...] = ()
    partitions: str = ""
    """How it is partitioned, in words."""
    partition_counts: PartitionsView | None = None
    """How its partitions stand; None for an asset that has none, or whose partitions dagx does not know."""

    @property
    def reason(self) -> str:
        """The first reason in words, or an empty string."""
        return self.reasons[0].text if self.reasons else ""


@dataclass(frozen=True)
class AutomationView:
    """The names of what a project defines to run by itself."""

    jobs: tuple[str, ...] = ()
    schedules: tuple[str, ...] = ()
    sensors: tuple[str, ...] = ()


@dataclass(frozen=True)
class StatusView:
    project: str
    root: str
    assets: tuple[AssetView, ...]
    """In dependency order, upstream first."""
    generation: int = 0
    problem: str | None = None
    """Why the project as it is on disk does not load; `assets` are then those of the last good generation."""
    automation: AutomationView = AutomationView()

    @property
    def counts(self) -> dict[str, int]:
        """How many assets are in each state, in the order of `AssetState`, without zeros."""
        found = [asset.state for asset in self.assets]
        return {state.value: found.count(state) for state in AssetState if state in found}


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


@dataclass(frozen=True)
class PlanView:
    steps: tuple[PlannedStep, ...]
    selected: int
    """How many steps were looked at."""
    total: int
    """How many steps the project has."""
    refused: tuple[str, ...] = ()
    """What was selected and is not run by dagx, in words."""

    @property
    def expected_seconds(self) -> float | None:
        """The sum of what is known from earlier runs; None when nothing is known."""
        known = [step.expected_seconds for step in self.steps if step.expected_seconds is not None]
        return sum(known) if known else None


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

    @property
    def counts(self) -> dict[str, int]:
        """How many steps are in each state, without zeros."""
        found = [step.state for step in self.steps]
        return {state.value: found.count(state) for state in StepState if state in found}


@dataclass(frozen=True)
class MaterializationView:
    run_id: str
    made_at: float
    seconds: float | None
    data_version: str
    codec: str
    size: int
    where: str
    """The path of the stored bytes, relative to the project, or words when a small value lives in the database."""
    metadata: tuple[MetadataRow, ...]
    preview: str


@dataclass(frozen=True)
class ShowView:
    asset: AssetView
    current: MaterializationView | None
    history: tuple[MaterializationView, ...]
    manifest: tuple[tuple[str, str], ...]
    """The named parts of the key of the current materialization with their digests."""
    error: str | None = None
    """The whole error of the last attempt, if that failed."""


@dataclass(frozen=True)
class WhyView:
    asset: AssetView
    verdict: str
    """One line in words: `stale: 2 of its parts changed`, `fresh: nothing it depends on changed`."""
    reasons: tuple[ReasonView, ...]
    chain: tuple[tuple[str, ReasonView], ...]
    """From this asset's nearest upstream cause to the root cause: (asset key, its reason)."""
    depends_on: tuple[tuple[str, str], ...]
    """What a fresh asset rests on: (part, what it is)."""


@dataclass(frozen=True)
class LineageView:
    assets: tuple[AssetView, ...]
    edges: tuple[tuple[str, str], ...]
    """(upstream key, downstream key), both selected."""


@dataclass(frozen=True)
class LogsView:
    run_id: str
    steps: tuple[tuple[str, str], ...]
    """(step, text of its log)."""


@dataclass(frozen=True)
class DoctorLine:
    ok: bool
    name: str
    text: str
    hint: str = ""


@dataclass(frozen=True)
class DoctorView:
    lines: tuple[DoctorLine, ...]

    @property
    def ok(self) -> bool:
        return all(line.ok for line in self.lines)


# Live news, from `api.run` and from `api.Dev`.


@dataclass(frozen=True)
class BoardReplaced:
    """A new generation, or the first one: everything may differ."""

    status: StatusView


@dataclass(frozen=True)
class AssetsChanged:
    """These assets look different now; all others stay."""

    assets: tuple[AssetView, ...]


@dataclass(frozen=True)
class Saved:
    """Files of the project changed on disk; `paths` are relative to it."""

    paths: tuple[str, ...]


@dataclass(frozen=True)
class Loaded:
    generation: int
    assets: int
    seconds: float
    first: bool


@dataclass(frozen=True)
class LoadFailed:
    """The project does not load; the last good generation stays in force."""

    problem: str


@dataclass(frozen=True)
class RunStarted:
    run_id: str
    cause: str
    plan: PlanView


@dataclass(frozen=True)
class StepStarted:
    run_id: str
    step: str
    reasons: tuple[ReasonView, ...]
    attempt: int
    log_path: str


@dataclass(frozen=True)
class StepLog:
    """Text that a step wrote; the whole of it is in its log file."""

    run_id: str
    step: str
    text: str


@dataclass(frozen=True)
class StepEnded:
    run_id: str
    step: StepView


@dataclass(frozen=True)
class RunEnded:
    run: RunView


@dataclass(frozen=True)
class Notice:
    """Something a person should know: `level` is `info`, `warning` or `error`."""

    text: str
    level: str = "info"


@dataclass(frozen=True)
class EngineEnded:
    """The last event: the engine of `dagx dev` is gone. `problem` says why, unless it was asked to end."""

    problem: str | None = None


Event = (
    BoardReplaced
    | AssetsChanged
    | Saved
    | Loaded
    | LoadFailed
    | RunStarted
    | StepStarted
    | StepLog
    | StepEnded
    | RunEnded
    | Notice
    | EngineEnded
)


def to_json(value: object) -> object:
    """The same value in the types that JSON has; properties such as `counts` and `reason` are included."""
    if isinstance(value, Enum):
        return value.value
    if is_dataclass(value) and not isinstance(value, type):
        found: dict[str, object] = {f.name: to_json(getattr(value, f.name)) for f in fields(value)}
        for extra in ("counts", "reason", "expected_seconds", "ok", "outcome"):
            if isinstance(getattr(type(value), extra, None), property):
                found[extra] = to_json(getattr(value, extra))
        return found
    if isinstance(value, Mapping):
        return {str(name): to_json(item) for name, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return [to_json(item) for item in value]
    return value
