"""Tables of a ledger in SQLite: one IO manager keeps partitions in columns, one resource runs queries."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg

months = dg.MonthlyPartitionsDefinition("2024-01-01", end_date="2024-04-01")


class Sqlite(dg.ConfigurableResource):
    database: str

    @contextmanager
    def connection(self) -> Iterator[sqlite3.Connection]:
        connection = sqlite3.connect(self.database)
        try:
            yield connection
            connection.commit()
        finally:
            connection.close()


class SqliteTables(dg.ConfigurableIOManager):
    sqlite: dg.ResourceDependency[Sqlite]
    schema_name: str = "main"

    def handle_output(self, context: dg.OutputContext, obj: list[tuple]) -> None:
        table = context.asset_key.path[-1]
        key = context.asset_partition_key if context.has_asset_partitions else "all"
        columns = (context.definition_metadata or {}).get("columns", ["a"])
        with self.sqlite.connection() as connection:
            connection.execute(f"create table if not exists {table} (partition_key, {', '.join(columns)})")
            connection.execute(f"delete from {table} where partition_key = ?", (key,))
            marks = ", ".join("?" * (len(columns) + 1))
            connection.executemany(f"insert into {table} values ({marks})", [(key, *row) for row in obj])
        context.add_output_metadata({"dagster/row_count": len(obj), "table": f"{self.schema_name}.{table}"})

    def load_input(self, context: dg.InputContext) -> list[tuple]:
        table = context.asset_key.path[-1]
        keys = list(context.asset_partition_keys) if context.has_asset_partitions else ["all"]
        with self.sqlite.connection() as connection:
            marks = ", ".join("?" * len(keys))
            rows = connection.execute(f"select * from {table} where partition_key in ({marks})", keys)
            return [row[1:] for row in rows]


class Opening(dg.Config):
    balance: float = 100.0


@dg.asset(partitions_def=months, metadata={"columns": ["day", "amount"]}, io_manager_key="tables")
def bookings(context: dg.AssetExecutionContext) -> list[tuple]:
    month = context.partition_time_window.start.month
    return [(day, day * month * 1.0) for day in (1, 2)]


@dg.asset(metadata={"columns": ["balance"]}, io_manager_key="tables")
def balance(config: Opening, bookings: list[tuple]) -> list[tuple]:
    return [(config.balance + sum(amount for _, amount in bookings),)]


@dg.asset(deps=[balance])
def statement(context: dg.AssetExecutionContext, sqlite: Sqlite) -> str:
    with sqlite.connection() as connection:
        [(amount,)] = connection.execute("select balance from balance")
    return f"{amount:.2f} EUR"


@dg.asset_check(asset=balance, required_resource_keys={"sqlite"})
def balance_is_positive(context: dg.AssetCheckExecutionContext) -> dg.AssetCheckResult:
    with context.resources.sqlite.connection() as connection:
        [(lowest,)] = connection.execute("select min(balance) from balance")
    return dg.AssetCheckResult(passed=lowest > 0, metadata={"lowest": lowest})


database = Sqlite(database="ledger.db")
resources = {"sqlite": database, "tables": SqliteTables(sqlite=database)}
defs = dg.Definitions(
    assets=[bookings, balance, statement], asset_checks=[balance_is_positive], resources=resources
)


def check() -> None:
    for key in months.get_partition_keys():
        assert dg.materialize([bookings], partition_key=key, resources=resources).success
    assert dg.materialize([bookings], partition_key="2024-02-01", resources=resources).success, "again"
    everything = [bookings, balance, statement, balance_is_positive]
    result = dg.materialize(everything, selection=["balance", "statement"], resources=resources)
    assert result.output_for_node("statement") == "118.00 EUR"
    result = dg.materialize(
        everything,
        selection=dg.AssetSelection.assets("balance") | dg.AssetSelection.checks(balance_is_positive),
        resources=resources,
        run_config=dg.RunConfig(ops={"balance": Opening(balance=-100)}),
    )
    [evaluation] = result.get_asset_check_evaluations()
    assert not evaluation.passed
    assert evaluation.metadata["lowest"].value == -82.0
    [event] = result.asset_materializations_for_node("balance")
    assert event.metadata["table"].value == "main.balance"
