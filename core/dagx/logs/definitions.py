"""Loggers as definitions: where a run's log lines go beside the log of the run itself.

A run uses those that its run config names under `loggers`.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from typing import Any, cast, overload

from dagx.config.given import configured_schema, given_config
from dagx.config.reading import ConfigType
from dagx.config.schema import config_type_of
from dagx.errors import (
    InvalidConfigError,
    InvalidDefinitionError,
    InvalidInvocationError,
    InvariantViolationError,
)
from dagx.logs.user_code import ROOT
from dagx.nearest import did_you_mean
from dagx.record import Record

__all__ = ["InitLoggerContext", "LoggerDefinition", "build_init_logger_context", "logger"]

_FORWARDED = "dagx_forwarded"


class InitLoggerContext(Record):
    """What the function of a logger is told: its config, the definition, the job and the id of the run.

    Outside a run, `job_def` and `run_id` are None.
    """

    logger_config: Any
    logger_def: LoggerDefinition | None
    job_def: Any
    run_id: str | None

    def __init__(
        self,
        logger_config: Any = None,
        logger_def: LoggerDefinition | None = None,
        job_def: Any = None,
        run_id: str | None = None,
    ) -> None:
        self._set(logger_config=logger_config, logger_def=logger_def, job_def=job_def, run_id=run_id)


LoggerFunction = Callable[[InitLoggerContext], logging.Logger]


class LoggerDefinition:
    """What `@logger` makes: a function that returns a `logging.Logger`, and the schema of its config."""

    def __init__(
        self, logger_fn: LoggerFunction, config_schema: object = None, description: str | None = None
    ) -> None:
        if not callable(logger_fn):
            raise InvalidDefinitionError(f"a logger is a function of its context, not {logger_fn!r}")
        self.logger_fn = logger_fn
        self.description = description
        self.config_schema: ConfigType = config_type_of(config_schema)

    def configured(
        self, config_or_config_fn: Any, config_schema: object = None, description: str | None = None
    ) -> LoggerDefinition:
        """The logger with its config: raw, or a function of the config that `config_schema` describes."""
        return LoggerDefinition(
            self.logger_fn,
            configured_schema(
                self.config_schema, config_or_config_fn, config_schema, "the config of the logger"
            ),
            self.description if description is None else description,
        )

    def made(self, context: InitLoggerContext, what: str = "the logger") -> logging.Logger:
        """The logger for a run; the raw config is in `context.logger_config`.

        Raises InvalidConfigError, and InvariantViolationError when the function returns something else.
        """
        config = given_config(self.config_schema, context.logger_config, f"the config of {what}")
        found = self.logger_fn(InitLoggerContext(config, self, context.job_def, context.run_id))
        if not isinstance(cast(object, found), logging.Logger):
            raise InvariantViolationError(
                f"{what} is a {type(found).__qualname__}", "return a logging.Logger from its function"
            )
        return found

    def __call__(self, *args: Any, **kwargs: Any) -> logging.Logger:
        """The logger, for tests: call it with `build_init_logger_context(...)`. Raises InvalidInvocationError."""
        given = [*args, *kwargs.values()]
        if len(given) != 1 or not isinstance(given[0], InitLoggerContext):
            raise InvalidInvocationError(
                "a logger is called with its context alone",
                "give build_init_logger_context(logger_config=...)",
            )
        return self.made(given[0])


@overload
def logger(config_schema: LoggerFunction) -> LoggerDefinition: ...
@overload
def logger(
    config_schema: type[Any] | ConfigType | Mapping[str, Any] | list[Any] | None = None,
    description: str | None = None,
) -> Callable[[LoggerFunction], LoggerDefinition]: ...
def logger(config_schema: Any = None, description: str | None = None) -> Any:
    """Make a logger of `function(init_context)`, which returns a `logging.Logger`; bare or with arguments.

    config_schema: of `init_context.logger_config`; without it, any config is taken.
    """
    if callable(config_schema) and not isinstance(config_schema, (type, ConfigType)):
        return LoggerDefinition(cast(LoggerFunction, config_schema))

    def define(function: LoggerFunction) -> LoggerDefinition:
        return LoggerDefinition(function, config_schema, description or function.__doc__)

    return define


def build_init_logger_context(logger_config: Any = None, job_def: Any = None) -> InitLoggerContext:
    """The context with which a logger can be called in a test; `logger_config` is raw config."""
    return InitLoggerContext(logger_config, None, job_def)


@contextmanager
def run_loggers(
    definitions: Mapping[str, LoggerDefinition],
    config: Mapping[str, Any],
    *,
    run_id: str,
    job_def: Any = None,
) -> Generator[None, None, None]:
    """While the body runs, what is logged goes to the loggers that `config` names, too.

    definitions: the loggers by name. config: `loggers` of the run config: `{name: {"config": ...}}`. Raises
    InvalidConfigError for a name that is not defined or config that does not fit.
    """
    made: list[logging.Logger] = []
    for name, entry in config.items():
        if name not in definitions:
            hint = did_you_mean(name, definitions) or f"there are: {', '.join(definitions) or 'none'}"
            raise InvalidConfigError(f'loggers.{name}: no logger "{name}" is defined', hint)
        raw = cast("Mapping[str, Any]", entry or {}).get("config")
        context = InitLoggerContext(raw, definitions[name], job_def, run_id)
        made.append(definitions[name].made(context, f'the logger "{name}"'))
    if not made:
        yield
        return
    root, forwarding = logging.getLogger(ROOT), _Forwarding(made)
    root.addHandler(forwarding)
    try:
        yield
    finally:
        root.removeHandler(forwarding)


class _Forwarding(logging.Handler):
    def __init__(self, loggers: list[logging.Logger]) -> None:
        super().__init__()
        self._loggers = loggers

    def emit(self, record: logging.LogRecord) -> None:
        if getattr(record, _FORWARDED, False):  # it comes back from one of dagx's own loggers
            return
        setattr(record, _FORWARDED, True)
        for made in self._loggers:
            if made.isEnabledFor(record.levelno):
                made.handle(record)
