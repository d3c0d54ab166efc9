"""`dataclass` as everybody knows it, for frozen values: cheap to define, and cheap to make.

The one of the standard library compiles six functions for each class when its module is imported, half a millisecond
and more; a command would spend more time on that than on what it was asked. Here classes share all but `__init__`. That
is compiled, and the fields are found, when they are first needed: of most classes of most modules, never. Type checkers
see the original.

The module `dataclasses` itself loads `inspect`, which takes longer than the modules of all these values, for a
docstring that they have without it: here it gets a stand-in.
"""

from __future__ import annotations

import importlib
import sys
from _thread import allocate_lock
from collections.abc import Callable, Iterable, Mapping
from operator import attrgetter
from types import ModuleType
from typing import TYPE_CHECKING, Any, NoReturn


class _StandIn(ModuleType):
    """Stands for a module that is loaded when something in it is asked for."""

    def __getattr__(self, name: str) -> Any:
        self.leave()
        return getattr(importlib.import_module(self.__name__), name)

    def leave(self) -> None:
        """Who imports the module from here on gets it."""
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]


_stand_in = _StandIn("inspect")
if sys.modules.keys().isdisjoint({"dataclasses", "inspect"}):
    sys.modules["inspect"] = _stand_in
try:
    import dataclasses
finally:
    _stand_in.leave()

__all__ = ["dataclass"]

_FACTORY = object()
"""Stands in the signature for a default that is made each time."""


def _dataclass(
    kind: type | None = None, /, *, frozen: bool = False, slots: bool = False, **said: bool
) -> Any:
    """What is not frozen is left to the original."""
    if not frozen:
        return dataclasses.dataclass(kind, slots=slots, **said)
    return lambda value: _defined(_slotted(value) if slots else value, **said)


def _slotted(kind: Any) -> type:
    """The same class, with slots. Its fields have no defaults: Python refuses those beside slots."""
    held = {name: value for name, value in vars(kind).items() if name not in ("__dict__", "__weakref__")}
    held |= {
        "__slots__": tuple(kind.__annotations__),
        "__qualname__": kind.__qualname__,
        "__getstate__": _state,
        "__setstate__": _put_state,
    }
    made: type = type(kind)(kind.__name__, kind.__bases__, held)
    return made


def _defined(kind: Any, **said: bool) -> type:
    found = _Late(kind, said)
    shared = {
        "__init__": _late(kind),
        "__eq__": _is_equal,
        "__hash__": _hash,
        "__repr__": _shown,
        "__setattr__": _unchangeable,
        "__delattr__": _unchangeable,
        "_compared": None,
        **{name: _Wanted(name, found) for name in _FOUND},
    }
    own = {name for name, value in vars(kind).items() if value is not None}
    for name, value in shared.items():
        if name not in own:
            setattr(kind, name, value)
    if kind.__doc__ is None:
        kind.__doc__ = kind.__name__  # the original would compile a signature for it
    made: type = kind
    return made


_FOUND = ("__dataclass_fields__", "__dataclass_params__", "__match_args__")
"""What the original leaves in a class for others."""


class _Late:
    """The original's part of the work on one class, done once, in whichever thread needs it first."""

    def __init__(self, kind: Any, said: Mapping[str, bool]) -> None:
        self._kind = kind
        self._said = said
        self._lock = allocate_lock()

    def finish(self) -> None:
        with self._lock:
            if not isinstance(vars(self._kind)["__dataclass_fields__"], _Wanted):
                return
            dataclasses.dataclass(self._kind, init=False, repr=False, eq=False, **self._said)
            fields = dataclasses.fields(self._kind)
            places = tuple(each.name for each in fields if each.init and not each.kw_only)
            setattr(self._kind, "__match_args__", places)  # noqa: B010 - as below


class _Wanted:
    """Stands in a class for what is found when somebody asks for it."""

    def __init__(self, name: str, found: _Late) -> None:
        self._name = name
        self._found = found

    def __get__(self, value: object, kind: type) -> object:
        self._found.finish()
        return getattr(kind, self._name)


def _late(kind: type) -> Callable[..., None]:
    """An `__init__` that puts the real one in its place when it is called first."""

    def first(self: object, *given: object, **named: object) -> None:
        real = _compiled(dataclasses.fields(kind), kind if "__slots__" in vars(kind) else None)
        setattr(kind, "__init__", real)  # noqa: B010 - to assign it, says mypy, is unsound
        real(self, *given, **named)

    return first


def _compiled(fields: tuple[dataclasses.Field[Any], ...], slotted: type | None) -> Callable[..., None]:
    """It writes to `__dict__`, or to slots: `object.__setattr__` for each field takes three times as long."""
    known: dict[str, Any] = {"_FACTORY": _FACTORY}
    positional, body = ["self"], ["fields = self.__dict__" if slotted is None else "pass"]
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
        if slotted is None:
            body.append(f"fields[{name!r}] = {value}")
        else:
            known[f"_put_{name}"] = getattr(slotted, name).__set__
            body.append(f"_put_{name}(self, {value})")
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


def _state(self: Any) -> list[object]:
    """For `pickle` and `copy`, which would assign to slots."""
    return [getattr(self, field.name) for field in dataclasses.fields(self)]


def _put_state(self: Any, state: Iterable[object]) -> None:
    for field, value in zip(dataclasses.fields(self), state, strict=True):
        object.__setattr__(self, field.name, value)


def _unchangeable(self: object, name: str, *value: object) -> NoReturn:
    raise dataclasses.FrozenInstanceError(f"{type(self).__name__}.{name} cannot be changed: make another")


if TYPE_CHECKING:
    from dataclasses import dataclass
else:
    dataclass = _dataclass
