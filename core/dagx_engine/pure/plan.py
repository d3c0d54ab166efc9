"""What a run would do, before it does it: each step with its verdict and reasons. Starts nothing."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from dagx_engine.pure.generation import Generation, Key, StepName
from dagx_engine.pure.staleness import Fresh, Observed, Record, Verdict, current_of, verdict

__all__ = ["Outlook", "Planned", "outlook", "unasked", "unready"]


@dataclass(frozen=True)
class Planned:
    """A step that will run, or may."""

    step: StepName
    verdict: Verdict
    because_of: tuple[StepName, ...] = ()
    """Upstream steps that will or may run; when the verdict is Fresh they are the only reason."""

    @property
    def certain(self) -> bool:
        return not isinstance(self.verdict, Fresh)


@dataclass(frozen=True)
class Outlook:
    """The verdict on every step, and of the selected ones those that will or may run, in order."""

    verdicts: Mapping[StepName, Verdict]
    planned: tuple[Planned, ...]


def outlook(
    generation: Generation,
    selected: Sequence[StepName],
    stored: Mapping[Key, Sequence[Record]],
    observed: Observed,
    *,
    force: bool = False,
) -> Outlook:
    """Judge every selected step by what is stored now. A step whose upstream will run may run too."""
    versions = current_of(stored)
    chosen = set(selected)
    verdicts: dict[StepName, Verdict] = {}
    planned: dict[StepName, Planned] = {}
    for step in generation.steps:
        if step not in chosen:
            continue
        found = verdict(generation, step, versions, stored, observed)
        verdicts[step] = found
        causes = tuple(sorted(up for up in generation.upstream(step) if up in planned))
        if force or causes or not isinstance(found, Fresh):
            planned[step] = Planned(step, found, causes)
    return Outlook(verdicts, tuple(planned.values()))


def unready(
    generation: Generation, planned: Sequence[Planned], stored: Mapping[Key, Sequence[Record]]
) -> dict[StepName, tuple[Key, ...]]:
    """Planned steps that need a value that was never made and that this plan does not make."""
    made = {key for item in planned for key in generation.steps[item.step].assets}
    found: dict[StepName, tuple[Key, ...]] = {}
    for item in planned:
        absent = tuple(
            key
            for key in generation.loads(item.step)
            if key not in made and not stored.get(key) and generation.assets[key].step is not None
        )
        if absent:
            found[item.step] = absent
    return found


def unasked(
    generation: Generation,
    planned: Sequence[Planned],
    failing: Collection[StepName],
    withheld: Collection[StepName],
) -> tuple[StepName, ...]:
    """Of the planned steps those that may run without being asked for, in order.

    Not the `withheld` ones, nor those in `failing`, which would fail the same way again unless something upstream of
    them runs first; nor what needs one of these.
    """
    chosen: dict[StepName, None] = {}
    out: set[StepName] = set()
    for item in planned:
        hopeless = item.step in failing and not any(up in chosen for up in item.because_of)
        if item.step in withheld or hopeless or generation.upstream(item.step) & out:
            out.add(item.step)
        else:
            chosen[item.step] = None
    return tuple(chosen)
