"""What a type of config is, and one reading of raw config by it: values, and everything that is wrong.

It knows no type in particular.
"""

from __future__ import annotations

import enum
import os
from collections.abc import Mapping, Sequence
from typing import Any, cast

from dagx.config.environment import EnvVar, IntEnvVar, mapping_in, variable_in
from dagx.config.marks import CONFIG_MARK, RESOURCE_KIND
from dagx.config.pending import is_pending
from dagx.errors import InvalidConfigError
from dagx.unset import UNSET

Path = tuple[str | int, ...]


class Reading:
    """One pass over raw config. `as_written` leaves environment variables and names of enums unresolved."""

    def __init__(self, *, as_written: bool = False) -> None:
        self.as_written = as_written
        self.problems: list[str] = []

    def add(self, path: Path, message: str, hint: str | None = None) -> None:
        """Something is wrong at `path`; `message` goes on where the path ends."""
        said = f"{shown_path(path)} {message}" if path else f"the config {message}"
        self.problems.append(f"{said} ({hint})" if hint else said)

    def variable(self, name: str, path: Path) -> str | None:
        """What the environment variable holds; a problem when it is not set."""
        value = os.environ.get(name)
        if value is None:
            self.add(path, f"is the environment variable {name}, which is not set", "set it and start again")
        return value

    def raise_problems(self, what: str = "the config does not fit") -> None:
        """Raise InvalidConfigError, with all of them, if there are any."""
        if len(self.problems) == 1:
            raise InvalidConfigError(f"{what}: {self.problems[0]}", errors=self.problems)
        if self.problems:
            raise InvalidConfigError(f"{what}:", "\n".join(self.problems), self.problems)


def shown_path(path: Path) -> str:
    """A path as one writes it: `ops.orders.config.days[0]`."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}"
    return text.removeprefix(".")


class ConfigType:
    """A kind of value that config may have.

    `read` takes raw config (what YAML or JSON can say) to a plain value, with defaults and environment variables
    filled in; `make` takes that to what a function gets, such as the object of a config class; `dump` is the way
    back to raw config.
    """

    shown = "any value"
    """With its article, for messages."""

    def resolve(self, raw: object, path: Path = ()) -> object:
        """The plain value of `raw`. Raises InvalidConfigError that lists everything wrong, each with its path."""
        reading = Reading()
        value = self.read(raw, path, reading)
        if not reading.problems:
            self.make(value, path, reading)
        reading.raise_problems()
        return value

    def made(self, value: object, path: Path = ()) -> Any:
        """What a function gets for a plain value that `resolve` gave. Raises InvalidConfigError."""
        reading = Reading()
        found = self.make(value, path, reading)
        reading.raise_problems()
        return found

    def read(self, raw: object, path: Path, reading: Reading) -> object:
        """The plain value of `raw`; UNSET, and a problem added, when it does not fit."""
        raise NotImplementedError

    def missing(self, path: Path, reading: Reading) -> object:
        """The plain value when nothing is said; UNSET, and a problem added, when something must be."""
        reading.add(path, f"is missing: it is {self.shown}")
        return UNSET

    @property
    def is_required(self) -> bool:
        """Whether something must be said."""
        return True

    def make(self, value: object, path: Path, reading: Reading) -> object:
        """What a function gets for a plain value that `read` gave."""
        del path, reading
        return value

    def dump(self, value: object) -> object:
        """Raw config that reads to `value`, which may hold config objects, enum members and EnvVar."""
        return dumped(value)

    def __repr__(self) -> str:
        return f"<config: {self.shown}>"


class AnyType(ConfigType):
    """Whatever is said."""

    def read(self, raw: object, path: Path, reading: Reading) -> object:
        """`raw`; an EnvVar in it is read, a mapping such as `{"env": "NAME"}` is a mapping."""
        if reading.as_written:
            return dumped(raw)
        return self._filled_in(raw, path, reading) if is_pending(raw) else raw

    def _filled_in(self, raw: object, path: Path, reading: Reading) -> object:
        if isinstance(raw, (EnvVar, IntEnvVar)):
            text = reading.variable(raw.env_var_name, path)
            if text is None or isinstance(raw, EnvVar):
                return text
            if text.strip().lstrip("+-").isdecimal():
                return int(text)
            reading.add(path, f"is the environment variable {raw.env_var_name}, whose text is not an int")
            return UNSET
        entries = mapping_in(raw)
        if entries is not None:
            return {key: self._filled_in(value, (*path, str(key)), reading) for key, value in entries.items()}
        if isinstance(raw, (list, tuple)):
            items = enumerate(cast("Sequence[object]", raw))
            return [self._filled_in(item, (*path, number), reading) for number, item in items]
        return raw


class NoConfig(ConfigType):
    """What takes no config."""

    shown = "nothing"

    def read(self, raw: object, path: Path, reading: Reading) -> object:
        """A problem, unless nothing is said."""
        if raw is None or raw == {}:
            return {}
        reading.add(path, f"is {shown_raw(raw)}, and it takes no config")
        return UNSET

    def missing(self, path: Path, reading: Reading) -> object:
        """Nothing."""
        del path, reading
        return {}

    @property
    def is_required(self) -> bool:
        """No."""
        return False


ANY_CONFIG = AnyType()
NO_CONFIG = NoConfig()


def dumped(value: object) -> object:
    """Raw config for a value of any kind: objects of config classes become mappings, enum members their names."""
    variable = variable_in(value)
    if variable is not None:
        return {"env": variable}
    type_of = getattr(type(value), CONFIG_MARK, None) or getattr(type(value), RESOURCE_KIND, None)
    if type_of is not None and hasattr(type(value), "model_fields"):
        schema: ConfigType = cast("Any", type(value)).to_config_schema()
        return schema.dump(value)
    if isinstance(value, enum.Enum):
        return value.name
    if isinstance(value, Mapping):
        return {key: dumped(inner) for key, inner in cast("Mapping[object, object]", value).items()}
    if isinstance(value, (list, tuple)):
        return [dumped(inner) for inner in cast("list[object]", value)]
    return value


def shown_raw(raw: object) -> str:
    """A raw value for a message: short, and no more of it than is needed to find it."""
    text = repr(raw).replace("'", '"') if isinstance(raw, str) else repr(raw)
    return text if len(text) <= 60 else f"{text[:57]}..."
