"""Section 28: assets made elsewhere, and functions that look at them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import dagx as dg

ABC = dg.StaticPartitionsDefinition(["a", "b", "c"])


class Constant(dg.IOManager):
    """Loads one value, whatever is asked for."""

    def __init__(self, value: object) -> None:
        self.value = value

    def handle_output(self, context: dg.OutputContext, obj: object) -> None: ...

    def load_input(self, context: dg.InputContext) -> object:
        return self.value


def observations(result: dg.ExecuteInProcessResult) -> list[dg.AssetObservation]:
    return [event.asset_observation for event in result.get_asset_observation_events()]


# External assets


def test_an_external_asset_that_is_an_argument_is_loaded_by_the_default_manager_or_the_one_it_names() -> None:
    down = dg.asset(name="down")(lambda source: source)
    resources = {"io_manager": Constant("default"), "mine": Constant("mine")}
    plain = dg.AssetSpec("source")
    assert dg.materialize([plain, down], resources=resources).asset_value("down") == "default"
    named = plain.with_io_manager_key("mine")
    assert dg.materialize([named, down], resources=resources).asset_value("down") == "mine"


def test_an_external_asset_runs_nothing_and_records_nothing() -> None:
    result = dg.materialize([dg.AssetSpec("source"), dg.asset(name="down", deps=["source"])(lambda: 1)])
    assert [event.asset_key for event in result.get_asset_materialization_events()] == [dg.AssetKey("down")]


def test_an_external_asset_that_needs_another_keeps_its_place_in_the_lineage() -> None:
    graph = dg.Definitions(assets=[dg.AssetSpec("b", deps=["a"]), dg.AssetSpec("a")]).resolve_asset_graph()
    assert graph.get(dg.AssetKey("b")).parent_keys == {dg.AssetKey("a")}
    assert not graph.get(dg.AssetKey("b")).is_executable


def test_events_of_external_assets_are_reported_to_the_instance() -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        instance.report_runless_asset_event(dg.AssetMaterialization("source", metadata={"n": 1}))
        latest = instance.get_latest_materialization_event(dg.AssetKey("source"))
        assert latest is not None


def test_a_dependency_that_is_defined_nowhere_is_external_and_an_argument_is_an_error() -> None:
    assert dg.materialize([dg.asset(name="down", deps=["nowhere"])(lambda: 1)]).success
    with pytest.raises(dg.InvalidDefinitionError, match='asset "nowhere" is not defined'):
        dg.materialize([dg.asset(name="down")(lambda nowhere: 1)])


def test_a_source_asset_is_an_external_asset_in_the_older_form() -> None:
    source = dg.SourceAsset(
        "source",
        metadata={"m": 1},
        io_manager_key="mine",
        description="d",
        group_name="g",
        partitions_def=ABC,
    )
    assert isinstance(source, dg.AssetSpec)
    assert (source.key, source.metadata, source.description) == (dg.AssetKey("source"), {"m": 1}, "d")
    assert (source.group_name, source.partitions_def, source.io_manager_key) == ("g", ABC, "mine")
    down = dg.asset(name="down", partitions_def=ABC)(lambda source: source)
    result = dg.materialize([source, down], resources={"mine": Constant(3)}, partition_key="a")
    assert result.asset_value("down") == 3


def test_a_source_asset_may_bring_its_io_manager_along() -> None:
    source = dg.SourceAsset("source", io_manager_def=Constant(4))
    assert dg.materialize([source, dg.asset(name="down")(lambda source: source)]).asset_value("down") == 4
    with pytest.raises(dg.InvalidArgumentError, match="io_manager_key and io_manager_def"):
        dg.SourceAsset("source", io_manager_def=Constant(4), io_manager_key="x")


def test_an_observe_fn_is_refused_with_the_way_out() -> None:
    with pytest.raises(dg.InvalidDefinitionError, match="observable_source_asset"):
        dg.SourceAsset("source", observe_fn=lambda: dg.DataVersion("1"))


def test_a_definition_gives_its_assets_as_ones_made_elsewhere() -> None:
    made = dg.asset(name="made", deps=["up"], io_manager_key="mine")(lambda: 1)
    source = made.to_source_asset()
    assert (source.key, source.deps, source.io_manager_key) == (dg.AssetKey("made"), [], "mine")
    assert made.to_source_assets() == [source]
    both = dg.multi_asset(specs=[dg.AssetSpec("a"), dg.AssetSpec("b")], name="both")(lambda: None)
    assert [spec.key.to_user_string() for spec in both.to_source_assets()] == ["a", "b"]
    assert both.to_source_asset(dg.AssetKey("b")).key == dg.AssetKey("b")


# Observations


@dg.observable_source_asset(key_prefix="raw", group_name="g", tags={"t": "1"}, metadata={"m": 1})
def feed() -> dg.DataVersion:
    """A feed."""
    return dg.DataVersion("v7")


FEED = dg.AssetKey(["raw", "feed"])


def observe(definition: dg.AssetsDefinition, **arguments: Any) -> dg.ExecuteInProcessResult:
    selection = dg.AssetSelection.assets(*definition.keys)
    return dg.materialize([definition], selection=selection, **arguments)


def test_an_observation_has_what_an_asset_has() -> None:
    spec = feed.get_asset_spec()
    assert (spec.key, spec.group_name, spec.description) == (FEED, "g", "A feed.")
    assert (spec.tags, spec.metadata) == ({"t": "1"}, {"m": 1})


def test_an_observation_runs_only_when_it_is_asked_for() -> None:
    for selection in (None, dg.AssetSelection.all()):
        result = dg.materialize([feed], selection=selection)
        assert result.success
        assert observations(result) == []
        assert result.get_step_success_events() == []
    everything = dg.AssetSelection.all(include_sources=True)
    assert [one.asset_key for one in observations(dg.materialize([feed], selection=everything))] == [FEED]
    defs = dg.Definitions([feed], jobs=[dg.define_asset_job("look", selection=[FEED])])
    observed = defs.resolve_job_def("look").execute_in_process()
    assert [one.asset_key for one in observations(observed)] == [FEED]


def test_the_data_version_that_is_returned_is_observed_as_given_by_the_user() -> None:
    (seen,) = observations(observe(feed))
    assert seen.asset_key == FEED
    assert seen.tags["dagster/data_version"] == "v7"
    assert seen.tags["dagster/data_version_is_user_provided"] == "true"
    assert seen.data_version == "v7"


def test_an_observe_result_carries_metadata_tags_and_a_version() -> None:
    @dg.observable_source_asset
    def seen() -> dg.ObserveResult:
        return dg.ObserveResult(metadata={"n": 3}, tags={"t": "x"}, data_version=dg.DataVersion("1"))

    (found,) = observations(observe(seen))
    assert found.metadata["n"].value == 3
    assert found.tags["t"] == "x"
    assert found.data_version == "1"


def test_an_observation_without_version_has_no_version_tags() -> None:
    seen = dg.observable_source_asset(name="seen")(lambda: dg.ObserveResult())
    (found,) = observations(observe(seen))
    assert dict(found.tags) == {}


def test_versions_by_partition_are_observed_each() -> None:
    @dg.observable_source_asset(partitions_def=ABC)
    def seen() -> dg.DataVersionsByPartition:
        return dg.DataVersionsByPartition({"a": "1", "c": dg.DataVersion("3")})

    found = observations(observe(seen))
    assert [(one.partition, one.data_version) for one in found] == [("a", "1"), ("c", "3")]


@pytest.mark.parametrize("answer", [1, None, "v", dg.Output(1)])
def test_an_observation_answers_with_a_version_or_a_result(answer: object) -> None:
    with pytest.raises(dg.InvariantViolationError, match="observes"):
        observe(dg.observable_source_asset(name="seen")(lambda: answer))


def test_an_observation_materializes_nothing_and_calls_no_io_manager() -> None:
    result = observe(feed)
    kinds = {event.event_type_value for event in result.all_events}
    assert "ASSET_OBSERVATION" in kinds
    assert not kinds & {"ASSET_MATERIALIZATION", "HANDLED_OUTPUT", "ASSET_MATERIALIZATION_PLANNED"}


def test_an_observation_takes_a_context_and_resources_and_no_inputs() -> None:
    @dg.observable_source_asset(required_resource_keys={"r"})
    def seen(context: dg.AssetExecutionContext) -> dg.DataVersion:
        return dg.DataVersion(context.resources.r)

    assert observations(observe(seen, resources={"r": "from r"}))[0].data_version == "from r"
    with pytest.raises(dg.InvalidDefinitionError, match="takes 'up'"):
        dg.observable_source_asset(name="seen")(lambda up: dg.DataVersion("1"))


def test_what_needs_an_observed_asset_loads_it_as_an_external_one() -> None:
    down = dg.asset(name="down", ins={"x": dg.AssetIn(["raw", "feed"])})(lambda x: x)
    result = dg.materialize([feed, down], resources={"io_manager": Constant(9)})
    assert result.asset_value("down") == 9


def test_an_observation_and_what_needs_it_run_together_when_both_are_asked_for() -> None:
    down = dg.asset(name="down", deps=[feed])(lambda: 1)
    result = dg.materialize([feed, down], selection=["raw/feed", "down"])
    assert [event.step_key for event in result.get_step_success_events()] == ["raw__feed", "down"]


def test_an_observation_can_be_called_like_its_function() -> None:
    assert feed() == dg.DataVersion("v7")


# Several


@dg.multi_observable_source_asset(specs=[dg.AssetSpec("x"), dg.AssetSpec("y")], can_subset=True)
def feeds(context: dg.AssetExecutionContext) -> Iterator[dg.ObserveResult]:
    for key in sorted(context.selected_asset_keys):
        yield dg.ObserveResult(asset_key=key, data_version=dg.DataVersion(key.to_user_string()))


def test_several_observations_of_one_function_are_yielded_by_key() -> None:
    assert [one.data_version for one in observations(observe(feeds))] == ["x", "y"]


def test_several_observations_may_be_asked_for_in_part() -> None:
    found = observations(dg.materialize([feeds], selection=["y"]))
    assert [one.asset_key for one in found] == [dg.AssetKey("y")]


def test_several_observations_may_be_returned_as_a_tuple() -> None:
    results = (dg.ObserveResult(asset_key="x"), dg.ObserveResult(asset_key="y"))
    made = dg.multi_observable_source_asset(specs=[dg.AssetSpec("x"), dg.AssetSpec("y")], name="s")(
        lambda: results
    )
    assert len(observations(observe(made))) == 2


def test_an_observation_that_does_not_come_is_an_error_and_never_a_materialization() -> None:
    specs = [dg.AssetSpec("x"), dg.AssetSpec("y")]

    @dg.multi_observable_source_asset(specs=specs)
    def half() -> Iterator[dg.ObserveResult]:
        yield dg.ObserveResult(asset_key="x")

    with pytest.raises(dg.StepOutputNotFoundError, match='observation "y"'):
        observe(half)
    result = observe(half, raise_on_error=False)
    assert result.get_asset_materialization_events() == []


def test_what_is_only_observed_depends_on_nothing_and_there_must_be_something() -> None:
    with pytest.raises(dg.InvalidDefinitionError, match="has deps"):
        dg.multi_observable_source_asset(specs=[dg.AssetSpec("x", deps=["y"])], name="s")(lambda: None)
    with pytest.raises(dg.DagxError, match="observes nothing"):
        dg.multi_observable_source_asset(specs=[], name="s")(lambda: None)


def test_the_name_group_and_partitions_of_several_hold_for_all_that_have_none() -> None:
    specs = [dg.AssetSpec("x", group_name="own"), dg.AssetSpec("y")]
    made = dg.multi_observable_source_asset(specs=specs, name="s", group_name="g", partitions_def=ABC)(
        lambda: None
    )
    assert made.group_names_by_key == {dg.AssetKey("x"): "own", dg.AssetKey("y"): "g"}
    assert made.partitions_def == ABC


def test_bare_it_says_how_it_is_written() -> None:
    with pytest.raises(dg.InvalidDefinitionError, match="specs="):

        @dg.multi_observable_source_asset  # type: ignore[arg-type]
        def seen() -> None: ...
