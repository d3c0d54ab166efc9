"""The values that a step takes: from assets, through their IO managers and partition mappings, and from other steps.

It knows nothing of what the step makes. Sections 9, 13.
"""

from __future__ import annotations

import importlib
import logging
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from dagx.assets.specs import IO_MANAGER_METADATA, AssetSpec, spec_at
from dagx.contexts.partition_scope import PartitionScope, keys_between
from dagx.errors import InvalidDefinitionError, InvariantViolationError
from dagx.execution.progress import Progress
from dagx.execution.runs import RunInfo
from dagx.execution.steps import FromAsset, FromSeveral, FromStep, Given, Source, Step
from dagx.functions.slots import InputSlot, OutputSlot
from dagx.functions.typecheck import ValueType
from dagx.keys import AssetKey
from dagx.resource_defs.named import ScopedResources, available_text
from dagx.storing.contexts import InputContext, OutputContext

if TYPE_CHECKING:
    from dagx.functions.op_definition import OpDefinition
    from dagx.partitions.definition import PartitionsDefinition

# Told of the metadata that an IO manager recorded while it loaded a value.
OnLoaded = Callable[["AssetKey | None", Mapping[str, Any]], None]


@dataclass(frozen=True)
class Ground:
    """What steps of one run stand on.

    `resources` are those that are open, IO managers among them; `specs` those of all assets; `makers` the step and
    output that make an asset, for all that some step makes; `outputs` those of the steps of this run; `progress` what
    became of them so far; `resource_names` are those of all resources, open or not.
    """

    run: RunInfo
    log: logging.Logger
    resources: Mapping[str, object]
    specs: Mapping[AssetKey, AssetSpec]
    makers: Mapping[AssetKey, tuple[str, OutputSlot]] = field(
        default_factory=dict[AssetKey, "tuple[str, OutputSlot]"]
    )
    outputs: Mapping[tuple[str, str], OutputSlot] = field(default_factory=dict["tuple[str, str]", OutputSlot])
    progress: Progress = field(default_factory=Progress)
    resource_names: Collection[str] = ()

    def manager(self, key: str, method: str, needed_by: str) -> Callable[..., Any]:
        """A method of the IO manager `key`. Raises InvalidDefinitionError when there is none."""
        if key not in self.resources:
            raise InvalidDefinitionError(
                f'the IO manager "{key}" is not defined (needed by "{needed_by}")',
                available_text(self.resources.keys()),
            )
        found = getattr(self.resources[key], method, None)
        if found is None:
            raise InvalidDefinitionError(
                f'the resource "{key}" is used as an IO manager and has no {method}', "make it an IOManager"
            )
        return cast("Callable[..., Any]", found)


def run_partitions(run: RunInfo, partitions: PartitionsDefinition | None) -> tuple[str, ...]:
    """The partitions of the run, for an asset that is partitioned so."""
    if partitions is None or run.partition_range is None:
        return ()
    return keys_between(partitions, *run.partition_range)


class Load(NamedTuple):
    """That the IO manager `manager` loaded a value: the output of a step of this run, if its step is known."""

    manager: str
    step: str | None
    output: str | None
    metadata: Mapping[str, Any]


class StoredValues:
    """Loads what is stored: the values of assets and of ops, each through the IO manager that has it.

    `needed_by` is who asks, for errors; `on_loaded` is told of the metadata that managers record meanwhile. `loads` has
    what was loaded so far.
    """

    def __init__(
        self,
        ground: Ground,
        needed_by: str,
        op: OpDefinition | None = None,
        on_loaded: OnLoaded | None = None,
    ) -> None:
        self._ground = ground
        self._needed_by = needed_by
        self._op = op
        self._on_loaded = on_loaded
        self.loads: list[Load] = []

    def spec(self, key: AssetKey) -> AssetSpec:
        """What is known of an asset."""
        return self._ground.specs.get(key) or spec_at(None, key)

    def asset(self, slot: InputSlot, scope: PartitionScope | None) -> Any:
        """The value of the asset that `slot` names, of the partitions in `scope`."""
        assert slot.key is not None
        spec = self.spec(slot.key)
        step_key, output = self._ground.makers.get(
            slot.key, (slot.key.to_python_identifier(), OutputSlot("result", slot.key))
        )
        stored = self._context(output, step_key, spec, None, scope, self._metadata(spec, step_key, output))
        manager = slot.input_manager_key
        if manager is None:
            manager = output.io_manager_key if slot.key in self._ground.makers else spec.io_manager_key
        is_of_run = (step_key, output.name) in self._ground.outputs
        return self._loaded(slot, stored, manager, scope, step_key if is_of_run else None)

    def output(
        self, source: FromStep, slot: InputSlot, mapping_key: str | None, scope: PartitionScope
    ) -> Any:
        """The value of an output of a step of this run; of a dynamic one, that of `mapping_key`."""
        output = self._ground.outputs[source.step, source.output]
        step_key = source.step
        if mapping_key is not None and not output.is_dynamic:
            step_key = f"{source.step}[{mapping_key}]"
        spec = self.spec(output.key) if output.key is not None else None
        own = scope if spec is not None and spec.partitions_def is not None else None
        stored = self._context(output, step_key, spec, mapping_key if output.is_dynamic else None, own)
        manager = slot.input_manager_key or output.io_manager_key
        return self._loaded(slot, stored, manager, own, step_key)

    def _context(
        self,
        output: OutputSlot,
        step_key: str,
        spec: AssetSpec | None,
        mapping_key: str | None,
        scope: PartitionScope | None,
        metadata: Mapping[str, Any] | None = None,
    ) -> OutputContext:
        return OutputContext(
            name=output.name,
            step_key=step_key,
            asset_spec=spec,
            run=self._ground.run,
            resources=ScopedResources(self._ground.resources),
            log=self._ground.log,
            value_type=output.type.value,
            definition_metadata=output.metadata if spec is None else metadata,
            mapping_key=mapping_key,
            scope=scope,
        )

    def _metadata(self, spec: AssetSpec, step_key: str, output: OutputSlot) -> Mapping[str, Any]:
        """What an asset declares and, if a step makes it that is not of this run, which IO manager keeps it."""
        if spec.key not in self._ground.makers or (step_key, output.name) in self._ground.outputs:
            return spec.metadata
        return {**spec.metadata, IO_MANAGER_METADATA: output.io_manager_key}

    def _loaded(
        self,
        slot: InputSlot,
        stored: OutputContext,
        manager: str,
        scope: PartitionScope | None,
        step_key: str | None,
    ) -> Any:
        context = InputContext(
            name=slot.name,
            upstream_output=stored,
            run=self._ground.run,
            resources=ScopedResources(self._ground.resources),
            log=self._ground.log,
            definition_metadata=slot.metadata,
            value_type=slot.type,
            scope=scope,
            op_def=self._op,
        )
        value = self._ground.manager(manager, "load_input", self._needed_by)(context)
        told = context.added_metadata()
        self.loads.append(Load(manager, step_key, stored.name if step_key is not None else None, told))
        if self._on_loaded is not None:
            self._on_loaded(slot.key, told)
        return value


class InputLoader:
    """Loads what one step (or one instance of it, under a mapping key) takes; `scope` are its own partitions."""

    def __init__(
        self, step: Step, ground: Ground, scope: PartitionScope, mapping_key: str | None, on_loaded: OnLoaded
    ) -> None:
        self._step = step
        self._ground = ground
        self._scope = scope
        self._mapping_key = mapping_key
        self._stored = StoredValues(ground, step.key, step.op, on_loaded)

    def load(self, slot: InputSlot) -> tuple[Any, list[Load]]:
        """The value of one parameter, and what was loaded for it."""
        self._stored.loads.clear()
        value = self._value(self._step.sources[slot.name], slot)
        return value, list(self._stored.loads)

    def scope_of(self, name: str) -> PartitionScope:
        """The upstream partitions that fill a parameter."""
        source = self._step.sources.get(name)
        if not isinstance(source, FromAsset):
            raise InvariantViolationError(f'the step has no input "{name}" that is an asset')
        return self._upstream_scope(source.slot)[0]

    def asset(self, key: AssetKey, wanted: ValueType, partition: str | None) -> Any:
        """The value of any asset, or of one partition of it."""
        partitions = self._stored.spec(key).partitions_def
        scope = None
        if partitions is not None:
            keys = (partition,) if partition is not None else run_partitions(self._ground.run, partitions)
            scope = PartitionScope(_quoted(key), partitions, keys or partitions.get_partition_keys())
        return self._stored.asset(InputSlot(key.parts[-1], key, wanted), scope)

    def _value(self, source: Source, slot: InputSlot) -> Any:
        if isinstance(source, Given):
            return source.value
        if isinstance(source, FromSeveral):
            progress = self._ground.progress
            there = [one for one in source.sources if progress.missing(one, self._mapping_key) is None]
            return [self._value(one, slot) for one in there]
        if isinstance(source, FromStep):
            return self._of_step(source, slot)
        bound = source.slot
        scope, nonexistent = self._upstream_scope(bound)
        if nonexistent:
            raise InvariantViolationError(
                f'"{self._step.key}" needs partitions of {_quoted(bound.key)} that do not exist: '
                f"{', '.join(nonexistent[:5])}{', …' if len(nonexistent) > 5 else ''}",
                "give the mapping allow_nonexistent_upstream_partitions=True, or start the upstream partitions earlier",
            )
        return self._stored.asset(bound, scope if scope else None)

    def _of_step(self, source: FromStep, slot: InputSlot) -> Any:
        if source.is_collected:
            keys = self._ground.progress.mapping_keys.get((source.step, source.output), ())
            return [self._stored.output(source, slot, key, self._scope) for key in keys]
        key = self._mapping_key if source.is_mapped else None
        return self._stored.output(source, slot, key, self._scope)

    def _upstream_scope(self, slot: InputSlot) -> tuple[PartitionScope, tuple[str, ...]]:
        """The upstream partitions after the mapping, and those it asks for that do not exist."""
        assert slot.key is not None
        partitions = self._stored.spec(slot.key).partitions_def
        what = _quoted(slot.key)
        if partitions is None:
            return PartitionScope(what), ()
        own = self._scope.definition_or_none
        if own is not None and not self._scope.keys:
            raise InvariantViolationError(
                f'"{self._step.key}" takes partitions of {what}, and this run is for none of its own',
                "give partition_key=",
            )
        if own is None and self._ground.run.partition_range is not None and not self._step.asset_keys:
            return PartitionScope(what, partitions, run_partitions(self._ground.run, partitions)), ()
        upstream: Any = importlib.import_module("dagx.partitions.upstream")
        mapping = upstream.infer_mapping(slot.partition_mapping, own, partitions)
        found = upstream.upstream_keys(mapping, self._scope.keys, own, partitions)
        return PartitionScope(what, partitions, found.keys), tuple(found.nonexistent)


def _quoted(key: AssetKey | None) -> str:
    return "" if key is None else f'"{key.to_user_string()}"'
