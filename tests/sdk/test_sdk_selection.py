"""selection.py: the table of section 15.4, and what dagx adds to it."""

from __future__ import annotations

import pytest

from dagx.errors import InvalidAssetSelectionError, InvalidSubsetError
from dagx.selection import ATTRIBUTES, And, Attribute, Catalog, Not, Or, Selectable, Up, evaluate
from dagx.selection_text import parse, select

KINDS = {"a": {"python"}, "c": {"sql"}}
GROUPS = {"a": "g1", "b": "g1", "p/x": "g1", "c": "g2", "d": "g2"}
UPSTREAM = {"a": {"src"}, "b": {"a"}, "c": {"a"}, "d": {"b", "c"}, "e1": {"d"}, "p/x": {"a"}}

CATALOG = Catalog(
    [
        Selectable(
            key,
            group=GROUPS.get(key, "default"),
            kinds=KINDS.get(key, set()),
            tags={"t": "1", "foo": "bar"} if key == "a" else {},
            owners=["u@x.com", "team:data"] if key == "a" else [],
            external=key == "src",
        )
        for key in ("src", "a", "b", "c", "d", "e1", "e2", "p/x")
    ],
    UPSTREAM,
)


def chosen(text: str) -> str:
    return " ".join(sorted(select(text, CATALOG)))


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("*", "a b c d e1 e2 p/x"),
        ("a", "a"),
        ("a+", "a b c p/x"),
        ("+b", "a b"),
        ("++d", "a b c d"),
        ("*b*", "a b d e1"),
        ("b*", "b d e1"),
        ("key:a", "a"),
        ('key:"a"', "a"),
        ("key:a+", "a b c d e1 p/x"),
        ("key:a+1", "a b c p/x"),
        ("1+key:d", "b c d"),
        ("+key:d", "a b c d"),
        ("key:p/x", "p/x"),
        ('key:"p/x"', "p/x"),
        ("p/x", "p/x"),
        ("key:p/*", "p/x"),
        ("key:*x", "p/x"),
        ("key:e*", "e1 e2"),
        ("group:g1", "a b p/x"),
        ('group:"g*"', "a b c d p/x"),
        ("kind:python", "a"),
        ("kind:<null>", "b d e1 e2 p/x"),
        ("tag:t", ""),
        ("tag:t=1", "a"),
        ('tag:"t"="1"', "a"),
        ('owner:"u@x.com"', "a"),
        ("owner:<null>", ""),
        ("group:<null>", ""),
        ("tag:<null>", ""),
        ("not group:g1", "c d e1 e2"),
        ("group:g1 and not key:a", "b p/x"),
        ("roots(*)", "a e2"),
        ("sinks(*)", "e1 e2 p/x"),
        ("roots(group:g2)", "c"),
        ("sinks(group:g1)", "b p/x"),
        ("(key:a or key:b)+1", "a b c d p/x"),
        ("is:external", "src"),
        ("is:materializable", "a b c d e1 e2 p/x"),
        ("key:src+", "a b c d e1 p/x src"),
        # beyond the table
        ("1+key:b+1", "a b d"),
        ("NOT group:g1 AND key:c OR key:a", "a c"),
        ("key:a or key:b and key:c", "a"),
        ("not not key:a", "a"),
        ("sinks(roots(*)+1)", "b c e2 p/x"),
        ("  key:a   or key:b ", "a b"),
        ('owner:"team:data"', "a"),
        ("key:src", "src"),
        ("+key:src", ""),
        ("key:zzz*", ""),
    ],
)
def test_a_selection_means(text: str, keys: str) -> None:
    assert chosen(text) == keys


@pytest.mark.parametrize(
    "text",
    [
        "1+d",
        "a+1",
        "a or b",
        "a,b",
        "key:*",
        "group:g*",
        "owner:u@x.com",
        "",
        "  ",
        "key:a key:b",
        "KEY:a",
        "key:",
        "(key:a",
        "key:a)",
        "and",
        "not",
        "roots(",
        "other(key:a)",
        "key:a+1+",
        "status:x",
        'key:"a',
        "key:a or",
        "(" * 500 + "key:a" + ")" * 500,
    ],
)
def test_what_cannot_be_read_is_an_error(text: str) -> None:
    with pytest.raises(InvalidAssetSelectionError):
        chosen(text)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("zzz", None),
        ("ee1", 'did you mean "e1"?'),
        ("key:zzz", None),
        ("key:p/y", 'did you mean "p/x"?'),
        ("group:g3", 'did you mean "g2"?'),
        ("kind:pyton", 'did you mean "python"?'),
        ("tag:fo=bar", 'did you mean "foo"?'),
        ("owner:nobody", None),
        ("is:extern", "there are: is:external, is:materializable"),
    ],
)
def test_a_name_that_occurs_nowhere_is_an_error_with_the_near_one(text: str, hint: str | None) -> None:
    with pytest.raises(InvalidSubsetError) as caught:
        chosen(text)
    assert caught.value.hint == hint


def test_an_error_points_at_what_cannot_be_read() -> None:
    with pytest.raises(InvalidAssetSelectionError) as caught:
        chosen("key:a key:b")
    assert caught.value.hint == "key:a key:b\n      ^ put `and` or `or` before this"
    with pytest.raises(InvalidAssetSelectionError, match=r"did you mean \"group\""):
        chosen("groop:g1")


def test_terms_are_values() -> None:
    a, b = Attribute("key", "a"), Attribute("key", "b")
    assert parse("key:a and not key:b") == And(a, Not(b))
    assert parse("1+key:a or key:b") == Or(Up(a, 1), b)
    assert hash(parse("key:a or +key:b")) == hash(parse("key:a or +key:b"))


def test_a_caller_may_know_more_attributes() -> None:
    more = {**ATTRIBUTES, "state": lambda catalog, term: {"b"} if term.value == "stale" else set()}
    assert evaluate(parse("state:stale or key:a"), CATALOG, more) == {"a", "b"}


def test_ten_thousand_assets_in_a_row() -> None:
    size = 10_000
    long = Catalog(
        [Selectable(str(number)) for number in range(size)], {str(n): {str(n - 1)} for n in range(1, size)}
    )
    assert len(select(f"+key:{size - 1}", long)) == size
