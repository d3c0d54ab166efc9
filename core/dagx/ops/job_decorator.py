"""`@job`: a job from a function. Semantics: section 24."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any, overload

from dagx.execution.retries import RetryPolicy
from dagx.ops.composition import compose
from dagx.ops.declarations import own_name
from dagx.ops.hooks import HookDefinition
from dagx.ops.job_definition import JobDefinition
from dagx.source import innermost

if TYPE_CHECKING:
    from dagx.partitions.definition import PartitionsDefinition

__all__ = ["job"]


@overload
def job(compose_fn: Callable[..., Any], /) -> JobDefinition: ...
@overload
def job(
    *,
    name: str | None = None,
    description: str | None = None,
    resource_defs: Mapping[str, Any] | None = None,
    config: Any = None,
    tags: Mapping[str, Any] | None = None,
    run_tags: Mapping[str, Any] | None = None,
    metadata: Mapping[str, Any] | None = None,
    logger_defs: Mapping[str, Any] | None = None,
    executor_def: Any = None,
    hooks: Collection[HookDefinition] | None = None,
    op_retry_policy: RetryPolicy | None = None,
    partitions_def: PartitionsDefinition | None = None,
    input_values: Mapping[str, Any] | None = None,
    owners: Sequence[str] | None = None,
) -> Callable[[Callable[..., Any]], JobDefinition]: ...
def job(
    compose_fn: Callable[..., Any] | None = None,
    *,
    name: str | None = None,
    description: str | None = None,
    resource_defs: Mapping[str, Any] | None = None,
    config: Any = None,
    tags: Mapping[str, Any] | None = None,
    run_tags: Mapping[str, Any] | None = None,
    metadata: Mapping[str, Any] | None = None,
    logger_defs: Mapping[str, Any] | None = None,
    executor_def: Any = None,
    hooks: Collection[HookDefinition] | None = None,
    op_retry_policy: RetryPolicy | None = None,
    partitions_def: PartitionsDefinition | None = None,
    input_values: Mapping[str, Any] | None = None,
    owners: Sequence[str] | None = None,
) -> JobDefinition | Callable[[Callable[..., Any]], JobDefinition]:
    """Make a job of a function whose body calls ops and graphs, as that of `@graph`; bare or with arguments.

    name: the function's, unless given. description: its docstring, unless given.
    resource_defs: resources by name, which win over those of Definitions.
    config: run config (a dict or RunConfig), a ConfigMapping that makes it of simpler config, or a PartitionedConfig.
    tags: of the job, and of its runs unless `run_tags` are given; then the runs get only those.
    hooks: called after each step. op_retry_policy: of ops that have none of their own.
    executor_def, logger_defs: how it is run, and what it logs to. partitions_def: what it is run for, one at a time.
    input_values: what fills the parameters of the function. metadata, owners: what is shown.

    Raises InvalidDefinitionError. Section 24.
    """

    def define(function: Callable[..., Any]) -> JobDefinition:
        own = own_name(function, name, "job")
        made = JobDefinition(
            graph_def=compose(function, name=own, shown=f'job "{own}"', description=description),
            resource_defs=resource_defs,
            config=config,
            tags=tags,
            run_tags=run_tags,
            metadata=metadata,
            logger_defs=logger_defs,
            executor_def=executor_def,
            hook_defs=hooks,
            op_retry_policy=op_retry_policy,
            partitions_def=partitions_def,
            input_values=input_values,
            owners=owners,
        )
        wrote = innermost(function)
        made.written_as = (wrote.__module__, getattr(wrote, "__qualname__", own))
        return made

    return define if compose_fn is None else define(compose_fn)
