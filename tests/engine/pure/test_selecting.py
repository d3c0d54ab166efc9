"""The text of a selection against a generation; the grammar itself is the SDK's and tested there."""

from __future__ import annotations

import pytest
from graph_text import check, world

from dagx_engine.pure.errors import UsageError
from dagx_engine.pure.looks import Looks
from dagx_engine.pure.selecting import choose, key_named, select_keys

NOW = world(
    "orders; revenue<-orders; report<-revenue; rates!", orders={"group": "raw"}, report={"group": "out"}
)


def refused(text: str) -> str:
    with pytest.raises(UsageError) as caught:
        choose(NOW, text)
    return str(caught.value)


@pytest.mark.parametrize("text", [None, "", "   "])
def test_no_text_means_everything(text: str | None) -> None:
    assert select_keys(NOW, text) == ("orders", "revenue", "report", "rates")
    assert choose(NOW, text).steps == ("orders", "revenue", "report")


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
    assert choose(NOW, text).steps == steps


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


WORDS = ("fresh", "stale", "upstream stale", "missing", "running", "failed", "external")


def looks() -> Looks:
    states = {"orders": "fresh", "revenue": "stale", "report": "upstream stale", "rates": "external"}
    return Looks(states, {"orders": 9_000.0, "revenue": 6_400.0}, WORDS, now=10_000.0)


def now(text: str) -> str:
    return " ".join(select_keys(NOW, text, looks))


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("state:stale", "revenue"),
        ("status:fresh", "orders"),
        ("state:FRESH", "orders"),
        ("state:upstream_stale", "report"),
        ('state:"upstream stale"', "report"),
        ("state:external", "rates"),
        ("state:running", ""),
        ("not state:fresh", "revenue report"),
        ("state:stale or state:fresh", "orders revenue"),
        ("state:fresh state:stale", "orders revenue"),
        ("state:stale+", "revenue report"),
        ("changed:17m", "orders"),
        ("changed:1000s", "orders"),
        ("changed:999s", ""),
        ("changed:1h", "orders revenue"),
        ("changed:1d", "orders revenue"),
        ("changed:2w and key:revenue", "revenue"),
        ("not_materialized_in_hours:1", "report"),
        ("not_materialized_in_hours:0", "orders revenue report"),
    ],
)
def test_a_selection_may_ask_how_assets_are_now(text: str, keys: str) -> None:
    assert now(text) == keys


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("state:stael", 'did you mean "stale"?'),
        ("state:green", "there are: external, failed, fresh, missing, running, stale, upstream_stale"),
        ("changed:soon", "write a number and s, m, h, d or w, as in changed:90m"),
        ("changed:1y", "write a number"),
        ("changed:<null>", "write a number"),
        ("not_materialized_in_hours:1h", "write it as in not_materialized_in_hours:24"),
    ],
)
def test_what_it_asks_must_be_a_state_or_a_length_of_time(text: str, words: str) -> None:
    with pytest.raises(UsageError) as caught:
        now(text)
    assert words in str(caught.value)


def test_nobody_looks_unless_it_is_asked_and_then_once() -> None:
    times: list[int] = []

    def look() -> Looks:
        times.append(1)
        return looks()

    select_keys(NOW, "group:raw", look)
    assert not times
    select_keys(NOW, "state:stale or changed:1h and not status:fresh", look)
    assert times == [1]


def test_without_a_look_such_a_question_is_an_error() -> None:
    assert "only the engine knows" in refused("state:stale")


def test_what_one_step_makes_belongs_together() -> None:
    several = world("a; b<-a; c<-a", multi={"both": ["b", "c"]})
    assert select_keys(several, "required_multi_asset_neighbors(key:b)") == ("b", "c")
    assert select_keys(several, "key:b") == ("b",)


CHECKED = world(
    "orders; x<-orders; y<-orders; p; q; src!",
    multi={"xy": ["x", "y"], "pq": ["p", "q", "p:ok"]},
    in_parts=["pq"],
    checks=["orders:sound", "orders:large", "p:ok", "src:new"],
    observed=["src"],
)


def test_the_checks_of_selected_assets_are_selected() -> None:
    found = choose(CHECKED, "orders")
    assert found.steps == ("orders", "orders_sound", "orders_large")
    assert (found.parts, found.beside) == ({}, {})


def test_checks_can_be_selected_alone() -> None:
    assert choose(CHECKED, "checks(key:orders)").steps == ("orders_sound", "orders_large")
    assert choose(CHECKED, "checks(orders)").steps == ("orders_sound", "orders_large")
    assert choose(CHECKED, 'check:"orders:large"').steps == ("orders_large",)
    assert choose(CHECKED, "checks(key:src)").steps == ("src_new",)


def test_of_a_step_that_works_in_parts_a_part_can_be_selected() -> None:
    found = choose(CHECKED, "q")
    assert (found.steps, dict(found.parts)) == (("pq",), {"pq": {"q"}})
    assert choose(CHECKED, "p").parts == {"pq": {"p", check("p:ok")}}
    assert choose(CHECKED, "p q").parts == {}


def test_what_a_step_makes_beside_what_is_selected_is_told() -> None:
    assert choose(CHECKED, "x").beside == {"xy": ("y",)}


def test_an_external_asset_that_is_named_is_observed() -> None:
    assert "observe_src" not in choose(CHECKED, None).steps
    assert choose(CHECKED, "src").steps == ("observe_src", "src_new")
