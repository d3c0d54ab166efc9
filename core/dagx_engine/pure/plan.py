"""What a run would do, before it does it: each step with its verdict and reasons. Starts nothing."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from dagx_engine.pure.generation import Generation, Key, Product, StepName
from dagx_engine.pure.staleness import (
    Held,
    InParts,
    Observed,
    Record,
    Verdict,
    absent_assets,
    current_of,
    left_out,
    needs_work,
    verdict,
)

__all__ = ["Outlook", "Planned", "outlook", "runnable", "unasked", "unready"]


@dataclass(frozen=True)
class Planned:
    """A step that will run, or may."""

    step: StepName
    verdict: Verdict
    because_of: tuple[StepName, ...] = ()
    """Upstream steps that will or may run; when nothing is to be done otherwise they are the only reason."""
    products: tuple[Product, ...] = ()
    """What it is asked for."""

    @property
    def certain(self) -> bool:
        return needs_work(self.verdict)


@dataclass(frozen=True)
class Outlook:
    """The verdict on every step, and of the selected ones those that will or may run, in order.

    `absent` are the assets that are not there because a step left an asset out, each with that asset.
    """

    verdicts: Mapping[StepName, Verdict]
    planned: tuple[Planned, ...]
    absent: Mapping[Key, Key]


def outlook(
    generation: Generation,
    selected: Sequence[StepName],
    stored: Mapping[Product, Sequence[Record]],
    observed: Observed,
    *,
    force: bool = False,
    wanted: Mapping[StepName, Collection[Product]] | None = None,
) -> Outlook:
    """Judge every selected step by what is stored now. A step whose upstream will run may run too.

    `wanted` has the products that are asked for of steps that are not to make all.
    """
    versions = current_of(stored)
    absent = absent_assets(generation, left_out(stored))
    chosen = set(selected)
    verdicts: dict[StepName, Verdict] = {}
    planned: dict[StepName, Planned] = {}
    for step in generation.steps:
        if step not in chosen:
            continue
        asked = (wanted or {}).get(step)
        found = verdict(generation, step, versions, stored, observed, wanted=asked, absent=absent)
        verdicts[step] = found
        causes = tuple(sorted(up for up in generation.upstream(step) if up in planned))
        if causes or needs_work(found) or (force and not isinstance(found, Held)):
            planned[step] = Planned(step, found, causes, _products(generation, step, found, asked, force))
    return Outlook(verdicts, tuple(planned.values()), absent)


def _products(
    generation: Generation,
    step: StepName,
    found: Verdict,
    asked: Collection[Product] | None,
    force: bool,
) -> tuple[Product, ...]:
    """What a planned step will be asked for."""
    if isinstance(found, InParts) and found.todo and not force:
        return found.todo
    return tuple(product for product in generation.steps[step].products if asked is None or product in asked)


def runnable(
    generation: Generation, steps: Sequence[StepName]
) -> tuple[tuple[StepName, ...], tuple[str, ...]]:
    """Of these steps those that dagx runs; and of the others, in words, why not."""
    refused = [step for step in steps if generation.steps[step].refusal]
    if not refused:
        return tuple(steps), ()
    below = generation.below(refused)
    words = [
        f'"{generation.steps[step].title}" is not run: {generation.steps[step].refusal}' for step in refused
    ]
    waiting = [f'"{generation.steps[step].title}"' for step in steps if step in below and step not in refused]
    if waiting:
        verb = "is" if len(waiting) == 1 else "are"
        words.append(
            f"{', '.join(waiting)} {verb} not run, for what {'it needs' if verb == 'is' else 'they need'}"
        )
    return tuple(step for step in steps if step not in below), tuple(words)


def unready(
    generation: Generation, planned: Sequence[Planned], stored: Mapping[Product, Sequence[Record]]
) -> dict[StepName, tuple[Key, ...]]:
    """Planned steps that need a value that was never made and that this plan does not make."""
    made = {product for item in planned for product in item.products}
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
    them runs first; nor what waits for one of these.
    """
    chosen: dict[StepName, None] = {}
    out: set[StepName] = set()
    for item in planned:
        hopeless = item.step in failing and not any(up in chosen for up in item.because_of)
        if item.step in withheld or hopeless or generation.waits_for(item.step) & out:
            out.add(item.step)
        else:
            chosen[item.step] = None
    return tuple(chosen)
