"""Section 19: sensors that react to runs."""

from typing import Any

import pytest

import dagx as dg


@dg.op
def passing() -> None: ...


@dg.op
def failing() -> None:
    raise ValueError("no")


@dg.job
def good() -> None:
    passing()


@dg.job
def fine() -> None:
    passing()


@dg.job
def bad() -> None:
    failing()


@dg.job(partitions_def=dg.StaticPartitionsDefinition(["p"]))
def by_letter() -> None:
    passing()


@dg.job
def follow_up() -> None:
    passing()


@pytest.fixture
def instance() -> dg.DagsterInstance:
    return dg.DagsterInstance.ephemeral()


def run(instance: dg.DagsterInstance, job: Any = good, **fields: Any) -> Any:
    return job.execute_in_process(instance=instance, raise_on_error=False, **fields)


def tick(sensor: dg.SensorDefinition, instance: dg.DagsterInstance, cursor: str | None) -> Any:
    return sensor.evaluate_tick(dg.build_sensor_context(instance=instance, cursor=cursor))


def started(sensor: dg.SensorDefinition, instance: dg.DagsterInstance) -> str:
    """The cursor after the first tick, which looks at nothing."""
    cursor: str = tick(sensor, instance, None).cursor
    return cursor


def watching(seen: list[str], answer: Any = None, **fields: Any) -> dg.RunStatusSensorDefinition:
    @dg.run_status_sensor(run_status=dg.DagsterRunStatus.SUCCESS, name="watch", **fields)
    def watch(context: dg.RunStatusSensorContext) -> Any:
        seen.append(context.dagster_run.job_name)
        return answer

    return watch


def test_history_is_never_replayed(instance: dg.DagsterInstance) -> None:
    seen: list[str] = []
    sensor = watching(seen)
    run(instance)
    run(instance, fine)
    first = tick(sensor, instance, None)
    assert (seen, first.run_requests) == ([], [])
    assert first.skip_message is not None
    assert first.cursor is not None
    second = tick(sensor, instance, first.cursor)
    assert (seen, second.cursor) == ([], first.cursor)
    assert "no new run" in second.skip_message


def test_a_sensor_that_starts_before_any_run_sees_the_first(instance: dg.DagsterInstance) -> None:
    seen: list[str] = []
    sensor = watching(seen)
    cursor = started(sensor, instance)
    run(instance)
    tick(sensor, instance, cursor)
    assert seen == ["good"]


def test_runs_are_seen_oldest_first_and_once(instance: dg.DagsterInstance) -> None:
    seen: list[str] = []
    sensor = watching(seen)
    cursor = started(sensor, instance)
    ids = [run(instance, job).run_id for job in (good, fine, good)]
    found = tick(sensor, instance, cursor)
    assert seen == ["good", "fine", "good"]
    assert [reaction.run_id for reaction in found.reactions] == ids
    assert (found.run_requests, found.skip_message) == ([], None)
    tick(sensor, instance, found.cursor)
    assert len(seen) == 3


def test_runs_that_came_to_another_status_are_not_seen(instance: dg.DagsterInstance) -> None:
    seen: list[str] = []
    sensor = watching(seen)
    cursor = started(sensor, instance)
    run(instance, bad)
    assert tick(sensor, instance, cursor).reactions == []
    assert seen == []


@pytest.mark.parametrize(
    ("answer", "requests", "skip"),
    [
        (dg.RunRequest("a"), ["a"], None),
        ([dg.RunRequest("a"), dg.RunRequest("b")], ["a", "b"], None),
        (dg.SensorResult([dg.RunRequest("a")]), ["a"], None),
        (dg.SkipReason("enough"), [], "enough"),
    ],
)
def test_an_answer_ends_the_tick_after_its_run(
    instance: dg.DagsterInstance, answer: Any, requests: list[str], skip: str | None
) -> None:
    seen: list[str] = []
    sensor = watching(seen, answer, request_job=follow_up)
    cursor = started(sensor, instance)
    run(instance, good)
    run(instance, fine)
    found = tick(sensor, instance, cursor)
    assert seen == ["good"]
    assert ([request.run_key for request in found.run_requests], found.skip_message) == (requests, skip)
    for request in found.run_requests:
        assert request.tags == {"dagster/sensor_name": "watch"}
    tick(sensor, instance, found.cursor)
    assert seen == ["good", "fine"]


def test_a_request_needs_a_job_to_request(instance: dg.DagsterInstance) -> None:
    sensor = watching([], dg.RunRequest("a"))
    cursor = started(sensor, instance)
    run(instance)
    with pytest.raises(dg.DagsterError, match="nothing to run"):
        tick(sensor, instance, cursor)


def test_a_result_with_a_cursor_is_refused(instance: dg.DagsterInstance) -> None:
    sensor = watching([], dg.SensorResult(cursor="mine"))
    cursor = started(sensor, instance)
    run(instance)
    with pytest.raises(dg.DagsterInvariantViolationError, match="cursor"):
        tick(sensor, instance, cursor)


def test_what_the_function_raises_is_its_reaction_and_is_not_tried_again(
    instance: dg.DagsterInstance,
) -> None:
    seen: list[str] = []

    @dg.run_status_sensor(run_status=dg.DagsterRunStatus.SUCCESS)
    def fragile(context: dg.RunStatusSensorContext) -> None:
        seen.append(context.dagster_run.job_name)
        if context.dagster_run.job_name == "good":
            raise ValueError("broken")

    cursor = started(fragile, instance)
    run(instance, good)
    run(instance, fine)
    found = tick(fragile, instance, cursor)
    assert seen == ["good", "fine"]
    assert [str(reaction.error) for reaction in found.reactions] == ["broken", "None"]
    tick(fragile, instance, found.cursor)
    assert len(seen) == 2


def test_a_tick_sees_a_few_runs_and_the_next_one_goes_on(instance: dg.DagsterInstance) -> None:
    seen: list[str] = []
    sensor = watching(seen)
    cursor = started(sensor, instance)
    for _ in range(7):
        run(instance)
    cursor = tick(sensor, instance, cursor).cursor
    assert 1 < len(seen) < 7
    tick(sensor, instance, cursor)
    assert len(seen) == 7


@pytest.mark.parametrize(
    ("monitored", "expected"),
    [
        (None, ["good", "fine"]),
        ([good], ["good"]),
        ([fine, bad], ["fine"]),
        ([dg.JobSelector(location_name="here", repository_name="r", job_name="fine")], ["fine"]),
        ([dg.CodeLocationSelector(location_name="here")], ["good", "fine"]),
        ([dg.RepositorySelector(location_name="here", repository_name="r")], ["good", "fine"]),
    ],
)
def test_which_jobs_are_monitored(instance: dg.DagsterInstance, monitored: Any, expected: list[str]) -> None:
    seen: list[str] = []
    sensor = watching(seen, monitored_jobs=monitored)
    cursor = started(sensor, instance)
    run(instance, good)
    run(instance, fine)
    cursor = tick(sensor, instance, cursor).cursor
    assert seen == expected
    tick(sensor, instance, cursor)
    assert seen == expected


def test_monitored_jobs_and_all_code_locations_are_not_given_together() -> None:
    with pytest.raises(dg.DagsterInvalidDefinitionError):
        watching([], monitored_jobs=[good], monitor_all_code_locations=True)
    assert watching([], monitor_all_code_locations=True).monitor_all_code_locations
    with pytest.raises(dg.DagsterInvalidDefinitionError):
        watching([], monitored_jobs=[good], job_selection=[fine])
    assert watching([], job_selection=[good]).monitored_jobs == [good]
    with pytest.raises(dg.InvalidArgumentError):
        watching([], monitored_jobs=["good"])


def test_only_a_status_that_runs_come_to_can_be_watched() -> None:
    with pytest.raises(dg.DagsterInvalidDefinitionError, match="NOT_STARTED"):
        dg.run_status_sensor(dg.DagsterRunStatus.NOT_STARTED, name="s")(lambda: None)
    with pytest.raises(dg.InvalidArgumentError):
        dg.run_status_sensor(lambda: None)  # type: ignore[arg-type]


def test_the_start_of_runs_can_be_watched(instance: dg.DagsterInstance) -> None:
    seen: list[str] = []

    @dg.run_status_sensor(dg.DagsterRunStatus.STARTED)
    def on_start(context: dg.RunStatusSensorContext) -> None:
        seen.append(context.dagster_event.event_type.name)

    cursor = started(on_start, instance)
    run(instance, bad)
    tick(on_start, instance, cursor)
    assert seen == ["RUN_START"]


def test_the_context_knows_the_run_the_event_and_the_partition(instance: dg.DagsterInstance) -> None:
    contexts: list[dg.RunStatusSensorContext] = []

    @dg.run_status_sensor(run_status=dg.DagsterRunStatus.SUCCESS)
    def watch(context: dg.RunStatusSensorContext) -> None:
        contexts.append(context)

    cursor = started(watch, instance)
    result = run(instance, by_letter, partition_key="p")
    run(instance)
    tick(watch, instance, cursor)
    first, second = contexts
    assert first.dagster_run.run_id == result.run_id
    assert first.dagster_run.is_success
    assert first.dagster_event.event_type is dg.DagsterEventType.RUN_SUCCESS
    assert (first.sensor_name, first.instance) == ("watch", instance)
    assert (first.partition_key, second.partition_key) == ("p", None)
    first.log.info("seen")


# Failures


def test_a_failure_sensor_sees_failed_runs_and_their_steps(instance: dg.DagsterInstance) -> None:
    told: list[Any] = []

    @dg.run_failure_sensor
    def alert(context: dg.RunFailureSensorContext) -> None:
        told.append((context.dagster_run.job_name, context.failure_event.event_type.name))
        told.extend(event.step_key for event in context.get_step_failure_events())
        told.extend(
            event.step_failure_data.error_display_string for event in context.get_step_failure_events()
        )

    assert alert.name == "alert"
    assert alert.run_status is dg.DagsterRunStatus.FAILURE
    cursor = started(alert, instance)
    run(instance, good)
    run(instance, bad)
    tick(alert, instance, cursor)
    assert told[:2] == [("bad", "RUN_FAILURE"), "failing"]
    assert "no" in told[2]


def test_a_failure_sensor_may_have_parameters() -> None:
    @dg.run_failure_sensor(name="alarm", monitored_jobs=[bad], minimum_interval_seconds=5)
    def alert(context: dg.RunFailureSensorContext) -> None: ...

    assert (alert.name, alert.minimum_interval_seconds, alert.monitored_jobs) == ("alarm", 5, [bad])
    assert isinstance(alert, dg.RunStatusSensorDefinition)
    assert dg.run_failure_sensor("alarm")(lambda: None).name == "alarm"


# Direct calls


def test_a_run_status_sensor_can_be_called_with_a_context_built_by_hand(instance: dg.DagsterInstance) -> None:
    result = run(instance, by_letter, partition_key="p")
    context = dg.build_run_status_sensor_context(
        sensor_name="watch",
        dagster_event=result.get_run_success_event(),
        dagster_instance=instance,
        dagster_run=result.dagster_run,
    )

    @dg.run_status_sensor(run_status=dg.DagsterRunStatus.SUCCESS, request_job=follow_up)
    def watch(given: dg.RunStatusSensorContext) -> Any:
        return dg.RunRequest(given.dagster_run.run_id, partition_key=given.partition_key)

    assert watch(context) == dg.RunRequest(result.run_id, partition_key="p")
    with pytest.raises(dg.DagsterInvalidInvocationError, match="build_run_status_sensor_context"):
        watch()
    with pytest.raises(dg.DagsterInvalidInvocationError):
        watch(dg.build_sensor_context())


def test_a_failure_sensor_can_be_called_with_the_context_for_failures(instance: dg.DagsterInstance) -> None:
    result = run(instance, bad)
    context = dg.build_run_status_sensor_context(
        "alert", result.get_run_failure_event(), instance, result.dagster_run, partition_key="p"
    )

    @dg.run_failure_sensor
    def alert(given: dg.RunFailureSensorContext) -> Any:
        return (given.failure_event.event_type.name, given.partition_key)

    assert alert(context.for_run_failure()) == ("RUN_FAILURE", "p")
    assert alert(context) == ("RUN_FAILURE", "p")


def test_resources_come_from_the_context_or_by_name(instance: dg.DagsterInstance) -> None:
    told: list[str] = []

    @dg.run_status_sensor(run_status=dg.DagsterRunStatus.SUCCESS)
    def watch(context: dg.RunStatusSensorContext, chat: dg.ResourceParam[str]) -> None:
        told.append(f"{chat} {context.resources.chat}" if chat == "room" else chat)

    cursor = started(watch, instance)
    result = run(instance)
    watch.evaluate_tick(dg.build_sensor_context(instance=instance, cursor=cursor, resources={"chat": "room"}))
    fields = {
        "sensor_name": "watch",
        "dagster_event": result.get_run_success_event(),
        "dagster_instance": instance,
        "dagster_run": result.dagster_run,
    }
    watch(dg.build_run_status_sensor_context(**fields, resources={"chat": "room"}))
    watch(
        dg.build_run_status_sensor_context(
            **fields, context=dg.build_sensor_context(resources={"chat": "room"})
        )
    )
    watch(dg.build_run_status_sensor_context(**fields), chat="other")
    assert told == ["room room", "room room", "room room", "other"]
    with pytest.raises(dg.DagsterInvalidInvocationError, match="chat"):
        watch(dg.build_run_status_sensor_context(**fields))
