"""Section 7: annotations are checked at run time."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Annotated, Any, Dict, List, Literal, NewType, Optional, Protocol, Tuple, TypedDict, Union  # noqa: UP035

import pytest

import dagx as dg


class Animal: ...


class Dog(Animal): ...


class Row(TypedDict):
    a: int


class Quacks(Protocol):
    def quack(self) -> None: ...


Meters = NewType("Meters", int)


def passes(annotation: Any, value: object) -> bool:
    def made() -> Any:
        return value

    made.__annotations__["return"] = annotation
    try:
        dg.materialize_to_memory([dg.asset(made)])
    except dg.DagsterTypeCheckDidNotPass:
        return False
    return True


@pytest.mark.parametrize(
    ("annotation", "good", "bad"),
    [
        (int, [1, True], [1.0, "1", None]),
        (float, [1.0], [1, True, "1"]),
        (bool, [True], [1, 0.0]),
        (str, ["a"], [b"a", 1]),
        (list, [[], [1]], [(), "a"]),
        (list[int], [[], [1, 2]], [["a"], [1, "a"], (1,)]),
        (List[int], [[1]], [["a"]]),  # noqa: UP006
        (dict[str, int], [{}, {"a": 1}], [{1: 1}, {"a": "b"}, []]),
        (Dict[str, int], [{"a": 1}], [{"a": "b"}]),  # noqa: UP006
        (set[int], [{1}], [{"a"}, [1]]),
        (tuple[int, str], [(1, "a")], [(1,), ("a", 1), [1, "a"]]),
        (Tuple[int, str], [(1, "a")], [(1, 2)]),  # noqa: UP006
        (tuple[int, ...], [(), (1, 2, 3)], [(1, "a")]),
        (list[dict[str, list[int]]], [[{"a": [1]}]], [[{"a": ["b"]}]]),
        (Optional[int], [None, 1], ["a"]),  # noqa: UP045
        (int | None, [None, 1], ["a"]),
        (list[int | None], [[None, 1]], [["a"]]),
        (Animal, [Animal(), Dog()], [1, None]),
        (Any, [1, None], []),
        (None, [None], [1]),
        (Meters, [3], ["3"]),
        (Row, [{"a": 1}], [[]]),
        (Quacks, [1], []),
        (Annotated[int, "metres"], [1], ["a"]),
    ],
)
def test_values_and_their_annotations(annotation: Any, good: list[object], bad: list[object]) -> None:
    assert [value for value in good if not passes(annotation, value)] == []
    assert [value for value in bad if passes(annotation, value)] == []


@pytest.mark.parametrize("annotation", [Union[int, str], int | str, Callable[[], int], Literal["a"]])  # noqa: UP007
def test_some_annotations_are_refused_at_decoration(annotation: Any) -> None:
    def returns() -> Any: ...
    def takes(up: Any) -> Any: ...

    returns.__annotations__["return"] = annotation
    takes.__annotations__["up"] = annotation
    for function in (returns, takes):
        with pytest.raises(dg.InvalidDefinitionError, match="cannot be checked at run time"):
            dg.asset(function)


def test_a_mismatched_input_fails_the_step_of_the_consumer() -> None:
    a = dg.asset(name="a")(lambda: "text")

    @dg.asset
    def b(a: int) -> None: ...

    result = dg.materialize([a, b], raise_on_error=False)
    assert result.is_node_success("a")
    assert result.is_node_failed("b")
    assert "'text' is a str" in str(result.error_for_node("b"))


def test_an_annotated_output_must_be_returned_as_one() -> None:
    @dg.asset
    def wrapped() -> dg.Output[int]:
        return dg.Output(1)

    @dg.asset
    def bare() -> dg.Output[int]:
        return 1  # type: ignore[return-value]

    @dg.asset
    def wrong() -> dg.Output[int]:
        return dg.Output("a")  # type: ignore[arg-type]

    assert dg.materialize([wrapped]).asset_value("wrapped") == 1
    with pytest.raises(dg.InvariantViolationError, match="annotated to return an Output"):
        dg.materialize([bare])
    with pytest.raises(dg.DagsterTypeCheckDidNotPass):
        dg.materialize([wrong])


def test_an_output_where_a_bare_value_is_annotated_is_an_error() -> None:
    @dg.asset
    def a() -> int:
        return dg.Output(1)  # type: ignore[return-value]

    with pytest.raises(dg.InvariantViolationError, match="returned an Output"):
        dg.materialize([a])


def test_the_value_of_an_annotated_materialize_result_is_checked() -> None:
    @dg.asset
    def a() -> dg.MaterializeResult[int]:
        return dg.MaterializeResult(value="x")  # type: ignore[arg-type]

    @dg.asset
    def b() -> dg.MaterializeResult:  # type: ignore[type-arg]
        return dg.MaterializeResult(value="x")

    with pytest.raises(dg.DagsterTypeCheckDidNotPass):
        dg.materialize([a])
    assert dg.materialize([b]).success


@pytest.mark.parametrize("annotation", [int, dg.MaterializeResult[int], dg.MaterializeResult[int | None]])
def test_a_result_without_a_value_is_of_no_type_that_values_have(annotation: Any) -> None:
    def made() -> Any:
        return dg.MaterializeResult(metadata={"rows": 1})

    made.__annotations__["return"] = annotation
    with pytest.raises(
        dg.DagsterTypeCheckDidNotPass, match=r"came without a value\n  write MaterializeResult\(value="
    ):
        dg.materialize([dg.asset(made)])
    del made.__annotations__["return"]
    with pytest.raises(dg.DagsterTypeCheckDidNotPass, match="not of its type str: it came without a value"):
        dg.materialize([dg.asset(dagster_type=str)(made)])


def test_of_several_assets_only_those_without_a_type_may_come_without_a_value() -> None:
    @dg.multi_asset(outs={"x": dg.AssetOut(dagster_type=int), "y": dg.AssetOut()})
    def both() -> Iterator[dg.MaterializeResult[Any]]:
        yield dg.MaterializeResult("y")
        yield dg.MaterializeResult("x")

    result = dg.materialize([both], raise_on_error=False)
    made = [event.asset_key for event in result.get_asset_materialization_events()]
    assert (result.success, made) == (False, [dg.AssetKey("y")])


@pytest.mark.parametrize(
    "annotation", [None, Any, object, Quacks, dg.MaterializeResult, dg.MaterializeResult[None], "unsaid"]
)
def test_a_result_without_a_value_fits_what_says_nothing_of_values(annotation: Any) -> None:
    def made() -> Any:
        return dg.MaterializeResult(metadata={"rows": 1})

    if annotation != "unsaid":
        made.__annotations__["return"] = annotation
    kinds = [event.event_type_value for event in dg.materialize([dg.asset(made)]).all_events]
    assert "ASSET_MATERIALIZATION" in kinds
    assert "HANDLED_OUTPUT" not in kinds


def test_the_return_annotation_of_a_generator_is_ignored() -> None:
    @dg.asset
    def a() -> Iterator[dg.Output[int]]:
        yield dg.Output("not an int")  # type: ignore[arg-type]

    assert dg.materialize([a]).success


def test_the_type_that_is_given_wins_over_the_annotation() -> None:
    @dg.asset(dagster_type=dg.String)
    def a() -> int:
        return 1

    with pytest.raises(dg.DagsterTypeCheckDidNotPass):
        dg.materialize([a])


def test_without_annotations_nothing_is_checked() -> None:
    a = dg.asset(name="a")(lambda: "text")
    b = dg.asset(name="b")(lambda a: {a})
    assert dg.materialize_to_memory([a, b]).asset_value("b") == {"text"}


def test_annotations_given_as_text_are_resolved() -> None:
    @dg.asset
    def a() -> "int":
        return "x"  # type: ignore[return-value]

    with pytest.raises(dg.DagsterTypeCheckDidNotPass):
        dg.materialize([a])


@pytest.mark.parametrize(
    ("annotation", "value", "fits"),
    [
        (Sequence[int], [1, 2], True),
        (Sequence[int], ["x"], False),
        (Sequence[int], "text", False),
        (Mapping[str, int], {"a": 1}, True),
        (Mapping[str, int], {"a": "b"}, False),
        (Mapping[str, int], [1], False),
    ],
)
def test_abstract_containers_are_checked_deeply_too(annotation: Any, value: object, fits: bool) -> None:
    def a() -> Any:
        return value

    a.__annotations__["return"] = annotation
    result = dg.materialize([dg.asset(a)], raise_on_error=False)
    assert result.success == fits
