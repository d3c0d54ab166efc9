"""What tells whether a file changed between two looks, whatever the clocks say."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from dagx.worker.tracing.stamps import (
    UNSURE,
    Stamp,
    is_racy,
    listing_digest,
    names_in,
    settled_stamp,
    stamp_of,
)

SECOND = 1_000_000_000
NOW = 1_780_000_000 * SECOND


@pytest.fixture
def stopped_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "clock_gettime_ns", lambda clock: NOW)
    monkeypatch.setattr(time, "time_ns", lambda: NOW)


def stamp_at(ago: float) -> Stamp:
    """Of a file that changed so many seconds ago, with a fraction of a second that is not zero."""
    at = (NOW - int(ago * SECOND)) | 1
    return (1, 2, 3, at, at)


def whole(stamp: Stamp) -> Stamp:
    """The same where stamps are whole seconds."""
    return (*stamp[:3], stamp[3] // SECOND * SECOND, stamp[4] // SECOND * SECOND)


@pytest.mark.usefixtures("stopped_clock")
def test_a_change_within_the_same_tick_could_look_the_same() -> None:
    assert is_racy(stamp_at(0))
    assert not is_racy(stamp_at(0.5))
    assert is_racy(stamp_at(0.5), SECOND)


@pytest.mark.usefixtures("stopped_clock")
def test_where_stamps_are_whole_seconds_two_of_them_are_too_near() -> None:
    assert is_racy(whole(stamp_at(1)))
    assert not is_racy(whole(stamp_at(5)))


@pytest.mark.usefixtures("stopped_clock")
def test_a_stamp_of_a_clock_that_was_wrong_is_as_good_as_any() -> None:
    assert not is_racy(stamp_at(-3600))
    assert not is_racy(whole(stamp_at(-3600)))
    assert not is_racy((1, 2, 3, 0, 0))


def test_any_change_after_a_settled_stamp_shows(tmp_path: Path) -> None:
    path = tmp_path / "a"
    for number in range(50):
        path.write_bytes(b"%02d" % number)
        stamp = settled_stamp(str(path))
        path.write_bytes(b"%02d" % (number + 1))
        os.utime(path, ns=(0, (stamp or UNSURE)[3]))
        assert stamp not in (stamp_of(path.stat()), UNSURE, None)


def test_what_is_not_there_has_no_stamp(tmp_path: Path) -> None:
    assert settled_stamp(str(tmp_path / "gone")) is None
    assert settled_stamp(str(tmp_path / "gone" / "below")) is None


def test_a_stamp_that_does_not_settle_is_unsure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a").write_bytes(b"one")
    monkeypatch.setattr("dagx.worker.tracing.stamps.is_racy", lambda stamp, margin=0: True)
    assert settled_stamp(str(tmp_path / "a")) == UNSURE


def test_who_gets_no_time_for_long_looks_once_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that waited for its turn, and not for the file, finds it settled."""
    (tmp_path / "a").write_bytes(b"one")
    before, answers = time.monotonic(), [True, False]
    turns = iter([before, before])
    monkeypatch.setattr(time, "monotonic", lambda: next(turns, before + 10))
    monkeypatch.setattr("dagx.worker.tracing.stamps.is_racy", lambda stamp, margin=0: answers.pop(0))
    assert settled_stamp(str(tmp_path / "a")) not in (UNSURE, None)


def test_a_listing_is_known_by_its_names_in_any_order(tmp_path: Path) -> None:
    assert listing_digest(["a", "b"]) == listing_digest(["b", "__pycache__", "a"]) != listing_digest(["ab"])
    assert names_in(str(tmp_path / "gone")) is None
