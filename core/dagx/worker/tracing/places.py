"""Which paths are data, and under which names: what was asked for, and where links lead from there.

Both names count. A link that is pointed elsewhere changes what the first one holds, an edit of the file what both do.
"""

from __future__ import annotations

import os
import stat
import sys
import sysconfig
import tempfile
from collections.abc import Callable
from typing import NamedTuple, cast

__all__ = ["Place", "Places"]

_NEVER = ("/proc/", "/sys/", "/dev/", "/usr/", "/etc/", "/lib/", "/lib64/", "/bin/")


class Place(NamedTuple):
    """A path as it was asked for and where it leads; one of the two may not count, and is empty then."""

    name: str
    real: str


class _Folder(NamedTuple):
    """The same of a folder, whether it counts or not."""

    name: str
    name_counts: bool
    real: str
    real_counts: bool


class Places:
    """Of one project. What was found out about folders is remembered until `forget`."""

    def __init__(self, root: str, state: str) -> None:
        """`root` is the project, `state` its `.dagx`; both absolute."""
        self._root = os.path.realpath(root)
        self._inside = self._root + os.sep
        self._state = os.path.realpath(state) + os.sep
        self._folders: dict[str, _Folder] = {}
        paths = sysconfig.get_paths()
        skipped = {sys.prefix, sys.base_prefix, paths["stdlib"], paths["purelib"], paths["platlib"], _sdk()}
        skipped = {os.path.realpath(path) + os.sep for path in skipped}
        # A project can lie in what is skipped elsewhere: /usr/src/app, a folder of /tmp.
        self._skipped_inside = tuple(path for path in skipped if path.startswith(self._inside))
        self._skipped = (*skipped, *_NEVER, os.path.realpath(tempfile.gettempdir()) + os.sep)
        self._edges = {path[:-1] for path in (self._inside, self._state, *self._skipped)}
        """Where it may be otherwise than in the folder above."""

    def forget(self) -> None:
        self._folders.clear()

    def counts(self, real: str) -> bool:
        """Whether a real path is data: not of dagx, the interpreter, the system."""
        below = real + os.sep
        if below.startswith(self._state) or real.endswith((".pyc", ".pyo")):
            return False
        if "site-packages" in real or "__pycache__" in real:
            return False
        return not below.startswith(self._skipped_inside if below.startswith(self._inside) else self._skipped)

    def find(self, path: object) -> Place | None:
        """The names of what a program asked for, if one of them counts."""
        found = self._split(path)
        return None if found is None else self._in_folder(*found)

    def link(self, path: object) -> str | None:
        """The name of a link itself, if it is one and counts."""
        found = self._split(path)
        if found is None or not found[1] or not found[0].real_counts:
            return None
        name = f"{found[0].real}{os.sep}{found[1]}"
        return name if _is_link(name) and self.counts(name) else None

    def _split(self, path: object) -> tuple[_Folder, str] | None:
        """The folder that a path lies in, and its last part; that is empty where the folder is all there is to say."""
        if isinstance(path, (bytes, os.PathLike)):
            path = os.fsdecode(cast("bytes | os.PathLike[str]", path))
        if not isinstance(path, str) or not path or "\0" in path:
            return None
        above, found, last = path.rpartition(os.sep)
        if last in ("", ".", ".."):
            above, last = path, ""
        elif found and not above:
            above = os.sep
        if not above.startswith(os.sep):
            try:
                above = os.getcwd() + os.sep + above
            except OSError:  # the folder that it is in was deleted
                return None
        folder = self._folders.get(above)
        if folder is None:
            folder = self._folders[above] = self._look_up(above)
        return folder, last

    def _in_folder(self, folder: _Folder, last: str) -> Place | None:
        name, name_counts, real, real_counts = folder
        if last:
            name, real = f"{name}{os.sep}{last}", f"{real}{os.sep}{last}"
            if real in self._edges or last.endswith((".pyc", ".pyo", "site-packages", "__pycache__")):
                name_counts = real_counts = self.counts(real)
            if _is_link(real):
                real = os.path.realpath(real)
                real_counts = self.counts(real)
        if not name or not (name_counts or real_counts):
            return None
        return Place(name if name_counts else "", real if real_counts else "")

    def _look_up(self, folder: str) -> _Folder:
        real, name = os.path.realpath(folder), os.path.abspath(folder)
        if name != real:
            name = self._from_root(name)
            if os.path.realpath(name) != real:  # `..` behind a link leads elsewhere than it reads
                name = real
        name_counts, real_counts = self.counts(name), self.counts(real)
        return _Folder(name.rstrip(os.sep), name_counts, real.rstrip(os.sep), real_counts)

    def _from_root(self, name: str) -> str:
        """The path through the project's real root, when it leads through another name of that."""
        if (name + os.sep).startswith(self._inside):
            return name
        above = name
        while above != (above := os.path.dirname(above)):
            if os.path.realpath(above) == self._root:
                return os.path.join(self._root, os.path.relpath(name, above))
        return self._root if os.path.realpath(name) == self._root else name


def _sdk() -> str:
    """The folder that the package `dagx` lies in."""
    return os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))


def _is_link(path: str, lstat: Callable[[str], os.stat_result] = os.lstat) -> bool:
    """`lstat` is the one from before it was wrapped: who asks here is not the project."""
    try:
        return stat.S_ISLNK(lstat(path).st_mode)
    except OSError:
        return False
