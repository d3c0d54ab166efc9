"""What a definition returned that was called directly, held against its outputs as in a run. Semantics: section 27."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Coroutine, Generator
from typing import TYPE_CHECKING, Any

from dagx.execution.emission import Emission, Reader
from dagx.unset import UNSET

if TYPE_CHECKING:
    from dagx.assets.definition import AssetsDefinition
    from dagx.functions.op_definition import OpDefinition


def check_result(owner: AssetsDefinition | OpDefinition, op: OpDefinition, result: Any) -> None:
    """Raise what a run would for what the function of `op` returned; what it yields or awaits is not looked at.

    `owner` is what was called: the op, or the assets that it makes. Raises InvariantViolationError and
    TypeCheckDidNotPass.
    """
    if isinstance(result, (Generator, AsyncGenerator, Coroutine)):
        return
    observes = bool(getattr(owner, "is_observation", False))
    reader = Reader(
        op.name,
        op.outputs,
        frozenset(slot.name for slot in op.outputs),
        makes_assets=owner is not op and any(slot.key is not None for slot in op.outputs),
        can_subset=bool(getattr(owner, "can_subset", False)),
        observes=observes,
    )
    for read in reader.returned(result):
        if isinstance(read, Emission) and read.value is not UNSET:
            read.slot.type.value.check(read.value, f'the result of "{op.name}"')
