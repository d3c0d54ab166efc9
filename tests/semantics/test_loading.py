"""Section 25: assets and checks loaded from modules and packages."""

import sys
import types
from pathlib import Path
from typing import Any

import pytest

import dagx as dg


def one(name: str, **arguments: Any) -> dg.AssetsDefinition:
    return dg.asset(name=name, **arguments)(lambda: None)


def check(asset: Any, name: str = "fits") -> dg.AssetChecksDefinition:
    return dg.asset_check(asset=asset, name=name)(lambda: dg.AssetCheckResult(passed=True))


def module(name: str, **attributes: Any) -> types.ModuleType:
    made = types.ModuleType(name)
    vars(made).update(attributes)
    return made


def names(loaded: Any) -> list[str]:
    return [spec.key.to_user_string() for item in loaded for spec in getattr(item, "specs", [item])]


EAGER = dg.AutomationCondition.eager()


# Assets


def test_loading_collects_definitions_also_in_lists_and_tuples_and_each_object_once() -> None:
    a, b, c = one("a"), one("b"), one("c")
    first = module("first", a=a, same=a, several=[b, 3], pair=(c,), spec=dg.AssetSpec("s"), number=3)
    second = module("second", imported=a)
    assert names(dg.load_assets_from_modules([first, second])) == ["a", "b", "c"]


def test_source_assets_come_along_and_bare_specs_only_when_asked_for() -> None:
    source, spec = dg.SourceAsset("source"), dg.AssetSpec("spec")
    both = module("m", source=source, spec=spec, more=[dg.AssetSpec("in_a_list")])
    assert names(dg.load_assets_from_modules([both])) == ["source"]
    assert names(dg.load_assets_from_modules([both], include_specs=True)) == ["source", "spec", "in_a_list"]


def test_checks_are_no_assets_and_a_multi_asset_is_one_definition() -> None:
    @dg.multi_asset(specs=[dg.AssetSpec("x"), dg.AssetSpec("y")])
    def both() -> None: ...

    loaded = dg.load_assets_from_modules([module("m", check=check("x"), both=both)])
    assert loaded == [both]


@pytest.mark.parametrize("wrong", ["os", None, {"a": 1}])
def test_what_is_no_module_is_refused(wrong: Any) -> None:
    with pytest.raises(dg.InvalidArgumentError, match="takes modules"):
        dg.load_assets_from_modules([wrong])
    with pytest.raises(dg.InvalidArgumentError, match="takes modules"):
        dg.load_asset_checks_from_modules([wrong])


@pytest.mark.parametrize("load", [dg.load_assets_from_modules, dg.load_asset_checks_from_modules])
def test_a_module_in_place_of_a_list_is_refused(load: Any) -> None:
    with pytest.raises(dg.InvalidArgumentError, match=r"write \[module\]"):
        load(module("m"))


def test_loading_one_key_from_two_modules_is_an_error_that_says_where_both_are() -> None:
    with pytest.raises(dg.DagsterInvalidDefinitionError, match='asset "a" is defined twice') as caught:
        dg.load_assets_from_modules([module("x", a=one("a")), module("y", a=one("a"))])
    assert str(caught.value).count("test_loading.py:") == 2


def test_a_key_prefix_goes_on_every_asset_and_on_references_between_them_alone() -> None:
    a, c = one("a"), one("c", deps=["outside"])

    @dg.asset
    def b(a: None) -> None: ...

    loaded = dg.load_assets_from_modules([module("m", a=a, b=b, c=c)], key_prefix=["p", "q"])
    assert names(loaded) == ["p/q/a", "p/q/b", "p/q/c"]
    again = {item.key.to_user_string(): item for item in loaded if isinstance(item, dg.AssetsDefinition)}
    assert again["p/q/b"].dependency_keys == {dg.AssetKey(["p", "q", "a"])}
    assert again["p/q/b"].keys_by_input_name == {"a": dg.AssetKey(["p", "q", "a"])}
    assert again["p/q/c"].dependency_keys == {dg.AssetKey("outside")}
    assert dg.materialize(loaded).success


def test_one_segment_of_a_prefix_may_be_a_str() -> None:
    assert names(dg.load_assets_from_modules([module("m", a=one("a"))], key_prefix="p")) == ["p/a"]


def test_source_assets_have_a_prefix_of_their_own() -> None:
    source = dg.SourceAsset("source", io_manager_key="m")
    uses = one("uses", deps=["source"])
    both = module("m", source=source, uses=uses)
    assert names(dg.load_assets_from_modules([both], key_prefix="p")) == ["source", "p/uses"]
    loaded = dg.load_assets_from_modules([both], key_prefix="p", source_key_prefix=["raw"])
    assert names(loaded) == ["raw/source", "p/uses"]
    found, user = loaded
    assert isinstance(found, dg.SourceAsset)
    assert found.io_manager_key == "m"
    assert isinstance(user, dg.AssetsDefinition)
    assert user.dependency_keys == {dg.AssetKey(["raw", "source"])}


def test_a_group_goes_on_every_asset_unless_one_is_in_another_already() -> None:
    both = module("m", a=one("a"), b=one("b", group_name="default"), s=dg.SourceAsset("s"))
    loaded = dg.load_assets_from_modules([both], group_name="g")
    assert {spec.group_name for item in loaded for spec in getattr(item, "specs", [item])} == {"g"}
    taken = module("m", a=one("a", group_name="h"), b=one("b", group_name="i"))
    with pytest.raises(
        dg.DagsterInvalidDefinitionError, match='asset "a" is in the group "h" already'
    ) as caught:
        dg.load_assets_from_modules([taken], group_name="g")
    assert 'asset "b" is in the group "i" already' in str(caught.value)
    assert names(dg.load_assets_from_modules([module("m", a=one("a", group_name="g"))], group_name="g"))


def test_a_condition_is_for_those_that_have_none() -> None:
    own = dg.AutomationCondition.on_missing()
    both = module("m", a=one("a"), b=one("b", automation_condition=own))
    loaded = dg.load_assets_from_modules([both], automation_condition=EAGER)
    conditions = [spec.automation_condition for item in loaded for spec in item.specs]  # type: ignore[union-attr]
    assert conditions == [EAGER, own]


def test_a_backfill_policy_is_for_those_that_have_none() -> None:
    single, multi = dg.BackfillPolicy.single_run(), dg.BackfillPolicy.multi_run(3)
    days = dg.DailyPartitionsDefinition("2024-01-01")
    both = module(
        "m", a=one("a", partitions_def=days), b=one("b", partitions_def=days, backfill_policy=multi)
    )
    loaded = dg.load_assets_from_modules([both], backfill_policy=single)
    assert [item.backfill_policy for item in loaded] == [single, multi]  # type: ignore[union-attr]


def test_a_freshness_policy_is_for_those_that_have_none() -> None:
    from datetime import timedelta  # noqa: PLC0415

    policy = dg.FreshnessPolicy.time_window(fail_window=timedelta(hours=1))
    loaded = dg.load_assets_from_modules([module("m", a=one("a"))], freshness_policy=policy)
    assert [spec.freshness_policy for item in loaded for spec in item.specs] == [policy]  # type: ignore[union-attr]


def test_what_nothing_was_said_for_stays_the_same_object() -> None:
    a = one("a")
    assert dg.load_assets_from_modules([module("m", a=a)]) == [a]


in_this_module = one("in_this_module")
check_in_this_module = check("in_this_module")
ALL_HERE = dg.load_assets_from_current_module(key_prefix="here")
below = one("below")


def test_loading_the_current_module_sees_what_stands_above_the_call() -> None:
    assert names(ALL_HERE) == ["here/in_this_module"]
    assert in_this_module in dg.load_assets_from_current_module()
    assert dg.load_asset_checks_from_current_module() == [check_in_this_module]


# Packages

SOURCE = """
import dagx as dg
@dg.asset
def {0}(): ...
@dg.asset_check(asset={0})
def fits(): return dg.AssetCheckResult(passed=True)
"""


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    name = f"packed_{tmp_path.name.replace('-', '_')}"
    below = tmp_path / name / "below"
    below.mkdir(parents=True)
    (tmp_path / name / "__init__.py").write_text(SOURCE.format("top"))
    (below / "__init__.py").write_text("")
    (below / "deep.py").write_text(SOURCE.format("deep"))
    monkeypatch.syspath_prepend(tmp_path)
    return name


def test_loading_a_package_imports_what_is_below_it(package: str) -> None:
    assert names(dg.load_assets_from_package_name(package)) == ["top", "deep"]
    loaded = dg.load_assets_from_package_module(sys.modules[package], key_prefix="p", group_name="g")
    assert names(loaded) == ["p/top", "p/deep"]
    assert names(dg.load_assets_from_package_name(package, source_key_prefix="raw")) == ["top", "deep"]


def test_loading_checks_of_a_package(package: str) -> None:
    def checked(loaded: Any) -> list[str]:
        return [key.to_user_string() for item in loaded for key in item.check_keys]

    assert checked(dg.load_asset_checks_from_package_name(package)) == ["top:fits", "deep:fits"]
    module = sys.modules[package]
    assert checked(dg.load_asset_checks_from_package_module(module, "p")) == ["p/top:fits", "p/deep:fits"]


# Checks


def test_checks_are_collected_and_nothing_else() -> None:
    first, second = check("a"), check("a", "other")
    here = module("m", first=first, again=first, more=[second], a=one("a"), spec=dg.AssetSpec("s"))
    assert dg.load_asset_checks_from_modules([here]) == [first, second]


def test_a_prefix_goes_on_the_assets_that_are_checked() -> None:
    here = module("m", a=one("a"), first=check("a"))
    checks = dg.load_asset_checks_from_modules([here], asset_key_prefix=["p"])
    assert [key.to_user_string() for item in checks for key in item.check_keys] == ["p/a:fits"]
    loaded = dg.load_assets_from_modules([here], key_prefix=["p"])
    dg.Definitions.validate_loadable(dg.Definitions(assets=loaded, asset_checks=checks))
    assert dg.materialize([*loaded, *checks]).get_asset_check_evaluations()[0].passed


def test_loading_checks_calls_no_function_of_the_users() -> None:
    @dg.definitions
    def later() -> dg.Definitions:
        raise AssertionError("called")

    assert dg.load_asset_checks_from_modules([module("m", later=later)]) == []


# Definitions


def everything() -> types.ModuleType:
    @dg.op
    def nothing() -> None: ...

    @dg.job
    def work() -> None:
        nothing()

    return module(
        "m",
        a=one("a"),
        spec=dg.AssetSpec("spec"),
        check=check("a"),
        work=work,
        of_assets=dg.define_asset_job("of_assets"),
        daily=dg.ScheduleDefinition("daily", cron_schedule="@daily", job=work),
        looking=dg.sensor(name="looking", job=work)(lambda: None),
        conditions=dg.AutomationConditionSensorDefinition("conditions", target="*"),
        number=3,
        text="text",
        cls=dg.JobDefinition,
    )


def test_everything_that_modules_define_is_loaded() -> None:
    db = object()
    defs = dg.load_definitions_from_module(
        everything(), resources={"db": db}, executor=dg.in_process_executor
    )
    assert names(defs.resolve_all_asset_specs()) == ["a", "spec"]
    assert len(defs.asset_checks) == 1
    assert [job.name for job in defs.jobs] == ["work", "of_assets"]
    assert [schedule.name for schedule in defs.schedules] == ["daily"]
    assert [sensor.name for sensor in defs.sensors] == ["looking", "conditions"]
    assert defs.resources == {"db": db}
    assert defs.executor is dg.in_process_executor
    dg.Definitions.validate_loadable(defs)


def test_several_modules_and_what_they_share_are_loaded_once() -> None:
    first = everything()
    second = module("n", a=first.a, b=one("b"), work=first.work)
    defs = dg.load_definitions_from_modules([first, second])
    assert names(defs.resolve_all_asset_specs()) == ["a", "b", "spec"]
    assert [job.name for job in defs.jobs] == ["work", "of_assets"]


def test_a_module_with_definitions_of_its_own_is_refused() -> None:
    for whole in (dg.Definitions(), dg.definitions(lambda: dg.Definitions())):
        with pytest.raises(dg.InvalidDefinitionError, match="the module n has"):
            dg.load_definitions_from_modules([module("m"), module("n", defs=whole)])


def test_definitions_of_packages_and_of_the_current_module(package: str) -> None:
    by_name = dg.load_definitions_from_package_name(package)
    assert names(by_name.resolve_all_asset_specs()) == ["deep", "top"]
    by_module = dg.load_definitions_from_package_module(sys.modules[package])
    assert names(by_module.resolve_all_asset_specs()) == ["deep", "top"]
    here = names(dg.load_definitions_from_current_module().resolve_all_asset_specs())
    assert {"in_this_module", "below"} <= set(here)


# @definitions


def test_a_lazy_function_is_called_once_and_when_it_is_asked() -> None:
    calls: list[Any] = []

    @dg.definitions
    def defs() -> dg.Definitions:
        calls.append(None)
        return dg.Definitions([one("a")])

    assert calls == []
    assert names(defs().resolve_all_asset_specs()) == ["a"]
    assert defs() is defs()
    assert len(calls) == 1


def test_a_lazy_function_may_take_one_parameter() -> None:
    @dg.definitions
    def defs(context: Any) -> dg.Definitions:
        return dg.Definitions([one("a" if context is None else str(context))])

    assert names(defs().resolve_all_asset_specs()) == ["a"]


def test_more_parameters_and_other_results_are_refused() -> None:
    with pytest.raises(dg.InvalidDefinitionError, match="takes 2 parameters"):
        dg.definitions(lambda one, two: dg.Definitions())

    def makes_a_list() -> Any:
        return [one("a")]

    with pytest.raises(dg.InvalidDefinitionError, match='"makes_a_list" returned a list'):
        dg.definitions(makes_a_list)()
