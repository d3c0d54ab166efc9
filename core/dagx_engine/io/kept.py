"""Files of the user that are put back as they were, whatever becomes of them meanwhile, and of this process.

Copies lie in `.dagx/kept` with a list of what they are copies of; they are there before anything is changed. Who opens
the project next puts back what a killed process left.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
from collections.abc import Iterable
from pathlib import Path

from dagx_engine.pure.errors import ProjectError

__all__ = ["KeptFiles"]


class KeptFiles:
    """The copies in one project. Only the holder of its lock may have them."""

    def __init__(self, state: Path) -> None:
        self._folder = state / "kept"
        self._list = self._folder / "files.json"
        self.made = self._folder / "made"
        """To which the paths of new files and folders are added before they are made, each as JSON on a line."""

    def keep(self, paths: Iterable[str]) -> None:
        """Copy these files; of one that is not there it is noted that it is not."""
        self._folder.mkdir()
        kept: list[tuple[str, str | None]] = []
        for path in paths:
            copy = self._folder / str(len(kept))
            try:
                shutil.copy2(path, copy)
            except FileNotFoundError:
                kept.append((path, None))
            else:
                kept.append((path, copy.name))
        draft = self._folder / "draft"
        with draft.open("w", encoding="utf-8") as stream:
            json.dump(kept, stream)
            stream.flush()
            os.fsync(stream.fileno())
        draft.replace(self._list)

    def put_back(self) -> None:
        """Everything is as it was when it was kept; the copies go. Raises ProjectError with the place of a copy."""
        if self._list.exists():
            for path, copy in json.loads(self._list.read_text(encoding="utf-8")):
                if copy is None:
                    _remove(path)
                else:
                    self._restore(self._folder / copy, Path(path))
            with contextlib.suppress(FileNotFoundError):
                for line in reversed(self.made.read_text(encoding="utf-8").splitlines()):
                    _remove(json.loads(line))
        shutil.rmtree(self._folder, ignore_errors=True)

    def _restore(self, copy: Path, path: Path) -> None:
        """By a rename, so that nobody sees half of it."""
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            draft = path.with_name(path.name + ".dagx")
            shutil.copy2(copy, draft)
            draft.replace(path)
        except OSError as error:
            raise ProjectError(
                f"{path} cannot be put back as it was before `dagx audit`: {error.strerror}",
                hint=f"its copy is {copy}: put it back by hand, and delete {self._folder}",
            ) from error


def _remove(path: str) -> None:
    """What was not there before; a folder only when nothing is in it."""
    with contextlib.suppress(OSError):
        if os.path.isdir(path) and not os.path.islink(path):
            os.rmdir(path)
        else:
            os.unlink(path)
