"""Parameters and annotations as they are written, on every Python: from 3.14 on an annotation is evaluated when asked
for, and may name what is there for type checkers only. Resolves no text.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from types import FunctionType
from typing import Any, NamedTuple, cast

from dagx.source import is_plain

if sys.version_info >= (3, 14):
    import annotationlib

_Parameter = inspect.Parameter
_NO_DEFAULT: Any = _Parameter.empty
_TAKES_MORE, _TAKES_MORE_BY_NAME = inspect.CO_VARARGS, inspect.CO_VARKEYWORDS


class Declared(NamedTuple):
    """A parameter as `inspect.Parameter` has it, without its annotation; to make one of those takes far longer."""

    name: str
    kind: Any
    default: Any = _NO_DEFAULT


def parameters_of(function: Callable[..., Any]) -> list[Declared]:
    """The parameters as declared: names, kinds and defaults. What they are annotated with, `annotations_of` tells.

    Raises ValueError or TypeError, as `inspect.signature` does, for what has no signature.
    """
    if is_plain(function) and not hasattr(function, "__signature__"):
        return _declared(cast("FunctionType", function))
    if sys.version_info >= (3, 14):
        signature = inspect.signature(function, annotation_format=annotationlib.Format.STRING)
    else:
        signature = inspect.signature(function)
    return [Declared(found.name, found.kind, found.default) for found in signature.parameters.values()]


def _declared(function: FunctionType) -> list[Declared]:
    """What `inspect.signature` says of a function that stands for nothing else, found out in a fraction of the time."""
    code = function.__code__
    by_place, by_name = code.co_argcount, code.co_kwonlyargcount
    if not by_place and not by_name and not code.co_flags & (_TAKES_MORE | _TAKES_MORE_BY_NAME):
        return []
    names, after = code.co_varnames, by_place + by_name
    defaults = (function.__defaults__ or ()) if by_place else ()
    of_name = (function.__kwdefaults__ or {}) if by_name else {}
    without = by_place - len(defaults)
    found = [
        Declared(
            name,
            _Parameter.POSITIONAL_ONLY
            if number < code.co_posonlyargcount
            else _Parameter.POSITIONAL_OR_KEYWORD,
            _NO_DEFAULT if number < without else defaults[number - without],
        )
        for number, name in enumerate(names[:by_place])
    ]
    if code.co_flags & _TAKES_MORE:
        found.append(Declared(names[after], _Parameter.VAR_POSITIONAL))
        after += 1
    found += [
        Declared(name, _Parameter.KEYWORD_ONLY, of_name.get(name, _NO_DEFAULT))
        for name in names[by_place : by_place + by_name]
    ]
    if code.co_flags & _TAKES_MORE_BY_NAME:
        found.append(Declared(names[after], _Parameter.VAR_KEYWORD))
    return found


def annotations_of(function: Callable[..., Any]) -> dict[str, object]:
    """The annotations of a function that has some itself, by parameter and `return`. What cannot be evaluated is text.

    Text can also stand inside: in `list["Order"]`, and from 3.14 on in `list[Order]` where nothing is called Order.
    """
    if sys.version_info >= (3, 14):
        found = annotationlib.get_annotations(function, format=annotationlib.Format.FORWARDREF)
        return {
            name: annotation.__forward_arg__
            if isinstance(annotation, annotationlib.ForwardRef)
            else annotation
            for name, annotation in found.items()
        }
    return dict(getattr(function, "__annotations__", {}))
