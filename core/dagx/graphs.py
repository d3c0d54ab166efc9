"""Directed graphs as plain mappings: each node to the set of nodes it needs. It knows nothing of assets.

A node that is needed but is no key of the mapping lies outside the graph and is ignored. Ties are broken by
the order of the mapping's keys, never by that of a set. Nothing here recurses; all is linear in nodes and
edges.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Hashable, Iterable, Mapping
from typing import TypeVar

N = TypeVar("N", bound=Hashable)
Upstream = Mapping[N, Collection[N]]


class CycleError(ValueError):
    """The graph has a cycle. `path` is one: each needs the one before it, and the last is the first again."""

    def __init__(self, path: tuple[object, ...]) -> None:
        super().__init__(" -> ".join(str(node) for node in path))
        self.path = path


def invert(upstream: Upstream[N]) -> dict[N, list[N]]:
    """Each node to those that need it, both in the order of the mapping."""
    downstream: dict[N, list[N]] = {node: [] for node in upstream}
    for node, needs in upstream.items():
        for need in needs if isinstance(needs, (set, frozenset)) else set(needs):
            if need in downstream:
                downstream[need].append(node)
    return downstream


def topological_order(upstream: Upstream[N]) -> list[N]:
    """All nodes, each after what it needs. Raises CycleError."""
    order = _order(invert(upstream))
    if len(order) < len(upstream):
        raise CycleError(cycles(upstream)[0])
    return order


def _order(downstream: Mapping[N, list[N]]) -> list[N]:
    """Each node after what it needs; without those that are in a circle, or need one that is."""
    waiting = dict.fromkeys(downstream, 0)
    for children in downstream.values():
        for child in children:
            waiting[child] += 1
    order = [node for node, count in waiting.items() if count == 0]
    for node in order:  # grows while it is walked: the list is the queue
        for child in downstream[node]:
            waiting[child] -= 1
            if waiting[child] == 0:
                order.append(child)
    return order


def levels(upstream: Upstream[N]) -> dict[N, int]:
    """The length of the longest path that leads to each node, 0 for the roots. Raises CycleError."""
    level: dict[N, int] = {}
    for node in topological_order(upstream):
        level[node] = max((level[need] + 1 for need in upstream[node] if need in level), default=0)
    return level


def reachable(edges: Upstream[N], start: Iterable[N], depth: int | None = None) -> set[N]:
    """`start` and what it reaches over `edges` in `depth` steps, or any number when it is None."""
    found = {node for node in start if node in edges}
    frontier = list(found)
    while frontier and (depth is None or depth > 0):
        following: list[N] = []
        for node in frontier:
            for other in edges[node]:
                if other in edges and other not in found:
                    found.add(other)
                    following.append(other)
        frontier = following
        depth = None if depth is None else depth - 1
    return found


def ancestors(upstream: Upstream[N], start: Iterable[N], depth: int | None = None) -> set[N]:
    """`start` and what it needs, up to `depth` steps away."""
    return reachable(upstream, start, depth)


def descendants(upstream: Upstream[N], start: Iterable[N], depth: int | None = None) -> set[N]:
    """`start` and what needs it, up to `depth` steps away.

    For many questions, `invert` once and use `reachable`.
    """
    return reachable(invert(upstream), start, depth)


def cycles(upstream: Upstream[N]) -> list[tuple[N, ...]]:
    """One shortest cycle for each knot (strongly connected part) of the graph: its first node, ..., that node
    again.

    In a path, each node is needed by the next. Empty exactly when `topological_order` succeeds.
    """
    downstream = invert(upstream)
    if len(_order(downstream)) == len(upstream):
        return []
    position = {node: index for index, node in enumerate(upstream)}
    found: list[tuple[N, ...]] = []
    for knot in _knots(downstream):
        first = min(knot, key=position.__getitem__)
        if len(knot) > 1 or first in downstream[first]:
            found.append(_shortest_round(downstream, knot, first))
    return sorted(found, key=lambda path: position[path[0]])


def _shortest_round(edges: Mapping[N, list[N]], inside: set[N], first: N) -> tuple[N, ...]:
    came_from: dict[N, N] = {}
    queue = deque([first])
    while first not in came_from:
        node = queue.popleft()
        for other in edges[node]:
            if other in inside and other not in came_from:
                came_from[other] = node
                queue.append(other)
    path = [first, came_from[first]]
    while path[-1] != first:
        path.append(came_from[path[-1]])
    return tuple(reversed(path))


def _knots(edges: Mapping[N, list[N]]) -> list[set[N]]:
    """The strongly connected parts, by Tarjan's algorithm with the call stack kept by hand."""
    index: dict[N, int] = {}
    low: dict[N, int] = {}
    open_nodes: list[N] = []
    is_open: set[N] = set()
    parts: list[set[N]] = []
    for root in edges:
        if root in index:
            continue
        calls = [(root, iter(edges[root]))]
        index[root] = low[root] = len(index)
        open_nodes.append(root)
        is_open.add(root)
        while calls:
            node, children = calls[-1]
            for child in children:
                if child not in index:
                    index[child] = low[child] = len(index)
                    open_nodes.append(child)
                    is_open.add(child)
                    calls.append((child, iter(edges[child])))
                    break
                if child in is_open:
                    low[node] = min(low[node], index[child])
            else:
                calls.pop()
                if calls:
                    parent = calls[-1][0]
                    low[parent] = min(low[parent], low[node])
                if low[node] == index[node]:
                    part: set[N] = set()
                    while node not in part:
                        member = open_nodes.pop()
                        is_open.discard(member)
                        part.add(member)
                    parts.append(part)
    return parts
