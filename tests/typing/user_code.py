"""What a user writes: this file must satisfy mypy and pyright, both strict. It is checked, and also run."""

from collections.abc import Iterator
from typing import Any

import dagx as dg


class Database:
    def rows(self, table: str) -> list[dict[str, int]]:
        return [{"id": len(table)}]


class Shelf(dg.IOManager):
    def __init__(self) -> None:
        self.values: dict[dg.AssetKey, Any] = {}

    def handle_output(self, context: dg.OutputContext, obj: Any) -> None:
        self.values[context.asset_key] = obj
        context.add_output_metadata({"rows": 1})

    def load_input(self, context: dg.InputContext) -> Any:
        return self.values[context.asset_key]


@dg.asset
def orders(db: dg.ResourceParam[Database]) -> list[dict[str, int]]:
    return db.rows("orders")


tiles: dg.FileInput = dg.file("tiles/")


@dg.asset(
    key_prefix=["mart"],
    ins={"source": dg.AssetIn("orders")},
    deps=[orders, "elsewhere", dg.AssetDep("other"), dg.file("data/*.csv")],
    inputs=["model.onnx", tiles],
    group_name="mart",
    tags={"a": "b"},
    kinds={"python"},
    owners=["team:data"],
    metadata={"any": object()},
    code_version="1",
    io_manager_key="io_manager",
    retry_policy=dg.RetryPolicy(max_retries=2, delay=0.1, backoff=dg.Backoff.LINEAR, jitter=dg.Jitter.FULL),
)
def revenue(context: dg.AssetExecutionContext, source: list[dict[str, int]]) -> dg.Output[int]:
    context.log.info("%d orders", len(source))
    context.add_output_metadata({"n": dg.MetadataValue.int(1), "note": dg.MetadataValue.md("# x")})
    return dg.Output(sum(row["id"] for row in source), metadata={"path": dg.MetadataValue.path("/x")})


@dg.asset(deps=[revenue])
def report() -> dg.MaterializeResult[None]:
    return dg.MaterializeResult(metadata={"x": 1}, data_version=dg.DataVersion("1"))


@dg.asset
def several(context: dg.OpExecutionContext) -> Iterator[dg.Output[int]]:
    yield dg.Output(1)


external = dg.AssetSpec("elsewhere", tags={"a": "b"}, kinds={"csv"})
defs = dg.Definitions(
    assets=[orders, revenue, report, several, external], resources={"db": Database(), "io_manager": Shelf()}
)

key: dg.AssetKey = revenue.key
spec: dg.AssetSpec = revenue.get_asset_spec()
text: str = dg.MetadataValue.text("a").text
result: dg.ExecuteInProcessResult = dg.materialize(
    [orders, revenue, report, several, external],
    resources={"db": Database(), "io_manager": Shelf()},
    selection=[orders, "key:mart/revenue"],
    raise_on_error=False,
)
succeeded: bool = result.success
error: type[dg.DagsterError] = dg.DagsterInvalidDefinitionError
