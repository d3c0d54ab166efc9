"""EnvVar: a setting that is read from the environment when it is needed. Semantics: section 11."""

from __future__ import annotations

import builtins
import os
from collections.abc import Mapping
from typing import Any, NoReturn, cast

from dagx.errors import InvalidArgumentError

__all__ = ["EnvVar"]


class EnvVar(str):
    """A setting whose value is that of an environment variable, read when a run sets the resource up.

    `EnvVar("DB_URL")` stands where a str is wanted, `EnvVar.int("PORT")` where an int is. Until then it is no value:
    `str()` raises RuntimeError. Semantics: section 11.
    """

    def __new__(cls, env_var_name: str) -> EnvVar:
        return super().__new__(cls, _checked(env_var_name))

    @classmethod
    def int(cls, env_var_name: str) -> IntEnvVar:
        """The same for a setting that is an int."""
        return IntEnvVar(env_var_name)

    @property
    def env_var_name(self) -> str:
        """The name of the variable."""
        return str.__str__(self)

    def get_value(self, default: str | None = None) -> str | None:
        """What the variable holds now; `default` when it is not set."""
        return os.environ.get(self.env_var_name, default)

    def __str__(self) -> NoReturn:
        raise _no_value(self.env_var_name)

    def __format__(self, spec: str) -> NoReturn:
        raise _no_value(self.env_var_name)

    def __repr__(self) -> str:
        return f"EnvVar({self.env_var_name!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, EnvVar) and self.env_var_name == other.env_var_name

    def __ne__(self, other: object) -> bool:
        return not self == other  # str and int have one of their own

    def __hash__(self) -> builtins.int:
        return hash((EnvVar, self.env_var_name))

    def __reduce__(self) -> tuple[type[EnvVar], tuple[str]]:
        return EnvVar, (self.env_var_name,)


class IntEnvVar(int):
    """An int that is read from the environment when it is needed; made by `EnvVar.int`."""

    env_var_name: str

    def __new__(cls, env_var_name: str) -> IntEnvVar:
        made = super().__new__(cls, 0)
        made.env_var_name = _checked(env_var_name)
        return made

    def get_value(self, default: int | None = None) -> int | None:
        """What the variable holds now, as an int; `default` when it is not set. Raises ValueError for no int."""
        text = os.environ.get(self.env_var_name)
        return default if text is None else int(text)

    def __str__(self) -> NoReturn:
        raise _no_value(self.env_var_name)

    def __int__(self) -> NoReturn:
        raise _no_value(self.env_var_name)

    __index__ = __int__

    def __format__(self, spec: str) -> NoReturn:
        raise _no_value(self.env_var_name)

    def __repr__(self) -> str:
        return f"EnvVar.int({self.env_var_name!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, IntEnvVar) and self.env_var_name == other.env_var_name

    def __ne__(self, other: object) -> bool:
        return not self == other  # str and int have one of their own

    def __hash__(self) -> int:
        return hash((IntEnvVar, self.env_var_name))

    def __reduce__(self) -> tuple[type[IntEnvVar], tuple[str]]:
        return IntEnvVar, (self.env_var_name,)


def variable_in(raw: object) -> str | None:
    """The name of the variable when a leaf of config says to read one: `{"env": "NAME"}` or an EnvVar."""
    if isinstance(raw, (EnvVar, IntEnvVar)):
        return raw.env_var_name
    given = mapping_in(raw)
    named = None if given is None else given.get("env")
    return named if isinstance(named, str) and len(given or ()) == 1 else None


def mapping_in(raw: object) -> Mapping[Any, Any] | None:
    """`raw`, if it is a mapping."""
    return cast("Mapping[Any, Any]", cast(object, raw)) if isinstance(raw, Mapping) else None


def _checked(name: object) -> str:
    if not isinstance(name, str) or not name:
        raise InvalidArgumentError(
            f"the name of an environment variable is a str, not {name!r}", 'write EnvVar("NAME")'
        )
    return name


def _no_value(name: str) -> RuntimeError:
    return RuntimeError(
        f'EnvVar("{name}") has no value here: it is read when a run sets the resource up. '
        f'For the value of now ask EnvVar("{name}").get_value()'
    )
