"""Parameters and annotations as they are written, on every Python: from 3.14 on an annotation is evaluated when asked
for, and may name what is there for type checkers only. Resolves no text.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from typing import Any

if sys.version_info >= (3, 14):
    import annotationlib


def parameters_of(function: Callable[..., Any]) -> list[inspect.Parameter]:
    """The parameters as declared: names, kinds and defaults. What they are annotated with, `annotations_of` tells.

    Raises ValueError or TypeError, as `inspect.signature` does, for what has no signature.
    """
    if sys.version_info >= (3, 14):
        signature = inspect.signature(function, annotation_format=annotationlib.Format.STRING)
    else:
        signature = inspect.signature(function)
    return list(signature.parameters.values())


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
