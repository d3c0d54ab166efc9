"""The lines of a text that changed, as people read a difference."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher

__all__ = ["changed_lines"]

_AROUND = 2
"""Lines that are shown before and after a change."""
_AT_MOST = 3000
"""Lines that are compared one by one: it takes the square of their number."""

_Numbered = Sequence[tuple[int, str]]
_Opcode = tuple[str, int, int, int, int]


def changed_lines(before: str, after: _Numbered, file: str) -> list[str]:
    """Lines that begin with `-`, `+` or a space, and with `@@ file:line` where there is more than one place.

    Places where only comments and empty lines differ are left out, if there are others. Empty when nothing differs.
    """
    old, new = before.split("\n"), [line for _, line in after]
    if len(old) + len(new) > _AT_MOST:
        return _from_first_to_last(old, new)
    groups = list(SequenceMatcher(None, old, new, autojunk=False).get_grouped_opcodes(_AROUND))
    telling = [group for group in groups if not _is_comment(group, old, new)]
    shown = telling or groups
    found: list[str] = []
    for group in shown:
        if len(shown) > 1:
            number = after[min(group[0][3], len(after) - 1)][0] if after else 0
            found.append(f"@@ {file}:{number}")
        for kind, first, last, begin, end in group:
            if kind == "equal":
                found += [f"  {line}" for line in new[begin:end]]
                continue
            found += [f"- {line}" for line in old[first:last]]
            found += [f"+ {line}" for line in new[begin:end]]
    return found


def _is_comment(group: Sequence[_Opcode], old: Sequence[str], new: Sequence[str]) -> bool:
    return all(
        line.strip() == "" or line.lstrip().startswith("#")
        for kind, first, last, begin, end in group
        if kind != "equal"
        for line in (*old[first:last], *new[begin:end])
    )


def _from_first_to_last(old: Sequence[str], new: Sequence[str]) -> list[str]:
    """All that lies between what is the same at the beginning and at the end."""
    most = min(len(old), len(new))
    head = next((n for n in range(most) if old[n] != new[n]), most)
    tail = next((n for n in range(most - head) if old[-1 - n] != new[-1 - n]), most - head)
    return [f"- {line}" for line in old[head : len(old) - tail]] + [
        f"+ {line}" for line in new[head : len(new) - tail]
    ]
