"""The asset list: groups, lineage, states, reasons and times, with folds and filters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass

from rich.cells import cell_len
from textual import events
from textual.message import Message

from dagx_engine.views import AssetState
from dagx_tui.asset_row import Facts, asset_line, group_line, times
from dagx_tui.board import Board
from dagx_tui.columns import Columns, fit
from dagx_tui.lines import Line
from dagx_tui.looks import PROBLEMS, Looks
from dagx_tui.row_view import RowView
from dagx_tui.running import Running
from dagx_tui.safe import clean
from dagx_tui.tree import AssetRow, GroupRow, Row, narrowed, rows
from dagx_tui.words import count, short_run

__all__ = ["AssetList", "Clock"]


@dataclass(frozen=True)
class Clock:
    """Wall time for ages, steady time for what runs."""

    wall: Callable[[], float]
    steady: Callable[[], float]


@dataclass(frozen=True)
class _Guides:
    """One way to draw the lines of the tree: all rows alike, or a child would seem to hang on the wrong parent."""

    draw: Callable[[str], str]
    longest: int
    """Cells of the longest name with its guide."""
    widest: int
    """Cells of the widest guide."""


def _guides(draw: Callable[[str], str], names: list[tuple[int, str]]) -> _Guides:
    widths = [(name, len(draw(guide))) for name, guide in names]
    return _Guides(
        draw,
        max((name + guide for name, guide in widths), default=0),
        max((guide for _, guide in widths), default=0),
    )


def _run(run: Running | None) -> str:
    if run is None:
        return ""
    return (
        f"{short_run(run.run_id)} · {run.cause} · {min(run.done, run.total):,} of {count(run.total, 'step')}"
    )


def _without(guide: str) -> str:
    return ""


class AssetList(RowView):
    @dataclass
    class Refused(Message):
        """A key could do nothing, and why."""

        why: str

    def __init__(self, looks: Looks, board: Board, clock: Clock, *, id: str | None = None) -> None:
        super().__init__(looks, id=id)
        self.board = board
        self.clock = clock
        self.needle = ""
        self.problems_only = False
        self._folded: set[str] = set()
        self._rows: list[Row] = []
        self._place: dict[str, int] = {}
        self._guides: list[_Guides] = []
        self._draw: Callable[[str], str] = str
        self._columns = Columns(0)
        self._times: dict[str, tuple[str, str]] = {}

    @property
    def selected(self) -> Row | None:
        return self._rows[self.cursor] if self.cursor < len(self._rows) else None

    @property
    def shown(self) -> int:
        """How many assets are listed."""
        return len(self._place)

    def rebuild(self) -> None:
        """All rows anew, after a new generation, a fold or a filter."""
        keep = self._keeps if self.needle or self.problems_only else None
        self._rows = rows(self.board.shape, self._folded, keep)
        self._place = {row.key: place for place, row in enumerate(self._rows) if isinstance(row, AssetRow)}
        names = [(cell_len(clean(row.key)), row.guide) for row in self._rows if isinstance(row, AssetRow)]
        self._guides = [_guides(draw, names) for draw in (str, narrowed, _without)]
        self._measure()
        self._times.clear()
        identities: list[Hashable] = [
            r.key if isinstance(r, AssetRow) else ("group", r.group) for r in self._rows
        ]
        first = not self.row_count
        self.set_identities(identities)
        if first and self._place:
            self.start_at(min(self._place.values()))  # an asset says more than the heading of its group

    def _measure(self) -> None:
        groups = [] if self.board.shape.flat else [cell_len(g) + 6 for g, _ in self.board.shape.groups]
        for guides in self._guides:
            self._draw = guides.draw
            self._columns = fit(self.size.width, max([guides.longest, *(min(24, width) for width in groups)]))
            cut = self._columns.name < guides.longest
            if not cut or (guides.draw is narrowed and guides.widest * 3 <= self._columns.name):
                break

    def _keeps(self, key: str) -> bool:
        if self.problems_only and self.board.state(key) not in PROBLEMS | {
            AssetState.RUNNING,
            AssetState.QUEUED,
        }:
            return False
        return self.needle.lower() in clean(key).lower()

    def update_keys(self, keys: Iterable[str]) -> None:
        """These assets look different now; rows come and go only where the filter looks at states."""
        if self.problems_only:
            before = set(self._place)
            if any((key in before) is not self._keeps(key) for key in keys):
                self.rebuild()
                return
        touched = {self._place[key] for key in keys if key in self._place}
        if not self.board.shape.flat:
            groups = {self.board.assets[key].group for key in keys}
            touched |= {
                r for r in self.rows_in_view if isinstance(g := self._rows[r], GroupRow) and g.group in groups
            }
        self.refresh_rows(touched)

    def tick(self) -> None:
        """Draw again the rows in view whose age or duration reads differently now."""
        touched = []
        for place in self.rows_in_view:
            row = self._rows[place]
            if isinstance(row, AssetRow) and self._times.get(row.key) != times(self.facts(row.key)):
                touched.append(place)
        self.refresh_rows(touched)

    def facts(self, key: str) -> Facts:
        """What is known of this asset at this moment."""
        board, asset = self.board, self.board.assets[key]
        since = board.since(key)
        return Facts(
            asset,
            board.state(key),
            None if asset.made_at is None else max(0.0, self.clock.wall() - asset.made_at),
            None if since is None else self.clock.steady() - since,
            board.expects(key),
            _run(board.run_of(key)),
            board.errors.get(asset.step) if asset.state is AssetState.FAILED else None,
        )

    def line(self, row: int, width: int) -> Line:
        shown = self._rows[row]
        at_cursor = row == self.cursor
        if isinstance(shown, GroupRow):
            counts = self.board.group_counts.get(shown.group, Counter())
            return group_line(shown, counts, self._columns, self.looks, at_cursor=at_cursor)
        facts = self.facts(shown.key)
        self._times[shown.key] = times(facts)
        return asset_line(
            facts,
            self._columns,
            self.looks,
            guide=self._draw(shown.guide),
            at_cursor=at_cursor,
            needle=self.needle,
        )

    def on_resize(self, event: events.Resize) -> None:
        self._measure()

    def narrow(self, *, needle: str | None = None, problems_only: bool | None = None) -> None:
        """Show only what contains `needle` and, if asked, only problems."""
        self.needle = self.needle if needle is None else needle
        self.problems_only = self.problems_only if problems_only is None else problems_only
        self.rebuild()

    def toggle_fold(self, group: str) -> None:
        self._folded ^= {group}
        self.rebuild()

    def action_fold(self) -> None:
        row = self.selected
        if isinstance(row, AssetRow) and not self.board.shape.flat:
            place = self.find(("group", self.board.assets[row.key].group))
            if place is not None:
                self.move_to(place)
        elif isinstance(row, GroupRow) and not row.folded and self._may_fold():
            self.toggle_fold(row.group)
        elif isinstance(row, AssetRow):
            self._may_fold()

    def action_unfold(self) -> None:
        row = self.selected
        if isinstance(row, GroupRow) and row.folded:
            self.toggle_fold(row.group)

    def action_fold_all(self) -> None:
        if self._may_fold():
            row = self.selected
            group = self.board.assets[row.key].group if isinstance(row, AssetRow) else None
            self._folded = {name for name, _ in self.board.shape.groups}
            self.rebuild()
            if group is not None and (place := self.find(("group", group))) is not None:
                self.move_to(place)

    def action_unfold_all(self) -> None:
        if self._may_fold():
            self._folded = set()
            self.rebuild()

    def _may_fold(self) -> bool:
        if self.needle or self.problems_only:
            self.post_message(self.Refused("groups stay open while a filter is on · esc clears it"))
            return False
        if self.board.shape.flat:
            self.post_message(self.Refused("nothing to fold: all assets are in one group"))
            return False
        return True
