"""The bytes that are executed are the bytes that are recorded."""

from __future__ import annotations

import importlib
import inspect
import os
import sys
import traceback
from collections.abc import Callable
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_file_location
from pathlib import Path

import pytest
from code_project import CodeProject

from dagx.worker.loader import ProjectImporter, Source, is_project_file

Make = Callable[[str], CodeProject]


def test_what_is_executed_is_what_is_recorded(project: Make) -> None:
    shop = project("""
        -- defs.py
        from pkg import lib
        VALUE = lib.VALUE
        -- pkg/__init__.py
        -- pkg/lib.py
        VALUE = 1
    """)
    with shop.loaded() as (defs, importer):
        assert defs.VALUE == 1
        assert set(importer.sources) == {"defs", "pkg", "pkg.lib"}
        assert importer.sources["pkg.lib"].data == b"VALUE = 1\n"
        assert importer.sources["pkg.lib"].file == str(shop.root / "pkg/lib.py")


def test_an_edit_of_the_same_size_in_the_same_second_is_executed(project: Make) -> None:
    # CPython's own cache of byte code compares seconds and sizes, and would run the old code.
    shop = project("-- defs.py\nVALUE = 1\n")
    for value in range(1, 6):
        shop.write("defs.py", f"VALUE = {value}\n")
        os.utime(shop.root / "defs.py", (1_000_000_000, 1_000_000_000))
        with shop.loaded() as (defs, _):
            assert value == defs.VALUE


def test_no_byte_code_is_written_for_project_files(project: Make) -> None:
    shop = project("-- defs.py\nimport pkg.lib\n-- pkg/__init__.py\n-- pkg/lib.py\n")
    with shop.loaded():
        assert list(shop.root.rglob("*.pyc")) == []


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (b"VALUE = 1\nname = '\xff'\n", 2),
        (b"#\n#\n#\n# \xff\n", 4),
        (b"VALUE = 1\nb\0\n", 2),
        (b"# coding: no\n", 1),
    ],
)
def test_bytes_that_are_no_source_are_told_with_their_place(project: Make, data: bytes, line: int) -> None:
    shop = project("-- defs.py\nimport lib\n-- lib.py\n")
    (shop.root / "lib.py").write_bytes(data)
    with pytest.raises(SyntaxError) as caught, shop.loaded():
        pass
    assert (caught.value.filename, caught.value.lineno) == (str(shop.root / "lib.py"), line)


def test_sources_that_are_given_are_executed_in_place_of_the_file(project: Make) -> None:
    shop = project("-- defs.py\nVALUE = 1\n")
    given = {"defs": Source("defs", str(shop.root / "defs.py"), b"VALUE = 2\n")}
    with shop.loaded(given=given) as (defs, importer):
        assert defs.VALUE == 2
        assert importer.sources["defs"].data == b"VALUE = 2\n"


def test_a_given_source_of_another_file_is_not_taken_for_this_one(project: Make) -> None:
    shop = project("-- defs.py\nVALUE = 1\n")
    with shop.loaded(given={"defs": Source("defs", "/elsewhere/defs.py", b"VALUE = 2\n")}) as (defs, _):
        assert defs.VALUE == 1


def test_a_traceback_shows_the_lines_that_were_executed(project: Make) -> None:
    shop = project("-- defs.py\ndef fail():\n    return 1 / 0  # the line that ran\n")
    with shop.loaded() as (defs, _):
        shop.write("defs.py", "# saved meanwhile\n\n")
        with pytest.raises(ZeroDivisionError) as caught:
            defs.fail()
        assert "# the line that ran" in "".join(traceback.format_exception(caught.value))
        assert "the line that ran" in inspect.getsource(defs.fail)


def test_a_module_whose_import_failed_can_be_imported_again(project: Make) -> None:
    shop = project("-- defs.py\n-- broken.py\nraise ValueError('first')\n")
    with shop.loaded():
        for _ in range(2):
            with pytest.raises(ValueError, match="first"):
                importlib.import_module("broken")
        assert "broken" not in sys.modules


def test_a_file_is_imported_under_a_name_that_no_import_would_find(project: Make) -> None:
    shop = project("-- defs.py\n-- my-assets/daily run.py\nfrom defs import __name__ as other\nVALUE = 3\n")
    file = str(shop.root / "my-assets" / "daily run.py")
    with shop.loaded() as (_, importer):
        module = importer.import_file("my-assets.daily run", file)
        assert (module.VALUE, module.other, module.__file__) == (3, "defs", file)
        assert importer.import_file("my-assets.daily run", file) is module
        assert "my-assets.daily run" in importer.sources


def test_a_failed_import_of_a_file_leaves_no_half_module(project: Make) -> None:
    shop = project("-- defs.py\n-- broken.py\nVALUE = 1\nraise ValueError('half')\n")
    with shop.loaded() as (_, importer):
        with pytest.raises(ValueError, match="half"):
            importer.import_file("broken file", str(shop.root / "broken.py"))
        assert "broken file" not in sys.modules


def test_third_party_modules_are_named_and_left_alone(project: Make) -> None:
    shop = project("-- defs.py\nimport json\nimport email.mime\nimport iniconfig.exceptions\n")
    known = sys.modules.copy()
    for name in [name for name in known if name.partition(".")[0] == "iniconfig"]:
        del sys.modules[name]
    try:
        with shop.loaded() as (_, importer):
            assert list(importer.third_party) == ["iniconfig"]
            assert set(importer.sources) == {"defs"}
    finally:
        sys.modules.update(known)


@pytest.mark.parametrize(
    ("file", "owned"),
    [
        ("shop/defs.py", True),
        ("shop/pkg/lib.py", True),
        ("beside.py", False),
        ("shop/.venv/lib/x.py", False),
        ("shop/env/lib/python3.11/site-packages/x.py", False),
        ("shop/environment/x.py", False),
        ("shop/build.py", True),
        ("shopping/x.py", False),
    ],
)
def test_files_below_the_root_are_the_projects_unless_an_environment_has_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file: str, owned: bool
) -> None:
    monkeypatch.setattr(sys, "prefix", str(tmp_path / "shop" / "environment"))
    assert is_project_file(str(tmp_path / "shop"), str(tmp_path / file)) == owned


def test_a_project_below_the_folder_of_the_interpreter_owns_its_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # /usr/src/app with the interpreter of the system, whose prefix is /usr.
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    assert is_project_file(str(tmp_path / "src" / "app"), str(tmp_path / "src" / "app" / "defs.py"))


def test_a_project_reached_through_a_link_owns_its_files(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    (tmp_path / "real" / "defs.py").touch()
    assert is_project_file(str(tmp_path / "link"), str(tmp_path / "real" / "defs.py"))
    assert is_project_file(str(tmp_path / "real"), str(tmp_path / "link" / "defs.py"))


def test_a_source_in_another_coding_is_read_as_it_says(tmp_path: Path) -> None:
    shop = CodeProject(tmp_path / "shop", "")
    (shop.root / "defs.py").write_bytes("# -*- coding: latin-1 -*-\nNAME = 'é'\n".encode("latin-1"))
    with shop.loaded() as (defs, _):
        assert defs.NAME == "é"


class Finder:
    """What an editable install puts on `sys.meta_path`: a table of names and files."""

    def __init__(self, **files: Path) -> None:
        self.files = files
        self.asked: list[str] = []

    def find_spec(self, name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        self.asked.append(name)
        return spec_from_file_location(name, self.files[name]) if name in self.files else None


def test_a_module_that_an_editable_install_finds_is_of_the_project(
    project: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = project("""
        -- defs.py
        from shop import VALUE
        from shop.lib import MORE
        -- src/shop/__init__.py
        VALUE = 1
        -- src/shop/lib.py
        MORE = 2
    """)
    finder = Finder(shop=shop.root / "src" / "shop" / "__init__.py")
    monkeypatch.setattr(sys, "meta_path", [*sys.meta_path, finder])
    with shop.loaded() as (defs, importer):
        assert (defs.VALUE, defs.MORE) == (1, 2)
        assert set(importer.sources) == {"defs", "shop", "shop.lib"}
        assert importer.sources["shop"].data == b"VALUE = 1\n"


def test_finders_of_others_are_asked_once_and_only_for_what_no_path_has(
    project: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = project("-- defs.py\nimport lib\n-- lib.py\n")
    finder = Finder()
    monkeypatch.setattr(sys, "meta_path", [*sys.meta_path, finder])
    with shop.loaded() as (_, importer):
        assert finder.asked == []
        sys.meta_path.insert(0, ProjectImporter(str(shop.root)))  # two that ask each other would not end
        assert importer.find_spec("no_such_module_here") is None
        assert finder.asked == ["no_such_module_here"]


def test_a_finder_that_finds_elsewhere_keeps_its_module(
    project: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "beside.py").write_text("VALUE = 5\n", encoding="utf-8")
    shop = project("-- defs.py\nfrom beside import VALUE\n")
    monkeypatch.setattr(sys, "meta_path", [*sys.meta_path, Finder(beside=tmp_path / "beside.py")])
    with shop.loaded() as (defs, importer):
        assert defs.VALUE == 5
        assert set(importer.sources) == {"defs"}


def test_the_importer_leaves_what_is_not_of_the_project_to_others(tmp_path: Path) -> None:
    importer = ProjectImporter(str(tmp_path))
    assert importer.find_spec("json") is None
    assert importer.find_spec("no_such_module_here") is None
    assert importer.sources == {}
