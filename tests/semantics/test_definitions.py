"""Section 25: Definitions, merging, and module loaders."""

import types
from typing import Any

import pytest

import dagx as dg


def one(name: str, **arguments: Any) -> dg.AssetsDefinition:
    return dg.asset(name=name, **arguments)(lambda: None)


def module(name: str, **attributes: Any) -> types.ModuleType:
    made = types.ModuleType(name)
    vars(made).update(attributes)
    return made


def problems(*assets: Any) -> str:
    with pytest.raises(dg.InvalidDefinitionError) as caught:
        dg.Definitions.validate_loadable(dg.Definitions(assets))
    return str(caught.value)


@pytest.mark.parametrize("wrong", [one("a"), types, "a", 3])
def test_assets_must_be_an_iterable(wrong: Any) -> None:
    with pytest.raises(dg.InvalidArgumentError):
        dg.Definitions(assets=wrong)


@pytest.mark.parametrize("wrong", [types, "a", lambda: None, [one("a")], None])
def test_members_are_checked_at_construction(wrong: Any) -> None:
    with pytest.raises(dg.InvalidArgumentError, match="is no asset"):
        dg.Definitions(assets=[wrong])


def test_construction_does_not_resolve() -> None:
    dg.Definitions(assets=[one("a"), one("a"), one("b", deps=["nowhere"])])


def test_the_same_key_from_two_objects_is_an_error_and_the_same_object_twice_is_fine() -> None:
    a = one("a")
    assert 'asset "a" is defined twice' in problems(a, one("a"))
    assert 'asset "a" is defined twice' in problems(a, dg.AssetSpec("a"))
    dg.Definitions.validate_loadable(dg.Definitions([a, a]))


def test_two_keys_with_one_identifier_are_an_error() -> None:
    text = problems(one("a__b"), dg.asset(key=["a", "b"])(lambda: None))
    assert 'asset "a__b" and asset "a/b" have the same step name "a__b"' in text


def test_an_unknown_argument_is_an_error_with_the_near_name() -> None:
    text = problems(one("orders"), dg.asset(name="b")(lambda ordrs: None))
    assert 'asset "ordrs" is not defined (needed by "b")' in text
    assert 'did you mean "orders"?' in text


def test_an_argument_whose_asset_has_a_prefix_is_answered_with_the_way_to_write_it() -> None:
    text = problems(dg.asset(key=["raw", "orders"])(lambda: None), dg.asset(name="b")(lambda orders: None))
    assert 'did you mean "raw/orders"? then give ins={"orders": AssetIn(["raw", "orders"])}' in text


def test_an_unknown_dep_is_an_error_when_a_project_loads_and_a_stub_in_materialize() -> None:
    b = one("b", deps=["ordrs"])
    assert 'did you mean "orders"?' in problems(one("orders"), b)
    assert 'add AssetSpec("ordrs") to the definitions' in problems(b)
    assert dg.materialize([b]).success


def test_an_external_asset_satisfies_a_dependency() -> None:
    dg.Definitions.validate_loadable(dg.Definitions([dg.AssetSpec("source"), one("b", deps=["source"])]))


def test_a_cycle_is_an_error_that_shows_its_path() -> None:
    assert "a -> b -> c -> a" in problems(one("a", deps=["c"]), one("b", deps=["a"]), one("c", deps=["b"]))


def test_all_problems_are_reported_together_with_file_and_line() -> None:
    with pytest.raises(dg.InvalidDefinitionError) as caught:
        dg.Definitions.validate_loadable(
            dg.Definitions([one("a", deps=["x"]), one("a"), one("b", io_manager_key="m")])
        )
    found = caught.value.problems
    assert len(found) == 3
    assert str(caught.value) == "\n\n".join(str(problem) for problem in found)
    assert all(problem.where is not None and problem.where.file == __file__ for problem in found)


def test_merging_concatenates() -> None:
    shared = object()
    merged = dg.Definitions.merge(
        dg.Definitions([one("a")], resources={"x": shared}),
        dg.Definitions([one("b")], resources={"x": shared}),
    )
    assert merged.resolve_all_asset_keys() == [dg.AssetKey("a"), dg.AssetKey("b")]


def test_merging_two_objects_under_one_resource_name_is_an_error_although_they_are_equal() -> None:
    with pytest.raises(dg.InvariantViolationError, match="two different objects"):
        dg.Definitions.merge(dg.Definitions(resources={"x": [1]}), dg.Definitions(resources={"x": [1]}))


def test_duplicates_of_a_merge_are_found_when_it_resolves() -> None:
    merged = dg.Definitions.merge(dg.Definitions([one("a")]), dg.Definitions([one("a")]))
    with pytest.raises(dg.InvalidDefinitionError, match="defined twice"):
        dg.Definitions.validate_loadable(merged)


def test_definitions_are_found_by_key() -> None:
    a = one("a")
    defs = dg.Definitions([a])
    assert defs.resolve_assets_def("a") is a
    with pytest.raises(dg.InvariantViolationError, match="no definition makes"):
        defs.resolve_assets_def("b")


@pytest.mark.parametrize("keyword", ["jobs", "schedules", "sensors", "asset_checks"])
def test_members_of_the_wrong_kind_are_refused_and_none_is_not(keyword: str) -> None:
    with pytest.raises(dg.InvalidArgumentError, match="object"):
        dg.Definitions(**{keyword: [object()]})  # type: ignore[arg-type]
    dg.Definitions(**{keyword: None})  # type: ignore[arg-type]


def test_loading_collects_definitions_also_in_lists_and_each_object_once() -> None:
    a, b, c = one("a"), one("b"), one("c")
    first = module("first", a=a, same=a, several=[b, 3], pair=(c,), spec=dg.AssetSpec("s"))
    second = module("second", imported=a)
    assert dg.load_assets_from_modules([first, second]) != []
    names = [item.key.to_user_string() for item in dg.load_assets_from_modules([first, second])]
    assert names == ["a", "b", "c"]
    with_specs = dg.load_assets_from_modules([first], include_specs=True)
    assert [item.key.to_user_string() for item in with_specs] == ["a", "b", "c", "s"]


def test_loading_one_key_from_two_modules_is_an_error() -> None:
    with pytest.raises(dg.InvalidDefinitionError, match="defined twice"):
        dg.load_assets_from_modules([module("x", a=one("a")), module("y", a=one("a"))])


def test_a_key_prefix_goes_on_every_asset_and_on_references_between_them_alone() -> None:
    a, c = one("a"), one("c", deps=["outside"])

    @dg.asset
    def b(a: None) -> None: ...

    loaded = dg.load_assets_from_modules([module("m", a=a, b=b, c=c)], key_prefix=["p", "q"])
    assert [item.key.path for item in loaded] == [["p", "q", "a"], ["p", "q", "b"], ["p", "q", "c"]]
    again = {item.key.to_user_string(): item for item in loaded if isinstance(item, dg.AssetsDefinition)}
    assert again["p/q/b"].dependency_keys == {dg.AssetKey(["p", "q", "a"])}
    assert again["p/q/b"].keys_by_input_name == {"a": dg.AssetKey(["p", "q", "a"])}
    assert again["p/q/c"].dependency_keys == {dg.AssetKey("outside")}
    assert dg.materialize(loaded).success


def test_a_group_goes_on_every_asset_unless_one_is_in_another_already() -> None:
    loaded = dg.load_assets_from_modules([module("m", a=one("a"), b=one("b"))], group_name="g")
    assert [spec.group_name for item in loaded for spec in item.specs] == ["g", "g"]  # type: ignore[union-attr]
    with pytest.raises(dg.InvalidDefinitionError, match='is in the group "h" already'):
        dg.load_assets_from_modules([module("m", a=one("a", group_name="h"))], group_name="g")


in_this_module = one("in_this_module")


def test_loading_the_current_module() -> None:
    assert dg.load_assets_from_current_module() == [in_this_module]


def test_loading_a_package_imports_what_is_below_it(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "packed_assets"
    (package / "below").mkdir(parents=True)
    source = "import dagx as dg\n@dg.asset\ndef {0}(): ...\n"
    (package / "__init__.py").write_text(source.format("top"))
    (package / "below" / "__init__.py").write_text("")
    (package / "below" / "deep.py").write_text(source.format("deep"))
    monkeypatch.syspath_prepend(tmp_path)
    names = [item.key.to_user_string() for item in dg.load_assets_from_package_name("packed_assets")]
    assert names == ["top", "deep"]
