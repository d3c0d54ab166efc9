"""Section 25: load_from_defs_folder."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import dagx as dg

PYPROJECT = """
[project]
name = "{0}"

[tool.dg]
directory_type = "project"

[tool.dg.project]
root_module = "{0}"
"""
ASSET = """
import dagx as dg
@dg.asset
def {0}(): ...
"""

Write = Callable[..., Path]


@pytest.fixture
def name(tmp_path: Path) -> str:
    return "project_" + tmp_path.name.replace("-", "_")


@pytest.fixture(autouse=True)
def _path_and_modules_stay_as_they_were(name: str) -> Iterator[None]:
    before = list(sys.path)
    yield
    sys.path[:] = before
    for module in [found for found in sys.modules if found.split(".")[0] == name]:
        del sys.modules[module]


@pytest.fixture
def project(tmp_path: Path, name: str) -> Write:
    """Writes files below `src/<root module>/defs` of a project, by their paths, and gives the root."""

    def write(pyproject: str = PYPROJECT, source: str = "src", **files: str) -> Path:
        (tmp_path / "pyproject.toml").write_text(pyproject.format(name))
        folder = tmp_path / source / name
        (folder / "defs").mkdir(parents=True)
        (folder / "__init__.py").write_text("")
        for path, text in files.items():
            file = folder / "defs" / (path.replace("__in__", "/") + ".py")
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        return tmp_path

    return write


def keys(defs: dg.Definitions) -> list[str]:
    return [key.to_user_string() for key in defs.resolve_all_asset_keys()]


def test_every_module_below_defs_is_loaded_also_those_that_begin_with_an_underscore(project: Write) -> None:
    root = project(
        a=ASSET.format("a"),
        deep__in__er__in__b=ASSET.format("b"),
        _hidden=ASSET.format("hidden"),
        package__in____init__=ASSET.format("package"),
    )
    assert keys(dg.load_from_defs_folder(project_root=root)) == ["a", "b", "hidden", "package"]


@pytest.mark.parametrize("source", ["src", "."])
def test_the_root_module_lies_in_src_or_in_the_root(project: Write, source: str) -> None:
    assert keys(dg.load_from_defs_folder(project_root=project(source=source, a=ASSET.format("a")))) == ["a"]


def test_the_project_is_found_from_below(project: Write, name: str) -> None:
    root = project(a=ASSET.format("a"))
    below = root / "src" / name / "defs" / "a.py"
    assert keys(dg.load_from_defs_folder(path_within_project=below)) == ["a"]
    assert keys(dg.load_from_defs_folder(path_within_project=str(root))) == ["a"]


LOOSE = """
import dagx as dg
@dg.asset
def a(): ...
spec = dg.AssetSpec("spec")
@dg.asset_check(asset=a)
def fits(): return dg.AssetCheckResult(passed=True)
@dg.op
def nothing(): ...
@dg.job
def work(): nothing()
of_assets = dg.define_asset_job("of_assets", selection=[a])
daily = dg.ScheduleDefinition("daily", cron_schedule="@daily", job=work)
@dg.sensor(job=work)
def looking(): ...
several = [dg.AssetSpec("in_a_list")]
"""


def test_loose_objects_of_every_kind_are_collected(project: Write) -> None:
    defs = dg.load_from_defs_folder(project_root=project(loose=LOOSE))
    assert keys(defs) == ["a", "in_a_list", "spec"]
    assert [job.name for job in defs.jobs] == ["work", "of_assets"]
    assert [schedule.name for schedule in defs.schedules] == ["daily"]
    assert [sensor.name for sensor in defs.sensors] == ["looking"]
    assert len(defs.asset_checks) == 1
    dg.Definitions.validate_loadable(defs)


WHOLE = """
import dagx as dg
@dg.asset
def taken(): ...
@dg.asset
def left(): ...
"""


@pytest.mark.parametrize(
    "said",
    [
        "defs = dg.Definitions([taken])",
        "@dg.definitions\ndef defs(): return dg.Definitions([taken])",
        "@dg.definitions\ndef defs(context): return dg.Definitions([taken])",
        "any_name = dg.Definitions([taken])",
    ],
)
def test_of_a_module_with_definitions_only_those_are_taken(project: Write, said: str) -> None:
    root = project(whole=WHOLE + said, other=ASSET.format("other"))
    assert keys(dg.load_from_defs_folder(project_root=root)) == ["other", "taken"]


def test_resources_of_a_module_are_those_of_all(project: Write) -> None:
    resources = "import dagx as dg\ndefs = dg.Definitions(resources={'db': 'here'})"
    uses = "import dagx as dg\n@dg.asset\ndef a(db: dg.ResourceParam[str]): return db"
    defs = dg.load_from_defs_folder(project_root=project(resources=resources, uses=uses))
    result = defs.resolve_implicit_global_asset_job_def().execute_in_process()
    assert result.output_for_node("a") == "here"


def test_what_is_imported_from_another_module_counts_once(project: Write, name: str) -> None:
    again = f"from {name}.defs.a import a\n"
    assert keys(dg.load_from_defs_folder(project_root=project(a=ASSET.format("a"), b=again))) == ["a"]


def test_an_empty_folder_is_no_definitions(project: Write) -> None:
    assert keys(dg.load_from_defs_folder(project_root=project())) == []


def test_files_that_are_no_modules_are_left_alone(project: Write, name: str) -> None:
    root = project(a=ASSET.format("a"))
    (root / "src" / name / "defs" / "not-a-module.py").write_text("raise RuntimeError")
    (root / "src" / name / "defs" / "query.sql").write_text("select 1")
    assert keys(dg.load_from_defs_folder(project_root=root)) == ["a"]


# What is not there


def test_what_a_module_raises_comes_out(project: Write) -> None:
    with pytest.raises(ZeroDivisionError):
        dg.load_from_defs_folder(project_root=project(a="1 / 0"))


def test_a_module_that_a_module_misses_comes_out(project: Write) -> None:
    with pytest.raises(ModuleNotFoundError, match="nowhere_to_be_found"):
        dg.load_from_defs_folder(project_root=project(a="import nowhere_to_be_found"))


def test_a_component_is_refused_with_the_way_out(project: Write, name: str) -> None:
    root = project()
    folder = root / "src" / name / "defs" / "ingest"
    folder.mkdir()
    (folder / "defs.yaml").write_text("type: x")
    with pytest.raises(dg.InvalidDefinitionError, match="write the definitions in Python") as caught:
        dg.load_from_defs_folder(project_root=root)
    assert "ingest/defs.yaml" in str(caught.value)


@pytest.mark.parametrize(
    "pyproject", ["", "[tool.dg]\ndirectory_type = 'workspace'", "[project]\nname = 'x'"]
)
def test_a_folder_that_is_no_project_says_what_one_is(project: Write, pyproject: str) -> None:
    root = project(pyproject)
    with pytest.raises(dg.InvalidDefinitionError, match="there is no project at or above"):
        dg.load_from_defs_folder(path_within_project=root)


def test_a_project_without_its_root_module_is_an_error(project: Write, tmp_path: Path) -> None:
    nameless = project("[tool.dg]\ndirectory_type = 'project'")
    with pytest.raises(dg.InvalidDefinitionError, match='add root_module = "name"'):
        dg.load_from_defs_folder(project_root=nameless)
    (tmp_path / "pyproject.toml").write_text(PYPROJECT.format("nowhere_to_be_found"))
    with pytest.raises(dg.InvalidDefinitionError, match=r'has no package "nowhere_to_be_found\.defs"'):
        dg.load_from_defs_folder(project_root=tmp_path)


def test_a_settings_file_that_cannot_be_read_says_so(project: Write) -> None:
    with pytest.raises(dg.InvalidDefinitionError, match=r"pyproject\.toml"):
        dg.load_from_defs_folder(project_root=project("[tool.dg\n"))


def test_one_place_to_look_is_needed() -> None:
    with pytest.raises(dg.InvalidArgumentError, match="one of them"):
        dg.load_from_defs_folder()
    with pytest.raises(dg.InvalidArgumentError, match="one of them"):
        dg.load_from_defs_folder(path_within_project=".", project_root=".")


@pytest.mark.parametrize(
    "text", [PYPROJECT, PYPROJECT.replace('"', "'"), PYPROJECT.replace('"project"', '"project" # said')]
)
def test_settings_are_written_in_any_way_that_toml_has(project: Write, text: str) -> None:
    assert keys(dg.load_from_defs_folder(project_root=project(text, a=ASSET.format("a")))) == ["a"]
