"""Resources: named objects that an asset function asks for. Semantics: section 11."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Annotated, Any, TypeVar

from dagx.config.marks import is_resource_class
from dagx.errors import UnknownResourceError
from dagx.nearest import did_you_mean

__all__ = ["ResourceParam"]

T = TypeVar("T")


class _ResourceMark:
    def __repr__(self) -> str:
        return "resource"


RESOURCE_MARK = _ResourceMark()
ResourceParam = Annotated[T, RESOURCE_MARK]
"""`db:

ResourceParam[Database]` fills the parameter with the resource of its name; type checkers see `Database`.
"""


def is_resource(annotation: object) -> bool:
    """Whether a parameter with this annotation is a resource: ResourceParam, or a class of resources."""
    if is_resource_class(annotation):
        return True
    return any(mark is RESOURCE_MARK for mark in getattr(annotation, "__metadata__", ()))


class ScopedResources:
    """`context.resources`: the resources that are required, as attributes.

    Asking for another raises UnknownResourceError (an AttributeError). Semantics: section 11.
    """

    def __init__(
        self,
        available: Mapping[str, object],
        required: Collection[str] | None = None,
        known: Collection[str] = (),
    ) -> None:
        names = available if required is None else [name for name in available if name in required]
        self.__dict__["_scoped"] = {name: available[name] for name in names}
        self.__dict__["_available"] = frozenset(available) | frozenset(known)

    def __getattr__(self, name: str) -> Any:
        scoped: dict[str, object] = self.__dict__.get("_scoped", {})
        if name in scoped:
            return scoped[name]
        if name.startswith("__"):
            raise AttributeError(name)
        if name in self.__dict__["_available"]:
            hint = f'add required_resource_keys={{"{name}"}} to the asset, or take it as a ResourceParam'
        else:
            hint = did_you_mean(name, scoped) or available_text(self.__dict__["_available"])
        raise UnknownResourceError(f'the resource "{name}" is not there for this asset', hint)

    def __dir__(self) -> list[str]:
        return sorted(self.__dict__["_scoped"])

    def _asdict(self) -> dict[str, Any]:
        return dict(self.__dict__["_scoped"])


def available_text(names: Collection[str]) -> str:
    """A line that lists resources."""
    return f"available resources: {', '.join(sorted(names))}" if names else "no resources are defined"
