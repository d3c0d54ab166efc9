"""`definitions = "module:name"`: a project that says which object of which module it is."""

from __future__ import annotations

import pytest
from world import World

pytestmark = pytest.mark.fat

SETTINGS = """
    [tool.dagx]
    definitions = "shop:defs"
"""
ASSETS = """
import dagx as dg

@dg.asset
def taken():
    return 1

@dg.asset
def left():
    return 2

"""


@pytest.mark.parametrize(
    "named",
    [
        "defs = dg.Definitions([taken])",
        "@dg.definitions\ndef defs():\n    return dg.Definitions([taken])",
        "@dg.definitions\ndef defs(context):\n    return dg.Definitions([taken])",
    ],
    ids=["an object", "a function", "a function of a context"],
)
def test_only_what_is_named_is_the_project(world: World, named: str) -> None:
    world.write("pyproject.toml", SETTINGS)
    world.write("shop.py", f"{ASSETS}{named}\nother = dg.Definitions([left])\n")
    assert world.run().states == {"taken": "succeeded"}


@pytest.mark.parametrize(
    ("there", "message", "way_out"),
    [
        ("deffs = dg.Definitions([taken])", "shop:defs is not there", 'did you mean "deffs"?'),
        ("defs = [taken]", "shop:defs is not a Definitions object", "defs = dg.Definitions(assets=[...])"),
        ("def defs():\n    return dg.Definitions([taken])", "not a Definitions object", "@dg.definitions"),
    ],
    ids=["mistyped", "a list", "undecorated"],
)
def test_what_is_named_and_is_no_definitions_is_told(
    world: World, there: str, message: str, way_out: str
) -> None:
    world.write("pyproject.toml", SETTINGS)
    world.write("shop.py", f"{ASSETS}{there}\n")
    said = world.dagx("status")
    assert said.code == 3
    assert message in said.err
    assert way_out in said.err
