"""IO managers declared as classes, their config as fields. Semantics: section 9."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

from dagx.resource_defs.configurable import ConfigurableResource
from dagx.resource_defs.init_context import InitResourceContext
from dagx.storing.managers import IOManager

__all__ = ["ConfigurableIOManager", "ConfigurableIOManagerFactory"]


class ConfigurableIOManager(ConfigurableResource, IOManager):
    """An IO manager that is a ConfigurableResource as well: implement `handle_output` and `load_input`.

    Semantics: section 9.
    """


class ConfigurableIOManagerFactory(ConfigurableResource):
    """A resource that makes an IO manager of its config, once a run: implement `create_io_manager`.

    Semantics: section 9.
    """

    @abstractmethod
    def create_io_manager(self, context: InitResourceContext) -> Any:
        """The IO manager."""

    def create_resource(self, context: InitResourceContext) -> Any:
        """The IO manager."""
        return self.create_io_manager(context)
