"""Writes down what happens in a run: each thing becomes an event, kept here and by the instance. Sections 6, 16.

It decides nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from dagx.assets.specs import AssetSpec
from dagx.checks.results import AssetCheckEvaluation, TargetMaterialization
from dagx.checks.specs import AssetCheckKey
from dagx.execution.recording import AssetEvent
from dagx.execution.results import AssetMaterialization, AssetObservation
from dagx.execution.runs import RunInfo
from dagx.execution.step_inputs import Load, run_partitions
from dagx.execution.step_outputs import Listener, StepOutput
from dagx.execution.steps import Step
from dagx.functions.slots import OutputSlot
from dagx.instance import event_makers as make
from dagx.instance.data_versions import DATA_VERSION_TAG, USER_PROVIDED_TAG
from dagx.instance.event_contents import TypeChecked
from dagx.instance.events import DagsterEvent
from dagx.instance.filters import AssetRecordsFilter
from dagx.instance.input_versions import tags_for_step_output
from dagx.instance.instance import DagsterInstance
from dagx.keys import AssetKey
from dagx.metadata.values import MetadataValue


class Journal:
    """The events of one run, in order; `step_key` is the step under way, if one is."""

    def __init__(self, run: RunInfo, instance: DagsterInstance, specs: Mapping[AssetKey, AssetSpec]) -> None:
        self.run = run
        self.instance = instance
        self.specs = specs
        self.events: list[DagsterEvent] = []
        self.step_key: str | None = None

    def write(self, event: DagsterEvent, level: int = logging.INFO) -> None:
        """Keep an event."""
        self.events.append(event)
        self.instance.report_dagster_event(event, self.run.run_id, level)

    def planned(self, steps: Iterable[Step]) -> None:
        """What the run is to make and to check: one event for each partition of what is partitioned.

        They stand in the instance before the run begins, and are no events of its own.
        """
        job = self.run.job_name
        for step in steps:
            for slot in step.outputs:
                if slot.key is None or slot.name not in step.selected or _observes(step):
                    continue
                for partition in self._partitions(slot) or (None,):
                    if slot.check is not None:
                        event = make.asset_check_evaluation_planned(
                            job, step.key, slot.key, slot.check.name, partition
                        )
                    else:
                        event = make.asset_materialization_planned(job, step.key, slot.key, partition)
                    self.instance.report_dagster_event(event, self.run.run_id)

    def _partitions(self, slot: OutputSlot) -> Sequence[str]:
        if slot.check is not None:
            return run_partitions(self.run, slot.check.partitions_def)
        spec = self.specs.get(slot.key) if slot.key is not None else None
        return () if spec is None else run_partitions(self.run, spec.partitions_def)


class StepJournal(Listener):
    """Writes down what happens in the attempts of one step (or one instance of it, under a mapping key)."""

    def __init__(self, journal: Journal, step: Step, step_key: str) -> None:
        self._journal = journal
        self._step = step
        self._step_key = step_key
        self._outputs: dict[tuple[str, str | None], tuple[StepOutput, Any]] = {}
        self._checks: dict[tuple[AssetCheckKey, str | None], AssetCheckEvaluation] = {}
        self._slots = {slot.name: slot for slot in step.outputs}
        self.recorded: list[AssetEvent] = []

    @property
    def outputs(self) -> list[tuple[StepOutput, Any]]:
        """The outputs that came, with their values; one that is made again by a retry is there once."""
        return list(self._outputs.values())

    @property
    def checks(self) -> list[AssetCheckEvaluation]:
        """The results of checks, of each the last."""
        return list(self._checks.values())

    @property
    def _job(self) -> str:
        return self._journal.run.job_name

    def write(self, event: DagsterEvent, level: int = logging.INFO) -> None:
        """Keep an event of the step."""
        self._journal.write(event, level)

    def loaded(self, name: str, loads: Sequence[Load]) -> None:
        for load in loads:
            self.write(
                make.loaded_input(
                    self._job,
                    self._step_key,
                    name,
                    load.manager,
                    upstream_step_key=load.step,
                    upstream_output_name=load.output,
                    metadata=load.metadata,
                )
            )
        self.write(make.step_input(self._job, self._step_key, name))

    def output(self, output: StepOutput, value: Any) -> None:
        place = (output.output_name, output.mapping_key)
        self._outputs.pop(place, None)
        self._outputs[place] = (output, value)
        if output.asset_key is not None:
            self._write_asset(output, output.asset_key)
        if output.stored:
            manager = self._slots[output.output_name].io_manager_key
            self.write(make.handled_output(self._job, self._step_key, output.output_name, manager))

    def emitted(
        self, name: str, mapping_key: str | None, metadata: Mapping[str, MetadataValue], problem: str | None
    ) -> None:
        checked = TypeChecked(problem is None, name, problem)
        event = make.step_output(
            self._job, self._step_key, name, mapping_key=mapping_key, metadata=metadata, type_check=checked
        )
        self.write(event)

    def _write_asset(self, output: StepOutput, key: AssetKey) -> None:
        """One event for each partition, or one in all, with the versions of what it was made from as tags."""
        for partition in output.partitions or (None,):
            metadata, version = output.metadata, output.data_version
            if partition is not None:
                metadata = {**metadata, **output.by_partition.get(partition, {})}
                version = output.versions.get(partition, version)
            if output.is_observation:
                given = {} if version is None else {DATA_VERSION_TAG: version, USER_PROVIDED_TAG: "true"}
                tags = {**given, **output.tags}
                self.write(
                    make.asset_observation(
                        self._job,
                        self._step_key,
                        AssetObservation(key, metadata=metadata, partition=partition, tags=tags),
                    )
                )
                continue
            versions = tags_for_step_output(
                self._journal.instance,
                self._journal.run,
                self._journal.specs,
                key,
                partition,
                version,
            )
            made = AssetMaterialization(
                key,
                description=None,
                metadata=metadata,
                partition=partition,
                tags={**versions, **output.tags},
            )
            self.write(make.asset_materialization(self._job, self._step_key, made))

    def event(self, event: AssetEvent) -> None:
        self.recorded.append(event)
        if isinstance(event, AssetMaterialization):
            self.write(make.asset_materialization(self._job, self._step_key, event))
        elif isinstance(event, AssetObservation):
            self.write(make.asset_observation(self._job, self._step_key, event))
        else:
            self.write(make.step_expectation_result(self._job, self._step_key, event))

    def check(self, evaluation: AssetCheckEvaluation) -> None:
        partitions = None if evaluation.partition is None else [evaluation.partition]
        wanted = AssetRecordsFilter(evaluation.asset_key, asset_partitions=partitions)
        latest = self._journal.instance.fetch_materializations(wanted, limit=1).records
        target = None
        if latest:
            target = TargetMaterialization(latest[0].storage_id, latest[0].run_id, latest[0].timestamp)
        evaluation = AssetCheckEvaluation(
            evaluation.asset_key,
            evaluation.check_name,
            evaluation.passed,
            metadata=evaluation.metadata,
            target_materialization_data=target,
            severity=evaluation.severity,
            description=evaluation.description,
            blocking=evaluation.blocking,
            partition=evaluation.partition,
        )
        place = (evaluation.asset_check_key, evaluation.partition)
        self._checks.pop(place, None)
        self._checks[place] = evaluation
        self.write(make.asset_check_evaluation(self._job, self._step_key, evaluation))


def _observes(step: Step) -> bool:
    return step.definition is not None and step.definition.is_observation
