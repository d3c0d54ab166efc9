"""Section 6: what an asset function may return or yield."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

import dagx as dg


class Remembering(dg.IOManager):
    def __init__(self) -> None:
        self.stored: dict[str, Any] = {}

    def handle_output(self, context: dg.OutputContext, obj: Any) -> None:
        self.stored[context.asset_key.to_user_string()] = obj

    def load_input(self, context: dg.InputContext) -> Any:
        return self.stored[context.asset_key.to_user_string()]


def stored_by(*definitions: dg.AssetsDefinition) -> dict[str, Any]:
    manager = Remembering()
    assert dg.materialize(definitions, resources={"io_manager": manager}).success
    return manager.stored


def test_a_returned_value_goes_to_the_io_manager() -> None:
    assert stored_by(dg.asset(name="a")(lambda: 3)) == {"a": 3}


def test_none_without_annotation_is_stored_and_passed_on() -> None:
    seen: list[object] = []

    @dg.asset
    def a(): ...  # type: ignore[no-untyped-def]

    @dg.asset
    def b(a: Any) -> None:
        seen.append(a)

    assert stored_by(a, b) == {"a": None}
    assert seen == [None]


def test_none_with_its_annotation_is_not_stored_and_cannot_be_loaded() -> None:
    @dg.asset
    def a() -> None: ...

    @dg.asset
    def b(a: Any) -> None: ...

    assert stored_by(a) == {}
    with pytest.raises(FileNotFoundError):
        dg.materialize([a, b])


def test_a_materialize_result_without_value_calls_no_io_manager() -> None:
    @dg.asset
    def a() -> dg.MaterializeResult[Any]:
        return dg.MaterializeResult(metadata={"rows": 3})

    @dg.asset
    def b(a: Any) -> None: ...

    assert stored_by(a) == {}
    with pytest.raises(FileNotFoundError):
        dg.materialize([a, b])


def test_the_value_of_a_materialize_result_is_stored() -> None:
    assert stored_by(dg.asset(name="a")(lambda: dg.MaterializeResult(value=3))) == {"a": 3}
    assert stored_by(dg.asset(name="a")(lambda: dg.MaterializeResult(value=None))) == {"a": None}


def test_an_output_is_unwrapped_and_what_it_carries_recorded() -> None:
    a = dg.asset(name="a")(
        lambda: dg.Output(3, metadata={"n": 1}, tags={"t": "x"}, data_version=dg.DataVersion("v"))
    )
    assert stored_by(a) == {"a": 3}
    (made,) = dg.materialize([a]).asset_materializations_for_node("a")
    assert made.metadata["n"] == dg.MetadataValue.int(1)
    assert made.tags["t"] == "x"
    assert made.tags["dagster/data_version"] == "v"


@pytest.mark.parametrize("thing", [3, "text", None, {"a": 1}])
def test_a_yield_of_anything_but_a_result_is_an_error(thing: object) -> None:
    @dg.asset
    def a() -> Iterator[Any]:
        yield thing

    with pytest.raises(dg.InvariantViolationError, match="yielded a"):
        dg.materialize([a])


def test_a_materialization_event_must_be_yielded_not_returned() -> None:
    a = dg.asset(name="a")(lambda: dg.AssetMaterialization("a"))
    with pytest.raises(dg.InvariantViolationError, match=r"yield it, or give it to context\.log_event"):
        dg.materialize([a])


def test_a_yielded_materialization_of_another_key_is_an_extra_event() -> None:
    @dg.asset
    def a() -> Iterator[Any]:
        yield dg.AssetMaterialization("other", metadata={"x": 1})
        yield dg.Output(1)

    events = dg.materialize([a]).get_asset_materialization_events()
    assert [event.asset_key.to_user_string() for event in events] == ["other", "a"]


def test_async_functions_are_awaited() -> None:
    @dg.asset
    async def a() -> int:
        return 1

    @dg.asset
    async def b(a: int) -> AsyncIterator[Any]:
        yield dg.Output(a + 1)

    result = dg.materialize([a, b])
    assert (result.asset_value("a"), result.asset_value("b")) == (1, 2)


def test_yielding_the_same_output_twice_is_an_error() -> None:
    @dg.asset
    def a() -> Iterator[Any]:
        yield dg.Output(1)
        yield dg.Output(2)

    with pytest.raises(dg.InvariantViolationError, match="twice"):
        dg.materialize([a])


def test_a_generator_that_never_yields_its_output_is_an_error() -> None:
    @dg.asset
    def a() -> Iterator[Any]:
        yield dg.AssetObservation("a")

    with pytest.raises(dg.DagsterStepOutputNotFoundError):
        dg.materialize([a])


def test_an_output_stays_made_although_the_function_raises_later() -> None:
    @dg.asset
    def a() -> Iterator[Any]:
        yield dg.Output(1)
        raise ValueError("late")

    result = dg.materialize([a], raise_on_error=False)
    assert not result.success
    assert result.asset_value("a") == 1


def test_unknown_output_names_and_keys_are_errors() -> None:
    with pytest.raises(dg.InvariantViolationError, match='no output "x"'):
        dg.materialize([dg.asset(name="a")(lambda: dg.Output(1, "x"))])
    with pytest.raises(dg.InvariantViolationError, match='does not make the asset "b"'):
        dg.materialize([dg.asset(name="a")(lambda: dg.MaterializeResult("b"))])


def test_metadata_of_the_context_wins_over_that_of_the_result() -> None:
    @dg.asset
    def a(context: dg.AssetExecutionContext) -> dg.Output[int]:
        context.add_output_metadata({"x": 1})
        return dg.Output(1, metadata={"z": 3, "x": 9})

    (made,) = dg.materialize_to_memory([a]).asset_materializations_for_node("a")
    assert {name: value.value for name, value in made.metadata.items()} == {"z": 3, "x": 1}


def test_metadata_precedence_is_result_context_io_manager_asset() -> None:
    class Noting(Remembering):
        def handle_output(self, context: dg.OutputContext, obj: Any) -> None:
            context.add_output_metadata({"manager": "manager", "asset": "manager", "context": "manager"})

    @dg.asset
    def a(context: dg.AssetExecutionContext) -> dg.Output[int]:
        everything = ("result", "context", "manager", "asset")
        context.add_output_metadata(dict.fromkeys(everything[1:], "context"))
        context.add_asset_metadata({"asset": "asset"})
        return dg.Output(1, metadata=dict.fromkeys(everything, "result"))

    (made,) = dg.materialize([a], resources={"io_manager": Noting()}).asset_materializations_for_node("a")
    assert {name: value.value for name, value in made.metadata.items()} == {
        "result": "result",
        "context": "manager",
        "manager": "manager",
        "asset": "asset",
    }


def test_metadata_of_the_partition_wins_over_all_other() -> None:
    class Noting(Remembering):
        def handle_output(self, context: dg.OutputContext, obj: Any) -> None:
            context.add_output_metadata({"asset": "manager", "partition": "manager"})

    @dg.asset(partitions_def=dg.StaticPartitionsDefinition(["p"]))
    def a(context: dg.AssetExecutionContext) -> dg.Output[int]:
        context.add_output_metadata({"partition": "context"})
        context.add_asset_metadata({"partition": "partition"}, partition_key="p")
        context.add_asset_metadata({"asset": "asset", "partition": "asset"})
        return dg.Output(1, metadata={"partition": "result"})

    result = dg.materialize([a], partition_key="p", resources={"io_manager": Noting()})
    (made,) = result.asset_materializations_for_node("a")
    assert {name: value.value for name, value in made.metadata.items()} == {
        "asset": "asset",
        "partition": "partition",
    }


def test_adding_output_metadata_twice_merges_and_the_later_value_wins() -> None:
    @dg.asset
    def a(context: dg.AssetExecutionContext) -> int:
        context.add_output_metadata({"x": 1, "y": 1})
        context.add_output_metadata({"x": 2})
        return 1

    (made,) = dg.materialize_to_memory([a]).asset_materializations_for_node("a")
    assert {name: value.value for name, value in made.metadata.items()} == {"x": 2, "y": 1}


def test_an_io_manager_that_records_a_name_twice_is_an_error() -> None:
    class Twice(Remembering):
        def handle_output(self, context: dg.OutputContext, obj: Any) -> None:
            context.add_output_metadata({"x": 1})
            context.add_output_metadata({"x": 2})

    with pytest.raises(dg.InvalidMetadataError):
        dg.materialize([dg.asset(name="a")(lambda: 1)], resources={"io_manager": Twice()})


def test_output_metadata_after_the_output_is_an_error() -> None:
    @dg.asset
    def a(context: dg.AssetExecutionContext) -> Iterator[Any]:
        yield dg.Output(1)
        context.add_output_metadata({"x": 1})

    with pytest.raises(dg.InvariantViolationError, match="came after the output"):
        dg.materialize([a])
