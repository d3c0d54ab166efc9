"""What each engine key would do now, or why it can do nothing. Pure: board and row in, an intent out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from dagx_engine.views import AssetState, AssetView
from dagx_tui.board import Board
from dagx_tui.safe import clean
from dagx_tui.said import ENDED, Said
from dagx_tui.tree import GroupRow, Row
from dagx_tui.words import count, selection_of, shell, short_run, took

__all__ = ["Cost", "RunIt", "StopIt", "cost", "force", "run_all", "run_one", "stop", "stop_all", "valid_keys"]

_TO_RUN = frozenset(
    {AssetState.STALE, AssetState.UPSTREAM_STALE, AssetState.MISSING, AssetState.FAILED, AssetState.BLOCKED}
)
_UNDER_WAY = frozenset({AssetState.RUNNING, AssetState.QUEUED})


@dataclass(frozen=True)
class RunIt:
    """Ask the engine for a run, and say so."""

    selection: str | None
    force: bool
    said: Said


@dataclass(frozen=True)
class StopIt:
    """Ask the engine to end this run, or (None) all of them, and say so."""

    run: str | None
    said: Said


@dataclass(frozen=True)
class Cost:
    """What a run would do, as far as it is known before."""

    assets: tuple[AssetView, ...]
    steps: int
    seconds: float
    """The sum over the steps that ran before."""
    unknown: int
    """Steps that never ran."""

    @property
    def text(self) -> str:
        """`14 steps, about 4.2s`, and how many of them nobody has timed."""
        about = f", about {took(self.seconds)}" if self.unknown < self.steps else ""
        new = f", {self.unknown:,} never timed" if 0 < self.unknown < self.steps else ""
        return f"{count(self.steps, 'step')}{about}{new}" + (
            ", never timed" if self.unknown == self.steps else ""
        )


def _cost(assets: Iterable[AssetView]) -> Cost:
    found = tuple(assets)
    steps = {asset.step: asset.seconds for asset in found}
    known = [seconds for seconds in steps.values() if seconds is not None]
    return Cost(found, len(steps), sum(known), len(steps) - len(known))


def cost(board: Board) -> Cost:
    """Of all that is stale or missing."""
    return _cost(asset for key, asset in board.assets.items() if board.state(key) in _TO_RUN)


def run_all(board: Board) -> Cost | Said:
    if board.ended:
        return ENDED
    if not board.assets:
        return Said("there are no assets yet", "warning")
    found = cost(board)
    if found.steps:
        return found
    if board.run is not None:
        which = " and ".join(short_run(run.run_id) for run in board.runs)
        return Said(f"all that is stale is already in run {which}", "warning")
    return Said("nothing to run: everything is fresh · f runs one asset again", "good")


def run_one(board: Board, row: Row | None) -> RunIt | Said:
    if board.ended:
        return ENDED
    if row is None:
        return Said("no asset is selected", "warning")
    if isinstance(row, GroupRow):
        members = [asset for asset in board.assets.values() if asset.group == row.group]
        found = _cost(asset for asset in members if board.state(asset.key) in _TO_RUN)
        if not found.steps:
            return Said(f"nothing to run: nothing in {clean(row.group)} is stale or missing", "warning")
        quoted = row.group.replace("\\", "\\\\").replace('"', '\\"')
        selection = f'group:"{quoted}"'
        what = f"run group {clean(row.group)}: {found.text}"
        return RunIt(selection, False, Said(what, command=shell("run", selection)))
    asset, state, name = board.assets[row.key], board.state(row.key), clean(row.key)
    if state is AssetState.EXTERNAL:
        return Said(f"{name} is not made by dagx", "warning")
    if state in _UNDER_WAY:
        return Said(f"{name} is already {state.value}", "warning")
    if state is AssetState.FRESH:
        return Said(f"nothing to run: {name} is fresh · f runs it all the same", "warning")
    selection = selection_of(row.key)
    return RunIt(selection, False, Said(f"run {name}{_last_time(asset)}", command=shell("run", selection)))


def force(board: Board, row: Row | None) -> RunIt | Said:
    if board.ended:
        return ENDED
    if row is None or isinstance(row, GroupRow):
        return Said("f runs one asset: put the cursor on it", "warning")
    asset, state, name = board.assets[row.key], board.state(row.key), clean(row.key)
    if state is AssetState.EXTERNAL:
        return Said(f"{name} is not made by dagx", "warning")
    if state in _UNDER_WAY:
        return Said(f"{name} is already {state.value}", "warning")
    selection = selection_of(row.key)
    said = Said(
        f"run {name} though it is {state.value}{_last_time(asset)}",
        command=shell("run", selection, "--force"),
    )
    return RunIt(selection, True, said)


def _last_time(asset: AssetView) -> str:
    return f", about {took(asset.seconds)}" if asset.seconds is not None else ""


def stop(board: Board, row: Row | None) -> StopIt | Said:
    """The run under way; of several, the one that makes the asset under the cursor."""
    if board.ended:
        return ENDED
    runs = board.runs
    if not runs:
        return Said("nothing to stop: no run is active", "warning")
    if len(runs) == 1:
        return StopIt(runs[0].run_id, Said(f"stopping run {short_run(runs[0].run_id)} …"))
    found = board.run_of(row.key) if row is not None and not isinstance(row, GroupRow) else None
    if found is None:
        return Said(
            f"{len(runs)} runs are active: put the cursor on an asset of one · X stops all", "warning"
        )
    text = f"stopping run {short_run(found.run_id)} ({clean(found.cause)}) … · X stops the other"
    return StopIt(found.run_id, Said(text + ("" if len(runs) == 2 else "s")))


def stop_all(board: Board) -> StopIt | Said:
    if board.ended:
        return ENDED
    if not board.runs:
        return Said("nothing to stop: no run is active", "warning")
    return StopIt(None, Said(f"stopping {count(len(board.runs), 'run')} …"))


def valid_keys(board: Board, row: Row | None) -> set[str]:
    """The keys that can do something now."""
    able = {"help", "quit"}
    if not board.loaded:
        return able
    able |= {"drawer", "filter", "detail"}
    if board.ended:
        return able
    able.add("auto")
    if isinstance(run_one(board, row), RunIt):
        able.add("run_one")
    if isinstance(force(board, row), RunIt):
        able.add("force")
    if row is not None and not isinstance(row, GroupRow):
        able.add("why")
    if board.run is not None:
        able.add("stop")
    if board.spent:
        able.add("costs")
    if len(board.runs) > 1:
        able.add("stop_all")
    if any(board.counts[state] for state in _TO_RUN):
        able |= {"run_all", "problems"}
    return able
