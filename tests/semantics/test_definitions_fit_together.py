"""Section 25: what is found when jobs, schedules, sensors and assets of Definitions are fitted together."""

from __future__ import annotations

from typing import Any

import pytest

import dagx as dg

DAILY = dg.DailyPartitionsDefinition("2024-01-01")


@dg.asset
def orders() -> int:
    return 1


@dg.asset
def revenue(orders: int) -> int:
    return orders + 1


@dg.op
def nothing() -> None: ...


def job(name: str = "work", **arguments: Any) -> dg.JobDefinition:
    @dg.job(name=name, **arguments)
    def made() -> None:
        nothing()

    return made


def schedule(name: str = "tick", **arguments: Any) -> Any:
    return dg.ScheduleDefinition(name, cron_schedule="@daily", **(arguments or {"job": job()}))


def sensor(name: str = "tick", **arguments: Any) -> Any:
    return dg.sensor(name=name, **arguments)(lambda: dg.SkipReason("no"))


def problems(**members: Any) -> list[str]:
    with pytest.raises(dg.DagsterInvalidDefinitionError) as caught:
        dg.Definitions.validate_loadable(dg.Definitions(**members))
    assert all(problem.where is None or problem.where.file == __file__ for problem in caught.value.problems)
    return [str(problem) for problem in caught.value.problems]


# Two of one name


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({"jobs": [job(), job()]}, 'two jobs are called "work"'),
        ({"jobs": [job("j"), dg.define_asset_job("j")]}, 'two jobs are called "j"'),
        (
            {"schedules": [schedule(job_name="work"), schedule(job_name="work")], "jobs": [job()]},
            "two schedules",
        ),
        ({"sensors": [sensor(), sensor()]}, 'two sensors are called "tick"'),
        (
            {"schedules": [schedule(job_name="work")], "sensors": [sensor()], "jobs": [job()]},
            'a schedule and a sensor are both called "tick"',
        ),
        ({"jobs": [job()], "schedules": [schedule(job=job())]}, 'two jobs are called "work"'),
        ({"jobs": [job("__ASSET_JOB")]}, '"__ASSET_JOB", as the one of all assets'),
    ],
)
def test_two_of_one_name_are_an_error_that_says_where_both_are(members: Any, message: str) -> None:
    (problem,) = problems(**members)
    assert message in problem
    assert problem.startswith("tests/semantics/test_definitions_fit_together.py:")


def test_two_checks_of_one_key_are_an_error() -> None:
    def checking() -> Any:
        return dg.asset_check(asset="orders", name="fits")(lambda: dg.AssetCheckResult(passed=True))

    (problem,) = problems(assets=[orders], asset_checks=[checking(), checking()])
    assert "the check orders:fits is defined twice" in problem


def test_the_same_object_twice_is_fine_also_as_a_target() -> None:
    work, tick, look = job(), schedule("a", job_name="work"), sensor("b")
    on_the_job = schedule("c", job=work)
    defs = dg.Definitions(
        jobs=[work, work], schedules=[tick, tick, on_the_job], sensors=[look, look, sensor("d", job=work)]
    )
    dg.Definitions.validate_loadable(defs)
    assert defs.get_repository_def().job_names == ["work"]


# Assets and partitions


def test_a_cycle_is_an_error_of_a_class_of_its_own() -> None:
    a = dg.asset(name="a", deps=["b"])(lambda: None)
    b = dg.asset(name="b", deps=["a"])(lambda: None)
    with pytest.raises(dg.CircularDependencyError, match="a -> b -> a"):
        dg.Definitions.validate_loadable(dg.Definitions([a, b]))


def test_an_invalid_partition_mapping_is_an_error() -> None:
    up = dg.asset(name="up", partitions_def=dg.StaticPartitionsDefinition(["a"]))(lambda: None)
    mapping = dg.AssetDep("up", partition_mapping=dg.TimeWindowPartitionMapping(start_offset=-1))
    down = dg.asset(name="down", partitions_def=DAILY, deps=[mapping])(lambda: None)
    (problem,) = problems(assets=[up, down])
    assert 'asset "down", which needs "up"' in problem


def test_partitions_in_different_time_zones_are_an_error() -> None:
    up = dg.asset(name="up", partitions_def=DAILY)(lambda: None)
    there = dg.DailyPartitionsDefinition("2024-01-01", timezone="America/New_York")
    down = dg.asset(name="down", partitions_def=there, deps=[up])(lambda: None)
    (problem,) = problems(assets=[up, down])
    assert "America/New_York" in problem


def test_a_job_over_assets_of_different_partitions_is_an_error_and_the_assets_alone_are_fine() -> None:
    one = dg.asset(name="one", partitions_def=DAILY)(lambda: None)
    two = dg.asset(name="two", partitions_def=dg.StaticPartitionsDefinition(["a"]))(lambda: None)
    dg.Definitions.validate_loadable(dg.Definitions([one, two]))
    (problem,) = problems(assets=[one, two], jobs=[dg.define_asset_job("both")])
    assert 'the job "both" has assets that are partitioned in different ways' in problem


def test_a_selection_of_nothing_that_exists_is_an_error() -> None:
    (problem,) = problems(assets=[orders], jobs=[dg.define_asset_job("j", selection="ordrs")])
    assert 'did you mean "orders"?' in problem


# Resources


@pytest.mark.parametrize("kind", ["asset", "asset_check", "job", "schedule", "sensor", "resource"])
def test_a_missing_resource_is_an_error_that_names_who_needs_it_and_what_there_is(kind: str) -> None:
    def needs(db: dg.ResourceParam[str]) -> Any:
        return None

    @dg.resource(required_resource_keys={"db"})
    def session(context: dg.InitResourceContext) -> Any: ...

    checking = dg.asset_check(asset="orders", name="fits", required_resource_keys={"db"})(
        lambda context: dg.AssetCheckResult(passed=True)
    )
    of_ops = dg.graph(name="of_ops")(lambda: dg.op(name="needs")(needs)()).to_job() if kind == "job" else None
    by_kind: dict[str, tuple[dict[str, Any], str]] = {
        "asset": ({"assets": [dg.asset(name="a")(needs)]}, 'asset "a"'),
        "asset_check": ({"assets": [orders], "asset_checks": [checking]}, "check orders:fits"),
        "job": ({"jobs": [of_ops]}, 'job "of_ops"'),
        "schedule": (
            {"schedules": [dg.schedule("@daily", job=job(), name="s")(needs)]},
            'schedule "s"',
        ),
        "sensor": ({"sensors": [dg.sensor(name="s")(needs)]}, 'sensor "s"'),
        "resource": ({"resources": {"session": session}}, 'the resource "session"'),
    }
    members, who = by_kind[kind]
    resources = {**members.pop("resources", {}), "bd": "x"}
    (problem,) = problems(**members, resources=resources)
    assert f'the resource "db" is not defined (needed by {who})' in problem
    assert 'did you mean "bd"?' in problem
    dg.Definitions.validate_loadable(dg.Definitions(**members, resources={**resources, "db": "x"}))


def test_two_objects_for_one_resource_are_an_error_also_when_assets_bring_them_along() -> None:
    asking = dg.asset(name="a", required_resource_keys={"db"}, resource_defs={"db": "own"})
    made = asking(lambda context: context.resources.db)
    dg.Definitions.validate_loadable(dg.Definitions([made]))
    (problem,) = problems(assets=[made], resources={"db": object()})
    assert 'asset "a" brings the resource "db", which is bound to another object already' in problem


# Targets


def test_jobs_that_are_targets_are_among_those_of_the_project() -> None:
    of_assets = dg.define_asset_job("of_assets", selection=[orders])
    defs = dg.Definitions(
        [orders, revenue],
        schedules=[schedule("s", job=of_assets), schedule("over_assets", target=[revenue])],
        sensors=[sensor("t", jobs=[of_assets, job("other")]), sensor("u", target="orders")],
    )
    assert defs.get_repository_def().job_names == [
        "__ASSET_JOB",
        "__anonymous_asset_job_over_assets",
        "__anonymous_asset_job_u",
        "of_assets",
        "other",
    ]
    anonymous = defs.resolve_job_def("__anonymous_asset_job_over_assets")
    assert anonymous.execute_in_process(instance=_with_orders(defs)).success


def _with_orders(defs: dg.Definitions) -> dg.DagsterInstance:
    instance = dg.DagsterInstance.ephemeral()
    dg.materialize([orders], instance=instance)
    return instance


def test_schedules_and_sensors_are_answered_with_resolved_jobs() -> None:
    of_assets = dg.define_asset_job("of_assets", selection=[orders])
    defs = dg.Definitions(
        [orders],
        jobs=[of_assets],
        schedules=[schedule("s", job=of_assets)],
        sensors=[sensor("t", job=of_assets)],
    )
    wanted = defs.resolve_job_def("of_assets")
    assert isinstance(wanted, dg.JobDefinition)
    assert defs.resolve_schedule_def("s").job is wanted
    assert defs.resolve_sensor_def("t").job is wanted


def test_a_graph_is_a_target_as_its_job() -> None:
    graph = dg.graph(name="of_ops")(lambda: nothing())
    defs = dg.Definitions(schedules=[schedule("s", job=graph)])
    assert isinstance(defs.resolve_job_def("of_ops"), dg.JobDefinition)
    with pytest.raises(dg.InvalidArgumentError, match=r"write graph\.to_job\(\)"):
        dg.Definitions(jobs=[graph])


@pytest.mark.parametrize("made", [schedule, sensor])
def test_a_job_that_is_targeted_by_name_must_exist(made: Any) -> None:
    (problem,) = problems(jobs=[job()], **{f"{made.__name__}s": [made(job_name="wrok")]})
    assert f'{made.__name__} "tick" targets the job "wrok", which is not defined' in problem
    assert 'did you mean "work"?' in problem
    of_everything: dict[str, Any] = {f"{made.__name__}s": [made(job_name="__ASSET_JOB")]}
    dg.Definitions.validate_loadable(dg.Definitions([orders], **of_everything))


@pytest.mark.parametrize(
    "members",
    [
        {"sensors": [sensor(asset_selection="ordrs")]},
        {"sensors": [sensor(target="ordrs")]},
        {"schedules": [schedule(target="ordrs")]},
        {"sensors": [dg.AutomationConditionSensorDefinition("tick", target="ordrs")]},
        {
            "sensors": [
                dg.multi_asset_sensor(dg.AssetSelection.assets("ordrs"), name="tick")(lambda context: None)
            ]
        },
    ],
)
def test_assets_that_are_targeted_must_exist(members: Any) -> None:
    (problem,) = problems(assets=[orders], **members)
    assert "ordrs" in problem
    assert 'did you mean "orders"?' in problem
    assert problem.startswith("tests/semantics/test_definitions_fit_together.py:")


def test_all_problems_are_found_at_once() -> None:
    found = problems(
        assets=[orders],
        jobs=[job(), job(), dg.define_asset_job("j", selection="ordrs")],
        schedules=[schedule(job_name="wrok")],
        sensors=[sensor()],
    )
    assert len(found) == 4


def test_a_job_that_does_not_fit_is_said_once_however_many_target_it() -> None:
    bad = dg.define_asset_job("j", selection="ordrs")
    found = problems(
        assets=[orders], jobs=[bad], schedules=[schedule("s", job=bad)], sensors=[sensor(job=bad)]
    )
    assert len(found) == 1


# Conditions


def eager(name: str) -> dg.AssetsDefinition:
    return dg.asset(name=name, automation_condition=dg.AutomationCondition.eager())(lambda: None)


DEFAULT_SENSOR = "default_automation_condition_sensor"


def default_sensor_of(defs: dg.Definitions) -> Any:
    found = {sensor.name: sensor for sensor in defs.get_repository_def().sensor_defs}
    return found.get(DEFAULT_SENSOR)


def test_a_condition_brings_the_default_sensor_which_is_stopped() -> None:
    assert default_sensor_of(dg.Definitions([orders])) is None
    defs = dg.Definitions([orders, eager("a")])
    made = default_sensor_of(defs)
    assert isinstance(made, dg.AutomationConditionSensorDefinition)
    assert made.default_status is dg.DefaultSensorStatus.STOPPED
    assert made.minimum_interval_seconds == 30
    assert dg.AssetKey("a") in made.asset_selection.resolve(defs.resolve_asset_graph())


def test_the_condition_of_a_check_brings_the_default_sensor_too() -> None:
    checking = dg.asset_check(
        asset="orders", name="fits", automation_condition=dg.AutomationCondition.eager()
    )(lambda: dg.AssetCheckResult(passed=True))
    defs = dg.Definitions([orders], asset_checks=[checking])
    selected = default_sensor_of(defs).asset_selection.resolve_checks(defs.resolve_asset_graph())
    assert selected == {dg.AssetCheckKey(dg.AssetKey("orders"), "fits")}


def test_the_default_sensor_has_what_no_sensor_of_the_users_has() -> None:
    checking = dg.asset_check(asset="a", name="fits", automation_condition=dg.AutomationCondition.eager())(
        lambda: dg.AssetCheckResult(passed=True)
    )
    own = dg.AutomationConditionSensorDefinition(
        "mine", target=dg.AssetSelection.assets("a").without_checks()
    )
    defs = dg.Definitions([eager("a"), eager("b")], asset_checks=[checking], sensors=[own])
    made, graph = default_sensor_of(defs), defs.resolve_asset_graph()
    assert made.asset_selection.resolve(graph) == {dg.AssetKey("b")}
    assert made.asset_selection.resolve_checks(graph) == {dg.AssetCheckKey(dg.AssetKey("a"), "fits")}
    everything = dg.AutomationConditionSensorDefinition("mine", target="*")
    assert default_sensor_of(dg.Definitions([eager("a")], sensors=[everything])) is None
