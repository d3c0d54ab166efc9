"""A run as a machine that starts nothing: told what happened, it says what to do.

Every step is in exactly one state, and every change of state goes through `_enter`. It knows neither workers nor the
store: `Examine` asks whether a step must run at all, `Start` asks for one attempt.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import assert_never

from dagx_engine.pure.definitions import StepName
from dagx_engine.pure.ready import Ready
from dagx_engine.pure.room import Room
from dagx_engine.pure.run_words import (
    Cancel,
    Cancelled,
    CancelSteps,
    Command,
    Due,
    Event,
    Examine,
    Failed,
    Finish,
    Held,
    MustRun,
    Reexamine,
    Reused,
    Skip,
    Start,
    State,
    Stop,
    Succeeded,
    Superseded,
    Vacant,
    WaitFor,
    Withdraw,
)

__all__ = [
    "Cancel",
    "CancelSteps",
    "Cancelled",
    "Command",
    "Due",
    "Event",
    "Examine",
    "Failed",
    "Finish",
    "Held",
    "MustRun",
    "Reexamine",
    "Reused",
    "Run",
    "Skip",
    "Start",
    "State",
    "Stop",
    "Succeeded",
    "Superseded",
    "Vacant",
    "WaitFor",
    "Withdraw",
]

_GOOD = frozenset({State.SUCCEEDED, State.UNCHANGED, State.RESTORED, State.FRESH})
_OVER = _GOOD | {State.FAILED, State.SKIPPED, State.CANCELLED}
_MOST_SUPERSEDED = 5


class Run:
    """One run over `needs`: each step with the steps of the same run that it waits for.

    `slots` is how many run at once, `cost` how long each takes. `pools` has the pools of steps that are in some, and
    `limits` how many steps of a pool run at once, at least 1; a pool without one holds nothing back. A `room` that is
    shared with other runs takes the place of both. Of the steps that could start, those of a higher `priority` go
    first.
    """

    def __init__(
        self,
        needs: Mapping[StepName, Iterable[StepName]],
        *,
        slots: int = 1,
        cost: Mapping[StepName, float] | None = None,
        fail_fast: bool = False,
        pools: Mapping[StepName, Collection[str]] | None = None,
        limits: Mapping[str, int] | None = None,
        priority: Mapping[StepName, int] | None = None,
        room: Room | None = None,
    ) -> None:
        self._needs = {step: frozenset(found) for step, found in needs.items()}
        self._needed_by: dict[StepName, list[StepName]] = {step: [] for step in self._needs}
        for step, found in self._needs.items():
            for need in found:
                self._needed_by[need].append(step)
        self._order = {step: place for place, step in enumerate(self._needs)}
        self._fail_fast = fail_fast
        self.states: dict[StepName, State] = dict.fromkeys(self._needs, State.WAITING)
        self._left = {step: len(found) for step, found in self._needs.items()}
        left = _remaining(self._needs, self._needed_by, cost or {})
        room = Room(slots, limits) if room is None else room
        self._ready = Ready(self._order, left, priority or {}, pools or {}, room)
        self._busy: set[StepName] = set()
        self._open = len(self._needs)
        self._attempts: dict[StepName, int] = {}
        self._superseded: dict[StepName, int] = {}
        self._doomed: set[StepName] = set()
        self._again: set[StepName] = set()
        """Attempts that are ended to look at their step again."""
        self._finished = False

    @property
    def over(self) -> bool:
        return self._open == 0

    def is_over(self, step: StepName) -> bool:
        """Whether this step has ended, well or badly."""
        return self.states[step] in _OVER

    def is_good(self, step: StepName) -> bool:
        """Whether this step has ended well."""
        return self.states[step] in _GOOD

    @property
    def in_hand(self) -> frozenset[StepName]:
        """The steps that are not over, but for those that are being given up."""
        return frozenset(
            s for s, state in self.states.items() if state not in _OVER and s not in self._doomed
        )

    def begin(self) -> list[Command]:
        roots = [step for step, left in self._left.items() if left == 0]
        commands: list[Command] = [self._examine(step) for step in roots]
        return commands + self._finish_if_over()

    def handle(self, event: Event) -> list[Command]:
        match event:
            case MustRun(step):
                if self.states[step] is not State.EXAMINED:
                    return []
                self._enter(step, State.READY)
                self._ready.add(step)
                return self._fill()
            case Held(step, because):
                if self.states[step] is not State.EXAMINED:
                    return []
                skipped = [Skip(step, because), *self._close(step, State.SKIPPED)]
                return [*skipped, *self._fill(), *self._finish_if_over()]
            case Reused(step, restored):
                if self.states[step] is not State.EXAMINED:
                    return []
                return self._settle(step, State.RESTORED if restored else State.FRESH)
            case Succeeded(step, unchanged):
                self._free(step)
                return self._settle(step, State.UNCHANGED if unchanged else State.SUCCEEDED)
            case Failed(step, retry_in):
                return self._failed(step, retry_in)
            case Superseded(step):
                return self._superseded_again(step)
            case Due(step):
                return [self._examine(step)] if self.states[step] is State.RETRYING else []
            case Cancelled(step) if step in self._again and step not in self._doomed:
                return self._anew(step)
            case Cancelled(step):
                self._free(step)
                self._doomed.discard(step)
                return [*self._close(step, State.CANCELLED), *self._fill(), *self._finish_if_over()]
            case CancelSteps(steps):
                return self._give_up(steps & self._needs.keys())
            case Withdraw(steps):
                begun = {step for step, state in self.states.items() if state is State.RUNNING}
                return self._give_up((steps & self._needs.keys()) - begun)
            case Reexamine(steps):
                return self._look_again(steps & self._needs.keys())
            case Vacant():
                return self._fill()
            case Cancel():
                return self._give_up(frozenset(self._needs))
            case _:
                assert_never(event)

    def _enter(self, step: StepName, state: State) -> None:
        """The one door for every change of state."""
        before = self.states[step]
        if before in _OVER:
            raise ValueError(f"step {step!r} is over ({before.value}) and cannot become {state.value}")
        self.states[step] = state
        if state in _OVER:
            self._open -= 1

    def _examine(self, step: StepName) -> Examine:
        self._enter(step, State.EXAMINED)
        return Examine(step)

    def _fill(self) -> list[Command]:
        """Start what is ready while there are slots, here and in the pools."""
        commands: list[Command] = []
        while (step := self._ready.take()) is not None:
            if self.states[step] is not State.READY:
                self._ready.release(step)
                continue
            self._enter(step, State.RUNNING)
            self._busy.add(step)
            self._attempts[step] = self._attempts.get(step, 0) + 1
            commands.append(Start(step, self._attempts[step]))
        return commands

    def _free(self, step: StepName) -> None:
        """Give its slots back, if it has some."""
        if step in self._busy:
            self._busy.remove(step)
            self._ready.release(step)

    def _settle(self, step: StepName, state: State) -> list[Command]:
        self._enter(step, state)
        commands: list[Command] = []
        for child in self._needed_by[step]:
            self._left[child] -= 1
            if self._left[child] == 0 and self.states[child] is State.WAITING:
                commands.append(self._examine(child))
        return [*commands, *self._fill(), *self._finish_if_over()]

    def _failed(self, step: StepName, retry_in: float | None) -> list[Command]:
        self._free(step)
        if step in self._doomed:
            return self.handle(Cancelled(step))
        if self.states[step] in _OVER:
            return []
        if step in self._again:
            return self._anew(step)
        if retry_in is not None:
            self._enter(step, State.RETRYING)
            return [WaitFor(step, retry_in), *self._fill()]
        commands = self._close(step, State.FAILED)
        if self._fail_fast:
            return [*commands, *self._give_up(frozenset(self._needs)), *self._finish_if_over()]
        return [*commands, *self._fill(), *self._finish_if_over()]

    def _superseded_again(self, step: StepName) -> list[Command]:
        if step in self._doomed:
            return self.handle(Cancelled(step))
        if step in self._again:
            return self._anew(step)
        self._superseded[step] = self._superseded.get(step, 0) + 1
        if self._superseded[step] >= _MOST_SUPERSEDED:
            return self._failed(step, None)
        return self._anew(step)

    def _anew(self, step: StepName) -> list[Command]:
        """The attempt does not count: find out what is so now."""
        self._free(step)
        self._again.discard(step)
        self._attempts[step] -= 1
        return [self._examine(step), *self._fill()]

    def _look_again(self, steps: frozenset[StepName]) -> list[Command]:
        commands: list[Command] = []
        for step in sorted(steps, key=self._order.__getitem__):
            if self.states[step] is State.READY:
                commands.append(self._examine(step))
            elif self.states[step] is State.RUNNING and not {step} & (self._doomed | self._again):
                self._again.add(step)
                commands.append(Stop(step))
        return commands

    def _close(self, step: StepName, state: State) -> list[Command]:
        """End a step badly; all that needs it is skipped (or cancelled with it)."""
        self._enter(step, state)
        commands: list[Command] = []
        queue = deque(self._needed_by[step])
        while queue:
            child = queue.popleft()
            if self.states[child] is not State.WAITING:
                continue
            if state is State.CANCELLED:
                self._enter(child, State.CANCELLED)
            else:
                self._enter(child, State.SKIPPED)
                commands.append(Skip(child, because=step))
            queue += self._needed_by[child]
        return commands

    def _give_up(self, steps: frozenset[StepName]) -> list[Command]:
        commands: list[Command] = []
        for step in sorted(steps, key=self._order.__getitem__):
            state = self.states[step]
            if state is State.RUNNING:
                if step not in self._doomed | self._again:
                    commands.append(Stop(step))
                self._doomed.add(step)
            elif state not in _OVER:
                commands += self._close(step, State.CANCELLED)
        return [*commands, *self._finish_if_over()]

    def _finish_if_over(self) -> list[Command]:
        if self._open or self._finished:
            return []
        self._finished = True
        failed = frozenset(s for s, state in self.states.items() if state is State.FAILED)
        cancelled = frozenset(s for s, state in self.states.items() if state is State.CANCELLED)
        return [Finish(failed, cancelled)]


def _remaining(
    needs: Mapping[StepName, frozenset[StepName]],
    needed_by: Mapping[StepName, Sequence[StepName]],
    cost: Mapping[StepName, float],
) -> dict[StepName, float]:
    """For each step the length of the longest path from its start to the end of the run."""
    left = {step: len(found) for step, found in needed_by.items()}
    queue = [step for step, count in left.items() if count == 0]
    rank: dict[StepName, float] = {}
    while queue:
        step = queue.pop()
        below = max((rank[child] for child in needed_by[step]), default=0.0)
        rank[step] = below + max(cost.get(step, 0.0), 1e-6)
        for need in needs[step]:
            left[need] -= 1
            if left[need] == 0:
                queue.append(need)
    if len(rank) < len(needs):
        raise ValueError("the steps of a run must not form a cycle")
    return rank
