"""Rows as Markdown. Pure: the same rows make the same text."""

from __future__ import annotations

from collections.abc import Sequence

from bench.figures import Budget, Figures, NotMeasured, Row
from bench.machine import Machine

__all__ = ["page", "row_lines"]

DISTURBED = 0.25
"""Cores of other work from which on a row is marked."""
GROWING = ("first load", "nothing to do", "status", "one edit")


def page(machine: Machine, rows: Sequence[Row], findings: str, command: str) -> str:
    """The whole page. `findings` is what people wrote of the figures; `command` repeats them."""
    parts = [
        "# Benchmarks",
        "",
        f"Written by `{command}`, not by hand. Every figure is of a process of its own, and the tools of a row take "
        "turns, round by round, so that whatever else the machine does hits all of them. A value is the median of its "
        "rounds, with the least and the most beside it. Times are by the clock and of the whole command, unless the "
        "row says otherwise.",
        "",
        *_summary(rows),
        *_growth(rows),
        findings.strip(),
        "",
        "## All figures",
        "",
        "Ratio: so many times the median of dagx in the same row at the same size.",
        "",
    ]
    for row in rows:
        parts += [*row_lines(row), ""]
    parts += _where(machine, rows, command)
    return "\n".join(parts).rstrip() + "\n"


def row_lines(row: Row) -> list[str]:
    """One row: who, what, at which size, and how it stands to dagx and to the budget."""
    lines = [
        f"### {row.name[:1].upper()}{row.name[1:]}",
        "",
        f"{row.workload[:1].upper()}{row.workload[1:]}.{_mark(row)}",
        "",
        "| tool | what | assets | median | least – most | rounds | ratio | budget |",
        "| --- | --- | ---: | ---: | ---: | ---: | ---: | --- |",
    ]
    for one in row.results:
        size = f"{one.size:,}" if one.size else ""
        if isinstance(one, NotMeasured):
            lines.append(f"| {one.who} | {one.what} | {size} | not measured: {_cell(one.why)} | | | | |")
            continue
        low, high = min(one.values), max(one.values)
        spread = f"{number(low)} – {number(high)}" if len(one.values) > 1 else ""
        lines.append(
            f"| {one.who} | {one.what} | {size} | {number(one.median)} {one.unit} | {spread} | {len(one.values)} | "
            f"{_ratio(row, one)} | {_budget(one)} |"
        )
    for note in row.notes:
        lines += ["", note]
    return lines


def number(value: float) -> str:
    """Three digits that count."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def stands(figures: Figures, budget: Budget) -> str:
    """Whether the median keeps the budget, and by how much it does or does not."""
    share = figures.median / budget.limit
    if budget.at_least:
        return "met" if share >= 1 else f"**missed: {share:.2f} of it**"
    return f"met, {share:.0%} of it" if share <= 1 else f"**missed, {share:.1f} times it**"


def _budget(one: Figures) -> str:
    if one.budget is None:
        return ""
    sign = "≥" if one.budget.at_least else "≤"
    return f"{sign} {number(one.budget.limit)} {one.budget.unit}: {stands(one, one.budget)}"


def _ratio(row: Row, one: Figures) -> str:
    """To the first figure of dagx of the same size and unit; nothing of itself."""
    if one.who == "dagx":
        return ""
    same = [ours for ours in row.of_dagx if ours.unit == one.unit and ours.size == one.size]
    if not same or same[0].median == 0:
        return ""
    return f"{number(one.median / same[0].median)} ×"


def _mark(row: Row) -> str:
    if not _disturbed(row):
        return ""
    return f" **Disturbed**: other work took {row.other_work:.1f} cores, and the load was {row.load:.1f} when it began."


def _disturbed(row: Row) -> bool:
    return row.other_work > DISTURBED


def _summary(rows: Sequence[Row]) -> list[str]:
    lines = [
        "| what | workload | budget | dagx | |",
        "| --- | --- | ---: | ---: | --- |",
    ]
    for row in rows:
        for one in row.of_dagx:
            if one.budget is None:
                continue
            sign = "≥" if one.budget.at_least else "≤"
            what = one.what + (f", {one.size:,} assets" if one.size else "")
            star = " †" if _disturbed(row) else ""
            lines.append(
                f"| {row.name} | {what} | {sign} {number(one.budget.limit)} {one.budget.unit} | "
                f"{number(one.median)} {one.unit}{star} | {stands(one, one.budget)} |"
            )
    if any(_disturbed(row) for row in rows):
        lines += [
            "",
            f"† Taken while other work used more than {DISTURBED} cores: too high by the clock, for all tools.",
        ]
    return [*lines, ""]


def _growth(rows: Sequence[Row]) -> list[str]:
    """dagx by size; in brackets, the factor to the size before. Linear is the ratio of the sizes."""
    named = {row.name: row for row in rows}
    sizes = sorted({one.size for name in GROWING if name in named for one in named[name].of_dagx})
    if not sizes:
        return []
    lines = [
        "## How cost grows",
        "",
        "dagx alone, the least of the rounds; behind each the factor to the size before. Ten times the cost for ten "
        "times the assets is linear. The first `run` and `status` after something was made find out what the next ones "
        "tell again: for 100,000 assets their cost is among the figures below.",
        "",
        "| assets | " + " | ".join(name for name in GROWING if name in named) + " |",
        "| ---: |" + " ---: |" * sum(name in named for name in GROWING),
    ]
    before: dict[str, float] = {}
    for size in sizes:
        cells = []
        for name in GROWING:
            if name not in named:
                continue
            of_size = [one for one in named[name].of_dagx if one.size == size]
            if not of_size:
                cells.append("not measured")
                before.pop(name, None)
                continue
            least = min(of_size[0].values)
            factor = f" ({least / before[name]:.1f} ×)" if name in before else ""
            cells.append(f"{number(least)} {of_size[0].unit}{factor}")
            before[name] = least
        lines.append(f"| {size:,} | " + " | ".join(cells) + " |")
    return [*lines, ""]


def _where(machine: Machine, rows: Sequence[Row], command: str) -> list[str]:
    return [
        "## Where and how",
        "",
        f"- {machine.processor}, {machine.cores} cores, {machine.memory_gb:.0f} GiB; {machine.system}; {machine.disk}. "
        f"Load average {machine.load:.1f} when it began.",
        f"- dagx: {machine.dagx} at commit {machine.commit}, {machine.day}. The projects' Python is {machine.python}.",
        f"- {', '.join(machine.rivals) or 'No rivals in this run'}.",
        f"- The rows took {sum(row.seconds for row in rows) / 60:.0f} minutes.",
        "",
        f"To repeat all of it: `make binary`, then `{command}`. One row: `make bench ARGS='--rows status'`, which "
        "prints it; also `--sizes 1000,10000` and `--rounds 9`. The rivals are installed, pinned, into environments of "
        "their own in the user's cache (`--rivals DIR`: elsewhere); dagx never needs them. `make bench-smoke` takes "
        "every row of dagx on tiny projects, and fails when one gives no figure or does not run what it must.",
    ]


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
