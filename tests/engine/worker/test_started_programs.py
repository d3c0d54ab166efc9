"""What programs and processes read and write while a step runs, as the kernel tells it."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from watching import Watched

from dagx.worker.tracing import witness
from dagx.worker.tracing.announcing import FILE, FOLDERS, announced, place_of
from dagx.worker.tracing.seen import CHANGED, Seen
from dagx.worker.tracing.stamps import listing_digest

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux has a witness")


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Watched:
    """A project with two files, which is the current folder."""
    found = Watched(tmp_path / "project")
    found.write("data/a.csv")
    found.write("data/b.csv")
    monkeypatch.chdir(found.root)
    found.listen()
    return found


def shell(command: str) -> None:
    subprocess.run(["sh", "-c", command], check=True, stdout=subprocess.DEVNULL)


def told(world: Watched, action: Callable[[], object] | str) -> tuple[list[str], list[str], Seen]:
    """The files read and written, and all that was seen."""
    seen = world.during(action if callable(action) else lambda: shell(action))
    read = [path for path in seen.read if os.path.realpath(path) not in seen.written]
    return sorted(world.inside(read)), sorted(world.inside(seen.written)), seen


@pytest.mark.parametrize(
    ("command", "read", "written"),
    [
        ("cat data/a.csv", ["data/a.csv"], []),
        ("cat < data/a.csv; cat data/a.csv", ["data/a.csv"], []),
        ("echo new > data/new.csv; cat data/new.csv", [], ["data/new.csv"]),
        ("echo over > data/a.csv; cat data/a.csv", [], ["data/a.csv"]),
        ("echo more >> data/a.csv", [], ["data/a.csv"]),
        ("cp data/a.csv data/c.csv", ["data/a.csv"], ["data/c.csv"]),
        ("cp data/a.csv draft; mv draft data/b.csv", ["data/a.csv"], ["data/b.csv"]),
        ("mkdir -p out/deep; cat data/a.csv > out/deep/x.csv", ["data/a.csv"], ["out/deep/x.csv"]),
        ("echo x > draft; rm draft", [], []),
        ("test -e data/a.csv", [], []),
    ],
)
def test_the_kernel_tells_what_programs_read_and_write(
    world: Watched, command: str, read: list[str], written: list[str]
) -> None:
    assert told(world, command)[:2] == (read, written)


def test_a_file_that_is_read_and_then_changed_is_known_to_be_unsettled(world: Watched) -> None:
    for command in (
        "sed -i s/t/T/ data/a.csv",
        "cat data/a.csv; echo x > data/a.csv",
        "cat data/a.csv; rm data/a.csv",
    ):
        world.write("data/a.csv")
        read, _, seen = told(world, command)
        assert seen.started is not None
        assert (read, world.inside(seen.started.unsettled)) == ([], ["data/a.csv"])


def test_a_folder_that_a_program_lists_counts_and_one_that_fills_meanwhile_has_changed(
    world: Watched,
) -> None:
    folder = str(world.root / "data")
    assert told(world, "ls data")[2].listed == {folder: listing_digest(["a.csv", "b.csv"])}
    assert told(world, "ls data; touch data/c.csv")[2].listed == {folder: CHANGED}
    assert told(world, "touch data/d.csv; ls data")[2].listed == {
        folder: listing_digest(["a.csv", "b.csv", "c.csv", "d.csv"])
    }


def test_a_file_that_a_program_is_pointed_at_counts_unless_it_is_written(world: Watched) -> None:
    def pointed() -> None:
        subprocess.run(["true", "data/a.csv", "--other=data/b.csv", "nowhere.csv", "data"], check=True)

    assert told(world, pointed)[:2] == (["data/a.csv", "data/b.csv"], [])
    assert told(world, lambda: subprocess.run(["cp", "data/a.csv", "data/b.csv"], check=True))[:2] == (
        ["data/a.csv"],
        ["data/b.csv"],
    )
    assert told(world, lambda: subprocess.run(["cat", "a.csv"], cwd="data", check=True))[0] == ["data/a.csv"]


def test_links_lead_the_witness_out_of_the_project(
    world: Watched, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("far/one.csv", "far/below/two.csv", "lone/three.csv"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x")
    (world.root / "far").symlink_to(tmp_path / "far")
    (world.root / "data/three.csv").symlink_to(tmp_path / "lone/three.csv")
    places = world._tracer.places  # for which what is in the temporary folder counts here
    skipped = tuple(one for one in places._skipped if not str(tmp_path).startswith(one))
    monkeypatch.setattr(places, "_skipped", skipped)
    seen = told(world, "cat far/one.csv far/below/two.csv data/three.csv")[2]
    names = {os.path.relpath(path, tmp_path) for path in seen.read}
    assert names == {
        *("far/one.csv", "far/below/two.csv", "lone/three.csv"),
        *("project/far/one.csv", "project/far/below/two.csv", "project/data/three.csv"),
    }


def test_processes_of_python_are_witnessed_however_they_are_started(world: Watched) -> None:
    def read(name: str) -> None:
        child = os.fork()
        if not child:
            Path(name).read_bytes()
            os._exit(0)
        os.waitpid(child, 0)

    assert told(world, lambda: read("data/a.csv"))[0] == ["data/a.csv"]
    for method in ("fork", "spawn"):
        with multiprocessing.get_context(method).Pool(1) as pool:  # before the step: it is found all the same
            found = told(world, lambda pool=pool: pool.map(os.path.getsize, ["data/a.csv"]))[2]  # type: ignore[misc]
            assert found.started is not None
            found = told(world, lambda pool=pool: pool.map(_content, ["data/b.csv"]))[2]  # type: ignore[misc]
            assert "data/b.csv" in world.inside(found.read)


def _content(name: str) -> str:
    return Path(name).read_text(encoding="utf-8")


def test_what_dagx_announces_is_nobodys_input_and_what_is_opened_beside_is(world: Watched) -> None:
    place = place_of(str(world.root / ".dagx"))
    spy = f"exec 3<{place}/file-began; {{}}; exec 3<{place}/file-ended"
    look = f"exec 3<{place}/folders-began; {{}}; exec 3<{place}/folders-ended"
    assert told(world, spy.format("cat data/a.csv"))[:2] == ([], [])
    assert told(world, spy.format("cat data/a.csv; ls; cat data/a.csv"))[0] == ["data/a.csv"]
    assert told(world, spy.format("cat data/a.csv data/b.csv"))[0] == ["data/a.csv", "data/b.csv"]
    assert told(world, look.format("ls data"))[2].listed == {}
    assert list(told(world, look.format("ls data; ls data"))[2].listed) == [str(world.root / "data")]
    assert told(world, look.format("cat data/b.csv"))[0] == ["data/b.csv"]


def test_an_announcement_where_nobody_ever_listened_leaves_nothing_behind(world: Watched) -> None:
    shutil.rmtree(world.root / ".dagx", ignore_errors=True)
    for what in (FILE, FOLDERS):
        with announced(place_of(str(world.root / ".dagx")), what):
            pass
    assert not (world.root / ".dagx").exists()


def test_a_step_that_starts_nothing_has_no_witness(world: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("it was called")

    monkeypatch.setattr(witness.Witness, "__init__", refuse)
    assert told(world, lambda: Path("data/a.csv").read_text())[2].started is None


def test_a_witness_that_does_not_hear_all_says_so(world: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    limit = int(Path("/proc/sys/fs/inotify/max_queued_events").read_text(encoding="ascii"))
    code = f"for n in range({limit // 4 + 1}): open('data/a.csv').close(); open('data/b.csv').close()"
    assert doubt(world, [sys.executable, "-c", code]) == (
        f"it started `{os.path.basename(sys.executable)}`, and more happened at once than can be heard; "
        "declare what it reads: inputs=[...]"
    )
    monkeypatch.setattr(witness, "_MOST_FOLDERS", 1)
    assert f"{world.root} has more than 1 folders" in doubt(world, ["cat", "data/a.csv"])


def doubt(world: Watched, command: list[str]) -> str:
    started = told(world, lambda: subprocess.run(command, check=True))[2].started
    assert started is not None
    return started.doubt
