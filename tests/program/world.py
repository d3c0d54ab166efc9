"""The real program on a real folder: write files, run commands, follow `dagx dev` event by event."""

from __future__ import annotations

import json
import os
import queue
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

PATIENCE = 60.0
"""Seconds until a test gives up waiting for something that should come in a fraction of one, also on a machine that has
much else to do."""


def program() -> str:
    """The program under test: the frozen binary if DAGX_BIN names one, else the command of this environment."""
    return os.environ.get("DAGX_BIN") or str(Path(sys.executable).with_name("dagx"))


@dataclass(frozen=True)
class Said:
    """How a command ended and what it printed."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def states(self) -> dict[str, str]:
        """For `run --json`: step to what became of it."""
        return {step["step"]: step["state"] for step in self.json["steps"]}


class World:
    """A project folder. Nothing of it outlives the test."""

    def __init__(self, folder: Path) -> None:
        self.root = folder
        self._started: list[subprocess.Popen[str]] = []
        folder.mkdir(exist_ok=True)

    def write(self, name: str, text: str) -> None:
        """Save a file as editors do: under another name, then renamed."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(path.name + "~")
        draft.write_text(textwrap.dedent(text), encoding="utf-8")
        draft.replace(path)

    def change(self, name: str, before: str, after: str) -> None:
        text = (self.root / name).read_text(encoding="utf-8")
        assert before in text
        self.write(name, text.replace(before, after))

    def isolate(self, isolation: str, *settings: str) -> None:
        """Settings of the project: how workers are started, and more lines."""
        self.write("pyproject.toml", "\n".join(["[tool.dagx]", f'isolation = "{isolation}"', *settings, ""]))

    def dagx(self, *arguments: str, **variables: str) -> Said:
        done = subprocess.run(
            [program(), *arguments],
            cwd=self.root,
            env={**environment(), **variables},
            capture_output=True,
            text=True,
            timeout=PATIENCE * 2,
        )
        return Said(done.returncode, done.stdout, done.stderr)

    def run(self, *arguments: str) -> Said:
        """`dagx run --json`."""
        return self.dagx("run", "--json", *arguments)

    def made(self, *arguments: str) -> list[str]:
        """The steps that a run really executed."""
        return sorted(
            step for step, state in self.run(*arguments).states.items() if state in ("succeeded", "unchanged")
        )

    def status(self) -> dict[str, str]:
        """Asset to state."""
        return {asset["key"]: asset["state"] for asset in self.dagx("status", "--json").json["assets"]}

    def background(self, *arguments: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [program(), *arguments],
            cwd=self.root,
            env=environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self._started.append(process)
        return process

    def close(self) -> None:
        """End what a failed test left running."""
        for process in self._started:
            process.kill()
            process.communicate()

    @contextmanager
    def dev(self, *arguments: str) -> Iterator[Dev]:
        process = self.background("dev", "--json", *arguments)
        dev = Dev(process)
        try:
            yield dev
        finally:
            dev.close()
        assert processes_of(self.root) == []


@dataclass
class Dev:
    """A running `dagx dev --json`."""

    process: subprocess.Popen[str]
    events: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._lines.put(line)
        self._lines.put(None)

    def until(self, wanted: Callable[[dict[str, Any]], bool]) -> list[dict[str, Any]]:
        """All events from now up to and including the first one that is wanted."""
        found: list[dict[str, Any]] = []
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                line = self._lines.get(timeout=max(0.1, deadline - time.monotonic()))
            except queue.Empty:
                raise AssertionError(f"it did not come; there was {_kinds(found)}") from None
            if line is None:
                error = self.process.stderr.read() if self.process.stderr else ""
                raise AssertionError(f"dagx dev ended; there was {_kinds(found)}\n{error}")
            event = json.loads(line)
            found.append(event)
            self.events.append(event)
            if wanted(event):
                return found

    def until_run_ended(self) -> dict[str, str]:
        """Wait for the end of a run; step to what became of it."""
        event = self.until(lambda event: event["event"] == "run_ended")[-1]
        return {step["step"]: step["state"] for step in event["run"]["steps"]}

    def until_loaded(self) -> list[dict[str, Any]]:
        return self.until(lambda event: event["event"] == "board_replaced")

    def quiet(self, seconds: float = 0.7) -> list[dict[str, Any]]:
        """What comes within this time: used to see that nothing does."""
        found = []
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            try:
                line = self._lines.get(timeout=left)
            except queue.Empty:
                break
            if line is not None:
                found.append(json.loads(line))
        return found

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(PATIENCE)
        finally:
            self.process.kill()
            self.process.wait()
            self._thread.join(5)
            for stream in (self.process.stdout, self.process.stderr):
                if stream is not None:
                    stream.close()


def processes_of(root: Path) -> list[int]:
    """The live processes that were started for this project."""
    mark = f"DAGX_ATTEMPT={root}".encode()
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                if (
                    mark in (folder / "environ").read_bytes().split(b"\0")
                    and (folder / "cmdline").read_bytes()
                ):
                    found.append(int(folder.name))
            except OSError:
                continue
    return found


def wait_until(claim: Callable[[], bool], words: str = "it") -> None:
    deadline = time.monotonic() + PATIENCE
    while not claim():
        if time.monotonic() > deadline:
            raise AssertionError(f"{words} did not happen")
        time.sleep(0.02)


def _kinds(events: list[dict[str, Any]]) -> str:
    return ", ".join(str(event["event"]) for event in events) or "nothing"


def environment() -> dict[str, str]:
    """Of a person at a terminal: outside of CI, with no environment activated."""
    return {name: value for name, value in os.environ.items() if name not in ("VIRTUAL_ENV", "CI")}
