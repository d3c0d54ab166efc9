"""Has something done to modules as soon as each is imported, before anyone else sees it. Knows not what."""

from __future__ import annotations

import importlib.machinery
import sys
from collections.abc import Callable, Collection, Sequence
from types import ModuleType
from typing import Any

__all__ = ["after_import"]


def after_import(names: Collection[str], action: Callable[[ModuleType], None]) -> None:
    """Modules of these names that are imported already are done at once, the others when their code was executed."""
    sys.meta_path.insert(0, _Finder(names, action))
    for name in names:
        module = sys.modules.get(name)
        if module is not None:
            action(module)


class _Finder:
    """Asks the finders behind it, and adds the action to the loader that they found."""

    def __init__(self, names: Collection[str], action: Callable[[ModuleType], None]) -> None:
        self._names = names
        self._action = action

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname not in self._names:
            return None
        behind = sys.meta_path[sys.meta_path.index(self) + 1 :] if self in sys.meta_path else []
        for finder in behind:
            find: Any = getattr(finder, "find_spec", None)
            spec: importlib.machinery.ModuleSpec | None = find(fullname, path, target) if find else None
            if spec is not None:
                self._extend(spec.loader)
                return spec
        return None

    def _extend(self, loader: Any) -> None:
        """On the loader itself: another one in its place would be in the way of `inspect` and package resources."""
        if not hasattr(loader, "exec_module") or not hasattr(loader, "__dict__") or isinstance(loader, type):
            return
        execute = loader.exec_module

        def exec_module(module: ModuleType) -> None:
            vars(loader).pop("exec_module", None)  # pyright: ignore[reportUnknownMemberType]
            execute(module)
            self._action(module)

        loader.exec_module = exec_module
