"""Two commands in one project: what needs the project is handed to the engine that holds it, and followed there."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import socket
import struct
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from world import PATIENCE, Dev, World, program, wait_until

pytestmark = pytest.mark.fat

PROJECT = """
    import dagx as dg, os, pathlib, subprocess, time

    @dg.asset
    def one():
        return 1

    @dg.asset
    def two(one):
        return one + 1

    @dg.asset
    def first_here():
        return 1

    @dg.asset
    def second_here(first_here):
        return 2

    @dg.asset
    def slow():
        pathlib.Path("begun").touch()
        while not pathlib.Path("go").exists():
            time.sleep(0.01)

    @dg.op
    def greet():
        pass

    @dg.job
    def greeting():
        greet()

    @dg.asset(partitions_def=dg.StaticPartitionsDefinition(["mon", "tue"]))
    def daily(context):
        return context.partition_key

    @dg.asset
    def nested():
        return subprocess.run(["PROGRAM", "run"], capture_output=True, text=True).stderr
"""


@dataclass
class Beside:
    """A project that `dagx dev` holds."""

    world: World
    dev: Dev

    def begin(self) -> tuple[subprocess.Popen[str], str]:
        """A command that runs what ends when it may; and the id of its run."""
        process = self.world.background("run", "slow", "--force")
        started = self.dev.until(lambda event: event["event"] == "step_started" and event["step"] == "slow")
        wait_until((self.world.root / "begun").exists, "the start")
        (self.world.root / "begun").unlink()
        return process, str(started[-1]["run_id"])

    def allow(self) -> None:
        (self.world.root / "go").touch()

    def ended(self, run: str) -> dict[str, str]:
        """Wait for the end of this run; step to what became of it."""
        found = self.dev.until(lambda e: e["event"] == "run_ended" and e["run"]["run_id"] == run)
        return {step["step"]: step["state"] for step in found[-1]["run"]["steps"]}


@pytest.fixture(scope="module")
def at_work(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Beside]:
    """One engine for most of what is tried here, as other commands come and go; the tests may come in any order."""
    world = _project(World(tmp_path_factory.mktemp("beside") / "project"))
    with world.dev("--no-auto") as dev:
        dev.until_loaded()
        yield Beside(world, dev)
    world.close()


@pytest.fixture
def beside(at_work: Beside) -> Iterator[Beside]:
    yield at_work
    (at_work.world.root / "go").unlink(missing_ok=True)


def _project(world: World) -> World:
    world.write("definitions.py", PROJECT.replace("PROGRAM", program()))
    return world


def _line_with(process: subprocess.Popen[str], words: str) -> str:
    assert process.stdout is not None
    for line in process.stdout:
        if words in line:
            return line
    raise AssertionError(f"it ended without {words!r}")


def test_a_run_is_one_of_devs_runs_and_says_what_it_says_alone(beside: Beside) -> None:
    said = beside.world.dagx("run", "first_here", "second_here", "--force")
    assert (said.code, said.err) == (0, "")
    assert re.sub(r" +[\d.]+m?s\b", " TIME", said.out).splitlines() == [
        "2 of 7 steps to run: first_here (never made), second_here (never made)",
        "◉ first_here  started",
        "✔ first_here  made TIME  never made",
        "◉ second_here  started",
        "✔ second_here  made TIME  never made",
        "2 made, 0 unchanged, 0 failed in TIME",
    ]
    ended = beside.dev.until(lambda event: event["event"] == "run_ended" and "second_here" in str(event))
    words = "run of `dagx run first_here second_here --force`"
    assert len([event for event in ended if words in event.get("text", "")]) == 1
    again = beside.world.run("second_here")
    assert (again.code, again.states) == (0, {"second_here": "fresh"})


def test_what_is_refused_alone_is_refused_alike(beside: Beside) -> None:
    said = beside.world.dagx("run", "thre")
    assert said.code == 2
    assert '"thre"' in said.err
    other = beside.world.dagx("run", "--config", "other.json")
    assert other.code == 4
    assert "holds the project and runs with no file of config" in other.err
    good = (beside.world.root / "definitions.py").read_text()
    beside.world.write("definitions.py", "import dagx as dg\n\ndef broken(:\n")
    broken = beside.world.dagx("run")
    beside.world.write("definitions.py", good)
    assert broken.code == 3
    assert "definitions.py:3: SyntaxError" in broken.err


def test_jobs_and_partitions_run_too_and_what_is_saved_meanwhile_comes_after(beside: Beside) -> None:
    assert beside.world.run("greeting").states == {"greeting": "succeeded"}
    assert beside.world.run("daily", "--partition", "mon").states == {"daily[mon]": "succeeded"}
    before = len([event for event in beside.dev.events if event["event"] == "loaded"])
    beside.world.change("definitions.py", "return one + 1", "return one + 2")
    assert beside.world.run("one", "two", "daily", "--partitions", "all").states["two"] == "succeeded"
    beside.dev.until(lambda e: e["event"] == "run_ended" and "daily" in str(e) and "two" in str(e))
    loads = [event for event in beside.dev.events if event["event"] == "loaded"]
    assert len(loads) >= before + 1
    assert beside.world.dagx("plan", "one", "two", "--json").json["steps"] == []


def test_runs_follow_one_another_and_an_interrupt_takes_one_back(beside: Beside) -> None:
    first, run = beside.begin()
    second = beside.world.background("run", "one", "--force")
    third = beside.world.background("run", "one", "--force")
    who = f"`dagx dev --json --no-auto` (pid {beside.dev.process.pid}, since "
    for waiting in (second, third):
        assert _line_with(waiting, "waiting").startswith(f"waiting for run {run} of {who}")
    third.send_signal(signal.SIGINT)
    assert third.wait(PATIENCE) == 130
    first.send_signal(signal.SIGINT)
    assert "stopped: " in first.communicate(timeout=PATIENCE)[0]
    assert first.returncode == 130
    assert beside.ended(run) == {"slow": "cancelled"}
    assert re.search(r"^(1 made|0 made, 1 unchanged)", second.communicate(timeout=PATIENCE)[0], re.MULTILINE)
    assert second.returncode == 0


def test_a_run_goes_on_when_the_command_that_asked_for_it_is_killed(beside: Beside) -> None:
    first, run = beside.begin()
    second = beside.world.background("run", "greeting")
    _line_with(second, "waiting")
    for process in (first, second):
        process.kill()
        process.wait()
    beside.allow()
    assert beside.ended(run)["slow"] in ("succeeded", "unchanged")
    newest = beside.world.dagx("runs", "--json", "-n", "1").json[0]
    assert newest["run_id"] == run  # nobody waits for what had not begun


def test_a_run_is_cancelled_by_its_name(beside: Beside) -> None:
    asked, run = beside.begin()
    assert f"that is run {run}" in beside.world.dagx("cancel", "zz").err
    said = beside.world.dagx("cancel", run[:4])
    assert (said.code, said.out.partition(" (pid ")[0]) == (0, f"run {run} of `dagx dev --json --no-auto`")
    assert beside.ended(run) == {"slow": "cancelled"}
    assert asked.wait(PATIENCE) == 130


def test_an_engine_that_is_stopped_is_named_and_reading_goes_on(beside: Beside) -> None:
    pid = beside.dev.process.pid
    asked, run = beside.begin()
    beside.dev.process.send_signal(signal.SIGSTOP)
    try:
        for command in (["run"], ["dev", "--plain"]):
            said = beside.world.dagx(*command)
            assert said.code == 4
            assert re.search(rf"`dagx dev .*` \(pid {pid}, since \d\d:\d\d\) holds the project", said.err)
            assert "is stopped (state T)" in said.err
            assert f"`kill -CONT {pid}` lets it go on" in said.err
        assert beside.world.dagx("status").code == 0
        (engine,) = (
            line for line in beside.world.dagx("doctor", "--json").json["lines"] if line["name"] == "engine"
        )
        assert (engine["ok"], f"`kill -CONT {pid}` lets it go on" in engine["hint"]) == (False, True)
        assert asked.stdout is not None
        assert f"`kill -CONT {pid}` lets it go on" in _line_with(asked, "stopped")
    finally:
        beside.dev.process.send_signal(signal.SIGCONT)
    beside.allow()
    assert asked.wait(PATIENCE) == 0
    beside.ended(run)


def test_a_step_that_runs_dagx_is_told_that_it_would_wait_for_itself(beside: Beside) -> None:
    assert beside.world.run("nested").code == 0
    assert "waits for itself" in beside.world.dagx("show", "nested", "--json").out


def test_accept_and_gc_are_done_by_dev_and_it_knows(beside: Beside) -> None:
    beside.world.run("one", "two")
    beside.world.change("definitions.py", "return one + ", "return 0 + one + ")
    assert beside.world.dagx("accept", "two").code == 0

    def is_fresh_again(event: dict[str, Any]) -> bool:
        assets = event.get("assets", ()) if event["event"] == "assets_changed" else ()
        return any(asset["key"] == "two" and asset["accepted"] for asset in assets)

    beside.dev.until(is_fresh_again)
    assert beside.world.run("two").states == {"two": "fresh"}
    assert beside.world.dagx("gc", "--undefined", "--verify").code == 0


def _sent(world: World, data: bytes, *, is_whole: bool = False) -> bytes:
    """What comes back from the engine until it hangs up."""
    with socket.socket(socket.AF_UNIX) as end:
        end.connect(str(world.root / ".dagx/engine.sock"))
        end.settimeout(PATIENCE)
        end.sendall(data)
        if not is_whole:
            with contextlib.suppress(OSError):  # it has hung up already
                end.shutdown(socket.SHUT_WR)
        found = b""
        with contextlib.suppress(ConnectionResetError):  # it hung up with some of it unread
            while piece := end.recv(1000):
                found += piece
        return found


def test_aliens_and_other_versions_are_sent_away_and_the_engine_goes_on(beside: Beside) -> None:
    for alien in (
        b"GET / HTTP/1.1\r\n\r\n",
        b"\0\0\0\5hello",
        b"\0\0\0\2{}",
        b'\0\0\0\16{"wish": "gc"}',
        b"",
    ):
        assert _sent(beside.world, alien) == b""
    hello = {"protocol": 1, "version": "0.0.1", "pid": os.getpid(), "command": "dagx run"}
    body = json.dumps({"hello": hello}).encode()
    answer = json.loads(_sent(beside.world, struct.pack(">I", len(body)) + body, is_whole=True)[4:])
    assert (answer["error"], "this is dagx 0.0.1" in answer["message"]) == ("busy", True)
    assert beside.world.run("one").code == 0


def test_what_waits_when_dev_ends_is_carried_out_alone_and_what_runs_is_told(world: World) -> None:
    _project(world)
    with world.dev() as dev:
        dev.until_loaded()
        first, _ = Beside(world, dev).begin()
        second = world.background("run", "one")
        _line_with(second, "waiting")
        dev.process.kill()
        err = first.communicate(timeout=PATIENCE)[1]
        assert first.returncode == 1
        assert re.search(r"\(pid \d+, since ..:..\) ended before run \w+ did", err)
        assert "1 made" in second.communicate(timeout=PATIENCE)[0]
        assert second.returncode == 0
