"""Section 25: Definitions, merging, and module loaders."""

import types
from collections.abc import Callable
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


def twice_a() -> dg.Definitions:
    return dg.Definitions(assets=[one("a"), one("a")])


def without_its_resource() -> dg.Definitions:
    return dg.Definitions(assets=[one("a", required_resource_keys={"db"})])


def with_a_selection_of_nothing_known() -> dg.Definitions:
    return dg.Definitions(assets=[one("a")], jobs=[dg.define_asset_job("j", selection=["nowhere"])])


def in_a_circle() -> dg.Definitions:
    return dg.Definitions(assets=[one("a", deps=["b"]), one("b", deps=["a"])])


@pytest.mark.parametrize(
    ("make", "resolve", "error"),
    [
        (twice_a, lambda defs: defs.resolve_asset_graph(), dg.DagsterInvalidDefinitionError),
        (twice_a, lambda defs: defs.resolve_assets_def("a"), dg.DagsterInvalidDefinitionError),
        (
            without_its_resource,
            lambda defs: defs.resolve_implicit_global_asset_job_def(),
            dg.DagsterInvalidDefinitionError,
        ),
        (
            with_a_selection_of_nothing_known,
            lambda defs: defs.resolve_job_def("j"),
            dg.DagsterInvalidDefinitionError,
        ),
        (
            in_a_circle,
            lambda defs: defs.resolve_implicit_global_asset_job_def(),
            dg.CircularDependencyError,
        ),
    ],
)
def test_construction_does_not_resolve_and_what_is_wrong_comes_out_when_something_is_resolved(
    make: Callable[[], dg.Definitions],
    resolve: Callable[[dg.Definitions], object],
    error: type[dg.DagsterError],
) -> None:
    for ask in (resolve, dg.Definitions.validate_loadable):
        defs = make()
        with pytest.raises(error):
            ask(defs)


def test_the_same_key_from_two_objects_is_an_error_and_the_same_object_twice_is_fine() -> None:
    a = one("a")
    assert 'asset "a" is defined twice' in problems(a, one("a"))
    assert 'asset "a" is defined twice' in problems(a, dg.AssetSpec("a"))
    dg.Definitions.validate_loadable(dg.Definitions([a, a]))


def test_two_keys_with_one_identifier_are_an_error() -> None:
    text = problems(one("a__b"), dg.asset(key=["a", "b"])(lambda: None))
    assert 'asset "a__b" and asset "a/b" have the same step name "a__b"' in text
    with pytest.raises(dg.InvalidDefinitionError, match='same step name "a__b"'):
        dg.materialize([one("a__b"), dg.asset(key=["a", "b"])(lambda: None)])


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


def test_definitions_are_found_by_key() -> None:
    a = one("a")
    defs = dg.Definitions([a, dg.AssetSpec("elsewhere")])
    assert defs.resolve_assets_def("a") is a
    with pytest.raises(dg.InvariantViolationError, match=r'no definition makes the asset "aa"\n.*mean "a"'):
        defs.resolve_assets_def("aa")
    with pytest.raises(dg.InvariantViolationError, match="it is made elsewhere"):
        defs.resolve_assets_def("elsewhere")


def job() -> dg.JobDefinition:
    return dg.graph(name="work")(lambda: dg.op(name="nothing")(lambda: None)()).to_job()


def check() -> dg.AssetChecksDefinition:
    return dg.asset_check(asset="a", name="fits")(lambda: dg.AssetCheckResult(passed=True))


def schedule() -> dg.ScheduleDefinition:
    return dg.ScheduleDefinition("daily", cron_schedule="@daily", job=job())


def sensor() -> dg.SensorDefinition:
    return dg.sensor(name="looking")(lambda: None)


@pytest.mark.parametrize("keyword", ["jobs", "schedules", "sensors", "asset_checks"])
def test_members_of_the_wrong_kind_are_refused_and_none_is_not(keyword: str) -> None:
    for wrong in (object(), types, dg.Definitions, "a", None, [job()]):
        with pytest.raises(dg.InvalidArgumentError):
            dg.Definitions(**{keyword: [wrong]})  # type: ignore[arg-type]
    dg.Definitions(**{keyword: None})


@pytest.mark.parametrize(
    ("keyword", "wrong", "hint"),
    [
        ("assets", job(), "it is a job: give it as jobs=..."),
        ("assets", sensor(), "it is a sensor: give it as sensors=..."),
        ("jobs", one("a"), "it is an asset: give it as assets=..."),
        ("jobs", sensor(), "it is a sensor: give it as sensors=..."),
        ("schedules", sensor(), "it is a sensor: give it as sensors=..."),
        ("sensors", schedule(), "it is a schedule: give it as schedules=..."),
        ("sensors", check(), "it is an asset check: give it as asset_checks=..."),
        ("jobs", [job()], "write *list, to add the members of a list"),
        ("asset_checks", dg.AssetSpec("a"), "give it in assets=[...]"),
    ],
)
def test_a_member_in_the_wrong_place_is_answered_with_the_right_one(
    keyword: str, wrong: Any, hint: str
) -> None:
    with pytest.raises(dg.InvalidArgumentError) as caught:
        dg.Definitions(**{keyword: [wrong]})  # type: ignore[arg-type]
    assert caught.value.hint == hint


@pytest.mark.parametrize("keyword", ["jobs", "schedules", "sensors"])
def test_one_definition_in_place_of_a_list_is_refused(keyword: str) -> None:
    wrong = {"jobs": job(), "schedules": schedule(), "sensors": sensor()}[keyword]
    with pytest.raises(dg.InvalidArgumentError, match=rf"{keyword}=\[\.\.\.\]"):
        dg.Definitions(**{keyword: wrong})  # type: ignore[arg-type]


def test_any_iterable_of_members_will_do() -> None:
    defs = dg.Definitions(assets=(one(name) for name in "ab"), jobs=iter([job()]), sensors={sensor()})
    assert len(defs.assets) == 2
    assert [found.name for found in (*defs.jobs, *defs.sensors)] == ["work", "looking"]


@pytest.mark.parametrize("wrong", ["multiprocess", object(), dg.ExecutorDefinition])
def test_an_executor_is_one_of_those_that_there_are(wrong: Any) -> None:
    with pytest.raises(dg.InvalidArgumentError, match="multiprocess_executor"):
        dg.Definitions(executor=wrong)
    with pytest.raises(dg.InvalidArgumentError, match='job "j": executor_def is'):
        dg.define_asset_job("j", executor_def=wrong)


@pytest.mark.parametrize("wrong", [{"a": lambda context: None}, {"a": 3}, [dg.colored_console_logger]])
def test_loggers_are_loggers_by_name(wrong: Any) -> None:
    with pytest.raises(dg.InvalidArgumentError, match="logger"):
        dg.Definitions(loggers=wrong)


def test_metadata_of_definitions_is_normalized() -> None:
    assert dg.Definitions(metadata={"team": "data"}).metadata == {"team": dg.MetadataValue.text("data")}
    with pytest.raises(dg.DagsterInvalidMetadata):
        dg.Definitions(metadata={"team": object()})


def test_components_are_refused() -> None:
    with pytest.raises(dg.InvalidArgumentError, match="no components"):
        dg.Definitions(component_tree=object())


def test_an_attribute_that_is_mistyped_is_answered_with_the_near_one() -> None:
    with pytest.raises(AttributeError, match='did you mean "resolve_job_def"'):
        dg.Definitions().resolve_jobs_def  # type: ignore[attr-defined]  # noqa: B018


def test_everything_is_found_by_name() -> None:
    work, tick, look = (
        job(),
        dg.ScheduleDefinition("daily", cron_schedule="@daily", job_name="work"),
        sensor(),
    )
    defs = dg.Definitions([one("a")], jobs=[work], schedules=[tick], sensors=[look])
    assert defs.resolve_job_def("work").name == "work"
    assert defs.resolve_schedule_def("daily") is tick
    assert defs.resolve_sensor_def("looking") is look
    assert {found.name for found in defs.get_all_job_defs()} == {"work", "__ASSET_JOB"}
    for resolve in (defs.resolve_job_def, defs.resolve_schedule_def, defs.resolve_sensor_def):
        with pytest.raises(dg.InvariantViolationError, match=r'there is no \w+ "wrok"'):
            resolve("wrok")


def test_the_older_names_of_the_methods_still_work() -> None:
    defs = dg.Definitions([one("a")], jobs=[job()], sensors=[sensor()])
    assert defs.get_assets_def("a").key == dg.AssetKey("a")
    assert defs.get_job_def("work").name == "work"
    assert defs.get_sensor_def("looking").name == "looking"
    assert defs.get_implicit_global_asset_job_def().name == "__ASSET_JOB"
    assert defs.get_all_asset_specs() == defs.resolve_all_asset_specs()
    assert defs.get_asset_graph().get_all_asset_keys() == {dg.AssetKey("a")}


def test_the_job_of_some_assets_is_that_of_all_when_it_has_them() -> None:
    defs = dg.Definitions([one("a")])
    found = defs.resolve_implicit_job_def_def_for_assets([dg.AssetKey("a")])
    assert found is not None
    assert found.name == "__ASSET_JOB"
    assert defs.resolve_implicit_job_def_def_for_assets([dg.AssetKey("b")]) is None


def test_a_repository_looks_things_up() -> None:
    defs = dg.Definitions(
        [one("a")], jobs=[job()], schedules=[schedule()], sensors=[sensor()], resources={"x": 1}
    )
    with pytest.raises(dg.InvalidDefinitionError, match="two jobs"):
        defs.get_repository_def()
    defs = dg.Definitions([one("a")], jobs=[job()], sensors=[sensor()], resources={"x": 1})
    found = defs.get_repository_def()
    assert found is defs.get_repository_def()
    assert (found.name, found.job_names) == ("__repository__", ["__ASSET_JOB", "work"])
    assert found.has_job("work")
    assert not found.has_job("wrok")
    assert found.has_sensor_def("looking")
    assert not found.has_schedule_def("daily")
    assert [made.name for made in found.sensor_defs] == ["looking"]
    assert list(found.assets_defs_by_key) == [dg.AssetKey("a")]
    assert found.get_top_level_resources() == {"x": 1}


# Copies


def test_every_spec_can_be_changed_or_those_of_a_selection() -> None:
    defs = dg.Definitions([one("a"), one("b", deps=["a"]), dg.AssetSpec("s")])

    def owned(spec: dg.AssetSpec) -> dg.AssetSpec:
        return spec.replace_attributes(owners=["team:data"])

    def owners(changed: dg.Definitions) -> dict[str, list[str]]:
        return {spec.key.to_user_string(): spec.owners for spec in changed.resolve_all_asset_specs()}

    team = ["team:data"]
    assert owners(defs.map_asset_specs(func=owned)) == {"a": team, "b": team, "s": team}
    assert owners(defs.map_asset_specs(func=owned, selection="a")) == {"a": team, "b": [], "s": []}
    assert owners(defs.map_resolved_asset_specs(func=owned, selection="a+")) == {
        "a": team,
        "b": team,
        "s": [],
    }
    assert owners(defs) == {"a": [], "b": [], "s": []}


def test_changing_a_key_or_dropping_what_fills_a_parameter_is_refused() -> None:
    @dg.asset
    def needs(a: None) -> None: ...

    defs = dg.Definitions([one("a"), needs])
    with pytest.raises(dg.InvalidDefinitionError, match="changed the key"):
        defs.map_asset_specs(func=lambda spec: spec.replace_attributes(key="z"))
    with pytest.raises(dg.InvalidDefinitionError, match="the parameter 'a' is filled from it"):
        defs.map_asset_specs(func=lambda spec: spec.replace_attributes(deps=[]))


def test_resources_are_added_where_there_is_none_of_the_name() -> None:
    first, second = object(), object()
    defs = dg.Definitions(resources={"x": first}).with_resources({"x": second, "y": second})
    assert defs.resources == {"x": first, "y": second}
    assert defs.with_resources(None).resources == defs.resources


def test_metadata_can_be_updated() -> None:
    defs = dg.Definitions(metadata={"a": 1}, resources={"x": 1})
    made = defs.with_definition_metadata_update(lambda old: {**old, "b": 2})
    assert made.metadata == {"a": dg.MetadataValue.int(1), "b": dg.MetadataValue.int(2)}
    assert made.resources == {"x": 1}
