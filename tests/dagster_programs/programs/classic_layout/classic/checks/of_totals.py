from dagster import AssetCheckResult, asset_check


@asset_check(asset="finance_total", description="Nobody spends a negative amount.")
def total_is_positive(finance_total) -> AssetCheckResult:
    return AssetCheckResult(passed=finance_total > 0)
