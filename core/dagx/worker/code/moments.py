"""Whether importing the project looks at the clock or at chance: then its definitions can be others the next time.

What runs at import is followed by names, as reach is; what a library does by itself is not seen.
"""

from __future__ import annotations

from collections.abc import Iterable

from dagx.worker.code.graph import Graph
from dagx.worker.code.model import Chain, Unit

__all__ = ["looks_at_the_moment"]

_CLOCKS = """
    now today utcnow time time_ns localtime gmtime ctime asctime strftime monotonic monotonic_ns perf_counter
    perf_counter_ns getpid
"""
_CHANCE = """
    urandom getrandbits uuid1 uuid4 random randint randrange uniform choice choices sample shuffle Random SystemRandom
    token_hex token_bytes token_urlsafe randbelow default_rng rand randn permutation
    mkdtemp mkstemp TemporaryDirectory NamedTemporaryFile
"""
_MOMENTS = frozenset(f"{_CLOCKS} {_CHANCE}".split())
"""Last names of what gives another answer each time, of whatever package: rather one too many."""
_EXECUTED = ("effects", "variable", "constant", "class", "stateful")


def looks_at_the_moment(graph: Graph) -> bool:
    """Whether something that is executed at import, or called then, names a clock or a source of chance."""
    waiting: list[int] = []
    for module in list(graph.code.sources):
        for unit in graph.code.cut(module).units.values():
            called = [chain for chain, _ in unit.called]
            chains = (*called, *unit.uses) if unit.kind in _EXECUTED else called
            if _is_moment(graph, module, unit, chains):
                return True
            for chain in called:
                waiting += graph.meaning(module, chain, unit.imports)
    return _is_reached(graph, waiting)


def _is_reached(graph: Graph, waiting: list[int]) -> bool:
    known: set[int] = set()
    while waiting:
        number = waiting.pop()
        node = graph.nodes[number]
        if number in known or node.kind not in ("unit", "whole"):
            continue
        known.add(number)
        unit = graph.unit(number)
        if unit is not None and unit.is_asset:
            continue  # it is only named
        if unit is not None and _is_moment(graph, node.module, unit, unit.uses):
            return True
        waiting += graph.successors(number)
    return False


def _is_moment(graph: Graph, module: str, unit: Unit, chains: Iterable[Chain]) -> bool:
    return any(
        name.rpartition(".")[2] in _MOMENTS
        for chain in chains
        for _, name in graph.packages_of(module, chain, unit.imports)
    )
