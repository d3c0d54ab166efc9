"""Config types of single values. Any of them may be given as `{"env": "NAME"}`. Semantics: section 10."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from typing import Final

from dagx.config.environment import variable_in
from dagx.config.reading import ConfigType, Path, Reading, dumped, shown_raw
from dagx.nearest import did_you_mean
from dagx.unset import UNSET

__all__ = ["BoolSource", "IntSource", "StringSource"]

_TRUE = ("true", "1", "yes", "on")
_FALSE = ("false", "0", "no", "off")
_SHOWN = {str: "a str", int: "an int", float: "a float", bool: "a bool"}


class Scalar(ConfigType):
    """A str, int, float or bool, and nothing that merely looks like one."""

    def __init__(self, kind: type) -> None:
        self.kind = kind
        self.shown = _SHOWN[kind]

    def read(self, raw: object, path: Path, reading: Reading) -> object:
        """The value; one from the environment is converted."""
        name = variable_in(raw)
        if name is not None:
            return {"env": name} if reading.as_written else self._from_variable(name, path, reading)
        if self.fits(raw):
            return float(raw) if self.kind is float else raw  # type: ignore[arg-type]  # `fits` has seen it
        reading.add(path, f"is {shown_raw(raw)}, not {self.shown}")
        return UNSET

    def fits(self, raw: object) -> bool:
        """Whether `raw` is of this kind: an int is a float as well, a bool is no int."""
        if self.kind in (int, float) and isinstance(raw, bool):
            return False
        return isinstance(raw, (int, float) if self.kind is float else self.kind)

    def _from_variable(self, name: str, path: Path, reading: Reading) -> object:
        text = reading.variable(name, path)
        if text is None:
            return UNSET
        if self.kind is bool and text.strip().lower() in (*_TRUE, *_FALSE):
            return text.strip().lower() in _TRUE
        try:
            if self.kind is not bool:
                return self.kind(text)
        except ValueError:
            pass
        # the text itself may be a secret
        reading.add(path, f"is the environment variable {name}, whose text is not {self.shown}")
        return UNSET


STRING: Final = Scalar(str)
INT: Final = Scalar(int)
FLOAT: Final = Scalar(float)
BOOL: Final = Scalar(bool)
SCALARS = {str: STRING, int: INT, float: FLOAT, bool: BOOL}

StringSource: Final = STRING
IntSource: Final = INT
BoolSource: Final = BOOL


class Choice(ConfigType):
    """One of some values, as `Literal` has them."""

    def __init__(self, values: Iterable[object]) -> None:
        self.values = tuple(values)
        self.shown = f"one of {', '.join(shown_raw(value) for value in self.values)}"

    def read(self, raw: object, path: Path, reading: Reading) -> object:
        """The value."""
        name = variable_in(raw)
        if name is not None:
            if reading.as_written:
                return {"env": name}
            raw = reading.variable(name, path)
            if raw is None:
                return UNSET
        for value in self.values:
            if type(raw) is type(value) and raw == value:
                return value
        near = (
            did_you_mean(raw, [v for v in self.values if isinstance(v, str)])
            if isinstance(raw, str)
            else None
        )
        reading.add(path, f"is {shown_raw(raw)}, not {self.shown}", near)
        return UNSET


class MemberName(Choice):
    """A member of an enum class, by its name: the plain value is the name, what is made of it the member."""

    def __init__(self, members: type[enum.Enum]) -> None:
        super().__init__(members.__members__)
        self.members = members

    def read(self, raw: object, path: Path, reading: Reading) -> object:
        """The name; a member itself is taken too."""
        return super().read(raw.name if isinstance(raw, self.members) else raw, path, reading)

    def make(self, value: object, path: Path, reading: Reading) -> object:
        """The member."""
        del path, reading
        return self.members[str(value)]


class Opaque(ConfigType):
    """A value that something else checks; what is read from the environment for it is a str."""

    def __init__(self, shown: str) -> None:
        self.shown = shown

    def read(self, raw: object, path: Path, reading: Reading) -> object:
        """The value as it is."""
        name = variable_in(raw)
        if name is None:
            return dumped(raw) if reading.as_written else raw
        if reading.as_written:
            return {"env": name}
        text = reading.variable(name, path)
        return UNSET if text is None else text
