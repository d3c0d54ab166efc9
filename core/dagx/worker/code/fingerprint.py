"""The identity of a compute function's code: every unit of project code that it can reach, with a digest each.

Follows names from unit to unit through the project's modules, and the values that a function carries with it; outside
of the project, only the version of the distribution counts. When reach is unknown the answer is wider, never narrower.
Works on the bytes that were executed.
"""

from __future__ import annotations

import json
import types
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from dagx.worker.code.analysis import Analysis
from dagx.worker.code.carried import carried, code_digest, named_digest
from dagx.worker.code.codebase import Target
from dagx.worker.code.graph import Node
from dagx.worker.code.model import Mark, ModuleUnits, digest_text
from dagx.worker.code.moments import looks_at_the_moment
from dagx.worker.code.reach import Reached
from dagx.worker.code.units import cut
from dagx.worker.loader import Source
from dagx.worker.valuedigest import Unencodable, attributes_of, classes_in, value_digest

if TYPE_CHECKING:
    from dagx.resource_defs.identity import Identity

__all__ = ["LEARNED", "UNPICKLED", "Fingerprint", "Fingerprinter"]

LEARNED = "learned:"
"""`learned:<module>:<unit>` is a unit that a step was seen to execute though its static reach does not have it; without
a unit, all of a module that no import statement names."""
UNPICKLED = "unpickled:"
"""`unpickled:<module>:<unit>` is what pickled data was made of that a step loaded, as the class of an object is."""


class Fingerprint:
    """Named digests of what a function can reach, and why they cover more than that, if they do."""

    __slots__ = ("assets", "parts", "reads_specs", "widened")

    def __init__(self, parts: dict[str, str] | None = None) -> None:
        """`reads_specs` says whether it can find out how assets are declared; `assets` are the functions of assets
        that it can reach.
        """
        self.parts: dict[str, str] = {} if parts is None else parts
        self.widened = ""
        self.reads_specs = False
        self.assets: frozenset[Target] = frozenset()

    def add(self, other: Fingerprint) -> None:
        """Take the parts of another one in."""
        self.parts.update(other.parts)
        self.widened = self.widened or other.widened
        self.reads_specs = self.reads_specs or other.reads_specs
        self.assets |= other.assets


class Fingerprinter:
    """Fingerprints the functions of one load. `sources` are the project's modules by name.

    Modules that only a function will import are added to `sources`: they are to be executed as they were read here.
    `read` cuts a module into units.
    """

    def __init__(
        self, sources: dict[str, Source], root: str, read: Callable[[bytes], ModuleUnits] = cut
    ) -> None:
        self._analysis = Analysis(sources, root, read)

    @property
    def places(self) -> dict[str, dict[str, tuple[tuple[int, int], ...]]]:
        """The first and last lines of every unit, by module."""
        return self._analysis.places()

    def of_function(self, function: types.FunctionType) -> Fingerprint:
        """The parts of one compute function: its own unit, all it reaches, its closure and its defaults."""
        walk = _Walk(self._analysis)
        walk.take_function(function)
        return walk.finish()

    def of_identity(self, name: str, identity: Identity) -> Fingerprint:
        """The parts of a resource: its settings under `name`, and the code of its classes and functions."""
        walk = _Walk(self._analysis)
        walk.take_identity(name, identity)
        return walk.finish()

    def of_object(self, name: str, value: object) -> Fingerprint:
        """The parts of any object: its plain state under `name`, and the code of its class."""
        walk = _Walk(self._analysis)
        walk.take_object(name, value)
        return walk.finish()

    @property
    def looks_at_the_moment(self) -> bool:
        """Whether importing the project may give another one the next time, though nothing was edited."""
        return looks_at_the_moment(self._analysis.graph)

    @property
    def settled(self) -> frozenset[str]:
        """The modules that all fingerprints stand on: those that were loaded, and those that they import late."""
        return self._analysis.settled

    def add(self, source: Source) -> None:
        """Take in a module that was found otherwise, if it is not known yet."""
        if source.module not in self._analysis.code.sources:
            self._analysis.code.add(source)

    def of_learned(self, name: str) -> Fingerprint | None:
        """The parts of what such a part names, and of all that it reaches; None when there is no such thing."""
        _, module, unit = name.split(":", 2)
        code = self._analysis.code
        if not code.has(module) or (unit and unit not in code.cut(module).units):
            return None
        walk = _Walk(self._analysis)
        walk.take_node(Node("unit", module, unit) if unit else Node("whole", module))
        return walk.finish()

    def targets_of(self, function: types.FunctionType) -> list[Target]:
        """The units that a function is written in."""
        module = self._analysis.code.module_of(function.__code__, function.__globals__.get("__name__", ""))
        return self._analysis.code.units_at(module, function.__code__.co_firstlineno) if module else []


class _Walk:
    """From one function to everything that it can reach."""

    def __init__(self, analysis: Analysis) -> None:
        self._found = Fingerprint()
        self._analysis = analysis
        self._code = analysis.code
        self._start: dict[int, None] = {}
        self._functions: set[types.FunctionType] = set()
        self._wide = False

    def finish(self) -> Fingerprint:
        """The parts of all that was taken."""
        found = self._found
        if self._start:
            reached = self._analysis.reached(self._start)
            sums = self._analysis.sums(reached)
            for each in sums:
                found.parts.update(each.parts)
            for each in sums:
                if each.marks:
                    self._heed(each.marks, reached)
            if found.reads_specs or self._wide:
                found.reads_specs = True
                found.assets = found.assets.union(*(each.assets for each in sums))
        if self._wide:
            found.reads_specs = True
            found.parts.update(self._analysis.module_parts())
        return found

    def _heed(self, marks: Iterable[tuple[int, Mark]], reached: Reached) -> None:
        """Count what is used in a way that no name says."""
        found, analysis = self._found, self._analysis
        for number, mark in marks:
            module = analysis.graph.nodes[number].module
            if mark.what == "code":
                self._code.take_all()
                self._widen(f"{mark.words} at line {mark.line} of {self._code.relative(module)}")
            elif mark.what == "doc":
                found.parts.update(analysis.doc_parts(analysis.numbers(reached)))
            elif mark.what == "source":
                found.parts.update(analysis.source_parts(analysis.numbers(reached)))
            elif mark.what == "spec":
                found.reads_specs = True

    def _widen(self, why: str) -> None:
        """Take the whole project in: reach is unknown."""
        self._found.widened = self._found.widened or why
        self._wide = True

    def take_function(self, function: types.FunctionType) -> None:
        """Its own unit, its closure and its defaults."""
        if function in self._functions:
            return
        self._functions.add(function)
        code = function.__code__
        module = self._code.module_of(code, function.__globals__.get("__name__", ""))
        units = self._code.units_at(module, code.co_firstlineno) if module is not None else []
        if units:
            for target in units:
                self._start[self._analysis.graph.unit_node(*target)] = None
        else:
            self._take_foreign(function)
        for label, value in carried(function):
            self._take_value(f"value:{module or function.__module__}:{function.__qualname__}:{label}", value)

    def take_node(self, node: Node) -> None:
        """A unit, or a module as a whole."""
        self._start[self._analysis.graph.number(node)] = None

    def take_identity(self, name: str, identity: Identity) -> None:
        """The settings of a resource, and the code of what is in them."""
        self._found.parts[name] = digest_text(json.dumps(identity.value, sort_keys=True))
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
        """The plain state of an object, and the code of its class."""
        if isinstance(value, types.FunctionType):
            self.take_function(value)
            return
        kind = type(value)
        state = ""
        try:
            state = value_digest(value)
        except Unencodable:
            self._take_attributes(name, value)
        self._found.parts[name] = digest_text(f"{kind.__module__}.{kind.__qualname__}\0{state}")
        for base in kind.__mro__:
            self._take_class(base)

    def _take_attributes(self, name: str, value: object) -> None:
        """What an object is made of, each attribute for itself."""
        try:
            found = attributes_of(value)
        except Unencodable:
            self._widen(f"{name.replace(':', ' ')} has no plain state")
            return
        for attribute, each in sorted(found.items()):
            self._take_value(f"{name.rpartition(':')[0]}:attribute {attribute}", each)

    def _take_foreign(self, function: types.FunctionType) -> None:
        """A function that is not written in a file of the project. Its `__module__` may be that of what it wraps."""
        home = str(function.__globals__.get("__name__", ""))
        if home and home != "__main__" and not self._code.has(home):
            self._take_package(home)
            return
        self._found.parts[f"code:{home}:{function.__qualname__}"] = code_digest(function.__code__)
        self._widen("its source is not a file of the project; its byte code was taken")

    def _take_package(self, module: str) -> None:
        part = self._analysis.package(module)
        if part is not None:
            self._found.parts[part[0]] = part[1]

    def _take_value(self, name: str, value: object) -> None:
        """Closure cells and defaults decide too: two functions of one factory have the same text."""
        if isinstance(value, types.FunctionType):
            self.take_function(value)
            return
        try:
            digest = named_digest(value) or value_digest(value)
        except Unencodable:
            label, where = name.rpartition(":")[2], name.split(":")[2]
            self._widen(f"{label} of {where} has no plain value")
            return
        self._found.parts[self._free(name)] = digest
        if isinstance(value, types.ModuleType):
            self._take_meant(value.__name__)
        for kind in classes_in(value):
            self._take_class(kind)

    def _free(self, name: str) -> str:
        """Two functions of one factory can be in one reach: the second has a number."""
        number, free = 1, name
        while free in self._found.parts:
            number += 1
            free = f"{name} ({number})"
        return free

    def _take_class(self, kind: type) -> None:
        self._take_meant(kind.__module__, kind.__qualname__.partition(".")[0])

    def _take_meant(self, module: str, *names: str) -> None:
        self._start.update(dict.fromkeys(self._analysis.graph.inside(module, *names)))
