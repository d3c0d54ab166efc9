"""Rows, columns, keys and the small lineage drawing, as values."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.style import Style
from tui_fake import asset, world

from dagx_engine.views import AssetState
from dagx_tui.asset_row import Facts, asset_line
from dagx_tui.columns import LEFT, fit
from dagx_tui.keys import KEYS
from dagx_tui.lines import fill, line_width, text_of
from dagx_tui.looks import PLAIN, Looks
from dagx_tui.one_line import Footer
from dagx_tui.strip_map import Node, around
from dagx_tui.tree import AssetRow, GroupRow, narrowed, rows, shape


def drawn(text: str) -> list[str]:
    return [row.guide + row.key for row in rows(shape(world(text))) if isinstance(row, AssetRow)]


def test_an_asset_hangs_beneath_the_last_of_its_inputs() -> None:
    assert drawn("a; b<-a; c<-a; d<-b,c; e") == ["a", "├ b", "╰ c", "  ╰ d", "e"]


def test_chains_stay_together_and_a_deep_one_does_not_walk_off() -> None:
    found = drawn("a; b<-a; c<-b; d<-c; e<-d; f<-e; g<-f; h<-g; z")
    assert found[4:] == ["      ╰ e", "        ╰ f", "        ⋯ g", "        ⋯ h", "z"]


def test_where_names_are_long_the_tree_is_drawn_narrow() -> None:
    found = [
        narrowed(row.guide) + row.key
        for row in rows(shape(world("a; b<-a; c<-b; d<-c; e<-a")))
        if isinstance(row, AssetRow)
    ]
    assert found == ["a", "├ b", "│╰ c", "│ ╰ d", "╰ e"]


graphs = st.integers(1, 12).flatmap(
    lambda n: st.tuples(*[st.lists(st.integers(0, max(0, i - 1)), max_size=3) for i in range(n)])
)


@given(graphs)
def test_every_asset_is_shown_once_and_below_all_it_needs(needs: tuple[list[int], ...]) -> None:
    assets = [asset(f"a{i}", needs=[f"a{n}" for n in ups if n != i]) for i, ups in enumerate(needs)]
    order = [row.key for row in rows(shape(assets)) if isinstance(row, AssetRow)]
    assert sorted(order) == sorted(a.key for a in assets)
    assert all(order.index(up) < order.index(a.key) for a in assets for up in a.upstream)


def test_assets_in_a_circle_are_still_shown() -> None:
    assert sorted(drawn("a<-b; b<-a; c")) == ["a", "b", "c"]


def test_a_folded_group_hides_its_members_and_a_filter_opens_it() -> None:
    found = shape((*world("a", group="x"), *world("b", group="y")))
    assert rows(found, {"x"}) == [GroupRow("x", True, 1), GroupRow("y", False, 1), AssetRow("b")]
    assert rows(found, {"x"}, lambda key: key == "a") == [GroupRow("x", False, 1), AssetRow("a")]


@given(st.integers(0, 300), st.integers(0, 120))
def test_columns_never_take_more_than_there_is(width: int, longest: int) -> None:
    found = fit(width, longest)
    facts = Facts(asset("x" * longest, made_at=1.0, seconds=2.0, rows=3), AssetState.FRESH, ago=5)
    room = max(width, LEFT + 1)
    assert line_width(asset_line(facts, found, Looks())) <= room


def test_columns_fall_away_by_priority() -> None:
    def shown(width: int) -> str:
        found = fit(width, 24)
        names = ("name", "note", "rows", "age", "took")
        return " ".join(name for name in names if getattr(found, name))

    assert [shown(w) for w in (20, 38, 46, 60, 100)] == [
        "name",
        "name note",
        "name note age",
        "name note age took",
        "name note rows age took",
    ]


def test_the_lineage_of_one_asset_is_drawn_with_real_edges() -> None:
    def node(name: str) -> Node:
        return Node(name, "✔", Style())

    lines = around(node("mid"), [node("a"), node("bb")], [node("x"), node("y"), node("z")], 60, Looks())
    assert text_of(lines) == ("✔ a ──╮         ╭─ ✔ x\n✔ bb ─┴─ ✔ mid ─┼─ ✔ y\n                ╰─ ✔ z")


@given(st.integers(0, 12), st.integers(0, 12), st.integers(1, 30), st.integers(40, 140), st.booleans())
def test_the_lineage_fits_its_pane(up: int, down: int, length: int, width: int, ascii_only: bool) -> None:
    def nodes(n: int) -> list[Node]:
        return [Node("n" * length, "x", PLAIN)] * n

    lines = around(Node("m" * length, "x", PLAIN), nodes(up), nodes(down), width, Looks(ascii=ascii_only))
    assert all(line_width(line) <= width for line in lines)
    assert len(lines) <= 7


@given(st.text(max_size=20), st.text(max_size=20), st.integers(0, 60))
def test_left_and_right_never_overlap(left: str, right: str, width: int) -> None:
    assert line_width(fill([(left, PLAIN)], [(right, PLAIN)], width, (" ", PLAIN))) <= max(width, 0)


def test_no_key_means_two_things_in_one_place() -> None:
    for here in ({"home", "rows"}, {"home", "lines"}, {"sheet", "lines"}):
        found = Counter(key for entry in KEYS if entry.where in here for key in entry.keys)
        assert {key: n for key, n in found.items() if n > 1} == {}


def test_every_key_says_what_it_does() -> None:
    assert all(key.help and key.shown for key in KEYS)
    assert len({key.id for key in KEYS}) == len(KEYS)


@pytest.mark.parametrize("width", [12, 30, 60, 80, 200])
def test_the_footer_always_keeps_help(width: int) -> None:
    footer = Footer(Looks())
    footer._keys = [key for key in KEYS if key.label]
    line = footer.line(width)
    assert "? help" in "".join(text for text, _ in line)
    assert cell_len("".join(text for text, _ in line)) <= width
