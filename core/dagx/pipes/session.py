"""PipesSession: what connects a step with the process it launches, and what that process reported."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from dagx.contexts.step import OpExecutionContext
from dagx.execution.results import MaterializeResult
from dagx.metadata.values import RawMetadataValue, normalized
from dagx.pipes.context_data import context_data, made_keys
from dagx.pipes.ends import PipesContextInjector, PipesMessageReader
from dagx.pipes.messages import PipesExecutionResult, PipesMessageHandler
from dagx.pipes.wire import (
    COMPOSITE_WRITERS,
    CONTEXT_VARIABLE,
    MESSAGES_VARIABLE,
    PipesExtras,
    PipesLaunchedData,
    PipesParams,
    encoded,
)

__all__ = ["PipesSession", "open_pipes_session"]


class PipesSession:
    """A session with another process, made by `open_pipes_session`.

    Launch the process with `get_bootstrap_env_vars()` in its environment; `get_results()` has what it reported.
    """

    def __init__(
        self,
        context_data: Mapping[str, Any],
        message_handler: PipesMessageHandler,
        context_injector_params: PipesParams,
        message_reader_params: PipesParams,
        context: OpExecutionContext,
        message_reader: PipesMessageReader,
    ) -> None:
        self.context_data = context_data
        self.message_handler = message_handler
        self.context_injector_params = context_injector_params
        self.message_reader_params = message_reader_params
        self.context = context
        self._reader = message_reader
        self._is_over = False

    def get_bootstrap_params(self) -> dict[str, PipesParams]:
        """By the names of the variables, what the process must know, as JSON values."""
        return {CONTEXT_VARIABLE: self.context_injector_params, MESSAGES_VARIABLE: self.message_reader_params}

    def get_bootstrap_env_vars(self) -> dict[str, str]:
        """The environment variables that the process needs."""
        return {name: encoded(params) for name, params in self.get_bootstrap_params().items()}

    def get_bootstrap_cli_arguments(self) -> dict[str, str]:
        """The same as options of a command line: `--dagster-pipes-context`, `--dagster-pipes-messages`."""
        return {
            f"--{name.lower().replace('_', '-')}": text
            for name, text in self.get_bootstrap_env_vars().items()
        }

    def get_per_writer_bootstrap_env_vars(self) -> list[dict[str, str]]:
        """The environment variables of each process of a session with several; of one with one, a list of it."""
        writers: Sequence[PipesParams] = self.message_reader_params.get(
            COMPOSITE_WRITERS, [self.message_reader_params]
        )
        context = encoded(self.context_injector_params)
        return [{CONTEXT_VARIABLE: context, MESSAGES_VARIABLE: encoded(writer)} for writer in writers]

    def report_launched(self, launched_payload: PipesLaunchedData) -> None:
        """Say that the process was launched, and what is known of it."""
        self.message_handler.on_launched(launched_payload)

    def get_reported_results(self) -> list[PipesExecutionResult]:
        """The results that the process reported since they were last asked for."""
        if not self._is_over:
            self._reader.catch_up()
        return self.message_handler.take_results()

    def get_results(
        self,
        *,
        implicit_materializations: bool = True,
        metadata: Mapping[str, RawMetadataValue] | None = None,
    ) -> list[PipesExecutionResult]:
        """The results reported since they were last asked for, to be yielded by the step.

        Once the process has closed its side, or the session is over, there is also one for each asset of the step
        that was not reported, unless `implicit_materializations` is False. `metadata` is added to that of every asset.
        """
        found = self.get_reported_results()
        if implicit_materializations and (self._is_over or self.message_handler.received_closed_message):
            silent = [k for k in made_keys(self.context) if k not in self.message_handler.materialized_keys]
            found.extend(MaterializeResult(asset_key=key) for key in silent)
        return [with_metadata(result, metadata) for result in found] if metadata else found

    def get_custom_messages(self) -> list[Any]:
        """The payloads of the custom messages so far, in the order in which they came."""
        if not self._is_over:
            self._reader.catch_up()
        return self.message_handler.get_custom_messages()

    def end(self) -> None:
        """Nothing more comes."""
        self._is_over = True


@contextmanager
def open_pipes_session(
    context: OpExecutionContext,
    context_injector: PipesContextInjector,
    message_reader: PipesMessageReader,
    extras: PipesExtras | None = None,
) -> Generator[PipesSession, None, None]:
    """A session with a process that the step launches in its body.

    context: of the step. context_injector: hands the context over. message_reader: brings the messages back.
    extras: JSON values that the process may ask for by name. When the body is left, the messages that are left are
    read; one that could not be taken raises what was wrong with it.
    """
    data = context_data(context, extras)
    handler = PipesMessageHandler(context, message_reader)
    with context_injector.inject_context(data) as injected, message_reader.read_messages(handler) as reading:
        session = PipesSession(data, handler, injected, reading, context, message_reader)
        yield session
    session.end()
    if not handler.received_opened_message:
        context.log.warning(
            "no message came from the external process: %s; %s",
            context_injector.no_messages_debug_text(),
            message_reader.no_messages_debug_text(),
        )


def with_metadata(
    result: PipesExecutionResult, metadata: Mapping[str, RawMetadataValue]
) -> PipesExecutionResult:
    """A materialization with more metadata, which what was reported wins over; a check result as it is."""
    if not isinstance(result, MaterializeResult):
        return result
    return MaterializeResult(
        asset_key=result.asset_key,
        metadata={**normalized(metadata), **result.metadata},
        check_results=result.check_results,
        data_version=result.data_version,
        tags=result.tags,
    )
