"""The attempts of a run that are under way: each given to a worker, heard out, its outputs put down.

Answers with what became of an attempt; what that means for the run is decided elsewhere.
"""

from __future__ import annotations

import base64
import itertools
import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, assert_never

from dagx.errors import DagxError
from dagx_engine.harvest import (
    Attempt,
    Published,
    end_of_log,
    has_files,
    publish,
    results_of,
)
from dagx_engine.io.news import Asked, Assignment, Done, Lost, Overran, Told
from dagx_engine.io.rows import NewOp, Results
from dagx_engine.pure.costs import Cost
from dagx_engine.pure.definitions import CheckKey, Key, Product, StepName
from dagx_engine.pure.generation import Generation
from dagx_engine.pure.learning import proof_of, still_there, take_edges
from dagx_engine.pure.value import dataclass
from dagx_engine.questions import Own, answer
from dagx_engine.reads import Reads, look_again
from dagx_engine.views import Event, StepLog
from dagx_engine.witnessed import claim, folders_outside
from dagx_engine.workspace import Workspace
from dagx_engine.writers import note_written

__all__ = ["Attempts", "Broke", "Made", "OpTold", "Outcome", "Spoilt", "Stopped", "message_of"]

_PUBLISHERS = 8
_ENDS = (Done, Lost, Published)


@dataclass(frozen=True)
class Made:
    """The function returned and everything that it made is down on disk; the rows are not written yet."""

    attempt: Attempt
    results: Results
    reads: Reads


@dataclass(frozen=True)
class Spoilt:
    """The function returned, but what it read changed meanwhile: nobody knows what it saw."""

    attempt: Attempt
    reads: Reads


@dataclass(frozen=True)
class Broke:
    """The attempt failed. `retry_in` seconds later the exception or the policy allows another one, if not None.

    `results` are what it had made before.
    """

    attempt: Attempt
    text: str
    line: str
    retry_in: float | None
    reads: Reads
    results: Results


@dataclass(frozen=True)
class Stopped:
    """The attempt ended because it was asked to."""

    attempt: Attempt


@dataclass(frozen=True)
class OpTold:
    """How an op of a job went, before the attempt ends."""

    attempt: Attempt
    op: NewOp


Outcome = Made | Spoilt | Broke | Stopped | OpTold


class Attempts:
    """Of one run."""

    def __init__(
        self,
        space: Workspace,
        run: str,
        emit: Callable[[Event], None],
        *,
        fail_fast: bool = False,
    ) -> None:
        self._space = space
        self._run = run
        self._emit = emit
        self._fail_fast = fail_fast
        self._under_way: dict[str, Attempt] = {}
        self._ready: dict[str, Assignment] = {}
        self._steps: dict[str, StepName] = {}
        self._results: dict[str, Mapping[str, Any]] = {}
        self._overran: set[str] = set()
        self._looked: dict[StepName, Mapping[str, str]] = {}
        self._numbers = itertools.count()
        self._publishers: ThreadPoolExecutor | None = None

    @property
    def under_way(self) -> tuple[Attempt, ...]:
        return tuple(self._under_way.values())

    def begin(self, attempt: Attempt) -> list[Outcome]:
        """Make the attempt ready for a worker. It breaks at once when the stored value of an input is damaged."""
        token = f"{self._run}-{next(self._numbers)}"
        self._under_way[token] = attempt
        self._steps[token] = attempt.step
        space = self._space
        generation = attempt.generation
        inputs = {key: space.input_message(key) for key in generation.loads(attempt.step)}
        damaged = [key for key, found in inputs.items() if found and not self._is_sound(found)]
        if damaged:
            space.ledger.forget()
            line = f"the stored value of {', '.join(damaged)} is damaged or gone; it was set aside"
            names = dict.fromkeys(str(generation.part(key)[0]) for key in damaged)
            return [self._broke(token, f"{line}\n  run it again: dagx run {' '.join(names)}", line)]
        message = {
            **message_of(space, generation, attempt, inputs),
            "run": self._run,
            "staging": str(space.objects.staging),
        }
        if generation.steps[attempt.step].job:
            message.update(is_job=True, fail_fast=self._fail_fast)
        message["proof"] = proof_of(generation, attempt.step)
        limit = self._limit(attempt)
        self._ready[token] = Assignment(token, generation.number, message, attempt.log, limit)
        return []

    def hand_over(self) -> None:
        """Give workers what is ready. The rows of what it is made from must be written by now: whoever sees a step work
        can rely on it that the steps before it are done, even if this process is killed.
        """
        while self._ready:
            self._space.pool().run(self._ready.pop(next(iter(self._ready))))

    def _limit(self, attempt: Attempt) -> float | None:
        """Seconds that it may take."""
        said = attempt.generation.steps[attempt.step].max_runtime
        return said if said is not None else self._space.files.max_runtime

    def _is_sound(self, found: Mapping[str, Any]) -> bool:
        return "digest" not in found or self._space.objects.check(found["digest"])

    def stop(self, step: StepName) -> list[Outcome]:
        """Ask the step's attempt to end. The answer has its outcome if it had not begun; else that comes later."""
        news: list[object] = []
        for token in [token for token, attempt in self._under_way.items() if attempt.step == step]:
            if self._ready.pop(token, None) is not None:
                news.append(Lost(token, "it had not begun", stopped=True))
            else:
                news.extend(self._space.pool().stop(token))
        return [outcome for item in news if isinstance(item, Lost) for outcome in self.take(item)]

    def take(self, said: object) -> list[Outcome]:
        """What a message means for the attempts under way; messages about others mean nothing."""
        if isinstance(said, _ENDS):
            outcome = self._outcome(said) if said.token in self._under_way else None
            return [] if outcome is None else [outcome]
        if isinstance(said, Asked) and said.token in self._under_way:
            self._answer(said, self._under_way[said.token])
        elif isinstance(said, Told) and said.token in self._under_way:
            return [OpTold(self._under_way[said.token], _op(said.news))]
        elif isinstance(said, Overran) and said.token in self._under_way:
            self._overran.add(said.token)
        return []

    def tell_log(self, token: str, text: str) -> None:
        """What an attempt wrote to its log; that of others means nothing."""
        if token in self._steps:
            self._emit(StepLog(self._run, self._steps[token], text))

    def _answer(self, asked: Asked, attempt: Attempt) -> None:
        """Tell an attempt what it asks of the history. What it is told first of a thing counts: that it went by."""
        try:
            found = answer(
                self._space.writable().events, asked.question, Own.of(attempt.generation, attempt.step)
            )
        except DagxError as error:
            self._space.pool().answer(asked.token, {"problem": str(error)})
            return
        for name, digest in found.parts.items():
            attempt.history.setdefault(name, digest)
        self._space.pool().answer(asked.token, found.body)

    def close(self) -> None:
        """Wait for outputs that are being put down."""
        if self._publishers is not None:
            self._publishers.shutdown(wait=True)

    def abandon(self) -> None:
        """Ask all to end; what comes of them means nothing any more."""
        for token in self._under_way:
            if self._ready.pop(token, None) is None:
                self._space.pool().stop(token)
        self._under_way.clear()
        if self._publishers is not None:
            self._publishers.shutdown(wait=False)

    def _outcome(self, said: Done | Lost | Published) -> Outcome | None:
        match said:
            case Done(token, _) | Lost(token, _, _) if token in self._overran:
                return self._too_long(token)
            case Done(token, result) if result.get("stopped"):
                return self._stopped(token)
            case Done(token, result):
                published = self._publish(token, result)
                return None if published is None else self._outcome(published)
            case Lost(token, _, stopped) if stopped:
                return self._stopped(token)
            case Lost(token, words, _):
                line = f"the worker {words} without a result"
                return self._broke(token, line + end_of_log(self._under_way[token].log), line)
            case Published(token, _, error) if error and self._results[token]["ok"]:
                return self._broke(token, error, error)
            case Published():
                return self._made(said)
            case _:
                assert_never(said)

    def _stopped(self, token: str) -> Stopped:
        """How far it came is not known: what its step wrote before it may have written again."""
        attempt = self._under_way.pop(token)
        before = (name.partition(":")[2] for name in self.wrote(attempt))
        note_written(self._space, attempt.step, before)
        return Stopped(attempt)

    def _too_long(self, token: str) -> Broke:
        """It was stopped because its time was over; what it may have made since then is not taken."""
        limit = self._limit(self._under_way[token])
        line = f"it ran longer than {limit:g} s, the most that its max_runtime allows"
        return self._broke(token, line + end_of_log(self._under_way[token].log), line)

    def _publish(self, token: str, result: Mapping[str, Any]) -> Published | None:
        """Put the outputs down: small ones at once, files by a thread, for syncing a disk takes time (None)."""
        self._results[token] = result
        attempt = self._under_way[token]
        attempt.took, attempt.cost = result.get("seconds"), Cost(**result.get("cost", {}))
        if attempt.took is not None:
            attempt.began_at = max(attempt.began_at, self._space.clock.now() - attempt.took)
        objects, inbox = self._space.objects, self._space.inbox
        if not has_files(result):
            return publish(objects, token, result)
        if self._publishers is None:
            self._publishers = ThreadPoolExecutor(_PUBLISHERS, thread_name_prefix="dagx-publish")
        self._publishers.submit(lambda: inbox.put(publish(objects, token, result)))
        return None

    def _made(self, news: Published) -> Made | Spoilt | Broke:
        attempt, result = self._under_way.pop(news.token), self._results.pop(news.token)
        _forget_own_past(attempt, result)
        claim(result["seen"], self.wrote(attempt), self._space.disk, in_company=attempt.in_company)
        written = map(self._space.disk.name_of, result["seen"].get("written", ()))
        note_written(self._space, attempt.step, written)
        reads = self._look_again(attempt, result["seen"])
        is_new = attempt.step not in self._looked
        if result["ok"] and (reads.changed or (reads.stirred and is_new)):
            self._looked[attempt.step] = reads.observed
            return Spoilt(attempt, reads)
        results = Results()
        if not reads.changed:
            results = results_of(self._space, attempt.generation, attempt, result, news.stored, reads)
        if result["ok"]:
            return Made(attempt, results, reads)
        problem = result["problem"]
        return Broke(attempt, problem["text"], problem["line"], result["retry_in"], reads, results)

    def _edges(self, attempt: Attempt, seen: Mapping[str, Any]) -> tuple[str, ...]:
        """What it loaded and executed though no name leads there."""
        generation, step = attempt.generation, attempt.step
        own = generation.steps[step].of or step

        def known() -> list[str]:
            rows = self._space.learned()
            return [row.part for row in rows if row.step == own and still_there(generation, own, row.part)]

        return take_edges(generation, step, seen, known)

    def wrote(self, attempt: Attempt) -> set[str]:
        """The files that the step made the last time, as names of parts."""
        assets = attempt.generation.steps[attempt.step].assets
        currents = [self._space.ledger.history().get(key, ())[:1] for key in assets]
        return {name for rows in currents for row in rows for name, _ in row.written}

    def _broke(
        self,
        token: str,
        text: str,
        line: str,
    ) -> Broke:
        attempt = self._under_way.pop(token)
        self._results.pop(token, None)
        return Broke(attempt, text, line, None, self._look_again(attempt, {}), Results())

    def _look_again(self, attempt: Attempt, seen: Mapping[str, Any]) -> Reads:
        known = self._looked.get(attempt.step)
        seen = {**seen, "learned": self._edges(attempt, seen)}
        return look_again(
            self._space, attempt.generation, attempt.step, attempt.manifest, seen, known, attempt.history
        )


def message_of(
    space: Workspace, generation: Generation, attempt: Attempt, inputs: Mapping[Key, Mapping[str, Any] | None]
) -> dict[str, Any]:
    """What a worker is told of an attempt, but for the run that it belongs to and where its outputs go.

    `inputs` are the stored values of what is passed to the function.
    """
    message: dict[str, Any] = {
        "step": generation.steps[attempt.step].of or attempt.step,
        "attempt": attempt.number,
        "inputs": _inputs(generation, inputs),
        "storage": os.path.join(space.files.state, "storage"),
        "folders": folders_outside(attempt.manifest),
        "config": generation.run_config,
        "job": generation.job.name if generation.job is not None else "",
    }
    partitions = attempt.partitions
    if partitions:
        message["partitions"] = {"first": partitions[0], "last": partitions[-1], "now": space.moment}
    if attempt.is_part:
        message["products"] = _named([generation.part(product)[0] for product in attempt.products])
    return message


def _forget_own_past(attempt: Attempt, result: Mapping[str, Any]) -> None:
    """What a step asks of what it records itself is its own past, as is what it asks of what it makes."""
    for event in result["recorded"]:
        own = f"{event['kind']}:{event['key']}"
        for name in [name for name in attempt.history if name == own or name.startswith(f"{own}[")]:
            del attempt.history[name]


def _op(news: Mapping[str, Any]) -> NewOp:
    return NewOp(news["op"], news["state"], news["seconds"], news["line"], news["tries"])


def _named(products: Sequence[Product]) -> dict[str, list[Any]]:
    """A part of what a step can make, for the worker."""
    once = list(dict.fromkeys(products))
    return {
        "assets": [product for product in once if not isinstance(product, CheckKey)],
        "checks": [[product.asset, product.name] for product in once if isinstance(product, CheckKey)],
    }


def _inputs(generation: Generation, found: Mapping[Key, Mapping[str, Any] | None]) -> dict[str, Any]:
    """The values of what is passed to a function, of partitioned assets those of each partition."""
    told: dict[str, Any] = {}
    for key, value in found.items():
        asset, partition = generation.part(key)
        if value is not None and partition:
            told.setdefault(str(asset), {"partitions": {}})["partitions"][partition] = _as_json(value)
        elif value is not None:
            told[key] = _as_json(value)
    return told


def _as_json(found: Mapping[str, Any]) -> dict[str, Any]:
    inline = found.get("inline")
    return dict(found) if inline is None else {**found, "inline": base64.b64encode(inline).decode("ascii")}
