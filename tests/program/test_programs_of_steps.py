"""Files that are read by programs and processes that a step starts are inputs like others."""

from __future__ import annotations

import sys

import pytest
from world import World

pytestmark = [
    pytest.mark.fat,
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere such steps run each time"),
]

PROJECT = """
    import dagx as dg
    import subprocess
    from multiprocessing import Pool

    def content(path):
        with open(path) as stream:
            return stream.read()

    @dg.asset
    def shown():
        return subprocess.check_output(["cat", "data/a.csv"], text=True)

    @dg.asset
    def ordered():
        subprocess.run("sort < data/b.csv > ordered.csv", shell=True, check=True)

    @dg.asset
    def scripted():
        return subprocess.check_output("tools/script.sh", text=True)

    @dg.asset
    def pooled():
        with Pool(2) as pool:
            return pool.map(content, ["data/d.csv", "data/e.csv"])

    @dg.asset
    def bystander():
        return content("data/f.csv")
"""
ONE_AT_A_TIME = "[tool.dagx]\nmax_workers = 1\n"
"""What other steps read while a program runs would count for its step, too."""


def test_an_edit_of_what_a_program_reads_reruns_its_step_and_no_other(world: World) -> None:
    world.write("definitions.py", PROJECT)
    world.write("pyproject.toml", ONE_AT_A_TIME)
    world.write("tools/script.sh", "#!/bin/sh\ncat data/c.csv\n")
    (world.root / "tools/script.sh").chmod(0o755)
    for name in "abcdefg":
        world.write(f"data/{name}.csv", f"{name}\n")
    assert world.made() == ["bystander", "ordered", "pooled", "scripted", "shown"]
    assert world.made() == []
    for name, asset in zip("abcde", ["shown", "ordered", "scripted", "pooled", "pooled"], strict=True):
        world.write(f"data/{name}.csv", "new\n")
        ran = [step for step in world.run().json["steps"] if step["state"] in ("succeeded", "unchanged")]
        assert len(ran) == 1, (name, [(s["step"], s["state"], s["reasons"]) for s in ran])
        step = ran[0]
        seen = ", which was opened while a program that it started ran" if name != "a" else ""
        assert (step["step"], step["reasons"][0]["text"]) == (asset, f"data/{name}.csv changed{seen}")
    world.write("data/g.csv", "of nobody\n")
    assert world.made() == []
    (world.root / "ordered.csv").unlink()
    assert world.made() == ["ordered"]
    assert world.made() == []


def test_a_saved_input_of_a_program_reruns_it_once_under_dev(world: World) -> None:
    world.write("definitions.py", PROJECT.replace("tools/script.sh", "true"))
    world.write("pyproject.toml", ONE_AT_A_TIME)
    for name in "abdef":
        world.write(f"data/{name}.csv", f"{name}\n")
    world.run()
    with world.dev() as dev:
        dev.until_loaded()
        world.write("data/b.csv", "new\n")
        states = dev.until_run_ended()
        assert [step for step, state in states.items() if state in ("succeeded", "unchanged")] == ["ordered"]
        assert [event["event"] for event in dev.quiet() if event["event"] == "run_started"] == []
    assert world.made() == []
