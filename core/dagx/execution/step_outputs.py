"""Outputs made of what a step's function gave: checked, stored by an IO manager, recorded. Sections 6, 9.

It does not call the function, and knows nothing of inputs.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from dagx.checks.results import AssetCheckEvaluation
from dagx.contexts.partition_scope import PartitionScope
from dagx.errors import InvariantViolationError, TypeCheckDidNotPass
from dagx.execution.emission import CheckEmission, Emission
from dagx.execution.recording import AssetEvent, Recording
from dagx.execution.results import DataVersion
from dagx.execution.step_inputs import Ground, Load
from dagx.execution.steps import Step
from dagx.functions.slots import OutputSlot
from dagx.keys import AssetKey
from dagx.metadata.values import MetadataValue
from dagx.resource_defs.named import ScopedResources
from dagx.storing.contexts import OutputContext
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

    def loaded(self, name: str, loads: Sequence[Load]) -> None:
        """The parameter `name` has its value, for which `loads` were loaded."""

    def output(self, output: StepOutput, value: Any) -> None:
        """An output is there, and stored. `value` is UNSET when the function stored the data itself."""

    def emitted(
        self, name: str, mapping_key: str | None, metadata: Mapping[str, MetadataValue], problem: str | None
    ) -> None:
        """The output `name` came, is not stored yet, and is of its type, unless `problem` says why not."""

    def event(self, event: AssetEvent) -> None:
        """The function or an IO manager recorded an event."""

    def check(self, evaluation: AssetCheckEvaluation) -> None:
        """A check gave its result."""


class StepOutputs:
    """The outputs of one attempt, as they come; `step_key` is the name of the step, or of its instance."""

    def __init__(
        self,
        step: Step,
        step_key: str,
        ground: Ground,
        scope: PartitionScope,
        recording: Recording,
        listener: Listener,
    ) -> None:
        self._step = step
        self._step_key = step_key
        self._ground = ground
        self._scope = scope
        self._recording = recording
        self._listener = listener
        self._needed_by = _needed_by(step)
        self._events_told = 0
        self.made: list[StepOutput] = []
        self.checks: list[AssetCheckEvaluation] = []

    def make(self, emission: Emission) -> None:
        slot, value = emission.slot, emission.value
        place = (slot.name, emission.mapping_key)
        if place in self._recording.emitted:
            raise self._twice(slot, emission.mapping_key)
        if not emission.is_implied:
            self._check_order(slot)
        checked = slot.type.value
        if not emission.is_implied and not emission.is_observation:
            self._check_type(slot, emission)
        self.tell_events()
        self._listener.emitted(slot.name, emission.mapping_key, emission.metadata, None)
        self._recording.emit(*place)
        metadata = {**emission.metadata, **self._recording.by_output.get(place, {})}
        stored = value is not UNSET and not checked.is_nothing
        if stored:
            metadata.update(self._store(slot, emission, metadata))
        output = self._output(emission, metadata, stored)
        self.made.append(output)
        self.tell_events()
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

    def _check_type(self, slot: OutputSlot, emission: Emission) -> None:
        what = f"the result of {_shown(slot)}"
        if slot.key is None:
            what = f'the result of "{self._step.key}"'
            if slot.name != "result":
                what = f'the output "{slot.name}" of "{self._step.key}"'
        wanted = slot.type.value
        try:
            if emission.value is not UNSET:
                wanted.check(emission.value, what, self.checking())
            elif not wanted.may_be_absent:
                raise TypeCheckDidNotPass(
                    f"{what} is not of its type {wanted.display_name}: it came without a value",
                    "write MaterializeResult(value=...); when the function stores the data itself, annotate it "
                    "-> MaterializeResult",
                )
        except TypeCheckDidNotPass as problem:
            self._listener.emitted(slot.name, emission.mapping_key, emission.metadata, str(problem))
            raise

    def _check_order(self, slot: OutputSlot) -> None:
        """What an asset of the same step depends on cannot come after it: it may be left out, if the step may."""
        for needing in self._needed_by.get(slot.name, ()):
            if self._recording.has_emitted(needing.name):
                raise InvariantViolationError(
                    f'"{self._step.key}" gave {_shown(needing)} before {_shown(slot)}, which it depends on',
                    "yield upstream assets first",
                )

    def _scope_of(self, slot: OutputSlot) -> PartitionScope | None:
        """The partitions of the asset that an output makes; None for one that is not partitioned, and for no asset."""
        spec = self._ground.specs.get(slot.key) if slot.key is not None else None
        return None if spec is None or spec.partitions_def is None else self._scope

    def _output(self, emission: Emission, metadata: dict[str, MetadataValue], stored: bool) -> StepOutput:
        slot = emission.slot
        key = slot.key
        versions: Mapping[str, DataVersion] = emission.by_partition or {}
        scope = self._scope_of(slot)
        partitions = tuple(versions) if versions or scope is None else scope.keys
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
            step_key=self._step_key,
            asset_spec=self._ground.specs.get(slot.key) if slot.key is not None else None,
            run=self._ground.run,
            resources=ScopedResources(self._ground.resources),
            log=self._ground.log,
            value_type=slot.type.value,
            output_metadata=metadata,
            recording=self._recording,
            definition_metadata=None if slot.key is not None else slot.metadata,
            mapping_key=emission.mapping_key,
            scope=self._scope_of(slot),
            op_def=self._step.op,
        )
        handled = self._ground.manager(slot.io_manager_key, "handle_output", self._step.key)(
            context, emission.value
        )
        if inspect.isgenerator(handled):
            for event in cast("Iterator[object]", handled):
                self._recording.add_event(event)
        return context.added_metadata()

    def check(self, emission: CheckEmission) -> None:
        slot, result = emission.slot, emission.result
        spec = slot.check
        assert spec is not None
        if not self._recording.emit(slot.name):
            raise InvariantViolationError(
                f'"{self._step.key}" gave the result of "{slot.name}" twice', "give each check one result"
            )
        self.tell_events()
        self._listener.emitted(slot.name, None, result.metadata, None)
        partitions = self._scope.keys if spec.partitions_def is not None else ()
        for partition in partitions or (None,):
            evaluation = result.to_evaluation(spec, partition=partition)
            self.checks.append(evaluation)
            self._listener.check(evaluation)

    def tell_events(self) -> None:
        for event in self._recording.events[self._events_told :]:
            self._listener.event(event)
        self._events_told = len(self._recording.events)

    def checking(self) -> TypeCheckContext:
        return TypeCheckContext(
            self._ground.run.run_id, self._ground.log, ScopedResources(self._ground.resources)
        )


def _needed_by(step: Step) -> dict[str, list[OutputSlot]]:
    """For each output, those of the same step whose assets depend on it."""
    definition = step.definition
    if definition is None or len(definition.specs) < 2:
        return {}
    by_key = {slot.key: slot for slot in step.outputs if slot.check is None and slot.name in step.selected}
    found: dict[str, list[OutputSlot]] = {}
    for spec in definition.specs:
        for dep in spec.deps:
            if spec.key in by_key and dep.asset_key in by_key and dep.asset_key != spec.key:
                found.setdefault(by_key[dep.asset_key].name, []).append(by_key[spec.key])
    return found


def _shown(slot: OutputSlot) -> str:
    return f'"{slot.key.to_user_string() if slot.key is not None else slot.name}"'
