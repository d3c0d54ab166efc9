"""resolve.py: what modules define, and what fits together."""

from __future__ import annotations

import os
import types
from pathlib import Path
from typing import Any

import pytest

import dagx as dg
from dagx.project.resolve import collect, resolve
from dagx.source import SourceLocation


def module(name: str, **attributes: Any) -> types.ModuleType:
    made = types.ModuleType(name)
    vars(made).update(attributes)
    return made


def written(text: str, folder: Path, name: str = "assets.py") -> types.ModuleType:
    """A module as if read from a file in `folder`."""
    made = types.ModuleType(name.removesuffix(".py"))
    exec(compile("import dagx as dg\n" + text, str(folder / name), "exec"), made.__dict__)
    return made


def one(name: str, **arguments: Any) -> dg.AssetsDefinition:
    return dg.asset(name=name, **arguments)(lambda: None)


def keys(defs: dg.Definitions) -> list[str]:
    return [asset.key.to_user_string() for asset in defs.assets]


def test_loose_assets_and_specs_are_collected_also_from_lists() -> None:
    a, b = one("a"), one("b")
    found = collect(
        [module("m", a=a, again=a, more=[b, dg.AssetSpec("s")], other=3), module("n", imported=a)]
    )
    assert keys(found) == ["a", "b", "s"]


def test_from_a_module_with_definitions_only_those_are_taken() -> None:
    a, b = one("a"), one("b")
    defs = dg.Definitions([a], resources={"x": 1})
    found = collect([module("m", loose=b, defs=defs, same=defs), module("n", c=one("c"))])
    assert keys(found) == ["a", "c"]
    assert found.resources == {"x": 1}


def test_several_definitions_merge_and_an_object_in_two_of_them_counts_once() -> None:
    a = one("a")
    found = collect([module("m", d=dg.Definitions([a])), module("n", e=dg.Definitions([a, one("b")]), a=a)])
    assert list(resolve(found).steps) == ["a", "b"]


def test_a_module_without_assets_gives_empty_definitions() -> None:
    assert resolve(collect([module("m")])).order == ()


def test_steps_come_in_the_order_of_their_needs() -> None:
    found = resolve(dg.Definitions([one("c", deps=["b"]), one("b", deps=["a"]), one("a")]))
    assert found.order == tuple(found.steps) == ("a", "b", "c")
    assert found.upstream == {"a": frozenset(), "b": {"a"}, "c": {"b"}}
    assert found.step_of[dg.AssetKey("b")] == "b"


def test_specs_have_a_group_and_external_ones_are_there() -> None:
    found = resolve(dg.Definitions([dg.AssetSpec("source"), one("a", deps=["source"])]))
    assert {key.to_user_string(): spec.group_name for key, spec in found.specs.items()} == {
        "source": "default",
        "a": "default",
    }
    assert dg.AssetKey("source") not in found.step_of


def test_unknown_deps_become_external_when_not_strict() -> None:
    found = resolve(dg.Definitions([one("a", deps=["x"])]), strict=False)
    assert found.specs[dg.AssetKey("x")].group_name == "default"
    with pytest.raises(dg.InvalidDefinitionError):
        resolve(dg.Definitions([dg.asset(name="a")(lambda x: None)]), strict=False)


def test_every_problem_says_where(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    text = """
@dg.asset
def a(c): ...

@dg.asset
def b(a): ...

@dg.asset(
    key="c",
)
def third(b, ordrs): ...

@dg.asset
def orders(db: dg.ResourceParam[int]): ...

twice = dg.AssetSpec("orders")
"""
    with pytest.raises(dg.InvalidDefinitionError) as caught:
        resolve(collect([written(text, tmp_path)]))
    assert str(caught.value) == (
        'assets.py:17: asset "orders" is defined twice\n'
        "  the other is at assets.py:14\n"
        "\n"
        'assets.py:9: asset "ordrs" is not defined (needed by "c")\n'
        '  did you mean "orders"?\n'
        "\n"
        'assets.py:14: the resource "db" is not defined (needed by asset "orders")\n'
        "  add it to Definitions(resources={...}); no resources are defined\n"
        "\n"
        "assets.py:3: assets need each other: a -> b -> c -> a\n"
        "  a is at assets.py:3\n"
        "  b is at assets.py:6\n"
        "  c is at assets.py:9"
    )
    assert [problem.where.line for problem in caught.value.problems if problem.where] == [17, 9, 14, 3]


SPEC_X, SPEC_Y = dg.AssetSpec("x", deps=["y"]), dg.AssetSpec("y", deps=["x"])


@pytest.mark.parametrize(
    ("assets", "said"),
    [
        ([SPEC_X, SPEC_Y], "assets need each other: x -> y -> x"),
        ([one("x", deps=["y"]), SPEC_Y], "assets need each other: x -> y -> x"),
        (
            [dg.multi_asset(name="both", specs=[SPEC_X, SPEC_Y])(lambda: None)],
            "assets need each other: x -> y -> x",
        ),
        (
            [
                dg.multi_asset(name="both", specs=[dg.AssetSpec("x"), SPEC_Y.replace_attributes(deps=["z"])])(
                    lambda: None
                ),
                one("z", deps=["x"]),
            ],
            "steps need each other: both -> z -> both",
        ),
    ],
    ids=["external", "external and made", "of one step", "of steps alone"],
)
def test_a_circle_is_found_whoever_makes_what_is_in_it(assets: list[Any], said: str) -> None:
    with pytest.raises(dg.CircularDependencyError) as caught:
        dg.Definitions(assets=assets).resolve()
    assert said in str(caught.value)


def test_equal_specs_are_two_and_one_definition_under_two_names_is_one() -> None:
    asset = one("a")
    assert keys(collect([module("m", first=asset, second=asset)])) == ["a"]
    with pytest.raises(dg.InvalidDefinitionError, match="defined twice"):
        resolve(collect([module("m", first=dg.AssetSpec("a"), second=dg.AssetSpec("a"))]))


def test_a_place_is_relative_to_the_current_folder_only_when_below_it(tmp_path: Path) -> None:
    assert str(SourceLocation(os.path.join(os.getcwd(), "a", "b.py"), 3)) == os.path.join("a", "b.py:3")
    assert str(SourceLocation("/elsewhere/b.py", 3)) == "/elsewhere/b.py:3"


def test_a_definition_knows_where_it_was_written() -> None:
    spec = dg.AssetSpec("s")
    assert spec.source == SourceLocation(__file__, spec.source.line if spec.source else 0)
    replaced = spec.replace_attributes(key="t").merge_attributes(tags={"a": "b"})
    assert replaced.source == spec.source


def test_ten_thousand_assets_in_a_row_resolve() -> None:
    size = 10_000
    assets = [dg.AssetSpec("a0"), *(one(f"a{n}", deps=[f"a{n - 1}"]) for n in range(1, size))]
    assert len(resolve(dg.Definitions(assets)).order) == size - 1


def test_the_hints_of_many_problems_stay_quick() -> None:
    assets = [one(f"asset_number_{n}", deps=[f"asset_numbr_{n}"]) for n in range(300)]
    with pytest.raises(dg.InvalidDefinitionError) as caught:
        resolve(dg.Definitions(assets))
    assert len(caught.value.problems) == 300
