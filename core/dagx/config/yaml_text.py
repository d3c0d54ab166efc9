"""Run config from YAML: files, texts, files in packages. PyYAML is the user's: it is imported when it is needed."""

from __future__ import annotations

import glob
import importlib
import importlib.resources
import os
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

from dagx.errors import DagxError, InvalidConfigError, InvariantViolationError

__all__ = ["config_from_files", "config_from_pkg_resources", "config_from_yaml_strings"]


def config_from_files(config_files: Sequence[str]) -> dict[str, Any]:
    """The run config in YAML files, merged: where two say the same entry, the later one wins.

    config_files: paths, in which `*`, `?`, `[...]` and `**` stand for what they match. Raises InvariantViolationError
    for a path that matches no file, InvalidConfigError for text that is no YAML or no mapping.
    """
    paths: list[str] = []
    for pattern in config_files:
        found = sorted(glob.glob(os.fspath(pattern), recursive=True))
        if not found:
            raise InvariantViolationError(
                f"no config file {pattern!r}", f"the current folder is {os.getcwd()}; give a whole path"
            )
        paths += found
    return _merged((path, _text(path)) for path in paths)


def config_from_pkg_resources(pkg_resource_defs: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """The run config in YAML files that packages hold, merged as by `config_from_files`.

    pkg_resource_defs: pairs of a package's name and the path of a file in it. Raises InvariantViolationError for a
    file that is not there, InvalidConfigError as `config_from_files`.
    """
    texts: list[tuple[str, str]] = []
    for package, name in pkg_resource_defs:
        try:
            text = importlib.resources.files(package).joinpath(name).read_text(encoding="utf-8")
        except (OSError, ModuleNotFoundError) as error:
            raise InvariantViolationError(f"the package {package} has no file {name!r}: {error}") from error
        texts.append((f"{package}:{name}", text))
    return _merged(texts)


def config_from_yaml_strings(yaml_strings: Sequence[str]) -> dict[str, Any]:
    """The run config in YAML texts, merged as by `config_from_files`. Raises InvalidConfigError as that does."""
    return _merged((f"yaml_strings[{number}]", text) for number, text in enumerate(yaml_strings))


def _text(path: str) -> str:
    try:
        with open(path, encoding="utf-8") as stream:
            return stream.read()
    except (OSError, UnicodeDecodeError) as error:
        raise InvariantViolationError(f"the config file {path} cannot be read: {error}") from error


def _merged(texts: Iterable[tuple[str, str]]) -> dict[str, Any]:
    config: dict[str, Any] = {}
    for where, text in texts:
        config = _over(config, _parsed(where, text))
    return config


def _parsed(where: str, text: str) -> Mapping[str, Any]:
    yaml: Any = _yaml()
    try:
        found: object = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise InvalidConfigError(f"{where} is no YAML: {error}") from error
    if found is None:
        return {}
    if not isinstance(found, Mapping):
        raise InvalidConfigError(
            f"{where} holds {found!r}", "run config is a mapping, such as ops: {orders: {config: {days: 3}}}"
        )
    return cast("Mapping[str, Any]", found)


def _over(under: Mapping[str, Any], upper: Mapping[str, Any]) -> dict[str, Any]:
    both = {
        name: _over(under[name], cast("Mapping[str, Any]", value))
        for name, value in upper.items()
        if isinstance(value, Mapping) and isinstance(under.get(name), Mapping)
    }
    return {**under, **upper, **both}


def _yaml() -> object:
    try:
        return importlib.import_module("yaml")
    except ImportError as error:
        raise DagxError(
            "reading YAML needs the package PyYAML", "pip install pyyaml, or give the config as a dict"
        ) from error
