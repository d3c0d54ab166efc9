"""AssetsDefinition: a step, that is one function or graph, and the assets that it makes. Semantics: section 2."""

from __future__ import annotations

import dataclasses
import importlib
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from dagx.assets.by_key import AssetsByKey
from dagx.assets.copies import subset_of, with_attributes_changed, with_specs_mapped
from dagx.assets.files import FileInput
from dagx.assets.specs import AssetSpec, changed
from dagx.checks.specs import AssetCheckKey, AssetCheckSpec
from dagx.contexts.partition_scope import PartitionScope
from dagx.errors import InvalidInvocationError, InvariantViolationError
from dagx.functions.invoke import invoke
from dagx.functions.op_definition import OF_FUNCTION, OpDefinition
from dagx.functions.slots import InputSlot, OutputSlot
from dagx.keys import AssetKey
from dagx.source import SourceLocation
from dagx.unbuilt import attribute_error

if TYPE_CHECKING:
    from dagx.ops.graph_definition import GraphDefinition
    from dagx.partitions.backfill import BackfillPolicy
    from dagx.partitions.definition import PartitionsDefinition
    from dagx.partitions.mapping import PartitionMapping

__all__ = ["AssetsDefinition"]


@dataclass(frozen=True, eq=False)
class AssetsDefinition(AssetsByKey):
    """What `@asset`, `@multi_asset`, `@graph_asset` make: what computes, the assets it makes and what it needs.

    `name` is the name of the step; `node_def` the op or graph that computes; `inputs` and `outputs` bind its names to
    asset keys, those of `outputs` with a check to that check. Of a subset, `selected` has the outputs wanted. Calling
    the definition calls the function directly, for tests: see section 27. Semantics: section 2.
    """

    name: str
    node_def: OpDefinition | GraphDefinition
    specs: tuple[AssetSpec, ...] = field(repr=False)
    inputs: tuple[InputSlot, ...] = field(repr=False)
    outputs: tuple[OutputSlot, ...] = field(repr=False)
    can_subset: bool = field(repr=False, default=False)
    backfill_policy: BackfillPolicy | None = field(repr=False, default=None)
    resource_defs: Mapping[str, object] = field(repr=False, default_factory=dict[str, object])
    hook_defs: frozenset[Any] = field(repr=False, default=frozenset())
    is_observation: bool = field(repr=False, default=False)
    selected: frozenset[str] | None = field(repr=False, default=None)
    source: SourceLocation | None = field(repr=False, default=None)

    def __post_init__(self) -> None:
        vars(self).update({name: getattr(self.node_def, name, None) for name in OF_FUNCTION})

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the function itself. Upstream values are given by position or name, a context first if it takes one.

        Nothing is stored. Raises InvalidInvocationError for a missing or unknown argument. Semantics: section 27.
        """
        return invoke(self, self.op, args, kwargs)

    if not TYPE_CHECKING:  # checkers would take it to mean that every attribute exists

        def __getattr__(self, name: str) -> object:
            raise attribute_error(self, name)

    # What computes

    @property
    def op(self) -> OpDefinition:
        """The op that computes. Raises InvalidInvocationError when a graph does."""
        if not isinstance(self.node_def, OpDefinition):
            raise InvalidInvocationError(
                f'"{self.name}" is made by a graph of ops, not by one function', "use materialize([...])"
            )
        return self.node_def

    @property
    def ops(self) -> Sequence[OpDefinition]:
        """All ops that compute: one, or those of the graph."""
        return [self.node_def] if isinstance(self.node_def, OpDefinition) else self.node_def.all_ops()

    @property
    def files(self) -> tuple[FileInput, ...]:
        """The files that were declared as inputs of the step: for its ops, or for its assets."""
        found = [
            *(each for op in self.ops for each in op.files),
            *(each for s in self.specs for each in s.files),
        ]
        return tuple(dict.fromkeys(found))

    @property
    def function_resource_keys(self) -> set[str]:
        """The resources that its functions may use, those of its types and hooks too."""
        return {key for op in self.ops for key in (*op.function_resource_keys, *op.type_resource_keys)} | {
            key for hook in self.hook_defs for key in hook.required_resource_keys
        }

    @property
    def manager_keys(self) -> set[str]:
        """The resources that store its outputs, and those that its inputs name to load them."""
        named = {slot.input_manager_key for slot in self.inputs if slot.input_manager_key is not None}
        return named | {slot.io_manager_key for slot in self.outputs if slot.check is None}

    @property
    def required_resource_keys(self) -> set[str]:
        """The resources that running the step needs: its functions', and the IO managers."""
        return self.function_resource_keys | self.manager_keys

    # Assets and checks

    @property
    def key(self) -> AssetKey:
        """The key of its one asset. Raises InvariantViolationError when it makes several."""
        return self.get_asset_spec().key

    @property
    def dependency_keys(self) -> set[AssetKey]:
        """All keys that the step needs, without those that it makes."""
        deps = {dep.asset_key for spec in self.specs for dep in spec.deps}
        return (
            deps | {slot.key for slot in self.inputs if slot.key is not None} | self._check_needs
        ) - self.keys

    @property
    def _check_needs(self) -> set[AssetKey]:
        needs: set[AssetKey] = set()
        for spec in self.check_specs:
            needs |= {spec.asset_key, *(dep.asset_key for dep in spec.additional_deps)}
        return needs

    @property
    def keys_by_parameter(self) -> dict[str, AssetKey]:
        """The upstream key that fills each parameter."""
        return {slot.name: slot.key for slot in self.inputs if slot.key is not None}

    @property
    def keys_by_input_name(self) -> dict[str, AssetKey]:
        """The upstream key of each input: what fills a parameter by its name, what is only waited for by its key's.

        The name of a key is its path joined by underscores, which also stand for dashes and dots; one more follows
        where that name is taken.
        """
        found = self.keys_by_parameter
        parameters = set(found.values())
        own = {spec.key for spec in self.specs if any(dep.asset_key == spec.key for dep in spec.deps)}
        for key in sorted((self.dependency_keys | own) - parameters):
            name = "_".join(key.path).replace("-", "_").replace(".", "_")
            while name in found:
                name += "_"
            found[name] = key
        return found

    @property
    def keys_by_output_name(self) -> dict[str, AssetKey]:
        """The key that each output makes."""
        return {slot.name: slot.key for slot in self.outputs if slot.check is None and slot.key is not None}

    @property
    def check_specs(self) -> list[AssetCheckSpec]:
        """The checks whose results the function gives."""
        return [slot.check for slot in self.outputs if slot.check is not None]

    @property
    def check_keys(self) -> set[AssetCheckKey]:
        """The keys of the checks whose results the function gives."""
        return {spec.key for spec in self.check_specs}

    @property
    def selected_outputs(self) -> frozenset[str]:
        """The names of the outputs that are wanted: all, unless this is a subset."""
        return frozenset(slot.name for slot in self.outputs) if self.selected is None else self.selected

    # Partitions

    @property
    def partitions_def(self) -> PartitionsDefinition | None:
        """The partitions of its assets, or None. Raises InvariantViolationError when they differ."""
        found = [spec.partitions_def for spec in self.specs]
        if any(one != found[0] for one in found):
            raise InvariantViolationError(
                f'the assets of "{self.name}" have different partitions', "ask the specs"
            )
        return found[0] if found else next((spec.partitions_def for spec in self.check_specs), None)

    def partition_scope(self, keys: Sequence[str]) -> PartitionScope:
        """These partitions of its assets; none when they are not partitioned."""
        partitions = self.partitions_def
        return PartitionScope(f'"{self.name}"', partitions, keys if partitions is not None else ())

    def get_partition_mapping(self, key: AssetKey) -> PartitionMapping | None:
        """The partition mapping that was given for the dependency `key`, or None."""
        for slot in self.inputs:
            if slot.key == key and slot.partition_mapping is not None:
                return slot.partition_mapping
        for spec in self.specs:
            if key in spec.partition_mappings:
                mapping: PartitionMapping = spec.partition_mappings[key]
                return mapping
        return None

    # Copies

    def subset_for(
        self, asset_keys: Collection[AssetKey], check_keys: Collection[AssetCheckKey] | None = None
    ) -> AssetsDefinition:
        """A definition that makes only these of its assets, and gives these results (None: all of those assets).

        Raises InvalidSubsetError when that is less than all and it cannot be subset.
        """
        return subset_of(self, asset_keys, check_keys)

    def map_asset_specs(self, func: Callable[[AssetSpec], AssetSpec]) -> AssetsDefinition:
        """A definition with each spec as `func` returns it.

        Raises InvalidDefinitionError when that changes a key or drops a dependency that fills a parameter.
        """
        return with_specs_mapped(self, func)

    def with_attributes(
        self,
        *,
        asset_key_replacements: Mapping[AssetKey, AssetKey] | None = None,
        group_names_by_key: Mapping[AssetKey, str] | None = None,
        spec_changes: Mapping[str, object] | None = None,
        backfill_policy: BackfillPolicy | None = None,
    ) -> AssetsDefinition:
        """A definition in which keys are replaced, wherever they stand, and groups set (by the old keys).

        `spec_changes` are attributes that every spec gets in place of its own.
        """
        return with_attributes_changed(
            self, asset_key_replacements or {}, group_names_by_key or {}, spec_changes or {}, backfill_policy
        )

    def with_resources(self, resource_defs: Mapping[str, object]) -> AssetsDefinition:
        """A definition that brings these resources along, for those that it requires and does not have yet.

        Semantics: section 11.
        """
        own = {key: found for key, found in resource_defs.items() if key in self.required_resource_keys}
        return dataclasses.replace(self, resource_defs={**own, **self.resource_defs})

    def with_hooks(self, hook_defs: Collection[Any]) -> AssetsDefinition:
        """A definition whose step calls these hooks as well. Semantics: section 22."""
        return dataclasses.replace(self, hook_defs=self.hook_defs | frozenset(hook_defs))

    def to_source_asset(self, key: AssetKey | None = None) -> AssetSpec:
        """The asset as one that is made elsewhere, to be loaded only."""
        spec = self.get_asset_spec(key)
        return changed(spec, deps=(), files=())

    def to_source_assets(self) -> list[AssetSpec]:
        """All its assets as made elsewhere."""
        return [changed(spec, deps=(), files=()) for spec in self.specs]

    @staticmethod
    def from_op(op_def: OpDefinition, **bound: Any) -> AssetsDefinition:
        """Assets made by an op: its inputs are upstream assets, its outputs assets, each under its own name.

        `keys_by_input_name`, `keys_by_output_name`, `group_name`, `partitions_def`, `key_prefix` and others bind them;
        see `dagx.assets.bound_nodes.assets_from_node`. Semantics: section 2.
        """
        found: AssetsDefinition = importlib.import_module("dagx.assets.bound_nodes").assets_from_node(
            op_def, **bound
        )
        return found

    @staticmethod
    def from_graph(graph_def: GraphDefinition, **bound: Any) -> AssetsDefinition:
        """Assets made by a graph of ops; see `from_op`."""
        found: AssetsDefinition = importlib.import_module("dagx.assets.bound_nodes").assets_from_node(
            graph_def, **bound
        )
        return found
