"""Section 9: IO managers."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import dagx as dg


class Spy(dg.IOManager):
    def __init__(self) -> None:
        self.outputs: list[dg.OutputContext] = []
        self.inputs: list[dg.InputContext] = []
        self.values: dict[dg.AssetKey, Any] = {}

    def handle_output(self, context: dg.OutputContext, obj: Any) -> None:
        self.outputs.append(context)
        self.values[context.asset_key] = obj

    def load_input(self, context: dg.InputContext) -> Any:
        self.inputs.append(context)
        return self.values.get(context.asset_key, "from elsewhere")


def test_each_asset_is_stored_and_loaded_by_the_manager_it_names() -> None:
    mine, other = Spy(), Spy()

    @dg.asset(io_manager_key="mine")
    def a() -> int:
        return 1

    @dg.asset
    def b(a: int) -> int:
        return a + 1

    result = dg.materialize([a, b], resources={"mine": mine, "io_manager": other})
    assert result.asset_value("b") == 2
    assert [context.asset_key for context in mine.outputs + other.outputs] == [
        dg.AssetKey("a"),
        dg.AssetKey("b"),
    ]
    assert [context.name for context in mine.inputs] == ["a"]
    assert other.inputs == []


def test_an_input_manager_takes_the_place_of_the_upstream_manager() -> None:
    class Reader(dg.InputManager):
        def load_input(self, context: dg.InputContext) -> Any:
            return "read by hand"

    a = dg.asset(name="a")(lambda: 1)

    @dg.asset(ins={"a": dg.AssetIn(input_manager_key="reader")})
    def b(a: Any) -> Any:
        return a

    assert dg.materialize([a, b], resources={"reader": Reader()}).asset_value("b") == "read by hand"


def test_what_the_contexts_tell() -> None:
    spy = Spy()

    @dg.asset(key_prefix="raw", metadata={"declared": 1}, code_version="7")
    def a() -> dg.Output[int]:
        return dg.Output(1, metadata={"rows": 3})

    @dg.asset(ins={"up": dg.AssetIn(["raw", "a"], metadata={"how": "fast"})})
    def b(up: int) -> None: ...

    result = dg.materialize([a, b], resources={"io_manager": spy})
    (output,) = spy.outputs
    assert (output.name, output.step_key, output.run_id) == ("result", "raw__a", result.run_id)
    assert output.definition_metadata == output.metadata == {"declared": 1}
    assert output.output_metadata["rows"].value == 3
    assert output.asset_spec == a.get_asset_spec()
    assert output.get_identifier() == [result.run_id, "raw__a", "result"]
    assert output.get_asset_identifier() == ["raw", "a"]
    assert output.dagster_type.typing_type is int
    assert not output.has_asset_partitions
    (loaded,) = spy.inputs
    assert (loaded.name, loaded.asset_key) == ("up", dg.AssetKey(["raw", "a"]))
    assert loaded.definition_metadata == {"how": "fast"}
    assert loaded.upstream_output is not None
    assert loaded.upstream_output.definition_metadata == {"declared": 1}
    assert loaded.get_identifier() == output.get_identifier()


def test_an_external_asset_is_loaded_by_its_io_manager_key() -> None:
    spy = Spy()

    @dg.asset
    def b(source: Any) -> Any:
        return source

    source = dg.AssetSpec("source").with_io_manager_key("spy")
    assert dg.materialize([source, b], resources={"spy": spy}).asset_value("b") == "from elsewhere"


def test_handle_output_may_yield_materializations() -> None:
    class Yielding(Spy):
        def handle_output(self, context: dg.OutputContext, obj: Any) -> Iterator[dg.AssetMaterialization]:  # type: ignore[override]
            yield dg.AssetMaterialization("beside")

    result = dg.materialize([dg.asset(name="a")(lambda: 1)], resources={"io_manager": Yielding()})
    assert [event.asset_key for event in result.asset_materializations_for_node("a")] == [
        dg.AssetKey("beside"),
        dg.AssetKey("a"),
    ]


def test_what_an_io_manager_raises_reaches_the_caller() -> None:
    class Broken(Spy):
        def handle_output(self, context: dg.OutputContext, obj: Any) -> None:
            raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        dg.materialize([dg.asset(name="a")(lambda: 1)], resources={"io_manager": Broken()})


def test_input_metadata_is_recorded_as_an_observation() -> None:
    class Noting(Spy):
        def load_input(self, context: dg.InputContext) -> Any:
            context.add_input_metadata({"rows": 3})

    a = dg.asset(name="a")(lambda: 1)
    b = dg.asset(name="b")(lambda a: a)
    result = dg.materialize([a, b], resources={"io_manager": Noting()})
    (observed,) = result.asset_observations_for_node("b")
    assert (observed.asset_key, observed.metadata["rows"].value) == (dg.AssetKey("a"), 3)


def test_the_filesystem_manager_files_by_segments_without_extension(tmp_path: Path) -> None:
    a = dg.asset(key=["raw", "orders"])(lambda: [1, 2])
    result = dg.materialize([a], resources={"io_manager": dg.FilesystemIOManager(tmp_path)})
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [tmp_path / "raw" / "orders"]
    (made,) = result.asset_materializations_for_node("raw__orders")
    assert made.metadata["path"] == dg.MetadataValue.path(tmp_path / "raw" / "orders")

    reads = dg.asset(name="reads", ins={"x": dg.AssetIn(["raw", "orders"])})(lambda x: x)
    manager = dg.FilesystemIOManager(str(tmp_path))
    again = dg.materialize([a, reads], selection=[reads], resources={"io_manager": manager})
    assert again.asset_value("reads") == [1, 2]


def test_the_filesystem_manager_records_no_path_for_none(tmp_path: Path) -> None:
    a = dg.asset(name="a")(lambda: None)
    result = dg.materialize([a], resources={"io_manager": dg.FilesystemIOManager(tmp_path)})
    assert result.asset_materializations_for_node("a")[0].metadata == {}
    assert (tmp_path / "a").exists()


def test_the_filesystem_manager_never_leaves_its_folder(tmp_path: Path) -> None:
    manager = dg.FilesystemIOManager(tmp_path / "base")
    for number, key in enumerate((["..", "x"], ["a/../../x"], ["/etc/x"])):
        manager.handle_output(dg.build_output_context(asset_key=key), number)
        assert manager.load_input(dg.build_input_context(asset_key=key)) == number
    assert {path.name for path in tmp_path.iterdir()} == {"base"}
    assert (tmp_path / "base" / "%2Fetc" / "x").exists()


def _nested(depth: int) -> list[Any]:
    value: list[Any] = []
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize(
    "value",
    [lambda: 1, threading.Lock(), _nested(10_000)],
    ids=["lambda", "lock", "deep"],
)
def test_what_cannot_be_pickled_is_said_and_leaves_no_file(tmp_path: Path, value: object) -> None:
    a = dg.asset(name="a")(lambda: value)
    with pytest.raises(
        dg.InvariantViolationError, match=r'(?s)"a".*cannot be pickled.*materialize_to_memory'
    ):
        dg.materialize([a], resources={"io_manager": dg.FilesystemIOManager(tmp_path)})
    assert list(tmp_path.iterdir()) == []


def test_a_value_that_was_never_stored_is_said_with_its_path(tmp_path: Path) -> None:
    down = dg.asset(name="down")(lambda up: up)
    with pytest.raises(FileNotFoundError, match=r'no value of "up" is stored.*up') as caught:
        dg.materialize([dg.AssetSpec("up"), down], resources={"io_manager": dg.FilesystemIOManager(tmp_path)})
    assert caught.value.filename == str(tmp_path / "up")


def test_the_memory_manager_keeps_values_by_run_step_and_output() -> None:
    manager = dg.InMemoryIOManager()
    stored = dg.build_output_context(step_key="a", asset_key="a", run_id="r1")
    manager.handle_output(stored, 3)
    assert manager.load_input(dg.build_input_context(upstream_output=stored)) == 3
    elsewhere = dg.build_output_context(step_key="a", asset_key="a", run_id="r2")
    with pytest.raises(dg.InvariantViolationError, match="not in memory"):
        manager.load_input(dg.build_input_context(upstream_output=elsewhere))


def test_materialize_to_memory_refuses_an_io_manager() -> None:
    a = dg.asset(name="a")(lambda: 1)
    with pytest.raises(dg.InvariantViolationError):
        dg.materialize_to_memory([a], resources={"io_manager": dg.InMemoryIOManager()})


def test_the_default_storage_is_gone_afterwards() -> None:
    a = dg.asset(name="a")(lambda: 1)
    (made,) = dg.materialize([a]).asset_materializations_for_node("a")
    assert not Path(made.metadata["path"].value).exists()


@dg.asset
def returns_nothing() -> None: ...


@dg.asset
def says_it_made_it() -> Any:
    return dg.MaterializeResult()


@dg.multi_asset(specs=[dg.AssetSpec("x")])
def by_spec() -> None: ...


@dg.observable_source_asset
def seen() -> dg.DataVersion:
    return dg.DataVersion("1")


@dg.asset_check(asset="x")
def looked_at() -> dg.AssetCheckResult:
    return dg.AssetCheckResult(passed=True)


@pytest.mark.parametrize(
    "definition", [returns_nothing, says_it_made_it, by_spec, seen, looked_at], ids=lambda one: str(one.name)
)
def test_no_io_manager_is_called_where_there_is_no_value(definition: dg.AssetsDefinition) -> None:
    spy = Spy()
    selection = dg.AssetSelection.checks(*definition.check_keys) | dg.AssetSelection.assets(*definition.keys)
    result = dg.materialize([definition], resources={"io_manager": spy}, selection=selection)
    assert result.is_node_success(definition.name)
    assert (spy.outputs, spy.inputs) == ([], [])


def test_an_io_manager_may_use_other_resources_and_tells_the_log(caplog: pytest.LogCaptureFixture) -> None:
    class Using(Spy):
        def handle_output(self, context: dg.OutputContext, obj: Any) -> None:
            context.log.warning("stored in %s", context.resources.where)

    a = dg.asset(name="a", required_resource_keys={"where"})(lambda: 1)
    dg.materialize([a], resources={"io_manager": Using(), "where": "here"})
    assert "stored in here" in caplog.text
