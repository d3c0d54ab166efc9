"""The one-file launcher, around a program that only says where and how it was started."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from by_path import PACKAGING, module

pytestmark = [
    pytest.mark.fat,
    pytest.mark.skipif(sys.platform == "win32", reason="the launcher is a POSIX shell script"),
]

PROGRAM = """#!/bin/sh
echo "folder=${0%/*}"
echo "arguments=$*"
echo "path=${PATH-unset}"
echo "input=$(/bin/cat)"
exit 7
"""


@pytest.fixture
def dagx(tmp_path: Path) -> Path:
    """The packed file. What it would unpack into /var/tmp goes into the test's own folder."""
    return packed(tmp_path, (PACKAGING / "launcher.sh").read_text())


def packed(tmp_path: Path, text: str) -> Path:
    """What a launcher of this text makes of the program."""
    folder = tmp_path / "folder"
    (folder / "_internal" / "deep").mkdir(parents=True)
    (folder / "dagx").write_text(PROGRAM)
    (folder / "dagx").chmod(0o755)
    for name in ("one", "two", "deep/three"):
        (folder / "_internal" / name).write_bytes(os.urandom(50_000))
    launcher = tmp_path / "launcher.sh"
    launcher.write_text(text.replace("/var/tmp", str(tmp_path / "last")))
    (tmp_path / "last").mkdir()
    module("build").pack(folder, launcher, tmp_path / "dagx")
    return tmp_path / "dagx"


def start(dagx: Path, *arguments: str, **environment: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [dagx, *arguments],
        env={
            "PATH": "/nowhere",
            "HOME": str(dagx.parent / "home"),
            **{k: str(v) for k, v in environment.items()},
        },
        input="typed",
        capture_output=True,
        text=True,
    )


def folder_of(done: subprocess.CompletedProcess[str]) -> Path:
    assert done.stdout.startswith("folder="), done.stderr
    return Path(done.stdout.splitlines()[0].removeprefix("folder="))


def test_the_program_gets_what_the_user_gave_and_its_exit_code_comes_back(dagx: Path) -> None:
    done = start(dagx, "run", "two words", "*")
    assert done.stdout.splitlines()[1:] == ["arguments=run two words *", "path=/nowhere", "input=typed"]
    assert (done.returncode, done.stderr) == (7, "")


def test_it_unpacks_once(dagx: Path) -> None:
    first = folder_of(start(dagx))
    assert first.parent == dagx.parent / "home" / ".cache" / "dagx" / "rt"
    made = (first / "dagx").stat()
    assert folder_of(start(dagx)) == first
    assert (first / "dagx").stat() == made
    assert first.stat().st_mode & 0o777 == 0o700
    assert sorted(first.parent.iterdir()) == [first], "something was left lying about"


def test_the_cache_is_where_the_user_says(dagx: Path) -> None:
    xdg, own = dagx.parent / "xdg", dagx.parent / "own"
    assert folder_of(start(dagx, XDG_CACHE_HOME=xdg)).parent == xdg / "dagx" / "rt"
    assert folder_of(start(dagx, XDG_CACHE_HOME=xdg, DAGX_CACHE_DIR=own)).parent == own / "rt"


def test_first_starts_at_the_same_moment_all_work_and_leave_one_folder(dagx: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        folders = {folder_of(done) for done in pool.map(lambda _: start(dagx), range(16))}
    assert len(folders) == 1
    (folder,) = folders
    assert sorted(folder.parent.iterdir()) == [folder]
    assert sorted(path.name for path in folder.iterdir()) == ["_internal", "dagx"]


@pytest.mark.parametrize("lost", ["dagx", "_internal/one"])
def test_a_folder_that_lost_a_file_is_unpacked_again(dagx: Path, lost: str) -> None:
    folder = folder_of(start(dagx))
    (folder / lost).unlink()
    assert folder_of(start(dagx)) == folder
    assert (folder / lost).exists()
    assert sorted(folder.parent.iterdir()) == [folder]


def test_what_a_killed_start_left_behind_is_never_run_and_swept_an_hour_later(dagx: Path) -> None:
    room = dagx.parent / "home" / ".cache" / "dagx" / "rt"
    for name, age in ((".new-1", 7200), (".new-2", 60)):
        (room / name).mkdir(parents=True)
        (room / name).chmod(0o700)
        os.utime(room / name, (time.time() - age,) * 2)
    room.chmod(0o700)
    folder = folder_of(start(dagx))
    assert sorted(path.name for path in room.iterdir()) == sorted([".new-2", folder.name])


SLOW = """#!/bin/sh
echo more >"$4/late"
exec tail -f /dev/null
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_first_start_that_is_broken_off_leaves_nothing_and_nobody(
    tmp_path: Path, number: signal.Signals
) -> None:
    slow = tmp_path / "slow-tar"
    slow.write_text(SLOW)
    slow.chmod(0o755)
    text = (PACKAGING / "launcher.sh").read_text()
    dagx = packed(tmp_path, text.replace("| tar -xzof", f"| {slow} -xzof", 1))
    room = tmp_path / "home" / ".cache" / "dagx" / "rt"
    process = subprocess.Popen([dagx], env={"HOME": str(tmp_path / "home")}, start_new_session=True)
    patience = time.monotonic() + 20
    while not list(room.glob(".new-*/late")) and time.monotonic() < patience:
        time.sleep(0.01)
    os.killpg(process.pid, number)  # as a terminal does for ^C
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        raise
    while (lives := commands_naming(tmp_path)) and time.monotonic() < patience:
        time.sleep(0.01)
    assert not lives
    assert list(room.iterdir()) == []


def commands_naming(folder: Path) -> list[bytes]:
    """The command lines of processes that live and name this folder."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            found.append((process / "cmdline").read_bytes())
    return [line for line in found if str(folder).encode() in line]


def test_a_damaged_file_says_so_and_starts_nothing(dagx: Path) -> None:
    whole = dagx.read_bytes()
    first, second = 10_000, len(whole) - 5_000
    for damaged in (
        whole[:-1000],
        whole[:second] + bytes(100) + whole[second + 100 :],
        whole[:first] + bytes(100) + whole[first + 100 :],
    ):
        dagx.write_bytes(damaged)
        done = start(dagx)
        assert (done.returncode, done.stdout) == (125, "")
        assert f"is {dagx} damaged" in done.stderr
        assert list(dagx.parent.glob("home/.cache/dagx/rt/*")) == []


def test_a_cache_that_cannot_be_used_is_passed_over(dagx: Path) -> None:
    blocked = dagx.parent / "blocked"
    blocked.write_text("a file, no folder")
    done = start(dagx, DAGX_CACHE_DIR=blocked)
    assert folder_of(done).parent == dagx.parent / "home" / ".cache" / "dagx" / "rt"
    assert f"dagx: {blocked} cannot be written" in done.stderr


def test_without_a_home_it_has_a_last_resort(dagx: Path) -> None:
    assert folder_of(start(dagx, HOME="")).parent == dagx.parent / "last" / f"dagx-{os.getuid()}" / "rt"


def test_a_cache_that_others_may_write_to_is_passed_over(dagx: Path) -> None:
    open_to_all = dagx.parent / "open"
    (open_to_all / "rt").mkdir(parents=True)
    (open_to_all / "rt").chmod(0o777)
    done = start(dagx, DAGX_CACHE_DIR=open_to_all)
    assert folder_of(done).parent == dagx.parent / "home" / ".cache" / "dagx" / "rt"
    assert "may be written by others" in done.stderr


def test_a_planted_link_is_replaced_and_what_it_points_to_left_alone(dagx: Path) -> None:
    folder = folder_of(start(dagx))
    planted = dagx.parent / "planted"
    folder.rename(planted)
    (planted / "dagx").write_text("#!/bin/sh\necho planted\n")
    folder.symlink_to(planted)
    assert folder_of(start(dagx)) == folder
    assert not folder.is_symlink()
    assert (planted / "dagx").exists()


def test_no_place_at_all_is_said_with_the_way_out(dagx: Path) -> None:
    (dagx.parent / "last").rmdir()
    (dagx.parent / "last").write_text("")
    (dagx.parent / "home").write_text("")
    done = start(dagx)
    assert (done.returncode, done.stdout) == (125, "")
    assert done.stderr.splitlines()[-1].startswith(
        "dagx: no folder can hold the program; name one that is yours"
    )
