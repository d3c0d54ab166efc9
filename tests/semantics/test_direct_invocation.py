"""Section 27: calling a decorated function directly."""

import functools
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import dagx as dg


@dg.asset
def plain(a: int, b: int) -> int:
    return a - b


@dg.asset
def with_context(context: dg.AssetExecutionContext, a: int) -> dg.AssetKey:
    context.add_output_metadata({"a": a})
    return context.asset_key


@dg.asset
def with_resource(context: dg.AssetExecutionContext, db: dg.ResourceParam[str], a: int) -> tuple[str, int]:
    return db, a


def test_arguments_follow_the_declared_order_or_their_names() -> None:
    assert plain(3, 1) == plain(3, b=1) == plain(b=1, a=3) == 2


class Size(dg.Config):
    rows: int = 1


@dg.asset
def mixed(
    context: dg.AssetExecutionContext, a: int, config: Size, b: int, db: dg.ResourceParam[str]
) -> tuple[int, int, int, str]:
    return a, config.rows, b, db


def test_upstream_values_config_and_resources_stand_in_one_order() -> None:
    context = dg.build_asset_context(resources={"db": "of the context"})
    assert mixed(context, 1, Size(rows=2), 3) == (1, 2, 3, "of the context")
    assert mixed(context, 1, b=3, config=Size(rows=2)) == (1, 2, 3, "of the context")
    assert mixed(dg.build_asset_context(), 1, Size(), 3, "by position") == (1, 1, 3, "by position")
    for call in (lambda: mixed(context, 1, Size()), lambda: mixed(1, Size(), 3), lambda: mixed(context, b=3)):
        with pytest.raises(dg.DagsterInvalidInvocationError):
            call()


def test_missing_surplus_and_unknown_arguments_are_errors() -> None:
    for call in (lambda: plain(1), lambda: plain(1, 2, 3), lambda: plain(1, 2, c=3), lambda: plain(1, a=1)):
        with pytest.raises(dg.DagsterInvalidInvocationError):
            call()


def test_the_context_comes_first_and_must_be_there() -> None:
    context = dg.build_asset_context()
    assert with_context(context, 3) == dg.AssetKey("with_context")
    assert with_context(context=context, a=3) == dg.AssetKey("with_context")
    assert context.get_output_metadata("result") == {"a": 3}
    with pytest.raises(dg.DagsterInvalidInvocationError, match="build_asset_context"):
        with_context(3)
    with pytest.raises(dg.DagsterInvalidInvocationError):
        with_context(a=3)


def test_a_context_built_by_hand_is_of_the_run_ephemeral() -> None:
    context = dg.build_asset_context(run_tags={"t": "1"})
    assert context.run_id == "EPHEMERAL"
    assert context.get_tag("t") == "1"
    with pytest.raises(dg.DagsterInvalidInvocationError):
        context.asset_key  # noqa: B018


days = dg.DailyPartitionsDefinition("2024-01-01")
by_day_and_letter = dg.MultiPartitionsDefinition(
    {"day": days, "letter": dg.StaticPartitionsDefinition(["a"])}
)


def test_a_context_built_by_hand_has_the_partition_it_was_given() -> None:
    @dg.asset(partitions_def=days)
    def daily(context: dg.AssetExecutionContext) -> object:
        return context.partition_key, context.partition_time_window.start.day

    context = dg.build_asset_context(partition_key="2024-01-05")
    assert (context.partition_key, context.has_partition_key) == ("2024-01-05", True)
    assert daily(context) == ("2024-01-05", 5)

    @dg.op
    def single(context: dg.OpExecutionContext) -> str:
        return context.partition_key

    assert single(dg.build_op_context(partition_key="k")) == "k"


def test_a_context_built_by_hand_has_all_partitions_of_a_range() -> None:
    @dg.asset(partitions_def=days)
    def daily(context: dg.AssetExecutionContext) -> object:
        assert not context.has_partition_key
        assert context.has_partition_key_range
        assert context.partition_key_range == dg.PartitionKeyRange("2024-01-05", "2024-01-07")
        return context.partition_keys

    span = dg.PartitionKeyRange("2024-01-05", "2024-01-07")
    assert daily(dg.build_asset_context(partition_key_range=span)) == [
        "2024-01-05",
        "2024-01-06",
        "2024-01-07",
    ]


def test_a_context_built_by_hand_knows_the_parts_of_a_key() -> None:
    @dg.asset(partitions_def=by_day_and_letter)
    def both(context: dg.AssetExecutionContext) -> object:
        return context.multi_partition_key.keys_by_dimension

    assert both(dg.build_asset_context(partition_key="2024-01-05|a")) == {"day": "2024-01-05", "letter": "a"}


def test_resources_come_by_keyword_or_from_the_context() -> None:
    assert with_resource(dg.build_asset_context(resources={"db": "x"}), a=1) == ("x", 1)
    assert with_resource(dg.build_asset_context(), db="y", a=1) == ("y", 1)
    assert with_resource(dg.build_asset_context(), "z", 1) == ("z", 1)
    with pytest.raises(dg.DagsterInvalidInvocationError, match="needs the resource 'db'"):
        with_resource(dg.build_asset_context(), a=1)


def test_the_result_is_what_the_function_returned() -> None:
    result = dg.MaterializeResult(metadata={"x": 1})
    assert dg.asset(name="a")(lambda: result)() is result
    assert result.metadata == {"x": 1}, "as it was given"
    assert dg.ObserveResult(metadata={"x": 1}).metadata == {"x": 1}

    @dg.asset
    def several() -> Iterator[Any]:
        yield dg.Output(1)

    assert [output.value for output in several()] == [1]


def test_the_result_is_held_against_its_type_and_arguments_are_not() -> None:
    @dg.asset
    def loose(a: int) -> Any:
        return a

    assert loose("text") == "text"
    with pytest.raises(dg.TypeCheckDidNotPass, match="float"):
        plain(3.5, 1.0)


def test_what_a_run_would_not_take_a_direct_call_does_not_return() -> None:
    outs = {"p": dg.AssetOut(), "q": dg.AssetOut()}
    assert dg.multi_asset(name="m", outs=outs)(lambda: (1, 2))() == (1, 2)
    for wrong in ((1, 2, 3), [1, 2], None, dg.AssetMaterialization("x"), dg.MaterializeResult(asset_key="z")):
        with pytest.raises(dg.InvariantViolationError):
            dg.multi_asset(name="m", outs=outs)(lambda wrong=wrong: wrong)()


def test_config_that_is_not_given_has_its_defaults() -> None:
    class Settings(dg.Config):
        x: int = 7

    class Strict(dg.Config):
        x: int

    @dg.asset
    def a(config: Settings) -> int:
        return config.x

    @dg.asset
    def strict(config: Strict) -> int:
        return config.x

    assert (a(), a(Settings(x=2))) == (7, 2)
    with pytest.raises(dg.InvalidInvocationError, match="takes config"):
        strict()


def test_config_of_the_context_is_held_against_the_schema() -> None:
    @dg.op(config_schema={"n": dg.Field(int, default_value=3)})
    def n(context: dg.OpExecutionContext) -> Any:
        return context.op_config["n"]

    assert n(dg.build_op_context()) == 3
    assert n(dg.build_op_context(op_config={"n": 4})) == 4
    with pytest.raises(dg.InvalidConfigError, match="n"):
        n(dg.build_op_context(op_config={"n": "x"}))


def test_the_definition_looks_like_its_function() -> None:
    assert plain.__name__ == "plain"  # type: ignore[attr-defined]


def test_a_wrapped_function_keeps_its_parameters_and_its_place() -> None:
    def logged(function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def around(*args: Any, **kwargs: Any) -> Any:
            return function(*args, **kwargs)

        return around

    def made(up: int) -> int:
        return up

    definition = dg.asset(logged(made))
    assert definition.dependency_keys == {dg.AssetKey("up")}
    assert definition.source is not None
    assert definition.source.line == made.__code__.co_firstlineno
    assert definition(3) == 3
