"""What a run in this process leaves: values, events and how each step ended. Semantics: sections 24, 27."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from dagx.checks.results import AssetCheckEvaluation
from dagx.errors import InvariantViolationError
from dagx.execution.results import AssetMaterialization, AssetObservation
from dagx.execution.running import StepRun
from dagx.execution.steps import Step
from dagx.instance.event_types import DagsterEventType
from dagx.instance.events import DagsterEvent
from dagx.keys import AssetKey, CoercibleToAssetKey
from dagx.nearest import did_you_mean

if TYPE_CHECKING:
    from dagx.instance.instance import DagsterInstance
    from dagx.instance.runs import DagsterRun

__all__ = ["ExecuteInProcessResult"]


class ExecuteInProcessResult:
    """The result of a run in this process. Semantics: sections 24, 27.

    Steps are named by their step keys; an asset's is its key as a Python name, that of an op in a graph "graph.op".
    """

    def __init__(
        self,
        dagster_run: DagsterRun,
        instance: DagsterInstance,
        steps: Sequence[Step],
        runs: Mapping[str, StepRun],
        events: Sequence[DagsterEvent],
        *,
        job_def: Any = None,
        outputs: Mapping[str, tuple[str, str]] | None = None,
        graph_outputs: Mapping[str, Mapping[str, tuple[str, str]]] | None = None,
    ) -> None:
        self._instance = instance
        self._steps = {step.key: step for step in steps}
        self._runs = runs
        self._run_id = dagster_run.run_id
        self._first_run = dagster_run
        self._outputs = outputs or {}
        self._graph_outputs = graph_outputs or {}
        self.all_events: list[DagsterEvent] = list(events)
        self.job_def = job_def

    # The run

    @property
    def success(self) -> bool:
        """Whether no step failed."""
        return all(run.error is None for run in self._runs.values()) and not any(
            event.event_type is DagsterEventType.RUN_FAILURE for event in self.all_events
        )

    @property
    def run_id(self) -> str:
        """The id of the run."""
        return self._run_id

    @property
    def dagster_run(self) -> DagsterRun:
        """The record of the run, with its status."""
        return self._instance.get_run_by_id(self._run_id) or self._first_run

    @property
    def all_node_events(self) -> list[DagsterEvent]:
        """The events of steps."""
        return [event for event in self.all_events if event.is_step_event]

    # Values

    def asset_value(self, asset_key: CoercibleToAssetKey) -> Any:
        """The value that an asset was made with; None when its function stored the data itself.

        Raises InvariantViolationError for an asset that the run did not make.
        """
        key = AssetKey.from_coercible_or_definition(asset_key)
        made: list[str] = []
        for run in self._runs.values():
            for output, value in run.outputs:
                if output.asset_key == key:
                    return value
                if output.asset_key is not None:
                    made.append(output.asset_key.to_user_string())
        shown = key.to_user_string()
        raise InvariantViolationError(f'this run did not make the asset "{shown}"', did_you_mean(shown, made))

    def output_for_node(self, node_str: str, output_name: str = "result") -> Any:
        """The value of an output of a step, or of a graph by its name; of a dynamic one, a dict by mapping key.

        Raises InvariantViolationError when there is none.
        """
        if node_str not in self._steps and node_str in self._graph_outputs:
            outputs = self._graph_outputs[node_str]
            if output_name not in outputs:
                raise InvariantViolationError(
                    f'the graph "{node_str}" has no output "{output_name}"',
                    did_you_mean(output_name, outputs),
                )
            node_str, output_name = outputs[output_name]
        instances = self._instances(node_str)
        found: dict[str, Any] = {}
        for mapping_key, run in instances.items():
            for output, value in run.outputs:
                if output.output_name != output_name:
                    continue
                if output.mapping_key is None and not mapping_key:
                    return value
                found[output.mapping_key or mapping_key] = value
        if found or (instances and self._is_dynamic(node_str, output_name)):
            return found
        raise InvariantViolationError(
            f'the step "{node_str}" made no output "{output_name}"', "it may have failed, or been skipped"
        )

    def output_value(self, output_name: str = "result") -> Any:
        """The value of an output of the graph or job that ran."""
        if output_name not in self._outputs:
            raise InvariantViolationError(
                f'what ran has no output "{output_name}"',
                did_you_mean(output_name, self._outputs) or "ask output_for_node",
            )
        return self.output_for_node(*self._outputs[output_name])

    def _is_dynamic(self, key: str, output: str) -> bool:
        step = self._steps[key]
        return step.mapped_over is not None or any(
            slot.is_dynamic for slot in step.outputs if slot.name == output
        )

    def _instances(self, key: str) -> dict[str, StepRun]:
        """How a step went, by mapping key ("" when it runs once)."""
        step_key = self._known(key)
        if step_key in self._runs:
            return {"": self._runs[step_key]}
        start = f"{step_key}["
        return {name[len(start) : -1]: run for name, run in self._runs.items() if name.startswith(start)}

    def _known(self, name: str) -> str:
        if name in self._steps or name in self._runs:
            return name
        raise InvariantViolationError(f'this run has no step "{name}"', did_you_mean(name, self._steps))

    # Assets and checks

    def asset_materializations_for_node(self, node_name: str) -> list[AssetMaterialization]:
        """What a step recorded as made, in order."""
        return [event.materialization for event in self._of_node(node_name, "is_step_materialization")]

    def asset_observations_for_node(self, node_name: str) -> list[AssetObservation]:
        """What a step recorded as seen, in order."""
        return [event.asset_observation for event in self._of_node(node_name, "is_asset_observation")]

    def get_asset_materialization_events(self) -> list[DagsterEvent]:
        """One event for each asset (or partition) made, in the order in which the steps ran."""
        return [event for event in self.all_events if event.is_step_materialization]

    def get_asset_materialization_planned_events(self) -> list[DagsterEvent]:
        """One event for each asset (or partition) that the run was to make, from before it began."""
        kind = DagsterEventType.ASSET_MATERIALIZATION_PLANNED
        logged = self._instance.all_logs(self._run_id, kind)
        return [entry.dagster_event for entry in logged if entry.dagster_event is not None]

    def get_asset_observation_events(self) -> list[DagsterEvent]:
        """One event for each asset seen."""
        return [event for event in self.all_events if event.is_asset_observation]

    def get_asset_check_evaluations(self) -> list[AssetCheckEvaluation]:
        """The results of checks, in order."""
        return [
            event.asset_check_evaluation_data for event in self.all_events if event.is_asset_check_evaluation
        ]

    # Steps

    def filter_events(self, event_filter: Callable[[DagsterEvent], bool]) -> list[DagsterEvent]:
        """The events that `event_filter` takes."""
        return [event for event in self.all_events if event_filter(event)]

    def events_for_node(self, node_name: str) -> list[DagsterEvent]:
        """The events of a step."""
        step = self._known(node_name)
        return [
            event
            for event in self.all_events
            if event.step_key == step or (event.step_key or "").startswith(f"{step}[")
        ]

    def _of_node(self, node_name: str, question: str) -> list[DagsterEvent]:
        return [event for event in self.events_for_node(node_name) if getattr(event, question)]

    def failure_data_for_node(self, node_name: str) -> Any:
        """What was recorded of a step's failure, or None when it did not fail."""
        found = self._of_node(node_name, "is_step_failure")
        return found[0].step_failure_data if found else None

    def error_for_node(self, node_name: str) -> BaseException | None:
        """What the step raised when it failed for good, or None."""
        return next((run.error for run in self._instances(node_name).values() if run.error is not None), None)

    def is_node_success(self, node_name: str) -> bool:
        """Whether the step ran and succeeded."""
        runs = self._instances(node_name)
        return bool(runs) and all(run.succeeded for run in runs.values())

    def is_node_failed(self, node_name: str) -> bool:
        """Whether the step ran and failed."""
        return self.error_for_node(node_name) is not None

    def is_node_skipped(self, node_name: str) -> bool:
        """Whether the step was left out because something that it needs was not made, nothing having failed."""
        return any(run.is_skipped for run in self._instances(node_name).values())

    def is_node_untouched(self, node_name: str) -> bool:
        """Whether nothing happened of the step: something that it needs failed."""
        return not self._instances(node_name)

    def retry_attempts_for_node(self, node_name: str) -> int:
        """How often the step was tried again."""
        return sum(run.retries for run in self._instances(node_name).values())

    def get_failed_step_keys(self) -> set[str]:
        """The steps that failed."""
        return {name for name, run in self._runs.items() if run.error is not None}

    def get_step_success_events(self) -> list[DagsterEvent]:
        """One event for each step that succeeded."""
        return [event for event in self.all_events if event.is_step_success]

    def get_step_failure_events(self) -> list[DagsterEvent]:
        """One event for each step that failed."""
        return [event for event in self.all_events if event.is_step_failure]

    def get_step_skipped_events(self) -> list[DagsterEvent]:
        """One event for each step that was skipped."""
        return [event for event in self.all_events if event.is_step_skipped]

    def get_run_failure_event(self) -> DagsterEvent:
        """The event that the run failed. Raises InvariantViolationError when it did not."""
        return self._of_run(DagsterEventType.RUN_FAILURE)

    def get_run_success_event(self) -> DagsterEvent:
        """The event that the run succeeded. Raises InvariantViolationError when it did not."""
        return self._of_run(DagsterEventType.RUN_SUCCESS)

    get_job_failure_event = get_run_failure_event
    get_job_success_event = get_run_success_event

    def _of_run(self, kind: DagsterEventType) -> DagsterEvent:
        for event in self.all_events:
            if event.event_type is kind:
                return event
        raise InvariantViolationError(f"this run has no event {kind.name}", "ask .success first")
