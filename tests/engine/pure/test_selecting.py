"""The text of a selection against a generation; the grammar itself is the SDK's and tested there."""

from __future__ import annotations

import pytest
from graph_text import world

from dagx_engine.pure.errors import UsageError
from dagx_engine.pure.selecting import key_named, select_keys, select_steps

NOW = world(
    "orders; revenue<-orders; report<-revenue; rates!", orders={"group": "raw"}, report={"group": "out"}
)


def refused(text: str) -> str:
    with pytest.raises(UsageError) as caught:
        select_steps(NOW, text)
    return str(caught.value)


@pytest.mark.parametrize("text", [None, "", "   "])
def test_no_text_means_everything(text: str | None) -> None:
    assert select_keys(NOW, text) == ("orders", "revenue", "report", "rates")
    assert select_steps(NOW, text) == ("orders", "revenue", "report")


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("report", ("report",)),
        ("*report", ("orders", "revenue", "report")),
        ("revenue*", ("revenue", "report")),
        ("group:raw", ("orders",)),
        ("report orders", ("orders", "report")),
        ("group:out  group:raw", ("orders", "report")),
        ("+revenue report", ("orders", "revenue", "report")),
        ("group:raw or key:report", ("orders", "report")),
    ],
)
def test_several_words_mean_each_of_them_and_steps_come_upstream_first(
    text: str, steps: tuple[str, ...]
) -> None:
    assert select_steps(NOW, text) == steps


def test_a_typing_mistake_is_an_error_with_the_near_name() -> None:
    assert 'did you mean "revenue"?' in refused("revenu")
    assert 'did you mean "revenue"?' in refused("orders revenu")
    assert 'did you mean "orders"?' in refused("*ordrs")


def test_half_an_expression_is_not_taken_for_a_list_of_words() -> None:
    assert "cannot be read" in refused("orders and")
    assert "cannot be read" in refused("(orders report")


def test_a_selection_of_external_assets_alone_has_nothing_to_run() -> None:
    assert "its assets are external" in refused("rates")


def test_the_error_ends_the_command_with_its_own_code() -> None:
    assert UsageError("x").exit_code == 2


def test_an_expression_may_mean_nothing_but_a_run_of_nothing_is_refused() -> None:
    assert select_keys(NOW, "group:raw and group:out") == ()
    assert "it selects no asset" in refused("group:raw and group:out")


def test_an_asset_is_found_by_its_name_or_the_near_one_is_said() -> None:
    assert key_named(NOW, "report") == "report"
    with pytest.raises(UsageError, match='no asset "reprot"\n  did you mean "report"'):
        key_named(NOW, "reprot")
