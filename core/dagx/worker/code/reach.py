"""Everything that can be reached from a node of a graph, with circles, and each part of the graph walked once.

Nodes in one circle reach the same: they are found by Tarjan's algorithm, and what they reach is kept as the bits of one
number. Knows nothing of code.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

__all__ = ["Reach"]


class Reach:
    """`successors` answers the nodes next to a node, always the same."""

    def __init__(self, successors: Callable[[int], Iterable[int]]) -> None:
        self._successors = successors
        self._place: dict[int, int] = {}
        self._members: list[tuple[int, ...]] = []
        self._masks: list[int] = []
        self._lists: dict[int, tuple[int, ...]] = {}

    def of(self, start: Iterable[int]) -> tuple[int, ...]:
        """These nodes and all that can be reached from them."""
        first = tuple(dict.fromkeys(start))
        mask = 0
        alone: list[int] = []
        for node in first:
            if node in self._place:
                mask |= self._masks[self._place[node]]
                continue
            # Most starting points are reached by nothing else: they are given no place, and no number is kept.
            alone.append(node)
            for after in self._successors(node):
                if after not in self._place:
                    self._walk(after)
                mask |= self._masks[self._place[after]]
        found = self._listed(mask)
        rest = [node for node in alone if node not in self._place or not mask >> self._place[node] & 1]
        return (*rest, *found) if rest else found

    def _listed(self, mask: int) -> tuple[int, ...]:
        known = self._lists.get(mask)
        if known is None:
            known = tuple(node for place in _bits(mask) for node in self._members[place])
            self._lists[mask] = known
        return known

    def _walk(self, start: int) -> None:
        """Give a place to every node that can be reached and has none: those that are reached from others first."""
        index: dict[int, int] = {}
        low: dict[int, int] = {}
        stack: list[int] = []
        on_stack: set[int] = set()
        work: list[tuple[int, Iterator[int]]] = []

        def enter(node: int) -> None:
            index[node] = low[node] = len(index)
            stack.append(node)
            on_stack.add(node)
            work.append((node, iter(self._successors(node))))

        enter(start)
        while work:
            node, rest = work[-1]
            for other in rest:
                if other in self._place:
                    continue
                if other not in index:
                    enter(other)
                    break
                if other in on_stack:
                    low[node] = min(low[node], index[other])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == index[node]:
                    self._close(node, stack, on_stack)

    def _close(self, first: int, stack: list[int], on_stack: set[int]) -> None:
        """The circle that `first` was the first of is whole."""
        members: list[int] = []
        while not members or members[-1] != first:
            members.append(stack.pop())
            on_stack.discard(members[-1])
        place = len(self._members)
        mask = 1 << place
        self._place.update(dict.fromkeys(members, place))
        for member in members:
            for after in self._successors(member):
                if self._place[after] != place:
                    mask |= self._masks[self._place[after]]
        self._members.append(tuple(members))
        self._masks.append(mask)


def _bits(mask: int) -> Iterator[int]:
    """The places of the ones in a number, lowest first."""
    text = bin(mask)[:1:-1]
    place = text.find("1")
    while place >= 0:
        yield place
        place = text.find("1", place + 1)
