"""What is answered to one question: about an asset, its lineage, a log, the machine."""

from __future__ import annotations

from dataclasses import dataclass

from dagx_engine.views.assets import AssetView, MetadataRow, ReasonView

__all__ = [
    "DoctorLine",
    "DoctorView",
    "LineageView",
    "LogsView",
    "MaterializationView",
    "ShowView",
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
