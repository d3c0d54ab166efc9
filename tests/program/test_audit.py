"""`dagx audit`: what is stored is held against what a run would make, and neither state nor files change by it."""

from __future__ import annotations

import os
import signal
import sqlite3
from typing import Any

import pytest
from world import PATIENCE, World, wait_until

from dagx_engine.io.lock import ProjectLock

pytestmark = pytest.mark.fat

PROJECT = """
    import ctypes
    import os
    import random
    import time
    import dagx as dg

    def unseen(path):
        "A file that is read by way of C: dagx does not hear of it."
        libc = ctypes.CDLL(None)
        descriptor, buffer = libc.open(path.encode(), 0), ctypes.create_string_buffer(100)
        count = libc.read(descriptor, buffer, 100)
        libc.close(descriptor)
        return buffer.raw[:count].decode()

    @dg.asset
    def steady():
        return [1, 2, 3]

    @dg.asset
    def hit(steady):
        return f"{unseen('secret.txt')} {steady} " + "x" * 5000

    @dg.asset
    def chance():
        return random.random()

    @dg.asset
    def order():
        return list({"a", "b", "c", "d", "e", "f", "g"})

    @dg.asset
    def table() -> str:
        with open("table.tmp", "w") as stream:
            stream.write("x,1\\n")
        os.replace("table.tmp", "table.csv")
        return "done"

    @dg.asset
    def appends():
        with open("log.txt", "a") as stream:
            stream.write("was here\\n")

    @dg.asset(pool="db")
    def fails():
        if "two" in unseen("secret.txt"):
            raise ValueError("no more")
        return 1

    @dg.multi_asset(outs={"left": dg.AssetOut(), "right": dg.AssetOut(is_required=False)})
    def sides():
        yield dg.Output(1, "left")

    @dg.asset(partitions_def=dg.StaticPartitionsDefinition(["x", "y", "z"]))
    def parted(context):
        return context.partition_key

    @dg.asset
    def never(fails):
        raise ValueError("it never works")
"""


def shop(world: World) -> None:
    world.write("definitions.py", PROJECT)
    world.write("secret.txt", "one")
    assert world.run().code == 1
    assert world.dagx("run", "parted", "--partition-range", "x...y").code == 0


def audited(world: World, *arguments: str) -> tuple[int, dict[str, str], Any]:
    said = world.dagx("audit", "--json", *arguments)
    return said.code, {step["step"]: step["outcome"] for step in said.json["steps"]}, said.json


def state_of(world: World) -> tuple[dict[str, bytes], list[Any]]:
    """All files but the database, and what stands in that."""
    files = {
        str(path): path.read_bytes()
        for path in sorted(world.root.rglob("*"))
        if path.is_file()
        and not path.name.startswith(("state.db", "lock"))
        and "__pycache__" not in str(path)
    }
    with sqlite3.connect(world.root / ".dagx/state.db") as db:
        tables = [
            name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY 1")
        ]
        rows = [(table, db.execute(f"SELECT * FROM {table}").fetchall()) for table in tables]
    db.close()
    return files, rows


def test_an_audit_finds_false_hits_and_what_is_not_deterministic_and_changes_nothing(world: World) -> None:
    shop(world)
    before = state_of(world)
    code, found, view = audited(world)
    assert (code, view["not_fresh"]) == (0, 1)
    assert found == {
        "steady": "same",
        "hit": "same",
        "chance": "not deterministic",
        # The Python inside the binary has one hash seed.
        "order": "same" if "DAGX_BIN" in os.environ else "hash seed",
        "table": "left out",
        "appends": "left out",
        "fails": "same",
        "sides": "same",
        "parted[y]": "same",
    }
    texts = {step["step"]: step["text"] for step in view["steps"]}
    assert texts["table"].startswith("it writes table.csv: --writing includes it")
    assert state_of(world) == before
    assert audited(world, "chance", "--strict")[0] == 1
    code, found, view = audited(world, "parted", "--newest", "5", "--sample", "1")
    assert (code, len(found), view["passed_over"]) == (0, 1, 1)

    world.write("secret.txt", "two")
    said = world.dagx("audit", "hit", "fails")
    assert said.code == 1
    lines = said.out.splitlines()
    assert "✖ hit: false hit" in lines
    assert any(line.startswith("    -one [1, 2, 3]") for line in lines)
    assert "✖ fails: failed" in lines
    assert "    ValueError: no more" in lines
    assert state_of(world)[1] == before[1]
    refused = world.dagx("audit", "never")
    assert refused.code == 2
    assert "nothing that is selected is fresh" in refused.err


def test_with_writing_the_files_are_as_they_were_also_after_a_kill(world: World) -> None:
    world.write("definitions.py", PROJECT)
    world.write("secret.txt", "one")
    world.run("table", "appends", "steady")
    (world.root / "log.txt").write_text("mine\n")
    world.write("table.csv", "x,1\n")
    before, rows = state_of(world)
    code, found, view = audited(world, "--writing")
    assert (code, found["table"], found["appends"]) == (0, "same", "left out")
    assert next(step["text"] for step in view["steps"] if step["step"] == "appends").startswith(
        "it changes log.txt"
    )
    assert state_of(world) == (before, rows)

    # A file that comes out otherwise is told, and is put back when dagx is killed while the step is at it.
    world.change("definitions.py", 'stream.write("x,1\\n")', 'stream.write(unseen("secret.txt") + "\\n")')
    world.change(
        "definitions.py",
        'return "done"',
        'unseen("secret.txt") == "wait" and time.sleep(60)\n    return "done"',
    )
    world.run("table")
    world.write("secret.txt", "two")
    code, found, view = audited(world, "table", "--writing")
    assert (code, found) == (1, {"table": "false hit"})
    (differs,) = view["steps"][0]["differs"]
    assert (differs["name"], differs["before"], differs["after"]) == ("table.csv", None, 4)
    table = world.root / "table.csv"
    assert table.read_text() == "one\n"
    world.write("secret.txt", "wait")
    process = world.background("audit", "table", "--writing")
    wait_until(lambda: table.read_text() == "wait\n", "the writing of the file")
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert world.run("table").states == {"table": "fresh"}
    assert table.read_text() == "one\n"
    process = world.background("audit", "table", "--writing")
    wait_until(lambda: table.read_text() == "wait\n", "the writing of the file")
    process.send_signal(signal.SIGINT)
    assert process.wait(PATIENCE) == 130
    assert table.read_text() == "one\n"
    assert not (world.root / ".dagx/kept").exists()


def test_an_accepted_edit_that_makes_a_difference_after_all_is_found(world: World) -> None:
    world.write("definitions.py", PROJECT)
    world.write("secret.txt", "one")
    world.run("steady")
    world.change("definitions.py", "return [1, 2, 3]", "return [1, 2, 4]")
    assert world.dagx("accept", "steady").code == 0
    code, found, view = audited(world, "steady")
    assert (code, found) == (1, {"steady": "false hit"})
    assert view["steps"][0]["hints"][0].startswith("it counts as fresh by what was accepted")


def test_an_audit_waits_for_nobody(world: World) -> None:
    world.write("definitions.py", PROJECT)
    (world.root / ".dagx").mkdir()
    lock = ProjectLock(world.root / ".dagx")
    assert lock.acquire(0.0)
    assert world.dagx("audit").code == 4
    lock.release()
