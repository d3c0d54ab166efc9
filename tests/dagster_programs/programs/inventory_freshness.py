"""How old the stock may be: policies on assets, and checks that say when it is older."""

from datetime import datetime, timedelta

import dagster as dg

days = dg.DailyPartitionsDefinition(start_date="2024-01-01", end_date="2024-01-04")


@dg.asset(
    freshness_policy=dg.FreshnessPolicy.time_window(
        fail_window=timedelta(hours=24), warn_window=timedelta(hours=12)
    )
)
def stock() -> dict[str, int]:
    return {"chairs": 4, "tables": 1}


@dg.asset(
    freshness_policy=dg.FreshnessPolicy.cron(
        deadline_cron="0 9 * * *", lower_bound_delta=timedelta(hours=2), timezone="America/New_York"
    )
)
def morning_list(stock: dict[str, int]) -> list[str]:
    return sorted(stock)


@dg.asset(partitions_def=days)
def deliveries(context: dg.AssetExecutionContext) -> int:
    return datetime.strptime(context.partition_key, "%Y-%m-%d").day


@dg.asset
def shelf_labels(morning_list: list[str]) -> list[str]:
    return [name.upper() for name in morning_list]


policy = dg.FreshnessPolicy.time_window(fail_window=timedelta(days=7))
assets = dg.map_asset_specs(
    lambda spec: dg.apply_freshness_policy(spec, policy, overwrite_existing=False),
    [stock, morning_list, shelf_labels],
)
update_checks = dg.build_last_update_freshness_checks(
    assets=[stock, morning_list],
    lower_bound_delta=timedelta(minutes=30),
    deadline_cron="0 9 * * *",
    severity=dg.AssetCheckSeverity.WARN,
)
partition_checks = dg.build_time_partition_freshness_checks(assets=[deliveries], deadline_cron="0 9 * * *")
freshness_sensor = dg.build_sensor_for_freshness_checks(
    freshness_checks=[*update_checks, *partition_checks], minimum_interval_seconds=60
)

defs = dg.Definitions(
    assets=[*assets, deliveries], asset_checks=[*update_checks, *partition_checks], sensors=[freshness_sensor]
)


def check() -> None:
    specs = {spec.key.to_user_string(): spec for spec in defs.resolve_all_asset_specs()}
    assert specs["stock"].freshness_policy == dg.FreshnessPolicy.time_window(
        fail_window=timedelta(hours=24), warn_window=timedelta(hours=12)
    )
    assert specs["shelf_labels"].freshness_policy == policy
    assert specs["morning_list"].freshness_policy != policy
    assert freshness_sensor.name == "freshness_checks_sensor"

    instance = dg.DagsterInstance.ephemeral()
    job = defs.resolve_implicit_global_asset_job_def()
    keys = [key for checks in update_checks for key in checks.check_keys]
    assert {key.to_user_string() for key in keys} == {"stock:freshness_check", "morning_list:freshness_check"}

    checks_alone = dg.define_asset_job(
        "x", selection=dg.AssetSelection.checks(*update_checks, *partition_checks)
    )
    checks_job = dg.Definitions.merge(defs, dg.Definitions(jobs=[checks_alone])).resolve_job_def("x")
    result = checks_job.execute_in_process(instance=instance)
    assert [one.passed for one in result.get_asset_check_evaluations()] == [False, False, False]

    assert dg.materialize([stock, morning_list, shelf_labels], instance=instance).success
    for key in days.get_partition_keys():
        assert dg.materialize([deliveries], partition_key=key, instance=instance).success
    result = checks_job.execute_in_process(instance=instance)
    evaluations = result.get_asset_check_evaluations()
    assert [one.passed for one in evaluations] == [True, True, True]
    assert {one.severity for one in evaluations} == {dg.AssetCheckSeverity.WARN}
    assert job.name == "__ASSET_JOB"
