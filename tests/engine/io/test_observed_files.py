"""Files as digests: what is there now, without reading what did not change."""

from __future__ import annotations

import fcntl
import os
import threading
import time
from pathlib import Path

import pytest
from patience import PATIENCE

from dagx.worker.tracing.stamps import is_racy, stamp_of
from dagx_engine.io import files as door
from dagx_engine.io.files import Files, Known, hash_file, is_settled
from dagx_engine.io.surroundings import Surroundings
from dagx_engine.pure.manifest import ABSENT, digest_bytes


class Reads:
    """Counts the files that are read."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.count = 0
        monkeypatch.setattr(door, "hash_file", self._hash)

    def _hash(self, path: int) -> tuple[str, int]:
        self.count += 1
        return hash_file(path)


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> Reads:
    return Reads(monkeypatch)


@pytest.fixture
def seen(tmp_path: Path) -> Files:
    return Files(tmp_path)


@pytest.fixture
def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every file counts as old enough to be remembered."""
    monkeypatch.setattr(door, "is_racy", lambda stamp, margin=0: False)


def write_later(path: Path, data: bytes, before: os.stat_result) -> None:
    """Write until the file system's clock has gone on, and put the file's own time back."""
    deadline = time.monotonic() + PATIENCE
    while path.stat().st_ctime_ns == before.st_ctime_ns:
        assert time.monotonic() < deadline
        path.write_bytes(data)
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def test_a_file_is_known_by_its_content(tmp_path: Path, seen: Files) -> None:
    (tmp_path / "a").write_bytes(b"one")
    (tmp_path / "b").write_bytes(b"one")
    assert seen.digest("file:a") == seen.digest("file:b") == digest_bytes(b"one")
    (tmp_path / "a").write_bytes(b"two")
    assert seen.digest("file:a") == digest_bytes(b"two")


def test_a_large_file_has_the_digest_of_its_bytes(tmp_path: Path) -> None:
    data = os.urandom((3 << 20) + 17)
    (tmp_path / "large").write_bytes(data)
    assert hash_file(tmp_path / "large") == (digest_bytes(data), len(data))


@pytest.mark.usefixtures("settled")
def test_a_file_that_did_not_change_is_not_read_again(tmp_path: Path, seen: Files, reads: Reads) -> None:
    (tmp_path / "a").write_bytes(b"one")
    for _ in range(3):
        seen.digest("file:a")
    assert reads.count == 1


def test_a_file_that_changed_a_moment_ago_is_read_again(
    tmp_path: Path, seen: Files, reads: Reads, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door, "_MARGIN_NS", 3600 * 10**9)  # a moment that no load of the machine outlasts
    (tmp_path / "a").write_bytes(b"one")
    seen.digest("file:a")
    seen.digest("file:a")
    assert reads.count == 2


@pytest.mark.usefixtures("settled")
def test_an_edit_of_the_same_size_with_its_time_put_back_is_seen(tmp_path: Path, seen: Files) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"one")
    before = path.stat()
    first = seen.digest("file:a")
    write_later(path, b"two", before)
    assert path.stat().st_mtime_ns == before.st_mtime_ns
    assert seen.digest("file:a") != first


@pytest.mark.usefixtures("settled")
def test_a_file_put_in_the_place_of_another_is_seen(tmp_path: Path, seen: Files) -> None:
    (tmp_path / "a").write_bytes(b"one")
    (tmp_path / "b").write_bytes(b"two")
    seen.digest("file:a")
    os.replace(tmp_path / "b", tmp_path / "a")
    assert seen.digest("file:a") == digest_bytes(b"two")


@pytest.mark.usefixtures("settled")
def test_a_touched_file_keeps_its_digest(tmp_path: Path, seen: Files) -> None:
    (tmp_path / "a").write_bytes(b"one")
    first = seen.digest("file:a")
    os.utime(tmp_path / "a")
    assert seen.digest("file:a") == first


def test_what_is_not_there_is_absent_and_comes_back(tmp_path: Path, seen: Files) -> None:
    path = tmp_path / "a"
    assert seen.digest("file:a") == seen.digest("file:a/b") == seen.digest("dir:a") == ABSENT
    path.write_bytes(b"one")
    assert seen.digest("file:a") == digest_bytes(b"one")
    assert seen.digest("file:a/b") == ABSENT
    path.unlink()
    assert seen.digest("file:a") == ABSENT


def test_what_cannot_be_read_has_a_digest_that_says_so(tmp_path: Path, seen: Files) -> None:
    (tmp_path / "loop").symlink_to("loop")
    assert seen.digest("file:loop").startswith("unreadable: ")
    assert seen.digest("dir:loop").startswith("unreadable: ")
    (tmp_path / "folder").mkdir()
    assert seen.digest("file:folder") == "not a file: 40000"


def test_a_pipe_is_not_waited_for(tmp_path: Path, seen: Files) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert seen.digest("file:pipe") == "not a file: 10000"


def test_a_link_is_known_by_what_it_leads_to(tmp_path: Path, seen: Files) -> None:
    (tmp_path / "real").write_bytes(b"one")
    (tmp_path / "link").symlink_to("real")
    assert seen.digest("file:link") == digest_bytes(b"one")
    (tmp_path / "real").write_bytes(b"two")
    assert seen.digest("file:link") == digest_bytes(b"two")


def test_a_listing_changes_with_names_and_not_with_contents(tmp_path: Path, seen: Files) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    empty = seen.digest("dir:data")
    (folder / "a").write_bytes(b"one")
    one = seen.digest("dir:data")
    assert one != empty
    (folder / "a").write_bytes(b"two")
    (folder / "__pycache__").mkdir()
    assert seen.digest("dir:data") == one
    (folder / "a").rename(folder / "b")
    assert seen.digest("dir:data") not in (one, empty)


def test_names_that_are_not_utf8_are_looked_at(tmp_path: Path, seen: Files) -> None:
    path = os.fsencode(tmp_path) + b"/caf\xe9"
    with open(path, "wb") as stream:
        stream.write(b"one")
    assert seen.digest("file:caf\udce9") == digest_bytes(b"one")
    with_it = seen.digest("dir:")
    os.unlink(path)
    assert seen.digest("dir:") != with_it


def test_a_file_that_is_being_written_has_no_digest_until_it_is_closed(tmp_path: Path, seen: Files) -> None:
    with (tmp_path / "a").open("wb") as stream:
        stream.write(b"half")
        stream.flush()
        digest, stamp = seen.look("a")
        assert (digest.startswith("being written: 4 "), stamp) == (True, None)
        assert (is_settled(digest), seen.is_being_written("a")) == (False, True)
    digest, stamp = seen.look("a")
    assert (digest, is_settled(digest), seen.is_being_written("a")) == (digest_bytes(b"half"), True, False)
    assert stamp is not None


def test_with_patience_it_is_waited_for(tmp_path: Path, seen: Files) -> None:
    stream = (tmp_path / "a").open("wb")
    stream.write(b"half")
    stream.flush()
    writer = threading.Timer(0.4, lambda: (stream.write(b" and half"), stream.close()))
    writer.start()
    try:
        assert seen.digest("file:a", patience=PATIENCE) == digest_bytes(b"half and half")
    finally:
        writer.join()


def test_what_a_running_program_holds_open_and_lets_be_is_read_each_time(
    tmp_path: Path, seen: Files, reads: Reads, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a").write_bytes(b"one")
    monkeypatch.setattr(door, "is_racy", lambda stamp, margin=0: False)  # written long ago
    with (tmp_path / "a").open("r+b"):
        assert [seen.digest("file:a"), seen.digest("file:a")] == [digest_bytes(b"one")] * 2
    assert reads.count == 2


def test_where_writers_cannot_be_seen_the_stamp_decides(
    tmp_path: Path, seen: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door, "is_open_for_writing", lambda descriptor: None)
    (tmp_path / "a").write_bytes(b"one")
    assert seen.digest("file:a") == digest_bytes(b"one")
    reading = changes_while_read(tmp_path / "a", monkeypatch)
    assert seen.digest("file:a") == digest_bytes(b"after")
    assert reading == ["read", "read"]


def changes_while_read(path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The first time that a file is hashed it changes meanwhile."""
    said: list[str] = []

    def hash_and_change(descriptor: int) -> tuple[str, int]:
        found = hash_file(descriptor)
        if not said:
            path.write_bytes(b"after")
        said.append("read")
        return found

    monkeypatch.setattr(door, "hash_file", hash_and_change)
    return said


def test_a_lease_that_a_writer_breaks_does_not_end_the_process(tmp_path: Path, seen: Files) -> None:
    (tmp_path / "a").write_bytes(b"one")
    descriptor = os.open(tmp_path / "a", os.O_RDONLY)
    try:
        fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_RDLCK)
        with pytest.raises(BlockingIOError):
            os.open(tmp_path / "a", os.O_WRONLY | os.O_NONBLOCK)
        assert seen.name_of("a") == "a"
    finally:
        os.close(descriptor)


@pytest.mark.parametrize("years", [-60, 60])
def test_a_time_stamp_that_was_put_anywhere_does_no_harm(
    tmp_path: Path, seen: Files, reads: Reads, years: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"one")
    at = 0 if years < 0 else time.time() + years * 31_000_000
    os.utime(path, (at, at))
    wait_for_the_clock(path)
    assert [seen.digest("file:a"), seen.digest("file:a")] == [digest_bytes(b"one")] * 2
    assert reads.count == 1
    path.write_bytes(b"two")
    assert seen.digest("file:a") == digest_bytes(b"two")


def wait_for_the_clock(path: Path) -> None:
    """Until a change of the file would show."""
    while is_racy(stamp_of(path.stat()), 20_000_000):
        time.sleep(0.001)


def test_what_was_known_is_recalled_once_and_what_is_new_is_told(tmp_path: Path, reads: Reads) -> None:
    for name in ("a", "b"):
        (tmp_path / name).write_bytes(b"one")
        wait_for_the_clock(tmp_path / name)
    first = Files(tmp_path)
    first.digest("file:a"), first.digest("file:b")
    learned, forgotten = first.learned()
    assert (learned.keys(), forgotten, first.learned()[0]) == ({"a", "b"}, set(), {})
    asked: list[str] = []

    def recall() -> dict[str, Known]:
        asked.append("recall")
        return {**learned, "gone": learned["a"]}

    second = Files(tmp_path, recall)
    (tmp_path / "b").write_bytes(b"two")
    assert [second.digest("file:a"), second.digest("file:b")] == [digest_bytes(b"one"), digest_bytes(b"two")]
    assert (asked, reads.count, second.learned()[1]) == (["recall"], 3, {"gone"})


def test_paths_in_the_project_are_named_from_its_root(tmp_path: Path, seen: Files) -> None:
    assert seen.name_of(str(tmp_path / "data" / "a")) == "data/a"
    assert seen.name_of("/elsewhere/a") == "/elsewhere/a"
    assert seen.name_of(str(tmp_path) + "-other/a") == str(tmp_path) + "-other/a"


def test_what_a_path_and_a_link_lead_to_is_told(tmp_path: Path, seen: Files) -> None:
    (tmp_path / "a").write_bytes(b"one")
    (tmp_path / "to").symlink_to("a")
    os.mkfifo(tmp_path / "pipe")
    names = ["a", "", "to", "pipe", "gone", "gone/below"]
    kinds = ["file", "folder", "file", "other", ABSENT, ABSENT]
    assert [seen.digest(f"exists:{name}") for name in names] == kinds
    assert [seen.digest(f"link:{name}") for name in ("to", "a", "gone")] == ["to a", ABSENT, ABSENT]


def test_an_unknown_kind_is_refused(seen: Files) -> None:
    with pytest.raises(ValueError, match="'socket:a'"):
        seen.digest("socket:a")


def test_the_surroundings_are_files_and_the_environment_of_workers(tmp_path: Path, seen: Files) -> None:
    (tmp_path / "a").write_bytes(b"one")
    given = {"REGION": "north", "TERM_PROGRAM": "one"}
    around = Surroundings(seen, lambda: given, lambda: b"secret")
    names = ["file:a", "file:b", "env:REGION", "env:GONE", "env:*"]
    before = around.observe(names)
    assert {name: before[name] for name in names[:2]} == {"file:a": digest_bytes(b"one"), "file:b": ABSENT}
    assert "north" not in str(before)
    given["TERM_PROGRAM"] = "another terminal"
    assert around.observe(names) == before
    given["REGION"] = "south"
    assert [name for name in names if around.observe(names)[name] != before[name]] == ["env:REGION", "env:*"]
    others = Surroundings(seen, lambda: {"REGION": "north"}, lambda: b"of another project")
    assert others.observe(["env:REGION"])["env:REGION"] != before["env:REGION"]


def test_of_a_file_its_size_is_kept_and_of_a_folder_its_names_if_they_are_those_of_the_digest(
    tmp_path: Path, seen: Files
) -> None:
    (tmp_path / "data" / "__pycache__").mkdir(parents=True)
    (tmp_path / "data" / "b.csv").write_text("12345")
    (tmp_path / "data" / "a.csv").write_text("")
    listing = seen.digest("dir:data")
    assert seen.told_of("file:data/b.csv", seen.digest("file:data/b.csv")) == "5"
    assert seen.told_of("dir:data", listing) == "a.csv/b.csv"
    (tmp_path / "data" / "c.csv").write_text("")
    assert seen.told_of("dir:data", listing) is None
    assert seen.told_of("file:data/gone", "1") is None
    (tmp_path / "data" / ("x" * 200)).write_text("")
    for number in range(400):
        (tmp_path / "data" / f"{number:0200}").touch()
    assert seen.told_of("dir:data", seen.digest("dir:data")) is None
