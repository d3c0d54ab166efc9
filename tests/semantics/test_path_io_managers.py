"""Section 9: IO managers that keep each value in a file, and where the files lie."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

import dagx as dg

ABC = dg.StaticPartitionsDefinition(["a", "b", "c"])


class JsonManager(dg.UPathIOManager):
    """Keeps values as JSON."""

    extension = ".json"

    def dump_to_path(self, context: dg.OutputContext, obj: Any, path: Path) -> None:
        path.write_text(json.dumps(obj))

    def load_from_path(self, context: dg.InputContext, path: Path) -> Any:
        return json.loads(path.read_text())

    def get_metadata(self, context: dg.OutputContext, obj: Any) -> Mapping[str, Any]:
        return {"kind": type(obj).__name__}


def files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def store(
    folder: Path,
    key: Any = "made",
    partitions: dg.PartitionsDefinition | None = None,
    partition_key: str | None = None,
    value: object = 1,
) -> dg.ExecuteInProcessResult:
    made = dg.asset(key=key, partitions_def=partitions)(lambda: value)
    return dg.materialize(
        [made], partition_key=partition_key, resources={"io_manager": dg.FilesystemIOManager(str(folder))}
    )


# Where values lie


@pytest.mark.parametrize(
    ("key", "partitions", "partition_key", "expected"),
    [
        ("made", None, None, "made"),
        (["x", "my-a.b"], None, None, "x/my-a.b"),
        ("made", ABC, "b", "made/b"),
        (["x", "made"], dg.DailyPartitionsDefinition("2024-01-01"), "2024-01-02", "x/made/2024-01-02"),
        ("made", dg.StaticPartitionsDefinition(["x/y"]), "x/y", "made/x/y"),
        ("made", dg.StaticPartitionsDefinition(["/x"]), "/x", "made/%2Fx"),
        ("made", dg.StaticPartitionsDefinition(["../../x"]), "../../x", "made/%2E%2E/%2E%2E/x"),
        ("made", dg.StaticPartitionsDefinition([".."]), "..", "made/%2E%2E"),
        ("made", dg.StaticPartitionsDefinition(["."]), ".", "made/%2E"),
        ("made", dg.StaticPartitionsDefinition(["a b,c|d"]), "a b,c|d", "made/a b,c|d"),
        (
            "made",
            dg.MultiPartitionsDefinition(
                {
                    "zone": dg.StaticPartitionsDefinition(["eu"]),
                    "day": dg.DailyPartitionsDefinition("2024-01-01"),
                }
            ),
            "2024-01-02|eu",
            "made/2024-01-02/eu",
        ),
        (
            "made",
            dg.MultiPartitionsDefinition(
                {"a": dg.StaticPartitionsDefinition([".."]), "b": dg.StaticPartitionsDefinition(["/y"])}
            ),
            "..|/y",
            "made/%2E%2E/%2Fy",
        ),
    ],
    ids=lambda value: str(value)[:30],
)
def test_each_value_lies_at_its_key_and_partition(
    tmp_path: Path, key: Any, partitions: Any, partition_key: str | None, expected: str
) -> None:
    result = store(tmp_path, key, partitions, partition_key)
    assert files(tmp_path) == {expected}
    (event,) = result.get_asset_materialization_events()
    assert event.materialization.metadata["path"] == dg.MetadataValue.path(str(tmp_path / expected))


def test_the_value_of_an_op_lies_at_run_step_and_output(tmp_path: Path) -> None:
    @dg.op
    def one() -> int:
        return 1

    manager = dg.FilesystemIOManager(str(tmp_path))
    result = dg.job(name="j", resource_defs={"io_manager": manager})(lambda: one()).execute_in_process()
    assert files(tmp_path) == {f"{result.run_id}/one/result"}


def test_without_a_base_folder_values_lie_in_the_storage_of_the_instance(tmp_path: Path) -> None:
    with dg.DagsterInstance.local_temp(str(tmp_path)) as instance:
        dg.materialize([dg.asset(name="made")(lambda: 1)], instance=instance)
        assert Path(instance.storage_directory()) == tmp_path / "storage"
        assert (tmp_path / "storage" / "made").is_file()


def test_none_is_stored_and_its_path_is_not_recorded(tmp_path: Path) -> None:
    result = store(tmp_path, value=None)
    assert files(tmp_path) == {"made"}
    (event,) = result.get_asset_materialization_events()
    assert dict(event.materialization.metadata) == {}


def test_a_file_gives_way_to_the_folder_of_partitions(tmp_path: Path) -> None:
    store(tmp_path)
    store(tmp_path, partitions=ABC, partition_key="a")
    assert files(tmp_path) == {"made/a"}


def test_a_folder_never_gives_way_to_a_file(tmp_path: Path) -> None:
    store(tmp_path, ["made", "below"])
    with pytest.raises(dg.InvariantViolationError, match=r"(?s)the folder .*made is where .*another value"):
        store(tmp_path, "made")
    assert files(tmp_path) == {"made/below"}


def test_the_value_of_another_asset_or_partition_never_gives_way(tmp_path: Path) -> None:
    store(tmp_path, "made")
    with pytest.raises(dg.InvariantViolationError, match=r"(?s)a file where the folder .*another value"):
        store(tmp_path, ["made", "below"])
    slashes = dg.StaticPartitionsDefinition(["x", "x/y"])
    store(tmp_path, "other", slashes, "x")
    with pytest.raises(dg.InvariantViolationError, match="a file where the folder"):
        store(tmp_path, "other", slashes, "x/y")
    assert files(tmp_path) == {"made", "other/x"}


def test_a_base_folder_that_is_a_file_is_left_alone(tmp_path: Path) -> None:
    mine = tmp_path / "data.csv"
    mine.write_text("precious")
    with pytest.raises(dg.InvariantViolationError):
        store(mine)
    assert mine.read_text() == "precious"


# Subclasses


def test_the_extension_is_appended_to_the_last_part(tmp_path: Path) -> None:
    resources = {"io_manager": JsonManager(tmp_path)}
    whole = dg.asset(key=["x", "v1.0"])(lambda: 1)
    part = dg.asset(name="part", partitions_def=ABC)(lambda: 2)
    dg.materialize([whole], resources=resources)
    dg.materialize([part], resources=resources, partition_key="b")
    assert files(tmp_path) == {"x/v1.0.json", "part/b.json"}


def test_what_get_metadata_says_is_recorded_beside_the_path(tmp_path: Path) -> None:
    result = dg.materialize(
        [dg.asset(name="a")(lambda: {"n": 1})], resources={"io_manager": JsonManager(tmp_path)}
    )
    (event,) = result.get_asset_materialization_events()
    metadata = {name: value.value for name, value in event.materialization.metadata.items()}
    assert metadata == {"kind": "dict", "path": str(tmp_path / "a.json")}


def test_a_base_path_may_be_text_or_a_path(tmp_path: Path) -> None:
    for base in (str(tmp_path), tmp_path):
        dg.materialize([dg.asset(name="a")(lambda: 1)], resources={"io_manager": JsonManager(base)})
    assert files(tmp_path) == {"a.json"}


def test_paths_may_be_chosen_by_the_subclass(tmp_path: Path) -> None:
    class Elsewhere(JsonManager):
        def get_asset_relative_path(self, context: dg.InputContext | dg.OutputContext) -> Path:
            return Path("all", *context.asset_key.path)

        def get_path_for_partition(
            self, context: dg.InputContext | dg.OutputContext, path: Path, partition: str
        ) -> Path:
            return path / f"part={partition}"

    part = dg.asset(name="part", partitions_def=ABC)(lambda: 2)
    down = dg.asset(name="down", partitions_def=ABC)(lambda part: part + 1)
    result = dg.materialize([part, down], resources={"io_manager": Elsewhere(tmp_path)}, partition_key="b")
    assert files(tmp_path) == {"all/part/part=b.json", "all/down/part=b.json"}
    assert result.asset_value("down") == 3


def partitioned(manager: dg.IOManager, made: list[str]) -> tuple[dg.AssetsDefinition, dict[str, Any]]:
    """An asset whose partitions `made` are stored, each of the value of its key."""

    @dg.asset(partitions_def=ABC)
    def part(context: dg.AssetExecutionContext) -> str:
        return context.partition_key

    resources = {"io_manager": manager}
    for key in made:
        dg.materialize([part], resources=resources, partition_key=key)
    return part, resources


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ([], None),
        (["b"], "b"),
        (["c", "a"], {"a": "a", "c": "c"}),
        (["a", "b", "c"], {"a": "a", "b": "b", "c": "c"}),
    ],
)
def test_no_key_is_none_one_is_the_value_several_are_a_dict_in_the_order_of_the_partitions(
    tmp_path: Path, keys: list[str], expected: object
) -> None:
    part, resources = partitioned(JsonManager(tmp_path), ["a", "b", "c"])
    mapping = dg.SpecificPartitionsPartitionMapping(keys)
    down = dg.asset(name="down", ins={"part": dg.AssetIn(partition_mapping=mapping)})(lambda part: [part])
    result = dg.materialize([part, down], resources=resources, selection=["down"])
    (found,) = result.asset_value("down")
    assert found == expected
    assert not isinstance(expected, dict) or list(found) == list(expected)


def test_partitions_that_are_loaded_asynchronously_are_loaded_at_once(tmp_path: Path) -> None:
    started: list[str] = []
    ended: list[str] = []

    class Slow(JsonManager):
        async def load_from_path(self, context: dg.InputContext, path: Path) -> Any:
            started.append(path.stem)
            while len(started) < 3:
                await asyncio.sleep(0)
            ended.append(path.stem)
            return super().load_from_path(context, path)

    part, resources = partitioned(Slow(tmp_path), ["a", "b", "c"])
    down = dg.asset(name="down")(lambda part: part)
    result = dg.materialize([part, down], resources=resources, selection=["down"])
    assert result.asset_value("down") == {"a": "a", "b": "b", "c": "c"}
    assert sorted(started) == sorted(ended) == ["a", "b", "c"]


def test_a_single_value_may_be_loaded_asynchronously_too(tmp_path: Path) -> None:
    class Later(JsonManager):
        async def load_from_path(self, context: dg.InputContext, path: Path) -> Any:
            await asyncio.sleep(0)
            return super().load_from_path(context, path)

    up, down = dg.asset(name="up")(lambda: 1), dg.asset(name="down")(lambda up: up + 1)
    result = dg.materialize([up, down], resources={"io_manager": Later(tmp_path)})
    assert result.asset_value("down") == 2


@pytest.mark.parametrize(
    ("made", "expected"), [(["a"], {"a": "a"}), ([], {}), (["c", "b"], {"b": "b", "c": "c"})]
)
def test_missing_partitions_are_left_out_where_that_is_allowed(
    tmp_path: Path, made: list[str], expected: object
) -> None:
    part, resources = partitioned(JsonManager(tmp_path), made)
    down = dg.asset(name="down", ins={"part": dg.AssetIn(metadata={"allow_missing_partitions": True})})(
        lambda part: part
    )
    assert (
        dg.materialize([part, down], resources=resources, selection=["down"]).asset_value("down") == expected
    )


def test_a_missing_partition_is_an_error_that_names_its_file(tmp_path: Path) -> None:
    part, resources = partitioned(JsonManager(tmp_path), ["a", "c"])
    down = dg.asset(name="down")(lambda part: part)
    with pytest.raises(FileNotFoundError, match=r"b\.json"):
        dg.materialize([part, down], resources=resources, selection=["down"])


def test_a_manager_that_lacks_a_method_cannot_be_made() -> None:
    class Half(dg.UPathIOManager):
        def dump_to_path(self, context: dg.OutputContext, obj: Any, path: Any) -> None: ...

    with pytest.raises(TypeError, match="load_from_path"):
        Half()  # type: ignore[abstract]


# What the contexts tell of partitions


class Spy(dg.IOManager):
    """Notes what it is asked for of each context."""

    def __init__(self, ask: Any) -> None:
        self.ask = ask
        self.answers: dict[str, Any] = {}

    def handle_output(self, context: dg.OutputContext, obj: object) -> None:
        self.answers[f"out {context.asset_key.to_user_string()}"] = self.ask(context)

    def load_input(self, context: dg.InputContext) -> object:
        self.answers[f"in {context.asset_key.to_user_string()}"] = self.ask(context)
        assert context.upstream_output is not None
        self.answers[f"up {context.asset_key.to_user_string()}"] = self.ask(context.upstream_output)
        return None


def asked(ask: Any, upstream: Any, downstream: Any, run: str | None, mapping: Any = None) -> dict[str, Any]:
    spy = Spy(ask)
    up = dg.asset(name="up", partitions_def=upstream)(lambda: 1)
    down = dg.asset(
        name="down", partitions_def=downstream, ins={"up": dg.AssetIn(partition_mapping=mapping)}
    )(lambda up: 1)
    selection = ["down"] if upstream is not None else None
    dg.materialize([up, down], partition_key=run, resources={"io_manager": spy}, selection=selection)
    return spy.answers


SHIFT = dg.StaticPartitionMapping({"a": "b", "b": "a", "c": "c"})


def test_of_an_input_partition_key_is_of_the_run_and_the_asset_keys_are_upstream_after_the_mapping() -> None:
    answers = asked(
        lambda c: (c.partition_key, c.asset_partition_key, list(c.asset_partition_keys)), ABC, ABC, "b", SHIFT
    )
    assert answers["in up"] == ("b", "a", ["a"])
    assert answers["out down"] == ("b", "b", ["b"])


def test_identifiers_end_with_the_partition_of_their_asset() -> None:
    answers = asked(lambda c: c.get_asset_identifier(), ABC, ABC, "b", SHIFT)
    assert answers == {"in up": ["up", "a"], "up up": ["up", "a"], "out down": ["down", "b"]}


def test_of_an_unpartitioned_asset_in_a_partitioned_run() -> None:
    answers = asked(
        lambda c: (c.has_partition_key, c.has_asset_partitions, c.get_asset_identifier()), None, ABC, "b"
    )
    assert answers["out up"] == answers["in up"] == (True, False, ["up"])
    assert answers["out down"] == (True, True, ["down", "b"])


def test_of_several_upstream_partitions_there_is_no_one_key() -> None:
    def ask(context: Any) -> Any:
        if isinstance(context, dg.InputContext):
            with pytest.raises(dg.InvariantViolationError, match="3 partitions"):
                _ = context.asset_partition_key
        return list(context.asset_partition_keys), context.asset_partition_key_range

    answers = asked(ask, ABC, ABC, "b", dg.AllPartitionMapping())
    assert answers["in up"] == (["a", "b", "c"], dg.PartitionKeyRange("a", "c"))


def test_a_range_of_keys_with_a_gap_is_no_range() -> None:
    def ask(context: Any) -> Any:
        if isinstance(context, dg.InputContext):
            with pytest.raises(dg.DagxError, match="contiguous"):
                _ = context.asset_partition_key_range
        return None

    asked(ask, ABC, ABC, "b", dg.SpecificPartitionsPartitionMapping(["a", "c"]))


def test_the_window_and_the_definition_of_the_asset() -> None:
    days = dg.DailyPartitionsDefinition("2024-01-01", end_date="2024-01-10")
    answers = asked(
        lambda c: (c.asset_partitions_time_window.start.day, c.asset_partitions_def == days),
        days,
        days,
        "2024-01-05",
        dg.TimeWindowPartitionMapping(start_offset=-2),
    )
    assert answers["in up"] == (3, True)
    assert answers["out down"] == (5, True)


def test_multi_partition_keys_know_their_dimensions() -> None:
    grid = dg.MultiPartitionsDefinition({"x": ABC, "y": ABC})
    answers = asked(lambda c: c.asset_partition_key.keys_by_dimension, grid, grid, "a|b")
    assert answers["in up"] == answers["out down"] == {"x": "a", "y": "b"}


def test_the_input_says_what_the_asset_in_says_and_the_upstream_output_what_the_upstream_asset_says() -> None:
    spy = Spy(lambda c: dict(c.definition_metadata))
    up = dg.asset(name="up", metadata={"of": "up"})(lambda: 1)
    down = dg.asset(name="down", ins={"up": dg.AssetIn(metadata={"of": "in"})})(lambda up: 1)
    dg.materialize([up, down], resources={"io_manager": spy})
    assert spy.answers == {
        "out up": {"of": "up"},
        "in up": {"of": "in"},
        "up up": {"of": "up"},
        "out down": {},
    }


def test_of_an_upstream_asset_that_is_not_in_the_run_the_name_of_its_io_manager_is_told_too() -> None:
    spy = Spy(lambda c: dict(c.definition_metadata))
    up = dg.asset(name="up", metadata={"of": "up"}, io_manager_key="mine")(lambda: 1)
    other = dg.asset(name="other")(lambda: 1)
    down = dg.asset(name="down")(lambda up, other: 1)
    resources = {"io_manager": spy, "mine": spy}
    dg.materialize([up, other, down], selection=["down"], resources=resources)
    assert spy.answers["up up"] == {"of": "up", "dagster/io_manager_key": "mine"}
    assert spy.answers["up other"] == {"dagster/io_manager_key": "io_manager"}
    dg.materialize([dg.AssetSpec("up"), other, down], selection=["down"], resources=resources)
    assert spy.answers["up up"] == {}


def test_an_io_manager_is_told_the_type_of_what_it_stores_and_loads() -> None:
    spy = Spy(lambda c: c.dagster_type.typing_type)

    @dg.asset
    def up() -> int:
        return 1

    @dg.asset
    def down(up: Any) -> str:
        return ""

    dg.materialize([up, down], resources={"io_manager": spy})
    assert spy.answers == {"out up": int, "in up": Any, "up up": int, "out down": str}
