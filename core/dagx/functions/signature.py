"""What each parameter of a step's function is: context, config, resource, or input. Semantics: section 2."""

from __future__ import annotations

import inspect
import re
import sys
import types
import typing
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from dagx.contexts.step import AssetCheckExecutionContext, AssetExecutionContext, OpExecutionContext
from dagx.errors import InvalidDefinitionError
from dagx.functions.annotations import annotations_of, parameters_of
from dagx.names import check_name
from dagx.resource_defs.named import is_resource
from dagx.source import SourceLocation, innermost

CONTEXT_NAMES = ("context", "_context", "context_", "_")
CONFIG_NAME = "config"
_CONTEXT_CLASSES: tuple[object, ...] = (AssetExecutionContext, OpExecutionContext, AssetCheckExecutionContext)
_RESOURCE_TEXT = re.compile(r"(\w+\.)*ResourceParam\[")
_Kind = inspect.Parameter
_YIELDS = inspect.CO_GENERATOR | inspect.CO_ASYNC_GENERATOR


@dataclass(frozen=True)
class Parameter:
    """A parameter and its annotation (Any when there is none, or when its text cannot be resolved)."""

    name: str
    annotation: object
    has_default: bool


@dataclass(frozen=True)
class Signature:
    """How a step's function is to be called.

    `order` has the parameters after the context, as declared; `ignored` those after a `*`, which nothing fills.
    `config` is the parameter of that name, if there is one.
    """

    context: str | None
    config: Parameter | None
    inputs: tuple[Parameter, ...]
    resources: tuple[str, ...]
    order: tuple[Parameter, ...]
    ignored: frozenset[str]
    takes_any_keyword: bool
    returns: object
    is_generator: bool
    source: SourceLocation | None
    """Where the function is written."""


def read_signature(function: Callable[..., Any], what: str) -> Signature:
    """Classify the parameters of `function`; `what` (as in `asset "orders"`) opens the message of an error.

    Raises InvalidDefinitionError for `*args`, positional-only inputs, reserved names, a context that is annotated as
    something else, `config` annotated with what is not there, and a function of C that does not tell its parameters.
    """
    try:
        parameters = parameters_of(function)
    except (TypeError, ValueError):
        raise InvalidDefinitionError(
            f"{what}: {function!r} has no signature that says what it takes",
            "call it in a function of your own",
        ) from None
    hints = _hints(function)
    context = config = None
    if parameters and parameters[0].name in CONTEXT_NAMES and parameters[0].kind in _POSITIONAL:
        context = parameters.pop(0).name
        _check_context(hints.get(context, inspect.Parameter.empty), context, what)
    inputs: list[Parameter] = []
    resources: list[str] = []
    order: list[Parameter] = []
    ignored: set[str] = set()
    takes_any_keyword = False
    for found in parameters:
        hint = hints.get(found.name, Any)
        parameter = Parameter(found.name, _resolved(hint), found.default is not _Kind.empty)
        if found.kind is _Kind.VAR_POSITIONAL:
            raise InvalidDefinitionError(
                f"{what} takes *{found.name}", "name each upstream asset as a parameter"
            )
        if found.kind is _Kind.VAR_KEYWORD:
            takes_any_keyword = True
            continue
        if hint is not Any and _asks_for_resource(hint):
            resources.append(found.name)
        elif found.name == CONFIG_NAME:
            config = parameter
            _check_config(hints.get(found.name), what)
        elif found.kind is _Kind.KEYWORD_ONLY:
            _check_can_be_left_out(parameter, what)
            ignored.add(found.name)
            continue
        elif found.kind is _Kind.POSITIONAL_ONLY:
            raise InvalidDefinitionError(
                f"{what} takes {found.name!r} by position only", "remove the / after it"
            )
        else:
            check_name(found.name, f"{what}: the parameter {found.name!r}")
            inputs.append(parameter)
        order.append(parameter)
    code: types.CodeType | None = getattr(innermost(function), "__code__", None)
    return Signature(
        context=context,
        config=config,
        inputs=tuple(inputs),
        resources=tuple(resources),
        order=tuple(order),
        ignored=frozenset(ignored),
        takes_any_keyword=takes_any_keyword,
        returns=_resolved(hints.get("return", Any)),
        is_generator=code is not None and bool(code.co_flags & _YIELDS),
        source=None if code is None else SourceLocation.of(code),
    )


_POSITIONAL = (_Kind.POSITIONAL_ONLY, _Kind.POSITIONAL_OR_KEYWORD)


def _check_context(annotation: object, name: str, what: str) -> None:
    if annotation is _Kind.empty or annotation in _CONTEXT_CLASSES:
        return
    if isinstance(annotation, str):  # unresolved: imported for type checkers only
        return
    raise InvalidDefinitionError(
        f"{what}: the parameter {name!r} is the context but is annotated as something else",
        "annotate it AssetExecutionContext, or rename it if it is an upstream asset",
    )


def _check_can_be_left_out(parameter: Parameter, what: str) -> None:
    """Parameters after a `*` are no upstream assets: nothing fills them."""
    if not parameter.has_default:
        raise InvalidDefinitionError(
            f"{what}: nothing fills the parameter {parameter.name!r}, which stands after a *",
            "give it a default, or put it before the * if it is the context or an upstream asset",
        )


def _check_config(annotation: object, what: str) -> None:
    if isinstance(annotation, str):  # what it receives depends on it
        raise InvalidDefinitionError(
            f"{what}: the parameter {CONFIG_NAME!r} is annotated {annotation}, which is not there when the function is "
            "decorated",
            "define or import the class before it, and not for type checkers only",
        )


def _asks_for_resource(annotation: object) -> bool:
    if isinstance(annotation, str):
        return _RESOURCE_TEXT.match(annotation) is not None
    return is_resource(annotation)


def _resolved(annotation: object) -> object:
    return Any if isinstance(annotation, str) else annotation


def _hints(function: Callable[..., Any]) -> dict[str, object]:
    """The annotations with their texts resolved; a text stays where its names are for type checkers only."""
    wrote = innermost(function)
    annotations = annotations_of(wrote)
    if not any(_mentions_text(annotation) for annotation in annotations.values()):
        return annotations
    hints: dict[str, object] = {}
    around = {**_surroundings(wrote), **_closure(wrote)}
    for name, annotation in annotations.items():
        probe = types.SimpleNamespace(__annotations__={name: annotation})
        try:
            hints[name] = typing.get_type_hints(
                probe,
                globalns=getattr(wrote, "__globals__", {}),
                localns=around,
                include_extras=True,
            )[name]
        except Exception:  # noqa: BLE001  # evaluating a user's annotation may raise anything
            hints[name] = annotation if isinstance(annotation, str) or is_resource(annotation) else Any
    return hints


def _mentions_text(annotation: object) -> bool:
    if isinstance(annotation, (str, typing.ForwardRef)):
        return True
    return any(_mentions_text(argument) for argument in typing.get_args(annotation))


def _surroundings(function: Callable[..., Any]) -> dict[str, object]:
    """The local names of the functions in which a function is written, while they are being called.

    A text may name a class that is defined beside the function, which its closure has only if its body uses it.
    """
    parts = getattr(function, "__qualname__", "").split(".")
    found: dict[str, object] = {}
    frame: types.FrameType | None = sys._getframe(1)  # pyright: ignore[reportPrivateUsage]
    while "<locals>" in parts and frame is not None:
        is_around = (
            frame.f_globals is getattr(function, "__globals__", None) and frame.f_code.co_name in parts
        )
        if is_around:
            found = {**frame.f_locals, **found}
        frame = frame.f_back
    return found


def _closure(function: Callable[..., Any]) -> dict[str, object]:
    found: dict[str, object] = {}
    code = getattr(function, "__code__", None)
    cells: tuple[types.CellType, ...] = getattr(function, "__closure__", None) or ()
    for name, cell in zip(code.co_freevars if code else (), cells):  # noqa: B905  # of one length by construction
        try:
            found[name] = cell.cell_contents
        except ValueError:  # not assigned yet
            continue
    return found
