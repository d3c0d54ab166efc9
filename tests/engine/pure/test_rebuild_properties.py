"""The rule of staleness and the run machine together, over random graphs and edits, against a clean build.

Engine and world are in memory: code and files are numbers, a step's result is computed from them, and what is stored
is a list of records. The numbers I1 to I6 are those of the invariants that every dagx must keep.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from drawn import Needs, graphs
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from dagx_engine.pure import manifest, staleness
from dagx_engine.pure.generation import AssetDef, Generation, Key, StepDef, StepName
from dagx_engine.pure.manifest import ABSENT, Change, Manifest
from dagx_engine.pure.plan import outlook
from dagx_engine.pure.run import (
    Command,
    Event,
    Examine,
    Failed,
    Finish,
    MustRun,
    Reused,
    Run,
    Start,
    Succeeded,
)
from dagx_engine.pure.staleness import (
    Fresh,
    Record,
    Restorable,
    Verdict,
    current_of,
    manifest_of,
    traced_names,
    verdict,
)

FILES = ("f0", "f1")

KINDS: dict[str, Callable[[int], int]] = {
    "sum": lambda total: total,
    "parity": lambda total: total % 2,
    "constant": lambda total: 7,
    "large": lambda total: int(total > 5),
}


@dataclass(frozen=True)
class Code:
    """What a step computes: a kind of function, a number of its own, and the files that it reads.

    When `picks` is set it reads the first file, and the second only if the first holds an odd number.
    """

    kind: str
    number: int
    reads: tuple[str, ...] = ()
    picks: bool = False


@dataclass(frozen=True)
class Tree:
    """All that a person can edit. A file that is not there counts as zero."""

    needs: Needs
    code: dict[StepName, Code]
    files: dict[str, int]

    def read(self, code: Code) -> dict[str, int]:
        """What a step reads, by what it finds."""
        found: dict[str, int] = {}
        for name in code.reads:
            found[name] = self.files.get(name, 0)
            if code.picks and found[name] % 2 == 0:
                break
        return found

    def result(self, step: StepName, inputs: list[int]) -> int:
        code = self.code[step]
        return KINDS[code.kind](code.number + sum(inputs) + sum(self.read(code).values()))

    def clean_build(self) -> dict[StepName, int]:
        found: dict[StepName, int] = {}
        while len(found) < len(self.needs):
            for step, needed in self.needs.items():
                if step not in found and needed <= found.keys():
                    found[step] = self.result(step, [found[need] for need in sorted(needed)])
        return found

    def observe(self, names: frozenset[str]) -> dict[str, str]:
        return {name: str(self.files.get(name.partition(":")[2], ABSENT)) for name in names}

    def generation(self) -> Generation:
        order: dict[StepName, None] = {}
        while len(order) < len(self.needs):
            order |= {s: None for s, needed in self.needs.items() if needed <= order.keys()}
        return Generation(
            1,
            {Key(s): AssetDef(Key(s), s, tuple(map(Key, sorted(self.needs[s])))) for s in order},
            {s: StepDef(s, (Key(s),), (("code:m:" + s, repr(self.code[s])),)) for s in order},
        )


@dataclass
class Engine:
    """Stores and runs. `executed` are the steps that the last run executed."""

    stored: dict[Key, list[Record]] = field(default_factory=dict)
    values: dict[int, int] = field(default_factory=dict)
    executed: list[StepName] = field(default_factory=list)

    def judge(self, tree: Tree, generation: Generation, step: StepName) -> Verdict:
        names = traced_names(record for found in self.stored.values() for record in found)
        return verdict(generation, step, current_of(self.stored), self.stored, tree.observe(names))

    def run(self, tree: Tree, choose: Callable[[int], int]) -> None:
        """Carry a whole run out. `choose` picks, of so many attempts under way, the one that ends next."""
        generation = tree.generation()
        run = Run(tree.needs, slots=2)
        self.executed = []
        todo: list[Command] = run.begin()
        running: list[StepName] = []
        while todo or running:
            command = todo.pop(0) if todo else None
            match command:
                case Examine(step):
                    todo += run.handle(self._examined(tree, generation, step))
                case Start(step, _):
                    running.append(step)
                case None:
                    todo += run.handle(self._executed(tree, generation, running.pop(choose(len(running)))))
                case other:
                    assert isinstance(other, Finish), other
        assert run.over

    def _examined(self, tree: Tree, generation: Generation, step: StepName) -> Event:
        found = self.judge(tree, generation, step)
        match found:
            case Fresh():
                return Reused(step)
            case Restorable(_, records, _):
                for record in records:
                    rest = [old for old in self.stored[record.asset] if old.id != record.id]
                    self.stored[record.asset] = [record, *rest]
                return Reused(step, restored=True)
            case _:
                return MustRun(step)

    def _executed(self, tree: Tree, generation: Generation, step: StepName) -> Event:
        self.executed.append(step)
        versions = current_of(self.stored)
        names = [f"file:{name}" for name in tree.read(tree.code[step])]
        made_from = manifest_of(generation, step, versions, names, tree.observe(frozenset(names)))
        for records in self.stored.values():  # I3
            assert all(not old.whole or old.manifest != made_from for old in records if old.asset == step)
        value = tree.result(step, [self.value(need) for need in sorted(tree.needs[step])])
        before = versions.get(Key(step))
        record = Record(len(self.values), Key(step), made_from, f"v{value}")
        self.values[record.id] = value
        self.stored[Key(step)] = [record, *self.stored.get(Key(step), [])]
        return Succeeded(step, unchanged=before == record.data_version)

    def value(self, step: StepName) -> int:
        record = self.stored[Key(step)][0]
        assert record.whole
        return self.values[record.id]

    def lose(self, step: StepName) -> None:
        """The bytes of the current result are gone."""
        if found := self.stored.get(Key(step)):
            self.stored[Key(step)] = [replace(found[0], whole=False), *found[1:]]


numbers = st.integers(0, 4)
codes = st.builds(
    Code,
    st.sampled_from(sorted(KINDS)),
    numbers,
    st.sampled_from([(), ("f0",), ("f1",), FILES]),
    st.booleans(),
)


@st.composite
def trees(draw: st.DrawFn) -> Tree:
    needs = draw(graphs(most=6))
    return Tree(needs, {step: draw(codes) for step in sorted(needs)}, {name: draw(numbers) for name in FILES})


def edited(draw: st.DrawFn, tree: Tree) -> Tree:
    what = draw(st.sampled_from(["code", "file", "delete", "edge"]))
    step = draw(st.sampled_from(sorted(tree.needs)))
    name = draw(st.sampled_from(FILES))
    match what:
        case "code":
            return replace(tree, code={**tree.code, step: draw(codes)})
        case "file":
            return replace(tree, files={**tree.files, name: draw(numbers)})
        case "delete":
            return replace(tree, files={other: n for other, n in tree.files.items() if other != name})
        case _:
            return replace(tree, needs={**tree.needs, step: frozenset(sorted(tree.needs[step])[1:])})


def chooser(draw: st.DrawFn) -> Callable[[int], int]:
    return lambda count: draw(st.integers(0, count - 1))


def equals_a_clean_build(data: st.DataObject) -> None:
    tree, engine, choose = data.draw(trees()), Engine(), chooser(data.draw)
    for _ in range(data.draw(st.integers(1, 5))):
        engine.run(tree, choose)
        assert {step: engine.value(step) for step in tree.needs} == tree.clean_build()  # I1
        engine.run(tree, choose)
        assert engine.executed == []  # I4
        tree = edited(data.draw, tree)
        if data.draw(st.booleans()):
            engine.lose(data.draw(st.sampled_from(sorted(tree.needs))))


def nothing_is_falsely_fresh(data: st.DataObject) -> None:
    tree, engine, choose = data.draw(trees()), Engine(), chooser(data.draw)
    engine.run(tree, choose)
    for _ in range(data.draw(st.integers(1, 4))):
        tree = edited(data.draw, tree)
        generation = tree.generation()
        observed = tree.observe(traced_names(r for found in engine.stored.values() for r in found))
        found = outlook(generation, list(generation.steps), engine.stored, observed)
        clean = tree.clean_build()
        planned = {item.step for item in found.planned}
        for step in set(tree.needs) - planned:  # I2
            assert engine.value(step) == clean[step]
        if data.draw(st.booleans()):
            engine.run(tree, choose)
            assert set(engine.executed) <= planned


@given(st.data())
def test_a_result_that_comes_out_equal_stops_the_rerun_there(data: st.DataObject) -> None:
    tree, engine, choose = data.draw(trees()), Engine(), chooser(data.draw)
    engine.run(tree, choose)
    before = {step: engine.value(step) for step in tree.needs}
    edits = edited(data.draw, tree)
    engine.run(edits, choose)
    changed = {step for step in edits.needs if engine.value(step) != before[step]}
    for step in engine.executed:  # I5
        same_files = edits.read(edits.code[step]) == tree.read(tree.code[step])
        assert (
            edits.code[step] != tree.code[step]
            or edits.needs[step] != tree.needs[step]
            or not same_files
            or edits.files.keys() != tree.files.keys()
            or edits.needs[step] & changed
        )


def going_back_is_free(data: st.DataObject) -> None:
    tree, engine, choose = data.draw(trees()), Engine(), chooser(data.draw)
    visited = [tree]
    engine.run(tree, choose)
    for _ in range(data.draw(st.integers(1, 3))):
        visited.append(edited(data.draw, visited[-1]))
        engine.run(visited[-1], choose)
    back = data.draw(st.sampled_from(visited))
    engine.run(back, choose)
    assert engine.executed == []  # I6
    assert {step: engine.value(step) for step in back.needs} == back.clean_build()


@given(st.data())
def test_after_any_edits_a_run_equals_a_clean_build_and_a_second_one_executes_nothing(
    data: st.DataObject,
) -> None:
    equals_a_clean_build(data)


@given(st.data())
def test_nothing_is_ever_fresh_that_a_clean_build_would_change(data: st.DataObject) -> None:
    nothing_is_falsely_fresh(data)


@given(st.data())
def test_going_back_to_an_earlier_tree_executes_nothing(data: st.DataObject) -> None:
    going_back_is_free(data)


Plant = Callable[[pytest.MonkeyPatch], None]
"""Puts a bug into the rule."""


def _without(kind: str) -> Plant:
    """Parts of one kind are left out of the key."""

    def plant(patch: pytest.MonkeyPatch) -> None:
        def of(parts: Iterable[tuple[str, str]]) -> Manifest:
            return manifest.Manifest(tuple(sorted((n, d) for n, d in set(parts) if not n.startswith(kind))))

        patch.setattr(staleness.Manifest, "of", staticmethod(of))

    return plant


def _gone_is_unchanged(patch: pytest.MonkeyPatch) -> None:
    def of(*args: Any) -> tuple[Change, ...]:
        return tuple(change for change in manifest.difference(*args) if change.after != ABSENT)

    patch.setattr(staleness, "difference", of)
    patch.setattr(staleness, "_earlier", lambda *args: ())


def _lost_bytes_are_believed(patch: pytest.MonkeyPatch) -> None:
    def believing(generation: Generation, step: StepName, versions: Any, stored: Any, now: Any) -> Verdict:
        whole = {key: [replace(record, whole=True) for record in found] for key, found in stored.items()}
        return staleness.verdict(generation, step, versions, whole, now)

    patch.setattr(sys.modules[__name__], "verdict", believing)


def _only_the_newest_is_looked_at(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(staleness, "_earlier", lambda *args: ())


def _the_newest_is_put_back_whatever_it_was_made_from(patch: pytest.MonkeyPatch) -> None:
    def earlier(generation: Generation, step: StepName, versions: object, stored: Any, now: object) -> Any:
        return tuple(stored[key][0] for key in generation.steps[step].assets if stored.get(key))

    patch.setattr(staleness, "_earlier", earlier)


PLANTED: dict[str, Plant] = {
    "code is not in the key": _without("code:"),
    "inputs are not in the key": _without("input:"),
    "files are not in the key": _without("file:"),
    "a deleted file counts as unchanged": _gone_is_unchanged,
    "lost bytes are believed": _lost_bytes_are_believed,
    "only the newest result is looked at": _only_the_newest_is_looked_at,
    "any result is put back": _the_newest_is_put_back_whatever_it_was_made_from,
}


@pytest.mark.parametrize("name", PLANTED)
def test_a_bug_planted_in_the_rule_is_caught_by_a_property(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    PLANTED[name](monkeypatch)
    assert any(map(_fails, (equals_a_clean_build, nothing_is_falsely_fresh, going_back_is_free)))


def _fails(holds: Callable[[st.DataObject], None]) -> bool:
    hunt = settings(max_examples=150, phases=[Phase.generate])(given(st.data())(holds))
    try:
        hunt()
    except AssertionError:
        return True
    return False


def test_a_failure_is_not_a_result_and_leaves_the_old_one_stale() -> None:
    a = StepName("s0")
    tree, engine = Tree({a: frozenset()}, {a: Code("sum", 1)}, {}), Engine()
    engine.run(tree, lambda count: 0)
    broken = replace(tree, code={a: Code("sum", 2)})
    run = Run(broken.needs, slots=1)
    run.begin()
    run.handle(MustRun(a))
    assert run.handle(Failed(a)) == [Finish(failed=frozenset({a}))]
    assert not isinstance(engine.judge(broken, broken.generation(), a), Fresh | Restorable)
    assert isinstance(engine.judge(tree, tree.generation(), a), Fresh)
