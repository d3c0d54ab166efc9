"""What a load of the project rests on beside its own files, as stats: the folders that imports look in, and modules of
others that are neither installed nor of the interpreter.
"""

from __future__ import annotations

import os
import sys
import sysconfig
from collections.abc import Iterator

from dagx.worker.loader import is_project_file
from dagx.worker.tracing.looking import stamp_at

__all__ = ["origins_of"]


def origins_of(root: str) -> dict[str, list[int] | None]:
    """By path its time of change in nanoseconds, size and inode; None for what is not there.

    An installation or removal of a package changes the folder that it is in.
    """
    found: dict[str, list[int] | None] = {}
    own = os.path.realpath(root)
    for path in sys.path:
        place = os.path.realpath(path or ".")
        if place != own and not is_project_file(root, os.path.join(place, "x.py")):
            found[place] = stamp_at(place)
    for file in _foreign_files(root):
        found[file] = stamp_at(file)
    return found


def _foreign_files(root: str) -> Iterator[str]:
    """The files of modules from elsewhere: of an editable installation, or of a folder beside the project."""
    paths = sysconfig.get_paths()
    known = tuple(
        {os.path.realpath(paths[name]) + os.sep for name in ("stdlib", "platstdlib", "purelib", "platlib")}
        | {_sdk() + os.sep}
    )
    for module in list(sys.modules.values()):
        file = getattr(module, "__file__", None)
        if isinstance(file, str):
            place = os.path.realpath(file)
            if (
                not place.startswith(known)
                and "site-packages" not in place
                and not is_project_file(root, place)
            ):
                yield place


def _sdk() -> str:
    return os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(__file__))))
