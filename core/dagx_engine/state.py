"""The state of a project, opened: by one process to write, with the lock taken and what a killed one left seen to; by
any number to read.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, NamedTuple

from dagx_engine.io.clock import Clock
from dagx_engine.io.holders import holder_of, is_stopped, way_on
from dagx_engine.io.lock import ProjectLock
from dagx_engine.io.objects import Objects, Removed
from dagx_engine.io.secret import write_secret
from dagx_engine.io.store import Store
from dagx_engine.late import late
from dagx_engine.pure.errors import BusyError, ProjectError

__all__ = ["State", "open_to_read", "open_to_write"]


class State(NamedTuple):
    """`store` is None where there is nothing to read yet."""

    store: Store | None
    crashed: tuple[str, ...] = ()
    """Runs that an engine which is gone left unfinished."""
    left_half_made: Removed = Removed(0, 0)
    """What it left in the folder for unfinished files; that is taken away."""


def open_to_read(folder: Path) -> State:
    """Without the lock. Raises DagxError when the file is not ours, is newer than this dagx, or cannot be opened."""
    if not (folder / "state.db").exists():
        return State(None)
    store = Store(folder, write=False)
    if store.is_empty:
        store.close()
        return State(None)
    return State(store)


def open_to_write(folder: Path, lock: ProjectLock, objects: Objects, clock: Clock) -> State:
    """Take the lock, and bring in order what the engine before this one left.

    Raises ProjectError when the folder cannot be written, BusyError when somebody else has the project; then the lock
    is not held.
    """
    _furnish(folder)
    if not lock.acquire(clock.now()):
        raise _busy(folder)
    try:
        _end_orphans(folder, lock)
        left_half_made = objects.prepare()
        _put_back_kept(folder)
        store = Store(folder, write=True)
        return State(store, store.recover(clock.now()), left_half_made)
    except BaseException:
        lock.release()
        raise


def _furnish(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        if not (folder / ".gitignore").exists():
            (folder / ".gitignore").write_text("*\n", encoding="utf-8")
        (folder / "logs").mkdir(exist_ok=True)
        write_secret(folder)
        if not os.access(folder, os.W_OK):
            is_read_only = os.statvfs(folder).f_flag & os.ST_RDONLY
            raise OSError(0, "the disk is read-only" if is_read_only else "permission denied")
    except OSError as error:
        raise ProjectError(
            f"{folder} cannot be written: {error.strerror}", hint="dagx keeps its state in the project folder"
        ) from error


def _end_orphans(folder: Path, lock: ProjectLock) -> None:
    """What the engine before this one had started, if it was killed together with those who were to end it."""
    if lock.killed:
        found: Any = late("dagx_engine.io.orphans")
        found.end_orphans(lock.killed, folder / "logs" / "workers.log")


def _put_back_kept(folder: Path) -> None:
    """Files that `dagx audit` had set aside when it was killed."""
    if (folder / "kept").exists():
        kept: Any = late("dagx_engine.io.kept")
        kept.KeptFiles(folder).put_back()


def _busy(folder: Path) -> BusyError:
    holder = holder_of(folder)
    if is_stopped(holder.pid):
        return BusyError(
            f"{holder.name} holds the project, and is stopped (state T)",
            hint=f"{way_on(holder.pid)} lets it go on; `kill -9 {holder.pid}` ends it",
        )
    return BusyError(
        f"{holder.name} holds {folder.parent}",
        hint="wait for it, or stop it; reading commands (status, plan, why, show, logs) work meanwhile",
    )
