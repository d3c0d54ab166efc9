"""A small drawing of what is around one asset: its inputs, itself, what needs it. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.style import Style

from dagx_tui.lines import Line, Part
from dagx_tui.looks import PLAIN, Looks
from dagx_tui.safe import clean
from dagx_tui.words import cut_middle, pad

__all__ = ["Node", "around"]

_JUNCTIONS = {
    "LR": "─",
    "LD": "╮",
    "LU": "╯",
    "RD": "╭",
    "RU": "╰",
    "UD": "│",
    "LUD": "┤",
    "RUD": "├",
    "LRD": "┬",
    "LRU": "┴",
    "LRUD": "┼",
}
_PLAIN_JUNCTIONS = {"LR": "-", "UD": "|"}
_EACH_AT_MOST = 7
_NARROWEST = 40


@dataclass(frozen=True)
class Node:
    name: str
    glyph: str
    style: Style


def around(middle: Node, up: Sequence[Node], down: Sequence[Node], width: int, looks: Looks) -> list[Line]:
    """The drawing in at most `width` cells; where that is too narrow, a list."""
    if not up and not down:
        return [[("nothing upstream, nothing downstream", looks.muted)]]
    if width < _NARROWEST:
        return _listed("needs", up, width, looks) + _listed("feeds", down, width, looks)
    left, right = _some(up, looks), _some(down, looks)
    height = max(len(left), len(right), 1)
    row = (height - 1) // 2
    joints = 5 * bool(left) + 5 * bool(right)
    room = width - joints - 2 * (1 + bool(left) + bool(right))
    longest_left = max((cell_len(clean(node.name)) for node in left), default=0)
    longest_right = max((cell_len(clean(node.name)) for node in right), default=0)
    own = cell_len(clean(middle.name))
    wide_left, wide_own, wide_right = _shares(room, longest_left, own, longest_right)
    lines: list[Line] = []
    for y in range(height):
        line: list[Part] = []
        if left:
            line += _left(y, left, row, height, wide_left, looks)
        if y == row:
            line += [
                (middle.glyph + " ", middle.style),
                (pad(cut_middle(clean(middle.name), wide_own), wide_own), looks.strong),
            ]
        elif right:
            line.append((" " * (2 + wide_own), PLAIN))
        if right:
            line += _right(y, right, row, height, wide_right, looks)
        lines.append(line)
    return lines


def _some(nodes: Sequence[Node], looks: Looks) -> list[Node]:
    if len(nodes) <= _EACH_AT_MOST:
        return list(nodes)
    kept = list(nodes[: _EACH_AT_MOST - 1])
    return [*kept, Node(f"{len(nodes) - len(kept):,} more", "+", looks.muted)]


def _shares(room: int, *wanted: int) -> list[int]:
    """Cells for each, all they want if that fits; else the widest give way first."""
    given = list(wanted)
    while sum(given) > room and max(given) > 1:
        widest = given.index(max(given))
        given[widest] -= max(1, min(given[widest] - 1, (sum(given) - room) // len(given)))
    return given


def _span(count: int, row: int, height: int) -> tuple[int, int, int]:
    """First row of the nodes, and the rows that the vertical line runs over."""
    first = (height - count) // 2
    return first, min(first, row), max(first + count - 1, row)


def _joint(y: int, span: tuple[int, int], sides: str, looks: Looks) -> str:
    top, bottom = span
    sides += ("U" if top < y <= bottom else "") + ("D" if top <= y < bottom else "")
    if len(sides) < 2:
        return " "
    return _PLAIN_JUNCTIONS.get(sides, "+") if looks.ascii else _JUNCTIONS[sides]


def _left(y: int, nodes: Sequence[Node], row: int, height: int, width: int, looks: Looks) -> list[Part]:
    first, top, bottom = _span(len(nodes), row, height)
    here = first <= y < first + len(nodes)
    joint = _joint(y, (top, bottom), ("L" if here else "") + ("R" if y == row else ""), looks)
    after = looks.rule + " " if y == row else "  "
    if not here:
        return [(" " * (2 + width + 2) + joint + after, looks.muted)]
    node = nodes[y - first]
    name = cut_middle(clean(node.name), width)
    dashes = looks.rule * (width - cell_len(name) + 1)
    return [(node.glyph + " ", node.style), (name, PLAIN), (" " + dashes + joint + after, looks.muted)]


def _right(y: int, nodes: Sequence[Node], row: int, height: int, width: int, looks: Looks) -> list[Part]:
    first, top, bottom = _span(len(nodes), row, height)
    here = first <= y < first + len(nodes)
    joint = _joint(y, (top, bottom), ("L" if y == row else "") + ("R" if here else ""), looks)
    before = " " + looks.rule if y == row else "  "
    if not here:
        return [(before + joint, looks.muted)]
    node = nodes[y - first]
    return [
        (before + joint + looks.rule + " ", looks.muted),
        (node.glyph + " ", node.style),
        (cut_middle(clean(node.name), width), PLAIN),
    ]


def _listed(label: str, nodes: Sequence[Node], width: int, looks: Looks) -> list[Line]:
    room = max(1, width - 8)
    return [
        [
            (pad(label if number == 0 else "", 6), looks.muted),
            (node.glyph + " ", node.style),
            (cut_middle(clean(node.name), room), PLAIN),
        ]
        for number, node in enumerate(_some(nodes, looks))
    ]
