"""Makes views of what was written down: runs, steps, materializations, events."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from dagx_engine.check_views import check_result, metadata_rows
from dagx_engine.cost_views import cost_view, usual_view
from dagx_engine.io.history import Happening
from dagx_engine.io.rows import Evaluation, Materialization, NewOp, RunRow, StepRow
from dagx_engine.job_views import op_view
from dagx_engine.pure.costs import Execution
from dagx_engine.pure.definitions import part_key
from dagx_engine.views import (
    AssetView,
    MaterializationView,
    MetadataRow,
    ReasonView,
    RecordedView,
    RemarkView,
    RunStatus,
    RunView,
    ShowView,
    StepState,
    StepView,
)

__all__ = ["materialization_view", "reasons", "run_view", "show_view"]


def reasons(pairs: Iterable[tuple[str, str]]) -> tuple[ReasonView, ...]:
    return tuple(ReasonView(part, text) for part, text in pairs)


def run_view(
    run: RunRow,
    steps: Sequence[StepRow],
    results: Iterable[Evaluation],
    log_of: Callable[[str, int], Path | None],
    refused: tuple[str, ...] = (),
    ops: Mapping[str, Sequence[NewOp]] | None = None,
) -> RunView:
    """A run as it is stored; `results` are those of its checks, `ops` how those of its jobs went."""
    by_step: dict[str, list[Evaluation]] = {}
    for result in results:
        by_step.setdefault(result.step, []).append(result)
    return RunView(
        run.id,
        RunStatus(run.status),
        run.selection,
        run.cause,
        run.started_at,
        run.seconds,
        tuple(
            _step_view(row, by_step.get(row.step, ()), log_of, (ops or {}).get(row.step, ())) for row in steps
        ),
        refused,
    )


def _step_view(
    row: StepRow,
    results: Iterable[Evaluation],
    log_of: Callable[[str, int], Path | None],
    ops: Iterable[NewOp],
) -> StepView:
    state = "ready" if row.state == "examined" else row.state
    log = log_of(row.step, row.attempt) if row.attempt else None
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
        row.checks,
        tuple(check_result(item) for item in results),
        ops=tuple(map(op_view, ops)),
        cost=cost_view(row.cost),
    )


def materialization_view(item: Materialization, place: Callable[[str], str]) -> MaterializationView:
    """One materialization; `place` gives the path of an object, relative to the project."""
    if item.standing == "left out":
        where = "nothing: its step ran and did not make it"
    elif item.object_digest is not None:
        where = place(item.object_digest)
    elif item.inline is not None:
        where = "in the database (a small value)"
    elif item.codec == "io_manager":
        where = "by the project's IO manager"
    else:
        where = "nothing is stored"
    rows = [*metadata_rows(item.metadata)]
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


def show_view(
    view: AssetView,
    stored: Sequence[Materialization],
    place: Callable[[str], str],
    error: str | None,
    recorded: Iterable[Happening] = (),
    remarks: tuple[RemarkView, ...] = (),
    executions: Sequence[Execution] = (),
) -> ShowView:
    """What is stored of an asset, what user code recorded of it, and what the last executions of its step cost."""
    found = tuple(materialization_view(item, place) for item in stored)
    manifest = stored[0].parts if stored else ()
    history = tuple(sorted(found, key=lambda m: -m.made_at))
    beside = tuple(_recorded_view(item) for item in recorded)
    usually = usual_view(executions)
    return ShowView(view, found[0] if found else None, history, manifest, error, beside, remarks, usually)


def _recorded_view(item: Happening) -> RecordedView:
    return RecordedView(
        "materialization" if item.kind == "made" else "observation",
        part_key(item.asset or "", item.partition),
        item.step,
        item.run,
        item.at,
        item.description,
        metadata_rows(item.metadata),
    )
