"""The less common types of `config_schema`: Selector, ScalarUnion, Enum. Semantics: section 10."""

from __future__ import annotations

import enum
from collections.abc import Sequence

from dagx.config.environment import mapping_in
from dagx.config.reading import ConfigType, Path, Reading, shown_raw
from dagx.config.scalars import Choice
from dagx.config.schema import OneOf, Shape, config_type_of
from dagx.errors import InvalidConfigDefinitionError
from dagx.unset import UNSET

__all__ = ["ConfigSchema", "Enum", "EnumValue", "ScalarUnion", "Selector"]

ConfigSchema = ConfigType
"""The class of everything that `config_schema` can be once it has been read."""


class Selector(Shape):
    """A mapping with exactly one of these entries. Semantics: section 10."""

    @property
    def shown(self) -> str:  # type: ignore[override]  # computed, as that of a shape
        """With its entries, for messages."""
        return f"a mapping with exactly one of {', '.join(self.fields)}"

    def read(self, raw: object, path: Path, reading: Reading) -> object:
        """A dict of one entry."""
        entries = mapping_in(raw) or {}
        if isinstance(raw, str) and raw in self.fields and not self.fields[raw].is_required:
            entries = {raw: UNSET}  # only the name, when its value needs nothing
        if len(entries) != 1:
            reading.add(path, f"is {shown_raw(raw)}, not {self.shown}")
            return UNSET
        name, value = next(iter(entries.items()))
        inside = (*path, str(name))
        if name not in self.fields:
            reading.add(inside, "is unknown", self._near(name))
            return UNSET
        field = self.fields[str(name)]
        found = field.missing(inside, reading) if value is UNSET else field.read(value, inside, reading)
        return {str(name): found}

    def missing(self, path: Path, reading: Reading) -> object:
        """Its one entry, if there is no choice and that needs nothing; else a problem."""
        if len(self.fields) == 1 and not self.is_required:
            return self.read(next(iter(self.fields)), path, reading)
        reading.add(path, f"is missing: it is {self.shown}")
        return UNSET

    @property
    def is_required(self) -> bool:
        """Whether an entry has to be chosen."""
        return len(self.fields) != 1 or super().is_required


class ScalarUnion(OneOf):
    """A scalar, or a value of another schema. Semantics: section 10."""

    def __init__(self, scalar_type: object, non_scalar_schema: object) -> None:
        self.scalar_type = config_type_of(scalar_type)
        self.non_scalar_schema = config_type_of(non_scalar_schema)
        super().__init__([self.scalar_type, self.non_scalar_schema])


class EnumValue:
    """A value of an Enum: the text in config, and what it stands for (itself by default)."""

    def __init__(
        self, config_value: str, python_value: object = UNSET, description: str | None = None
    ) -> None:
        self.config_value = config_value
        self.python_value = config_value if python_value is UNSET else python_value
        self.description = description


class Enum(Choice):
    """One of some named values; the function gets what the name stands for. Semantics: section 10."""

    def __init__(self, name: str, enum_values: Sequence[EnumValue]) -> None:
        super().__init__(value.config_value for value in enum_values)
        self.name = name
        self.enum_values = list(enum_values)
        if len(set(self.values)) != len(self.values):
            raise InvalidConfigDefinitionError(f'the Enum "{name}" has a value twice')
        self._meant = {value.config_value: value.python_value for value in enum_values}

    @classmethod
    def from_python_enum(cls, enum: type[enum.Enum], name: str | None = None) -> Enum:
        """Of the members of an enum class, which are what the function gets."""
        return cls(name or enum.__name__, [EnumValue(member.name, member) for member in enum])

    @classmethod
    def from_python_enum_direct_values(cls, enum: type[enum.Enum], name: str | None = None) -> Enum:
        """Of the members of an enum class; the function gets their values."""
        return cls(name or enum.__name__, [EnumValue(member.name, member.value) for member in enum])

    def read(self, raw: object, path: Path, reading: Reading) -> object:
        """What the name stands for."""
        name = super().read(raw.name if isinstance(raw, enum.Enum) else raw, path, reading)
        return name if name is UNSET or reading.as_written else self._meant.get(str(name), name)
