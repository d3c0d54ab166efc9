"""RunStatusSensorContext, RunFailureSensorContext: the run for which a run-status sensor is called. Sections 19, 27."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from dagx.automation.sensor_context import SensorEvaluationContext
from dagx.automation.tick_context import TickContext
from dagx.errors import InvariantViolationError

if TYPE_CHECKING:
    from dagx.instance.events import DagsterEvent
    from dagx.instance.instance import DagsterInstance
    from dagx.instance.runs import DagsterRun

__all__ = ["RunFailureSensorContext", "RunStatusSensorContext", "build_run_status_sensor_context"]

PARTITION_TAG = "dagster/partition"


class RunStatusSensorContext(TickContext):
    """What the function of a run-status sensor is given: `dagster_run`, the `dagster_event` that changed its status,
    `instance`, `log`, `resources`, `sensor_name`, `partition_key`. Semantics: section 19.
    """

    def __init__(
        self,
        *,
        sensor_name: str | None,
        dagster_run: DagsterRun,
        dagster_event: DagsterEvent,
        instance: DagsterInstance,
        context: SensorEvaluationContext | None = None,
        resources: Mapping[str, object] | None = None,
        partition_key: str | None = None,
        repository_def: Any = None,
    ) -> None:
        super().__init__(
            instance=instance,
            resources=resources,
            repository_def=repository_def,
            name=sensor_name,
            lender=context,
        )
        self._partition_key = partition_key
        self.dagster_run = dagster_run
        self.dagster_event = dagster_event

    @property
    def sensor_name(self) -> str | None:
        """The name of the sensor."""
        return self._name

    @property
    def partition_key(self) -> str | None:
        """The partition of the run, None when it was for none."""
        return self._partition_key or self.dagster_run.tags.get(PARTITION_TAG)

    def for_run_failure(self) -> RunFailureSensorContext:
        """The same as the context of a run-failure sensor."""
        made = RunFailureSensorContext.__new__(RunFailureSensorContext)
        vars(made).update(vars(self))
        return made


class RunFailureSensorContext(RunStatusSensorContext):
    """The context of a run-failure sensor: also `failure_event`, and the failures of single steps.

    Semantics: section 19.
    """

    @property
    def failure_event(self) -> DagsterEvent:
        """The event that the run failed; `.message` says why."""
        return self.dagster_event

    def get_step_failure_events(self) -> Sequence[DagsterEvent]:
        """The events of the steps that failed, in order; `.step_failure_data.error` says why."""
        entries = self.instance.all_logs(self.dagster_run.run_id)
        events = (entry.dagster_event for entry in entries)
        return [event for event in events if event is not None and event.is_step_failure]


def build_run_status_sensor_context(
    sensor_name: str,
    dagster_event: DagsterEvent,
    dagster_instance: DagsterInstance,
    dagster_run: DagsterRun,
    context: SensorEvaluationContext | None = None,
    resources: Mapping[str, object] | None = None,
    partition_key: str | None = None,
    *,
    repository_def: Any = None,
) -> RunStatusSensorContext:
    """A context to call a run-status sensor with in a test; `.for_run_failure()` makes that of a run-failure sensor.

    `context` lends resources and definitions that are not given. Semantics: section 27.
    """
    if dagster_run is None or dagster_event is None:  # pyright: ignore[reportUnnecessaryComparison]  # users without a type checker
        raise InvariantViolationError(
            "a run-status context is about a run and an event", "give dagster_run=result.dagster_run"
        )
    return RunStatusSensorContext(
        sensor_name=sensor_name,
        dagster_run=dagster_run,
        dagster_event=dagster_event,
        instance=dagster_instance,
        context=context,
        resources=resources,
        partition_key=partition_key,
        repository_def=repository_def,
    )
