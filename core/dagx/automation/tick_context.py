"""What the context of a schedule's and of a sensor's tick have in common. Launches nothing and records nothing."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from dagx.errors import InvariantViolationError
from dagx.logs import get_logger
from dagx.named_resources import ScopedResources
from dagx.names import as_mapping

if TYPE_CHECKING:
    from types import TracebackType

    from dagx.instance.instance import DagsterInstance

T = TypeVar("T", bound="TickContext")


class TickContext:
    """The instance, the resources and the definitions of a tick; asking for one that was not given raises."""

    def __init__(
        self,
        *,
        instance: DagsterInstance | None = None,
        resources: Mapping[str, object] | None = None,
        repository_def: Any = None,
        definitions: Any = None,
        name: str | None = None,
    ) -> None:
        self._instance = instance
        self._definitions = definitions
        self._repository_def = repository_def
        self._name = name
        self.resources = ScopedResources(dict(resources or {}) if as_mapping(resources, "resources") else {})
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

    @property
    def repository_def(self) -> Any:
        """The definitions of the project as a repository, or None."""
        if self._repository_def is None and self._definitions is not None:
            return self._definitions.get_repository_def()
        return self._repository_def

    @property
    def knows_definitions(self) -> bool:
        """Whether there are definitions to look jobs and assets up in."""
        return self._definitions is not None or self._repository_def is not None

    def find_job(self, name: str) -> Any:
        """The resolved job of this name. Raises what the definitions raise when there is none."""
        if self._definitions is not None:
            return self._definitions.resolve_job_def(name)
        return self._repository_def.get_job(name)

    def asset_graph(self) -> Any:
        """The graph of the assets, against which selections are resolved."""
        if self._definitions is not None:
            return self._definitions.resolve_asset_graph()
        return self._repository_def.asset_graph

    def __enter__(self: T) -> T:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing is held open: resources are used as they were given."""
