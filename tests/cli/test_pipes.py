"""Pipes, signals and closed files: `dagx` among other programs."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import IO

import pytest

SCRIPT = Path(__file__).with_name("dev_by_hand.py")
Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def closed(tmp_path: Path) -> Path:
    return tmp_path / "closed"


@pytest.fixture
def start(closed: Path) -> Start:
    def started(*args: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, str(SCRIPT), str(closed), *args],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=os.environ | {"PYTHONIOENCODING": "utf-8"},
        )

    return started


def lines(stream: IO[str] | None, number: int) -> list[str]:
    assert stream is not None
    return [stream.readline() for _ in range(number)]


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]
)
def test_a_signal_ends_dev_in_order(start: Start, closed: Path, number: int, code: int) -> None:
    with start("dev", "--plain") as process:
        said = lines(process.stdout, 3)
        process.send_signal(number)
        out, err = process.communicate(timeout=60)
    assert [line[9:] for line in said] == [
        "0 assets\n",
        "loaded generation 1: 14 assets in 85ms\n",
        "saved assets.py\n",
    ]
    assert (process.returncode, out, err) == (code, "", "")
    assert closed.read_text() == "closed"


def test_dev_streams_when_stdout_is_no_terminal(start: Start) -> None:
    with start("dev") as process:
        assert lines(process.stdout, 1)[0].endswith("0 assets\n")
        process.terminate()
        process.communicate(timeout=60)


def test_dev_as_json_is_one_object_a_line(start: Start) -> None:
    with start("dev", "--json") as process:
        said = [json.loads(line)["event"] for line in lines(process.stdout, 4)]
        process.terminate()
        process.communicate(timeout=60)
    assert said == ["board_replaced", "loaded", "assets_changed", "saved"]


@pytest.mark.parametrize("busy", [[], ["--busy"]])
def test_dev_ends_in_order_when_its_reader_goes_away(start: Start, closed: Path, busy: list[str]) -> None:
    with start("dev", "--plain", *busy) as process:
        lines(process.stdout, 3)
        assert process.stdout is not None
        process.stdout.close()
        process.wait(timeout=60)
        assert process.stderr is not None
        assert process.stderr.read() == ""
    assert process.returncode == 141
    assert closed.read_text() == "closed"


def test_a_reader_that_has_seen_enough_is_no_error(start: Start) -> None:
    with start("ls") as process:
        assert lines(process.stdout, 1) == ["default\n"]
        assert process.stdout is not None
        process.stdout.close()
        process.wait(timeout=60)
        assert process.stderr is not None
        assert process.stderr.read() == ""
    assert process.returncode == 141


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a disk that is always full")
@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_full_disk_is_said(closed: Path, unbuffered: str) -> None:
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, str(SCRIPT), str(closed), "ls"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
            check=False,
            env=os.environ | {"PYTHONUNBUFFERED": unbuffered},
        )
    assert done.stderr == "error: the output cannot be written: No space left on device\n"
    assert done.returncode == 1


def test_closed_files_are_no_error(closed: Path) -> None:
    command = f'exec "{sys.executable}" "{SCRIPT}" "{closed}" ls <&- >&- 2>&-'
    assert subprocess.run(["sh", "-c", command], check=False, timeout=60).returncode == 0


def test_names_survive_an_output_that_is_not_unicode(tmp_path: Path, closed: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(SCRIPT), str(closed), "ls"],
        capture_output=True,
        env=os.environ | {"PYTHONIOENCODING": "ascii"},
        timeout=60,
        check=True,
    )
    assert done.stdout.splitlines()[1] == b"  +  asset_0"
