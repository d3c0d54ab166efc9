"""What code that runs when modules are imported does to what they define: registries, patches, subclasses.

Whoever uses a registry can reach all that was put into it, wherever that was written: the registry gets an edge to the
units that changed it. What is done to something outside of the project counts for everybody.
"""

from __future__ import annotations

import builtins
from collections.abc import Iterable, Iterator

from dagx.worker.code.graph import Graph, Node
from dagx.worker.code.model import AT_IMPORT, EFFECTS, Chain, Unit
from dagx.worker.code.quiet import STANDARD, is_loud, keeps_nothing, leaves_no_trace
from dagx.worker.code.reach import Reach

__all__ = ["Registering"]

_FILLED = ("variable", "stateful")
_BUILT_IN = frozenset(dir(builtins))
_ANY_DEPTH = 1000


class Registering:
    """Adds to the graph of a loaded project what its imports did. `everywhere` are units that all else stands on."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._code = graph.code
        self.everywhere: set[int] = set()

    def settle(self) -> None:
        """Until nothing new comes: what was registered may register in turn."""
        doing = [
            (module, unit)
            for module in list(self._code.sources)
            for unit in self._code.cut(module).units.values()
            if unit.called or unit.bases or unit.decorators or unit.changed or unit.name == EFFECTS
        ]
        while self._is_more(doing):
            continue

    def _is_more(self, doing: Iterable[tuple[str, Unit]]) -> bool:
        """Look at all of it once. Whether there was something new."""
        seen = _Seen(self._graph)
        before = sum(len(edges) for edges in self._graph.extra.values())
        for module, unit in doing:
            number = self._graph.unit_node(module, unit.name)
            done = seen.by(module, unit)
            for changed in done.changed - {number}:
                self._graph.extra.setdefault(changed, set()).add(number)
            if unit.name == EFFECTS and not all(leaves_no_trace(package) for package, _ in done.outside):
                self.everywhere.add(number)
            elif unit.decorators:
                self._note_decorated(module, unit, number, seen)
        return sum(len(edges) for edges in self._graph.extra.values()) > before

    def _note_decorated(self, module: str, unit: Unit, number: int, seen: _Seen) -> None:
        """A decorator from elsewhere may have kept what it was applied to."""
        depths = dict(unit.called)
        kept: list[str] = []
        for chain in unit.decorators:
            found = self._graph.meaning(module, chain, unit.imports)
            outside = set(self._graph.packages_of(module, chain, unit.imports))
            for other in found:
                outside |= seen.of_call(other, depths.get(chain, 0)).outside
            kept += [name for package, name in outside if not keeps_nothing(package, name)]
            if not found and chain[0] not in _BUILT_IN:
                kept.append("")
        if any(is_loud(name) for name in kept):
            self.everywhere.add(number)
        elif kept:
            imported = self._graph.number(Node("import", module))
            self._graph.extra.setdefault(imported, set()).add(number)


class _Done:
    """What is changed by something that runs: nodes of the project, and (package, name) outside."""

    __slots__ = ("changed", "outside")

    def __init__(self) -> None:
        self.changed: set[int] = set()
        self.outside: set[tuple[str, str]] = set()

    def add(self, other: _Done) -> None:
        self.changed |= other.changed
        self.outside |= other.outside


class _Seen:
    """What was found in one round, with the edges that the rounds before had added."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._called = Reach(self._calls)
        self._own: dict[tuple[int, int], _Done] = {}
        self._of: dict[tuple[int, int], _Done] = {}

    def _calls(self, number: int) -> Iterator[int]:
        """What a node can call: not what importing its module does, that was done before."""
        for after in self._graph.successors(number):
            if self._graph.nodes[after].kind in ("unit", "whole"):
                yield after

    def by(self, module: str, unit: Unit) -> _Done:
        """What executing the statements of a unit changes, when its module is imported."""
        done = self._listed(module, unit, AT_IMPORT, AT_IMPORT)
        for chain, depth in unit.called:
            for number in self._graph.meaning(module, chain, unit.imports):
                done.add(self.of_call(number, depth))
        for number in self._hooks_of(module, unit):
            done.changed.add(number)
            done.add(self.of_call(number, _ANY_DEPTH))
        return done

    def of_call(self, number: int, depth: int) -> _Done:
        """What a call changes; `depth` is how often what it returns is called as well."""
        known = self._of.get((number, depth))
        if known is not None:
            return known
        done = self._of[number, depth] = _Done()
        unit = self._graph.unit(number)
        if unit is None or unit.kind == "constant" or unit.is_asset:
            return done
        is_value = unit.kind == "variable"
        done.add(self._own_changes(number, depth if unit.kind == "def" else _ANY_DEPTH))
        for other in self._called.of([number]):
            if other != number:
                done.add(self._own_changes(other, _ANY_DEPTH))
            if is_value and self._is_filled(other):
                done.changed.add(other)
        return done

    def _own_changes(self, number: int, depth: int) -> _Done:
        """What the bodies of a unit change, down to this depth."""
        known = self._own.get((number, depth))
        if known is None:
            node, unit = self._graph.nodes[number], self._graph.unit(number)
            known = _Done() if unit is None or unit.is_asset else self._listed(node.module, unit, 0, depth)
            self._own[number, depth] = known
        return known

    def _listed(self, module: str, unit: Unit, first: int, last: int) -> _Done:
        done = _Done()
        for chain, depth in unit.changed:
            if first <= depth <= last:
                self._change(done, module, chain, unit)
        for chain, depth, is_passed in unit.handled:
            if first <= depth <= last:
                self._handle(done, module, chain, unit, is_passed=is_passed)
        for chain, depth in unit.given_away:
            if first <= depth <= last:
                done.outside |= set(self._graph.packages_of(module, chain, unit.imports))
        return done

    def _handle(self, done: _Done, module: str, chain: Chain, unit: Unit, *, is_passed: bool) -> None:
        """What is passed to somebody, or asked to do something itself: a module that is passed may be patched."""
        for number in self._graph.meaning(module, chain, unit.imports):
            if self._is_filled(number) or self._hangs_on(number, chain):
                done.changed.add(number)
            elif (
                is_passed
                and self._graph.nodes[number].kind == "whole"
                and self._is_patched(module, chain, unit)
            ):
                done.changed |= set(self._units_of(number))

    def _is_patched(self, module: str, passed: Chain, unit: Unit) -> bool:
        """Whether something that a module is passed to may assign its attributes."""
        for callee in {callee for callee, given in unit.handed if given == passed}:
            for package, name in self._graph.packages_of(module, callee, unit.imports):
                if not keeps_nothing(package, name):
                    return True
            for number in self._called.of(self._graph.meaning(module, callee, unit.imports)):
                found = self._graph.unit(number)
                if found is not None and found.patches:
                    return True
        return False

    def _change(self, done: _Done, module: str, chain: Chain, unit: Unit) -> None:
        for number in self._graph.meaning(module, chain, unit.imports):
            done.changed |= set(self._units_of(number))
        done.outside |= set(self._graph.packages_of(module, chain, unit.imports))

    def _units_of(self, number: int) -> Iterator[int]:
        """The unit that a node is; of a module, all."""
        node = self._graph.nodes[number]
        if node.kind == "unit":
            yield number
        elif node.kind == "whole":
            for name in self._graph.code.cut(node.module).units:
                yield self._graph.unit_node(node.module, name)

    def _is_filled(self, number: int) -> bool:
        """Whether something can be put into what stands there: a list, an object, a class that collects."""
        unit = self._graph.unit(number)
        return unit is not None and unit.kind in _FILLED

    def _hangs_on(self, number: int, chain: Chain) -> bool:
        """Whether the chain goes on from a function to something that hangs on it: `register.all`."""
        unit = self._graph.unit(number)
        return unit is not None and unit.kind == "def" and len(chain) > 1 and chain[-1] != unit.name

    def _hooks_of(self, module: str, unit: Unit) -> Iterator[int]:
        """The classes above a class that are told of it: by `__init_subclass__`, a metaclass, or a library's way."""
        queue = [(module, unit)]
        known: set[int] = set()
        while queue:
            where, one = queue.pop()
            for chain in one.bases:
                for number in self._graph.meaning(where, chain, one.imports):
                    above, home = self._graph.unit(number), self._graph.nodes[number].module
                    if above is None or number in known:
                        continue
                    known.add(number)
                    if above.hooks or above.kind == "variable" or self._is_of_library(home, above):
                        yield number
                    queue.append((home, above))

    def _is_of_library(self, module: str, unit: Unit) -> bool:
        """Whether a class derives from one of a library that may keep a list of all that do."""
        return any(
            package not in STANDARD and not keeps_nothing(package, name)
            for chain in unit.bases
            for package, name in self._graph.packages_of(module, chain, unit.imports)
        )
