"""What the detail pane says of one asset, as lines. Pure: facts in, lines out."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping, Sequence

from rich.cells import cell_len
from rich.style import Style

from dagx_engine.views import (
    AssetState,
    AssetView,
    MaterializationView,
    ReasonView,
    RemarkView,
    ShowView,
    UsualView,
)
from dagx_tui.asset_row import Facts
from dagx_tui.checks import check_lines
from dagx_tui.failure import error_lines
from dagx_tui.lines import Line, Part, fill
from dagx_tui.looks import PLAIN, Looks, words_of
from dagx_tui.safe import clean, clean_text
from dagx_tui.strip_map import Node, around
from dagx_tui.words import (
    age,
    count,
    cut,
    cut_middle,
    fold,
    number,
    pad,
    running_for,
    shell,
    short_run,
    size,
    took,
    wrap,
)

__all__ = ["ABOUT", "code_lines", "detail_lines", "group_lines", "reason_lines", "remark_lines"]

ABOUT = 400
"""Characters of a reason or an error where it is told in a few lines."""
_CHANGED_LINES = 12

_FILES = 6
"""Declared files that are listed."""
_REMARKS = 5

_LABEL = 9
_PREVIEW_LINES = 40


def detail_lines(
    facts: Facts, up: Sequence[Node], down: Sequence[Node], show: ShowView | None, width: int, looks: Looks
) -> list[Line]:
    asset, state = facts.asset, facts.state
    inner = max(1, width - 2)
    glyph, style = looks.glyph(state), looks.style(state)
    state_part: list[Part] = [(f"{glyph} {words_of(state)}", style)]
    title: list[Part] = [(cut_middle(clean(asset.key), max(4, inner - 16)), looks.strong)]
    lines: list[Line] = [fill(title, state_part, inner, (" ", PLAIN))]
    if state is AssetState.RUNNING and facts.elapsed is not None:
        usual = f" of about {took(facts.expected)}" if facts.expected else ""
        lines.append([(f"running for {running_for(facts.elapsed)}{usual}", looks.accent)])
    if facts.run and state in (AssetState.RUNNING, AssetState.QUEUED):
        lines.append(_fact("in run", facts.run, inner, looks))
    lines += _error(facts, show, inner, looks)
    if asset.reason != words_of(state):
        lines += reason_lines(asset.reasons, inner, looks)
    lines.append(())
    lines += around(Node(asset.key, glyph, style), up, down, inner, looks)
    lines.append(())
    if asset.description:
        lines += [[(text, PLAIN)] for text in wrap(clean(asset.description), inner)]
        lines.append(())
    lines += check_lines(asset.checks, inner, looks)
    known = show if show is not None and show.asset.key == asset.key else None
    if known is not None:
        lines += remark_lines(known.remarks, inner, looks)
    lines += _facts(facts, inner, looks)
    if known is not None:
        lines += _cost(known.usual, inner, looks)
        lines += _current(known.current, inner, looks) if known.current is not None else []
    return [[(" ", PLAIN), *line] for line in lines]


def group_lines(group: str, counts: Counter[AssetState], width: int, looks: Looks) -> list[Line]:
    """What the pane says of a group: how its assets are."""
    inner = max(1, width - 2)
    title: Line = [(cut_middle(clean(group), inner), looks.strong)]
    lines: list[Line] = [
        fill(title, [(count(counts.total(), "asset"), looks.muted)], inner, (" ", PLAIN)),
        (),
    ]
    for state in AssetState:
        if amount := counts[state]:
            lines.append(
                [(f"{looks.glyph(state)} ", looks.style(state)), (f"{amount:,} {words_of(state)}", PLAIN)]
            )
    return [[(" ", PLAIN), *line] for line in lines]


def reason_lines(reasons: Sequence[ReasonView], width: int, looks: Looks) -> list[Line]:
    lines: list[Line] = []
    for reason in reasons:
        first, *more = wrap(cut(clean(reason.text), ABOUT), max(1, width - 2)) or [""]
        lines.append([("· ", looks.warning), (first, PLAIN)])
        lines += [[("  " + text, PLAIN)] for text in more]
        lines += [[("  ", PLAIN), *line] for line in code_lines(reason, width - 2, looks)]
    return lines


def code_lines(reason: ReasonView, width: int, looks: Looks) -> list[Line]:
    """What more is known of a reason, and the lines of code that changed."""
    lines: list[Line] = [
        [(text, looks.muted)] for text in wrap(cut(clean(reason.detail), ABOUT), max(1, width)) if text
    ]
    diff = reason.code.diff if reason.code is not None else ()
    styles = {"- ": Style(color="red"), "+ ": Style(color="green")}
    for line in diff[:_CHANGED_LINES]:
        lines.append([(cut(clean(line.expandtabs(4)), max(1, width)), styles.get(line[:2], looks.muted))])
    if len(diff) > _CHANGED_LINES:
        lines.append([(f"and {len(diff) - _CHANGED_LINES:,} more lines", looks.muted)])
    return lines


def _error(facts: Facts, show: ShowView | None, width: int, looks: Looks) -> list[Line]:
    """The error in one line, and below it the whole of it when it is known and says more."""
    asset = facts.asset
    if asset.error is None:
        return []
    red = Style(color="red")
    lines: list[Line] = [[(text, looks.bad)] for text in wrap(cut(clean(asset.error), ABOUT), width)]
    stored = show.error if show is not None and show.asset.key == asset.key else None
    whole = facts.error or stored
    if whole is not None and clean(whole.strip()) != clean(asset.error.strip()):
        lines += [[(part, red)] for text in error_lines(whole, asset.key) for part in fold(text, width)]
    return lines


def _facts(facts: Facts, width: int, looks: Looks) -> list[Line]:
    asset = facts.asset
    found: list[tuple[str, str]] = []
    if asset.made_at is not None:
        made = f"{age(facts.ago or 0)} ago · {_clock(asset.made_at)}"
        if asset.seconds is not None:
            made += f" · took {took(asset.seconds)}"
        found.append(("made", made))
    holds = [] if asset.rows is None else [count(asset.rows, "row")]
    holds += [] if asset.size is None else [size(asset.size)]
    if holds:
        found.append(("holds", " · ".join(holds)))
    found.append(("source", asset.source))
    found += [("" if place else "files", each) for place, each in enumerate(_declared(asset.declared_inputs))]
    found += [("" if place else "accepted", each.text) for place, each in enumerate(asset.accepted)]
    where = [f"group {asset.group}", *([", ".join(asset.kinds)] if asset.kinds else [])]
    found.append(("kind", " · ".join(where)))
    if asset.partitions:
        found.append(("parts", _partitions(asset)))
    if asset.pools:
        found.append(("pools", ", ".join(map(_pool, asset.pools.items()))))
    if asset.step != asset.key:
        found.append(("step", asset.step))
    if asset.owners:
        found.append(("owners", ", ".join(asset.owners)))
    if asset.tags:
        found.append(("tags", ", ".join(f"{k}={v}" if v else k for k, v in asset.tags.items())))
    if asset.run_id:
        version = f" · data {asset.data_version[:12]}" if asset.data_version else ""
        found.append(("run", short_run(asset.run_id) + version))
    return [_fact(label, text, width, looks) for label, text in found if text]


def _declared(files: Sequence[str]) -> list[str]:
    """The files that it was declared to be made from, one a line."""
    told = [f"{each} (declared)" for each in files[: _FILES if len(files) > _FILES + 1 else _FILES + 1]]
    return told if len(told) == len(files) else [*told, f"and {len(files) - len(told):,} more"]


def _partitions(asset: AssetView) -> str:
    """How it is partitioned, and how many of the partitions are there."""
    found = asset.partition_counts
    if found is None:
        return asset.partitions
    stale = f", {found.stale:,} stale" if found.stale else ""
    return f"{found.made:,} of {found.total:,} made{stale} · {asset.partitions}"


def _pool(found: tuple[str, int | None]) -> str:
    pool, limit = found
    return f"{pool} ({'no limit' if limit is None else f'{limit:,} at a time'})"


def remark_lines(remarks: Sequence[RemarkView], width: int, looks: Looks) -> list[Line]:
    """What there is to say of its step beside how it stands, each with the way out; an empty line below."""
    lines: list[Line] = []
    for remark in remarks[: _REMARKS if len(remarks) > _REMARKS + 1 else _REMARKS + 1]:
        first, *more = wrap(cut(clean(remark.text), ABOUT), max(1, width - 2)) or [""]
        lines.append([("! ", looks.warning), (first, PLAIN)])
        lines += [[("  " + text, PLAIN)] for text in more]
        lines += [
            [("  " + text, looks.muted)] for text in wrap(cut(clean(remark.hint), ABOUT), max(1, width - 2))
        ]
    if len(remarks) > _REMARKS + 1:
        lines.append([(f"  and {len(remarks) - _REMARKS:,} more: {shell('doctor')} names them", looks.muted)])
    return [*lines, ()] if lines else []


def _fact(label: str, text: str, width: int, looks: Looks) -> Line:
    label = clean(label)
    indent = max(_LABEL, cell_len(label) + 1)
    return [(pad(label, indent), looks.muted), (cut(clean(text), max(1, width - indent)), PLAIN)]


def _cost(usual: UsualView | None, width: int, looks: Looks) -> list[Line]:
    """What its step cost the last time, and how long it usually takes."""
    if usual is None or usual.last is None:
        return []
    last = usual.last
    took_of_cpu = [] if last.cpu_seconds is None else [f"cpu {took(last.cpu_seconds)}"]
    memory = [] if last.memory_bytes is None else [f"memory {size(last.memory_bytes)}"]
    often = [f"usually {took(usual.seconds)}"] if usual.executions > 1 else []
    read = [] if last.read_bytes is None else [f"read {size(last.read_bytes)}"]
    wrote = [] if last.written_bytes is None else [f"wrote {size(last.written_bytes)}"]
    told = [("cost", [*took_of_cpu, *memory, *often]), ("moved", [*read, *wrote])]
    return [_fact(label, " · ".join(parts), width, looks) for label, parts in told if parts]


def _current(current: MaterializationView, width: int, looks: Looks) -> list[Line]:
    lines: list[Line] = [_fact("stored", f"{current.where} · {current.codec}", width, looks)]
    for row in current.metadata:
        if row.value is None:
            continue
        lines.append(_fact(row.label, _value(row.value), width, looks))
    preview = clean_text(current.preview)
    if preview:
        lines.append(())
        lines.append([(f"{looks.rule * 2} preview ", looks.muted)])
        lines += [[(cut(text, width), PLAIN)] for text in preview[:_PREVIEW_LINES]]
    return lines


def _value(value: object) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        return number(value)
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {item}" for name, item in value.items())
    return str(value)


def _clock(wall: float) -> str:
    """The time of today, the date of any other day."""
    moment = time.localtime(wall)
    today = time.localtime()
    return time.strftime("%H:%M:%S" if moment[:3] == today[:3] else "%Y-%m-%d %H:%M", moment)
