"""Who is told that a step ended can rely on it: another process finds its rows, whatever happens to this one."""

from __future__ import annotations

from pathlib import Path

from driven_engine import DrivenEngine, Played, writes_counted
from small_world import Code, Tree

from dagx_engine.io.news import Assignment
from dagx_engine.io.store import Store
from dagx_engine.views import Event, RunEnded, StepEnded, StepStarted

TREE = Tree(
    {"a": (), "b": ("a",), "c": ("a",)},
    {name: Code("sum", 1, (), False, False) for name in "abc"},
    {},
)


class Witness(Played):
    """`found` has of each step that a worker is given the steps that a reader finds ended at that moment."""

    def __init__(self, engine: DrivenEngine) -> None:
        super().__init__(engine)
        self.root = engine.root
        self.found: list[tuple[str, set[str]]] = []

    def run(self, assignment: Assignment) -> None:
        super().run(assignment)
        reader = Store(self.root / ".dagx", write=False)
        rows = reader.steps(assignment.message["run"])
        self.found.append((str(assignment.message["step"]), {r.step for r in rows if r.state == "succeeded"}))
        assert {r.step: r.state for r in rows}[str(assignment.message["step"])] == "running"
        reader.close()


class Witnessed(DrivenEngine):
    workers = Witness


class Overheard(DrivenEngine):
    """`found` has of each step that a person is told of the state that a reader finds at that moment."""

    def __init__(self, root: Path) -> None:
        super().__init__(root, TREE)
        self.found: list[tuple[str, str]] = []

    def _noted(self, event: Event) -> None:
        super()._noted(event)
        reader = Store(self.root / ".dagx", write=False)
        try:
            if isinstance(event, StepEnded):
                states = {row.step: row.state for row in reader.steps(event.run_id)}
                self.found.append((event.step.step, states[event.step.step]))
            elif isinstance(event, StepStarted):
                states = {row.step: row.state for row in reader.steps(event.run_id)}
                assert states[event.step] not in ("waiting", "examined", "ready")
            elif isinstance(event, RunEnded):
                assert [row.status for row in reader.runs(1)] == ["succeeded"]
        finally:
            reader.close()


def test_what_people_are_told_is_written(tmp_path: Path) -> None:
    with writes_counted(lambda: None):
        engine = Overheard(tmp_path / "project")
        engine.run(lambda count: 0)
        engine.close()
    assert engine.found == [("a", "succeeded"), ("b", "succeeded"), ("c", "succeeded")]


def test_a_step_begins_when_what_it_is_made_from_is_written(tmp_path: Path) -> None:
    with writes_counted(lambda: None):
        engine = Witnessed(tmp_path / "project", TREE)
        engine.run(lambda count: 0)
        engine.close()
    assert isinstance(engine.played, Witness)
    assert engine.played.found == [("a", set()), ("b", {"a"}), ("c", {"a"})]
