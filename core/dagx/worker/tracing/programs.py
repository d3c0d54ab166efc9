"""Hears that a step starts a program or a process: what such a one reads, Python does not tell.

What is started counts itself, and the files that it is pointed at; for all else a witness is called, before it begins.
Where there is none, what was seen of the step is incomplete, and that is said.
"""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any, cast

from dagx.worker.tracing.after_import import after_import
from dagx.worker.tracing.following import listening
from dagx.worker.tracing.looking import executable_in, mode_of
from dagx.worker.tracing.places import Place, Places
from dagx.worker.tracing.stamps import Stamp, settled_stamp, stamp_of
from dagx.worker.tracing.variables import given_value, value_now
from dagx.worker.tracing.witness import Testimony, Witness

__all__ = ["EVENTS", "Programs", "Started", "install"]

EVENTS = frozenset(
    {
        "subprocess.Popen",
        "os.posix_spawn",
        "os.fork",
        "os.forkpty",
        "os.exec",
        "os.spawn",
        "os.system",
        "pty.spawn",
    }
)

_WAY_OUT = "declare what it reads: inputs=[...]"

_stat = os.stat  # from before it is wrapped: who asks here is not the project


@dataclass
class Started:
    """What a step started, and what came of it."""

    names: dict[str, None] = field(default_factory=dict[str, None])
    """As a person would call them."""
    programs: dict[str, tuple[str, Stamp | None]] = field(
        default_factory=dict[str, "tuple[str, Stamp | None]"]
    )
    """Each by its name, with the file that it was and the stamp of that."""
    modes: dict[str, str] = field(default_factory=dict[str, str])
    """Files of the project that were executed, with whether they may be."""
    pointed: dict[str, Stamp | None] = field(default_factory=dict[str, "Stamp | None"])
    """Files that were named to programs, each with its stamp from before."""
    witnessed: dict[str, None] = field(default_factory=dict[str, None])
    """Files that count for no other reason than that somebody opened them meanwhile."""
    unsettled: dict[str, None] = field(default_factory=dict[str, None])
    claimed: dict[str, None] = field(default_factory=dict[str, None])
    """Files that came meanwhile, made by these programs as it seems."""
    changed: dict[str, None] = field(default_factory=dict[str, None])
    """Files that were there, and were written to meanwhile: made anew, or added to."""
    doubt: str = ""
    """Why not all is known, in words."""
    is_python_alone: bool = True
    """Whether no more was started than this process once again: it imports the same modules."""


class Programs:
    """Of one process: one step after the other is listened to."""

    def __init__(self, places: Places, root: str, state: str) -> None:
        self._places = places
        self._root = root
        self._state = state
        self._folders: Sequence[str] = ()
        self._witness: Witness | None = None
        self._started: Started | None = None
        self._trouble = ""

    def begin(self, folders: Sequence[str] = ()) -> None:
        """A step begins. `folders` are those outside of the project in which it has found inputs before."""
        self._witness = self._started = None
        self._folders = folders
        children = getattr(sys.modules.get("multiprocessing.process"), "_children", None)
        if children:
            self.start_process()

    def hear(self, event: str, args: Sequence[object]) -> None:
        """Something is about to be started."""
        match event:
            case "subprocess.Popen":
                self._start(args[0], args[1], args[2], args[3])
            case "os.posix_spawn" | "os.exec":
                self._start(args[0], args[1], None, args[2])
            case "os.spawn":
                self._start(args[1], args[2], None, args[3])
            case "pty.spawn":
                words = list(_texts(args[0]))
                self._start(words[0] if words else "sh", words, None, None)
            case "os.system":
                self._start("/bin/sh", (), None, None)
            case _:
                self.start_process()

    def start_process(self) -> None:
        """This very interpreter, once again."""
        self._listen().names.setdefault("another process of Python")

    def set_aside(self, folder: object) -> None:
        """This process lists a folder for itself: to import, or to find out about a path."""
        if self._witness is not None and isinstance(folder, str):
            self._witness.set_aside(folder)

    def end(self) -> tuple[Started, Testimony] | None:
        """What was started in the step, and what was seen meanwhile; None when nothing was."""
        started, self._started = self._started, None
        witness, self._witness = self._witness, None
        if started is None:
            return None
        found = Testimony(trouble=self._trouble) if witness is None else witness.end()
        if witness is not None:
            for paths in (found.read, found.unsettled):
                paths.update(dict.fromkeys(other for path in list(paths) for other in witness.names_of(path)))
        if found.trouble:
            started.doubt = f"it started {_listed(started.names)}, and {found.trouble}; {_WAY_OUT}"
        return started, found

    def _listen(self) -> Started:
        if self._started is not None:
            return self._started
        started = self._started = Started()
        self._trouble = ""
        try:
            self._witness = Witness(self._places, self._state)
        except OSError as error:
            self._trouble = (
                "what programs read cannot be seen on this system"
                if not sys.platform.startswith("linux")
                else f"what programs read cannot be seen: {error.strerror}"
            )
            return started
        self._witness.listen_below(self._root)
        for folder in self._folders:
            self._witness.listen_in(folder)
        return started

    def _start(self, executable: object, words: object, folder: object, environment: object) -> None:
        started = self._listen()
        started.is_python_alone = False
        base = _text(folder) or "."
        found = _text(executable) or "sh"
        name = os.path.basename(found)
        started.names[f"`{name}`"] = None
        if os.sep in found:
            self._execute(started, os.path.abspath(os.path.join(base, found)))
        else:
            self._look_up(started, found, environment)
        for word in _texts(words):
            for path in dict.fromkeys((word, word.partition("=")[2])):
                if path and "\0" not in path:
                    self._point(started, os.path.join(base, path))

    def _look_up(self, started: Started, name: str, environment: object) -> None:
        """A program that is found on the path: by its name alone, where everybody would find the same."""
        path = _given_path(environment)
        found = executable_in(name, path)
        if found == executable_in(name, given_value("PATH")):
            started.programs.setdefault(name, (found, _stamp_of(found)))
        elif found:
            self._execute(started, found)

    def _execute(self, started: Started, path: str) -> None:
        """A file that is executed: of the project, of the environment, or a program from elsewhere."""
        if os.path.realpath(path) == os.path.realpath(sys.executable):
            return  # what it reads is seen, and its version counts
        place = self._places.find(path)
        if place is None:
            started.programs.setdefault(path, (path, _stamp_of(path)))
            return
        self._point(started, path)
        for one in filter(None, dict.fromkeys(place)):
            started.modes.setdefault(one, mode_of(one))

    def _point(self, started: Started, path: str) -> None:
        """A word of a command line that may be the path of a file or a folder."""
        place = self._places.find(path)
        if place is None:
            return
        if os.path.isdir(path):
            if self._witness is not None:
                self._witness.listen_below(path)
            return
        if not os.path.isfile(path):
            return
        for one in _names(place):
            started.pointed.setdefault(one, settled_stamp(one))
            if self._witness is not None:
                self._witness.listen_in(os.path.dirname(one))


def install() -> None:
    """From now on it is heard that multiprocessing starts a process; other ways tell of themselves."""
    after_import(["multiprocessing.process"], _hear_processes)
    os.register_at_fork(after_in_child=_fall_silent)


def _hear_processes(module: ModuleType) -> None:
    kind: Any = getattr(module, "BaseProcess", None)
    original: Callable[[Any], Any] = kind.start

    @functools.wraps(original)
    def start(self: Any) -> Any:
        tracer = listening()
        if tracer is not None:
            tracer.note_process()
        return original(self)

    kind.start = start


def _fall_silent() -> None:
    """A fork of this process is another one: what it does is heard by the witness of the first."""
    tracer = listening()
    if tracer is not None:
        tracer.leave()


def _given_path(environment: object) -> str | None:
    """The path that a program is looked up in."""
    if not isinstance(environment, Mapping):
        return value_now("PATH")
    given = cast("Mapping[Any, Any]", environment)  # type: ignore[redundant-cast]  # pyright knows it less
    return _text(given.get("PATH", given.get(b"PATH"))) or None


def _stamp_of(path: str) -> Stamp | None:
    try:
        return stamp_of(_stat(path))
    except OSError:
        return None


def _text(value: object) -> str:
    try:
        return os.fsdecode(cast("str | bytes | os.PathLike[str]", value))
    except TypeError:
        return ""


def _texts(words: object) -> Iterator[str]:
    if isinstance(words, (list, tuple)):
        yield from filter(None, map(_text, cast("Sequence[object]", words)))
    else:
        yield from filter(None, [_text(words)])


def _names(place: Place) -> Iterator[str]:
    return filter(None, dict.fromkeys(place))


def _listed(names: Mapping[str, None]) -> str:
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last
