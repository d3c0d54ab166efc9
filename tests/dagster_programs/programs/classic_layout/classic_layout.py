"""A project of packages: assets and checks are collected from modules, packages, by name, and from here."""

import classic
import dagster as dg
import mail
from classic.assets import finance
from classic.assets.sales import orders
from classic.checks import of_sales, of_totals

own_defs = dg.Definitions(
    assets=[
        *dg.load_assets_from_modules([classic.assets.sales], key_prefix="sales", group_name="sales"),
        *dg.load_assets_from_modules([finance], group_name="finance"),
    ],
    asset_checks=[
        *dg.load_asset_checks_from_modules([of_sales], asset_key_prefix="sales"),
        *dg.load_asset_checks_from_modules([of_totals]),
    ],
)
defs = dg.Definitions.merge(own_defs, mail.defs)


def check() -> None:
    keys = {key.to_user_string() for key in defs.resolve_all_asset_keys()}
    assert keys == {"sales/orders", "sales/order_count", "budget", "finance_total", "letters"}
    specs = {spec.key.to_user_string(): spec for spec in defs.resolve_all_asset_specs()}
    assert specs["sales/orders"].group_name == "sales"
    assert specs["finance_total"].group_name == "finance"
    assert specs["letters"].group_name == "mail"
    assert orders.key == dg.AssetKey("orders"), "the definition itself is as it was"

    result = defs.resolve_implicit_global_asset_job_def().execute_in_process()
    assert result.asset_value(dg.AssetKey(["sales", "order_count"])) == 2
    assert result.asset_value("finance_total") == 300
    evaluated = {one.asset_check_key.to_user_string() for one in result.get_asset_check_evaluations()}
    assert evaluated == {
        "sales/orders:orders_are_there",
        "finance_total:total_is_positive",
        "letters:letters_are_there",
    }
    eager = dg.AutomationCondition.eager()
    from_package = dg.load_assets_from_package_module(classic.assets, automation_condition=eager)
    by_name = dg.load_assets_from_package_name("classic.assets")
    assert {asset.key for asset in by_name} == {asset.key for asset in from_package}
    assert {asset.key.to_user_string() for asset in from_package} == {
        "orders",
        "order_count",
        "budget",
        "finance_total",
    }
    assert all(asset.automation_conditions_by_key[asset.key] == eager for asset in from_package)
