"""The state machine: edits, touches, deletions, builds, builds while somebody saves, kills, damage; and what must hold.

The numbers I1 to I10 are those of the invariants that every dagx must keep. I5 and I6 stand within I3, too: what was
made from the same code, inputs and files is not made again, neither after a result that came out equal nor after a
return.
"""

from __future__ import annotations

import itertools
import shutil
import tempfile
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from dataclasses import replace
from pathlib import Path

from driven_engine import DrivenEngine, Killed, writes_counted
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from small_world import ASSETS, FILES, HIDDEN, KINDS, Code, Tree

from dagx_engine.io.files import hash_file
from dagx_engine.views import StepState

KEPT = 8
"""So many results of an asset are looked at."""

numbers = st.integers(0, 4)
all_files = st.sampled_from([*FILES, *HIDDEN])
codes = st.builds(
    Code,
    st.sampled_from(sorted(KINDS)),
    st.sampled_from([0, 1, 2, 3, 13]),
    st.sampled_from([(), ("f0",), ("f1",), ("f0", "f2")]),
    st.booleans(),
    st.booleans(),
)


@st.composite
def needs_of(draw: st.DrawFn, place: int) -> tuple[str, ...]:
    """Some of the assets before it."""
    return tuple(asset for asset in ASSETS[:place] if draw(st.integers(0, 2)) == 0)


@st.composite
def trees(draw: st.DrawFn) -> Tree:
    count = draw(st.integers(2, len(ASSETS)))
    needs = {asset: draw(needs_of(place)) for place, asset in enumerate(ASSETS[:count])}
    code = {asset: draw(codes) for asset in needs}
    return Tree(needs, code, {name: draw(numbers) for name in FILES})


turns = st.lists(st.integers(0, 9), min_size=4, max_size=4)


def in_turns(places: Sequence[int]) -> Callable[[int], int]:
    """Which of so many attempts ends next. Drawn before the run: what a run does may depend on the clock."""
    left = itertools.cycle(places)
    return lambda count: next(left) % count


class EngineMachine(RuleBasedStateMachine):
    """Whatever happens to a project, in whatever order."""

    def __init__(self) -> None:
        super().__init__()
        self._ends = ExitStack()
        self._ends.enter_context(writes_counted(lambda: self.engine))
        self._folder = Path(tempfile.mkdtemp(prefix="dagx-machine-"))
        self._ends.callback(shutil.rmtree, self._folder)
        self.engine: DrivenEngine | None = None
        self.made: dict[str, list[object]] = {}
        """Of each asset what its stored results were made from, the newest last."""
        self.visited: list[Tree] = []
        """The trees that were built."""
        self.is_damaged = False
        self.told: list[tuple[int, str]] = []
        """The events that were written."""

    @property
    def _engine(self) -> DrivenEngine:
        assert self.engine is not None
        return self.engine

    def teardown(self) -> None:
        if self.engine is not None:
            self.engine.close()
        self._ends.close()

    @initialize(tree=trees(), damage=st.booleans())
    def begin(self, tree: Tree, damage: bool) -> None:
        self.engine = DrivenEngine(self._folder / "project", tree)
        self.may_damage = damage

    # What a person does.

    @rule(name=all_files, content=numbers, keep_time=st.booleans())
    def saves(self, name: str, content: int, keep_time: bool) -> None:
        self._engine.save(name, content, keep_time=keep_time)

    @rule(name=all_files)
    def touches(self, name: str) -> None:
        self._engine.touch(name)

    @rule(name=all_files)
    def deletes(self, name: str) -> None:
        self._engine.save(name, None)

    @rule(place=st.integers(0, 4), code=codes)
    def changes_code(self, place: int, code: Code) -> None:
        tree = self._engine.tree
        asset = ASSETS[place % len(tree.needs)]
        self._engine.tree = tree.with_code(asset, code)

    @rule(place=st.integers(0, 4), turns=turns)
    def spells_code_in_another_way_and_builds(self, place: int, turns: list[int]) -> None:
        """What comes out is the same: nothing below it runs."""
        tree = self._engine.tree
        asset = ASSETS[place % len(tree.needs)]
        code = tree.code[asset]
        self._build(turns)
        self._engine.tree = tree.with_code(asset, replace(code, spelling=code.spelling + 1))
        failing = {name for name, value in tree.clean_build().items() if value is None}
        self._build(turns)
        executed = {step.asset for step in self._engine.outcome_of_first.executed} - failing
        assert self.is_damaged or executed <= {asset}, (
            f"I5: {executed - {asset}} ran below what came out the same"
        )

    @rule(place=st.integers(0, 4), needs=st.sets(st.sampled_from(ASSETS)))
    def changes_the_graph(self, place: int, needs: set[str]) -> None:
        tree = self._engine.tree
        place %= len(tree.needs)
        self._engine.tree = tree.with_needs(ASSETS[place], tuple(sorted(needs & set(ASSETS[:place]))))

    @rule(contents=st.tuples(*[st.sampled_from([None, 1, 2])] * 5))
    def checks_out(self, contents: tuple[int | None, ...]) -> None:
        """Many files change at once; often to what they were."""
        for name, content in zip([*FILES, *HIDDEN], contents, strict=True):
            self._engine.save(name, content)

    # What dagx does.

    @rule(turns=turns)
    def builds(self, turns: list[int]) -> None:
        self._build(turns)

    @rule(turns=turns, name=all_files, content=numbers, when=st.integers(0, 4))
    def builds_while_somebody_saves(self, turns: list[int], name: str, content: int, when: int) -> None:
        left = iter([None] * when + [(name, content)])
        engine = self._engine
        engine.run(in_turns(turns), lambda: next(left, None))
        self._learn()
        for step in engine.outcome.kept:  # I10
            if name in step.read and step.read[name] != engine.tree.files.get(name):
                assert not self._is_current(step.asset, step.made_from) or self._is_shown_stale(step.asset)

    @rule(
        turns=turns,
        edits=st.lists(
            st.tuples(st.integers(0, 3), st.integers(0, 4), codes, all_files, numbers), min_size=1, max_size=3
        ),
    )
    def builds_while_somebody_edits(
        self, turns: list[int], edits: list[tuple[int, int, Code, str, int]]
    ) -> None:
        """Code and files; each edit after so many ends of steps. What it affects runs beside the rest."""
        engine, left = self._engine, list(edits)
        waited = 0

        def edit() -> bool:
            nonlocal waited
            if not left or waited < left[0][0]:
                waited += 1
                return False
            waited = 0
            _, place, code, name, content = left.pop(0)
            asset = ASSETS[place % len(engine.tree.needs)]
            engine.tree = engine.tree.with_code(asset, code)
            engine.save(name, content)
            return True

        engine.run(in_turns(turns), edit=edit)
        self._learn()

    @rule(turns=turns, writes=st.integers(0, 30))
    def is_killed_while_it_builds(self, turns: list[int], writes: int) -> None:
        engine = self._engine
        engine.kill_after(writes)
        with suppress(Killed):
            engine.run(in_turns(turns))
        self._learn()
        self.told = engine.events()
        engine.restart()
        assert engine.space.writable().unfinished_steps() == {}  # I8

    @rule(which=st.integers(0, 9), turns=turns)
    def goes_back_to_an_earlier_tree(self, which: int, turns: list[int]) -> None:
        """To one that was built: nothing is made again. What failed then is tried again."""
        if not self.visited:
            return
        engine, back = self._engine, self.visited[which % len(self.visited)]
        for name in [*FILES, *HIDDEN]:
            engine.save(name, back.files.get(name))
        engine.tree = back
        self._build(turns)
        failing = {asset for asset, value in back.clean_build().items() if value is None}
        executed = {step.asset for step in engine.outcome.executed}
        assert self.is_damaged or executed <= failing, f"I6: a return executed {executed - failing}"

    @rule(turns=turns)
    def builds_and_is_restarted(self, turns: list[int]) -> None:
        """What a build left stands on the disk: the next engine has nothing to do, and nothing to put back."""
        self._build(turns)
        self._engine.restart()
        states = set(self._engine.run(in_turns(turns)).states.values())
        assert states <= {StepState.FAILED, StepState.SKIPPED}, f"I4: after a restart, steps are {states}"

    @rule()
    def is_restarted(self) -> None:
        self._engine.restart()

    @precondition(lambda self: self.engine is not None and self.may_damage)
    @rule(which=st.integers(0, 99), how=st.sampled_from(["flip", "cut", "delete"]))
    def an_object_is_damaged(self, which: int, how: str) -> None:
        found = self._objects()
        if not found:
            return
        self.is_damaged = True
        path = found[which % len(found)]
        path.chmod(0o644)
        content = path.read_bytes()
        match how:
            case "flip":
                path.write_bytes(bytes([content[0] ^ 1]) + content[1:])
            case "cut":
                path.write_bytes(content[:-1])
            case _:
                path.unlink()

    # What must hold.

    @invariant()
    def nothing_is_fresh_that_a_clean_build_would_change(self) -> None:  # I2
        if self.engine is None:
            return
        clean = self._engine.tree.clean_build()
        for asset in self._engine.fresh():
            value = self._engine.value(asset)
            assert value == clean[asset], f"I2: {asset} is {value}, a clean build gives {clean[asset]}"

    @invariant()
    def what_was_told_of_all_assets_is_told_again_only_while_it_is_so(self) -> None:
        if self.engine is not None:
            told, found = self.engine.status()
            assert told in (None, found)

    @invariant()
    def a_row_never_names_bytes_that_are_not_there(self) -> None:  # I7
        if self.engine is None or self.is_damaged:
            return
        for path in self._objects():
            assert hash_file(path)[0] == path.parent.name + path.name, (
                "I7: an object is not what its name says"
            )
        for rows in self._engine.space.writable().history().values():
            for row in rows:
                if row.object_digest is not None:
                    assert self._engine.space.objects.path(row.object_digest).exists(), (
                        "I7: a row without object"
                    )

    @invariant()
    def the_ledger_only_grows_and_nothing_in_it_is_under_way(self) -> None:  # I8
        if self.engine is None:
            return
        told = self._engine.events()
        assert told[: len(self.told)] == self.told, "I8: an event that was written is gone, or another one"
        self.told = told
        assert self._engine.not_ended() == [], "I8: no engine runs, and this is not over"

    def _build(self, turns: list[int]) -> None:
        engine = self._engine
        first = engine.run(in_turns(turns))
        engine.outcome_of_first = first
        self._check_minimal()
        if self.is_damaged and StepState.FAILED in first.states.values():
            first = engine.run(
                lambda count: 0
            )  # what is damaged is seen when it is read, and made by the next run
        self._learn()
        self._equals_a_clean_build()
        again = engine.run(lambda count: 0)
        executed = {step.asset for step in again.executed}
        failing = {asset for asset, state in again.states.items() if state is StepState.FAILED}
        assert executed <= failing, f"I4: a second run executed {executed - failing}"
        states = set(again.states.values())
        assert self.is_damaged or states <= {StepState.FAILED, StepState.SKIPPED}, (
            f"I4: a second run: {states}"
        )
        self.visited = [*self.visited, engine.tree][-KEPT:]

    def _equals_a_clean_build(self) -> None:  # I1
        for asset, value in self._engine.tree.clean_build().items():
            state = self._engine.outcome.states.get(asset)
            if value is None:
                assert state in (StepState.FAILED, StepState.SKIPPED), f"I1: {asset} fails in a clean build"
            else:
                assert self._engine.value(asset) == value, f"I1: {asset} differs from a clean build"

    def _check_minimal(self) -> None:  # I3, and with it I5 and I6
        if self.is_damaged:
            return
        for step in self._engine.outcome.kept:
            assert step.made_from not in self.made.get(step.asset, ()), (
                f"I3: {step.asset} was made from this before"
            )

    def _learn(self) -> None:
        for step in self._engine.outcome.kept:
            made = self.made.setdefault(step.asset, [])
            made.append(step.made_from)
            del made[:-KEPT]

    def _is_current(self, asset: str, made_from: object) -> bool:
        return self.made[asset][-1] == made_from

    def _is_shown_stale(self, asset: str) -> bool:
        return asset not in self._engine.fresh()

    def _objects(self) -> list[Path]:
        return sorted(self._engine.space.objects.path("00xx").parent.parent.glob("??/*"))
