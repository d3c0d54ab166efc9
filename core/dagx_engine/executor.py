"""Carries out a run: the machine's commands go to workers and the store, what they answer goes back to the machine.

Belongs to one thread and never waits: whoever owns it hands it the messages of the inbox.
"""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import assert_never

from dagx_engine import present
from dagx_engine.attempts import Attempts, Broke, Made, Outcome, Spoilt, Stopped
from dagx_engine.harvest import Attempt
from dagx_engine.io.pool import Described, Refused
from dagx_engine.io.rows import NewMaterialization
from dagx_engine.pure import run as machine
from dagx_engine.pure.generation import Generation, Key, StepName
from dagx_engine.pure.manifest import Manifest
from dagx_engine.pure.reasons import reasons_of
from dagx_engine.pure.staleness import Fresh, Restorable, Verdict, current_of, verdict
from dagx_engine.views import (
    Event,
    PlanView,
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


@dataclass(frozen=True)
class Request:
    """What to run: the steps that were selected, in dependency order, and why it was asked for."""

    steps: tuple[StepName, ...]
    selection: str = ""
    cause: str = "you"
    force: bool = False
    fail_fast: bool = False


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
    verdicts: dict[StepName, Verdict] = field(default_factory=dict)
    waits: list[threading.Timer] = field(default_factory=list)


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
        needs = {step: generation.upstream(step) & chosen for step in request.steps}
        expected = self._space.writable().expected_seconds()
        run = machine.Run(
            needs,
            slots=self._space.slots,
            cost={StepName(step): seconds for step, seconds in expected.items()},
            fail_fast=request.fail_fast,
        )
        clock = self._space.clock
        number = self._space.new_run_id()
        attempts = Attempts(self._space, generation, number, self._emit)
        active = _Active(number, request, generation, run, clock.ticks(), clock.now(), attempts)
        self._active = active
        self._space.writable().begin_run(
            active.id,
            active.began_at,
            request.selection,
            request.cause,
            [(step, generation.steps[step].assets) for step in request.steps],
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
        generation, space = active.generation, self._space
        assets = generation.steps[step].assets
        stored = space.records(assets)
        versions = current_of(space.records(generation.inputs(step)))
        found = verdict(generation, step, versions, stored, space.observe(stored))
        active.verdicts[step] = found
        if active.request.force or not isinstance(found, Fresh | Restorable):
            return machine.MustRun(step)
        if isinstance(found, Fresh):
            return machine.Reused(step)
        pointers = [(record.asset, record.id) for record in found.records]
        space.writable().reuse_step(active.id, step, space.clock.now(), "restored", pointers)
        space.restore(pointers)
        view = StepView(
            step, assets, StepState.RESTORED, present.reasons(reasons_of(generation, step, found))
        )
        self._emit(StepEnded(active.id, view))
        return machine.Reused(step, restored=True)

    def _start(self, active: _Active, step: StepName, number: int) -> list[machine.Command]:
        generation, space = active.generation, self._space
        found = active.verdicts[step]
        why = reasons_of(generation, step, found)
        if not why and active.request.force:
            why = (("", "forced"),)
        clock, log = space.clock, space.log_path(active.id, step, number)
        attempt = Attempt(step, number, found.manifest, why, clock.now(), clock.ticks(), log)
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
        self._space.writable().close_step(active.id, step, self._space.clock.now(), "skipped", because)
        view = StepView(step, active.generation.steps[step].assets, StepState.SKIPPED, because=because)
        self._emit(StepEnded(active.id, view))

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
        store.end_run(active.id, clock.now(), status.value, clock.ticks() - active.began)
        self._active = None
        found = store.find_run(active.id)[0]
        self._emit(RunEnded(present.run_view(found, store.steps(active.id), self._space.log_of)))

    # What became of attempts.

    def _settle(self, active: _Active, outcome: Outcome) -> list[machine.Command]:
        """Tell the machine, and write down and show what that makes of the step."""
        run = active.run
        match outcome:
            case Made(attempt, rows, reads):
                return self._record(active, attempt, rows, reads.manifest)
            case Stopped(attempt):
                self._show(active, attempt, StepState.CANCELLED)
                return run.handle(machine.Cancelled(attempt.step))
            case Spoilt(attempt, reads):
                line = f"{', '.join(reads.changed)} changed while it ran"
                text = (
                    f"{line}, each time it was tried\n  let what writes it finish first, or make it an asset"
                )
                commands = run.handle(machine.Superseded(attempt.step))
                self._unmade(active, attempt, text, line, reads.manifest)
                return commands
            case Broke(attempt, text, line, retry_in, reads):
                commands = run.handle(machine.Failed(attempt.step, retry_in))
                self._unmade(active, attempt, text, line, reads.manifest)
                return commands
            case _:
                assert_never(outcome)

    def _unmade(self, active: _Active, attempt: Attempt, text: str, line: str, manifest: Manifest) -> None:
        """The attempt made nothing; the machine has decided whether that is the end of its step."""
        match active.run.states[attempt.step]:
            case machine.State.FAILED:
                at, seconds = self._space.clock.now(), self._seconds(attempt)
                self._space.writable().fail_step(
                    active.id, attempt.step, at, seconds, manifest.key, manifest.parts, text, line
                )
                self._show(active, attempt, StepState.FAILED, text, line)
            case machine.State.RETRYING:
                self._show(active, attempt, StepState.RETRYING, text, line)
            case machine.State.CANCELLED:
                self._show(active, attempt, StepState.CANCELLED)
            case _:
                self._show(active, attempt, StepState.SUPERSEDED, None, line)

    def _record(
        self, active: _Active, attempt: Attempt, made: list[NewMaterialization], manifest: Manifest
    ) -> list[machine.Command]:
        space = self._space
        before = current_of(space.records([Key(item.asset) for item in made]))
        unchanged = bool(made) and all(before.get(Key(item.asset)) == item.data_version for item in made)
        state = StepState.UNCHANGED if unchanged else StepState.SUCCEEDED
        at, seconds = space.clock.now(), self._seconds(attempt)
        rows = space.writable().finish_step(
            active.id, attempt.step, at, state.value, seconds, manifest.key, manifest.parts, made
        )
        space.learn(rows)
        self._show(active, attempt, state)
        return active.run.handle(machine.Succeeded(attempt.step, unchanged))

    def _seconds(self, attempt: Attempt) -> float:
        return self._space.clock.ticks() - attempt.began

    def _show(
        self,
        active: _Active,
        attempt: Attempt,
        state: StepState,
        text: str | None = None,
        line: str | None = None,
    ) -> None:
        view = StepView(
            attempt.step,
            active.generation.steps[attempt.step].assets,
            state,
            present.reasons((("", line),) if state is StepState.SUPERSEDED and line else attempt.reasons),
            attempt.number,
            attempt.began_at,
            self._seconds(attempt),
            text,
            line if text else None,
            log_path=str(attempt.log) if attempt.log.exists() else None,
        )
        self._emit(StepEnded(active.id, view))
