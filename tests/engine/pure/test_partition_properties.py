"""Partitions in the graph: unfolded, judged and run, over random edits and requests, against a clean build.

Engine and world are in memory: the code of a step is a number, a value is computed from it, the partition and the
values below, and is kept small, so that edits often end in the same value.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

import dagx as dg
from dagx.partitions.upstream import infer_mapping, upstream_keys
from dagx_engine.pure.asked import Asked
from dagx_engine.pure.definitions import AssetDef, Key, Product, StepDef, StepName, part_key
from dagx_engine.pure.generation import Generation
from dagx_engine.pure.plan import outlook, runnable, unready
from dagx_engine.pure.run import Command, Examine, Finish, MustRun, Reused, Run, Start, Succeeded
from dagx_engine.pure.spans import spans_of
from dagx_engine.pure.staleness import (
    Fresh,
    InPartitions,
    InParts,
    Record,
    Restorable,
    current_of,
    manifest_of,
    needs_work,
    verdict,
)
from dagx_engine.pure.standing import judge_of
from dagx_engine.pure.unfolding import there_of, unfold

DAYS = dg.DailyPartitionsDefinition(start_date="2024-01-01", end_date="2024-01-15")
WEEKS = dg.WeeklyPartitionsDefinition(start_date="2024-01-01", end_date="2024-01-15", day_offset=1)
YESTERDAY = dg.TimeWindowPartitionMapping(start_offset=-1, end_offset=-1)
NOW = datetime(2024, 2, 1)

PARTITIONS: dict[str, Any] = {
    "raw": None,
    "day": DAYS,
    "lag": DAYS,
    "sum": DAYS,
    "week": WEEKS,
    "total": None,
}
NEEDS: dict[str, dict[str, Any]] = {
    "raw": {},
    "day": {"raw": None},
    "lag": {"day": dg.TimeWindowPartitionMapping(start_offset=-1)},
    "sum": {"day": None, "sum": YESTERDAY},
    "week": {"lag": None},
    "total": {"week": None, "sum": dg.LastPartitionMapping()},
}
AT_ONCE: dict[str, int | None] = {"lag": None, "day": 3}


def mapping_of(name: str, dep: str) -> Any:
    return infer_mapping(NEEDS[name][dep], PARTITIONS[name], PARTITIONS[dep])


def loaded(code: Mapping[str, int]) -> Generation:
    """The generation as a worker would describe it."""
    assets: dict[Key, AssetDef] = {}
    steps: dict[StepName, StepDef] = {}
    for name, needs in NEEDS.items():
        deps = tuple(map(Key, needs))
        mappings = {Key(dep): mapping_of(name, dep) for dep in needs if PARTITIONS[dep] is not None}
        assets[Key(name)] = AssetDef(
            Key(name), StepName(name), deps, partitions_def=PARTITIONS[name], mappings=mappings
        )
        steps[StepName(name)] = StepDef(
            StepName(name),
            (Key(name),),
            (("code:" + name, str(code[name])),),
            loads=deps,
            partitions_def=PARTITIONS[name],
            mappings=mappings,
            at_once=AT_ONCE.get(name, 1),
        )
    return Generation(1, assets, steps)


def compute(code: int, key: str, inputs: Sequence[int]) -> int:
    return (code + sum(inputs) + sum(map(ord, key))) % 3


@dataclass
class Engine:
    code: dict[str, int] = field(default_factory=lambda: dict.fromkeys(NEEDS, 0))
    stored: dict[Product, list[Record]] = field(default_factory=dict)
    values: dict[int, int] = field(default_factory=dict)
    executed: list[StepName] = field(default_factory=list)

    def made(self) -> dict[Key, Any]:
        """The partitions that are there."""
        keys: dict[str, list[str]] = {}
        for product in self.stored:
            name, _, rest = str(product).partition("[")
            if rest:
                keys.setdefault(name, []).append(rest[:-1])
        return {
            Key(name): there_of(definition, keys.get(name, ()))
            for name, definition in PARTITIONS.items()
            if definition is not None
        }

    def whole(self) -> Generation:
        return unfold(loaded(self.code), self.made(), {})

    def survey(self) -> Any:
        generation = self.whole()
        judge = judge_of(generation, self.stored, {})
        return outlook(generation, generation.routine, self.stored, {}, judge=judge)

    def unfolded(self, names: Sequence[str], asked: Asked) -> tuple[Generation, tuple[StepName, ...]]:
        start = loaded(self.code)
        spans = spans_of(start, [StepName(name) for name in names], asked, self.survey().verdicts)
        generation = unfold(start, self.made(), spans)
        chosen = generation.whole(
            n for n, step in generation.steps.items() if n in names or step.of is not None
        )
        ready = runnable(generation, chosen)[0]
        planned = outlook(generation, ready, self.stored, {}).planned
        out = generation.below(list(unready(generation, planned, self.stored)))
        return generation, tuple(step for step in ready if step not in out)

    def run(self, names: Sequence[str], asked: Asked) -> tuple[Generation, tuple[StepName, ...]]:
        generation, chosen = self.unfolded(names, asked)
        run = Run({step: generation.waits_for(step) & set(chosen) for step in chosen}, slots=2)
        self.executed = []
        todo: list[Command] = run.begin()
        running: list[StepName] = []
        while todo or running:
            match todo.pop(0) if todo else None:
                case Examine(step):
                    todo += run.handle(self._examined(generation, step))
                case Start(step, _):
                    running.append(step)
                case None:
                    step = running.pop()
                    self._make(generation, step)
                    todo += run.handle(Succeeded(step))
                case other:
                    assert isinstance(other, Finish), other
        return generation, chosen

    def judge(self, generation: Generation, step: StepName) -> Any:
        return verdict(generation, step, current_of(self.stored), self.stored, {})

    def _examined(self, generation: Generation, step: StepName) -> Any:
        found = self.judge(generation, step)
        if isinstance(found, InParts) and found.todo:
            return MustRun(step)
        each = found.verdicts.values() if isinstance(found, InParts) else [found]
        for one in each:
            if isinstance(one, Restorable):
                for record in one.records:
                    rest = [old for old in self.stored[record.product] if old.id != record.id]
                    self.stored[record.product] = [record, *rest]
            elif not isinstance(one, Fresh):
                return MustRun(step)
        return Reused(step)

    def _make(self, generation: Generation, step: StepName) -> None:
        self.executed.append(step)
        for product in generation.steps[step].products:
            of, key = generation.part(product)
            inputs = [self.value(dep) for dep in generation.inputs(step, product)]
            value = compute(self.code[str(of)], key, inputs)
            manifest = manifest_of(generation, step, current_of(self.stored), (), {}, product)
            record = Record(len(self.values), product, manifest, f"v{value}")
            self.values[record.id] = value
            self.stored[product] = [record, *self.stored.get(product, [])]

    def value(self, key: Key) -> int:
        return self.values[self.stored[key][0].id]


def clean_build(code: Mapping[str, int]) -> dict[Key, int]:
    """Every partition of everything, made from nothing."""
    found: dict[Key, int] = {}
    for name, needs in NEEDS.items():
        definition = PARTITIONS[name]
        for key in [""] if definition is None else definition.get_partition_keys():
            inputs: list[int] = []
            for dep in needs:
                own = [key] if key else []
                above = upstream_keys(mapping_of(name, dep), own, definition, PARTITIONS[dep]).keys or ("",)
                inputs += [found[part_key(dep, up)] for up in above if up or PARTITIONS[dep] is None]
            found[part_key(name, key)] = compute(code[name], key, inputs)
    return found


KEYS = st.sampled_from(DAYS.get_partition_keys())
ASKED = st.one_of(
    KEYS.map(lambda key: Asked(key, key)),
    st.tuples(KEYS, KEYS).map(lambda pair: Asked(min(pair), max(pair))),
    st.sampled_from([Asked(which=which) for which in ("missing", "stale", "all")]),
)


@st.composite
def requests(draw: st.DrawFn) -> tuple[list[str], Asked]:
    asked = draw(ASKED)
    names = ["day", "lag", "sum"] if not asked.which else list(NEEDS)
    chosen = draw(st.sets(st.sampled_from(names), min_size=1))
    if not asked.which and draw(st.booleans()):
        chosen.add("raw")
    if not any(PARTITIONS[name] is not None for name in chosen):
        chosen.add("day")
    return [name for name in NEEDS if name in chosen], asked


EDITS = st.tuples(st.sampled_from(list(NEEDS)), st.integers(0, 2))
HISTORY = st.lists(st.one_of(EDITS, requests()), max_size=6)


def lived(history: Sequence[Any]) -> Engine:
    """An engine with a past: edits and runs."""
    engine = Engine()
    for item in history:
        if isinstance(item[0], str):
            engine.code[item[0]] = item[1]
        else:
            engine.run(*item)
    return engine


@settings(max_examples=40, deadline=None)
@given(HISTORY, requests())
def test_after_a_run_what_was_asked_for_is_fresh_and_runs_no_second_time(
    history: list[Any], request: tuple[list[str], Asked]
) -> None:
    with dg.partition_loading_context(NOW):
        engine = lived(history)
        generation, chosen = engine.run(*request)
        assert all(not needs_work(engine.judge(generation, step)) for step in chosen)
        if not request[1].which:
            engine.run(*request)
            assert engine.executed == []


@settings(max_examples=40, deadline=None)
@given(HISTORY)
def test_a_run_of_all_partitions_equals_a_clean_build(history: list[Any]) -> None:
    with dg.partition_loading_context(NOW):
        engine = lived(history)
        engine.run(list(NEEDS), Asked(which="all"))
        wanted = clean_build(engine.code)
        assert {key: engine.value(key) for key in wanted} == wanted
        found = engine.survey()
        assert not found.planned
        engine.run(list(NEEDS), Asked(which="all"))
        assert engine.executed == []


@settings(max_examples=40, deadline=None)
@given(HISTORY)
def test_missing_and_stale_together_make_everything(history: list[Any]) -> None:
    with dg.partition_loading_context(NOW):
        engine = lived(history)
        engine.run(list(NEEDS), Asked(which="stale"))
        engine.run(list(NEEDS), Asked(which="missing"))
        engine.run(list(NEEDS), Asked(which="stale"))
        wanted = clean_build(engine.code)
        assert {key: engine.value(key) for key in wanted} == wanted


@settings(max_examples=60, deadline=None)
@given(HISTORY)
def test_the_survey_of_made_partitions_agrees_with_the_verdict_on_each(history: list[Any]) -> None:
    with dg.partition_loading_context(NOW):
        engine = lived(history)
        found = engine.survey()
        for name, definition in PARTITIONS.items():
            if definition is None:
                continue
            surveyed = found.verdicts[StepName(name)]
            assert isinstance(surveyed, InPartitions)
            standing = surveyed.standings[Key(name)]
            spans = {StepName(name): [dg.PartitionKeyRange(key, key) for key in standing.made]}
            generation = unfold(loaded(engine.code), engine.made(), spans)
            for key in standing.made:
                one = engine.judge(generation, StepName(f"{name}[{key}]"))
                assert (key in standing.changed) == (not isinstance(one, Fresh)), (name, key)
