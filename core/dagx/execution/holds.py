"""What holds a step back while others run, and how long it may run: its pools and its tags. Semantics: section 23.

It names what is held and how many slots there are; who schedules steps counts them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from dagx.assets.definition import AssetsDefinition
from dagx.errors import InvalidDefinitionError
from dagx.execution.planning import steps_for_assets
from dagx.execution.run_tags import MAX_RUNTIME_SECONDS_TAG
from dagx.functions.op_definition import OpDefinition
from dagx.functions.pools import POOL_TAG

if TYPE_CHECKING:
    from dagx.execution.executors import TagLimit

PRIORITY_TAG = "dagster/priority"


class OpInStep(NamedTuple):
    """What is said of an op in a step."""

    pool: str | None
    tags: Mapping[str, str]


def ops_in_step(definition: AssetsDefinition) -> list[OpInStep]:
    """The function of a step, or the ops of its graph."""
    node = definition.node_def
    if isinstance(node, OpDefinition):
        return [OpInStep(node.pool, node.tags)]
    return [OpInStep(step.op.pool, step.tags) for step in steps_for_assets([definition])]


def pools_of(ops: Sequence[OpInStep]) -> list[str]:
    """The pools in which a step of these ops holds a slot."""
    found = (op.pool or op.tags.get(POOL_TAG) for op in ops)
    return list(dict.fromkeys(pool for pool in found if pool))


def priority_of(ops: Sequence[OpInStep]) -> int:
    """How soon a step goes among those that could start: the highest that the tags of its ops say.

    Raises InvalidDefinitionError for what is no number.
    """
    return max((_number(op.tags.get(PRIORITY_TAG)) for op in ops), default=0)


def longest_runtime(said: Sequence[Mapping[str, str]]) -> float | None:
    """The seconds that a step of these tags may run: the fewest that they say; None if they say nothing.

    Raises InvalidDefinitionError for what is no number above 0.
    """
    found = [tags[MAX_RUNTIME_SECONDS_TAG] for tags in said if MAX_RUNTIME_SECONDS_TAG in tags]
    return min(map(_seconds, found), default=None)


def tag_holds(ops: Sequence[OpInStep], limits: Sequence[TagLimit]) -> dict[str, int]:
    """By what of its tags an executor holds a step back, each with its slots: `tag database=redshift`."""
    found: dict[str, int] = {}
    for limit in limits:
        for op in ops:
            said = op.tags.get(limit.key)
            if said is None or (limit.value is not None and limit.value != said):
                continue
            is_any = limit.value is None and not limit.is_per_value
            name = f"tag {limit.key}" if is_any else f"tag {limit.key}={said}"
            found[name] = min(limit.limit, found.get(name, limit.limit))
    return found


def _seconds(said: str) -> float:
    try:
        seconds = float(said)
    except ValueError:
        seconds = 0
    if not 0 < seconds < float("inf"):
        raise InvalidDefinitionError(
            f"the tag {MAX_RUNTIME_SECONDS_TAG} is {said!r}", "give a number of seconds above 0"
        )
    return seconds


def _number(said: str | None) -> int:
    try:
        return int(said or 0)
    except ValueError:
        raise InvalidDefinitionError(
            f"the tag {PRIORITY_TAG} is {said!r}", "give a whole number: higher goes first"
        ) from None
