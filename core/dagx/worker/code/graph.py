"""The graph that reach is read from: units, what importing a module does, modules as a whole, packages outside.

An edge goes from what is used to nothing, and from what uses to what is used. Names are resolved here: to a unit, to a
module, or to a package of which the version counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from dagx.worker.code.codebase import Codebase
from dagx.worker.code.model import EFFECTS, Chain, Imported, Imports, Unit

__all__ = ["Graph", "Node"]


class Node(NamedTuple):
    """`unit`: one of a module. `import`: what importing a module does. `whole`: all that is in it. `package`."""

    kind: str
    module: str
    name: str = ""


class Graph:
    """Nodes have numbers. `extra` are edges that are in no name, such as those of a registry to what it was given."""

    def __init__(self, code: Codebase) -> None:
        self.code = code
        self.nodes: list[Node] = []
        self.extra: dict[int, set[int]] = {}
        self._numbers: dict[tuple[str, str, str], int] = {}
        self._import_nodes: dict[str, int] = {}
        self._successors: dict[int, tuple[int, ...]] = {}
        self._known: dict[tuple[str, ...], tuple[int, ...]] = {}
        self._meanings: dict[str, dict[Chain, tuple[int, ...]]] = {}

    def number(self, node: Node) -> int:
        """The number of a node; a new one, if it has none yet."""
        found = self._numbers.get(node)
        return self._enter(node) if found is None else found

    def _enter(self, node: Node) -> int:
        found = self._numbers[node] = len(self.nodes)
        self.nodes.append(node)
        return found

    def import_node(self, module: str) -> int:
        found = self._import_nodes.get(module)
        if found is None:
            found = self._import_nodes[module] = self.number(Node("import", module))
        return found

    def unit_node(self, module: str, name: str) -> int:
        found = self._numbers.get(("unit", module, name))
        return self._enter(Node("unit", module, name)) if found is None else found

    def unit(self, number: int) -> Unit | None:
        """The unit that the node is, if it is one."""
        node = self.nodes[number]
        return self.code.cut(node.module).units.get(node.name) if node.kind == "unit" else None

    def successors(self, number: int) -> tuple[int, ...]:
        """What the node uses."""
        found = self._successors.get(number)
        if found is None:
            found = self._successors[number] = tuple(dict.fromkeys(self._used_by(self.nodes[number])))
        extra = self.extra.get(number)
        return (*found, *extra) if extra else found

    def _used_by(self, node: Node) -> list[int]:
        if node.kind == "unit":
            return self._used_by_unit(node.module, self.code.cut(node.module).units[node.name])
        if node.kind == "import":
            return self._done_by_import(node.module)
        return self._all_of(node.module) if node.kind == "whole" else []

    def _used_by_unit(self, module: str, unit: Unit) -> list[int]:
        found = [self.import_node(module)]
        meanings = self._meanings.setdefault(module, {})
        for chain in unit.uses:
            known = None if unit.imports else meanings.get(chain)
            found += self.meaning(module, chain, unit.imports) if known is None else known
        for name, imported in unit.imports.items():
            for what in imported:
                found += self._imported_by(module, what)
                if name.startswith("\0") and what.name is None:
                    found += self._meant(module, what, ())
        if unit.marks and any(mark.what == "module" for mark in unit.marks):
            found.append(self.number(Node("whole", module)))
        return found

    def _done_by_import(self, module: str) -> list[int]:
        cutting = self.code.cut(module)
        found = [self.unit_node(module, EFFECTS)] if EFFECTS in cutting.units else []
        for imported in cutting.imports.values():
            for what in imported:
                found += self._imported_by(module, what)
        for starred in cutting.starred:
            found += self._imported_by(module, Imported(starred, None))
        return found

    def _imported_by(self, module: str, what: Imported) -> list[int]:
        """The modules that an import statement executes."""
        where = self.code.absolute(module, what.module)
        names = [where] if what.name is None else [where, f"{where}.{what.name}"]
        return [self.import_node(found) for name in names for found in self.code.with_parents(name)]

    def _all_of(self, module: str) -> list[int]:
        """All units of a module, what it imports from the project, and the modules below it that there are."""
        cutting = self.code.cut(module)
        found = [self.import_node(module)]
        found += [self.unit_node(module, name) for name in cutting.units]
        for imported in cutting.imports.values():
            for what in imported:
                found += self._meant(module, what, ())
        for starred in cutting.starred:
            found += self._meant(module, Imported(starred, None), ())
        below = module + "."
        found += [
            self.number(Node("whole", name)) for name in list(self.code.sources) if name.startswith(below)
        ]
        return found

    # What names mean

    def meaning(self, module: str, chain: Chain, local: Imports | None = None) -> tuple[int, ...]:
        """The nodes that a chain of names means in a module; `local` are imports of the unit itself."""
        of_module = self._meanings.setdefault(module, {})
        known = of_module.get(chain)
        if known is None:
            known = of_module[chain] = self._first_meaning(module, chain)
        if not local or chain[0] not in local:
            return known
        found: list[int] = []
        for what in local[chain[0]]:
            found += self._meant(module, what, chain[1:])
        return (*found, *known)

    def _first_meaning(self, module: str, chain: Chain) -> tuple[int, ...]:
        """Most names are plain: a builtin, or one import."""
        cutting = self.code.cut(module)
        head = chain[0]
        if head in cutting.units or cutting.starred:
            return tuple(dict.fromkeys(self._resolve(module, chain, set())[0]))
        imported = cutting.imports.get(head, ())
        if len(imported) != 1:
            return tuple(dict.fromkeys(self._resolve(module, chain, set())[0])) if imported else ()
        return tuple(self._meant(module, imported[0], chain[1:]))

    def inside(self, module: str, *names: str) -> tuple[int, ...]:
        """What a name in a module means; all of the module when it is not known there, or when none is given."""
        return tuple(self._reached(module, names, set()))

    def _resolve(
        self, module: str, chain: Sequence[str], tried: set[tuple[str, str]]
    ) -> tuple[list[int], bool]:
        """What a chain means, and whether the module knows the first of its names at all."""
        head, *rest = chain
        if (module, head) in tried:
            return [], False
        tried.add((module, head))
        cutting = self.code.cut(module)
        found: list[int] = []
        is_known = head in cutting.units and head != EFFECTS
        if is_known:
            found.append(self.unit_node(module, head))
        for what in cutting.imports.get(head, ()):
            found += self._meant(module, what, rest, tried)
            is_known = True
        for starred in cutting.starred:
            where = self.code.absolute(module, starred)
            if self.code.has(where):
                more, knows = self._resolve(where, chain, tried)
                found += more
                is_known = is_known or knows
            elif not is_known:
                found.append(self.number(Node("package", where.partition(".")[0])))
        return found, is_known

    def _meant(
        self, module: str, what: Imported, rest: Sequence[str], tried: set[tuple[str, str]] | None = None
    ) -> Sequence[int]:
        names = (what.name, *rest) if what.name else tuple(rest)
        return self._reached(
            self.code.absolute(module, what.module), names, set() if tried is None else tried
        )

    def _reached(self, where: str, names: Sequence[str], tried: set[tuple[str, str]]) -> Sequence[int]:
        """What `where.name.name...` means; many modules ask the same of one."""
        if len(tried) > 1:
            return self._walked(where, names, tried)
        asked = (where, *names)
        found = self._known.get(asked)
        if found is None:
            found = self._known[asked] = tuple(self._walked(where, names, set()))
        return found

    def _walked(self, where: str, names: Sequence[str], tried: set[tuple[str, str]]) -> list[int]:
        """Down through packages first."""
        left = list(names)
        found: list[int] = []
        while left and self.code.has(f"{where}.{left[0]}"):
            if self.code.has(where):
                cutting = self.code.cut(where)
                if left[0] in cutting.units or left[0] in cutting.imports:
                    found += self._resolve(where, left, tried)[0]  # the package binds the name itself too
            where = f"{where}.{left.pop(0)}"
        if not self.code.has(where):
            if not self.code.holds_modules(where):
                found.append(self.number(Node("package", where.partition(".")[0])))
            return found
        found += map(self.import_node, self.code.with_parents(where))
        if left and left[0] != "*":
            more, is_known = self._resolve(where, left, tried)
            found += more
            if is_known:
                return found
        found.append(self.number(Node("whole", where)))
        return found

    def packages_of(
        self, module: str, chain: Chain, local: Imports | None = None
    ) -> Iterable[tuple[str, str]]:
        """The libraries, with the last name in them, that a chain goes into."""
        for number in self.meaning(module, chain, local):
            if self.nodes[number].kind == "package":
                yield self.nodes[number].module, self._name_in(module, chain, local)

    def _name_in(self, module: str, chain: Chain, local: Imports | None) -> str:
        imported = (local or {}).get(chain[0]) or self.code.cut(module).imports.get(chain[0]) or ()
        return ".".join((*(what.name for what in imported if what.name), *chain[1:]))
