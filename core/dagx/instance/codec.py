"""What the instance keeps, as JSON and back: dagx's own records, keys and enums, and plain values.

Knows no record by name. A class is written as its module and name, and only classes of dagx are made again: reading
a file runs no code but theirs.
"""

from __future__ import annotations

import datetime
import enum
import importlib
import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any, cast

from dagx.errors import DagxError, InvalidArgumentError
from dagx.keys import AssetKey
from dagx.record import Record

_CLASS = "$"
_PLAIN = (bool, int, float, str)
_KEPT = (Record, AssetKey, enum.Enum, tuple, str)
_COLLECTIONS: Mapping[str, Callable[[Any], Any]] = {"tuple": tuple, "set": set, "frozenset": frozenset}


def to_text(value: object) -> str:
    """`value` as JSON.

    Raises InvalidArgumentError for an object that is neither plain nor one of dagx.
    """
    return json.dumps(_plain(value), separators=(",", ":"))


def from_text(text: str) -> Any:
    """The inverse of `to_text`. Raises DagxError for what it did not write."""
    try:
        return _made(json.loads(text))
    except (AttributeError, ImportError, KeyError, TypeError, ValueError) as error:
        raise DagxError(
            f"a record of the instance cannot be read: {error}",
            "it was written by another version of dagx: use another folder, or remove this one",
        ) from error


def _plain(value: object) -> object:
    if value is None or type(value) in _PLAIN:
        return value
    if type(value) is list:
        return [_plain(item) for item in cast("list[object]", value)]
    if type(value) is dict:
        given = cast("dict[object, object]", value)
        if all(type(name) is str for name in given) and _CLASS not in given:
            return {name: _plain(item) for name, item in given.items()}
        return {_CLASS: "dict", "of": [[_plain(name), _plain(item)] for name, item in given.items()]}
    if type(value) in (tuple, set, frozenset):
        items = [_plain(item) for item in cast("Iterable[object]", value)]
        return {_CLASS: type(value).__name__, "of": items}
    if isinstance(value, datetime.datetime):
        return {_CLASS: "datetime", "of": value.isoformat()}
    return _own(value)


def _own(value: object) -> object:
    kind = type(value)
    if kind.__module__.partition(".")[0] != "dagx":
        # A number of numpy, a str of an enum
        if isinstance(value, int):
            return int(value)
        if isinstance(value, float):
            return float(value)
        if isinstance(value, str):
            return str.__str__(value)
        raise InvalidArgumentError(
            f"an instance that lives in a folder cannot keep {value!r}",
            "give plain values: None, bool, int, float, str, and lists and dicts of them",
        )
    name = f"{kind.__module__}:{kind.__qualname__}"
    if isinstance(value, enum.Enum):
        return {_CLASS: name, "member": value.name}
    if isinstance(value, AssetKey):
        return {_CLASS: name, "with": [value.path]}
    if isinstance(value, tuple):  # a NamedTuple
        return {_CLASS: name, "with": [_plain(item) for item in cast("tuple[object, ...]", value)]}
    if isinstance(value, str):  # a key of several dimensions: made from them
        return {_CLASS: name, "with": [_plain(dict(getattr(value, "keys_by_dimension")))]}  # noqa: B009
    return {_CLASS: name, "fields": {field: _plain(item) for field, item in vars(value).items()}}


def _made(plain: object) -> Any:
    if type(plain) is list:
        return [_made(item) for item in cast("list[object]", plain)]
    if type(plain) is not dict:
        return plain
    given = cast("dict[str, Any]", plain)
    kind = given.get(_CLASS)
    if kind is None:
        return {name: _made(item) for name, item in given.items()}
    if kind == "dict":
        return {_made(name): _made(item) for name, item in given["of"]}
    if kind in _COLLECTIONS:
        return _COLLECTIONS[kind](_made(given["of"]))
    if kind == "datetime":
        return datetime.datetime.fromisoformat(given["of"])
    return _made_own(kind, given)


def _made_own(name: str, given: dict[str, Any]) -> Any:
    found = _class(name)
    if "member" in given:
        return found[given["member"]]
    if "with" in given:
        return found(*(_made(item) for item in given["with"]))
    value: object = found.__new__(found)
    value.__dict__.update({field: _made(item) for field, item in given["fields"].items()})
    return value


def _class(name: str) -> Any:
    """A class of dagx by its module and name."""
    module, _, path = name.partition(":")
    if module.partition(".")[0] != "dagx":
        raise ValueError(f"{name} is no class of dagx")
    found: Any = importlib.import_module(module)
    for part in path.split("."):
        found = getattr(found, part)
    if not isinstance(found, type) or not issubclass(found, _KEPT) or found.__module__ != module:
        raise ValueError(f"{name} is no class of dagx that is kept")
    return cast(Any, found)
