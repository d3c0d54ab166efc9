"""The runs that `dagx dev` begins: for what a save made stale, for what a person asks, again when a run has ended."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable

from dagx_engine import present
from dagx_engine.board import Board
from dagx_engine.by_itself import unasked_steps
from dagx_engine.choosing import without_partitions
from dagx_engine.executor import Executor, Request
from dagx_engine.pure.definitions import StepName
from dagx_engine.pure.generation import Generation
from dagx_engine.pure.plan import runnable, unready
from dagx_engine.pure.selecting import choose
from dagx_engine.pure.staleness import Held
from dagx_engine.views import Event, Notice
from dagx_engine.workspace import Workspace

__all__ = ["Starts", "config_problems"]


class Starts:
    """`tell` is given what people should know. With `auto`, what is stale runs unasked; with `run_missing`, what was
    never made does so, too.
    """

    def __init__(
        self,
        space: Workspace,
        executor: Executor,
        board: Board,
        tell: Callable[[Event], None],
        *,
        auto: bool,
        run_missing: bool,
    ) -> None:
        self._space = space
        self._executor = executor
        self._board = board
        self._tell = tell
        self.auto = auto
        self._run_missing = run_missing
        self._known_at_start: frozenset[StepName] | None = None
        self._due: str | None = None
        self._owed: set[StepName] = set()
        """What runs gave up because a save changed it: that is made whatever else may run unasked."""

    # Unasked.

    def meet(self, generation: Generation) -> bool:
        """Note what there was at the start. Whether this is the start."""
        if self._known_at_start is not None:
            return False
        self._known_at_start = frozenset(generation.steps)
        return True

    def owe(self, steps: Iterable[StepName]) -> None:
        """Runs gave these up for a newer generation, which is to make them."""
        self._owed.update(steps)

    def consider(self, cause: str) -> None:
        """Run what is stale, beside what is running; when that has ended, it is time to look again."""
        if self._space.generation is None or not (self.auto or self._owed):
            return
        if self._executor.active:
            self._due = cause
        steps = self._wanted()
        self._owed.clear()
        if steps:
            self._begin(Request(steps, "", cause), takes_over=True)

    def later(self, cause: str) -> None:
        """It is not the time to look now."""
        self._due = cause

    @property
    def is_due(self) -> bool:
        """Whether it is to be looked again when there is time."""
        return self._due is not None

    def take_due(self) -> str | None:
        """For which cause it is time to look again; None when that was given up, or nothing runs unasked now."""
        due, self._due = self._due, None
        return due if self.auto else None

    def drop_due(self) -> None:
        """Do not look again because a run ends."""
        self._due = None

    def leave(self) -> None:
        """What a person stops is not begun again because it, or another run, has ended; the next save may."""
        self._due = None
        self._owed.clear()

    def _wanted(self) -> tuple[StepName, ...]:
        """The steps that may run unasked."""
        known = frozenset() if self._run_missing else (self._known_at_start or frozenset()) - self._owed
        executor = self._executor
        wanted = unasked_steps(self._space, known, executor.in_hand, executor.is_under_way)
        return wanted if self.auto else tuple(step for step in wanted if step in self._owed)

    # Asked.

    def ask(self, selection: str | None, force: bool) -> None:
        """Run what a person selects (None: everything), as far as it needs to."""
        if self._space.generation is None:
            self._tell(Notice("nothing is loaded yet", "warning"))
            return
        generation = self._space.generation
        choice = choose(
            generation, selection, lambda: present.looks(self._board.look_over(), self._space.clock.now())
        )
        choice, left = without_partitions(self._space, choice)
        steps, refused = runnable(generation, choice.steps)
        broken = [step for step in steps if generation.steps[step].config_problem]
        steps = tuple(step for step in steps if step not in generation.below(broken))
        for words in [*left, *refused, *config_problems(generation)] if selection else ():
            self._tell(Notice(words, "warning"))
        in_hand = self._executor.in_hand
        steps, are_chosen = tuple(step for step in steps if step not in in_hand), bool(steps)
        if are_chosen and not steps:
            self._tell(Notice("runs under way have all of that in hand"))
            return
        found = self._space.now.outlook(steps, force=force, wanted=choice.parts)
        if not found.planned:
            held = sum(isinstance(verdict, Held) for verdict in found.verdicts.values())
            more = f", {held} skipped" if held else ""
            self._tell(Notice(f"nothing to do: {len(steps) - held} of {len(steps)} selected are fresh{more}"))
            return
        self._begin(Request(steps, selection or "", "you", force, parts=choice.parts))

    def _begin(self, request: Request, *, takes_over: bool = False) -> None:
        generation = self._space.in_force()
        found = self._space.now.outlook(request.steps, force=request.force, wanted=request.parts)
        damaged = self._space.now.set_aside_damaged(found)
        if damaged:
            self._tell(Notice("\n".join(damaged), "warning"))
            found = self._space.now.outlook(request.steps, force=request.force, wanted=request.parts)
        absent = unready(generation, found.planned, self._space.ledger.records(), self._executor.in_hand)
        if absent:
            step, keys = next(iter(absent.items()))
            self._tell(Notice(f"{step} needs {', '.join(keys)}, which was never made", "warning"))
            if request.cause == "you":
                return
            out = generation.below(list(absent))
            request = dataclasses.replace(request, steps=tuple(s for s in request.steps if s not in out))
        expected = self._space.writable().expected_seconds()
        shown = present.plan_view(generation, found, expected, force=request.force, slots=self._space.slots)
        self._executor.begin(request, shown, takes_over=takes_over)


def config_problems(generation: Generation) -> list[str]:
    """A word for each step that would get config that does not fit."""
    return [
        f'"{step.title}" is not run: its config does not fit\n{step.config_problem}'
        for step in generation.steps.values()
        if step.config_problem
    ]
