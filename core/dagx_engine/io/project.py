"""Finds a project on disk: its root, its settings and the modules that hold its definitions. Imports none of them."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import tomllib

from dagx.errors import DagxError
from dagx.nearest import did_you_mean
from dagx_engine.late import late
from dagx_engine.pure.durations import seconds_of
from dagx_engine.pure.errors import ProjectError
from dagx_engine.pure.retention import CACHE_SIZE, RETENTION, Retention, bytes_of, retention_of
from dagx_engine.pure.value import dataclass

__all__ = ["ModuleToLoad", "ProjectFiles", "find_project", "leads_to_folder", "walk"]

NEVER_WALKED = frozenset(
    {
        ".dagx",
        ".git",
        ".hg",
        ".svn",
        ".venv",
        "venv",
        "node_modules",
        "__pycache__",
        ".tox",
        ".nox",
        ".mypy_cache",
        ".pytest_cache",
        ".ruff_cache",
        ".ipynb_checkpoints",
        "dist",
        "build",
        ".idea",
        ".vscode",
        "site-packages",
    }
)
ISOLATIONS = ("fork", "spawn") if sys.platform.startswith("linux") else ("spawn",)
"""The ways to start workers here, the usual one first."""

_KINDS = {str: "a text", list: "a list of texts", int: "a whole number", dict: "a table"}
_SETTINGS = {
    "definitions": str,
    "python": str,
    "watch": list,
    "max_workers": int,
    "isolation": str,
    "config": str,
    "pools": dict,
}
_MEASURES: Mapping[str, Callable[[object], object]] = {
    "retention": retention_of,
    "cache_size": bytes_of,
    "max_runtime": seconds_of,
}
"""Settings that can be written in several ways."""


@dataclass(frozen=True)
class ModuleToLoad:
    """A module to import: its name, and its file when the name alone does not find it."""

    name: str
    file: str | None = None
    attribute: str | None = None

    def to_json(self) -> dict[str, str | None]:
        return {"name": self.name, "file": self.file, "attribute": self.attribute}


@dataclass(frozen=True)
class ProjectFiles:
    """A project as it stands on disk. `found_by` says in words how its definitions were found."""

    root: Path
    name: str
    modules: tuple[ModuleToLoad, ...]
    paths: tuple[str, ...]
    """Folders that go first on the import path of the project's own code."""
    found_by: str
    python: str | None = None
    watch: tuple[str, ...] = ()
    max_workers: int | None = None
    isolation: str = ISOLATIONS[0]
    """How workers are started: `fork` from a process that has imported third-party modules, or `spawn`, each afresh."""
    max_runtime: float | None = None
    """Seconds after which a step that does not say so itself is stopped."""
    pools: Mapping[str, int] = field(default_factory=dict)
    """How many steps of a pool run at once."""
    config: Path | None = None
    """A file of run config."""
    retention: Retention = RETENTION
    cache_size: int = CACHE_SIZE
    """Bytes of stored results from which on those that are not current go."""
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)
    """What the file `.env` says; it may hold secrets."""

    @cached_property
    def state(self) -> Path:
        return self.root / ".dagx"


def find_project(start: Path) -> ProjectFiles:
    """The project that `start` belongs to.

    That is the nearest folder with `[tool.dagx]`, from there up as far as git holds folders together; else `start`
    itself if it has definitions; else the nearest folder above it with definitions or the state of earlier runs.

    Raises ProjectError when there is none, or when its settings, or its `.env`, are wrong.
    """
    found = _find(start)
    try:
        file = found.root / ".env"
        file.stat()
        dotenv: Any = late("dagx.config.dotenv")  # where there is one: else its patterns are not compiled
        return replace(found, environment=dotenv.load_dotenv(file))
    except OSError:
        return found  # there is none, or it is not for us to read
    except DagxError as error:
        raise ProjectError(error.message, error.hint) from error


def _find(start: Path) -> ProjectFiles:
    start = start.expanduser()
    if not start.is_dir():
        raise ProjectError(f"{start} is not a folder", hint="give the folder of a project with -C")
    start = start.resolve()
    reach = _reach(start)
    broken: ProjectError | None = None
    for folder in reach:
        try:
            settings, name = _settings(folder)
        except ProjectError as error:
            if folder == start:
                raise
            broken = broken or error  # somebody else's file, unless nothing better is found
            continue
        if settings is not None:
            return _by_settings(folder, name, settings)
    for folder in reach:
        marks = (folder / ".dagx" / "state.db", folder / "definitions.py", folder / "defs")
        is_likely = folder == start or any(mark.exists() for mark in marks)
        if is_likely and (found := _by_convention(folder, folder.name or "project")):
            return found
    if broken is not None:
        raise broken
    raise ProjectError(
        f"no dagx project in {start} or above it",
        hint="write definitions.py, or run `dagx init` here, or give another folder with -C",
    )


def _reach(start: Path) -> list[Path]:
    """The folder and those above it, as far as git holds them together."""
    found = []
    for folder in (start, *start.parents):
        found.append(folder)
        if (folder / ".git").exists():
            break
    return found


def _settings(folder: Path) -> tuple[Mapping[str, object] | None, str]:
    """`[tool.dagx]` of the folder's pyproject.toml, and the name of the project."""
    file = folder / "pyproject.toml"
    name = folder.name or "project"
    try:
        data = tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None, name
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ProjectError(
            f"{file} does not parse: {error}", hint="fix the file; nothing was loaded"
        ) from error
    except OSError as error:
        raise ProjectError(f"{file} cannot be read: {error.strerror}") from error
    project = data.get("project")
    if isinstance(project, dict) and isinstance(project.get("name"), str):
        name = project["name"]
    tool = data.get("tool")
    settings = tool.get("dagx") if isinstance(tool, dict) else None
    if settings is None:
        return None, name
    if not isinstance(settings, dict):
        raise ProjectError(f"{file}: [tool.dagx] must be a table")
    _check(file, settings)
    return settings, name


def _check(file: Path, settings: Mapping[str, object]) -> None:
    for key, value in settings.items():
        if key in _MEASURES:
            try:
                _MEASURES[key](value)
            except ValueError as error:
                raise ProjectError(f"{file}: [tool.dagx] {key} {error}") from error
            continue
        kind = _SETTINGS.get(key)
        if kind is None:
            known = sorted([*_SETTINGS, *_MEASURES])
            raise ProjectError(
                f"{file}: [tool.dagx] has no setting {key!r}",
                hint=did_you_mean(key, known) or f"settings are {', '.join(known)}",
            )
        if not isinstance(value, kind) or isinstance(value, bool):
            raise ProjectError(f"{file}: [tool.dagx] {key} must be {_KINDS[kind]}, not {value!r}")
    watch = settings.get("watch")
    if isinstance(watch, list) and not all(isinstance(item, str) for item in watch):
        raise ProjectError(f"{file}: [tool.dagx] watch must be a list of folders")
    workers = settings.get("max_workers")
    if isinstance(workers, int) and workers < 1:
        raise ProjectError(f"{file}: [tool.dagx] max_workers must be at least 1, not {workers}")
    if settings.get("isolation", ISOLATIONS[0]) not in ISOLATIONS:
        raise ProjectError(
            f"{file}: [tool.dagx] isolation must be {' or '.join(map(repr, ISOLATIONS))}, "
            f"not {settings['isolation']!r}",
            hint="leave it out to have workers started in the way that is best here",
        )
    pools = settings.get("pools")
    for pool, limit in pools.items() if isinstance(pools, dict) else ():
        if not isinstance(limit, int) or isinstance(limit, bool) or limit < 0:
            raise ProjectError(f"{file}: [tool.dagx.pools] {pool} must be a number of slots, not {limit!r}")


def _by_settings(root: Path, name: str, settings: Mapping[str, object]) -> ProjectFiles:
    written = settings.get("definitions")
    python, watch, workers = settings.get("python"), settings.get("watch"), settings.get("max_workers")
    config, pools = settings.get("config"), settings.get("pools")
    modules: tuple[ModuleToLoad, ...]
    if isinstance(written, str):
        modules, found_by = (_named(root, written),), f"[tool.dagx] definitions = {written!r}"
    else:
        found = _by_convention(root, name)
        if found is None:
            raise ProjectError(
                f"{root / 'pyproject.toml'} has [tool.dagx], but no module here imports dagx",
                hint='write definitions.py, or set definitions = "package.module"',
            )
        modules, found_by = found.modules, found.found_by
    return ProjectFiles(
        root,
        name,
        modules,
        _paths(root),
        found_by,
        python=python if isinstance(python, str) else None,
        watch=tuple(str(item) for item in watch) if isinstance(watch, list) else (),
        max_workers=workers if isinstance(workers, int) else None,
        isolation=str(settings.get("isolation", ISOLATIONS[0])),
        max_runtime=seconds_of(settings["max_runtime"]) if "max_runtime" in settings else None,
        pools=pools if isinstance(pools, dict) else {},
        config=root / config if isinstance(config, str) else None,
        retention=retention_of(settings["retention"]) if "retention" in settings else RETENTION,
        cache_size=bytes_of(settings["cache_size"]) if "cache_size" in settings else CACHE_SIZE,
    )


def _named(root: Path, written: str) -> ModuleToLoad:
    """`package.module`, `package.module:name` or `path/to/file.py`, as a module to load."""
    where, _, attribute = written.partition(":")
    if where.endswith(".py") or "/" in where:
        file = root / where
        if file.is_dir():
            file = file / "__init__.py"
        if not file.is_file():
            raise ProjectError(f"[tool.dagx] definitions = {written!r}: {file} is not there")
        if not file.resolve().is_relative_to(root):
            raise ProjectError(f"[tool.dagx] definitions = {written!r}: {file} lies outside of the project")
        return ModuleToLoad(_module_name(root, file), str(file), attribute or None)
    for base in (root, root / "src") if where else ():
        path = base.joinpath(*where.split("."))
        if path.with_suffix(".py").is_file() or path.is_dir():
            return ModuleToLoad(where, None, attribute or None)
    raise ProjectError(
        f"[tool.dagx] definitions = {written!r}: no module {where} in {root}",
        hint="write it as package.module, package.module:name or path/to/file.py",
    )


def _by_convention(root: Path, name: str) -> ProjectFiles | None:
    paths = _paths(root)
    for own in (root / "dagx.py", root / "dagx" / "__init__.py"):
        if own.is_file():
            raise ProjectError(
                f"{own} hides the dagx that your assets import", hint="give the file another name"
            )
    if (root / "definitions.py").is_file():
        return ProjectFiles(root, name, (ModuleToLoad("definitions"),), paths, "definitions.py")
    if (root / "defs").is_dir():
        modules = _modules(root, (f for f in walk(root / "defs") if _is_module(f)))
        if modules:
            return ProjectFiles(root, name, modules, paths, "the folder defs/")
    files = (f for f in walk(root) if _is_module(f) and not _is_test(f) and _imports_dagx(f))
    modules = _modules(root, files)
    return ProjectFiles(root, name, modules, paths, "every module that imports dagx") if modules else None


def _paths(root: Path) -> tuple[str, ...]:
    return (str(root), str(root / "src")) if (root / "src").is_dir() else (str(root),)


def _modules(root: Path, files: Iterator[Path]) -> tuple[ModuleToLoad, ...]:
    return tuple(ModuleToLoad(_module_name(root, file), str(file)) for file in sorted(files))


def _module_name(root: Path, file: Path) -> str:
    """The dotted name under which the project's own code would import this file."""
    inside = file.relative_to(root)
    parts = list(inside.with_suffix("").parts)
    if parts[0] == "src" and len(parts) > 1:
        parts = parts[1:]
    if parts[-1] == "__init__" and len(parts) > 1:
        parts = parts[:-1]
    return ".".join(parts)


def _is_module(file: Path) -> bool:
    """Not the lock that Emacs puts beside a file while it is edited, `.#orders.py`, a link that leads nowhere; nor a
    pipe or a device, which one could wait for."""
    if file.suffix != ".py" or file.name.startswith("."):
        return False
    try:
        return stat.S_ISREG(os.stat(file).st_mode)
    except OSError:
        return True  # to read it will say why


def _is_test(file: Path) -> bool:
    return file.name.startswith("test_") or file.name.endswith("_test.py") or file.name == "conftest.py"


def _imports_dagx(file: Path) -> bool:
    """Whether the module has an import of dagx, at any depth; found without running it."""
    try:
        data = file.read_bytes()
    except OSError:
        return False
    if b"dagx" not in data:
        return False
    ast: Any = late("ast")
    try:
        tree = ast.parse(data)
    except (SyntaxError, ValueError):
        return True  # loading it will say what is wrong with it
    for node in ast.walk(tree):
        if isinstance(node, ast.Import) and any(a.name.split(".")[0] == "dagx" for a in node.names):
            return True
        if (
            isinstance(node, ast.ImportFrom)
            and not node.level
            and (node.module or "").split(".")[0] == "dagx"
        ):
            return True
    return False


def walk(top: Path) -> Iterator[Path]:
    """The files below a folder, without environments, caches and version control; links to folders are not followed."""
    queue = [str(top)]
    while queue:
        try:
            with os.scandir(queue.pop()) as entries:
                found = list(entries)
        except OSError:
            continue
        for entry in found:
            if entry.is_dir(follow_symlinks=False):
                if entry.name not in NEVER_WALKED and not entry.name.endswith(".egg-info"):
                    queue.append(entry.path)
            elif not leads_to_folder(entry):
                yield Path(entry.path)


def leads_to_folder(entry: os.DirEntry[str]) -> bool:
    """Whether it is a folder, or a link to one; a link that leads back to itself is none."""
    try:
        return entry.is_dir()
    except OSError:
        return False
