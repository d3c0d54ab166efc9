"""What JSON has, made into the frozen value that was written down: each field is held against its type."""

from __future__ import annotations

import types
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Any, NewType, TypeVar, Union, get_args, get_origin, get_type_hints

__all__ = ["Alien", "from_json"]

T = TypeVar("T")


class Alien(Exception):
    """It is not what it should be: another version wrote it, or another program."""


def from_json(kind: type[T], value: object) -> T:
    """The value of a frozen dataclass that `to_json` made JSON of; what is said beside its fields is left alone.

    Raises Alien.
    """
    found: T = _read(kind, value)
    return found


def _read(kind: Any, value: object) -> Any:
    if isinstance(kind, NewType):
        return _read(kind.__supertype__, value)
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        return _one_of(get_args(kind), value)
    if origin in (tuple, Sequence):
        return _sequence(get_args(kind), value)
    if origin is Mapping:
        if isinstance(value, dict):
            return {name: _read(get_args(kind)[1], item) for name, item in value.items()}
    elif kind is object:
        return value
    elif is_dataclass(kind):
        return _dataclass(kind, value)
    elif kind is type(None):
        if value is None:
            return None
    elif issubclass(kind, Enum):
        try:
            return kind(value)
        except ValueError as error:
            raise Alien(str(error)) from error
    elif kind is float:
        if isinstance(value, int | float) and not isinstance(value, bool):
            return float(value)
    elif isinstance(value, kind) and (kind is bool or not isinstance(value, bool)):
        return value
    raise Alien(f"{value!r:.80} is no {kind}")


def _one_of(kinds: Sequence[Any], value: object) -> Any:
    for kind in kinds:
        try:
            return _read(kind, value)
        except Alien:
            continue
    raise Alien(f"{value!r:.80} is none of {kinds}")


def _sequence(kinds: Sequence[Any], value: object) -> Any:
    if not isinstance(value, list):
        raise Alien(f"{value!r:.80} is no list")
    if len(kinds) == 1 or kinds[-1] is ...:
        return tuple(_read(kinds[0], item) for item in value)
    if len(kinds) != len(value):
        raise Alien(f"{len(kinds)} values were to come, not {len(value)}")
    return tuple(_read(kind, item) for kind, item in zip(kinds, value, strict=True))


def _dataclass(kind: Any, value: object) -> Any:
    if not isinstance(value, dict):
        raise Alien(f"{value!r:.80} is no {kind.__name__}")
    hints = get_type_hints(kind)
    found = {f.name: _read(hints[f.name], value[f.name]) for f in fields(kind) if f.name in value}
    try:
        return kind(**found)
    except TypeError as error:
        raise Alien(str(error)) from error
