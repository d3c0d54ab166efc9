"""The project's modules as units, and which units a name in one of them means.

Knows the modules that were loaded and finds those that only a function will import, on disk, without executing them.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib.machinery import ModuleSpec, PathFinder
from itertools import chain

from dagx.worker.loader import Source, is_project_file
from dagx.worker.units import EFFECTS, Imported, Imports, ModuleUnits, cut

__all__ = ["STANDARD", "Codebase", "Meant", "Target"]

STANDARD = frozenset(sys.stdlib_module_names) | {"dagx", "dagster", "__future__", "__main__"}
"""Top-level modules whose version is that of the interpreter, or of dagx itself."""

Target = tuple[str, str]
"""A module and the name of a unit in it."""


@dataclass
class Meant:
    """What some names mean: units of the project, modules on the way to them, packages outside."""

    units: dict[Target, None] = field(default_factory=dict[Target, None])
    modules: dict[str, None] = field(default_factory=dict[str, None])
    packages: dict[str, None] = field(default_factory=dict[str, None])


class Codebase:
    """`sources` are the project's modules by name; what is found later is added to them."""

    def __init__(self, sources: dict[str, Source], root: str) -> None:
        self.sources = sources
        self.root = root
        self.places: dict[str, tuple[str, list[tuple[int, int]]]] = {}
        self._module_of = {source.file: name for name, source in sources.items()}
        self._units: dict[str, ModuleUnits] = {}
        self._lines: dict[str, dict[int, list[Target]]] = {}
        self._absent: set[str] = set()
        self._used: dict[Target, Meant] = {}
        self._at_import: dict[str, Meant] = {}
        self._effects: dict[str, tuple[Target, ...]] = {}

    def has(self, module: str) -> bool:
        """Whether this is a module of the project, loaded or not."""
        if module in self.sources:
            return True
        if module in self._absent:
            return False
        source = self._found(module)
        if source is None:
            self._absent.add(module)
            return False
        self.sources[module] = source
        self._module_of[source.file] = module
        return True

    def module_of(self, file: str) -> str | None:
        return self._module_of.get(file)

    def relative(self, module: str) -> str:
        """The file of a module, relative to the project."""
        return os.path.relpath(self.sources[module].file, self.root)

    def cut(self, module: str) -> ModuleUnits:
        if module not in self._units:
            self._units[module] = cut(self.sources[module].data)
            file = self.relative(module)
            for unit in self._units[module].units.values():
                self.places[f"code:{module}:{unit.name}"] = (file, unit.spans)
        return self._units[module]

    def units_at(self, module: str, line: int) -> list[Target]:
        """The units that a line belongs to."""
        if module not in self._lines:
            lines = self._lines[module] = {}
            for unit in self.cut(module).units.values():
                for first, last in unit.spans:
                    for number in range(first, last + 1):
                        lines.setdefault(number, []).append((module, unit.name))
        return self._lines[module].get(line, [])

    def used_by(self, module: str, name: str) -> Meant:
        """What a unit uses."""
        if (module, name) not in self._used:
            meant = self._used[module, name] = Meant()
            unit = self.cut(module).units[name]
            for names in sorted(unit.uses):
                self._resolve(module, names, unit.imports, meant, set())
            for what in chain.from_iterable(unit.imports.values()):
                self._imported(module, what, (), meant, set())
        return self._used[module, name]

    def inside(self, module: str, *names: str) -> Meant:
        """What a name in a module means; all of the module when it is not known there, or when none is given."""
        meant = Meant()
        self._reach(module, names, meant, set())
        return meant

    def effects(self, module: str) -> tuple[Target, ...]:
        """What importing a module does: its own effects, and those of all project modules that it imports."""
        if module not in self._effects:
            seen = {module: None}
            queue = [module]
            found: dict[Target, None] = {}
            while queue:
                meant = self._meant_at_import(queue.pop())
                found.update(meant.units)
                queue += [other for other in meant.modules if other not in seen]
                seen.update(meant.modules)
            self._effects[module] = tuple(found)
        return self._effects[module]

    def _meant_at_import(self, module: str) -> Meant:
        """The effects of one module, what its decorators may have registered, and the modules that it imports."""
        if module not in self._at_import:
            cutting = self.cut(module)
            meant = self._at_import[module] = Meant()
            for unit in cutting.units.values():
                if unit.name == EFFECTS or self._is_registered(module, unit.decorators):
                    meant.units[module, unit.name] = None
            starred = (Imported(name, None) for name in cutting.starred)
            for what in chain(*cutting.imports.values(), starred):
                where = self.absolute(module, what.module)
                for name in (where, f"{where}.{what.name}" if what.name else where):
                    meant.modules.update(dict.fromkeys(self._with_parents(name)))
        return self._at_import[module]

    def _is_registered(self, module: str, decorators: set[tuple[str, ...]]) -> bool:
        meant = Meant()
        for names in decorators:
            self._resolve(module, names, {}, meant, set())
        return bool(meant.units)

    def _with_parents(self, module: str) -> list[str]:
        parts = module.split(".")
        names = [".".join(parts[: place + 1]) for place in range(len(parts))]
        return [name for name in names if self.has(name)]

    def _resolve(
        self,
        module: str,
        names: Sequence[str],
        local: Imports,
        meant: Meant,
        tried: set[Target],
    ) -> bool:
        """Note what a chain of names means. False when the module does not know the first of them."""
        head, *rest = names
        if (module, head) in tried:
            return False
        tried.add((module, head))
        cutting = self.cut(module)
        if head in cutting.units:
            meant.units[module, head] = None
            return True
        imported = local.get(head) or cutting.imports.get(head)
        for what in imported or ():
            self._imported(module, what, rest, meant, tried)
        if imported:
            return True
        known = False
        for starred in cutting.starred:
            where = self.absolute(module, starred)
            if self.has(where):
                known = self._resolve(where, names, {}, meant, tried) or known
            else:
                meant.packages[where.partition(".")[0]] = None
        return known

    def _imported(
        self, module: str, what: Imported, rest: Sequence[str], meant: Meant, tried: set[Target]
    ) -> None:
        names = (what.name, *rest) if what.name else tuple(rest)
        self._reach(self.absolute(module, what.module), names, meant, tried)

    def _reach(self, where: str, names: Sequence[str], meant: Meant, tried: set[Target]) -> None:
        """Note the units meant by `where.name.name...`, walking down through packages first."""
        left = list(names)
        while left and self.has(f"{where}.{left[0]}"):
            if self.has(where) and left[0] in {*self.cut(where).units, *self.cut(where).imports}:
                self._resolve(where, left, {}, meant, tried)  # the package binds the name itself too
            where = f"{where}.{left.pop(0)}"
        if not self.has(where):
            if not any(name.startswith(where + ".") for name in self.sources):
                meant.packages[where.partition(".")[0]] = None
            return
        meant.modules.update(dict.fromkeys(self._with_parents(where)))
        if left and left[0] != "*" and self._resolve(where, left, {}, meant, tried):
            return
        meant.units.update(dict.fromkeys((where, name) for name in self.cut(where).units))

    def absolute(self, module: str, written: str) -> str:
        """The module that an import statement in `module` names."""
        level = len(written) - len(written.lstrip("."))
        if not level:
            return written
        base = module.split(".")
        is_package = os.path.basename(self.sources[module].file) == "__init__.py"
        base = base[: len(base) - level + (1 if is_package else 0)]
        return ".".join([*base, *([written[level:]] if written[level:] else [])])

    def _found(self, module: str) -> Source | None:
        """A module of the project that was not loaded, read from where an import would find it."""
        top, *rest = module.split(".")
        if not top or top in STANDARD or top in self._absent:
            return None
        spec = _spec(top, None)
        name = top
        for part in rest:
            if spec is None or spec.submodule_search_locations is None:
                return None
            name = f"{name}.{part}"
            spec = _spec(name, spec.submodule_search_locations)
        if spec is None or not spec.origin or not spec.origin.endswith(".py"):
            return None
        if not is_project_file(self.root, spec.origin):
            self._absent.add(top)
            return None
        try:
            with open(spec.origin, "rb") as stream:
                source = Source(module, spec.origin, stream.read())
            cut(source.data)
        except (OSError, SyntaxError, ValueError):
            return None  # importing it will say what is wrong with it
        return source


def _spec(name: str, path: Sequence[str] | None) -> ModuleSpec | None:
    try:
        return PathFinder.find_spec(name, path)
    except (ImportError, ValueError, OSError):
        return None
