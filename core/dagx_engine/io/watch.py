"""Watches the project's folders. What the system reports is a hint; a walk over all files' stats is the truth.

`Watcher` says "look"; `Tree` looks, and answers with the paths that differ from the last look.
"""

from __future__ import annotations

import contextlib
import os
import stat
import threading
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from dagx.worker.tracing.announcing import FOLDERS, announced, place_of
from dagx_engine.io.bell import Bell
from dagx_engine.io.matching import fixed_folder, folders_of, matching
from dagx_engine.io.project import NEVER_WALKED
from dagx_engine.pure.declared import Pattern
from dagx_engine.pure.value import dataclass

__all__ = ["Hint", "Tree", "Watcher"]

_STEP_MS = 10
_STEP_BESIDE_BELL_MS = 100
"""Where a bell rings earlier: each step wakes this process, even if nothing ever happens."""
_DEBOUNCE_MS = 60
_FEW = 16
"""So many paths are looked at one by one; where more is said to have happened, some of it may not have been said."""
_SWEEP_SECONDS = 1.0
_PAUSE_SECONDS = 0.1
_UNDECODABLE = "Unable to decode path"
"""What watchfiles dies of when something happens to a file whose name is not UTF-8: begin anew."""
_LIMITS = {
    "watch limit": "fs.inotify.max_user_watches=1048576",
    "Too many open files": "fs.inotify.max_user_instances=1024",
}
"""How an error of the system begins, and the setting that lifts the limit."""

_Stamp = tuple[int, int, int, int]


@dataclass(frozen=True)
class Hint:
    """Something may have changed: look. `words` tells a person about trouble with watching, if there is any.

    `paths` are the only ones that it is about, if that is known.
    """

    words: str = ""
    paths: tuple[str, ...] | None = None


class Tree:
    """The files below some folders with their stats, and files elsewhere that patterns match."""

    def __init__(self, roots: Sequence[Path]) -> None:
        self._roots = [str(root) for root in roots]
        self._announcements = place_of(os.path.join(self._roots[0], ".dagx"))
        self._known: dict[str, _Stamp] = {}
        self._folders: set[str] = set()
        """Those that were walked."""
        self.turned: list[str] = []
        """The folders that came or went before the last look, each in one that stayed: the names in that differ."""
        self._elsewhere: tuple[Pattern, ...] = ()
        self.look()

    def standing(self) -> tuple[tuple[int, int] | None, ...]:
        """Which folders the roots are now: one that was deleted and made again is another one."""
        return tuple(_identity(root) for root in self._roots)

    @property
    def elsewhere(self) -> tuple[Pattern, ...]:
        """The patterns of what is looked at and lies in none of the folders."""
        return self._elsewhere

    def include(self, patterns: Iterable[Pattern]) -> None:
        """From now on what matches these is looked at, if it lies in none of the folders. That is no change of it."""
        wanted = tuple(pattern for pattern in patterns if not self._is_walked(pattern))
        if wanted != self._elsewhere:
            self._elsewhere = wanted
            self._known.update((p, stamp) for p, stamp in self._matched() if p not in self._known)

    def _is_walked(self, pattern: Pattern) -> bool:
        root = Path(self._roots[0])
        place = fixed_folder(root, pattern)
        steps = (
            place[len(str(root)) :].split(os.sep) if (place + os.sep).startswith(f"{root}{os.sep}") else None
        )
        return steps is not None and not any(step in NEVER_WALKED for step in steps)

    def look(self) -> list[str]:
        """The paths of files that were added, removed or changed since the last look, sorted."""
        folders = self._folders
        with announced(self._announcements, FOLDERS):
            now = dict(self._walk())
        self.turned = sorted(
            path for path in folders ^ self._folders if os.path.dirname(path) in folders & self._folders
        )
        now.update(self._matched())
        before, self._known = self._known, now
        changed = {path for path, stamp in now.items() if before.get(path) != stamp}
        return sorted(changed | (before.keys() - now.keys()))

    def glance(self, paths: Iterable[str]) -> list[str] | None:
        """What `look` would answer if nothing but these could have changed. None: it takes a look to know.

        It costs the same however many files there are.
        """
        changed: list[str] = []
        for path in paths:
            if path in self._folders or os.path.dirname(path) not in self._folders:
                return None
            try:
                found = os.stat(path)
            except OSError:
                if self._known.pop(path, None) is not None:
                    changed.append(path)
                continue
            if stat.S_ISDIR(found.st_mode):
                return None
            if self._known.get(path) != _stamp_of(found):
                self._known[path] = _stamp_of(found)
                changed.append(path)
        return sorted(changed)

    def folders(self) -> list[str]:
        """The folders to watch, each on its own."""
        found = [root for root in self._roots if os.path.isdir(root)]
        queue = list(found)
        with announced(self._announcements, FOLDERS):
            while queue:
                for entry in _entries(queue.pop()):
                    if _is_folder(entry):
                        found.append(entry.path)
                        queue.append(entry.path)
        found += [f for pattern in self._elsewhere for f in folders_of(Path(self._roots[0]), pattern)]
        return list(dict.fromkeys(found))

    def _matched(self) -> Iterator[tuple[str, _Stamp]]:
        root = Path(self._roots[0])
        for path in (os.path.join(root, name) for p in self._elsewhere for name in matching(root, p)):
            with contextlib.suppress(OSError):
                yield path, _stamp_of(os.stat(path))

    def _walk(self) -> Iterator[tuple[str, _Stamp]]:
        queue = list(self._roots)
        seen = self._folders = set(queue)
        while queue:
            for entry in _entries(queue.pop()):
                if _is_folder(entry):
                    if entry.path not in seen:
                        seen.add(entry.path)
                        queue.append(entry.path)
                    continue
                try:
                    found = entry.stat()
                except OSError:
                    continue  # gone between listing and asking, or a broken link
                if not entry.is_dir():
                    yield entry.path, _stamp_of(found)


def _identity(folder: str) -> tuple[int, int] | None:
    try:
        found = os.stat(folder)
    except OSError:
        return None
    return (found.st_dev, found.st_ino)


def _stamp_of(found: os.stat_result) -> _Stamp:
    return (found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_ino)


def _entries(folder: str) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except OSError:
        return []


def _is_folder(entry: os.DirEntry[str]) -> bool:
    if entry.name in NEVER_WALKED or entry.name.endswith(".egg-info"):
        return False
    try:
        return entry.is_dir(follow_symlinks=False)
    except OSError:
        return False


class Watcher:
    """A thread that posts a `Hint` when the system reports a change below the folders."""

    def __init__(self, tree: Tree, post: Callable[[Hint], None]) -> None:
        self._tree = tree
        self._post = post
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._work, name="dagx-watch", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        self._stop.set()
        self._thread.join(5)

    def _work(self) -> None:
        told = False
        while not self._stop.is_set():
            try:
                self._watch(self._tree.folders())
            except Exception as error:  # noqa: BLE001 - whatever the watcher dies of, looking goes on without it
                is_one_name = _UNDECODABLE in str(error)
                words = "" if told or is_one_name else _in_words(error)
                told = told or bool(words)
                self._post(Hint(words))
                self._stop.wait(_PAUSE_SECONDS if is_one_name else _SWEEP_SECONDS)

    def _watch(self, folders: list[str]) -> None:
        """Until a folder comes or goes: then the list of folders is made anew."""
        import watchfiles  # noqa: PLC0415 - 40 ms that only a process that watches should pay

        with _bell(folders, lambda paths: self._post(Hint(paths=paths))) as rings:
            self._hear(watchfiles, folders, _STEP_BESIDE_BELL_MS if rings else _STEP_MS)

    def _hear(self, watchfiles: Any, folders: list[str], step: int) -> None:
        known, elsewhere, standing = set(folders), self._tree.elsewhere, self._tree.standing()
        batches = watchfiles.watch(
            *folders,
            watch_filter=None,
            step=step,
            debounce=_DEBOUNCE_MS,
            stop_event=self._stop,
            recursive=False,
            raise_interrupt=False,
            rust_timeout=1000,
            yield_on_timeout=True,
            ignore_permission_denied=True,
        )
        self._post(Hint())
        for batch in batches:
            if not batch:
                if self._tree.standing() != standing:
                    self._post(Hint())
                    return
                if self._tree.elsewhere != elsewhere or not all(os.path.isdir(folder) for folder in folders):
                    return
                continue
            few = len(batch) <= _FEW
            self._post(Hint(paths=tuple(path for _, path in batch) if few else None))
            if any(path in known or os.path.isdir(path) for _, path in batch):
                return


@contextlib.contextmanager
def _bell(folders: list[str], ring: Callable[[tuple[str, ...] | None], None]) -> Generator[bool, None, None]:
    """Whether a bell could be had while this is open: the system may have none, or no more."""
    try:
        bell = Bell(folders, ring)
    except OSError:
        yield False
        return
    try:
        yield True
    finally:
        bell.close()


def _in_words(error: Exception) -> str:
    """That there is no watching, and what would help."""
    words = f"file watching failed ({error}); looking once a second instead"
    for sign, setting in _LIMITS.items():
        if sign in str(error):
            return f"{words}\nthe system allows no more: sudo sysctl {setting}, and start dagx again"
    return words
