"""IO managers of one's own: tables as CSV files, settings as JSON, reports elsewhere by a factory."""

import csv
import json
from pathlib import Path

import dagster as dg


class CsvLake(dg.ConfigurableIOManager):
    """One CSV file for each table, a folder for each part of the key."""

    root: str = "lake"

    def _path(self, context: dg.InputContext | dg.OutputContext) -> Path:
        return Path(self.root, *context.asset_key.path).with_suffix(".csv")

    def handle_output(self, context: dg.OutputContext, obj: list[dict]) -> None:
        path = self._path(context)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w", newline="") as file:
            writer = csv.DictWriter(file, fieldnames=list(obj[0]))
            writer.writeheader()
            writer.writerows(obj)
        context.add_output_metadata({"path": dg.MetadataValue.path(path), "dagster/row_count": len(obj)})

    def load_input(self, context: dg.InputContext) -> list[dict]:
        columns = (context.definition_metadata or {}).get("columns")
        with self._path(context).open(newline="") as file:
            rows = list(csv.DictReader(file))
        return [{name: row[name] for name in columns} for row in rows] if columns else rows


class JsonManager(dg.UPathIOManager):
    extension: str = ".json"

    def dump_to_path(self, context: dg.OutputContext, obj, path) -> None:
        with path.open("w") as file:
            json.dump(obj, file)

    def load_from_path(self, context: dg.InputContext, path):
        with path.open() as file:
            return json.load(file)

    def get_metadata(self, context: dg.OutputContext, obj) -> dict:
        return {"fields": len(obj)}


class JsonFolder(dg.ConfigurableIOManagerFactory):
    folder: str

    def create_io_manager(self, context: dg.InitResourceContext) -> JsonManager:
        return JsonManager(base_path=Path(self.folder).absolute())


class Printer(dg.IOManager):
    """Keeps what was printed; nothing is ever read back."""

    def __init__(self) -> None:
        self.printed: list[str] = []

    def handle_output(self, context: dg.OutputContext, obj: str) -> None:
        self.printed.append(f"{context.get_asset_identifier()[-1]}: {obj}")

    def load_input(self, context: dg.InputContext):
        raise NotImplementedError("paper")


class HeadOf(CsvLake):
    """Loads the first rows alone."""

    def load_input(self, context: dg.InputContext) -> list[dict]:
        return super().load_input(context)[:1]


@dg.asset(key_prefix=["sales", "raw"])
def orders() -> list[dict]:
    return [{"id": n, "amount": n * 10, "note": "x" * n} for n in range(1, 4)]


@dg.asset(
    ins={"orders": dg.AssetIn(key_prefix=["sales", "raw"], metadata={"columns": ["id", "amount"]})},
    io_manager_key="json",
)
def summary(orders: list[dict]) -> dict:
    return {"columns": list(orders[0]), "total": sum(int(row["amount"]) for row in orders)}


@dg.asset(
    ins={"first": dg.AssetIn(["sales", "raw", "orders"], input_manager_key="head")}, io_manager_key="paper"
)
def receipt(first: list[dict], summary: dict) -> str:
    return f"{len(first)} of {summary['total']}"


printer = Printer()
defs = dg.Definitions(
    assets=[orders, summary, receipt],
    resources={
        "io_manager": CsvLake(),
        "json": JsonFolder(folder="settings"),
        "paper": printer,
        "head": HeadOf(),
    },
)


def check() -> None:
    instance = dg.DagsterInstance.ephemeral()
    result = defs.resolve_implicit_global_asset_job_def().execute_in_process(instance=instance)
    assert Path("lake/sales/raw/orders.csv").read_text().splitlines()[0] == "id,amount,note"
    assert json.loads(Path("settings/summary.json").read_text()) == {"columns": ["id", "amount"], "total": 60}
    assert printer.printed == ["receipt: 1 of 60"]
    [event] = result.asset_materializations_for_node("summary")
    assert event.metadata["fields"].value == 2
    assert event.metadata["path"].value.endswith("summary.json")
    event = instance.get_latest_materialization_event(orders.key)
    assert event.asset_materialization.metadata["dagster/row_count"].value == 3
    assert defs.load_asset_value("summary", instance=instance)["total"] == 60

    lake = CsvLake(root="elsewhere")
    context = dg.build_output_context(asset_key=dg.AssetKey(["a", "b"]))
    lake.handle_output(context, [{"x": 1}])
    assert context.get_logged_metadata()["dagster/row_count"] == dg.MetadataValue.int(1)
    assert isinstance(lake, dg.InputManager)
    read = dg.build_input_context(asset_key=dg.AssetKey(["a", "b"]), definition_metadata={"columns": ["x"]})
    assert lake.load_input(read) == [{"x": "1"}]

    plain = dg.FilesystemIOManager(base_dir="pickles")
    first = dg.materialize([orders], resources={"io_manager": plain})
    assert first.success
    assert Path("pickles/sales/raw/orders").is_file()
