"""The runs that go on beside each other, as one machine: told what happened in one, it says what to do in each.

A step is looked at only when nothing that would change it is in hand elsewhere: of one step there is at most one
attempt, and none begins while another run is at what it needs. Nobody waits in a circle: a run waits with a step for
what is upstream of it, and with the same step only for an older run.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from dagx_engine.pure.definitions import StepName
from dagx_engine.pure.run import (
    Command,
    Event,
    Examine,
    Finish,
    Held,
    MustRun,
    Reexamine,
    Run,
    State,
    Vacant,
    Withdraw,
)
from dagx_engine.pure.value import dataclass

__all__ = ["Runs"]

Told = tuple[str, Command]
"""A command, and the run that it is for."""

_BAD = frozenset({State.FAILED, State.SKIPPED})


@dataclass(frozen=True)
class _Parked:
    """A step of a run that waits for steps of others."""

    name: str
    step: StepName
    behind: tuple[tuple[Run, StepName], ...]


class Runs:
    """By the names of the runs, the oldest first. One that has finished is forgotten."""

    def __init__(self) -> None:
        self._runs: dict[str, Run] = {}
        self._upstream: dict[str, Mapping[StepName, frozenset[StepName]]] = {}
        self._parked: list[_Parked] = []

    def begin(
        self,
        name: str,
        run: Run,
        upstream: Mapping[StepName, frozenset[StepName]],
        *,
        takes_over: bool = False,
    ) -> list[Told]:
        """One more run. `upstream` has for each of its steps all that it waits for, also what is not of this run.

        If it `takes_over`, the others give up what it has and they have not begun.
        """
        older = list(self._runs.items())
        self._runs[name], self._upstream[name] = run, upstream
        told: list[Told] = []
        for other, each in older:
            if takes_over:
                told += self._gated(other, each.handle(Withdraw(frozenset(run.states))))
            ready = {step for step, state in each.states.items() if state is State.READY}
            hasty = frozenset(step for step in ready if self._upstream[other][step] & run.states.keys())
            told += self._gated(other, each.handle(Reexamine(hasty)))
        told += self._gated(name, run.begin())
        return told + self._settled()

    def handle(self, name: str, event: Event) -> list[Told]:
        """What happened in one run."""
        if isinstance(event, MustRun) and (behind := tuple(self._in_the_way(name, event.step))):
            self._parked.append(_Parked(name, event.step, behind))  # that came up while it was looked at
            return []
        return self._gated(name, self._runs[name].handle(event)) + self._settled(name)

    def handle_all(self, *events: Event) -> list[Told]:
        """What happened in all of them at once: nobody goes on in between."""
        told: list[Told] = []
        for event in events:
            for name, run in list(self._runs.items()):
                told += self._gated(name, run.handle(event))
        return told + self._settled()

    def _settled(self, name: str | None = None) -> list[Told]:
        """What the others go on with now; and the run of this name, which has been told already."""
        told: list[Told] = []
        if not self._runs.keys() - {name} and not self._parked:
            return told
        while more := self._woken():
            told += more
        for other, run in list(self._runs.items()):
            told += self._gated(other, run.handle(Vacant()))
        return told

    def _gated(self, name: str, commands: list[Command]) -> list[Told]:
        """The commands, without those to look at steps that have to wait for other runs."""
        told: list[Told] = []
        for command in commands:
            if isinstance(command, Examine) and (behind := tuple(self._in_the_way(name, command.step))):
                self._parked.append(_Parked(name, command.step, behind))
                continue
            if isinstance(command, Finish):
                del self._runs[name], self._upstream[name]
            told.append((name, command))
        return told

    def _in_the_way(self, name: str, step: StepName) -> Iterator[tuple[Run, StepName]]:
        """What other runs have in hand that this step of a run must wait for."""
        if len(self._runs) < 2:
            return
        is_older = True
        for other, run in self._runs.items():
            if other == name:
                is_older = False
                continue
            for need in (*self._upstream[name][step], *((step,) if is_older else ())):
                if need in run.states and not run.is_over(need):
                    yield run, need

    def _woken(self) -> list[Told]:
        """What can be said to steps that wait no longer."""
        told: list[Told] = []
        parked, self._parked = self._parked, []
        for each in parked:
            run = self._runs.get(each.name)
            if run is None or run.states[each.step] is not State.EXAMINED:
                continue
            if any(not other.is_over(need) for other, need in each.behind):
                self._parked.append(each)
                continue
            because = next((need for other, need in each.behind if other.states[need] in _BAD), None)
            if because is not None:
                told += self._gated(each.name, run.handle(Held(each.step, because)))
            else:
                told += self._gated(each.name, [Examine(each.step)])
        return told
