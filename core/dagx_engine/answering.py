"""What `dagx dev` is asked of one asset while it is at work: why it is what it is, what is stored, its last log."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from dagx_engine.board import Board
from dagx_engine.io.log_names import log_path
from dagx_engine.late import late
from dagx_engine.pure.definitions import StepName
from dagx_engine.pure.selecting import key_named
from dagx_engine.remarks import remarks_of
from dagx_engine.stored_views import show_view
from dagx_engine.views import ShowView, WhyView
from dagx_engine.workspace import Workspace

__all__ = ["last_log", "show_of", "why_of"]


def why_of(space: Workspace, board: Board, asset: str) -> WhyView:
    """Why the asset is what it is. Raises UsageError when there is no such asset."""
    generation = space.in_force()
    key = key_named(generation, asset)
    views = board.look_up_from(key)
    explaining: Any = late("dagx_engine.explaining")  # not needed to start
    found: WhyView = explaining.explain(space, generation, views, key)
    return found


def show_of(space: Workspace, board: Board, asset: str) -> ShowView:
    """What is stored of the asset. Raises UsageError when there is no such asset."""
    generation = space.in_force()
    key = key_named(generation, asset)
    view = board.shown.get(key) or board.look_up_from(key)[key]
    stored, error = space.stored(key), space.last_error(view.step)
    recorded = space.recorded(key, view.step)
    remarks = remarks_of(space, generation, [StepName(view.step)]) if view.step else ()
    costs = space.costs(view.step)
    return show_view(view, stored, space.object_place, error, recorded, remarks, costs)


def last_log(space: Workspace, asset: str) -> Path | None:
    """The log of the last attempt of the step that makes this asset, if it wrote one."""
    generation = space.in_force()
    step = generation.assets[key_named(generation, asset)].step
    last = space.writable().last_attempt(step) if step is not None else None
    if step is None or last is None:
        return None
    path = Path(log_path(space.files.state, last[0], step, last[1]))
    return path if path.exists() else None
