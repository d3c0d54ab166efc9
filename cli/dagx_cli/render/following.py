"""News made ready for lines: steps bear the names that people call them by, and their output comes in whole lines."""

from __future__ import annotations

from dagx_cli.render.plan import step_name
from dagx_engine.views import Event, RunEnded, RunStarted, StepEnded, StepLog, StepStarted

__all__ = ["Following"]

_LONGEST_WAIT = 4_096
"""Characters without an end of line that are not held back any longer."""


class Following:
    """Of one stream, from its first event on."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}
        self._begun: dict[tuple[str, str], str] = {}
        """Run and step to the line that it has begun to write."""

    def heard(self, event: Event) -> list[Event]:
        """What is to be told now."""
        match event:
            case RunStarted(plan=plan):
                self._names |= {
                    step.step: step_name(step.step, step.assets, step.checks) for step in plan.steps
                }
            case StepStarted(run, step, reasons, attempt, log):
                return [StepStarted(run, self._names.get(step, step), reasons, attempt, log)]
            case StepLog(run, step, text):
                text = self._begun.pop((run, step), "") + text
                end = len(text) if len(text) > _LONGEST_WAIT else text.rfind("\n") + 1
                if text[end:]:
                    self._begun[run, step] = text[end:]
                return self._wrote(run, step, text[:end])
            case StepEnded(run, ended):
                return [*self._wrote(run, ended.step, self._begun.pop((run, ended.step), "")), event]
            case RunEnded(ended):
                left = [begun for begun in self._begun if begun[0] == ended.run_id]
                return [
                    *(
                        each
                        for run, step in left
                        for each in self._wrote(run, step, self._begun.pop((run, step)))
                    ),
                    event,
                ]
            case _:
                pass
        return [event]

    def _wrote(self, run: str, step: str, text: str) -> list[Event]:
        return [StepLog(run, self._names.get(step, step), text)] if text else []
