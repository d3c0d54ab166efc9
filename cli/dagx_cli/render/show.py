"""`dagx show`: one asset in full: what it is, what was made, where it is stored, a preview, its history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dagx_cli.render.checks import check_rows
from dagx_cli.render.cost import usual_facts
from dagx_cli.render.look import SIGNS, Look
from dagx_cli.render.numbers import age, date, duration, listed, size
from dagx_cli.render.remarks import remark_lines
from dagx_cli.render.table import Cell, table
from dagx_cli.render.text import brief, indent, one_line
from dagx_engine.views import AssetView, MaterializationView, RecordedView, ShowView, UsualView

__all__ = ["metadata_value", "show_lines"]

_PREVIEW_LINES = 24
_HISTORY_LINES = 5


def show_lines(view: ShowView, look: Look, now: float) -> list[str]:
    lines = _asset_lines(view, look)
    if view.error:
        lines += ["", look.paint("error of the last attempt", "bold red"), *indent(view.error, "  ")]
    if view.remarks:
        lines += ["", *remark_lines(view.remarks, look)]
    if view.asset.checks:
        lines += ["", look.paint("checks", "bold cyan"), *check_rows(view.asset.checks, look, now)]
    if view.current is None:
        lines += ["", f"nothing is made yet: `dagx run {one_line(view.asset.key)}` makes it"]
    else:
        lines += _current_lines(view.current, view.usual, look, now)
    lines += _recorded_lines(view.recorded, look, now)
    earlier = [made for made in view.history if view.current is None or made != view.current]
    if earlier:
        rows = [_history_row(made, now) for made in earlier[:_HISTORY_LINES]]
        lines += ["", look.paint("earlier", "bold cyan"), *table(rows, look, name=3)]
    return lines


def metadata_value(value: object) -> str:
    if isinstance(value, str):
        return one_line(value)
    if isinstance(value, Mapping):
        return ", ".join(f"{one_line(str(name))}: {metadata_value(item)}" for name, item in value.items())
    if isinstance(value, Sequence) and not isinstance(value, bytes):
        return ", ".join(metadata_value(item) for item in value)
    return one_line(f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value))


def _asset_lines(view: ShowView, look: Look) -> list[str]:
    asset = view.asset
    state = asset.state.value
    word = look.paint(state, SIGNS[state].style)
    lines = [f"{look.sign(state)} {look.paint(one_line(asset.key), 'bold')}  {word}"]
    if asset.description.strip():
        lines += indent(asset.description.strip(), "  ")
    facts = [
        ("why", "; ".join(reason.text for reason in asset.reasons)),
        ("accepted", "; ".join(each.text for each in asset.accepted)),
        ("error", "" if view.error else asset.error or ""),
        ("group", asset.group),
        ("kinds", ", ".join(asset.kinds)),
        ("owners", ", ".join(asset.owners)),
        (
            "tags",
            ", ".join(f"{name}={value}" if value else name for name, value in (asset.tags or {}).items()),
        ),
        ("partitions", _partitions(asset)),
        ("pools", ", ".join(map(_pool, (asset.pools or {}).items()))),
        ("defined", asset.source),
        ("files", listed([f"{each} (declared)" for each in asset.declared_inputs], 12)),
        ("upstream", listed(list(asset.upstream), 12)),
        ("downstream", listed(list(asset.downstream), 12)),
    ]
    return [*lines, "", *_facts(facts, look)]


def _pool(found: tuple[str, int | None]) -> str:
    """`db (2 at a time)`."""
    pool, limit = found
    return f"{pool} ({'no limit' if limit is None else f'{limit:,} at a time'})"


def _partitions(asset: AssetView) -> str:
    """How it is partitioned, and how many of the partitions are there."""
    found = asset.partition_counts
    if found is None:
        return asset.partitions
    said = f"{asset.partitions}: {found.made:,} of {found.total:,} made"
    said += f", {found.stale:,} stale" if found.stale else ""
    return f"{said}, the latest {found.latest}" if found.latest else said


def _current_lines(made: MaterializationView, usual: UsualView | None, look: Look, now: float) -> list[str]:
    took = f", took {duration(made.seconds)}" if made.seconds is not None else ""
    facts = [
        ("made", f"{age(now - made.made_at)} ago ({date(made.made_at)}){took}, run {made.run_id}"),
        ("stored", f"{made.where} ({size(made.size)}, {made.codec})"),
        ("version", made.data_version),
        *usual_facts(usual),
    ]
    lines = ["", look.paint("current", "bold cyan"), *_facts(facts, look)]
    if made.metadata:
        rows = [(row.label, metadata_value(row.value)) for row in made.metadata]
        lines += ["", look.paint("metadata", "bold cyan"), *_facts(rows, look)]
    if made.preview.strip():
        preview = indent(made.preview, "  ")
        lines += ["", look.paint("preview", "bold cyan"), *preview[:_PREVIEW_LINES]]
        lines += [f"  {look.mark}"] if len(preview) > _PREVIEW_LINES else []
    return lines


def _recorded_lines(recorded: Sequence[RecordedView], look: Look, now: float) -> list[str]:
    """What user code recorded beside its outputs, each event with its metadata."""
    lines = ["", look.paint("recorded", "bold cyan")] if recorded else []
    for event in recorded:
        by = f" by {one_line(event.step)}" if event.step else ""
        when = look.paint(f"{age(now - event.at)} ago{by}, run {one_line(event.run_id)}", "dim")
        lines.append(f"  {event.what} of {one_line(event.asset)}  {when}")
        said = [("says", event.description)]
        said += [(row.label, metadata_value(row.value)) for row in event.metadata]
        lines += [f"  {line}" for line in _facts(said, look)]
    return lines


def _facts(facts: Sequence[tuple[str, str]], look: Look) -> list[str]:
    rows = [(Cell(one_line(name), "dim"), Cell(brief(value, look.mark))) for name, value in facts if value]
    return table(rows, look)


def _history_row(made: MaterializationView, now: float) -> tuple[Cell, ...]:
    return (
        Cell(f"{age(now - made.made_at)} ago"),
        Cell(duration(made.seconds), "dim"),
        Cell(size(made.size), "dim"),
        Cell(one_line(made.data_version)),
        Cell(f"run {one_line(made.run_id)}", "dim"),
    )
