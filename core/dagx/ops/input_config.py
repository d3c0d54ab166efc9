"""Inputs of ops that nothing is wired to, filled from run config: `{"ops": {name: {"inputs": {...}}}}`. Section 24."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any, cast

from dagx.errors import InvalidConfigError, NotBuiltYetError
from dagx.execution.steps import Given, Step
from dagx.functions.slots import InputSlot
from dagx.logs.user_code import get_logger
from dagx.resource_defs.named import ScopedResources


class LoaderContext:
    """What the loader of a type is told: its log, and no resources."""

    def __init__(self) -> None:
        self.log = get_logger()
        self.resources = ScopedResources({})


def with_inputs_from(
    run_config: Mapping[str, Any],
    steps: Sequence[Step],
    unwired: Mapping[tuple[str, ...], Sequence[InputSlot]],
) -> tuple[Step, ...]:
    """The steps, with what run config gives to inputs that nothing is wired to.

    Raises InvalidConfigError, listing all, for inputs that nothing fills then.
    """
    found: list[Step] = []
    missing: list[str] = []
    for step in steps:
        slots = unwired.get(step.path, ())
        said = _said(run_config, step.path)
        sources = dict(step.sources)
        for slot in slots:
            if slot.name in said:
                sources[slot.name] = Given(_value(slot, said[slot.name]))
            elif slot.name not in sources:
                missing.append(f"ops.{'.ops.'.join(step.path)}.inputs.{slot.name} is missing")
        found.append(dataclasses.replace(step, sources=sources) if slots else step)
    if missing:
        raise InvalidConfigError(
            "nothing fills some inputs of ops",
            "\n".join(
                [*missing, "give them in run_config, or as input_values= where they are inputs of the job"]
            ),
            missing,
        )
    return tuple(found)


def _said(run_config: Mapping[str, Any], path: tuple[str, ...]) -> Mapping[str, object]:
    """What run config says of the inputs of the op at `path`."""
    entry: Mapping[str, object] = run_config
    for name in path:
        entry = _mapping(_mapping(entry.get("ops")).get(name))
    return _mapping(entry.get("inputs"))


def _mapping(value: object) -> Mapping[str, object]:
    return cast("Mapping[str, object]", value) if isinstance(value, Mapping) else {}


def _value(slot: InputSlot, said: object) -> object:
    loader = None if slot.type.dagster_type is None else slot.type.dagster_type.loader
    if loader is None:
        return _mapping(said)["value"] if list(_mapping(said)) == ["value"] else said
    if loader.required_resource_keys():
        raise NotBuiltYetError("a loader of a type that requires resources is not built yet in dagx")
    return loader.construct_from_config_value(LoaderContext(), said)
