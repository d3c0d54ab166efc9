"""Which rows the asset list has and in which order: groups, lineage inside them, folds and filters. Pure.

Inside a group the order is topological, and each asset hangs beneath the last of its inputs: every guide that
is drawn is a real edge, and all that an asset needs in its group stands above it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass

from dagx_engine.views import AssetView

__all__ = ["AssetRow", "GroupRow", "Row", "Shape", "narrowed", "rows", "shape"]

_DEEPEST = 5
"""Deeper assets stay at this indentation, behind dots: a chain of fifty must not walk off the screen."""


@dataclass(frozen=True, slots=True)
class GroupRow:
    group: str
    folded: bool
    size: int


@dataclass(frozen=True, slots=True)
class AssetRow:
    key: str
    guide: str = ""
    """Lines of the tree before the name, two cells a level."""


Row = GroupRow | AssetRow


@dataclass(frozen=True)
class Shape:
    """The order of everything there is, whatever is folded or filtered."""

    groups: tuple[tuple[str, tuple[AssetRow, ...]], ...] = ()

    @property
    def flat(self) -> bool:
        """A single group needs no heading."""
        return len(self.groups) < 2


def shape(assets: Sequence[AssetView]) -> Shape:
    members: dict[str, list[AssetView]] = {}
    for asset in assets:
        members.setdefault(asset.group, []).append(asset)
    return Shape(tuple((group, _lineage(found)) for group, found in members.items()))


def _lineage(assets: Sequence[AssetView]) -> tuple[AssetRow, ...]:
    """Taking the newest ready asset first keeps chains together: the order is a walk of the tree."""
    place = {asset.key: number for number, asset in enumerate(assets)}
    waits = {asset.key: {up for up in asset.upstream if up in place and up != asset.key} for asset in assets}
    feeds: dict[str, list[str]] = {}
    for key, needs in waits.items():
        for up in needs:
            feeds.setdefault(up, []).append(key)
    ready = [(key, "") for key in reversed(place) if not waits[key]]
    parent: dict[str, str] = {}
    children: dict[str, list[str]] = {}
    order: list[str] = []
    while ready:
        key, above = ready.pop()
        order.append(key)
        if above:
            parent[key] = above
            children.setdefault(above, []).append(key)
        freed = []
        for down in feeds.get(key, ()):
            waits[down].discard(key)
            if not waits[down]:
                freed.append(down)
        ready.extend((down, key) for down in sorted(freed, key=place.__getitem__, reverse=True))
    done = set(order)
    order.extend(key for key in place if key not in done)
    return _guided(order, parent, children)


def _guided(
    order: Sequence[str], parent: dict[str, str], children: dict[str, list[str]]
) -> tuple[AssetRow, ...]:
    below: dict[str, tuple[str, int]] = {}
    found = []
    for key in order:
        above = parent.get(key)
        if above is None:
            guide, down, depth = "", "", 0
        else:
            inherited, depth = below[above]
            depth += 1
            last = children[above][-1] == key
            if depth > _DEEPEST:
                guide, down = inherited[: 2 * (_DEEPEST - 1)] + "⋯ ", inherited
            else:
                guide = inherited + ("╰ " if last else "├ ")
                down = inherited + ("  " if last else "│ ")
        below[key] = (down, depth)
        found.append(AssetRow(key, guide))
    return tuple(found)


def narrowed(guide: str) -> str:
    """The same guide with one cell a level in place of two, for lists that are too narrow for their names."""
    return guide[::2] + " " if guide else ""


def rows(
    shape: Shape,
    folded: Set[str] = frozenset(),
    keep: Callable[[str], bool] | None = None,
) -> list[Row]:
    """What is shown: no members of folded groups; with `keep`, only what it keeps, in open groups."""
    found: list[Row] = []
    for group, members in shape.groups:
        if keep is not None:
            kept = [AssetRow(member.key) for member in members if keep(member.key)]
            if kept and not shape.flat:
                found.append(GroupRow(group, folded=False, size=len(kept)))
            found.extend(kept)
            continue
        shut = group in folded and not shape.flat
        if not shape.flat:
            found.append(GroupRow(group, folded=shut, size=len(members)))
        if not shut:
            found.extend(members)
    return found
