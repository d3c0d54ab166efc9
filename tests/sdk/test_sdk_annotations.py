# No `from __future__ import annotations` here: what Python itself makes of an annotation is what is tested.
import functools
import sys
from collections.abc import Callable
from inspect import Parameter
from typing import TYPE_CHECKING, Any

import pytest

from dagx.functions.annotations import annotations_of, parameters_of

if TYPE_CHECKING:
    from decimal import Decimal

evaluated_late = pytest.mark.skipif(sys.version_info < (3, 14), reason="from 3.14 on")


def written_as_text(order: "Decimal", *, limit: int = 3) -> "list[Decimal]": ...


def test_text_stays_text_and_the_rest_is_what_it_names() -> None:
    assert annotations_of(written_as_text) == {"order": "Decimal", "limit": int, "return": "list[Decimal]"}
    assert annotations_of(lambda a: a) == {}


def test_parameters_have_names_kinds_and_defaults() -> None:
    order, limit = parameters_of(written_as_text)
    assert order == ("order", Parameter.POSITIONAL_OR_KEYWORD, Parameter.empty)
    assert limit == ("limit", Parameter.KEYWORD_ONLY, 3)


def test_parameters_are_found_below_wrappers_and_partials() -> None:
    @functools.wraps(written_as_text)
    def wrapped(*args: Any, **keywords: Any) -> None: ...

    assert [p.name for p in parameters_of(wrapped)] == ["order", "limit"]
    assert [p.name for p in parameters_of(functools.partial(written_as_text, 1))] == ["limit"]


def late() -> Callable[..., Any]:
    class Local: ...

    def made(order: Decimal, orders: list[Decimal], either: Decimal | None, here: Local) -> Decimal: ...

    return made


@evaluated_late
def test_a_name_that_is_not_there_is_text_and_others_are_found_also_in_a_function() -> None:
    found = annotations_of(late())
    assert found["order"] == found["return"] == "Decimal"
    assert found["either"] == "Decimal | None"
    assert isinstance(found["here"], type)
    assert [p.name for p in parameters_of(late())] == ["order", "orders", "either", "here"]


@evaluated_late
def test_an_alias_of_what_is_not_there_has_the_text_inside() -> None:
    (inside,) = annotations_of(late())["orders"].__args__
    assert inside.__forward_arg__ == "Decimal"
