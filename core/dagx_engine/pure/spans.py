"""From what is asked for to what is made: the ranges of partitions, each made in one go, of each selected step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dagx.errors import DagxError
from dagx.partitions.backfill import BackfillPolicy, run_ranges
from dagx.partitions.definition import PartitionsDefinition, PartitionsSubset
from dagx.partitions.keys import PartitionKeyRange
from dagx_engine.pure.asked import WHICH, Asked
from dagx_engine.pure.definitions import StepName
from dagx_engine.pure.errors import UsageError
from dagx_engine.pure.generation import Generation
from dagx_engine.pure.staleness import InPartitions, Verdict

__all__ = ["spans_of"]


def spans_of(
    generation: Generation, steps: Sequence[StepName], asked: Asked, verdicts: Mapping[StepName, Verdict]
) -> dict[StepName, list[PartitionKeyRange]]:
    """For each partitioned one of these steps, what of it is to be made.

    Raises UsageError when there is no such partition, when nothing is partitioned, and, unless partitions are asked
    for by how they stand, when steps are partitioned in different ways.
    """
    partitioned = [step for step in steps if generation.steps[step].partitions_def is not None]
    if not partitioned:
        raise UsageError(
            f"{asked}: nothing that is selected is partitioned",
            hint="leave it out, or select a partitioned asset",
        )
    if asked.which:
        making = [step for step in partitioned if generation.steps[step].assets]
        chosen = {step: _standing_so(asked, verdicts[step]) for step in making}
        for step in partitioned:
            if step not in chosen:
                chosen[step] = _looked_at(generation, step, chosen, verdicts)
    else:
        subset = _subset(_one_definition(generation, partitioned), asked)
        chosen = dict.fromkeys(partitioned, subset)
    return {step: _ranges(generation, step, subset) for step, subset in chosen.items() if subset}


def _one_definition(generation: Generation, steps: Sequence[StepName]) -> PartitionsDefinition:
    """The definition that all of them have."""
    first = generation.steps[steps[0]]
    found = first.partitions_def
    assert found is not None
    for name in steps[1:]:
        other = generation.steps[name]
        if other.partitions_def is not None and other.partitions_def != found:
            raise UsageError(
                f'"{first.title}" and "{other.title}" are partitioned in different ways: {found.describe()}, and '
                f"{other.partitions_def.describe()}",
                hint="select assets of one kind of partitions, and run the others for theirs; `--partitions missing` "
                "makes what is missing of all of them",
            )
    return found


def _subset(definition: PartitionsDefinition, asked: Asked) -> PartitionsSubset:
    try:
        for key in dict.fromkeys((asked.first, asked.last)):
            definition.check_key(key)
        if asked.first == asked.last:
            return definition.subset_with_partition_keys([asked.first])
        found = definition.subset_of_range(PartitionKeyRange(asked.first, asked.last))
    except DagxError as error:
        raise UsageError(error.message, error.hint) from error
    if not found:
        raise UsageError(
            f"{asked}: {asked.last} comes before {asked.first}",
            hint=f"--partition-range {asked.last}...{asked.first}",
        )
    return found


def _standing_so(asked: Asked, found: Verdict) -> PartitionsSubset:
    """Of a step that makes several assets, what is so of any of them."""
    if asked.which not in WHICH:
        raise UsageError(f"--partitions {asked.which}: it is one of {', '.join(WHICH)}")
    assert isinstance(found, InPartitions)
    chosen: PartitionsSubset | None = None
    for standing in found.standings.values():
        if asked.which == "all":
            return standing.everything
        some = standing.stale if asked.which == "stale" else standing.everything - standing.made
        chosen = some if chosen is None else chosen | some
    assert chosen is not None
    return chosen


def _looked_at(
    generation: Generation,
    step: StepName,
    chosen: Mapping[StepName, PartitionsSubset],
    verdicts: Mapping[StepName, Verdict],
) -> PartitionsSubset:
    """Of a step that only checks, what there is to look at: of these it executes what is not fresh."""
    asset = generation.steps[step].checks[0].asset
    definition, maker = generation.steps[step].partitions_def, generation.assets[asset].step
    assert definition is not None
    above = verdicts.get(maker) if maker is not None else None
    found = above.standings[asset].made if isinstance(above, InPartitions) else definition.empty_subset()
    return found | chosen[maker] if maker is not None and maker in chosen else found


def _ranges(generation: Generation, step: StepName, subset: PartitionsSubset) -> list[PartitionKeyRange]:
    """One for each run of the function. What loads earlier partitions of itself makes them one after the other."""
    found = generation.steps[step]
    loads_itself = any(key in found.assets for key in found.loads)
    return run_ranges(subset, BackfillPolicy(1 if loads_itself else found.at_once))
