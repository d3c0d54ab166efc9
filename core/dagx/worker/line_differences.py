"""Two texts compared line by line, as patches show it; as much of it as is asked for."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from typing import Any

__all__ = ["compare_lines"]

_AROUND = 3
"""Lines that are shown before and after a change."""
_AT_MOST = 4_000
"""Lines that are compared one by one: it takes the square of their number."""
_WIDTH = 400
"""Characters of a line that are told."""


def compare_lines(before: str, after: str, most: int) -> dict[str, Any]:
    """How many lines came and went, and the first `most` lines of the difference."""
    old, new = before.split("\n"), after.split("\n")
    head, tail = _same_ends(old, new)
    middle = len(old) + len(new) - 2 * (head + tail)
    if middle > _AT_MOST:
        removed, added = old[head : len(old) - tail], new[head : len(new) - tail]
        lines = [
            f"@@ -{head + 1} +{head + 1} @@",
            *(f"-{line}" for line in removed[: most // 2]),
            *(f"+{line}" for line in added[: most // 2]),
        ]
        count = 1 + len(removed) + len(added)
    else:
        # What is the same at both ends is left to the context: a text of a million lines costs what differs in it.
        first, last = max(0, head - _AROUND), max(0, tail - _AROUND)
        removed, added = list[str](), list[str]()
        found = list(
            _unified(old[first : len(old) - last], new[first : len(new) - last], first, removed, added)
        )
        lines, count = found[:most], len(found)
    return {
        "kind": "text",
        "lines": [line[:_WIDTH] for line in lines],
        "left": count - len(lines),
        "added": len(added),
        "removed": len(removed),
    }


def _same_ends(old: Sequence[str], new: Sequence[str]) -> tuple[int, int]:
    """How many lines are the same at the beginning and, of the rest, at the end."""
    most = min(len(old), len(new))
    head = next((n for n in range(most) if old[n] != new[n]), most)
    tail = next((n for n in range(most - head) if old[-1 - n] != new[-1 - n]), most - head)
    return head, tail


def _unified(
    old: Sequence[str], new: Sequence[str], offset: int, removed: list[str], added: list[str]
) -> Iterator[str]:
    """The groups of changes; `offset` lines came before."""
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    for group in matcher.get_grouped_opcodes(_AROUND):
        yield f"@@ -{offset + group[0][1] + 1} +{offset + group[0][3] + 1} @@"
        for kind, first, last, begin, end in group:
            if kind == "equal":
                yield from (f" {line}" for line in new[begin:end])
                continue
            removed += old[first:last]
            added += new[begin:end]
            yield from (f"-{line}" for line in old[first:last])
            yield from (f"+{line}" for line in new[begin:end])
