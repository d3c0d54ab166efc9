"""Engines that hold the project and say nothing, or what nobody understands: each is named, with the way out."""

from __future__ import annotations

import os
import queue
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from patience import PATIENCE

from dagx.errors import DagxError
from dagx_engine.io.channel import Call, Door, Left, Said
from dagx_engine.io.holders import has_lock, holder_of, is_stopped, way_on
from dagx_engine.io.lock import ProjectLock
from dagx_engine.opening import Project, open_project
from dagx_engine.pure.errors import BusyError, UsageError
from dagx_engine.pure.wishes import PROTOCOL, GcWish, caller_of, error_json, wish_of
from dagx_engine.requests import handing
from dagx_engine.views import Event, Notice, RunStarted
from dagx_engine.views.upkeep import CollectedView

WELCOME = {"welcome": {"pid": 17, "command": "dagx dev", "since": 0.0}}
STARTED = {
    "event": "RunStarted",
    "of": {"run_id": "abc", "cause": "you", "plan": {"steps": [], "selected": 0, "total": 0}},
}


class Asking:
    """A command that asks for a wish, and an engine that a test speaks for."""

    def __init__(self, project: Project) -> None:
        self.heard: queue.SimpleQueue[Said | Left] = queue.SimpleQueue()
        self.door = Door(project.files.state, self._post)
        self.answers: list[dict[str, object]] = []
        self.events: list[Event] = []
        self._project = project

    def _post(self, said: Said | Left) -> None:
        """To each message the next answers, up to one that is empty; where there are no more, hang up."""
        if isinstance(said, Left):
            return
        self.heard.put(said)
        while self.answers:
            answer = self.answers.pop(0)
            if not answer:
                return
            said.line.say(answer)
        said.line.end()

    def ask(self) -> CollectedView | None:
        call = Call(self._project.files.state)
        try:
            return handing.ask(self._project, call, GcWish(verify=True), CollectedView, self.events.append)
        finally:
            call.close()


@pytest.fixture
def asking(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Asking]:
    monkeypatch.setattr(handing, "_HUNG_SECONDS", PATIENCE)
    (tmp_path / "definitions.py").write_text("import dagx as dg\n")
    (tmp_path / ".dagx").mkdir(mode=0o700)
    found = Asking(open_project(tmp_path))
    yield found
    found.door.close()


def test_who_and_what_is_said_first_and_the_answer_comes_back(asking: Asking) -> None:
    done = {"dry_run": False, "lines": [], "kept": 3, "kept_size": 5, "cache_size": 7}
    asking.answers = [
        WELCOME,
        {},
        {"event": "Notice", "of": {"text": "so far", "level": "info"}},
        {"done": done},
    ]
    assert asking.ask() == CollectedView(False, (), 3, 5, 7)
    assert asking.events == [Notice("so far")]
    hello, wish = asking.heard.get(timeout=PATIENCE), asking.heard.get(timeout=PATIENCE)
    assert isinstance(hello, Said)
    assert isinstance(wish, Said)
    assert (caller_of(hello.message).protocol, caller_of(hello.message).pid) == (PROTOCOL, os.getpid())
    assert wish_of(wish.message) == GcWish(verify=True)


def test_one_that_runs_and_says_nothing_is_hung(asking: Asking, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handing, "_PATIENCE_SECONDS", 0.05)
    monkeypatch.setattr(handing, "_HUNG_SECONDS", 0.15)
    asking.answers = [{}]
    with pytest.raises(BusyError, match="does not answer: it is hung") as told:
        asking.ask()
    assert "kill" in (told.value.hint or "")
    assert [type(event) for event in asking.events] == [Notice]


def test_one_that_is_just_ending_is_no_refusal(asking: Asking) -> None:
    assert asking.ask() is None
    asking.answers = [WELCOME, {}]
    assert asking.ask() is None


def test_one_that_ends_with_the_run_under_way_is_told(asking: Asking) -> None:
    asking.answers = [WELCOME, {}, STARTED]
    with pytest.raises(DagxError, match=r"`dagx dev` \(pid 17, since ..:..\) ended before run abc did"):
        asking.ask()
    assert [type(event) for event in asking.events] == [RunStarted]


@pytest.mark.parametrize(
    "answers",
    [
        [{"welcome": {"pid": "17"}}],
        [{"good": "day"}],
        [WELCOME, {}, {"event": "Nothing", "of": {}}],
        [WELCOME, {}, {"event": "Notice", "of": {"text": 5}}],
        [WELCOME, {}, {"done": {"kept": "all"}}],
    ],
)
def test_what_nobody_understands_is_told_so(asking: Asking, answers: list[dict[str, object]]) -> None:
    asking.answers = answers
    with pytest.raises(DagxError, match="said what this dagx does not understand"):
        asking.ask()


def test_a_refusal_and_a_wish_that_was_dropped_come_through(asking: Asking) -> None:
    asking.answers = [WELCOME, {}, error_json(UsageError("no such asset", "write one"))]
    with pytest.raises(UsageError, match="no such asset"):
        asking.ask()
    asking.answers = [WELCOME, {}, {"dropped": True}]
    with pytest.raises(KeyboardInterrupt):
        asking.ask()


@pytest.fixture
def sleeper() -> Iterator[Callable[[str], subprocess.Popen[str]]]:
    started: list[subprocess.Popen[str]] = []

    def start(code: str) -> subprocess.Popen[str]:
        started.append(subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True))
        assert started[-1].stdout is not None
        assert started[-1].stdout.readline() == "ready\n"
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.communicate()


def test_the_holder_is_known_by_the_system_and_by_what_it_wrote(
    tmp_path: Path, sleeper: Callable[[str], subprocess.Popen[str]]
) -> None:
    assert holder_of(tmp_path).name == "another dagx"
    lock = ProjectLock(tmp_path)
    assert lock.acquire(1_000_000.0)
    assert holder_of(tmp_path).pid == os.getpid()
    assert has_lock(os.getpid(), tmp_path)
    other = sleeper("import time; print('ready', flush=True); time.sleep(600)")
    assert not has_lock(other.pid, tmp_path)
    assert not is_stopped(other.pid)
    stopping = sleeper("import os, signal; print('ready', flush=True); os.kill(os.getpid(), signal.SIGSTOP)")
    os.waitid(os.P_PID, stopping.pid, os.WSTOPPED | os.WNOWAIT)
    assert is_stopped(stopping.pid)
    lock.release()
    assert not has_lock(os.getpid(), tmp_path)


_AT_A_TERMINAL = """
import fcntl, os, signal, termios, time
os.setsid()
terminal = os.openpty()[1]
fcntl.ioctl(terminal, termios.TIOCSCTTY, 0)
"""

_ANOTHER_IN_THE_FOREGROUND = """
child = os.fork()
if not child:
    time.sleep(600)
os.setpgid(child, child)
signal.signal(signal.SIGTTOU, signal.SIG_IGN)
os.tcsetpgrp(terminal, child)
"""

_STAY = "print('ready', flush=True); time.sleep(600)"


def test_what_a_shell_has_stopped_goes_on_in_the_foreground(
    sleeper: Callable[[str], subprocess.Popen[str]],
) -> None:
    alone = sleeper(f"import os, time; os.setsid(); {_STAY}")
    assert way_on(alone.pid) == f"`kill -CONT {alone.pid}`"
    front = sleeper(_AT_A_TERMINAL + _STAY)
    assert way_on(front.pid) == f"`kill -CONT {front.pid}`"
    behind = sleeper(_AT_A_TERMINAL + _ANOTHER_IN_THE_FOREGROUND + _STAY)
    assert way_on(behind.pid) == "`fg` in its terminal"
