"""The assets as people see them now, and which of them look different since they were last shown."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from dagx_engine import present
from dagx_engine.pure.generation import CheckKey, Generation, Key, StepName
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
        self._running: dict[StepName, tuple[str, AssetState]] = {}
        """The steps that runs have in hand: which run, and how far it is."""

    def take(self, event: Event) -> None:
        """What a run does to how its assets look."""
        match event:
            case RunStarted(run, _, plan):
                queued = {StepName(item.step) for item in plan.steps if item.certain}
                self._running.update(dict.fromkeys(queued, (run, AssetState.QUEUED)))
                self._restate(list(queued))
            case StepStarted(run, step, _, _, _):
                self._running[StepName(step)] = (run, AssetState.RUNNING)
                self._restate([StepName(step)])
            case StepEnded(run, step) if step.state is not StepState.RETRYING:
                if self._running.get(StepName(step.step), (run,))[0] == run:
                    self._running.pop(StepName(step.step), None)
                self._restate([StepName(step.step)])
            case RunEnded(ended):
                left = {step: found for step, found in self._running.items() if found[0] != ended.run_id}
                self._running = left
                self.refresh()
            case _:
                pass

    def replace(self) -> tuple[AssetView, ...]:
        """All assets of a new generation; from now on they are what is shown."""
        steps = self._space.in_force().steps
        self._running = {step: found for step, found in self._running.items() if step in steps}
        views = self.look_over()
        self._shown = {view.key: view for view in views}
        return views

    def refresh(self) -> None:
        """Look at everything again and tell what looks different."""
        if self._space.generation is not None:
            self._tell(self.look_over())

    def look_over(self, steps: Sequence[StepName] | None = None) -> tuple[AssetView, ...]:
        """The assets that these steps make, observe or check; all without a list."""
        generation = self._space.in_force()
        keys = None if steps is None else list(dict.fromkeys(_touched(generation, steps)))
        chosen = generation.routine if keys is None else _judged(generation, keys)
        failed = {step: failure.line for step, failure in self._space.failures().items()}
        found = self._space.outlook(chosen)
        running = {step: state for step, (_, state) in self._running.items()}
        return present.asset_views(generation, found, self._space.ledger.kept(), failed, running, keys)

    def _restate(self, steps: Sequence[StepName]) -> None:
        generation = self._space.generation
        if generation is not None:
            self._tell(self.look_over([step for step in steps if step in generation.steps]))

    def _tell(self, views: Sequence[AssetView]) -> None:
        changed = tuple(view for view in views if self._shown.get(view.key) != view)
        self._shown.update({view.key: view for view in changed})
        if changed:
            self._emit(AssetsChanged(changed))


def _touched(generation: Generation, steps: Sequence[StepName]) -> Iterator[Key]:
    """The assets that look different when something happens to these steps: with checks, those that they check."""
    for step in steps:
        found = generation.steps[step]
        for key in (*found.assets, *found.observes, *(check.asset for check in found.checks)):
            asset = generation.part(key)[0]
            yield asset.asset if isinstance(asset, CheckKey) else asset


def _judged(generation: Generation, keys: Sequence[Key]) -> list[StepName]:
    """The steps whose verdicts say how these assets look, with their checks."""
    makers = {generation.assets[key].step for key in keys}
    makers |= {generation.checks[check].step for key in keys for check in generation.checks_of(key)}
    return [step for step in generation.routine if step in makers]
