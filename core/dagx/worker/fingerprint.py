"""The identity of a compute function's code: every unit of project code that it can reach, with a digest each.

Follows names from unit to unit through the project's modules; outside of it, only the version of the distribution
counts. When reach is unknown the answer is wider, never narrower. Works on the bytes that were executed.
"""

from __future__ import annotations

import importlib.metadata
import os
import sys
import types
from collections.abc import Iterable
from dataclasses import dataclass, field

from dagx.worker.loader import Source
from dagx.worker.units import EFFECTS, Imported, ModuleUnits, cut, digest_text
from dagx.worker.valuedigest import Unencodable, value_digest

__all__ = ["Fingerprint", "Fingerprinter"]

_STANDARD = frozenset(sys.stdlib_module_names) | {"dagx", "dagster", "__future__"}


@dataclass
class Fingerprint:
    """Named digests of what a function can reach, and why they cover more than that, if they do."""

    parts: dict[str, str] = field(default_factory=dict[str, str])
    widened: str = ""


class Fingerprinter:
    """Fingerprints the functions of one load. `sources` are the project's modules by name."""

    def __init__(self, sources: dict[str, Source], root: str) -> None:
        self._sources = sources
        self._root = root
        self._units: dict[str, ModuleUnits] = {}
        self._by_file = {source.file: name for name, source in sources.items()}
        self._packages: dict[str, str] = {}
        self._distributions: dict[str, list[str]] | None = None
        self.places: dict[str, tuple[str, int]] = {}

    def of_function(self, function: types.FunctionType) -> Fingerprint:
        """The parts of one compute function: its own unit, all it reaches, its closure and its defaults."""
        found = Fingerprint()
        module = self._by_file.get(function.__code__.co_filename)
        if module is None:
            found.parts[f"code:{function.__module__}:{function.__qualname__}"] = _code_digest(
                function.__code__
            )
            found.widened = "its source is not a file of the project; its byte code was taken"
            return found
        unit = self._unit_at(module, function.__code__.co_firstlineno)
        self._walk([(module, unit)], found)
        self._add_values(function, module, found)
        return found

    def _unit_at(self, module: str, line: int) -> str:
        for unit in self._cut(module).units.values():
            if unit.line <= line <= unit.last_line:
                return unit.name
        return EFFECTS

    def _cut(self, module: str) -> ModuleUnits:
        if module not in self._units:
            source = self._sources[module]
            self._units[module] = cut(source.data)
            file = os.path.relpath(source.file, self._root)
            for unit in self._units[module].units.values():
                self.places[f"code:{module}:{unit.name}"] = (file, unit.line)
        return self._units[module]

    def _walk(self, start: Iterable[tuple[str, str]], found: Fingerprint) -> None:
        seen: set[tuple[str, str]] = set()
        queue = list(start)
        while queue:
            module, name = queue.pop()
            if (module, name) in seen:
                continue
            seen.add((module, name))
            cutting = self._cut(module)
            unit = cutting.units.get(name)
            if unit is None:
                continue
            found.parts[f"code:{module}:{name}"] = unit.digest
            if EFFECTS in cutting.units:
                queue.append((module, EFFECTS))
            if unit.dynamic and not found.widened:
                found.widened = f"{unit.dynamic} of {os.path.relpath(self._sources[module].file, self._root)}"
                self._widen(found)
            for chain in unit.uses:
                queue += self._resolve(module, cutting, unit.imports, chain, found)
            for what in unit.imports.values():
                queue += self._imported(module, what, (), found)

    def _widen(self, found: Fingerprint) -> None:
        """Take the whole project in: reach is unknown."""
        for name, source in self._sources.items():
            found.parts[f"module:{name}"] = _normal_digest(source.data)

    def _resolve(
        self,
        module: str,
        cutting: ModuleUnits,
        local: dict[str, Imported],
        chain: tuple[str, ...],
        found: Fingerprint,
    ) -> list[tuple[str, str]]:
        """The units that an attribute chain can mean."""
        head, *rest = chain
        if head in cutting.units:
            return [(module, head)]
        what = local.get(head) or cutting.imports.get(head)
        if what is not None:
            return self._imported(module, what, tuple(rest), found)
        targets: list[tuple[str, str]] = []
        for starred in cutting.starred:
            where = self._absolute(module, starred)
            if where in self._sources:
                other = self._cut(where)
                if head in other.units or head in other.imports or other.starred:
                    targets += self._resolve(where, other, {}, chain, found)
            else:
                self._add_package(where, found)
        return targets

    def _imported(
        self, module: str, what: Imported, rest: tuple[str, ...], found: Fingerprint
    ) -> list[tuple[str, str]]:
        where = self._absolute(module, what.module)
        names = (what.name, *rest) if what.name else rest
        return self._reach(where, names, found)

    def _reach(self, where: str, names: tuple[str, ...], found: Fingerprint) -> list[tuple[str, str]]:
        """The units meant by `where.name.name...`, walking down through packages first."""
        left = list(names)
        while left and f"{where}.{left[0]}" in self._sources:
            where = f"{where}.{left.pop(0)}"
        if where not in self._sources:
            if not any(name.startswith(where + ".") for name in self._sources):
                self._add_package(where, found)
            return []
        cutting = self._cut(where)
        if left and left[0] != "*":
            return self._resolve(where, cutting, {}, tuple(left), found)
        return [(where, name) for name in cutting.units]

    def _absolute(self, module: str, written: str) -> str:
        level = len(written) - len(written.lstrip("."))
        if not level:
            return written
        base = module.split(".")
        is_package = os.path.basename(self._sources[module].file) == "__init__.py"
        base = base[: len(base) - level + (1 if is_package else 0)]
        return ".".join([*base, *([written[level:]] if written[level:] else [])])

    def _add_package(self, module: str, found: Fingerprint) -> None:
        top = module.split(".")[0]
        if not top or top in _STANDARD:
            return
        if top not in self._packages:
            self._packages[top] = self._version(top)
        found.parts[f"package:{top}"] = self._packages[top]

    def _version(self, top: str) -> str:
        try:
            return importlib.metadata.version(top)
        except importlib.metadata.PackageNotFoundError:
            pass
        if self._distributions is None:
            self._distributions = {k: list(v) for k, v in importlib.metadata.packages_distributions().items()}
        names = sorted(set(self._distributions.get(top, ())))
        return " ".join(f"{name} {importlib.metadata.version(name)}" for name in names) or "not installed"

    def _add_values(self, function: types.FunctionType, module: str, found: Fingerprint) -> None:
        """Closure cells and defaults decide too: two functions of one factory have the same text."""
        values = [(f"cell {name}", cell) for name, cell in _cells(function)]
        values += [(f"default {n}", v) for n, v in enumerate(function.__defaults__ or ())]
        values += [(f"default {n}", v) for n, v in sorted((function.__kwdefaults__ or {}).items())]
        for label, value in values:
            name = f"value:{module}:{function.__qualname__}:{label}"
            if isinstance(value, types.FunctionType):
                if value.__code__.co_filename in self._by_file:
                    inner = self.of_function(value)
                    found.parts.update(inner.parts)
                    found.widened = found.widened or inner.widened
                    continue
                found.parts[name] = _code_digest(value.__code__)
                continue
            try:
                found.parts[name] = value_digest(value)
            except Unencodable:
                found.widened = found.widened or f"{label} of {function.__qualname__} has no plain value"
                self._widen(found)


def _cells(function: types.FunctionType) -> list[tuple[str, object]]:
    found: list[tuple[str, object]] = []
    for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=False):
        try:
            found.append((name, cell.cell_contents))
        except ValueError:
            found.append((name, None))
    return found


def _code_digest(code: types.CodeType) -> str:
    """Byte code, names and constants; for functions whose source is not at hand."""
    inner = [
        _code_digest(c) if isinstance(c, types.CodeType) else f"{type(c).__name__}:{c!r}"
        for c in code.co_consts
    ]
    return digest_text(repr((code.co_code.hex(), code.co_names, code.co_varnames, inner)))


def _normal_digest(data: bytes) -> str:
    units = cut(data)
    return digest_text(repr(sorted((name, unit.digest) for name, unit in units.units.items())))
