"""Section 21: checks of assets that have partitions."""

from __future__ import annotations

from typing import Any

import pytest

import dagx as dg

LETTERS = dg.StaticPartitionsDefinition(["a", "b", "c"])
KEY = dg.AssetCheckKey(dg.AssetKey("orders"), "sound")


@dg.asset(partitions_def=LETTERS)
def orders(context: dg.AssetExecutionContext) -> str:
    return f"rows of {context.partition_key}"


def check_into(seen: list[Any], **arguments: Any) -> dg.AssetChecksDefinition:
    @dg.asset_check(asset=orders, **arguments)
    def sound(context: dg.AssetCheckExecutionContext, rows: Any) -> dg.AssetCheckResult:
        seen.append((context.partition_key if context.has_partition_key else None, rows))
        return dg.AssetCheckResult(passed=True)

    return sound


def test_an_unpartitioned_check_runs_once_in_a_run_of_a_partition_and_records_none() -> None:
    seen: list[Any] = []
    result = dg.materialize([orders, check_into(seen)], partition_key="b")
    (evaluation,) = result.get_asset_check_evaluations()
    assert evaluation.partition is None
    assert seen == [("b", "rows of b")]


def test_an_unpartitioned_check_alone_sees_all_that_is_stored() -> None:
    seen: list[Any] = []
    check = check_into(seen)
    with dg.instance_for_test() as instance:
        for key in LETTERS.get_partition_keys():
            dg.materialize([orders], instance=instance, partition_key=key)
        dg.materialize([orders, check], instance=instance, selection=[check])
    assert seen == [(None, {key: f"rows of {key}" for key in "abc"})]


def test_a_partitioned_check_records_the_partition_and_its_materialization() -> None:
    seen: list[Any] = []
    check = check_into(seen, partitions_def=LETTERS)
    with dg.instance_for_test() as instance:
        first = dg.materialize([orders, check], instance=instance, partition_key="a")
        dg.materialize([orders], instance=instance, partition_key="b")
        alone = dg.materialize([orders, check], instance=instance, partition_key="a", selection=[check])
        latest = instance.get_latest_asset_check_evaluation_record(KEY, partition="a")
        other = instance.get_latest_asset_check_evaluation_record(KEY, partition="b")
        history = instance.get_asset_check_execution_history(KEY)
    assert seen == [("a", "rows of a")] * 2
    (evaluation,) = alone.get_asset_check_evaluations()
    assert evaluation.partition == "a"
    assert evaluation.target_materialization_data is not None
    assert evaluation.target_materialization_data.run_id == first.run_id
    assert latest is not None
    assert latest.run_id == alone.run_id
    assert other is None
    assert [(one.partition, one.status.name) for one in history] == [("a", "SUCCEEDED")] * 2


def test_a_partitioned_check_of_a_range_records_each_partition() -> None:
    @dg.asset(name="orders", partitions_def=LETTERS)
    def stores_itself() -> None: ...

    @dg.asset_check(asset=stores_itself, partitions_def=LETTERS)
    def sound() -> dg.AssetCheckResult:
        return dg.AssetCheckResult(passed=True)

    tags = {
        "dagster/asset_partition_range_start": "a",
        "dagster/asset_partition_range_end": "b",
    }
    result = dg.materialize([stores_itself, sound], tags=tags)
    assert [one.partition for one in result.get_asset_check_evaluations()] == ["a", "b"]


def test_an_inline_check_of_a_partition() -> None:
    spec = dg.AssetCheckSpec("sound", asset="orders", partitions_def=LETTERS)

    @dg.asset(name="orders", partitions_def=LETTERS, check_specs=[spec])
    def checked() -> dg.MaterializeResult[None]:
        return dg.MaterializeResult(check_results=[dg.AssetCheckResult(passed=True)])

    (evaluation,) = dg.materialize([checked], partition_key="c").get_asset_check_evaluations()
    assert evaluation.partition == "c"
    assert evaluation.target_materialization_data is not None


def test_a_check_has_the_partitions_of_its_asset_or_none() -> None:
    other = dg.StaticPartitionsDefinition(["x"])
    with pytest.raises(dg.InvalidDefinitionError, match="orders:sound has other partitions than its asset"):
        dg.Definitions.validate_loadable(
            dg.Definitions(assets=[orders, check_into([], partitions_def=other)])
        )


def test_a_check_of_partitions_needs_one_that_exists() -> None:
    check = check_into([], partitions_def=LETTERS)
    with pytest.raises(dg.DagsterUnknownPartitionError):
        dg.materialize([orders, check], partition_key="z", selection=[check])


def test_a_partition_for_checks_that_have_none_is_refused() -> None:
    check = check_into([])
    with pytest.raises(dg.InvalidArgumentError, match="nothing in it is partitioned"):
        dg.materialize([orders, check], partition_key="a", selection=[check])


def test_a_partitioned_check_of_an_asset_that_is_not_defined_looks_at_its_partition() -> None:
    class Echo(dg.IOManager):
        def load_input(self, context: dg.InputContext) -> object:
            return context.asset_partition_key

        def handle_output(self, context: dg.OutputContext, obj: object) -> None:
            raise AssertionError

    seen: list[Any] = []
    check = check_into(seen, partitions_def=LETTERS)
    dg.materialize([check], partition_key="b", resources={"io_manager": Echo()})
    assert seen == [("b", "b")]
