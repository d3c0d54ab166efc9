"""How far a run is: which outputs are there, and what that means for the steps that come after. Sections 6, 24.

It is told how each step went, and decides; it runs nothing and knows no values.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from dagx.execution.steps import FromAsset, FromSeveral, FromStep, Source, Step, from_steps
from dagx.keys import AssetKey


class Ready(NamedTuple):
    """The step can run."""


class Skip(NamedTuple):
    """Something that the step needs was left out, and nothing failed. `because` says what, in words."""

    because: str


class HeldBack(NamedTuple):
    """Something that the step needs failed. `because` says what, in words."""

    because: str


Verdict = Ready | Skip | HeldBack


class Progress:
    """What became of the steps of a run so far, told step by step in their order.

    A step below a dynamic output has one instance for each mapping key, "step[key]". `mapping_keys` has the keys under
    which each output came, by step and output, in order.
    """

    def __init__(self, steps: Iterable[Step] = ()) -> None:
        self._steps = {step.key: step for step in steps}
        self._in_step_with = {key: self._same_instances(step) for key, step in self._steps.items()}
        self._failed: set[str] = (
            set()
        )  # instances; of a mapped step its own key, if it failed for all at once
        self._broken: set[str] = set()  # steps of which any instance failed
        self._because: dict[str, str] = {}  # for each of both, what failed first, in words
        self._skipped: set[str] = set()
        self._made: set[tuple[str, str]] = set()
        self._absent: set[AssetKey] = set()
        self.mapping_keys: dict[tuple[str, str], list[str]] = {}

    # What is asked

    def instances(self, step: Step) -> Sequence[str | None]:
        """The mapping keys that a step runs for; one None for a step that runs once, or that cannot run at all."""
        if step.mapped_over is None or not isinstance(self._verdict_on_all(step), Ready):
            return (None,)
        return tuple(self.mapping_keys.get(step.mapped_over, ()))

    def verdict(self, step: Step, mapping_key: str | None = None) -> Verdict:
        """Whether a step (the instance under `mapping_key`) can run now that all that it needs has ended."""
        if step.mapped_over is not None and mapping_key is None:
            return self._verdict_on_all(step)
        culprit = self._culprit(step, mapping_key)
        if culprit is not None:
            return HeldBack(culprit)
        because = self._what_is_missing(step, mapping_key)
        return Ready() if because is None else Skip(because)

    def missing(self, source: Source, mapping_key: str | None = None) -> str | None:
        """Why there is no value to be had from `source`, in words; None when there is one."""
        if isinstance(source, FromSeveral):
            reasons = [self.missing(one, mapping_key) for one in source.sources]
            return reasons[0] if reasons and None not in reasons else None
        if isinstance(source, FromAsset):
            return self._asset_missing(source.slot.key)
        if not isinstance(source, FromStep) or source.step not in self._steps:
            return None
        if source.is_collected:
            return self._collection_missing(source)
        instance = self._instance_of(source, mapping_key)
        if (instance, source.output) in self._made:
            return None
        return self._not_there(instance, source.output)

    # What is told

    def ended(
        self, step: Step, mapping_key: str | None, made: Collection[tuple[str, str | None]], *, failed: bool
    ) -> None:
        """A step ran; `made` has its outputs, each with its own mapping key if it is dynamic."""
        instance = instance_key(step, mapping_key)
        if failed:
            self._note_failure(step, instance, f'"{instance}" failed')
        for output, own_key in made:
            self._made.add((instance, output))
            key = mapping_key if own_key is None else own_key
            if key is not None and not failed:
                self.mapping_keys.setdefault((step.key, output), []).append(key)
        self._note_absent(step, {output for output, _ in made})

    def left_out(self, step: Step, mapping_key: str | None, verdict: Skip | HeldBack) -> None:
        """A step did not run, as `verdict` said."""
        instance = instance_key(step, mapping_key)
        if isinstance(verdict, HeldBack):
            self._note_failure(step, instance, verdict.because)
            return
        self._skipped.add(instance)
        self._note_absent(step, ())

    # How it is found out

    def _same_instances(self, step: Step) -> frozenset[str]:
        """The steps that run for the same mapping keys, and of which an instance needs only that of its own key."""
        if step.mapped_over is None:
            return frozenset()
        by_instance: set[str] = set()
        whole: set[str] = set()
        for source in step.sources.values():
            for one in from_steps(source):
                other = self._steps.get(one.step)
                is_paired = other is not None and other.mapped_over == step.mapped_over
                (by_instance if is_paired and not one.is_collected else whole).add(one.step)
        return frozenset(by_instance - whole)

    def _culprit(self, step: Step, mapping_key: str | None) -> str | None:
        """What failed of all that a step needs, in words."""
        paired = self._in_step_with[step.key]
        broken = [*(step.needs - paired) & self._broken]
        broken += [
            instance
            for name in paired
            for instance in (name, f"{name}[{mapping_key}]")
            if instance in self._failed
        ]
        return self._because[min(broken)] if broken else None

    def _verdict_on_all(self, step: Step) -> Verdict:
        """Of a step that runs for each mapping key, what holds whatever the keys are."""
        paired = self._in_step_with[step.key]
        broken = paired & self._failed | (step.needs - paired) & self._broken
        if broken:
            return HeldBack(self._because[min(broken)])
        origin = step.mapped_over
        if origin is not None and origin[0] in self._skipped:
            return Skip(f'"{origin[0]}" was skipped')
        return Ready()

    def _what_is_missing(self, step: Step, mapping_key: str | None) -> str | None:
        for source in step.sources.values():
            because = self.missing(source, mapping_key)
            if because is not None:
                return because
        for key in step.asset_needs:
            because = self._asset_missing(key)
            if because is not None:
                return because
        return None

    def _asset_missing(self, key: AssetKey | None) -> str | None:
        return f'"{key.to_user_string()}" was not made' if key is not None and key in self._absent else None

    def _collection_missing(self, source: FromStep) -> str | None:
        """A collection of nothing is an empty list; of what was left out for every key, it is missing."""
        if self.mapping_keys.get((source.step, source.output)):
            return None
        step = self._steps[source.step]
        if source.step in self._skipped:
            return f'"{source.step}" was skipped'
        ran_for = self.mapping_keys.get(step.mapped_over, ()) if step.mapped_over is not None else ()
        return f'"{source.step}" gave no output "{source.output}"' if ran_for else None

    def _instance_of(self, source: FromStep, mapping_key: str | None) -> str:
        step = self._steps[source.step]
        return instance_key(step, mapping_key if step.mapped_over is not None else None)

    def _not_there(self, instance: str, output: str) -> str:
        if instance in self._skipped:
            return f'"{instance}" was skipped'
        return f'"{instance}" gave no output "{output}"'

    def _note_failure(self, step: Step, instance: str, because: str) -> None:
        self._failed.add(instance)
        self._broken.add(step.key)
        for key in (instance, step.key):
            self._because.setdefault(key, because)

    def _note_absent(self, step: Step, made: Collection[str]) -> None:
        for slot in step.outputs:
            is_wanted = slot.check is None and slot.name in step.selected
            if slot.key is not None and is_wanted and slot.name not in made:
                self._absent.add(slot.key)


def instance_key(step: Step, mapping_key: str | None) -> str:
    """The name in the run of a step, or of its instance under a mapping key."""
    return step.key if mapping_key is None else f"{step.key}[{mapping_key}]"
