"""What holds for every automation condition, and the ids of its nodes."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

from hypothesis import given
from hypothesis import strategies as st

from dagx.automation import terms
from dagx.automation.conditions import AutomationCondition
from dagx.automation.expression import expression
from dagx.automation.identity import node_id

AC = AutomationCondition

LEAVES = st.sampled_from(
    [AC.missing(), AC.newly_updated(), AC.cron_tick_passed("@daily"), AC.in_progress(), AC.any_deps_missing()]
)


def _larger(inner: st.SearchStrategy[AC]) -> st.SearchStrategy[AC]:
    two = st.tuples(inner, inner)
    return st.one_of(
        two.map(lambda pair: pair[0] & pair[1]),
        two.map(lambda pair: pair[0] | pair[1]),
        two.map(lambda pair: pair[0].since(pair[1])),
        inner.map(lambda one: ~one),
        inner.map(AC.newly_true),
        inner.map(AC.any_deps_match),
        inner.map(lambda one: AC.all_checks_match(one, blocking_only=True)),
        st.tuples(inner, st.sampled_from(["x", "y"])).map(lambda pair: pair[0].with_label(pair[1])),
    )


CONDITIONS = st.recursive(LEAVES, _larger, max_leaves=12)


def nodes(condition: AC) -> Iterator[AC]:
    yield condition
    for child in condition.children:
        yield from nodes(child)


@given(CONDITIONS)
def test_no_and_or_or_stands_unlabelled_in_one_of_its_kind(condition: AC) -> None:
    for node in nodes(condition):
        if isinstance(node.term, (terms.And, terms.Or)):
            assert len(node.children) >= 2
            assert all(child.term != node.term or child.label for child in node.children)


@given(CONDITIONS, CONDITIONS, CONDITIONS)
def test_and_and_or_are_associative(a: AC, b: AC, c: AC) -> None:
    assert (a & b) & c == a & (b & c)
    assert (a | b) | c == a | (b | c)


@given(CONDITIONS, LEAVES, LEAVES)
def test_after_replace_nothing_of_the_old_is_left(condition: AC, old: AC, new: AC) -> None:
    replaced = condition.replace(old, new)
    assert condition.replace(old, old) == condition
    if old not in nodes(new):
        assert old not in nodes(replaced)
    if old not in nodes(condition):
        assert replaced == condition


@given(CONDITIONS, CONDITIONS)
def test_conditions_are_equal_exactly_when_their_texts_are(a: AC, b: AC) -> None:
    assert (a == b) == (expression(a) == expression(b))
    if a == b:
        assert hash(a) == hash(b)


def test_nodes_that_remember_keep_their_id_when_a_sibling_comes() -> None:
    remembering = AC.newly_updated().since(AC.cron_tick_passed("@daily"))
    before, after = remembering & AC.missing(), AC.in_progress() & remembering & AC.missing()
    root, other = node_id(before, target="a"), node_id(after, target="a")
    ids = {
        node_id(remembering, target="a", parent=root, index=0),
        node_id(remembering, target="a", parent=other, index=1),
        node_id(remembering.with_label("x"), target="a"),
    }
    assert len(ids) == 1
    assert node_id(remembering, target="b") not in ids
    assert node_id(AC.missing(), target="a", parent=root, index=1) != node_id(
        AC.missing(), target="a", parent=root, index=2
    )


def test_an_id_is_the_same_in_every_process() -> None:
    program = (
        "from dagx.automation.conditions import AutomationCondition as AC\n"
        "from dagx.automation.identity import node_id\n"
        "print(node_id(AC.executed_with_tags({'b', 'a', 'c'}).newly_true(), target='a'))"
    )
    there = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, text=True)
    here = node_id(AC.executed_with_tags({"c", "a", "b"}).newly_true(), target="a")
    assert there.stdout.strip() == here
