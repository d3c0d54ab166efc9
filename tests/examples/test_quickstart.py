"""The quickstart example does what its README says, on its real data."""

import shutil
import sys
from collections.abc import Iterator
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pytest

import dagx as dg

QUICKSTART = Path(__file__).parents[2] / "examples" / "quickstart"


@pytest.fixture
def quickstart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """The example's module, from a copy of its folder, under a name of its own and forgotten again."""
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    copy = shutil.copytree(QUICKSTART, tmp_path / "quickstart", ignore=shutil.ignore_patterns(".dagx"))
    before = sorted(copy.rglob("*"))
    spec = spec_from_file_location("quickstart_definitions", copy / "definitions.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    monkeypatch.setitem(sys.modules, spec.name, module)
    spec.loader.exec_module(module)
    yield module
    assert sorted(copy.rglob("*")) == before, "running the example left files behind"


def test_the_report_says_what_the_field_log_holds(quickstart: ModuleType) -> None:
    result = dg.materialize(dg.load_assets_from_modules([quickstart]))

    assert result.success
    assert len(result.asset_value("raw_penguins")) == 344
    assert len(result.asset_value("penguins")) == 342
    assert result.asset_value("sizes")["Gentoo"] == {"count": 123, "islands": ["Biscoe"], "mean_mass": 5076}
    assert result.asset_value("bills") == {
        "All species": -0.24,
        "Adelie": 0.39,
        "Chinstrap": 0.65,
        "Gentoo": 0.64,
    }
    assert result.asset_value("report").splitlines()[4:7] == [
        "| Adelie | 151 | 3701 g | Biscoe, Dream, Torgersen |",
        "| Chinstrap | 68 | 3733 g | Dream |",
        "| Gentoo | 123 | 5076 g | Biscoe |",
    ]


def test_metadata_tells_how_many_penguins_were_measured(quickstart: ModuleType) -> None:
    result = dg.materialize(dg.load_assets_from_modules([quickstart]))

    (made,) = result.asset_materializations_for_node("penguins")
    assert made.metadata["measured"].value == 342


def test_dependencies_are_the_names_of_the_parameters(quickstart: ModuleType) -> None:
    needs = {
        asset.key.to_user_string(): {key.to_user_string() for key in asset.dependency_keys}
        for asset in dg.load_assets_from_modules([quickstart])
        if isinstance(asset, dg.AssetsDefinition)
    }

    assert needs == {
        "raw_penguins": set(),
        "penguins": {"raw_penguins"},
        "sizes": {"penguins"},
        "bills": {"penguins"},
        "report": {"sizes", "bills"},
    }
