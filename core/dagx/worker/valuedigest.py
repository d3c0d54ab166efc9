"""Digests of plain values: typed, length-prefixed, independent of hash seed and process.

The order of a dict counts, for it decides what a loop over it does; that of a set does not. A value that cannot be
encoded whole raises; nothing ever stands in for it.
"""

from __future__ import annotations

import dataclasses
import datetime
import enum
import functools
import pathlib
import struct
import sys
from collections.abc import Collection, Iterable, Iterator
from typing import cast

from dagx.worker.blake import blake2b

__all__ = [
    "Unencodable",
    "attributes_of",
    "check_fields",
    "classes_in",
    "keyed_digest",
    "leaf_digest",
    "value_digest",
]

_HEAP_TYPE = 1 << 9
"""Of `__flags__`: the class is written in Python, or as if it were."""


class Unencodable(Exception):
    """The value has no canonical form."""


def value_digest(value: object) -> str:
    """The digest of a plain value or of containers of plain values. Raises Unencodable for anything else."""
    return blake2b(_encoded(value, 0), digest_size=16).hexdigest()


def attributes_of(value: object) -> dict[str, object]:
    """The attributes of an object that has nothing else. Raises Unencodable for any other."""
    kind = type(value)
    if (
        kind.__dictoffset__ == 0
        or _hides_state(kind)
        or any(vars(base).get("__slots__") for base in kind.__mro__)
    ):
        raise Unencodable(f"a {_named(kind).decode()} has more than its attributes")
    return dict(vars(value))


def keyed_digest(value: object, key: bytes) -> str:
    """A digest that says nothing of the value to whoever has not the key."""
    try:
        known = value_digest(value)
    except Unencodable:
        known = repr(value)
    return blake2b(known.encode("utf-8", "surrogatepass"), digest_size=16, key=key).hexdigest()


def leaf_digest(value: object) -> str:
    """The digest of a plain value that holds no others. Raises Unencodable for all else."""
    kind: type[object] = type(value)
    if kind in (list, tuple, set, frozenset, dict, bytearray) or dataclasses.is_dataclass(kind):
        raise Unencodable(f"a {kind.__qualname__} holds others")
    return value_digest(value)


def check_fields(value: object, names: Collection[str]) -> None:
    """Raise Unencodable for a named tuple or a dataclass that has more than the fields of these names."""
    if dataclasses.is_dataclass(value) and _hides_state(type(value)):
        raise Unencodable(f"a {_named(type(value)).decode()} has more than its fields")
    _check_attributes(value, names)


def classes_in(value: object) -> Iterator[type]:
    """The classes whose code decides what an encodable value does: those of its dataclasses, enums, named tuples."""
    kind = type(value)
    if isinstance(value, type):
        yield value
    elif isinstance(value, enum.Enum):
        yield kind
    elif kind is dict:
        for pair in cast("dict[object, object]", value).items():
            yield from classes_in(pair)
    elif isinstance(value, (list, tuple, set, frozenset)):
        if kind not in (list, tuple, set, frozenset):
            yield kind
        for item in cast("Iterable[object]", value):
            yield from classes_in(item)
    elif dataclasses.is_dataclass(value):
        yield kind
        for place in dataclasses.fields(value):
            yield from classes_in(getattr(value, place.name))


def _decimal() -> type | None:
    """`decimal.Decimal`, if anybody has loaded it: without, there is no value of it."""
    return getattr(sys.modules.get("decimal"), "Decimal", None)


def _framed(tag: str, pieces: Iterable[bytes]) -> bytes:
    body = b"".join(struct.pack("<Q", len(piece)) + piece for piece in pieces)
    head = tag.encode()
    return struct.pack("<I", len(head)) + head + struct.pack("<Q", len(body)) + body


def _encoded(value: object, depth: int) -> bytes:
    if depth > 100:
        raise Unencodable("nested more than 100 deep")
    kind = type(value)
    if kind is datetime.time:
        _check_zone(value)
    if value is None or kind in (bool, complex, range, datetime.date, datetime.time, datetime.timedelta):
        return _framed(kind.__name__, [repr(value).encode()])
    if type(value) is int:
        return _framed("int", [f"{value:x}".encode()])  # a decimal of many digits is refused by Python
    if kind is float:
        return _framed("float", [struct.pack("<d", value)])
    if kind is str:
        return _framed("str", [str(value).encode("utf-8", "surrogatepass")])
    if type(value) in (bytes, bytearray):
        return _framed(kind.__name__, [bytes(cast("bytes", value))])
    if kind is datetime.datetime or kind is _decimal():
        _check_zone(value)
        return _framed(kind.__name__, [repr(value).encode()])
    if isinstance(value, pathlib.PurePath) and kind.__module__.partition(".")[0] == "pathlib":
        return _framed(f"path {kind.__name__}", [str(value).encode("utf-8", "surrogatepass")])
    if isinstance(value, enum.Enum):
        return _framed("enum", [_named(kind), str(value.name).encode(), _encoded(value.value, depth + 1)])
    return _container(value, kind, depth + 1)


def _container(value: object, kind: type, depth: int) -> bytes:
    if kind in (list, tuple):
        items = cast("Iterable[object]", value)
        return _framed(f"seq {kind.__name__}", [_encoded(item, depth) for item in items])
    if kind in (set, frozenset):
        members = cast("Iterable[object]", value)
        return _framed(kind.__name__, sorted(_encoded(item, depth) for item in members))
    if kind is dict:
        entries = cast("dict[object, object]", value).items()
        pairs = [_framed("pair", [_encoded(k, depth), _encoded(v, depth)]) for k, v in entries]
        return _framed("dict", pairs)
    names = cast("tuple[str, ...] | None", getattr(kind, "_fields", None))
    if tuple in kind.__mro__ and names is not None:
        _check_attributes(value, ())
        columns = zip(names, cast("Iterable[object]", value))  # noqa: B905 - Python 3.10
        return _framed("namedtuple", [_named(kind), *(_encoded(pair, depth) for pair in columns)])
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = [(f.name, getattr(value, f.name)) for f in dataclasses.fields(value)]
        check_fields(value, [name for name, _ in fields])
        return _framed("dataclass", [_named(kind), *(_encoded(pair, depth) for pair in fields)])
    raise Unencodable(f"a {kind.__module__}.{kind.__qualname__} has no canonical form")


def _hides_state(kind: type) -> bool:
    """Whether objects of the class are something of Python's own as well, as a list or a text."""
    return any(not base.__flags__ & _HEAP_TYPE for base in kind.__mro__[:-1])


def _check_attributes(value: object, known: Collection[str]) -> None:
    """Nothing may have been set that is not known. What a property has cached follows from the rest."""
    kind = type(value)
    for name in getattr(value, "__dict__", {}):
        if name not in known and type(getattr(kind, name, None)) is not functools.cached_property:
            raise Unencodable(f"{name!r} was set on a {_named(kind).decode()}")


def _check_zone(value: object) -> None:
    """A zone of somebody's own may say anything of itself."""
    zone: object = getattr(value, "tzinfo", None)
    if zone is not None and type(zone).__module__ not in ("datetime", "zoneinfo"):
        raise Unencodable(f"the zone {_named(type(zone)).decode()} has no canonical form")


def _named(kind: type) -> bytes:
    return f"{kind.__module__}.{kind.__qualname__}".encode()
