"""`dagx audit`: a line for each step as it ends; then what came out otherwise, what may be behind it, and the sum."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from typing import TYPE_CHECKING

from dagx_cli.render.diff import compared_lines
from dagx_cli.render.look import SIGNS, Look
from dagx_cli.render.numbers import count, duration, listed, size
from dagx_cli.render.table import Cell, fitted
from dagx_cli.render.text import brief, indent, one_line, pad
from dagx_engine.views import StepAudited

if TYPE_CHECKING:
    from dagx_engine.views.auditing import AuditedStep, AuditView, DifferingView

__all__ = ["audit_lines", "audited_line"]

_WORD = 17
_DIFFERENCE_LINES = 12

_MEANS = {
    "false hit": (
        "it comes out the same each time, but not as stored: an input was not seen",
        'declare it: inputs=["data/x.csv"], or a parameter for an asset',
    ),
    "hash seed": (
        "another PYTHONHASHSEED makes another result: the order of a set gets into it",
        "sort it; the workers of dagx always have the same seed",
    ),
    "not deterministic": (
        "it comes out otherwise each time: chance, time or threads get into it",
        "what needs it runs whenever it does; a seed or a sort ends that",
    ),
}
"""By outcome: what it means, and what to do."""

_WORST_LAST = ("not deterministic", "hash seed", "failed", "false hit")
"""As the end is what stands on the screen."""


def audited_line(step: StepAudited, look: Look, *, name_width: int = 0) -> str:
    """`✖ report  false hit  0.4s`."""
    style = SIGNS[step.outcome].style
    parts = [
        Cell(look.glyph(step.outcome), style),
        Cell(f" {pad(_name(step.step, step.assets), name_width)}  "),
        Cell(pad(step.outcome, _WORD), style),
        Cell(f"  {duration(step.seconds):>5}", "dim"),
        Cell(f"  {brief(step.text, look.mark)}", "red" if step.outcome == "failed" else ""),
    ]
    return fitted(parts, look).rstrip()


def audit_lines(view: AuditView, look: Look, *, told: bool = True) -> list[str]:
    """`told`: each step had its line before."""
    lines: list[str] = []
    for outcome in _WORST_LAST:
        for step in view.steps:
            if step.outcome == outcome:
                lines += ["", *_step(step, look)]
    left = [step for step in view.steps if step.outcome == "left out"]
    if left and not told:
        lines += ["", "left out", *(f"  {_name(s.step, s.assets)}: {brief(s.text, look.mark)}" for s in left)]
    lines += ["", *(brief(note, look.mark) for note in view.notes), *_summary(view, look)]
    return lines if told else lines[1:]


def _name(step: str, assets: tuple[str, ...]) -> str:
    names = [one_line(name) for name in assets] or [one_line(step)]
    return listed(names, 2)


def _step(step: AuditedStep, look: Look) -> Iterator[str]:
    style = SIGNS[step.outcome].style
    name = look.paint(f"{_name(step.step, step.assets)}: {step.outcome}", style)
    yield f"{look.sign(step.outcome)} {name}"
    if step.outcome == "failed":
        yield "  it fails when it is executed again, on the same inputs"
        yield from indent(step.error or step.text, "    ")[-_DIFFERENCE_LINES:]
    else:
        means, way_out = _MEANS[step.outcome]
        yield f"  {means}"
        for hint in step.hints:
            yield look.paint(f"  {brief(hint, look.mark)}", "bold")
        yield f"  {look.paint('hint:', 'bold cyan')} {way_out}"
        if step.outcome == "false hit":
            yield f"        until then: dagx run --force {_again(step.assets)}"
    for differing in step.differs:
        yield from _differing(differing, look)


def _again(assets: tuple[str, ...]) -> str:
    """What makes them again: by name, and of partitions the partition."""
    pairs = [one_line(name).removesuffix("]").partition("[") for name in assets]
    names = " ".join(shlex.quote(asset) for asset in dict.fromkeys(asset for asset, _, _ in pairs))
    partitions = list(dict.fromkeys(partition for _, _, partition in pairs if partition))
    if not partitions:
        return names
    if len(partitions) == 1:
        return f"{names} --partition {shlex.quote(partitions[0])}"
    return f"{names} --partition-range {shlex.quote(f'{partitions[0]}...{partitions[-1]}')}"


def _differing(view: DifferingView, look: Look) -> Iterator[str]:
    compared = _compared_lines(view, look)
    to = "->" if look.ascii else "→"
    sizes = size(view.after) if view.before == view.after else f"{size(view.before) or 'nothing'} {to} "
    if view.before != view.after:
        sizes += size(view.after) or "nothing"
    yield f"  {one_line(view.name)}  {look.paint(sizes, 'dim')}"
    yield from (f"  {line}".rstrip() for line in compared[:_DIFFERENCE_LINES])
    if len(compared) > _DIFFERENCE_LINES:
        yield look.paint(f"    and {count(len(compared) - _DIFFERENCE_LINES, 'more line')}", "dim")


def _compared_lines(view: DifferingView, look: Look) -> list[str]:
    if view.difference is None:
        return []
    lines = compared_lines(view.difference, look)
    while lines and not lines[-1].strip():
        lines.pop()
    return lines


def _summary(view: AuditView, look: Look) -> Iterator[str]:
    """`1 false hit, 12 same in 3.2s`, and what was not executed."""
    counts = view.counts
    words = [word for word in (*reversed(_WORST_LAST), "same") if counts.get(word)]
    said = [
        count(counts[word], word) if word == "false hit" else f"{counts[word]:,} {word}" for word in words
    ]
    style = "bold green" if view.ok else "bold red"
    if said:
        yield f"{look.paint(', '.join(said), style)} in {duration(view.seconds)}"
    left = [(counts.get("left out", 0), "left out"), (view.not_fresh, "not fresh")]
    left += [(view.passed_over, "passed over")]
    rest = [f"{number:,} {word}" for number, word in left if number]
    if rest:
        yield f"not executed: {', '.join(rest)}"
