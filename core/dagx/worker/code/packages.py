"""Versions of what is not of the project: of distributions that are installed, of local code by its content."""

from __future__ import annotations

import hashlib
import importlib.metadata
import os
from collections.abc import Iterator
from importlib.machinery import ModuleSpec, all_suffixes

from dagx.worker.code.codebase import spec_of
from dagx.worker.loader import is_foreign

__all__ = ["Packages"]

_CODE = tuple(suffix for suffix in all_suffixes() if suffix != ".pyc")


class Packages:
    """Looks each one up once."""

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
    """The digest of code that is not in an environment: a folder beside the project, an editable install, an archive
    on the path, a compiled module in the project. Its version, if it has one, says nothing. Empty for all else.
    """
    spec = spec_of(top)
    files = sorted(set(_files_of(spec))) if spec is not None else []
    base = os.path.dirname(files[0]) if files else ""
    hasher = hashlib.blake2b(digest_size=8)
    is_there = False
    for file in files:
        try:
            with open(file, "rb") as stream:
                data = stream.read()
        except OSError:
            continue
        name = os.path.relpath(file, base)
        hasher.update(f"{name}\0{len(data)}\0".encode("utf-8", "surrogatepass") + data)
        is_there = True
    return f"local {hasher.hexdigest()}" if is_there else ""


def _files_of(spec: ModuleSpec) -> Iterator[str]:
    """The files of a module or package that nobody installed."""
    archive = getattr(spec.loader, "archive", None)
    if isinstance(archive, str):
        if not is_foreign(archive):
            yield archive
        return
    if spec.origin and spec.has_location and not is_foreign(spec.origin):
        yield spec.origin
    for folder in spec.submodule_search_locations or ():
        if is_foreign(os.path.join(folder, "")):
            continue
        for inside, folders, names in os.walk(folder):
            folders[:] = sorted(name for name in folders if not is_foreign(os.path.join(inside, name, "")))
            yield from (os.path.join(inside, name) for name in names if name.endswith(_CODE))
