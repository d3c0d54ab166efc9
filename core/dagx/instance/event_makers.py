"""An event of each type, as whoever carries out a run reports it. Semantics: sections 6, 21, 22."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from dagx.checks.results import AssetCheckEvaluation
from dagx.errors import DagxError
from dagx.execution.results import AssetMaterialization, AssetObservation, ExpectationResult
from dagx.execution.retries import Failure
from dagx.instance import event_contents as contents
from dagx.instance.event_types import DagsterEventType as Kind
from dagx.instance.events import DagsterEvent
from dagx.instance.recorded_error import RecordedError
from dagx.keys import AssetKey
from dagx.metadata.values import RawMetadataValue

_Metadata = Mapping[str, RawMetadataValue]
_SOUND = contents.TypeChecked()

# A step


def step_start(job_name: str, step_key: str) -> DagsterEvent:
    """A step starts, for the first time."""
    return DagsterEvent(Kind.STEP_START, job_name, step_key, None, f'step "{step_key}" started')


def step_restarted(job_name: str, step_key: str, previous_attempts: int = 1) -> DagsterEvent:
    """A step starts again, after so many attempts."""
    message = f'step "{step_key}" started again, attempt {previous_attempts + 1}'
    return DagsterEvent(Kind.STEP_RESTARTED, job_name, step_key, None, message)


def step_success(job_name: str, step_key: str, duration_ms: float = 0.0) -> DagsterEvent:
    """A step ended well, after so many milliseconds."""
    message = f'step "{step_key}" succeeded in {duration_ms:.0f} ms'
    return DagsterEvent(Kind.STEP_SUCCESS, job_name, step_key, contents.StepSucceeded(duration_ms), message)


def step_failure(
    job_name: str, step_key: str, error: BaseException, metadata: _Metadata | None = None
) -> DagsterEvent:
    """A step failed for good.

    What user code raised is recorded as the cause of a StepExecutionError; errors of dagx and a Failure stand for
    themselves. The description and metadata of a Failure are kept with `metadata`, which wins.
    """
    failed = contents.StepFailed(_of_step(step_key, error), _user_failure(error, metadata))
    return DagsterEvent(Kind.STEP_FAILURE, job_name, step_key, failed, f'step "{step_key}" failed')


def step_up_for_retry(
    job_name: str, step_key: str, error: BaseException, seconds_to_wait: float | None = None
) -> DagsterEvent:
    """A step failed and is to be tried again, so many seconds later."""
    asked = contents.RetryAsked(_of_step(step_key, error), seconds_to_wait)
    when = f" in {seconds_to_wait:g} s" if seconds_to_wait else ""
    message = f'step "{step_key}" failed and will be tried again{when}'
    return DagsterEvent(Kind.STEP_UP_FOR_RETRY, job_name, step_key, asked, message)


def step_skipped(job_name: str, step_key: str, because: str | None = None) -> DagsterEvent:
    """A step does not run: something that it needs was not made. `because` says what, in words."""
    message = f'step "{step_key}" skipped' + (f": {because}" if because else "")
    return DagsterEvent(Kind.STEP_SKIPPED, job_name, step_key, None, message)


# Inputs and outputs


def step_input(
    job_name: str, step_key: str, input_name: str, type_check: contents.TypeChecked = _SOUND
) -> DagsterEvent:
    """A step received an input, whose type was checked."""
    taken = contents.InputTaken(input_name, type_check)
    message = f'step "{step_key}" got the input "{input_name}"'
    return DagsterEvent(Kind.STEP_INPUT, job_name, step_key, taken, message)


def loaded_input(
    job_name: str,
    step_key: str,
    input_name: str,
    manager_key: str,
    *,
    upstream_step_key: str | None = None,
    upstream_output_name: str | None = None,
    metadata: _Metadata | None = None,
) -> DagsterEvent:
    """The IO manager `manager_key` loaded an input."""
    loaded = contents.InputLoaded(input_name, manager_key, upstream_output_name, upstream_step_key, metadata)
    message = f'input "{input_name}" loaded by "{manager_key}"'
    return DagsterEvent(Kind.LOADED_INPUT, job_name, step_key, loaded, message)


def step_output(
    job_name: str,
    step_key: str,
    output_name: str = "result",
    *,
    mapping_key: str | None = None,
    metadata: _Metadata | None = None,
    type_check: contents.TypeChecked = _SOUND,
) -> DagsterEvent:
    """A step emitted an output, whose type was checked."""
    made = contents.OutputMade(step_key, output_name, mapping_key, type_check, metadata)
    message = f'step "{step_key}" made the output "{output_name}"'
    return DagsterEvent(Kind.STEP_OUTPUT, job_name, step_key, made, message)


def handled_output(
    job_name: str,
    step_key: str,
    output_name: str = "result",
    manager_key: str = "io_manager",
    metadata: _Metadata | None = None,
) -> DagsterEvent:
    """The IO manager `manager_key` stored an output."""
    handled = contents.OutputHandled(output_name, manager_key, metadata)
    message = f'output "{output_name}" stored by "{manager_key}"'
    return DagsterEvent(Kind.HANDLED_OUTPUT, job_name, step_key, handled, message)


# Assets and checks


def asset_materialization_planned(
    job_name: str, step_key: str | None, asset_key: AssetKey, partition: str | None = None
) -> DagsterEvent:
    """The run is to make an asset; for several partitions, one event each."""
    planned = contents.MaterializationPlanned(asset_key, partition)
    message = f'asset "{_shown(asset_key, partition)}" is to be made'
    return DagsterEvent(Kind.ASSET_MATERIALIZATION_PLANNED, job_name, step_key, planned, message)


def asset_materialization(
    job_name: str, step_key: str | None, materialization: AssetMaterialization
) -> DagsterEvent:
    """An asset was made."""
    shown = _shown(materialization.asset_key, materialization.partition)
    made = contents.Materialized(materialization)
    return DagsterEvent(Kind.ASSET_MATERIALIZATION, job_name, step_key, made, f'asset "{shown}" made')


def asset_observation(job_name: str, step_key: str | None, observation: AssetObservation) -> DagsterEvent:
    """An asset was seen."""
    shown = _shown(observation.asset_key, observation.partition)
    return DagsterEvent(
        Kind.ASSET_OBSERVATION, job_name, step_key, contents.Observed(observation), f'asset "{shown}" seen'
    )


def asset_check_evaluation_planned(
    job_name: str,
    step_key: str | None,
    asset_key: AssetKey,
    check_name: str,
    partition: str | None = None,
) -> DagsterEvent:
    """The run is to execute a check."""
    planned = contents.CheckPlanned(asset_key, check_name, partition)
    message = f'check "{check_name}" of "{_shown(asset_key, partition)}" is to be executed'
    return DagsterEvent(Kind.ASSET_CHECK_EVALUATION_PLANNED, job_name, step_key, planned, message)


def asset_check_evaluation(
    job_name: str, step_key: str | None, evaluation: AssetCheckEvaluation
) -> DagsterEvent:
    """A check was executed."""
    shown = _shown(evaluation.asset_key, evaluation.partition)
    outcome = "passed" if evaluation.passed else f"failed ({evaluation.severity.value})"
    message = f'check "{evaluation.check_name}" of "{shown}" {outcome}'
    return DagsterEvent(Kind.ASSET_CHECK_EVALUATION, job_name, step_key, evaluation, message)


def asset_wiped(asset_key: AssetKey, partition_keys: tuple[str, ...] | None = None) -> DagsterEvent:
    """The history of an asset, or of some of its partitions, was put aside."""
    wiped = contents.Wiped(asset_key, partition_keys)
    return DagsterEvent(
        Kind.ASSET_WIPED, "", None, wiped, f'history of "{asset_key.to_user_string()}" put aside'
    )


def step_expectation_result(job_name: str, step_key: str, result: ExpectationResult) -> DagsterEvent:
    """A step reported an expectation."""
    outcome = "met" if result.success else "not met"
    message = f'expectation "{result.label or "unnamed"}" {outcome}'
    return DagsterEvent(Kind.STEP_EXPECTATION_RESULT, job_name, step_key, result, message)


# The run


def run_enqueued(job_name: str) -> DagsterEvent:
    """The run waits for its turn."""
    return DagsterEvent(Kind.RUN_ENQUEUED, job_name, None, None, f'run of "{job_name}" waits')


def run_starting(job_name: str) -> DagsterEvent:
    """The run is about to start."""
    return DagsterEvent(Kind.RUN_STARTING, job_name, None, None, f'run of "{job_name}" is about to start')


def run_start(job_name: str) -> DagsterEvent:
    """The run started."""
    return DagsterEvent(Kind.RUN_START, job_name, None, None, f'run of "{job_name}" started')


def run_success(job_name: str) -> DagsterEvent:
    """The run succeeded."""
    return DagsterEvent(Kind.RUN_SUCCESS, job_name, None, None, f'run of "{job_name}" succeeded')


def run_failure(
    job_name: str, message: str | None = None, error: BaseException | None = None
) -> DagsterEvent:
    """The run failed; `error` is given when it was not one of its steps."""
    failed = contents.RunFailed(None if error is None else RecordedError.of(error))
    return DagsterEvent(Kind.RUN_FAILURE, job_name, None, failed, message or f'run of "{job_name}" failed')


def run_canceling(job_name: str) -> DagsterEvent:
    """The run is being ended by someone."""
    return DagsterEvent(Kind.RUN_CANCELING, job_name, None, None, f'run of "{job_name}" is being canceled')


def run_canceled(job_name: str, message: str | None = None) -> DagsterEvent:
    """The run was ended by someone."""
    return DagsterEvent(Kind.RUN_CANCELED, job_name, None, None, message or f'run of "{job_name}" canceled')


def engine_event(
    job_name: str,
    message: str,
    *,
    step_key: str | None = None,
    metadata: _Metadata | None = None,
    error: BaseException | None = None,
) -> DagsterEvent:
    """A remark of the engine."""
    remark = contents.Remark(metadata, None if error is None else RecordedError.of(error))
    return DagsterEvent(Kind.ENGINE_EVENT, job_name, step_key, remark, message)


# Resources and hooks


def resource_init_started(
    job_name: str, resource_keys: Iterable[str], step_key: str | None = None
) -> DagsterEvent:
    """The resources with these keys are being set up."""
    message = f"setting up resources: {_listed(resource_keys)}"
    return DagsterEvent(Kind.RESOURCE_INIT_STARTED, job_name, step_key, contents.Remark(), message)


def resource_init_success(
    job_name: str, resource_keys: Iterable[str], step_key: str | None = None
) -> DagsterEvent:
    """The resources with these keys were set up."""
    message = f"set up resources: {_listed(resource_keys)}"
    return DagsterEvent(Kind.RESOURCE_INIT_SUCCESS, job_name, step_key, contents.Remark(), message)


def resource_init_failure(
    job_name: str, resource_keys: Iterable[str], error: BaseException, step_key: str | None = None
) -> DagsterEvent:
    """One of the resources with these keys could not be set up."""
    remark = contents.Remark(error=RecordedError.of(error))
    message = f"could not set up resources: {_listed(resource_keys)}"
    return DagsterEvent(Kind.RESOURCE_INIT_FAILURE, job_name, step_key, remark, message)


def hook_completed(job_name: str, step_key: str, hook_name: str) -> DagsterEvent:
    """A hook ran."""
    message = f'hook "{hook_name}" ran for "{step_key}"'
    return DagsterEvent(Kind.HOOK_COMPLETED, job_name, step_key, None, message)


def hook_skipped(job_name: str, step_key: str, hook_name: str) -> DagsterEvent:
    """A hook had nothing to do."""
    message = f'hook "{hook_name}" skipped for "{step_key}"'
    return DagsterEvent(Kind.HOOK_SKIPPED, job_name, step_key, None, message)


def hook_errored(job_name: str, step_key: str, hook_name: str, error: BaseException) -> DagsterEvent:
    """A hook raised, which changes nothing for the run."""
    failed = contents.HookFailed(RecordedError.of(error))
    message = f'hook "{hook_name}" failed for "{step_key}"'
    return DagsterEvent(Kind.HOOK_ERRORED, job_name, step_key, failed, message)


def _of_step(step_key: str, error: BaseException) -> RecordedError:
    recorded = RecordedError.of(error)
    if isinstance(error, (DagxError, Failure)):
        return recorded
    said = f'StepExecutionError: step "{step_key}" raised\n'
    return RecordedError(said, (), "StepExecutionError", recorded)


def _user_failure(error: BaseException, metadata: _Metadata | None) -> contents.UserFailure | None:
    if isinstance(error, Failure):
        label = "intentional-failure"
        return contents.UserFailure(label, error.description, {**error.metadata, **(metadata or {})})
    return contents.UserFailure("failure", None, metadata) if metadata else None


def _shown(asset_key: AssetKey, partition: str | None) -> str:
    return asset_key.to_user_string() + ("" if partition is None else f"[{partition}]")


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names)) or "none"
