"""PipesMessageHandler: takes the messages of the other process one by one. It knows not how they come."""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from dagx.checks.results import AssetCheckResult, AssetCheckSeverity
from dagx.contexts.step import OpExecutionContext
from dagx.errors import InvariantViolationError
from dagx.execution.results import DataVersion, MaterializeResult
from dagx.keys import AssetKey
from dagx.pipes.wire import PipesLaunchedData, read_metadata

if TYPE_CHECKING:
    from dagx.pipes.ends import PipesMessageReader

__all__ = ["PipesExecutionResult", "PipesMessageHandler"]

PipesExecutionResult = MaterializeResult[Any] | AssetCheckResult
"""What the other process reports of assets and checks."""


class PipesMessageHandler:
    """Turns messages into results and log lines. May be called from several threads.

    `context` is the one of the step, `message_reader` who hands the messages over and is told when the other process
    opened its side.
    """

    def __init__(self, context: OpExecutionContext, message_reader: PipesMessageReader) -> None:
        self._context = context
        self._reader = message_reader
        self._lock = threading.Lock()
        self._results: list[PipesExecutionResult] = []
        self._custom: list[Any] = []
        self._materialized: set[AssetKey] = set()
        self._opened = 0
        self._closed = 0
        self.external_exception: Mapping[str, Any] | None = None
        self._methods: Mapping[str, Callable[[Mapping[str, Any]], None]] = {
            "opened": self._take_opened,
            "closed": self._take_closed,
            "log": self._take_log,
            "log_external_stream": self._take_stream,
            "report_asset_materialization": self._take_materialization,
            "report_asset_check": self._take_check,
            "report_custom_message": self._take_custom,
        }

    @property
    def received_opened_message(self) -> bool:
        """Whether every writer of the other side has opened it."""
        return self._opened >= self._reader.writers

    @property
    def received_closed_message(self) -> bool:
        """Whether every writer of the other side has closed it."""
        return self._closed >= self._reader.writers

    @property
    def materialized_keys(self) -> set[AssetKey]:
        """The assets that were reported as made, whether or not their results were taken."""
        return set(self._materialized)

    def handle_message(self, message: Mapping[str, Any]) -> None:
        """Take one message.

        Raises InvariantViolationError for one that the protocol does not have, or an asset reported twice,
        InvalidMetadataError for metadata that cannot be recorded.
        """
        take = self._methods.get(message["method"])
        if take is None:
            raise InvariantViolationError(
                f"the external process sent a message {message['method']!r}",
                f"the protocol has: {', '.join(self._methods)}",
            )
        with self._lock:
            take(message.get("params") or {})

    def on_launched(self, launched_payload: PipesLaunchedData) -> None:
        """The process was launched: the reader is told, which may need it to find the messages."""
        self._reader.on_launched(launched_payload)

    def take_results(self) -> list[PipesExecutionResult]:
        """The results that came since the last call."""
        with self._lock:
            taken, self._results = self._results, []
        return taken

    def get_custom_messages(self) -> list[Any]:
        """The payloads of all custom messages, in the order in which they came."""
        with self._lock:
            return list(self._custom)

    def _take_opened(self, params: Mapping[str, Any]) -> None:
        self._opened += 1
        self._reader.on_opened(params)

    def _take_closed(self, params: Mapping[str, Any]) -> None:
        self._closed += 1
        self.external_exception = params.get("exception") or self.external_exception
        if self.external_exception is not None:
            self._context.log.error("in the external process:\n%s", exception_text(self.external_exception))

    def _take_log(self, params: Mapping[str, Any]) -> None:
        level: object = getattr(logging, str(params["level"]).upper(), None)
        self._context.log.log(level if isinstance(level, int) else logging.INFO, "%s", params["message"])

    def _take_stream(self, params: Mapping[str, Any]) -> None:
        stream = sys.stderr if params["stream"] == "stderr" else sys.stdout
        stream.write(params["text"])
        stream.flush()

    def _take_materialization(self, params: Mapping[str, Any]) -> None:
        key = AssetKey.from_escaped_user_string(params["asset_key"])
        if key in self._materialized:
            raise InvariantViolationError(
                f'the external process reported the asset "{key.to_user_string()}" twice',
                "report each asset once, with all its metadata",
            )
        version = params.get("data_version")
        result: MaterializeResult[Any] = MaterializeResult(
            asset_key=key,
            metadata=read_metadata(params.get("metadata")),
            data_version=None if version is None else DataVersion(version),
        )
        self._materialized.add(key)
        self._results.append(result)

    def _take_check(self, params: Mapping[str, Any]) -> None:
        self._results.append(
            AssetCheckResult(
                passed=params["passed"],
                asset_key=AssetKey.from_escaped_user_string(params["asset_key"]),
                check_name=params["check_name"],
                metadata=read_metadata(params.get("metadata")),
                severity=AssetCheckSeverity(params.get("severity") or "ERROR"),
            )
        )

    def _take_custom(self, params: Mapping[str, Any]) -> None:
        self._custom.append(params.get("payload"))


def exception_text(exception: Mapping[str, Any]) -> str:
    """An exception of the other process, its causes first, as Python would print it."""
    cause = exception.get("cause") or exception.get("context")
    before = f"{exception_text(cause)}\n\nwhich led to:\n\n" if cause else ""
    return before + "".join([*exception.get("stack", ()), str(exception.get("message", ""))]).rstrip()
