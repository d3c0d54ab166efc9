"""One attempt of one step: load, call, check, store.

It knows nothing of runs, retries or the engine. Sections 6, 9.
"""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from dagx.checks.results import AssetCheckEvaluation
from dagx.context import CURRENT, AssetCheckExecutionContext, AssetExecutionContext, OpExecutionContext
from dagx.emission import CheckEmission, Emission, Ignored, Read, Reader
from dagx.errors import AssetCheckFailedError, InvariantViolationError, StepOutputNotFoundError
from dagx.invoke import config_argument
from dagx.io_contexts import OutputContext
from dagx.keys import AssetKey
from dagx.metadata import MetadataValue
from dagx.named_resources import ScopedResources
from dagx.partition_scope import PartitionScope
from dagx.recording import AssetEvent, Recording
from dagx.results import AssetObservation, DataVersion
from dagx.slots import OutputSlot
from dagx.step_inputs import Ground, InputLoader, run_partitions
from dagx.steps import Step
from dagx.typecheck import ANY, value_type_of
from dagx.unset import UNSET
from dagx.value_types.type_check import TypeCheckContext


@dataclass(frozen=True)
class StepOutput:
    """One output that an attempt made.

    `asset_key` is None for the value of an op. `stored` says whether an IO manager took the value; `partitions` are
    those of the asset that were made, none when it has none, and `by_partition` the metadata and data versions that
    belong to one of them alone.
    """

    asset_key: AssetKey | None
    output_name: str
    metadata: Mapping[str, MetadataValue]
    data_version: str | None
    tags: Mapping[str, str]
    stored: bool
    mapping_key: str | None = None
    is_observation: bool = False
    partitions: tuple[str, ...] = ()
    by_partition: Mapping[str, Mapping[str, MetadataValue]] = field(
        default_factory=dict[str, "Mapping[str, MetadataValue]"]
    )
    versions: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True)
class StepResult:
    """What a successful attempt made, in the order in which it came, the events and checks it recorded beside."""

    outputs: tuple[StepOutput, ...]
    events: tuple[AssetEvent, ...]
    checks: tuple[AssetCheckEvaluation, ...] = ()


class Listener:
    """Told of what happens in an attempt, when it happens: what was told stays although the step fails later."""

    def loaded(self, name: str) -> None:
        """The parameter `name` has its value."""

    def output(self, output: StepOutput, value: Any) -> None:
        """An output is there, and stored. `value` is UNSET when the function stored the data itself."""

    def event(self, event: AssetEvent) -> None:
        """The function or an IO manager recorded an event."""

    def check(self, evaluation: AssetCheckEvaluation) -> None:
        """A check gave its result."""


def execute_step(
    step: Step,
    ground: Ground,
    *,
    op_config: Any = None,
    retry_number: int = 0,
    mapping_key: str | None = None,
    listener: Listener | None = None,
) -> StepResult:
    """Run a step once, on what its run stands on.

    `op_config` is its config, checked; `mapping_key` that of the dynamic output it runs for.

    What user code raises comes out as it is. What dagx finds wrong raises TypeCheckDidNotPass,
    InvariantViolationError, StepOutputNotFoundError, AssetCheckFailedError (a blocking check of its own failed) or
    InvalidDefinitionError (no such IO manager).
    """
    attempt = _Attempt(step, ground, op_config, retry_number, mapping_key, listener or Listener())
    token = CURRENT.set(attempt.context)
    try:
        return attempt.execute()
    finally:
        CURRENT.reset(token)


class _Attempt:
    def __init__(
        self,
        step: Step,
        ground: Ground,
        op_config: Any,
        retry_number: int,
        mapping_key: str | None,
        listener: Listener,
    ) -> None:
        self._step = step
        self._ground = ground
        self._mapping_key = mapping_key
        self._listener = listener
        self._recording = Recording()
        self._outputs: list[StepOutput] = []
        self._checks: list[AssetCheckEvaluation] = []
        self._has_ignored = False
        self._events_told = 0
        definition = step.definition
        self._scope = _scope_of(step, ground)
        self._siblings_needed = _siblings_needed(step)
        self._loader = InputLoader(step, ground, self._scope, mapping_key, self._loaded)
        self._reader = Reader(
            step.key,
            step.outputs,
            step.selected,
            makes_assets=definition is not None and any(slot.key is not None for slot in step.outputs),
            can_subset=definition is not None and definition.can_subset,
            observes=definition is not None and definition.is_observation,
        )
        self.context = _context_class(step)(
            definition=definition,
            op=step.op,
            step_key=step.key if mapping_key is None else f"{step.key}[{mapping_key}]",
            outputs=step.outputs,
            selected=step.selected,
            run=ground.run,
            resources=ScopedResources(
                ground.resources, step.op.function_resource_keys, ground.resource_names
            ),
            log=ground.log,
            op_config=op_config,
            mapping_key=mapping_key,
            retry_number=retry_number,
            recording=self._recording,
            loader=self._load_asset,
            scope=self._scope,
            input_scope=self._loader.scope_of,
        )

    # The call

    def execute(self) -> StepResult:
        op = self._step.op
        arguments = {slot.name: self._input(slot.name) for slot in op.loaded_inputs}
        for name in op.signature.resources:
            arguments[name] = getattr(self.context.resources, name)
        if op.signature.config is not None:
            arguments[op.signature.config.name] = config_argument(op, self.context.op_config)
        leading = () if op.signature.context is None else (self.context,)
        self._take(op.compute_fn(*leading, **arguments))
        self._complete()
        self._tell_events()
        failed = [evaluation for evaluation in self._checks if evaluation.holds_back]
        if failed:
            names = ", ".join(evaluation.asset_check_key.to_user_string() for evaluation in failed)
            raise AssetCheckFailedError(
                f"{'a blocking check' if len(failed) == 1 else 'blocking checks'} failed: {names}",
                "what needs the asset does not run; the asset itself stays as it was made",
            )
        return StepResult(tuple(self._outputs), tuple(self._recording.events), tuple(self._checks))

    def _input(self, name: str) -> Any:
        slot = self._step.op.input_by_name[name]
        value = self._loader.load(slot)
        bound = self._step.sources[name]
        key = getattr(getattr(bound, "slot", None), "key", None)
        shown = (
            f'"{key.to_user_string()}", loaded for the parameter {name!r},' if key else f"the input {name!r}"
        )
        slot.type.check(value, shown, self._checking())
        self._listener.loaded(name)
        return value

    def _take(self, result: Any) -> None:
        """What the function returned, or, one by one, what its generator yields."""
        if inspect.iscoroutine(result):
            result = _coroutines().run(result)
        if inspect.isasyncgen(result):
            result = _coroutines().iterate(result)
        if not inspect.isgenerator(result):
            self._put(self._reader.returned(result))
            return
        items = cast("Generator[object, None, object]", result)
        try:
            for item in items:
                self._put(self._reader.yielded(item))
        finally:
            items.close()

    def _put(self, reads: Iterator[Read]) -> None:
        for read in reads:
            if isinstance(read, Emission):
                self._make(read)
            elif isinstance(read, CheckEmission):
                self._check(read)
            elif isinstance(read, Ignored):
                self._ground.log.warning(read.message)
                self._has_ignored = True
            else:
                self._recording.add_event(read)
            self._tell_events()

    def _complete(self) -> None:
        """Outputs that did not come: those without values are made all the same, required others are missing."""
        for slot in self._step.outputs:
            if slot.name not in self._step.selected or self._recording.has_emitted(slot.name):
                continue
            if slot.is_dynamic or not slot.is_required:
                continue
            if slot.is_nothing and slot.check is None and not self._reader.observes:
                self._make(Emission(slot, UNSET, {}, None, {}))
            elif slot.check is not None and self._reader.is_only_checks:
                self._warn_of_missing(slot)
            else:
                raise self._not_given(slot)

    def _not_given(self, slot: OutputSlot) -> StepOutputNotFoundError:
        what, way_out = "output", "yield an Output or a MaterializeResult on every way through the function"
        if slot.check is not None:
            what = "check result"
            way_out = "yield an AssetCheckResult, or return MaterializeResult(check_results=[...])"
        elif self._reader.observes:
            what = "observation"
            way_out = "yield an ObserveResult for each asset, or give it can_subset=True"
        name = slot.name if slot.check is not None or slot.key is None else slot.key.to_user_string()
        return StepOutputNotFoundError(
            f'"{self._step.key}" ended and had not given its {what} "{name}"', way_out
        )

    def _warn_of_missing(self, slot: OutputSlot) -> None:
        """A check without a result records nothing, and does not fail: the author should hear of it once."""
        if not self._has_ignored:
            self._ground.log.warning(
                f'"{self._step.key}" ended without a result of the check "{slot.name}": nothing is recorded'
            )

    # Outputs

    def _make(self, emission: Emission) -> None:
        slot, value = emission.slot, emission.value
        place = (slot.name, emission.mapping_key)
        if place in self._recording.emitted:
            raise self._twice(slot, emission.mapping_key)
        self._check_order(slot)
        checked = slot.type.value
        if value is not UNSET:
            checked.check(value, f"the result of {_shown(slot)}", self._checking())
        self._recording.emit(*place)
        metadata = {**emission.metadata, **self._recording.by_output.get(place, {})}
        stored = value is not UNSET and not checked.is_nothing
        if stored:
            metadata.update(self._store(slot, emission, metadata))
        output = self._output(emission, metadata, stored)
        self._outputs.append(output)
        self._tell_events()
        self._listener.output(output, value)

    def _twice(self, slot: OutputSlot, mapping_key: str | None) -> InvariantViolationError:
        if mapping_key is None:
            return InvariantViolationError(
                f'"{self._step.key}" gave its output {_shown(slot)} twice', "yield each output once"
            )
        return InvariantViolationError(
            f'"{self._step.key}" gave its output {_shown(slot)} twice under the mapping key "{mapping_key}"',
            "give each value a mapping key of its own",
        )

    def _check_order(self, slot: OutputSlot) -> None:
        """A sibling that the asset needs must come before it."""
        for sibling in self._siblings_needed.get(slot.name, ()):
            if not self._recording.has_emitted(sibling.name):
                raise InvariantViolationError(
                    f'"{self._step.key}" gave {_shown(slot)} before {_shown(sibling)}, which it depends on',
                    "yield upstream assets first",
                )

    def _output(self, emission: Emission, metadata: dict[str, MetadataValue], stored: bool) -> StepOutput:
        slot = emission.slot
        key = slot.key
        versions: Mapping[str, DataVersion] = emission.by_partition or {}
        partitions = tuple(versions) if versions else self._scope.keys
        by_partition: dict[str, Mapping[str, MetadataValue]] = {}
        version = emission.data_version
        if key is not None:
            metadata.update(self._recording.of_asset(key))
            version = version or self._recording.versions.get(key)
            by_partition = {name: self._recording.of_asset(key, name) for name in partitions}
        return StepOutput(
            key,
            slot.name,
            metadata,
            None if version is None else version.value,
            emission.tags,
            stored,
            emission.mapping_key,
            emission.is_observation,
            partitions if key is not None else (),
            {name: found for name, found in by_partition.items() if found},
            {name: found.value for name, found in versions.items()},
        )

    def _store(
        self, slot: OutputSlot, emission: Emission, metadata: Mapping[str, MetadataValue]
    ) -> Mapping[str, MetadataValue]:
        """Hand the value to its IO manager; what the manager recorded."""
        context = OutputContext(
            name=slot.name,
            step_key=self.context.step_key,
            asset_spec=self._ground.specs.get(slot.key) if slot.key is not None else None,
            run=self._ground.run,
            resources=ScopedResources(self._ground.resources),
            log=self._ground.log,
            value_type=slot.type.value,
            output_metadata=metadata,
            recording=self._recording,
            definition_metadata=None if slot.key is not None else slot.metadata,
            mapping_key=emission.mapping_key,
            scope=self._scope if slot.key is not None else None,
            op_def=self._step.op,
        )
        handled = self._ground.manager(slot.io_manager_key, "handle_output", self._step.key)(
            context, emission.value
        )
        if inspect.isgenerator(handled):
            for event in cast("Iterator[object]", handled):
                self._recording.add_event(event)
        return context.added_metadata()

    def _check(self, emission: CheckEmission) -> None:
        slot, result = emission.slot, emission.result
        spec = slot.check
        assert spec is not None
        if not self._recording.emit(slot.name):
            raise InvariantViolationError(
                f'"{self._step.key}" gave the result of "{slot.name}" twice', "give each check one result"
            )
        partitions = self._scope.keys if spec.partitions_def is not None else ()
        for partition in partitions or (None,):
            evaluation = result.to_evaluation(spec, partition=partition)
            self._checks.append(evaluation)
            self._listener.check(evaluation)

    # Beside the outputs

    def _tell_events(self) -> None:
        for event in self._recording.events[self._events_told :]:
            self._listener.event(event)
        self._events_told = len(self._recording.events)

    def _loaded(self, key: AssetKey | None, metadata: Mapping[str, Any]) -> None:
        if key is not None and metadata:
            self._recording.add_event(AssetObservation(key, metadata=metadata))

    def _load_asset(self, key: AssetKey, python_type: Any, partition: str | None) -> Any:
        wanted = ANY if python_type is None else value_type_of(python_type, "python_type")
        return self._loader.asset(key, wanted, partition)

    def _checking(self) -> TypeCheckContext:
        return TypeCheckContext(
            self._ground.run.run_id, self._ground.log, ScopedResources(self._ground.resources)
        )


def _scope_of(step: Step, ground: Ground) -> PartitionScope:
    definition = step.definition
    what = f'"{step.key}"'
    if definition is None:
        partitions = getattr(ground.run.job, "partitions_def", None)
        return PartitionScope(what, partitions, run_partitions(ground.run, partitions))
    keys: Sequence[AssetKey] = step.asset_keys or [spec.key for spec in definition.specs]
    specs = [definition.specs_by_key[key] for key in keys if key in definition.specs_by_key]
    partitions = specs[0].partitions_def if specs else definition.partitions_def
    return PartitionScope(what, partitions, run_partitions(ground.run, partitions))


def _siblings_needed(step: Step) -> dict[str, list[OutputSlot]]:
    """For each output, those of the same step whose assets it depends on."""
    definition = step.definition
    if definition is None or len(definition.specs) < 2:
        return {}
    by_key = {slot.key: slot for slot in step.outputs if slot.check is None and slot.name in step.selected}
    found: dict[str, list[OutputSlot]] = {}
    for spec in definition.specs:
        needed = [
            by_key[dep.asset_key]
            for dep in spec.deps
            if dep.asset_key in by_key and dep.asset_key != spec.key
        ]
        if needed and spec.key in by_key:
            found[by_key[spec.key].name] = needed
    return found


def _context_class(step: Step) -> type[OpExecutionContext]:
    if step.definition is None:
        return OpExecutionContext
    if step.outputs and all(slot.check is not None for slot in step.outputs):
        return AssetCheckExecutionContext
    return AssetExecutionContext


def _shown(slot: OutputSlot) -> str:
    return f'"{slot.key.to_user_string() if slot.key is not None else slot.name}"'


def _coroutines() -> Any:
    return importlib.import_module("dagx.coroutines")
