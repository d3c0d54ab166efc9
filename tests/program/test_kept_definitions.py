"""What a project is, is known without loading it, while nothing that its definitions were made from has changed."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest
from world import World, wait_until

pytestmark = pytest.mark.fat

FILES = {
    "definitions.py": """
        import json, os, sys
        from pathlib import Path
        import dagx as dg
        from lib import CLEAN

        os.write(os.open(os.path.join(os.path.dirname(__file__), "..", "imports"), os.O_WRONLY | os.O_APPEND), b"x")
        NAMES = json.loads(Path("names.json").read_text())
        REGION = os.environ.get("REGION", "none")

        @dg.asset
        def number():
            return CLEAN

        @dg.asset
        def text(number):
            return f"{number} {REGION} {NAMES}"
    """,
    "lib.py": "CLEAN = 1\n",
    "names.json": "[1]",
}


@pytest.fixture
def project(world: World) -> World:
    (world.root.parent / "imports").write_text("")
    for name, text in FILES.items():
        world.write(name, text)
    let_it_age(world)
    assert world.dagx("run").code == 0
    return world


def let_it_age(world: World) -> None:
    """Who has just saved something waits a moment: what is too young may have changed after it was looked at."""
    young = time.time_ns() - 100_000_000
    wait_until(lambda: time.time_ns() > young + 300_000_000)


def imports(world: World) -> int:
    return len((world.root.parent / "imports").read_text())


def test_commands_on_a_project_that_did_not_change_start_nothing_of_it(project: World) -> None:
    before = imports(project)
    for command in ("status", "ls", "plan", "lineage", "run"):
        said = project.dagx(command)
        assert said.code == 0, said.err
    assert "definitions.py" in project.dagx("why", "number").out
    project.write("pyproject.toml", "[tool.dagx]\nmax_workers = 1\n")
    assert project.dagx("status").code == 0
    assert imports(project) == before
    assert project.dagx("run").out.startswith("nothing to do")


def test_what_is_executed_from_kept_definitions_is_what_stands_there(project: World) -> None:
    before = imports(project)
    assert project.made("--force") == ["number", "text"]
    assert imports(project) > before  # the worker that executes imports it
    assert "1 none [1]" in project.dagx("show", "text").out


CHANGES: dict[str, Callable[[World], dict[str, str]]] = {
    "a module": lambda world: _write(world, "lib.py", "CLEAN = 2\n"),
    "data that is read when it is imported": lambda world: _write(world, "names.json", "[2]"),
    "a variable that it asks for": lambda world: {"REGION": "north"},
    "a variable in .env": lambda world: _write(world, ".env", "REGION=south\n"),
    "a module that is found first now": lambda world: _write(world, "json.py", "from json import *\n"),
    "a package of that name": lambda world: _write(world, "lib/__init__.py", "CLEAN = 3\n"),
    "damage": lambda world: _damage(world),
    "the way that Python looks for modules": lambda world: {"PYTHONPATH": str(world.root.parent)},
}


@pytest.mark.parametrize("change", CHANGES)
def test_after_a_change_of_what_they_were_made_from_definitions_are_loaded(
    project: World, change: str
) -> None:
    before = imports(project)
    variables = CHANGES[change](project)
    project.dagx("ls", **variables)
    assert imports(project) == before + 1, change


def test_an_edit_is_seen_though_definitions_were_kept(project: World) -> None:
    project.write("lib.py", "CLEAN = 2\n")
    said = project.dagx("why", "number").out
    assert "- CLEAN = 1" in said
    assert "+ CLEAN = 2" in said
    assert project.made() == ["number", "text"]
    assert "2 none [1]" in project.dagx("show", "text").out


@pytest.mark.skipif("DAGX_BIN" in os.environ, reason="the Python inside the binary has no folder of packages")
def test_a_package_that_is_installed_or_taken_away_loads_the_project(project: World, tmp_path: Path) -> None:
    site = tmp_path / "site"
    site.mkdir()
    let_it_age(project)
    project.dagx("ls", PYTHONPATH=str(site))
    before = imports(project)
    project.dagx("ls", PYTHONPATH=str(site))
    assert imports(project) == before
    (site / "new").mkdir()
    project.dagx("ls", PYTHONPATH=str(site))
    assert imports(project) == before + 1


MOMENTS = {
    "the clock, in a helper of another file": ("from lib2 import since", "since()"),
    "chance": ("from uuid import uuid4 as new", "new().hex"),
    "the clock, in an argument of a decorator": (
        "from datetime import date",
        "dg.asset(name=f'of_{date.today().year}')(lambda: 1)",
    ),
    "a database": ("import sqlite3", "sqlite3.connect(':memory:').execute('SELECT 1').fetchall()"),
    "a program": ("import subprocess", "subprocess.run(['true'], check=True)"),
    "the network": ("import socket", "socket.getaddrinfo('127.0.0.1', 80)"),
}


@pytest.mark.parametrize("asked", MOMENTS)
def test_definitions_that_ask_what_nobody_can_look_at_again_are_loaded_each_time(
    project: World, asked: str
) -> None:
    line, value = MOMENTS[asked]
    project.write("lib2.py", "import datetime\n\ndef since():\n    return datetime.datetime.now()\n")
    project.write("definitions.py", f"{dedent(FILES['definitions.py'])}\n{line}\nASKED = {value}\n")
    let_it_age(project)
    project.dagx("ls")
    before = imports(project)
    said = project.dagx("ls")
    assert said.code == 0, said.err
    assert imports(project) == before + 1


def test_a_clock_that_only_a_step_looks_at_is_none_of_the_definitions(project: World) -> None:
    project.write("lib2.py", "import datetime\n\ndef since():\n    return datetime.datetime.now()\n")
    project.write(
        "definitions.py",
        f"{dedent(FILES['definitions.py'])}\n"
        "from lib2 import since\n\n@dg.asset\ndef late():\n    return str(since())\n",
    )
    let_it_age(project)
    project.dagx("ls")
    before = imports(project)
    assert project.dagx("ls").code == 0
    assert imports(project) == before


def test_doctor_loads_the_project_always(project: World) -> None:
    before = imports(project)
    project.dagx("doctor")
    assert imports(project) == before + 1


def _write(world: World, name: str, text: str) -> dict[str, str]:
    world.write(name, text)
    return {}


def _damage(world: World) -> dict[str, str]:
    kept = world.root / ".dagx" / "definitions"
    data = bytearray(kept.read_bytes())
    data[-10] ^= 1
    kept.write_bytes(bytes(data))
    return {}


def test_a_link_that_leads_back_to_itself_is_passed_by(project: World) -> None:
    (project.root / "itself").symlink_to("itself")
    (project.root / "code.py").symlink_to("code.py")
    assert project.dagx("plan").code == 0
    assert project.made("--force") == ["number", "text"]
