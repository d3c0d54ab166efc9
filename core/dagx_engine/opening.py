"""A project opened for one request of a front end: found, its state opened, loaded when that is needed."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dagx_engine.io.project import ProjectFiles, find_project
from dagx_engine.io.python import Interpreter, find_python
from dagx_engine.late import late
from dagx_engine.pure.value import dataclass
from dagx_engine.workspace import Workspace

if TYPE_CHECKING:
    from dagx_engine.pure.asked import AskedJob
    from dagx_engine.pure.generation import Generation
    from dagx_engine.pure.looks import Looks
    from dagx_engine.views import AssetView, StatusView

__all__ = ["Project", "loaded", "looker", "open_project", "opened", "status_of", "views_of"]


@dataclass(frozen=True)
class Project:
    """A project that was found. Nothing of the user's has been loaded."""

    files: ProjectFiles
    interpreter: Interpreter
    asked_python: str | None = None
    """The interpreter that was asked for by `--python`; it stays when the settings change."""
    asked_config: Path | None = None
    """The file of run config that was asked for by `--config`."""

    @property
    def root(self) -> Path:
        return self.files.root

    @property
    def name(self) -> str:
        return self.files.name

    def close(self) -> None:
        """Nothing is held between calls; here so that a front end may write `with open_project()`."""

    def __enter__(self) -> Project:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()


def open_project(
    start: Path | None = None, *, python: str | None = None, config: Path | None = None
) -> Project:
    """The project in `start` (the current folder), or above it. `config` is a file of run config.

    Raises ProjectError.
    """
    files = find_project(start or Path.cwd())
    asked = config.absolute() if config is not None else None
    files = replace(files, config=asked or files.config)
    return Project(files, find_python(files.root, python, files.python, os.environ), python, asked)


@contextmanager
def opened(project: Project, *, write: bool = False) -> Iterator[Workspace]:
    """`write` takes the project lock: BusyError when another dagx has it."""
    space = Workspace(project.files, project.interpreter, write=write)
    try:
        yield space
    finally:
        space.close()


@contextmanager
def loaded(project: Project, job: AskedJob | None = None) -> Iterator[tuple[Workspace, Generation]]:
    """For reading: what is stored, and the definitions as they are on disk now, as a run of `job` would have them.

    Raises ProjectError.
    """
    with opened(project) as space:
        yield space, space.load(job)


def views_of(space: Workspace, generation: Generation) -> tuple[AssetView, ...]:
    """All assets as they are now."""
    failed = {step: failure.line for step, failure in space.now.failures().items()}
    found = space.now.outlook(generation.routine)
    present = _present()
    running = present.at_work(space.at_work(), found)
    views: tuple[AssetView, ...] = present.asset_views(
        generation, found, space.ledger.kept(), failed, running
    )
    return views


def status_of(space: Workspace, generation: Generation) -> StatusView:
    """All assets as they are now, and what else the project defines."""
    views = views_of(space, generation)
    found: StatusView = _present().status_view(space.files.name, space.files.root, views, generation)
    return found


def looker(space: Workspace, generation: Generation) -> Callable[[], Looks]:
    """What a selection calls when it asks how assets are now."""

    def look() -> Looks:
        found: Looks = _present().looks(views_of(space, generation), space.clock.now())
        return found

    return look


def _present() -> Any:
    """Most answers are told as they were told last, and need no views."""
    return late("dagx_engine.present")
