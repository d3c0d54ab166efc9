"""The graph that every tool is given: ten layers of equal width, each node with one or two nodes of the layer before.

Knows no tool. Nodes are numbers; what is above and below one is computed, so that a row can say how many steps an edit
must run.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

__all__ = ["EDITED", "Graph"]

LAYERS = 10
PER_FILE = 100
EDITED = 0
"""The node that rows edit: a source, so the edit goes through all layers."""


@dataclass(frozen=True)
class Graph:
    """`size` nodes; a multiple of ten."""

    size: int

    @property
    def width(self) -> int:
        return self.size // LAYERS

    @property
    def nodes(self) -> range:
        return range(self.width * LAYERS)

    def needs(self, node: int) -> tuple[int, ...]:
        """What it is made from: the node above, in every other layer also that one's neighbour."""
        layer, column = divmod(node, self.width)
        if layer == 0:
            return ()
        above = (layer - 1) * self.width
        beside = above + (column + 1) % self.width
        return tuple(dict.fromkeys((above + column, beside))) if layer % 2 == 0 else (above + column,)

    @property
    def sources(self) -> range:
        return range(self.width)

    @property
    def files(self) -> list[range]:
        """The nodes, file by file."""
        return [self.nodes[start : start + PER_FILE] for start in range(0, len(self.nodes), PER_FILE)]

    @cached_property
    def edited(self) -> int:
        """How many nodes an edit of `EDITED` makes anew: itself and all that is made from it."""
        reached = {EDITED}
        for node in self.nodes:
            if not reached.isdisjoint(self.needs(node)):
                reached.add(node)
        return len(reached)
