"""`dagx why`: an asset of a project, explained."""

from __future__ import annotations

from dagx_engine.explaining import explain
from dagx_engine.opening import Project, loaded, views_of
from dagx_engine.pure.selecting import key_named
from dagx_engine.views import WhyView

__all__ = ["why"]


def why(project: Project, asset: str) -> WhyView:
    """Why an asset is what it is. Raises ProjectError, UsageError."""
    with loaded(project) as (space, generation):
        key = key_named(generation, asset)
        views = {view.key: view for view in views_of(space, generation)}
        return explain(space, generation, views, key)
