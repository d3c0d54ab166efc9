"""Inputs that change while they are read: what is stored was made from what is recorded. Cases 44 to 48, and 57."""

from __future__ import annotations

import os
from collections.abc import Callable

from shops import Shop

from dagx_engine.views import Event, StepEnded

MEDDLED = """
    -- definitions.py
    import dagx as dg
    import os, subprocess
    from pathlib import Path

    def meddle(command):
        "Somebody else's doing, while the step runs: the first time, or always."
        if not os.path.exists("../once"):
            subprocess.run(["sh", "-c", command], check=True)

    @dg.asset
    def made():
        text = Path("data/in.txt").read_text()
        COMMAND
        return text
    -- data/in.txt
    one
"""

Project = Callable[[str], Shop]


def meddled(project: Project, command: str, before: str = "") -> Shop:
    return project(MEDDLED.replace("COMMAND", f"meddle({command!r})").replace("text =", f"{before}text =", 1))


def states(shop: Shop) -> list[tuple[str, list[str]]]:
    """Of a run, each attempt of each step with what became of it and why."""
    found: list[tuple[str, list[str]]] = []

    def hear(event: Event) -> None:
        if isinstance(event, StepEnded):
            found.append((event.step.state.value, [reason.text for reason in event.step.reasons]))

    shop.execute(on_event=hear)
    return found


def test_an_input_edited_while_its_step_runs_sends_the_step_back(project: Project) -> None:
    """Cases 44 to 47, also the very first time that the file is read."""
    shop = meddled(project, "echo two > data/in.txt; touch ../once")
    assert states(shop) == [
        ("superseded", ["data/in.txt changed while it ran"]),
        ("succeeded", ["never made"]),
    ]
    assert (shop.value("made"), shop.run()) == ("two", {})


def test_an_edit_that_is_taken_back_while_the_step_runs_sends_it_back_once(project: Project) -> None:
    """The content is the same before and after; what was read in between is not known."""
    shop = project(MEDDLED.replace("COMMAND", "pass"))
    shop.run()
    shop.edit(
        "definitions.py",
        "pass",
        "meddle('cp data/in.txt ../kept; echo two > data/in.txt; cp ../kept data/in.txt; touch ../once')",
    )
    assert [state for state, _ in states(shop)] == ["superseded", "unchanged"]
    assert shop.run() == {}


def test_what_is_stirred_up_each_time_is_kept_and_not_trusted(project: Project) -> None:
    shop = meddled(project, "touch -d 2020-01-0$(wc -l < ../count) data/in.txt; echo >> ../count")
    (shop.root.parent / "count").write_text("\n")
    assert [state for state, _ in states(shop)] == ["superseded", "succeeded"]
    reasons = ["not all that it reads can be seen: data/in.txt was not left alone"]
    assert shop.run() == {"made": reasons}
    assert shop.value("made") == "one\n"


def test_an_input_that_changes_each_time_fails_the_step_and_says_so(project: Project) -> None:
    shop = meddled(project, "echo more >> data/in.txt")
    found = states(shop)
    assert [state for state, _ in found] == ["superseded"] * 4 + ["failed"]
    error = shop.execute().steps[0].error or ""
    assert "data/in.txt changed while it ran, each time it was tried" in error
    assert "let what writes it finish first, or make it an asset" in error


def test_a_file_that_appears_in_a_folder_after_it_was_listed_sends_the_step_back(project: Project) -> None:
    """Case 48: the step has not seen it, and must not be recorded as if it had."""
    shop = meddled(project, "touch data/new.txt ../once", before="names = sorted(os.listdir('data')); ")
    shop.edit("definitions.py", "return text", "return names")
    assert [state for state, _ in states(shop)] == ["superseded", "succeeded"]
    assert (shop.value("made"), shop.run()) == ('["in.txt", "new.txt"]', {})


def test_a_file_that_is_looked_for_and_comes_while_the_step_runs_sends_it_back(project: Project) -> None:
    shop = meddled(
        project,
        "echo here > data/late.txt; touch ../once",
        before="late = Path('data/late.txt').read_text() if 'late.txt' in os.listdir('data') else None; ",
    )
    shop.edit("definitions.py", "return text", "return late")
    assert [state for state, _ in states(shop)] == ["superseded", "succeeded"]
    assert (shop.value("made"), shop.run()) == ("here", {})


def test_what_a_step_makes_of_its_own_in_a_folder_that_it_lists_is_not_somebody_elses(
    project: Project,
) -> None:
    shop = project(MEDDLED.replace("COMMAND", "os.listdir('data'); Path('data/out.txt').write_text(text)"))
    assert [state for state, _ in states(shop)] == ["succeeded"]
    assert shop.run() == {}


def test_an_edit_between_the_verdict_and_the_reading_is_what_was_read(project: Project) -> None:
    """Case 48: inputs are those of the moment when they were read, not of the plan."""
    shop = project(
        MEDDLED.replace("COMMAND", "pass").replace("text =", "meddle('echo two > data/in.txt'); text =")
    )
    assert [state for state, _ in states(shop)] == ["succeeded"]
    assert (shop.value("made"), shop.run()) == ("two", {})
    os.mkdir(shop.root.parent / "once")
    assert shop.run() == {}
