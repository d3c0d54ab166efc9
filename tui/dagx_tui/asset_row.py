"""One row of the asset list as styled text. Pure: facts in, a line out."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from rich.cells import cell_len
from rich.style import Style

from dagx_engine.views import AssetState, AssetView
from dagx_tui.columns import Columns
from dagx_tui.lines import Line, Part
from dagx_tui.looks import PLAIN, Looks, words_of
from dagx_tui.safe import clean
from dagx_tui.tree import GroupRow
from dagx_tui.words import age, cut, cut_middle, number, pad, running_for, took

__all__ = ["Facts", "asset_line", "counts_parts", "group_line", "times"]


@dataclass(frozen=True)
class Facts:
    """What a row shows of one asset at one moment."""

    asset: AssetView
    state: AssetState
    ago: float | None = None
    """Seconds since it was made."""
    elapsed: float | None = None
    """Seconds that its step has been running."""
    expected: float | None = None
    run: str = ""
    """The active run that makes it, why that was begun, and how far it is."""
    error: str | None = None
    """The whole error of a failed asset, if this session saw it fail."""


def times(facts: Facts) -> tuple[str, str]:
    """Age and duration as they are drawn; a row is drawn again when these change."""
    if facts.elapsed is not None:
        return "", running_for(facts.elapsed)
    asset = facts.asset
    seconds = (
        None if facts.state is AssetState.RUNNING else asset.seconds
    )  # it would read as how long it has been
    return (
        age(facts.ago) if facts.ago is not None else "",
        took(seconds) if seconds is not None else "",
    )


def asset_line(
    facts: Facts,
    columns: Columns,
    looks: Looks,
    *,
    guide: str = "",
    at_cursor: bool = False,
    needle: str = "",
) -> Line:
    state, asset = facts.state, facts.asset
    style = looks.style(state)
    line: list[Part] = [
        (looks.pick("▌", ">") if at_cursor else " ", looks.accent),
        (looks.glyph(state), style),
        (" ", PLAIN),
    ]
    line += _name(clean(asset.key), guide, columns.name, facts, looks, needle)
    if columns.note:
        text, note_style = _note(facts, looks, columns.note)
        line += [("  ", PLAIN), (pad(cut(text, columns.note), columns.note), note_style)]
    if columns.rows:
        rows = number(asset.rows) if asset.rows is not None else ""
        line += [(" ", PLAIN), (pad(rows, columns.rows, right=True), looks.muted)]
    ago, duration = times(facts)
    if columns.age:
        gap = "  " if not columns.note else " "
        line.append(
            (gap + pad(ago, columns.age, right=True), PLAIN if facts.ago and facts.ago < 60 else looks.muted)
        )
    if columns.took:
        line.append(
            (
                " " + pad(duration, columns.took, right=True),
                style if facts.elapsed is not None else looks.muted,
            )
        )
    return line


def _name(key: str, guide: str, width: int, facts: Facts, looks: Looks, needle: str) -> list[Part]:
    if looks.ascii:
        guide = guide.translate(str.maketrans("├╰│⋯", "|`|."))
    room = width - cell_len(guide)
    shown = cut_middle(key, room)
    rest = " " * (room - cell_len(shown))
    style = {
        AssetState.FAILED: Style(color="red", bold=True),
        AssetState.RUNNING: Style(bold=True),
        AssetState.MISSING: looks.muted,
        AssetState.EXTERNAL: looks.muted,
        AssetState.SKIPPED: looks.muted,
    }.get(facts.state, PLAIN)
    at = shown.lower().find(needle.lower()) if needle else -1
    if at < 0:
        return [(guide, looks.muted), (shown, style), (rest, PLAIN)]
    end = at + len(needle)
    return [
        (guide, looks.muted),
        (shown[:at], style),
        (shown[at:end], looks.hit),
        (shown[end:] + rest, style),
    ]


def _note(facts: Facts, looks: Looks, width: int) -> tuple[str, Style]:
    """The reason or the error; for what runs, how far it is by its last time."""
    state, asset = facts.state, facts.asset
    reason = clean(asset.reason)
    match state:
        case AssetState.RUNNING:
            if facts.elapsed is not None and facts.expected and facts.expected >= 2 and width >= 18:
                return _bar(facts.elapsed, facts.expected, looks), looks.style(state)
            return reason or "running", Style(color="cyan")
        case AssetState.FAILED:
            return clean(asset.error or "") or reason or "failed", Style(color="red")
        case AssetState.FRESH:
            return "", looks.muted
        case AssetState.MISSING | AssetState.EXTERNAL | AssetState.QUEUED:
            return reason or words_of(state), looks.muted
        case AssetState.UPSTREAM_STALE | AssetState.BLOCKED | AssetState.SKIPPED:
            return reason or words_of(state), looks.muted
        case _:
            return reason or words_of(state), PLAIN


def _bar(elapsed: float, expected: float, looks: Looks) -> str:
    full = min(6, int(6 * elapsed / expected))
    return f"{looks.pick('▰', '#') * full}{looks.pick('▱', '.') * (6 - full)} of ~{took(expected)}"


def group_line(
    row: GroupRow, counts: Counter[AssetState], columns: Columns, looks: Looks, *, at_cursor: bool
) -> Line:
    fold = looks.pick("▸", "+") if row.folded else looks.pick("▾", "-")
    size = number(row.size)
    name = cut_middle(clean(row.group), max(1, columns.name - cell_len(size) - 1))
    # The size ends where the names end; where there are no other columns, the counts follow at once.
    room = columns.name - cell_len(name) - cell_len(size) + 1 if columns.note else 2
    return [
        (looks.pick("▌", ">") if at_cursor else " ", looks.accent),
        (fold + " ", looks.muted),
        (name, looks.strong),
        (" " * max(1, room - 1) + size, looks.muted),
        ("  ", PLAIN),
        *counts_parts(counts, looks),
    ]


def counts_parts(counts: Counter[AssetState], looks: Looks, *, words: bool = False) -> list[Part]:
    """`✔30 ↻3`, or with words `✔ 30 fresh  ↻ 3 stale`, in the order of `AssetState`."""
    parts: list[Part] = []
    for state in AssetState:
        if amount := counts[state]:
            glyph = looks.glyph(state)
            text = f"{glyph} {amount:,} {state.value}" if words else f"{glyph}{amount:,}"
            if parts:
                parts.append(("  " if words else " ", PLAIN))
            parts.append((text, looks.style(state)))
    return parts
