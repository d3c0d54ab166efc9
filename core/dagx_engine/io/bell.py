"""Rings at once when something is saved in a folder, where the kernel tells of it.

The watcher of folders looks for news at intervals, and the shorter those are, the more it costs while nothing happens.
What is heard here is no more than an earlier hint: the watcher hears it too, and all that is not heard here.
"""

from __future__ import annotations

import os
import select
import threading
import time
from collections.abc import Callable, Sequence

from dagx.worker.tracing.inotify import CLOSED_WRITTEN, MOVED_HERE, OVERFLOWN, Inotify

__all__ = ["UNSAVED", "Bell"]

UNSAVED = (".swp", ".swx", ".swo", "~", ".tmp")
"""How names end that editors give to what is not the file itself."""
_SAVED = CLOSED_WRITTEN | MOVED_HERE
"""That something is gone can wait: an editor may be about to put another one in its place."""
_QUIET_MS = 2
"""One save can be several events: so long none came, it is over."""
_LONGEST_SECONDS = 0.06


class Bell:
    """A thread that calls `ring` when something was saved in one of the folders: with the paths, or with None when it
    may have been more. Raises OSError where it cannot be.
    """

    def __init__(self, folders: Sequence[str], ring: Callable[[tuple[str, ...] | None], None]) -> None:
        self._ring = ring
        self._queue = Inotify()
        self._end, self._stop = os.pipe()
        try:
            self._folders = {self._queue.watch(folder, _SAVED): folder for folder in folders}
        except OSError:
            self._let_go()
            raise
        self._thread = threading.Thread(target=self._listen, name="dagx-bell", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """From now on it does not ring."""
        os.write(self._stop, b".")
        self._thread.join(5)
        self._let_go()

    def _let_go(self) -> None:
        self._queue.close()
        os.close(self._end)
        os.close(self._stop)

    def _listen(self) -> None:
        poll = select.poll()
        poll.register(self._queue.fileno(), select.POLLIN)
        poll.register(self._end, select.POLLIN)
        while True:
            if any(fd == self._end for fd, _ in poll.poll()):
                return
            began, saved = time.monotonic(), self._saved()
            while time.monotonic() - began < _LONGEST_SECONDS and (said := poll.poll(_QUIET_MS)):
                if any(fd == self._end for fd, _ in said):
                    return
                saved |= self._saved()
            if None in saved:
                self._ring(None)
            elif saved:
                self._ring(tuple(path for path in saved if path is not None))

    def _saved(self) -> dict[str | None, None]:
        """The paths of what happened since, but for what editors do for themselves; None for what cannot be named."""
        return {
            None if found.mask & OVERFLOWN else os.path.join(self._folders[found.folder], found.name): None
            for found in self._queue.happened()
            if found.mask & (_SAVED | OVERFLOWN) and not found.name.endswith(UNSAVED)
        }
