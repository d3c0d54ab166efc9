"""`dagx doctor`: tries what dagx needs of the machine and the project, and says what it found."""

from __future__ import annotations

import os
import platform
import shutil
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

from dagx.errors import DagxError
from dagx.nearest import did_you_mean
from dagx.version import __version__
from dagx_engine.io.holders import holder_of, is_stopped, way_on
from dagx_engine.io.lock import ProjectLock
from dagx_engine.io.project import ProjectFiles, find_project
from dagx_engine.io.python import find_python, is_frozen
from dagx_engine.io.sdk import lay_out
from dagx_engine.pure.definitions import Automation
from dagx_engine.pure.generation import Generation
from dagx_engine.remarks import remarks_of
from dagx_engine.views import DoctorLine, DoctorView
from dagx_engine.workspace import Workspace

__all__ = ["examine_machine"]

_LITTLE_SPACE = 500 << 20
_STARTED = {"fork": "forked from one process that has the libraries", "spawn": "each started afresh"}


def examine_machine(start: Path, python: str | None) -> DoctorView:
    """Line by line; a line that is not ok has a hint."""
    how = "frozen binary" if is_frozen() else f"Python {platform.python_version()}"
    lines = [DoctorLine(True, "dagx", f"{__version__}, {how}, {platform.system()} {platform.release()}")]
    try:
        files = find_project(start)
    except DagxError as error:
        lines.append(_bad("project", error))
    else:
        lines.append(DoctorLine(True, "project", f"{files.name} in {files.root}, by {files.found_by}"))
        lines += _project_lines(files, python)
    lines.append(_sdk_line())
    lines += _system_lines(start)
    return DoctorView(tuple(lines))


def _bad(name: str, error: DagxError) -> DoctorLine:
    return DoctorLine(False, name, error.message, error.hint or "")


def _project_lines(files: ProjectFiles, python: str | None) -> list[DoctorLine]:
    try:
        interpreter = find_python(files.root, python, files.python, os.environ)
    except DagxError as error:
        return [_bad("interpreter", error)]
    lines = [DoctorLine(True, "interpreter", f"{interpreter.path} ({interpreter.why})")]
    lines += _engine_lines(files)
    try:
        space = Workspace(files, interpreter, write=False)
    except DagxError as error:
        return [*lines, _bad("state", error)]
    try:
        began = time.monotonic()
        generation = space.load(afresh=True)
    except DagxError as error:
        lines.append(_bad("definitions", error))
    else:
        seconds = time.monotonic() - began
        count = len(generation.assets)
        lines.append(
            DoctorLine(True, "definitions", f"{count:,} asset{'' if count == 1 else 's'} in {seconds:.2f} s")
        )
        lines.append(DoctorLine(True, "workers", f"{_STARTED[files.isolation]}, {space.slots} at once"))
        if generation.jobs:
            names = list(generation.jobs)
            lines.append(DoctorLine(True, "jobs", f"{', '.join(names)} (dagx run --job {names[0]})"))
        lines += _automation_lines(generation.automation)
        lines += _pool_lines(generation, files.pools)
        lines.append(DoctorLine(True, "run-time proof", generation.proof))
        lines += [
            DoctorLine(each.kind == "network", each.kind, each.text, each.hint)
            for each in remarks_of(space, generation)
        ]
    finally:
        space.close()
    state = f"{files.state}" if files.state.exists() else f"{files.state} (made by the first run)"
    writable = os.access(files.state if files.state.exists() else files.root, os.W_OK)
    lines.append(DoctorLine(writable, "state", state, "" if writable else "dagx must be able to write there"))
    return lines


def _engine_lines(files: ProjectFiles) -> Iterator[DoctorLine]:
    """Who holds the project, and whether that is stopped."""
    if not files.state.exists() or not ProjectLock(files.state).is_held():
        return
    holder = holder_of(files.state)
    if is_stopped(holder.pid):
        hint = f"{way_on(holder.pid)} lets it go on, `kill -9 {holder.pid}` ends it; nothing that was made is lost"
        yield DoctorLine(False, "engine", f"{holder.name} holds the project, and is stopped (state T)", hint)
    else:
        yield DoctorLine(True, "engine", f"{holder.name} holds the project")


def _automation_lines(found: Automation) -> list[DoctorLine]:
    """What is defined to run by itself, and does not yet."""
    kinds = (("schedules", found.schedules), ("sensors", found.sensors))
    return [
        DoctorLine(True, kind, f"{', '.join(names)} (loaded; not run by dagx yet)")
        for kind, names in kinds
        if names
    ]


def _pool_lines(generation: Generation, limits: Mapping[str, int]) -> Iterator[DoctorLine]:
    """The pools with how many steps are in them and may run at once; limits of pools that there are not."""
    used = Counter(pool for step in generation.steps.values() for pool in step.pools)
    if used:
        found = (_pool_in_words(pool, count, generation.limits.get(pool)) for pool, count in used.items())
        yield DoctorLine(True, "pools", "; ".join(found))
    for pool in sorted(limits.keys() - used.keys()):
        hint = did_you_mean(pool, used) or "give it to assets or ops by pool="
        yield DoctorLine(False, "pools", f"[tool.dagx.pools] {pool}: no step is in this pool", hint)


def _pool_in_words(pool: str, count: int, limit: int | None) -> str:
    at_once = "no limit" if limit is None else f"{limit:,} at a time"
    return f"{pool} ({count:,} step{'' if count == 1 else 's'}, {at_once})"


def _sdk_line() -> DoctorLine:
    try:
        return DoctorLine(True, "SDK", str(lay_out()))
    except (DagxError, OSError) as error:
        return DoctorLine(False, "SDK", str(error), "set DAGX_CACHE_DIR to a folder of yours")


def _system_lines(start: Path) -> list[DoctorLine]:
    lines = []
    try:
        free = shutil.disk_usage(start).free
    except OSError as error:
        lines.append(DoctorLine(False, "disk", str(error)))
    else:
        enough = free > _LITTLE_SPACE
        lines.append(
            DoctorLine(enough, "disk", f"{free / (1 << 30):.1f} GB free", "" if enough else "free some space")
        )
    limit = Path("/proc/sys/fs/inotify/max_user_watches")
    if limit.exists():
        lines.append(DoctorLine(True, "file watching", f"inotify, {int(limit.read_text()):,} watches"))
    return lines
