"""Section 7: types that users define, and the known names of Python's own."""

import typing
from typing import Any, Literal

import pytest

import dagx as dg


def is_even(_context: dg.TypeCheckContext, value: object) -> bool:
    return isinstance(value, int) and value % 2 == 0


Even = dg.DagsterType(is_even, name="Even", description="a whole number that two divides")


class Money:
    def __init__(self, cents: int) -> None:
        self.cents = cents


def made_by(annotation: Any, value: object) -> Any:
    def made() -> Any:
        return value

    made.__annotations__["return"] = annotation
    return dg.asset(made)


def test_a_type_check_tells_the_values_of_a_type() -> None:
    assert dg.check_dagster_type(Even, 4).success
    assert not dg.check_dagster_type(Even, 3).success
    assert not dg.check_dagster_type(Even, "4")


def test_a_dagster_type_as_an_annotation_is_enforced() -> None:
    assert dg.materialize([made_by(Even, 4)]).asset_value("made") == 4
    with pytest.raises(dg.DagsterTypeCheckDidNotPass, match="not of its type Even: 3 did not pass its check"):
        dg.materialize([made_by(Even, 3)])


def test_a_dagster_type_given_as_text_is_enforced() -> None:
    @dg.asset
    def made() -> "Even":  # type: ignore[valid-type]
        return 3

    with pytest.raises(dg.DagsterTypeCheckDidNotPass):
        dg.materialize([made])


def test_a_dagster_type_on_a_parameter_fails_the_step_of_the_consumer() -> None:
    @dg.asset
    def up() -> int:
        return 3

    def down(up: Any) -> None: ...

    down.__annotations__["up"] = Even
    result = dg.materialize([up, dg.asset(down)], raise_on_error=False)
    assert result.is_node_success("up")
    assert result.is_node_failed("down")


@pytest.mark.parametrize(
    ("annotation", "good", "bad"),
    [
        (list[Even], [2, 4], [2, 3]),  # type: ignore[valid-type]
        (typing.Optional[Even], None, 3),  # noqa: UP045
        (dict[str, Even], {"a": 2}, {"a": 3}),  # type: ignore[valid-type]
    ],
)
def test_a_dagster_type_inside_a_container_is_checked_element_by_element(
    annotation: Any, good: object, bad: object
) -> None:
    assert dg.check_dagster_type(annotation, good)
    assert not dg.check_dagster_type(annotation, bad)


def test_a_type_check_may_say_why_and_the_error_repeats_it() -> None:
    def check(context: dg.TypeCheckContext, value: Any) -> dg.TypeCheck:
        return dg.TypeCheck(value > 0, description=f"{value} is not above 0", metadata={"seen": value})

    positive = dg.DagsterType(check, name="Positive")
    answer = dg.check_dagster_type(positive, -1)
    assert answer.description == "-1 is not above 0"
    assert answer.metadata == {"seen": dg.MetadataValue.int(-1)}
    with pytest.raises(dg.DagsterTypeCheckDidNotPass, match="-1 is not above 0"):
        dg.materialize([made_by(positive, -1)])


def test_a_check_may_take_the_value_alone() -> None:
    assert dg.check_dagster_type(dg.DagsterType(lambda value: value == 1, name="One"), 1)
    assert not dg.check_dagster_type(dg.DagsterType(lambda value: value == 1, name="One"), 2)
    assert dg.check_dagster_type(dg.DagsterType(callable, name="Function"), print)


def test_a_check_is_told_of_the_log_and_the_run() -> None:
    seen: list[tuple[str, str]] = []

    def check(context: dg.TypeCheckContext, value: object) -> bool:
        seen.append((context.run_id, context.log.name))
        return True

    dg.check_dagster_type(dg.DagsterType(check, name="Any"), 1)
    assert seen == [("EPHEMERAL", dg.get_dagster_logger().name)]


def test_what_a_check_raises_comes_out_as_it_is() -> None:
    def check(context: dg.TypeCheckContext, value: Any) -> bool:
        return bool(value["x"])

    broken = dg.DagsterType(check, name="Broken")
    with pytest.raises(TypeError, match="not subscriptable"):
        dg.materialize([made_by(broken, 1)])
    with pytest.raises(TypeError, match="not subscriptable"):
        dg.check_dagster_type(broken, 1)
    result = dg.materialize([made_by(broken, 1)], raise_on_error=False)
    error = result.failure_data_for_node("made").error
    assert (error.cls_name, error.cause.cls_name) == ("StepExecutionError", "TypeError")
    assert "test_dagster_types.py" in error.cause.stack[-1]


def test_a_check_that_answers_something_else_is_an_error() -> None:
    wrong = dg.DagsterType(lambda context, value: "yes", name="Wrong")
    with pytest.raises(dg.DagsterTypeCheckError, match="answered str") as raised:
        dg.check_dagster_type(wrong, 1)
    assert isinstance(raised.value, dg.DagsterInvariantViolationError)


@pytest.mark.parametrize("check", [lambda: True, lambda a, b, c: True, lambda *, value: True])
def test_a_check_takes_one_or_two_parameters(check: Any) -> None:
    with pytest.raises(dg.InvalidDefinitionError, match="takes"):
        dg.DagsterType(check, name="X")


def test_a_type_has_a_name_or_a_key() -> None:
    with pytest.raises(dg.InvalidDefinitionError, match="neither name nor key"):
        dg.DagsterType(is_even)
    keyed = dg.DagsterType(is_even, key="even")
    assert (keyed.key, keyed.display_name, keyed.has_unique_name) == ("even", "even", False)
    with pytest.raises(dg.InvalidInvocationError, match="has no name"):
        keyed.unique_name  # noqa: B018
    assert (Even.key, Even.unique_name, Even.description) == (
        "Even",
        "Even",
        "a whole number that two divides",
    )
    with pytest.raises(dg.InvalidArgumentError, match="is a function, not 1"):
        dg.DagsterType(1, name="x")  # type: ignore[arg-type]
    with pytest.raises(dg.InvalidInvocationError, match="use it as an annotation"):
        Even(4)


def test_the_type_of_the_instances_of_a_class() -> None:
    money = dg.PythonObjectDagsterType(Money)
    assert money.display_name == "Money"
    assert money.typing_type is Money
    assert dg.check_dagster_type(money, Money(1))
    assert dg.check_dagster_type(money, 1).description == "a int is no Money"
    several = dg.PythonObjectDagsterType(python_type=(int, str), name="IntOrStr")
    assert [bool(dg.check_dagster_type(several, value)) for value in (1, "a", 1.0)] == [True, True, False]
    with pytest.raises(dg.InvalidArgumentError, match="a class or a tuple of classes"):
        dg.PythonObjectDagsterType("Money")  # type: ignore[arg-type]


def test_a_class_of_ones_own_gets_a_name_as_a_type() -> None:
    @dg.usable_as_dagster_type(name="Celsius", description="a temperature")
    class Temperature: ...

    @dg.usable_as_dagster_type
    class Plain: ...

    assert isinstance(Temperature(), Temperature)
    with pytest.raises(dg.DagsterTypeCheckDidNotPass, match="not of its type Celsius"):
        dg.materialize([made_by(Temperature, 1)])
    with pytest.raises(dg.DagsterTypeCheckDidNotPass, match="not of its type Plain"):
        dg.materialize([made_by(Plain, 1)])
    assert dg.check_dagster_type(list[Plain], [Plain()])


def test_a_class_of_others_can_be_bound_to_a_type() -> None:
    class Theirs:
        size = 3

    def check(context: dg.TypeCheckContext, value: Any) -> bool:
        return isinstance(value, Theirs) and value.size == 3

    small = dg.DagsterType(check, name="Small", typing_type=Theirs)
    dg.make_python_type_usable_as_dagster_type(python_type=Theirs, dagster_type=small)
    dg.make_python_type_usable_as_dagster_type(Theirs, small)
    big = Theirs()
    big.size = 4
    assert dg.check_dagster_type(Theirs, Theirs())
    assert not dg.check_dagster_type(Theirs, big)
    with pytest.raises(dg.InvalidDefinitionError, match="already means the type Small"):
        dg.make_python_type_usable_as_dagster_type(Theirs, dg.PythonObjectDagsterType(Theirs))


@pytest.mark.parametrize(
    ("known", "python"),
    [
        (dg.Any, Any),
        (dg.Int, int),
        (dg.Float, float),
        (dg.String, str),
        (dg.Bool, bool),
        (dg.Nothing, type(None)),
        (dg.List[dg.Int], list[int]),
        (dg.Dict[dg.String, dg.Int], dict[str, int]),
        (dg.Set[dg.Int], set[int]),
        (dg.Tuple[dg.Int, dg.String], tuple[int, str]),
        (dg.Optional[dg.Int], int | None),
        (dg.List, list),
        (dg.Dict, dict),
        (dg.Set, set),
        (dg.Tuple, tuple),
    ],
)
def test_the_known_names_of_types_mean_what_pythons_own_do(known: Any, python: Any) -> None:
    values: list[object] = [1, True, 1.0, "a", None, [1], ["a"], {"a": 1}, {1: 1}, {1}, {"a"}, (1, "a"), (1,)]
    assert [bool(dg.check_dagster_type(known, value)) for value in values] == [
        bool(dg.check_dagster_type(python, value)) for value in values
    ]


def test_the_known_names_serve_as_annotations() -> None:
    @dg.asset
    def a() -> dg.List[dg.Int]:
        return [1]

    @dg.asset
    def b(a: dg.List[dg.Int]) -> dg.Optional[dg.String]:
        return None

    assert dg.materialize([a, b]).success


def test_none_is_the_only_value_of_nothing_and_is_not_stored() -> None:
    assert dg.check_dagster_type(dg.Nothing, None)
    assert not dg.check_dagster_type(dg.Nothing, 1)
    for annotation, stored in ((dg.Nothing, []), (dg.Any, ["HANDLED_OUTPUT"])):
        events = dg.materialize_to_memory([made_by(annotation, None)]).all_events
        kinds = [event.event_type_value for event in events]
        assert [kind for kind in kinds if kind == "HANDLED_OUTPUT"] == stored


def test_what_cannot_be_checked_is_refused() -> None:
    with pytest.raises(dg.InvalidDefinitionError, match="cannot be checked at run time"):
        dg.check_dagster_type(Literal["a"], "a")


def is_within_limits(context: dg.TypeCheckContext, value: int) -> bool:
    return bool(value <= context.resources.most)


Modest = dg.DagsterType(is_within_limits, name="Modest", required_resource_keys={"most"})


@pytest.mark.parametrize(("annotation", "value"), [(Modest, 3), (list[Modest], [1, 3])])  # type: ignore[valid-type]
def test_the_resources_that_the_check_of_a_type_uses_are_those_of_the_run(
    annotation: Any, value: object
) -> None:
    assert Modest.required_resource_keys == {"most"}
    made = made_by(annotation, value)
    assert dg.materialize([made], resources={"most": 3}).success
    with pytest.raises(dg.DagsterTypeCheckDidNotPass, match="not of its type"):
        dg.materialize([made], resources={"most": 2})


@pytest.mark.parametrize("annotation", [Modest, list[Modest]])  # type: ignore[valid-type]
def test_a_resource_that_the_check_of_a_type_uses_must_be_there(annotation: Any) -> None:
    made = made_by(annotation, 3)
    with pytest.raises(dg.DagsterInvalidDefinitionError, match='the resource "most" is not defined'):
        dg.materialize([made])
    with pytest.raises(dg.DagsterInvalidDefinitionError, match='the resource "most" is not defined'):
        dg.Definitions.validate_loadable(dg.Definitions([made]))
    dg.Definitions.validate_loadable(dg.Definitions([made], resources={"most": 3}))


def test_outside_a_run_there_are_no_resources_for_the_check_of_a_type() -> None:
    with pytest.raises(dg.DagsterUnknownResourceError, match='the resource "most" is not there'):
        dg.check_dagster_type(Modest, 3)


def test_a_loader_makes_a_value_from_config() -> None:
    @dg.dagster_type_loader({"cents": int})
    def load_money(context: object, config: dict[str, int]) -> Money:
        return Money(config["cents"])

    assert isinstance(load_money, dg.DagsterTypeLoader)
    assert load_money.schema_type == {"cents": int}
    assert load_money.construct_from_config_value(None, {"cents": 5}).cents == 5
    loaded = dg.PythonObjectDagsterType(Money, loader=load_money)
    assert loaded.loader is load_money
    assert loaded.config_schema_of_type == {"cents": int}
    assert dg.PythonObjectDagsterType(int).config_schema_of_type is int

    @dg.dagster_type_loader(str, required_resource_keys={"bank"})
    def from_bank(context: object, config: str) -> Money:
        return Money(1)

    assert from_bank.required_resource_keys() == {"bank"}
    with pytest.raises(dg.InvalidArgumentError, match="without a config schema"):
        dg.dagster_type_loader(lambda context, config: config)


def test_a_loader_may_be_a_class() -> None:
    class FromText(dg.DagsterTypeLoader):
        @property
        def schema_type(self) -> type[str]:
            return str

        def construct_from_config_value(self, context: object, config_value: str) -> Money:
            return Money(int(config_value))

    assert FromText().construct_from_config_value(None, "3").cents == 3
    with pytest.raises(dg.InvalidDefinitionError, match="has no schema_type"):
        dg.DagsterTypeLoader().schema_type  # noqa: B018
