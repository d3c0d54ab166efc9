"""The text of an error in no more lines than people read. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from dagx_tui.safe import clean_text
from dagx_tui.words import cut, shell

__all__ = ["error_lines", "in_red"]

_MOST_LINES = 60
_MOST = 4_000
_WIDEST = 400


def error_lines(text: str, asset: str = "") -> list[str]:
    """Clean lines, the first and the last when there are many: errors say at their end what they are. `asset` is the
    one whose last error this is; it is named where the rest can be read."""
    shortened = len(text) > 8 * _MOST
    if shortened:  # a megabyte is not even cleaned
        text = f"{text[:_MOST]}\n{text[-4 * _MOST :]}"
    found = clean_text(text)
    lines = [cut(line, _WIDEST) for line in found]
    head, tail = lines[:-1], lines[-1:]
    if len(lines) > _MOST_LINES or sum(map(len, lines)) > _MOST:
        head = _that_fit(lines, _MOST_LINES // 4, _MOST // 4)
        rest = lines[len(head) :]
        tail = _that_fit(rest[::-1], _MOST_LINES - len(head) - 1, _MOST - sum(map(len, head)))[::-1]
    elif lines == found and not shortened:
        return lines
    where = f"; all of it: {shell('show', asset)}" if asset else ""
    return [*head, f"(some is left out here{where})", *tail]


def in_red(lines: Sequence[str]) -> str:
    """The lines as a log has them."""
    return "".join(f"\x1b[31m{line}\x1b[0m\n" for line in lines)


def _that_fit(lines: Sequence[str], limit: int, most: int) -> list[str]:
    kept: list[str] = []
    for line in lines[:limit]:
        most -= len(line)
        if most < 0:
            break
        kept.append(line)
    return kept
