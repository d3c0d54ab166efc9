"""Imports the project's modules from bytes that it read itself, and remembers those bytes.

What is executed is what is hashed: no `.pyc` is trusted or written for project files, and an edit during the load
cannot be mislabelled. Knows nothing of assets.
"""

from __future__ import annotations

import functools
import importlib.machinery
import importlib.util
import linecache
import os
import stat
import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from types import CodeType, ModuleType

from dagx.worker.kept import Kept
from dagx.worker.proof import Proof
from dagx.worker.tracing.announcing import FILE, announced, place_of

__all__ = ["ProjectImporter", "Source", "is_foreign", "is_project_file"]

_lstat = os.lstat  # from before it is wrapped: who asks here is not the project
_OF_PYTHON: tuple[object, ...] = (
    importlib.machinery.BuiltinImporter,
    importlib.machinery.FrozenImporter,
    importlib.machinery.PathFinder,
)
_FOREIGN = {"site-packages", "dist-packages", "node_modules", ".venv", "venv", ".git", ".dagx"}


class Source:
    """One project module as it was executed: its name, file and bytes."""

    __slots__ = ("data", "file", "module")

    def __init__(self, module: str, file: str, data: bytes) -> None:
        self.module = module
        self.file = file
        self.data = data


def is_foreign(path: str) -> bool:
    """Whether a part of the path says that what lies below it is nobody's own code."""
    return any(part in _FOREIGN for part in path.split(os.sep)[:-1])


def is_project_file(root: str, file: str) -> bool:
    """Whether the file is part of the project: below its root and not in an environment inside it."""
    return _is_inside(os.path.realpath(root) + os.sep, os.path.realpath(file))


def _is_inside(base: str, path: str) -> bool:
    if not path.startswith(base) or is_foreign(path[len(base) :]):
        return False
    environment = _environment(sys.prefix)
    return not (environment.startswith(base) and path.startswith(environment))


@functools.lru_cache(maxsize=1)
def _environment(prefix: str) -> str:
    return os.path.realpath(prefix) + os.sep


class ProjectImporter(MetaPathFinder):
    """Stands first on `sys.meta_path` and takes over the modules whose file lies in the project."""

    def __init__(self, root: str, given: dict[str, Source] | None = None, kept: Kept | None = None) -> None:
        """`given` are sources to execute in place of what stands on disk: those of a generation already loaded.

        `kept` has the compiled code of sources that were executed before. `sources` become those that were executed;
        what somebody puts there before is executed from there too.
        """
        self.root = os.path.realpath(root)
        self.announcements = place_of(os.path.join(self.root, ".dagx"))
        self.given = given or {}
        self.kept = kept or Kept()
        self.sources: dict[str, Source] = {}
        self.third_party: dict[str, None] = {}
        self.proof = Proof()
        self._folders: dict[str, str] = {}

    def real(self, file: str) -> str:
        """The real path of a file. Those of folders are found out once."""
        folder, name = os.path.split(file)
        if folder not in self._folders:
            self._folders[folder] = os.path.realpath(folder)
        path = os.path.join(self._folders[folder], name)
        try:
            return os.path.realpath(path) if stat.S_ISLNK(_lstat(path).st_mode) else path
        except OSError:
            return path

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        spec = importlib.machinery.PathFinder.find_spec(fullname, path, target)
        if spec is None:
            spec = self._found_by_others(fullname, path, target)
        if (
            spec is None
            or not spec.origin
            or not isinstance(spec.loader, importlib.machinery.SourceFileLoader)
        ):
            return None
        if _is_inside(self.root + os.sep, self.real(spec.origin)):
            return self._taken(fullname, spec.origin, spec.submodule_search_locations)
        if "." not in fullname and "site-packages" in spec.origin:
            self.third_party[fullname] = None
        return None

    def _found_by_others(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None
    ) -> importlib.machinery.ModuleSpec | None:
        """An editable install can bring a finder of its own: what it finds may be of the project, too."""
        for finder in list(sys.meta_path):
            find = None if finder in _OF_PYTHON else getattr(finder, "find_spec", None)
            if find is None or isinstance(finder, ProjectImporter):
                continue
            spec: importlib.machinery.ModuleSpec | None = find(fullname, path, target)
            if spec is not None:
                return spec
        return None

    def import_file(self, name: str, file: str) -> ModuleType:
        """Import the project file under this name, whatever stands on `sys.path`."""
        if name in sys.modules and getattr(sys.modules[name], "__file__", None) == file:
            return sys.modules[name]
        spec = self._taken(name, file, None)
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        try:
            loader = spec.loader
            if loader is None:
                raise ImportError(f"no loader for {file}", name=name, path=file)
            loader.exec_module(module)
        except BaseException:
            sys.modules.pop(name, None)
            raise
        return module

    def _taken(
        self, fullname: str, origin: str, search: Sequence[str] | None
    ) -> importlib.machinery.ModuleSpec:
        loader = _ProjectLoader(self, fullname, origin)
        spec = importlib.machinery.ModuleSpec(fullname, loader, origin=origin, is_package=search is not None)
        if search is not None:
            spec.submodule_search_locations = list(search)
        spec.has_location = True
        return spec


class _ProjectLoader(importlib.machinery.SourceFileLoader):
    """The usual loader of source files, so that resources and data of packages are found; the code is read here."""

    def __init__(self, importer: ProjectImporter, name: str, file: str) -> None:
        super().__init__(name, file)
        self._importer = importer

    def get_code(self, fullname: str) -> CodeType:
        known = self._importer.given.get(fullname) or self._importer.sources.get(fullname)
        if known is not None and known.file == self.path:
            data = known.data
        else:
            with announced(self._importer.announcements, FILE):
                stream = open(self.path, "rb")  # noqa: SIM115 - only the opening is announced
            with stream:
                data = stream.read()
        self._importer.sources[fullname] = Source(fullname, self.path, data)
        try:
            found = self._compiled(data)
        except (SyntaxError, ValueError, LookupError) as error:
            raise _with_its_place(error, self.path, data) from None
        self._importer.proof.compiled(fullname, found)
        return found

    def _compiled(self, data: bytes) -> CodeType:
        lines = importlib.util.decode_source(data).splitlines(keepends=True)
        # No modification time: tracebacks show the lines that were executed, also after the file was saved again.
        linecache.cache[self.path] = (len(data), None, lines, self.path)
        about = os.fsencode(self.path) + b"\0" + data
        found = self._importer.kept.find("compiled", about)
        if not isinstance(found, CodeType):
            found = compile(data, self.path, "exec", dont_inherit=True)
            self._importer.kept.add("compiled", about, found)
        return found

    def exec_module(self, module: ModuleType) -> None:
        with self._importer.proof.importing(self.name):
            super().exec_module(module)


def _with_its_place(error: Exception, path: str, data: bytes) -> SyntaxError:
    """What Python says of bytes that are no text, or of an unknown encoding, names neither file nor line."""
    if isinstance(error, SyntaxError) and error.filename is not None:
        return error
    at = error.start if isinstance(error, UnicodeDecodeError) else data.find(b"\0")
    line = data.count(b"\n", 0, at) + 1 if at >= 0 else 1
    return SyntaxError(str(error), (path, line, None, None))
