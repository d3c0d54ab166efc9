"""Section 11: resources made by functions, and their life outside of runs. Section 9: IO managers made so."""

import contextlib
import logging
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

import dagx as dg


def test_a_function_makes_the_value() -> None:
    @dg.resource
    def answer(context: dg.InitResourceContext) -> int:
        return 42

    assert isinstance(answer, dg.ResourceDefinition)
    with dg.build_resources({"answer": answer}) as resources:
        assert resources.answer == 42


def test_it_may_take_nothing() -> None:
    with dg.build_resources({"answer": dg.resource(lambda: 42)}) as resources:
        assert resources.answer == 42


def test_it_is_told_of_its_config_and_of_what_it_requires() -> None:
    @dg.resource(config_schema={"name": str}, required_resource_keys={"base"})
    def full(context: dg.InitResourceContext) -> str:
        assert isinstance(context.log, logging.Logger)
        assert context.run is None is context.dagster_run is context.instance
        assert not hasattr(context.resources, "other")
        return f"{context.resources.base}/{context.resource_config['name']}"

    bound = {"full": full, "base": dg.ResourceDefinition.hardcoded_resource("b"), "other": 1}
    with dg.build_resources(bound, resource_config={"full": {"config": {"name": "n"}}}) as resources:
        assert resources.full == "b/n"


def test_without_a_schema_any_config_is_taken() -> None:
    @dg.resource
    def echo(context: dg.InitResourceContext) -> Any:
        return context.resource_config

    with dg.build_resources({"a": echo, "b": echo}, resource_config={"a": {"config": [1]}}) as resources:
        assert resources.a == [1]
        assert resources.b is None


def test_what_follows_the_yield_tears_down_in_reverse() -> None:
    seen: list[str] = []

    @dg.resource
    def base() -> Iterator[str]:
        seen.append("base up")
        yield "base"
        seen.append("base down")

    @dg.resource(required_resource_keys={"base"})
    @contextlib.contextmanager
    def upper(context: dg.InitResourceContext) -> Iterator[str]:
        seen.append(f"upper up on {context.resources.base}")
        yield "upper"
        seen.append("upper down")

    with dg.build_resources({"upper": upper, "base": base}) as resources:
        seen.append(resources.upper)
    assert seen == ["base up", "upper up on base", "upper", "upper down", "base down"]


def test_after_a_failure_it_is_resumed_normally() -> None:
    seen: list[str] = []

    @dg.resource
    def one() -> Iterator[int]:
        try:
            yield 1
        except BaseException as error:
            seen.append(f"thrown in: {error}")
            raise
        seen.append("down")

    with pytest.raises(ZeroDivisionError), dg.build_resources({"one": one}):
        1 / 0  # noqa: B018
    assert seen == ["down"]


def test_what_was_set_up_is_torn_down_when_a_later_one_fails() -> None:
    seen: list[str] = []

    @dg.resource
    def first() -> Iterator[int]:
        yield 1
        seen.append("first down")

    @dg.resource(required_resource_keys={"first"})
    def second() -> int:
        return 1 // 0

    with (
        pytest.raises(dg.DagsterResourceFunctionError, match='the resource "second"') as caught,
        dg.build_resources({"second": second, "first": first}),
    ):
        pytest.fail("the body must not run")
    assert isinstance(caught.value.__cause__, ZeroDivisionError)
    assert caught.value.user_exception is caught.value.__cause__
    assert seen == ["first down"]


def test_what_tearing_down_raises_is_logged_and_the_others_are_torn_down(
    caplog: pytest.LogCaptureFixture,
) -> None:
    seen: list[str] = []

    @dg.resource
    def first() -> Iterator[int]:
        yield 1
        seen.append("first down")

    @dg.resource(required_resource_keys={"first"})
    def second() -> Iterator[int]:
        yield 2
        raise ValueError("broken")

    with dg.build_resources({"second": second, "first": first}):
        pass
    assert seen == ["first down"]
    assert 'tearing down the resource "second" raised' in caplog.text
    assert "broken" in caplog.text


def test_async_generators_are_resources() -> None:
    seen: list[str] = []

    @dg.resource
    async def one() -> AsyncIterator[int]:
        yield 1
        seen.append("down")

    with dg.build_resources({"one": one}) as resources:
        assert resources.one == 1
    assert seen == ["down"]


def test_a_resource_yields_once() -> None:
    @dg.resource
    def none() -> Iterator[int]:
        yield from ()

    with (
        pytest.raises(dg.DagsterResourceFunctionError, match="yielded nothing"),
        dg.build_resources({"none": none}),
    ):
        pass


def test_resources_that_need_each_other_are_refused() -> None:
    @dg.resource(required_resource_keys={"b"})
    def a() -> int:
        return 1

    @dg.resource(required_resource_keys={"a"})
    def b() -> int:
        return 1

    with (
        pytest.raises(dg.DagsterInvalidDefinitionError, match="a -> b -> a"),
        dg.build_resources({"a": a, "b": b}),
    ):
        pass


def test_a_required_resource_must_be_there() -> None:
    @dg.resource(required_resource_keys={"base"})
    def a() -> int:
        return 1

    with (
        pytest.raises(
            dg.DagsterInvalidDefinitionError, match=r'"base" is not defined .*needed by the resource "a"'
        ),
        dg.build_resources({"a": a, "bases": 1}),
    ):
        pass


def test_plain_objects_are_passed_on() -> None:
    thing = object()
    with dg.build_resources({"thing": thing, "number": 7}) as resources:
        assert resources.thing is thing
        assert resources.number == 7


def test_a_plain_object_takes_no_config() -> None:
    with (
        pytest.raises(dg.DagsterInvalidConfigError, match="takes no config"),
        dg.build_resources({"number": 7}, resource_config={"number": {"config": {"x": 1}}}),
    ):
        pass


def test_config_for_a_resource_that_is_not_there_is_refused() -> None:
    with (
        pytest.raises(dg.DagsterInvalidConfigError, match=r"resources\.numbr is unknown .*number"),
        dg.build_resources({"number": 7}, resource_config={"numbr": {}}),
    ):
        pass


def test_ready_made_definitions() -> None:
    bound = {
        "hard": dg.ResourceDefinition.hardcoded_resource([1]),
        "none": dg.ResourceDefinition.none_resource(),
        "text": dg.ResourceDefinition.string_resource(),
        "values": dg.make_values_resource(count=int, name=str),
    }
    said = {"text": {"config": "t"}, "values": {"config": {"count": 1, "name": "n"}}}
    with dg.build_resources(bound, resource_config=said) as resources:
        assert resources.hard == [1]
        assert resources.none is None
        assert resources.text == "t"
        assert resources.values == {"count": 1, "name": "n"}


def test_a_definition_can_be_called_like_its_function() -> None:
    @dg.resource(config_schema={"name": dg.Field(str, default_value="x")})
    def named(context: dg.InitResourceContext) -> Any:
        return context.resource_config["name"]

    @dg.resource
    def bare() -> int:
        return 1

    assert bare() == 1
    assert named(dg.build_init_resource_context()) == "x"
    assert named(dg.build_init_resource_context(config={"name": "y"})) == "y"
    with pytest.raises(dg.DagsterInvalidConfigError):
        named(dg.build_init_resource_context(config={"name": 1}))
    with pytest.raises(dg.DagsterInvalidInvocationError):
        named()


def test_a_built_context_sets_resources_up() -> None:
    @dg.resource
    def closing() -> Iterator[str]:
        seen.append("up")
        yield "c"
        seen.append("down")

    seen: list[str] = []
    context = dg.build_init_resource_context(
        resources={"plain": 1, "made": dg.resource(lambda: 2)}, instance="i"
    )
    assert (context.resources.plain, context.resources.made, context.instance) == (1, 2, "i")
    waiting = dg.build_init_resource_context(resources={"closing": closing})
    with pytest.raises(dg.DagsterInvariantViolationError, match="with build_init_resource_context"):
        waiting.resources  # noqa: B018
    with waiting as entered:
        assert entered.resources.closing == "c"
    assert seen == ["up", "down"]


class Shelf(dg.IOManager):
    def __init__(self, label: str) -> None:
        self.label = label

    def handle_output(self, context: dg.OutputContext, obj: Any) -> None:
        """Kept nowhere."""

    def load_input(self, context: dg.InputContext) -> Any:
        return self.label


def test_a_function_makes_an_io_manager() -> None:
    @dg.io_manager(config_schema={"label": str}, required_resource_keys={"base"})
    def shelf(context: dg.InitResourceContext) -> Shelf:
        return Shelf(f"{context.resources.base}/{context.resource_config['label']}")

    assert isinstance(shelf, dg.IOManagerDefinition)
    assert isinstance(shelf, dg.ResourceDefinition)
    bound = {"shelf": shelf.configured({"label": "l"}), "base": "b"}
    with dg.build_resources(bound) as resources:
        assert resources.shelf.load_input(dg.build_input_context()) == "b/l"


def test_what_is_no_io_manager_is_refused() -> None:
    with (
        pytest.raises(dg.DagsterResourceFunctionError, match="has no handle_output"),
        dg.build_resources({"shelf": dg.io_manager(lambda: 7)}),
    ):
        pass


def test_a_ready_io_manager_has_a_definition() -> None:
    shelf = Shelf("x")
    with dg.build_resources({"shelf": dg.IOManagerDefinition.hardcoded_io_manager(shelf)}) as resources:
        assert resources.shelf is shelf


def test_an_input_manager_is_a_function_that_loads() -> None:
    @dg.input_manager
    def loads(context: dg.InputContext) -> str:
        return f"loaded for {context.name}"

    @dg.input_manager
    def gives_another() -> dg.InputManager:
        return Shelf("other")

    assert isinstance(loads, dg.InputManagerDefinition)
    with dg.build_resources({"a": loads, "b": gives_another}) as resources:
        assert resources.a.load_input(dg.build_input_context(name="x")) == "loaded for x"
        assert resources.b.load_input(dg.build_input_context()) == "other"
