"""Section 27: contexts built by hand for assets, ops, checks and IO managers."""

from __future__ import annotations

from typing import Any

import pytest

import dagx as dg

DAYS = dg.DailyPartitionsDefinition("2024-01-01")
BUILDERS = [dg.build_asset_context, dg.build_op_context, dg.build_asset_check_context]


@pytest.mark.parametrize("build", BUILDERS)
def test_the_run_is_ephemeral_and_has_an_instance_in_memory_unless_it_is_given_one(build: Any) -> None:
    context = build()
    assert (context.run_id, context.run.run_id, context.retry_number) == ("EPHEMERAL", "EPHEMERAL", 0)
    assert context.instance.is_ephemeral
    assert context.instance is context.instance
    instance = dg.DagsterInstance.ephemeral()
    assert build(instance=instance).instance is instance


def test_each_builder_makes_its_kind() -> None:
    asset, op, check = dg.build_asset_context(), dg.build_op_context(), dg.build_asset_check_context()
    assert isinstance(asset, dg.AssetExecutionContext)
    assert isinstance(op, dg.OpExecutionContext)
    assert isinstance(check, dg.AssetCheckExecutionContext)


@pytest.mark.parametrize("build", [dg.build_asset_context, dg.build_op_context])
def test_tags_of_the_run_are_told(build: Any) -> None:
    context = build(run_tags={"team": "data"})
    assert context.run_tags["team"] == "data"
    assert context.has_tag("team")
    assert not context.has_tag("other")


# Resources


@pytest.mark.parametrize("build", BUILDERS)
def test_resources_are_attributes_and_those_with_a_life_are_set_up(build: Any) -> None:
    @dg.resource
    def made(context: dg.InitResourceContext) -> str:
        return f"made for {context.run.run_id if context.run else None}"

    context = build(resources={"plain": 3, "made": made})
    assert (context.resources.plain, context.resources.made) == (3, "made for EPHEMERAL")
    with pytest.raises(AttributeError, match='did you mean "plain"'):
        context.resources.plian  # noqa: B018


class Url(dg.ConfigurableResource):  # type: ignore[type-arg, unused-ignore]
    url: str = "none"


@pytest.mark.parametrize("build", BUILDERS)
def test_resources_can_be_configured(build: Any) -> None:
    @dg.resource(config_schema={"url": str})
    def db(context: dg.InitResourceContext) -> str:
        return str(context.resource_config["url"])

    config = {"db": {"config": {"url": "x"}}, "other": {"config": {"url": "y"}}}
    context = build(resources={"db": db, "other": Url()}, resources_config=config)
    assert (context.resources.db, context.resources.other.url) == ("x", "y")
    with pytest.raises(dg.DagsterInvalidConfigError):
        build(resources={"db": db}, resources_config={"db": {"config": {"ulr": "x"}}})
    with pytest.raises(dg.DagsterInvalidConfigError):
        build(resources={"db": db}, resources_config={"bd": {"config": {}}})


@pytest.mark.parametrize("build", BUILDERS)
def test_resources_that_tear_down_need_a_with_block(build: Any) -> None:
    life: list[str] = []

    @dg.resource
    def db() -> Any:
        life.append("up")
        yield "open"
        life.append("down")

    context = build(resources={"db": db})
    with pytest.raises(dg.DagsterInvariantViolationError, match="the context is not entered"):
        context.resources.db  # noqa: B018
    with context:
        assert context.resources.db == "open"
        assert life == ["up"]
    assert life == ["up", "down"]
    with pytest.raises(dg.DagsterInvariantViolationError):
        context.resources.db  # noqa: B018


def test_a_direct_call_fills_resources_from_the_context_that_is_entered() -> None:
    @dg.resource
    def db() -> Any:
        yield "open"

    @dg.asset
    def reads(context: dg.AssetExecutionContext, db: dg.ResourceParam[str]) -> tuple[str, str]:
        return db, context.resources.db

    with dg.build_asset_context(resources={"db": db}) as context:
        assert reads(context) == ("open", "open")
    with pytest.raises(dg.DagsterInvariantViolationError, match="not entered"):
        reads(dg.build_asset_context(resources={"db": db}))


@pytest.mark.parametrize("build", BUILDERS)
def test_a_resource_that_cannot_be_set_up_says_so(build: Any) -> None:
    @dg.resource
    def broken() -> Any:
        raise ValueError("no")

    with pytest.raises(dg.DagsterResourceFunctionError, match="setting up"):
        build(resources={"db": broken})


# Config


class Settings(dg.Config):
    n: int
    text: str = "default"


@dg.asset
def configured(context: dg.AssetExecutionContext, config: Settings) -> tuple[int, str]:
    return config.n, config.text


def test_config_comes_from_the_context_or_as_an_argument() -> None:
    context = dg.build_asset_context(asset_config={"n": 3})
    assert context.op_config == {"n": 3}
    assert configured(context) == (3, "default")
    own = Settings(n=4, text="own")
    assert (
        configured(dg.build_asset_context(), config=own)
        == configured(dg.build_asset_context(), own)
        == (4, "own")
    )
    with pytest.raises(dg.DagsterInvalidInvocationError, match="takes config"):
        configured(dg.build_asset_context())
    with pytest.raises(dg.DagsterError):
        configured(dg.build_asset_context(asset_config={"m": 3}))


def test_config_of_an_op_has_two_names() -> None:
    @dg.op(config_schema={"n": int})
    def op(context: dg.OpExecutionContext) -> int:
        return int(context.op_config["n"])

    assert op(dg.build_op_context(op_config={"n": 3})) == 3
    assert op(dg.build_op_context(config={"n": 3})) == 3
    with pytest.raises(dg.InvalidArgumentError, match="not both"):
        dg.build_op_context(config={}, op_config={})


def test_a_mapping_key_is_told() -> None:
    assert dg.build_op_context(mapping_key="k").get_mapping_key() == "k"
    assert dg.build_op_context().get_mapping_key() is None


# Partitions


@dg.asset(partitions_def=DAYS)
def daily(context: dg.AssetExecutionContext) -> Any:
    return list(context.partition_keys), context.partition_time_window


@pytest.mark.parametrize("build", [dg.build_asset_context, dg.build_op_context])
def test_the_partition_is_that_of_the_context(build: Any) -> None:
    context = build(partition_key="2024-01-02")
    assert (context.partition_key, context.has_partition_key) == ("2024-01-02", True)
    keys, window = daily(context)
    assert keys == ["2024-01-02"]
    assert (window.start.day, window.end.day) == (2, 3)


@pytest.mark.parametrize("build", [dg.build_asset_context, dg.build_op_context])
def test_a_range_of_partitions_is_all_of_them(build: Any) -> None:
    context = build(partition_key_range=dg.PartitionKeyRange("2024-01-02", "2024-01-04"))
    assert context.partition_key_range == dg.PartitionKeyRange("2024-01-02", "2024-01-04")
    keys, window = daily(context)
    assert keys == ["2024-01-02", "2024-01-03", "2024-01-04"]
    assert (window.start.day, window.end.day) == (2, 5)
    with pytest.raises(dg.InvalidArgumentError, match="not both"):
        build(partition_key="a", partition_key_range=dg.PartitionKeyRange("a", "b"))


# What was recorded


def test_what_a_direct_call_recorded_can_be_read_from_the_context() -> None:
    @dg.asset
    def records(context: dg.AssetExecutionContext) -> None:
        context.add_output_metadata({"rows": 3})
        context.log_event(dg.AssetObservation("other", metadata={"x": 1}))

    context = dg.build_asset_context()
    records(context)
    assert context.get_output_metadata("result") == {"rows": 3}
    (event,) = context.consume_events()
    assert isinstance(event, dg.AssetObservation)
    assert event.asset_key == dg.AssetKey("other")
    assert context.consume_events() == []


def test_an_op_context_keeps_its_events() -> None:
    @dg.op
    def records(context: dg.OpExecutionContext) -> None:
        context.log_event(dg.AssetMaterialization("a"))

    context = dg.build_op_context()
    records(context)
    assert len(context.get_events()) == len(context.get_events()) == 1
    assert len(context.consume_events()) == 1
    assert context.get_events() == []


@pytest.mark.parametrize("build", [dg.build_asset_context, dg.build_asset_check_context])
def test_a_context_of_an_asset_or_a_check_gives_its_events_once(build: Any) -> None:
    context = build()
    assert context.consume_events() == []
    with pytest.raises(AttributeError, match="get_events"):
        context.get_events()


def test_one_context_serves_several_calls_and_is_bound_to_each_meanwhile() -> None:
    @dg.asset
    def one(context: dg.AssetExecutionContext) -> dg.AssetKey:
        return context.asset_key

    @dg.asset
    def two(context: dg.AssetExecutionContext) -> dg.AssetKey:
        return context.asset_key

    context = dg.build_asset_context()
    assert (one(context), two(context)) == (dg.AssetKey("one"), dg.AssetKey("two"))
    with pytest.raises(dg.DagsterInvalidInvocationError):
        context.asset_key  # noqa: B018


def test_a_check_is_called_with_its_context() -> None:
    @dg.asset_check(asset="orders")
    def fits(context: dg.AssetCheckExecutionContext, orders: int) -> dg.AssetCheckResult:
        return dg.AssetCheckResult(passed=orders > context.resources.least)

    context = dg.build_asset_check_context(resources={"least": 2})
    assert fits(context, 3).passed
    assert not fits(context, orders=1).passed


# Assets that have several outputs, generators, results


def test_a_result_is_returned_as_it_is_and_a_generator_as_a_generator() -> None:
    @dg.asset
    def result() -> dg.MaterializeResult[None]:
        return dg.MaterializeResult(metadata={"x": 1})

    @dg.multi_asset(outs={"a": dg.AssetOut(), "b": dg.AssetOut()})
    def several() -> Any:
        yield dg.Output(1, "a")
        yield dg.Output(2, "b")

    assert result() == dg.MaterializeResult(metadata={"x": 1})
    made = several()
    assert next(made).value == 1
    assert [output.output_name for output in made] == ["b"]


def test_an_asset_made_by_a_graph_is_not_called_directly() -> None:
    @dg.op
    def one() -> int:
        return 1

    @dg.graph_asset
    def of_graph() -> Any:
        return one()

    with pytest.raises(dg.DagsterInvalidInvocationError, match="materialize"):
        of_graph()


# IO managers


def test_an_output_context_has_its_defaults() -> None:
    context = dg.build_output_context()
    assert (context.name, context.step_key, context.run_id) == ("result", "none", "EPHEMERAL")
    assert context.get_identifier() == ["EPHEMERAL", "none", "result"]
    assert not context.has_asset_key
    assert not context.has_partition_key


def test_an_output_context_tells_what_it_was_given() -> None:
    context = dg.build_output_context(
        step_key="s",
        name="n",
        definition_metadata={"a": 1},
        run_id="r",
        mapping_key="k",
        config={"c": 1},
        dagster_type=int,
        version="v",
        resource_config={"rc": 1},
        resources={"db": "here"},
        asset_key=["p", "q"],
        partition_key="2024-01-02",
        asset_partitions_def=DAYS,
        output_metadata={"rows": 3},
        job_name="j",
    )
    assert context.get_identifier() == ["r", "s", "n", "k"]
    assert (context.definition_metadata, context.metadata) == ({"a": 1}, {"a": 1})
    assert (context.config, context.resource_config, context.version) == ({"c": 1}, {"rc": 1}, "v")
    assert (context.resources.db, context.job_name) == ("here", "j")
    assert context.output_metadata == {"rows": dg.MetadataValue.int(3)}
    assert context.asset_key == dg.AssetKey(["p", "q"])
    assert context.get_asset_identifier() == ["p", "q", "2024-01-02"]
    assert (context.partition_key, context.asset_partition_key) == ("2024-01-02", "2024-01-02")
    assert context.asset_partitions_time_window.start.day == 2
    context.add_output_metadata({"more": 1})
    assert context.get_logged_metadata() == {"more": dg.MetadataValue.int(1)}


def test_an_input_context_tells_what_it_was_given() -> None:
    above = dg.build_output_context(asset_key="above", step_key="s")
    context = dg.build_input_context(
        name="n", metadata={"a": 1}, upstream_output=above, config={"c": 1}, resources={"db": "here"}
    )
    assert (context.name, context.definition_metadata, context.config) == ("n", {"a": 1}, {"c": 1})
    assert (context.asset_key, context.resources.db) == (dg.AssetKey("above"), "here")
    assert context.upstream_output is above
    assert context.get_identifier() == ["EPHEMERAL", "s", "result"]
    context.add_input_metadata({"rows": 1})
    assert context.added_metadata() == {"rows": dg.MetadataValue.int(1)}


def test_an_input_context_of_a_range_has_all_its_partitions() -> None:
    context = dg.build_input_context(
        asset_key="a",
        asset_partition_key_range=dg.PartitionKeyRange("2024-01-02", "2024-01-04"),
        asset_partitions_def=DAYS,
    )
    assert list(context.asset_partition_keys) == ["2024-01-02", "2024-01-03", "2024-01-04"]
    assert context.has_asset_partitions
    with pytest.raises(dg.InvalidArgumentError, match="not both"):
        dg.build_input_context(partition_key="a", asset_partition_key_range=dg.PartitionKeyRange("a", "b"))


def test_an_io_manager_is_tested_with_them(tmp_path: Any) -> None:
    manager = dg.FilesystemIOManager(str(tmp_path))
    output = dg.build_output_context(asset_key="a", partition_key="p")
    manager.handle_output(output, [1])
    assert (tmp_path / "a" / "p").is_file()
    wanted = dg.build_input_context(asset_key="a", partition_key="p", upstream_output=output)
    assert manager.load_input(wanted) == [1]


def test_a_context_without_what_is_asked_for_says_what_to_give() -> None:
    context = dg.build_input_context()
    with pytest.raises(dg.DagsterError, match="instance"):
        context.instance  # noqa: B018
    with pytest.raises(dg.DagsterInvariantViolationError, match="has_asset_key"):
        context.asset_key  # noqa: B018
    with pytest.raises(dg.DagsterInvariantViolationError, match="has no upstream output"):
        context.get_identifier()
