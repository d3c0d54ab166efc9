"""Some of the ops of a job, named by `*` and `+`: `["*report", "load+"]`. Semantics: section 24."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping, Sequence

from dagx.errors import InvalidArgumentError, InvalidSubsetError
from dagx.execution.steps import FromAsset, FromSeveral, FromStep, Given, Source, Step, from_steps
from dagx.functions.slots import InputSlot
from dagx.graphs import invert, reachable
from dagx.nearest import did_you_mean
from dagx.ops.flatten import steps_in

_QUERY = re.compile(r"(?P<up>\*|\++)?(?P<name>[A-Za-z0-9_.]+)(?P<down>\*|\++)?")


def selected_steps(steps: Sequence[Step], selection: Sequence[str]) -> tuple[Step, ...]:
    """The steps that a selection names, wired to each other alone.

    Each text of `selection` is the name of an op ("graph.op", "graph" for all of a graph), with `*` before or after
    it for all that it needs or feeds, `+` for one level each; "*" alone is all. Raises InvalidSubsetError for a name
    that is not there, and when a step would be left without what fills an input.
    """
    if isinstance(selection, str):
        raise InvalidArgumentError(
            f"op_selection is a list of str, not {selection!r}", f'write op_selection=["{selection}"]'
        )
    upstream = {step.key: step.needs for step in steps}
    downstream = invert(upstream)
    chosen: set[str] = set()
    for query in selection:
        if query == "*":
            chosen |= upstream.keys()
            continue
        found = _QUERY.fullmatch(query)
        if found is None:
            raise InvalidSubsetError(
                f"the op selection {query!r} cannot be read", 'write "name", "*name", "name+"'
            )
        named = _named(found["name"], upstream)
        if found["up"]:
            named |= reachable(upstream, named, _levels(found["up"]))
        if found["down"]:
            named |= reachable(downstream, _named(found["name"], upstream), _levels(found["down"]))
        chosen |= named
    kept = [step for step in steps if step.key in chosen]
    return tuple(_alone(step, chosen) for step in kept)


def _named(name: str, steps: Mapping[str, object]) -> set[str]:
    found = {key for key in steps if key == name or key.startswith(f"{name}.")}
    if not found:
        raise InvalidSubsetError(f'the job has no op "{name}"', did_you_mean(name, steps))
    return found


def _levels(sign: str) -> int | None:
    return None if sign == "*" else len(sign)


def _alone(step: Step, chosen: set[str]) -> Step:
    """The step without what comes from steps that are not chosen."""
    sources: dict[str, Source] = {}
    for name, source in step.sources.items():
        left = _left(source, chosen) or _unwired(step.op.input_by_name[name], step)
        if left is not None:
            sources[name] = left
    is_mapped = step.mapped_over is not None and step.mapped_over[0] in chosen
    mapped_over = step.mapped_over if is_mapped else None
    return dataclasses.replace(step, sources=sources, needs=steps_in(sources), mapped_over=mapped_over)


def _left(source: Source, chosen: set[str]) -> Source | None:
    if isinstance(source, FromStep):
        return source if source.step in chosen else None
    if isinstance(source, FromSeveral) and from_steps(source):
        left = [inner for inner in (_left(one, chosen) for one in source.sources) if inner is not None]
        return FromSeveral(tuple(left)) if left else None
    return source


def _unwired(slot: InputSlot, step: Step) -> Source | None:
    if slot.has_default:
        return Given(slot.default)
    if slot.key is not None:
        return FromAsset(slot)
    if slot.type.is_nothing:
        return None
    raise InvalidSubsetError(
        f'the op selection leaves the input {slot.name!r} of "{step.key}" without what fills it',
        f'select what it needs too: "*{step.key}"',
    )
