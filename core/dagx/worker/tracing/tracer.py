"""Sees which files a step opens and lists, by the interpreter's audit events.

It hears what Python opens; readers written in another language (polars, pyarrow, duckdb) open files unheard, so the
usual ones are wrapped in `readers`. Knows nothing of assets or manifests: it answers with paths.
"""

from __future__ import annotations

import _thread
import contextlib
import os
import sys
from collections.abc import Callable, Generator, Sequence
from types import FrameType
from typing import TYPE_CHECKING

from dagx.worker.loader import is_project_file
from dagx.worker.tracing import network
from dagx.worker.tracing.announcing import IMPORT, announce, place_of
from dagx.worker.tracing.callers import PATHS, Callers
from dagx.worker.tracing.places import Places
from dagx.worker.tracing.programs import EVENTS, Programs
from dagx.worker.tracing.seen import Seen
from dagx.worker.tracing.sqlite import note_database
from dagx.worker.tracing.testified import weigh
from dagx.worker.tracing.variables import has_all_of, is_setting

if TYPE_CHECKING:
    from dagx.worker.tracing.guarding import Guard

__all__ = ["Tracer"]

_HEARD = frozenset(
    {
        "open",
        "os.listdir",
        "os.scandir",
        "os.rename",
        "os.mkdir",
        "os.rmdir",
        "os.remove",
        "os.link",
        "os.symlink",
        "pickle.find_class",
        "sqlite3.connect",
        *network.EVENTS,
        *EVENTS,
    }
)
_MORE = frozenset({"sqlite3.connect", *network.EVENTS, *EVENTS})
_LISTINGS = frozenset({"os.listdir", "os.scandir"})


class Tracer:
    """One per process: an audit hook can never be taken back, so it is switched."""

    def __init__(self, root: str, state: str, near: Callable[[str], bool] = network.is_near) -> None:
        """`root` is the project, `state` its `.dagx`; both absolute. `near` tells hosts that are this machine."""
        self._near = near
        self.places = Places(root, state)
        self.callers = Callers(lambda file: is_project_file(root, file))
        self._seen: Seen | None = None
        self._programs = Programs(self.places, root, state)
        self._announcements = place_of(state)
        self._is_fork = False
        self._importing = False
        self._dotenv = os.path.join(os.path.realpath(root), ".env")
        """The file whose variables dagx gives to this process."""
        self._settings_alone: bool | None = None
        """Whether it was read to set variables, and for nothing else."""
        self.guard: Guard | None = None
        """Asked before something is written, if there is one."""
        self._noting: set[int] = set()
        """The threads that are at work here: what they open and list is nobody's."""
        sys.addaudithook(self._hear)

    def start(self, *, importing: bool = False, folders: Sequence[str] = ()) -> Seen:
        """`importing`: then the interpreter and dagx look for code, too, and only what the project lists is data.

        `folders` are those outside of the project in which a step has found inputs before.
        """
        self.places.forget()
        self._importing = importing
        self._settings_alone = None
        self._seen = Seen(network=network.Network(self._near))
        with self._unheard():
            self._programs.begin(folders)
        return self._seen

    def stop(self) -> None:
        seen, self._seen = self._seen, None
        if seen is not None:
            if self._settings_alone and has_all_of(self._dotenv):
                seen.read.pop(self._dotenv, None)  # what stands in it counts variable by variable
            weigh(seen, self._programs.end(), self.places)
            seen.settle()

    def leave(self) -> None:
        """This process is another one now, a fork: it has nothing to tell."""
        self._seen = None
        self._is_fork = True

    @property
    def is_on(self) -> bool:
        return self._seen is not None

    def counts(self, real: str) -> bool:
        """Whether a real path is data: not of dagx, the interpreter, the system."""
        return self.places.counts(real)

    # What wrapped readers and writers were asked to do.

    def note_read(self, path: object) -> None:
        seen = self._seen
        if seen is not None and (place := self.places.find(path)):
            seen.add_read(place)

    def note_written(self, path: object) -> None:
        if self.guard is not None:
            self.guard.check(path)
        seen = self._seen
        if seen is not None and (place := self.places.find(path)) and place.real:
            seen.add_written(place.real, is_new=False)

    def note_both(self, path: object) -> None:
        """To be read and changed in place."""
        seen = self._seen
        if seen is not None and (place := self.places.find(path)) and place.real:
            seen.add_both(place.real)

    def note_made(self, path: object) -> None:
        if self.guard is not None:
            self.guard.check(path)
        seen = self._seen
        if seen is not None and (place := self.places.find(path)) and place.real:
            seen.add_written(place.real, is_new=True)

    def note_opened(self, path: str) -> None:
        """A database: whether the step changed it is seen at the end."""
        if self.guard is not None:
            self.guard.check_database(path)
        seen = self._seen
        if seen is not None and (place := self.places.find(path)) and place.real:
            seen.add_opened(place.real)

    def note_process(self) -> None:
        """It starts another process of this interpreter, and no audit event tells that."""
        if self._seen is not None and self._importing:
            self._seen.more = True
        elif self._seen is not None:
            with self._unheard():
                self._programs.start_process()

    # What the project was heard to ask.

    def note_probed(self, path: object) -> None:
        seen = self._seen
        if seen is not None and (place := self.places.find(path)):
            seen.add_probed(place)

    def note_link(self, path: object) -> None:
        seen = self._seen
        if seen is not None and (link := self.places.link(path)):
            seen.add_link(link)

    def has_variable(self, name: str | bytes) -> bool:
        """Whether it was noted before, as most are that are asked for often."""
        return self._seen is not None and (name in self._seen.variables or "*" in self._seen.variables)

    def note_variable(self, name: str) -> None:
        if self._seen is not None:
            self._seen.variables[name] = None

    # What Python itself tells.

    def _hear(self, event: str, args: tuple[object, ...]) -> None:
        if event in _HEARD and (self._seen is not None or self._is_fork):
            self.hear(event, args, sys._getframe(1))  # pyright: ignore[reportPrivateUsage]

    def hear(self, event: str, args: tuple[object, ...], frame: FrameType) -> None:
        """An audit event that is one of those heard, from the frame that it comes from."""
        thread = _thread.get_ident()
        if event not in _HEARD or (self._seen is None and not self._is_fork):
            return
        if thread in self._noting:
            if event in _LISTINGS:
                self._programs.set_aside(args[0])
            return
        if _is_import(frame):
            if event in _LISTINGS:
                self._announce_import(str(args[0] or "."))
            return
        if self._seen is None:
            return
        self._noting.add(thread)
        try:
            self._note(event, args, frame)
        finally:
            self._noting.discard(thread)

    def _announce_import(self, folder: str) -> None:
        """Who listens in another process must not take it for a listing."""
        real = os.path.realpath(folder)
        if self.places.counts(real) and os.path.isdir(real):
            announce(self._announcements, IMPORT)

    @contextlib.contextmanager
    def _unheard(self) -> Generator[None, None, None]:
        """What this thread opens and lists meanwhile is nobody's."""
        thread = _thread.get_ident()
        self._noting.add(thread)
        try:
            yield
        finally:
            self._noting.discard(thread)

    def _note(self, event: str, args: tuple[object, ...], frame: FrameType) -> None:
        if self._importing and event in _MORE and self._seen is not None:
            self._seen.more = True
        match event:
            case "open":
                self._note_open(args[0], args[1], args[2], frame)
            case "os.listdir" | "os.scandir":
                if not self._importing or self.callers.asker(frame, PATHS) is not None:
                    self._note_listed(args[0] if args[0] is not None else ".")
            case "os.rename":
                self._note_touched(args[0])
                self.note_made(args[1])
            case "os.link" | "os.symlink":
                self.note_made(args[1])
            case "pickle.find_class":
                self._note_unpickled(args[0], args[1])
            case "sqlite3.connect":
                if not self._importing:  # what is made of it later is told then
                    note_database(self, args[0])
            case _ if event in network.EVENTS:
                if self._seen is not None:
                    self._seen.network.hear(event, args)
            case _ if event in EVENTS:
                if not self._importing:
                    self._programs.hear(event, args)
            case _:
                self._note_touched(args[0])

    def _note_open(self, path: object, mode: object, flags: object, frame: FrameType) -> None:
        if not _writes(mode, flags):
            self.note_read(path)
            if isinstance(path, str) and path.endswith(".env") and os.path.realpath(path) == self._dotenv:
                self._settings_alone = self._settings_alone is not False and is_setting(frame)
        elif _makes(mode, flags):
            self.note_made(path)
        elif _reads_too(mode, flags):
            self.note_both(path)
        else:
            self.note_written(path)

    def _note_listed(self, path: object) -> None:
        seen = self._seen
        if seen is not None and (place := self.places.find(_named(path))):
            seen.add_listed(place)

    def _note_unpickled(self, module: object, name: object) -> None:
        if self._seen is not None and isinstance(module, str) and isinstance(name, str):
            self._seen.unpickled[module, name] = None

    def _note_touched(self, path: object) -> None:
        seen = self._seen
        if seen is not None and (place := self.places.find(path)) and place.real:
            seen.touched[place.real] = None


def _named(path: object) -> object:
    """The path of a folder that was given as an open descriptor, where the system tells it."""
    if not isinstance(path, int):
        return path
    try:
        return os.readlink(f"/proc/self/fd/{path}")
    except OSError:
        return None


def _is_import(frame: FrameType) -> bool:
    """Whether the import system itself is looking: what it lists and reads is code, not data."""
    if frame.f_code.co_filename.startswith("<frozen importlib"):
        return True
    name = str(frame.f_globals.get("__name__", ""))
    return name.startswith(("importlib", "pkgutil", "pkg_resources", "zipimport"))


def _makes(mode: object, flags: object) -> bool:
    if isinstance(mode, str) and mode:
        return "w" in mode or "x" in mode
    return isinstance(flags, int) and bool(flags & (os.O_TRUNC | os.O_EXCL))


def _reads_too(mode: object, flags: object) -> bool:
    """Of what is opened to be written: whether it can be read as well."""
    if isinstance(mode, str) and mode:
        return "+" in mode
    return isinstance(flags, int) and flags & os.O_ACCMODE == os.O_RDWR


def _writes(mode: object, flags: object) -> bool:
    if isinstance(mode, str) and mode:
        return any(letter in mode for letter in "wax+")
    if isinstance(flags, int):
        return flags & os.O_ACCMODE != os.O_RDONLY
    return False
