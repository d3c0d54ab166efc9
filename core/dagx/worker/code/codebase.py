"""The project's modules: those that were loaded, and those that only a function will import, found on disk.

Executes none of them. Knows their units, not what the names in them mean.
"""

from __future__ import annotations

import importlib.util
import os
import sys
from bisect import bisect_right
from collections.abc import Callable, Sequence
from importlib.machinery import ModuleSpec, PathFinder
from itertools import accumulate
from types import CodeType

from dagx.worker.code.model import ModuleUnits
from dagx.worker.code.quiet import STANDARD
from dagx.worker.code.units import cut
from dagx.worker.loader import Source, is_foreign, is_project_file

__all__ = ["Codebase", "Target", "spec_of"]

Target = tuple[str, str]
"""A module and the name of a unit in it."""


class Codebase:
    """`sources` are the project's modules by name; what is found later is added to them."""

    def __init__(
        self, sources: dict[str, Source], root: str, read: Callable[[bytes], ModuleUnits] = cut
    ) -> None:
        self.sources = sources
        self.root = root
        self._read = read
        self._modules_of: dict[str, list[str]] = {}
        for name, source in sources.items():
            self._modules_of.setdefault(source.file, []).append(name)
        self._units: dict[str, ModuleUnits] = {}
        self._spans: dict[str, _Spans] = {}
        self._absent: set[str] = set()
        self._foreign: set[str] = set()
        self._tops: dict[str, ModuleSpec | None] = {}
        self._specs: dict[str, ModuleSpec | None] = {}
        self._namespaces: set[str] = set()
        for name in sources:
            self._note_parents(name)

    def _note_parents(self, name: str) -> None:
        while "." in name:
            name = name.rpartition(".")[0]
            self._namespaces.add(name)

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
        self.add(source)
        return True

    def add(self, source: Source) -> None:
        """Take a module in that was not loaded."""
        self.sources[source.module] = source
        self._modules_of.setdefault(source.file, []).append(source.module)
        self._note_parents(source.module)

    def holds_modules(self, package: str) -> bool:
        """Whether modules of the project are in this package."""
        return package in self._namespaces

    def module_of(self, code: CodeType, name: str) -> str | None:
        """The module that the code is written in; `name` is what it calls itself, if a file was loaded twice."""
        names = self._modules_of.get(code.co_filename)
        if not names:
            return None
        return name if name in names else names[0]

    def relative(self, module: str) -> str:
        """The file of a module, relative to the project."""
        return os.path.relpath(self.sources[module].file, self.root)

    def cut(self, module: str) -> ModuleUnits:
        """The units of a module."""
        found = self._units.get(module)
        if found is None:
            found = self._units[module] = self._read(self.sources[module].data)
        return found

    def units_at(self, module: str, line: int) -> list[Target]:
        """The units that a line belongs to."""
        spans = self._spans.get(module)
        if spans is None:
            spans = self._spans[module] = _Spans(module, self.cut(module))
        return spans.at(line)

    def absolute(self, module: str, written: str) -> str:
        """The module that an import statement in `module` names."""
        if not written.startswith("."):
            return written
        level = len(written) - len(written.lstrip("."))
        base = module.split(".")
        is_package = os.path.basename(self.sources[module].file) == "__init__.py"
        base = base[: len(base) - level + (1 if is_package else 0)]
        return ".".join([*base, *([written[level:]] if written[level:] else [])])

    def with_parents(self, module: str) -> list[str]:
        """The modules that importing this one executes, of those of the project."""
        parts = module.split(".")
        names = [".".join(parts[: place + 1]) for place in range(len(parts))]
        return [name for name in names if self.has(name)]

    def take_all(self) -> None:
        """Take in every Python file of the project: code that finds modules by itself may import any of them."""
        known = {os.path.realpath(source.file) for source in self.sources.values()}
        for folder, folders, files in os.walk(self.root):
            inside = [name for name in sorted(folders) if not is_foreign(os.path.join(name, ""))]
            folders[:] = [name for name in inside if not name.startswith(".") and name != "__pycache__"]
            for file in sorted(files):
                path = os.path.join(folder, file)
                if file.endswith(".py") and os.path.realpath(path) not in known:
                    source = self._read_file(self._name_of(path), path)
                    if source is not None and source.module not in self.sources:
                        self.add(source)

    def _name_of(self, path: str) -> str:
        """What an import would call a file."""
        for folder in sys.path:
            base = os.path.join(os.path.abspath(folder or "."), "")
            if path.startswith(base) and base.startswith(os.path.join(self.root, "")):
                break
        else:
            base = os.path.join(self.root, "")
        name = path[len(base) : -3].replace(os.sep, ".")
        return name.removesuffix(".__init__")

    def _found(self, module: str) -> Source | None:
        """A module of the project that was not loaded, read from where an import would find it."""
        top, *rest = module.split(".")
        if not top or top in STANDARD or top in self._foreign:
            return None
        if top not in self._tops:
            self._tops[top] = spec_of(top)
        spec = self._tops[top]
        if rest and (spec is None or spec.submodule_search_locations is None):
            return None
        if spec is None or (spec.has_location and not is_project_file(self.root, spec.origin or "")):
            self._foreign.add(top)
        name = top
        for part in rest:
            if spec is None or spec.submodule_search_locations is None:
                return None
            name = f"{name}.{part}"
            if name not in self._specs:
                self._specs[name] = _spec(name, spec.submodule_search_locations)
            spec = self._specs[name]
        if spec is None or not spec.origin or not spec.origin.endswith(".py"):
            return None
        if not is_project_file(self.root, spec.origin):
            self._foreign.add(top)
            return None
        return self._read_file(module, spec.origin)

    def _read_file(self, module: str, file: str) -> Source | None:
        try:
            with open(file, "rb") as stream:
                source = Source(module, file, stream.read())
            self._units[module] = self._read(source.data)
        except (OSError, SyntaxError, ValueError):
            return None  # importing it will say what is wrong with it
        return source


class _Spans:
    """The statements of a module by their first lines. They lie one after the other, or share a line."""

    def __init__(self, module: str, cutting: ModuleUnits) -> None:
        spans = sorted(
            (first, number, last, (module, name))
            for number, (name, unit) in enumerate(cutting.units.items())
            for first, last in unit.spans
        )
        self._firsts = [span[0] for span in spans]
        self._spans = spans
        self._ends = list(accumulate((span[2] for span in spans), max))

    def at(self, line: int) -> list[Target]:
        """The units of the statements that a line belongs to."""
        place = bisect_right(self._firsts, line) - 1
        found: list[tuple[int, Target]] = []
        while place >= 0 and self._ends[place] >= line:
            _, number, last, target = self._spans[place]
            if last >= line:
                found.append((number, target))
            place -= 1
        if len(found) > 1:
            found.sort()
        return [target for _, target in found]


def spec_of(top: str) -> ModuleSpec | None:
    """Where an import would find a top-level module, or found it."""
    loaded = getattr(sys.modules.get(top), "__spec__", None)
    if isinstance(loaded, ModuleSpec):
        return loaded
    found = _spec(top, None)
    if found is not None:
        return found
    try:
        return importlib.util.find_spec(top)  # an editable install can bring a finder of its own
    except (ImportError, ValueError, OSError, AttributeError):
        return None


def _spec(name: str, path: Sequence[str] | None) -> ModuleSpec | None:
    try:
        return PathFinder.find_spec(name, path)
    except (ImportError, ValueError, OSError):
        return None
