"""The config types of pydantic models: a shape read from the fields, and the way to the object and back.

What a field demands beyond its type (bounds, validators) is asked of pydantic when the object is made.
"""

from __future__ import annotations

import functools
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Literal, cast, get_args

from dagx.config.environment import mapping_in
from dagx.config.marks import is_resource_class
from dagx.config.pydantic_door import BaseModel, PydanticUndefined, ValidationError
from dagx.config.reading import ConfigType, Path, Reading, dumped, shown_raw
from dagx.config.schema import Field, Shape, config_type_of
from dagx.errors import InvalidConfigDefinitionError
from dagx.unset import UNSET


class ModelType(Shape):
    """A mapping from which an object of `model` is made. Entries are known by their aliases where they have one.

    `omit`: fields that config does not speak of. `tag`: the field, with its value, by which a union knows the model.
    """

    def __init__(
        self, model: type[BaseModel], omit: Collection[str] = (), tag: tuple[str, object] | None = None
    ) -> None:
        super().__init__({}, model.__doc__)
        self.model = model
        self.takes_others = model.model_config.get("extra") == "allow"
        self._tag = tag
        self.keys = {
            name: _key(name, info)
            for name, info in model.model_fields.items()
            if name not in omit and not _is_resource(info)
        }

    def _types(self) -> Mapping[str, ConfigType]:
        found: dict[str, ConfigType] = {}
        for name, key in self.keys.items():
            info = self.model.model_fields[name]
            if self._tag is not None and name == self._tag[0]:
                found[key] = Field(Literal[self._tag[1]], dumped(self._tag[1]))
            else:
                found[key] = self._field(name, info)
        return found

    def _field(self, name: str, info: Any) -> ConfigType:
        try:
            kind = _type_of_field(info)
        except InvalidConfigDefinitionError as error:
            raise InvalidConfigDefinitionError(
                f"the field {name!r} of {self.model.__qualname__}: {error.message}", error.hint
            ) from None
        if info.default_factory is not None:
            return LeftToModel(kind)
        if info.default is PydanticUndefined:
            return kind
        return _WithModelDefault(kind, info.default)

    @property
    def shown(self) -> str:  # type: ignore[override]  # computed: models may hold themselves
        """With its class, for messages."""
        return f"a mapping for {self.model.__qualname__}"

    def read(self, raw: object, path: Path, reading: Reading) -> object:
        """A dict of all entries that are said or have a default; an object of the model is taken too."""
        return super().read(self.dump(raw) if isinstance(raw, self.model) else raw, path, reading)

    def make(self, value: object, path: Path, reading: Reading) -> object:
        """The object; UNSET, and what pydantic found wrong as problems, when there can be none."""
        problems = len(reading.problems)
        arguments = self.arguments(cast("Mapping[str, object]", value), path, reading)
        if len(reading.problems) > problems:
            return UNSET
        try:
            return self.model(**arguments)
        except ValidationError as error:
            add_problems(error, path, reading)
            return UNSET

    def arguments(self, value: Mapping[str, object], path: Path, reading: Reading) -> dict[str, object]:
        """What to make the object with; defaults are left to the model, which does not validate them."""
        found: dict[str, object] = {}
        for key, plain in value.items():
            field = self.fields.get(key)
            if field is None:
                found[key] = plain
            elif not (isinstance(field, _WithModelDefault) and field.is_default(plain)):
                found[key] = field.make(plain, (*path, key), reading)
        return found

    def dump(self, value: object) -> object:
        """The entries of an object, defaults too (but None), or those that its mapping has."""
        if isinstance(value, Mapping):
            return dumped(cast("Mapping[str, object]", value))
        if not isinstance(value, self.model):
            return value
        said = [
            name
            for name in self.keys
            if (self._tag is None or name != self._tag[0]) and not self._is_unsaid(value, name)
        ]
        return self.entries(value, said)

    def _is_unsaid(self, value: BaseModel, name: str) -> bool:
        """Whether it waits for run config, or is None by itself."""
        if name not in vars(value):
            return True
        return vars(value)[name] is None and self.model.model_fields[name].default is None

    def defaults(self) -> dict[str, object]:
        """Raw config with what the fields have by themselves."""
        by_name = {name: self.model.model_fields[name].default for name in self.keys}
        return {
            self.keys[name]: self.fields[self.keys[name]].dump(default)
            for name, default in by_name.items()
            if default is not None and default is not PydanticUndefined
        }

    def entries(self, value: BaseModel, names: Collection[str]) -> dict[str, object]:
        """Raw config with these fields of an object, and all that it does not declare."""
        found = {
            key: self.fields[key].dump(getattr(value, name))
            for name, key in self.keys.items()
            if name in names
        }
        return {**found, **{name: dumped(extra) for name, extra in (value.model_extra or {}).items()}}


class _WithModelDefault(Field):
    """An entry whose default is that of the model's field: never checked, as pydantic does not."""

    def __init__(self, kind: ConfigType, default: object) -> None:
        super().__init__(kind, is_required=False)
        self._model_default = kind.dump(default)

    def is_default(self, plain: object) -> bool:
        """Whether this plain value is what the model has by itself."""
        return type(plain) is type(self._model_default) and plain == self._model_default

    def missing(self, path: Path, reading: Reading) -> object:
        """The default; read from the environment when it says so."""
        alone = Reading(as_written=reading.as_written)
        value = self.config_type.read(self._model_default, path, alone)
        if not alone.problems:
            return value
        if isinstance(self._model_default, dict):
            reading.problems += alone.problems
            return UNSET
        return self._model_default


class LeftToModel(Field):
    """An entry that is not there unless it is said: the model fills it in."""

    def __init__(self, kind: ConfigType) -> None:
        super().__init__(kind, is_required=False)

    def missing(self, path: Path, reading: Reading) -> object:
        """Nothing."""
        del path, reading
        return UNSET


class Variants(ConfigType):
    """One of several models, told apart by a field: config says `{variant: {...}}`."""

    def __init__(self, models: Sequence[object], discriminator: str) -> None:
        self._types: dict[str, ModelType] = {}
        for model in models:
            if not (isinstance(model, type) and issubclass(model, BaseModel)):
                raise InvalidConfigDefinitionError(f"{model!r} is a variant of a union and no config class")
            for tag in get_args(model.model_fields[discriminator].annotation):
                self._types[str(dumped(tag))] = ModelType(model, tag=(discriminator, tag))
        self._discriminator = discriminator
        self.shown = f"a mapping with exactly one of {', '.join(self._types)}"

    def read(self, raw: object, path: Path, reading: Reading) -> object:
        """A dict of the variant and its entries; an object of one of the models is taken too."""
        said = self.dump(raw) if isinstance(raw, BaseModel) else raw
        entries = mapping_in(said) or {}
        variant = next(iter(entries), None)
        if len(entries) != 1 or variant not in self._types:
            reading.add(path, f"is {shown_raw(raw)}, not {self.shown}")
            return UNSET
        name = str(variant)
        return {name: self._types[name].read(entries[variant], (*path, name), reading)}

    def make(self, value: object, path: Path, reading: Reading) -> object:
        """The object of the variant."""
        ((name, entries),) = cast("Mapping[str, object]", value).items()
        return self._types[name].make(entries, (*path, name), reading)

    def dump(self, value: object) -> object:
        """The variant of an object, with what it was made with."""
        if not isinstance(value, BaseModel):
            return dumped(value)
        tag = str(dumped(getattr(value, self._discriminator)))
        return {tag: self._types[tag].dump(value)}


@functools.lru_cache(maxsize=1024)
def type_of_model(model: type[BaseModel]) -> ModelType:
    """The config type of a pydantic model."""
    return ModelType(model)


def add_problems(error: ValidationError, path: Path, reading: Reading) -> None:
    """What pydantic found wrong, each at its path."""
    for found in error.errors(include_url=False, include_context=False, include_input=False):
        reading.add((*path, *found["loc"]), f"does not fit: {found['msg']}")


def _key(name: str, info: Any) -> str:
    alias = info.validation_alias if isinstance(info.validation_alias, str) else info.alias
    return alias if isinstance(alias, str) else name


def _is_resource(info: Any) -> bool:
    if any(getattr(mark, "is_resource_dependency", False) for mark in info.metadata):
        return True
    kinds = [kind for kind in get_args(info.annotation) if kind is not type(None)]
    return any(
        is_resource_class(kind) for kind in ([info.annotation] if hasattr(info.annotation, "mro") else kinds)
    )


def _type_of_field(info: Any) -> ConfigType:
    if isinstance(info.discriminator, str):
        kinds = get_args(info.annotation)
        variants = Variants([kind for kind in kinds if kind is not type(None)], info.discriminator)
        return config_type_of(variants)
    return config_type_of(info.annotation)
