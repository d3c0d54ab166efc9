"""The loggers that need no definition: lines for people, or JSON for programs, on stderr."""

from __future__ import annotations

import json
import logging
import sys
from typing import Any

from dagx.config.schema import Field
from dagx.logs.definitions import InitLoggerContext, LoggerDefinition

__all__ = ["JsonLogFormatter", "colored_console_logger", "default_loggers", "json_console_logger"]

_COLORS = {
    logging.DEBUG: "\x1b[32m",
    logging.WARNING: "\x1b[33m",
    logging.ERROR: "\x1b[31m",
    logging.CRITICAL: "\x1b[1;31m",
}
_PLAIN = "\x1b[0m"
_SCHEMA = {
    "log_level": Field(str, default_value="INFO", description="the least level that is shown"),
    "name": Field(str, default_value="dagx", description="the name that lines carry"),
}


class JsonLogFormatter(logging.Formatter):
    """A log record as one line of JSON: all its attributes, `message` and `exc_info` as text among them."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        fields: dict[str, Any] = {**vars(record), "message": record.getMessage()}
        fields["exc_info"] = self.formatException(record.exc_info) if record.exc_info else None
        del fields["msg"], fields["args"]
        return json.dumps(fields, default=str)


class _ColoredFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line = super().format(record)
        color = _COLORS.get(record.levelno) if sys.stderr.isatty() else None
        return f"{color}{line}{_PLAIN}" if color else line


class _ToStderr(logging.Handler):
    """To what is stderr when the line is written: a step has one of its own."""

    def __init__(self, formatter: logging.Formatter) -> None:
        super().__init__()
        self.setFormatter(formatter)

    def emit(self, record: logging.LogRecord) -> None:
        try:
            print(self.format(record), file=sys.stderr, flush=True)
        except Exception:  # noqa: BLE001  # as every handler of logging: a line that cannot be written fails no step
            self.handleError(record)


def _logger(context: InitLoggerContext, formatter: logging.Formatter) -> logging.Logger:
    config = context.logger_config
    made = logging.Logger(config["name"], level=config["log_level"].upper())
    made.addHandler(_ToStderr(formatter))
    return made


def _colored(context: InitLoggerContext) -> logging.Logger:
    pattern = "%(asctime)s - %(name)s - %(levelname)s - %(message)s"
    return _logger(context, _ColoredFormatter(pattern, "%Y-%m-%d %H:%M:%S %z"))


def _json(context: InitLoggerContext) -> logging.Logger:
    return _logger(context, JsonLogFormatter())


colored_console_logger = LoggerDefinition(_colored, _SCHEMA, "Lines for people on stderr, colored by level.")
"""Lines for people on stderr, colored by level. Config: `log_level` ("INFO"), `name` ("dagx")."""

json_console_logger = LoggerDefinition(_json, _SCHEMA, "A line of JSON on stderr for each record.")
"""A line of JSON on stderr for each record. Config: `log_level` ("INFO"), `name` ("dagx")."""


def default_loggers() -> dict[str, LoggerDefinition]:
    """The loggers that a job has when it is given none: `console`."""
    return {"console": colored_console_logger}
