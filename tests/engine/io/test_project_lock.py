"""One engine in a project at a time, whatever happens to files and processes."""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from dagx_engine.io.lock import ProjectLock

HOLD = """
import sys
from pathlib import Path
from dagx_engine.io.lock import ProjectLock
print(ProjectLock(Path(sys.argv[1])).acquire(5.0), flush=True)
sys.stdin.read()
"""


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Callable[[], subprocess.Popen[str]]]:
    """Another process that takes the lock and keeps it until it ends."""
    started: list[subprocess.Popen[str]] = []

    def start() -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-c", HOLD, str(tmp_path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        )
        started.append(process)
        assert process.stdout is not None
        assert process.stdout.readline() == "True\n"
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def test_another_process_is_refused_and_told_who_holds_the_lock(
    tmp_path: Path, other: Callable[[], subprocess.Popen[str]]
) -> None:
    process = other()
    mine = ProjectLock(tmp_path)
    assert not mine.acquire(6.0)
    assert mine.holder()["pid"] == process.pid
    assert mine.holder()["since"] == 5.0
    assert str(mine.holder()["command"]).startswith("dagx")


def test_the_lock_goes_with_the_process_that_was_killed(
    tmp_path: Path, other: Callable[[], subprocess.Popen[str]]
) -> None:
    process = other()
    process.kill()
    process.wait()
    mine = ProjectLock(tmp_path)
    assert mine.acquire(6.0)
    assert mine.holder()["pid"] == os.getpid()
    mine.release()


def test_deleting_what_the_holder_wrote_of_itself_does_not_free_the_lock(
    tmp_path: Path, other: Callable[[], subprocess.Popen[str]]
) -> None:
    other()
    (tmp_path / "engine.json").unlink()
    mine = ProjectLock(tmp_path)
    assert not mine.acquire(6.0)
    assert mine.holder() == {}


def test_a_lock_is_free_again_after_its_release_and_nothing_is_left(tmp_path: Path) -> None:
    one, two = ProjectLock(tmp_path), ProjectLock(tmp_path)
    assert one.acquire(1.0)
    assert not two.acquire(2.0)
    one.release()
    assert list(tmp_path.iterdir()) == []
    assert two.acquire(3.0)
    two.release()
    two.release()


def test_a_lock_is_given_back_also_where_nothing_can_be_removed(tmp_path: Path) -> None:
    first, second = ProjectLock(tmp_path), ProjectLock(tmp_path)
    assert first.acquire(1.0)
    (tmp_path / "engine.json").unlink()
    # As little as a folder with something in it can the file be removed from a disk that became read-only.
    (tmp_path / "engine.json" / "in it").mkdir(parents=True)
    first.release()
    assert second.acquire(2.0)
    second.release()


def test_who_looks_whether_the_lock_is_held_keeps_nobody_from_taking_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looking = os.open(tmp_path, os.O_RDONLY)
    fcntl.flock(looking, fcntl.LOCK_SH)
    monkeypatch.setattr(time, "sleep", lambda seconds: fcntl.flock(looking, fcntl.LOCK_UN))
    mine = ProjectLock(tmp_path)
    assert mine.acquire(1.0)
    assert ProjectLock(tmp_path).is_held()
    mine.release()
    assert not ProjectLock(tmp_path).is_held()
    os.close(looking)


def test_a_child_process_does_not_inherit_the_lock(tmp_path: Path) -> None:
    mine, next_one = ProjectLock(tmp_path), ProjectLock(tmp_path)
    assert mine.acquire(1.0)
    child = subprocess.Popen(
        [sys.executable, "-c", "print(flush=True); input()"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        close_fds=False,
    )
    assert child.stdout is not None
    child.stdout.readline()
    mine.release()
    assert next_one.acquire(2.0)
    next_one.release()
    child.communicate(b"\n")


@pytest.mark.parametrize("written", ["", "not json", json.dumps([1]), '{"pid": 1}'])
def test_whatever_stands_in_the_holders_file_can_be_asked_for(tmp_path: Path, written: str) -> None:
    (tmp_path / "engine.json").write_text(written, encoding="utf-8")
    assert ProjectLock(tmp_path).holder() == ({"pid": 1} if "pid" in written else {})
