"""Carries out a run: the machine's commands go to workers and the store, what they answer goes back to the machine.

Belongs to one thread and never waits: whoever owns it hands it the messages of the inbox.
"""

from __future__ import annotations

import base64
import os
import threading
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Any, assert_never

from dagx_engine import present
from dagx_engine.harvest import Attempt, Published, Reads, end_of_log, has_files, look_again, publish, rows_of
from dagx_engine.io.pool import Assignment, Described, Done, Lost, News, Refused
from dagx_engine.io.store import NewMaterialization
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
    StepLog,
    StepStarted,
    StepState,
    StepView,
)
from dagx_engine.workspace import Workspace

__all__ = ["Executor", "Request"]

_PUBLISHERS = 8


@dataclass(frozen=True)
class Request:
    """What to run: the steps that were selected, in dependency order, and why it was asked for."""

    steps: tuple[StepName, ...]
    selection: str = ""
    cause: str = "you"
    force: bool = False
    fail_fast: bool = False


@dataclass(frozen=True)
class _Wrote:
    """Text that an attempt wrote to its log."""

    token: str
    text: str


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
    attempts: dict[str, Attempt] = field(default_factory=dict)
    verdicts: dict[StepName, Verdict] = field(default_factory=dict)
    results: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    waits: list[threading.Timer] = field(default_factory=list)
    looked: dict[StepName, Mapping[str, str]] = field(default_factory=dict)
    """Of a step that was superseded: the files that it reads, as they were when it was sent back."""


class Executor:
    """At most one run at a time. `emit` is told what people should see."""

    def __init__(self, workspace: Workspace, emit: Callable[[Event], None]) -> None:
        self._space = workspace
        self._emit = emit
        self._active: _Active | None = None
        self._publishers: ThreadPoolExecutor | None = None
        workspace.on_log = lambda token, text: workspace.inbox.put(_Wrote(token, text))

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
        active = _Active(self._space.new_run_id(), request, generation, run, clock.ticks(), clock.now())
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

    def take(self, said: object) -> list[News]:
        """Handle a message of the inbox; what is not about the run comes back to the caller."""
        rest: list[News] = []
        for news in self._space.receive(said):
            if isinstance(news, Described | Refused):
                rest.append(news)
            else:
                self._take_news(news)
        active = self._active
        if isinstance(said, _Wrote):
            run, step, *_ = said.token.split(".")
            self._emit(StepLog(run, step, said.text))
        elif active is not None and isinstance(said, Published) and said.token in active.attempts:
            self._published(active, said)
        elif active is not None and isinstance(said, _Due) and said.run == active.id:
            self._tell(active, machine.Due(said.step))
        return rest

    def close(self) -> None:
        if self._active is not None:
            for wait in self._active.waits:
                wait.cancel()
        if self._publishers is not None:
            self._publishers.shutdown(wait=True)

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
        attempt = Attempt(
            step,
            number,
            found.manifest,
            why,
            space.clock.now(),
            space.clock.ticks(),
            space.log_path(active.id, step, number),
        )
        token = f"{active.id}.{step}.{number}.{len(active.attempts)}.{id(attempt):x}"
        active.attempts[token] = attempt
        space.writable().start_step(active.id, step, attempt.began_at, number, found.manifest.key, why)
        self._emit(StepStarted(active.id, step, present.reasons(why), number, str(attempt.log)))
        inputs = {key: space.input_message(key) for key in generation.loads(step)}
        damaged = [key for key, found in inputs.items() if found and not self._is_sound(found)]
        if damaged:
            return self._damaged(active, token, damaged)
        space.pool().run(
            Assignment(
                token,
                generation.number,
                {
                    "step": step,
                    "run": active.id,
                    "attempt": number,
                    "inputs": {key: _as_json(found) for key, found in inputs.items() if found is not None},
                    "staging": str(space.objects.staging),
                    "storage": str(space.files.state / "storage"),
                },
                attempt.log,
            )
        )
        return []

    def _is_sound(self, found: Mapping[str, Any]) -> bool:
        return "digest" not in found or self._space.objects.check(found["digest"])

    def _damaged(self, active: _Active, token: str, keys: list[Key]) -> list[machine.Command]:
        self._space.forget()
        text = (
            f"the stored value of {', '.join(keys)} is damaged or gone; it was set aside\n"
            f"  run it again: dagx run {' '.join(keys)}"
        )
        return self._fail(active, token, text, text.splitlines()[0], None, None)

    def _wait(self, active: _Active, step: StepName, seconds: float) -> None:
        timer = threading.Timer(seconds, self._space.inbox.put, [_Due(active.id, step)])
        timer.daemon = True
        active.waits.append(timer)
        timer.start()

    def _stop(self, active: _Active, step: StepName) -> list[machine.Command]:
        commands: list[machine.Command] = []
        for token, attempt in list(active.attempts.items()):
            if attempt.step == step:
                for news in self._space.pool().stop(token):
                    if isinstance(news, Lost):
                        commands += self._stopped(active, token)
        return commands

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

    # What workers answer.

    def _take_news(self, news: Done | Lost) -> None:
        active = self._active
        if active is None or news.token not in active.attempts:
            return
        match news:
            case Done(token, result) if result["ok"]:
                active.results[token] = result
                self._publish(token, result)
            case Done(token, result) if result.get("stopped"):
                self._carry(active, self._stopped(active, token))
            case Done(token, result):
                problem = result["problem"]
                commands = self._fail(
                    active, token, problem["text"], problem["line"], result.get("retry_in"), result["seen"]
                )
                self._carry(active, commands)
            case Lost(token, words, stopped):
                if stopped:
                    self._carry(active, self._stopped(active, token))
                else:
                    line = f"the worker {words} without a result"
                    text = line + end_of_log(active.attempts[token].log)
                    self._carry(active, self._fail(active, token, text, line, None, None))
            case _:
                assert_never(news)

    def _stopped(self, active: _Active, token: str) -> list[machine.Command]:
        attempt = active.attempts.pop(token)
        self._emit(StepEnded(active.id, self._view(active, attempt, StepState.CANCELLED, ())))
        return active.run.handle(machine.Cancelled(attempt.step))

    def _fail(
        self,
        active: _Active,
        token: str,
        text: str,
        line: str,
        retry_in: float | None,
        seen: Mapping[str, list[str]] | None,
    ) -> list[machine.Command]:
        attempt = active.attempts[token]
        commands = active.run.handle(machine.Failed(attempt.step, retry_in))
        state = active.run.states[attempt.step]
        if state is machine.State.FAILED:
            reads = self._look_again(active, attempt, seen or {})
            self._failed_for_good(active, token, text, line, reads.manifest)
            return commands
        del active.attempts[token]
        if state is machine.State.RETRYING:
            view = self._view(active, attempt, StepState.RETRYING, attempt.reasons)
            self._emit(StepEnded(active.id, replace(view, error=text, error_line=line)))
        return commands

    def _failed_for_good(self, active: _Active, token: str, text: str, line: str, manifest: Manifest) -> None:
        attempt, space = active.attempts.pop(token), self._space
        view = self._view(active, attempt, StepState.FAILED, attempt.reasons)
        seconds, at = view.seconds or 0.0, space.clock.now()
        space.writable().fail_step(
            active.id, attempt.step, at, seconds, manifest.key, manifest.parts, text, line
        )
        self._emit(StepEnded(active.id, replace(view, error=text, error_line=line)))

    def _view(
        self, active: _Active, attempt: Attempt, state: StepState, why: Iterable[tuple[str, str]]
    ) -> StepView:
        return StepView(
            attempt.step,
            active.generation.steps[attempt.step].assets,
            state,
            present.reasons(why),
            attempt.number,
            attempt.began_at,
            self._space.clock.ticks() - attempt.began,
            log_path=str(attempt.log) if attempt.log.exists() else None,
        )

    def _publish(self, token: str, result: Mapping[str, Any]) -> None:
        """Put the outputs down: small ones at once, files by a thread, for syncing a disk takes time."""
        objects, inbox = self._space.objects, self._space.inbox
        if not has_files(result):
            inbox.put(publish(objects, token, result))
            return
        if self._publishers is None:
            self._publishers = ThreadPoolExecutor(_PUBLISHERS, thread_name_prefix="dagx-publish")
        self._publishers.submit(lambda: inbox.put(publish(objects, token, result)))

    def _published(self, active: _Active, news: Published) -> None:
        result, attempt = active.results.pop(news.token), active.attempts[news.token]
        if news.error:
            self._carry(active, self._fail(active, news.token, news.error, news.error, None, None))
            return
        reads = self._look_again(active, attempt, result["seen"])
        if reads.changed:
            self._supersede(active, news.token, reads)
            return
        del active.attempts[news.token]
        self._record(
            active, attempt, rows_of(self._space, result, news.stored, reads.manifest), reads.manifest
        )

    def _look_again(self, active: _Active, attempt: Attempt, seen: Mapping[str, list[str]]) -> Reads:
        known = active.looked.get(attempt.step, {})
        return look_again(self._space, active.generation, attempt, seen, known)

    def _supersede(self, active: _Active, token: str, reads: Reads) -> None:
        """Record nothing and try again, unless that went on too often."""
        attempt = active.attempts[token]
        active.looked[attempt.step] = reads.observed
        words = f"{', '.join(reads.changed)} changed while it ran"
        commands = active.run.handle(machine.Superseded(attempt.step))
        if active.run.states[attempt.step] is machine.State.FAILED:
            text = f"{words}, each time it was tried\n  let what writes it finish first, or make it an asset"
            self._failed_for_good(active, token, text, words, reads.manifest)
        else:
            view = self._view(active, attempt, StepState.SUPERSEDED, (("", words),))
            del active.attempts[token]
            self._emit(StepEnded(active.id, view))
        self._carry(active, commands)

    def _record(
        self, active: _Active, attempt: Attempt, made: list[NewMaterialization], manifest: Manifest
    ) -> None:
        space = self._space
        before = current_of(space.records([Key(item.asset) for item in made]))
        unchanged = bool(made) and all(before.get(Key(item.asset)) == item.data_version for item in made)
        state = StepState.UNCHANGED if unchanged else StepState.SUCCEEDED
        view = self._view(active, attempt, state, attempt.reasons)
        seconds = view.seconds or 0.0
        at = space.clock.now()
        rows = space.writable().finish_step(
            active.id, attempt.step, at, state.value, seconds, manifest.key, manifest.parts, made
        )
        space.learn(rows)
        self._emit(StepEnded(active.id, view))
        self._tell(active, machine.Succeeded(attempt.step, unchanged))


def _as_json(found: Mapping[str, Any]) -> dict[str, Any]:
    inline = found.get("inline")
    return (
        {**found, "inline": base64.b64encode(inline).decode("ascii")} if inline is not None else dict(found)
    )
