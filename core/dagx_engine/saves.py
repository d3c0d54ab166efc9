"""Turns what happens to files into one save: at once when a person saves, after it is quiet when a tool is at work."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from dagx_engine.io.bell import UNSAVED
from dagx_engine.io.clock import Clock
from dagx_engine.io.watch import Tree

__all__ = ["Saves"]

FEW = 5
"""So many files at once are one person saving; more is a tool at work, so wait until it is quiet."""
QUIET_SECONDS = 0.15
PATIENCE_SECONDS = 2.0
IDLE_SECONDS = 30.0
UNFINISHED_SECONDS = 0.3
"""How often to look whether a file that somebody is writing was closed: no event tells that."""


class Saves:
    """Asked to `look`, answers with the paths of a save when there is one."""

    def __init__(self, root: Path, tree: Tree, clock: Clock, is_being_written: Callable[[str], bool]) -> None:
        self._git_lock = root / ".git" / "index.lock"
        self._is_being_written = is_being_written
        self._tree = tree
        self._clock = clock
        self._dirty: set[str] = set()
        self._since = 0.0
        self._next = clock.ticks() + IDLE_SECONDS

    @property
    def wait(self) -> float:
        """Seconds until the next look is due, if nothing asks for one earlier."""
        return max(0.0, self._next - self._clock.ticks())

    @property
    def is_under_way(self) -> bool:
        """Whether files were seen to change, and it is not over yet."""
        return bool(self._dirty)

    def look(self, paths: Sequence[str] | None = None) -> list[str]:
        """The paths that were saved, and of folders that came or went, sorted; empty when there are none, or when it is
        not over yet.

        Nothing but `paths` (None: anything) can have changed since.
        """
        now = self._clock.ticks()
        found = [path for path in self._seen(paths) if not path.endswith(UNSAVED)]
        if found and not self._dirty:
            self._since = now
        self._dirty.update(found)
        if not self._dirty:
            self._next = now + IDLE_SECONDS
            return []
        at_work = self._git_lock.exists()
        over = not at_work and (not found or len(self._dirty) <= FEW)
        if over or now - self._since > PATIENCE_SECONDS:
            # What somebody is still at is saved when it is closed, or was left alone for a while.
            unfinished = {path for path in self._dirty if self._is_being_written(path)}
            saved, self._dirty = sorted(self._dirty - unfinished), unfinished
            self._since = now
            self._next = now + (UNFINISHED_SECONDS if unfinished else IDLE_SECONDS)
            return saved
        self._next = now + QUIET_SECONDS
        return []

    def _seen(self, paths: Sequence[str] | None) -> list[str]:
        """While a tool is at work, only a look at everything tells that it is over."""
        seen = None if paths is None or self._dirty else self._tree.glance(paths)
        return [*self._tree.look(), *self._tree.turned] if seen is None else seen
