"""`@definitions`: Definitions that a function makes when the project is loaded. Semantics: section 25."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from dagx.errors import InvalidDefinitionError
from dagx.functions.annotations import parameters_of
from dagx.project.defs import Definitions
from dagx.source import SourceLocation, innermost, location_of

__all__ = ["definitions"]


class LazyDefinitions:
    """A function that makes Definitions. Calling it makes them, once."""

    def __init__(self, function: Callable[..., Definitions]) -> None:
        taken = [
            parameter for parameter in parameters_of(function) if parameter.default is inspect.Parameter.empty
        ]
        shown = getattr(innermost(function), "__name__", repr(function))
        if len(taken) > 1:
            raise InvalidDefinitionError(
                f'@definitions decorates "{shown}", which takes {len(taken)} parameters',
                "it may take one at most",
            )
        self.source: SourceLocation | None = location_of(function)
        self._function = function
        self._shown = shown
        self._takes_context = bool(taken)
        self._made: Definitions | None = None

    def __call__(self, context: Any = None) -> Definitions:
        """The Definitions. Raises InvalidDefinitionError when the function returned something else."""
        if self._made is None:
            made: object = self._function(context) if self._takes_context else self._function()
            if not isinstance(made, Definitions):  # pyright: ignore[reportUnnecessaryIsInstance]  # users without a type checker
                raise InvalidDefinitionError(
                    f'"{self._shown}" returned a {type(made).__qualname__}', "return Definitions(...)"
                )
            self._made = made
        return self._made


def definitions(fn: Callable[..., Definitions]) -> LazyDefinitions:
    """Make a function the definitions of a project: it is called when the project is loaded.

    `fn` takes nothing, or one parameter (which is None in dagx), and returns Definitions. Raises
    InvalidDefinitionError. Semantics: section 25.
    """
    return LazyDefinitions(fn)
