"""Calling a definition like the function that it wraps, and contexts built by hand. Semantics: section 27."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from dagx.context import CURRENT, AssetExecutionContext, OpExecutionContext, bound
from dagx.errors import InvalidInvocationError
from dagx.logs import get_logger
from dagx.named_resources import ScopedResources
from dagx.runs import RunInfo
from dagx.unbuilt import CONTEXT_KEYWORDS, refuse

if TYPE_CHECKING:
    from typing import NoReturn

    from dagx.assets import AssetsDefinition

__all__ = ["build_asset_context", "build_op_context"]

EPHEMERAL = "EPHEMERAL"


def build_asset_context(
    resources: Mapping[str, object] | None = None,
    *,
    run_tags: Mapping[str, str] | None = None,
    **not_built: NoReturn,
) -> AssetExecutionContext:
    """A context to call an asset with in a test.

    `resources` are what the function may use, `run_tags` the tags of the run, whose id is "EPHEMERAL". What
    was recorded can be read with `context.get_output_metadata("result")`. Semantics: section 27.
    """
    refuse("build_asset_context", not_built, CONTEXT_KEYWORDS)
    return AssetExecutionContext(
        definition=None,
        run=RunInfo(EPHEMERAL, tags=dict(run_tags or {})),
        resources=ScopedResources(resources or {}),
        log=get_logger(),
    )


def build_op_context(
    resources: Mapping[str, object] | None = None,
    *,
    run_tags: Mapping[str, str] | None = None,
    **not_built: NoReturn,
) -> OpExecutionContext:
    """As `build_asset_context`, by the name for ops. Semantics: section 27."""
    refuse("build_op_context", not_built, CONTEXT_KEYWORDS)
    return build_asset_context(resources, run_tags=run_tags)


def invoke(definition: AssetsDefinition, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
    """Call the function of `definition` with these arguments, and what the context can give for the rest."""
    named = dict(kwargs)
    context, args = _context(definition, args, named)
    arguments = _arguments(definition, args, named, context)
    if definition.signature.context is None:
        given: tuple[Any, ...] = ()
    else:
        given = (context,)
    token = CURRENT.set(context)
    try:
        return definition.compute_fn(*given, **arguments)
    finally:
        CURRENT.reset(token)


def _context(
    definition: AssetsDefinition, args: tuple[Any, ...], named: dict[str, Any]
) -> tuple[AssetExecutionContext | None, tuple[Any, ...]]:
    """The context among the arguments, bound to the definition, and the positional arguments without it."""
    wanted = definition.signature.context
    if wanted is not None and wanted in named:
        found = named.pop(wanted)
    elif args and (wanted is not None or isinstance(args[0], OpExecutionContext)):
        found, args = args[0], args[1:]
    elif wanted is not None:
        raise InvalidInvocationError(
            f'"{definition.name}" takes a context and was called without one', "pass build_asset_context()"
        )
    else:
        return None, args
    if not isinstance(found, OpExecutionContext):
        if wanted is not None and found is None:
            found = build_asset_context()
        else:
            raise InvalidInvocationError(
                f'"{definition.name}" takes a context first, not {type(found).__qualname__}',
                "pass build_asset_context()",
            )
    return bound(found, definition), args


def _arguments(
    definition: AssetsDefinition,
    args: tuple[Any, ...],
    named: dict[str, Any],
    context: AssetExecutionContext | None,
) -> dict[str, Any]:
    order = definition.signature.order
    if len(args) > len(order):
        raise InvalidInvocationError(
            f'"{definition.name}" takes {len(order)} arguments and was called with {len(args)}'
        )
    arguments = {parameter.name: value for parameter, value in zip(order, args)}  # noqa: B905  # may be fewer
    for name, value in named.items():
        if name in arguments:
            raise InvalidInvocationError(f'"{definition.name}" was given {name!r} twice')
        known = name in {parameter.name for parameter in order} | definition.signature.ignored
        if not known and not definition.signature.takes_any_keyword:
            raise InvalidInvocationError(
                f'"{definition.name}" has no parameter {name!r}',
                f"it takes: {', '.join(parameter.name for parameter in order) or 'nothing'}",
            )
        arguments[name] = value
    for parameter in order:
        if parameter.name in arguments:
            continue
        if parameter.name in definition.signature.resources:
            if context is not None and parameter.name in dir(context.resources):
                arguments[parameter.name] = getattr(context.resources, parameter.name)
                continue
            if not parameter.has_default:
                raise InvalidInvocationError(
                    f'"{definition.name}" needs the resource {parameter.name!r} and was called without it',
                    f"pass {parameter.name}=..., or a context that has it among its resources",
                )
        elif not parameter.has_default:
            raise InvalidInvocationError(
                f'"{definition.name}" needs {parameter.name!r} and was called without it',
                f"pass the value of the upstream asset: {parameter.name}=...",
            )
    return arguments
