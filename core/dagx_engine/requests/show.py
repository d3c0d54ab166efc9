"""`dagx show` and `dagx lineage`: one asset with what is stored of it, and the graph."""

from __future__ import annotations

from dagx_engine import present
from dagx_engine.opening import Project, loaded, views_of
from dagx_engine.pure.definitions import Key, StepName
from dagx_engine.pure.selecting import key_named, select_keys
from dagx_engine.remarks import remarks_of
from dagx_engine.stored_views import show_view
from dagx_engine.views import LineageView, ShowView

__all__ = ["lineage", "show"]


def show(project: Project, asset: str) -> ShowView:
    """What is stored of an asset. Raises ProjectError, UsageError."""
    with loaded(project) as (space, generation):
        key = key_named(generation, asset)
        view = next(view for view in views_of(space, generation) if view.key == key)
        recorded = space.recorded(key, view.step)
        error = space.last_error(view.step)
        remarks = remarks_of(space, generation, [StepName(view.step)]) if view.step else ()
        costs = space.costs(view.step)
        return show_view(view, space.stored(key), space.object_place, error, recorded, remarks, costs)


def lineage(project: Project, selection: str | None = None) -> LineageView:
    """The selected assets and the edges between them. Raises ProjectError, UsageError."""
    with loaded(project) as (space, generation):
        found = views_of(space, generation)
        wanted = set(select_keys(generation, selection, lambda: present.looks(found, space.clock.now())))
        views = tuple(view for view in found if view.key in wanted)
        edges = tuple((up, view.key) for view in views for up in view.upstream if Key(up) in wanted)
        return LineageView(views, edges)
