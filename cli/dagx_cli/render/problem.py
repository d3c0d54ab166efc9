"""Errors as people read them: what is wrong, then the way out."""

from __future__ import annotations

from dagx_cli.render.look import Look
from dagx_cli.render.text import cut, indent, shorten

__all__ = ["problem_lines", "text_lines"]

_MOST_LINES = 60
_MOST_LENGTH = 4_000
_WIDEST = 400


def problem_lines(message: str, hint: str | None, look: Look, word: str = "error") -> list[str]:
    """`error: message`, the rest of a long message indented below it, then an indented `hint: ...`."""
    first, *more = text_lines(message, "", look) or [""]
    style = "bold red" if word == "error" else "bold yellow"
    by = "" if all(line.startswith("  ") for line in more if line) else "  "
    lines = [f"{look.paint(f'{word}:', style)} {first}", *(f"{by}{line}" if line else "" for line in more)]
    if hint:
        first, *more = indent(hint, "")
        lines += [f"  {look.paint('hint:', 'bold cyan')} {first}", *(f"        {line}" for line in more)]
    return lines


def text_lines(text: str, by: str, look: Look) -> list[str]:
    """A text from outside, safe, indented, and no longer than people read."""
    return shorten([cut(line, _WIDEST, look.mark) for line in indent(text, by)], _MOST_LINES, _MOST_LENGTH)
