"""The modules that are to be loaded from: those given, the one that calls, those of a package. Section 25."""

from __future__ import annotations

import importlib
import pkgutil
import sys
from collections.abc import Iterable
from types import ModuleType
from typing import cast

from dagx.errors import InvalidArgumentError


def checked_modules(modules: object, function: str) -> list[ModuleType]:
    """The modules that `function` was given. Raises InvalidArgumentError for anything else."""
    if isinstance(modules, ModuleType) or not isinstance(modules, Iterable):
        raise InvalidArgumentError(f"{function} takes modules, not {modules!r}", "write [module]")
    found = list(cast("Iterable[ModuleType]", modules))
    for module in found:
        if not isinstance(cast(object, module), ModuleType):
            raise InvalidArgumentError(
                f"{function} takes modules, not {module!r}", "import the module, and give it itself"
            )
    return found


def modules_of_package(package_module: ModuleType) -> list[ModuleType]:
    """A package and all modules in it and below it, imported."""
    below = pkgutil.walk_packages(getattr(package_module, "__path__", []), package_module.__name__ + ".")
    names = sorted(info.name for info in below)
    return [package_module, *(importlib.import_module(name) for name in names)]


def caller_module() -> ModuleType:
    """The module that called the function that calls this."""
    name = sys._getframe(2).f_globals["__name__"]  # pyright: ignore[reportPrivateUsage]  # as in `source`
    return sys.modules[name]
