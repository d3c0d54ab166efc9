"""Reads a file of run config: JSON or TOML. YAML is left to the project's interpreter, which may have PyYAML."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import tomllib

from dagx_engine.pure.errors import UsageError

__all__ = ["read_run_config"]


def read_run_config(path: Path | None) -> Mapping[str, Any] | None:
    """What a worker is told: `config` as it stands in the file, or `yaml`, the path of one. None without a file.

    Raises UsageError for a file that cannot be read or understood.
    """
    if path is None:
        return None
    if path.suffix.lower() in (".yaml", ".yml"):
        if not path.is_file():
            raise UsageError(f"there is no config file {path}")
        return {"yaml": str(path)}
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise UsageError(f"there is no config file {path}") from None
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"the config file {path} cannot be read: {error}") from error
    try:
        found: object = tomllib.loads(text) if path.suffix.lower() == ".toml" else json.loads(text)
    except ValueError as error:
        raise UsageError(
            f"the config file {path} cannot be understood: {error}",
            hint="a file is JSON, or TOML when its name ends with .toml, or YAML with .yaml",
        ) from error
    if not isinstance(found, dict):
        raise UsageError(
            f"the config file {path} holds no mapping",
            hint='run config is such as {"ops": {"orders": {"config": {"days": 3}}}}',
        )
    return {"config": found}
