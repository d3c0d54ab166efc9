"""Section 25: values of assets, loaded outside of runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import dagx as dg

days = dg.StaticPartitionsDefinition(["mon", "tue"])


@dg.asset
def orders() -> list[int]:
    return [1, 2]


@dg.asset(partitions_def=days)
def daily(context: dg.AssetExecutionContext) -> str:
    return context.partition_key * 2


class Recording(dg.IOManager):
    """Knows one value, and keeps the contexts that it was asked with."""

    def __init__(self) -> None:
        self.asked: list[dg.InputContext] = []

    def handle_output(self, context: dg.OutputContext, obj: Any) -> None: ...

    def load_input(self, context: dg.InputContext) -> Any:
        self.asked.append(context)
        return "loaded"


@pytest.fixture
def instance() -> dg.DagsterInstance:
    made = dg.DagsterInstance.ephemeral()
    dg.materialize([orders], instance=made)
    for key in ("mon", "tue"):
        dg.materialize([daily], instance=made, partition_key=key)
    return made


def test_the_value_that_a_run_stored_is_loaded_from_its_instance(instance: dg.DagsterInstance) -> None:
    assert dg.Definitions([orders]).load_asset_value("orders", instance=instance) == [1, 2]
    assert dg.Definitions([orders]).load_asset_value(dg.AssetKey("orders"), instance=instance) == [1, 2]


def test_a_partition_is_loaded_by_its_key_and_all_without_one(instance: dg.DagsterInstance) -> None:
    defs = dg.Definitions([daily])
    assert defs.load_asset_value("daily", instance=instance, partition_key="mon") == "monmon"
    assert defs.load_asset_value("daily", instance=instance) == {"mon": "monmon", "tue": "tuetue"}
    with pytest.raises(dg.DagsterUnknownPartitionError):
        defs.load_asset_value("daily", instance=instance, partition_key="son")


def test_a_dynamic_partition_is_known_from_the_instance(instance: dg.DagsterInstance) -> None:
    customers = dg.DynamicPartitionsDefinition(name="customers")
    of_each = dg.asset(name="of_each", partitions_def=customers)(lambda: 3)
    instance.add_dynamic_partitions("customers", ["ann"])
    dg.materialize([of_each], instance=instance, partition_key="ann")
    defs = dg.Definitions([of_each])
    assert defs.load_asset_value("of_each", instance=instance, partition_key="ann") == 3
    with pytest.raises(dg.DagsterUnknownPartitionError):
        defs.load_asset_value("of_each", instance=instance, partition_key="bob")


def test_what_is_not_there_is_an_error(instance: dg.DagsterInstance) -> None:
    defs = dg.Definitions([orders])
    with pytest.raises(dg.DagsterError, match='did you mean "orders"'):
        defs.load_asset_value("ordrs", instance=instance)
    with pytest.raises(dg.DagsterError, match="has no partitions"):
        defs.load_asset_value("orders", instance=instance, partition_key="mon")
    with pytest.raises(FileNotFoundError):
        defs.load_asset_value("orders", instance=dg.DagsterInstance.ephemeral())


def test_an_asset_is_loaded_by_the_io_manager_that_it_names() -> None:
    manager = Recording()
    named = dg.asset(name="named", io_manager_key="m")(lambda: 1)
    external = dg.AssetSpec("external").with_io_manager_key("m")
    defs = dg.Definitions([named, external], resources={"m": manager})
    assert [defs.load_asset_value(key) for key in ("named", "external")] == ["loaded", "loaded"]
    assert [context.asset_key.to_user_string() for context in manager.asked] == ["named", "external"]


def test_the_io_manager_is_told_what_the_loader_was_told() -> None:
    manager = Recording()
    defs = dg.Definitions([daily], resources={"io_manager": manager})
    defs.load_asset_value("daily", python_type=str, partition_key="mon", metadata={"columns": ["a"]})
    (context,) = manager.asked
    assert context.definition_metadata == {"columns": ["a"]}
    assert context.dagster_type.display_name == "str"
    assert (context.partition_key, list(context.asset_partition_keys)) == ("mon", ["mon"])
    assert context.upstream_output is not None
    assert context.upstream_output.asset_key == dg.AssetKey("daily")


def test_a_loader_keeps_resources_open_for_several_values() -> None:
    life: list[str] = []

    @dg.io_manager
    def manager() -> Any:
        life.append("up")
        yield Recording()
        life.append("down")

    defs = dg.Definitions([orders, daily], resources={"io_manager": manager})
    with defs.get_asset_value_loader() as loader:
        assert isinstance(loader, dg.AssetValueLoader)
        assert loader.load_asset_value("orders") == "loaded"
        assert loader.load_asset_value(orders) == "loaded"
        assert life == ["up"]
    assert life == ["up", "down"]
    defs.load_asset_value("orders")
    assert life == ["up", "down", "up", "down"]


def test_config_of_the_io_manager_can_be_given(tmp_path: Path) -> None:
    class Files(dg.ConfigurableIOManager):
        folder: str = "default"

        def handle_output(self, context: dg.OutputContext, obj: Any) -> None: ...

        def load_input(self, context: dg.InputContext) -> Any:
            return self.folder

    defs = dg.Definitions([orders], resources={"io_manager": Files(folder="own")})
    with defs.get_asset_value_loader() as loader:
        given = {"io_manager": {"config": {"folder": str(tmp_path)}}}
        assert loader.load_asset_value("orders") == "own"
        assert loader.load_asset_value("orders", resource_config=given) == str(tmp_path)
        assert loader.load_asset_value("orders") == "own"
        with pytest.raises(dg.DagsterInvalidConfigError, match="did you mean"):
            loader.load_asset_value("orders", resource_config={"io_manager": {"config": {"foldr": "x"}}})


def test_an_io_manager_gets_the_resources_that_it_requires() -> None:
    class Root(dg.ConfigurableResource):  # type: ignore[type-arg, unused-ignore]
        path: str

    class Files(dg.ConfigurableIOManager):
        root: Root

        def handle_output(self, context: dg.OutputContext, obj: Any) -> None: ...

        def load_input(self, context: dg.InputContext) -> Any:
            return self.root.path

    defs = dg.Definitions([orders], resources={"io_manager": Files(root=Root(path="here"))})
    assert defs.load_asset_value("orders") == "here"


def test_definitions_that_do_not_fit_load_nothing() -> None:
    with pytest.raises(dg.InvalidDefinitionError, match="defined twice"):
        dg.Definitions([orders, dg.AssetSpec("orders")]).load_asset_value("orders")
