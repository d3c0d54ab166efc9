"""selection.py: the table of section 15.4, and what dagx adds to it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dagx.errors import InvalidAssetSelectionError, InvalidSubsetError, NotBuiltYetError
from dagx.selecting.attributes import ATTRIBUTES
from dagx.selecting.evaluation import evaluate, evaluate_checks
from dagx.selecting.printing import text_of
from dagx.selecting.terms import (
    CALLS,
    NOTHING,
    And,
    Attribute,
    Catalog,
    Checks,
    Down,
    Everything,
    Not,
    Or,
    Selectable,
    Selection,
    Up,
    WithExternal,
)
from dagx.selecting.text import parse, select

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
    checks={"a:x": "a", "a:y": "a", "b:x": "b", "src:z": "src", "gone:w": "gone"},
    together={"e1": ["e1", "e2"], "e2": ["e1", "e2"]},
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
        ("key:src and not key:b", "src"),
        ("not key:b and not key:c", "a d e1 e2 p/x"),
        ("not *", ""),
        ("1+key:d and not key:d", "b c"),
        ("roots(key:d)", "d"),
        ("with_external(*)", "a b c d e1 e2 p/x src"),
        ("with_external(group:default)", "e1 e2 src"),
        ("with_external(not group:g1)", "c d e1 e2 src"),
        ("with_external(+key:a)", "a"),
        ("upstream_source_assets(key:d)", "src"),
        ("upstream_source_assets(key:e2)", ""),
        ("upstream_source_assets(key:src)", "src"),
        ("required_multi_asset_neighbors(key:e1 or key:a)", "a e1 e2"),
        ("key_prefix:p", "p/x"),
        ('key_prefix:"p/x"', "p/x"),
        ("key_substring:x", "p/x"),
        ("key_substring:zzz", ""),
        ("checks(*)", ""),
        ("is:check", ""),
        ('check:"a:x"', ""),
        ("key:a and not is:check", "a"),
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
        'key:"a',
        'key:"a\\"',
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
        ("x", 'did you mean "p/x"?'),
        ("group:g3", 'did you mean "g2"?'),
        ("kind:pyton", 'did you mean "python"?'),
        ("tag:fo=bar", 'did you mean "foo"?'),
        ("owner:nobody", None),
        ("is:extern", "there are: is:external, is:materializable, is:check"),
        ('key_prefix:"p/y"', 'did you mean "p/x"?'),
        ('check:"a:z"', 'did you mean "a:y"?'),
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
    assert parse("key:a or (key:b or key:a)") == Or(a, b, a)
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


@pytest.mark.parametrize(
    ("text", "checks"),
    [
        ("*", "a:x a:y b:x"),
        ("with_external(*)", "a:x a:y b:x src:z"),
        ("key:a", "a:x a:y"),
        ("key:src", "src:z"),
        ("key:a+", "a:x a:y b:x"),
        ("key:a and not is:check", ""),
        ("is:check", "a:x a:y b:x gone:w src:z"),
        ("not is:check", ""),
        ("checks(key:a)", "a:x a:y"),
        ('check:"a:x"', "a:x"),
        ('check:"*:x"', "a:x b:x"),
        ('* and not check:"*:x"', "a:y"),
        ('check:"a:x" or key:b', "a:x b:x"),
        ("not key:a", "b:x"),
        ("group:g1 and key:a", "a:x a:y"),
    ],
)
def test_a_selection_means_the_checks_of_its_assets_unless_it_speaks_of_checks(
    text: str, checks: str
) -> None:
    assert " ".join(sorted(evaluate_checks(parse(text), CATALOG))) == checks


@pytest.mark.parametrize("name", ["state", "status", "changed", "not_materialized_in_hours"])
def test_how_assets_are_now_only_the_engine_knows(name: str) -> None:
    with pytest.raises(InvalidAssetSelectionError, match="only the engine knows"):
        chosen(f"{name}:1h")


@pytest.mark.parametrize(
    "name",
    [
        "column",
        "table_name",
        "column_tag",
        "code_location",
        "changed_in_branch",
        "partitions",
        "automation_type",
        "sensor",
        "schedule",
        "job",
    ],
)
def test_an_attribute_that_is_known_and_not_built_says_so(name: str) -> None:
    with pytest.raises(NotBuiltYetError, match="is not built yet"):
        chosen(f"{name}:x")


def test_quotes_take_any_text_with_a_backslash_before_what_would_mean_something() -> None:
    odd = Catalog([Selectable(key) for key in ('a"b', "a*b", "axb", "a\\b", "a\nb", r"one\/segment")], {})
    for text, keys in [
        (r'key:"a\"b"', {'a"b'}),
        (r'key:"a\*b"', {"a*b"}),
        (r'key:"a\\b"', {"a\\b"}),
        (r'key:"a\nb"', {"a\nb"}),
        (r'key:"a\**"', {"a*b"}),
        (r'key:"*\\*"', {"a\\b", r"one\/segment"}),
        (r'key:"one\/segment"', {r"one\/segment"}),
        ('key:"one/segment"', {r"one\/segment"}),
        ('key:"one/*"', {r"one\/segment"}),
    ]:
        assert select(text, odd) == keys, text


def test_a_value_may_begin_with_a_digit() -> None:
    years = Catalog([Selectable("2024_sales"), Selectable("2024")], {"2024": {"2024_sales"}})
    assert select("key:2024_sales+1", years) == {"2024_sales", "2024"}
    assert select("2+key:2024", years) == {"2024_sales", "2024"}
    assert parse("changed:1h") == Attribute("changed", "1h")


NAMES = st.sampled_from(["key", "group", "tag", "kind", "owner", "check", "is", "state"])
DEPTHS = st.none() | st.integers(0, 3)


def attributes() -> st.SearchStrategy[Selection]:
    exact = st.builds(Attribute, NAMES, st.none() | st.text(max_size=6))
    tags = st.builds(Attribute, st.just("tag"), st.text(max_size=4), st.text(min_size=1, max_size=4))
    stars = st.sampled_from(["*", "a*", "*\\**", "*\\\\", 'a"*', "\n*"])
    return exact | tags | st.builds(lambda name, star: Attribute(name, star, is_pattern=True), NAMES, stars)


def composed(inner: st.SearchStrategy[Selection]) -> st.SearchStrategy[Selection]:
    calls = [st.builds(call, inner) for call in CALLS.values()]
    walks = [st.builds(walk, inner, DEPTHS) for walk in (Up, Down)]
    several = [
        st.builds(lambda parts, kind=kind: kind(*parts), st.lists(inner, min_size=2, max_size=4))
        for kind in (And, Or)
    ]
    return st.one_of(*calls, *walks, *several, st.builds(Not, inner))


@given(st.recursive(attributes() | st.just(Everything()), composed, max_leaves=12))
def test_every_selection_is_read_back_from_its_text(selection: Selection) -> None:
    assert parse(text_of(selection)) == selection


@pytest.mark.parametrize(
    ("selection", "text"),
    [
        (Everything(), "*"),
        (NOTHING, "not *"),
        (Up(Attribute("key", "a"), 1), '1+key:"a"'),
        (Down(Or(Attribute("key", "a"), Attribute("key", "b"))), '(key:"a" or key:"b")+'),
        (And(Everything(), Not(Attribute("group", "g"))), '* and not group:"g"'),
        (Attribute("tag", "t", "1"), 'tag:"t"="1"'),
        (WithExternal(Attribute("kind", None)), "with_external(kind:<null>)"),
        (Checks(Everything()), "checks(*)"),
        (And(Or(Everything(), Everything()), Attribute("is", "external")), "(* or *) and is:external"),
    ],
)
def test_the_text_of_a_selection(selection: Selection, text: str) -> None:
    assert text_of(selection) == text


def test_ten_thousand_names_in_one_selection() -> None:
    keys = [str(number) for number in range(10_000)]
    text = text_of(Or(*(Attribute("key", key) for key in keys)))
    assert len(select(text, Catalog([Selectable(key) for key in keys], {}))) == 10_000


def test_an_asset_that_needs_itself_is_a_root_all_the_same() -> None:
    chain = Catalog([Selectable("a"), Selectable("b")], {"a": {"a"}, "b": {"a", "b"}})
    assert select("roots(*)", chain) == {"a"}
    assert select("sinks(*)", chain) == {"b"}
