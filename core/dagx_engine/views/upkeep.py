"""What is answered by commands that look after what is stored. Imported by those alone: others start without it."""

from __future__ import annotations

from dagx_engine.pure.value import dataclass
from dagx_engine.views.assets import ReasonView

__all__ = ["AcceptView", "AcceptedAsset", "CancelView", "CollectedLine", "CollectedView"]


@dataclass(frozen=True)
class AcceptedAsset:
    """What is accepted of an asset: as much as makes it stale."""

    key: str
    reasons: tuple[ReasonView, ...]
    partitions: int = 0
    """Of how many of its partitions; 0 for an asset that has none."""


@dataclass(frozen=True)
class AcceptView:
    """What `dagx accept` accepts, or takes back."""

    assets: tuple[AcceptedAsset, ...]
    left: tuple[str, ...]
    """What was asked for too and is not, with the reason."""
    undo: bool = False
    done: bool = False
    """Whether it is written down."""


@dataclass(frozen=True)
class CollectedLine:
    """One kind of things that went."""

    what: str
    count: int
    size: int
    """Bytes that became free."""
    why: str


@dataclass(frozen=True)
class CollectedView:
    """What `dagx gc` took away, or would."""

    dry_run: bool
    lines: tuple[CollectedLine, ...]
    kept: int
    """How many stored objects stay."""
    kept_size: int
    cache_size: int
    """The limit of what is kept."""
    damaged: tuple[str, ...] = ()
    """Assets of which stored bytes did not match their name: those were set aside, and are made again when needed."""
    notes: tuple[str, ...] = ()

    @property
    def size(self) -> int:
        """Bytes that became free."""
        return sum(line.size for line in self.lines)


@dataclass(frozen=True)
class CancelView:
    """What `dagx cancel` asked to stop."""

    runs: tuple[str, ...]
    engine: str
    """Who carries them out, in words."""
