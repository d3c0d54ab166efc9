"""How assets and checks are now."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

from dagx_engine.pure.value import dataclass

__all__ = [
    "AcceptedView",
    "AssetState",
    "AssetView",
    "AutomationView",
    "CheckOutcome",
    "CheckResultView",
    "CheckView",
    "CodeChange",
    "JobView",
    "MetadataRow",
    "PartitionsView",
    "ReasonView",
    "RemarkView",
    "StatusView",
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


@dataclass(frozen=True)
class CodeChange:
    """How a piece of code reads now, and how it read when the result was made."""

    place: str
    """`file:line`, relative to the project; empty when it is gone."""
    before: str | None
    """None: it was not used, or its text was not stored."""
    after: str | None
    """None: it is no longer used."""
    diff: tuple[str, ...]
    """The lines that changed, after `- ` and `+ `, with lines around them after two spaces; `@@ file:line` begins each
    place where there are several. Empty when there is nothing to compare, or nothing differs but the form."""


@dataclass(frozen=True)
class ReasonView:
    """One reason why an asset is not fresh."""

    part: str
    """Name of the part of the manifest that differs, such as `code:assets:clean`."""
    text: str
    """The reason in words, with `file:line` where there is one."""
    detail: str = ""
    """What more is known of it, in words. Only `why` asks for it, as for `code`."""
    code: CodeChange | None = None


@dataclass(frozen=True)
class RemarkView:
    """Something to be said of a step beside how it stands, and what to do about it."""

    step: str
    kind: str
    """`missing edge`, `network`."""
    text: str
    hint: str


@dataclass(frozen=True)
class AcceptedView:
    """A difference that somebody accepted."""

    part: str
    text: str
    """What it was called when it was accepted."""
    at: float


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
    declared_inputs: tuple[str, ...] = ()
    """Files that its step was declared to be made from: paths, patterns, folders with a slash at their end."""
    accepted: tuple[AcceptedView, ...] = ()
    """What makes no difference because somebody said so (`dagx accept`): without, it would be stale."""
    partition_counts: PartitionsView | None = None
    """How its partitions stand; None for an asset that has none, or whose partitions dagx does not know."""
    pools: Mapping[str, int | None] | None = None
    """The pools in which its step holds a slot, each with the number of those; None is without limit."""

    @property
    def reason(self) -> str:
        """The first reason in words, or an empty string."""
        return self.reasons[0].text if self.reasons else ""


@dataclass(frozen=True)
class AutomationView:
    """The names of what a project defines to run by itself."""

    schedules: tuple[str, ...] = ()
    sensors: tuple[str, ...] = ()


@dataclass(frozen=True)
class JobView:
    """What can be run by a name: assets, with their checks, or ops."""

    name: str
    assets: tuple[str, ...] = ()
    checks: tuple[str, ...] = ()
    ops: tuple[str, ...] = ()
    description: str = ""
    source: str = ""
    """`file:line` of the definition, relative to the project."""
    partitions: str = ""
    """How it is partitioned, in words."""


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
    jobs: tuple[JobView, ...] = ()

    @property
    def counts(self) -> dict[str, int]:
        """How many assets are in each state, in the order of `AssetState`, without zeros."""
        found = [asset.state for asset in self.assets]
        return {state.value: found.count(state) for state in AssetState if state in found}
