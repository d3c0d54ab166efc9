"""DagsterEvent: one thing that happened in a run. Semantics: sections 6, 24, 27."""

from __future__ import annotations

from typing import Any, TypeVar

from dagx.checks.results import AssetCheckEvaluation
from dagx.errors import InvariantViolationError
from dagx.execution.results import AssetMaterialization, AssetObservation
from dagx.instance import event_contents as contents
from dagx.instance.event_types import NO_STEP_EVENTS, DagsterEventType
from dagx.keys import AssetKey
from dagx.record import Record

__all__ = ["DagsterEvent"]

C = TypeVar("C")


class DagsterEvent(Record):
    """One thing that happened in a run.

    `event_type_value` is the value of its DagsterEventType, `step_key` the step that it is about (None for the run as
    a whole), `event_specific_data` what only events of this type carry; the properties below give its parts, and
    raise InvariantViolationError for an event of another type. Semantics: section 27.
    """

    event_type_value: str
    job_name: str
    step_key: str | None
    event_specific_data: Any
    message: str | None

    def __init__(
        self,
        event_type_value: str | DagsterEventType,
        job_name: str,
        step_key: str | None = None,
        event_specific_data: Any = None,
        message: str | None = None,
    ) -> None:
        self._set(
            event_type_value=(
                event_type_value
                if isinstance(event_type_value, DagsterEventType)
                else DagsterEventType(event_type_value)
            ).value,
            job_name=job_name,
            step_key=step_key,
            event_specific_data=event_specific_data,
            message=message,
        )

    @property
    def event_type(self) -> DagsterEventType:
        """What happened."""
        return DagsterEventType(self.event_type_value)

    # Where

    @property
    def node_handle(self) -> str | None:
        """The step's place: the names of the graphs that it stands in and its own, joined by dots."""
        return None if self.step_key is None else self.step_key.split("[")[0]

    @property
    def node_name(self) -> str | None:
        """The name of the step's own function."""
        return None if self.node_handle is None else self.node_handle.rpartition(".")[2]

    @property
    def asset_key(self) -> AssetKey | None:
        """The asset that this is about, if it is about one."""
        return contents.asset_of(self.event_specific_data)[0]

    @property
    def partition(self) -> str | None:
        """The partition of the asset that this is about, if it is about one."""
        return contents.asset_of(self.event_specific_data)[1]

    # What

    @property
    def is_step_event(self) -> bool:
        """Whether it belongs to the course of a step."""
        return self.step_key is not None and self.event_type_value not in NO_STEP_EVENTS

    def _is(self, *types: DagsterEventType) -> bool:
        return self.event_type_value in {kind.value for kind in types}

    @property
    def is_step_start(self) -> bool:
        """Whether a step started."""
        return self._is(DagsterEventType.STEP_START)

    @property
    def is_step_success(self) -> bool:
        """Whether a step succeeded."""
        return self._is(DagsterEventType.STEP_SUCCESS)

    @property
    def is_step_failure(self) -> bool:
        """Whether a step failed for good."""
        return self._is(DagsterEventType.STEP_FAILURE)

    @property
    def is_step_skipped(self) -> bool:
        """Whether a step was skipped: something that it needs was not made."""
        return self._is(DagsterEventType.STEP_SKIPPED)

    @property
    def is_step_up_for_retry(self) -> bool:
        """Whether a step failed and is to be tried again."""
        return self._is(DagsterEventType.STEP_UP_FOR_RETRY)

    @property
    def is_step_restarted(self) -> bool:
        """Whether a step is tried again."""
        return self._is(DagsterEventType.STEP_RESTARTED)

    @property
    def is_successful_output(self) -> bool:
        """Whether a step emitted an output."""
        return self._is(DagsterEventType.STEP_OUTPUT)

    @property
    def is_handled_output(self) -> bool:
        """Whether an IO manager stored an output."""
        return self._is(DagsterEventType.HANDLED_OUTPUT)

    @property
    def is_loaded_input(self) -> bool:
        """Whether an IO manager loaded an input."""
        return self._is(DagsterEventType.LOADED_INPUT)

    @property
    def is_step_materialization(self) -> bool:
        """Whether an asset was made."""
        return self._is(DagsterEventType.ASSET_MATERIALIZATION)

    is_asset_materialization = is_step_materialization

    @property
    def is_asset_materialization_planned(self) -> bool:
        """Whether an asset is to be made."""
        return self._is(DagsterEventType.ASSET_MATERIALIZATION_PLANNED)

    @property
    def is_asset_observation(self) -> bool:
        """Whether an asset was seen."""
        return self._is(DagsterEventType.ASSET_OBSERVATION)

    @property
    def is_asset_check_evaluation(self) -> bool:
        """Whether a check was executed."""
        return self._is(DagsterEventType.ASSET_CHECK_EVALUATION)

    @property
    def is_expectation_result(self) -> bool:
        """Whether an expectation was looked at."""
        return self._is(DagsterEventType.STEP_EXPECTATION_RESULT)

    @property
    def is_failure(self) -> bool:
        """Whether a step or the run failed."""
        return self._is(DagsterEventType.STEP_FAILURE, DagsterEventType.RUN_FAILURE)

    @property
    def is_job_start(self) -> bool:
        """Whether the run started."""
        return self._is(DagsterEventType.RUN_START)

    @property
    def is_job_success(self) -> bool:
        """Whether the run succeeded."""
        return self._is(DagsterEventType.RUN_SUCCESS)

    @property
    def is_job_failure(self) -> bool:
        """Whether the run failed."""
        return self._is(DagsterEventType.RUN_FAILURE)

    @property
    def is_engine_event(self) -> bool:
        """Whether it is a remark of the engine."""
        return self._is(DagsterEventType.ENGINE_EVENT)

    @property
    def is_hook_event(self) -> bool:
        """Whether it is about a hook."""
        return self.event_type_value.startswith("HOOK_")

    @property
    def is_resource_init_failure(self) -> bool:
        """Whether a resource could not be set up."""
        return self._is(DagsterEventType.RESOURCE_INIT_FAILURE)

    # Its parts

    def _content(self, kind: type[C]) -> C:
        if isinstance(self.event_specific_data, kind):
            return self.event_specific_data
        raise InvariantViolationError(
            f"an event of the type {self.event_type.name} has no such part",
            "ask for its event_type, or is_step_failure and the like, first",
        )

    @property
    def step_materialization_data(self) -> contents.Materialized:
        """The part of an event that an asset was made: `.materialization`."""
        return self._content(contents.Materialized)

    @property
    def materialization(self) -> AssetMaterialization:
        """What was made."""
        return self.step_materialization_data.materialization

    @property
    def asset_observation_data(self) -> contents.Observed:
        """The part of an event that an asset was seen: `.asset_observation`."""
        return self._content(contents.Observed)

    @property
    def asset_observation(self) -> AssetObservation:
        """What was seen."""
        return self.asset_observation_data.asset_observation

    @property
    def asset_check_evaluation_data(self) -> AssetCheckEvaluation:
        """How a check came out."""
        return self._content(AssetCheckEvaluation)

    @property
    def asset_materialization_planned_data(self) -> contents.MaterializationPlanned:
        """The asset that is to be made."""
        return self._content(contents.MaterializationPlanned)

    @property
    def asset_check_planned_data(self) -> contents.CheckPlanned:
        """The check that is to be executed."""
        return self._content(contents.CheckPlanned)

    @property
    def step_input_data(self) -> contents.InputTaken:
        """The input that a step received."""
        return self._content(contents.InputTaken)

    @property
    def step_output_data(self) -> contents.OutputMade:
        """The output that a step emitted."""
        return self._content(contents.OutputMade)

    @property
    def loaded_input_data(self) -> contents.InputLoaded:
        """What an IO manager loaded."""
        return self._content(contents.InputLoaded)

    @property
    def handled_output_data(self) -> contents.OutputHandled:
        """What an IO manager stored."""
        return self._content(contents.OutputHandled)

    @property
    def step_success_data(self) -> contents.StepSucceeded:
        """How long a step took."""
        return self._content(contents.StepSucceeded)

    @property
    def step_failure_data(self) -> contents.StepFailed:
        """Why a step failed: `.error`, `.user_failure_data`."""
        return self._content(contents.StepFailed)

    @property
    def step_retry_data(self) -> contents.RetryAsked:
        """Why and when a step is to be tried again."""
        return self._content(contents.RetryAsked)

    @property
    def job_failure_data(self) -> contents.RunFailed:
        """Why the run failed."""
        return self._content(contents.RunFailed)

    @property
    def hook_errored_data(self) -> contents.HookFailed:
        """What a hook raised."""
        return self._content(contents.HookFailed)

    @property
    def engine_event_data(self) -> contents.Remark:
        """What the engine had to say: `.metadata`, `.error`."""
        return self._content(contents.Remark)
