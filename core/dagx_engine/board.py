"""The assets as people see them now, and which of them look different since they were last shown."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from dagx_engine import present
from dagx_engine.pure.generation import StepName
from dagx_engine.views import (
    AssetsChanged,
    AssetState,
    AssetView,
    Event,
    RunEnded,
    RunStarted,
    StepEnded,
    StepStarted,
    StepState,
)
from dagx_engine.workspace import Workspace

__all__ = ["Board"]


class Board:
    """Kept up to date by the events of runs. `emit` is told what changed."""

    def __init__(self, space: Workspace, emit: Callable[[Event], None]) -> None:
        self._space = space
        self._emit = emit
        self._shown: dict[str, AssetView] = {}
        self._running: dict[StepName, AssetState] = {}

    def take(self, event: Event) -> None:
        """What a run does to how its assets look."""
        match event:
            case RunStarted(_, _, plan):
                queued = {StepName(item.step): AssetState.QUEUED for item in plan.steps if item.certain}
                self._running.update(queued)
                self._restate(list(queued))
            case StepStarted(_, step, _, _, _):
                self._running[StepName(step)] = AssetState.RUNNING
                self._restate([StepName(step)])
            case StepEnded(_, step) if step.state is not StepState.RETRYING:
                self._running.pop(StepName(step.step), None)
                self._restate([StepName(step.step)])
            case RunEnded():
                self._running.clear()
                self.refresh()
            case _:
                pass

    def replace(self) -> tuple[AssetView, ...]:
        """All assets of a new generation; from now on they are what is shown."""
        steps = self._space.in_force().steps
        self._running = {step: state for step, state in self._running.items() if step in steps}
        views = self.look_over()
        self._shown = {view.key: view for view in views}
        return views

    def refresh(self) -> None:
        """Look at everything again and tell what looks different."""
        if self._space.generation is not None:
            self._tell(self.look_over())

    def look_over(self, steps: Sequence[StepName] | None = None) -> tuple[AssetView, ...]:
        """The assets of these steps, of all without a list."""
        generation = self._space.in_force()
        chosen = list(generation.steps) if steps is None else steps
        keys = None if steps is None else [key for step in steps for key in generation.steps[step].assets]
        failed = {step: failure.line for step, failure in self._space.failures().items()}
        found = self._space.outlook(chosen)
        return present.asset_views(generation, found, self._space.history(), failed, self._running, keys)

    def _restate(self, steps: Sequence[StepName]) -> None:
        generation = self._space.generation
        if generation is not None:
            self._tell(self.look_over([step for step in steps if step in generation.steps]))

    def _tell(self, views: Sequence[AssetView]) -> None:
        changed = tuple(view for view in views if self._shown.get(view.key) != view)
        self._shown.update({view.key: view for view in changed})
        if changed:
            self._emit(AssetsChanged(changed))
