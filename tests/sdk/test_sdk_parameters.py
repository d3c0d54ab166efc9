"""Parameters of plain functions are found out without `inspect.signature`, and are what it says."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any

import pytest

from dagx.functions.annotations import parameters_of
from dagx.source import doc_of


def none() -> None: ...
def plain(a: int, b: Any) -> None: ...
def defaults(a: int, b: int = 1, c: int | None = None) -> None: ...
def by_place(a: int, b: int = 2, /, c: int = 3) -> None: ...
def by_name(a: int, *, b: int, c: int = 3) -> None: ...
def more(*args: int) -> None: ...
def all_names(**kwargs: int) -> None: ...
def everything(a: int, b: int = 1, /, c: int = 2, *args: int, d: int, e: int = 5, **kwargs: int) -> None: ...
def with_locals(a: int) -> int:
    b = a + 1
    return a + b


@functools.wraps(plain)
def wrapping(*args: Any) -> None: ...


def signed(*args: Any) -> None: ...


signed.__signature__ = inspect.signature(by_name)  # type: ignore[attr-defined]  # as some libraries set it
FUNCTIONS = (
    none,
    plain,
    defaults,
    by_place,
    by_name,
    more,
    all_names,
    everything,
    with_locals,
    wrapping,
    signed,
)


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda function: str(function.__name__))
def test_they_are_what_the_signature_says(function: Callable[..., Any]) -> None:
    said = [(p.name, p.kind, p.default) for p in inspect.signature(function).parameters.values()]
    assert [(p.name, p.kind, p.default) for p in parameters_of(function)] == said


def documented() -> None:
    """First line.

    Second one,
        indented.
    """


class Called:
    """Of the class."""

    def __call__(self) -> None:
        """Of the call."""


@pytest.mark.parametrize("function", [none, documented, functools.partial(documented), len])
def test_a_docstring_is_cleaned_as_inspect_does(function: Callable[..., Any]) -> None:
    wrote = getattr(function, "func", function)
    assert doc_of(function) == inspect.getdoc(wrote)


def test_the_docstring_of_an_object_is_that_of_its_call() -> None:
    assert doc_of(Called()) == "Of the call."
