"""`dagx doctor`: one line for each thing looked at, with the way out where something is wrong."""

from __future__ import annotations

from dagx_cli.render.look import Look
from dagx_cli.render.text import cells, indent, one_line, pad
from dagx_engine.views import DoctorLine, DoctorView

__all__ = ["doctor_lines"]


def doctor_lines(view: DoctorView, look: Look) -> list[str]:
    width = max((cells(one_line(line.name)) for line in view.lines), default=0)
    lines = [text for line in view.lines for text in _of(line, width, look)]
    wrong = sum(not line.ok for line in view.lines)
    verdict = (
        f"{wrong} of {len(view.lines)} need{'s' if wrong == 1 else ''} attention" if wrong else "all is well"
    )
    return [*lines, "", verdict]


def _of(line: DoctorLine, width: int, look: Look) -> list[str]:
    margin = " " * (width + 4)
    first, *more = indent(line.text, "")
    sign = look.sign("fresh" if line.ok else "failed")
    lines = [
        f"{sign} {look.paint(pad(one_line(line.name), width), 'bold')}  {first}",
        *(margin + text for text in more),
    ]
    if line.hint and not line.ok:
        lines.append(f"{margin}{look.paint('hint:', 'bold cyan')} {one_line(line.hint)}")
    return lines
