"""The bell rings for what is saved, once, and for nothing else."""

from __future__ import annotations

import queue
import sys
from collections.abc import Generator
from pathlib import Path

import pytest
from patience import PATIENCE

from dagx_engine.io.bell import Bell

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="inotify is Linux's")

Rings = queue.SimpleQueue["tuple[str, ...] | None"]


@pytest.fixture
def rings(tmp_path: Path) -> Generator[Rings, None, None]:
    heard: Rings = queue.SimpleQueue()
    bell = Bell([str(tmp_path)], heard.put)
    yield heard
    bell.close()


def rings_until_saved(rings: Rings, folder: Path) -> int:
    """How often it rang until it did for a last save: what was done before was heard before."""
    (folder / "the last.py").write_text("")
    found = 0
    while True:
        rings.get(timeout=PATIENCE)
        found += 1
        if rings.empty():
            return found


def test_it_rings_for_a_file_written_and_closed(tmp_path: Path, rings: Rings) -> None:
    (tmp_path / "a.py").write_text("1")
    assert rings.get(timeout=PATIENCE) == (str(tmp_path / "a.py"),)


def test_it_rings_for_a_file_put_in_place_of_another(tmp_path: Path, rings: Rings) -> None:
    (tmp_path / "a.py.tmp").write_text("1")
    (tmp_path / "a.py.tmp").rename(tmp_path / "a.py")
    assert rings.get(timeout=PATIENCE) == (str(tmp_path / "a.py"),)


def test_what_an_editor_writes_beside_a_file_is_no_save(tmp_path: Path, rings: Rings) -> None:
    (tmp_path / ".a.py.swp").write_text("1")
    (tmp_path / "a.py").touch()
    rings.get(timeout=PATIENCE)  # of the touch, which opens and closes the file
    (tmp_path / "a.py").rename(tmp_path / "a.py~")
    (tmp_path / ".a.py.swp").write_text("2")
    assert rings_until_saved(rings, tmp_path) == 1


def test_a_file_that_is_still_open_is_not_saved_yet(tmp_path: Path, rings: Rings) -> None:
    with open(tmp_path / "a.py", "w", encoding="utf-8") as stream:
        stream.write("1")
        stream.flush()
        assert rings_until_saved(rings, tmp_path) == 1
    assert rings.get(timeout=PATIENCE) == (str(tmp_path / "a.py"),)


def test_a_folder_that_cannot_be_heard_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        Bell([str(tmp_path / "gone")], lambda paths: None)
