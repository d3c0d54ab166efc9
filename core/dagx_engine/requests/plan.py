"""`dagx plan`: what a run would do."""

from __future__ import annotations

from dagx_engine import present
from dagx_engine.choosing import asked_job, choose_run
from dagx_engine.opening import Project, loaded, looker
from dagx_engine.pure.asked import Asked
from dagx_engine.pure.plan import runnable
from dagx_engine.views import PlanView

__all__ = ["plan"]


def plan(
    project: Project,
    selection: str | None = None,
    *,
    job: str | None = None,
    force: bool = False,
    asked: Asked | None = None,
) -> PlanView:
    """What `run` would do now, and why. Raises ProjectError, UsageError."""
    wanted = asked_job(selection, job, asked, has_config=project.asked_config is not None)
    with loaded(project, wanted) as (space, generation):
        choice, left = choose_run(space, selection, job, asked, looker(space, generation))
        generation = space.in_force()
        steps, refused = runnable(generation, choice.steps)
        refused = (*left, *refused)
        found = space.now.outlook(steps, force=force, wanted=choice.parts)
        expected = space.store.expected_seconds() if space.store is not None else {}
        return present.plan_view(generation, found, expected, force=force, refused=refused, slots=space.slots)
