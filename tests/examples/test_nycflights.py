"""The nycflights example, from nothing, in its own environment: its figures are those of the raw files."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
NYCFLIGHTS = ROOT / "examples" / "nycflights"
PYTHON = NYCFLIGHTS / ".venv" / "bin" / "python"

MATERIALIZE = """
import json, sys
from pathlib import Path
import dagx as dg
from nyc import report
from nyc.definitions import defs

report.OUT = Path(sys.argv[1])
result = dg.materialize(defs.assets)
value = result.asset_value
print(json.dumps({
    "success": result.success,
    "keys": sorted(key.to_user_string() for asset in defs.assets for key in asset.keys),
    "rows": {name: value(name).height for name in ("raw_flights", "flights", "departures", "weather")},
    "carriers": {row["carrier"]: row for row in value("delays_by_carrier").to_dicts()},
    "hours": [[row["month"], row["hour"], row["mean_delay"]] for row in value("delays_by_hour").to_dicts()],
    "weather": {row["weather"]: row for row in value("delays_by_weather").to_dicts()},
    "checks": value("flights_are_sound") | value("departures_are_complete"),
    "report": value("report"),
    "chart": value("delay_chart"),
}))
"""


def materialize(out: Path) -> dict[str, Any]:
    done = subprocess.run(
        [PYTHON, "-B", "-W", "error", "-c", MATERIALIZE, out],
        cwd=NYCFLIGHTS,
        env={**os.environ, "PYTHONPATH": str(ROOT / "core")},
        capture_output=True,
        text=True,
        timeout=250,
    )
    assert done.returncode == 0, done.stderr
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


@pytest.mark.fat
@pytest.mark.skipif(not PYTHON.exists(), reason="no examples/nycflights/.venv: `make demo` makes it")
def test_a_year_of_flights_comes_out_as_the_raw_files_have_it(tmp_path: Path) -> None:
    first = materialize(tmp_path / "first")

    assert first["success"]
    assert len(first["keys"]) == 15
    assert first["rows"] == {
        "raw_flights": 336_776,
        "flights": 336_776,
        "departures": 336_776,
        "weather": 26_115,
    }
    # Counted apart from the example, with the csv module alone. Frontier: 13,787 minutes over 682 departures.
    frontier = {"flights": 685, "cancelled_%": 0.4, "mean_delay": 20.2, "late_%": 29.6}
    assert frontier.items() <= first["carriers"]["F9"].items()
    assert first["carriers"]["UA"]["flights"] == 58_665
    assert first["carriers"]["US"]["mean_delay"] == 3.8
    assert [7, 19, 46.4] in first["hours"]
    snow = {"flights": 1_282, "cancelled_%": 22.1, "mean_delay": 40.1}
    assert snow.items() <= first["weather"]["snow or ice"].items()
    assert all(first["checks"].values())
    assert (tmp_path / "first" / "report.md").read_text(encoding="utf-8") == first["report"]
    assert (tmp_path / "first" / "delays.svg").read_text(encoding="utf-8") == first["chart"]

    assert materialize(tmp_path / "second") == first, "the same data gave another result"
