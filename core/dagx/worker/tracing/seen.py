"""What was noted while a step ran, and what of it is input: kept apart, because much is known only at the end."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from dagx.worker.tracing.databases import State, logs_of, state_of_database
from dagx.worker.tracing.network import Network
from dagx.worker.tracing.places import Place
from dagx.worker.tracing.programs import Started
from dagx.worker.tracing.stamps import (
    ABSENT,
    Stamp,
    kind_at,
    listing_digest,
    names_in,
    settled_stamp,
    stamp_of,
    target_of,
)

__all__ = ["CHANGED", "Seen"]

CHANGED = "changed"
"""In place of the digest of a folder in which names came or went that the step did not put there or take away."""


@dataclass
class Seen:
    """Paths that were read, written and listed while the tracer was on, in the order of first sight.

    What was read is kept with its stamp from just before. `made` are those of `written` whose whole content is the
    step's own: opened anew, or renamed into place. What is read, made and written is named by real paths, and what is
    read and listed also as it was asked for, where links lead elsewhere.
    """

    read: dict[str, Stamp | None] = field(default_factory=dict[str, "Stamp | None"])
    written: dict[str, None] = field(default_factory=dict[str, None])
    made: dict[str, None] = field(default_factory=dict[str, None])
    listed: dict[str, str] = field(default_factory=dict[str, str])
    """Folders, with the digest of their names at the end."""
    opened: dict[str, State] = field(default_factory=dict[str, State])
    """Databases, which are opened to be read and changed alike, each with its state when it was first opened."""
    probed: dict[str, str] = field(default_factory=dict[str, str])
    """Paths of which it was asked what is there, with the answer."""
    links: dict[str, str] = field(default_factory=dict[str, str])
    """Links that were followed by hand, with where they lead."""
    unpickled: dict[tuple[str, str], None] = field(default_factory=dict[tuple[str, str], None])
    """Classes and functions that pickled data names: each with its module."""
    variables: dict[str, None] = field(default_factory=dict[str, None])
    """The environment variables that were asked for."""
    touched: dict[str, None] = field(default_factory=dict[str, None])
    """What the step took away, and folders that it made: its own doing, when a folder is listed."""
    names: dict[str, frozenset[str] | None] = field(default_factory=dict[str, "frozenset[str] | None"])
    """What was in the folders when they were first listed."""
    filled: dict[str, dict[str, Stamp]] = field(default_factory=dict[str, "dict[str, Stamp]"])
    """Folders that the step filled, each with the files that were in it before."""
    started: Started | None = None
    """The programs and processes that it started, if it did."""

    databases: dict[str, None] = field(default_factory=dict[str, None])
    """Those of them that were read, with what of them stands in logs: they may be held open still."""
    more: bool = False
    """Of an import: whether it asked what nobody can look at again: a database, a program, the network."""
    network: Network = field(default_factory=Network, compare=False)
    both: dict[str, Stamp | None] = field(default_factory=dict[str, "Stamp | None"])
    """Files that were opened to be read and changed in place, each with its stamp from just before."""
    rewritten: dict[str, None] = field(default_factory=dict[str, None])
    """What was read, and written after that: the step's own output, and its input."""

    def add_read(self, place: Place) -> None:
        for path in filter(None, dict.fromkeys(place)):
            if path not in self.read:
                self.read[path] = settled_stamp(path)

    def add_probed(self, place: Place) -> None:
        for path in filter(None, dict.fromkeys(place)):
            if path not in self.probed:
                self.probed[path] = kind_at(path)

    def add_link(self, path: str) -> None:
        if path not in self.links:
            self.links[path] = target_of(path)

    def add_written(self, path: str, *, is_new: bool) -> None:
        """`is_new`: with a content that is all the step's own."""
        if self.read.get(path) is not None and path not in self.written:
            self.rewritten[path] = None
        self.written[path] = None
        if is_new:
            self.made[path] = None
            if path not in self.filled and os.path.isdir(path):
                self.filled[path] = dict(_files_below(path))

    def add_opened(self, path: str) -> None:
        if path not in self.opened:
            settled_stamp(path)  # from here on a change of it makes a difference
            self.opened[path] = state_of_database(path)

    def add_both(self, path: str) -> None:
        if path not in self.both and path not in self.written:
            self.both[path] = settled_stamp(path)

    def add_listed(self, place: Place) -> None:
        for path in filter(None, dict.fromkeys(place)):
            if path not in self.names:
                self.names[path] = names_in(path)

    def settle(self) -> None:
        """At the end: a database that stayed as it was has been read; files in a folder of the step's own were not."""
        for path, state in self.opened.items():
            if state_of_database(path) == state:
                for part in (path, *logs_of(path)):
                    self.read.setdefault(part, settled_stamp(part))
                    self.databases[part] = None
            else:
                self.written[path] = None
        self.opened.clear()
        for path, first in self.both.items():
            if first is None or _stamp_at(path) != first:
                self.rewritten.update({path: None} if first is not None else {})
                self.written[path] = None
            else:
                self.read.setdefault(path, first)
        self.both.clear()
        for path in [path for path in self.read if self._is_own(path)]:
            if self.read.pop(path) is not None and self._was_there(os.path.realpath(path)):
                self.rewritten[path] = None
        for path in [path for path in self.probed if self._is_answered(path)]:
            del self.probed[path]
        for folder, before in self.names.items():
            self.listed[folder] = self._listing(folder, before)
        self.names.clear()
        self.filled.clear()
        self.touched.clear()

    def _is_own(self, path: str) -> bool:
        """Whether it lies in a folder that the step filled, and was not there before."""
        return self._is_filled(os.path.realpath(path))

    def _is_filled(self, path: str) -> bool:
        folder = self._folder_filled(path)
        if folder is None:
            return False
        before = self.filled.get(folder, {}).get(path)
        return before is None or before != _stamp_at(path)

    def _was_there(self, path: str) -> bool:
        """Whether a file was there when the step began to fill the folder that it is in."""
        return path in self.filled.get(self._folder_filled(path) or "", {})

    def _folder_filled(self, path: str) -> str | None:
        folder = os.path.dirname(path)
        while folder not in self.written:
            if folder == (folder := os.path.dirname(folder)):
                return None
        return folder

    def _is_answered(self, path: str) -> bool:
        """Whether a question is of no use: the thing was read as well, or is the step's own doing."""
        real = os.path.realpath(path)
        if real in self._claimed:
            return False
        return path in self.read or real in self.written or real in self.touched or self._is_filled(real)

    @property
    def _claimed(self) -> Mapping[str, None]:
        """What programs made as it seems; it may be somebody else's doing."""
        return self.started.claimed if self.started is not None else {}

    def _listing(self, folder: str, before: frozenset[str] | None) -> str:
        now = names_in(folder)
        real = os.path.realpath(folder)
        own = {
            os.path.basename(path)
            for path in (*self.written, *self.touched)
            if os.path.dirname(path) == real and path not in self._claimed
        }
        if ((before or frozenset()) ^ (now or frozenset())) - own - {"__pycache__"}:
            return CHANGED
        return ABSENT if now is None else listing_digest(now)


def _files_below(folder: str) -> Iterator[tuple[str, Stamp]]:
    for inside, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(inside, name)
            stamp = _stamp_at(path)
            if stamp is not None:
                yield path, stamp


def _stamp_at(path: str) -> Stamp | None:
    try:
        return stamp_of(os.stat(path))
    except OSError:
        return None
