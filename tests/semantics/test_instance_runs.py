"""Sections 27 and 30: the runs of an instance, and their logs."""

import datetime
from collections.abc import Iterator

import pytest

import dagx as dg


@dg.asset
def orders() -> int:
    return 1


@dg.asset
def broken(orders: int) -> int:
    raise ValueError("no")


@pytest.fixture(params=["in memory", "in a folder"])
def instance(request: pytest.FixtureRequest) -> Iterator[dg.DagsterInstance]:
    made = dg.DagsterInstance.ephemeral() if request.param == "in memory" else dg.DagsterInstance.local_temp()
    with made:
        yield made


@pytest.mark.parametrize(
    "name",
    [
        "QUEUED",
        "NOT_STARTED",
        "MANAGED",
        "STARTING",
        "STARTED",
        "SUSPENDED",
        "SUCCESS",
        "FAILURE",
        "CANCELING",
        "CANCELED",
    ],
)
def test_the_value_of_each_run_status_is_its_name(name: str) -> None:
    assert dg.DagsterRunStatus[name].value == name


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("RUN_ENQUEUED", "PIPELINE_ENQUEUED"),
        ("RUN_DEQUEUED", "PIPELINE_DEQUEUED"),
        ("RUN_STARTING", "PIPELINE_STARTING"),
        ("RUN_START", "PIPELINE_START"),
        ("RUN_SUCCESS", "PIPELINE_SUCCESS"),
        ("RUN_FAILURE", "PIPELINE_FAILURE"),
        ("RUN_CANCELING", "PIPELINE_CANCELING"),
        ("RUN_CANCELED", "PIPELINE_CANCELED"),
        ("STEP_START", "STEP_START"),
        ("ASSET_MATERIALIZATION", "ASSET_MATERIALIZATION"),
    ],
)
def test_types_of_runs_keep_the_old_spelling_as_their_value(name: str, value: str) -> None:
    assert dg.DagsterEventType[name].value == value
    assert dg.DagsterEventType(value).name == name


def test_a_run_that_succeeds_is_kept_with_its_tags_and_times(instance: dg.DagsterInstance) -> None:
    result = dg.materialize([orders], instance=instance, tags={"team": "sales"})
    record = instance.get_run_records()[0]
    assert record.dagster_run.run_id == result.run_id
    assert record.dagster_run.is_success
    assert record.dagster_run.is_finished
    assert record.dagster_run.tags["team"] == "sales"
    assert record.dagster_run.asset_selection == frozenset({dg.AssetKey("orders")})
    assert record.start_time is not None
    assert record.end_time is not None
    assert record.start_time <= record.end_time
    assert record.create_timestamp.tzinfo is datetime.timezone.utc


def test_a_run_that_fails_is_kept_as_failed(instance: dg.DagsterInstance) -> None:
    result = dg.materialize([orders, broken], instance=instance, raise_on_error=False)
    run = instance.get_run_by_id(result.run_id)
    assert run is not None
    assert run.status is dg.DagsterRunStatus.FAILURE
    assert run.is_failure
    assert run.is_failure_or_canceled


def test_runs_come_the_newest_first_and_in_pages(instance: dg.DagsterInstance) -> None:
    for number in "abc":
        instance.create_run("job", run_id=number)
    assert instance.get_run_ids() == ["c", "b", "a"]
    assert [run.run_id for run in instance.get_runs(limit=2)] == ["c", "b"]
    assert [run.run_id for run in instance.get_runs(cursor="b")] == ["a"]
    assert [run.run_id for run in instance.get_runs(ascending=True)] == ["a", "b", "c"]
    assert instance.get_runs_count() == 3
    with pytest.raises(dg.InvalidArgumentError, match="no order of runs"):
        instance.get_run_records(order_by="color")


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        (dg.RunsFilter(), {"a", "b"}),
        (dg.RunsFilter(run_ids=["a"]), {"a"}),
        (dg.RunsFilter(job_name="two"), {"b"}),
        (dg.RunsFilter(statuses=[dg.DagsterRunStatus.QUEUED]), {"b"}),
        (dg.RunsFilter(tags={"x": "1"}), {"a"}),
        (dg.RunsFilter(tags={"x": ["1", "2"]}), {"a", "b"}),
        (dg.RunsFilter(tags={"x": "1", "y": "1"}), set()),
        (dg.RunsFilter(created_after=datetime.datetime(2000, 1, 1)), {"a", "b"}),
        (dg.RunsFilter(created_before=datetime.datetime(2000, 1, 1)), set()),
        (dg.RunsFilter(updated_before=datetime.datetime(2000, 1, 1)), set()),
    ],
)
def test_a_filter_takes_the_runs_that_fit_all_of_it(
    filters: dg.RunsFilter, found: set[str], instance: dg.DagsterInstance
) -> None:
    instance.create_run("one", run_id="a", tags={"x": "1"})
    instance.create_run("two", run_id="b", tags={"x": "2"}, status=dg.DagsterRunStatus.QUEUED)
    assert set(instance.get_run_ids(filters)) == found
    assert instance.get_runs_count(filters) == len(found)


def test_run_ids_as_one_str_is_refused() -> None:
    with pytest.raises(dg.InvalidArgumentError, match=r"run_ids is a list of str"):
        dg.RunsFilter(run_ids="a")


def test_tags_are_added_to_a_run_and_replace_those_of_the_same_name(instance: dg.DagsterInstance) -> None:
    instance.create_run("job", run_id="a", tags={"x": "1", "y": "1"})
    instance.add_run_tags("a", {"y": "2", "z": "3"})
    run = instance.get_run_by_id("a")
    assert run is not None
    assert run.tags == {"x": "1", "y": "2", "z": "3"}


def test_a_run_that_is_not_there_is_none_has_no_logs_and_cannot_be_changed(
    instance: dg.DagsterInstance,
) -> None:
    assert instance.get_run_by_id("nope") is None
    assert not instance.has_run("nope")
    assert instance.all_logs("nope") == []
    with pytest.raises(dg.DagsterRunNotFoundError, match='has no run "nope"'):
        instance.add_run_tags("nope", {})
    with pytest.raises(dg.DagsterRunNotFoundError):
        instance.delete_run("nope")
    with pytest.raises(dg.DagsterRunNotFoundError):
        instance.report_run_canceled(dg.DagsterRun("job", "nope"))


def test_a_run_id_is_given_once(instance: dg.DagsterInstance) -> None:
    instance.create_run("job", run_id="a")
    with pytest.raises(dg.InvariantViolationError, match='there is a run "a" already'):
        instance.create_run("job", run_id="a")


def test_a_deleted_run_is_gone_with_its_events(instance: dg.DagsterInstance) -> None:
    first = dg.materialize([orders], instance=instance)
    second = dg.materialize([orders], instance=instance)
    instance.delete_run(second.run_id)
    assert instance.get_run_ids() == [first.run_id]
    assert instance.all_logs(second.run_id) == []
    latest = instance.get_latest_materialization_event(dg.AssetKey("orders"))
    assert latest is not None
    assert latest.run_id == first.run_id


def test_a_run_is_canceled_by_a_report(instance: dg.DagsterInstance) -> None:
    run = instance.create_run("job", status=dg.DagsterRunStatus.STARTED)
    assert run.is_cancelable
    instance.report_run_canceling(run)
    canceling = instance.get_run_by_id(run.run_id)
    assert canceling is not None
    assert canceling.status is dg.DagsterRunStatus.CANCELING
    instance.report_run_canceled(run)
    canceled = instance.get_run_by_id(run.run_id)
    assert canceled is not None
    assert canceled.status is dg.DagsterRunStatus.CANCELED


def test_a_run_knows_the_run_that_it_repeats() -> None:
    tags = {"dagster/parent_run_id": "b", "dagster/root_run_id": "a"}
    run = dg.DagsterRun("job", "c", tags=tags)
    assert (run.parent_run_id, run.root_run_id) == ("b", "a")


def test_tags_of_runs_are_str(instance: dg.DagsterInstance) -> None:
    with pytest.raises(dg.InvalidArgumentError, match="map str to str"):
        instance.create_run("job", tags={"a": 1})  # type: ignore[dict-item]


# Logs


def test_the_log_of_a_run_has_its_events_in_order(instance: dg.DagsterInstance) -> None:
    result = dg.materialize([orders], instance=instance)
    log = instance.all_logs(result.run_id)
    kinds = [entry.dagster_event_type for entry in log if entry.is_dagster_event]
    wanted = [
        dg.DagsterEventType.RUN_START,
        dg.DagsterEventType.STEP_START,
        dg.DagsterEventType.STEP_OUTPUT,
        dg.DagsterEventType.ASSET_MATERIALIZATION,
        dg.DagsterEventType.HANDLED_OUTPUT,
        dg.DagsterEventType.STEP_SUCCESS,
        dg.DagsterEventType.RUN_SUCCESS,
    ]
    assert [kind for kind in kinds if kind in wanted] == wanted
    numbers = [entry.storage_id for entry in log]
    assert numbers == sorted(set(numbers))  # type: ignore[type-var]


def test_a_log_is_asked_for_by_type_and_from_a_place(instance: dg.DagsterInstance) -> None:
    result = dg.materialize([orders], instance=instance)
    made = instance.all_logs(result.run_id, dg.DagsterEventType.ASSET_MATERIALIZATION)
    assert [entry.asset_key for entry in made] == [dg.AssetKey("orders")]
    several = {dg.DagsterEventType.STEP_START, dg.DagsterEventType.STEP_SUCCESS}
    assert len(instance.all_logs(result.run_id, several)) == 2
    rest = instance.logs_after(result.run_id, made[0].storage_id)
    assert rest == instance.all_logs(result.run_id)[-len(rest) :]
    page = instance.get_records_for_run(result.run_id, limit=3)
    assert page.has_more
    assert len(page.records) == 3
    following = instance.get_records_for_run(result.run_id, cursor=page.cursor)
    assert following.records[0].storage_id > page.records[-1].storage_id
    assert not following.has_more


def test_lines_of_user_code_stand_in_the_log(instance: dg.DagsterInstance) -> None:
    run = instance.create_run("job")
    entry = instance.report_log(run.run_id, 30, "careful", "a_step")
    assert not entry.is_dagster_event
    assert (entry.message, entry.level, entry.step_key, entry.job_name) == ("careful", 30, "a_step", "job")
    assert instance.all_logs(run.run_id) == [entry]
    with pytest.raises(ValueError, match="not an event"):
        entry.get_dagster_event()


def test_the_changes_of_runs_are_fetched_by_type_and_job(instance: dg.DagsterInstance) -> None:
    kind = dg.DagsterEventType.RUN_SUCCESS
    first = dg.materialize([orders], instance=instance)
    second = dg.materialize([orders], instance=instance)
    found = instance.fetch_run_status_changes(kind, limit=10)
    assert [record.run_id for record in found.records] == [second.run_id, first.run_id]
    assert not found.has_more
    job = found.records[0].event_log_entry.job_name
    assert job is not None
    for name, number in ((job, 2), ("other", 0)):
        wanted = dg.RunStatusChangeRecordsFilter(kind, job_names=[name])
        assert len(instance.fetch_run_status_changes(wanted, limit=10).records) == number
    after = dg.RunStatusChangeRecordsFilter(kind, after_storage_id=found.records[1].storage_id)
    assert [r.run_id for r in instance.fetch_run_status_changes(after, 10).records] == [second.run_id]


def test_only_types_of_runs_change_the_status_of_runs() -> None:
    with pytest.raises(dg.InvalidArgumentError, match="STEP_START does not change the status"):
        dg.RunStatusChangeRecordsFilter(dg.DagsterEventType.STEP_START)
