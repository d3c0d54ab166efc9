"""Resources outside of runs, for scripts and tests: `build_resources`, `build_init_resource_context`.

Semantics: section 11.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Generator, Mapping
from types import TracebackType
from typing import Any

from dagx.config.run_config import validated_run_config
from dagx.errors import InvariantViolationError
from dagx.execution.runs import RunInfo
from dagx.resource_defs.init_context import InitResourceContext
from dagx.resource_defs.lifecycle import needs_closing, open_resources, resource_schemas
from dagx.resource_defs.named import ScopedResources

__all__ = ["build_init_resource_context", "build_resources"]


@contextlib.contextmanager
def build_resources(
    resources: Mapping[str, Any],
    instance: Any = None,
    resource_config: Mapping[str, Any] | None = None,
    dagster_run: RunInfo | None = None,
    log_manager: logging.Logger | None = None,
) -> Generator[ScopedResources, None, None]:
    """Set resources up for the length of a `with` block: they are the attributes of what it gives.

    resources: names to resources of any kind. resource_config: `{name: {"config": {...}}}`, as in run config.
    Raises what setting up in a run would: InvalidConfigError, ResourceFunctionError. Semantics: section 11.
    """
    config = validated_run_config(
        {"resources": dict(resource_config or {})}, {}, resource_schemas(resources)
    ).resources
    with open_resources(
        resources, list(resources), config=config, run=dagster_run, instance=instance, log=log_manager
    ) as values:
        yield ScopedResources(values)


class _BuiltContext(InitResourceContext):
    """A context whose resources are set up when it is made, or, when they tear down, by its `with` block."""

    def __init__(self, resource_config: Any, bound: Mapping[str, Any], instance: Any) -> None:
        self._opening = build_resources(bound, instance)
        self._waits = needs_closing(bound)
        self._opened: ScopedResources | None = None
        super().__init__(resource_config=resource_config, instance=instance)
        if not self._waits:
            self._opened = self._opening.__enter__()

    @property
    def resources(self) -> ScopedResources:
        """The resources."""
        if self._opened is None:
            raise InvariantViolationError(
                "a resource of this context has something to tear down, and the context is not entered",
                "write: with build_init_resource_context(...) as context:",
            )
        return self._opened

    @resources.setter
    def resources(self, resources: ScopedResources) -> None:
        """Not kept: they are set up here."""

    def __enter__(self) -> _BuiltContext:
        if self._waits:
            self._opened = self._opening.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._waits:
            self._opened = None
            self._opening.__exit__(None, None, None)


def build_init_resource_context(
    config: Any = None, resources: Mapping[str, Any] | None = None, instance: Any = None
) -> Any:
    """A context to call the function of a resource with, in a test; also a context manager.

    config: what `resource_config` is. resources: names to resources, which are set up; if one of them tears
    something down, use the context in a `with` block (else InvariantViolationError). Semantics: section 11.
    """
    return _BuiltContext(config, dict(resources or {}), instance)
