"""Who is told that a step ended can rely on it: another process finds its rows, whatever happens to this one."""

from __future__ import annotations

from pathlib import Path

from driven_engine import DrivenEngine, writes_counted
from small_world import Code, Tree

from dagx_engine.io.store import Store
from dagx_engine.views import Event, RunEnded, StepEnded, StepStarted

TREE = Tree(
    {"a": (), "b": ("a",), "c": ("a",)},
    {name: Code("sum", 1, (), False, False) for name in "abc"},
    {},
)


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
