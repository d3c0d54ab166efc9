"""Under guard a step changes no file of the user, whichever way it tries; in the temporary folder it may."""

from __future__ import annotations

import os
import shutil
import socket
import sqlite3
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from dagx.worker.tracing.guarding import Guard, WritingRefused

_guards: list[Guard] = []


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A project: the current folder, with a file, a folder and a database."""
    folder = tmp_path / "shop"
    (folder / "data").mkdir(parents=True)
    (folder / "data" / "in.csv").write_text("a,1\n")
    with sqlite3.connect(folder / "shop.db") as db:
        db.execute("CREATE TABLE t(x)")
    db.close()
    monkeypatch.chdir(folder)
    yield folder
    guard_of(folder).end()


def guard_of(root: Path) -> Guard:
    """One a process: a hook cannot be taken back."""
    if not _guards:
        _guards.append(Guard(lambda real: "/shop" in real and "/.dagx/" not in real))
    return _guards[0]


def contents(root: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}


def remove_by_folder() -> None:
    folder = os.open("data", os.O_RDONLY)
    try:
        os.remove("in.csv", dir_fd=folder)
    finally:
        os.close(folder)


WAYS: dict[str, Callable[[], object]] = {
    "overwrite": lambda: Path("data/in.csv").write_text("x"),
    "append": lambda: Path("data/in.csv").open("a"),  # noqa: SIM115
    "update": lambda: Path("data/in.csv").open("r+"),  # noqa: SIM115
    "new": lambda: Path("new.txt").write_text("x"),
    "low": lambda: os.open("data/in.csv", os.O_WRONLY),
    "made": lambda: os.open("new.txt", os.O_RDONLY | os.O_CREAT),
    "remove": lambda: os.remove("data/in.csv"),
    "remove by a folder": remove_by_folder,
    "rename": lambda: os.rename("data/in.csv", "data/out.csv"),
    "replace": lambda: os.replace(tempfile.mkstemp()[1], "data/in.csv"),
    "copy": lambda: shutil.copy(__file__, "data/in.csv"),
    "tree": lambda: shutil.rmtree("data"),
    "mkdir": lambda: os.mkdir("other"),
    "truncate": lambda: os.truncate("data/in.csv", 0),
    "link": lambda: os.symlink("data/in.csv", "link"),
    "database": lambda: sqlite3.connect("shop.db"),
    "program": lambda: subprocess.run(["true"]),
    "shell": lambda: os.system("true"),
}


@pytest.mark.parametrize("way", WAYS)
def test_nothing_is_changed_in_any_way_and_no_except_swallows_it(root: Path, way: str) -> None:
    before, guard = contents(root), guard_of(root)
    guard.begin(None, [], str(root / ".dagx/storage"), "")
    with pytest.raises(WritingRefused) as refused:
        WAYS[way]()
    guard.end()
    assert not isinstance(refused.value, Exception)
    assert guard.refused == [str(refused.value)]
    assert contents(root) == before
    assert not list(root.glob("other")) + list(root.glob("link"))


def test_reading_and_writing_elsewhere_goes_on(root: Path) -> None:
    guard = guard_of(root)
    guard.begin(None, [str(root / "shop.db")], str(root / ".dagx/storage"), "")
    assert Path("data/in.csv").read_text() == "a,1\n"
    os.makedirs("data", exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        Path(scratch, "x").write_text("x")
    with sqlite3.connect("shop.db") as db:
        assert db.execute("SELECT * FROM t").fetchall() == []
    db.close()
    with sqlite3.connect(":memory:") as memory:
        memory.execute("CREATE TABLE t(x)")
    memory.close()
    guard.end()
    assert guard.refused == []


def test_what_is_its_own_may_be_written_and_what_is_new_is_noted_before(root: Path) -> None:
    guard, made = guard_of(root), root / ".dagx" / "made"
    made.parent.mkdir()
    guard.begin([str(root / "data/in.csv")], [], str(root / ".dagx/storage"), str(made))
    Path("data/in.csv").write_text("b,2\n")
    Path("draft").write_text("c,3\n")
    os.replace("draft", "data/in.csv")
    os.mkdir("folder")
    with pytest.raises(WritingRefused, match=r"it changes shop\.db, which is not known as its own"):
        Path("shop.db").write_text("x")
    guard.end()
    assert [line.strip('"') for line in made.read_text().split()] == [
        str(root / "draft"),
        str(root / "folder"),
    ]


def test_what_comes_from_outside_is_a_clue(root: Path) -> None:
    guard = guard_of(root)
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        guard.begin([], [], "", str(root / "made"))
        socket.create_connection(("127.0.0.1", port)).close()
        subprocess.run(["true"], check=True)
        guard.end()
    assert list(guard.clues) == [f"it talks to 127.0.0.1:{port}", "it starts the program true"]


def test_when_it_is_over_all_may_be_written(root: Path) -> None:
    guard = guard_of(root)
    guard.begin(None, [], "", "")
    guard.end()
    Path("data/in.csv").write_text("later")
