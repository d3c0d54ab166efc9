"""Every option of everything that declares a step either is in the key of the step, or is left out of it for a reason.

A new option fails here until it is known which. Both are tried: two values of it make two keys, or one.
"""

from __future__ import annotations

import inspect
import json
import sys
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import decorated as the
import pytest

import dagx as dg
from dagx.project.resolve import resolve
from dagx.worker.columns import Columns, column
from dagx.worker.describe import Description
from dagx.worker.loader import ProjectImporter, Source
from dagx.worker.project import LoadedProject

READ = "counts for code that reads it: see test_declared_options"
STARTS = "says when a run is started, not what it makes"
HOLDS = "says when the step may begin in a run"
Options = Mapping[str, Any]


class Counts(NamedTuple):
    """`around` are other options that it takes to give this one."""

    before: Any
    after: Any
    around: Options = MappingProxyType({})


class Refused(NamedTuple):
    """dagx says that it does not take it."""

    value: Any


class Exempt(NamedTuple):
    why: str
    before: Any
    after: Any
    around: Options = MappingProxyType({})


def make_op(*, is_fed: bool = True, **options: Any) -> Any:
    """An op has a key as a part of an asset. One with an input is fed from the asset `up`, unless it has a default."""
    takes = "ins" in options
    op: Any = dg.op(**{"name": "worked", **options})(the.taking if takes else the.made)
    return dg.graph_asset(name="made")(_feeding(op) if takes and is_fed else _calling(op))


def _calling(op: Any) -> Callable[[], Any]:
    def made() -> Any:
        return op()

    return made


def _feeding(op: Any) -> Callable[[Any], Any]:
    def made(up: Any) -> Any:
        return op(up)

    return made


def _function(options: Options, plain: Any, taking: Any) -> Any:
    return taking if {"ins", "additional_ins"} & options.keys() else plain


def make_asset(**options: Any) -> Any:
    return dg.asset(**{"name": "made", **options})(_function(options, the.made, the.taking))


def make_assets(**options: Any) -> Any:
    if "specs" not in options:
        options = {"outs": {"one": dg.AssetOut()}, **options}
    return dg.multi_asset(**options)(_function(options, the.made, the.taking))


def make_graph(**options: Any) -> Any:
    plain = {
        "config": the.composed_with_config,
        "resource_defs": the.composed_using,
        "check_specs": the.composed_with_check,
    }
    return dg.graph_asset(**{"name": "made", **options})(
        _composed(options, plain, the.composed, the.composed_of)
    )


def make_graph_of_several(**options: Any) -> Any:
    plain = {
        "config": the.composed_by_name_with_config,
        "resource_defs": the.composed_by_name_using,
        "check_specs": the.composed_by_name_with_check,
    }
    options = {"outs": {"one": dg.AssetOut()}, **options}
    composed = _composed(options, plain, the.composed_by_name, the.composed_by_name_of)
    return dg.graph_multi_asset(**options)(composed)


def _composed(options: Options, special: Mapping[str, Any], plain: Any, taking: Any) -> Any:
    return next((special[name] for name in special if name in options), _function(options, plain, taking))


def make_check(**options: Any) -> Any:
    options = {"asset": "up", "name": "sound", **options}
    return dg.asset_check(**options)(_function(options, the.checking, the.checking_with))


def make_checks(**options: Any) -> Any:
    options = {"specs": [dg.AssetCheckSpec("sound", asset="up")], **options}
    return dg.multi_asset_check(**options)(_function(options, the.checking, the.checking_with))


def make_observation(**options: Any) -> Any:
    return dg.observable_source_asset(**{"name": "made", **options})(the.observing)


def make_observations(**options: Any) -> Any:
    options = {"specs": [dg.AssetSpec("made")], **options}
    return dg.multi_observable_source_asset(**options)(the.observing)


Known = Counts | Exempt | Refused
STATIC, DAILY = dg.StaticPartitionsDefinition(["a", "b"]), dg.DailyPartitionsDefinition("2024-01-01")
READABLE: dict[str, Known] = {
    "metadata": Exempt(READ, {"a": 1}, {"a": 2}),
    "tags": Exempt(READ, {"a": "1"}, {"a": "2"}),
    "description": Exempt(READ, "a", "b"),
    "group_name": Exempt(READ, "a", "b"),
    "owners": Exempt(READ, ["a@b.c"], ["b@b.c"]),
    "kinds": Exempt(READ, {"csv"}, {"json"}),
}
COMMON: dict[str, Known] = {
    **READABLE,
    "name": Counts("made", "renamed"),
    "key": Counts("made", "renamed", {"name": None}),
    "key_prefix": Counts("a", "b"),
    "ins": Counts({"up": dg.AssetIn("up")}, {"up": dg.AssetIn("above")}),
    "deps": Counts(["up"], ["above"]),
    "inputs": Counts([dg.file("a.csv")], [dg.file("b.csv")]),
    "config_schema": Counts({"n": dg.Field(int, default_value=1)}, {"n": dg.Field(int, default_value=2)}),
    "config": Counts({"configured": {"config": {"n": 1}}}, {"configured": {"config": {"n": 2}}}),
    "required_resource_keys": Counts({"fast"}, {"slow"}),
    "resource_defs": Counts({"own": "a"}, {"own": "b"}, {"required_resource_keys": {"own"}}),
    "io_manager_def": Counts(the.Manager("a"), the.Manager("b")),
    "io_manager_key": Counts("fast", "slow"),
    "dagster_type": Counts(int, str),
    "partitions_def": Counts(STATIC, DAILY),
    "output_required": Counts(True, False),
    "code_version": Counts("1", "2"),
    "version": Counts("1", "2"),
    "check_specs": Counts([dg.AssetCheckSpec("a", asset="made")], [dg.AssetCheckSpec("b", asset="made")]),
    "hooks": Exempt("runs after the step and makes nothing of it", set(), {the.told}),
    "op_tags": Exempt(READ, {"a": "1"}, {"a": "2"}),
    "compute_kind": Exempt("a word for readers", "csv", "json"),
    "retry_policy": Exempt(
        "says how often it is tried", dg.RetryPolicy(max_retries=1), dg.RetryPolicy(max_retries=2)
    ),
    "automation_condition": Exempt(STARTS, None, dg.AutomationCondition.eager()),
    "freshness_policy": Exempt(
        "says how old it may get", None, dg.FreshnessPolicy.time_window(fail_window=timedelta(hours=1))
    ),
    "backfill_policy": Exempt(
        "says how many partitions one call makes, not what each is",
        dg.BackfillPolicy.multi_run(),
        dg.BackfillPolicy.single_run(),
        {"partitions_def": STATIC},
    ),
    "pool": Exempt(HOLDS, "a", "b"),
    "is_virtual": Exempt("a word for those who plan runs", False, True),
    "can_subset": Exempt("what it makes of one asset is the same when it leaves out others", False, True),
    "skippable": Counts(False, True),
    "is_required": Counts(True, False),
    "blocking": Counts(False, True),  # a result from before must hold back what it did not
}

NAME_OF_STEP = Exempt("what the step is called, " + READ, "worked", "working")
CHECKED = Counts(
    [dg.AssetCheckSpec("a", asset="made", additional_deps=["up"])],
    [dg.AssetCheckSpec("a", asset="made", additional_deps=["above"])],
)
OTHER = {"other": dg.AssetIn("above")}
MORE_OF: dict[str, dict[str, Known]] = {
    "op": {
        "name": Counts("worked", "working"),
        "ins": Counts({"up": dg.In(int)}, {"up": dg.In(str)}),
        "out": Counts(dg.Out(int), dg.Out(str)),
    },
    "multi_asset": {
        "name": NAME_OF_STEP,
        "outs": Counts({"one": dg.AssetOut()}, {"two": dg.AssetOut()}),
        "specs": Counts([dg.AssetSpec("a")], [dg.AssetSpec("b")]),
        "check_specs": Counts([dg.AssetCheckSpec("a", asset="one")], [dg.AssetCheckSpec("b", asset="one")]),
        "internal_asset_deps": Counts(
            {"one": {dg.AssetKey("up")}, "two": {dg.AssetKey("above")}},
            {"one": {dg.AssetKey("above")}, "two": {dg.AssetKey("up")}},
            {"deps": ["up", "above"], "outs": {"one": dg.AssetOut(), "two": dg.AssetOut()}},
        ),
    },
    "graph_asset": {"resource_defs": Counts({"own": "a"}, {"own": "b"}), "check_specs": CHECKED},
    "graph_multi_asset": {
        "name": Counts("worked", "working"),
        "outs": Counts(
            {"one": dg.AssetOut(io_manager_key="fast")}, {"one": dg.AssetOut(io_manager_key="slow")}
        ),
        "resource_defs": Counts({"own": "a"}, {"own": "b"}),
        "check_specs": Counts(
            [dg.AssetCheckSpec("a", asset="one", additional_deps=["up"])],
            [dg.AssetCheckSpec("a", asset="one", additional_deps=["above"])],
        ),
    },
    "asset_check": {
        "asset": Counts("up", "above"),
        "name": Counts("sound", "whole"),
        "additional_ins": Counts(OTHER, {"other": dg.AssetIn("apart")}),
        "additional_deps": Counts(["above"], ["apart"]),
        "partitions_def": Counts(None, STATIC, {"asset": "static"}),
    },
    "multi_asset_check": {
        "name": NAME_OF_STEP,
        "specs": Counts([dg.AssetCheckSpec("a", asset="up")], [dg.AssetCheckSpec("b", asset="up")]),
        "ins": Counts(OTHER, {"other": dg.AssetIn("apart")}),
    },
    "multi_observable_source_asset": {
        "name": NAME_OF_STEP,
        "specs": Counts([dg.AssetSpec("a")], [dg.AssetSpec("b")]),
        "check_specs": Refused([dg.AssetCheckSpec("a", asset="made")]),
    },
    "AssetSpec": {"key": Counts("made", "renamed")},
    "AssetOut": {
        "key": Counts("made", "renamed"),
        "backfill_policy": Exempt(
            "says how many partitions one call makes, not what each is",
            dg.BackfillPolicy.multi_run(),
            dg.BackfillPolicy.single_run(),
        ),
    },
    "AssetIn": {
        "key": Counts("up", "above"),
        "key_prefix": Counts("a", "b"),
        "input_manager_key": Counts("fast", "slow"),
        "partition_mapping": Counts(dg.AllPartitionMapping(), dg.LastPartitionMapping(), {"key": "daily"}),
    },
    "AssetDep": {
        "asset": Counts("up", "above"),
        "partition_mapping": Counts(dg.AllPartitionMapping(), dg.LastPartitionMapping(), {"asset": "daily"}),
    },
    "AssetCheckSpec": {
        "name": Counts("sound", "whole"),
        "asset": Counts("up", "above"),
        "additional_deps": Counts(["above"], ["apart"]),
        "partitions_def": Counts(None, STATIC, {"asset": "static"}),
    },
    "In": {
        "default_value": Counts(1, 2),
        "input_manager_key": Counts("fast", "slow"),
        "asset_key": Exempt(
            "names where the value of an op comes from in a job; ops of an asset are wired", "up", "above"
        ),
        "asset_partitions": Refused({"a"}),
    },
    "Out": {
        "code_version": Exempt("the code of the op counts; a version of the op stands in for it", "1", "2"),
    },
}
MAKERS: dict[str, Callable[..., Any]] = {
    "op": make_op,
    "asset": make_asset,
    "multi_asset": make_assets,
    "graph_asset": make_graph,
    "graph_multi_asset": make_graph_of_several,
    "asset_check": make_check,
    "multi_asset_check": make_checks,
    "observable_source_asset": make_observation,
    "multi_observable_source_asset": make_observations,
    "AssetSpec": lambda **options: make_assets(specs=[dg.AssetSpec(**{"key": "made", **options})]),
    "AssetOut": lambda **options: make_assets(outs={"one": dg.AssetOut(**options)}),
    "AssetIn": lambda **options: make_asset(ins={"up": dg.AssetIn(**options)}),
    "AssetDep": lambda **options: make_asset(deps=[dg.AssetDep(**{"asset": "up", **options})]),
    "AssetCheckSpec": lambda **options: make_checks(
        specs=[dg.AssetCheckSpec(**{"name": "sound", "asset": "up", **options})]
    ),
    "In": lambda **options: make_op(ins={"up": dg.In(**options)}, is_fed="default_value" not in options),
    "Out": lambda **options: make_op(out=dg.Out(**options)),
}


def options_of(name: str) -> Iterator[str]:
    for parameter in inspect.signature(getattr(dg, name)).parameters.values():
        is_function = parameter.name in ("compute_fn", "compose_fn", "observe_fn")
        if not is_function and parameter.kind is not inspect.Parameter.VAR_KEYWORD:
            yield parameter.name


def what_is_known_of(name: str, option: str) -> Known | None:
    return MORE_OF.get(name, {}).get(option) or COMMON.get(option)


def key_of(made: Any, folder: Path) -> Any:
    """All that the key of the one step of a project is made of before it runs."""
    around = [
        dg.asset(name="up")(the.made),
        dg.asset(name="above")(the.made),
        dg.asset(name="apart")(the.made),
        dg.asset(name="daily", partitions_def=DAILY)(the.made),
        dg.asset(name="static", partitions_def=STATIC)(the.made),
        *(dg.asset(name="up", key_prefix=prefix)(the.made) for prefix in ("a", "b")),
    ]
    known = {definition.name for definition in around}
    is_check = isinstance(made, dg.AssetChecksDefinition)
    definitions = dg.Definitions(
        assets=[*around, *([] if is_check else [made])],
        asset_checks=[made] if is_check else [],
        resources={"fast": the.Manager("fast"), "slow": the.Manager("slow")},
    )
    importer = ProjectImporter(str(folder))
    for module in (the, sys.modules[__name__]):
        file = str(module.__file__)
        importer.sources[module.__name__] = Source(module.__name__, file, Path(file).read_bytes())
    project: Any = LoadedProject(str(folder), definitions, resolve(definitions), importer, None, 0.0)  # type: ignore[arg-type]
    said = json.loads(json.dumps(Description(project, b"secret").to_json()))
    (step,) = (one for one in rows(said["steps"]) if one["name"] not in known)
    assets = [one for one in rows(said["assets"]) if one["step"] == step["name"]]
    checks = [one for one in rows(said["checks"]) if one["step"] == step["name"]]
    names, digests = said["parts"]
    return (
        [(names[number], digests[number]) for number in step["parts"]],
        [[one["key"], one["deps"], one["mappings"]] for one in assets],
        [[one["asset"], one["name"], one["deps"], one["mappings"]] for one in checks],
        [step["observes"], step["loads"], step["mappings"], step["declared_inputs"], step["partitions_def"]],
    )


def rows(said: Columns) -> list[dict[str, Any]]:
    names = [*said["same"], *said["each"]]
    values = zip(*(column(said, name) for name in names), strict=True)
    return [dict(zip(names, row, strict=True)) for row in values]


def test_of_every_option_it_is_known_whether_it_counts() -> None:
    unknown = [
        f"{name}({option}=)"
        for name in MAKERS
        for option in options_of(name)
        if what_is_known_of(name, option) is None
    ]
    assert unknown == [], "say in this file whether it counts, and why not"


def every_option() -> Iterator[Any]:
    for name in MAKERS:
        for option in options_of(name):
            yield pytest.param(name, option, id=f"{name}-{option}")


@pytest.mark.parametrize(("name", "option"), list(every_option()))
def test_an_option_counts_if_and_only_if_it_is_said_to(name: str, option: str, tmp_path: Path) -> None:
    known = what_is_known_of(name, option)
    assert known is not None
    make = MAKERS[name]
    if isinstance(known, Refused):
        with pytest.raises(dg.DagsterInvalidDefinitionError):
            make(**{option: known.value})
        return
    before, after = (
        key_of(make(**{**known.around, option: value}), tmp_path) for value in (known.before, known.after)
    )
    assert (before != after) == isinstance(known, Counts)
