"""The graph as a tree, for Mermaid and for Graphviz."""

from __future__ import annotations

from itertools import pairwise

from handmade import asset, lineage

from dagx_cli.render.lineage import dot_lines, mermaid_lines, tree_lines
from dagx_cli.render.look import Look
from dagx_engine.views import AssetState, LineageView


def test_a_tree_unfolds_each_asset_once() -> None:
    view = lineage("raw>clean raw>codes clean>joined codes>joined joined>report lonely")
    assert tree_lines(view, Look()) == [
        "✔ raw",
        "├─ ✔ clean",
        "│  └─ ✔ joined",
        "│     └─ ✔ report",
        "└─ ✔ codes",
        "   └─ ✔ joined (see above)",
        "✔ lonely",
        "",
        "6 assets, 5 edges",
    ]


def test_a_tree_in_ascii() -> None:
    view = lineage("a>b a>c", b=AssetState.STALE)
    assert tree_lines(view, Look(ascii=True))[:3] == ["+ a", "|- ~ b", "`- + c"]


def test_a_deep_chain_goes_on_at_the_left() -> None:
    keys = [f"a{number}" for number in range(5000)]
    view = lineage(" ".join(f"{up}>{down}" for up, down in pairwise(keys)))
    lines = tree_lines(view, Look())
    assert max(map(len, lines)) < 120
    assert [line.split()[-1] for line in lines[:-2] if "below" not in line] == keys
    assert lines[24].endswith("a24 (goes on below)")
    assert lines[25] == "✔ a24"


def test_a_cycle_is_shown_and_ends() -> None:
    assert tree_lines(lineage("a>b b>a c"), Look()) == [
        "✔ c",
        "✔ a",
        "└─ ✔ b",
        "   └─ ✔ a (see above)",
        "",
        "3 assets, 2 edges",
    ]


def test_no_label_breaks_out_of_mermaid() -> None:
    view = LineageView((asset('a"]; click', group="g`#&<b>"), asset("end")), (('a"]; click', "end"),))
    assert mermaid_lines(view)[:8] == [
        "flowchart LR",
        '    subgraph g0["g#96;#35;#38;#60;b#62;"]',
        '        a0["a#34;#93;#59; click"]',
        "    end",
        '    subgraph g1["default"]',
        '        a1["end"]',
        "    end",
        "    a0 --> a1",
    ]
    assert mermaid_lines(view)[-1] == "    class a0,a1 fresh"


def test_no_label_breaks_out_of_dot() -> None:
    view = LineageView((asset('a"b\\'), asset("c\nd")), (('a"b\\', "c\nd"),))
    lines = dot_lines(view)
    assert lines[0] == "digraph dagx {"
    assert '        "a\\"b\\\\" [fillcolor="#d3f2d8"];' in lines
    assert '    "a\\"b\\\\" -> "c d";' in lines
    assert lines[-1] == "}"
