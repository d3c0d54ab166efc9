"""What a step writes is in its log: all of it, or its beginning and its end."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from patience import until

from dagx_engine.io import logs
from dagx_engine.io.logs import LogPump


@pytest.fixture
def pump() -> Iterator[LogPump]:
    found = LogPump()
    yield found
    found.close()
    assert not [thread for thread in threading.enumerate() if thread.name == "dagx-logs"]


class Step:
    """A step that writes to its log by hand. `live` is what was passed on while it ran."""

    def __init__(self, pump: LogPump, path: Path) -> None:
        self.path = path
        self.live: list[str] = []
        self.out, outlet = pump.open(path, self.live.append)
        self._finish = outlet.finish

    def write(self, data: bytes) -> None:
        view = memoryview(data)
        while view:
            view = view[os.write(self.out, view) :]

    def finish(self) -> bytes:
        os.close(self.out)
        self._finish()
        return self.path.read_bytes() if self.path.exists() else b""


@pytest.mark.parametrize(
    "data",
    [
        b"one\ntwo\n",
        b"no newline at the end",
        b"\xff\xfe\0binary\n",
        "é€😀".encode() * 1000,
        b"x" * 3_000_000,
    ],
    ids=["lines", "no newline", "binary", "letters", "large"],
)
def test_everything_that_was_written_is_in_the_file(pump: LogPump, tmp_path: Path, data: bytes) -> None:
    step = Step(pump, tmp_path / "run" / "a.log")
    step.write(data)
    assert step.finish() == data


def test_a_step_that_writes_nothing_leaves_no_file(pump: LogPump, tmp_path: Path) -> None:
    step = Step(pump, tmp_path / "run" / "a.log")
    assert step.finish() == b""
    assert list(tmp_path.iterdir()) == []


def test_the_text_is_passed_on_while_the_step_runs(pump: LogPump, tmp_path: Path) -> None:
    step = Step(pump, tmp_path / "a.log")
    step.write(b"first\n")
    until(lambda: step.live == ["first\n"])
    step.write(b"second")
    until(lambda: "".join(step.live) == "first\nsecond")
    step.finish()


def test_a_letter_that_comes_in_two_pieces_is_passed_on_whole(pump: LogPump, tmp_path: Path) -> None:
    step = Step(pump, tmp_path / "a.log")
    first, second = "a€".encode()[:2], "a€".encode()[2:]
    step.write(first)
    until(lambda: step.live == ["a"])
    step.write(second + b"\xff")
    until(lambda: "".join(step.live) == "a€�")
    step.finish()


def test_several_steps_do_not_mix(pump: LogPump, tmp_path: Path) -> None:
    steps = [Step(pump, tmp_path / f"{n}.log") for n in range(8)]
    for line in range(50):
        for number, step in enumerate(steps):
            step.write(f"{number} {line}\n".encode())
    for number, step in enumerate(steps):
        assert step.finish().decode() == "".join(f"{number} {line}\n" for line in range(50))


def test_standard_output_and_error_keep_their_order(pump: LogPump, tmp_path: Path) -> None:
    step = Step(pump, tmp_path / "a.log")
    code = "import os\nfor n in range(100): os.write(1 + n % 2, b'%d\\n' % n)"
    subprocess.run([sys.executable, "-c", code], stdout=step.out, stderr=step.out, check=True)
    assert step.finish().decode() == "".join(f"{n}\n" for n in range(100))


def test_a_long_log_keeps_its_beginning_and_its_end_and_says_how_much_is_missing(
    pump: LogPump, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logs, "HEAD_BYTES", 1000)
    monkeypatch.setattr(logs, "TAIL_BYTES", 500)
    step = Step(pump, tmp_path / "a.log")
    lines = [f"{n:09}\n" for n in range(100_000)]
    step.write("".join(lines).encode())
    text = step.finish().decode()
    head, note, tail = text.partition("\n... dagx left out ")
    assert head == "".join(lines[:100])
    dropped, _, tail = tail.partition(" bytes here: ")
    tail = tail.partition(" ...\n")[2]
    assert "".join(lines).endswith(tail)
    assert len(tail) >= 500
    assert len(head) + int(dropped.replace(",", "")) + len(tail) == 1_000_000
    assert note
    assert "".join(step.live).endswith("99999\n")


def test_a_log_that_just_fits_has_no_note(
    pump: LogPump, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logs, "HEAD_BYTES", 100)
    monkeypatch.setattr(logs, "TAIL_BYTES", 100)
    step = Step(pump, tmp_path / "a.log")
    step.write(b"0123456789" * 20)
    assert step.finish() == b"0123456789" * 20


def test_a_process_left_behind_that_keeps_the_log_open_is_not_waited_for(
    pump: LogPump, tmp_path: Path
) -> None:
    step = Step(pump, tmp_path / "a.log")
    left_behind = os.dup(step.out)
    step.write(b"the step itself\n")
    assert step.finish() == b"the step itself\n"
    with pytest.raises(BrokenPipeError):
        os.write(left_behind, b"later")
    os.close(left_behind)
    assert step.path.read_bytes() == b"the step itself\n"


def test_a_log_that_cannot_be_written_does_not_disturb_the_step(pump: LogPump, tmp_path: Path) -> None:
    (tmp_path / "run").write_bytes(b"a file where the folder should be")
    step = Step(pump, tmp_path / "run" / "a.log")
    for _ in range(100):
        step.write(b"x" * 10_000)
    other = Step(pump, tmp_path / "b.log")
    other.write(b"fine\n")
    assert other.finish() == b"fine\n"
    os.close(step.out)
    step._finish()


def test_closing_the_pump_ends_logs_that_are_open(tmp_path: Path) -> None:
    pump = LogPump()
    step = Step(pump, tmp_path / "a.log")
    step.write(b"so far\n")
    until(lambda: step.live == ["so far\n"])
    pump.close()
    assert step.path.read_bytes() == b"so far\n"
    with pytest.raises(BrokenPipeError):
        os.write(step.out, b"later")
    os.close(step.out)


def test_no_descriptor_is_left_open(tmp_path: Path) -> None:
    before = set(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else set()
    pump = LogPump()
    for number in range(10):
        step = Step(pump, tmp_path / f"{number}.log")
        step.write(b"x")
        step.finish()
    pump.close()
    after = set(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else set()
    assert len(after) == len(before)


def test_to_close_while_a_log_ends_is_no_race(tmp_path: Path) -> None:
    for number in range(200):
        pump = LogPump()
        write, outlet = pump.open(tmp_path / f"{number}.log", lambda text: None)
        os.write(write, b"last words")
        ending = threading.Thread(target=os.close, args=(write,))
        ending.start()
        pump.close()
        ending.join()
        outlet.finish()
        pump.close()
        assert (tmp_path / f"{number}.log").read_bytes() == b"last words"


def test_each_step_of_a_process_has_its_own_lines_and_a_silent_one_has_no_log(
    pump: LogPump, tmp_path: Path
) -> None:
    out, outlet = pump.open(tmp_path / "own.log", lambda text: None)
    heard: list[str] = []
    os.write(out, b"before\n")
    for number, line in enumerate([b"one\n", b"", b"x" * 50_000 + b"\n"]):
        outlet.turn(tmp_path / "run" / f"{number}.log", heard.append)
        os.write(out, line)
        outlet.turn_back()  # nobody waits: what was written before the end is there at once
        path = tmp_path / "run" / f"{number}.log"
        assert (path.read_bytes() if path.exists() else b"") == line
        os.write(out, b"between\n")
    os.close(out)
    outlet.finish()
    assert (tmp_path / "own.log").read_bytes() == b"before\n" + b"between\n" * 3
    assert sorted(path.name for path in (tmp_path / "run").iterdir()) == ["0.log", "2.log"]
    assert "".join(heard).startswith("one\nx")


def test_a_process_that_ends_in_its_step_leaves_all_of_it_in_the_log_of_that(
    pump: LogPump, tmp_path: Path
) -> None:
    out, outlet = pump.open(tmp_path / "own.log", lambda text: None)
    outlet.turn(tmp_path / "a.log", lambda text: None)
    os.write(out, b"last words\n")
    os.close(out)
    outlet.finish()
    outlet.turn_back()
    assert (tmp_path / "a.log").read_bytes() == b"last words\n"
    assert not (tmp_path / "own.log").exists()
