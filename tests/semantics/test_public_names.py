"""The names of `import dagx as dg`."""

import json
import subprocess
import sys

import pytest

import dagx as dg
from dagx.unbuilt_names import NAMES


def test_all_is_sorted_and_every_name_in_it_is_there() -> None:
    assert dg.__all__ == sorted(set(dg.__all__))
    for name in dg.__all__:
        assert getattr(dg, name) is not None
        assert name in dir(dg)


def test_a_star_import_gives_everything() -> None:
    scope: dict[str, object] = {}
    exec("from dagx import *", scope)
    assert set(dg.__all__) <= set(scope)


def test_a_name_that_is_not_built_yet_says_so() -> None:
    with pytest.raises(AttributeError, match=r"dagx\.DailyPartitionsDefinition is not built yet"):
        dg.DailyPartitionsDefinition  # type: ignore[attr-defined]  # noqa: B018
    with pytest.raises(ImportError, match=r"dagx\.op is not built yet"):
        from dagx import op  # type: ignore[attr-defined]  # noqa: F401, PLC0415
    assert not hasattr(dg, "op")


def test_a_mistyped_name_is_answered_with_the_near_one() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'aset'; did you mean \"asset\""):
        dg.aset  # type: ignore[attr-defined]  # noqa: B018


def test_no_name_is_both_built_and_not_built() -> None:
    assert not set(dg.__all__) & NAMES


def test_the_names_known_from_dagster_are_the_same_classes() -> None:
    assert dg.DagsterInvalidDefinitionError is dg.InvalidDefinitionError
    assert issubclass(dg.DagsterInvalidDefinitionError, dg.DagsterError)
    assert dg.get_dagster_logger is dg.get_logger


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


def test_hints_stand_on_a_line_of_their_own() -> None:
    assert (
        str(dg.DagxError("what is wrong", "the way out\nand more"))
        == "what is wrong\n  the way out\n  and more"
    )
    assert str(dg.DagxError("what is wrong")) == "what is wrong"


def test_an_attribute_that_is_not_built_yet_says_so_and_a_mistyped_one_is_answered() -> None:
    context, definition, defs = dg.build_asset_context(), dg.asset(name="a")(lambda: 1), dg.Definitions()
    for thing, name in ((context, "instance"), (definition, "partitions_def"), (defs, "resolve_job_def")):
        with pytest.raises(AttributeError, match=rf"{type(thing).__name__}.{name} is not built yet in dagx"):
            getattr(thing, name)
        assert not hasattr(thing, name)
    with pytest.raises(AttributeError, match='did you mean "add_output_metadata"'):
        context.add_output_metadat({})  # type: ignore[attr-defined]
