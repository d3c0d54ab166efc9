"""Config that a function makes of simpler config: `config_mapping`, `configured`. Semantics: section 10."""

from __future__ import annotations

import typing
from collections.abc import Callable, Mapping
from typing import Any, cast, overload

from dagx.config.reading import ConfigType, Path, Reading, dumped
from dagx.config.schema import config_type_of
from dagx.errors import ConfigMappingFunctionError, InvalidDefinitionError
from dagx.functions.annotations import parameters_of
from dagx.unset import UNSET

__all__ = ["ConfigMapping", "config_mapping", "configured"]


class ConfigMapping:
    """A function that makes the config of a job or graph out of simpler config. Semantics: section 10.

    config_fn: takes the simple config, returns run config (of a job) or the config of its ops by name (of a graph).
    config_schema: that of the simple config; without it, what the annotation of the function's parameter says,
    or anything. receive_processed_config_values: whether defaults and variables are filled in before (the default).
    """

    def __init__(
        self,
        config_fn: Callable[[Any], object],
        config_schema: object = None,
        receive_processed_config_values: bool | None = None,
    ) -> None:
        self.config_fn = config_fn
        self.config_schema = config_type_of(
            _annotation(config_fn) if config_schema is None else config_schema
        )
        self.receive_processed_config_values = receive_processed_config_values is not False

    def __call__(self, config: object) -> object:
        """What the function itself answers."""
        return self.config_fn(config)

    def read(self, raw: object, path: Path, reading: Reading) -> Mapping[str, object] | None:
        """The config made of `raw` (UNSET: none was given); None, and problems added, when that does not fit."""
        given = Reading(as_written=not self.receive_processed_config_values)
        schema = self.config_schema
        value = schema.missing(path, given) if raw is UNSET else schema.read(raw, path, given)
        argument = value if given.problems or given.as_written else schema.make(value, path, given)
        reading.problems += given.problems
        if given.problems:
            return None
        answer = _called(self.config_fn, argument)
        if hasattr(answer, "to_config_dict"):
            answer = cast("Any", answer).to_config_dict()
        if not isinstance(answer, Mapping):
            raise ConfigMappingFunctionError(
                f"the config mapping {_name(self.config_fn)} returned {answer!r}",
                "return a dict or RunConfig",
            )
        return cast("Mapping[str, object]", answer)


@overload
def config_mapping(config_fn: Callable[[Any], object]) -> ConfigMapping: ...


@overload
def config_mapping(
    *, config_schema: object = None, receive_processed_config_values: bool | None = None
) -> Callable[[Callable[[Any], object]], ConfigMapping]: ...


def config_mapping(
    config_fn: Callable[[Any], object] | None = None,
    *,
    config_schema: object = None,
    receive_processed_config_values: bool | None = None,
) -> ConfigMapping | Callable[[Callable[[Any], object]], ConfigMapping]:
    """Make a ConfigMapping of the decorated function; the parameters are those of ConfigMapping.

    Semantics: section 10.
    """

    def decorate(function: Callable[[Any], object]) -> ConfigMapping:
        return ConfigMapping(function, config_schema, receive_processed_config_values)

    return decorate if config_fn is None else decorate(config_fn)


class ConfiguredType(ConfigType):
    """The config type of a definition to which config was given: it takes what `outer` says, and reads as `inner`.

    `config` is the raw config, or a function that makes it of the outer one.
    """

    def __init__(self, inner: ConfigType, config: object, outer: object = None) -> None:
        self._inner = inner
        self._config = config
        self._outer = config_type_of({} if outer is None and not callable(config) else outer)
        self.shown = self._outer.shown

    @property
    def is_required(self) -> bool:
        """Whether the outer config is."""
        return self._outer.is_required

    def read(self, raw: object, path: Path, reading: Reading) -> object:
        """The plain value of the inner config."""
        return self._through(self._outer.read(raw, path, reading), path, reading)

    def missing(self, path: Path, reading: Reading) -> object:
        """The same when no outer config is given."""
        if callable(self._config) and self._outer.is_required:
            return self._outer.missing(path, reading)
        return self._through(self._outer.missing(path, reading), path, reading)

    def _through(self, outer: object, path: Path, reading: Reading) -> object:
        if reading.as_written or reading.problems:
            return outer
        raw = _called(self._config, outer) if callable(self._config) else self._config
        return self._inner.read(dumped(raw), path, reading)

    def make(self, value: object, path: Path, reading: Reading) -> object:
        """As the inner type makes it."""
        return self._inner.make(value, path, reading)


def configured(configurable: Any, config_schema: object = None, **given: Any) -> Callable[[Any], Any]:
    """Give config to a resource, IO manager, op or graph: `configured(definition)({"x": 1})`, or as a decorator.

    What is given is raw config, or a function that makes it out of config of the schema `config_schema`. An op gets
    the name `name=`, or that of the function. Semantics: section 10.

    Raises InvalidDefinitionError when the definition takes no config.
    """
    method = getattr(configurable, "configured", None)
    if method is None:
        raise InvalidDefinitionError(f"{configurable!r} cannot be configured", "give it a config_schema")

    def configure(config_or_function: Any) -> Any:
        options = dict(given)
        if callable(config_or_function) and hasattr(configurable, "name"):
            options.setdefault("name", _name(config_or_function))
        return method(config_or_function, config_schema=config_schema, **options)

    return configure


def _called(function: Callable[[Any], object], value: object) -> object:
    try:
        return function(value)
    except Exception as error:
        raise ConfigMappingFunctionError(
            f"{_name(function)}, which makes config, raised {type(error).__name__}: {error}",
            user_exception=error,
        ) from error


def _name(function: object) -> str:
    return str(getattr(function, "__name__", function))


def _annotation(function: Callable[..., object]) -> object:
    """That of the function's parameter, if its text can be resolved."""
    parameters = parameters_of(function)
    try:
        hints = typing.get_type_hints(function)
    except Exception:  # noqa: BLE001  # evaluating a user's annotation may raise anything
        return None
    return hints.get(parameters[0].name) if parameters else None
