"""Mail, which is in one module."""

import dagster as dg


@dg.asset
def letters() -> str:
    return "abc"


@dg.asset_check(asset=letters)
def letters_are_there(letters: str) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(passed=bool(letters))


defs = dg.Definitions(
    assets=dg.load_assets_from_current_module(group_name="mail"),
    asset_checks=dg.load_asset_checks_from_current_module(),
)
