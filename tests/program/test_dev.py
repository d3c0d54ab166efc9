"""`dagx dev`: every save reruns what it affects and nothing else; a broken project costs nothing."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
from pathlib import Path
from typing import Any

import pytest
from world import PATIENCE, Dev, World, processes_of, wait_until

pytestmark = pytest.mark.fat

PROJECT = """
    import dagx as dg
    from pathlib import Path

    @dg.asset
    def raw():
        return Path("data/in.txt").read_text().split()

    @dg.asset
    def count(raw):
        # how many
        return len(raw)

    @dg.asset
    def longest(raw):
        return max(map(len, raw))

    @dg.asset
    def report(count, longest):
        return f"{count} words, at most {longest} letters"
"""


@pytest.fixture
def project(world: World) -> World:
    world.write("data/in.txt", "one two three")
    world.write("definitions.py", PROJECT)
    return world


def _ran(states: dict[str, str]) -> dict[str, str]:
    return {step: state for step, state in states.items() if state != "fresh"}


def _started(dev: Dev) -> None:
    dev.until_loaded()
    dev.until_run_ended()


def test_what_was_never_made_waits_unless_it_is_asked_for(project: World) -> None:
    with project.dev() as dev:
        dev.until_loaded()
        assert [event["event"] for event in dev.quiet()] == []
    with project.dev("--run") as dev:
        dev.until_loaded()
        assert set(dev.until_run_ended().values()) == {"succeeded"}


def test_a_save_reruns_what_it_changes_and_stops_where_data_is_the_same(project: World) -> None:
    with project.dev("--run") as dev:
        _started(dev)
        project.change("definitions.py", "len(raw)", "len(list(raw))")
        assert _ran(dev.until_run_ended()) == {"count": "unchanged"}
        project.change("definitions.py", "max(map(len, raw))", "min(map(len, raw))")
        assert _ran(dev.until_run_ended()) == {"longest": "succeeded", "report": "succeeded"}


def test_a_comment_reruns_nothing(project: World) -> None:
    with project.dev("--run") as dev:
        _started(dev)
        project.change("definitions.py", "# how many", "# how many words")
        dev.until_loaded()
        assert not [event for event in dev.quiet() if event["event"].startswith(("run", "step"))]


def test_data_that_is_saved_reruns_its_readers(project: World) -> None:
    with project.dev("--run") as dev:
        _started(dev)
        project.write("data/in.txt", "one two seven")
        assert _ran(dev.until_run_ended()) == {
            "raw": "succeeded",
            "count": "unchanged",
            "longest": "unchanged",
        }
        project.write("data/other.txt", "nobody reads this")
        assert not [event for event in dev.quiet() if event["event"] != "assets_changed"]


def test_a_file_that_is_written_in_pieces_counts_when_it_is_closed(project: World) -> None:
    project.run()
    with project.dev() as dev:
        dev.until_loaded()
        dev.quiet(0.4)  # what there is was judged: a file that is being written at that moment is stale
        with (project.root / "data/in.txt").open("w") as stream:
            for word in ("one ", "two ", "three ", "four "):
                stream.write(word)
                stream.flush()
                assert [event["event"] for event in dev.quiet(0.4)] == []
        assert _ran(dev.until_run_ended()) == {
            "raw": "succeeded",
            "count": "succeeded",
            "longest": "unchanged",
            "report": "succeeded",
        }


def test_a_syntax_error_is_shown_with_its_place_and_the_next_save_recovers(project: World) -> None:
    with project.dev("--run") as dev:
        _started(dev)
        good = (project.root / "definitions.py").read_text()
        project.write("definitions.py", good + "\ndef broken(:\n")
        (failed,) = (e for e in dev.until(_is("load_failed")) if e["event"] == "load_failed")
        line = good.count("\n") + 2
        assert f"definitions.py:{line}: SyntaxError" in failed["problem"]
        project.write("data/in.txt", "the old graph is still in force")
        assert "report" in _ran(dev.until_run_ended())
        project.write("definitions.py", good.replace("words, at most", "words and"))
        assert _ran(dev.until_run_ended()) == {"report": "succeeded"}


def test_a_project_that_is_broken_from_the_start_recovers_too(world: World) -> None:
    world.write("definitions.py", "import dagx as dg\n\n@dg.asset\ndef a(b):\n    return 1\n")
    with world.dev("--run") as dev:
        problem = dev.until(_is("load_failed"))[-1]["problem"]
        assert 'definitions.py:3: asset "b" is not defined (needed by "a")' in problem
        world.write("definitions.py", "import dagx as dg\n\n@dg.asset\ndef a():\n    return 1\n")
        dev.until_loaded()
        assert dev.until_run_ended() == {"a": "succeeded"}


def test_a_failed_step_is_tried_again_when_what_it_depends_on_changes(project: World) -> None:
    with project.dev("--run") as dev:
        _started(dev)
        project.write("data/in.txt", "")
        assert dev.until_run_ended()["longest"] == "failed"
        project.change("definitions.py", "len(raw)", "len(raw) + 1")
        states = dev.until_run_ended()
        assert "longest" not in states
        project.write("data/in.txt", "fine oncemore")
        assert dev.until_run_ended()["longest"] == "succeeded"


def test_a_newer_save_ends_what_it_makes_pointless(world: World) -> None:
    text = """
        import dagx as dg, time

        @dg.asset
        def slow():
            time.sleep({seconds})
            return {seconds}

        @dg.asset
        def quick():
            return 1
    """
    world.write("definitions.py", text.format(seconds=0))
    world.run()
    with world.dev() as dev:
        dev.until_loaded()
        world.write("definitions.py", text.format(seconds=60))
        dev.until(_is("step_started"))
        world.write("definitions.py", text.format(seconds=0.01))
        assert dev.until_run_ended() == {"slow": "cancelled"}
        assert dev.until_run_ended() == {"slow": "succeeded"}


def test_a_new_file_with_an_asset_is_found(world: World) -> None:
    world.write("defs/one.py", "import dagx as dg\n\n@dg.asset\ndef one():\n    return 1\n")
    with world.dev("--run") as dev:
        _started(dev)
        world.write("defs/more/two.py", "import dagx as dg\n\n@dg.asset\ndef two(one):\n    return one + 1\n")
        assert _ran(dev.until_run_ended()) == {"two": "succeeded"}


def test_a_checkout_of_many_files_is_one_reload(world: World) -> None:
    def tree(value: int) -> None:
        for number in range(60):
            name = f"asset_{number}"
            world.write(
                f"defs/{name}.py", f"import dagx as dg\n\n@dg.asset\ndef {name}():\n    return {value}\n"
            )

    tree(1)
    with world.dev("--run") as dev:
        _started(dev)
        _git(world.root, "init", "-q")
        _git(world.root, "add", "defs")
        _git(world.root, "commit", "-qm", "one")
        tree(2)
        while len(states := _ran(dev.until_run_ended())) < 60 and "asset_59" not in states:
            pass
        before = len(dev.events)
        _git(world.root, "checkout", "-q", "--", "defs")
        states = dev.until_run_ended()
        assert len(states) == 60
        loads = [event for event in dev.events[before:] if event["event"] == "loaded"]
        assert len(loads) <= 2


def test_dev_ends_with_its_terminal_and_leaves_nothing(project: World) -> None:
    process = project.background("dev", "--plain")
    wait_until(lambda: len(processes_of(project.root)) > 0, "the start of a worker")
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=PATIENCE)
    wait_until(lambda: not processes_of(project.root), "the end of its workers")


def test_workers_end_when_dev_is_killed(project: World) -> None:
    process = project.background("dev", "--plain", "--run")
    wait_until(lambda: len(processes_of(project.root)) > 1, "the start of workers")
    process.kill()
    process.communicate()
    wait_until(lambda: not processes_of(project.root), "the end of its workers")


def _is(kind: str) -> Any:
    return lambda event: event["event"] == kind


def _git(folder: Path, *arguments: str) -> None:
    subprocess.run(
        ["git", "-c", "user.name=test", "-c", "user.email=test@example.org", *arguments],
        cwd=folder,
        check=True,
    )


def test_settings_are_read_again_when_they_are_saved(world: World) -> None:
    world.write("one.py", "import dagx as dg\n\n@dg.asset\ndef one():\n    return 1\n")
    world.write("two.py", "import dagx as dg\n\n@dg.asset\ndef two():\n    return 2\n")
    world.write("pyproject.toml", '[tool.dagx]\ndefinitions = "one"\n')
    with world.dev("--run") as dev:
        assert dev.until_loaded()[-1]["status"]["counts"] == {"missing": 1}
        assert dev.until_run_ended() == {"one": "succeeded"}
        world.write("pyproject.toml", '[tool.dagx]\ndefinitions = "nowhere"\n')
        assert "no module nowhere" in dev.until(_is("load_failed"))[-1]["problem"]
        world.write("pyproject.toml", '[tool.dagx]\ndefinitions = "two"\nmax_workers = 1\n')
        assert dev.until_run_ended() == {"two": "succeeded"}


def test_settings_that_are_saved_while_a_step_runs_end_it_first(world: World) -> None:
    world.write("definitions.py", "import dagx as dg, time\n\n@dg.asset\ndef slow():\n    time.sleep(60)\n")
    world.write("pyproject.toml", "[tool.dagx]\nmax_workers = 1\n")
    with world.dev("--run") as dev:
        dev.until(_is("step_started"))
        world.write("other.py", "import dagx as dg\n\n@dg.asset\ndef quick():\n    return 1\n")
        world.write("pyproject.toml", '[tool.dagx]\nmax_workers = 2\ndefinitions = "other"\n')
        assert dev.until_run_ended() == {"slow": "cancelled"}
        assert dev.until_run_ended() == {"quick": "succeeded"}


def test_the_engine_ends_when_its_state_is_deleted(world: World) -> None:
    world.write("definitions.py", "import dagx as dg\n\n@dg.asset\ndef a():\n    return 1\n")
    with world.dev("--run") as dev:
        _started(dev)
        shutil.rmtree(world.root / ".dagx")
        world.write("definitions.py", "import dagx as dg\n\n@dg.asset\ndef a():\n    return 2\n")
        problem = dev.until(_is("engine_ended"))[-1]["problem"]
        assert "was deleted or replaced while dagx was running" in problem
        assert dev.process.wait(PATIENCE) == 70


def test_broken_settings_are_not_forgotten_at_the_next_save(project: World) -> None:
    with project.dev("--run") as dev:
        _started(dev)
        project.write("pyproject.toml", "[tool.dagx\n")
        dev.until(_is("load_failed"))
        project.change("definitions.py", "# how many", "# how many words")
        assert "pyproject.toml" in dev.until(_is("load_failed"))[-1]["problem"]
        project.write("pyproject.toml", "[tool.dagx]\n")
        dev.until_loaded()


@pytest.mark.parametrize("folder", [".", "data"])
def test_a_new_file_in_a_folder_that_was_listed_reruns_who_listed_it(world: World, folder: str) -> None:
    world.write("data/one.txt", "")
    world.write(
        "definitions.py",
        f"""
        import dagx as dg
        import os

        @dg.asset
        def names():
            return sorted(name for name in os.listdir("{folder}") if name.endswith(".txt"))
        """,
    )
    with world.dev("--run") as dev:
        _started(dev)
        (world.root / folder / "two.txt").touch()
        assert dev.until_run_ended() == {"names": "succeeded"}
        (world.root / folder / os.fsdecode(b"not utf-8 \xff.txt")).touch()
        assert dev.until_run_ended() == {"names": "succeeded"}
        new = world.root / folder / "three.txt"
        new.mkdir()
        assert dev.until_run_ended() == {"names": "succeeded"}
        new.rmdir()
        assert dev.until_run_ended() == {"names": "restored"}
    causes = [run["cause"] for run in world.dagx("runs", "--json").json]
    assert [cause for cause in causes if cause.endswith("not utf-8 \\udcff.txt")]


def test_all_that_a_step_prints_is_told_before_its_end(world: World) -> None:
    world.write(
        "definitions.py",
        """
        import dagx as dg
        import os

        def loud(number):
            @dg.asset(name=f"a{number}")
            def step():
                print("from", number, flush=True)
                if number % 10 == 9:
                    os._exit(3)
            return step

        defs = dg.Definitions(assets=[loud(number) for number in range(30)])
        """,
    )
    with world.dev("--run") as dev:
        ended = dev.until_run_ended()
        assert sorted(ended.values()) == ["failed"] * 3 + ["succeeded"] * 27
        said: dict[str, str] = {}
        for event in dev.events:
            if event["event"] == "step_log":
                said[event["step"]] = said.get(event["step"], "") + event["text"]
            elif event["event"] == "step_ended":
                step = event["step"]["step"]
                assert said.get(step) == f"from {step[1:]}\n"


SWING = """
    import dagx as dg
    from pathlib import Path

    def swing(source, target):
        path = Path(source)
        Path(target).write_text((path.read_text() if path.exists() else "") + "x")

    @dg.asset
    def tick():
        swing("data/a.txt", "data/b.txt")

    @dg.asset
    def tock():
        swing("data/b.txt", "data/a.txt")
"""
"""Each reads what the other one writes, and no edge says so: that would go on for ever."""


def test_steps_that_wake_each_other_by_what_they_write_are_stopped(world: World) -> None:
    world.write("pyproject.toml", "[tool.dagx]\nmax_workers = 1\n")
    world.write("definitions.py", SWING)
    world.write("data/a.txt", "x")
    with world.dev("--run") as dev:
        dev.until_loaded()
        events = dev.until(_is_warning)
        told, kinds = events[-1], [event["event"] for event in events]
        assert re.match(
            r"(data/[ab]\.txt(, )?)+: written by (t[io]ck(, )?)+, and wakes another, 8 times in a row",
            told["text"],
        )
        for _ in range(kinds.count("run_started") - kinds.count("run_ended")):
            dev.until_run_ended()  # what was under way
        assert not [event for event in dev.quiet() if event["event"].startswith("run")]
        world.write("data/a.txt", "")
        (*_, started) = dev.until(_is("run_started"))
        assert "tick" in [step["step"] for step in started["plan"]["steps"]]


def test_a_step_that_wakes_what_it_needs_by_the_folders_that_it_makes_is_stopped(world: World) -> None:
    world.write("runs/first/x", "")
    world.write(
        "definitions.py",
        """
        import dagx as dg
        import os

        @dg.asset
        def looked():
            return sorted(os.listdir("runs"))

        @dg.asset
        def made(looked):
            folder = f"runs/{len(looked)}"
            os.mkdir(folder)
            open(f"{folder}/x", "w").close()
            return folder
        """,
    )
    with world.dev("--run") as dev:
        dev.until_loaded()
        assert re.match(r"runs/\d+: written by made, and wakes another", dev.until(_is_warning)[-1]["text"])


def test_steps_that_wake_each_other_while_both_run_are_stopped(world: World) -> None:
    """What one reads changes while it runs, which fails in the end; or after it, which wakes it: whichever is first."""
    world.write("definitions.py", SWING)
    world.write("data/a.txt", "x")
    with world.dev("--run") as dev:
        dev.until_loaded()
        events = dev.until(lambda event: _is_warning(event) or _is_failure(event))
        if _is_failure(events[-1]):
            step = events[-1]["step"]
            read, other = {"tick": ("data/a.txt", "tock"), "tock": ("data/b.txt", "tick")}[step["step"]]
            assert step["error"] == (
                f"{read} changed while it ran, each time it was tried\n"
                f"  {other} wrote it: let this step depend on that, or read something else"
            )
        wait_until(lambda: not dev.quiet())


def _is_failure(event: dict[str, Any]) -> bool:
    return event["event"] == "step_ended" and event["step"]["state"] == "failed"


def _is_warning(event: dict[str, Any]) -> bool:
    return event["event"] == "notice" and "in a row" in event["text"]
