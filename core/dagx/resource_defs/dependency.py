"""ResourceDependency: a field of a resource that another resource fills, of whatever type. Semantics: section 11."""

from __future__ import annotations

from typing import Annotated, Any, TypeVar

__all__ = ["ResourceDependency"]

T = TypeVar("T")


class _DependencyMark:
    is_resource_dependency = True

    def __get_pydantic_core_schema__(self, source: object, handler: object) -> dict[str, Any]:
        """Anything goes: what is bound may be the definition of a resource as well as its value."""
        del source, handler
        return {"type": "any"}

    def __repr__(self) -> str:
        return "resource"


ResourceDependency = Annotated[T, _DependencyMark()]
"""`client: ResourceDependency[Client]` in a ConfigurableResource.

The field takes a resource whose value is a Client (a function resource, another ConfigurableResource) or a Client
itself; during a run it is the Client. Type checkers see `Client`.
"""
