# Annotations are evaluated late from Python 3.14 on: they may name what is there for type checkers only. No
# `from __future__ import annotations` here.
import functools
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

import dagx as dg

if TYPE_CHECKING:
    from decimal import Decimal

    from dagx import AssetExecutionContext

pytestmark = pytest.mark.skipif(
    sys.version_info < (3, 14), reason="annotations are evaluated late from 3.14 on"
)


def assets() -> list[dg.AssetsDefinition]:
    @dg.asset
    def price(context: AssetExecutionContext) -> Decimal:
        return 3

    @dg.asset
    def prices(price: Decimal, station: dg.ResourceParam[Decimal]) -> list[Decimal]:
        return [price, station]

    return [price, prices]


def test_a_name_that_only_type_checkers_know_checks_nothing() -> None:
    result = dg.materialize(assets(), resources={"station": 4})
    assert result.asset_value("prices") == [3, 4]


def test_what_is_there_is_checked_also_when_it_is_of_a_function() -> None:
    class Order: ...

    @dg.asset
    def order() -> Order:
        return "no order"

    with pytest.raises(dg.TypeCheckDidNotPass):
        dg.materialize([order])


def test_a_decorator_in_between_does_not_hide_them() -> None:
    def noted(function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def call(*args: Any, **keywords: Any) -> Any:
            return function(*args, **keywords)

        return call

    @dg.asset
    @noted
    def price(context: AssetExecutionContext) -> Decimal:
        return 3

    assert dg.materialize([price]).asset_value("price") == 3
