"""Config that loggers and executors are given: by `configured`, and by the run. Semantics: section 10."""

from __future__ import annotations

from typing import Any

from dagx.config.mappings import ConfiguredType
from dagx.config.reading import ANY_CONFIG, ConfigType, Reading, dumped
from dagx.unset import UNSET


def configured_schema(inner: ConfigType, given: object, schema: object, what: str) -> ConfiguredType:
    """The schema of a definition to which config was given: raw config, or a function of config of `schema`.

    `what` opens the message of an error. Raises InvalidConfigError for raw config that does not fit; what it has of
    the environment is read when it is needed.
    """
    if not callable(given):
        reading = Reading(as_written=True)
        inner.read(dumped(given), (), reading)
        reading.raise_problems(what)
    return ConfiguredType(inner, given, schema)


def given_config(schema: ConfigType, raw: object, what: str) -> Any:
    """What raw config (None: nothing said) comes to. Raises InvalidConfigError with all that does not fit."""
    reading = Reading()
    if raw is not None:
        value = schema.read(raw, (), reading)
    else:
        value = UNSET if schema is ANY_CONFIG else schema.missing((), reading)
    reading.raise_problems(what)
    made = value if value is UNSET else schema.make(value, (), reading)
    reading.raise_problems(what)
    return None if made is UNSET else made
