"""What a load of the project rests on beside its own files, as stats: the folders that imports look in, and modules of
others that are neither installed nor of the interpreter.
"""

from __future__ import annotations

import itertools
import os
import sys
import sysconfig
from collections.abc import Container, Iterable, Iterator

from dagx.worker.loader import is_project_file
from dagx.worker.tracing.looking import stamp_at

__all__ = ["look_ahead", "origins_of", "own_modules"]


def origins_of(root: str, own: Container[str] = ()) -> dict[str, list[int] | None]:
    """By path its time of change in nanoseconds, size and inode; None for what is not there.

    An installation or removal of a package changes the folder that it is in. The SDK's folder is named by what it
    holds, and not looked at. `own` are modules that are known to be the project's.
    """
    found: dict[str, list[int] | None] = {}
    here = os.path.realpath(root)
    for path in sys.path:
        place = os.path.realpath(path or ".")
        if place not in (here, _sdk()) and not is_project_file(root, os.path.join(place, "x.py")):
            found[place] = stamp_at(place)
    for file in (*_ahead.foreign, *_foreign(name for name in _later() if name not in own)):
        if not is_project_file(root, file):
            found[file] = stamp_at(file)
    return found


def own_modules() -> list[str]:
    """The modules of dagx that this process has come to need."""
    return sorted({*_ahead.own, *_own(_later())})


def look_ahead() -> None:
    """Find out now what can be said of the modules that are imported by now.

    A process that is forked from this one then leaves them alone: to look at thousands of them is to copy the memory
    that they lie in.
    """
    names = list(sys.modules)
    _ahead.foreign, _ahead.own = tuple(_foreign(names)), tuple(_own(names))
    _ahead.last = names[-1]


class _Ahead:
    """What `look_ahead` found, and the last module that it looked at."""

    foreign: tuple[str, ...] = ()
    own: tuple[str, ...] = ()
    last: str | None = None


_ahead = _Ahead()


def _later() -> list[str]:
    """The names of modules that were imported since: they stand behind the last one, if that is still there."""
    return list(itertools.takewhile(lambda name: name != _ahead.last, reversed(sys.modules)))


def _own(names: list[str]) -> Iterator[str]:
    return (name for name in names if name.startswith("dagx."))


def _foreign(names: Iterable[str]) -> Iterator[str]:
    """The files of modules from elsewhere: of an editable installation, or of a folder beside the project."""
    paths = sysconfig.get_paths()
    known = tuple(
        {os.path.realpath(paths[name]) + os.sep for name in ("stdlib", "platstdlib", "purelib", "platlib")}
        | {_sdk() + os.sep}
    )
    for name in names:
        file = getattr(sys.modules.get(name), "__file__", None)
        if isinstance(file, str):
            place = os.path.realpath(file)
            if not place.startswith(known) and "site-packages" not in place:
                yield place


def _sdk() -> str:
    return os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(__file__))))
