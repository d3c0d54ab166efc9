"""Section 18: schedules of partitioned jobs, and requests for partitions."""

import datetime
from typing import Any

import pytest

import dagx as dg

DAILY = dg.DailyPartitionsDefinition("2024-01-01")


@dg.op
def nothing() -> None: ...


def job_of(partitions_def: Any, name: str = "work", **fields: Any) -> Any:
    @dg.job(name=name, partitions_def=partitions_def, **fields)
    def work() -> None:
        nothing()

    return work


def at(text: str) -> dg.ScheduleEvaluationContext:
    moment = datetime.datetime.fromisoformat(text).replace(tzinfo=datetime.timezone.utc)
    return dg.build_schedule_context(scheduled_execution_time=moment)


def built(partitions_def: Any, **fields: Any) -> Any:
    return dg.build_schedule_from_partitioned_job(job_of(partitions_def), **fields)


def keys(schedule: Any, moment: str) -> list[str | None]:
    return [request.partition_key for request in schedule.evaluate_tick(at(moment)).run_requests]


@pytest.mark.parametrize(
    ("partitions_def", "times", "cron"),
    [
        (dg.HourlyPartitionsDefinition("2024-01-01-00:00"), {}, "0 * * * *"),
        (dg.HourlyPartitionsDefinition("2024-01-01-00:00"), {"minute_of_hour": 15}, "15 * * * *"),
        (DAILY, {}, "0 0 * * *"),
        (DAILY, {"hour_of_day": 9}, "0 9 * * *"),
        (DAILY, {"hour_of_day": 9, "minute_of_hour": 30}, "30 9 * * *"),
        (dg.DailyPartitionsDefinition("2024-01-01", hour_offset=3), {"minute_of_hour": 30}, "30 3 * * *"),
        (dg.WeeklyPartitionsDefinition("2024-01-01"), {}, "0 0 * * 0"),
        (dg.WeeklyPartitionsDefinition("2024-01-01"), {"day_of_week": 2}, "0 0 * * 2"),
        (dg.MonthlyPartitionsDefinition("2024-01-01"), {}, "0 0 1 * *"),
        (dg.MonthlyPartitionsDefinition("2024-01-01"), {"day_of_month": 5, "hour_of_day": 6}, "0 6 5 * *"),
        (dg.StaticPartitionsDefinition(["a"]), {"cron_schedule": "0 7 * * *"}, "0 7 * * *"),
    ],
)
def test_the_cron_is_that_of_the_partitions_with_the_fields_given(
    partitions_def: Any, times: dict[str, Any], cron: str
) -> None:
    assert built(partitions_def, **times).cron_schedule == cron


def test_the_time_zone_is_that_of_the_partitions() -> None:
    partitions_def = dg.DailyPartitionsDefinition("2024-01-01", timezone="America/New_York")
    made = built(partitions_def)
    assert made.execution_timezone == "America/New_York"
    # Midnight there is 05:00 in UTC.
    assert keys(made, "2024-01-05T05:00:00") == ["2024-01-04"]
    assert keys(made, "2024-01-05T04:59:59") == ["2024-01-03"]


def test_the_name_is_that_of_the_job_and_a_schedule_may_have_another() -> None:
    assert built(DAILY).name == "work_schedule"
    assert built(DAILY, name="mine").name == "mine"
    made = built(DAILY, description="x", default_status=dg.DefaultScheduleStatus.RUNNING)
    assert (made.description, made.default_status) == ("x", dg.DefaultScheduleStatus.RUNNING)


def test_a_tick_asks_for_the_last_partition_whose_key_is_the_run_key() -> None:
    tick = built(DAILY, tags={"team": "a"}).evaluate_tick(at("2024-01-05"))
    (request,) = tick.run_requests
    assert (request.partition_key, request.run_key) == ("2024-01-04", "2024-01-04")
    assert request.tags == {
        "team": "a",
        "dagster/partition": "2024-01-04",
        "dagster/schedule_name": "work_schedule",
    }


@pytest.mark.parametrize(
    ("partitions_def", "times", "moment", "key"),
    [
        (DAILY, {"hour_of_day": 9}, "2024-01-05T09:00:00", "2024-01-04"),
        (dg.DailyPartitionsDefinition("2024-01-01", end_offset=1), {}, "2024-01-05", "2024-01-05"),
        (dg.HourlyPartitionsDefinition("2024-01-01-00:00"), {}, "2024-01-05T07:00:00", "2024-01-05-06:00"),
        (dg.WeeklyPartitionsDefinition("2024-01-01"), {}, "2024-01-21", "2024-01-14"),
        (dg.MonthlyPartitionsDefinition("2024-01-01"), {}, "2024-03-01", "2024-02-01"),
    ],
)
def test_which_partition_is_the_last(partitions_def: Any, times: Any, moment: str, key: str) -> None:
    assert keys(built(partitions_def, **times), moment) == [key]


def test_before_the_end_of_the_first_partition_a_tick_skips() -> None:
    tick = built(DAILY).evaluate_tick(at("2024-01-01"))
    assert tick.run_requests == []
    assert "no partition" in tick.skip_message


def test_excluded_windows_are_skipped() -> None:
    partitions_def = dg.DailyPartitionsDefinition("2024-01-01", exclusions=["0 0 * * 0"])
    made = built(partitions_def)
    assert keys(made, "2024-01-07") == ["2024-01-06"]
    assert keys(made, "2024-01-08") == []  # the window of Sunday, the 7th, is over
    assert keys(made, "2024-01-09") == ["2024-01-08"]


def test_partitions_without_time_need_a_cron_and_are_all_requested() -> None:
    static = dg.StaticPartitionsDefinition(["a", "b"])
    with pytest.raises(dg.DagsterError, match="cron_schedule"):
        built(static)
    made = built(static, cron_schedule="@daily", execution_timezone="Europe/Berlin")
    assert made.execution_timezone == "Europe/Berlin"
    tick = made.evaluate_tick(at("2024-01-05"))
    assert [(r.run_key, r.partition_key) for r in tick.run_requests] == [("a", "a"), ("b", "b")]


def test_with_a_dimension_of_time_every_key_of_the_last_window_is_requested() -> None:
    partitions_def = dg.MultiPartitionsDefinition(
        {"region": dg.StaticPartitionsDefinition(["eu", "us"]), "day": DAILY}
    )
    made = built(partitions_def)
    assert made.cron_schedule == "0 0 * * *"
    assert keys(made, "2024-01-05") == ["2024-01-04|eu", "2024-01-04|us"]
    request = made.evaluate_tick(at("2024-01-05")).run_requests[0]
    assert request.tags["dagster/partition/region"] == "eu"
    assert request.tags["dagster/partition/day"] == "2024-01-04"


@pytest.mark.parametrize(
    ("partitions_def", "times"),
    [
        (DAILY, {"day_of_week": 1}),
        (DAILY, {"day_of_month": 1}),
        (dg.HourlyPartitionsDefinition("2024-01-01-00:00"), {"hour_of_day": 1}),
        (dg.WeeklyPartitionsDefinition("2024-01-01"), {"day_of_month": 1}),
        (dg.MonthlyPartitionsDefinition("2024-01-01"), {"day_of_week": 1}),
    ],
)
def test_a_field_that_the_partitions_do_not_have_is_refused(partitions_def: Any, times: Any) -> None:
    with pytest.raises(dg.DagsterError):
        built(partitions_def, **times)


@pytest.mark.parametrize(
    "partitions_def",
    [
        dg.DynamicPartitionsDefinition(name="d"),
        dg.MultiPartitionsDefinition({"d": dg.DynamicPartitionsDefinition(name="d"), "day": DAILY}),
        dg.MultiPartitionsDefinition({"a": DAILY, "b": DAILY}),
    ],
)
def test_dynamic_partitions_and_two_dimensions_of_time_are_refused(partitions_def: Any) -> None:
    with pytest.raises(dg.DagsterInvalidDefinitionError):
        built(partitions_def, cron_schedule="@daily")


def test_an_unpartitioned_job_is_refused() -> None:
    with pytest.raises(dg.DagsterError, match="not partitioned"):
        built(None)


def test_the_schedule_of_a_job_of_assets_is_made_when_definitions_are_resolved() -> None:
    @dg.asset(partitions_def=DAILY)
    def orders() -> None: ...

    job = dg.define_asset_job("orders_job", selection=[orders])
    schedule = dg.build_schedule_from_partitioned_job(job, hour_of_day=2)
    assert schedule.name == "orders_job_schedule"
    defs = dg.Definitions(assets=[orders], jobs=[job], schedules=[schedule])
    resolved = defs.resolve_schedule_def("orders_job_schedule")
    assert resolved.cron_schedule == "0 2 * * *"
    (request,) = resolved.evaluate_tick(at("2024-01-05T02:00:00")).run_requests
    assert (request.partition_key, request.tags["dagster/partition"]) == ("2024-01-04", "2024-01-04")


def test_an_unpartitioned_job_of_assets_is_refused_when_definitions_are_resolved() -> None:
    @dg.asset
    def orders() -> None: ...

    job = dg.define_asset_job("orders_job", selection=[orders])
    schedule = dg.build_schedule_from_partitioned_job(job)
    defs = dg.Definitions(assets=[orders], jobs=[job], schedules=[schedule])
    with pytest.raises(dg.DagsterError, match="not partitioned"):
        dg.Definitions.validate_loadable(defs)


# Requests for partitions


def test_a_partition_that_a_request_names_is_checked_and_tagged() -> None:
    job = job_of(DAILY)
    schedule = dg.schedule("@daily", job=job, name="s")(lambda: dg.RunRequest(partition_key="2024-01-03"))
    (request,) = schedule.evaluate_tick(at("2024-01-05")).run_requests
    assert request.tags == {"dagster/partition": "2024-01-03", "dagster/schedule_name": "s"}
    for unknown in ("2023-12-31", "soon"):
        wrong = dg.schedule("@daily", job=job, name="s")(lambda key=unknown: dg.RunRequest(partition_key=key))
        with pytest.raises(dg.DagsterError):
            wrong.evaluate_tick(at("2024-01-05"))


def test_a_partition_that_does_not_exist_is_an_unknown_partition() -> None:
    job = job_of(dg.StaticPartitionsDefinition(["eu", "us"]))
    schedule = dg.schedule("@daily", job=job, name="s")(lambda: dg.RunRequest(partition_key="ue"))
    with pytest.raises(dg.DagsterUnknownPartitionError):
        schedule.evaluate_tick(at("2024-01-05"))


def test_a_partition_of_a_job_without_partitions_is_refused() -> None:
    schedule = dg.schedule("@daily", job=job_of(None), name="s")(lambda: dg.RunRequest(partition_key="a"))
    with pytest.raises(dg.DagsterError, match="not partitioned"):
        schedule.evaluate_tick(at("2024-01-05"))


def test_a_partition_of_a_job_known_by_name_is_looked_up_in_the_definitions() -> None:
    schedule = dg.schedule("@daily", job_name="work", name="s")(
        lambda: dg.RunRequest(partition_key="2024-01-03")
    )
    with pytest.raises(dg.DagsterInvariantViolationError, match="definitions"):
        schedule.evaluate_tick(at("2024-01-05"))
    defs = dg.Definitions(jobs=[job_of(DAILY)], schedules=[schedule])
    for known in ({"definitions": defs}, {"repository_def": defs.get_repository_def()}):
        (request,) = schedule.evaluate_tick(dg.build_schedule_context(**known)).run_requests
        assert request.tags["dagster/partition"] == "2024-01-03"


def test_a_job_of_assets_that_was_given_its_partitions_needs_no_definitions() -> None:
    job = dg.define_asset_job("orders_job", selection="orders", partitions_def=DAILY)
    made = dg.build_schedule_from_partitioned_job(job)
    assert keys(made, "2024-01-05") == ["2024-01-04"]
    bare = dg.define_asset_job("orders_job", selection="orders")
    schedule = dg.schedule("@daily", job=bare, name="s")(lambda: dg.RunRequest(partition_key="2024-01-03"))
    with pytest.raises(dg.DagsterInvariantViolationError, match="definitions"):
        schedule.evaluate_tick(at("2024-01-05"))


def test_a_request_made_by_the_job_is_complete() -> None:
    job = job_of(DAILY)
    schedule = dg.schedule("@daily", job=job, name="s")(
        lambda: job.run_request_for_partition("2024-01-03", run_key="k")
    )
    (request,) = schedule.evaluate_tick(at("2024-01-05")).run_requests
    assert (request.run_key, request.partition_key) == ("k", "2024-01-03")
    assert request.has_resolved_partition()
    assert not dg.RunRequest(partition_key="a").has_resolved_partition()
