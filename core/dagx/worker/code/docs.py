"""Which docstrings are data: those that a library outside of the standard one is given, and may read.

A model class becomes a schema with its docstring in it, a function a tool that is described by it.
"""

from __future__ import annotations

from collections.abc import Iterable

from dagx.worker.code.graph import Graph
from dagx.worker.code.model import Chain, Unit
from dagx.worker.code.quiet import keeps_no_docs

__all__ = ["documented"]


def documented(graph: Graph) -> set[int]:
    """The units that are decorated by such a library, derive from a class of one, or are passed to one."""
    found: set[int] = set()
    for module in list(graph.code.sources):
        for unit in graph.code.cut(module).units.values():
            if unit.doc and (unit.decorators or unit.bases) and _is_given(graph, module, unit):
                found.add(graph.unit_node(module, unit.name))
            for callee, passed in unit.handed:
                if _reads(graph, module, [callee], unit):
                    found |= {
                        number
                        for number in graph.meaning(module, passed, unit.imports)
                        if graph.nodes[number].kind == "unit"
                    }
    return found


def _is_given(graph: Graph, module: str, unit: Unit) -> bool:
    known: set[int] = set()
    queue = [(module, unit)]
    while queue:
        where, one = queue.pop()
        if _reads(graph, where, (*one.decorators, *one.bases), one):
            return True
        for chain in one.bases:
            for number in graph.meaning(where, chain, one.imports):
                above = graph.unit(number)
                if above is not None and number not in known:
                    known.add(number)
                    queue.append((graph.nodes[number].module, above))
    return False


def _reads(graph: Graph, module: str, chains: Iterable[Chain], unit: Unit) -> bool:
    return any(
        not keeps_no_docs(package)
        for chain in chains
        for package, _ in graph.packages_of(module, chain, unit.imports)
    )
