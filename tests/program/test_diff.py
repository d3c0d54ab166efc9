"""`dagx diff` between real materializations: found by name, decoded by the project's own interpreter."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from world import World

pytestmark = pytest.mark.fat

PROJECT = """
    import dagx as dg

    SEED = 1

    @dg.asset
    def people():
        return [{"name": "ann", "age": SEED}, {"name": "bob", "age": 40}]

    @dg.asset
    def big() -> str:
        return "\\n".join(f"line {n}" if n != 500 else f"seed {SEED}" for n in range(1000))

    @dg.asset(partitions_def=dg.StaticPartitionsDefinition(["x", "y"]))
    def parted(context):
        return context.partition_key * SEED

    @dg.asset
    def quiet() -> None:
        with open("quiet.txt", "w") as stream:
            stream.write("x")
"""


def test_two_materializations_are_compared_by_run_by_place_and_by_partition(world: World) -> None:
    world.write("definitions.py", PROJECT)
    first = world.run().json["run_id"]
    assert world.dagx("run", "parted", "--partitions", "missing").code == 0
    refused = world.dagx("diff", "people")
    assert (refused.code, refused.out) == (2, "")
    assert "only one value of people is stored" in refused.err
    world.change("definitions.py", "SEED = 1", "SEED = 2")
    second = world.run().json["run_id"]
    assert world.dagx("run", "parted", "--partitions", "stale").code == 0

    found = world.dagx("diff", "people", "--key", "name", "--json")
    assert (found.code, found.json["same"]) == (0, False)
    assert [found.json[side]["run_id"] for side in ("before", "after")] == [first, second]
    (changed,) = found.json["difference"]["changed"]["rows"]
    assert changed == {"key": [["name", "ann"]], "cells": [["age", "1", "2"]]}
    assert world.dagx("diff", "people", second, first, "--json").json["before"]["place"] == 0
    assert world.dagx("diff", "people", "--exit-code").code == 1

    said = world.dagx("diff", "big", "-1", "0").out
    assert [line for line in said.splitlines() if line.startswith(("  -", "  +"))] == [
        "  -seed 1",
        "  +seed 2",
    ]
    assert "+yy" in world.dagx("diff", "parted[y]").out
    assert (
        world.dagx("diff", "parted")
        .err.splitlines()[1]
        .startswith("  hint: name one partition: dagx diff 'parted[")
    )
    assert (
        "dagx stores no value of quiet; of the files that it writes (quiet.txt)"
        in world.dagx("diff", "quiet").err
    )

    world.change("definitions.py", "def quiet", "def quieter")
    world.run("--force")
    same = world.dagx("diff", "people")
    assert (same.code, same.out.splitlines()[1]) == (0, "  the same bytes: 48 B, json")
    assert same.out.splitlines()[2] == "  the last that differs is -2: dagx diff people -2"
    assert world.dagx("diff", "people", "--exit-code").code == 0

    (bytes_of_first,) = (
        path for path in world.root.glob(".dagx/objects/*/*") if b"seed 1" in path.read_bytes()
    )
    bytes_of_first.unlink()
    gone = world.dagx("diff", "big", first)
    assert gone.code == 1
    assert gone.err.startswith(f"error: the stored bytes of big from run {first} are gone, or damaged")
    (world.root / "pyproject.toml").write_text("[tool.dagx]\nretention = 1\n")
    world.dagx("gc")
    collected = world.dagx("diff", "people", first)
    assert collected.code == 2
    assert "only one value of people is stored" in collected.err


TABLES = """
import datetime, json, sys
sys.path.insert(0, sys.argv[1])
import pandas as pd
import polars as pl
from dagx.worker.comparing_tables import compare_tables

when = datetime.datetime(2024, 1, 1)
before = {"k": [1, 2, 3], "v": [0.5, None, float("nan")], "t": ["a", "b", "c"], "d": [when, None, when]}
after = {"k": [3, 2, 4], "v": [float("nan"), 7.0, 1.0], "t": ["c", "b", "z"], "d": [when, None, None]}
nested = ({"k": [1, 2], "n": [[1], [2]]}, {"k": [1, 2], "n": [[1], [3]]})
for kind in (pl.DataFrame, pd.DataFrame):
    by_key = compare_tables(kind(before), kind(after), ["k"], 5)
    by_row = compare_tables(kind(before), kind(after), [], 5)
    turned = kind({name: cells[::-1] for name, cells in before.items()})
    moved = compare_tables(kind(before), turned, [], 5)
    inside = compare_tables(kind(nested[0]), kind(nested[1]), ["k"], 5)
    retyped = compare_tables(kind({"a": [1, 2]}), kind({"a": [1.0, 2.5]}), [], 5)
    category = (lambda c: pl.Series(c, dtype=pl.Categorical)) if kind is pl.DataFrame else pd.Categorical
    categories = compare_tables(*(kind({"c": category(c)}) for c in (["u", "v"], ["v", "w"])), [], 5)
    print(json.dumps([
        by_key["changed"], by_key["added"]["rows"][0][0], by_key["removed"]["rows"][0][0],
        by_row["added"]["count"], by_row["removed"]["count"], moved["moved"], moved["added"]["count"],
        inside["changed"]["rows"], retyped["added"]["rows"], len(retyped["columns"]["retyped"]),
        categories["added"]["rows"], categories["removed"]["rows"],
    ]))
print(json.dumps(compare_tables(pl.DataFrame({"a": [1, 2]}), [{"a": 1}, {"a": 3}], [], 5)["added"]["rows"]))
indexed = [pd.DataFrame({"a": [n]}, index=["p"]) for n in (1, 2)]
print(compare_tables(*indexed, ["index"], 5)["changed"]["count"])
"""


def test_tables_of_polars_and_pandas_are_compared_in_their_own_way_with_the_same_answers() -> None:
    root = Path(__file__).parents[2]
    python = root / "examples/nycflights/.venv/bin/python"
    if not python.exists():
        pytest.skip("`make unit` sets up the environment with polars")
    done = subprocess.run(
        [str(python), "-c", TABLES, str(root / "core")],
        capture_output=True,
        text=True,
        timeout=250,
        check=True,
    )
    polars, pandas, mixed, index = done.stdout.splitlines()
    assert polars == pandas
    changed = (
        '{"count": 1, "cells": {"v": 1}, "rows": [{"key": [["k", "2"]], "cells": [["v", "null", "7.0"]]}]}'
    )
    assert polars.startswith(f'[{changed}, "4", "1", 1, 1, true, 0, ')
    assert '[{"key": [["k", "2"]], "cells": [["n", "[2]", "[3]"]]}], [["2.5"]], 1, [["w"]], [["u"]]' in polars
    assert (mixed, index) == ('[["3"]]', "1")
