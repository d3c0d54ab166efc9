"""PreparedConfig: the schema of a definition's config, and how what fits it becomes what the function gets.

`configured(...)` puts another one in front. It knows neither loggers nor executors. Semantics: section 10.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from dagx.config.reading import ANY_CONFIG, NO_CONFIG, ConfigType, Reading
from dagx.config.schema import config_type_of
from dagx.errors import ConfigMappingFunctionError, InvalidConfigDefinitionError
from dagx.unset import UNSET


@dataclass(frozen=True)
class PreparedConfig:
    """`schema` is what is to be said; `makes` turns it into raw config of `inner`, where there is one."""

    schema: ConfigType
    inner: PreparedConfig | None = None
    makes: Callable[[Any], Any] | None = None

    @classmethod
    def of(cls, schema: object) -> PreparedConfig:
        """That of a schema as definitions give it; None takes anything."""
        return cls(config_type_of(schema))

    def configured(self, given: object, schema: object, what: str) -> PreparedConfig:
        """This one, configured: by raw config, or by a function of the config that `schema` describes.

        `what` opens the message of an error. Raises InvalidConfigDefinitionError for a schema beside raw config,
        InvalidConfigError for raw config that does not fit.
        """
        if callable(given):
            return PreparedConfig(config_type_of(schema), self, given)
        if schema is not None:
            raise InvalidConfigDefinitionError(
                f"{what}: configured() was given config and a config_schema",
                "a schema describes the config of a function; give a function, or leave the schema out",
            )
        self.resolve(given, what)
        return PreparedConfig(NO_CONFIG, self, lambda _: given)

    def resolve(self, raw: object, what: str) -> Any:
        """What the function gets for raw config; UNSET or None when nothing is said.

        Raises InvalidConfigError with everything that does not fit, ConfigMappingFunctionError for a function of
        `configured` that raises.
        """
        reading = Reading()
        if raw is UNSET or raw is None:
            value = None if self.schema is ANY_CONFIG else self.schema.missing((), reading)
        else:
            value = self.schema.read(raw, (), reading)
        made = value if reading.problems else self.schema.make(value, (), reading)
        reading.raise_problems(what)
        if self.inner is None or self.makes is None:
            return None if made is UNSET else made
        try:
            inside = self.makes(made)
        except Exception as error:
            raise ConfigMappingFunctionError(
                f"{what}: the function given to configured() raised {type(error).__name__}: {error}",
                user_exception=error,
            ) from error
        return self.inner.resolve(inside, what)
