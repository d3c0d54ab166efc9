"""Which DagsterType stands behind a Python class that is used as an annotation. Semantics: section 7."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, overload
from weakref import WeakKeyDictionary

from dagx.errors import InvalidArgumentError, InvalidDefinitionError
from dagx.value_types.definition import DagsterType, PythonObjectDagsterType
from dagx.value_types.loader import DagsterTypeLoader

__all__ = ["make_python_type_usable_as_dagster_type", "usable_as_dagster_type"]

C = TypeVar("C", bound="type[Any]")
_REGISTERED: WeakKeyDictionary[type[Any], DagsterType] = WeakKeyDictionary()


def registered(python_type: type[Any]) -> DagsterType | None:
    """The DagsterType that was bound to a class, if any was."""
    return _REGISTERED.get(python_type)


def make_python_type_usable_as_dagster_type(python_type: type[Any], dagster_type: DagsterType) -> None:
    """From now on, `python_type` as an annotation or `dagster_type=` means `dagster_type`.

    Raises InvalidDefinitionError when the class means another one already. Semantics: section 7.
    """
    if not isinstance(python_type, type):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise InvalidArgumentError(f"python_type is a class, not {python_type!r}")
    if not isinstance(dagster_type, DagsterType):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise InvalidArgumentError(f"dagster_type is a DagsterType, not {dagster_type!r}")
    known = _REGISTERED.get(python_type)
    if known is not None and known is not dagster_type:
        raise InvalidDefinitionError(
            f"{python_type.__qualname__} already means the type {known.display_name}",
            f"bind it once, or write dagster_type= where {dagster_type.display_name} is meant",
        )
    _REGISTERED[python_type] = dagster_type


@overload
def usable_as_dagster_type(name: C) -> C: ...
@overload
def usable_as_dagster_type(
    name: str | None = None, description: str | None = None, loader: DagsterTypeLoader | None = None
) -> Callable[[C], C]: ...
def usable_as_dagster_type(
    name: Any = None, description: str | None = None, loader: DagsterTypeLoader | None = None
) -> Any:
    """Give a class of one's own a name, a description and a loader as a type; bare or with arguments.

    name: shown in messages, that of the class unless given. Returns the class itself. Semantics: section 7.
    """
    if isinstance(name, type):
        return usable_as_dagster_type()(name)

    def bind(python_type: C) -> C:
        shown = python_type.__name__ if name is None else name
        make_python_type_usable_as_dagster_type(
            python_type,
            PythonObjectDagsterType(python_type, name=shown, description=description, loader=loader),
        )
        return python_type

    return bind
