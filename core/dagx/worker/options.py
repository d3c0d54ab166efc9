"""What is said of a step beside its code and can change what it makes.

Types that are checked, what may be left out, who stores and loads values, checks that hold back; for code that finds
out how assets are declared, that as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from dagx.assets.definition import AssetsDefinition
from dagx.assets.specs import AssetSpec
from dagx.functions.op_definition import OpDefinition
from dagx.functions.slots import DEFAULT_IO_MANAGER, InputSlot, OutputSlot
from dagx.functions.typecheck import ANY, ValueType
from dagx.keys import AssetKey
from dagx.project.resolution import ResolvedDefinitions
from dagx.storing.path_manager import ALLOW_MISSING

__all__ = [
    "Told",
    "all_declarations",
    "checked_types",
    "declaration",
    "declaration_of",
    "managers_of",
    "plain_options",
]


class Told(NamedTuple):
    """A value that counts as a whole, with the code of what is in it, under the name of a part."""

    name: str
    value: Any


def plain_options(definition: AssetsDefinition, resolved: ResolvedDefinitions) -> dict[str, str]:
    """Parts for what is not as it is by default."""
    parts: dict[str, str] = {}
    for slot in definition.outputs:
        if slot.check is not None:
            continue
        name = slot.key.to_escaped_user_string() if slot.key is not None else slot.name
        if not slot.is_required and not definition.can_subset:  # then each may be left out
            parts[f"optional:{name}"] = "yes"
        if slot.io_manager_key != DEFAULT_IO_MANAGER:
            parts[f"stored:{name}"] = slot.io_manager_key
    for taken in definition.inputs:
        if taken.key is None or taken.type.is_nothing:
            continue
        manager = taken.input_manager_key or _manager_of(taken.key, resolved)
        if manager != DEFAULT_IO_MANAGER:
            parts[f"loaded:{taken.name}"] = manager
        if taken.metadata.get(ALLOW_MISSING):
            parts[f"may miss:{taken.name}"] = "yes"
    for spec in definition.check_specs:
        if spec.blocking:
            parts[f"blocking:{spec.asset_key.to_escaped_user_string()}:{spec.name}"] = "yes"
    return parts


def managers_of(definition: AssetsDefinition) -> set[str]:
    """The resources that store and load values for a step; in a graph, between its ops too."""
    found = set(definition.manager_keys)
    if isinstance(definition.node_def, OpDefinition):
        return found
    for op in definition.ops:
        found |= {slot.io_manager_key for slot in op.outputs}
        found |= {slot.input_manager_key for slot in op.inputs if slot.input_manager_key is not None}
    return found


def _manager_of(key: AssetKey, resolved: ResolvedDefinitions) -> str:
    spec = resolved.specs.get(key)
    return spec.io_manager_key if spec is not None else DEFAULT_IO_MANAGER


def checked_types(definition: AssetsDefinition) -> Iterator[Told]:
    """The types that values are held against and that no annotation says."""
    node = definition.node_def
    for slot in definition.inputs if not isinstance(node, OpDefinition) else ():
        if slot.type is not ANY and not slot.type.is_nothing:
            yield Told(f"type:{slot.name}", _told_of(slot.type))
    for op in definition.ops:
        before = "" if op is node else f"{op.name}."
        annotated = {parameter.name: parameter.annotation for parameter in op.signature.inputs}
        for taken in op.inputs:
            if _is_told(taken, annotated):
                yield Told(f"type:{before}{taken.name}", _told_of(taken.type))
        for made in op.outputs:
            if made.type.wrapper == "any" and made.type.value is not ANY:
                yield Told(f"type:{before}{made.name}", _told_of(made.type.value))


def _is_told(slot: InputSlot, annotated: dict[str, object]) -> bool:
    if slot.type is ANY or slot.type.is_nothing:
        return False
    return slot.type.dagster_type is not None or slot.type.typing_type is not annotated.get(slot.name)


def _told_of(kind: ValueType) -> Any:
    found = kind.dagster_type
    return repr(kind.typing_type) if found is None else [kind.display_name, found]


def declaration(definition: AssetsDefinition) -> Told:
    """How a step is declared, as far as it is not in other parts."""
    slots: list[InputSlot | OutputSlot] = [*definition.inputs, *definition.outputs]
    for op in definition.ops:
        slots += [*op.inputs, *op.outputs]
    own = [
        [_said_of(spec) for spec in definition.specs],
        [[str(one.asset_key), one.name, one.description, one.metadata] for one in definition.check_specs],
        [[op.name, op.description, op.tags] for op in definition.ops],
        [[slot.name, slot.metadata] for slot in slots],
    ]
    return Told("spec", own)


def declaration_of(spec: AssetSpec) -> Told:
    """How an asset is declared that the code of another one can come upon."""
    return Told(f"spec:{spec.key.to_escaped_user_string()}", _said_of(spec))


def all_declarations(specs: Iterable[AssetSpec]) -> Told:
    """How all of them are, for code that can come upon any."""
    return Told("spec:*", [_said_of(spec) for spec in specs])


def _said_of(spec: AssetSpec) -> list[Any]:
    """Not when it is to be made, nor how old it may get: that is for those who start runs."""
    deps = [[str(dep.asset_key), dep.metadata] for dep in spec.deps]
    said = [spec.description, spec.metadata, spec.group_name, spec.code_version, spec.tags, spec.owners]
    return [str(spec.key), deps, *said]
