"""The settings of a defs folder, for a Python that has no tomllib."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

import dagx as dg
from dagx.project import loading_definitions as loading_definitions

PYPROJECT = """
[project]
name = "{0}"

[tool.dg]
directory_type = "project"

[tool.dg.project]
root_module = "{0}"
"""


@pytest.mark.parametrize(
    "text", [PYPROJECT, PYPROJECT.replace('"', "'"), PYPROJECT.replace('"project"', '"project" # said')]
)
def test_a_python_without_tomllib_reads_the_same(
    text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = "project_" + tmp_path.name.replace("-", "_")
    defs = tmp_path / "src" / name / "defs"
    defs.mkdir(parents=True)
    (tmp_path / "pyproject.toml").write_text(text.format(name))
    (defs.parent / "__init__.py").touch()
    (defs / "a.py").write_text("import dagx as dg\n@dg.asset\ndef a(): ...\n")
    monkeypatch.setattr(loading_definitions, "_HAS_TOMLLIB", False)
    monkeypatch.setattr(sys, "path", list(sys.path))
    try:
        found = dg.load_from_defs_folder(project_root=tmp_path)
        assert found.resolve_all_asset_keys() == [dg.AssetKey("a")]
    finally:
        for module in [one for one in sys.modules if one.split(".")[0] == name]:
            del sys.modules[module]
