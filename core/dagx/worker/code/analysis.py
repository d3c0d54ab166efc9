"""A loaded project's code as a whole: its graph with all that imports registered, and what can be reached in it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable

from dagx.worker.code.codebase import Codebase
from dagx.worker.code.docs import documented
from dagx.worker.code.graph import Graph, Node
from dagx.worker.code.model import Mark, ModuleUnits, Unit, digest_text
from dagx.worker.code.packages import Packages
from dagx.worker.code.quiet import STANDARD
from dagx.worker.code.reach import Reach
from dagx.worker.code.registering import Registering
from dagx.worker.code.units import cut
from dagx.worker.loader import Source

__all__ = ["Analysis", "Part"]

Part = tuple[str, str]
"""The name of a part and its digest."""


class Analysis:
    """Modules that only a function imports are added to `sources`: they are to be executed as they were read here."""

    def __init__(
        self, sources: dict[str, Source], root: str, read: Callable[[bytes], ModuleUnits] = cut
    ) -> None:
        self.code = Codebase(sources, root, read)
        self.graph = Graph(self.code)
        self._packages = Packages()
        self._parts: dict[int, Part | None] = {}
        self._marked: dict[int, tuple[Mark, ...]] = {}
        self._modules: dict[str, str] = {}
        self._settle()

    def _settle(self) -> None:
        """What imports do is known when all modules are there; then what can be reached."""
        self._find_late()
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

    def reached(self, start: Iterable[int]) -> tuple[int, ...]:
        """The nodes that can be reached, with what counts for everybody."""
        return self._reach.of((*start, *self.everywhere))

    def part(self, number: int) -> Part | None:
        """What a node adds to a fingerprint."""
        if number not in self._parts:
            self._parts[number] = self._part_of(number)
        return self._parts[number]

    def _part_of(self, number: int) -> Part | None:
        node = self.graph.nodes[number]
        if node.kind == "unit":
            unit = self.code.cut(node.module).units[node.name]
            return f"code:{node.module}:{node.name}", self._digest(number, unit)
        if node.kind == "package" and node.module and node.module not in STANDARD:
            return f"package:{node.module}", self._packages.version(node.module)
        return None

    def _digest(self, number: int, unit: Unit) -> str:
        return digest_text(f"{unit.digest} {unit.doc}") if number in self._documented else unit.digest

    def package(self, module: str) -> Part | None:
        """The part of the library that a module belongs to."""
        top = module.partition(".")[0]
        return self.part(self.graph.number(Node("package", top))) if top else None

    def marks(self, number: int) -> tuple[Mark, ...]:
        """What a unit does that makes more count than the names in it."""
        known = self._marked.get(number)
        if known is None:
            known = self._marked[number] = self._marks_of(number)
        return known

    def _marks_of(self, number: int) -> tuple[Mark, ...]:
        node, unit = self.graph.nodes[number], self.graph.unit(number)
        if unit is None:
            return ()
        lost = [chain for chain in unit.context_to if not chain or not self._is_own(node.module, chain, unit)]
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

    def places(self) -> dict[str, tuple[str, tuple[tuple[int, int], ...]]]:
        """The file of every part of code, and its first and last lines there."""
        found: dict[str, tuple[str, tuple[tuple[int, int], ...]]] = {}
        for module in self.code.sources:
            file = self.code.relative(module)
            for unit in self.code.cut(module).units.values():
                found[f"code:{module}:{unit.name}"] = (file, unit.spans)
        return found
