"""Sections 9, 11: resources that definitions bring along, and the ready-made IO managers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import dagx as dg


@dg.asset(required_resource_keys={"db"})
def orders(context: dg.AssetExecutionContext) -> Any:
    return context.resources.db


@dg.asset
def uses_source(source: str) -> str:
    return source


class Fixed(dg.IOManager):
    def __init__(self, value: object) -> None:
        self.value = value

    def handle_output(self, context: dg.OutputContext, obj: Any) -> None: ...

    def load_input(self, context: dg.InputContext) -> Any:
        return self.value


def test_definitions_bring_the_resources_that_they_require_and_no_others() -> None:
    (bound,) = dg.with_resources([orders], {"db": "here", "unused": 3})
    assert bound.resource_defs == {"db": "here"}
    assert dg.materialize([bound]).output_for_node("orders") == "here"
    dg.Definitions.validate_loadable(dg.Definitions([bound]))
    assert orders.resource_defs == {}


def test_source_assets_bring_their_io_manager() -> None:
    source = dg.SourceAsset("source", io_manager_key="m")
    assets = dg.with_resources([source, uses_source], {"m": Fixed("loaded")})
    assert isinstance(assets[0], dg.SourceAsset)
    assert dg.materialize(assets).output_for_node("uses_source") == "loaded"


def test_a_source_asset_may_have_its_io_manager_itself() -> None:
    source = dg.SourceAsset("source", io_manager_def=Fixed("own"))
    assert dg.materialize([source, uses_source]).output_for_node("uses_source") == "own"


def test_checks_bring_their_resources_too() -> None:
    @dg.asset_check(asset="orders", required_resource_keys={"db"})
    def fits(context: dg.AssetCheckExecutionContext) -> dg.AssetCheckResult:
        return dg.AssetCheckResult(passed=context.resources.db == "here")

    made = dg.with_resources([orders, fits], {"db": "here"})
    assert dg.materialize(made).get_asset_check_evaluations()[0].passed


def test_what_a_required_resource_requires_comes_along() -> None:
    @dg.resource(required_resource_keys={"url"})
    def db(context: dg.InitResourceContext) -> str:
        return f"db at {context.resources.url}"

    (bound,) = dg.with_resources([orders], {"db": db, "url": "x", "unused": 3})
    assert set(bound.resource_defs) == {"db", "url"}
    assert dg.materialize([bound]).output_for_node("orders") == "db at x"
    with pytest.raises(dg.DagsterInvalidDefinitionError, match='the resource "url" is not among those given'):
        dg.with_resources([orders], {"db": db})


@dg.resource(config_schema={"url": str})
def configured(context: dg.InitResourceContext) -> str:
    return str(context.resource_config["url"])


def test_resources_can_be_configured() -> None:
    (bound,) = dg.with_resources([orders], {"db": configured}, {"db": {"config": {"url": "x"}}})
    assert dg.materialize([bound]).output_for_node("orders") == "x"


def test_config_that_is_none_is_an_error() -> None:
    with pytest.raises(dg.DagsterInvariantViolationError, match='has no entry "config"'):
        dg.with_resources([orders], {"db": configured}, {"db": {"url": "x"}})
    with pytest.raises(dg.InvalidArgumentError, match='did you mean "db"'):
        dg.with_resources([orders], {"db": configured}, {"bd": {"config": {}}})
    with pytest.raises(dg.InvalidArgumentError, match="takes no config"):
        dg.with_resources([orders], {"db": "plain"}, {"db": {"config": {}}})


def test_a_required_resource_that_is_missing_is_an_error_with_file_and_line() -> None:
    other = dg.asset(name="other", required_resource_keys={"queue"})(lambda context: None)
    with pytest.raises(dg.DagsterInvalidDefinitionError) as caught:
        dg.with_resources([orders, other], {"bd": 1})
    text = str(caught.value)
    assert 'the resource "db" is not among those given (needed by "orders")' in text
    assert 'the resource "queue" is not among those given (needed by "other")' in text
    assert text.count("test_with_resources.py:") == 2
    assert 'did you mean "bd"?' in text


def test_another_object_under_a_name_that_is_bound_is_an_error_and_the_same_one_is_not() -> None:
    first = object()
    bound = dg.with_resources([orders], {"db": first})
    assert dg.with_resources(bound, {"db": first})[0].resource_defs == {"db": first}
    with pytest.raises(dg.DagsterInvalidInvocationError, match='another object as its resource "db"'):
        dg.with_resources(bound, {"db": object()})


@pytest.mark.parametrize("wrong", [dg.AssetSpec("a"), 3, "a"])
def test_what_brings_nothing_along_is_refused(wrong: Any) -> None:
    with pytest.raises(dg.InvalidArgumentError, match="brings no resources along"):
        dg.with_resources([wrong], {})


# fs_io_manager, mem_io_manager


@dg.asset
def upstream() -> list[int]:
    return [1]


@dg.asset
def downstream(upstream: list[int]) -> int:
    return len(upstream)


@pytest.mark.parametrize("manager", [dg.fs_io_manager, dg.mem_io_manager])
def test_the_ready_made_io_managers_are_definitions_that_store_and_load(
    manager: dg.IOManagerDefinition,
) -> None:
    assert isinstance(manager, dg.IOManagerDefinition)
    result = dg.materialize([upstream, downstream], resources={"io_manager": manager})
    assert result.output_for_node("downstream") == 1


def test_files_lie_in_the_folder_that_is_configured(tmp_path: Path) -> None:
    manager = dg.fs_io_manager.configured({"base_dir": str(tmp_path)})
    dg.materialize([upstream], resources={"io_manager": manager})
    assert (tmp_path / "upstream").is_file()
    other = tmp_path / "other"
    config = {"resources": {"io_manager": {"config": {"base_dir": str(other)}}}}
    dg.materialize([upstream], resources={"io_manager": dg.fs_io_manager}, run_config=config)
    assert (other / "upstream").is_file()


def test_the_folder_may_come_from_a_variable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VALUES", str(tmp_path))
    manager = dg.fs_io_manager.configured({"base_dir": {"env": "VALUES"}})
    dg.materialize([upstream], resources={"io_manager": manager})
    assert (tmp_path / "upstream").is_file()


def test_files_without_a_folder_lie_where_those_of_the_instance_do() -> None:
    instance = dg.DagsterInstance.ephemeral()
    dg.materialize([upstream], resources={"io_manager": dg.fs_io_manager}, instance=instance)
    assert (Path(instance.storage_directory()) / "upstream").is_file()
    assert dg.Definitions([upstream]).load_asset_value("upstream", instance=instance) == [1]


def test_other_config_is_refused() -> None:
    manager = dg.fs_io_manager.configured({"base_dri": "x"})
    with pytest.raises(dg.DagsterInvalidConfigError, match="did you mean"):
        dg.materialize([upstream], resources={"io_manager": manager})


def test_values_in_memory_do_not_outlive_the_run() -> None:
    instance = dg.DagsterInstance.ephemeral()
    resources = {"io_manager": dg.mem_io_manager}
    dg.materialize([upstream], resources=resources, instance=instance)
    with pytest.raises(dg.DagsterInvariantViolationError, match="not in memory"):
        dg.materialize([upstream, downstream], resources=resources, instance=instance, selection=[downstream])
