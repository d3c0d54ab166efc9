"""How the function of a schedule or sensor is to be called: its own parameters first, then its resources.

What counts as a resource is said here, in `is_resource_parameter`, and nowhere else in this package.
"""

from __future__ import annotations

import inspect
import re
import types
import typing
from collections.abc import Callable, Mapping
from typing import Any

from dagx.errors import InvalidDefinitionError, InvalidInvocationError
from dagx.functions.annotations import annotations_of, parameters_of
from dagx.record import Record
from dagx.resource_defs.named import is_resource
from dagx.source import innermost

_RESOURCE_TEXT = re.compile(r"(\w+\.)*ResourceParam\[")
_Kind = inspect.Parameter


class Parameters(Record):
    """`own` are the parameters before resources, in order; `annotations` has what they are annotated with."""

    own: tuple[str, ...]
    resources: tuple[str, ...]
    annotations: Mapping[str, object]

    def __init__(
        self, own: tuple[str, ...], resources: tuple[str, ...], annotations: Mapping[str, object]
    ) -> None:
        self._set(own=own, resources=resources, annotations=annotations)

    def resource_arguments(
        self, what: str, context: object, given: Mapping[str, object]
    ) -> dict[str, object]:
        """A value for each resource parameter: from `given`, else among the resources of `context`.

        Raises InvalidInvocationError, naming the one that is missing.
        """
        unknown = [name for name in given if name not in self.resources]
        if unknown:
            raise InvalidInvocationError(f"{what} has no resource parameter {unknown[0]!r}")
        arguments = dict(given)
        wanted = [name for name in self.resources if name not in arguments]
        available = getattr(context, "resources", None) if wanted else None
        for name in wanted:
            if name not in dir(available):
                raise InvalidInvocationError(
                    f"{what} needs the resource {name!r} and was called without it",
                    f"pass {name}=..., or a context built with resources={{{name!r}: ...}}",
                )
            arguments[name] = getattr(available, name)
        return arguments


def is_resource_parameter(annotation: object) -> bool:
    """Whether a parameter so annotated is a resource; text that could not be resolved is read."""
    if isinstance(annotation, str):
        return _RESOURCE_TEXT.match(annotation) is not None
    return is_resource(annotation)


def read_parameters(function: Callable[..., Any], what: str, most: int) -> Parameters:
    """The parameters of `function`, which has no more than `most` of its own, apart from those with a default.

    Raises InvalidDefinitionError for more, for `*args` and `**kwargs`, and for an async function. `what` opens the
    message.
    """
    wrote = innermost(function)
    if inspect.iscoroutinefunction(wrote) or inspect.isasyncgenfunction(wrote):
        raise InvalidDefinitionError(f"{what} is async", "make it a plain function: nothing awaits it")
    annotations = _resolved(function)
    own: list[str] = []
    resources: list[str] = []
    has_default: set[str] = set()
    try:
        parameters = parameters_of(function)
    except (TypeError, ValueError) as error:
        raise InvalidDefinitionError(
            f"{what}: the signature of {function!r} cannot be read", "call it in a function of your own"
        ) from error
    for parameter in parameters:
        if parameter.kind in (_Kind.VAR_POSITIONAL, _Kind.VAR_KEYWORD):
            raise InvalidDefinitionError(
                f"{what} takes {parameter}", "it takes a context and resources: name each as a parameter"
            )
        is_one = is_resource_parameter(annotations.get(parameter.name))
        (resources if is_one else own).append(parameter.name)
        if parameter.default is not _Kind.empty:
            has_default.add(parameter.name)
    unfilled = [name for name in own[most:] if name not in has_default]
    if unfilled:
        extra = ", ".join(repr(name) for name in unfilled)
        raise InvalidDefinitionError(
            f"{what} has parameters that nothing fills: {extra}",
            "annotate resources as ResourceParam[...] or with a class of resources",
        )
    own = own[:most]
    return Parameters(tuple(own), tuple(resources), {name: annotations.get(name) for name in own})


def _resolved(function: Callable[..., Any]) -> dict[str, object]:
    """The annotations, text among them resolved where its names are there."""
    wrote = innermost(function)
    annotations = annotations_of(wrote)
    for name, annotation in annotations.items():
        if not isinstance(annotation, str):
            continue
        probe = types.SimpleNamespace(__annotations__={name: annotation})
        try:
            annotations[name] = typing.get_type_hints(
                probe,
                globalns=getattr(wrote, "__globals__", {}),
                localns=_closure(wrote),
                include_extras=True,
            )[name]
        except Exception:  # noqa: BLE001  # evaluating a user's annotation may raise anything
            continue
    return annotations


def _closure(function: Callable[..., Any]) -> dict[str, object]:
    try:
        return dict(inspect.getclosurevars(function).nonlocals)
    except (TypeError, ValueError):
        return {}
