"""Turns what a worker says of a project into a `Generation`. The JSON ends here."""

from __future__ import annotations

import importlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from dagx.graphs import CycleError, topological_order
from dagx_engine.pure.definitions import (
    AssetDef,
    Automation,
    CheckDef,
    CheckKey,
    JobDef,
    Key,
    Place,
    Places,
    Reach,
    StepDef,
    StepName,
)
from dagx_engine.pure.errors import ProjectError
from dagx_engine.pure.generation import Generation

__all__ = ["generation_of", "in_order"]


def generation_of(number: int, said: Mapping[str, Any]) -> Generation:
    """Raises KeyError or TypeError when the description is not ours: a bug, or another version of the SDK.

    Raises ProjectError when a blocking check needs what waits for it.
    """
    assets = [_asset(item) for item in said["assets"]]
    parts: list[tuple[str, str]] = list(map(tuple, said["parts"]))
    steps = [_step(item, parts) for item in said["steps"]]
    checks = [_check(item) for item in said["checks"]]
    jobs = {item["name"]: _job(item, parts) for item in said["jobs"]}
    names = said["automation"]
    found = Generation(
        number,
        {asset.key: asset for asset in assets},
        {step.name: step for step in steps},
        {check.key: check for check in checks},
        places=Places(said["places"]),
        modules=dict(said["modules"]),
        read_at_import=tuple(said["read_at_import"]),
        third_party=tuple(said["third_party"]),
        automation=Automation(*(tuple(names[kind]) for kind in ("schedules", "sensors"))),
        jobs=jobs,
        job=jobs.get(said["job"]),
        max_workers=said["max_workers"],
        limits=dict(said["limits"]),
        run_config=said["run_config"],
        is_proven=said["proof"]["is_on"],
        proof=said["proof"]["words"],
        reach={name: _reach(parts) for name, parts in said["learned"].items()},
    )
    is_sorted = not any(check.blocking for check in checks) and not any(step.observes for step in steps)
    return found if is_sorted else in_order(found)


def _reach(parts: Sequence[Sequence[str]] | None) -> Reach:
    return None if parts is None else tuple((name, digest) for name, digest in parts)


def in_order(generation: Generation) -> Generation:
    """With the steps in an order in which each comes after what it waits for, blocking checks and observations too.

    Raises ProjectError when a blocking check needs what waits for it.
    """
    try:
        order = topological_order({step: generation.waits_for(step) for step in generation.steps})
    except CycleError as cycle:
        raise ProjectError(
            f"steps wait for each other: {cycle}",
            hint="a blocking check may not need what needs its asset; leave out blocking=True or that dependency",
        ) from None
    steps = {name: generation.steps[name] for name in order}
    return generation.with_steps(steps)


def _asset(item: Mapping[str, Any]) -> AssetDef:
    return AssetDef(
        Key(item["key"]),
        None if item["step"] is None else StepName(item["step"]),
        deps=tuple(item["deps"]),
        group=item["group"],
        kinds=tuple(item["kinds"]),
        tags=dict(item["tags"]),
        owners=tuple(item["owners"]),
        description=item["description"],
        place=Place(item["file"], item["line"]),
        partitions=item["partitions"],
        partitions_def=_definition(item["partitions_def"]),
        mappings=_mappings(item["mappings"]),
    )


def _definition(said: dict[str, Any] | None) -> Any:
    return None if said is None else _as_json().definition_from_json(said)


def _mappings(said: Mapping[str, Any]) -> dict[Key, Any]:
    return {Key(key): _as_json().mapping_from_json(mapping) for key, mapping in said.items()} if said else {}


def _as_json() -> Any:
    """Imported when something is partitioned: it costs more than to describe a small project."""
    return importlib.import_module("dagx.partitions.as_json")


def _check(item: Mapping[str, Any]) -> CheckDef:
    return CheckDef(
        CheckKey(Key(item["asset"]), item["name"]),
        StepName(item["step"]),
        deps=tuple(item["deps"]),
        blocking=item["blocking"],
        description=item["description"],
        place=Place(item["file"], item["line"]),
        mappings=_mappings(item["mappings"]),
    )


def _step(item: Mapping[str, Any], parts: Sequence[tuple[str, str]]) -> StepDef:
    """A step says of its `parts` where they stand among those of all."""
    return StepDef(
        StepName(item["name"]),
        tuple(item["assets"]),
        parts=tuple(map(parts.__getitem__, item["parts"])),
        widened=item["widened"],
        declared_inputs=tuple(item["declared_inputs"]),
        checks=tuple(CheckKey(Key(asset), name) for asset, name in item["checks"]),
        loads=tuple(item["loads"]),
        observes=tuple(item["observes"]),
        in_parts=item["in_parts"],
        refusal=item["refusal"],
        config_problem=item["config_problem"],
        partitions_def=_definition(item["partitions_def"]),
        mappings=_mappings(item["mappings"]),
        may_miss=frozenset(item["may_miss"]),
        at_once=item["at_once"],
        pools=tuple(item["pools"]),
        priority=item["priority"],
        max_runtime=item["max_runtime"],
    )


def _job(item: Mapping[str, Any], parts: Sequence[tuple[str, str]]) -> JobDef:
    step = item["step"]
    return JobDef(
        item["name"],
        assets=tuple(item["assets"]),
        checks=tuple(CheckKey(Key(asset), name) for asset, name in item["checks"]),
        ops=tuple(item["ops"]),
        step=None if step is None else replace(_step(step, parts), job=item["name"]),
        description=item["description"],
        place=Place(item["file"], item["line"]),
        partitions=item["partitions"],
        is_configured_by_partition=item["is_configured_by_partition"],
        config_problem=item["config_problem"],
    )
