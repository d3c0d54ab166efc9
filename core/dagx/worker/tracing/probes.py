"""Hears when the project asks whether a file is there, and what kind it is, and where a link leads.

No audit event tells that, so `os.stat` and its kin are wrapped; all of `os.path` and `pathlib` goes through them. What
libraries ask for themselves is theirs: they open what they use.
"""

from __future__ import annotations

import functools
import os
import stat
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

from dagx.worker.tracing.callers import PATHS
from dagx.worker.tracing.following import listening

__all__ = ["install"]

_ABOUT_CONTENT = frozenset({"", "stat", "lstat", "getsize", "getmtime", "getctime"})
"""What a project calls to be told more than what kind of thing there is."""
_ABOUT_LINKS = frozenset({"realpath", "resolve", "readlink", "samefile", "_getfinalpathname"})
_ABOUT_NOTHING = frozenset({"absolute", "abspath", "expanduser", "home", "cwd", "getcwd", "which"})


def install() -> None:
    """From now on, questions are heard."""
    if getattr(os.stat, "__wrapped__", None) is not None:
        return
    for name in ("stat", "lstat", "access", "readlink"):
        real = getattr(os, name)
        heard = _hearing(real, name)
        for kin in (
            os.supports_dir_fd,
            os.supports_follow_symlinks,
            os.supports_fd,
            os.supports_effective_ids,
        ):
            if real in kin:
                kin.add(heard)
        setattr(os, name, heard)
    accessor: Any = getattr(sys.modules.get("pathlib"), "_NormalAccessor", None)  # Python 3.10
    if accessor is not None:
        accessor.stat = staticmethod(os.stat)
        accessor.readlink = staticmethod(os.readlink)


def _hearing(real: Callable[..., Any], name: str) -> Callable[..., Any]:
    @functools.wraps(real)
    def heard(path: Any, *args: Any, **kwargs: Any) -> Any:
        if listening() is not None and not isinstance(path, int) and kwargs.get("dir_fd") is None:
            _note(name, path, sys._getframe(1))  # pyright: ignore[reportPrivateUsage]
        return real(path, *args, **kwargs)

    heard.__module__ = "os"
    return heard


def _note(name: str, path: object, frame: FrameType) -> None:
    tracer = listening()
    asker = tracer.callers.asker(frame, PATHS) if tracer is not None else None
    if tracer is None or asker is None or asker.by in _ABOUT_NOTHING:
        return
    if name == "readlink" or asker.by in _ABOUT_LINKS:
        tracer.note_link(path)
    elif name != "access" and asker.by in _ABOUT_CONTENT and _is_file(path):
        tracer.note_read(path)
    else:
        tracer.note_probed(path)


def _is_file(path: Any) -> bool:
    try:
        return stat.S_ISREG(_REAL_STAT(path).st_mode)
    except (OSError, ValueError):
        return False


_REAL_STAT = os.stat
