"""Stored bytes: whole under their name, or not there."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from dagx_engine.io.objects import INLINE_UP_TO, Objects
from dagx_engine.pure.manifest import digest_bytes

LARGE = b"x" * (INLINE_UP_TO + 1)


@pytest.fixture
def objects(tmp_path: Path) -> Objects:
    found = Objects(tmp_path)
    found.prepare()
    return found


def staged(objects: Objects, data: bytes, name: str = "attempt.0") -> Path:
    path = objects.staging / name
    path.write_bytes(data)
    return path


def test_a_staged_file_gets_the_name_of_its_content(objects: Objects) -> None:
    path = staged(objects, b"value")
    done = objects.publish(path)
    assert (done.digest, done.size, done.inline) == (digest_bytes(b"value"), 5, None)
    assert objects.path(done.digest).read_bytes() == b"value"
    assert not path.exists()
    assert objects.is_whole(done.digest, 5)
    assert objects.check(done.digest)


def test_an_object_is_not_writable(objects: Objects) -> None:
    done = objects.publish(staged(objects, b"value"))
    assert stat.S_IMODE(objects.path(done.digest).stat().st_mode) == 0o444


def test_publishing_the_same_again_keeps_the_first_file(objects: Objects) -> None:
    first = objects.publish(staged(objects, b"value"))
    inode = objects.path(first.digest).stat().st_ino
    assert objects.publish(staged(objects, b"value", "attempt.1")) == first
    assert objects.path(first.digest).stat().st_ino == inode
    assert list(objects.staging.iterdir()) == []


def test_publishing_over_a_damaged_object_heals_it(objects: Objects) -> None:
    for damage in (b"other", b"va"):
        done = objects.publish(staged(objects, b"value"))
        path = objects.path(done.digest)
        path.chmod(0o644)
        path.write_bytes(damage)
        objects.publish(staged(objects, b"value", "again"))
        assert path.read_bytes() == b"value"


def test_a_damaged_object_is_set_aside_and_counts_as_absent(objects: Objects, tmp_path: Path) -> None:
    done = objects.publish(staged(objects, b"value"))
    path = objects.path(done.digest)
    path.chmod(0o644)
    path.write_bytes(b"wrong")
    assert not objects.check(done.digest)
    assert not objects.is_whole(done.digest, 5)
    assert not objects.check(done.digest)
    (aside,) = (tmp_path / "bad").iterdir()
    assert aside.read_bytes() == b"wrong"


def test_an_object_that_is_gone_or_cut_short_is_not_whole(objects: Objects) -> None:
    done = objects.publish(staged(objects, b"value"))
    assert not objects.is_whole(done.digest, 6)
    objects.path(done.digest).unlink()
    assert not objects.is_whole(done.digest, 5)
    assert not objects.check(done.digest)


def test_small_bytes_stay_with_the_row_and_large_ones_become_an_object(
    objects: Objects, tmp_path: Path
) -> None:
    small = objects.put_bytes(b"x" * INLINE_UP_TO)
    assert small.inline == b"x" * INLINE_UP_TO
    assert list((tmp_path / "objects").iterdir()) == []
    large = objects.put_bytes(LARGE)
    assert large.inline is None
    assert objects.check(large.digest)
    assert large.digest == digest_bytes(LARGE)


def test_an_empty_value_can_be_published(objects: Objects) -> None:
    done = objects.publish(staged(objects, b""))
    assert objects.is_whole(done.digest, 0)


def test_what_an_earlier_engine_left_half_written_is_dropped(objects: Objects) -> None:
    done = objects.publish(staged(objects, b"value"))
    staged(objects, b"half")
    (objects.staging / "folder").mkdir()
    (objects.staging / "folder" / "part").touch()
    objects.prepare()
    assert list(objects.staging.iterdir()) == []
    assert objects.check(done.digest)


def test_a_file_that_cannot_be_staged_is_an_error_and_leaves_no_object(
    objects: Objects, tmp_path: Path
) -> None:
    with pytest.raises(FileNotFoundError):
        objects.publish(objects.staging / "never written")
    assert list((tmp_path / "objects").iterdir()) == []


def test_an_object_that_somebody_wrote_to_is_not_whole(objects: Objects) -> None:
    done = objects.publish(staged(objects, b"value"))
    path = objects.path(done.digest)
    path.chmod(0o644)
    path.write_bytes(b"other")
    assert not objects.is_whole(done.digest, 5)


def test_an_object_that_was_copied_is_hashed_once_and_whole(objects: Objects) -> None:
    done = objects.publish(staged(objects, b"value"))
    path = objects.path(done.digest)
    stamp = path.stat().st_mtime_ns
    path.touch()
    assert objects.is_whole(done.digest, 5)
    assert path.stat().st_mtime_ns == stamp
