"""Calling a definition like the function that it wraps. Semantics: section 27."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from dagx.contexts.step import CURRENT, OpExecutionContext
from dagx.errors import InvalidInvocationError

if TYPE_CHECKING:
    from dagx.assets.definition import AssetsDefinition
    from dagx.functions.op_definition import OpDefinition


def invoke(
    owner: AssetsDefinition | OpDefinition, op: OpDefinition, args: tuple[Any, ...], kwargs: Mapping[str, Any]
) -> Any:
    """Call the function of `op` with these arguments, and what the context can give for the rest.

    `owner` is what was called: the op, or the assets that it makes. Raises InvalidInvocationError.
    """
    named = dict(kwargs)
    context, args = _context(owner, op, args, named)
    arguments = _arguments(op, args, named, context)
    given = () if op.signature.context is None else (context,)
    token = CURRENT.set(context)
    try:
        result = op.compute_fn(*given, **arguments)
    finally:
        CURRENT.reset(token)
    # Late: what defines assets need not know what reads results.
    importlib.import_module("dagx.functions.direct_results").check_result(owner, op, result)
    return result


def _context(
    owner: AssetsDefinition | OpDefinition, op: OpDefinition, args: tuple[Any, ...], named: dict[str, Any]
) -> tuple[OpExecutionContext | None, tuple[Any, ...]]:
    """The context among the arguments, bound to what is called, and the positional arguments without it."""
    wanted = op.signature.context
    if wanted is not None and wanted in named:
        found = named.pop(wanted)
    elif args and (wanted is not None or isinstance(args[0], OpExecutionContext)):
        found, args = args[0], args[1:]
    elif wanted is not None:
        raise InvalidInvocationError(
            f'"{op.name}" takes a context and was called without one', "pass build_asset_context()"
        )
    else:
        return None, args
    if wanted is not None and found is None:
        found = importlib.import_module("dagx.contexts.hand_built").build_asset_context()
    if not isinstance(found, OpExecutionContext):
        raise InvalidInvocationError(
            f'"{op.name}" takes a context first, not {type(found).__qualname__}', "pass build_asset_context()"
        )
    bound = found.bound_to(owner, op)
    if op.config_type is not None and op.signature.config is None:
        bound.op_config = op.config_type.resolve({} if bound.op_config is None else bound.op_config)
    return bound, args


def _arguments(
    op: OpDefinition, args: tuple[Any, ...], named: dict[str, Any], context: OpExecutionContext | None
) -> dict[str, Any]:
    order = op.signature.order
    if len(args) > len(order):
        raise InvalidInvocationError(
            f'"{op.name}" takes {len(order)} arguments and was called with {len(args)}'
        )
    arguments = {parameter.name: value for parameter, value in zip(order, args)}  # noqa: B905  # may be fewer
    for name, value in named.items():
        if name in arguments:
            raise InvalidInvocationError(f'"{op.name}" was given {name!r} twice')
        known = name in {parameter.name for parameter in order} | op.signature.ignored
        if not known and not op.signature.takes_any_keyword:
            raise InvalidInvocationError(
                f'"{op.name}" has no parameter {name!r}',
                f"it takes: {', '.join(parameter.name for parameter in order) or 'nothing'}",
            )
        arguments[name] = value
    for parameter in order:
        name = parameter.name
        if name in arguments:
            continue
        if not parameter.has_default:
            arguments[name] = _missing(op, name, context)
        elif name in op.signature.resources and context is not None and name in dir(context.resources):
            arguments[name] = getattr(context.resources, name)
    return arguments


def _missing(op: OpDefinition, name: str, context: OpExecutionContext | None) -> Any:
    """The value of a parameter that the call did not give: from the context, or the default of an op's input."""
    if name in op.signature.resources:
        if context is not None and name in dir(context.resources):
            return getattr(context.resources, name)
        raise InvalidInvocationError(
            f'"{op.name}" needs the resource {name!r} and was called without it',
            f"pass {name}=..., or a context that has it among its resources",
        )
    if op.signature.config is not None and name == op.signature.config.name:
        said = None if context is None else context.op_config
        if said is not None or op.config_type is None or not op.config_type.is_required:
            return config_argument(op, {} if said is None else said)
        raise InvalidInvocationError(
            f'"{op.name}" takes config and was called without it',
            f"pass {name}=..., or a context with the config of the asset",
        )
    slot = op.input_by_name.get(name)
    if slot is not None and slot.has_default:
        return slot.default
    raise InvalidInvocationError(
        f'"{op.name}" needs {name!r} and was called without it',
        f"pass the value of the upstream asset: {name}=...",
    )


def config_argument(op: OpDefinition, value: object) -> Any:
    """What the parameter `config` of an op receives: an object of the class it is annotated with, or `value`."""
    assert op.signature.config is not None
    run_config: Any = importlib.import_module("dagx.config.run_config")
    return run_config.instantiate(op.signature.config.annotation, value)
