"""Names and modules behind `import dagx as dg`: what is not built, what is not offered, what an import costs."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

import dagx as dg
from dagx.not_offered import INSTEAD
from dagx.unbuilt import name_error
from dagx.unbuilt_names import NAMES


@pytest.mark.parametrize("name", sorted(NAMES))
def test_a_name_that_is_not_built_yet_says_so(name: str) -> None:
    with pytest.raises(AttributeError, match=rf"dagx\.{name} is not built yet"):
        getattr(dg, name)
    with pytest.raises(ImportError, match=rf"dagx\.{name} is not built yet"):
        exec(f"from dagx import {name}")
    assert not hasattr(dg, name)


def test_what_is_planned_is_said_to_be_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dagx.unbuilt.NAMES", frozenset({"tomorrow"}))
    error = name_error("tomorrow", [])
    assert isinstance(error, dg.NotBuiltYetError)
    assert str(error).startswith("dagx.tomorrow is not built yet\n  it is planned")
    assert (
        str(name_error("tomorow", []))
        == "module 'dagx' has no attribute 'tomorow'; did you mean \"tomorrow\"?"
    )


def test_no_name_is_both_built_and_not_built() -> None:
    assert not set(dg.__all__) & NAMES


@pytest.mark.parametrize("name", sorted(INSTEAD))
def test_a_name_that_is_not_offered_is_refused_with_what_to_write(name: str) -> None:
    with pytest.raises(AttributeError) as by_attribute:
        getattr(dg, name)
    with pytest.raises(ImportError) as by_import:
        exec(f"from dagx import {name}", {})
    assert str(by_attribute.value) == str(by_import.value) == f"dagx does not have {name}\n  {INSTEAD[name]}"


def test_what_is_not_offered_is_not_there() -> None:
    assert not INSTEAD.keys() & {*dg.__all__, *NAMES}


def test_no_module_has_the_name_of_a_public_name_which_it_would_hide() -> None:
    listed = subprocess.run(
        [
            sys.executable,
            "-c",
            "import dagx, pkgutil, json; print(json.dumps([m.name for m in pkgutil.iter_modules(dagx.__path__)]))",
        ],
        capture_output=True,
        check=True,
    )
    assert not set(json.loads(listed.stdout)) & ({*dg.__all__} | NAMES)


def test_import_dagx_imports_nothing_heavy() -> None:
    program = "import sys; before = set(sys.modules); import dagx; print(' '.join(sorted(set(sys.modules) - before)))"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, text=True)
    light = {"dagx", "importlib", "importlib._bootstrap", "importlib._bootstrap_external", "warnings"}
    assert set(loaded.stdout.split()) <= light


# What a project that only defines assets does not pay for.
HEAVY = {
    "asyncio",
    "difflib",
    "logging",
    "pathlib",
    "pickle",
    "pydantic",
    "random",
    "sqlite3",
    "subprocess",
} | {
    *("tempfile", "threading", "traceback", "uuid", "zoneinfo"),
    *(
        "dagx.automation",
        "dagx.checks.results",
        "dagx.instance",
        "dagx.storing.contexts",
        "dagx.ops",
        "dagx.partitions",
    ),
    *(
        "dagx.config.run_config",
        "dagx.config.schema",
        "dagx.resource_defs.lifecycle",
        "dagx.worker",
        "dagx.execution.in_process",
    ),
}
DEFINES = """
import dagx as dg
@dg.asset
def orders() -> int: return 1
@dg.asset(deps=["elsewhere"], tags={"a": "b"}, metadata={"a": 1}, retry_policy=dg.RetryPolicy())
def revenue(context, orders: int) -> dg.MaterializeResult[int]: ...
@dg.multi_asset(specs=[dg.AssetSpec("x"), dg.AssetSpec("y")])
def several(db: dg.ResourceParam[str]): ...
defs = dg.Definitions([orders, revenue, several, dg.AssetSpec("elsewhere")], resources={"db": "here"})
"""


@pytest.mark.parametrize("more", ["", "defs.resolve()"])
def test_defining_assets_imports_nothing_that_only_running_them_needs(more: str) -> None:
    program = f"import sys\n{DEFINES}\n{more}\nprint(' '.join(sys.modules))"
    # -S -E: nothing that is installed here is imported at start
    path = f"import sys; sys.path.insert(0, {str(Path(dg.__file__).parent.parent)!r})\n"
    loaded = subprocess.run(
        [sys.executable, "-S", "-E", "-c", path + program], capture_output=True, check=True, text=True
    )
    assert not set(loaded.stdout.split()) & HEAVY
