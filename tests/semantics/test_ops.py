"""Section 24: ops, their inputs and outputs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

import dagx as dg


def run(body: Callable[..., Any], **arguments: Any) -> dg.ExecuteInProcessResult:
    """Run the ops that `body` wires."""
    return dg.job(name="j")(body).execute_in_process(**arguments)


@dg.op
def one() -> int:
    return 1


@dg.op
def add(x: int, y: int = 7) -> int:
    return x + y


# Declaration


def test_an_op_is_named_after_its_function_and_described_by_its_docstring() -> None:
    @dg.op
    def clean() -> None:
        """Cleans."""

    assert isinstance(clean, dg.OpDefinition)
    assert (clean.name, clean.description) == ("clean", "Cleans.")
    other = dg.op(name="other", description="Else.", tags={"a": "b"}, code_version="2", pool="db")(
        clean.compute_fn
    )
    assert (other.name, other.description) == ("other", "Else.")
    assert (dict(other.tags), other.code_version, other.pool) == ({"a": "b"}, "2", "db")


@pytest.mark.parametrize("name", ["a b", "a-b", "config", "class"])
def test_a_name_that_no_step_may_have_is_refused(name: str) -> None:
    with pytest.raises(dg.InvalidDefinitionError):
        dg.op(name=name)(lambda: 1)


def test_a_lambda_needs_a_name() -> None:
    with pytest.raises(dg.InvalidDefinitionError, match="give name="):
        dg.op(lambda: 1)


@pytest.mark.parametrize("pool", ["", "a b"])
def test_a_pool_is_a_text_without_white_space(pool: str) -> None:
    with pytest.raises(dg.InvalidDefinitionError, match="pool"):
        dg.op(name="a", pool=pool)(lambda: 1)


def test_an_op_is_called_directly_like_its_function() -> None:
    assert add(1, 2) == 3
    assert add(x=1) == 8

    @dg.op
    def doubled(context: dg.OpExecutionContext, x: int) -> int:
        return 2 * x

    assert doubled(dg.build_op_context(), 4) == 8


def test_ins_that_are_no_parameter_are_refused_unless_they_only_order() -> None:
    with pytest.raises(dg.InvalidDefinitionError, match="ins names 'z'"):
        dg.op(name="a", ins={"z": dg.In(int)})(lambda: 1)
    with pytest.raises(dg.InvalidDefinitionError, match="is of type Nothing"):
        dg.op(name="a", ins={"x": dg.In(dg.Nothing)})(lambda x: 1)
    dg.op(name="a", ins={"z": dg.In(dg.Nothing)})(lambda: 1)


def test_ins_may_go_through_keywords() -> None:
    @dg.op(ins={"a": dg.In(int), "b": dg.In(int)})
    def sums(**values: int) -> int:
        return sum(values.values())

    assert run(lambda: sums(a=one(), b=one())).output_value() == 2


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"ins": {"x": int}}, "is an In"),
        ({"out": {"a": int}}, "is an Out"),
        ({"out": 5}, "out is a mapping"),
        ({"retry_policy": 3}, "RetryPolicy"),
    ],
)
def test_arguments_of_another_kind_are_refused(arguments: Any, message: str) -> None:
    with pytest.raises(dg.InvalidArgumentError, match=message):
        dg.op(name="a", **arguments)(lambda x: 1)


def test_tags_of_an_op_are_kept_as_text() -> None:
    assert dict(dg.op(name="a", tags={"n": 1, "m": {"k": [2]}})(lambda: 1).tags) == {
        "n": "1",
        "m": '{"k": [2]}',
    }
    with pytest.raises(dg.InvalidDefinitionError, match="JSON cannot keep"):
        dg.op(name="a", tags={"o": object()})(lambda: 1)
    with pytest.raises(dg.InvalidDefinitionError, match="JSON cannot keep"):
        dg.asset(name="a", op_tags={"o": object()})(lambda: 1)


# Inputs


def test_a_default_fills_an_input_that_nothing_is_wired_to() -> None:
    assert run(lambda: add(one())).output_value() == 8

    @dg.op(ins={"x": dg.In(default_value=5)})
    def given(x: int) -> int:
        return x

    assert run(lambda: given()).output_value() == 5


def test_run_config_fills_an_input_that_nothing_is_wired_to() -> None:
    config = {"ops": {"add": {"inputs": {"x": 4, "y": {"value": 2}}}}}
    assert run(lambda: add(), run_config=config).output_value() == 6
    with pytest.raises(dg.InvalidConfigError, match=r"ops\.add\.inputs\.x is missing"):
        run(lambda: add())


def test_a_loader_makes_the_value_of_its_type_out_of_run_config() -> None:
    @dg.dagster_type_loader({"n": int})
    def loader(context: Any, config: Any) -> list[int]:
        return [config["n"]] * 2

    twins = dg.DagsterType(lambda value: isinstance(value, list), name="twins", loader=loader)

    @dg.op(ins={"xs": dg.In(twins)})
    def total(xs: Any) -> int:
        return sum(xs)

    config = {"ops": {"total": {"inputs": {"xs": {"n": 4}}}}}
    assert run(lambda: total(), run_config=config).output_value() == 8


def test_an_input_that_config_cannot_say_must_be_wired() -> None:
    class Order: ...

    @dg.op(ins={"x": dg.In(Order)})
    def ship(x: Any) -> None: ...

    with pytest.raises(dg.InvalidDefinitionError, match="nothing fills the input 'x' of \"ship\""):
        dg.job(name="j")(lambda: ship())


def test_nothing_orders_and_passes_no_value() -> None:
    order: list[str] = []

    @dg.op
    def upstream() -> None:
        order.append("upstream")

    @dg.op(ins={"start": dg.In(dg.Nothing)})
    def downstream() -> None:
        order.append("downstream")

    def body() -> None:
        waiting = upstream.alias("last")(*())
        downstream(start=[waiting, upstream()])

    assert run(body).success
    assert order == ["upstream", "upstream", "downstream"]


def test_a_list_of_outputs_comes_as_a_list_in_that_order() -> None:
    @dg.op
    def seen(xs: list[int]) -> list[int]:
        return xs

    def body() -> Any:
        first, second = one(), add(one())
        return seen([second, first])

    assert run(body).output_value() == [8, 1]


def test_an_input_of_the_wrong_type_fails_its_consumer() -> None:
    @dg.op
    def text() -> Any:
        return "a"

    with pytest.raises(dg.TypeCheckDidNotPass):
        run(lambda: add(text()))
    result = run(lambda: add(text()), raise_on_error=False)
    assert result.get_failed_step_keys() == {"add"}


def test_dagster_type_wins_over_the_annotation() -> None:
    even = dg.DagsterType(lambda value: value % 2 == 0, name="even")

    @dg.op(out=dg.Out(even))
    def number() -> int:
        return 3

    with pytest.raises(dg.TypeCheckDidNotPass, match="even"):
        run(lambda: number())


# Outputs


def test_several_outputs_are_returned_as_a_tuple_or_yielded() -> None:
    @dg.op(out={"low": dg.Out(), "high": dg.Out()})
    def returned() -> tuple[int, str]:
        return 1, "a"

    @dg.op(out={"low": dg.Out(int), "high": dg.Out(str)})
    def yielded() -> Iterator[Any]:
        yield dg.Output("a", "high")
        yield dg.Output(1, "low")

    for made in (returned, yielded):
        result = run(lambda made=made: made())
        assert result.output_for_node(made.name, "low") == 1
        assert result.output_for_node(made.name, "high") == "a"


def test_each_element_of_the_annotated_tuple_is_the_type_of_an_output() -> None:
    @dg.op(out={"low": dg.Out(), "high": dg.Out()})
    def wrong() -> tuple[int, str]:
        return 1, 2  # type: ignore[return-value]

    with pytest.raises(dg.TypeCheckDidNotPass, match="high"):
        run(lambda: wrong())


@pytest.mark.parametrize("annotation", [int, tuple[int, int, int]])
def test_an_annotation_that_does_not_fit_several_outputs_is_refused(annotation: object) -> None:
    def body() -> Any: ...

    body.__annotations__["return"] = annotation
    with pytest.raises(dg.InvalidDefinitionError, match="2 outputs"):
        dg.op(out={"a": dg.Out(), "b": dg.Out()})(body)


def test_an_output_has_its_own_io_manager() -> None:
    kept: list[Any] = []

    class Keeps(dg.IOManager):
        def handle_output(self, context: dg.OutputContext, obj: Any) -> None:
            kept.append((context.name, context.step_key, obj, context.definition_metadata))

        def load_input(self, context: dg.InputContext) -> Any:
            return kept[-1][2]

    @dg.op(out={"kept": dg.Out(io_manager_key="keeper", metadata={"m": 1})})
    def made() -> int:
        return 5

    result = run(lambda: add(made()), resources={"keeper": Keeps()})
    assert result.output_for_node("add") == 12
    assert kept == [("kept", "made", 5, {"m": 1})]


def test_values_of_ops_need_not_be_pickled() -> None:
    @dg.op
    def function() -> Any:
        return lambda: 3

    @dg.op
    def called(f: Any) -> int:
        answer: int = f()
        return answer

    assert run(lambda: called(function())).output_value() == 3


def test_an_output_that_is_not_required_and_not_yielded_skips_what_needs_it() -> None:
    @dg.op(out={"a": dg.Out(is_required=False), "b": dg.Out(is_required=False)})
    def either() -> Iterator[Any]:
        yield dg.Output(1, "a")

    def body() -> None:
        parts = either()
        add.alias("on_a")(parts.a)
        add.alias("after_b")(add.alias("on_b")(parts.b))

    result = run(body)
    assert result.success
    assert result.is_node_success("on_a")
    assert [result.is_node_skipped(node) for node in ("on_b", "after_b")] == [True, True]
    assert {event.step_key for event in result.get_step_skipped_events()} == {"on_b", "after_b"}


def test_a_required_output_that_is_not_yielded_fails_the_step() -> None:
    @dg.op(out={"a": dg.Out(), "b": dg.Out()})
    def half() -> Iterator[Any]:
        yield dg.Output(1, "a")

    with pytest.raises(dg.StepOutputNotFoundError, match='"b"'):
        run(lambda: half())


def test_a_materialize_result_is_not_for_plain_ops() -> None:
    @dg.op
    def wrong() -> Any:
        return dg.MaterializeResult()

    with pytest.raises(dg.InvariantViolationError):
        run(lambda: wrong())


def test_an_op_may_record_assets_that_it_made() -> None:
    @dg.op
    def writes(context: dg.OpExecutionContext) -> Iterator[Any]:
        yield dg.AssetMaterialization("table", metadata={"rows": 3})
        context.log_event(dg.AssetObservation("source"))
        yield dg.Output(1)

    result = run(lambda: writes())
    (made,) = result.asset_materializations_for_node("writes")
    assert (made.asset_key, made.metadata["rows"].value) == (dg.AssetKey("table"), 3)
    assert [event.asset_key for event in result.asset_observations_for_node("writes")] == [
        dg.AssetKey("source")
    ]


def test_coroutines_are_awaited() -> None:
    @dg.op
    async def later() -> int:
        return 4

    assert run(lambda: later()).output_value() == 4


# Config and resources


class Size(dg.Config):
    rows: int = 2


def test_config_comes_as_the_parameter_config() -> None:
    @dg.op
    def sized(config: Size) -> int:
        return config.rows

    assert run(lambda: sized()).output_value() == 2
    assert run(lambda: sized(), run_config={"ops": {"sized": {"config": {"rows": 5}}}}).output_value() == 5
    assert run(lambda: sized(), run_config=dg.RunConfig(ops={"sized": Size(rows=6)})).output_value() == 6
    with pytest.raises(dg.InvalidConfigError, match="rws"):
        run(lambda: sized(), run_config={"ops": {"sized": {"config": {"rws": 5}}}})


def test_config_of_a_schema_is_at_the_context() -> None:
    @dg.op(config_schema={"rows": int})
    def sized(context: dg.OpExecutionContext) -> int:
        rows: int = context.op_config["rows"]
        return rows

    config = {"ops": {"sized": {"config": {"rows": 5}}}}
    assert run(lambda: sized(), run_config=config).output_value() == 5
    with pytest.raises(dg.InvalidConfigError):
        run(lambda: sized())


def test_an_op_can_be_configured_when_it_is_used() -> None:
    @dg.op(config_schema={"rows": int})
    def sized(context: dg.OpExecutionContext) -> int:
        rows: int = context.op_config["rows"]
        return rows

    assert run(lambda: sized.alias("five").configured({"rows": 5})()).output_for_node("five") == 5


def test_resources_are_asked_for_by_key_or_by_parameter() -> None:
    @dg.op(required_resource_keys={"unit"})
    def by_key(context: dg.OpExecutionContext) -> Any:
        return context.resources.unit

    @dg.op
    def by_parameter(unit: dg.ResourceParam[str]) -> str:
        return unit

    for asked in (by_key, by_parameter):
        assert run(lambda asked=asked: asked(), resources={"unit": "m"}).output_value() == "m"
        with pytest.raises(dg.InvalidDefinitionError, match='"unit"'):
            run(lambda asked=asked: asked())


def test_the_context_knows_the_step() -> None:
    seen: list[Any] = []

    @dg.op
    def looks(context: dg.OpExecutionContext) -> None:
        seen.append((context.op_def.name, context.job_name, context.run_tags["k"], context.has_partition_key))

    assert run(lambda: looks.alias("l")(), tags={"k": "v"}).success
    assert seen == [("looks", "j", "v", False)]


def test_an_input_that_names_an_asset_is_loaded_from_it() -> None:
    @dg.asset
    def orders() -> int:
        return 5

    @dg.op(ins={"x": dg.In(asset_key="orders")})
    def reads(x: int) -> int:
        return x + 1

    with dg.DagsterInstance.ephemeral() as instance:
        manager = dg.FilesystemIOManager(instance.storage_directory())
        dg.materialize([orders], instance=instance, resources={"io_manager": manager})
        result = run(lambda: reads(), instance=instance, resources={"io_manager": manager})
    assert result.output_value() == 6
