"""SQLite databases, heard when they are connected to and whenever a connection is used.

A connection may be made when a module is imported, or be kept by a pool from one step to the next: it is the step that
uses it which reads the database, or changes it. Which of the two it did is seen at its end.
"""

from __future__ import annotations

import functools
import importlib
import os
from collections.abc import Callable
from types import ModuleType
from typing import Any

from dagx.worker.tracing.after_import import after_import
from dagx.worker.tracing.following import listening

__all__ = ["install", "note_database"]

_USES = ("cursor", "execute", "executemany", "executescript", "backup", "iterdump", "blobopen", "__enter__")


def install() -> None:
    """Wrap `connect`, now if it is imported already, else right after its import."""
    after_import(("sqlite3.dbapi2", "sqlite3"), _wrap_connect)


def note_database(tracer: Any, database: object, *, is_uri: bool = True) -> None:
    """A database of this name is used. `is_uri`: what begins with `file:` is one."""
    path, is_only_read = _place(database, is_uri=is_uri)
    if path:
        (tracer.note_read if is_only_read else tracer.note_opened)(path)


def _place(database: object, *, is_uri: bool) -> tuple[str, bool]:
    """The path of a database, and whether it can only be read; empty for one in memory."""
    if isinstance(database, (bytes, os.PathLike)):
        database = os.fsdecode(database)  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]
    if not isinstance(database, str) or database in ("", ":memory:"):
        return "", False
    if not is_uri or not database.startswith("file:"):
        return os.path.abspath(database), False
    parsing: Any = importlib.import_module("urllib.parse")  # it takes time to import
    found = parsing.urlsplit(database)
    asked = parsing.parse_qs(found.query)
    path = parsing.unquote(found.path)
    if "memory" in asked.get("mode", ()) or path in ("", ":memory:"):
        return "", False
    return os.path.abspath(path), "ro" in asked.get("mode", ()) or "1" in asked.get("immutable", ())


def _wrap_connect(module: ModuleType) -> None:
    original = vars(module).get("connect")
    if callable(original) and not hasattr(original, "__wrapped__"):
        vars(module)["connect"] = _heard_connect(original, module.Connection)


def _heard_connect(original: Callable[..., Any], plain: type[Any]) -> Callable[..., Any]:
    @functools.wraps(original)
    def connect(database: Any, *args: Any, **kwargs: Any) -> Any:
        # timeout, detect_types, isolation_level, check_same_thread, factory, cached_statements, uri
        given = list(args)
        if len(given) > 4:
            given[4] = _heard_class(given[4])
        else:
            kwargs["factory"] = _heard_class(kwargs.get("factory", plain))
        made = original(database, *given, **kwargs)
        is_uri = bool(given[6] if len(given) > 6 else kwargs.get("uri", False))
        if hasattr(made, "_dagx_database"):
            path, is_only_read = _place(database, is_uri=is_uri)
            made._dagx_database = (path, is_only_read)
        return made

    return connect


@functools.lru_cache(maxsize=64)
def _heard_class(factory: Any) -> Any:
    """The class of connections, telling that it is used. What is no class is left alone."""
    if not isinstance(factory, type):
        return factory
    members: dict[str, Any] = {
        name: _telling(method) for name in _USES if (method := getattr(factory, name, None)) is not None
    }
    members.update(
        _dagx_database=("", False), __module__=factory.__module__, __qualname__=factory.__qualname__
    )
    return type(factory.__name__, (factory,), members)


def _telling(method: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(method)
    def heard(self: Any, *args: Any, **kwargs: Any) -> Any:
        tracer = listening()
        path, is_only_read = self._dagx_database
        if tracer is not None and path:
            (tracer.note_read if is_only_read else tracer.note_opened)(path)
        return method(self, *args, **kwargs)

    return heard
