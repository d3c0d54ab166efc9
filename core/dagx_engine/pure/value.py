"""`dataclass` as everybody knows it, for frozen values: cheap to define, and cheap to make.

The one of the standard library compiles six functions for each class when its module is imported, half a millisecond
and more; a command would spend more time on that than on what it was asked. Here classes share all but `__init__`, and
that is compiled when the first value is made. Type checkers see the original.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NoReturn

__all__ = ["dataclass"]

_FACTORY = object()
"""Stands in the signature for a default that is made each time."""


def _dataclass(kind: type | None = None, /, *, frozen: bool = False, **said: bool) -> Any:
    """What is not frozen, or has slots, is left to the original."""
    if not frozen or said.get("slots"):
        return dataclasses.dataclass(kind, frozen=frozen, **said)
    return lambda value: _defined(value, **said)


def _defined(kind: Any, **said: bool) -> type:
    found: type = dataclasses.dataclass(kind, init=False, repr=False, eq=False, **said)
    shared = {
        "__init__": _late(found),
        "__eq__": _is_equal,
        "__hash__": _hash,
        "__repr__": _shown,
        "__setattr__": _unchangeable,
        "__delattr__": _unchangeable,
        "_compared": None,
    }
    own = {name for name, value in vars(found).items() if value is not None}
    for name, value in shared.items():
        if name not in own:
            setattr(found, name, value)
    return found


def _late(kind: type) -> Callable[..., None]:
    """An `__init__` that puts the real one in its place when it is called first."""

    def first(self: object, *given: object, **named: object) -> None:
        real = _compiled(dataclasses.fields(kind))
        setattr(kind, "__init__", real)  # noqa: B010 - to assign it, says mypy, is unsound
        real(self, *given, **named)

    return first


def _compiled(fields: tuple[dataclasses.Field[Any], ...]) -> Callable[..., None]:
    """It writes to `__dict__`: `object.__setattr__` for each field takes three times as long."""
    known: dict[str, Any] = {"_FACTORY": _FACTORY}
    positional, body = ["self"], ["fields = self.__dict__"]
    named: list[str] = []
    for field in fields:
        name = said = field.name
        value = name
        if field.default_factory is not dataclasses.MISSING:
            known[f"_make_{name}"] = field.default_factory
            said = f"{name}=_FACTORY"
            value = f"_make_{name}() if {name} is _FACTORY else {name}"
        elif field.default is not dataclasses.MISSING:
            known[f"_default_{name}"] = field.default
            said = f"{name}=_default_{name}"
        if field.init:
            (named if field.kw_only else positional).append(said)
        elif said != name:
            value = f"_make_{name}()" if f"_make_{name}" in known else f"_default_{name}"
        else:
            continue
        body.append(f"fields[{name!r}] = {value}")
    parameters = ", ".join([*positional, *(["*", *named] if named else [])])
    exec(f"def __init__({parameters}):\n    " + "\n    ".join(body), known)
    found: Callable[..., None] = known["__init__"]
    return found


def _compared(kind: Any) -> Callable[[object], object]:
    """Gets of a value what it is compared by."""
    if kind._compared is None:
        names = [field.name for field in dataclasses.fields(kind) if field.compare]
        kind._compared = attrgetter(*names) if names else lambda value: ()
    found: Callable[[object], object] = kind._compared
    return found


def _is_equal(self: object, other: object) -> Any:
    if type(self) is not type(other):
        return NotImplemented
    of = _compared(type(self))
    return of(self) == of(other)


def _hash(self: object) -> int:
    return hash(_compared(type(self))(self))


def _shown(self: Any) -> str:
    names = (field.name for field in dataclasses.fields(self) if field.repr)
    return f"{type(self).__qualname__}({', '.join(f'{name}={getattr(self, name)!r}' for name in names)})"


def _unchangeable(self: object, name: str, *value: object) -> NoReturn:
    raise dataclasses.FrozenInstanceError(f"{type(self).__name__}.{name} cannot be changed: make another")


if TYPE_CHECKING:
    from dataclasses import dataclass
else:
    dataclass = _dataclass
