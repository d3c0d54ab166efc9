"""Files as digests: what is there now, without reading what did not change."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from dagx_engine.io import files as door
from dagx_engine.io.files import Files, hash_file
from dagx_engine.pure.manifest import ABSENT, digest_bytes


class Reads:
    """Counts the files that are read."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.count = 0
        monkeypatch.setattr(door, "hash_file", self._hash)

    def _hash(self, path: str) -> tuple[str, int]:
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
    monkeypatch.setattr(door, "_RACY_SECONDS", -60.0)


def write_later(path: Path, data: bytes, before: os.stat_result) -> None:
    """Write until the file system's clock has gone on, and put the file's own time back."""
    deadline = time.monotonic() + 10
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


def test_a_file_that_changed_a_moment_ago_is_read_again(tmp_path: Path, seen: Files, reads: Reads) -> None:
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


def test_paths_in_the_project_are_named_from_its_root(tmp_path: Path, seen: Files) -> None:
    assert seen.name_of(str(tmp_path / "data" / "a")) == "data/a"
    assert seen.name_of("/elsewhere/a") == "/elsewhere/a"
    assert seen.name_of(str(tmp_path) + "-other/a") == str(tmp_path) + "-other/a"


def test_all_names_are_observed_at_once_and_an_unknown_kind_is_refused(tmp_path: Path, seen: Files) -> None:
    (tmp_path / "a").write_bytes(b"one")
    assert seen.observe(["file:a", "file:b"]) == {"file:a": digest_bytes(b"one"), "file:b": ABSENT}
    with pytest.raises(ValueError, match="'socket:a'"):
        seen.digest("socket:a")
