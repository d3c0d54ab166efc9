"""Makes views of what is decided. Shows, decides nothing, and touches no disk."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from dagx_engine.check_views import check_view
from dagx_engine.io.rows import Kept, Materialization, was_made
from dagx_engine.job_views import job_view
from dagx_engine.pure.definitions import AssetDef, CheckKey, Key, Product, StepName, part_key
from dagx_engine.pure.generation import Generation
from dagx_engine.pure.looks import Looks
from dagx_engine.pure.plan import Outlook, Planned, held_back, refusal
from dagx_engine.pure.reasons import absence, reasons_of
from dagx_engine.pure.staleness import (
    Fresh,
    Held,
    InPartitions,
    InParts,
    Missing,
    Restorable,
    Stale,
    Standing,
    Unkept,
    Verdict,
)
from dagx_engine.stored_views import reasons
from dagx_engine.views import (
    AcceptedView,
    AssetState,
    AssetView,
    AutomationView,
    CheckView,
    PartitionsView,
    PlannedStep,
    PlanView,
    ReasonView,
    StatusView,
)

__all__ = ["asset_views", "at_work", "looks", "plan_view", "status_view"]


def status_view(name: str, root: Path, views: tuple[AssetView, ...], generation: Generation) -> StatusView:
    """Assets, and what else the project defines."""
    found = generation.automation
    named = AutomationView(found.schedules, found.sensors)
    jobs = tuple(job_view(job) for job in generation.jobs.values())
    return StatusView(name, str(root), views, generation.number, automation=named, jobs=jobs)


def asset_views(
    generation: Generation,
    found: Outlook,
    kept: Kept,
    failed: Mapping[StepName, str],
    running: Mapping[StepName, AssetState],
    keys: Iterable[Key] | None = None,
    blocked: Mapping[StepName, StepName] | None = None,
) -> tuple[AssetView, ...]:
    """The assets as people see them, upstream first.

    `found` has the verdict on every step; `failed` the error line of steps that failed and would fail again;
    `running` the state of those that a run has in hand; `blocked`, if that is known, what waits for the failed ones.
    """
    if blocked is None:
        blocked = held_back(generation, failed)
    standing = _Standing(generation, found, kept, failed, running, blocked)
    chosen = generation.assets if keys is None else dict.fromkeys(keys)
    views = []
    for key in chosen:
        asset = generation.assets[key]
        state, why = standing.of(key, asset.step)
        checks = tuple(
            check_view(
                generation.checks[check],
                *standing.of(check, generation.checks[check].step),
                kept.evaluations.get(check, ()),
                failed.get(generation.checks[check].step),
            )
            for check in generation.checks_of(key)
        )
        decided = found.verdicts.get(asset.step) if asset.step is not None else None
        stands = decided.standings.get(key) if isinstance(decided, InPartitions) else None
        accepted = _accepted(decided, key)
        views.append(_asset_view(generation, asset, state, why, kept, failed, checks, stands, accepted))
    return tuple(views)


class _Standing:
    """How assets and checks stand."""

    def __init__(
        self,
        generation: Generation,
        found: Outlook,
        kept: Kept,
        failed: Mapping[StepName, str],
        running: Mapping[StepName, AssetState],
        blocked: Mapping[StepName, StepName],
    ) -> None:
        self._generation = generation
        self._kept = kept
        self._found = found
        self._failed = failed
        self._running = running
        self._may = {item.step: item.because_of for item in found.planned}
        self._blocked = blocked

    def of(self, product: Product, step: StepName | None) -> tuple[AssetState, tuple[ReasonView, ...]]:
        """The state and its reasons."""
        if step is None:
            return AssetState.EXTERNAL, ()
        refused = self._generation.steps[step].refusal
        if refused:
            return AssetState.MISSING, (ReasonView("", refused),)
        decided = self._found.verdicts[step]
        if isinstance(decided, InParts):
            decided = decided.verdicts[product]
        why = reasons(reasons_of(self._generation, step, decided))
        if step in self._running:
            return self._running[step], why
        if isinstance(decided, InPartitions):
            return self._of_partitions(product, decided), why
        lacking = refusal(self._generation, step)
        if lacking:
            return AssetState.BLOCKED, (ReasonView("", lacking),)
        if step in self._failed and not (
            isinstance(decided, Fresh) and self._generation.steps[step].in_parts
        ):
            return AssetState.FAILED, why
        match decided:
            case Held(_, absent):
                state = AssetState.SKIPPED
                roots = [(key, self._found.absent[key]) for key in absent]
                why = tuple(self._absence(*pair) for pair in roots)
            case Missing(_, lost) if not lost:
                state = AssetState.MISSING
            case Stale() | Restorable() | Missing() | Unkept():
                state = AssetState.STALE
            case Fresh():
                state, why = self._of_fresh(product, step)
        waits_for = self._blocked.get(step) if step not in self._failed else None
        culprit = self._generation.steps[waits_for] if waits_for is not None else None
        # What is stale by itself says more, unless it is a check that holds it back.
        if culprit is not None and (state is not AssetState.STALE or not culprit.assets):
            return AssetState.BLOCKED, (ReasonView("", f"waits for {culprit.title}, which failed"),)
        if step in self._generation.refused:
            return AssetState.BLOCKED, (ReasonView("", "an upstream asset is not run by dagx yet"),)
        return state, why

    def _absence(self, key: Key, root: Key) -> ReasonView:
        had_one = was_made(self._kept.history.get(root, ()))
        return ReasonView("", absence(self._generation, key, root, had_one=had_one))

    def _of_partitions(self, product: Product, decided: InPartitions) -> AssetState:
        """Of a check, how the partitions stand that it looks at."""
        key = product.asset if isinstance(product, CheckKey) else product
        stands = decided.standings.get(key)
        if stands is None:
            return AssetState.MISSING
        if stands.stale:
            return AssetState.STALE
        return AssetState.FRESH if stands.made.size == stands.everything.size else AssetState.MISSING

    def _of_fresh(self, product: Product, step: StepName) -> tuple[AssetState, tuple[ReasonView, ...]]:
        """What was found fresh may run all the same, or have been left out."""
        if not isinstance(product, CheckKey) and self._found.absent.get(product) == product:
            return AssetState.SKIPPED, (self._absence(product, product),)
        causes = self._may.get(step, ())
        if not causes:
            return AssetState.FRESH, ()
        names = [self._generation.steps[cause].title for cause in causes]
        why = tuple(ReasonView(f"input:{name}", f"upstream {name} is not fresh") for name in names)
        return AssetState.UPSTREAM_STALE, why


def looks(views: Iterable[AssetView], now: float) -> Looks:
    """The assets as a selection may ask for them."""
    shown = list(views)
    return Looks(
        {view.key: view.state.value for view in shown},
        {view.key: view.made_at for view in shown if view.made_at is not None},
        [state.value for state in AssetState],
        now,
    )


def _asset_view(
    generation: Generation,
    asset: AssetDef,
    state: AssetState,
    why: tuple[ReasonView, ...],
    kept: Kept,
    failed: Mapping[StepName, str],
    checks: tuple[CheckView, ...],
    stands: Standing | None,
    accepted: tuple[AcceptedView, ...],
) -> AssetView:
    stored = kept.history.get(asset.key, ()) if stands is None else ()
    current = stored[0] if stored and stored[0].standing != "left out" else None
    seen = current or kept.observations.get(asset.key)
    made_at = seen.made_at if seen else None
    if stands is not None:
        rows = (kept.partitions.get(part_key(asset.key, key)) for key in stands.made)
        made_at = max((row.made_at for row in rows if row is not None), default=None)
    return AssetView(
        key=asset.key,
        group=asset.group,
        kinds=asset.kinds,
        description=asset.description,
        state=state,
        reasons=why,
        upstream=asset.deps,
        downstream=generation.children(asset.key),
        step=asset.step or "",
        source=str(asset.place),
        made_at=made_at,
        seconds=current.seconds if current else None,
        run_id=seen.run if seen else None,
        data_version=seen.data_version if seen else None,
        size=current.size if current else None,
        rows=_rows(current),
        error=failed.get(asset.step) if asset.step is not None and state is AssetState.FAILED else None,
        owners=asset.owners,
        tags=asset.tags,
        checks=checks,
        partitions=asset.partitions,
        declared_inputs=generation.steps[asset.step].declared_inputs if asset.step is not None else (),
        accepted=accepted,
        partition_counts=None if stands is None else _partitions_view(stands),
        pools=_pools(generation, asset),
    )


def _pools(generation: Generation, asset: AssetDef) -> Mapping[str, int | None] | None:
    pools = generation.steps[asset.step].pools if asset.step is not None else ()
    return {pool: generation.limits.get(pool) for pool in pools} or None


def _accepted(decided: Verdict | None, key: Key) -> tuple[AcceptedView, ...]:
    """What was accepted of an asset, and makes that it is not stale."""
    if isinstance(decided, InParts):
        decided = decided.verdicts[key]
    if isinstance(decided, InPartitions):
        found = decided.standings[key].accepted
    else:
        found = decided.accepted if isinstance(decided, Fresh) else ()
    return tuple(AcceptedView(each.change.part, each.words, each.at) for each in found)


def _partitions_view(stands: Standing) -> PartitionsView:
    missing = stands.everything - stands.made
    there, made = stands.everything.key_ranges(), stands.made.key_ranges()
    return PartitionsView(
        total=stands.everything.size,
        made=stands.made.size,
        stale=stands.stale.size,
        missing=missing.size,
        first=there[0].start if there else None,
        last=there[-1].end if there else None,
        latest=made[-1].end if made else None,
        ranges={
            "made": stands.made.to_json(),
            "stale": stands.stale.to_json(),
            "missing": missing.to_json(),
        },
    )


def _rows(current: Materialization | None) -> int | None:
    if current is None:
        return None
    said = current.metadata.get("dagster/row_count")
    if isinstance(said, Mapping) and isinstance(said.get("value"), int):
        return int(said["value"])
    return current.rows


def plan_view(
    generation: Generation,
    found: Outlook,
    expected: Mapping[str, float],
    *,
    force: bool = False,
    refused: tuple[str, ...] = (),
    slots: int = 1,
) -> PlanView:
    """What a run of the judged steps would do, `slots` at once; `refused` says what was asked for and is not run."""
    steps, chosen = [], {item.step for item in found.planned}
    for item in found.planned:
        why = reasons(reasons_of(generation, item.step, item.verdict))
        certain = item.certain or force
        if force and not why:
            why = (ReasonView("", "forced"),)
        elif not why or not certain:
            names = [generation.steps[cause].title for cause in item.because_of]
            why = (ReasonView("", f"if {' or '.join(names)} makes something new"),)
        name = generation.steps[item.step].of or item.step
        seconds = None if isinstance(item.verdict, Restorable) and not force else expected.get(name)
        assets, checks = _asked_of(generation, item)
        after = tuple(sorted(generation.waits_for(item.step) & chosen))
        ops = _ops(generation, item.step)
        steps.append(PlannedStep(item.step, assets, why, certain, seconds, checks, ops, after))
    of_job = generation.job is not None and generation.job.step is not None
    total = len(found.verdicts.keys() | (set() if of_job else set(generation.routine)))
    return PlanView(tuple(steps), len(found.verdicts), total, refused, slots)


def _ops(generation: Generation, step: StepName) -> tuple[str, ...]:
    job = generation.jobs.get(generation.steps[step].job)
    return job.ops if job is not None else ()


def _asked_of(generation: Generation, item: Planned) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The assets that a planned step is asked for, and the checks."""
    if len(generation.steps[item.step].partitions) > 1:
        return generation.shown(item.step)
    made = [product for product in item.products if not isinstance(product, CheckKey)]
    checks = tuple(str(product) for product in item.products if isinstance(product, CheckKey))
    return (*made, *generation.steps[item.step].observes), checks


def at_work(unfinished: Mapping[StepName, str], found: Outlook) -> dict[StepName, AssetState]:
    """How the steps look that a run of another process has in hand: those that it will run, or runs."""
    planned = {item.step for item in found.planned}
    return {
        step: AssetState.RUNNING if state == "running" else AssetState.QUEUED
        for step, state in unfinished.items()
        if step in planned
    }
