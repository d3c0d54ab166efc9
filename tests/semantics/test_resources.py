"""Section 11: plain objects as resources."""

from typing import Any

import pytest

import dagx as dg


class Database:
    def rows(self) -> int:
        return 3


def test_a_resource_param_is_filled_by_its_name() -> None:
    @dg.asset
    def a(db: dg.ResourceParam[Database]) -> int:
        return db.rows()

    assert a.dependency_keys == set()
    assert dg.materialize([a], resources={"db": Database()}).asset_value("a") == 3


def test_required_resources_are_attributes_of_the_context() -> None:
    @dg.asset(required_resource_keys={"db"})
    def a(context: dg.AssetExecutionContext) -> int:
        rows: int = context.resources.db.rows()
        return rows

    assert dg.materialize([a], resources={"db": Database()}).asset_value("a") == 3


def test_nothing_checks_what_is_bound() -> None:
    @dg.asset
    def a(db: dg.ResourceParam[Database]) -> Any:
        return db

    assert dg.materialize([a], resources={"db": 7}).asset_value("a") == 7


def test_only_required_resources_are_there() -> None:
    @dg.asset
    def a(context: dg.AssetExecutionContext) -> None:
        assert not hasattr(context.resources, "nothing")
        context.resources.db  # noqa: B018

    with pytest.raises(dg.DagsterUnknownResourceError, match="add required_resource_keys") as caught:
        dg.materialize([a], resources={"db": Database()})
    assert isinstance(caught.value, AttributeError)


def test_the_two_ways_to_ask_exclude_each_other() -> None:
    with pytest.raises(dg.InvalidDefinitionError, match="one of the two ways"):

        @dg.asset(required_resource_keys={"x"})
        def a(db: dg.ResourceParam[Database]) -> None: ...


def test_a_missing_resource_is_found_when_definitions_resolve_and_those_there_are_listed() -> None:
    @dg.asset
    def a(db: dg.ResourceParam[Database]) -> None: ...

    defs = dg.Definitions([a], resources={"dbb": 1, "other": 2})
    with pytest.raises(dg.InvalidDefinitionError, match='the resource "db" is not defined') as caught:
        dg.Definitions.validate_loadable(defs)
    assert 'did you mean "dbb"? (available resources: dbb, other)' in str(caught.value)


def test_a_missing_io_manager_is_found_when_definitions_resolve() -> None:
    a = dg.asset(name="a", io_manager_key="warehouse")(lambda: 1)
    with pytest.raises(dg.InvalidDefinitionError, match='the IO manager "warehouse" is not defined'):
        dg.Definitions.validate_loadable(dg.Definitions([a]))


def test_a_resource_that_is_no_io_manager_is_refused_where_one_is_needed() -> None:
    a = dg.asset(name="a", io_manager_key="db")(lambda: 1)
    with pytest.raises(dg.InvalidDefinitionError, match="has no handle_output"):
        dg.materialize([a], resources={"db": Database()})
