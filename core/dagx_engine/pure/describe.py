"""Turns what a worker says of a project into a `Generation`. The JSON ends here."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import MISSING, fields, replace
from functools import partial
from itertools import repeat
from typing import Any, TypeVar

from dagx.graphs import CycleError, topological_order
from dagx.worker.columns import Columns, column, columns_of
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
)
from dagx_engine.pure.errors import ProjectError
from dagx_engine.pure.generation import Generation

__all__ = ["generation_of", "in_order"]

T = TypeVar("T")


def generation_of(number: int, said: Mapping[str, Any]) -> Generation:
    """Raises KeyError or TypeError when the description is not ours: a bug, or another version of the SDK.

    Raises ProjectError when a blocking check needs what waits for it.
    """
    assets = _assets(said["assets"])
    parts: list[tuple[str, str]] = list(zip(*said["parts"], strict=True))
    steps = _steps(said["steps"], parts)
    checks = _checks(said["checks"])
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


def _assets(said: Columns) -> list[AssetDef]:
    of = partial(column, said)
    return _values(
        AssetDef,
        said,
        key=of("key"),
        step=of("step"),
        deps=of("deps", tuple),
        group=of("group"),
        kinds=of("kinds", tuple),
        tags=of("tags", dict),
        owners=of("owners", tuple),
        description=of("description"),
        place=map(Place, of("file"), of("line")),
        partitions=of("partitions"),
        partitions_def=of("partitions_def", _definition),
        mappings=of("mappings", _mappings),
    )


def _definition(said: dict[str, Any] | None) -> Any:
    return None if said is None else _as_json().definition_from_json(said)


def _mappings(said: Mapping[str, Any]) -> dict[Key, Any]:
    return {Key(key): _as_json().mapping_from_json(mapping) for key, mapping in said.items()} if said else {}


def _as_json() -> Any:
    """Imported when something is partitioned: it costs more than to describe a small project."""
    return importlib.import_module("dagx.partitions.as_json")


def _checks(said: Columns) -> list[CheckDef]:
    of = partial(column, said)
    return _values(
        CheckDef,
        said,
        key=map(CheckKey, of("asset"), of("name")),
        step=of("step"),
        deps=of("deps", tuple),
        blocking=of("blocking"),
        description=of("description"),
        place=map(Place, of("file"), of("line")),
        mappings=of("mappings", _mappings),
    )


def _steps(said: Columns, parts: Sequence[tuple[str, str]]) -> list[StepDef]:
    """A step says of its `parts` where they stand among those of all."""
    of, part = partial(column, said), parts.__getitem__
    return _values(
        StepDef,
        said,
        name=of("name"),
        assets=of("assets", tuple),
        parts=of("parts", lambda places: tuple(map(part, places))),
        widened=of("widened"),
        declared_inputs=of("declared_inputs", tuple),
        checks=of("checks", _check_keys),
        loads=of("loads", tuple),
        observes=of("observes", tuple),
        in_parts=of("in_parts"),
        refusal=of("refusal"),
        config_problem=of("config_problem"),
        partitions_def=of("partitions_def", _definition),
        mappings=of("mappings", _mappings),
        may_miss=of("may_miss", frozenset),
        at_once=of("at_once"),
        pools=of("pools", tuple),
        priority=of("priority"),
        max_runtime=of("max_runtime"),
    )


def _check_keys(said: Sequence[tuple[str, str]]) -> tuple[CheckKey, ...]:
    return tuple(CheckKey(Key(asset), name) for asset, name in said)


def _values(kind: Callable[..., T], said: Columns, **columns: Iterable[Any]) -> list[T]:
    """A value of this dataclass for each row. A field that has no column is as usual."""
    found = [
        columns[each.name] if each.name in columns else repeat(_usual(each), said["rows"])
        for each in fields(kind)  # type: ignore[arg-type]  # it is the class of a value, and a callable
    ]
    return list(map(kind, *found))


def _usual(field: Any) -> object:
    return field.default if field.default is not MISSING else field.default_factory()


def _job(item: Mapping[str, Any], parts: Sequence[tuple[str, str]]) -> JobDef:
    step = item["step"]
    return JobDef(
        item["name"],
        assets=tuple(item["assets"]),
        checks=_check_keys(item["checks"]),
        ops=tuple(item["ops"]),
        step=None if step is None else replace(_steps(columns_of([step]), parts)[0], job=item["name"]),
        description=item["description"],
        place=Place(item["file"], item["line"]),
        partitions=item["partitions"],
        is_configured_by_partition=item["is_configured_by_partition"],
        config_problem=item["config_problem"],
    )
