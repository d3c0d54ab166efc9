"""The frozen binary where there is no Python on the path and nothing is set but a home.

`make binary` runs this on what it built; anything else that is named by DAGX_BIN will do.
"""

import fcntl
import json
import os
import pty
import select
import shutil
import struct
import subprocess
import termios
import time
from collections.abc import Iterator
from dataclasses import dataclass
from io import FileIO
from pathlib import Path
from typing import Any

import pytest

from dagx.version import __version__

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
NYCFLIGHTS_VENV = EXAMPLES / "nycflights" / ".venv"
BINARY = os.environ.get("DAGX_BIN", "")
PATIENCE = 60.0
"""Seconds until a test gives up waiting for something that should come in a fraction of one."""

pytestmark = [pytest.mark.fat, pytest.mark.skipif(not BINARY, reason="no DAGX_BIN: `make binary` sets it")]


@dataclass(frozen=True)
class World:
    """An empty home, and projects beside it."""

    folder: Path

    @property
    def home(self) -> Path:
        return self.folder / "home"

    def example(self, name: str) -> Path:
        """A copy of the example without its environment and without what earlier runs left."""
        leave = shutil.ignore_patterns(".venv", ".dagx", "__pycache__", "out")
        return Path(shutil.copytree(EXAMPLES / name, self.folder / name, ignore=leave))

    def project(self, **modules: str) -> Path:
        folder = self.folder / "project"
        folder.mkdir()
        for name, text in modules.items():
            (folder / f"{name}.py").write_text(text)
        return folder

    def environment(self, **more: str | Path) -> dict[str, str]:
        empty = {"HOME": self.home, "TMPDIR": self.folder / "tmp", "PATH": self.folder / "no-programs"}
        return {name: str(value) for name, value in {**empty, **more}.items()}

    def dagx(self, *arguments: str | Path, at: Path, code: int = 0, **environment: str | Path) -> str:
        """What the binary prints; fails unless it ends with this code."""
        done = subprocess.run(
            [Path(BINARY).resolve(), *arguments],
            cwd=at,
            env=self.environment(**environment),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )
        assert done.returncode == code, f"exit code {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def answer(self, *arguments: str | Path, at: Path, **environment: str | Path) -> Any:
        return json.loads(self.dagx(*arguments, "--json", at=at, code=0, **environment))

    def ran(self, *arguments: str | Path, at: Path, **environment: str | Path) -> dict[str, int]:
        """How many steps of a run ended in each state."""
        states = [step["state"] for step in self.answer("run", *arguments, at=at, **environment)["steps"]]
        return {state: states.count(state) for state in states}

    def states(self, at: Path) -> set[str]:
        return {asset["state"] for asset in self.answer("status", at=at)["assets"]}

    def processes(self) -> list[str]:
        """The command lines of the processes that were started in this world and still live."""
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            try:
                if str(self.home).encode() in (process / "environ").read_bytes():
                    found.append((process / "cmdline").read_bytes().replace(b"\0", b" ").decode())
            except OSError:
                continue
        return found


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """After every test: no process lives on, and no file is anywhere but in the cache and in the projects."""
    for name in ("home", "tmp", "no-programs"):
        (tmp_path / name).mkdir()
    made = World(tmp_path)
    yield made
    patience = time.monotonic() + PATIENCE
    while made.processes() and time.monotonic() < patience:
        time.sleep(0.05)
    assert made.processes() == []
    assert list((tmp_path / "tmp").iterdir()) == []
    assert [path.relative_to(made.home).as_posix() for path in made.home.glob("*/*")] in ([], [".cache/dagx"])


def test_it_knows_its_version(world: World) -> None:
    assert world.dagx("--version", at=world.folder) == f"dagx {__version__}\n"


def test_the_doctor_finds_the_interpreter_inside(world: World) -> None:
    said = world.dagx("doctor", at=world.example("quickstart"))
    assert "the interpreter inside dagx" in said


def test_the_quickstart_is_made_once_and_then_fresh(world: World) -> None:
    quickstart = world.example("quickstart")
    assert world.ran(at=quickstart) == {"succeeded": 5}
    assert world.states(quickstart) == {"fresh"}
    assert set(world.ran(at=quickstart)) <= {"fresh"}
    assert "Gentoo" in world.dagx("show", "report", at=quickstart)


def test_the_screen_opens_and_q_closes_it(world: World) -> None:
    ours, its = pty.openpty()
    with os.fdopen(ours, "r+b", buffering=0) as terminal:
        fcntl.ioctl(its, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
        process = subprocess.Popen(
            [Path(BINARY).resolve(), "dev", "--run"],
            cwd=world.example("quickstart"),
            env=world.environment(TERM="xterm-256color", LANG="C.UTF-8"),
            stdin=its,
            stdout=its,
            stderr=its,
            start_new_session=True,
        )
        os.close(its)
        try:
            read_until("5 fresh", terminal)
            terminal.write(b"q")
            read_until(None, terminal)
            assert process.wait(PATIENCE) == 0
        finally:
            process.kill()
            process.wait()


def read_until(words: str | None, terminal: FileIO) -> None:
    """Read what is on the screen until these words come, or None: until the program closes it."""
    shown = b""
    patience = time.monotonic() + PATIENCE
    while words is None or words.encode() not in shown:
        ready, _, _ = select.select([terminal], [], [], max(0, patience - time.monotonic()))
        assert ready, f"{words!r} never came:\n{shown.decode(errors='replace')}"
        try:
            shown += terminal.read(65536)
        except OSError:  # how Linux says that nobody has the other end open
            assert words is None, shown.decode(errors="replace")
            return


@pytest.mark.skipif(not NYCFLIGHTS_VENV.exists(), reason="no examples/nycflights/.venv: `make demo` makes it")
def test_nycflights_is_made_with_the_examples_own_interpreter(world: World) -> None:
    flights = world.example("nycflights")
    (flights / ".venv").symlink_to(NYCFLIGHTS_VENV)
    assert world.ran(at=flights) == {"succeeded": 15}
    assert world.states(flights) == {"fresh"}
    assert set(world.ran("--python", NYCFLIGHTS_VENV, at=flights)) <= {"fresh"}


@pytest.mark.skipif(not NYCFLIGHTS_VENV.exists(), reason="no examples/nycflights/.venv: `make demo` makes it")
def test_the_activated_environment_is_the_one_that_runs_the_project(world: World) -> None:
    said = world.dagx("doctor", at=world.example("quickstart"), VIRTUAL_ENV=NYCFLIGHTS_VENV)
    assert str(NYCFLIGHTS_VENV) in said


SURROUNDINGS = """
import os
import dagx as dg

@dg.asset
def surroundings():
    with open("/proc/self/maps") as maps:
        libraries = sorted({line.split()[-1] for line in maps if "/" in line})
    return {"environment": dict(os.environ), "ours": [path for path in libraries if "/_internal/" in path]}
"""


@pytest.mark.skipif(not NYCFLIGHTS_VENV.exists(), reason="no examples/nycflights/.venv: `make demo` makes it")
def test_the_users_interpreter_sees_nothing_of_the_bundle(world: World) -> None:
    project = world.project(definitions=SURROUNDINGS)
    world.dagx("run", "--python", NYCFLIGHTS_VENV, at=project, LD_LIBRARY_PATH="/opt/of/the/user")
    seen = world.answer("show", "surroundings", at=project)["current"]["preview"]
    assert "'ours': []" in seen or '"ours": []' in seen, seen
    assert "_PYI" not in seen
    assert "LD_LIBRARY_PATH_ORIG" not in seen
    assert "/opt/of/the/user" in seen


INSIDE = """
import dagx as dg

@dg.asset
def zone():
    import zoneinfo
    zoneinfo.reset_tzpath(())
    return str(zoneinfo.ZoneInfo("Europe/Berlin"))

@dg.asset
def standard_library():
    import asyncio, bz2, csv, ctypes, decimal, hashlib, json.tool, lzma, sqlite3, ssl, tomllib
    import concurrent.futures, email.mime.text, html.parser, http.server, logging.handlers, unittest.mock
    import urllib.request, xml.dom.minidom, xml.etree.ElementTree, wsgiref.simple_server
    return sqlite3.connect(":memory:").execute("select 6 * 7").fetchone()[0]
"""


def test_a_project_without_an_interpreter_has_the_whole_standard_library(world: World) -> None:
    project = world.project(definitions=INSIDE)
    assert world.ran(at=project) == {"succeeded": 2}


POOLS = """
import sys, subprocess
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
import dagx as dg

def double(number):
    return 2 * number

def doubled(method):
    with ProcessPoolExecutor(2, mp_context=get_context(method)) as pool:
        return list(pool.map(double, range(4)))

@dg.asset
def forked():
    assert doubled("fork") == [0, 2, 4, 6]

@dg.asset
def spawned():
    assert doubled("spawn") == [0, 2, 4, 6]

@dg.asset
def served():
    assert doubled("forkserver") == [0, 2, 4, 6]

@dg.asset
def called():
    subprocess.run([sys.executable, "-m", "json.tool"], input=b"{}", check=True)
    assert subprocess.check_output([sys.executable, "-c", "import dagx; print(dagx.asset.__name__)"]) == b"asset\\n"

@dg.asset
def calls_dagx():
    return subprocess.check_output([DAGX, "--version"], text=True)
"""


CONFIGURED = """
import dagx as dg


class Rate(dg.ConfigurableResource):
    percent: int = 20


class Limit(dg.Config):
    most: int = 100


@dg.asset
def price(config: Limit, rate: Rate) -> int:
    return min(config.most, 90 * (100 + rate.percent) // 100)


defs = dg.Definitions([price], resources={"rate": Rate(percent=10)})
"""


def test_config_and_resources_work_without_an_interpreter(world: World) -> None:
    project = world.project(definitions=CONFIGURED)
    assert "1 made, 0 unchanged, 0 failed" in world.dagx("run", at=project)
    assert "99" in world.dagx("show", "price", at=project)


def test_inside_sys_executable_is_a_python_that_process_pools_can_use(world: World) -> None:
    project = world.project(definitions=POOLS.replace("DAGX", repr(str(Path(BINARY).resolve()))))
    assert world.ran(at=project) == {"succeeded": 5}
    for left in (world.folder / "tmp").glob("pymp-*"):
        shutil.rmtree(left)  # the fork server's: a worker ends without exit handlers


def test_a_project_that_does_not_load_says_where(world: World) -> None:
    project = world.project(definitions="import dagx as dg\n\n@dg.asset\ndef broken(:\n")
    world.dagx("run", at=project, code=3)
