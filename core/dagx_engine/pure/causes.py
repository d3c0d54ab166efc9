"""From an asset that is not fresh up to what started it. Knows names and edges alone."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from dagx_engine.pure.value import dataclass

__all__ = ["Cause", "causes_of"]


@dataclass(frozen=True)
class Cause:
    """One step of the way up. `root`: it is not fresh by itself; else because of those that follow it."""

    key: str
    depth: int
    feeds: str
    root: bool


def causes_of(
    key: str, upstream: Callable[[str], Collection[str]], is_root: Mapping[str, bool]
) -> list[Cause]:
    """The way from `key` up to each root, the nearest first; every asset stands once, on its shortest way.

    `is_root` has the assets that are not fresh. Above a root the search goes on: it may have causes of its own.
    """
    feeds, depth = _reached(key, upstream, is_root)
    roots = {one for one in feeds if is_root[one]}
    roots |= {one for one in feeds if not any(up in is_root for up in upstream(one))}
    kept: set[str] = set()
    nearest: dict[str, int] = {}
    for root in feeds:
        if root not in roots:
            continue
        here = root
        while here != key:
            nearest[here] = min(nearest.get(here, depth[root]), depth[root])
            kept.add(here)
            here = feeds[here]
    below: dict[str, list[str]] = {}
    for one in feeds:
        if one in kept:
            below.setdefault(feeds[one], []).append(one)
    found: list[Cause] = []
    queue = [key]
    while queue:
        here = queue.pop()
        if here != key:
            found.append(Cause(here, depth[here], feeds[here], here in roots))
        queue += sorted(below.get(here, ()), key=lambda one: nearest[one], reverse=True)
    return found


def _reached(
    key: str, upstream: Callable[[str], Collection[str]], unsettled: Collection[str]
) -> tuple[dict[str, str], dict[str, int]]:
    """What is not fresh above `key`, level by level: what each feeds, and how far away it is."""
    feeds: dict[str, str] = {}
    depth = {key: 0}
    level = [key]
    while level:
        above: list[str] = []
        for one in level:
            for up in upstream(one):
                if up in unsettled and up not in depth:
                    feeds[up], depth[up] = one, depth[one] + 1
                    above.append(up)
        level = above
    return feeds, depth
