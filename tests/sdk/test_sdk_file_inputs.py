"""`dg.file` and `inputs=`: what can be declared, where, and what is refused with which words."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import dagx as dg


def patterns(definition: dg.AssetsDefinition) -> list[str]:
    return [each.path for each in definition.files]


def test_a_file_is_a_value() -> None:
    assert dg.file("data/a.csv") == dg.file("./data//a.csv") == dg.file(Path("data/a.csv"))
    assert dg.file("data/") != dg.file("data")
    assert len({dg.file("a"), dg.file("a"), dg.file("b")}) == 2
    assert repr(dg.file("data/*.csv")) == "file('data/*.csv')"
    assert isinstance(dg.file("a"), dg.FileInput)
    with pytest.raises(AttributeError, match="cannot be changed"):
        dg.file("a").path = "b"


def test_the_home_folder_is_meant_by_a_tilde(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/ann")
    assert dg.file("~/x.csv").path == "/home/ann/x.csv"


def test_files_stand_beside_assets_and_are_none() -> None:
    @dg.asset(deps=["up", dg.file("b.csv")], inputs=["a.csv", Path("b.csv"), dg.file("c/")])
    def made() -> None: ...

    assert patterns(made) == ["b.csv", "a.csv", "c/"]
    assert made.dependency_keys == {dg.AssetKey("up")}
    assert [dep.asset_key for dep in made.get_asset_spec().deps] == [dg.AssetKey("up")]


def test_a_spec_keeps_its_files_through_copies() -> None:
    spec = dg.AssetSpec("a", deps=["up", dg.file("x.csv")])
    assert spec.replace_attributes(group_name="g").files == (dg.file("x.csv"),)
    assert spec.replace_attributes(deps=[dg.file("y.csv")]).files == (dg.file("y.csv"),)
    assert spec.replace_attributes(deps=[]).files == ()
    assert spec.merge_attributes(deps=[dg.file("y.csv")]).files == (dg.file("x.csv"), dg.file("y.csv"))
    assert spec != dg.AssetSpec("a", deps=["up"])


@pytest.mark.parametrize("path", ["", "  ", "a\0b", None, 3, b"x", ["a.csv"]])
def test_what_is_no_path_is_refused(path: Any) -> None:
    with pytest.raises(dg.InvalidArgumentError, match=r"takes the path of a file"):
        dg.file(path)


@pytest.mark.parametrize("path", ["*", "**", "**/*.csv", "?", "/*", "[a-z]", ".", "/", "data/..", "../*"])
def test_a_pattern_that_could_be_anything_is_refused(path: str) -> None:
    with pytest.raises(dg.InvalidArgumentError, match=r"could be anything") as refused:
        dg.file(path)
    assert "data/**/*.csv" in str(refused.value)


@pytest.mark.parametrize("path", ["*.csv", "data/*", "../data/*", "/srv/**/x", "x?.csv"])
def test_a_pattern_of_which_something_is_fixed_is_not(path: str) -> None:
    assert dg.file(path).path == path


def test_two_stars_stand_alone() -> None:
    with pytest.raises(dg.InvalidArgumentError, match=r"write 'data/\*\*/\*.csv'"):
        dg.file("data/**.csv")


def test_an_address_is_no_file() -> None:
    with pytest.raises(dg.InvalidArgumentError, match="is an address"):
        dg.file("s3://bucket/x.csv")


@pytest.mark.parametrize(
    "use",
    [
        lambda: dg.AssetDep(dg.file("x.csv")),
        lambda: dg.AssetIn(dg.file("x.csv")),
        lambda: dg.asset(ins={"x": dg.file("x.csv")})(_takes),
        lambda: dg.AssetCheckSpec("c", asset="a", additional_deps=[dg.file("x.csv")]),
    ],
    ids=["AssetDep", "AssetIn", "ins", "check spec"],
)
def test_a_file_where_an_asset_is_meant_says_where_it_belongs(use: Callable[[], Any]) -> None:
    with pytest.raises(dg.InvalidArgumentError, match=r"where an asset is meant\n.*inputs=\["):
        use()


def test_inputs_are_a_list_of_files() -> None:
    with pytest.raises(dg.InvalidArgumentError, match="inputs is a list"):
        dg.asset(inputs="data/a.csv")(_one)
    with pytest.raises(dg.InvalidArgumentError, match=r"inputs has files, not AssetKey(.|\n)*deps=\["):
        dg.asset(inputs=[dg.AssetKey("up")])(_one)
    with pytest.raises(dg.InvalidArgumentError, match="inputs is a list"):
        dg.op(inputs=dg.file("a.csv"))(_one)


def test_a_name_that_looks_like_a_file_is_told_how_to_declare_one() -> None:
    made = dg.asset(deps=["data/in.csv"])(_one)
    with pytest.raises(dg.InvalidDefinitionError, match=r'dg\.file\("data/in\.csv"\)'):
        dg.Definitions.validate_loadable(dg.Definitions(assets=[made]))


def _one() -> int:
    return 1


def _takes(x: int) -> int:
    return x
