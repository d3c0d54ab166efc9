"""PipesClient: launches other processes for steps, and what a launched one left behind."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any

from dagx.checks.results import AssetCheckResult
from dagx.contexts.step import OpExecutionContext
from dagx.errors import InvariantViolationError
from dagx.execution.results import MaterializeResult
from dagx.metadata.values import RawMetadataValue
from dagx.pipes.messages import PipesExecutionResult
from dagx.pipes.session import PipesSession
from dagx.pipes.wire import PipesExtras

__all__ = ["PipesClient", "PipesClientCompletedInvocation"]


class PipesClient(ABC):
    """Runs something elsewhere for a step, by the pipes protocol. As a parameter: `ResourceParam[YourClient]`."""

    @abstractmethod
    def run(
        self, *, context: OpExecutionContext, extras: PipesExtras | None = None, **kwargs: Any
    ) -> PipesClientCompletedInvocation:
        """Run it to its end and answer with what it reported."""


class PipesClientCompletedInvocation:
    """What a process that has ended reported. `metadata` is added to that of every asset."""

    def __init__(self, session: PipesSession, metadata: Mapping[str, RawMetadataValue] | None = None) -> None:
        self._session = session
        self._metadata = metadata
        self._results: list[PipesExecutionResult] | None = None

    def get_results(
        self, *, implicit_materializations: bool = True, implicit_materialization: bool = True
    ) -> list[PipesExecutionResult]:
        """All results, to be yielded or returned by the step.

        An asset of the step that was not reported has one too, unless `implicit_materializations` is False.
        """
        if self._results is None:
            self._results = list(
                self._session.get_results(
                    implicit_materializations=implicit_materializations and implicit_materialization,
                    metadata=self._metadata,
                )
            )
        return self._results

    def get_materialize_result(self, *, implicit_materialization: bool = True) -> MaterializeResult[Any]:
        """The result of the one asset of the step, with the results of its checks.

        An asset that was not reported counts as made, unless `implicit_materialization` is False. Raises
        InvariantViolationError when there is not one asset.
        """
        results = self.get_results(implicit_materializations=implicit_materialization)
        made = [result for result in results if isinstance(result, MaterializeResult)]
        if len(made) != 1:
            raise InvariantViolationError(
                f"get_materialize_result() is for one asset; the external process reported {len(made)}",
                "yield from .get_results()" if made else "report it, or leave implicit_materialization on",
            )
        checks = [result for result in results if isinstance(result, AssetCheckResult)]
        return MaterializeResult(
            asset_key=made[0].asset_key,
            metadata=made[0].metadata,
            check_results=checks,
            data_version=made[0].data_version,
            tags=made[0].tags,
        )

    def get_asset_check_result(self) -> AssetCheckResult:
        """The result of the one check of the step.

        Raises InvariantViolationError when something else was reported, or nothing.
        """
        results = self.get_results(implicit_materializations=False)
        if len(results) != 1 or not isinstance(results[0], AssetCheckResult):
            shown = ", ".join(type(result).__name__ for result in results) or "nothing"
            raise InvariantViolationError(
                f"get_asset_check_result() is for one check; the external process reported {shown}",
                "yield from .get_results()" if results else "report it: pipes.report_asset_check(...)",
            )
        return results[0]

    def get_custom_messages(self) -> list[Any]:
        """The payloads of the custom messages, in the order in which they came."""
        return self._session.get_custom_messages()
