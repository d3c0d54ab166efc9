"""Sections 15.1 to 15.3: AssetSelection."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from selection_world import ASSETS, keys_of, multi, named

import dagx as dg

S = dg.AssetSelection
A, SRC = named("a"), named("src")


@pytest.mark.parametrize(
    ("selection", "keys"),
    [
        (S.all(), "a b c d e1 e2 p/x"),
        (S.all(include_sources=True), "a b c d e1 e2 p/x src"),
        (S.assets("a", "src"), "a src"),
        (S.assets(dg.AssetKey("a"), ["p", "x"]), "a p/x"),
        (S.assets(A, SRC), "a src"),
        (S.assets("p/x"), "p/x"),
        (S.assets(multi), "e1 e2"),
        (S.assets(), ""),
        (S.key_prefixes("p"), "p/x"),
        (S.key_prefixes(["p"]), "p/x"),
        (S.key_prefixes(["p", "x"]), "p/x"),
        (S.key_prefixes("p", "a"), "a p/x"),
        (S.key_prefixes("src"), ""),
        (S.key_prefixes("src", include_sources=True), "src"),
        (S.key_substring("e"), "e1 e2"),
        (S.key_substring("/"), "p/x"),
        (S.key_substring("r"), ""),
        (S.key_substring("r", include_sources=True), "src"),
        (S.groups("g1"), "a b p/x"),
        (S.groups("g1", "g2"), "a b c d p/x"),
        (S.groups("default"), "e1 e2"),
        (S.groups("g3"), ""),
        (S.groups("g3", "g2", include_sources=True), "c d src"),
        (S.groups(), ""),
        (S.tag("t", "1"), "a"),
        (S.tag("t", "2"), ""),
        (S.tag("t", ""), ""),
        (S.tag("t", "1", include_sources=True), "a src"),
        (S.tag_string("t=1"), "a"),
        (S.tag_string("t"), ""),
        (S.tag_string("t=1", include_sources=True), "a src"),
        (S.kind("python"), "a"),
        (S.kind("python", include_sources=True), "a src"),
        (S.kind(None), "b d e1 e2 p/x"),
        (S.owner("u@x.com"), "a"),
        (S.owner("src@x.com"), "src"),
        (S.owner("team:data"), "a"),
        (S.from_string("key:a+1"), "a b c p/x"),
        (S.from_string("*", include_sources=True), "a b c d e1 e2 p/x src"),
        (S.from_string("group:g3", include_sources=True), "src"),
    ],
)
def test_a_selection_is_made_of(selection: dg.AssetSelection, keys: str) -> None:
    assert keys_of(selection) == keys


@pytest.mark.parametrize(
    ("selection", "keys"),
    [
        (S.assets("d").upstream(), "a b c d"),
        (S.assets("d").upstream(depth=1), "b c d"),
        (S.assets("d").upstream(depth=0), "d"),
        (S.assets("d").upstream(include_self=False), "a b c"),
        (S.assets("b", "d").upstream(include_self=False), "a c"),
        (S.assets("src").upstream(), ""),
        (S.assets("a").downstream(), "a b c d e1 p/x"),
        (S.assets("a").downstream(depth=1), "a b c p/x"),
        (S.assets("a").downstream(include_self=False), "b c d e1 p/x"),
        (S.assets("src").downstream(), "a b c d e1 p/x src"),
        (S.assets("src").downstream(include_self=False), "a b c d e1 p/x"),
        (S.all().roots(), "a e2"),
        (S.assets("d").roots(), "d"),
        (S.groups("g2").roots(), "c"),
        (S.assets("a", "d").roots(), "a"),
        (S.assets("src", "e1").roots(), "src"),
        (S.assets("a", "d").sinks(), "d"),
        (S.assets("src", "e1", "e2").sinks(), "e1 e2"),
        (S.assets("src", "a").roots(), "src"),
        (S.all().sinks(), "e1 e2 p/x"),
        (S.groups("g1").sinks(), "b p/x"),
        (S.assets("d").upstream_source_assets(), "src"),
        (S.assets("e2").upstream_source_assets(), ""),
        (S.assets("src").upstream_source_assets(), "src"),
        (S.all(include_sources=True).materializable(), "a b c d e1 e2 p/x"),
        (S.assets("src", "a").materializable(), "a"),
        (S.assets("e1").required_multi_asset_neighbors(), "e1 e2"),
        (S.assets("a").required_multi_asset_neighbors(), "a"),
        (S.assets("a").without_checks(), "a"),
        (S.assets("a") | S.assets("b"), "a b"),
        (S.groups("g1") & S.kind("python"), "a"),
        (S.groups("g1") - S.assets("a"), "b p/x"),
        (S.assets("src", "a") - S.assets("a"), "src"),
        (S.all() - S.groups("g1") - S.groups("g2"), "e1 e2"),
        (S.all() - (S.groups("g1") | S.assets("c")), "d e1 e2"),
        ((S.assets("a") | S.assets("b")) & S.assets("b", "c"), "b"),
    ],
)
def test_a_selection_is_changed_by(selection: dg.AssetSelection, keys: str) -> None:
    assert keys_of(selection) == keys


def test_a_multi_asset_that_can_be_subset_has_no_neighbors_that_are_required() -> None:
    @dg.multi_asset(specs=[dg.AssetSpec("x"), dg.AssetSpec("y")], can_subset=True)
    def either() -> None: ...

    assert S.assets("x").required_multi_asset_neighbors().resolve([either]) == {dg.AssetKey("x")}


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (lambda: S.keys("a"), S.assets("a"), "use AssetSelection.assets"),
        (lambda: S.all().sources(), S.all().roots(), "use AssetSelection.roots"),
    ],
)
def test_old_names_do_the_same_and_warn(
    old: Callable[[], dg.AssetSelection], new: dg.AssetSelection, words: str
) -> None:
    with pytest.warns(DeprecationWarning, match=words):
        assert old() == new


@pytest.mark.parametrize(
    ("selection", "checks"),
    [
        (S.all(), "a:x a:y b:x"),
        (S.assets("a"), "a:x a:y"),
        (S.assets("c"), ""),
        (S.assets("a").downstream(depth=1), "a:x a:y b:x"),
        (S.assets("a").without_checks(), ""),
        (S.all() - S.all_asset_checks(), ""),
        (S.all_asset_checks(), "a:x a:y b:x"),
        (S.checks_for_assets("a"), "a:x a:y"),
        (S.checks_for_assets(A, "b"), "a:x a:y b:x"),
        (S.checks(dg.AssetCheckKey(dg.AssetKey("a"), "x")), "a:x"),
        (S.checks(A), "a:x a:y"),
        (S.assets("b") | S.checks(dg.AssetCheckKey(dg.AssetKey("a"), "x")), "a:x b:x"),
        (S.assets("a") - S.checks(dg.AssetCheckKey(dg.AssetKey("a"), "x")), "a:y"),
        (S.all() - S.assets("a"), "b:x"),
    ],
)
def test_selecting_an_asset_selects_its_checks_until_they_are_left_out(
    selection: dg.AssetSelection, checks: str
) -> None:
    found = selection.resolve_checks(ASSETS)
    assert " ".join(sorted(key.to_user_string() for key in found)) == checks


@pytest.mark.parametrize(
    "selection",
    [S.all_asset_checks(), S.checks_for_assets("a"), S.checks(dg.AssetCheckKey(dg.AssetKey("a"), "x"))],
)
def test_a_selection_of_checks_has_no_assets(selection: dg.AssetSelection) -> None:
    assert keys_of(selection) == ""


@pytest.mark.parametrize(
    ("selection", "words"),
    [
        (S.assets("zzz"), 'no asset "zzz"'),
        (S.assets("dd"), 'did you mean "d"?'),
        (S.checks(dg.AssetCheckKey(dg.AssetKey("a"), "xx")), 'did you mean "a:x"?'),
        (S.checks_for_assets("zzz"), 'no asset "zzz"'),
    ],
)
def test_a_name_that_does_not_exist_is_an_error_with_the_near_one(
    selection: dg.AssetSelection, words: str
) -> None:
    with pytest.raises(dg.DagsterInvalidSubsetError) as caught:
        selection.resolve(ASSETS)
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("selection", "words"),
    [
        (S.groups("g4"), 'no group "g4"\n  did you mean "g3"?'),
        (S.kind("pyton"), 'no kind "pyton"\n  did you mean "python"?'),
        (S.owner("x@y.z"), 'no owner "x@y.z"'),
        (S.tag("tt", "1"), 'no tag "tt"'),
        (S.key_prefixes("q"), 'no asset key begins with "q"'),
    ],
)
def test_in_dagx_a_group_kind_owner_tag_or_prefix_that_occurs_nowhere_is_an_error_too(
    selection: dg.AssetSelection, words: str
) -> None:
    with pytest.raises(dg.InvalidSubsetError) as caught:
        selection.resolve(ASSETS)
    assert words in str(caught.value)


@pytest.mark.parametrize("text", ["", "=1", "a=b=c"])
def test_a_tag_string_is_a_key_and_a_value(text: str) -> None:
    with pytest.raises(dg.InvalidArgumentError, match="is no tag"):
        S.tag_string(text)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: S.assets("a") | "b",  # type: ignore[operator]
        lambda: S.assets("a") & None,  # type: ignore[operator]
        lambda: S.assets("a") - A,
        lambda: S.assets("a").upstream(depth=-1),
        lambda: S.assets("a").downstream(depth=-1),
        lambda: S.checks("a"),
        lambda: S.all().resolve("a"),
        lambda: S.all().resolve([3]),
        lambda: S.all().resolve(3),
    ],
)
def test_what_is_no_selection_and_no_asset_is_refused(wrong: Callable[[], object]) -> None:
    with pytest.raises(dg.InvalidArgumentError):
        wrong()


@pytest.mark.parametrize(
    ("given", "keys"),
    [
        ("group:g1", "a b p/x"),
        (["a", "group:g2"], "a c d"),
        ([dg.AssetKey("a"), dg.AssetKey(["p", "x"])], "a p/x"),
        ([A, multi], "a e1 e2"),
        ([A, "key:b", dg.AssetKey("c")], "a b c"),
        ([SRC], "src"),
        (("a", "b"), "a b"),
        ([], ""),
        (S.assets("a"), "a"),
        (A, "a"),
        (dg.AssetKey("a"), "a"),
    ],
)
def test_many_things_can_stand_for_a_selection(given: object, keys: str) -> None:
    assert keys_of(S.from_coercible(given)) == keys


def test_a_selection_stands_for_itself() -> None:
    selection = S.assets("a")
    assert S.from_coercible(selection) is selection


@pytest.mark.parametrize("given", [3, None, [3], {"a": 1}])
def test_what_cannot_stand_for_a_selection_is_refused(given: object) -> None:
    with pytest.raises(dg.InvalidArgumentError, match="is no selection of assets"):
        S.from_coercible(given)


SELECTIONS: Sequence[tuple[dg.AssetSelection, str]] = [
    (S.all(), "*"),
    (S.all(include_sources=True), "with_external(*)"),
    (S.assets("a"), 'key:"a"'),
    (S.assets("a", "p/x"), 'key:"a" or key:"p/x"'),
    (S.assets(), "not *"),
    (S.key_prefixes("p"), 'key_prefix:"p"'),
    (S.key_substring("x"), 'key_substring:"x"'),
    (S.groups("g1", "g2"), 'group:"g1" or group:"g2"'),
    (S.groups("g1", include_sources=True), 'with_external(group:"g1")'),
    (S.tag("t", "1"), 'tag:"t"="1"'),
    (S.tag("t", ""), 'tag:"t"'),
    (S.kind("python"), 'kind:"python"'),
    (S.kind(None), "kind:<null>"),
    (S.owner("u@x.com"), 'owner:"u@x.com"'),
    (S.all_asset_checks(), "is:check"),
    (S.checks(dg.AssetCheckKey(dg.AssetKey("a"), "x")), 'check:"a:x"'),
    (S.checks_for_assets("a"), 'checks(key:"a")'),
    (S.assets("a").upstream(), '+key:"a"'),
    (S.assets("a").upstream(1), '1+key:"a"'),
    (S.assets("a").downstream(2), 'key:"a"+2'),
    (S.assets("a", "b").downstream(), '(key:"a" or key:"b")+'),
    (S.assets("a").upstream().downstream(), '(+key:"a")+'),
    (S.assets("a").upstream(include_self=False), '+key:"a" and not key:"a"'),
    (S.all().roots(), "roots(*)"),
    (S.all().sinks(), "sinks(*)"),
    (S.groups("g1").upstream_source_assets(), 'upstream_source_assets(group:"g1")'),
    (S.groups("g1").materializable(), 'group:"g1" and is:materializable'),
    (S.assets("a").required_multi_asset_neighbors(), 'required_multi_asset_neighbors(key:"a")'),
    (S.assets("a").without_checks(), 'key:"a" and not is:check'),
    (S.all() - S.groups("g1"), '* and not group:"g1"'),
    (S.assets("a") & (S.groups("g1") | S.groups("g2")), 'key:"a" and (group:"g1" or group:"g2")'),
    (S.assets("a") | S.groups("g1") & S.kind("k"), 'key:"a" or group:"g1" and kind:"k"'),
    (S.groups("g*"), r'group:"g\*"'),
    (S.assets(dg.AssetKey("a/b")), r'key:"a\\/b"'),
]


@pytest.mark.parametrize(("selection", "text"), SELECTIONS)
def test_a_selection_is_shown_as_text_and_read_back_from_it(selection: dg.AssetSelection, text: str) -> None:
    assert str(selection) == text
    assert selection.to_selection_str() == text
    assert S.from_string(text) == selection
    assert repr(selection) == f"AssetSelection.from_string({text!r})"


def test_selections_are_values() -> None:
    assert S.assets("a") | S.assets("b") == S.assets("a", "b")
    assert hash(S.assets("a") | S.assets("b")) == hash(S.assets("a", "b"))
    assert S.assets("a") & S.assets("b") != S.assets("a") | S.assets("b")
    with pytest.raises(AttributeError):
        S.all().term = None  # type: ignore[assignment]


def test_a_str_is_split_at_slashes_and_a_key_is_not() -> None:
    @dg.asset(key=["a", "b"])
    def two() -> None: ...

    one = dg.AssetSpec("a/b")
    check = dg.asset_check(asset=two, name="x")(lambda: dg.AssetCheckResult(passed=True))
    assert S.assets("a/b").resolve([two, one]) == {dg.AssetKey(["a", "b"])}
    with pytest.warns(DeprecationWarning, match="AssetSelection.assets"):
        assert S.keys("a/b").resolve([two, one]) == {dg.AssetKey(["a", "b"])}
    assert S.checks_for_assets("a/b").resolve_checks([two, one, check]) == {dg.AssetCheckKey(two.key, "x")}
    assert S.assets(dg.AssetKey("a/b")).resolve([two, one]) == {dg.AssetKey("a/b")}
    assert S.from_string('key:"a/*"').resolve([two, one]) == {dg.AssetKey(["a", "b"]), dg.AssetKey("a/b")}


def test_what_is_needed_and_not_defined_counts_as_external() -> None:
    @dg.asset(deps=["elsewhere"])
    def here() -> None: ...

    assert S.all().resolve([here]) == {dg.AssetKey("here")}
    assert S.from_string("is:external").resolve([here]) == {dg.AssetKey("elsewhere")}
