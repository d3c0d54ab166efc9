"""Section 16.1 and 16.2: the versions that `materialize` records."""

import hashlib
from typing import Any

import pytest

import dagx as dg

CODE, VERSION = "dagster/code_version", "dagster/data_version"
GIVEN = "dagster/data_version_is_user_provided"


def sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def tags_of(instance: dg.DagsterInstance, key: str | dg.AssetKey) -> dict[str, str]:
    latest = instance.get_latest_materialization_event(key)
    assert latest is not None
    return dict(latest.tags)


@dg.asset(code_version="1")
def a() -> int:
    return 1


@dg.asset(code_version="1", deps=[a])
def b() -> int:
    return 1


def test_without_parents_the_version_is_the_hash_of_the_code_version() -> None:
    instance = dg.DagsterInstance.ephemeral()
    dg.materialize([a], instance=instance)
    assert tags_of(instance, "a") == {CODE: "1", VERSION: sha("1")}


def test_with_a_parent_its_version_is_hashed_too_and_recorded_with_its_event() -> None:
    instance = dg.DagsterInstance.ephemeral()
    dg.materialize([a, b], instance=instance)
    parent = instance.get_latest_materialization_event("a")
    assert parent is not None
    assert tags_of(instance, "b") == {
        CODE: "1",
        VERSION: sha("1" + sha("1")),
        "dagster/input_data_version/a": sha("1"),
        "dagster/input_event_pointer/a": str(parent.storage_id),
    }


def test_parents_are_hashed_in_the_order_of_their_printed_keys() -> None:
    instance = dg.DagsterInstance.ephemeral()
    for key, version in ((["b"], "B"), (["a"], "A"), (["a", "x"], "AX")):
        instance.report_runless_asset_event(dg.AssetMaterialization(key, tags={VERSION: version}))

    @dg.asset(code_version="1", deps=["b", "a", ["a", "x"]])
    def below() -> None: ...

    dg.materialize([below], instance=instance)
    assert tags_of(instance, "below")[VERSION] == sha("1" + "AX" + "A" + "B")


def test_without_code_version_the_run_stands_for_it_and_every_run_yields_another() -> None:
    @dg.asset
    def plain() -> int:
        return 1

    instance = dg.DagsterInstance.ephemeral()
    versions: set[str] = set()
    for _ in range(2):
        run_id = dg.materialize([plain], instance=instance).run_id
        tags = tags_of(instance, "plain")
        assert tags == {CODE: run_id, VERSION: sha(run_id)}
        versions.add(tags[VERSION])
    assert len(versions) == 2


def test_with_code_version_the_same_inputs_yield_the_same_version_again() -> None:
    instance = dg.DagsterInstance.ephemeral()
    dg.materialize([a, b], instance=instance)
    before = tags_of(instance, "b")[VERSION]
    dg.materialize([a, b], instance=instance)
    assert tags_of(instance, "b")[VERSION] == before


def test_the_tags_of_a_parent_name_it_with_all_its_segments() -> None:
    @dg.asset(key=["raw", "eu", "orders"], code_version="1")
    def orders() -> None: ...

    @dg.asset(deps=[orders])
    def below() -> None: ...

    instance = dg.DagsterInstance.ephemeral()
    result = dg.materialize([orders, below], instance=instance)
    event = instance.get_latest_materialization_event(orders.key)
    assert event is not None
    assert tags_of(instance, "below") == {
        CODE: result.run_id,
        VERSION: sha(result.run_id + sha("1")),
        "dagster/input_data_version/raw/eu/orders": sha("1"),
        "dagster/input_event_pointer/raw/eu/orders": str(event.storage_id),
    }


def by_output() -> Any:
    return dg.Output(1, data_version=dg.DataVersion("x"))


def by_result() -> Any:
    return dg.MaterializeResult(data_version=dg.DataVersion("x"))


def by_context(context: dg.AssetExecutionContext) -> Any:
    context.set_data_version(context.asset_key, dg.DataVersion("x"))
    return 1


@pytest.mark.parametrize("function", [by_output, by_result, by_context])
def test_a_version_that_the_user_gave_is_taken_and_marked(function: Any) -> None:
    instance = dg.DagsterInstance.ephemeral()
    definition = dg.asset(code_version="1", name="given")(function)
    dg.materialize([definition], instance=instance)
    assert tags_of(instance, "given") == {CODE: "1", VERSION: "x", GIVEN: "true"}


def test_tags_of_the_result_win_over_those_of_the_system() -> None:
    @dg.asset(code_version="1")
    def tagged() -> dg.MaterializeResult[None]:
        return dg.MaterializeResult(tags={CODE: "2", VERSION: "mine", "x": "y"})

    instance = dg.DagsterInstance.ephemeral()
    dg.materialize([tagged], instance=instance)
    assert tags_of(instance, "tagged") == {CODE: "2", VERSION: "mine", "x": "y"}


def test_a_runless_event_has_only_the_tags_that_the_user_put() -> None:
    instance = dg.DagsterInstance.ephemeral()
    instance.report_runless_asset_event(dg.AssetMaterialization("a", tags={"x": "y"}))
    assert tags_of(instance, "a") == {"x": "y"}


def test_a_parent_that_was_never_recorded_is_initial() -> None:
    instance = dg.DagsterInstance.ephemeral()
    dg.materialize([a, b], instance=instance, selection=[b])
    tags = tags_of(instance, "b")
    assert tags[VERSION] == sha("1INITIAL")
    assert tags["dagster/input_data_version/a"] == "INITIAL"
    assert tags["dagster/input_event_pointer/a"] == "NULL"


def test_a_parent_that_was_only_seen_counts_by_what_was_seen_until_it_is_made() -> None:
    instance = dg.DagsterInstance.ephemeral()
    seen = dg.AssetObservation("a", tags={VERSION: "seen"})
    instance.report_runless_asset_event(seen)
    dg.materialize([a, b], instance=instance, selection=[b])
    assert tags_of(instance, "b")["dagster/input_data_version/a"] == "seen"
    dg.materialize([a], instance=instance)
    instance.report_runless_asset_event(seen)
    dg.materialize([a, b], instance=instance, selection=[b])
    assert tags_of(instance, "b")["dagster/input_data_version/a"] == sha("1")


def test_a_parent_without_a_version_is_initial_and_its_event_is_named() -> None:
    instance = dg.DagsterInstance.ephemeral()
    number = instance.report_runless_asset_event(dg.AssetMaterialization("a")).storage_id
    dg.materialize([a, b], instance=instance, selection=[b])
    tags = tags_of(instance, "b")
    assert tags["dagster/input_data_version/a"] == "INITIAL"
    assert tags["dagster/input_event_pointer/a"] == str(number)


def test_a_sibling_of_the_same_step_counts_as_it_was_just_written() -> None:
    @dg.multi_asset(
        specs=[
            dg.AssetSpec("first", code_version="1"),
            dg.AssetSpec("second", code_version="1", deps=["first"]),
        ]
    )
    def both() -> Any:
        yield dg.MaterializeResult(asset_key="first", data_version=dg.DataVersion("new"))
        yield dg.MaterializeResult(asset_key="second")

    instance = dg.DagsterInstance.ephemeral()
    dg.materialize([both], instance=instance)
    assert tags_of(instance, "second")["dagster/input_data_version/first"] == "new"


DAYS = dg.StaticPartitionsDefinition([f"k{number:03}" for number in range(100)])


@dg.asset(partitions_def=DAYS, code_version="1")
def parts(context: dg.AssetExecutionContext) -> dg.MaterializeResult[None]:
    return dg.MaterializeResult(data_version=dg.DataVersion(f"v-{context.partition_key}"))


def test_the_version_of_a_partition_is_that_of_the_partitions_it_is_made_from() -> None:
    @dg.asset(partitions_def=DAYS, code_version="1", deps=[parts])
    def below() -> None: ...

    instance = dg.DagsterInstance.ephemeral()
    dg.materialize([parts], instance=instance, partition_key="k001")
    dg.materialize([parts], instance=instance, partition_key="k002")
    dg.materialize([parts, below], instance=instance, partition_key="k001", selection=[below])
    assert tags_of(instance, "below")["dagster/input_data_version/parts"] == sha("v-k001")


def test_few_partitions_of_a_parent_are_hashed_together_in_the_order_of_their_keys() -> None:
    few = dg.StaticPartitionsDefinition(["z", "y"])

    @dg.asset(partitions_def=few, code_version="1")
    def up(context: dg.AssetExecutionContext) -> dg.MaterializeResult[None]:
        return dg.MaterializeResult(data_version=dg.DataVersion(f"v-{context.partition_key}"))

    @dg.asset(code_version="1", deps=[up])
    def below() -> None: ...

    instance = dg.DagsterInstance.ephemeral()
    dg.materialize([up], instance=instance, partition_key="z")
    dg.materialize([up], instance=instance, partition_key="y")
    dg.materialize([up, below], instance=instance, selection=[below])
    assert tags_of(instance, "below")["dagster/input_data_version/up"] == sha("v-yv-z")


@pytest.mark.parametrize(("number", "version"), [(99, sha("v-k000v-k001")), (100, "v-k000")])
def test_of_a_hundred_partitions_the_latest_event_counts(number: int, version: str) -> None:
    used = dg.SpecificPartitionsPartitionMapping(DAYS.get_partition_keys()[:number])

    @dg.asset(code_version="1", deps=[dg.AssetDep(parts, partition_mapping=used)])
    def below() -> None: ...

    instance = dg.DagsterInstance.ephemeral()
    dg.materialize([parts], instance=instance, partition_key="k001")
    dg.materialize([parts], instance=instance, partition_key="k000")
    dg.materialize([parts, below], instance=instance, selection=[below])
    assert tags_of(instance, "below")["dagster/input_data_version/parts"] == version


def test_the_provenance_of_an_asset_is_what_its_latest_materialization_was_made_from() -> None:
    seen: list[dg.DataProvenance | None] = []

    @dg.asset(code_version="2", deps=[a])
    def asks(context: dg.AssetExecutionContext) -> None:
        seen.append(context.get_asset_provenance("asks"))

    instance = dg.DagsterInstance.ephemeral()
    dg.materialize([a, asks], instance=instance)
    dg.materialize([a, asks], instance=instance, selection=[asks])
    number = instance.get_latest_materialization_events(["a"])[dg.AssetKey("a")]
    assert number is not None
    key = dg.AssetKey("a")
    assert seen == [
        None,
        dg.DataProvenance("2", {key: dg.DataVersion(sha("1"))}, {key: number.storage_id}, False),
    ]
    assert instance.get_latest_materialization_code_versions(["asks", "never"]) == {
        dg.AssetKey("asks"): "2",
        dg.AssetKey("never"): None,
    }


def inputs_changed_since(instance: dg.DagsterInstance, key: str) -> set[str]:
    """The inputs of an asset whose version is another now than it recorded when it was made."""
    prefix = "dagster/input_data_version/"
    used = {
        tag.removeprefix(prefix): version
        for tag, version in tags_of(instance, key).items()
        if tag.startswith(prefix)
    }
    return {name for name, version in used.items() if version != tags_of(instance, name)[VERSION]}


@pytest.mark.parametrize(("code_version", "changed"), [(None, {"up"}), ("1", set())])
def test_what_was_recorded_tells_which_inputs_are_others_now_and_reaches_one_asset_far(
    code_version: str | None, changed: set[str]
) -> None:
    def chained(name: str, *deps: str) -> dg.AssetsDefinition:
        return dg.asset(name=name, deps=deps, code_version=code_version)(lambda: None)

    chain = [chained("up"), chained("middle", "up"), chained("down", "middle")]
    instance = dg.DagsterInstance.ephemeral()
    dg.materialize(chain, instance=instance)
    dg.materialize(chain, instance=instance, selection=["up"])
    assert inputs_changed_since(instance, "middle") == changed
    assert inputs_changed_since(instance, "down") == set()


def test_versions_by_partition_are_versions_or_str() -> None:
    versions = dg.DataVersionsByPartition({"x": "1", "y": dg.DataVersion("2")})
    assert versions.data_versions_by_partition == {"x": dg.DataVersion("1"), "y": dg.DataVersion("2")}
    with pytest.raises(dg.InvalidArgumentError, match="a data version is"):
        dg.DataVersionsByPartition({"x": 1})  # type: ignore[dict-item]
    with pytest.raises(dg.InvalidArgumentError, match="a partition key is"):
        dg.DataVersionsByPartition({1: "x"})  # type: ignore[dict-item]
