"""Checks of payments: blocking ones, warnings, several in one function, one made for each column."""

import dagster as dg


@dg.asset(
    check_specs=[dg.AssetCheckSpec("has_rows", asset="payments", description="There are payments at all.")]
)
def payments():
    rows = [
        {"id": 1, "amount": 20, "currency": "EUR"},
        {"id": 2, "amount": 35, "currency": None},
        {"id": 3, "amount": 12, "currency": "USD"},
    ]
    yield dg.Output(rows, metadata={"rows": len(rows)})
    yield dg.AssetCheckResult(check_name="has_rows", passed=bool(rows), metadata={"rows": len(rows)})


@dg.asset
def ledger(payments: list[dict]) -> int:
    return sum(row["amount"] for row in payments)


@dg.asset_check(asset=payments, blocking=True, description="Ids are unique.")
def ids_are_unique(context: dg.AssetCheckExecutionContext, payments) -> dg.AssetCheckResult:
    ids = [row["id"] for row in payments]
    context.log.info("looked at %d ids", len(ids))
    return dg.AssetCheckResult(passed=len(ids) == len(set(ids)))


def not_null(column: str) -> dg.AssetChecksDefinition:
    @dg.asset_check(asset=payments, name=f"{column}_is_not_null")
    def column_is_not_null(payments):
        nulls = [row["id"] for row in payments if row[column] is None]
        return dg.AssetCheckResult(
            passed=not nulls,
            severity=dg.AssetCheckSeverity.WARN,
            metadata={"ids": nulls},
            description=f"{len(nulls)} without {column}",
        )

    return column_is_not_null


@dg.multi_asset_check(
    specs=[
        dg.AssetCheckSpec("total_is_positive", asset="ledger"),
        dg.AssetCheckSpec("total_is_small", asset="ledger"),
    ],
    can_subset=True,
)
def totals(context: dg.AssetCheckExecutionContext, limits: dg.ResourceParam[dict]):
    for key in sorted(context.selected_asset_check_keys):
        yield dg.AssetCheckResult(
            asset_key=key.asset_key,
            check_name=key.name,
            passed=key.name == "total_is_positive",
            severity=dg.AssetCheckSeverity.ERROR,
            metadata={"limit": limits["total"]},
        )


@dg.asset_check(asset="ledger", additional_ins={"payments": dg.AssetIn("payments")})
def ledger_adds_up(ledger: int, payments: list[dict]) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(passed=ledger == sum(row["amount"] for row in payments))


column_checks = [not_null(column) for column in ("amount", "currency")]
only_checks = dg.define_asset_job("only_checks", selection=dg.AssetSelection.checks_for_assets("ledger"))
no_checks = dg.define_asset_job("no_checks", selection=dg.AssetSelection.assets(ledger).without_checks())

defs = dg.Definitions(
    assets=[payments, ledger],
    asset_checks=[ids_are_unique, *column_checks, totals, ledger_adds_up],
    jobs=[only_checks, no_checks],
    resources={"limits": {"total": 50}},
)


def check() -> None:
    instance = dg.DagsterInstance.ephemeral()
    result = defs.resolve_implicit_global_asset_job_def().execute_in_process(instance=instance)
    assert result.success, "no blocking check failed"
    evaluations: dict[str, dg.AssetCheckEvaluation] = {
        one.check_name: one for one in result.get_asset_check_evaluations()
    }
    assert {name for name, one in evaluations.items() if not one.passed} == {
        "currency_is_not_null",
        "total_is_small",
    }
    currency = evaluations["currency_is_not_null"]
    assert currency.severity == dg.AssetCheckSeverity.WARN
    assert currency.metadata["ids"] == dg.MetadataValue.json([2])
    assert currency.description == "1 without currency"
    assert evaluations["total_is_small"].metadata["limit"].value == 50
    assert evaluations["ids_are_unique"].blocking
    assert evaluations["ledger_adds_up"].asset_key == dg.AssetKey("ledger")

    result = defs.resolve_job_def("only_checks").execute_in_process(instance=instance)
    names = {one.check_name for one in result.get_asset_check_evaluations()}
    assert names == {"total_is_positive", "total_is_small", "ledger_adds_up"}
    result = defs.resolve_job_def("no_checks").execute_in_process(instance=instance)
    assert not result.get_asset_check_evaluations()
    assert len(result.get_asset_materialization_events()) == 1

    keys = {key for one in [ids_are_unique, totals] for key in one.check_keys}
    assert dg.AssetCheckKey(dg.AssetKey("ledger"), "total_is_small") in keys

    twice = [{"id": 1}, {"id": 1}]
    context = dg.build_asset_check_context()
    assert not ids_are_unique(context, twice).passed
    assert next(iter(column_checks))([{"id": 1, "amount": None}]).metadata["ids"].value == [1]
