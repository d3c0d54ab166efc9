"""Two stored values of an asset beside each other. Imported by the commands that compare: others start without it."""

from __future__ import annotations

from dagx_engine.pure.value import dataclass

__all__ = ["ChangedRow", "ChangedRows", "ColumnsView", "ComparedView", "DiffView", "SideView", "SomeRows"]


@dataclass(frozen=True)
class SideView:
    """One of the two materializations."""

    run_id: str
    made_at: float
    data_version: str
    codec: str
    size: int
    place: int
    """0: the current one; 1: the newest before it; and so on."""


@dataclass(frozen=True)
class ColumnsView:
    """What became of the columns of a table: (name, type); of one with another type (name, before, after)."""

    before: int
    after: int
    added: tuple[tuple[str, str], ...]
    removed: tuple[tuple[str, str], ...]
    retyped: tuple[tuple[str, str, str], ...]
    moved: bool
    """Whether those of both stand in another order."""


@dataclass(frozen=True)
class SomeRows:
    """How many rows came, or went, and the first of them."""

    count: int
    columns: tuple[str, ...]
    """Whose cells are told, those of the key first."""
    left: int
    """How many more columns there are."""
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class ChangedRow:
    """A row that both have, by its key, with the cells that differ: (column, before, after)."""

    key: tuple[tuple[str, str], ...]
    cells: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True)
class ChangedRows:
    count: int
    cells: dict[str, int]
    """In how many rows the cell of each column differs."""
    rows: tuple[ChangedRow, ...]


@dataclass(frozen=True)
class ComparedView:
    """What differs between two values.

    `kind` is `table`, `text` (JSON, too), `printed` (lines of what is printed of a value), `bytes`, or `other`.
    """

    kind: str
    columns: ColumnsView | None = None
    rows_before: int = 0
    rows_after: int = 0
    added: SomeRows | None = None
    removed: SomeRows | None = None
    changed: ChangedRows | None = None
    """None unless rows are told apart by a key."""
    moved: bool = False
    """The rows are the same, in another order."""
    lines: tuple[str, ...] = ()
    """As in a patch, each with `-`, `+`, a space or `@@` before it."""
    lines_left: int = 0
    lines_added: int = 0
    lines_removed: int = 0
    first: tuple[int, str, str] | None = None
    """The place of the first byte that differs, and some bytes from there in each, in hex."""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class DiffView:
    """Two materializations of an asset, or of one partition of it."""

    asset: str
    before: SideView
    after: SideView
    same: bool
    """The stored bytes are the same."""
    key: tuple[str, ...] = ()
    difference: ComparedView | None = None
    """None when they are the same."""
    notes: tuple[str, ...] = ()
