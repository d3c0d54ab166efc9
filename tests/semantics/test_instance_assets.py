"""Sections 12.4, 21, 27: what an instance knows of assets, partitions and checks."""

from collections.abc import Iterator

import pytest

import dagx as dg

A, B = dg.AssetKey("a"), dg.AssetKey(["b", "c"])
MADE = dg.DagsterEventType.ASSET_MATERIALIZATION


@pytest.fixture(params=["in memory", "in a folder"])
def instance(request: pytest.FixtureRequest) -> Iterator[dg.DagsterInstance]:
    made = dg.DagsterInstance.ephemeral() if request.param == "in memory" else dg.DagsterInstance.local_temp()
    with made:
        yield made


def made(
    instance: dg.DagsterInstance, key: dg.AssetKey = A, partition: str | None = None, **more: int
) -> int:
    event = dg.AssetMaterialization(key, partition=partition, metadata=more)
    return instance.report_runless_asset_event(event).storage_id or 0


def test_what_was_made_is_the_latest_event_of_the_asset(instance: dg.DagsterInstance) -> None:
    assert instance.get_latest_materialization_event(A) is None
    made(instance, n=1)
    number = made(instance, n=2)
    latest = instance.get_latest_materialization_event(A)
    assert latest is not None
    assert latest.storage_id == number
    assert latest.asset_materialization is not None
    assert latest.asset_materialization.metadata == {"n": dg.IntMetadataValue(2)}
    assert latest.dagster_event is not None
    assert latest.dagster_event.asset_key == A
    assert instance.get_latest_materialization_events([A, B]) == {A: latest, B: None}


def test_keys_may_be_given_as_str_or_definition(instance: dg.DagsterInstance) -> None:
    @dg.asset
    def a() -> None: ...

    made(instance)
    assert instance.has_asset_key("a")
    assert instance.get_latest_materialization_event(a) is not None  # type: ignore[arg-type]


def test_materializations_come_in_pages_the_newest_first(instance: dg.DagsterInstance) -> None:
    numbers = [made(instance) for _ in range(5)]
    first = instance.fetch_materializations(A, limit=2)
    assert [record.storage_id for record in first.records] == [numbers[4], numbers[3]]
    assert first.has_more
    second = instance.fetch_materializations(A, limit=2, cursor=first.cursor)
    assert [record.storage_id for record in second.records] == [numbers[2], numbers[1]]
    last = instance.fetch_materializations(A, limit=2, cursor=second.cursor)
    assert [record.storage_id for record in last.records] == [numbers[0]]
    assert not last.has_more
    nothing = instance.fetch_materializations(A, limit=2, cursor=last.cursor)
    assert (nothing.records, nothing.cursor, nothing.has_more) == ([], last.cursor, False)


def test_pages_in_the_order_of_time_go_on_with_what_came_since(instance: dg.DagsterInstance) -> None:
    numbers = [made(instance) for _ in range(3)]
    page = instance.fetch_materializations(A, limit=2, ascending=True)
    assert [record.storage_id for record in page.records] == numbers[:2]
    rest = instance.fetch_materializations(A, limit=9, cursor=page.cursor, ascending=True)
    assert [record.storage_id for record in rest.records] == numbers[2:]
    numbers.append(made(instance))
    new = instance.fetch_materializations(A, limit=9, cursor=rest.cursor, ascending=True)
    assert [record.storage_id for record in new.records] == numbers[3:]


def test_the_first_page_of_nothing_can_be_gone_on_from(instance: dg.DagsterInstance) -> None:
    page = instance.fetch_materializations(A, limit=2, ascending=True)
    assert (page.records, page.has_more) == ([], False)
    number = made(instance)
    again = instance.fetch_materializations(A, limit=2, cursor=page.cursor, ascending=True)
    assert [record.storage_id for record in again.records] == [number]
    with pytest.raises(dg.InvalidArgumentError, match="no cursor"):
        instance.fetch_materializations(A, limit=2, cursor="x")


def test_a_filter_takes_the_events_that_fit_all_of_it(instance: dg.DagsterInstance) -> None:
    one, two = made(instance, partition="x"), made(instance, partition="y")
    made(instance, B, "x")
    for wanted, found in (
        (dg.AssetRecordsFilter(A), [two, one]),
        (dg.AssetRecordsFilter(A, asset_partitions=["x"]), [one]),
        (dg.AssetRecordsFilter(A, asset_partitions=[]), []),
        (dg.AssetRecordsFilter(A, after_storage_id=one), [two]),
        (dg.AssetRecordsFilter(A, before_storage_id=two), [one]),
        (dg.AssetRecordsFilter(A, storage_ids=[two]), [two]),
        (dg.AssetRecordsFilter(A, after_timestamp=1.0), [two, one]),
        (dg.AssetRecordsFilter(A, before_timestamp=1.0), []),
    ):
        records = instance.fetch_materializations(wanted, limit=10).records
        assert [record.storage_id for record in records] == found, wanted
    assert records == []
    with pytest.raises(dg.InvalidArgumentError, match="asset_partitions is a list"):
        dg.AssetRecordsFilter(A, asset_partitions="x")


def test_event_records_are_asked_for_by_type(instance: dg.DagsterInstance) -> None:
    numbers = [made(instance), made(instance, B)]
    instance.report_runless_asset_event(dg.AssetObservation(A))
    every = instance.get_event_records(dg.EventRecordsFilter(MADE))
    assert [record.storage_id for record in every] == numbers[::-1]
    ascending = instance.get_event_records(dg.EventRecordsFilter(MADE), limit=1, ascending=True)
    assert [record.storage_id for record in ascending] == numbers[:1]
    of_b = instance.get_event_records(dg.EventRecordsFilter(MADE, asset_key=B))
    assert [record.asset_key for record in of_b] == [B]
    later = instance.get_event_records(dg.EventRecordsFilter(MADE, after_cursor=numbers[0]))
    assert [record.storage_id for record in later] == numbers[1:]
    with pytest.raises(dg.InvalidArgumentError, match="needs asset_key"):
        dg.EventRecordsFilter(MADE, asset_partitions=["x"])
    with pytest.raises(dg.InvalidArgumentError, match="is a DagsterEventType"):
        dg.EventRecordsFilter("ASSET_MATERIALIZATION")  # type: ignore[arg-type]


def test_what_was_seen_is_apart_from_what_was_made(instance: dg.DagsterInstance) -> None:
    instance.report_runless_asset_event(dg.AssetObservation(A, metadata={"rows": 3}))
    assert instance.get_latest_materialization_event(A) is None
    seen = instance.fetch_observations(A, limit=5).records
    assert [record.asset_observation for record in seen] == [dg.AssetObservation(A, metadata={"rows": 3})]
    assert instance.has_asset_key(A)


def test_an_event_reported_by_itself_carries_what_it_says_and_no_run(instance: dg.DagsterInstance) -> None:
    event = dg.AssetMaterialization(A, description="by hand", tags={"x": "y"}, partition="p")
    entry = instance.report_runless_asset_event(event)
    assert entry.run_id == ""
    assert entry.asset_materialization == event
    assert entry.partition == "p"
    assert entry.tags == {"x": "y"}
    assert instance.get_runs() == []
    with pytest.raises(dg.InvalidArgumentError, match="int is no event of an asset"):
        instance.report_runless_asset_event(3)  # type: ignore[arg-type]


def test_known_assets_are_those_made_or_seen_in_the_order_of_their_keys(instance: dg.DagsterInstance) -> None:
    assert instance.get_asset_keys() == []
    made(instance, B)
    made(instance)
    instance.report_runless_asset_event(dg.AssetObservation(dg.AssetKey("seen")))
    assert instance.get_asset_keys() == [A, B, dg.AssetKey("seen")]
    assert instance.get_asset_keys(prefix=["b"]) == [B]
    assert instance.get_asset_keys(limit=1) == [A]
    assert instance.get_asset_keys(cursor=A.to_string()) == [B, dg.AssetKey("seen")]
    assert not instance.has_asset_key("unknown")


def test_the_record_of_an_asset_has_the_latest_that_is_known(instance: dg.DagsterInstance) -> None:
    made(instance)
    number = made(instance)
    record = instance.get_asset_records([A, B])[0]
    assert len(instance.get_asset_records([A, B])) == 1
    assert record.asset_entry.asset_key == A
    assert record.asset_entry.last_materialization_storage_id == number
    assert record.asset_entry.last_materialization == instance.get_latest_materialization_event(A)
    assert record.asset_entry.last_observation_record is None


def test_a_wiped_asset_was_never_made_and_can_be_made_again(instance: dg.DagsterInstance) -> None:
    @dg.asset
    def a() -> int:
        return 1

    result = dg.materialize([a], instance=instance)
    made(instance, B)
    log = instance.all_logs(result.run_id)
    instance.wipe_assets([A])
    assert not instance.has_asset_key(A)
    assert instance.get_latest_materialization_event(A) is None
    assert instance.get_asset_keys() == [B]
    assert instance.all_logs(result.run_id) == log
    number = made(instance)
    assert [r.storage_id for r in instance.fetch_materializations(A, 5).records] == [number]
    with pytest.raises(dg.InvalidArgumentError, match="takes a list"):
        instance.wipe_assets(A)  # type: ignore[arg-type]


# Partitions


def test_the_partitions_that_were_made_are_a_set(instance: dg.DagsterInstance) -> None:
    first = made(instance, partition="x")
    made(instance, partition="y")
    made(instance, partition="x")
    made(instance)
    assert instance.get_materialized_partitions(A) == {"x", "y"}
    assert instance.get_materialized_partitions(A, before_cursor=first + 1) == {"x"}
    assert instance.get_materialized_partitions(A, after_cursor=first + 1) == {"x"}
    assert instance.get_materialized_partitions(B) == set()


def test_wiped_partitions_were_never_made(instance: dg.DagsterInstance) -> None:
    made(instance, partition="x")
    made(instance, partition="y")
    instance.wipe_asset_partitions(A, ["x"])
    assert instance.get_materialized_partitions(A) == {"y"}
    assert instance.has_asset_key(A)


def test_each_partition_is_made_failed_or_nothing() -> None:
    @dg.asset(partitions_def=dg.StaticPartitionsDefinition(["x", "y", "z"]))
    def a(context: dg.AssetExecutionContext) -> int:
        if context.partition_key == "y" or context.has_tag("broken"):
            raise ValueError("no")
        return 1

    instance = dg.DagsterInstance.ephemeral()
    dg.materialize([a], instance=instance, partition_key="x")
    dg.materialize([a], instance=instance, partition_key="y", raise_on_error=False)
    status = instance.get_status_by_partition(A, ["x", "y", "z"], a.partitions_def)
    made, failed = dg.AssetPartitionStatus.MATERIALIZED, dg.AssetPartitionStatus.FAILED
    assert status == {"x": made, "y": failed, "z": None}
    dg.materialize([a], instance=instance, partition_key="x", tags={"broken": "1"}, raise_on_error=False)
    assert instance.get_status_by_partition(A, ["x"], a.partitions_def) == {"x": failed}
    dg.materialize([a], instance=instance, partition_key="x")
    assert instance.get_status_by_partition(A, ["x"], a.partitions_def) == {"x": made}


def test_a_partition_is_in_progress_while_its_run_is() -> None:
    @dg.asset(partitions_def=dg.StaticPartitionsDefinition(["x"]))
    def a(context: dg.AssetExecutionContext) -> int:
        seen.update(context.instance.get_status_by_partition(A, ["x"]))
        return 1

    seen: dict[str, dg.AssetPartitionStatus | None] = {}
    dg.materialize([a], instance=dg.DagsterInstance.ephemeral(), partition_key="x")
    assert seen == {"x": dg.AssetPartitionStatus.IN_PROGRESS}


def test_dynamic_partitions_are_kept_in_the_order_in_which_they_came(instance: dg.DagsterInstance) -> None:
    instance.add_dynamic_partitions("regions", ["us", "eu"])
    instance.add_dynamic_partitions("regions", ["eu", "asia"])
    assert instance.get_dynamic_partitions("regions") == ["us", "eu", "asia"]
    assert instance.has_dynamic_partition("regions", "eu")
    instance.delete_dynamic_partition("regions", "us")
    instance.delete_dynamic_partition("regions", "us")
    assert instance.get_dynamic_partitions("regions") == ["eu", "asia"]
    assert not instance.has_dynamic_partition("regions", "us")
    assert instance.get_dynamic_partitions("others") == []


def test_dynamic_keys_are_any_str_and_not_one_str(instance: dg.DagsterInstance) -> None:
    instance.add_dynamic_partitions("x", ["a|b", "...", "a,b"])
    assert instance.get_dynamic_partitions("x") == ["a|b", "...", "a,b"]
    with pytest.raises(dg.InvalidArgumentError, match="partition_keys is a list"):
        instance.add_dynamic_partitions("x", "abc")
    with pytest.raises(dg.InvalidArgumentError, match="a partition key is a str"):
        instance.add_dynamic_partitions("x", [1])  # type: ignore[list-item]


# Checks


def test_the_latest_evaluation_of_a_check_is_kept(instance: dg.DagsterInstance) -> None:
    key = dg.AssetCheckKey(A, "no_nulls")
    assert instance.get_latest_asset_check_evaluation_record(key) is None
    for passed in (True, False):
        instance.report_runless_asset_event(dg.AssetCheckEvaluation(A, "no_nulls", passed))
    instance.report_runless_asset_event(dg.AssetCheckEvaluation(A, "other", True))
    latest = instance.get_latest_asset_check_evaluation_record(key)
    assert latest is not None
    evaluation = latest.event_log_entry.asset_check_evaluation
    assert evaluation == dg.AssetCheckEvaluation(A, "no_nulls", False)
    other = dg.AssetCheckKey(B, "no_nulls")
    assert instance.get_latest_asset_check_evaluation_records([key, other]) == {key: latest, other: None}


def test_a_check_does_not_make_its_asset_known(instance: dg.DagsterInstance) -> None:
    instance.report_runless_asset_event(dg.AssetCheckEvaluation(A, "no_nulls", True))
    assert not instance.has_asset_key(A)
    assert instance.get_asset_keys() == []
