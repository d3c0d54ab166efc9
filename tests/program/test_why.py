"""`dagx why` after real edits: the line that changed, and the way from what a person asks about up to it."""

from __future__ import annotations

import os
import sqlite3
from typing import Any

import pytest
from world import World

pytestmark = pytest.mark.fat

LIB = """
    TAX = 19

    # what the shop takes
    def clean(text):
        kept = text.strip()
        return kept

    def taxed(net):
        return net * (100 + TAX) // 100
"""
ASSETS = """
    import dagx as dg
    from lib.text import clean, taxed

    @dg.asset
    def raw() -> list:
        with open("names.txt") as stream:
            return [line for line in stream]

    @dg.asset
    def names(raw: list) -> list:
        return [clean(line) for line in raw]

    @dg.asset
    def total(names: list) -> int:
        return taxed(100 * len(names))

    @dg.asset
    def report(total: int, names: list) -> str:
        return f"{names} {total}"
"""


def why(world: World, asset: str, **variables: str) -> Any:
    return world.dagx("why", asset, "--json", **variables).json


def shop(world: World) -> None:
    world.write("definitions.py", ASSETS)
    world.write("lib/__init__.py", "")
    world.write("lib/text.py", LIB)
    world.write("names.txt", "ann\nbob\n")
    world.run()


def test_an_edited_helper_is_shown_by_its_lines_and_the_way_to_it_from_far_below(world: World) -> None:
    shop(world)
    world.change("lib/text.py", "text.strip()", "text.strip().lower()")
    world.change("lib/text.py", "# what the shop takes", "# a comment\n# that moves the lines")
    (reason,) = why(world, "names")["reasons"]
    assert reason["text"] == "code of clean changed (lib/text.py:6)"
    assert reason["code"]["before"] == "def clean(text):\n    kept = text.strip()\n    return kept"
    assert reason["code"]["diff"] == [
        "  def clean(text):",
        "-     kept = text.strip()",
        "+     kept = text.strip().lower()",
        "      return kept",
    ]
    report = why(world, "report")
    assert report["verdict"].endswith("because of names")
    assert [(link["asset"], link["feeds"], link["root"]) for link in report["chain"]] == [
        ("names", "report", True)
    ]
    assert why(world, "total")["chain"][0]["reasons"] == [reason]
    assert "+     kept = text.strip().lower()" in world.dagx("why", "report").out

    world.write("names.txt", "ann\nbob\ncy\n")
    assert [link["asset"] for link in why(world, "report")["chain"]] == ["names", "raw"]
    (edited,) = why(world, "raw")["reasons"]
    assert edited["text"] == "names.txt changed"
    assert edited["detail"].startswith("8 B → 11 B, edited ")

    # The same words in all places, and the time that it took before.
    planned = {step["step"]: step for step in world.dagx("plan", "--json").json["steps"]}
    assert planned["names"]["reasons"][0]["text"] == reason["text"]
    assert planned["names"]["expected_seconds"] is not None
    assert world.dagx("status", "--json", "names").json["assets"][0]["reason"] == reason["text"]
    ran = {step["step"]: step for step in world.run("raw").json["steps"]}
    assert ran["raw"]["reasons"][0]["text"] == "names.txt changed"

    # What came from upstream: how large it was and is, and why it was made anew.
    _, new = why(world, "names")["reasons"]
    assert new["text"] == "new data in raw"
    assert "made " in new["detail"]
    assert new["detail"].endswith(": names.txt changed")


def test_the_names_that_came_and_went_in_a_listed_folder_are_told_and_the_size_of_a_file_that_is_gone(
    world: World,
) -> None:
    world.write("lib/__init__.py", "")
    world.write("lib/text.py", LIB)
    world.write(
        "definitions.py",
        """
        import glob
        import dagx as dg

        @dg.asset
        def raw() -> int:
            return sum(len(open(path).read()) for path in sorted(glob.glob("data/*.csv")))
        """,
    )
    for name in ("a", "b", "c"):
        world.write(f"data/{name}.csv", "x" * 20)
    assert world.run().code == 0
    (world.root / "data/b.csv").rename(world.root / "data/d.csv")
    world.write("data/e.csv", "new")
    reasons = {reason["part"]: reason for reason in why(world, "raw")["reasons"]}
    assert reasons["dir:data"]["text"] == "files in data were added, removed or renamed"
    assert reasons["dir:data"]["detail"] == "new: d.csv, e.csv; gone: b.csv"
    assert (reasons["file:data/b.csv"]["text"], reasons["file:data/b.csv"]["detail"]) == (
        "data/b.csv is gone",
        "it had 20 B",
    )
    assert "new: d.csv, e.csv; gone: b.csv" in world.dagx("why", "raw").out


def test_a_constant_and_the_text_of_each_unit_is_stored_once(world: World) -> None:
    shop(world)
    world.change("lib/text.py", "TAX = 19", "TAX = 7")
    (reason,) = why(world, "total")["reasons"]
    assert (reason["text"], reason["code"]["diff"]) == (
        "code of TAX changed (lib/text.py:2)",
        ["- TAX = 19", "+ TAX = 7"],
    )
    assert world.made() == ["report", "total"]
    world.change("lib/text.py", "TAX = 7", "TAX = 19")
    (back, restored) = why(world, "total")["reasons"]
    assert back["code"]["diff"] == ["- TAX = 7", "+ TAX = 19"]
    assert restored["text"] == "an earlier result fits and is put back"
    with sqlite3.connect(world.root / ".dagx" / "state.db") as db:
        texts = sorted(text for (text,) in db.execute("SELECT text FROM texts WHERE text LIKE 'TAX%'"))
    db.close()
    assert texts == ["TAX = 19", "TAX = 7"]


def test_a_fresh_asset_says_what_it_rests_on_and_a_new_one_what_it_needs(world: World) -> None:
    shop(world)
    fresh = why(world, "total")
    assert fresh["rests_on"][:2] == [
        ["code", "3 units in 2 files: lib/text.py (2), definitions.py (1)"],
        ["inputs", "names"],
    ]
    assert fresh["reasons"] == fresh["chain"] == []
    assert "code:lib.text:TAX" in world.dagx("why", "total", "--all").out
    world.change(
        "definitions.py",
        "@dg.asset\ndef report",
        "@dg.asset\ndef late(total):\n    1\n\n@dg.asset\ndef report",
    )
    late = why(world, "late")
    assert late["verdict"] == "missing: it was never made"
    assert ["inputs", "total"] in late["rests_on"]


def test_a_failed_asset_says_when_that_was_and_what_tries_it_again(world: World) -> None:
    shop(world)
    world.change("lib/text.py", "return kept", "return kept / 2")
    assert world.run().code == 1
    failed = why(world, "names")
    assert failed["verdict"].startswith("failed: TypeError")
    assert failed["notes"][0].startswith("it failed ")
    assert failed["notes"][1].endswith("by: dagx run names")
    blocked = why(world, "report")
    assert [(link["asset"], link["error"] is None) for link in blocked["chain"]] == [("names", False)]
    world.change("lib/text.py", "return kept / 2", "return kept + '!'")
    tried = why(world, "names")
    assert tried["notes"][0].endswith("what it depends on changed since")
    assert "+     return kept + '!'" in tried["reasons"][0]["code"]["diff"]


def test_where_all_of_the_project_counts_the_changed_module_shows_its_lines(world: World) -> None:
    world.write(
        "definitions.py",
        """
        import dagx as dg

        @dg.asset
        def a():
            return eval(str(1))
        """,
    )
    world.write("apart.py", "import os\nX = 1\n")
    world.change("definitions.py", "import dagx as dg", "import apart\nimport dagx as dg")
    world.run()
    world.change("apart.py", "X = 1", "X = 2")
    (reason,) = (one for one in why(world, "a")["reasons"] if one["part"] == "module:apart")
    assert reason["text"].startswith("module apart changed (eval at line ")
    assert reason["code"]["diff"] == ["  import os", "- X = 1", "+ X = 2"]


@pytest.mark.skipif("DAGX_BIN" in os.environ, reason="the interpreter in the binary takes no PYTHONPATH")
def test_a_package_and_a_variable_are_named_with_what_is_known_of_them(world: World) -> None:
    site = world.root / "env" / "site-packages"
    world.write("env/site-packages/shopkit.py", "RATE = 1\n")
    world.write(
        "env/site-packages/shopkit-1.0.dist-info/METADATA",
        "Metadata-Version: 2.1\nName: shopkit\nVersion: 1.0\n",
    )
    world.write(
        "definitions.py",
        """
        import dagx as dg
        import shopkit

        class Shop(dg.ConfigurableResource):
            token: str

        @dg.asset
        def a(shop: Shop):
            return shopkit.RATE

        defs = dg.Definitions(assets=[a], resources={"shop": Shop(token=dg.EnvVar("SHOP_TOKEN"))})
        """,
    )
    path = {"PYTHONPATH": str(site)}
    world.dagx("run", **path, SHOP_TOKEN="one")
    fresh = dict(why(world, "a", **path, SHOP_TOKEN="one")["rests_on"])
    assert "shopkit 1.0" in fresh["packages"]
    assert "environment variable SHOP_TOKEN" in fresh["settings"]
    (reason,) = why(world, "a", **path, SHOP_TOKEN="two")["reasons"]
    assert reason["text"] == "environment variable SHOP_TOKEN changed"
    (site / "shopkit-1.0.dist-info").rename(site / "shopkit-1.1.dist-info")
    world.change("env/site-packages/shopkit-1.1.dist-info/METADATA", "Version: 1.0", "Version: 1.1")
    (reason,) = why(world, "a", **path, SHOP_TOKEN="one")["reasons"]
    assert reason["text"] == "package shopkit 1.0 → 1.1"


def test_the_texts_of_results_that_are_gone_go_with_them(world: World) -> None:
    shop(world)
    world.write("pyproject.toml", "[tool.dagx]\nretention = 1\n")
    for tax in (1, 2, 3):
        world.change("lib/text.py", "TAX = 19" if tax == 1 else f"TAX = {tax - 1}", f"TAX = {tax}")
        world.run()
    assert world.dagx("gc").code == 0
    with sqlite3.connect(world.root / ".dagx" / "state.db") as db:
        texts = {text for (text,) in db.execute("SELECT text FROM texts WHERE text LIKE 'TAX%'")}
    db.close()
    assert texts == {"TAX = 3"}
    world.change("lib/text.py", "TAX = 3", "TAX = 4")
    assert why(world, "total")["reasons"][0]["code"]["diff"] == ["- TAX = 3", "+ TAX = 4"]


def test_partitions_and_assets_made_in_parts_show_their_lines(world: World) -> None:
    world.write(
        "definitions.py",
        """
        import dagx as dg

        FACTOR = 1

        @dg.asset(partitions_def=dg.StaticPartitionsDefinition(["x", "y"]))
        def by_letter(context) -> str:
            return context.partition_key * FACTOR

        @dg.multi_asset(specs=[dg.AssetSpec("left"), dg.AssetSpec("right")], can_subset=True)
        def sides(context):
            for key in context.selected_asset_keys:
                yield dg.MaterializeResult(asset_key=key, metadata={"n": FACTOR})
        """,
    )
    assert world.run("by_letter", "--partitions", "missing").code == 0
    assert world.run("key:left or key:right").code == 0
    assert why(world, "by_letter")["verdict"].startswith("fresh")
    world.change("definitions.py", "FACTOR = 1", "FACTOR = 2")
    for asset in ("by_letter", "left", "right"):
        (changed,) = (one for one in why(world, asset)["reasons"] if one["part"] == "code:definitions:FACTOR")
        assert changed["code"]["diff"] == ["- FACTOR = 1", "+ FACTOR = 2"], asset
