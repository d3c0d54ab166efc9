"""Config types made of others, and `config_type_of`, which reads what definitions give as a schema: types of
Python, dicts as shapes, config classes. Semantics: section 10.
"""

from __future__ import annotations

import enum
import importlib
import sys
import types
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal, TypeVar, Union, cast, get_args, get_origin

from dagx.config.environment import mapping_in, variable_in
from dagx.config.marks import CONFIG_MARK, RESOURCE_KIND
from dagx.config.reading import ANY_CONFIG, ConfigType, Path, Reading, dumped, shown_path, shown_raw
from dagx.config.scalars import INT, SCALARS, Choice, MemberName, Opaque
from dagx.errors import InvalidConfigDefinitionError
from dagx.nearest import did_you_mean
from dagx.unset import UNSET

__all__ = ["Array", "Field", "Map", "Noneable", "Permissive", "Shape"]

MODEL_TYPES = "dagx.config.model_types"
"""The module that reads pydantic models: imported when one comes."""


class Field(ConfigType):
    """An entry of a shape: its type, and what holds when it is left out. Semantics: section 10.

    config: a type, a dict for a shape, or any other schema. default_value: raw config, which must fit (else
    InvalidConfigDefinitionError). is_required: by default, when there is no default and the type has none of its own.
    """

    def __init__(
        self,
        config: object,
        default_value: object = UNSET,
        is_required: bool | None = None,
        description: str | None = None,
    ) -> None:
        self.config_type = config_type_of(config)
        self.shown = self.config_type.shown
        self.description = description
        self._default = default_value if default_value is UNSET else dumped(default_value)
        self._says_required = is_required
        if self._default is not UNSET:
            if is_required:
                raise InvalidConfigDefinitionError(
                    f"a required Field has the default {shown_raw(default_value)}", "leave one of the two out"
                )
            reading = Reading(as_written=True)
            self.config_type.read(self._default, ("default_value",), reading)
            if reading.problems:
                raise InvalidConfigDefinitionError(f"a Field's {reading.problems[0]}")

    @property
    def default_provided(self) -> bool:
        """Whether it was given a default."""
        return self._default is not UNSET

    @property
    def default_value(self) -> object:
        """The default. Raises InvalidConfigDefinitionError when there is none."""
        if self._default is UNSET:
            raise InvalidConfigDefinitionError("the Field has no default", "ask default_provided first")
        return self._default

    @property
    def is_required(self) -> bool:
        """Whether leaving it out is wrong."""
        if self._says_required is not None:
            return self._says_required
        return self._default is UNSET and self.config_type.is_required

    def read(self, raw: object, path: Path, reading: Reading) -> object:
        """As its type reads it."""
        return self.config_type.read(raw, path, reading)

    def missing(self, path: Path, reading: Reading) -> object:
        """The default; UNSET when there need be nothing."""
        if self._default is not UNSET:
            return self.config_type.read(self._default, path, reading)
        if self._says_required is False and self.config_type.is_required:
            return UNSET
        return self.config_type.missing(path, reading)

    def make(self, value: object, path: Path, reading: Reading) -> object:
        """As its type makes it."""
        return self.config_type.make(value, path, reading)

    def dump(self, value: object) -> object:
        """As its type writes it."""
        return self.config_type.dump(value)


class Shape(ConfigType):
    """A mapping with these entries and no others. Semantics: section 10.

    fields: names to schemas; a Field says what holds when an entry is left out.
    """

    takes_others = False

    def __init__(self, fields: Mapping[str, object], description: str | None = None) -> None:
        self.description = description
        self.given = dict(fields)
        for name in cast("Mapping[object, object]", self.given):
            if not isinstance(name, str):
                raise InvalidConfigDefinitionError(f"the entry {name!r} of a shape is not named by a str")

    @property
    def fields(self) -> Mapping[str, ConfigType]:
        """The types of its entries by name."""
        if not hasattr(self, "_fields"):
            self._fields = self._types()
        return self._fields

    def _types(self) -> Mapping[str, ConfigType]:
        return {name: config_type_of(schema) for name, schema in self.given.items()}

    @property
    def shown(self) -> str:  # type: ignore[override]  # computed: shapes may hold themselves
        """With its entries, for messages."""
        names = ", ".join(self.fields)
        return f"a mapping with {names}" if names else "a mapping"

    @property
    def is_required(self) -> bool:
        """Whether one of its entries is."""
        return any(field.is_required for field in self.fields.values())

    def read(self, raw: object, path: Path, reading: Reading) -> object:
        """A dict of all entries that are said or have a default."""
        if not isinstance(raw, Mapping):
            reading.add(path, f"is {shown_raw(raw)}, not {self.shown}")
            return UNSET
        said = cast("Mapping[object, object]", raw)
        found: dict[str, object] = {}
        for name, field in self.fields.items():
            inside = (*path, name)
            value = (
                field.read(said[name], inside, reading) if name in said else field.missing(inside, reading)
            )
            if value is not UNSET:
                found[name] = value
        for entry, other in said.items():
            if entry in self.fields:
                continue
            if self.takes_others and isinstance(entry, str):
                found[entry] = ANY_CONFIG.read(other, (*path, entry), reading)
            else:
                reading.add((*path, str(entry)), "is unknown", self._near(entry))
        return found

    def _near(self, name: object) -> str:
        near = did_you_mean(name, self.fields) if isinstance(name, str) else None
        return near or (f"known: {', '.join(self.fields)}" if self.fields else "nothing is known here")

    def missing(self, path: Path, reading: Reading) -> object:
        """Its entries when none is said: each one that is required is a problem of its own."""
        return self.read({}, path, reading)

    def make(self, value: object, path: Path, reading: Reading) -> object:
        """A dict of what its entries make."""
        found = cast("Mapping[str, object]", value)
        return {
            name: self.fields[name].make(inner, (*path, name), reading) if name in self.fields else inner
            for name, inner in found.items()
        }


class Permissive(Shape):
    """A mapping with at least these entries; others are taken as they are. Semantics: section 10."""

    takes_others = True

    def __init__(self, fields: Mapping[str, object] | None = None, description: str | None = None) -> None:
        super().__init__(fields or {}, description)


class Array(ConfigType):
    """A list of values of one type. Semantics: section 10."""

    def __init__(self, inner_type: object) -> None:
        self.inner_type = config_type_of(inner_type)
        self.shown = "a list"

    def read(self, raw: object, path: Path, reading: Reading) -> object:
        """A list."""
        if isinstance(raw, str) or not isinstance(raw, Sequence):
            reading.add(path, f"is {shown_raw(raw)}, not a list")
            return UNSET
        items = enumerate(cast("Sequence[object]", raw))
        return [self.inner_type.read(item, (*path, n), reading) for n, item in items]

    def make(self, value: object, path: Path, reading: Reading) -> object:
        """A list of what is made of its values."""
        items = enumerate(cast("list[object]", value))
        return [self.inner_type.make(item, (*path, n), reading) for n, item in items]

    def dump(self, value: object) -> object:
        """A list of its values as their type writes them."""
        if isinstance(value, (set, frozenset)):
            value = sorted(cast("set[object]", value), key=repr)
        if not isinstance(value, (list, tuple)):
            return dumped(value)
        return [self.inner_type.dump(item) for item in cast("Sequence[object]", value)]


class Map(ConfigType):
    """A mapping with any keys of one type (a scalar) to values of another. Semantics: section 10."""

    def __init__(self, key_type: object, inner_type: object, key_label_name: str | None = None) -> None:
        self.key_type = config_type_of(key_type)
        self.inner_type = config_type_of(inner_type)
        self.key_label_name = key_label_name
        self.shown = "a mapping"

    def read(self, raw: object, path: Path, reading: Reading) -> object:
        """A dict."""
        if not isinstance(raw, Mapping):
            reading.add(path, f"is {shown_raw(raw)}, not a mapping")
            return UNSET
        found: dict[object, object] = {}
        for key, value in cast("Mapping[object, object]", raw).items():
            inside = (*path, str(key))
            found[self._key(key, inside, reading)] = self.inner_type.read(value, inside, reading)
        return found

    def _key(self, key: object, path: Path, reading: Reading) -> object:
        if self.key_type is INT and isinstance(key, str) and key.lstrip("-").isdecimal():
            return int(key)  # JSON has no other keys than texts
        return self.key_type.read(key, path, reading)

    def make(self, value: object, path: Path, reading: Reading) -> object:
        """A dict of what is made of keys and values."""
        return {
            self.key_type.make(key, path, reading): self.inner_type.make(inner, (*path, str(key)), reading)
            for key, inner in cast("Mapping[object, object]", value).items()
        }

    def dump(self, value: object) -> object:
        """A dict of its keys and values as their types write them."""
        entries = mapping_in(value)
        if entries is None or variable_in(value) is not None:
            return dumped(value)
        return {self.key_type.dump(key): self.inner_type.dump(inner) for key, inner in entries.items()}


class Noneable(ConfigType):
    """A value of a type, or None, which also holds when it is left out. Semantics: section 10."""

    def __init__(self, inner_type: object) -> None:
        self.inner_type = config_type_of(inner_type)
        self.shown = f"{self.inner_type.shown} or None"

    def read(self, raw: object, path: Path, reading: Reading) -> object:
        """None, or as its type reads it."""
        return None if raw is None else self.inner_type.read(raw, path, reading)

    def missing(self, path: Path, reading: Reading) -> object:
        """None."""
        del path, reading
        return None

    @property
    def is_required(self) -> bool:
        """No."""
        return False

    def make(self, value: object, path: Path, reading: Reading) -> object:
        """None, or as its type makes it."""
        return None if value is None else self.inner_type.make(value, path, reading)

    def dump(self, value: object) -> object:
        """None, or as its type writes it."""
        return None if value is None else self.inner_type.dump(value)


class OneOf(ConfigType):
    """The first of some types that the value fits."""

    def __init__(self, kinds: Sequence[object]) -> None:
        self.kinds = tuple(config_type_of(kind) for kind in kinds)
        self.shown = " or ".join(kind.shown for kind in self.kinds)

    def read(self, raw: object, path: Path, reading: Reading) -> object:
        """As that type reads it."""
        tried: list[list[str]] = []
        for kind in self.kinds:
            alone = Reading(as_written=reading.as_written)
            value = kind.read(raw, path, alone)
            if not alone.problems:
                return value
            tried.append(alone.problems)
        wrong_form = f"{shown_path(path)} is {shown_raw(raw)}, not "
        of_its_form = [problems for problems in tried if not problems[0].startswith(wrong_form)]
        if len(of_its_form) == 1:
            reading.problems += of_its_form[0]
        else:
            reading.add(path, f"is {shown_raw(raw)}, not {self.shown}")
        return UNSET

    def make(self, value: object, path: Path, reading: Reading) -> object:
        """As that type makes it."""
        for kind in self.kinds:
            alone = Reading()
            plain = kind.read(value, path, alone)
            if not alone.problems:
                return kind.make(plain, path, reading)
        return value


def config_type_of(schema: object) -> ConfigType:
    """The config type that `schema` says.

    It is a config type itself, a scalar type of Python, a dict (a shape; `{str: int}`: a mapping of str to int), a
    list of one (`[int]`), a config class or another pydantic model, an enum class (members by name), an
    annotation such as `list[int] | None`, or None for anything. Raises InvalidConfigDefinitionError.
    """
    if isinstance(schema, ConfigType):
        return schema
    if schema is None or schema is Any or schema is object or isinstance(schema, TypeVar):
        return ANY_CONFIG
    if hasattr(schema, "config_schema_of_type"):
        return config_type_of(cast("Any", schema).config_schema_of_type)
    if isinstance(schema, dict):
        return _of_dict(cast("dict[object, object]", schema))
    if isinstance(schema, list):
        inner = cast("list[object]", schema)
        if len(inner) != 1:
            raise InvalidConfigDefinitionError(f"{schema!r} is no list schema", "name one type: [int]")
        return Array(inner[0])
    found = _of_class(schema) if get_origin(schema) is None else _of_annotation(schema)
    if found is None:
        raise InvalidConfigDefinitionError(
            f"{schema!r} is no config schema", "give a type such as int, a dict, a Field or a Config class"
        )
    return found


def _of_dict(schema: dict[object, object]) -> ConfigType:
    keys = list(schema)
    if len(keys) == 1 and not isinstance(keys[0], str):
        return Map(keys[0], schema[keys[0]])
    shape = Shape(cast("dict[str, object]", schema))
    shape.fields  # noqa: B018  # a wrong entry is said where the schema is written
    return shape


def _of_class(schema: object) -> ConfigType | None:
    if not isinstance(schema, type):
        inner = getattr(schema, "__supertype__", None) or getattr(schema, "__value__", None)
        return None if inner is None else config_type_of(inner)
    if schema in SCALARS:
        return SCALARS[schema]
    if hasattr(schema, CONFIG_MARK) or (hasattr(schema, RESOURCE_KIND) and hasattr(schema, "model_fields")):
        return cast("ConfigType", cast("Any", schema).to_config_schema())
    if "pydantic" in sys.modules and hasattr(schema, "model_fields"):
        return cast("ConfigType", importlib.import_module(MODEL_TYPES).type_of_model(schema))
    if issubclass(schema, enum.Enum):
        return MemberName(schema)
    if schema in (dict, Mapping):
        return Permissive()
    if schema in (list, tuple, set, frozenset, Sequence):
        return Array(Any)
    if schema is type(None):
        return Choice([None])
    return Opaque(f"a {schema.__qualname__}")


def _of_annotation(schema: object) -> ConfigType | None:
    origin, inner = get_origin(schema), get_args(schema)
    if origin is Annotated:
        return _of_annotated(schema)
    if origin is Literal:
        return Choice(inner)
    if origin in (Union, types.UnionType):
        others = [kind for kind in inner if kind is not type(None)]
        found = config_type_of(others[0]) if len(others) == 1 else OneOf(others)
        return found if len(others) == len(inner) else Noneable(found)
    if not isinstance(origin, type):
        return None
    kind: type[object] = origin
    if issubclass(kind, Mapping):
        return Map(*inner)
    if issubclass(kind, (Sequence, set, frozenset)):
        same = origin is not tuple or (len(inner) == 2 and inner[1] is Ellipsis)
        return Array(inner[0] if same else Any)
    if hasattr(kind, CONFIG_MARK) or hasattr(kind, "model_fields"):
        return _of_class(kind)
    return Opaque(repr(schema))


def _of_annotated(schema: object) -> ConfigType:
    inner = cast("Any", schema).__origin__
    for mark in cast("Any", schema).__metadata__:
        discriminator = getattr(mark, "discriminator", None)
        if isinstance(discriminator, str):
            return cast(
                "ConfigType", importlib.import_module(MODEL_TYPES).Variants(get_args(inner), discriminator)
            )
    return config_type_of(inner)
