"""How a project is found, and what is said when it is not."""

from __future__ import annotations

import os
from pathlib import Path
from textwrap import dedent

import pytest

from dagx_engine.io.project import ModuleToLoad, ProjectFiles, find_project, walk
from dagx_engine.pure.errors import ProjectError

ASSET = "import dagx as dg\n"


class Folder:
    """A folder that tests fill with files."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def write(self, *modules: str, **texts: str) -> None:
        """`"pkg/orders"` makes an empty pkg/orders.py, `orders="..."` one with this text; `pyproject` is its own."""
        for name, text in {**dict.fromkeys(modules, ""), **texts}.items():
            path = self.root / ("pyproject.toml" if name == "pyproject" else f"{name}.py")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(dedent(text), encoding="utf-8")

    def found(self, start: str = ".") -> ProjectFiles:
        return find_project(self.root / start)

    def modules(self, start: str = ".") -> list[str]:
        return [module.name for module in self.found(start).modules]

    def refused(self, start: str = ".") -> str:
        with pytest.raises(ProjectError) as caught:
            find_project(self.root / start)
        return str(caught.value)


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    root = tmp_path / "shop"
    root.mkdir()
    return Folder(root)


# By convention.


def test_definitions_py_is_the_project(folder: Folder) -> None:
    folder.write("definitions", other=ASSET)
    found = folder.found()
    assert found.modules == (ModuleToLoad("definitions"),)
    assert (found.root, found.name, found.found_by) == (folder.root, "shop", "definitions.py")
    assert found.state == folder.root / ".dagx"


def test_else_all_modules_of_the_folder_defs_are_the_project(folder: Folder) -> None:
    folder.write("defs/b", "defs/deep/a", "defs/__init__", other=ASSET)
    (folder.root / "defs" / "notes.txt").touch()
    (folder.root / "defs" / ".#b.py").symlink_to("somebody@laptop.4242")  # Emacs has b.py open
    os.mkfifo(folder.root / "defs" / "pipe.py")
    assert folder.found().found_by == "the folder defs/"
    assert folder.modules() == ["defs", "defs.b", "defs.deep.a"]


def test_else_every_module_that_imports_dagx_is_the_project(folder: Folder) -> None:
    folder.write(
        one=ASSET,
        plain="import dagxtra\n# import dagx",
        relative="from . import dagx",
        test_one=ASSET,
        one_test=ASSET,
        conftest=ASSET,
        **{
            "pkg/two": "from dagx import asset",
            "pkg/late": "def f():\n    import dagx.keys",
            "build/copy": ASSET,
        },
    )
    (folder.root / ".venv" / "lib").mkdir(parents=True)
    (folder.root / ".venv" / "lib" / "x.py").write_text(ASSET, encoding="utf-8")
    assert folder.modules() == ["one", "pkg.late", "pkg.two"]
    assert folder.found().found_by == "every module that imports dagx"


def test_a_module_that_does_not_parse_is_loaded_so_that_loading_says_what_is_wrong(folder: Folder) -> None:
    folder.write(broken=ASSET + "def f(:\n", unrelated="def f(:\n")
    assert folder.modules() == ["broken"]


def test_modules_below_src_are_named_without_it_and_src_is_on_the_path(folder: Folder) -> None:
    folder.write(**{"src/shop/assets": ASSET})
    assert folder.modules() == ["shop.assets"]
    assert folder.found().paths == (str(folder.root), str(folder.root / "src"))


def test_files_whose_names_are_no_identifiers_are_found_too(folder: Folder) -> None:
    (folder.root / "daily-orders.py").write_text(ASSET, encoding="utf-8")
    (module,) = folder.found().modules
    assert module == ModuleToLoad("daily-orders", str(folder.root / "daily-orders.py"))


def test_a_folder_without_any_of_these_is_no_project_and_says_what_to_do(folder: Folder) -> None:
    folder.write(plain="x = 1")
    assert "no dagx project in" in folder.refused()
    assert "dagx init" in folder.refused()
    assert "is not a folder" in folder.refused("missing")
    assert "is not a folder" in folder.refused("plain.py")


def test_a_project_by_convention_is_found_from_below_as_well(folder: Folder) -> None:
    folder.write("definitions")
    (folder.root / "inside").mkdir()
    assert folder.found("inside").root == folder.root


def test_what_git_holds_apart_is_not_one_project(folder: Folder) -> None:
    folder.write("definitions")
    (folder.root / "clone" / ".git").mkdir(parents=True)
    assert "no dagx project" in folder.refused("clone")


def test_settings_above_win_over_a_definitions_file_in_a_package(folder: Folder) -> None:
    folder.write("shop/definitions", pyproject='[tool.dagx]\ndefinitions = "shop.definitions"')
    found = folder.found("shop")
    assert (found.root, found.modules) == (folder.root, (ModuleToLoad("shop.definitions"),))


def test_a_file_that_hides_the_sdk_is_named(folder: Folder) -> None:
    folder.write("dagx")
    assert "hides the dagx that your assets import" in folder.refused()


# By settings.


def test_settings_are_found_from_any_folder_below(folder: Folder) -> None:
    folder.write("definitions", pyproject="[tool.dagx]\n[project]\nname = 'the-shop'")
    (folder.root / "deep" / "deeper").mkdir(parents=True)
    found = folder.found("deep/deeper")
    assert (found.root, found.name) == (folder.root, "the-shop")
    assert found.modules == (ModuleToLoad("definitions"),)


def test_a_pyproject_without_our_table_settles_nothing(folder: Folder) -> None:
    folder.write(pyproject="[tool.ruff]\nline-length = 100", one=ASSET)
    assert folder.modules() == ["one"]


@pytest.mark.parametrize(
    ("written", "module"),
    [
        ("shop.assets", ModuleToLoad("shop.assets")),
        ("shop.assets:defs", ModuleToLoad("shop.assets", None, "defs")),
        ("shop", ModuleToLoad("shop")),
        ("inner.more", ModuleToLoad("inner.more")),
    ],
)
def test_definitions_can_be_named_as_a_module(folder: Folder, written: str, module: ModuleToLoad) -> None:
    folder.write(
        pyproject=f"[tool.dagx]\ndefinitions = '{written}'",
        **dict.fromkeys(["shop/assets", "src/inner/more"], ""),
    )
    assert folder.found().modules == (module,)
    assert written in folder.found().found_by


@pytest.mark.parametrize(
    ("written", "name", "file", "attribute"),
    [
        ("jobs/assets.py", "jobs.assets", "jobs/assets.py", None),
        ("jobs/assets.py:defs", "jobs.assets", "jobs/assets.py", "defs"),
        ("jobs/", "jobs", "jobs/__init__.py", None),
        ("./jobs/assets.py", "jobs.assets", "jobs/assets.py", None),
    ],
)
def test_definitions_can_be_named_as_a_file(
    folder: Folder, written: str, name: str, file: str, attribute: str | None
) -> None:
    folder.write(
        pyproject=f"[tool.dagx]\ndefinitions = '{written}'",
        **dict.fromkeys(["jobs/assets", "jobs/__init__"], ""),
    )
    assert folder.found().modules == (ModuleToLoad(name, str(folder.root / file), attribute),)


@pytest.mark.parametrize("written", ["jobs/gone.py", "gone", "gone.deeper:x", "", ":defs", "a..b", "jobs/"])
def test_definitions_that_are_not_there_are_an_error_that_names_them(folder: Folder, written: str) -> None:
    folder.write("definitions", pyproject=f"[tool.dagx]\ndefinitions = '{written}'")
    assert f"definitions = {written!r}" in folder.refused()


def test_a_file_outside_of_the_project_is_refused(folder: Folder, tmp_path: Path) -> None:
    (tmp_path / "elsewhere.py").touch()
    for written in (str(tmp_path / "elsewhere.py"), "../elsewhere.py"):
        folder.write(pyproject=f"[tool.dagx]\ndefinitions = '{written}'")
        assert "outside" in folder.refused()


def test_all_settings_are_read(folder: Folder) -> None:
    folder.write(
        pyproject="""
            [tool.dagx]
            python = ".venv"
            watch = ["../data", "sql"]
            max_workers = 3
        """,
    )
    folder.write("definitions")
    found = folder.found()
    assert (found.python, found.watch, found.max_workers) == (".venv", ("../data", "sql"), 3)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[tool.dagx", "does not parse"),
        ("[tool]\ndagx = 3", "[tool.dagx] must be a table"),
        ("[tool.dagx]\nmax_workers = '3'", "max_workers must be a"),
        ("[tool.dagx]\nmax_workers = true", "max_workers must be a"),
        ("[tool.dagx]\nmax_workers = 0", "max_workers must be at least 1"),
        ("[tool.dagx]\nwatch = 'data'", "watch must be a"),
        ("[tool.dagx]\nwatch = [1]", "watch must be a list of folders"),
        ("[tool.dagx]\ndefinitions = ['a']", "definitions must be a"),
        ("[tool.dagx]\npython = 3.11", "python must be a"),
        ("[tool.dagx]\nmax_worker = 3", "no setting 'max_worker'"),
        ("[tool.dagx]\nretention = 'for ever'", "retention must be an age"),
        ("[tool.dagx]\ncache_size = 'big'", "cache_size must be a size"),
    ],
)
def test_a_wrong_setting_is_an_error_that_names_file_and_setting(
    folder: Folder, text: str, said: str
) -> None:
    folder.write("definitions", pyproject=text)
    assert said in folder.refused()
    assert str(folder.root / "pyproject.toml") in folder.refused()


def test_how_much_is_kept_can_be_set(folder: Folder) -> None:
    folder.write("definitions", pyproject='[tool.dagx]\nretention = ["2d", 5]\ncache_size = "3 MB"')
    assert (folder.found().retention, folder.found().cache_size) == ((5, 2 * 86400.0), 3_000_000)


def test_an_unknown_way_to_start_workers_is_refused_with_those_that_there_are(folder: Folder) -> None:
    folder.write("definitions", pyproject='[tool.dagx]\nisolation = "thread"')
    assert "isolation must be 'fork' or 'spawn', not 'thread'" in folder.refused()
    folder.write("definitions", pyproject='[tool.dagx]\nisolation = "spawn"')
    assert folder.found().isolation == "spawn"


def test_an_unknown_setting_is_answered_with_the_near_one(folder: Folder) -> None:
    folder.write("definitions", pyproject="[tool.dagx]\nmax_worker = 3")
    assert 'did you mean "max_workers"?' in folder.refused()
    folder.write("definitions", pyproject="[tool.dagx]\nzebra = 3")
    assert (
        "settings are cache_size, config, definitions, isolation, max_runtime, max_workers, pools, python, retention, "
        "watch" in folder.refused()
    )


def test_a_pyproject_that_is_not_utf8_is_an_error(folder: Folder) -> None:
    (folder.root / "pyproject.toml").write_bytes(b"[tool.dagx]\npython = '\xe9'\n")
    assert "does not parse" in folder.refused()


def test_settings_without_definitions_anywhere_say_what_to_write(folder: Folder) -> None:
    folder.write(pyproject="[tool.dagx]")
    assert "no module here imports dagx" in folder.refused()


# Walking.


def test_a_walk_leaves_out_environments_caches_and_links_to_folders(folder: Folder) -> None:
    folder.write("a", "pkg/b", "node_modules/c", "pkg/__pycache__/d", "x")
    (folder.root / "shop.egg-info").mkdir()
    (folder.root / "shop.egg-info" / "e.py").touch()
    (folder.root / "loop").symlink_to(".")
    (folder.root / "broken").symlink_to("nowhere")
    (folder.root / "itself").symlink_to("itself")
    os.rename(folder.root / "x.py", folder.root / "link-target.py")
    (folder.root / "link.py").symlink_to("link-target.py")
    names = {path.relative_to(folder.root).as_posix() for path in walk(folder.root)}
    assert names == {"a.py", "pkg/b.py", "broken", "itself", "link-target.py", "link.py"}
