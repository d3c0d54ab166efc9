"""Section 27: running assets in process."""

from typing import Any

import pytest

import dagx as dg


def chain() -> list[dg.AssetsDefinition]:
    a = dg.asset(name="a")(lambda: 1)
    b = dg.asset(name="b")(lambda a: a + 1)
    c = dg.asset(name="c")(lambda b: b + 1)
    return [c, b, a]


def test_assets_run_in_the_order_of_their_needs() -> None:
    result = dg.materialize(chain())
    assert result.success
    assert [event.asset_key.to_user_string() for event in result.get_asset_materialization_events()] == [
        "a",
        "b",
        "c",
    ]
    assert result.asset_value("c") == result.output_for_node("c") == 3


def test_the_original_exception_reaches_the_caller() -> None:
    class Mine(Exception): ...

    def fails() -> None:
        raise Mine("as it was")

    with pytest.raises(Mine, match="as it was"):
        dg.materialize([dg.asset(fails)])


def test_a_failure_leaves_what_needs_it_untouched_and_the_rest_runs() -> None:
    @dg.asset
    def fails() -> int:
        raise ValueError

    b = dg.asset(name="b")(lambda fails: None)
    c = dg.asset(name="c")(lambda b: None)
    other = dg.asset(name="other")(lambda: 1)
    result = dg.materialize([fails, b, c, other], raise_on_error=False)
    assert not result.success
    assert result.get_failed_step_keys() == {"fails"}
    assert [result.is_node_untouched(name) for name in ("b", "c", "other")] == [True, True, False]
    assert result.is_node_success("other")


def test_everything_runs_every_time() -> None:
    runs: list[str] = []
    a = dg.asset(name="a")(lambda: runs.append("a"))
    dg.materialize([a])
    dg.materialize([a])
    assert runs == ["a", "a"]


@pytest.mark.parametrize(
    ("selection", "names"),
    [("b", ["b"]), ("+b", ["a", "b"]), ("key:a+", ["a", "b", "c"]), (["a", dg.AssetKey("b")], ["a", "b"])],
)
def test_a_selection_runs_only_what_it_names(selection: Any, names: list[str]) -> None:
    class Anything(dg.InMemoryIOManager):
        def load_input(self, context: dg.InputContext) -> Any:
            return 10

    result = dg.materialize(chain(), selection=selection, resources={"io_manager": Anything()})
    assert sorted(event.step_key for event in result.get_asset_materialization_events()) == names


def test_an_upstream_that_is_not_selected_cannot_be_loaded_from_the_temporary_folder() -> None:
    with pytest.raises(FileNotFoundError):
        dg.materialize(chain(), selection="b")


def test_a_selection_that_names_nothing_is_an_error_with_the_near_name() -> None:
    with pytest.raises(dg.DagsterInvalidSubsetError, match=r'no asset "bb"\n  did you mean "b"\?'):
        dg.materialize(chain(), selection="bb")


def test_asking_for_the_value_of_what_was_not_made_is_an_error() -> None:
    result = dg.materialize([dg.asset(name="orders")(lambda: 1)])
    with pytest.raises(dg.InvariantViolationError, match='did you mean "orders"'):
        result.asset_value("ordrs")
    with pytest.raises(dg.InvariantViolationError):
        result.output_for_node("nothing")


def test_values_stay_in_memory_with_materialize_to_memory() -> None:
    thing = lambda: 1  # noqa: E731  # cannot be pickled
    a = dg.asset(name="a")(lambda: thing)
    b = dg.asset(name="b")(lambda a: a)
    assert dg.materialize_to_memory([a, b]).asset_value("b") is thing
