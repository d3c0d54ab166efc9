"""The assets as people see them now, and which of them look different since they were last shown.

All are looked over when anything may differ; what a run does to one step costs no more than that step.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from dagx_engine import present
from dagx_engine.pure.definitions import CheckKey, Key, StepName
from dagx_engine.pure.generation import Generation
from dagx_engine.pure.plan import held_back
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
        self._in_hand: dict[StepName, str] = {}
        """The steps that runs have in hand, each with the run."""
        self._running: dict[StepName, AssetState] = {}
        """How far these are."""
        self._failed: dict[StepName, str] = {}
        """The steps that failed and would fail again, by the last look at all: and those that failed since."""
        self._blocked: Mapping[StepName, StepName] | None = None
        """What waits for these; None: not known."""

    @property
    def shown(self) -> Mapping[str, AssetView]:
        """The assets as they were last shown."""
        return self._shown

    def take(self, event: Event) -> None:
        """What a run does to how its assets look."""
        match event:
            case RunStarted(run, _, plan):
                queued = [StepName(item.step) for item in plan.steps if item.certain]
                self._put_in_hand(queued, run, AssetState.QUEUED)
                self._restate(queued)
            case StepStarted(run, step, _, _, _):
                self._put_in_hand([StepName(step)], run, AssetState.RUNNING)
                self._restate([StepName(step)])
            case StepEnded(run, step) if step.state is not StepState.RETRYING:
                name = StepName(step.step)
                if self._in_hand.get(name, run) == run:
                    self._put_down([name])
                self._heed_failure(name, (step.error_line or "") if step.state is StepState.FAILED else None)
                self._restate([name])
            case RunEnded(ended):
                self._put_down([step for step, run in self._in_hand.items() if run == ended.run_id])
                self.refresh()
            case _:
                pass

    def _put_in_hand(self, steps: Sequence[StepName], run: str, state: AssetState) -> None:
        self._in_hand.update(dict.fromkeys(steps, run))
        self._running.update(dict.fromkeys(steps, state))

    def _put_down(self, steps: Sequence[StepName]) -> None:
        for step in steps:
            self._in_hand.pop(step, None)
            self._running.pop(step, None)

    def _heed_failure(self, step: StepName, line: str | None) -> None:
        if line is not None:
            self._failed[step], self._blocked = line, None
        elif self._failed.pop(step, None) is not None:
            self._blocked = None

    def replace(self) -> tuple[AssetView, ...]:
        """All assets of a new generation; from now on they are what is shown."""
        steps = self._space.in_force().steps
        self._put_down([step for step in self._in_hand if step not in steps])
        views = self.look_over()
        self._shown = {view.key: view for view in views}
        return views

    def refresh(self) -> None:
        """Look at everything again and tell what looks different."""
        if self._space.generation is not None:
            self._tell(self.look_over())

    def look_over(self) -> tuple[AssetView, ...]:
        """All assets as they are now."""
        generation = self._space.in_force()
        self._failed = {step: failure.line for step, failure in self._space.now.failures().items()}
        self._blocked = None
        return self._views(generation, generation.routine)

    def look_up_from(self, key: Key) -> dict[str, AssetView]:
        """This asset and all that it is made from, as they are now."""
        generation = self._space.in_force()
        keys, queue = {key: None}, [key]
        while queue:
            asset = generation.assets[queue.pop()]
            made_with = generation.steps[asset.step].assets if asset.step is not None else ()
            new = [each for each in (*asset.deps, *made_with) if each not in keys]
            keys.update(dict.fromkeys(new))
            queue += new
        return {view.key: view for view in self._views(generation, _judged(generation, list(keys)), keys)}

    def _views(
        self, generation: Generation, steps: Sequence[StepName], keys: Iterable[Key] | None = None
    ) -> tuple[AssetView, ...]:
        found, kept = self._space.now.outlook(steps), self._space.ledger.kept()
        if self._blocked is None:
            self._blocked = held_back(generation, self._failed)
        return present.asset_views(generation, found, kept, self._failed, self._running, keys, self._blocked)

    def _restate(self, steps: Sequence[StepName]) -> None:
        """Tell how what these steps make, observe or check looks now."""
        generation = self._space.generation
        if generation is not None:
            keys = list(
                dict.fromkeys(_touched(generation, [step for step in steps if step in generation.steps]))
            )
            self._tell(self._views(generation, _judged(generation, keys), keys))

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
    """The steps whose verdicts say how these assets look, with their checks: of those that a run looks at."""
    makers = {step for key in keys if (step := generation.assets[key].step) is not None}
    makers |= {generation.checks[check].step for key in keys for check in generation.checks_of(key)}
    return [step for step in generation.in_order(makers) if generation.steps[step].is_routine]
