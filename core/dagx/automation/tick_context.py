"""What the contexts of the ticks of schedules and sensors have in common. Launches nothing and records nothing."""

from __future__ import annotations

import importlib
import logging
from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, TypeVar, cast

from dagx.errors import InvalidArgumentError, InvariantViolationError
from dagx.logs.user_code import get_logger
from dagx.names import as_mapping
from dagx.resource_defs.named import ScopedResources

if TYPE_CHECKING:
    from types import TracebackType

    from dagx.instance.instance import DagsterInstance

T = TypeVar("T", bound="TickContext")


class TickContext:
    """The instance, the resources and the definitions of a tick; asking for one that was not given raises.

    Resources are set up when they are first asked for, and torn down at the end of a `with` block.
    """

    def __init__(
        self,
        *,
        instance: DagsterInstance | None = None,
        resources: Mapping[str, object] | None = None,
        repository_def: Any = None,
        definitions: Any = None,
        name: str | None = None,
        lender: TickContext | None = None,
    ) -> None:
        if instance is not None and not hasattr(instance, "get_event_records"):
            raise InvalidArgumentError(
                f"instance is a DagsterInstance, not {instance!r}", "write DagsterInstance.ephemeral()"
            )
        self._instance = instance
        self._definitions = definitions
        self._repository_def = repository_def
        self._name = name
        self._lender = lender
        self._given = (
            None if resources is None else cast("dict[str, Any]", as_mapping(resources, "resources"))
        )
        self._opening: AbstractContextManager[ScopedResources] | None = None
        self._opened: ScopedResources | None = None
        self._is_entered = False
        self.log: logging.Logger = get_logger(name)

    @property
    def instance(self) -> DagsterInstance:
        """The instance. Raises InvariantViolationError for a context that was built without one."""
        if self._instance is None:
            raise InvariantViolationError(
                "this context was built without an instance", "give instance=DagsterInstance.ephemeral()"
            )
        return self._instance

    @property
    def has_instance(self) -> bool:
        """Whether there is an instance."""
        return self._instance is not None

    # Resources

    @property
    def resources(self) -> ScopedResources:
        """The resources as attributes. Raises what setting them up raises, and InvariantViolationError for one that
        has something to tear down while the context is not entered.
        """
        if self._given is None and self._lender is not None:
            return self._lender.resources
        if self._opened is None:
            self._opened = self._set_up(self._given) if self._given else ScopedResources({})
        return self._opened

    def _set_up(self, resources: Mapping[str, Any]) -> ScopedResources:
        # Late: what sets resources up reads config, which most schedules and sensors never need.
        lifecycle = importlib.import_module("dagx.resource_defs.lifecycle")
        building = importlib.import_module("dagx.resource_defs.building")
        if lifecycle.needs_closing(resources) and not self._is_entered:
            raise InvariantViolationError(
                "a resource of this context has something to tear down, and the context is not entered",
                "write: with build_sensor_context(...) as context:",
            )
        opening: AbstractContextManager[ScopedResources] = building.build_resources(resources, self._instance)
        self._opening = opening
        return opening.__enter__()

    def __enter__(self: T) -> T:
        self._is_entered = True
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._is_entered = False
        opening, self._opening, self._opened = self._opening, None, None
        if opening is not None:
            opening.__exit__(None, None, None)

    # Definitions

    @property
    def repository_def(self) -> Any:
        """The definitions of the project as a repository, or None."""
        if self._repository_def is None and self._definitions is not None:
            return self._definitions.get_repository_def()
        if self._repository_def is None and self._lender is not None:
            return self._lender.repository_def
        return self._repository_def

    @property
    def knows_definitions(self) -> bool:
        """Whether there are definitions to look jobs and assets up in."""
        return self._definitions is not None or self._repository_def is not None

    def find_job(self, name: str) -> Any:
        """The resolved job of this name. Raises what the definitions raise when there is none."""
        return self.repository_def.get_job(name)

    def asset_graph(self) -> Any:
        """The graph of the assets, against which selections are resolved."""
        return self.repository_def.asset_graph
