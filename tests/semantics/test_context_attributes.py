"""Section 8: every attribute of the context of a running step."""

from __future__ import annotations

from typing import Any

import pytest

import dagx as dg

UP = dg.AssetKey("up")


def ask(question: Any, **arguments: Any) -> Any:
    """What an asset `a`, which takes `up`, sees of its context."""
    seen: list[Any] = []

    @dg.asset(config_schema={"n": dg.Field(int, is_required=False)}, required_resource_keys={"r"})
    def a(context: dg.AssetExecutionContext, up: int) -> None:
        seen.append(question(context))

    up = dg.asset(name="up")(lambda: 1)
    dg.materialize([up, a], resources={"r": "the resource", "other": 1}, **arguments)
    return seen[0]


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        (lambda c: c.job_name, "__ephemeral_asset_job__"),
        (lambda c: c.retry_number, 0),
        (lambda c: c.resources.r, "the resource"),
        (lambda c: c.asset_key, dg.AssetKey("a")),
        (lambda c: c.assets_def.key, dg.AssetKey("a")),
        (lambda c: c.has_assets_def, True),
        (lambda c: c.selected_asset_keys, {dg.AssetKey("a")}),
        (lambda c: c.selected_output_names, {"result"}),
        (lambda c: c.selected_asset_check_keys, set()),
        (lambda c: c.is_subset, False),
        (lambda c: c.asset_key_for_output(), dg.AssetKey("a")),
        (lambda c: c.asset_key_for_input("up"), UP),
        (lambda c: c.output_for_asset_key(dg.AssetKey("a")), "result"),
        (lambda c: c.op_config, {}),
        (lambda c: c.op.name, "a"),
        (lambda c: c.op_def is c.op, True),
        (lambda c: c.has_partition_key, False),
        (lambda c: c.has_partition_key_range, False),
        (lambda c: c.run_id == c.run.run_id, True),
        (lambda c: c.run_tags == c.run.tags == {}, True),
        (lambda c: c.run.run_config == c.run_config, True),
        (lambda c: c.load_asset_value("up"), 1),
        (lambda c: c.load_asset_value(UP, python_type=int), 1),
        (lambda c: c.get_asset_provenance("a"), None),
        (lambda c: c.get_mapping_key(), None),
        (lambda c: c.instance.get_run_by_id(c.run_id).run_id == c.run_id, True),
        (lambda c: type(c), dg.AssetExecutionContext),
        (lambda c: isinstance(c, dg.OpExecutionContext), True),
    ],
)
def test_what_the_context_answers(question: Any, answer: object) -> None:
    assert ask(question) == answer


def test_the_config_of_the_step_and_of_the_run() -> None:
    run_config = {"ops": {"a": {"config": {"n": 3}}}}
    assert ask(lambda c: c.op_config, run_config=run_config) == {"n": 3}
    assert ask(lambda c: c.run_config["ops"]["a"], run_config=run_config) == {"config": {"n": 3}}
    assert ask(lambda c: c.run.run_config["ops"]["a"], run_config=run_config) == {"config": {"n": 3}}


def test_a_step_without_config_has_none() -> None:
    seen: list[Any] = []

    @dg.asset
    def a(context: dg.AssetExecutionContext) -> None:
        seen.append(context.op_config)

    dg.materialize([a])
    assert seen == [None]


def test_the_run_of_the_context_is_the_run_of_the_instance() -> None:
    seen: list[Any] = []

    @dg.asset
    def a(context: dg.AssetExecutionContext) -> None:
        seen.append(context.run)

    result = dg.materialize([a], tags={"t": "1"})
    assert seen[0].run_id == result.run_id
    assert seen[0].job_name == result.dagster_run.job_name
    assert seen[0].tags == result.dagster_run.tags == {"t": "1"}


@pytest.mark.parametrize(
    ("question", "error"),
    [
        (lambda c: c.resources.nonsense, dg.UnknownResourceError),
        (lambda c: c.resources.other, dg.UnknownResourceError),
        (lambda c: c.resources.nonsense, AttributeError),
        (lambda c: c.partition_key, dg.InvariantViolationError),
        (lambda c: c.asset_key_for_input("nonsense"), dg.InvariantViolationError),
        (lambda c: c.asset_key_for_output("nonsense"), dg.InvariantViolationError),
        (lambda c: c.output_for_asset_key("nonsense"), dg.InvariantViolationError),
        (lambda c: c.load_asset_value("up", python_type=str), dg.TypeCheckDidNotPass),
        (lambda c: c.load_asset_value("nonsense"), FileNotFoundError),
        (lambda c: c.asset_partition_keys_for_input("up"), dg.InvariantViolationError),
        (lambda c: c.nonsense, AttributeError),
        (lambda c: c.add_output_metadata({"x": 1}, "nonsense"), dg.InvariantViolationError),
        (lambda c: c.add_asset_metadata({"x": 1}, "nonsense"), dg.InvariantViolationError),
        (lambda c: c.add_asset_metadata({"x": 1}, partition_key="p"), dg.InvariantViolationError),
        (lambda c: c.set_data_version("nonsense", dg.DataVersion("1")), dg.InvariantViolationError),
        (lambda c: c.set_data_version("a", "1"), dg.InvalidArgumentError),
        (lambda c: c.log_event(dg.Output(1)), dg.InvalidArgumentError),
        (lambda c: c.add_output_metadata({"x": object()}), dg.InvalidMetadataError),
    ],
)
def test_what_the_context_refuses(question: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        ask(question)


def test_a_mistyped_attribute_is_answered_with_the_near_name() -> None:
    with pytest.raises(AttributeError, match="partition_key"):
        ask(lambda c: c.partition_kee)


def test_the_asset_key_of_several_is_an_error() -> None:
    @dg.multi_asset(specs=[dg.AssetSpec("x"), dg.AssetSpec("y")])
    def both(context: dg.AssetExecutionContext) -> None:
        _ = context.asset_key

    with pytest.raises(dg.InvariantViolationError, match="makes 2 assets"):
        dg.materialize([both])


def test_the_asset_key_is_that_of_the_one_that_this_run_makes() -> None:
    asked: list[dg.AssetKey] = []

    @dg.multi_asset(specs=[dg.AssetSpec("x"), dg.AssetSpec("y")], can_subset=True)
    def some(context: dg.AssetExecutionContext) -> Any:
        asked.append(context.asset_key)
        context.add_asset_metadata({"rows": 1})
        return dg.MaterializeResult(context.asset_key)

    result = dg.materialize([some], selection=["y"])
    (event,) = result.get_asset_materialization_events()
    assert asked == [event.asset_key] == [dg.AssetKey("y")]
    assert event.materialization.metadata["rows"] == dg.MetadataValue.int(1)
    with pytest.raises(dg.InvariantViolationError, match="makes 2 assets"):
        dg.materialize([some])


def test_metadata_for_one_of_several_outputs_is_added_by_name() -> None:
    @dg.multi_asset(outs={"x": dg.AssetOut(), "y": dg.AssetOut()})
    def both(context: dg.AssetExecutionContext) -> Any:
        with pytest.raises(dg.InvariantViolationError, match="several outputs"):
            context.add_output_metadata({"n": 1})
        with pytest.raises(dg.InvariantViolationError, match="makes 2 assets"):
            context.add_asset_metadata({"n": 1})
        context.add_output_metadata({"n": "x"}, output_name="x")
        context.add_asset_metadata({"n": "y"}, asset_key="y")
        return 1, 2

    events = dg.materialize_to_memory([both]).get_asset_materialization_events()
    assert [event.materialization.metadata["n"].value for event in events] == ["x", "y"]


def test_what_is_logged_by_the_context_are_events_of_the_step() -> None:
    @dg.asset
    def a(context: dg.AssetExecutionContext) -> None:
        context.log_event(dg.AssetMaterialization("m"))
        context.log_event(dg.AssetObservation("o"))

    result = dg.materialize([a])
    assert [e.asset_key for e in result.asset_materializations_for_node("a")] == [
        dg.AssetKey("m"),
        dg.AssetKey("a"),
    ]
    assert [e.asset_key for e in result.asset_observations_for_node("a")] == [dg.AssetKey("o")]


def test_provenance_is_that_of_the_latest_materialization() -> None:
    seen: list[Any] = []

    @dg.asset(code_version="1")
    def a(context: dg.AssetExecutionContext) -> None:
        seen.append(context.get_asset_provenance("a"))

    with dg.DagsterInstance.ephemeral() as instance:
        for _ in range(2):
            dg.materialize([a], instance=instance)
    assert seen[0] is None
    assert seen[1].code_version == "1"


def test_an_op_has_no_assets() -> None:
    seen: list[Any] = []

    @dg.op
    def plain(context: dg.OpExecutionContext) -> None:
        seen.append(context.has_assets_def)
        for question in ("assets_def", "asset_key", "selected_asset_keys"):
            with pytest.raises(dg.DagxError, match="no asset"):
                getattr(context, question)

    dg.job(name="j")(lambda: plain()).execute_in_process()
    assert seen == [False]


def test_a_check_has_a_context_of_its_own() -> None:
    seen: list[Any] = []

    @dg.asset_check(asset="up")
    def look(context: dg.AssetCheckExecutionContext) -> dg.AssetCheckResult:
        seen.append(type(context))
        seen.append([spec.name for spec in context.check_specs])
        seen.append(context.selected_asset_check_keys)
        return dg.AssetCheckResult(passed=True)

    dg.materialize([dg.asset(name="up")(lambda: 1), look])
    assert seen == [dg.AssetCheckExecutionContext, ["look"], {dg.AssetCheckKey(UP, "look")}]


def test_the_context_of_a_step_can_be_got_in_functions_that_it_calls() -> None:
    def helper() -> Any:
        return dg.AssetExecutionContext.get().asset_key.to_user_string()

    @dg.asset
    def a() -> Any:
        return helper()

    assert dg.materialize([a]).asset_value("a") == "a"


def test_run_config_is_what_was_given() -> None:
    seen: list[Any] = []

    class Settings(dg.Config):
        x: int
        y: int = 2

    @dg.asset
    def a(context: dg.AssetExecutionContext, config: Settings) -> None:
        seen.append((context.run_config, context.run.run_config, config.y))

    given = {"ops": {"a": {"config": {"x": 1}}}}
    dg.materialize([a], run_config=given)
    assert seen == [(given, given, 2)]
