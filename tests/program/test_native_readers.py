"""Files that are read by a library written in another language are inputs like others."""

from __future__ import annotations

from pathlib import Path

import pytest
from world import World

pytestmark = pytest.mark.fat

PROJECT = """
    import dagx as dg
    import polars as pl
    from polars import read_csv

    @dg.asset
    def people():
        return read_csv("data/people.csv")

    @dg.asset
    def sales():
        return pl.scan_csv("data/sales/*.csv").select(pl.col("amount").sum())

    @dg.asset
    def written():
        pl.DataFrame({"a": [1]}).write_parquet("data/written.parquet")
        return pl.read_parquet("data/written.parquet")

    @dg.asset
    def bystander():
        return 1
"""


def test_an_edit_of_a_file_that_polars_reads_reruns_its_reader(world: World) -> None:
    python = Path(__file__).parents[2] / "examples/nycflights/.venv/bin/python"
    if not python.exists():
        pytest.skip("`make unit` sets up the environment with polars")
    world.write("definitions.py", PROJECT)
    world.write("data/people.csv", "name\nann\n")
    world.write("data/sales/1.csv", "amount\n1\n")
    chosen = ("--python", str(python))
    assert world.made(*chosen) == ["bystander", "people", "sales", "written"]
    assert world.made(*chosen) == []
    world.write("data/people.csv", "name\nbob\n")
    assert world.made(*chosen) == ["people"]
    world.write("data/sales/2.csv", "amount\n2\n")
    assert world.made(*chosen) == ["sales"]
    (world.root / "data/written.parquet").unlink()
    assert world.made(*chosen) == ["written"]
