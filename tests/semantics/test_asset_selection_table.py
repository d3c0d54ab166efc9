"""Sections 15.2 to 15.4: the text of a selection, row by row."""

from __future__ import annotations

import pytest
from selection_world import ASSETS, keys_of

import dagx as dg

TABLE = [
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
    ('owner:"team:data"', "a"),
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
]


# What is external is left out by some attributes, and not by others.
OF_EXTERNAL = [
    ("key:src", "src"),
    ("key:s*", "src"),
    ('owner:"src@x.com"', "src"),
    ("kind:python", "a"),
    ("tag:t=1", "a"),
    ("group:g3", ""),
    ("+key:src", ""),
    ("+key:a", "a"),
]


@pytest.mark.parametrize(("text", "keys"), [*TABLE, *OF_EXTERNAL])
def test_the_table_of_selections(text: str, keys: str) -> None:
    assert keys_of(dg.AssetSelection.from_string(text)) == keys


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
        "key:a key:b",
        "KEY:a",
    ],
)
def test_the_table_of_what_cannot_be_read(text: str) -> None:
    with pytest.raises(dg.DagsterInvalidAssetSelectionError):
        keys_of(dg.AssetSelection.from_string(text))


def test_a_bare_name_that_does_not_exist_is_an_invalid_subset() -> None:
    with pytest.raises(dg.DagsterInvalidSubsetError, match='no asset "zzz"'):
        keys_of(dg.AssetSelection.from_string("zzz"))


@pytest.mark.parametrize("text", ["key:zzz", "group:g4", "kind:zzz", "tag:zzz=1", 'owner:"zzz"'])
def test_in_dagx_a_value_that_occurs_nowhere_is_an_error_and_not_an_empty_selection(text: str) -> None:
    with pytest.raises(dg.InvalidSubsetError):
        keys_of(dg.AssetSelection.from_string(text))


def test_a_pattern_that_matches_nothing_is_an_empty_selection() -> None:
    assert keys_of(dg.AssetSelection.from_string("key:zzz*")) == ""


def test_a_plus_is_one_level_after_a_bare_name_and_all_levels_after_key() -> None:
    assert keys_of(dg.AssetSelection.from_string("a+")) == "a b c p/x"
    assert keys_of(dg.AssetSelection.from_string("key:a+")) == "a b c d e1 p/x"


@pytest.mark.parametrize(
    ("text", "same_as"),
    [
        ("not key:a and key:b or key:c", "((not key:a) and key:b) or key:c"),
        ("key:a or key:b and key:c", "key:a or (key:b and key:c)"),
        ("NOT key:a AND key:b OR key:c", "not key:a and key:b or key:c"),
    ],
)
def test_not_binds_closer_than_and_and_that_closer_than_or(text: str, same_as: str) -> None:
    one, other = (dg.AssetSelection.from_string(written) for written in (text, same_as))
    assert keys_of(one) == keys_of(other)


@pytest.mark.parametrize("text", ["key:a And key:b", "Not key:a", "Roots(*)", "Group:g1"])
def test_words_of_the_grammar_are_lower_or_upper_case_and_attributes_lower(text: str) -> None:
    with pytest.raises(dg.InvalidAssetSelectionError):
        keys_of(dg.AssetSelection.from_string(text))


@pytest.mark.parametrize(
    "text",
    [
        "column:x",
        "table_name:x",
        'column_tag:"x"="y"',
        "code_location:x",
        "changed_in_branch:x",
        "partitions:x",
        "automation_type:x",
        "sensor:x",
        "schedule:x",
        "job:x",
    ],
)
def test_attributes_that_nobody_answers_yet_are_read_and_refused_when_resolved(text: str) -> None:
    selection = dg.AssetSelection.from_string(text)
    with pytest.raises(NotImplementedError, match="is not built yet") as raised:
        selection.resolve(ASSETS)
    assert isinstance(raised.value, dg.NotBuiltYetError)


@pytest.mark.parametrize(
    "text", ["status:stale", "state:stale", "changed:1h", "not_materialized_in_hours:24"]
)
def test_attributes_of_how_assets_are_now_are_read_and_left_to_the_engine(text: str) -> None:
    selection = dg.AssetSelection.from_string(text)
    with pytest.raises(dg.InvalidAssetSelectionError, match="only the engine knows"):
        selection.resolve(ASSETS)


def test_an_attribute_that_does_not_exist_is_an_error_with_the_near_one() -> None:
    with pytest.raises(dg.InvalidAssetSelectionError, match=r'no "groop:"\s+did you mean "group"\?'):
        dg.AssetSelection.from_string("groop:g1").resolve(ASSETS)
