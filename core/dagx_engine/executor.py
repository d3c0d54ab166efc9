"""Carries out a run: the machine's commands go to workers and the store, what they answer goes back to the machine.

Belongs to one thread and never waits: whoever owns it hands it the messages of the inbox.
"""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import field, replace
from typing import assert_never

from dagx_engine import present
from dagx_engine.attempts import Attempts, Broke, Made, OpTold, Outcome, Spoilt, Stopped
from dagx_engine.check_views import check_result
from dagx_engine.cost_views import cost_view
from dagx_engine.harvest import Attempt
from dagx_engine.io.pool import Described, Refused
from dagx_engine.io.rows import NewOp, Results, Written
from dagx_engine.job_views import op_view
from dagx_engine.pure import run as machine
from dagx_engine.pure.demand import asked_of, extent_of, is_reusable, restorable
from dagx_engine.pure.doubt import is_doubt_alone
from dagx_engine.pure.generation import CheckKey, Generation, Key, Product, StepName
from dagx_engine.pure.manifest import Manifest
from dagx_engine.pure.reasons import absence, reasons_of
from dagx_engine.pure.staleness import (
    Held,
    InParts,
    Record,
    Verdict,
    current_of,
    needs_work,
    verdict,
)
from dagx_engine.pure.value import dataclass
from dagx_engine.remarks import remarks_of
from dagx_engine.views import (
    Event,
    OpEnded,
    OpView,
    PlanView,
    ReasonView,
    RunEnded,
    RunStarted,
    RunStatus,
    StepEnded,
    StepStarted,
    StepState,
    StepView,
)
from dagx_engine.workspace import Workspace

__all__ = ["Executor", "Request"]

_PATIENCE_SECONDS = 5.0
"""How long a step waits for files that somebody is writing, before it begins all the same."""


_EXECUTED = frozenset({machine.State.SUCCEEDED, machine.State.UNCHANGED})


@dataclass(frozen=True)
class Request:
    """What to run: the steps that were selected, in dependency order, and why it was asked for.

    `parts` has what is wanted of steps that are to make less than they can.
    """

    steps: tuple[StepName, ...]
    selection: str = ""
    cause: str = "you"
    force: bool = False
    fail_fast: bool = False
    parts: Mapping[StepName, Collection[Product]] = field(default_factory=dict)

    @property
    def is_asked(self) -> bool:
        """Whether a person asked for it: else a save did, or the start of `dagx dev`."""
        return self.cause == "you"


@dataclass(frozen=True)
class _Due:
    run: str
    step: StepName


@dataclass
class _Active:
    """The run under way."""

    id: str
    request: Request
    generation: Generation
    run: machine.Run
    began: float
    began_at: float
    attempts: Attempts
    refused: tuple[str, ...]
    verdicts: dict[StepName, Verdict] = field(default_factory=dict)
    waits: list[threading.Timer] = field(default_factory=list)
    ops: dict[StepName, list[OpView]] = field(default_factory=dict)
    """How the ops of jobs went so far."""


class Executor:
    """At most one run at a time. `emit` is told what people should see."""

    def __init__(self, workspace: Workspace, emit: Callable[[Event], None]) -> None:
        self._space = workspace
        self._emit = emit
        self._active: _Active | None = None

    @property
    def active(self) -> bool:
        return self._active is not None

    @property
    def run_id(self) -> str | None:
        return self._active.id if self._active else None

    def begin(self, request: Request, plan: PlanView) -> str:
        """Start a run; `plan` is what the person was shown. Its end is told by `RunEnded`."""
        if self._active is not None:
            raise RuntimeError("a run is under way already")
        generation = self._space.in_force()
        chosen = set(request.steps)
        needs = {step: generation.waits_for(step) & chosen for step in request.steps}
        expected = self._space.writable().expected_seconds()
        run = machine.Run(
            needs,
            slots=self._space.slots,
            cost={step: expected.get(generation.steps[step].of or step, 0.0) for step in needs},
            fail_fast=request.fail_fast,
            pools={step: generation.steps[step].pools for step in needs if generation.steps[step].pools},
            limits={pool: limit for pool, limit in generation.limits.items() if limit > 0},
            priority={step: found for step in needs if (found := generation.steps[step].priority)},
        )
        clock = self._space.clock
        number = self._space.new_run_id()
        attempts = Attempts(self._space, generation, number, self._emit, fail_fast=request.fail_fast)
        began, now = clock.ticks(), clock.now()
        active = _Active(number, request, generation, run, began, now, attempts, plan.refused)
        self._active = active
        self._space.writable().begin_run(
            active.id,
            active.began_at,
            request.selection,
            request.cause,
            [_row_of_step(generation, step) for step in request.steps],
            os.getpid(),
        )
        self._emit(RunStarted(active.id, request.cause, plan))
        self._carry(active, run.begin())
        return active.id

    def cancel(self) -> None:
        """Give the active run up; running steps are asked to end."""
        if self._active is not None:
            self._tell(self._active, machine.Cancel())

    def cancel_changed(self, newer: Generation) -> None:
        """Give up what a newer generation makes pointless: unfinished steps that are gone or whose code differs."""
        active = self._active
        if active is None:
            return
        old = active.generation
        changed = [
            step
            for step in active.request.steps
            if step not in newer.steps or newer.steps[step].parts != old.steps[step].parts
        ]
        if changed:
            self._tell(active, machine.CancelSteps(old.below(changed)))

    def take(self, said: object) -> list[Described | Refused]:
        """Handle a message of the inbox; what is not about the run comes back to the caller."""
        rest: list[Described | Refused] = []
        for news in [said, *self._space.receive(said)]:
            active = self._active
            if isinstance(news, Described | Refused):
                rest.append(news)
            elif active is not None and isinstance(news, _Due):
                if news.run == active.id:
                    self._tell(active, machine.Due(news.step))
            elif active is not None:
                for outcome in active.attempts.take(news):
                    self._carry(active, self._settle(active, outcome))
        return rest

    def close(self) -> None:
        """Forget what is under way; the next engine finds the run unfinished."""
        if self._active is not None:
            for wait in self._active.waits:
                wait.cancel()
            self._active.attempts.close()

    # The machine's commands.

    def _tell(self, active: _Active, event: machine.Event) -> None:
        self._carry(active, active.run.handle(event))

    def _carry(self, active: _Active, commands: list[machine.Command]) -> None:
        todo = deque(commands)
        fresh: list[StepName] = []
        while todo:
            command = todo.popleft()
            if isinstance(command, machine.Finish) and fresh:
                self._space.writable().fresh_steps(active.id, fresh)
                fresh.clear()
            match command:
                case machine.Examine(step):
                    answer = self._examine(active, step)
                    if isinstance(answer, machine.Reused) and not answer.restored:
                        fresh.append(step)
                    todo.extend(active.run.handle(answer))
                case machine.Start(step, number):
                    todo.extend(self._start(active, step, number))
                case machine.WaitFor(step, seconds):
                    self._wait(active, step, seconds)
                case machine.Stop(step):
                    todo.extend(self._stop(active, step))
                case machine.Skip(step, because):
                    self._skip(active, step, because)
                case machine.Finish():
                    self._finish(active)
                case _:
                    assert_never(command)
        if fresh:
            self._space.writable().fresh_steps(active.id, fresh)

    def _examine(self, active: _Active, step: StepName) -> machine.Event:
        """Whether the step must run, by what is stored and what is so at this moment."""
        found = self._judge(active, step)
        while not active.request.force and self._set_aside_damaged(active, step, found):
            found = self._judge(active, step)
        active.verdicts[step] = found
        if isinstance(found, Held):
            absent = self._space.ledger.absent(active.generation)
            because = active.generation.maker(absent[found.absent[0]])
            return machine.Held(step, because or step)
        if not active.request.is_asked and is_doubt_alone(found):
            return machine.Reused(step)
        if active.request.force or not is_reusable(found):
            return machine.MustRun(step)
        if not needs_work(found):
            return machine.Reused(step)
        restored = restorable(found, active.request.parts.get(step))
        self._put_back(active, step, restored, whole=True)
        why = present.reasons(reasons_of(active.generation, step, found))
        self._emit(StepEnded(active.id, self._view(active, step, StepState.RESTORED, why)))
        return machine.Reused(step, restored=True)

    def _judge(self, active: _Active, step: StepName) -> Verdict:
        generation, space = active.generation, self._space
        definition = generation.steps[step]
        stored = space.ledger.records(definition.products)
        versions = current_of(space.ledger.records([*generation.inputs(step), *definition.assets]))
        return verdict(
            generation,
            step,
            versions,
            stored,
            space.observe(stored, generation, [step], patience=_PATIENCE_SECONDS),
            wanted=active.request.parts.get(step),
            absent=space.ledger.absent(generation),
        )

    def _set_aside_damaged(self, active: _Active, step: StepName, found: Verdict) -> bool:
        """Look at the bytes of what would be put back; whether some were not what they should be."""
        numbers = {record.id for record in restorable(found, active.request.parts.get(step))}
        if not numbers:
            return False
        ledger, objects = self._space.ledger, self._space.objects
        items = [
            item
            for product in active.generation.steps[step].assets
            for item in ledger.history().get(product, ())
            if item.id in numbers and item.object_digest is not None
        ]
        bad = [item for item in items if not objects.check(item.object_digest or "")]
        if bad:
            ledger.forget()
        return bool(bad)

    def _put_back(self, active: _Active, step: StepName, records: Sequence[Record], *, whole: bool) -> None:
        made = [record.id for record in records if not isinstance(record.product, CheckKey)]
        checks = [record.id for record in records if isinstance(record.product, CheckKey)]
        now = self._space.clock.now()
        self._space.writable().restore(active.id, step, now, made, checks, whole=whole)
        self._space.ledger.restore(records)

    def _start(self, active: _Active, step: StepName, number: int) -> list[machine.Command]:
        generation, space = active.generation, self._space
        found = active.verdicts[step]
        why = reasons_of(generation, step, found)
        if not why and active.request.force:
            why = (("", "forced"),)
        clock, log = space.clock, space.log_path(active.id, step, number)
        products = asked_of(
            generation, step, found, active.request.parts.get(step), force=active.request.force
        )
        if isinstance(found, InParts) and not active.request.force:
            beside = [
                r for r in restorable(found, active.request.parts.get(step)) if r.product not in products
            ]
            self._put_back(active, step, beside, whole=False)
        partitions, is_part = extent_of(generation, step, products)
        attempt = Attempt(
            step,
            number,
            found.manifest,
            why,
            clock.now(),
            clock.ticks(),
            log,
            products,
            partitions,
            is_part,
        )
        space.writable().start_step(active.id, step, attempt.began_at, number, found.manifest.key, why)
        self._emit(StepStarted(active.id, step, present.reasons(why), number, str(log)))
        outcomes = active.attempts.begin(attempt)
        return [command for outcome in outcomes for command in self._settle(active, outcome)]

    def _wait(self, active: _Active, step: StepName, seconds: float) -> None:
        timer = threading.Timer(seconds, self._space.inbox.put, [_Due(active.id, step)])
        timer.daemon = True
        active.waits.append(timer)
        timer.start()

    def _stop(self, active: _Active, step: StepName) -> list[machine.Command]:
        outcomes = active.attempts.stop(step)
        return [command for outcome in outcomes for command in self._settle(active, outcome)]

    def _skip(self, active: _Active, step: StepName, because: StepName) -> None:
        why = self._why_skipped(active, step)
        now = self._space.clock.now()
        self._space.writable().close_step(active.id, step, now, "skipped", because, why)
        self._emit(
            StepEnded(active.id, self._view(active, step, StepState.SKIPPED, present.reasons(why), because))
        )

    def _why_skipped(self, active: _Active, step: StepName) -> tuple[tuple[str, str], ...]:
        """Of a step that was held because something was left out, what that is; a failure tells itself."""
        held = active.verdicts.get(step)
        if not isinstance(held, Held):
            return ()
        ledger, generation = self._space.ledger, active.generation
        roots = [(key, ledger.absent(generation)[key]) for key in held.absent]
        return tuple(
            ("", absence(generation, key, root, had_one=ledger.was_made(root))) for key, root in roots
        )

    def _finish(self, active: _Active) -> None:
        store, clock = self._space.writable(), self._space.clock
        for wait in active.waits:
            wait.cancel()
        states = active.run.states
        for step, state in states.items():
            if state is machine.State.CANCELLED:
                store.close_step(active.id, step, clock.now(), "cancelled", None)
        if machine.State.FAILED in states.values():
            status = RunStatus.FAILED
        elif machine.State.CANCELLED in states.values():
            status = RunStatus.CANCELLED
        else:
            status = RunStatus.SUCCEEDED
        self._space.keep_stamps()
        store.end_run(active.id, clock.now(), status.value, clock.ticks() - active.began)
        self._active = None
        found = store.find_run(active.id)[0]
        steps, results = store.steps(active.id), store.evaluations_of(active.id)
        ops = store.ops(active.id) if active.ops else {}
        ended = present.run_view(found, steps, results, self._space.log_of, active.refused, ops)
        ran = [step for step, state in states.items() if state in _EXECUTED]
        of = {active.generation.steps[step].of or step for step in ran}
        self._emit(RunEnded(replace(ended, remarks=remarks_of(self._space, active.generation, of))))

    # What became of attempts.

    def _settle(self, active: _Active, outcome: Outcome) -> list[machine.Command]:
        """Tell the machine, and write down and show what that makes of the step."""
        run = active.run
        match outcome:
            case OpTold(attempt, op):
                self._tell_op(active, attempt, op)
                return []
            case Made(attempt, results, _):
                return self._record(active, attempt, results)
            case Stopped(attempt):
                self._show(active, attempt, StepState.CANCELLED)
                return run.handle(machine.Cancelled(attempt.step))
            case Spoilt(attempt, reads):
                line = f"{', '.join(reads.changed or reads.stirred)} changed while it ran"
                text = (
                    f"{line}, each time it was tried\n  let what writes it finish first, or make it an asset"
                )
                commands = run.handle(machine.Superseded(attempt.step))
                self._unmade(active, attempt, text, line, reads.manifest)
                return commands
            case Broke(attempt, text, line, retry_in, reads, results):
                commands = run.handle(machine.Failed(attempt.step, retry_in))
                self._unmade(active, attempt, text, line, reads.manifest, results)
                return commands
            case _:
                assert_never(outcome)

    def _tell_op(self, active: _Active, attempt: Attempt, op: NewOp) -> None:
        self._space.writable().tell_op(active.id, attempt.step, self._space.clock.now(), op)
        view = op_view(op)
        active.ops.setdefault(attempt.step, []).append(view)
        self._emit(OpEnded(active.id, attempt.step, view))

    def _unmade(
        self,
        active: _Active,
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

    def _record(self, active: _Active, attempt: Attempt, results: Results) -> list[machine.Command]:
        space = self._space
        before = self._known(active, attempt)
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
        return active.run.handle(machine.Succeeded(attempt.step, unchanged))

    def _known(self, active: _Active, attempt: Attempt) -> dict[Product, str]:
        """The data versions, and the results of checks, that were current until now."""
        products = [*attempt.products, *active.generation.steps[attempt.step].observes]
        records = self._space.ledger.records(products)
        return {product: found[0].data_version for product, found in records.items()}

    def _seconds(self, attempt: Attempt) -> float:
        return attempt.took if attempt.took is not None else self._space.clock.ticks() - attempt.began

    def _show(
        self,
        active: _Active,
        attempt: Attempt,
        state: StepState,
        text: str | None = None,
        line: str | None = None,
        written: Written = Written(),  # noqa: B008 - a frozen value
    ) -> None:
        reasons = (("", line),) if state is StepState.SUPERSEDED and line else attempt.reasons
        view = replace(
            self._view(active, attempt.step, state, present.reasons(reasons)),
            attempt=attempt.number,
            started_at=attempt.began_at,
            seconds=self._seconds(attempt),
            cost=cost_view(attempt.cost),
            error=text,
            error_line=line if text else None,
            log_path=str(attempt.log) if attempt.log.exists() else None,
            results=tuple(check_result(item) for item in written.checks),
            left_out=tuple(str(item.key) for item in written.made if item.standing == "left out"),
        )
        self._emit(StepEnded(active.id, view))

    @staticmethod
    def _view(
        active: _Active,
        step: StepName,
        state: StepState,
        reasons: tuple[ReasonView, ...],
        because: str | None = None,
    ) -> StepView:
        name, assets, checks = _row_of_step(active.generation, step)
        ops = tuple(active.ops.get(step, ()))
        return StepView(name, tuple(assets), state, reasons, because=because, checks=tuple(checks), ops=ops)


def _row_of_step(generation: Generation, step: StepName) -> tuple[str, Sequence[str], Sequence[str]]:
    """Its name, the assets that it makes or observes, and its checks."""
    return step, *generation.shown(step)
