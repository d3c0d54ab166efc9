"""`dagx spin`: what one execution returned, in short."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from dagx_cli.render.cost import cost_words
from dagx_cli.render.look import Look
from dagx_cli.render.numbers import count, listed, size
from dagx_cli.render.text import brief, indent, one_line

if TYPE_CHECKING:
    from dagx_engine.views.spinning import SpinView, SpunValue

__all__ = ["spin_lines"]

_PREVIEW_LINES = 12
_COLUMNS = 8


def spin_lines(view: SpinView, look: Look, *, told: bool) -> list[str]:
    """`told`: the error was on the terminal already, before the debugger."""
    state = "succeeded" if view.ok else "failed"
    name = one_line(view.step)
    lines = [f"{look.sign(state)} {look.paint(name, 'bold')}  {cost_words(view.seconds, view.cost)}"]
    if not view.ok:
        lines += [f"  {brief(view.line, look.mark)}"] if told else indent(view.text, "    ")
    for value in view.values:
        lines += _value_lines(value, look, named=len(view.values) > 1)
    for check in view.checks:
        word = "passed" if check.passed else "did not pass"
        about = f": {brief(check.description, look.mark)}" if check.description else ""
        lines.append(f"  check {one_line(check.name)} {word}{about}")
    if view.wrote:
        lines.append(f"  it wrote {listed([one_line(name) for name in view.wrote])}: that is as it wrote it")
    lines += [f"  {one_line(note)}" for note in view.notes]
    if view.ok:
        run = f"dagx run {shlex.quote(one_line(view.asset) + '+')}"
        lines.append(look.paint(f"  nothing is stored of it; {run} makes it, and what rests on it", "dim"))
    return lines


def _value_lines(value: SpunValue, look: Look, *, named: bool) -> list[str]:
    if value.codec in ("none", "io_manager"):
        how = "returned nothing to store" if value.codec == "none" else "was stored by its own IO manager"
        return [f"  {one_line(value.asset)} {how}"]
    facts = [value.codec, size(value.size)]
    facts += [count(value.rows, "row")] if value.rows is not None else []
    facts += [f"columns {listed([name for name, _ in value.columns], _COLUMNS)}"] if value.columns else []
    lines = [f"  {one_line(value.asset) + ': ' if named else ''}{brief(', '.join(facts), look.mark)}"]
    preview = indent(value.preview, "    ") if value.preview.strip() else []
    return [
        *lines,
        *preview[:_PREVIEW_LINES],
        *([f"    {look.mark}"] if len(preview) > _PREVIEW_LINES else []),
    ]
