"""Section 18: schedules, and what a tick of one asks for."""

import datetime
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


AT_MIDNIGHT = datetime.datetime(2024, 1, 5, tzinfo=datetime.timezone.utc)


def context(**fields: Any) -> dg.ScheduleEvaluationContext:
    return dg.build_schedule_context(scheduled_execution_time=AT_MIDNIGHT, **fields)


def just_run() -> dict[str, Any]:
    return {}


def scheduled(function: Callable[..., Any], **fields: Any) -> dg.ScheduleDefinition:
    return dg.schedule("@daily", job=work, name="s", **fields)(function)


# Definition


@pytest.mark.parametrize(
    "cron",
    [
        "0 0 * * *",
        "*/5 9-17 * * 1-5",
        "@hourly",
        "@daily",
        "@weekly",
        "@monthly",
        "@yearly",
        "@annually",
        "@midnight",
    ],
)
def test_a_cron_has_five_fields_or_a_name(cron: str) -> None:
    assert dg.ScheduleDefinition(job=work, cron_schedule=cron).cron_schedule == cron


@pytest.mark.parametrize(
    "cron", ["0 0 0 * * *", "0 0 * *", "0 0 30 2 *", "@often", "", ["@daily", "x"], [], 5]
)
def test_a_cron_that_cannot_be_read_or_never_ticks_is_refused(cron: Any) -> None:
    with pytest.raises(dg.DagsterInvalidDefinitionError):
        dg.ScheduleDefinition(job=work, cron_schedule=cron)
    with pytest.raises(dg.DagsterInvalidDefinitionError):
        dg.schedule(cron, job=work)(just_run)


def test_several_crons_are_one_schedule() -> None:
    made = dg.ScheduleDefinition(job=work, cron_schedule=["0 9 * * *", "0 18 * * *"])
    assert made.cron_schedule == ["0 9 * * *", "0 18 * * *"]


def test_a_step_larger_than_its_field_only_warns() -> None:
    with pytest.warns(UserWarning, match="larger"):
        dg.ScheduleDefinition(job=work, cron_schedule="*/90 * * * *")


def test_the_time_zone_stays_none_and_an_unknown_one_is_refused() -> None:
    assert dg.ScheduleDefinition(job=work, cron_schedule="@daily").execution_timezone is None
    made = dg.ScheduleDefinition(job=work, cron_schedule="@daily", execution_timezone="Europe/Berlin")
    assert made.execution_timezone == "Europe/Berlin"
    with pytest.raises(dg.DagsterInvalidDefinitionError, match="Mars/Base"):
        dg.ScheduleDefinition(job=work, cron_schedule="@daily", execution_timezone="Mars/Base")


@pytest.mark.parametrize(
    "targets",
    [
        {"job": work, "job_name": "work"},
        {"job": work, "target": work},
        {"job_name": "work", "target": work},
    ],
)
def test_two_targets_are_refused(targets: dict[str, Any]) -> None:
    with pytest.raises(dg.DagsterInvalidDefinitionError):
        dg.ScheduleDefinition(name="s", cron_schedule="@daily", **targets)
    with pytest.raises(dg.DagsterInvalidDefinitionError):
        dg.schedule("@daily", name="s", **targets)(just_run)


def test_no_target_is_refused() -> None:
    with pytest.raises(dg.DagsterError, match="runs nothing"):
        dg.ScheduleDefinition(name="s", cron_schedule="@daily")


def test_the_name_is_that_of_the_job_or_of_the_function() -> None:
    assert dg.ScheduleDefinition(job=work, cron_schedule="@daily").name == "work_schedule"
    assert dg.ScheduleDefinition(job_name="later", cron_schedule="@daily").name == "later_schedule"

    @dg.schedule("@daily", job=work)
    def every_day() -> None:
        """Once a day."""

    assert (every_day.name, every_day.description) == ("every_day", "Once a day.")
    assert (every_day.job_name, every_day.job) == ("work", work)


def test_a_target_may_be_a_job_assets_or_a_selection() -> None:
    @dg.asset
    def orders() -> None: ...

    assert dg.ScheduleDefinition(name="s", cron_schedule="@daily", target=work).job_name == "work"
    for target in (orders, [orders], "orders", dg.AssetSelection.assets("orders"), "group:raw"):
        made = dg.ScheduleDefinition(name="s", cron_schedule="@daily", target=target)
        assert made.job_name == "__anonymous_asset_job_s"
    with pytest.raises(dg.DagsterInvalidDefinitionError, match="needs a name"):
        dg.ScheduleDefinition(cron_schedule="@daily", target=orders)


@pytest.mark.parametrize(
    "sources",
    [
        {"tags": {"a": "1"}, "tags_fn": lambda _: {}},
        {"run_config": {}, "run_config_fn": lambda _: {}},
        {"execution_fn": lambda _: None, "tags": {"a": "1"}},
        {"execution_fn": lambda _: None, "tags_fn": lambda _: {}},
        {"execution_fn": lambda _: None, "run_config": {"ops": {}}},
        {"execution_fn": lambda _: None, "run_config_fn": lambda _: {}},
    ],
)
def test_two_sources_of_one_thing_are_refused(sources: dict[str, Any]) -> None:
    with pytest.raises(dg.DagsterInvalidDefinitionError):
        dg.ScheduleDefinition(job=work, cron_schedule="@daily", **sources)


def test_the_decorator_refuses_tags_with_tags_fn() -> None:
    with pytest.raises(dg.DagsterInvalidDefinitionError):
        scheduled(just_run, tags={"a": "1"}, tags_fn=lambda _: {})


@pytest.mark.parametrize(
    "make",
    [
        lambda tags: dg.ScheduleDefinition(job=work, cron_schedule="@daily", tags=tags),
        lambda tags: dg.sensor(name="s", job=work, tags=tags)(lambda: None),
        lambda tags: dg.define_asset_job("j", tags=tags),
        lambda tags: dg.RunRequest(tags=tags),
    ],
    ids=["schedule", "sensor", "job", "request"],
)
def test_tags_that_are_no_text_are_kept_as_json_and_refused_where_that_is_something_else(make: Any) -> None:
    made = make({"n": 1, "list": [1, {"a": None}], "odd key!": "any text"})
    assert made.tags == {"n": "1", "list": '[1, {"a": null}]', "odd key!": "any text"}
    for other in ((1, 2), {1: 2}, object()):
        with pytest.raises(dg.DagsterInvalidDefinitionError, match="JSON cannot keep"):
            make({"n": other})


@pytest.mark.parametrize("tag", ["dagster/partition", "dagster/mine", "dagster/"])
def test_tags_of_the_system_are_refused(tag: str) -> None:
    given = {tag: "1"}
    for made in (
        lambda: dg.ScheduleDefinition(job=work, cron_schedule="@daily", tags=given),
        lambda: scheduled(just_run, tags=given),
        lambda: scheduled(lambda: {"ops": {}}, tags_fn=lambda _: given).evaluate_tick(context()),
    ):
        with pytest.raises(dg.DagsterInvalidDefinitionError, match="one that dagx sets itself"):
            made()


@pytest.mark.parametrize("name", ["priority", "max_retries", "retry_strategy", "max_runtime"])
def test_tags_that_steer_a_run_may_be_given(name: str) -> None:
    tags = {f"dagster/{name}": "3", "team": "a"}
    made = dg.ScheduleDefinition(job=work, cron_schedule="@daily", tags=tags)
    assert made.tags == scheduled(just_run, tags=tags).tags == tags


def test_a_schedule_is_stopped_until_it_is_started() -> None:
    assert scheduled(just_run).default_status is dg.DefaultScheduleStatus.STOPPED
    running = scheduled(just_run, default_status=dg.DefaultScheduleStatus.RUNNING)
    assert running.default_status is dg.DefaultScheduleStatus.RUNNING


def test_a_name_must_be_one() -> None:
    with pytest.raises(dg.DagsterInvalidDefinitionError):
        dg.ScheduleDefinition(name="every day", job=work, cron_schedule="@daily")


def test_owners_tags_and_metadata_are_checked_and_kept() -> None:
    made = dg.ScheduleDefinition(
        job=work, cron_schedule="@daily", owners=["team:data"], tags={"a": "1"}, metadata={"rows": 3}
    )
    assert (list(made.owners), dict(made.tags)) == (["team:data"], {"a": "1"})
    assert made.metadata["rows"] == dg.MetadataValue.int(3)
    with pytest.raises(dg.DagsterInvalidDefinitionError):
        dg.ScheduleDefinition(job=work, cron_schedule="@daily", owners=["nobody in particular"])


# Ticks of functions


def many(count: int, keys: bool = True) -> list[dg.RunRequest]:
    return [dg.RunRequest(run_key=str(n) if keys else None) for n in range(count)]


def generating() -> Iterator[dg.RunRequest]:
    yield from many(2)


RETURNS: list[tuple[str, Callable[[], Any], list[str | None], str | None]] = [
    ("a RunRequest", lambda: dg.RunRequest(run_key="k"), ["k"], None),
    ("a RunRequest without a key", lambda: dg.RunRequest(), [None], None),
    ("a list", lambda: many(2), ["0", "1"], None),
    ("a list of one", lambda: many(1, keys=False), [None], None),
    ("a generator", generating, ["0", "1"], None),
    ("a SkipReason", lambda: dg.SkipReason("no data yet"), [], "no data yet"),
    ("a list of one SkipReason", lambda: [dg.SkipReason("no data yet")], [], "no data yet"),
    ("a dict", lambda: {"ops": {}}, [None], None),
    ("an empty dict", just_run, [None], None),
    ("None", lambda: None, [], "empty result"),
    ("an empty list", lambda: many(0), [], "empty result"),
    ("a list of None", lambda: [None], [], "empty result"),
]


@pytest.mark.parametrize(
    ("function", "keys", "skip"), [row[1:] for row in RETURNS], ids=[row[0] for row in RETURNS]
)
def test_what_a_function_may_return_and_what_comes_of_it(
    function: Callable[[], Any], keys: list[str | None], skip: str | None
) -> None:
    tick = scheduled(function).evaluate_tick(context())
    assert [request.run_key for request in tick.run_requests] == keys
    if skip is None:
        assert tick.skip_message is None
    else:
        assert skip in (tick.skip_message or "")


@pytest.mark.parametrize(
    "function",
    [
        lambda: many(2, keys=False),
        lambda: [dg.RunRequest("a"), dg.RunRequest()],
        lambda: [dg.RunRequest("a"), dg.SkipReason("no")],
        lambda: [dg.SkipReason("no"), dg.SkipReason("neither")],
        lambda: "work",
        lambda: 5,
        lambda: (dg.RunRequest("a"),),
        lambda: [{}, {}],
    ],
)
def test_several_runs_without_keys_and_other_things_are_refused(function: Callable[[], Any]) -> None:
    with pytest.raises(dg.DagsterError):
        scheduled(function).evaluate_tick(context())


def test_other_answers_of_its_functions_are_refused_by_the_name_of_the_schedule() -> None:
    functions: dict[str, Any] = {"tags_fn": lambda context: "x", "run_config_fn": lambda context: 5}
    for name, function in functions.items():
        asked = dg.ScheduleDefinition("s", cron_schedule="@daily", job=work, **{name: function})
        with pytest.raises(dg.DagxError, match=f'what {name} of schedule "s" returns is a mapping'):
            asked.evaluate_tick(context())


def test_what_a_function_raises_is_the_cause_of_a_schedule_error() -> None:
    def broken() -> None:
        raise ValueError("no")

    with pytest.raises(dg.ScheduleExecutionError, match="no") as caught:
        scheduled(broken).evaluate_tick(context())
    assert isinstance(caught.value.__cause__, ValueError)
    assert caught.value.user_exception is caught.value.__cause__

    def broken_later() -> Iterator[dg.RunRequest]:
        yield dg.RunRequest("a")
        raise ValueError("no")

    with pytest.raises(dg.ScheduleExecutionError):
        scheduled(broken_later).evaluate_tick(context())


def test_should_execute_false_skips_the_tick() -> None:
    called: list[object] = []
    asked = scheduled(
        lambda: called.append(1), should_execute=lambda given: given.scheduled_execution_time.day == 6
    )
    tick = asked.evaluate_tick(context())
    assert (tick.run_requests, called) == ([], [])
    assert "should_execute" in (tick.skip_message or "")
    on_the_fifth = scheduled(just_run, should_execute=lambda given: given.scheduled_execution_time.day == 5)
    assert len(on_the_fifth.evaluate_tick(context()).run_requests) == 1
    with pytest.raises(dg.ScheduleExecutionError):
        scheduled(just_run, should_execute=lambda _: 1 / 0).evaluate_tick(context())


def test_every_run_has_the_tag_of_its_schedule_and_dicts_have_those_of_the_decorator() -> None:
    by_dict = scheduled(lambda: {"ops": {}}, tags={"team": "a"}).evaluate_tick(context()).run_requests[0]
    assert by_dict.tags == {"team": "a", "dagster/schedule_name": "s"}
    assert by_dict.run_config == {"ops": {}}
    by_request = scheduled(lambda: dg.RunRequest(tags={"own": "b"}), tags={"team": "a"})
    assert by_request.evaluate_tick(context()).run_requests[0].tags == {
        "own": "b",
        "dagster/schedule_name": "s",
    }
    by_function = scheduled(just_run, tags_fn=lambda given: {"day": str(given.scheduled_execution_time.day)})
    assert by_function.evaluate_tick(context()).run_requests[0].tags["day"] == "5"


def test_a_schedule_without_function_asks_for_one_run_with_its_config_and_tags() -> None:
    fixed = dg.ScheduleDefinition(
        job=work, cron_schedule="@daily", run_config={"ops": {"a": {}}}, tags={"team": "a"}
    )
    (request,) = fixed.evaluate_tick(context()).run_requests
    assert request.run_config == {"ops": {"a": {}}}
    assert request.tags == {"team": "a", "dagster/schedule_name": "work_schedule"}
    made = dg.ScheduleDefinition(
        job=work,
        cron_schedule="@daily",
        run_config_fn=lambda given: {"day": given.scheduled_execution_time.day},
        tags_fn=lambda _: {"x": "y"},
    )
    (request,) = made.evaluate_tick(context()).run_requests
    assert (request.run_config, request.tags["x"]) == ({"day": 5}, "y")


def test_an_execution_fn_answers_like_a_decorated_function() -> None:
    made = dg.ScheduleDefinition(
        job=work,
        cron_schedule="@daily",
        execution_fn=lambda given: dg.RunRequest(str(given.scheduled_execution_time.day)),
    )
    assert made.evaluate_tick(context()).run_requests[0].run_key == "5"


def test_a_run_config_may_be_a_run_config_object() -> None:
    config = dg.RunConfig(ops={"a": {"config": {"x": 1}}})
    assert scheduled(lambda: dg.RunRequest(run_config=config)).evaluate_tick(context()).run_requests[
        0
    ].run_config["ops"] == {"a": {"config": {"x": 1}}}


# Context and direct calls


def test_the_context_knows_the_time_of_the_tick_or_says_that_it_does_not() -> None:
    assert context().scheduled_execution_time == AT_MIDNIGHT
    with pytest.raises(dg.DagsterError, match="scheduled_execution_time"):
        _ = dg.build_schedule_context().scheduled_execution_time
    with pytest.raises(dg.DagsterInvariantViolationError, match="instance"):
        _ = dg.build_schedule_context().instance
    instance = dg.DagsterInstance.ephemeral()
    with dg.build_schedule_context(instance=instance) as given:
        assert given.instance is instance
        given.log.info("here")
    assert given.repository_def is None


def test_a_schedule_can_be_called_and_returns_what_its_function_returns() -> None:
    @dg.schedule("@daily", job=work)
    def by_day(anything: dg.ScheduleEvaluationContext) -> Any:
        return {"day": anything.scheduled_execution_time.day}

    assert by_day(context()) == {"day": 5}
    assert by_day(anything=context()) == {"day": 5}
    assert scheduled(lambda: 7)() == 7
    with pytest.raises(dg.DagsterInvalidInvocationError, match="build_schedule_context"):
        by_day()
    with pytest.raises(dg.DagsterInvalidInvocationError):
        by_day("now")
    with pytest.raises(dg.DagsterInvalidInvocationError, match="evaluate_tick"):
        dg.ScheduleDefinition(job=work, cron_schedule="@daily")(context())


def test_what_a_called_schedule_raises_comes_as_it_is() -> None:
    with pytest.raises(ZeroDivisionError):
        scheduled(lambda: 1 / 0)()


class Calendar(dg.ConfigurableResource):
    holiday: int = 5


def test_resources_come_as_parameters_and_through_the_context() -> None:
    @dg.schedule("@daily", job=work)
    def typed(given: dg.ScheduleEvaluationContext, calendar: Calendar) -> Any:
        return {"holiday": calendar.holiday}

    @dg.schedule("@daily", job=work, required_resource_keys={"days"})
    def by_context(given: dg.ScheduleEvaluationContext) -> Any:
        return given.resources.days

    @dg.schedule("@daily", job=work)
    def plain(days: dg.ResourceParam[dict[str, int]]) -> Any:
        return days

    resources = {"calendar": Calendar(holiday=6), "days": {"x": 1}}
    assert typed(context(resources=resources)) == {"holiday": 6}
    assert typed(context(), calendar=Calendar(holiday=7)) == {"holiday": 7}
    assert by_context(context(resources=resources)) == {"x": 1}
    assert plain(context(resources=resources)) == {"x": 1}
    assert plain(days={"y": 2}) == {"y": 2}
    assert typed.evaluate_tick(context(resources=resources)).run_requests[0].run_config == {"holiday": 6}
    for missing in (typed, by_context, plain):
        with pytest.raises(dg.DagsterInvalidInvocationError):
            missing(context())


def test_an_environment_variable_is_read_when_the_tick_sets_the_resource_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Door(dg.ConfigurableResource):
        code: str

    seen = (
        scheduled(lambda: None, name="s") if False else dg.schedule("@daily", job=work, name="s")(_with_door)
    )
    given = context(resources={"door": Door(code=dg.EnvVar("DOOR_CODE"))})
    monkeypatch.setenv("DOOR_CODE", "1234")
    assert seen(given) == {"code": "1234"}


def _with_door(door: dg.ResourceParam[Any]) -> Any:
    return {"code": door.code}


def test_a_resource_that_tears_down_needs_the_context_to_be_entered() -> None:
    told: list[str] = []

    @dg.resource
    def file(_: dg.InitResourceContext) -> Iterator[str]:
        told.append("opened")
        yield "file"
        told.append("closed")

    using = scheduled(_with_file)
    with pytest.raises(dg.DagsterInvariantViolationError):
        using(context(resources={"file": file}))
    with context(resources={"file": file}) as given:
        assert using(given) == {"file": "file"}
    assert told == ["opened", "closed"]


def _with_file(file: dg.ResourceParam[Any]) -> Any:
    return {"file": file}


def test_a_function_without_signature_is_refused() -> None:
    with pytest.raises(dg.DagsterInvalidDefinitionError, match="signature"):
        scheduled(dict)
    with pytest.raises(dg.DagsterInvalidDefinitionError, match="args"):
        scheduled(lambda *args: None)


def test_an_async_function_is_refused() -> None:
    async def later() -> None: ...

    with pytest.raises(dg.DagsterInvalidDefinitionError, match="async"):
        scheduled(later)


def test_a_parameter_that_nothing_fills_is_refused() -> None:
    with pytest.raises(dg.DagsterInvalidDefinitionError, match="that nothing fills"):
        scheduled(lambda given, other: None)


# Requests


@pytest.mark.parametrize(
    "fields",
    [
        {"run_key": 5},
        {"job_name": work},
        {"partition_key": 3},
        {"run_config": "x"},
        {"tags": "x"},
        {"asset_selection": "orders"},
    ],
)
def test_a_run_request_refuses_other_types(fields: dict[str, Any]) -> None:
    with pytest.raises(dg.DagsterError):
        dg.RunRequest(**fields)


def test_a_run_request_is_a_value_and_can_be_copied_with_other_fields() -> None:
    request = dg.RunRequest(
        "a", {"ops": {}}, {"n": 1, "s": "x"}, asset_selection=["orders"], partition_key="p"
    )
    assert request.tags == {"n": "1", "s": "x"}
    assert request.asset_selection == [dg.AssetKey("orders")]
    other = request.with_replaced_attrs(run_key="b", tags={})
    assert (other.run_key, other.tags, other.partition_key) == ("b", {}, "p")
    assert other != request
    assert other.with_replaced_attrs(run_key="a", tags=request.tags) == request
    with pytest.raises(dg.InvalidArgumentError, match="colour"):
        request.with_replaced_attrs(colour="red")
    with pytest.raises(AttributeError):
        request.run_key = "c"


def test_a_skip_reason_has_a_message_or_none() -> None:
    assert dg.SkipReason("why").skip_message == "why"
    assert dg.SkipReason().skip_message is None
    with pytest.raises(dg.InvalidArgumentError):
        dg.SkipReason(5)  # type: ignore[arg-type]
