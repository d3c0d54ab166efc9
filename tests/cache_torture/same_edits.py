"""Many edits in one interpreter: what ran, why, and every part of every manifest, as JSON. Run once for each hash seed.

python same_edits.py FOLDER
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import test_code_cases
import test_mutations
import test_mutations_of_language
import test_torture_values
from in_process import PoolHere
from mutation import Mutation, edited
from shops import Shop

from dagx_engine import workspace
from dagx_engine.io import pool

CHOSEN = {
    test_code_cases.test_case: ("4 two assets", "16 an attribute", "17 a function", "26 a captured"),
    test_mutations.test_an_edit_that_changes_the_result_reruns_it: (
        "base class",
        "dispatch through a dict",
        "decorator argument",
        "monkeypatch",
        "registry decorator",
        "boundary between",
    ),
    test_mutations.test_an_edit_without_effect_reruns_nothing: ("moved line", "unrelated function"),
    test_mutations_of_language.test_an_edit_that_changes_the_result_reruns_it: ("globals", "subclasses asked"),
    test_torture_values.test_an_edit_of_a_value_that_is_captured: (
        "37 the order in which a set is written",
        "38 the order of a dict",
    ),
}  # fmt: skip
OF_MANY_ORDERS = """
    -- definitions.py
    import dagx as dg
    import os
    from lib import NAMES, clean

    def factory(names, table):
        @dg.asset
        def made(): return [clean(name) for name in sorted(names)] + list(table)
        return made
    made = factory({"eu", "us", "uk", ("x", 1)} - {("x", 1)}, {"b": {"y", "x"}, "a": frozenset("abc")})

    @dg.asset(deps={"made"}, tags={"b": "2", "a": "1"}, required_resource_keys={"one", "two", "three"})
    def several(context): return sorted(NAMES), {name: name in NAMES for name in ("x", "a")}

    @dg.asset
    def below(several): return len(several), sorted(os.listdir("data")), os.path.exists("b.txt")

    defs = dg.Definitions(
        assets={made, several, below}, resources={name: {"set": {"x", "y", name}} for name in ("one", "two", "three")}
    )
    -- lib.py
    NAMES = {"x", "y", "z"}
    def clean(name): return name in {"eu", "us"}<< or name in {"ch", "no"} => >>
    -- data/a.txt
    -- data/b.txt
"""


def chosen() -> Iterator[Mutation]:
    for test, names in CHOSEN.items():
        (mark,) = (mark for mark in test.pytestmark if mark.name == "parametrize")
        mutations = [one.values[0] for one in mark.args[1]]
        for name in names:
            (found,) = (each for each in mutations if each.name.startswith(name))
            yield found
    yield Mutation("of many orders", OF_MANY_ORDERS)


def told(shop: Shop) -> dict[str, object]:
    """What a run executed and why, and of each asset the manifest and the data version."""
    steps = shop.execute().steps
    ran = {
        step.step: (step.state.value, sorted(reason.text for reason in step.reasons))
        for step in steps
        if step.state.value != "fresh"
    }
    names = [step.step for step in steps]
    return {"ran": ran, "assets": {name: [shop.manifest(name), shop.result(name)[1]] for name in names}}


def main(folder: Path) -> None:
    found: dict[str, object] = {"sets are in this order": list({"eu", "us", "uk", "ch", "no"})}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pool, "Pool", PoolHere)
        patch.setattr(workspace, "lay_out", lambda: folder)
        patch.setattr(workspace.KeptDefinitions, "_found", lambda definitions, key, stream: None)
        for number, mutation in enumerate(chosen()):
            before, after = edited(mutation.text)
            shop = Shop(folder / f"shop-{number}" / "shop", before)
            first = told(shop)
            Shop(shop.root, after)
            found[mutation.name] = [first, told(shop)]
    print(json.dumps(found))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
