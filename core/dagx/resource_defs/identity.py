"""What a resource is, as JSON: its class and its settings. A change in it may change what its users make.

Environment variables stand by their names, functions and classes by theirs; a secret by a digest of it alone.
"""

from __future__ import annotations

import dataclasses
import datetime
import decimal
import enum
import functools
import hashlib
import pathlib
import sys
import uuid
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple, cast

from dagx.config.environment import variable_in
from dagx.config.marks import CONFIG_MARK, kind_of
from dagx.config.reading import ConfigType

_SPOKEN = (
    datetime.date,
    datetime.time,
    datetime.timedelta,
    datetime.timezone,
    decimal.Decimal,
    uuid.UUID,
    pathlib.PurePath,
    complex,
    range,
)
_DEEPEST = 50


class Identity(NamedTuple):
    """`value` is JSON-able and the same for the same settings in every process.

    `opaque` lists the places whose value has no such form: what stands there is their class alone, so that a change
    may go unseen. `callables` and `classes` are those met, whose code counts as well.
    """

    value: Any
    opaque: tuple[str, ...]
    callables: tuple[Any, ...] = ()
    classes: tuple[type, ...] = ()


def identity_of(resource: object, *, secret_key: bytes = b"dagx") -> Identity:
    """The identity of a resource, or of any object bound as one, with all that it holds.

    Each value says its type. The value of an EnvVar never enters; what hides its value (`get_secret_value`, as
    pydantic's SecretStr has) enters as a digest keyed by `secret_key`.
    """
    walk = _Walk(secret_key)
    return Identity(walk.of(resource, "", 0), tuple(walk.opaque), tuple(walk.callables), tuple(walk.classes))


class _Walk:
    def __init__(self, secret_key: bytes) -> None:
        self._secret_key = secret_key[:64]
        self._above: list[int] = []
        self.opaque: list[str] = []
        self.callables: list[Any] = []
        self.classes: list[type] = []

    def of(self, value: Any, place: str, depth: int) -> Any:
        """What `value` is."""
        variable = variable_in(value)
        if variable is not None:
            return {"env": variable}
        if value is None or type(value) in (bool, int, str):
            return value
        if type(value) is float:
            return {"float": value.hex()}
        if id(value) in self._above or depth > _DEEPEST:
            return self._opaque(value, place)
        self._above.append(id(value))
        try:
            return self._compound(value, place, depth + 1)
        finally:
            self._above.pop()

    def _compound(self, value: Any, place: str, depth: int) -> Any:
        kind = cast("type[object]", type(value))
        resource_kind = kind_of(value)
        if resource_kind is not None:
            return self._object("resource", value, resource_kind.described(value), place, depth)
        if hasattr(kind, CONFIG_MARK) or hasattr(kind, "model_fields"):
            fields: dict[str, object] = {**vars(value), **(getattr(value, "model_extra", None) or {})}
            return self._object("config", value, fields, place, depth)
        if callable(getattr(value, "get_secret_value", None)):
            return {"secret": self._digest(value.get_secret_value()), "class": named(kind)}
        if isinstance(value, (list, tuple, set, frozenset)):
            return self._items(cast("Iterable[object]", value), kind, place, depth)
        if isinstance(value, Mapping):
            return self._mapping(cast("Mapping[object, object]", value), kind, place, depth)
        return self._leaf(value, kind, place, depth)

    def _leaf(self, value: Any, kind: type, place: str, depth: int) -> Any:
        if isinstance(value, enum.Enum):
            self.classes.append(kind)
            return {"enum": f"{named(kind)}.{value.name}", "value": self.of(value.value, place, depth)}
        if isinstance(value, (bytes, bytearray)):
            return {kind.__name__: bytes(cast("bytes", value)).hex()}
        if isinstance(value, _SPOKEN):
            text = str(value) if isinstance(value, pathlib.PurePath) else repr(value)
            return {"class": named(kind), "value": text}
        if isinstance(value, type):
            self.classes.append(value)
            return {"type": named(value)}
        if dataclasses.is_dataclass(value):
            fields = {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
            return self._object("dataclass", value, fields, place, depth)
        if isinstance(value, ConfigType):
            return {"schema": value.shown}
        if isinstance(value, functools.partial):
            partial = cast("functools.partial[Any]", cast(object, value))
            given = {"function": partial.func, "args": partial.args, "keywords": partial.keywords}
            return {"partial": {name: self.of(part, place, depth) for name, part in given.items()}}
        if callable(value) and hasattr(value, "__qualname__"):
            self.callables.append(value)
            return {"callable": named(value)}
        if _shows_its_state(kind):
            return self._object("object", value, vars(value), place, depth)
        return self._opaque(value, place)

    def _object(self, word: str, value: object, fields: Mapping[str, object], place: str, depth: int) -> Any:
        self.classes.append(type(value))
        inside = {name: self.of(each, f"{place}.{name}", depth) for name, each in sorted(fields.items())}
        return {word: named(type(value)), "fields": inside}

    def _items(self, value: Iterable[object], kind: type, place: str, depth: int) -> Any:
        if kind not in (list, tuple, set, frozenset):
            self.classes.append(kind)
        items = [self.of(item, f"{place}[{number}]", depth) for number, item in enumerate(value)]
        if issubclass(kind, (set, frozenset)):
            items.sort(key=repr)
        return items if kind is list else {kind.__name__: items}

    def _mapping(self, value: Mapping[object, object], kind: type, place: str, depth: int) -> Any:
        pairs = [
            [self.of(key, place, depth), self.of(each, f"{place}[{key!r}]", depth)]
            for key, each in value.items()
        ]
        return {"dict" if kind is dict else named(kind): pairs}  # in its order, which a loop over it follows

    def _opaque(self, value: object, place: str) -> Any:
        self.opaque.append(place.lstrip(".") or "it")
        self.classes.append(type(value))
        return {"opaque": named(type(value))}

    def _digest(self, secret: object) -> str:
        data = secret if isinstance(secret, bytes) else str(secret).encode("utf-8", "surrogatepass")
        return hashlib.blake2b(data, digest_size=16, key=self._secret_key).hexdigest()


def _shows_its_state(kind: type) -> bool:
    """Whether the attributes of its objects are all that they have: it has no slots and is no device of Python's."""
    for base in kind.__mro__[:-1]:
        top = base.__module__.partition(".")[0]
        if vars(base).get("__slots__") or (top in sys.stdlib_module_names and top not in ("abc", "typing")):
            return False
    return kind.__dictoffset__ != 0


def named(thing: Any) -> str:
    """The qualified name of a class or function."""
    return f"{getattr(thing, '__module__', '?')}.{getattr(thing, '__qualname__', type(thing).__qualname__)}"
