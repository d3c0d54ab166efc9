"""`dagx stats`: where the time, the memory and the disk go, and what reuse saved."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from dagx_cli.render.look import Look
from dagx_cli.render.numbers import count, duration, size
from dagx_cli.render.plan import step_name
from dagx_cli.render.table import Cell, table
from dagx_cli.render.text import one_line

if TYPE_CHECKING:
    from dagx_engine.views.stats import SizeView, SpentView, StatsView

__all__ = ["stats_lines"]

_UNITS = (("week", 604800.0), ("day", 86400.0), ("hour", 3600.0), ("minute", 60.0))


def stats_lines(view: StatsView, look: Look) -> list[str]:
    time = f"the last {_length(view.seconds)}"
    if not view.runs and not view.largest:
        return [f"no run in {time}: `dagx run` makes what there is to count; --since 52w looks further back"]
    cpu = f" ({duration(view.cpu_seconds)} of processor time)" if view.cpu_seconds else ""
    done = f"{count(view.executions, 'step')} executed in {duration(view.executed_seconds)}{cpu}"
    lines = [f"{count(view.runs, 'run')} in {time}: {done}"]
    if view.saved_seconds:
        times = "once" if view.reused == 1 else f"{view.reused:,} times"
        said = f"reuse saved {duration(view.saved_seconds)}"
        lines.append(f"{look.paint(said, 'bold green')}: {times} a result was there already")
    tables = (
        ("slowest", ("usually", "cpu", "last", "most", "in all"), list(map(_slow, view.slowest)), "step"),
        ("largest", ("stored", "rows", ""), list(map(_large, view.largest)), "asset"),
        ("most memory", ("memory", "read", "wrote"), list(map(_hungry, view.most_memory)), "step"),
        ("most rerun", ("times", "in all", ""), list(map(_rerun, view.most_rerun)), "step"),
        ("saved by reuse", ("saved", "usually", ""), list(map(_saved, view.most_saved)), "step"),
    )
    for title, heads, rows, noun in tables:
        if rows:
            head = [Cell(word, "dim") for word in (noun, *heads)]
            lines += ["", look.paint(title, "bold cyan"), *table([head, *rows], look)]
    return lines


def _length(seconds: float) -> str:
    """`30 days`, `12 hours`."""
    for unit, length in _UNITS[1:] if seconds < 2 * 604800 or seconds % 604800 else _UNITS:
        if seconds >= length and not seconds % length:
            whole = int(seconds / length)
            return unit if whole == 1 else f"{whole:,} {unit}s"
    return duration(seconds)


def _slow(each: SpentView) -> Sequence[Cell]:
    return (
        Cell(step_name(each.step, each.assets, each.checks), "bold"),
        Cell(duration(each.usual_seconds)),
        Cell(duration(each.usual_cost.cpu_seconds) if each.usual_cost else "", "dim"),
        Cell(duration(each.last_seconds), "dim"),
        Cell(duration(each.most_seconds), "dim"),
        Cell(f"{duration(each.total_seconds)} in {each.executions:,}", "dim"),
    )


def _large(each: SizeView) -> Sequence[Cell]:
    return (
        Cell(one_line(each.asset), "bold"),
        Cell(size(each.size)),
        Cell("" if each.rows is None else f"{each.rows:,}", "dim"),
        Cell(count(each.partitions, "partition") if each.partitions > 1 else "", "dim"),
    )


def _hungry(each: SpentView) -> Sequence[Cell]:
    cost = each.usual_cost
    return (
        Cell(step_name(each.step, each.assets, each.checks), "bold"),
        Cell(size(each.most_memory)),
        Cell(size(cost.read_bytes) if cost else "", "dim"),
        Cell(size(cost.written_bytes) if cost else "", "dim"),
    )


def _rerun(each: SpentView) -> Sequence[Cell]:
    beside = [f"{each.unchanged:,} came out unchanged"] if each.unchanged else []
    beside += [f"{each.failed:,} failed"] if each.failed else []
    return (
        Cell(step_name(each.step, each.assets, each.checks), "bold"),
        Cell(f"{each.executions:,}"),
        Cell(duration(each.total_seconds), "dim"),
        Cell(", ".join(beside), "dim"),
    )


def _saved(each: SpentView) -> Sequence[Cell]:
    how = [f"fresh {each.fresh:,} times"] if each.fresh else []
    how += [f"put back {each.restored:,} times"] if each.restored else []
    return (
        Cell(step_name(each.step, each.assets, each.checks), "bold"),
        Cell(duration(each.saved_seconds)),
        Cell(duration(each.usual_seconds), "dim"),
        Cell(", ".join(how), "dim"),
    )
