"""What the kernel saw opened and changed in folders while a step ran, and what that says about them.

The kernel does not tell who did it. So what others do at the same time counts too, but for what dagx announces: rather
one input too many than one too few. Knows paths alone; what else is known of the step is held against it elsewhere.
"""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from dagx.worker.tracing import announcing
from dagx.worker.tracing.inotify import (
    CLOSED_UNWRITTEN,
    CLOSED_WRITTEN,
    CREATED,
    DELETED,
    IS_FOLDER,
    MODIFIED,
    MOVED_AWAY,
    MOVED_HERE,
    OPENED,
    OVERFLOWN,
    Happening,
    Inotify,
)
from dagx.worker.tracing.places import Places

__all__ = ["Testimony", "Witness"]

_MASK = OPENED | CLOSED_UNWRITTEN | CLOSED_WRITTEN | MODIFIED | CREATED | DELETED | MOVED_AWAY | MOVED_HERE
_NEVER = frozenset(
    {".dagx", ".git", ".hg", ".svn", ".venv", "venv", "node_modules", "site-packages", "__pycache__"}
    | {
        ".tox",
        ".nox",
        ".mypy_cache",
        ".pytest_cache",
        ".ruff_cache",
        ".ipynb_checkpoints",
        ".idea",
        ".vscode",
    }
)
"""Folders in which nothing is an input: what is there is of tools."""
_MOST_FOLDERS = 50_000


@dataclass
class Testimony:
    """Paths, real ones, while the witness listened."""

    read: dict[str, None] = field(default_factory=dict[str, None])
    """Files that were opened, and are as they were then."""
    unsettled: dict[str, None] = field(default_factory=dict[str, None])
    """Files that were opened, and changed after it."""
    made: dict[str, None] = field(default_factory=dict[str, None])
    """Files whose whole content came meanwhile."""
    written: dict[str, None] = field(default_factory=dict[str, None])
    """Files that were changed, and had something in them before."""
    listed: dict[str, frozenset[str]] = field(default_factory=dict[str, "frozenset[str]"])
    """Folders that were opened, with the names that were in them then."""
    trouble: str = ""
    """Why it is not all, in words; empty when it is."""


class Witness:
    """Listens from now on. Raises OSError where that cannot be."""

    def __init__(self, places: Places, state: str) -> None:
        """`state` is the project's `.dagx`, where dagx announces what it opens itself."""
        self._places = places
        self._queue = Inotify()
        self._folders: dict[int, str] = {}
        self._names: dict[str, frozenset[str]] = {}
        self._also: dict[str, str] = {}
        self._aside: dict[str, int] = {}
        self._trouble = ""
        place = announcing.place_of(state)
        try:
            announcing.prepare(place)
            self._announcements = self._queue.watch(place, OPENED | CLOSED_UNWRITTEN)  # told apart
        except OSError:
            self._queue.close()
            raise

    def listen_below(self, folder: str) -> None:
        """To this folder and to all below it, links followed; and to where links to files lead."""
        found: dict[str, frozenset[str]] = {}
        queue = [os.path.realpath(folder)]
        while queue:
            inside = queue.pop()
            if inside in found or inside in self._names or len(found) > _MOST_FOLDERS:
                continue
            below, linked = self._look_into(inside, found)
            queue += below
            for place in linked:
                if place not in found and place not in self._names:
                    found.setdefault(place, _names_in(place))
        if len(found) > _MOST_FOLDERS:
            self._trouble = f"{folder} has more than {_MOST_FOLDERS:,} folders"
        self._watch(found)

    def listen_in(self, folder: str) -> None:
        """To one folder."""
        real = os.path.realpath(folder)
        if real not in self._names and self._places.counts(real):
            self._watch({real: _names_in(real)})

    def set_aside(self, folder: str) -> None:
        """This process lists a folder for itself, once."""
        real = os.path.realpath(folder)
        if real in self._names:
            self._aside[real] = self._aside.get(real, 0) + 1

    def names_of(self, real: str) -> Iterator[str]:
        """The other names of a path, by way of the links that were followed."""
        for target, link in self._also.items():
            if real == target or real.startswith(target + os.sep):
                yield link + real[len(target) :]

    def end(self) -> Testimony:
        """What happened since it began. It hears no more."""
        try:
            happened = self._queue.happened()
        finally:
            self._queue.close()
        hearing = _Hearing(self._folders, self._names, self._announcements, self._aside)
        for each in happened:
            hearing.take(each)
        found = hearing.testimony()
        found.trouble = found.trouble or self._trouble
        return found

    def _look_into(self, folder: str, found: dict[str, frozenset[str]]) -> tuple[list[str], list[str]]:
        """The folders below one, and those that links to files in it lead to."""
        below: list[str] = []
        linked: list[str] = []
        names: list[str] = []
        try:
            entries = os.scandir(folder)
        except OSError:
            return below, linked
        with entries:
            for entry in entries:
                names.append(entry.name)
                if entry.is_symlink():
                    target = os.path.realpath(entry.path)
                    if self._places.counts(target):
                        self._also[target] = entry.path
                        if os.path.isdir(target):
                            below.append(target)
                        else:
                            linked.append(os.path.dirname(target))
                elif (
                    entry.name not in _NEVER
                    and entry.is_dir(follow_symlinks=False)
                    and self._places.counts(entry.path)
                ):
                    below.append(entry.path)
        found[folder] = frozenset(names)
        return below, linked

    def _watch(self, folders: Mapping[str, frozenset[str]]) -> None:
        for folder, names in folders.items():
            try:
                self._folders[self._queue.watch(folder, _MASK)] = folder
            except OSError as error:
                if error.errno in (errno.ENOENT, errno.ENOTDIR):
                    continue  # it went since
                if error.errno == errno.ENOSPC:
                    self._trouble = "more folders cannot be watched (fs.inotify.max_user_watches)"
                    return
                self._trouble = f"{folder} cannot be watched: {error.strerror}"
            else:
                self._names[folder] = names


class _File:
    """What happened to one file, as far as it was told."""

    __slots__ = ("aside", "changed", "is_new", "late", "opened", "opened_since", "released", "whole")

    def __init__(self) -> None:
        self.opened = 0
        """How often, before anything changed; by dagx itself is `aside`."""
        self.aside = 0
        self.released = 0
        """How often who had it open let it go without having written, before anything changed."""
        self.changed = False
        self.whole = False
        self.is_new = False
        self.opened_since = 0
        self.late = False
        """Whether somebody who opened it before the change, to read it, let it go after."""

    def take(self, mask: int) -> None:
        if mask & (CREATED | MOVED_HERE):
            self.is_new = self.is_new or (bool(mask & CREATED) and not self.changed)
            self.changed = self.whole = True
        elif mask & MODIFIED:
            # A file that is opened to be made anew is emptied first, and the opening is told after that.
            self.whole = self.whole or (not self.changed and self.opened <= self.released)
            self.changed = True
        elif mask & (DELETED | MOVED_AWAY):
            self.changed = True
            self.whole = False
        elif mask & CLOSED_UNWRITTEN:
            self._released()

    def _released(self) -> None:
        if self.aside:
            self.aside -= 1
        elif not self.changed:
            self.released += 1
        elif self.opened and not self.opened_since:
            self.late = True

    def open(self) -> None:
        if self.changed:
            self.opened_since += 1
        else:
            self.opened += 1

    @property
    def was_read(self) -> bool:
        """Whether somebody may have seen what was in it before it changed."""
        if self.is_new or not self.opened:
            return False
        return not self.changed or self.opened > 1 or self.released > 0 or self.late


class _Hearing:
    """Takes what happened, one after the other."""

    def __init__(
        self,
        folders: Mapping[int, str],
        names: Mapping[str, frozenset[str]],
        announcements: int,
        aside: Mapping[str, int],
    ) -> None:
        self._folders = folders
        self._names = names
        self._announcements = announcements
        self._aside = dict(aside)
        self._files: dict[str, _File] = {}
        self._new_folders: dict[str, None] = {}
        self._there: dict[str, dict[str, bool]] = {}
        """Of each folder the names that came, and those that went."""
        self._found = Testimony()
        self._depth = {announcing.FILE: 0, announcing.FOLDERS: 0}
        self._announced: list[str] = []
        self._walked: set[str] = set()
        self._imports = 0
        """How many folders are about to be looked into for modules."""
        self._import_path = {os.path.realpath(path) for path in sys.path}

    def take(self, each: Happening) -> None:
        if each.mask & OVERFLOWN:
            self._found.trouble = "more happened at once than can be heard"
        elif each.folder == self._announcements:
            if each.mask & OPENED:
                self._announce(each.name)
        elif each.folder in self._folders:
            folder = self._folders[each.folder]
            if each.mask & (CREATED | MOVED_HERE | DELETED | MOVED_AWAY):
                self._there.setdefault(folder, {})[each.name] = bool(each.mask & (CREATED | MOVED_HERE))
            if each.mask & IS_FOLDER:
                self._take_folder(folder, each)
                return
            if not each.name:
                return
            self._take_file(f"{folder}{os.sep}{each.name}", each.mask)

    def _take_folder(self, folder: str, each: Happening) -> None:
        if each.mask & OPENED and not each.name:  # its parent is told the same, with its name
            if self._imports and folder in self._import_path:
                self._imports -= 1
            elif self._depth[announcing.FOLDERS] and folder not in self._walked:
                self._walked.add(folder)
            elif self._aside.get(folder):
                self._aside[folder] -= 1
            elif folder not in self._found.listed:
                self._found.listed[folder] = self._names_now(folder)
        elif each.mask & (CREATED | MOVED_HERE):
            self._new_folders[f"{folder}{os.sep}{each.name}"] = None

    def _names_now(self, folder: str) -> frozenset[str]:
        came = self._there.get(folder, {})
        now = self._names[folder] - came.keys()
        return now.union(name for name, is_there in came.items() if is_there)

    def _take_file(self, path: str, mask: int) -> None:
        found = self._files.get(path)
        if found is None:
            found = self._files[path] = _File()
        if not mask & OPENED:
            found.take(mask)
        elif self._depth[announcing.FILE]:
            self._announced.append(path)
        else:
            found.open()

    def _announce(self, name: str) -> None:
        self._imports += name == announcing.IMPORT
        for what in (announcing.FILE, announcing.FOLDERS):
            if name == announcing.began(what):
                self._depth[what] += 1
            elif name == announcing.ended(what) and self._depth[what]:
                self._depth[what] -= 1
                if not self._depth[what]:
                    self._end_of(what)

    def _end_of(self, what: str) -> None:
        """One file was announced, or one walk over the folders: what was opened beside is somebody else's doing."""
        if what == announcing.FOLDERS:
            self._walked.clear()
            return
        paths, self._announced = self._announced, []
        if len(set(paths)) == 1:
            self._files[paths.pop()].aside += 1
        for path in paths:
            self._files[path].open()

    def testimony(self) -> Testimony:
        for path in self._announced:
            self._files[path].open()
        found = self._found
        for path, file in self._files.items():
            if file.was_read:
                (found.unsettled if file.changed else found.read)[path] = None
            elif file.changed and os.path.isfile(path):
                (found.made if file.whole else found.written)[path] = None
        for folder in self._new_folders:
            for inside, _, names in os.walk(folder):
                found.made.update(dict.fromkeys(os.path.join(inside, name) for name in names))
        return found


def _names_in(folder: str) -> frozenset[str]:
    try:
        return frozenset(os.listdir(folder))
    except OSError:
        return frozenset()
