"""What programs read that a step starts: seen by a witness, or said to be unseen. Cases 52, 69, 75, 91."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from shops import Shop

from dagx_engine.views import Event, StepEnded, StepState

Project = Callable[[str], Shop]

PROGRAMS = """
    -- definitions.py
    import dagx as dg
    import multiprocessing, os, subprocess

    def told(*words, **how):
        return subprocess.run(words, capture_output=True, text=True, check=True, **how).stdout

    @dg.asset
    def shown(): return told("cat", "data/a.csv")

    @dg.asset
    def sorted_rows(): return told("sh", "-c", "sort < data/b.csv")

    @dg.asset
    def scripted(): return told("./script.sh", cwd="tools")

    @dg.asset
    def quiet(): return 1
    -- data/a.csv
    a
    -- data/b.csv
    b
    -- data/c.csv
    c
    -- data/unrelated.csv
    u
    -- tools/script.sh
    #!/bin/sh
    cat ../data/c.csv
"""


@pytest.fixture
def shop(project: Project) -> Shop:
    found = project(PROGRAMS)
    os.chmod(found.root / "tools/script.sh", 0o755)
    found.run()
    return found


def test_what_programs_read_reruns_their_step_and_nothing_else_does(shop: Shop) -> None:
    assert shop.run() == {}
    shop.write("data/a.csv", "aa")
    assert shop.run() == {"shown": ["data/a.csv changed"]}
    shop.write("data/b.csv", "bb")
    assert shop.run() == {
        "sorted_rows": ["data/b.csv changed, which was opened while a program that it started ran"]
    }
    shop.write("data/c.csv", "cc")
    assert shop.run() == {
        "scripted": ["data/c.csv changed, which was opened while a program that it started ran"]
    }
    shop.write("data/unrelated.csv", "uu")
    assert shop.run() == {}


def test_who_may_execute_a_script_counts(shop: Shop) -> None:
    """Case 52."""
    os.chmod(shop.root / "tools/script.sh", 0o644)
    reasons = ["tools/script.sh is not executable now"]
    (failed,) = (step for step in shop.execute().steps if step.state is not StepState.FRESH)
    assert (failed.step, failed.state) == ("scripted", StepState.FAILED)
    assert [reason.text for reason in failed.reasons] == reasons
    os.chmod(shop.root / "tools/script.sh", 0o700)
    assert shop.run() == {}
    shop.edit("tools/script.sh", "cat", "cat -n")
    os.chmod(shop.root / "tools/script.sh", 0o700)
    assert shop.run() == {"scripted": ["tools/script.sh changed"]}


def test_another_program_of_the_same_name_reruns_what_it_was_used_for(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Case 75."""
    other = tmp_path / "bin/cat"
    other.parent.mkdir()
    other.write_text("#!/bin/sh\necho other\n")
    other.chmod(0o755)
    monkeypatch.setenv("PATH", f"{other.parent}{os.pathsep}{os.environ['PATH']}")
    (reason,) = shop.run()["shown"]
    assert reason.startswith(f"the program cat is {other} now, and was ")
    assert shop.value("shown") == "other"
    other.write_text("#!/bin/sh\necho another\n")
    assert shop.run() == {"shown": [f"the program cat changed ({other})"]}


def test_what_a_program_makes_is_the_result_of_its_step(shop: Shop) -> None:
    shop.edit("definitions.py", '"sort < data/b.csv"', '"sort < data/b.csv > data/sorted.csv"')
    shop.run()
    assert shop.run() == {}
    (shop.root / "data/sorted.csv").unlink()
    assert shop.run() == {"sorted_rows": ["data/sorted.csv, which it wrote, is gone"]}
    shop.write("data/sorted.csv", "by hand")
    assert shop.run() == {"sorted_rows": ["data/sorted.csv, which it wrote, was changed"]}
    assert (shop.run(), shop.read("data/sorted.csv")) == ({}, "b\n")


def test_a_file_that_changes_after_a_program_opened_it_sends_the_step_back(shop: Shop) -> None:
    shop.edit(
        "definitions.py",
        '"sort < data/b.csv"',
        '"sort < data/b.csv; test -e ../once || echo more >> data/b.csv; touch ../once"',
    )
    heard: list[Event] = []
    shop.execute(on_event=heard.append)
    states = [event.step.state for event in heard if isinstance(event, StepEnded)]
    assert states == [StepState.SUPERSEDED, StepState.SUCCEEDED]
    assert (shop.value("sorted_rows"), shop.run()) == ("b\nmore", {})


def test_where_there_is_no_witness_what_was_seen_is_never_trusted(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Case 91."""
    monkeypatch.setattr("dagx.worker.tracing.programs.Witness", _no_witness)
    shop = project(PROGRAMS.replace('("./script.sh", cwd="tools")', '("cat", "data/c.csv")'))
    shop.run()
    why = "not all that it reads can be seen: it started `{}`, and what programs read cannot be seen: none"
    doubted = {
        "shown": [why.format("cat")],
        "sorted_rows": [why.format("sh")],
        "scripted": [why.format("cat")],
    }
    assert shop.run() == doubted
    assert shop.run() == doubted
    assert shop.why("shown").notes == (
        "it is made again whenever it is asked for; dagx dev leaves it alone until something else changes",
    )
    shop.write("data/a.csv", "aa")
    assert shop.run() == {**doubted, "shown": sorted(["data/a.csv changed", *doubted["shown"]])}


def _no_witness(*_: object) -> None:
    raise OSError(38, "none")
