"""Third-party modules, imported ahead of the project that will want them."""

from __future__ import annotations

import gc
import importlib
import sys
from collections.abc import Iterable

__all__ = ["preload"]


def preload(modules: Iterable[str]) -> None:
    """Import these; what does not import is left to the project to tell."""
    for name in modules:
        try:
            importlib.import_module(name)
        except BaseException as error:  # noqa: BLE001 - only a head start; loading the project will tell
            print(f"preload of {name}: {type(error).__name__}: {error}", file=sys.stderr)
    gc.collect()
    gc.freeze()
