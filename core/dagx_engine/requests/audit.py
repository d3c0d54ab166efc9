"""`dagx audit`: what is fresh is executed again, and held against what is stored."""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from dagx.errors import DagxError
from dagx.partitions.keys import PartitionKeyRange
from dagx_engine.opening import Project, looker, opened
from dagx_engine.pure.asked import Asked
from dagx_engine.pure.auditing import Again, Executed, Found, Outcome, conclude
from dagx_engine.pure.definitions import CheckKey, Product, StepName
from dagx_engine.pure.errors import UsageError
from dagx_engine.pure.selecting import Choice, choose
from dagx_engine.pure.staleness import Fresh, InPartitions, InParts, Verdict
from dagx_engine.requests.comparing import Value, compare, value_of
from dagx_engine.requests.executions import Executions, Made, Target, stored_products
from dagx_engine.views import Event, Loaded, PlannedStep, PlanView, RunStarted, StepAudited, StepStarted
from dagx_engine.views.auditing import AuditedStep, AuditView, DifferingView
from dagx_engine.views.comparing import ComparedView
from dagx_engine.workspace import Workspace

__all__ = ["audit"]

_NO_CODECS = ("none", "io_manager")
_DIFFERENCES = 3
"""Of so many products of a step it is told what differs in them."""


def audit(
    project: Project,
    selection: str | None = None,
    *,
    sample: int | None = None,
    newest: int = 1,
    writing: bool = False,
    asked: Asked | None = None,
    on_event: Callable[[Event], None] = lambda event: None,
) -> AuditView:
    """Execute the selected fresh steps again, on their stored inputs, and compare what comes out with what is stored.

    Nothing that is stored changes, nor any file: steps that write files themselves are left out, unless `writing`; then
    their files are put back afterwards. Of partitioned assets the `newest` partitions are executed, or those `asked`
    for; `sample` are at most so many steps, picked at random. Raises ProjectError, UsageError, BusyError.
    """
    with opened(project, write=True) as space:
        began = space.clock.ticks()
        generation = space.load()
        on_event(Loaded(generation.number, len(generation.assets), space.clock.ticks() - began, first=True))
        choice = choose(generation, selection, looker(space, generation))
        steps = _with_partitions(space, choice, asked, newest)
        targets, left, not_fresh = _targets(space, steps, choice, writing=writing)
        if not targets and not left:
            raise UsageError("there is nothing to audit: nothing that is selected is fresh", hint="dagx run")
        chosen = targets
        if sample is not None and sample < len(targets):
            picked = set(random.sample([target.step for target in targets], sample))
            chosen = [target for target in targets if target.step in picked]
        on_event(RunStarted("audit", "audit", _plan(space, chosen)))
        for step in left:
            on_event(_news(step))
        auditing = _Auditing(
            space, Executions(space, writing=writing), on_event, 1 if writing else space.slots
        )
        try:
            done = auditing.carry_out(chosen)
        finally:
            auditing.executions.close()
        order = {step: place for place, step in enumerate(space.in_force().steps)}
        told = sorted([*left, *done], key=lambda step: order[StepName(step.step)])
        seconds = space.clock.ticks() - began
        return AuditView(tuple(told), seconds, len(targets) - len(chosen), not_fresh)


def _with_partitions(
    space: Workspace, choice: Choice, asked: Asked | None, newest: int
) -> Sequence[StepName]:
    """The steps that make assets; in place of a partitioned one, one for each partition that is to be executed."""
    generation = space.in_force()
    making = [
        step for step in choice.steps if generation.steps[step].assets and not generation.steps[step].refusal
    ]
    if asked is not None:
        return space.ask_for(making, asked)
    verdicts = space.now.outlook(generation.routine).verdicts
    spans: dict[StepName, list[PartitionKeyRange]] = {}
    for step in making:
        found = verdicts.get(step)
        if generation.steps[step].partitions_def is not None and isinstance(found, InPartitions):
            spans[step] = [PartitionKeyRange(key, key) for key in _newest(found, newest)]
    if not spans:
        return making
    plain = [step for step in making if generation.steps[step].partitions_def is None]
    partitioned = space.unfold([step for step in making if step in spans], spans)
    return [*plain, *partitioned]


def _newest(found: InPartitions, count: int) -> Sequence[str]:
    """The last partitions that are fresh, of all that the step makes."""
    subsets: list[Any] = [standing.made - standing.stale for standing in found.standings.values()]
    both = subsets[0]
    for subset in subsets[1:]:
        both = both & subset
    return deque(iter(both), maxlen=count) if both else ()


def _targets(
    space: Workspace, steps: Sequence[StepName], choice: Choice, *, writing: bool
) -> tuple[list[Target], list[AuditedStep], int]:
    """What can be executed; what is fresh and left out, with the reason; how many are not fresh."""
    generation = space.in_force()
    verdicts = space.now.outlook(steps).verdicts
    targets: list[Target] = []
    left: list[AuditedStep] = []
    not_fresh = 0
    for step in steps:
        definition = generation.steps[step]
        if not definition.assets or (definition.partitions_def is not None and not definition.partitions):
            continue
        fresh = _fresh_products(definition.products, verdicts[step], choice.parts.get(step))
        rows = {
            key: row for key in fresh if not isinstance(key, CheckKey) and (row := space.ledger.current(key))
        }
        if not rows:
            not_fresh += 1
            continue
        whole = verdicts[step]
        assert isinstance(whole, Fresh | InParts)  # else nothing of it were fresh
        target = Target(step, fresh, rows, whole.manifest)
        why = _why_left_out(target, writing=writing)
        if why:
            left.append(AuditedStep(step, tuple(map(str, rows)), Outcome.LEFT_OUT.value, why))
        else:
            targets.append(target)
    return targets, left, not_fresh


def _fresh_products(products: Sequence[Product], found: Verdict, wanted: object) -> tuple[Product, ...]:
    if isinstance(found, Fresh):
        return tuple(products)
    if isinstance(found, InParts):
        chosen: Any = products if wanted is None else wanted
        return tuple(p for p, one in found.verdicts.items() if isinstance(one, Fresh) and p in chosen)
    return ()


def _why_left_out(target: Target, *, writing: bool) -> str:
    """Why a step is not executed: nothing of it can be compared, or it would write over files."""
    paths = [name.partition(":")[2] for name in target.written]
    if paths and not writing:
        more = f" and {len(paths) - 1:,} more files" if len(paths) > 1 else ""
        return f"it writes {paths[0]}{more}: --writing includes it"
    rows = [row for row in target.rows.values() if row.standing != "left out"]
    if any(row.codec == "io_manager" for row in rows) and not (writing and paths):
        return "its IO manager writes it, where dagx does not look"
    if rows and all(row.codec in _NO_CODECS and not row.written for row in rows):
        return "it stores nothing that could be compared"
    return ""


def _plan(space: Workspace, targets: Sequence[Target]) -> PlanView:
    expected = space.writable().expected_seconds()
    steps = space.in_force().steps
    planned = [
        PlannedStep(t.step, tuple(map(str, t.rows)), (), True, expected.get(steps[t.step].of or t.step))
        for t in targets
    ]
    return PlanView(tuple(planned), len(planned), len(steps))


def _news(step: AuditedStep) -> StepAudited:
    return StepAudited(step.step, step.assets, step.outcome, step.seconds, step.text)


class _Auditing:
    """Executes steps, some at once, until of each it is known what its result is worth."""

    def __init__(
        self, space: Workspace, executions: Executions, emit: Callable[[Event], None], slots: int
    ) -> None:
        self._space = space
        self.executions = executions
        self._emit = emit
        self._slots = slots
        self._done: dict[StepName, list[Made]] = {}
        self._waiting: deque[tuple[Target, str]] = deque()
        self._running: list[StepName] = []
        self._audited: list[AuditedStep] = []
        self._found: dict[StepName, tuple[Target, Found]] = {}

    def carry_out(self, targets: Sequence[Target]) -> Sequence[AuditedStep]:
        for target in targets:
            self._go_on(target)
        self._start()
        while self._running or self._waiting:
            for made in self.executions.take(self._space.inbox.get()):
                self._running.remove(made.target.step)
                self._done[made.target.step].append(made)
                self._go_on(made.target)
            self._start()
        return [self._with_differences(step) for step in self._audited]

    def _with_differences(self, step: AuditedStep) -> AuditedStep:
        if step.step not in self._found:
            return step
        target, found = self._found[StepName(step.step)]
        done = self._done[target.step]
        after, before = done[found.which], done[found.other] if found.other is not None else None
        rows = {str(key): row for key, row in target.rows.items()}
        differs: list[DifferingView] = []
        for name in found.differ:
            row = rows.get(name)
            size = before.sizes.get(name) if before is not None else row.size if row is not None else None
            value = before.values.get(name) if before is not None else None
            if value is None and row is not None and before is None:
                value = value_of(self._space, row)
            other, shown = after.values.get(name), None
            if value is not None and other is not None and len(differs) < _DIFFERENCES:
                shown = self._compared(value, other)
            differs.append(DifferingView(name.removeprefix("file:"), size, after.sizes.get(name), shown))
        return replace(step, differs=tuple(differs))

    def _compared(self, value: Value, other: Value) -> ComparedView | None:
        try:
            return compare(self._space, value, other, rows=3)
        except DagxError as error:
            return ComparedView("other", notes=(str(error).splitlines()[0],))

    def _start(self) -> None:
        """Begin what may run now, first come first served; pools hold back as they do in a run."""
        for item in list(self._waiting):
            if len(self._running) >= self._slots:
                return
            target, seed = item
            if self._is_held(target.step):
                continue
            self._waiting.remove(item)
            first = not self._done[target.step]
            try:
                self.executions.begin(target, seed)
            except DagxError as error:
                self._end(target, Outcome.LEFT_OUT, text=str(error).splitlines()[0])
                continue
            self._running.append(target.step)
            if first:
                self._emit(StepStarted("audit", target.step, (), 1, ""))

    def _is_held(self, step: StepName) -> bool:
        generation = self._space.in_force()
        busy = [pool for other in self._running for pool in generation.steps[other].pools]
        limits = {pool: limit for pool, limit in generation.limits.items() if limit > 0}
        return any(
            busy.count(pool) >= limits[pool] for pool in generation.steps[step].pools if pool in limits
        )

    def _go_on(self, target: Target) -> None:
        """Execute it again, or say what it is worth."""
        done = self._done.setdefault(target.step, [])
        last = done[-1] if done else None
        if last is not None and last.refused:
            self._end(target, Outcome.LEFT_OUT, text=last.refused)
            return
        if last is not None and last.line:
            self._end(target, Outcome.FAILED, text=last.line, error=last.text, hints=last.clues)
            return
        match conclude(stored_products(target), [Executed(made.seed, made.products) for made in done]):
            case Again(seed):
                self._waiting.append((target, seed))
            case Found(Outcome.SAME):
                self._end(target, Outcome.SAME)
            case Found() as found:
                self._judge(target, found)

    def _judge(self, target: Target, found: Found) -> None:
        """It came out otherwise: unless that is because of an edit meanwhile, say how."""
        verdict = self._space.now.outlook([target.step]).verdicts[target.step]
        if set(_fresh_products(target.products, verdict, None)) != set(target.products):
            self._end(target, Outcome.LEFT_OUT, text="what it depends on changed while it was executed")
            return
        self._end(
            target,
            found.outcome,
            hints=_hints(self._space, target, found, self._done[target.step]),
            found=found,
        )

    def _end(
        self,
        target: Target,
        outcome: Outcome,
        *,
        text: str = "",
        hints: Sequence[str] = (),
        error: str | None = None,
        found: Found | None = None,
    ) -> None:
        done = self._done[target.step]
        seconds = done[0].seconds if done else None
        assets = tuple(map(str, target.rows))
        step = AuditedStep(
            target.step, assets, outcome.value, text, tuple(hints), seconds, len(done), error=error
        )
        self._audited.append(step)
        self._emit(_news(step))
        if found is None:
            for made in done:
                self.executions.drop(made)
        else:
            self._found[target.step] = (target, found)


def _hints(space: Workspace, target: Target, found: Found, done: Sequence[Made]) -> list[str]:
    """What may be behind a difference, as far as it was seen."""
    if found.outcome is not Outcome.FALSE_HIT:
        return []
    verdict = space.now.outlook([target.step]).verdicts[target.step]
    ones = verdict.verdicts.values() if isinstance(verdict, InParts) else [verdict]
    accepted = [each.words for one in ones if isinstance(one, Fresh) for each in one.accepted]
    said = [
        f"it counts as fresh by what was accepted, and that makes a difference: {words}" for words in accepted
    ]
    return [*dict.fromkeys([*said, *done[found.which].clues])]
