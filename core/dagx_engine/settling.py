"""What became of an attempt: told to the machine of the runs, written down, shown."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import assert_never

from dagx_engine.attempts import Broke, Made, OpTold, Outcome, Spoilt, Stopped
from dagx_engine.harvest import Attempt
from dagx_engine.io.rows import NewOp, Results, Written
from dagx_engine.job_views import op_view
from dagx_engine.pure import run as machine
from dagx_engine.pure.definitions import Key, Product, StepName
from dagx_engine.pure.manifest import Manifest
from dagx_engine.pure.runs import Runs, Told
from dagx_engine.under_way import Active, attempt_view
from dagx_engine.views import Event, OpEnded, StepEnded, StepState
from dagx_engine.workspace import Workspace
from dagx_engine.writers import writers_of

__all__ = ["Settling"]

Beside = Collection[tuple[Attempt, Active]]
"""The attempts under way when there is more than one run."""


class Settling:
    """Of all runs. `emit` is told what people should see."""

    def __init__(self, space: Workspace, emit: Callable[[Event], None]) -> None:
        self._space = space
        self._emit = emit

    def settle(self, runs: Runs, active: Active, outcome: Outcome, beside: Beside) -> list[Told]:
        """Tell the machine, and write down and show what that makes of the step; the answer is what to do now."""
        match outcome:
            case OpTold(attempt, op):
                self._tell_op(active, attempt, op)
                return []
            case Made(attempt, results, _):
                return self._record(runs, active, attempt, results, beside)
            case Stopped(attempt):
                commands = runs.handle(active.id, machine.Cancelled(attempt.step))
                self._unmade(active, attempt, "", "what it is made from changed while it ran", Manifest(()))
                return commands
            case Spoilt(attempt, reads):
                names = reads.changed or reads.stirred
                line = f"{', '.join(names)} changed while it ran"
                text = f"{line}, each time it was tried\n  {self._way_out(attempt.step, names)}"
                commands = runs.handle(active.id, machine.Superseded(attempt.step))
                self._unmade(active, attempt, text, line, reads.manifest)
                return commands
            case Broke(attempt, text, line, retry_in, reads, results):
                commands = runs.handle(active.id, machine.Failed(attempt.step, retry_in))
                self._unmade(active, attempt, text, line, reads.manifest, results)
                return commands
            case _:
                assert_never(outcome)

    def _way_out(self, step: StepName, names: Collection[str]) -> str:
        """What a person can do about files that change while the step reads them."""
        writers = [found for name in names for found in writers_of(self._space, name) if found != step]
        if not writers:
            return "let what writes it finish first, or make it an asset"
        return f"{', '.join(dict.fromkeys(writers))} wrote it: let this step depend on that, or read something else"

    def _tell_op(self, active: Active, attempt: Attempt, op: NewOp) -> None:
        self._space.writable().tell_op(active.id, attempt.step, self._space.clock.now(), op)
        view = op_view(op)
        active.ops.setdefault(attempt.step, []).append(view)
        self._emit(OpEnded(active.id, attempt.step, view))

    def _unmade(
        self,
        active: Active,
        attempt: Attempt,
        text: str,
        line: str,
        manifest: Manifest,
        results: Results = Results(),  # noqa: B008 - a frozen value
    ) -> None:
        """The attempt did not make what it should; the machine has decided whether that is the end of its step.

        Then what it made all the same is kept.
        """
        match active.run.states[attempt.step]:
            case machine.State.FAILED:
                at, seconds = self._space.clock.now(), self._seconds(attempt)
                written = self._space.writable().fail_step(
                    active.id,
                    attempt.step,
                    at,
                    seconds,
                    manifest.key,
                    manifest.parts,
                    text,
                    line,
                    results,
                    attempt.cost,
                )
                self._space.ledger.learn(written)
                self._show(active, attempt, StepState.FAILED, text, line, written)
            case machine.State.RETRYING:
                self._show(active, attempt, StepState.RETRYING, text, line)
            case machine.State.CANCELLED:
                self._show(active, attempt, StepState.CANCELLED)
            case _:
                self._show(active, attempt, StepState.SUPERSEDED, None, line)

    def _record(
        self, runs: Runs, active: Active, attempt: Attempt, results: Results, beside: Beside
    ) -> list[Told]:
        """It made what it should."""
        space = self._space
        before = self._known(attempt)
        at, seconds = space.clock.now(), self._seconds(attempt)
        now: dict[Product, str] = {item.key: item.data_version for item in results.made}
        now.update((Key(item.asset), item.data_version) for item in results.observed)
        now.update((item.check, str(item.passed)) for item in results.checks)
        unchanged = bool(now) and all(before.get(product) == version for product, version in now.items())
        state = StepState.UNCHANGED if unchanged else StepState.SUCCEEDED
        written = space.writable().finish_step(
            active.id, attempt.step, at, state.value, seconds, results, attempt.cost
        )
        space.ledger.learn(written)
        self._show(active, attempt, state, written=written)
        made = {key for key, version in now.items() if before.get(key) != version}
        return [
            *runs.handle(active.id, machine.Succeeded(attempt.step, unchanged)),
            *_overtaken(runs, made, beside),
        ]

    def _known(self, attempt: Attempt) -> dict[Product, str]:
        """The data versions, and the results of checks, that were current until now."""
        products = [*attempt.products, *attempt.generation.steps[attempt.step].observes]
        records = self._space.ledger.records(products)
        return {product: found[0].data_version for product, found in records.items()}

    def _seconds(self, attempt: Attempt) -> float:
        return attempt.took if attempt.took is not None else self._space.clock.ticks() - attempt.began

    def _show(
        self,
        active: Active,
        attempt: Attempt,
        state: StepState,
        text: str | None = None,
        line: str | None = None,
        written: Written = Written(),  # noqa: B008 - a frozen value
    ) -> None:
        view = attempt_view(active, attempt, state, self._seconds(attempt), text, line, written)
        self._emit(StepEnded(active.id, view))


def _overtaken(runs: Runs, made: Collection[Product], beside: Beside) -> list[Told]:
    """These have new values: attempts of other runs that loaded the old ones are ended."""
    told: list[Told] = []
    for attempt, active in beside:
        if any(key in made for key in attempt.generation.inputs(attempt.step)):
            told += runs.handle(active.id, machine.Reexamine(frozenset([attempt.step])))
    return told
