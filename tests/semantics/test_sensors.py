"""Section 19: sensors, and what a tick of one asks for."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

import dagx as dg


@dg.op
def nothing() -> None: ...


@dg.job
def work() -> None:
    nothing()


@dg.job
def other_work() -> None:
    nothing()


def sensing(function: Callable[..., Any], **fields: Any) -> dg.SensorDefinition:
    return dg.sensor(**{"job": work, "name": "s", **fields})(function)


def context(**fields: Any) -> dg.SensorEvaluationContext:
    return dg.build_sensor_context(**fields)


def requesting(run_key: str, **fields: Any) -> Callable[[], dg.RunRequest]:
    return lambda: dg.RunRequest(run_key, **fields)


# Definition


def test_a_sensor_is_asked_every_30_seconds_unless_it_says_otherwise() -> None:
    assert sensing(lambda: None).minimum_interval_seconds == 30
    assert sensing(lambda: None, minimum_interval_seconds=5).minimum_interval_seconds == 5
    with pytest.raises(dg.InvalidArgumentError):
        sensing(lambda: None, minimum_interval_seconds=-1)


def test_a_sensor_has_the_name_of_its_function_and_is_stopped_until_it_is_started() -> None:
    @dg.sensor(job=work)
    def on_file() -> None:
        """A file came."""

    assert (on_file.name, on_file.description) == ("on_file", "A file came.")
    assert (on_file.job_name, on_file.job) == ("work", work)
    assert on_file.default_status is dg.DefaultSensorStatus.STOPPED
    assert (
        sensing(lambda: None, default_status=dg.DefaultSensorStatus.RUNNING).default_status
        is dg.DefaultSensorStatus.RUNNING
    )


def test_the_class_is_what_the_decorator_makes() -> None:
    made = dg.SensorDefinition("s", evaluation_fn=lambda: dg.RunRequest("k"), job_name="work")
    assert made.evaluate_tick(context()).run_requests[0].run_key == "k"
    with pytest.raises(dg.DagsterInvalidDefinitionError):
        dg.SensorDefinition("s", job=work)


@pytest.mark.parametrize(
    "targets",
    [
        {"job": work, "job_name": "work"},
        {"job": work, "jobs": [other_work]},
        {"job": work, "asset_selection": "a"},
        {"job": work, "target": "a"},
        {"asset_selection": "a", "target": "a"},
    ],
)
def test_several_targets_are_refused(targets: dict[str, Any]) -> None:
    with pytest.raises(dg.DagsterInvalidDefinitionError):
        dg.sensor(name="s", **targets)(lambda: None)


def test_a_decorator_without_parentheses_is_refused() -> None:
    with pytest.raises(dg.InvalidArgumentError, match=r"@sensor\(\)"):
        dg.sensor(lambda: None)  # type: ignore[arg-type]


# What may be answered


def two() -> list[dg.RunRequest]:
    return [dg.RunRequest("a"), dg.RunRequest("b")]


def generating() -> Iterator[dg.RunRequest]:
    yield from two()


ANSWERS: list[tuple[str, Callable[[], Any], list[str | None], str | None]] = [
    ("a RunRequest", lambda: dg.RunRequest("a"), ["a"], None),
    ("a RunRequest without a key", lambda: dg.RunRequest(), [None], None),
    ("a list", two, ["a", "b"], None),
    ("a list without keys", lambda: [dg.RunRequest(), dg.RunRequest()], [None, None], None),
    ("a generator", generating, ["a", "b"], None),
    ("a SkipReason", lambda: dg.SkipReason("no file"), [], "no file"),
    ("a SensorResult with requests", lambda: dg.SensorResult(two()), ["a", "b"], None),
    ("a SensorResult with a reason", lambda: dg.SensorResult(skip_reason="no file"), [], "no file"),
    ("a SensorResult with a SkipReason", lambda: dg.SensorResult(skip_reason=dg.SkipReason("no")), [], "no"),
    ("an empty SensorResult", lambda: dg.SensorResult(), [], "empty result"),
    ("None", lambda: None, [], "empty result"),
    ("an empty list", lambda: two()[:0], [], "empty result"),
    ("a list of None", lambda: [None], [], "empty result"),
]


@pytest.mark.parametrize(
    ("function", "keys", "skip"), [row[1:] for row in ANSWERS], ids=[row[0] for row in ANSWERS]
)
def test_what_a_function_may_answer_and_what_comes_of_it(
    function: Callable[[], Any], keys: list[str | None], skip: str | None
) -> None:
    tick = sensing(function).evaluate_tick(context())
    assert [request.run_key for request in tick.run_requests] == keys
    if skip is None:
        assert tick.skip_message is None
    else:
        assert skip in (tick.skip_message or "")


@pytest.mark.parametrize(
    "function",
    [
        lambda: (dg.RunRequest("a"), dg.RunRequest("b")),
        lambda: "a",
        lambda: {"ops": {}},
        lambda: 5,
        lambda: ["a"],
        lambda: {dg.RunRequest("a")},
    ],
)
def test_tuples_and_other_types_are_refused(function: Callable[[], Any]) -> None:
    with pytest.raises(dg.DagsterError):
        sensing(function).evaluate_tick(context())


@pytest.mark.parametrize(
    "answers",
    [
        [dg.SkipReason("no"), dg.RunRequest("a")],
        [dg.RunRequest("a"), dg.SkipReason("no")],
        [dg.SkipReason("no"), dg.SkipReason("neither")],
        [dg.SensorResult([dg.RunRequest("a")]), dg.RunRequest("b")],
        [dg.SensorResult(), dg.SkipReason("no")],
        [dg.SensorResult(), dg.SensorResult()],
    ],
)
def test_a_skip_reason_and_a_sensor_result_stand_alone(answers: list[Any]) -> None:
    def yielding() -> Iterator[Any]:
        yield from answers

    for function in (lambda: answers, yielding):
        with pytest.raises(dg.DagsterInvariantViolationError, match="answered"):
            sensing(function).evaluate_tick(context())


def test_what_a_function_raises_is_the_cause_of_a_sensor_error() -> None:
    def broken() -> Iterator[dg.RunRequest]:
        yield dg.RunRequest("a")
        raise ValueError("no")

    with pytest.raises(dg.SensorExecutionError, match="no") as caught:
        sensing(broken).evaluate_tick(context())
    assert isinstance(caught.value.__cause__, ValueError)


def test_every_request_has_the_tag_of_its_sensor() -> None:
    tick = sensing(lambda: dg.RunRequest("a", tags={"x": "y"})).evaluate_tick(context())
    assert tick.run_requests[0].tags == {"x": "y", "dagster/sensor_name": "s"}


# SensorResult


@pytest.mark.parametrize(
    "fields",
    [
        {"run_requests": [dg.RunRequest()], "skip_reason": "no"},
        {"run_requests": dg.RunRequest()},
        {"run_requests": ["a"]},
        {"skip_reason": 5},
        {"cursor": 5},
        {"asset_events": ["a"]},
        {"dynamic_partitions_requests": ["a"]},
    ],
)
def test_a_sensor_result_refuses_what_does_not_go_together_and_other_types(fields: dict[str, Any]) -> None:
    with pytest.raises(dg.InvalidArgumentError):
        dg.SensorResult(**fields)


def test_events_and_partitions_of_a_result_come_out_of_the_tick() -> None:
    names = dg.DynamicPartitionsDefinition(name="names")
    event = dg.AssetMaterialization("orders")
    result = dg.SensorResult(
        asset_events=[event], dynamic_partitions_requests=[names.build_add_request(["a"])]
    )
    tick = sensing(lambda: result).evaluate_tick(context())
    assert tick.asset_events == [event]
    assert tick.dynamic_partitions_requests == [dg.AddDynamicPartitionsRequest("names", ["a"])]


# The cursor


def test_the_cursor_is_what_was_set_or_the_old_one() -> None:
    def counting(given: dg.SensorEvaluationContext) -> dg.RunRequest:
        count = int(given.cursor or 0) + 1
        given.update_cursor(str(count))
        return dg.RunRequest(str(count))

    first = sensing(counting).evaluate_tick(context())
    second = sensing(counting).evaluate_tick(context(cursor=first.cursor))
    assert (first.cursor, second.cursor) == ("1", "2")
    assert sensing(lambda: None).evaluate_tick(context(cursor="7")).cursor == "7"
    assert sensing(lambda: None).evaluate_tick(context()).cursor is None
    by_result = sensing(lambda: dg.SensorResult(cursor="9")).evaluate_tick(context(cursor="7"))
    assert by_result.cursor == "9"


def test_a_cursor_set_in_both_ways_is_refused() -> None:
    def twice(given: dg.SensorEvaluationContext) -> dg.SensorResult:
        given.update_cursor("1")
        return dg.SensorResult(cursor="2")

    with pytest.raises(dg.DagsterInvariantViolationError, match="cursor"):
        sensing(twice).evaluate_tick(context())


def test_a_cursor_is_a_str() -> None:
    with pytest.raises(dg.InvalidArgumentError, match="a cursor is a str"):
        context().update_cursor({"last": 1})  # type: ignore[arg-type]


# Targets


def test_a_sensor_without_target_may_not_request_runs() -> None:
    asking = dg.sensor(name="s")(lambda: dg.RunRequest("a"))
    with pytest.raises(dg.DagsterError, match="nothing to run"):
        asking.evaluate_tick(context())
    assert "empty result" in (dg.sensor(name="s")(lambda: None).evaluate_tick(context()).skip_message or "")


def test_with_several_jobs_a_request_says_which_and_it_must_be_one_of_them() -> None:
    both = [work, other_work]
    named = sensing(lambda: dg.RunRequest("a", job_name="other_work"), job=None, jobs=both)
    assert named.evaluate_tick(context()).run_requests[0].job_name == "other_work"
    assert named.job_names == ("work", "other_work")
    for job_name in (None, "third"):
        asking = sensing(requesting("a", job_name=job_name), job=None, jobs=both)
        with pytest.raises(dg.DagsterError, match=r"several jobs|does not target"):
            asking.evaluate_tick(context())
    with pytest.raises(dg.DagsterError, match="third"):
        sensing(lambda: dg.RunRequest("a", job_name="third")).evaluate_tick(context())


@dg.asset
def orders() -> None: ...


@dg.asset
def clients() -> None: ...


@dg.asset
def reports() -> None: ...


@pytest.mark.parametrize("targets", [{"asset_selection": [orders, clients]}, {"target": [orders, clients]}])
def test_with_a_selection_requests_are_within_it_and_by_default_the_whole(targets: dict[str, Any]) -> None:
    defs = dg.Definitions(assets=[orders, clients, reports])
    known: list[dict[str, Any]] = [{"definitions": defs}, {"repository_def": defs.get_repository_def()}]
    keys = [dg.AssetKey("clients"), dg.AssetKey("orders")]
    for place in known:
        whole = sensing(lambda: dg.RunRequest("a"), job=None, **targets).evaluate_tick(context(**place))
        assert whole.run_requests[0].asset_selection == keys
        part = sensing(lambda: dg.RunRequest("a", asset_selection=[orders]), job=None, **targets)
        assert part.evaluate_tick(context(**place)).run_requests[0].asset_selection == keys[1:]
        outside = sensing(lambda: dg.RunRequest("a", asset_selection=[reports]), job=None, **targets)
        with pytest.raises(dg.DagsterInvalidSubsetError, match="reports"):
            outside.evaluate_tick(context(**place))
        other = sensing(lambda: dg.RunRequest("a", job_name="work"), job=None, **targets)
        with pytest.raises(dg.DagsterInvariantViolationError, match="does not target"):
            other.evaluate_tick(context(**place))
    with pytest.raises(dg.DagsterInvariantViolationError, match="definitions"):
        sensing(lambda: dg.RunRequest("a"), job=None, **targets).evaluate_tick(context())


def test_the_selection_of_a_sensor_can_be_asked_for() -> None:
    assert sensing(
        lambda: None, job=None, asset_selection=[orders]
    ).asset_selection == dg.AssetSelection.assets("orders")
    assert sensing(lambda: None).asset_selection is None


def test_a_selection_that_is_a_target_is_a_job_without_a_name() -> None:
    assert sensing(lambda: None, job=None, target=orders).job_names == ("__anonymous_asset_job_s",)
    assert sensing(lambda: None, job=None, target=work).job_names == ("work",)
    assert sensing(lambda: None, job=None, target=[work, other_work]).job_names == ("work", "other_work")


def test_partitions_that_the_tick_adds_are_there_when_its_requests_are_resolved() -> None:
    names = dg.DynamicPartitionsDefinition(name="names")

    @dg.job(partitions_def=names)
    def by_name() -> None:
        nothing()

    instance = dg.DagsterInstance.ephemeral()
    instance.add_dynamic_partitions("names", ["old"])

    def tick_of(key: str, *requests: Any) -> Any:
        result = dg.SensorResult(
            [dg.RunRequest(partition_key=key)], dynamic_partitions_requests=list(requests)
        )
        return sensing(lambda: result, job=by_name).evaluate_tick(context(instance=instance))

    assert tick_of("old").run_requests[0].tags["dagster/partition"] == "old"
    added = tick_of("new", names.build_add_request(["new"]))
    assert added.run_requests[0].tags["dagster/partition"] == "new"
    for key, requests in (("new", ()), ("old", (names.build_delete_request(["old"]),))):
        with pytest.raises(dg.DagsterUnknownPartitionError):
            tick_of(key, *requests)
    assert instance.get_dynamic_partitions("names") == ["old"]  # a tick carries nothing out


def test_a_partition_of_selected_assets_is_checked_and_tagged() -> None:
    days = dg.StaticPartitionsDefinition(["mon", "tue"])

    @dg.asset(partitions_def=days)
    def daily() -> None: ...

    defs = dg.Definitions(assets=[daily, orders])

    def requested(key: str) -> Any:
        asking = sensing(lambda: dg.RunRequest(partition_key=key), job=None, asset_selection=[daily])
        return asking.evaluate_tick(context(definitions=defs)).run_requests[0]

    assert requested("tue").tags["dagster/partition"] == "tue"
    with pytest.raises(dg.DagsterUnknownPartitionError):
        requested("wed")


# The context and direct calls


def test_the_context_has_what_it_was_built_with_and_says_what_is_missing() -> None:
    instance = dg.DagsterInstance.ephemeral()
    given = context(instance=instance, cursor="c", sensor_name="s", repository_name="r")
    assert (given.instance, given.cursor, given.sensor_name, given.repository_name) == (
        instance,
        "c",
        "s",
        "r",
    )
    assert given.last_run_key is None
    assert given.last_tick_completion_time is None
    assert given.last_completion_time is None
    with pytest.raises(dg.DagsterInvariantViolationError, match="instance"):
        _ = context().instance


@pytest.mark.parametrize(
    ("started", "completed", "first"),
    [
        (None, None, False),
        (100.0, None, True),
        (100.0, 90.0, True),
        (100.0, 110.0, False),
        (None, 90.0, False),
    ],
)
def test_the_first_tick_is_the_one_before_any_was_completed_since_the_start(
    started: float | None, completed: float | None, first: bool
) -> None:
    given = context(last_sensor_start_time=started, last_tick_completion_time=completed)
    assert given.is_first_tick_since_sensor_start is first


def test_a_sensor_can_be_called_and_returns_what_its_function_returns() -> None:
    @dg.sensor(job=work)
    def on_file(anything: dg.SensorEvaluationContext) -> Any:
        anything.update_cursor("seen")
        return dg.RunRequest(anything.cursor)

    given = context()
    assert on_file(given) == dg.RunRequest("seen")
    assert given.cursor == "seen"
    assert on_file(anything=context()) == dg.RunRequest("seen")
    with pytest.raises(dg.DagsterInvalidInvocationError, match="build_sensor_context"):
        on_file()
    with pytest.raises(dg.DagsterInvalidInvocationError):
        on_file(dg.build_schedule_context())
    with pytest.raises(ZeroDivisionError):
        sensing(lambda: 1 / 0)()


class Store(dg.ConfigurableResource):
    folder: str = "in"


def test_resources_come_as_parameters_and_through_the_context() -> None:
    @dg.sensor(job=work)
    def typed(given: dg.SensorEvaluationContext, store: Store) -> Any:
        return dg.RunRequest(store.folder)

    @dg.sensor(job=work)
    def alone(store: Store) -> Any:
        return dg.RunRequest(store.folder)

    @dg.sensor(job=work, required_resource_keys={"store"})
    def by_context(given: dg.SensorEvaluationContext) -> Any:
        return dg.RunRequest(given.resources.store.folder)

    resources = {"store": Store(folder="there")}
    for one in (typed, alone, by_context):
        assert one(context(resources=resources)) == dg.RunRequest("there")
        assert one.evaluate_tick(context(resources=resources)).run_requests[0].run_key == "there"
        with pytest.raises(dg.DagsterInvalidInvocationError, match="store"):
            one(context())
    assert alone(store=Store(folder="here")) == dg.RunRequest("here")
