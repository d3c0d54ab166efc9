"""The rule of staleness and the run machine together, over random graphs and edits, against a clean build.

Engine and world are in memory: code and files are numbers, a step's result is computed from them, and what is stored
is a list of records. The numbers I1 to I7 are those of the invariants that every dagx must keep.
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
from dagx_engine.pure.definitions import AssetDef, CheckDef, CheckKey, Key, Product, StepDef, StepName
from dagx_engine.pure.generation import Generation
from dagx_engine.pure.manifest import ABSENT, Change, Manifest
from dagx_engine.pure.plan import outlook
from dagx_engine.pure.run import (
    Command,
    Event,
    Examine,
    Failed,
    Finish,
    Held,
    MustRun,
    Reused,
    Run,
    Skip,
    Start,
    Succeeded,
)
from dagx_engine.pure.staleness import (
    LEFT_OUT,
    Fresh,
    Record,
    Restorable,
    Verdict,
    absent_assets,
    current_of,
    left_out,
    manifest_of,
    traced_names,
    verdict,
)

FILES = ("f0", "f1")

KINDS: dict[str, Callable[[int], int | None]] = {
    "sum": lambda total: total,
    "parity": lambda total: total % 2,
    "constant": lambda total: 7,
    "large": lambda total: int(total > 5),
    "optional": lambda total: None if total % 2 else total,
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
class Check:
    """Passes while the value of its asset is no larger than a limit."""

    limit: int
    blocking: bool = False


def check_of(step: StepName) -> StepName:
    """The step of the check of an asset."""
    return StepName(f"{step}_check")


@dataclass(frozen=True)
class Tree:
    """All that a person can edit. A file that is not there counts as zero."""

    needs: Needs
    code: dict[StepName, Code]
    files: dict[str, int]
    checks: dict[StepName, Check] = field(default_factory=dict)

    def read(self, code: Code) -> dict[str, int]:
        """What a step reads, by what it finds."""
        found: dict[str, int] = {}
        for name in code.reads:
            found[name] = self.files.get(name, 0)
            if code.picks and found[name] % 2 == 0:
                break
        return found

    def result(self, step: StepName, inputs: list[int]) -> int | None:
        """The value, or None when the step leaves its asset out."""
        code = self.code[step]
        return KINDS[code.kind](code.number + sum(inputs) + sum(self.read(code).values()))

    def clean_build(self) -> dict[StepName, int]:
        """What there is after all was made from nothing: not what was left out or held back, nor what needs it."""
        found: dict[StepName, int] = {}
        for step in self.generation().steps:
            if step in self.needs and all(
                need in found and not self.holds_back(need, found[need]) for need in self.needs[step]
            ):
                value = self.result(step, [found[need] for need in sorted(self.needs[step])])
                if value is not None:
                    found[step] = value
        return found

    def holds_back(self, step: StepName, value: int) -> bool:
        """Whether a blocking check of the asset fails."""
        check = self.checks.get(step)
        return check is not None and check.blocking and value > check.limit

    def observe(self, names: frozenset[str]) -> dict[str, str]:
        return {name: str(self.files.get(name.partition(":")[2], ABSENT)) for name in names}

    def generation(self) -> Generation:
        order: dict[StepName, None] = {}
        while len(order) < len(self.needs):
            order |= {s: None for s, needed in self.needs.items() if needed <= order.keys()}
        steps: dict[StepName, StepDef] = {}
        checks: dict[CheckKey, CheckDef] = {}
        for s in order:
            steps[s] = StepDef(s, (Key(s),), (("code:m:" + s, repr(self.code[s])),))
            if s in self.checks:
                key, name = CheckKey(Key(s), "small"), check_of(s)
                checks[key] = CheckDef(key, name, (Key(s),), self.checks[s].blocking)
                steps[name] = StepDef(
                    name, (), (("code:m:" + name, str(self.checks[s].limit)),), checks=(key,), loads=(Key(s),)
                )
        return Generation(
            1,
            {Key(s): AssetDef(Key(s), s, tuple(map(Key, sorted(self.needs[s])))) for s in order},
            steps,
            checks,
        )


@dataclass
class Engine:
    """Stores and runs. `executed` are the steps that the last run executed."""

    stored: dict[Product, list[Record]] = field(default_factory=dict)
    values: dict[int, int | None] = field(default_factory=dict)
    executed: list[StepName] = field(default_factory=list)

    def judge(self, tree: Tree, generation: Generation, step: StepName) -> Verdict:
        names = traced_names(record for found in self.stored.values() for record in found)
        absent = absent_assets(generation, left_out(self.stored))
        return verdict(
            generation, step, current_of(self.stored), self.stored, tree.observe(names), absent=absent
        )

    def run(self, tree: Tree, choose: Callable[[int], int]) -> None:
        """Carry a whole run out. `choose` picks, of so many attempts under way, the one that ends next."""
        generation = tree.generation()
        run = Run({step: generation.waits_for(step) for step in generation.steps}, slots=2)
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
                case Skip():
                    pass
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
            case staleness.Held(_, absent):
                return Held(step, generation.assets[absent[0]].step or step)
            case Restorable(_, records, _):
                for record in records:
                    rest = [old for old in self.stored[record.product] if old.id != record.id]
                    self.stored[record.product] = [record, *rest]
                return Reused(step, restored=True)
            case _:
                return MustRun(step)

    def _executed(self, tree: Tree, generation: Generation, step: StepName) -> Event:
        self.executed.append(step)
        checks = generation.steps[step].checks
        return self._checked(tree, generation, checks[0]) if checks else self._made(tree, generation, step)

    def _made(self, tree: Tree, generation: Generation, step: StepName) -> Event:
        names = [f"file:{name}" for name in tree.read(tree.code[step])]
        inputs = [self.value(need) for need in sorted(tree.needs[step])]
        value = tree.result(step, [each for each in inputs if each is not None])
        assert None not in inputs, "it ran without what it needs"
        before = self._keep(
            tree, generation, step, Key(step), names, LEFT_OUT if value is None else f"v{value}", value
        )
        return Succeeded(step, unchanged=before)

    def _checked(self, tree: Tree, generation: Generation, key: CheckKey) -> Event:
        target = StepName(key.asset)
        value = self.value(target)
        assert value is not None, "there is nothing to be checked"
        check = tree.checks[target]
        whole = not tree.holds_back(target, value)
        self._keep(tree, generation, check_of(target), key, [], str(value <= check.limit), None, whole)
        return Succeeded(check_of(target)) if whole else Failed(check_of(target))

    def _keep(
        self,
        tree: Tree,
        generation: Generation,
        step: StepName,
        product: Product,
        names: list[str],
        version: str,
        value: int | None,
        whole: bool = True,
    ) -> bool:
        """Store a result; whether it equals the one before."""
        observed = tree.observe(frozenset(names))
        made_from = manifest_of(generation, step, current_of(self.stored), names, observed)
        old = self.stored.get(product, [])
        assert all(not record.whole or record.manifest != made_from for record in old)  # I3
        record = Record(len(self.values), product, made_from, version, whole)
        self.values[record.id] = value
        self.stored[product] = [record, *old]
        return bool(old) and old[0].data_version == version

    def value(self, step: StepName) -> int | None:
        """The current value; None when the step left it out."""
        record = self.stored[Key(step)][0]
        assert record.whole
        return self.values[record.id]

    def values_now(self, tree: Tree) -> dict[StepName, int]:
        """The values that are there: not what was left out, what was held back, nor what needs that."""
        generation = tree.generation()
        absent = absent_assets(generation, left_out(self.stored))
        blocked = generation.below(self.failing(tree))
        found: dict[StepName, int] = {}
        for step in set(tree.needs) - blocked:
            value = None if Key(step) in absent else self.value(step)
            if value is not None:
                found[step] = value
        return found

    def failing(self, tree: Tree) -> list[StepName]:
        """The steps of blocking checks that failed in the last run."""
        return [
            step
            for key, check in tree.generation().checks.items()
            for step in [check.step]
            if self.stored.get(key) and not self.stored[key][0].whole
        ]

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


checks = st.builds(Check, numbers, st.booleans())


@st.composite
def trees(draw: st.DrawFn) -> Tree:
    needs = draw(graphs(most=6))
    code = {step: draw(codes) for step in sorted(needs)}
    files = {name: draw(numbers) for name in FILES}
    checked = draw(st.sets(st.sampled_from(sorted(needs))))
    return Tree(needs, code, files, {step: draw(checks) for step in sorted(checked)})


def edited(draw: st.DrawFn, tree: Tree) -> Tree:
    what = draw(st.sampled_from(["code", "file", "delete", "edge", "check"]))
    step = draw(st.sampled_from(sorted(tree.needs)))
    name = draw(st.sampled_from(FILES))
    match what:
        case "code":
            return replace(tree, code={**tree.code, step: draw(codes)})
        case "file":
            return replace(tree, files={**tree.files, name: draw(numbers)})
        case "check":
            others = {other: check for other, check in tree.checks.items() if other != step}
            return replace(tree, checks=others if draw(st.booleans()) else {**others, step: draw(checks)})
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
        assert engine.values_now(tree) == tree.clean_build()  # I1
        failing = engine.failing(tree)
        assert not set(engine.executed) & (tree.generation().below(failing) - set(failing))  # I7
        engine.run(tree, choose)
        assert set(engine.executed) <= set(engine.failing(tree))  # I4
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
        failing = {step for step in generation.steps if generation.steps[step].checks and step in planned}
        for step in set(tree.needs) - planned:  # I2
            if Key(step) not in found.absent and step not in generation.below(sorted(failing)):
                assert engine.value(step) == clean[step]
        if data.draw(st.booleans()):
            engine.run(tree, choose)
            assert set(engine.executed) <= planned


@given(st.data())
def test_a_result_that_comes_out_equal_stops_the_rerun_there(data: st.DataObject) -> None:
    tree, engine, choose = data.draw(trees()), Engine(), chooser(data.draw)
    engine.run(tree, choose)
    before = {key: found[0].data_version for key, found in engine.stored.items()}
    failing = engine.failing(tree)
    edits = edited(data.draw, tree)
    waited = tree.generation().below(failing)
    engine.run(edits, choose)
    changed = {key for key, found in engine.stored.items() if found[0].data_version != before.get(key)}
    for step in engine.executed:  # I5
        if step in waited:
            continue  # it was not made, or failed, before
        if step not in edits.needs:
            target = StepName(step.removesuffix("_check"))
            assert edits.checks[target] != tree.checks.get(target) or Key(target) in changed
            continue
        same_files = edits.read(edits.code[step]) == tree.read(tree.code[step])
        assert (
            edits.code[step] != tree.code[step]
            or edits.needs[step] != tree.needs[step]
            or not same_files
            or edits.files.keys() != tree.files.keys()
            or {Key(need) for need in edits.needs[step]} & changed
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
    assert set(engine.executed) <= set(engine.failing(back))  # I6
    assert engine.values_now(back) == back.clean_build()


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
    def believing(
        generation: Generation, step: StepName, versions: Any, stored: Any, now: Any, *, absent: Any
    ) -> Verdict:
        whole = {key: [replace(record, whole=True) for record in found] for key, found in stored.items()}
        return staleness.verdict(generation, step, versions, whole, now, absent=absent)

    patch.setattr(sys.modules[__name__], "verdict", believing)


def _only_the_newest_is_looked_at(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(staleness, "_earlier", lambda *args: ())


def _the_newest_is_put_back_whatever_it_was_made_from(patch: pytest.MonkeyPatch) -> None:
    def earlier(products: Any, stored: Any, now: object) -> Any:
        return tuple(stored[product][0] for product in products if stored.get(product))

    patch.setattr(staleness, "_earlier", earlier)


def _what_was_left_out_is_there(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(sys.modules[__name__], "absent_assets", lambda generation, keys: {})


def _a_check_that_holds_back_is_a_result(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Generation, "waits_for", Generation.upstream)


PLANTED: dict[str, Plant] = {
    "code is not in the key": _without("code:"),
    "inputs are not in the key": _without("input:"),
    "files are not in the key": _without("file:"),
    "a deleted file counts as unchanged": _gone_is_unchanged,
    "lost bytes are believed": _lost_bytes_are_believed,
    "only the newest result is looked at": _only_the_newest_is_looked_at,
    "any result is put back": _the_newest_is_put_back_whatever_it_was_made_from,
    "what needs an asset that was left out runs": _what_was_left_out_is_there,
    "nothing waits for a blocking check": _a_check_that_holds_back_is_a_result,
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
