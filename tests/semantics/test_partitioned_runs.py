"""Sections 8, 13, 14, 30: runs for one partition, for a range of them, and what loads through partition mappings."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest

import dagx as dg

DAYS = dg.DailyPartitionsDefinition("2024-01-01", end_date="2024-01-06")
HOURS = dg.HourlyPartitionsDefinition("2024-01-01-00:00", end_date="2024-01-06-00:00")
ABC = dg.StaticPartitionsDefinition(["a", "b", "c"])
GRID = dg.MultiPartitionsDefinition({"day": DAYS, "color": dg.StaticPartitionsDefinition(["red", "blue"])})
START, END = "dagster/asset_partition_range_start", "dagster/asset_partition_range_end"


def range_tags(first: str, last: str) -> dict[str, str]:
    return {START: first, END: last}


def seen_by(
    partitions: dg.PartitionsDefinition | None,
    ask: Any,
    *,
    key: str | None = None,
    tags: dict[str, str] | None = None,
) -> Any:
    """What an asset with these partitions sees of its context in a run for `key`, or of these tags."""
    seen: list[Any] = []

    @dg.asset(partitions_def=partitions)
    def looked(context: dg.AssetExecutionContext) -> None:
        seen.append(ask(context))

    dg.materialize([looked], partition_key=key, tags=tags)
    return seen[0]


# A run for one partition


@pytest.mark.parametrize(
    ("ask", "answer"),
    [
        (lambda c: c.has_partition_key, True),
        (lambda c: c.has_partition_key_range, False),
        (lambda c: c.partition_key, "2024-01-02"),
        (lambda c: c.partition_keys, ["2024-01-02"]),
        (lambda c: c.partition_key_range, dg.PartitionKeyRange("2024-01-02", "2024-01-02")),
        (lambda c: c.asset_partition_key_for_output(), "2024-01-02"),
        (lambda c: c.asset_partition_keys_for_output(), ["2024-01-02"]),
        (
            lambda c: c.asset_partition_key_range_for_output("result"),
            dg.PartitionKeyRange("2024-01-02", "2024-01-02"),
        ),
        (lambda c: c.asset_partitions_def_for_output(), DAYS),
        (
            lambda c: c.partition_time_window,
            dg.TimeWindow(
                datetime(2024, 1, 2, tzinfo=timezone.utc), datetime(2024, 1, 3, tzinfo=timezone.utc)
            ),
        ),
        (lambda c: c.asset_partitions_time_window_for_output() == c.partition_time_window, True),
        (lambda c: c.run.tags["dagster/partition"], "2024-01-02"),
        (lambda c: c.get_tag("dagster/partition"), "2024-01-02"),
    ],
)
def test_what_the_context_of_one_partition_answers(ask: Any, answer: object) -> None:
    assert seen_by(DAYS, ask, key="2024-01-02") == answer


def test_a_run_with_the_partition_tag_is_as_one_with_the_key() -> None:
    assert seen_by(DAYS, lambda c: c.partition_key, tags={"dagster/partition": "2024-01-02"}) == "2024-01-02"


def test_the_key_of_several_dimensions_knows_them() -> None:
    key = seen_by(GRID, lambda c: c.partition_key, key="red|2024-01-02")
    assert isinstance(key, dg.MultiPartitionKey)
    assert isinstance(key, str)
    assert key.keys_by_dimension == {"day": "2024-01-02", "color": "red"}
    assert seen_by(GRID, lambda c: c.multi_partition_key, key="red|2024-01-02") == key
    window = seen_by(GRID, lambda c: c.partition_time_window, key="red|2024-01-02")
    assert (window.start.day, window.end.day) == (2, 3)


def test_a_key_of_one_dimension_is_no_multi_partition_key() -> None:
    with pytest.raises(dg.InvariantViolationError, match="one dimension"):
        seen_by(DAYS, lambda c: c.multi_partition_key, key="2024-01-02")


def test_partitions_that_are_no_time_windows_have_none() -> None:
    with pytest.raises(dg.InvariantViolationError, match="time_window"):
        seen_by(ABC, lambda c: c.partition_time_window, key="a")


@pytest.mark.parametrize(
    ("partitions", "key", "tags"),
    [
        (DAYS, "2024-01-02", {"dagster/partition": "2024-01-02"}),
        (
            GRID,
            "red|2024-01-02",
            {
                "dagster/partition": "red|2024-01-02",
                "dagster/partition/color": "red",
                "dagster/partition/day": "2024-01-02",
            },
        ),
    ],
)
def test_the_run_of_a_partition_bears_it_as_tags(
    partitions: dg.PartitionsDefinition, key: str, tags: dict[str, str]
) -> None:
    made = dg.asset(name="made", partitions_def=partitions)(lambda: 1)
    result = dg.materialize([made], partition_key=key, tags={"own": "1"})
    of_set = {"dagster/partition_set": f"{result.dagster_run.job_name}_partition_set"}
    assert result.dagster_run.tags == {**tags, **of_set, "own": "1"}


def test_the_event_of_a_partition_names_it_and_so_does_the_plan() -> None:
    result = dg.materialize([dg.asset(name="made", partitions_def=ABC)(lambda: 1)], partition_key="b")
    assert [event.partition for event in result.get_asset_materialization_events()] == ["b"]
    assert [event.partition for event in result.get_asset_materialization_planned_events()] == ["b"]


# No partition, no partitions


@pytest.mark.parametrize(
    "ask",
    [
        lambda c: c.partition_key,
        lambda c: c.partition_keys,
        lambda c: c.partition_key_range,
        lambda c: c.partition_time_window,
        lambda c: c.asset_partition_key_for_output(),
    ],
)
@pytest.mark.parametrize("partitions", [None, DAYS])
def test_without_a_partition_every_question_for_it_is_an_error(partitions: Any, ask: Any) -> None:
    with pytest.raises(dg.InvariantViolationError, match=r"no partition|not partitioned"):
        seen_by(partitions, ask)


def test_without_a_partition_a_run_says_that_it_has_none() -> None:
    assert seen_by(DAYS, lambda c: (c.has_partition_key, c.has_partition_key_range)) == (False, False)


def test_a_partitioned_asset_without_key_is_made_as_a_whole(tmp_path: Path) -> None:
    made = dg.asset(name="made", partitions_def=ABC)(lambda: 1)
    manager = dg.FilesystemIOManager(str(tmp_path))
    result = dg.materialize([made], resources={"io_manager": manager})
    assert [event.partition for event in result.get_asset_materialization_events()] == [None]
    assert (tmp_path / "made").is_file()


def test_a_partitioned_asset_without_key_fails_only_where_the_key_is_needed() -> None:
    class Asking(dg.InMemoryIOManager):
        def handle_output(self, context: dg.OutputContext, obj: object) -> None:
            assert not context.has_asset_partitions
            _ = context.asset_partition_key

    made = dg.asset(name="made", partitions_def=ABC)(lambda: 1)
    with pytest.raises(dg.InvariantViolationError, match="no partition key"):
        dg.materialize([made], resources={"io_manager": Asking()})

    @dg.asset(partitions_def=ABC)
    def asks(context: dg.AssetExecutionContext) -> str:
        return context.partition_key

    with pytest.raises(dg.InvariantViolationError, match="no partition key"):
        dg.materialize([asks])


@pytest.mark.parametrize("mapping", [None, dg.AllPartitionMapping(), dg.LastPartitionMapping()])
def test_without_key_no_partitions_of_another_asset_are_loaded(mapping: Any) -> None:
    made = dg.asset(name="made", partitions_def=ABC)(lambda: 1)
    user = dg.asset(name="user", partitions_def=ABC, ins={"made": dg.AssetIn(partition_mapping=mapping)})(
        lambda made: made
    )
    with pytest.raises(dg.InvariantViolationError, match=r"(?s)for none of its own.*partition_key="):
        dg.materialize([made, user])
    whole = dg.asset(name="made")(lambda: 1)
    of_whole = dg.asset(name="user", partitions_def=ABC)(lambda made: made + 1)
    assert dg.materialize([whole, of_whole]).asset_value("user") == 2


@pytest.mark.parametrize(
    ("assets", "key", "error"),
    [
        ([dg.asset(name="x")(lambda: 1)], "a", dg.InvalidArgumentError),
        ([dg.asset(name="x", partitions_def=ABC)(lambda: 1)], "z", dg.UnknownPartitionError),
        ([dg.asset(name="x", partitions_def=DAYS)(lambda: 1)], "2024-01-02-00:00", dg.UnknownPartitionError),
        ([dg.asset(name="x", partitions_def=DAYS)(lambda: 1)], "2023-12-31", dg.UnknownPartitionError),
        ([dg.asset(name="x", partitions_def=GRID)(lambda: 1)], "red", dg.UnknownPartitionError),
        (
            [
                dg.asset(name="x", partitions_def=ABC)(lambda: 1),
                dg.asset(name="y", partitions_def=DAYS)(lambda: 1),
            ],
            "a",
            dg.InvalidDefinitionError,
        ),
    ],
)
def test_a_key_must_be_one_of_the_one_partitions_definition_of_the_run(
    assets: list[Any], key: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        dg.materialize(assets, partition_key=key)


def test_an_unpartitioned_asset_in_a_partitioned_run_is_made_as_a_whole_and_knows_the_partition_of_the_run() -> (
    None
):
    seen: list[Any] = []

    @dg.asset
    def whole(context: dg.AssetExecutionContext) -> int:
        seen.append((context.has_partition_key, context.partition_key, context.partition_key_range))
        with pytest.raises(dg.InvariantViolationError):
            context.asset_partition_key_for_output()
        return 1

    part = dg.asset(name="part", partitions_def=ABC)(lambda whole: whole)
    result = dg.materialize([whole, part], partition_key="b")
    made = {event.asset_key: event.partition for event in result.get_asset_materialization_events()}
    assert made == {whole.key: None, part.key: "b"}
    assert seen == [(True, "b", dg.PartitionKeyRange("b", "b"))]


def test_of_the_assets_of_one_step_each_has_its_own_partitions_or_none() -> None:
    @dg.multi_asset(specs=[dg.AssetSpec("whole"), dg.AssetSpec("part", partitions_def=ABC)], can_subset=True)
    def both(context: dg.AssetExecutionContext) -> Iterator[Any]:
        for key in context.selected_asset_keys:
            yield dg.MaterializeResult(asset_key=key)

    result = dg.materialize([both], partition_key="b")
    made = {event.asset_key: event.partition for event in result.get_asset_materialization_events()}
    assert made == {dg.AssetKey("part"): "b", dg.AssetKey("whole"): None}
    planned = {
        event.asset_key: event.partition for event in result.get_asset_materialization_planned_events()
    }
    assert planned == made


# A run for a range


@pytest.mark.parametrize(
    ("ask", "answer"),
    [
        (lambda c: c.has_partition_key, False),
        (lambda c: c.has_partition_key_range, True),
        (lambda c: c.partition_keys, ["2024-01-02", "2024-01-03", "2024-01-04"]),
        (lambda c: c.partition_key_range, dg.PartitionKeyRange("2024-01-02", "2024-01-04")),
        (lambda c: (c.partition_time_window.start.day, c.partition_time_window.end.day), (2, 5)),
        (lambda c: c.asset_partition_keys_for_output()[-1], "2024-01-04"),
    ],
)
def test_what_the_context_of_a_range_answers(ask: Any, answer: object) -> None:
    assert seen_by(DAYS, ask, tags=range_tags("2024-01-02", "2024-01-04")) == answer


@pytest.mark.parametrize("ask", [lambda c: c.partition_key, lambda c: c.asset_partition_key_for_output()])
def test_a_range_has_no_one_key(ask: Any) -> None:
    with pytest.raises(dg.InvariantViolationError, match="3 partitions, and one partition key was asked for"):
        seen_by(DAYS, ask, tags=range_tags("2024-01-02", "2024-01-04"))


def test_a_range_of_one_is_that_partition() -> None:
    assert (
        seen_by(DAYS, lambda c: c.partition_key, tags=range_tags("2024-01-02", "2024-01-02")) == "2024-01-02"
    )


def test_a_range_records_one_event_for_each_partition_and_bears_its_ends_as_tags() -> None:
    @dg.asset(partitions_def=DAYS, backfill_policy=dg.BackfillPolicy.single_run())
    def made(context: dg.AssetExecutionContext) -> None:
        context.add_output_metadata({"n": len(context.partition_keys)})

    result = dg.materialize([made], tags=range_tags("2024-01-02", "2024-01-03"))
    events = result.get_asset_materialization_events()
    assert [event.partition for event in events] == ["2024-01-02", "2024-01-03"]
    assert [event.materialization.metadata["n"].value for event in events] == [2, 2]
    assert result.dagster_run.tags == range_tags("2024-01-02", "2024-01-03")
    planned = result.get_asset_materialization_planned_events()
    assert [event.partition for event in planned] == ["2024-01-02", "2024-01-03"]


def test_metadata_of_one_partition_of_a_range_wins_over_that_of_all() -> None:
    @dg.asset(partitions_def=ABC)
    def made(context: dg.AssetExecutionContext) -> None:
        context.add_asset_metadata({"n": "all", "m": "all"})
        context.add_asset_metadata({"n": "of b"}, partition_key="b")
        with pytest.raises(dg.InvariantViolationError, match='not for the partition "c"'):
            context.add_asset_metadata({"n": 1}, partition_key="c")

    events = dg.materialize([made], tags=range_tags("a", "b")).get_asset_materialization_events()
    found = [{name: value.value for name, value in e.materialization.metadata.items()} for e in events]
    assert found == [{"n": "all", "m": "all"}, {"n": "of b", "m": "all"}]


def test_a_range_written_by_a_path_based_manager_fails_and_says_what_to_do() -> None:
    made = dg.asset(name="made", partitions_def=ABC)(lambda: 1)
    with pytest.raises(dg.DagxError, match=r"(?s)for 2 partitions.*one partition at a time"):
        dg.materialize([made], tags=range_tags("a", "b"))


@pytest.mark.parametrize(("first", "last"), [("z", "b"), ("a", "z")])
def test_the_ends_of_a_range_must_be_partitions(first: str, last: str) -> None:
    made = dg.asset(name="made", partitions_def=ABC)(lambda: 1)
    with pytest.raises(dg.UnknownPartitionError):
        dg.materialize([made], tags=range_tags(first, last))


def test_a_range_backwards_is_an_error_and_not_an_empty_run() -> None:
    made = dg.asset(name="made", partitions_def=ABC)(lambda: None)
    with pytest.raises(dg.DagxError, match="before"):
        dg.materialize([made], tags=range_tags("c", "a"))


def test_half_a_range_is_an_error() -> None:
    made = dg.asset(name="made", partitions_def=ABC)(lambda: None)
    with pytest.raises(dg.DagxError, match=END):
        dg.materialize([made], tags={START: "a"})


@pytest.mark.parametrize(
    ("key", "tags"),
    [
        ("a", {"dagster/partition": "b"}),
        ("a", range_tags("a", "b")),
        (None, {"dagster/partition": "a", **range_tags("a", "b")}),
    ],
)
def test_a_run_that_is_asked_for_two_things_is_an_error(key: Any, tags: dict[str, str]) -> None:
    with pytest.raises(dg.InvalidArgumentError, match="different partitions"):
        dg.materialize(
            [dg.asset(name="made", partitions_def=ABC)(lambda: None)], partition_key=key, tags=tags
        )


# What an input loads


def load(
    upstream: dg.PartitionsDefinition | None,
    downstream: dg.PartitionsDefinition | None,
    keys: list[str],
    run: str | dict[str, str] | None,
    *,
    mapping: dg.PartitionMapping | None = None,
    metadata: dict[str, Any] | None = None,
) -> Any:
    """What a downstream asset gets, when these upstream partitions were made, each of the value of its key."""
    got: list[Any] = []

    @dg.asset(partitions_def=upstream)
    def up(context: dg.AssetExecutionContext) -> str:
        return context.partition_key if context.has_partition_key else "whole"

    @dg.asset(partitions_def=downstream, ins={"up": dg.AssetIn(partition_mapping=mapping, metadata=metadata)})
    def down(context: dg.AssetExecutionContext, up: Any) -> None:
        got.append(up)
        seen.append(list(context.asset_partition_keys_for_input("up")) if upstream is not None else [])

    seen: list[list[str]] = []
    with dg.DagsterInstance.ephemeral() as instance:
        for key in keys or (None,):
            dg.materialize([up], instance=instance, partition_key=key)
        partition_key = run if isinstance(run, str) else None
        tags = run if isinstance(run, dict) else None
        dg.materialize(
            [up, down], selection=["down"], instance=instance, partition_key=partition_key, tags=tags
        )
    (value,) = got
    assert not isinstance(value, dict) or list(value) == seen[0] or metadata
    return value


ALL_DAYS = [f"2024-01-0{day}" for day in range(1, 6)]


def test_one_mapped_partition_is_the_bare_value() -> None:
    assert load(ABC, ABC, ["a", "b"], "b") == "b"


def test_an_unpartitioned_upstream_is_the_value_for_every_partition() -> None:
    assert load(None, ABC, [], "b") == "whole"


def test_an_unpartitioned_downstream_gets_all_partitions_by_key_in_order() -> None:
    assert load(ABC, None, ["c", "a", "b"], None) == {"a": "a", "b": "b", "c": "c"}


def test_several_mapped_partitions_are_a_dict_in_the_order_of_the_partitions() -> None:
    mapping = dg.TimeWindowPartitionMapping(start_offset=-1)
    found = load(DAYS, DAYS, ALL_DAYS, "2024-01-03", mapping=mapping)
    assert found == {"2024-01-02": "2024-01-02", "2024-01-03": "2024-01-03"}
    assert list(found) == ["2024-01-02", "2024-01-03"]


def test_offsets_are_clipped_to_what_exists_upstream() -> None:
    mapping = dg.TimeWindowPartitionMapping(start_offset=-1, end_offset=-1)
    assert load(DAYS, DAYS, ALL_DAYS, "2024-01-02", mapping=mapping) == "2024-01-01"
    assert load(DAYS, DAYS, ALL_DAYS, "2024-01-01", mapping=mapping) is None


def test_a_range_run_loads_the_range_of_its_upstream() -> None:
    found = load(ABC, ABC, ["a", "b", "c"], range_tags("a", "b"))
    assert found == {"a": "a", "b": "b"}


@pytest.mark.parametrize(
    ("mapping", "expected"),
    [
        (dg.AllPartitionMapping(), {"a": "a", "b": "b", "c": "c"}),
        (dg.LastPartitionMapping(), "c"),
        (dg.SpecificPartitionsPartitionMapping(["a"]), "a"),
        (dg.SpecificPartitionsPartitionMapping(["a", "c"]), {"a": "a", "c": "c"}),
        (dg.StaticPartitionMapping({"a": "b", "b": "a", "c": "c"}), "a"),
    ],
)
def test_each_mapping_loads_what_it_maps_to(mapping: dg.PartitionMapping, expected: object) -> None:
    assert load(ABC, ABC, ["a", "b", "c"], "b", mapping=mapping) == expected


def test_a_partition_that_was_never_made_is_a_missing_file() -> None:
    with pytest.raises(FileNotFoundError):
        load(ABC, ABC, ["a"], "b")
    with pytest.raises(FileNotFoundError):
        load(ABC, None, ["a", "c"], None)


@pytest.mark.parametrize(
    ("made", "run", "downstream", "expected"),
    [(["a", "c"], None, None, {"a": "a", "c": "c"}), (["a"], "b", ABC, None), (["a"], "a", ABC, "a")],
)
def test_missing_partitions_may_be_allowed_and_are_then_left_out(
    made: list[str], run: str | None, downstream: Any, expected: object
) -> None:
    assert load(ABC, downstream, made, run, metadata={"allow_missing_partitions": True}) == expected


LATE = dg.DailyPartitionsDefinition("2024-01-03", end_date="2024-01-06")


def test_an_argument_whose_upstream_partition_does_not_exist_fails_the_step() -> None:
    with pytest.raises(dg.InvariantViolationError, match=r"(?s)do not exist: 2024-01-02.*allow_nonexistent"):
        load(LATE, DAYS, ["2024-01-03"], "2024-01-02")
    up = dg.asset(name="up", partitions_def=LATE)(lambda: 1)
    down = dg.asset(name="down", partitions_def=DAYS)(lambda up: up)
    result = dg.materialize([up, down], selection=["down"], partition_key="2024-01-02", raise_on_error=False)
    assert result.get_failed_step_keys() == {"down"}
    assert isinstance(result.error_for_node("down"), dg.DagsterInvariantViolationError)


def test_it_loads_none_where_the_mapping_allows_it() -> None:
    mapping = dg.TimeWindowPartitionMapping(allow_nonexistent_upstream_partitions=True)
    assert load(LATE, DAYS, ["2024-01-03"], "2024-01-02", mapping=mapping) is None


def test_of_a_dependency_that_is_not_loaded_nothing_is_checked() -> None:
    up = dg.asset(name="up", partitions_def=LATE)(lambda: None)
    down = dg.asset(name="down", partitions_def=DAYS, deps=[up])(lambda: 1)
    assert dg.materialize([up, down], selection=["down"], partition_key="2024-01-02").success


def test_a_mapping_on_the_dep_holds_for_the_parameter_too() -> None:
    got: list[object] = []
    mapping = dg.TimeWindowPartitionMapping(start_offset=-1, end_offset=-1)

    @dg.asset(partitions_def=DAYS)
    def up(context: dg.AssetExecutionContext) -> str:
        return context.partition_key

    @dg.asset(partitions_def=DAYS, deps=[dg.AssetDep("up", partition_mapping=mapping)])
    def down(up: str) -> None:
        got.append(up)

    with dg.DagsterInstance.ephemeral() as instance:
        dg.materialize([up], partition_key="2024-01-01", instance=instance)
        dg.materialize([up, down], partition_key="2024-01-02", instance=instance, selection=["down"])
    assert got == ["2024-01-01"]


def test_an_asset_may_depend_on_its_own_earlier_partitions() -> None:
    mapping = dg.TimeWindowPartitionMapping(start_offset=-1, end_offset=-1)

    @dg.asset(partitions_def=DAYS, ins={"total": dg.AssetIn(partition_mapping=mapping)})
    def total(context: dg.AssetExecutionContext, total: int | None) -> int:
        return (total or 0) + 1

    with dg.DagsterInstance.ephemeral() as instance:
        values = [
            dg.materialize([total], partition_key=day, instance=instance).asset_value("total")
            for day in ALL_DAYS[:3]
        ]
    assert values == [1, 2, 3]


@pytest.mark.parametrize(
    ("mapping", "partitions"),
    [
        (dg.TimeWindowPartitionMapping(start_offset=-1, end_offset=0), DAYS),
        (dg.TimeWindowPartitionMapping(), DAYS),
        (dg.IdentityPartitionMapping(), ABC),
        (None, DAYS),
        (None, None),
    ],
)
def test_any_other_self_dependency_is_refused(mapping: Any, partitions: Any) -> None:
    with pytest.raises(dg.InvalidDefinitionError, match="depends on itself"):
        dg.asset(
            name="total", partitions_def=partitions, ins={"total": dg.AssetIn(partition_mapping=mapping)}
        )(lambda total: 1)


def test_a_self_dependency_of_several_dimensions_looks_back_on_the_one_of_time() -> None:
    mapping = dg.MultiPartitionMapping(
        {
            "day": dg.DimensionPartitionMapping(
                "day", dg.TimeWindowPartitionMapping(start_offset=-1, end_offset=-1)
            ),
            "color": dg.DimensionPartitionMapping("color", dg.IdentityPartitionMapping()),
        }
    )

    @dg.asset(partitions_def=GRID, ins={"total": dg.AssetIn(partition_mapping=mapping)})
    def total(total: int | None) -> int:
        return (total or 0) + 1

    with dg.DagsterInstance.ephemeral() as instance:
        for day, expected in (("2024-01-01", 1), ("2024-01-02", 2)):
            result = dg.materialize([total], partition_key=f"red|{day}", instance=instance)
            assert result.asset_value("total") == expected


def test_mappings_that_do_not_fit_are_refused_before_anything_runs() -> None:
    ran: list[str] = []
    up = dg.asset(name="up", partitions_def=ABC)(lambda: ran.append("up"))
    mapping = dg.TimeWindowPartitionMapping()
    down = dg.asset(name="down", partitions_def=DAYS, ins={"up": dg.AssetIn(partition_mapping=mapping)})(
        lambda up: 1
    )
    with pytest.raises(dg.InvalidDefinitionError, match=r"(?s)down.*up"):
        dg.materialize([up, down], partition_key="a", selection=["up"])
    assert ran == []


# The forms that ask for one input


def test_what_the_context_answers_of_an_input_is_upstream_after_the_mapping() -> None:
    seen: dict[str, Any] = {}
    hours = [f"2024-01-02-{hour:02}:00" for hour in range(24)]

    @dg.asset(partitions_def=HOURS)
    def hourly() -> None: ...

    class Nothing(dg.IOManager):
        def handle_output(self, context: dg.OutputContext, obj: object) -> None: ...

        def load_input(self, context: dg.InputContext) -> None: ...

    @dg.asset(partitions_def=DAYS)
    def daily(context: dg.AssetExecutionContext, hourly: Any) -> None:
        seen["keys"] = context.asset_partition_keys_for_input("hourly")
        seen["range"] = context.asset_partition_key_range_for_input("hourly")
        seen["window"] = context.asset_partitions_time_window_for_input("hourly")
        seen["def"] = context.asset_partitions_def_for_input("hourly")
        with pytest.raises(dg.InvariantViolationError, match="24 partitions"):
            context.asset_partition_key_for_input("hourly")
        with pytest.raises(dg.InvariantViolationError, match="no input"):
            context.asset_partition_keys_for_input("nonsense")

    dg.materialize(
        [hourly, daily], selection=["daily"], partition_key="2024-01-02", resources={"io_manager": Nothing()}
    )
    assert seen["keys"] == hours
    assert seen["range"] == dg.PartitionKeyRange(hours[0], hours[-1])
    assert seen["window"].start == datetime(2024, 1, 2, tzinfo=timezone.utc)
    assert seen["window"].end == datetime(2024, 1, 3, tzinfo=timezone.utc)
    assert seen["def"] == HOURS


def test_an_unpartitioned_input_has_no_partitions_to_ask_for() -> None:
    up = dg.asset(name="up")(lambda: 1)

    @dg.asset(partitions_def=ABC)
    def down(context: dg.AssetExecutionContext, up: int) -> None:
        with pytest.raises(dg.InvariantViolationError, match="not partitioned"):
            context.asset_partition_keys_for_input("up")

    assert dg.materialize([up, down], partition_key="a").success


def test_load_asset_value_takes_a_partition() -> None:
    @dg.asset(partitions_def=ABC)
    def up(context: dg.AssetExecutionContext) -> str:
        return context.partition_key

    @dg.asset(deps=[up])
    def down(context: dg.AssetExecutionContext) -> Any:
        return context.load_asset_value("up", partition_key="b")

    with dg.DagsterInstance.ephemeral() as instance:
        dg.materialize([up], partition_key="b", instance=instance)
        result = dg.materialize([up, down], selection=["down"], instance=instance)
    assert result.asset_value("down") == "b"


def test_dynamic_partitions_are_those_of_the_instance() -> None:
    colors = dg.DynamicPartitionsDefinition(name="colors")

    @dg.asset(partitions_def=colors)
    def up(context: dg.AssetExecutionContext) -> str:
        return context.partition_key

    every = dg.asset(name="every")(lambda up: up)
    with dg.DagsterInstance.ephemeral() as instance:
        with pytest.raises(dg.UnknownPartitionError):
            dg.materialize([up], partition_key="red", instance=instance)
        instance.add_dynamic_partitions("colors", ["red", "blue"])
        for color in ("red", "blue"):
            dg.materialize([up], partition_key=color, instance=instance)
        result = dg.materialize([up, every], selection=["every"], instance=instance)
    assert result.asset_value("every") == {"red": "red", "blue": "blue"}


def test_the_steps_of_a_graph_asset_know_the_partition() -> None:
    seen: list[str] = []

    @dg.op
    def first(context: dg.OpExecutionContext) -> int:
        seen.append(context.partition_key)
        return 1

    @dg.op
    def second(context: dg.OpExecutionContext, x: int) -> int:
        seen.append(context.partition_key)
        return x

    @dg.graph_asset(partitions_def=ABC)
    def made() -> Any:
        return second(first())

    result = dg.materialize([made], partition_key="b")
    assert seen == ["b", "b"]
    assert [event.partition for event in result.get_asset_materialization_events()] == ["b"]


def test_a_multi_asset_of_different_partitions_is_run_for_those_that_were_selected() -> None:
    seen: list[Any] = []

    @dg.multi_asset(
        specs=[dg.AssetSpec("abc", partitions_def=ABC), dg.AssetSpec("days", partitions_def=DAYS)],
        can_subset=True,
    )
    def both(context: dg.AssetExecutionContext) -> Iterator[Any]:
        seen.append((context.selected_output_names, context.partition_key))
        for key in context.selected_asset_keys:
            yield dg.MaterializeResult(asset_key=key)

    result = dg.materialize([both], selection=["days"], partition_key="2024-01-02")
    assert seen == [({"days"}, "2024-01-02")]
    assert [event.partition for event in result.get_asset_materialization_events()] == ["2024-01-02"]
    with pytest.raises(dg.InvalidDefinitionError, match="different ways"):
        dg.materialize([both], partition_key="a")


def test_the_files_of_partitions_lie_below_their_asset(tmp_path: Path) -> None:
    manager = dg.FilesystemIOManager(str(tmp_path))
    made = dg.asset(key=["x", "made"], partitions_def=GRID)(lambda: 1)
    dg.materialize([made], partition_key="red|2024-01-02", resources={"io_manager": manager})
    assert [path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()] == [
        "x/made/red/2024-01-02"
    ]
