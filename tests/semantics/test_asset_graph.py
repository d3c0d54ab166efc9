"""Section 25: Definitions.resolve_asset_graph()."""

from __future__ import annotations

from typing import Any

import pytest

import dagx as dg

DAILY = dg.DailyPartitionsDefinition("2024-01-01")
EAGER = dg.AutomationCondition.eager()
source = dg.AssetSpec("source")


@dg.asset(
    deps=[source], group_name="raw", tags={"a": "b"}, kinds={"csv"}, owners=["team:data"], metadata={"m": 1}
)
def orders() -> None:
    """All orders."""


@dg.asset(partitions_def=DAILY, code_version="3", automation_condition=EAGER)
def daily(orders: None) -> None: ...


@dg.asset(deps=[daily])
def report() -> None: ...


@dg.observable_source_asset
def observed() -> dg.DataVersion:
    return dg.DataVersion("1")


@dg.asset_check(asset=orders)
def fits() -> dg.AssetCheckResult:
    return dg.AssetCheckResult(passed=True)


graph: Any = dg.Definitions(
    [report, daily, orders, source, observed], asset_checks=[fits]
).resolve_asset_graph()
CHECK = dg.AssetCheckKey(dg.AssetKey("orders"), "fits")


def names(keys: Any) -> list[str]:
    return sorted(key.to_user_string() for key in keys)


@pytest.mark.parametrize(
    ("keys", "wanted"),
    [
        (graph.get_all_asset_keys(), ["daily", "observed", "orders", "report", "source"]),
        (graph.all_asset_keys, ["daily", "observed", "orders", "report", "source"]),
        (graph.materializable_asset_keys, ["daily", "orders", "report"]),
        (graph.external_asset_keys, ["observed", "source"]),
        (graph.observable_asset_keys, ["observed"]),
        (graph.root_materializable_asset_keys, ["orders"]),
        (graph.parents(dg.AssetKey("daily")), ["orders"]),
        (graph.children(dg.AssetKey("orders")), ["daily"]),
        (graph.get_ancestor_asset_keys(dg.AssetKey("report")), ["daily", "orders", "source"]),
        (graph.get_descendant_asset_keys(dg.AssetKey("source")), ["daily", "orders", "report"]),
        (graph.asset_check_keys, ["orders:fits"]),
    ],
)
def test_keys_of_the_graph(keys: Any, wanted: list[str]) -> None:
    assert names(keys) == wanted


def test_each_key_comes_after_those_that_it_needs() -> None:
    order = [key.to_user_string() for key in graph.toposorted_asset_keys]
    assert [key for key in order if key != "observed"] == ["source", "orders", "daily", "report"]


def test_a_node_tells_what_its_spec_says() -> None:
    node = graph.get("orders")
    assert node.key == dg.AssetKey("orders")
    assert (node.group_name, node.description, node.tags["a"]) == ("raw", "All orders.", "b")
    assert (node.kinds, node.owners, node.metadata) == ({"csv"}, ["team:data"], {"m": 1})
    assert (node.code_version, node.automation_condition, node.freshness_policy) == (None, None, None)
    assert node.spec is orders.get_asset_spec()
    assert (names(node.parent_keys), names(node.child_keys)) == (["source"], ["daily"])
    assert node.check_keys == {CHECK}
    assert graph.get_check_spec(CHECK).name == "fits"
    assert node.assets_def is orders
    partitioned = graph.get("daily")
    assert (partitioned.partitions_def, partitioned.is_partitioned) == (DAILY, True)
    assert (partitioned.code_version, partitioned.automation_condition) == ("3", EAGER)


@pytest.mark.parametrize(
    ("key", "wanted"),
    [
        ("orders", {"materializable", "executable"}),
        ("source", {"external"}),
        ("observed", {"external", "observable", "executable"}),
    ],
)
def test_a_node_tells_what_can_be_done_with_it(key: str, wanted: set[str]) -> None:
    node = graph.get(key)
    kinds = ("materializable", "external", "observable", "executable")
    assert {kind for kind in kinds if getattr(node, f"is_{kind}")} == wanted
    assert (node.assets_def is None) == (key == "source")


def test_all_nodes_are_there_and_one_that_is_not_is_answered_with_the_near_name() -> None:
    assert {node.key for node in graph.asset_nodes} == graph.get_all_asset_keys()
    assert graph.has("orders")
    assert not graph.has("ordrs")
    with pytest.raises(dg.InvariantViolationError, match='did you mean "orders"'):
        graph.get("ordrs")


def test_an_asset_of_earlier_partitions_of_itself_is_no_parent_in_the_order() -> None:
    earlier = dg.AssetDep(
        "total", partition_mapping=dg.TimeWindowPartitionMapping(start_offset=-1, end_offset=-1)
    )
    total = dg.asset(name="total", partitions_def=DAILY, deps=[earlier])(lambda: None)
    found = dg.Definitions([total]).resolve_asset_graph()
    assert found.toposorted_asset_keys == [dg.AssetKey("total")]
    assert found.get("total").parent_keys == {dg.AssetKey("total")}
