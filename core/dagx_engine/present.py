"""Makes views of what is stored and decided. Shows, decides nothing, and touches no disk."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from dagx_engine.io.rows import Materialization, RunRow, StepRow
from dagx_engine.pure.generation import AssetDef, Generation, Key, StepName
from dagx_engine.pure.looks import Looks
from dagx_engine.pure.plan import Outlook
from dagx_engine.pure.reasons import part_in_words, reasons_of
from dagx_engine.pure.staleness import Fresh, Missing, Restorable, Stale
from dagx_engine.views import (
    AssetState,
    AssetView,
    MaterializationView,
    MetadataRow,
    PlannedStep,
    PlanView,
    ReasonView,
    RunStatus,
    RunView,
    ShowView,
    StepState,
    StepView,
    WhyView,
)

__all__ = [
    "asset_views",
    "looks",
    "materialization_view",
    "plan_view",
    "reasons",
    "run_view",
    "show_view",
    "why_view",
]


def reasons(pairs: Iterable[tuple[str, str]]) -> tuple[ReasonView, ...]:
    return tuple(ReasonView(part, text) for part, text in pairs)


def asset_views(
    generation: Generation,
    found: Outlook,
    history: Mapping[Key, Sequence[Materialization]],
    failed: Mapping[StepName, str],
    running: Mapping[StepName, AssetState],
    keys: Iterable[Key] | None = None,
) -> tuple[AssetView, ...]:
    """The assets as people see them, upstream first.

    `found` has the verdict on every step; `failed` the error line of steps that failed and would fail again;
    `running` the state of those that a run has in hand.
    """
    may = {item.step: item.because_of for item in found.planned}
    blocked = generation.below(list(failed)) - failed.keys()
    chosen = generation.assets if keys is None else dict.fromkeys(keys)
    views = []
    for key in chosen:
        asset = generation.assets[key]
        state, why = _state(generation, asset, found, may, failed, blocked, running)
        views.append(_asset_view(generation, asset, state, why, history.get(key, ()), failed))
    return tuple(views)


def looks(views: Iterable[AssetView], now: float) -> Looks:
    """The assets as a selection may ask for them."""
    shown = list(views)
    return Looks(
        {view.key: view.state.value for view in shown},
        {view.key: view.made_at for view in shown if view.made_at is not None},
        [state.value for state in AssetState],
        now,
    )


def _state(
    generation: Generation,
    asset: AssetDef,
    found: Outlook,
    may: Mapping[StepName, tuple[StepName, ...]],
    failed: Mapping[StepName, str],
    blocked: frozenset[StepName],
    running: Mapping[StepName, AssetState],
) -> tuple[AssetState, tuple[ReasonView, ...]]:
    step = asset.step
    if step is None:
        return AssetState.EXTERNAL, ()
    decided = found.verdicts[step]
    why = reasons(reasons_of(generation, step, decided))
    if step in running:
        return running[step], why
    if step in failed:
        return AssetState.FAILED, why
    match decided:
        case Missing(_, lost) if not lost:
            state = AssetState.MISSING
        case Stale() | Restorable() | Missing():
            state = AssetState.STALE
        case Fresh():
            causes = may.get(step, ())
            if not causes:
                return AssetState.FRESH, ()
            state = AssetState.UPSTREAM_STALE
            names = [generation.steps[cause].assets[0] for cause in causes]
            why = tuple(ReasonView(f"input:{name}", f"upstream {name} is not fresh") for name in names)
    if step in blocked and state is not AssetState.STALE:
        culprit = next(
            generation.steps[name].assets[0] for name in failed if step in generation.below([name])
        )
        return AssetState.BLOCKED, (ReasonView("", f"waits for {culprit}, which failed"),)
    return state, why


def _asset_view(
    generation: Generation,
    asset: AssetDef,
    state: AssetState,
    why: tuple[ReasonView, ...],
    stored: Sequence[Materialization],
    failed: Mapping[StepName, str],
) -> AssetView:
    current = stored[0] if stored else None
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
        made_at=current.made_at if current else None,
        seconds=current.seconds if current else None,
        run_id=current.run if current else None,
        data_version=current.data_version if current else None,
        size=current.size if current else None,
        rows=_rows(current),
        error=failed.get(asset.step) if asset.step is not None and state is AssetState.FAILED else None,
        owners=asset.owners,
        tags=asset.tags,
    )


def _rows(current: Materialization | None) -> int | None:
    if current is None:
        return None
    said = current.metadata.get("dagster/row_count")
    if isinstance(said, Mapping) and isinstance(said.get("value"), int):
        return int(said["value"])
    return current.rows


def plan_view(
    generation: Generation, found: Outlook, expected: Mapping[str, float], *, force: bool = False
) -> PlanView:
    """What a run of the judged steps would do."""
    steps = []
    for item in found.planned:
        why = reasons(reasons_of(generation, item.step, item.verdict))
        certain = item.certain or force
        if force and not why:
            why = (ReasonView("", "forced"),)
        elif not why:
            names = [generation.steps[cause].assets[0] for cause in item.because_of]
            why = (ReasonView("", f"if {' or '.join(names)} makes something new"),)
        seconds = None if isinstance(item.verdict, Restorable) and not force else expected.get(item.step)
        steps.append(PlannedStep(item.step, generation.steps[item.step].assets, why, certain, seconds))
    return PlanView(tuple(steps), len(found.verdicts), len(generation.steps))


def run_view(
    run: RunRow, steps: Sequence[StepRow], log_of: Callable[[str, str, int], Path | None]
) -> RunView:
    """A run as it is stored."""
    return RunView(
        run.id,
        RunStatus(run.status),
        run.selection,
        run.cause,
        run.started_at,
        run.seconds,
        tuple(_step_view(row, log_of) for row in steps),
    )


def _step_view(row: StepRow, log_of: Callable[[str, str, int], Path | None]) -> StepView:
    state = "ready" if row.state == "examined" else row.state
    log = log_of(row.run, row.step, row.attempt) if row.attempt else None
    return StepView(
        row.step,
        row.assets,
        StepState(state),
        reasons(row.reasons),
        row.attempt,
        row.started_at,
        row.seconds,
        row.error,
        row.error_line,
        row.because,
        str(log) if log is not None else None,
    )


def materialization_view(item: Materialization, place: Callable[[str], str]) -> MaterializationView:
    """One materialization; `place` gives the path of an object, relative to the project."""
    if item.object_digest is not None:
        where = place(item.object_digest)
    elif item.inline is not None:
        where = "in the database (a small value)"
    elif item.codec == "io_manager":
        where = "by the project's IO manager"
    else:
        where = "nothing is stored"
    rows = [MetadataRow(label, *_typed(value)) for label, value in item.metadata.items()]
    if item.columns:
        rows.append(MetadataRow("columns", "json", dict(item.columns)))
    return MaterializationView(
        item.run,
        item.made_at,
        item.seconds,
        item.data_version,
        item.codec,
        item.size,
        where,
        tuple(rows),
        item.preview,
    )


def _typed(value: Any) -> tuple[str, object]:
    if isinstance(value, Mapping) and "type" in value:
        return str(value["type"]), value.get("value")
    return "json", value


def show_view(
    view: AssetView, stored: Sequence[Materialization], place: Callable[[str], str], error: str | None
) -> ShowView:
    """What is stored of an asset."""
    found = tuple(materialization_view(item, place) for item in stored)
    manifest = stored[0].parts if stored else ()
    history = tuple(sorted(found, key=lambda m: -m.made_at))
    return ShowView(view, found[0] if found else None, history, manifest, error)


def at_work(unfinished: Mapping[StepName, str], found: Outlook) -> dict[StepName, AssetState]:
    """How the steps look that a run of another process has in hand: those that it will run, or runs."""
    planned = {item.step for item in found.planned}
    return {
        step: AssetState.RUNNING if state == "running" else AssetState.QUEUED
        for step, state in unfinished.items()
        if step in planned
    }


def why_view(
    generation: Generation,
    views: Mapping[str, AssetView],
    key: Key,
    history: Mapping[Key, Sequence[Materialization]],
) -> WhyView:
    """Why an asset is what it is, down to the root cause; of a fresh one, what it rests on."""
    view = views[key]
    chain = _chain(views, view)
    stored = history.get(key)
    rests: tuple[tuple[str, str], ...] = ()
    if stored and view.state is AssetState.FRESH:
        rests = tuple(
            (part, part_in_words(part, digest, generation.places)) for part, digest in stored[0].parts
        )
    return WhyView(view, _verdict(view, chain), view.reasons, chain, rests)


def _chain(views: Mapping[str, AssetView], view: AssetView) -> tuple[tuple[str, ReasonView], ...]:
    """From the asset to the upstream asset that started it, one step of lineage at a time."""
    found: list[tuple[str, ReasonView]] = []
    seen = {view.key}
    here = view
    while here.state in (AssetState.UPSTREAM_STALE, AssetState.BLOCKED):
        causes = [views[up] for up in here.upstream if up in views and up not in seen]
        causes = [c for c in causes if c.state not in (AssetState.FRESH, AssetState.EXTERNAL)]
        if not causes:
            break
        here = min(causes, key=lambda cause: cause.state is AssetState.UPSTREAM_STALE)
        seen.add(here.key)
        words = here.error or here.reason or here.state.value
        found.append((here.key, ReasonView(here.reasons[0].part if here.reasons else "", words)))
    return tuple(found)


def _verdict(view: AssetView, chain: Sequence[tuple[str, ReasonView]]) -> str:
    match view.state:
        case AssetState.FRESH:
            return "fresh: nothing that it depends on changed"
        case AssetState.MISSING:
            return "missing: it was never made"
        case AssetState.STALE:
            count = len(view.reasons)
            return f"stale: {count} {'thing' if count == 1 else 'things'} that it depends on changed"
        case AssetState.UPSTREAM_STALE:
            root = f", because of {chain[-1][0]}" if chain else ""
            return f"upstream stale: it runs if an upstream asset makes something new{root}"
        case AssetState.FAILED:
            return f"failed: {view.error or 'its last attempt failed'}"
        case AssetState.BLOCKED:
            return "blocked: an upstream asset failed"
        case AssetState.EXTERNAL:
            return "external: it is not made by dagx"
        case AssetState.QUEUED | AssetState.RUNNING:
            return f"{view.state.value}: it is being made now"
