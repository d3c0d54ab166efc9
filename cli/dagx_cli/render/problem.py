"""Errors as people read them: what is wrong, then the way out."""

from __future__ import annotations

from dagx_cli.render.look import Look
from dagx_cli.render.text import indent

__all__ = ["problem_lines"]


def problem_lines(message: str, hint: str | None, look: Look, word: str = "error") -> list[str]:
    """`error: message`, the rest of a long message indented below it, then an indented `hint: ...`."""
    first, *more = indent(message, "") or [""]
    style = "bold red" if word == "error" else "bold yellow"
    by = "" if all(line.startswith("  ") for line in more if line) else "  "
    lines = [f"{look.paint(f'{word}:', style)} {first}", *(f"{by}{line}" if line else "" for line in more)]
    if hint:
        first, *more = indent(hint, "")
        lines += [f"  {look.paint('hint:', 'bold cyan')} {first}", *(f"        {line}" for line in more)]
    return lines
