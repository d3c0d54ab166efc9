"""The files that a step was declared to be made from, as the engine is told of them: relative to the project."""

from __future__ import annotations

import os
from collections.abc import Iterable

from dagx.assets.files import FileInput

__all__ = ["declared_inputs"]


def declared_inputs(files: Iterable[FileInput], root: str) -> list[str]:
    """Paths and patterns, those in the project beginning there; a folder ends with a slash."""
    return sorted({_from(root, each.path) for each in files})


def _from(root: str, path: str) -> str:
    ending = os.sep if path.endswith(os.sep) else ""
    whole = os.path.normpath(os.path.join(root, path))
    for base in (root, os.path.realpath(root)):
        inside = base.rstrip(os.sep) + os.sep
        if whole.startswith(inside):
            return whole[len(inside) :] + ending
    return whole + ending
