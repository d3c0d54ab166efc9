"""Which files a step is seen to read, write and list."""

from __future__ import annotations

import importlib
import io
import json
import os
import pickle
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from watching import Watched

from dagx.worker.tracing.seen import ABSENT, CHANGED, Seen
from dagx.worker.tracing.stamps import listing_digest, stamp_of


@pytest.fixture(scope="module")
def watched() -> Iterator[Watched]:
    with tempfile.TemporaryDirectory() as folder:
        yield Watched(Path(os.path.realpath(folder)))


def test_what_is_opened_to_read_is_read_once_each(watched: Watched) -> None:
    path = watched.write("data/a.csv")

    def read() -> None:
        path.read_text(encoding="utf-8")
        path.read_bytes()
        with open(os.fsencode(path), "rb"):
            pass
        os.close(os.open(path, os.O_RDONLY))
        with path.open(encoding="utf-8") as stream:
            json.dumps(stream.read())

    seen = watched.during(read)
    assert watched.inside(seen.read) == ["data/a.csv"]
    assert (seen.written, seen.made, seen.listed) == ({}, {}, {})


def test_a_link_is_known_by_its_own_name_and_by_the_file_that_it_leads_to(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    watched.write("data/real.csv")
    (watched.root / "link.csv").symlink_to("data/real.csv")
    monkeypatch.chdir(watched.root / "data")
    seen = watched.during(lambda: (open("real.csv").close(), open("../link.csv").close()))
    assert watched.inside(seen.read) == ["data/real.csv", "link.csv"]


def test_a_linked_folder_is_known_by_both_names(watched: Watched, tmp_path: Path) -> None:
    watched.write("v1/a.csv")
    (watched.root / "latest").symlink_to("v1")
    seen = watched.during(lambda: (watched.root / "latest" / "a.csv").read_bytes())
    assert watched.inside(seen.read) == ["latest/a.csv", "v1/a.csv"]
    seen = watched.during(lambda: (watched.root / "latest" / ".." / "v1" / "a.csv").read_bytes())
    assert watched.inside(seen.read) == ["v1/a.csv"]


def test_a_project_reached_by_a_link_has_its_own_names(watched: Watched, tmp_path: Path) -> None:
    watched.write("data/a.csv")
    (tmp_path / "shop").symlink_to(watched.root)
    (tmp_path / "shop").joinpath("here.csv").symlink_to("data/a.csv")
    seen = watched.during(lambda: (tmp_path / "shop" / "data" / "a.csv").read_bytes())
    assert watched.inside(seen.read) == ["data/a.csv"]
    seen = watched.during(lambda: os.listdir(tmp_path / "shop"))
    assert list(seen.listed) == [str(watched.root)]


def test_a_file_that_is_looked_for_and_is_not_there_is_read_too(watched: Watched) -> None:
    def look() -> None:
        with pytest.raises(FileNotFoundError):
            (watched.root / "gone.csv").read_bytes()

    assert watched.inside(watched.during(look).read) == ["gone.csv"]


@pytest.mark.parametrize(
    ("mode", "written", "made"),
    [("w", True, True), ("a", True, False), ("w+b", True, True), ("rb", False, False)],
)
def test_writing_is_told_from_reading_and_making_from_adding(
    watched: Watched, mode: str, written: bool, made: bool
) -> None:
    path = watched.write("out.txt")
    seen = watched.during(lambda: open(path, mode).close())
    assert bool(seen.written) == written
    assert bool(seen.made) == made
    assert bool(seen.read) == (not written)


def test_a_file_made_under_another_name_is_known_by_its_last_one(watched: Watched) -> None:
    def publish() -> None:
        (watched.root / "new.tmp").write_text("x", encoding="utf-8")
        os.replace(watched.root / "new.tmp", watched.root / "new.csv")

    assert "new.csv" in watched.inside(watched.during(publish).made)


def test_folders_that_are_listed_are_listed(watched: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    watched.write("data/deep/a.csv")
    monkeypatch.chdir(watched.root)
    seen = watched.during(lambda: os.listdir("data"))
    assert watched.inside(seen.listed) == ["data"]
    seen = watched.during(lambda: list((watched.root / "data").glob("**/*.csv")))
    assert {"data", "data/deep"} <= set(watched.inside(seen.listed))
    seen = watched.during(lambda: list(os.walk("data")))
    assert watched.inside(seen.listed) == ["data", "data/deep"]


def test_listing_the_project_itself_is_seen(watched: Watched) -> None:
    seen = watched.during(lambda: os.listdir(watched.root))
    assert list(seen.listed) == [str(watched.root)]


def test_nothing_is_seen_of_dagx_the_interpreter_and_the_system(watched: Watched) -> None:
    watched.write(".dagx/state")
    watched.write("env/lib/site-packages/x.py")
    watched.write("pkg/__pycache__/x.cpython-311.pyc")

    def read() -> None:
        for name in (".dagx/state", "env/lib/site-packages/x.py", "pkg/__pycache__/x.cpython-311.pyc"):
            (watched.root / name).read_bytes()
        Path(os.__file__).read_bytes()
        Path(pytest.__file__).read_bytes()
        Path("/proc/self/status").read_bytes()
        os.listdir("/etc")
        with tempfile.TemporaryFile() as stream:
            stream.write(b"x")
        os.listdir(os.path.dirname(watched.root))

    assert watched.during(read) == Seen()


def test_imports_read_and_list_nothing(watched: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    watched.write("imported_by_a_step/__init__.py", "VALUE = 1")
    monkeypatch.syspath_prepend(str(watched.root))
    seen = watched.during(lambda: importlib.import_module("imported_by_a_step"))
    del sys.modules["imported_by_a_step"]
    assert (seen.read, seen.listed) == ({}, {})


def test_nothing_is_seen_before_the_start_and_after_the_end(watched: Watched) -> None:
    path = watched.write("data/b.csv")
    path.read_bytes()
    seen = watched.during(lambda: None)
    path.read_bytes()
    assert seen == Seen()


def test_things_that_are_no_paths_are_passed_over(watched: Watched) -> None:
    def odd() -> None:
        read, write = os.pipe()
        os.close(write)
        open(read).close()
        for name in ("a\0b", "b\0"):
            with pytest.raises((OSError, ValueError)):
                Path(name).open().close()

    assert watched.during(odd) == Seen()


def test_a_name_that_is_not_utf8_is_seen(watched: Watched) -> None:
    name = os.fsencode(watched.root) + b"/caf\xe9.csv"
    seen = watched.during(lambda: open(name, "wb").close())
    assert watched.inside(seen.written) == ["caf\udce9.csv"]


def test_what_threads_of_the_step_read_at_the_same_time_is_all_seen(watched: Watched) -> None:
    paths = [watched.write(f"many/{n}.csv") for n in range(400)]

    def read_all() -> None:
        readers = [
            threading.Thread(target=lambda part=paths[n::4]: [path.read_bytes() for path in part])
            for n in range(4)
        ]
        for reader in readers:
            reader.start()
        for reader in readers:
            reader.join()

    assert len(watched.during(read_all).read) == len(paths)


def test_a_project_below_a_folder_of_the_system_is_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # /usr/src/app with the interpreter of the system: the project lies below sys.prefix.
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    monkeypatch.setattr(sys, "base_prefix", str(tmp_path))
    watched = Watched(tmp_path / "src" / "app")
    path = watched.write("data.csv")
    seen = watched.during(path.read_bytes)
    assert watched.inside(seen.read) == ["data.csv"]


def test_a_file_is_known_by_its_stamp_from_before_it_was_read(watched: Watched) -> None:
    path = watched.write("data/stamped.csv")
    before = stamp_of(path.stat())

    def read_and_change() -> None:
        path.read_bytes()
        os.utime(path, (1, 1))
        path.read_bytes()

    assert watched.during(read_and_change).read == {str(path): before}


def test_names_that_come_and_go_in_a_listed_folder_are_seen_unless_the_step_did_it(watched: Watched) -> None:
    folder = watched.write("listed/a.csv").parent
    elsewhere = [sys.executable, "-c", "import sys; open(sys.argv[1], 'w')", str(folder / "theirs.csv")]

    def its_own() -> None:
        os.listdir(folder)
        (folder / "b.csv").write_text("b", encoding="utf-8")
        (folder / "a.csv").unlink()
        (folder / "sub").mkdir()
        (folder / "b.csv").rename(folder / "c.csv")

    def somebody_elses() -> None:
        os.listdir(folder)
        subprocess.run(elsewhere, check=True)

    assert watched.during(its_own).listed == {str(folder): listing_digest(["c.csv", "sub"])}
    assert watched.during(somebody_elses).listed == {str(folder): CHANGED}
    gone = watched.root / "nowhere"

    def look_nowhere() -> None:
        with pytest.raises(FileNotFoundError):
            os.listdir(gone)

    assert watched.during(look_nowhere).listed == {str(gone): ABSENT}


def test_what_a_pickle_names_is_noted_by_whatever_loads_it(watched: Watched) -> None:
    data = pickle.dumps([Path("a"), json.JSONDecoder])
    named = {("json.decoder", "JSONDecoder")}
    assert named < set(watched.during(lambda: pickle.loads(data)).unpickled)
    assert named < set(watched.during(lambda: pickle._Unpickler(io.BytesIO(data)).load()).unpickled)  # type: ignore[attr-defined]
    assert watched.during(lambda: pickle.dumps(data)).unpickled == {}
