"""Projects of a few files, written from text and loaded in this process as a worker loads them."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from textwrap import dedent
from types import ModuleType

from dagx.worker.code.fingerprint import Fingerprint, Fingerprinter
from dagx.worker.loader import ProjectImporter, Source


class CodeProject:
    """`text` holds the files, each after a line `-- path/to/file.py`."""

    def __init__(self, root: Path, text: str) -> None:
        self.root = root
        root.mkdir(exist_ok=True)
        for piece in dedent(text).split("-- ")[1:]:
            name, _, content = piece.partition("\n")
            self.write(name.strip(), content)

    def write(self, name: str, content: str) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8", newline="")

    def edit(self, name: str, old: str, new: str) -> None:
        before = (self.root / name).read_text(encoding="utf-8")
        assert before.count(old) == 1, f"{old!r} stands {before.count(old)} times in {name}"
        self.write(name, before.replace(old, new))

    @contextmanager
    def loaded(
        self, module: str = "defs", given: dict[str, Source] | None = None
    ) -> Iterator[tuple[ModuleType, ProjectImporter]]:
        """The module and the importer that it came through. Afterwards this process has forgotten both."""
        modules, paths, finders = set(sys.modules), list(sys.path), list(sys.meta_path)
        importer = ProjectImporter(str(self.root), given)
        sys.path.insert(0, str(self.root))
        sys.meta_path.insert(0, importer)
        importlib.invalidate_caches()
        try:
            yield importlib.import_module(module), importer
        finally:
            sys.path[:], sys.meta_path[:] = paths, finders
            for name in set(sys.modules) - modules:
                if self._is_near(sys.modules[name]):
                    del sys.modules[name]

    def _is_near(self, module: ModuleType) -> bool:
        """Whether the module was imported from the project or from beside it."""
        known = vars(module)
        places = [known.get("__file__"), *known.get("__path__", ())]
        return any(str(place).startswith(str(self.root.parent)) for place in places)

    def fingerprint(self, name: str = "made", module: str = "defs") -> Fingerprint:
        """Of the asset, or of the function, that the module calls so."""
        with self.loaded(module) as (loaded, importer):
            found = getattr(loaded, name)
            function = getattr(getattr(found, "op", found), "compute_fn", found)
            return Fingerprinter(importer.sources, str(self.root)).of_function(function)

    def reach(self, name: str = "made") -> set[str]:
        return set(self.fingerprint(name).parts)

    def change(self, file: str, old: str, new: str, name: str = "made") -> set[str]:
        """Edit a file, and say which parts of the fingerprint are other ones than before."""
        before = self.fingerprint(name).parts
        self.edit(file, old, new)
        after = self.fingerprint(name).parts
        return {part for part in before.keys() | after.keys() if before.get(part) != after.get(part)}
