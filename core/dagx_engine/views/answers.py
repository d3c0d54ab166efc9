"""What is answered to one question: about an asset, its lineage, a log, the machine."""

from __future__ import annotations

from dagx_engine.pure.value import dataclass
from dagx_engine.views.assets import AssetState, AssetView, MetadataRow, ReasonView, RemarkView
from dagx_engine.views.runs import CostView

__all__ = [
    "CauseView",
    "DoctorLine",
    "DoctorView",
    "LineageView",
    "LogsView",
    "MaterializationView",
    "RecordedView",
    "ShowView",
    "UsualView",
    "WhyView",
]


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
class RecordedView:
    """An event that user code recorded beside its outputs."""

    what: str
    """`materialization` or `observation`."""
    asset: str
    """Of which asset, and which partition of it: need not be one of the project."""
    step: str
    run_id: str
    at: float
    description: str = ""
    metadata: tuple[MetadataRow, ...] = ()


@dataclass(frozen=True)
class UsualView:
    """What the last executions of a step cost."""

    seconds: float
    """As all of it the median of the last executions that worked, at most five, on whatever partitions."""
    executions: int
    """Of how many."""
    cost: CostView | None
    """Of memory the most that any of them had."""
    last_seconds: float
    """Of the last execution, also if that failed."""
    last: CostView | None


@dataclass(frozen=True)
class ShowView:
    asset: AssetView
    current: MaterializationView | None
    history: tuple[MaterializationView, ...]
    manifest: tuple[tuple[str, str], ...]
    """The named parts of the key of the current materialization with their digests."""
    error: str | None = None
    """The whole error of the last attempt, if that failed."""
    recorded: tuple[RecordedView, ...] = ()
    """What user code recorded of the asset, and what its own step last recorded of others; the newest first."""
    remarks: tuple[RemarkView, ...] = ()
    """What there is to say of its step, whatever its state is."""
    usual: UsualView | None = None
    """What its step costs; None while it never worked."""


@dataclass(frozen=True)
class CauseView:
    """An upstream asset that is not fresh, in the chain of one that is not because of it."""

    asset: str
    depth: int
    """How many steps of lineage lie between it and the asset that was asked about, at least 1."""
    feeds: str
    """The asset of the chain that needs it."""
    state: AssetState
    reasons: tuple[ReasonView, ...]
    root: bool
    """Whether it is not fresh by itself. Else it is because of those that follow."""
    error: str | None = None


@dataclass(frozen=True)
class WhyView:
    asset: AssetView
    verdict: str
    """One line in words: `stale: 2 of its parts changed`, `fresh: nothing it depends on changed`."""
    reasons: tuple[ReasonView, ...]
    chain: tuple[CauseView, ...]
    """Up to the root causes, the nearest first: each asset before those that it needs, and once."""
    depends_on: tuple[tuple[str, str], ...]
    """What a fresh asset rests on, or what one that was never made needs: (part, what it is)."""
    rests_on: tuple[tuple[str, str], ...] = ()
    """The same in short: (kind of thing, which)."""
    notes: tuple[str, ...] = ()
    """What else there is to say, a sentence each: when it failed, when it is tried again."""
    remarks: tuple[RemarkView, ...] = ()
    """What there is to say of its step, whatever its state is."""


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
