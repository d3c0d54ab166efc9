"""A save while a run goes on: it is loaded at once, what it leaves as it was goes on, what it changes runs anew."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from typing import Any

import pytest
from world import Dev, World

pytestmark = pytest.mark.fat

PROJECT = """
    import dagx as dg, os, signal

    @dg.asset
    def source():
        return 1

    @dg.asset
    def slow():
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])
        print(os.getpid(), flush=True)
        signal.sigwait([signal.SIGUSR1])
        return "slow"

    @dg.asset
    def quick(source):
        return source + 1

    @dg.asset
    def last(slow, quick):
        return [slow, quick]
"""


@pytest.fixture
def project(world: World) -> World:
    """Whose asset `slow` ends when the test says so."""
    world.write("pyproject.toml", "[tool.dagx]\nmax_workers = 3\n")
    world.write("definitions.py", PROJECT)
    return world


def _until_ended(dev: Dev, step: str) -> list[dict[str, Any]]:
    return dev.until(lambda event: event["event"] == "step_ended" and event["step"]["step"] == step)


def _until_slow_waits(dev: Dev) -> Callable[[], None]:
    """What else there is to do is done. The answer lets `slow` end."""
    found: list[int] = []

    ended: list[str] = []

    def is_alone(event: dict[str, Any]) -> bool:
        if event["event"] == "step_log" and event["step"] == "slow" and event["text"].strip():
            found.append(int(event["text"]))
        if event["event"] == "step_ended":
            ended.append(event["step"]["step"])
        return bool(found) and "quick" in ended

    dev.until(is_alone)
    return lambda: os.kill(found[0], signal.SIGUSR1)


def _planned(events: list[dict[str, Any]]) -> list[str]:
    (started,) = (event for event in events if event["event"] == "run_started")
    return [step["step"] for step in started["plan"]["steps"]]


def test_what_a_save_affects_runs_at_once_beside_what_it_does_not(project: World) -> None:
    with project.dev("--run") as dev:
        let_slow_end = _until_slow_waits(dev)
        project.change("definitions.py", "return 1", "return 2")
        events = _until_ended(dev, "quick")
        assert _planned(events) == ["source", "quick", "last"]
        let_slow_end()
        assert dev.until_run_ended() == {
            "source": "succeeded",
            "slow": "succeeded",
            "quick": "succeeded",
            "last": "cancelled",
        }
        assert dev.until_run_ended() == {"source": "succeeded", "quick": "succeeded", "last": "succeeded"}
        assert not [event for event in dev.quiet() if event["event"].startswith(("run", "step"))]
        assert set(project.status().values()) == {"fresh"}


def test_what_has_not_begun_runs_with_the_new_code(project: World) -> None:
    with project.dev("--run") as dev:
        let_slow_end = _until_slow_waits(dev)
        project.change("definitions.py", "return [slow, quick]", "return [quick, slow]")
        dev.until(lambda event: event["event"] == "run_started")
        let_slow_end()
        states = [dev.until_run_ended(), dev.until_run_ended()]
        assert [found.get("last") for found in states] == ["cancelled", "succeeded"]
        assert [found.get("slow") for found in states] == ["succeeded", None]
        assert project.dagx("show", "last", "--json").json["current"]["preview"] == '[2, "slow"]'


def test_a_broken_save_leaves_the_run_and_the_graph_as_they_are(project: World) -> None:
    with project.dev("--run") as dev:
        let_slow_end = _until_slow_waits(dev)
        good = (project.root / "definitions.py").read_text()
        project.write("definitions.py", good + "\ndef broken(:\n")
        dev.until(lambda event: event["event"] == "load_failed")
        let_slow_end()
        assert dev.until_run_ended()["last"] == "succeeded"


def test_data_that_a_running_step_reads_ends_it_once_and_it_reads_what_is_there_now(world: World) -> None:
    text = """
        import dagx as dg, time
        from pathlib import Path

        @dg.asset
        def words():
            found = Path("data/in.txt").read_text()
            print("it was read", flush=True)
            time.sleep(60 if found == "forever" else 0)
            return found
    """
    world.write("data/in.txt", "one")
    world.write("definitions.py", text)
    world.run()
    with world.dev() as dev:
        dev.until_loaded()
        world.write("data/in.txt", "forever")
        dev.until(lambda event: event["event"] == "step_log")
        world.write("data/in.txt", "two")
        assert _until_ended(dev, "words")[-1]["step"]["state"] == "superseded"
        assert dev.until_run_ended() == {"words": "succeeded"}


def test_a_step_that_writes_to_what_it_reads_is_not_ended_again_and_again(world: World) -> None:
    world.write("data/in.txt", "one")
    world.write(
        "definitions.py",
        """
        import dagx as dg, time
        from pathlib import Path

        @dg.asset
        def words():
            return Path("data/in.txt").read_text()
        """,
    )
    world.run()
    with world.dev() as dev:
        dev.until_loaded()
        world.change(
            "definitions.py",
            "return Path(",
            'Path("data/in.txt").write_text(f"{time.time()}"); time.sleep(0.5); return Path(',
        )
        assert dev.until_run_ended()["words"] in ("succeeded", "failed")
        started = [event for event in dev.events if event["event"] == "step_started"]
        assert len(started) <= 6


def test_an_upstream_value_that_is_made_anew_ends_what_runs_on_the_old_one(project: World) -> None:
    project.write(
        "definitions.py",
        """
        import dagx as dg, time

        @dg.asset
        def source():
            return 1

        @dg.asset
        def long(source):
            time.sleep(60 if source == 1 else 0)
            return source
        """,
    )
    with project.dev("--run") as dev:
        dev.until(lambda event: event["event"] == "step_started" and event["step"] == "long")
        project.change("definitions.py", "return 1", "return 2")
        assert dev.until_run_ended() == {"source": "succeeded"}
        assert dev.until_run_ended() == {"source": "succeeded", "long": "succeeded"}
        assert project.status() == {"source": "fresh", "long": "fresh"}


def test_an_equal_value_made_anew_lets_what_runs_go_on(project: World) -> None:
    with project.dev("--run") as dev:
        let_slow_end = _until_slow_waits(dev)
        project.change("definitions.py", "return source + 1", "return 1 + source")
        assert _until_ended(dev, "quick")[-1]["step"]["state"] == "unchanged"
        let_slow_end()
        assert dev.until_run_ended()["slow"] == "succeeded"
        assert dev.until_run_ended() == {"quick": "unchanged", "last": "succeeded"}
        starts = [event["step"] for event in dev.events if event["event"] == "step_started"]
        assert starts.count("slow") == starts.count("last") == 1


def test_runs_beside_each_other_that_are_cancelled_are_not_begun_again(project: World) -> None:
    with project.dev("--run") as dev:
        _until_slow_waits(dev)
        project.change("definitions.py", "return 1", "return 2")
        _until_ended(dev, "quick")
        assert project.dagx("cancel").code == 0
        dev.until_run_ended()
        dev.until_run_ended()
        assert "run_started" not in [event["event"] for event in dev.quiet()]
        project.change("definitions.py", "return 2", "return 3")
        assert _planned(_until_ended(dev, "quick")) == ["source", "slow", "quick", "last"]
