"""Everything that can be reached from a node of a graph, with circles, and each part of the graph walked once.

Nodes in one circle reach the same: they are found by Tarjan's algorithm, and what they reach is kept as the bits of one
number. Knows nothing of code.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

__all__ = ["Reach", "Reached"]


class Reached(NamedTuple):
    """What can be reached, in two parts."""

    alone: tuple[int, ...]
    """Nodes that nothing else reaches."""
    places: tuple[int, ...]
    """Parts of the graph that others reach as well; `Reach.beyond` lists the nodes of each, and all that is reached
    from there."""


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
        alone, places = self.parted(start)
        mask = 0
        for place in places:
            mask |= self._masks[place]
        return (*alone, *self._listed(mask))

    def parted(self, start: Iterable[int]) -> Reached:
        """The same in two parts."""
        known = self._place
        places: dict[int, None] = {}
        alone: dict[int, None] = {}
        for node in start:
            if node in known:
                if node not in alone:
                    places[known[node]] = None
                continue
            # Most starting points are reached by nothing else: they are given no place, and no number is kept.
            alone[node] = None
            for after in self._successors(node):
                if after not in known:
                    self._walk(after)
                places[known[after]] = None
        met = [node for node in alone if node in known and self._is_in(node, places)]
        return Reached(
            tuple(node for node in alone if node not in met) if met else tuple(alone), tuple(places)
        )

    def beyond(self, place: int) -> tuple[int, ...]:
        """The nodes of a part of the graph, and all that can be reached from them."""
        return self._listed(self._masks[place])

    def _is_in(self, node: int, places: Iterable[int]) -> bool:
        """Whether a node, which was found in a circle meanwhile, is reached from one of these."""
        own = self._place[node]
        return any(self._masks[place] >> own & 1 for place in places)

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
