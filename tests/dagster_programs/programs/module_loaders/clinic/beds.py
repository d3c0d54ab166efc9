from dagster import AssetCheckResult, ScheduleDefinition, asset, asset_check, define_asset_job


@asset
def beds() -> int:
    return 20


@asset
def free_beds(beds: int, patients: list[str]) -> int:
    return beds - len(patients)


@asset_check(asset=free_beds)
def beds_suffice(free_beds: int) -> AssetCheckResult:
    return AssetCheckResult(passed=free_beds >= 0)


count_beds = define_asset_job("count_beds", selection="*free_beds")
count_beds_daily = ScheduleDefinition(job=count_beds, cron_schedule="@daily")
