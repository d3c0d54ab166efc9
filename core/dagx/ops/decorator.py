"""`@op`: an op from a function. Semantics: section 24."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, overload

from dagx.assets.building import build_op
from dagx.assets.files import FileInput, file_inputs
from dagx.errors import InvalidArgumentError
from dagx.execution.retries import RetryPolicy
from dagx.functions.op_definition import OpDefinition
from dagx.functions.signature import read_signature
from dagx.names import check_name
from dagx.ops.declarations import In, Out, own_name
from dagx.ops.op_slots import op_inputs, op_outputs
from dagx.ops.wiring import checked_tags
from dagx.source import doc_of

__all__ = ["op"]


@overload
def op(compute_fn: Callable[..., Any], /) -> OpDefinition: ...
@overload
def op(
    *,
    name: str | None = None,
    description: str | None = None,
    ins: Mapping[str, In] | None = None,
    out: Out | Mapping[str, Out] | None = None,
    config_schema: Any = None,
    required_resource_keys: Collection[str] | None = None,
    tags: Mapping[str, str] | None = None,
    version: str | None = None,
    retry_policy: RetryPolicy | None = None,
    code_version: str | None = None,
    pool: str | None = None,
    inputs: Iterable[FileInput | str | os.PathLike[str]] | None = None,
) -> Callable[[Callable[..., Any]], OpDefinition]: ...
def op(
    compute_fn: Callable[..., Any] | None = None,
    *,
    name: str | None = None,
    description: str | None = None,
    ins: Mapping[str, In] | None = None,
    out: Out | Mapping[str, Out] | None = None,
    config_schema: Any = None,
    required_resource_keys: Collection[str] | None = None,
    tags: Mapping[str, str] | None = None,
    version: str | None = None,
    retry_policy: RetryPolicy | None = None,
    code_version: str | None = None,
    pool: str | None = None,
    inputs: Iterable[FileInput | str | os.PathLike[str]] | None = None,
) -> OpDefinition | Callable[[Callable[..., Any]], OpDefinition]:
    """Make an op of a function, bare (`@op`) or with arguments: a step of a job, wired by calling it in one.

    name: the function's, unless given. description: its docstring, unless given.
    ins: input to In, for what the parameter does not say, and for inputs that only order (`In(Nothing)`).
    out: one output, or several by name, which the function returns as a tuple or yields as Output. Without, the
        output is "result", of the type that the function is annotated to return.
    config_schema: what config it takes; a parameter `config` with a Config class says it better.
    required_resource_keys: resources to be found at `context.resources`; not together with resource parameters.
    tags: of the step. retry_policy: when to try again. pool: what it shares a limit of running steps with.
    code_version (older: version): names the version of the code by hand.
    inputs: files that it reads unseen (`dg.file`, or paths): in a graph asset they count as those of the asset.

    Raises InvalidDefinitionError for what cannot be an op. Section 24.
    """

    def define(function: Callable[..., Any]) -> OpDefinition:
        if not callable(function):
            raise InvalidArgumentError(f"@op decorates a function, not {function!r}")
        own = own_name(function, name, "op")
        shown = f'op "{own}"'
        signature = read_signature(function, shown)
        return build_op(
            check_name(own, shown),
            function,
            signature,
            op_inputs(function, signature, ins, shown),
            op_outputs(signature, out, shown),
            shown,
            config_schema=config_schema,
            required_resource_keys=required_resource_keys,
            retry_policy=retry_policy,
            op_tags=checked_tags(tags),
            pool=pool,
            code_version=code_version or version,
            description=description or doc_of(function),
            files=file_inputs(inputs, shown),
        )

    return define if compute_fn is None else define(compute_fn)
