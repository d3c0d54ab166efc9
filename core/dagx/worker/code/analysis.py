"""A loaded project's code as a whole: its graph with all that imports registered, and what can be reached in it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from typing import NamedTuple

from dagx.worker.code.codebase import Codebase, Target
from dagx.worker.code.docs import documented
from dagx.worker.code.graph import Graph, Node
from dagx.worker.code.model import Mark, ModuleUnits, Unit, digest_text
from dagx.worker.code.packages import Packages
from dagx.worker.code.quiet import STANDARD
from dagx.worker.code.reach import Reach, Reached
from dagx.worker.code.registering import Registering
from dagx.worker.code.units import cut
from dagx.worker.loader import Source

__all__ = ["Analysis", "Part", "Sum"]

Part = tuple[str, str]
"""The name of a part and its digest."""


class Sum(NamedTuple):
    """What some nodes add to a fingerprint: parts, what makes more count, and the functions of assets among them."""

    parts: dict[str, str]
    marks: list[tuple[int, Mark]]
    assets: list[Target]


class Analysis:
    """Modules that only a function imports are added to `sources`: they are to be executed as they were read here.

    `settled` are the modules that it all stands on; what is looked for later adds no edge between those.
    """

    def __init__(
        self, sources: dict[str, Source], root: str, read: Callable[[bytes], ModuleUnits] = cut
    ) -> None:
        self.code = Codebase(sources, root, read)
        self.graph = Graph(self.code)
        self._packages = Packages()
        self._marked: dict[int, tuple[Mark, ...]] = {}
        self._modules: dict[str, str] = {}
        self._sums: dict[int, Sum] = {}
        self._settle()

    def _settle(self) -> None:
        """What imports do is known when all modules are there; then what can be reached."""
        self._find_late()
        self.settled = frozenset(self.code.sources)
        registering = Registering(self.graph)
        registering.settle()
        self._documented = documented(self.graph)
        self.everywhere = tuple(sorted(registering.everywhere))
        self._reach = Reach(self.graph.successors)

    def _find_late(self) -> None:
        """Modules that are imported by functions, and by those modules in turn."""
        known: set[str] = set()
        while new := [name for name in self.code.sources if name not in known]:
            for name in new:
                known.add(name)
                cutting = self.code.cut(name)
                found = [
                    what for unit in cutting.units.values() for each in unit.imports.values() for what in each
                ]
                for what in (*found, *(what for each in cutting.imports.values() for what in each)):
                    where = self.code.absolute(name, what.module)
                    self.code.with_parents(f"{where}.{what.name}" if what.name else where)

    def reached(self, start: Iterable[int]) -> Reached:
        """The nodes that can be reached, with what counts for everybody."""
        return self._reach.parted((*start, *self.everywhere) if self.everywhere else start)

    def numbers(self, reached: Reached) -> tuple[int, ...]:
        """All of these nodes."""
        shared = (node for place in reached.places for node in self._reach.beyond(place))
        return tuple(dict.fromkeys((*reached.alone, *shared)))

    def sums(self, reached: Reached) -> list[Sum]:
        """What these nodes come to, together."""
        found = [self._sum(reached.alone)] if reached.alone else []
        for place in reached.places:
            found.append(self._sums.get(place) or self._sum_beyond(place))
        return found

    def _sum_beyond(self, place: int) -> Sum:
        """Added up once: most of what a function reaches is reached by others too."""
        found = self._sums[place] = self._sum(self._reach.beyond(place))
        return found

    def _sum(self, numbers: Iterable[int]) -> Sum:
        parts, marks, assets = found = Sum({}, [], [])
        for number in numbers:
            node, unit = self.graph.nodes[number], self.graph.unit(number)
            if unit is None:
                part = self._package(node)
                parts.update([part] if part is not None else ())
                continue
            parts[f"code:{node.module}:{node.name}"] = self._digest(number, unit)
            if unit.marks or unit.context_to:
                marks.extend((number, mark) for mark in self.marks(number, unit))
            if unit.is_asset:
                assets.append((node.module, unit.name))
        return found

    def _package(self, node: Node) -> Part | None:
        if node.kind != "package" or not node.module or node.module in STANDARD:
            return None
        return f"package:{node.module}", self._packages.version(node.module)

    def _digest(self, number: int, unit: Unit) -> str:
        return digest_text(f"{unit.digest} {unit.doc}") if number in self._documented else unit.digest

    def package(self, module: str) -> Part | None:
        """The part of the library that a module belongs to."""
        top = module.partition(".")[0]
        return self._package(Node("package", top))

    def marks(self, number: int, unit: Unit) -> tuple[Mark, ...]:
        """What a unit does that makes more count than the names in it."""
        if not unit.context_to:
            return unit.marks
        known = self._marked.get(number)
        if known is None:
            known = self._marked[number] = self._marks_of(self.graph.nodes[number].module, unit)
        return known

    def _marks_of(self, module: str, unit: Unit) -> tuple[Mark, ...]:
        lost = [chain for chain in unit.context_to if not chain or not self._is_own(module, chain, unit)]
        return (*unit.marks, Mark("spec", "the context is passed on", unit.line)) if lost else unit.marks

    def _is_own(self, module: str, chain: tuple[str, ...], unit: Unit) -> bool:
        """Whether a call stays in the project, so that what it does was read."""
        found = self.graph.meaning(module, chain, unit.imports)
        return any(self.graph.unit(number) is not None for number in found)

    # Modules as a whole

    def module_parts(self) -> dict[str, str]:
        """A part for each module: for code whose reach is unknown."""
        return {f"module:{name}": self._module(name) for name in sorted(self.code.sources)}

    def _module(self, name: str) -> str:
        if name not in self._modules:
            units = self.code.cut(name).units.values()
            said = repr(sorted((unit.name, unit.digest, unit.doc) for unit in units if unit.name))
            self._modules[name] = digest_text(said)
        return self._modules[name]

    def doc_parts(self, numbers: Iterable[int]) -> dict[str, str]:
        """The docstrings of what is reached."""
        found: dict[str, str] = {}
        for number in numbers:
            node, unit = self.graph.nodes[number], self.graph.unit(number)
            doc = unit.doc if unit is not None else ""
            if node.kind == "import":
                doc = self.code.cut(node.module).doc
            if doc:
                found[f"doc:{node.module}:{node.name}"] = doc
        return found

    def source_parts(self, numbers: Iterable[int]) -> dict[str, str]:
        """The text of the modules that are reached."""
        modules = {
            self.graph.nodes[number].module for number in numbers if self.graph.unit(number) is not None
        }
        return {
            f"source:{name}": hashlib.blake2b(self.code.sources[name].data, digest_size=16).hexdigest()
            for name in modules
        }

    def places(self) -> dict[str, dict[str, tuple[tuple[int, int], ...]]]:
        """The first and last lines of every unit, by module."""
        return {
            module: {name: unit.spans for name, unit in self.code.cut(module).units.items()}
            for module in self.code.sources
        }
