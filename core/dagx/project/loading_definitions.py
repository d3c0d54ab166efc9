"""Definitions from modules, packages and the `defs` folder of a project. Semantics: section 25."""

from __future__ import annotations

import importlib
import re
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

from dagx.errors import InvalidArgumentError, InvalidDefinitionError
from dagx.project.collecting import collected, definitions_of
from dagx.project.defs import Definitions
from dagx.project.module_finding import caller_module, checked_modules, modules_of_package

__all__ = [
    "load_definitions_from_current_module",
    "load_definitions_from_module",
    "load_definitions_from_modules",
    "load_definitions_from_package_module",
    "load_definitions_from_package_name",
    "load_from_defs_folder",
]


_HAS_TOMLLIB = sys.version_info >= (3, 11)


def load_definitions_from_modules(
    modules: Iterable[ModuleType],
    resources: Mapping[str, Any] | None = None,
    loggers: Mapping[str, Any] | None = None,
    executor: Any = None,
) -> Definitions:
    """All assets, specs, checks, jobs, schedules and sensors among the attributes of `modules`, each object once.

    `resources`, `loggers` and `executor` are added. Raises InvalidDefinitionError for a module that has a Definitions
    object itself. Section 25.
    """
    taken = checked_modules(modules, "load_definitions_from_modules")
    for module in taken:
        if collected([module]).definitions:
            raise InvalidDefinitionError(
                f"the module {module.__name__} has a Definitions object itself",
                "merge it with Definitions.merge(...), or leave the module out",
            )
    found = collected(taken)
    return Definitions.merge(
        found.loose(), Definitions(resources=resources, loggers=loggers, executor=executor)
    )


def load_definitions_from_module(
    module: ModuleType,
    resources: Mapping[str, Any] | None = None,
    loggers: Mapping[str, Any] | None = None,
    executor: Any = None,
) -> Definitions:
    """`load_definitions_from_modules` for one module."""
    return load_definitions_from_modules([module], resources, loggers, executor)


def load_definitions_from_current_module(
    resources: Mapping[str, Any] | None = None,
    loggers: Mapping[str, Any] | None = None,
    executor: Any = None,
) -> Definitions:
    """`load_definitions_from_modules` for the module that calls this: what it has defined above the call."""
    return load_definitions_from_modules([caller_module()], resources, loggers, executor)


def load_definitions_from_package_module(
    package_module: ModuleType,
    resources: Mapping[str, Any] | None = None,
    loggers: Mapping[str, Any] | None = None,
    executor: Any = None,
) -> Definitions:
    """`load_definitions_from_modules` for a package and all modules in it and below it, which are imported."""
    return load_definitions_from_modules(modules_of_package(package_module), resources, loggers, executor)


def load_definitions_from_package_name(
    package_name: str,
    resources: Mapping[str, Any] | None = None,
    loggers: Mapping[str, Any] | None = None,
    executor: Any = None,
) -> Definitions:
    """`load_definitions_from_package_module` for the package of this name."""
    return load_definitions_from_package_module(
        importlib.import_module(package_name), resources, loggers, executor
    )


def load_from_defs_folder(
    *, path_within_project: str | Path | None = None, project_root: str | Path | None = None
) -> Definitions:
    """All that the modules below `<root module>/defs` of a project define.

    The project is the nearest folder at or above `path_within_project` (or `project_root` itself) whose pyproject.toml
    says `directory_type = "project"` in `[tool.dg]`; its `[tool.dg.project] root_module` names the package. Every
    module below `defs` is imported; from one with a Definitions object or a `@definitions` function only that is
    taken. Raises InvalidDefinitionError when there is no such project, or a `defs.yaml`, which dagx does not read.
    Section 25.
    """
    if (path_within_project is None) == (project_root is None):
        raise InvalidArgumentError(
            "load_from_defs_folder takes path_within_project or project_root, one of them"
        )
    root, module = _project(Path(project_root or path_within_project or "."), project_root is not None)
    defs = _defs_package(root, module)
    folder = Path(defs.__path__[0])
    for declared in sorted(folder.rglob("defs.y*ml")):
        raise InvalidDefinitionError(
            f"{declared} declares a component, which dagx does not have", "write the definitions in Python"
        )
    return definitions_of([*_all_below(defs.__name__, folder)])


def _project(start: Path, is_root: bool) -> tuple[Path, str]:
    """The folder of the project and the name of its root module."""
    start = start.resolve()
    for folder in [start] if is_root else [start, *start.parents]:
        settings = folder / "pyproject.toml"
        if not settings.is_file():
            continue
        found = _dg_settings(settings)
        if found.get("directory_type") == "project" or (is_root and found):
            project: Any = found.get("project")
            named = project.get("root_module") if isinstance(project, dict) else None  # pyright: ignore[reportUnknownVariableType, reportUnknownMemberType]
            if not isinstance(named, str):
                raise InvalidDefinitionError(
                    f"{settings} does not say which package the project is",
                    'add root_module = "name" to [tool.dg.project]',
                )
            return folder, named
    raise InvalidDefinitionError(
        f"there is no project at or above {start}",
        'a project has a pyproject.toml with [tool.dg] directory_type = "project" and [tool.dg.project] root_module',
    )


def _dg_settings(path: Path) -> Mapping[str, Any]:
    text = path.read_text(encoding="utf-8")
    if _HAS_TOMLLIB:
        try:
            found: Any = importlib.import_module("tomllib").loads(text)
        except ValueError as error:
            raise InvalidDefinitionError(f"{path} cannot be read: {error}") from error
        section: Any = found.get("tool", {}).get("dg", {})
        return section if isinstance(section, dict) else {}  # pyright: ignore[reportUnknownVariableType]
    return _read_by_hand(text)


def _read_by_hand(text: str) -> dict[str, Any]:
    """The texts of `[tool.dg]` and `[tool.dg.project]`, for a Python without tomllib."""
    found: dict[str, Any] = {}
    section = ""
    for line in text.splitlines():
        header = re.match(r"\s*\[([^\]]+)\]\s*(#.*)?$", line)
        entry = re.match(r"""\s*([\w-]+)\s*=\s*["']([^"']*)["']""", line)
        if header:
            section = header[1].strip()
        elif entry and section == "tool.dg":
            found[entry[1]] = entry[2]
        elif entry and section == "tool.dg.project":
            found.setdefault("project", {})[entry[1]] = entry[2]
    return found


def _defs_package(root: Path, module: str) -> ModuleType:
    places = [str(root / "src"), str(root)]
    for place in places:
        if Path(place, *module.split(".")).is_dir() and place not in sys.path:
            sys.path.insert(0, place)
    try:
        found = importlib.import_module(f"{module}.defs")
    except ModuleNotFoundError as error:
        if error.name not in (module, f"{module}.defs"):
            raise
        raise InvalidDefinitionError(
            f'the project at {root} has no package "{module}.defs"', f"make the folder {module}/defs"
        ) from None
    return found


def _all_below(name: str, folder: Path) -> list[ModuleType]:
    """Every module in a folder and below it, imported; folders need no __init__.py."""
    modules: list[ModuleType] = []
    for path in sorted(folder.rglob("*.py")):
        parts = path.relative_to(folder).with_suffix("").parts
        if "__pycache__" in parts or not all(part.isidentifier() for part in parts):
            continue
        below = parts[:-1] if parts[-1] == "__init__" else parts
        modules.append(importlib.import_module(".".join([name, *below])))
    return modules
