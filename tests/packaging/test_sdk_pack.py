"""The SDK as the binary carries it: one file, from which the engine lays out the same folder as from sources."""

import sys
from pathlib import Path

import pytest
from by_path import module

from dagx_engine.io.sdk import lay_out, sdk_source, sdk_stamp


def files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.suffix in (".py", ".typed")
    }


@pytest.fixture
def bundle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DAGX_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setattr(sys, "_MEIPASS", str(tmp_path / "bundle"), raising=False)
    (tmp_path / "bundle").mkdir()
    module("build").pack_sources(sdk_source(), tmp_path / "bundle" / "sdk.pack")
    return tmp_path / "bundle"


@pytest.mark.usefixtures("bundle")
def test_the_folder_holds_the_same_files() -> None:
    folder = lay_out()
    assert files(folder / "dagx") == files(sdk_source())
    assert lay_out() == folder


@pytest.mark.usefixtures("bundle")
def test_a_file_that_was_cleaned_away_comes_back() -> None:
    lost = lay_out() / "dagx" / "worker" / "boot.py"
    lost.unlink()
    lay_out()
    assert lost.exists()


def test_another_sdk_has_another_stamp_and_another_folder(bundle: Path, tmp_path: Path) -> None:
    stamp, folder = sdk_stamp(), lay_out()
    assert sdk_stamp() == stamp
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "version.py").write_text("__version__ = '0'\n", encoding="utf-8")
    module("build").pack_sources(tmp_path / "other", bundle / "sdk.pack")
    assert sdk_stamp() != stamp
    assert lay_out() != folder
    assert files(lay_out() / "dagx") == {"version.py": b"__version__ = '0'\n"}
