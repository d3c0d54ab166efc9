"""Files whose contents and time stamps disagree: contents decide, stamps only save reading. Cases 43 and 49 to 66."""

from __future__ import annotations

import os
import py_compile
import re
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from shops import Shop

READS = """
    -- definitions.py
    import dagx as dg
    from pathlib import Path

    @dg.asset
    def made():
        return Path("data/in.txt").read_text()
    -- data/in.txt
    one
"""
CHANGED = {"made": ["data/in.txt changed"]}

Project = Callable[[str], Shop]


def overwrite(
    path: Path, data: bytes, *, until: Callable[[os.stat_result], bool] = lambda found: True
) -> None:
    """In place, with the inode and the modification time that it had; again until the system's clock went on."""
    before = path.stat()
    deadline = time.monotonic() + 60
    while True:
        path.write_bytes(data)
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
        if until(path.stat()):
            return
        assert time.monotonic() < deadline


def test_an_edit_of_the_same_size_in_the_same_second_is_an_edit(project: Project) -> None:
    """Case 43 for data, 53 and 54."""
    shop = project(READS)
    path = shop.root / "data/in.txt"
    shop.run()
    for text in (b"two\n", b"six\n", b"ten\n"):
        path.write_bytes(text)
        assert shop.run() == CHANGED
        assert shop.run() == {}


def test_code_of_the_same_size_saved_in_the_same_second_is_new_code(project: Project) -> None:
    """Case 43."""
    shop = project("-- definitions.py\nimport dagx as dg\n@dg.asset\ndef made(): return 1\n")
    path = shop.root / "definitions.py"
    shop.run()
    for number in (b"2", b"3", b"4"):
        overwrite(path, re.sub(rb"\d\s*$", number + b"\n\n", path.read_bytes()))
        assert shop.run() == {"made": ["code of made changed (definitions.py:2)"]}
        assert shop.value("made") == number.decode()


def test_byte_code_that_somebody_left_is_not_executed(project: Project) -> None:
    """Case 43: it says that it was made of a file of this second and this size."""
    shop = project("""
        -- definitions.py
        import dagx as dg
        from lib import clean
        @dg.asset
        def made(): return clean()
        -- lib.py
        def clean(): return 1
    """)
    path = shop.root / "lib.py"
    py_compile.compile(str(path))
    shop.run()
    before = path.stat()
    overwrite(path, path.read_bytes().replace(b"1", b"2"))
    assert (path.stat().st_mtime_ns, path.stat().st_size) == (before.st_mtime_ns, before.st_size)
    assert shop.run() == {"made": ["code of clean changed (lib.py:1)"]}
    assert shop.value("made") == "2"


@pytest.mark.parametrize("at", [0.0, 1.0, 4e9], ids=["1970", "1970 and a second", "2096"])
def test_content_that_changed_under_a_time_stamp_that_did_not(project: Project, at: float) -> None:
    """Cases 49, 50, 55 and 56: also where the stamp is in the future, or zero."""
    shop = project(READS)
    path = shop.root / "data/in.txt"
    os.utime(path, (at, at))
    shop.run()
    assert shop.run() == {}
    before = path.stat()
    overwrite(path, b"two\n", until=lambda found: found.st_ctime_ns != before.st_ctime_ns)
    assert path.stat().st_mtime == at
    assert shop.run() == CHANGED
    assert shop.run() == {}


def test_a_file_that_gets_another_time_and_the_same_content_is_the_same(project: Project) -> None:
    """Cases 20, 57, 58, 59 and 60: touched, copied, rewritten, checked out there and back."""
    shop = project(READS)
    path = shop.root / "data/in.txt"
    shop.run()
    os.utime(path, (1_000_000, 1_000_000))
    assert shop.run() == {}
    shutil.copy(path, shop.root / "data/copy.txt")
    os.replace(shop.root / "data/copy.txt", path)
    assert shop.run() == {}
    text = shop.read("data/in.txt")
    shop.write("data/in.txt", "elsewhere\n")
    shop.write("data/in.txt", text)
    assert shop.run() == {}


ONE_RULE = """
    -- definitions.py
    import dagx as dg
    import os
    from lib import clean
    from pathlib import Path
    RATE = Path("rate.txt").read_text()

    @dg.asset
    def made():
        Path("out.txt").write_text("made")
        return clean(Path("data.txt").read_text() + RATE + os.environ["REGION"])
    -- lib.py
    def clean(x): return x
    -- rate.txt
    7
    -- data.txt
    one
    -- .env
    REGION=north
"""


@pytest.mark.parametrize(
    ("name", "old", "new", "reason"),
    [
        ("lib.py", "return x", "return 2", "code of clean changed (lib.py:1)"),
        ("rate.txt", "7", "8", "rate.txt, read when the project is imported, changed"),
        ("data.txt", "one", "two", "data.txt changed"),
        ("out.txt", "made", "mine", "out.txt, which it wrote, was changed"),
        (".env", "north", "south", "environment variable REGION changed"),
    ],
)
def test_there_is_one_rule_for_every_kind_of_file(
    project: Project, name: str, old: str, new: str, reason: str
) -> None:
    """Cases 50, 61 and 62: a time of change decides nothing, for code as for data as for what was written."""
    shop = project(ONE_RULE)
    shop.run()
    path = shop.root / name
    os.utime(path, (1_000_000, 1_000_000))
    assert shop.run() == {}
    overwrite(path, path.read_bytes().replace(old.encode(), new.encode()))
    assert path.stat().st_mtime == 1_000_000
    assert shop.run() == {"made": [reason]}
    assert shop.run() == {}


def test_git_gone_elsewhere_and_back_runs_nothing(project: Project) -> None:
    """Case 60: what is checked out is new to the file system, and the same to dagx."""

    def git(*arguments: str) -> None:
        names = ["-c", "user.name=ann", "-c", "user.email=ann@example.org", "-c", "init.defaultBranch=main"]
        subprocess.run(["git", *names, *arguments], cwd=shop.root, check=True, capture_output=True)

    shop = project(READS)
    git("init")
    git("add", "-A")
    git("commit", "-m", "one")
    shop.run()
    git("switch", "-c", "other")
    shop.write("data/in.txt", "two\n")
    shop.edit("definitions.py", "read_text()", "read_text().upper()")
    git("commit", "-am", "two")
    code = "code of made changed (definitions.py:4)"
    assert shop.run() == {"made": [code, "data/in.txt changed"]}
    git("switch", "main")
    assert shop.run() == {}
    assert shop.value("made") == "one\n"
    git("switch", "other")
    assert shop.run() == {}
    assert shop.value("made") == "TWO"


def test_a_hard_link_to_a_file_changes_nothing(project: Project) -> None:
    """Case 51: it changes the file's ctime and the number of its links."""
    shop = project(READS)
    shop.run()
    os.link(shop.root / "data/in.txt", shop.root / "data/also.txt")
    assert shop.run() == {}


def test_what_is_known_of_a_file_is_known_to_the_next_command(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Case 57: what turned out the same is remembered, and not read again for ever."""
    shop = project(READS)
    path = shop.root / "data/in.txt"
    os.utime(path, (1_000_000, 1_000_000))
    shop.run()
    deadline = time.monotonic() + 60
    reads: list[object] = []
    real = __import__("dagx_engine.io.files", fromlist=["hash_file"]).hash_file
    monkeypatch.setattr("dagx_engine.io.files.hash_file", lambda fd: reads.append(fd) or real(fd))
    while shop.run() == {} and reads:
        assert time.monotonic() < deadline
        reads.clear()
    os.utime(path)
    while not reads:
        assert shop.run() == {}
        assert time.monotonic() < deadline


@pytest.mark.parametrize(
    "read",
    [
        'Path("data/in.txt").read_text()',
        'Path("data/in.txt").read_bytes()',
        'shutil.copyfile("data/in.txt", "copy.txt") and None',
        'os.stat("data/in.txt").st_size',
    ],
)
def test_data_is_taken_as_it_is_to_the_byte(project: Project, read: str) -> None:
    """Cases 63 and 64: other line ends are other data, however it is read, and the same code."""
    shop = project(
        READS.replace('Path("data/in.txt").read_text()', read).replace(
            "from", "import os, shutil\n    from", 1
        )
    )
    shop.run()
    (shop.root / "data/in.txt").write_bytes(b"one\r\n")
    assert shop.run() == CHANGED
    code = shop.read("definitions.py")
    (shop.root / "definitions.py").write_bytes(code.replace("\n", "\r\n").encode())
    assert shop.run() == {}


def test_a_link_that_is_pointed_elsewhere_is_what_it_leads_to(project: Project) -> None:
    """Cases 65 and 66."""
    shop = project(READS.replace('data/in.txt")', 'current")'))
    shop.write("data/two.txt", "two\n")
    link = shop.root / "current"
    link.symlink_to("data/in.txt")
    shop.run()
    link.unlink()
    link.symlink_to("data/two.txt")
    assert shop.run() == {"made": ["current changed"]}
    os.utime(link, follow_symlinks=False)
    assert shop.run() == {}
    shop.write("data/two.txt", "three\n")
    assert shop.run() == {"made": ["current changed", "data/two.txt changed"]}
    shop.write("data/in.txt", "nobody reads it now\n")
    assert shop.run() == {}
    link.unlink()
    assert "current is gone" in shop.plan().steps[0].reasons[0].text


def test_a_linked_folder_that_is_pointed_elsewhere_is_what_it_leads_to(project: Project) -> None:
    """Case 65, as releases are switched."""
    shop = project(READS.replace('data/in.txt")', 'latest/in.txt")'))
    shop.write("v2/in.txt", "two\n")
    (shop.root / "latest").symlink_to("data")
    shop.run()
    (shop.root / "latest").unlink()
    (shop.root / "latest").symlink_to("v2")
    assert shop.run() == {"made": ["latest/in.txt changed"]}


def test_a_project_reached_through_a_link_is_the_same_project(project: Project) -> None:
    """Case 10 for data."""
    shop = project(READS)
    shop.run()
    alias = shop.root.parent / "alias"
    alias.symlink_to(shop.root)
    shop.root = alias
    assert shop.run() == {}
    shop.write("data/in.txt", "two\n")
    assert shop.run() == CHANGED
