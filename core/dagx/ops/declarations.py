"""In, Out, DynamicOut, GraphIn, GraphOut: what is said of an input or output beyond its name. Section 24."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from dagx.errors import InvalidArgumentError, InvalidDefinitionError
from dagx.functions.slots import DEFAULT_IO_MANAGER
from dagx.keys import AssetKey, CoercibleToAssetKey
from dagx.names import as_mapping
from dagx.record import Record
from dagx.source import innermost
from dagx.unset import UNSET

__all__ = ["DynamicOut", "GraphIn", "GraphOut", "In", "Out"]


class In(Record):
    """What is said of an op's input; each part is taken from the function's parameter unless given.

    dagster_type: its type (a class or a DagsterType); `Nothing` makes an input that only orders and is no parameter.
    description: for readers. default_value: what fills it when nothing is wired to it. metadata: for its IO manager.
    asset_key: the asset whose value is loaded for it when nothing is wired to it. input_manager_key: the resource
    that loads it, in place of the IO manager that stored it. Semantics: section 24.
    """

    dagster_type: Any
    description: str | None
    default_value: Any
    metadata: Mapping[str, Any]
    asset_key: AssetKey | None
    input_manager_key: str | None

    def __init__(
        self,
        dagster_type: Any = UNSET,
        description: str | None = None,
        default_value: Any = UNSET,
        metadata: Mapping[str, Any] | None = None,
        asset_key: CoercibleToAssetKey | None = None,
        asset_partitions: object = None,
        input_manager_key: str | None = None,
    ) -> None:
        if asset_partitions is not None:
            raise InvalidDefinitionError(
                "In(asset_partitions=...) is not built yet in dagx",
                "make the op an asset with partitions_def=",
            )
        self._set(
            dagster_type=dagster_type,
            description=description,
            default_value=default_value,
            metadata=as_mapping(metadata, "metadata"),
            asset_key=None if asset_key is None else AssetKey.from_coercible(asset_key),
            input_manager_key=input_manager_key,
        )


class Out(Record):
    """What is said of an op's output.

    dagster_type: its type, that of the return annotation unless given. is_required: False when the function need not
    yield it; what needs it is then skipped. io_manager_key: the resource that stores it, "io_manager" by default.
    metadata: for that IO manager. description, code_version: for readers. Semantics: section 24.
    """

    dagster_type: Any
    description: str | None
    is_required: bool
    io_manager_key: str
    metadata: Mapping[str, Any]
    code_version: str | None
    _is_dynamic = False

    def __init__(
        self,
        dagster_type: Any = UNSET,
        description: str | None = None,
        is_required: bool = True,
        io_manager_key: str | None = None,
        metadata: Mapping[str, Any] | None = None,
        code_version: str | None = None,
    ) -> None:
        self._set(
            dagster_type=dagster_type,
            description=description,
            is_required=is_required,
            io_manager_key=DEFAULT_IO_MANAGER if io_manager_key is None else io_manager_key,
            metadata=as_mapping(metadata, "metadata"),
            code_version=code_version,
        )

    @property
    def is_dynamic(self) -> bool:
        """Whether it is yielded any number of times, as DynamicOutput."""
        return self._is_dynamic


class DynamicOut(Out):
    """An output that is yielded any number of times, each as a DynamicOutput with a mapping key of its own.

    In a graph, `.map(op)` runs an op once for each, `.collect()` gives all of them as a list. The rest as for Out.
    Semantics: section 24.
    """

    _is_dynamic = True


class GraphIn(Record):
    """What is said of an input of a graph: a description, for readers."""

    description: str | None

    def __init__(self, description: str | None = None) -> None:
        self._set(description=description)


class GraphOut(Record):
    """What is said of an output of a graph: a description, for readers."""

    description: str | None

    def __init__(self, description: str | None = None) -> None:
        self._set(description=description)


def own_name(function: Callable[..., Any], name: str | None, what: str) -> str:
    """The name given for what `function` becomes, else the function's. Raises InvalidDefinitionError for a lambda."""
    found = name or getattr(innermost(function), "__name__", None)
    if found is None or found == "<lambda>":
        raise InvalidDefinitionError(f"{function!r} has no name to call the {what} by", "give name=")
    return str(found)


def graph_outs(out: object, shown: str) -> dict[str, GraphOut] | None:
    """The outputs that `out=` of a graph names; None when it says nothing. Raises InvalidArgumentError."""
    if out is None:
        return None
    if isinstance(out, GraphOut):
        return {"result": out}
    named: dict[str, GraphOut] = {}
    for name, described in as_mapping(out, f"{shown}: out").items():
        if not isinstance(described, GraphOut):
            raise InvalidArgumentError(f"{shown}: out[{name!r}] is a GraphOut, not {described!r}")
        named[str(name)] = described
    return named
