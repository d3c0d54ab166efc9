"""Files that are kept are put back, by whoever comes next."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from dagx_engine.io.kept import KeptFiles
from dagx_engine.pure.errors import ProjectError


def test_what_was_changed_removed_or_made_is_as_it_was(tmp_path: Path) -> None:
    state, changed, removed, absent = (tmp_path / name for name in (".dagx", "changed", "removed", "absent"))
    state.mkdir()
    changed.write_text("before")
    os.utime(changed, ns=(5, 5))
    removed.write_text("here")
    removed.chmod(0o640)
    kept = KeptFiles(state)
    kept.keep([str(changed), str(removed), str(absent)])
    changed.write_text("after")
    removed.unlink()
    absent.write_text("new")
    new = tmp_path / "folder" / "file"
    kept.made.write_text("".join(json.dumps(str(path)) + "\n" for path in (new.parent, new)))
    new.parent.mkdir()
    new.write_text("x")

    KeptFiles(state).put_back()
    assert (changed.read_text(), changed.stat().st_mtime_ns) == ("before", 5)
    assert (removed.read_text(), removed.stat().st_mode & 0o777) == ("here", 0o640)
    assert sorted(path.name for path in tmp_path.iterdir()) == [".dagx", "changed", "removed"]
    assert list(state.iterdir()) == []
    KeptFiles(state).put_back()
    assert changed.read_text() == "before"


def test_killed_before_all_was_copied_nothing_had_been_changed(tmp_path: Path) -> None:
    state, path = tmp_path / ".dagx", tmp_path / "file"
    (state / "kept").mkdir(parents=True)
    (state / "kept" / "0").write_text("half a co")
    path.write_text("whole")
    KeptFiles(state).put_back()
    assert path.read_text() == "whole"
    assert list(state.iterdir()) == []


def test_what_cannot_be_put_back_is_said_with_the_place_of_its_copy(tmp_path: Path) -> None:
    state, path = tmp_path / ".dagx", tmp_path / "file"
    state.mkdir()
    path.write_text("before")
    kept = KeptFiles(state)
    kept.keep([str(path)])
    path.unlink()
    path.mkdir()
    with pytest.raises(ProjectError, match="cannot be put back") as refused:
        kept.put_back()
    assert refused.value.hint is not None
    assert str(state / "kept" / "0") in refused.value.hint
    assert (state / "kept" / "0").read_text() == "before"
