"""A project folder with pyproject.toml and src/harbour/defs, as the command line makes new ones."""

import sys
from pathlib import Path

import dagster as dg

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE / "src"))

from harbour.definitions import defs as lazy_defs  # noqa: E402

defs = lazy_defs()


def check() -> None:
    sys.path.remove(str(HERE / "src"))
    keys = {key.to_user_string() for key in defs.resolve_all_asset_keys()}
    assert keys == {"tides", "ships", "berths", "weather"}
    assert defs.resolve_job_def("plan").name == "plan"
    assert defs.resolve_schedule_def("plan_schedule").cron_schedule == "0 4 * * *"
    result = defs.resolve_job_def("plan").execute_in_process()
    assert result.asset_value("berths") == {"Gorch Fock": 1, "Alex 2": 2}
    assert result.asset_value("tides") == ["high", "low"]
    graph = defs.resolve_asset_graph()
    assert dg.AssetSelection.groups("ships").resolve(graph) == {dg.AssetKey("ships"), dg.AssetKey("berths")}
