"""Section 24: graphs of ops; section 10: the config of graphs in graphs."""

from __future__ import annotations

from typing import Any

import pytest

import dagx as dg


@dg.op
def one() -> int:
    return 1


@dg.op
def add(x: int, y: int = 7) -> int:
    return x + y


@dg.op(config_schema={"rows": int})
def sized(context: dg.OpExecutionContext) -> int:
    rows: int = context.op_config["rows"]
    return rows


@dg.graph
def next_number(x: int) -> Any:
    """The number after x."""
    return add(x, one())


@dg.graph
def sizes() -> Any:
    return add(sized(), sized.alias("other")())


def test_a_graph_is_named_after_its_function_and_described_by_its_docstring() -> None:
    assert isinstance(next_number, dg.GraphDefinition)
    assert (next_number.name, next_number.description) == ("next_number", "The number after x.")
    named = dg.graph(name="other", description="Else.", tags={"a": "b"})(lambda: None)
    assert (named.name, named.description, named.tags) == ("other", "Else.", {"a": "b"})
    assert [definition.name for definition in next_number.node_defs] == ["one", "add"]


def test_a_graph_runs_by_itself_and_as_a_job() -> None:
    result = next_number.execute_in_process(input_values={"x": 4})
    assert result.output_value() == 5
    assert result.output_for_node("one") == 1
    job = next_number.to_job(name="counting", input_values={"x": 5}, tags={"a": "b"})
    assert (job.name, job.graph, job.tags) == ("counting", next_number, {"a": "b"})
    assert job.execute_in_process().output_value() == 6
    assert next_number.to_job().name == "next_number"


def test_the_steps_of_a_nested_graph_are_named_by_their_path() -> None:
    @dg.job
    def counting() -> Any:
        return next_number(next_number.alias("first")(one()))

    result = counting.execute_in_process()
    assert result.output_value() == 3
    assert result.output_for_node("first.add") == 2
    assert result.output_for_node("first") == 2
    assert result.output_for_node("next_number") == 3
    assert {event.step_key for event in result.get_step_success_events()} == {
        "one",
        "first.one",
        "first.add",
        "next_number.one",
        "next_number.add",
    }


def test_a_graph_has_outputs_by_name() -> None:
    @dg.graph(out={"low": dg.GraphOut("the lower"), "high": dg.GraphOut()})
    def both() -> Any:
        low = one()
        return {"high": add(low), "low": low}

    @dg.job
    def j() -> Any:
        parts = both()
        return add(parts.low, parts.high)

    result = j.execute_in_process()
    assert result.output_value() == 9
    assert (result.output_for_node("both", "low"), result.output_for_node("both", "high")) == (1, 8)
    with pytest.raises(dg.InvariantViolationError, match='no output "mid"'):
        result.output_for_node("both", "mid")
    assert both.outputs["low"].description == "the lower"


def test_a_graph_that_is_called_outside_of_a_graph_says_so() -> None:
    with pytest.raises(dg.InvalidInvocationError, match="execute_in_process"):
        next_number(5)
    with pytest.raises(dg.InvalidInvocationError, match="outside the body of a graph"):
        one.alias("x")()


@pytest.mark.parametrize("parameter", ["context", "config", "class_"])
def test_a_parameter_is_an_input_and_follows_the_rules_of_names(parameter: str) -> None:
    namespace: dict[str, Any] = {"add": add}
    exec(f"def g({parameter}): return add({parameter})", namespace)
    if parameter == "class_":
        assert [found.name for found in dg.graph(namespace["g"]).inputs] == ["class_"]
    else:
        with pytest.raises(dg.InvalidDefinitionError, match="reserved"):
            dg.graph(namespace["g"])


def test_a_graph_takes_no_starred_parameters() -> None:
    with pytest.raises(dg.InvalidDefinitionError, match="name each input"):
        dg.graph(name="g")(lambda *values: None)


def test_ins_describe_inputs_that_are_there() -> None:
    made = dg.graph(name="g", ins={"x": dg.GraphIn("a number")})(lambda x: add(x))
    assert made.inputs[0].description == "a number"
    with pytest.raises(dg.InvalidDefinitionError, match="ins names 'z'"):
        dg.graph(name="g", ins={"z": dg.GraphIn()})(lambda x: add(x))


# Config


def test_config_of_a_nested_graph_is_nested() -> None:
    @dg.job
    def j() -> Any:
        return sizes()

    config = {"ops": {"sizes": {"ops": {"sized": {"config": {"rows": 2}}, "other": {"config": {"rows": 3}}}}}}
    assert j.execute_in_process(run_config=config).output_value() == 5
    with pytest.raises(dg.InvalidConfigError, match=r"ops\.sizes\.ops\.other"):
        j.execute_in_process(run_config={"ops": {"sizes": {"ops": {"sized": {"config": {"rows": 2}}}}}})
    with pytest.raises(dg.InvalidConfigError, match=r"ops\.sizes\.ops\.siized"):
        j.execute_in_process(run_config={"ops": {"sizes": {"ops": {"siized": {"config": {"rows": 2}}}}}})


def mapped(config: Any) -> dg.GraphDefinition:
    return dg.graph(name="sizes", config=config)(lambda: add(sized(), sized.alias("other")()))


def test_a_graph_may_be_given_the_config_of_its_ops() -> None:
    fixed = mapped({"sized": {"config": {"rows": 2}}, "other": {"config": {"rows": 3}}})

    @dg.job
    def j() -> Any:
        return fixed()

    assert j.execute_in_process().output_value() == 5
    assert fixed.execute_in_process().output_value() == 5


def test_a_graph_may_make_the_config_of_its_ops_of_simpler_config() -> None:
    @dg.config_mapping(config_schema={"all": int})
    def same(config: Any) -> Any:
        return {name: {"config": {"rows": config["all"]}} for name in ("sized", "other")}

    simple = mapped(same)

    @dg.job
    def j() -> Any:
        return simple()

    assert j.execute_in_process(run_config={"ops": {"sizes": {"config": {"all": 4}}}}).output_value() == 8
    assert simple.execute_in_process(run_config={"ops": {"config": {"all": 4}}}).output_value() == 8
    with pytest.raises(dg.InvalidConfigError):
        j.execute_in_process()
    with pytest.raises(dg.InvalidConfigError, match="takes config as a whole"):
        simple.execute_in_process(run_config={"ops": {"sized": {}}})
    given = simple.configured({"all": 5}, name="fives")
    assert given.name == "fives"
    assert given.execute_in_process().output_value() == 10


def test_a_graph_can_be_configured_when_it_is_used() -> None:
    @dg.config_mapping(config_schema={"all": int})
    def same(config: Any) -> Any:
        return {name: {"config": {"rows": config["all"]}} for name in ("sized", "other")}

    simple = mapped(same)

    @dg.job
    def j() -> Any:
        return simple.alias("threes").configured({"all": 3})()

    assert j.execute_in_process().output_value() == 6


# Written by names


def test_a_graph_can_be_written_by_the_names_of_its_nodes() -> None:
    written = dg.GraphDefinition(
        "written",
        node_defs=[add, one],
        dependencies={
            dg.NodeInvocation("add", alias="sum"): {
                "x": dg.DependencyDefinition("one"),
                "y": dg.DependencyDefinition("one"),
            }
        },
        output_mappings=[dg.OutputMapping("result", "sum")],
    )
    assert written.execute_in_process().output_value() == 2


def test_a_graph_written_by_names_takes_and_gives() -> None:
    @dg.op
    def total(xs: list[int]) -> int:
        return sum(xs)

    written = dg.GraphDefinition(
        "written",
        node_defs=[one, total, add],
        dependencies={
            "total": {
                "xs": dg.MultiDependencyDefinition(
                    [dg.DependencyDefinition("one"), dg.DependencyDefinition("add")]
                )
            }
        },
        input_mappings=[dg.InputMapping("start", "add", "x")],
        output_mappings=[dg.OutputMapping("sum", "total")],
    )
    assert written.execute_in_process(input_values={"start": 2}).output_value("sum") == 10

    @dg.job
    def j() -> Any:
        return add(written(one()))

    assert j.execute_in_process().output_value() == 1 + 8 + 7
