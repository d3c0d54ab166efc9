"""The identity of a compute function's code: every unit of project code that it can reach, with a digest each.

Follows names from unit to unit through the project's modules, and the values that a function carries with it; outside
of the project, only the version of the distribution counts. When reach is unknown the answer is wider, never narrower.
Works on the bytes that were executed.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import os
import types
from dataclasses import dataclass, field
from importlib.machinery import PathFinder
from typing import TYPE_CHECKING, cast

from dagx.worker.codebase import STANDARD, Codebase, Meant, Target
from dagx.worker.loader import Source, is_foreign
from dagx.worker.units import digest_text
from dagx.worker.valuedigest import Unencodable, classes_in, value_digest

if TYPE_CHECKING:
    from dagx.resource_defs.identity import Identity

__all__ = ["Fingerprint", "Fingerprinter"]


@dataclass
class Fingerprint:
    """Named digests of what a function can reach, and why they cover more than that, if they do."""

    parts: dict[str, str] = field(default_factory=dict[str, str])
    widened: str = ""

    def add(self, other: Fingerprint) -> None:
        """Take the parts of another one in."""
        self.parts.update(other.parts)
        self.widened = self.widened or other.widened


class Fingerprinter:
    """Fingerprints the functions of one load. `sources` are the project's modules by name.

    Modules that only a function will import are added to `sources`: they are to be executed as they were read here.
    """

    def __init__(self, sources: dict[str, Source], root: str) -> None:
        self._code = Codebase(sources, root)
        self._packages = _Packages()
        self.places = self._code.places

    def of_function(self, function: types.FunctionType) -> Fingerprint:
        """The parts of one compute function: its own unit, all it reaches, its closure and its defaults."""
        walk = _Walk(self._code, self._packages)
        walk.take_function(function)
        return walk.found

    def of_identity(self, name: str, identity: Identity) -> Fingerprint:
        """The parts of a resource: its settings under `name`, and the code of its classes and functions."""
        walk = _Walk(self._code, self._packages)
        walk.take_identity(name, identity)
        return walk.found

    def of_object(self, name: str, value: object) -> Fingerprint:
        """The parts of any object: its plain state under `name`, and the code of its class."""
        walk = _Walk(self._code, self._packages)
        walk.take_object(name, value)
        return walk.found


class _Walk:
    """From one function to everything that it can reach."""

    def __init__(self, code: Codebase, packages: _Packages) -> None:
        self.found = Fingerprint()
        self._code = code
        self._packages = packages
        self._seen: set[Target] = set()
        self._entered: set[str] = set()
        self._functions: set[int] = set()

    def take_function(self, function: types.FunctionType) -> None:
        if id(function) in self._functions:
            return
        self._functions.add(id(function))
        module = self._code.module_of(function.__code__.co_filename)
        if module is not None:
            self._take_units(self._code.units_at(module, function.__code__.co_firstlineno))
        else:
            self._take_foreign(function)
        for label, value in _carried(function):
            self._take_value(f"value:{module or function.__module__}:{function.__qualname__}:{label}", value)

    def take_identity(self, name: str, identity: Identity) -> None:
        self.found.parts[name] = digest_text(json.dumps(identity.value, sort_keys=True))
        for kind in identity.classes:
            for base in kind.__mro__:
                self._take_class(base)
        for each in identity.callables:
            function = getattr(each, "__func__", each)
            if isinstance(function, types.FunctionType):
                self.take_function(function)
        if identity.opaque:
            self._widen(f"{identity.opaque[0]} of {name.replace(':', ' ')} has no plain state")

    def take_object(self, name: str, value: object) -> None:
        if isinstance(value, types.FunctionType):
            self.take_function(value)
            return
        kind = type(value)
        try:
            state = value_digest(value)
        except Unencodable:
            try:
                state = value_digest(dict(vars(value)))
            except (Unencodable, TypeError):
                state = "unknown"
                self._widen(f"{name.replace(':', ' ')} has no plain state")
        self.found.parts[name] = digest_text(f"{kind.__module__}.{kind.__qualname__}\0{state}")
        for base in kind.__mro__:
            self._take_class(base)

    def _take_foreign(self, function: types.FunctionType) -> None:
        """A function that is not written in a file of the project. Its `__module__` may be that of what it wraps."""
        home = str(function.__globals__.get("__name__", ""))
        if home and home != "__main__" and not self._code.has(home):
            self._take_package(home)
            return
        self.found.parts[f"code:{home}:{function.__qualname__}"] = _code_digest(function.__code__)
        self._widen("its source is not a file of the project; its byte code was taken")

    def _take_units(self, start: list[Target]) -> None:
        queue = list(start)
        while queue:
            target = module, name = queue.pop()
            if target in self._seen or name not in self._code.cut(module).units:
                continue
            self._seen.add(target)
            unit = self._code.cut(module).units[name]
            self.found.parts[f"code:{module}:{name}"] = unit.digest
            queue += self._effects_of(module)
            if unit.dynamic:
                self._widen(f"{unit.dynamic} of {self._code.relative(module)}")
            queue += self._take_meant(self._code.used_by(module, name))

    def _take_meant(self, meant: Meant) -> list[Target]:
        for package in meant.packages:
            self._take_package(package)
        return [*meant.units, *(target for module in meant.modules for target in self._effects_of(module))]

    def _effects_of(self, module: str) -> tuple[Target, ...]:
        if module in self._entered:
            return ()
        self._entered.add(module)
        return self._code.effects(module)

    def _widen(self, why: str) -> None:
        """Take the whole project in: reach is unknown."""
        if self.found.widened:
            return
        self.found.widened = why
        for name in sorted(self._code.sources):
            units = self._code.cut(name).units
            self.found.parts[f"module:{name}"] = digest_text(
                repr(sorted((unit.name, unit.digest) for unit in units.values()))
            )

    def _take_package(self, module: str) -> None:
        top = module.partition(".")[0]
        if top and top not in STANDARD:
            self.found.parts[f"package:{top}"] = self._packages.version(top)

    def _take_value(self, name: str, value: object) -> None:
        """Closure cells and defaults decide too: two functions of one factory have the same text."""
        if isinstance(value, types.FunctionType):
            self.take_function(value)
            return
        try:
            digest = _named_digest(value) or value_digest(value)
        except Unencodable:
            label, where = name.rpartition(":")[2], name.split(":")[2]
            self._widen(f"{label} of {where} has no plain value")
            return
        self.found.parts[self._free(name)] = digest
        if isinstance(value, types.ModuleType):
            self._take_units(self._take_meant(self._code.inside(value.__name__)))
        for kind in classes_in(value):
            self._take_class(kind)

    def _free(self, name: str) -> str:
        """Two functions of one factory can be in one reach: the second has a number."""
        number, free = 1, name
        while free in self.found.parts:
            number += 1
            free = f"{name} ({number})"
        return free

    def _take_class(self, kind: type) -> None:
        top = kind.__qualname__.partition(".")[0]
        self._take_units(self._take_meant(self._code.inside(kind.__module__, top)))


class _Packages:
    """Versions of what is installed, looked up once."""

    def __init__(self) -> None:
        self._versions: dict[str, str] = {}
        self._distributions: dict[str, list[str]] | None = None

    def version(self, top: str) -> str:
        """Of the distribution that brings a top-level module; of code that is not installed, its digest."""
        if top not in self._versions:
            self._versions[top] = _local_version(top) or self._installed(top)
        return self._versions[top]

    def _installed(self, top: str) -> str:
        try:
            return importlib.metadata.version(top)
        except importlib.metadata.PackageNotFoundError:
            pass
        if self._distributions is None:
            self._distributions = {k: list(v) for k, v in importlib.metadata.packages_distributions().items()}
        names = sorted(set(self._distributions.get(top, ())))
        return " ".join(f"{name} {importlib.metadata.version(name)}" for name in names) or "not installed"


def _local_version(top: str) -> str:
    """The digest of Python code outside of the project that is not in an environment either: a folder next to it, an
    editable install. Its version, if it has one, says nothing. Empty for all else.
    """
    try:
        spec = PathFinder.find_spec(top)
    except (ImportError, ValueError, OSError):
        return ""
    if spec is None or not spec.origin or not spec.origin.endswith(".py") or is_foreign(spec.origin):
        return ""
    files = [spec.origin]
    for folder in spec.submodule_search_locations or ():
        for inside, folders, names in os.walk(folder):
            folders[:] = sorted(name for name in folders if not is_foreign(os.path.join(inside, name, "")))
            files += [os.path.join(inside, name) for name in sorted(names) if name.endswith(".py")]
    hasher = hashlib.blake2b(digest_size=8)
    for file in dict.fromkeys(files):
        try:
            with open(file, "rb") as stream:
                data = stream.read()
        except OSError:
            continue
        name = os.path.relpath(file, os.path.dirname(spec.origin))
        hasher.update(f"{name}\0{len(data)}\0".encode("utf-8", "surrogatepass") + data)
    return f"local {hasher.hexdigest()}"


def _carried(function: types.FunctionType) -> list[tuple[str, object]]:
    """The values that a function has with it: those it closes over, and its defaults."""
    found: list[tuple[str, object]] = []
    for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=False):
        try:
            found.append((f"cell {name}", cell.cell_contents))
        except ValueError:
            found.append((f"cell {name}", None))
    found += [(f"default {n}", value) for n, value in enumerate(function.__defaults__ or ())]
    found += [(f"default {n}", value) for n, value in sorted((function.__kwdefaults__ or {}).items())]
    return found


def _named_digest(value: object) -> str:
    """Of what is known by its name alone: a module, a class, a function of C. Empty for all else."""
    if isinstance(value, types.ModuleType):
        return digest_text(f"module {value.__name__}")
    if isinstance(value, type):
        return digest_text(f"class {value.__module__}.{value.__qualname__}")
    if isinstance(value, types.BuiltinFunctionType) and isinstance(
        value.__self__, (types.ModuleType, type(None))
    ):
        return digest_text(f"function {value.__module__}.{value.__qualname__}")
    return ""


def _code_digest(code: types.CodeType) -> str:
    """Byte code, names and constants; for functions whose source is not at hand."""
    inner = [_constant(constant) for constant in code.co_consts]
    return digest_text(repr((code.co_code.hex(), code.co_names, code.co_varnames, inner)))


def _constant(value: object) -> str:
    if isinstance(value, types.CodeType):
        return _code_digest(value)
    if isinstance(value, frozenset):  # of `x in {...}`; its own order follows the hash seed
        return f"frozenset:{sorted(_constant(item) for item in cast('frozenset[object]', value))}"
    return f"{type(value).__name__}:{value!r}"
