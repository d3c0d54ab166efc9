from dagster import AssetCheckResult, asset_check


@asset_check(asset="orders")
def orders_are_there(orders) -> AssetCheckResult:
    return AssetCheckResult(passed=len(orders) > 0)
