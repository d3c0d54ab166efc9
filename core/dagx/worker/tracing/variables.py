"""Hears which environment variables the project asks for. Their values stay where they are: the engine has the same.

What is asked by the interpreter and by libraries for themselves is theirs. Nor does it count to copy the environment,
as is done to start a program with it; to go through it does, and then all of it counts.
"""

from __future__ import annotations

import _thread
import functools
import importlib
import os
import sys
from collections.abc import Callable, Iterable, Iterator, KeysView, Mapping
from types import CodeType, FrameType, ModuleType
from typing import Any

from dagx.errors import DagxError
from dagx.worker.tracing.after_import import after_import
from dagx.worker.tracing.callers import SETTINGS
from dagx.worker.tracing.following import listening
from dagx.worker.valuedigest import keyed_digest

__all__ = [
    "EVERY",
    "all_now",
    "at_start",
    "given_value",
    "has_all_of",
    "install",
    "is_setting",
    "put_all_back",
    "value_now",
    "variable_digest",
    "variable_parts",
]

EVERY = "*"
"""In place of a name: the project went through all variables."""

_SESSION = frozenset(
    {
        "_",
        "SHLVL",
        "PWD",
        "OLDPWD",
        "COLUMNS",
        "LINES",
        "WINDOWID",
        "DISPLAY",
        "WAYLAND_DISPLAY",
        "COLORTERM",
        "STY",
    }
    | {
        "TMUX",
        "TMUX_PANE",
        "INVOCATION_ID",
        "JOURNAL_STREAM",
        "PS1",
        "PROMPT_COMMAND",
        "LS_COLORS",
        "HISTCMD",
        "PPID",
    }
    | {"PYTHONHASHSEED", "VIRTUAL_ENV_PROMPT", "MAIL", "HOSTNAME", "SECURITYSESSIONID", "LaunchInstanceID"}
)
_SESSION_BEGINS = (
    *(
        "TERM",
        "SSH_",
        "XDG_",
        "VSCODE_",
        "DAGX_",
        "_PYI_",
        "DBUS_",
        "GPG_",
        "GNOME_",
        "KITTY_",
        "WEZTERM_",
        "ITERM_",
    ),
    *(
        "ALACRITTY_",
        "KONSOLE_",
        "VTE_",
        "ZELLIJ",
        "PYTEST_",
        "GIT_",
        "DEBUGINFOD_",
        "LESS",
        "CURSOR_",
        "CLAUDE",
    ),
)


def variable_digest(name: str, environment: Mapping[str, str], key: bytes) -> str:
    """The digest of a variable's value, or of all variables but those of the terminal and the shell. Also the engine
    calls this, with the environment that it gives to workers.
    """
    if name != EVERY:
        return keyed_digest(environment.get(name), key)
    return keyed_digest(
        {n: environment[n] for n in sorted(environment.keys()) if not _of_the_session(n)}, key
    )


def variable_parts(names: Iterable[str], key: bytes) -> dict[str, str]:
    """The parts for variables that decide what the project is."""
    return {f"variable:{name}": variable_digest(name, _at_start, key) for name in names}


def _of_the_session(name: str) -> bool:
    return name in _SESSION or name.startswith(_SESSION_BEGINS)


def install() -> None:
    """From now on, reading is heard. Writing is not: what the process set itself follows from what it read."""
    environments: list[Any] = [os.environ, getattr(os, "environb", None)]
    for mapping in environments:
        if type(mapping) is _PLAIN:
            mapping.__class__ = _Heard
    after_import(["pydantic_settings"], _hear_settings)


def at_start() -> None:
    """The environment as it is now is the one that was given to this process."""
    _at_start.clear()
    _at_start.update(os.environ)


def given_value(name: str) -> str | None:
    """What a variable was when this process was given its environment."""
    return _at_start.get(name)


def has_all_of(path: str) -> bool:
    """Whether a file of variables changes none: each that it names is as it was given to this process."""
    dotenv: Any = importlib.import_module("dagx.config.dotenv")
    try:
        names: Iterable[str] = dotenv.load_dotenv(path)
    except (OSError, DagxError):
        return False
    return all(value_now(name) == _at_start.get(name) for name in names)


def is_setting(frame: FrameType | None) -> bool:
    """Whether a library that puts the environment above the file is reading it, or puts it into the environment."""
    while frame is not None:
        top = str(frame.f_globals.get("__name__", "")).partition(".")[0]
        if top in ("decouple", "pydantic_settings"):
            return True
        if top == "dotenv" and frame.f_code.co_name == "set_as_environment_variables":
            return True
        frame = frame.f_back
    return False


def _hear_settings(module: ModuleType) -> None:
    """pydantic-settings goes through all variables and takes those that fields are called like: these are noted."""
    kind: Any = getattr(module, "EnvSettingsSource", None)
    bases: list[Any] = [base for base in getattr(kind, "__mro__", ()) if "_extract_field_info" in vars(base)]
    for base in bases:
        base._extract_field_info = _hearing_fields(base._extract_field_info)


def _hearing_fields(original: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(original)
    def heard(self: Any, *args: Any, **kwargs: Any) -> Any:
        found = original(self, *args, **kwargs)
        _note_fields(self, found, sys._getframe(1))  # pyright: ignore[reportPrivateUsage]
        return found

    return heard


def _note_fields(source: Any, fields: Iterable[tuple[str, str, bool]], frame: FrameType) -> None:
    tracer = listening()
    if tracer is None or tracer.callers.asker(frame, SETTINGS) is None:
        return
    if getattr(source, "env_nested_delimiter", None):
        tracer.note_variable(EVERY)
    environment: Any = os.environ
    present = [str(environment.decodekey(name)) for name in environment._data]
    for _, wanted, _ in fields:
        if getattr(source, "case_sensitive", False):
            names = [wanted]
        else:
            names = [name for name in present if name.lower() == wanted.lower()] or [wanted.upper()]
        for name in names:
            tracer.note_variable(name)


_PLAIN: Any = type(os.environ)
_at_start: dict[str, str] = {}
_copied: dict[int, tuple[CodeType, int] | None] = {}
"""By thread: the place in the code where a copy of the environment is being made."""


class _Heard(_PLAIN):  # type: ignore[misc]  # the class has no public name
    """The environment, which tells who asks. In place of the class of the same object: many hold on to that."""

    def __getitem__(self, key: Any) -> Any:
        _note(key, sys._getframe(1))  # pyright: ignore[reportPrivateUsage]
        return _PLAIN.__getitem__(self, key)

    def __iter__(self) -> Iterator[Any]:
        _note(EVERY, sys._getframe(1))  # pyright: ignore[reportPrivateUsage]
        found: Iterator[Any] = _PLAIN.__iter__(self)
        return found

    def keys(self) -> KeysView[Any]:
        if listening() is not None:
            _copied[_thread.get_ident()] = _place(sys._getframe(1))  # pyright: ignore[reportPrivateUsage]
        found: KeysView[Any] = _PLAIN.keys(self)
        return found


def _place(frame: FrameType | None) -> tuple[CodeType, int] | None:
    """Where in the code something is asked: a copy is made by one instruction, which asks for each variable."""
    while frame is not None and frame.f_globals.get("__name__") in (
        "os",
        "collections.abc",
        "_collections_abc",
    ):
        frame = frame.f_back
    return None if frame is None else (frame.f_code, frame.f_lasti)


def _note(key: object, frame: FrameType) -> None:
    tracer = listening()
    if tracer is None or not isinstance(key, (str, bytes)) or tracer.has_variable(key):
        return
    if _copied.get(_thread.get_ident()) == _place(frame):
        return
    asker = tracer.callers.asker(frame, SETTINGS)
    if asker is None or asker.by == "expanduser" or asker.of.startswith("pydantic_settings"):
        return
    name = os.fsdecode(key)
    if asker.of and name.startswith("PYTHON"):
        return
    if name == EVERY or value_now(name) == _at_start.get(name):
        tracer.note_variable(name)


def value_now(name: str) -> str | None:
    """What a variable is now, unheard."""
    environment: Any = os.environ
    found: Any = environment._data.get(environment.encodekey(name))
    return None if found is None else str(environment.decodevalue(found))


def all_now() -> dict[bytes, bytes]:
    """All variables as they are now, unheard, as the system has them."""
    environment: Any = os.environ
    return dict(environment._data)


def put_all_back(before: Mapping[bytes, bytes]) -> None:
    """Make the variables what they were when `all_now` answered this."""
    environment: Any = os.environ
    now = all_now()
    if now == before:
        return
    for name in now.keys() - before.keys():
        del environment[environment.decodekey(name)]
    for name, value in before.items():
        if now.get(name) != value:
            environment[environment.decodekey(name)] = environment.decodevalue(value)
