"""`dagx cancel`: the run under way is stopped, whoever carries it out."""

from __future__ import annotations

import os
import signal
from collections.abc import Sequence
from contextlib import closing

from dagx_engine.io.channel import Call
from dagx_engine.io.holders import has_lock, holder_of
from dagx_engine.opening import Project, opened
from dagx_engine.pure.errors import BusyError, UsageError
from dagx_engine.pure.wishes import CancelWish
from dagx_engine.requests.handing import ask
from dagx_engine.views.upkeep import CancelView

__all__ = ["cancel"]

_MOST = 20
"""So many of the newest runs are looked at: the others have ended."""


def cancel(project: Project, run: str = "") -> CancelView:
    """Ask the runs under way to stop, or the one whose id begins so. Returns at once.

    Raises UsageError when there is no such run; BusyError when whoever carries it out is stopped or hung.
    """
    with opened(project) as space:
        rows = space.store.runs(_MOST) if space.store is not None and space.is_alive else ()
    under_way = [row.id for row in rows if row.status == "running"]
    if not under_way:
        raise UsageError("nothing is running")
    chosen = [each for each in under_way if each.startswith(run)]
    if not chosen:
        raise UsageError(f"run {run} is not under way", hint=f"that is run {', '.join(under_way)}")
    try:
        call = Call(project.files.state)
    except OSError:
        return _signalled(project, chosen)
    with closing(call):
        view = ask(project, call, CancelWish(run), CancelView)
    if view is None:
        raise UsageError("nothing is running any more")
    return view


def _signalled(project: Project, runs: Sequence[str]) -> CancelView:
    """A `dagx run` of its own listens to signals alone."""
    holder = holder_of(project.files.state)
    if not has_lock(holder.pid, project.files.state):
        raise BusyError(f"run {runs[0]} is under way, and this system does not tell in which process")
    os.kill(holder.pid, signal.SIGTERM)
    return CancelView(tuple(runs), holder.name)
