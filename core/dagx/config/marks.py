"""How classes of config and of resources are told from all others.

Needs no pydantic: such a class carries, under a name of its own, what can be done with it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, Protocol, get_origin

if TYPE_CHECKING:
    from dagx.config.reading import ConfigType
    from dagx.resource_defs.init_context import InitResourceContext

CONFIG_MARK = "__dagx_config__"
RESOURCE_KIND = "__dagx_resource__"


class ResourceKind(Protocol):
    """What the lifecycle of resources does with the objects of one class."""

    def schema(self, resource: Any) -> ConfigType | None:
        """What run config may say of the resource; None: anything."""
        ...

    def nested(self, resource: Any) -> Mapping[str, object]:
        """The resources that it holds, by field."""
        ...

    def required_keys(self, resource: Any) -> Collection[str]:
        """The names of the resources that it needs beside."""
        ...

    def needs_closing(self, resource: Any) -> bool:
        """Whether its user must say when it is used no more."""
        ...

    def said(self, resource: Any) -> Mapping[str, object]:
        """The config that it was made with, its defaults too; variables stay as they are written."""
        ...

    def is_at_launch(self, resource: Any) -> bool:
        """Whether run config has to complete it."""
        ...

    def opened(
        self, resource: Any, context: InitResourceContext, nested: Mapping[str, object], place: str
    ) -> AbstractContextManager[object]:
        """Sets it up and gives what its users get; tears it down at the end.

        `nested` has the initialised resources by field, `place` the words of errors.
        """
        ...

    def described(self, resource: Any) -> Mapping[str, object]:
        """What decides how it behaves, for `identity_of`: names to values, which may be anything."""
        ...


def is_config_class(annotation: object) -> bool:
    """Whether this is a class of config: `dagx.Config` or one below it."""
    return isinstance(_plain(annotation), type) and hasattr(_plain(annotation), CONFIG_MARK)


def is_resource_class(annotation: object) -> bool:
    """Whether this is a class whose objects are resources with a lifecycle, as ConfigurableResource is."""
    return isinstance(_plain(annotation), type) and hasattr(_plain(annotation), RESOURCE_KIND)


def kind_of(resource: object) -> ResourceKind | None:
    """What can be done with a resource; None for a plain object, which is passed on as it is."""
    kind: ResourceKind | None = getattr(type(resource), RESOURCE_KIND, None)
    return kind


def _plain(annotation: object) -> object:
    """What stands in `Annotated[...]`; `C` for a generic `C[int]`."""
    if hasattr(annotation, "__metadata__"):
        return getattr(annotation, "__origin__", annotation)
    return get_origin(annotation) or annotation
