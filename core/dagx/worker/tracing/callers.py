"""Who asks: code of the project, also by way of what only passes the question on; or a library for itself."""

from __future__ import annotations

import os
from collections.abc import Callable
from types import FrameType
from typing import NamedTuple

__all__ = ["PATHS", "SETTINGS", "Asker", "Callers"]

PATHS = frozenset({"os", "posixpath", "genericpath", "pathlib", "glob", "fnmatch", "shutil", "contextlib"})
"""Modules that look at the disk for whoever calls them."""

SETTINGS = frozenset(
    {"os", "posixpath", "_collections_abc", "collections", "string", "configparser", "dagx"}
) | {
    *(
        "decouple",
        "environs",
        "environ",
        "dotenv",
        "envparse",
        "prettyconf",
        "dynaconf",
        "omegaconf",
        "starlette",
    ),
    *("pydantic_settings", "click", "typer"),
}
"""Modules that read environment variables for whoever calls them."""


class Asker(NamedTuple):
    """A frame of the project's code, and the function of others that it called with its module; both are empty when it
    asks by itself.
    """

    frame: FrameType
    by: str
    of: str


class Callers:
    """`is_own` tells files of the project's code."""

    def __init__(self, is_own: Callable[[str], bool]) -> None:
        self._is_own = is_own
        self._known: dict[str, bool] = {}

    def asker(self, frame: FrameType | None, passing_on: frozenset[str]) -> Asker | None:
        """Who asks, seen from the frame that does; None when it is not the project."""
        by = of = ""
        while frame is not None:
            if self._is_project(frame):
                return Asker(frame, by, of)
            name = str(frame.f_globals.get("__name__", ""))
            if name not in passing_on and name.partition(".")[0] not in passing_on:
                return None
            by, of = frame.f_code.co_name, name
            frame = frame.f_back
        return None

    def _is_project(self, frame: FrameType) -> bool:
        file = frame.f_code.co_filename
        known = self._known.get(file)
        if known is None:
            if file.startswith("<"):  # text that was compiled: of whom, only its globals can tell
                module = frame.f_globals.get("__file__")
                return not file.startswith("<frozen") and isinstance(module, str) and self._is_own(module)
            self._known[file] = False  # to find out asks about files, too
            # the modules of a frozen binary have relative names, which would lead into the project
            known = self._known[file] = os.path.isabs(file) and self._is_own(file)
        return known
