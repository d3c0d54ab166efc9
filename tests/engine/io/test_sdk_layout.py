"""The SDK, alone in a folder of the user's cache."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from dagx.errors import DagxError
from dagx_engine.io import sdk
from dagx_engine.io.sdk import lay_out, sdk_source


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DAGX_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path / "cache"


def test_the_folder_holds_dagx_and_nothing_else(cache: Path) -> None:
    folder = lay_out()
    assert cache in folder.parents
    assert [path.name for path in folder.iterdir()] == ["dagx"]
    names = {path.relative_to(folder / "dagx").as_posix() for path in folder.rglob("*.py")}
    assert names == {path.relative_to(sdk_source()).as_posix() for path in sdk_source().rglob("*.py")}
    assert not list(folder.rglob("*.pyc"))


def test_a_worker_can_be_started_from_it_with_nothing_else_on_the_path(cache: Path) -> None:
    code = "import sys; sys.path.insert(0, sys.argv[1]); import dagx; print(dagx.__file__); import dagx.worker.main"
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code, str(lay_out())], capture_output=True, text=True, check=True
    )
    assert Path(done.stdout.strip()).is_relative_to(cache)


def test_it_is_laid_out_once_and_found_again(cache: Path) -> None:
    folder = lay_out()
    before = folder.stat().st_ino
    assert lay_out() == folder
    assert folder.stat().st_ino == before
    assert [path.name for path in (cache / "sdk").iterdir()] == [folder.name]


def test_another_sdk_gets_another_folder(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = lay_out()
    shutil.copytree(sdk_source(), tmp_path / "other" / "dagx", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "other" / "dagx" / "version.py").write_text("__version__ = '0'\n", encoding="utf-8")
    monkeypatch.setattr(sdk, "sdk_source", lambda: tmp_path / "other" / "dagx")
    second = lay_out()
    assert first != second
    assert "'0'" in (second / "dagx" / "version.py").read_text(encoding="utf-8")


def test_a_folder_from_which_files_were_cleaned_away_is_made_anew(cache: Path) -> None:
    folder = lay_out()
    (folder / "dagx" / "worker" / "boot.py").unlink()
    assert lay_out() == folder
    assert (folder / "dagx" / "worker" / "boot.py").is_file()
    assert [path.name for path in (cache / "sdk").iterdir()] == [folder.name]


def test_an_installation_without_the_sdk_says_so(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sdk, "sdk_source", lambda: tmp_path / "nowhere")
    with pytest.raises(DagxError, match="damaged"):
        lay_out()


def test_a_cache_that_others_may_write_to_is_passed_over(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    cache.mkdir()
    for mode in (0o777, 0o770, 0o702):
        cache.chmod(mode)
        assert lay_out().is_relative_to(tmp_path / "xdg" / "dagx")
    cache.chmod(0o755)
    assert lay_out().is_relative_to(cache)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_a_cache_that_belongs_to_somebody_else_is_passed_over(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    cache.mkdir(mode=0o700)
    os.chown(cache, 65534, 65534)
    assert lay_out().is_relative_to(tmp_path / "xdg" / "dagx")


def test_when_no_cache_can_be_used_the_error_says_why_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "open").mkdir()
    (tmp_path / "open").chmod(0o777)
    monkeypatch.setenv("DAGX_CACHE_DIR", str(tmp_path / "file"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    monkeypatch.setenv("HOME", str(tmp_path / "file"))
    monkeypatch.setattr(os, "geteuid", lambda: f"x/../../..{tmp_path}/open")
    with pytest.raises(DagxError, match="no folder for dagx's cache") as caught:
        lay_out()
    assert "Not a directory" in str(caught.value) or "File exists" in str(caught.value)
    assert "DAGX_CACHE_DIR" in str(caught.value)
