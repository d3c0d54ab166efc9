"""What a run would do, before it does it: each step with its verdict and reasons. Starts nothing."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from dagx_engine.pure.definitions import Key, Product, StepName
from dagx_engine.pure.doubt import is_doubt_alone
from dagx_engine.pure.generation import Generation
from dagx_engine.pure.staleness import (
    Held,
    InPartitions,
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
from dagx_engine.pure.value import dataclass

if TYPE_CHECKING:
    from dagx.partitions.definition import PartitionsSubset

__all__ = [
    "Outlook",
    "Planned",
    "held_back",
    "is_changed",
    "making",
    "outlook",
    "overtaking",
    "refusal",
    "runnable",
    "unasked",
    "unready",
]


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
    judge: Callable[[StepName, Mapping[StepName, Verdict], Collection[StepName]], InPartitions] | None = None,
    absent: Mapping[Key, Key] | None = None,
) -> Outlook:
    """Judge every selected step by what is stored now. A step whose upstream will run may run too.

    `stored` has at least what the selected steps make and need; `absent`, if it has no more than that, the assets that
    are not there. `wanted` has the products that are asked for of steps that are not to make all. `judge` answers for
    partitioned steps; it is given the verdicts so far, and the steps that will or may run.
    """
    versions = current_of(stored)
    absent = absent_assets(generation, left_out(stored)) if absent is None else absent
    chosen = set(selected)
    verdicts: dict[StepName, Verdict] = {}
    planned: dict[StepName, Planned] = {}
    for step in generation.in_order(chosen):
        asked = (wanted or {}).get(step)
        found: Verdict
        if judge is not None and _is_partitioned(generation, step):
            found = judge(step, verdicts, planned)
            verdicts[step] = found
            if needs_work(found):
                planned[step] = Planned(step, found)
            continue
        found = verdict(generation, step, versions, stored, observed, wanted=asked, absent=absent)
        verdicts[step] = found
        causes = tuple(sorted(up for up in generation.upstream(step) if up in planned))
        if causes or needs_work(found) or (force and not isinstance(found, Held)):
            planned[step] = Planned(step, found, causes, _products(generation, step, found, asked, force))
    return Outlook(verdicts, tuple(planned.values()), absent)


def _is_partitioned(generation: Generation, step: StepName) -> bool:
    """Whether this is a partitioned step as a whole, and not one for some partitions."""
    found = generation.steps[step]
    return found.partitions_def is not None and found.of is None


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
    found, shut = generation.steps, generation.shut
    refused = [step for step in steps if found[step].refusal or found[step].lacks or step in shut]
    if not refused:
        return tuple(steps), ()
    below = generation.below(refused)
    words = [f'"{found[step].title}" is not run: {_refusal(generation, step)}' for step in refused]
    waiting = [f'"{generation.steps[step].title}"' for step in steps if step in below and step not in refused]
    if waiting:
        verb = "is" if len(waiting) == 1 else "are"
        words.append(
            f"{', '.join(waiting)} {verb} not run, for what {'it needs' if verb == 'is' else 'they need'}"
        )
    return tuple(step for step in steps if step not in below), tuple(words)


def _refusal(generation: Generation, step: StepName) -> str:
    return refusal(generation, step) or f"the limit of its pool {generation.shut[step]} is 0"


def refusal(generation: Generation, step: StepName) -> str:
    """Why dagx does not run a step as things are, in words; empty when it does."""
    found = generation.steps[step]
    if found.refusal or not found.lacks:
        return found.refusal
    key, lacking = next(iter(found.lacks.items()))
    return f"it needs {_partitions(lacking)} of {key}, never made: {making(key, lacking)}"


def making(key: Key, partitions: PartitionsSubset) -> str:
    """The command that makes these partitions: from the first to the last, for what is fresh is not made again."""
    ranges = partitions.key_ranges()
    first, last = ranges[0].start, ranges[-1].end
    if first == last:
        return f"dagx run {key} --partition {shlex.quote(first)}"
    return f"dagx run {key} --partition-range {shlex.quote(f'{first}...{last}')}"


def _partitions(subset: PartitionsSubset) -> str:
    """`the partition 2024-01-01`, or `1,044 partitions`."""
    if subset.size == 1:
        return f"the partition {next(iter(subset))}"
    return f"{subset.size:,} partitions"


def held_back(generation: Generation, failed: Iterable[StepName]) -> dict[StepName, StepName]:
    """What waits for these steps, at any distance, each with the first of them that it waits for."""
    found: dict[StepName, StepName] = {}
    for step in failed:
        queue = [step]
        while queue:
            for child in generation.downstream(queue.pop()):
                if child not in found:
                    found[child] = step
                    queue.append(child)
    return found


def unready(
    generation: Generation,
    planned: Sequence[Planned],
    stored: Mapping[Product, Sequence[Record]],
    in_hand: Collection[StepName] = (),
) -> dict[StepName, tuple[Key, ...]]:
    """Planned steps that need a value that was never made and that neither this plan makes nor the steps `in_hand`."""
    made = {product for item in planned for product in item.products}
    found: dict[StepName, tuple[Key, ...]] = {}
    for item in planned:
        absent = tuple(
            key
            for key in generation.loads(item.step)
            if key not in made and not stored.get(key) and generation.maker(key) not in (None, *in_hand)
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
    them runs first; nor what waits for one of these. Nor what only doubt makes stale; what is made from that is not
    held back by it.
    """
    chosen: dict[StepName, None] = {}
    out: set[StepName] = set()
    for item in planned:
        has_cause = any(up in chosen or up in out for up in item.because_of)
        if not has_cause and (not needs_work(item.verdict) or is_doubt_alone(item.verdict)):
            continue
        hopeless = item.step in failing and not any(up in chosen for up in item.because_of)
        if item.step in withheld or hopeless or generation.waits_for(item.step) & out:
            out.add(item.step)
        else:
            chosen[item.step] = None
    return tuple(chosen)


def overtaking(
    planned: Sequence[Planned],
    chosen: Collection[StepName],
    in_hand: Collection[StepName],
    is_under_way: Callable[[StepName], bool],
) -> tuple[StepName, ...]:
    """Of the chosen steps those that a run beside others takes on, in order.

    That is not what the others have in hand, nor what may only run because of that. But what they have not begun, and
    is below a step that runs again: they would make it from what is about to be replaced.
    """
    found: dict[StepName, None] = {}
    for item in planned:
        if item.step not in chosen:
            continue
        is_below = any(up in found for up in item.because_of)
        if item.step in in_hand:
            takes = is_below and not is_under_way(item.step)
        else:
            takes = is_below or needs_work(item.verdict)
        if takes:
            found[item.step] = None
    return tuple(found)


def is_changed(step: StepName, old: Generation, newer: Generation) -> bool:
    """Whether a newer generation would make something else of this step, or make it after other steps."""
    if old.steps[step].job:
        return False
    base = old.steps[step].of or step
    was, now = old.steps.get(base), newer.steps.get(base)
    if was is None or now is None:
        return True
    waits = base == step and old.waits_for(step) != newer.waits_for(step)
    return waits or (was.parts, was.products, was.loads) != (now.parts, now.products, now.loads)
