"""What was found out about source files is found again by the next load, and never taken for what it is not."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from code_project import CodeProject

from dagx.worker.code.model import ModuleUnits
from dagx.worker.code.units import cut
from dagx.worker.kept import Kept
from dagx.worker.loader import ProjectImporter

SOURCE = b"""
from __future__ import annotations
from lib import clean as tidy

class Shop(Base):
    def total(self, context):
        '''All.'''
        import json
        return tidy(eval(self.text), context)

REGISTRY = {}
REGISTRY["shop"] = Shop
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "staging").mkdir()
    return tmp_path / "code"


def kept(file: Path, *, key: bytes = b"secret", build: str = "1") -> Kept:
    return Kept(str(file), key, build)


def written(file: Path, **entries: object) -> None:
    store = kept(file)
    for about, found in entries.items():
        store.add("word", about.encode(), found)
    store.write()


def found(file: Path, *abouts: str, **of: Any) -> list[object]:
    store = kept(file, **of)
    return [store.find("word", about.encode()) for about in abouts]


def test_what_one_load_found_out_the_next_one_knows(file: Path) -> None:
    written(file, a=("x", [1, {"y": None}]), b=compile("1 + 1", "here.py", "eval"))
    one, code, none = found(file, "a", "b", "c")
    assert one == ("x", [1, {"y": None}])
    assert eval(code) == 2  # type: ignore[call-overload]
    assert none is None
    assert kept(file).find("other", b"a") is None, "another kind of thing is known of these bytes"


def test_the_units_of_a_module_are_the_same_when_they_were_kept(file: Path) -> None:
    units = cut(SOURCE)
    written(file, shop=units.to_plain())
    (plain,) = found(file, "shop")
    assert isinstance(plain, tuple)
    assert ModuleUnits.of_plain(plain) == units
    assert repr(ModuleUnits.of_plain(plain)) == repr(units), "of the same kinds, too"


@pytest.mark.parametrize("of", [{"key": b"another project"}, {"build": "2"}])
def test_what_somebody_else_kept_is_not_there(file: Path, of: Mapping[str, Any]) -> None:
    written(file, a=1)
    assert found(file, "a") == [1]
    assert found(file, "a", **of) == [None]


def test_what_another_interpreter_kept_is_not_there(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written(file, a=1)
    monkeypatch.setattr(sys, "version", "3.99")
    assert found(file, "a") == [None]


def test_a_damaged_file_holds_nothing_and_is_written_anew(file: Path) -> None:
    written(file, a=1)
    whole = file.read_bytes()
    for place in range(len(whole)):
        file.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        assert found(file, "a") == [None]
    for length in range(len(whole)):
        file.write_bytes(whole[:length])
        assert found(file, "a") == [None]
    written(file, a=2)
    assert found(file, "a") == [2]


def test_it_is_readable_to_its_owner_alone_and_leaves_no_draft(file: Path) -> None:
    written(file, a=1)
    assert file.stat().st_mode & 0o777 == 0o600
    assert list((file.parent / "staging").iterdir()) == []


def test_a_folder_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    written(tmp_path / "state" / "code", a=1)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes everywhere")
def test_a_folder_that_cannot_be_written_to_is_left_as_it_is(file: Path) -> None:
    written(file, a=1)
    before = file.read_bytes()
    (file.parent / "staging").chmod(0o500)
    written(file, a=2)
    (file.parent / "staging").chmod(0o700)
    assert file.read_bytes() == before


def test_a_load_that_finds_out_nothing_new_writes_nothing(file: Path) -> None:
    written(file, a=1)
    before = file.stat().st_ino
    store = kept(file)
    assert store.find("word", b"a") == 1
    store.write()
    assert file.stat().st_ino == before


def test_what_was_not_asked_for_goes_when_it_takes_more_room_than_what_was(file: Path) -> None:
    large = "x" * (600 << 10)
    written(file, old=large, older=large, small=1)
    store = kept(file)
    store.add("word", b"new", large)
    store.write()
    told = found(file, "new", "old", "older", "small")
    assert told == [large, large, None, 1]


def test_a_module_that_is_loaded_again_is_executed_from_what_was_kept_and_an_edit_is_not(file: Path) -> None:
    shop = CodeProject(file.parent / "shop", "-- defs.py\nVALUE = 1\n")
    compiled = [_load(shop, file) for _ in range(2)]
    assert compiled == [(1, 1), (1, 0)]
    shop.write("defs.py", "VALUE = 2\n")
    assert _load(shop, file) == (2, 1)


def _load(shop: CodeProject, file: Path) -> tuple[int, int]:
    """The value of the module, and how many files had to be compiled."""
    found: list[str] = []

    class Counting(Kept):
        def add(self, kind: str, about: bytes, found_out: Any) -> None:
            found.append(kind)
            super().add(kind, about, found_out)

    importer = ProjectImporter(str(shop.root), kept=Counting(str(file), b"secret", "1"))
    module = importer.import_file("defs", str(shop.root / "defs.py"))
    del sys.modules["defs"]
    importer.kept.write()
    return module.VALUE, len(found)
