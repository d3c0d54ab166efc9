"""IO managers: what stores and loads the values of assets. Semantics: section 9."""

from __future__ import annotations

import os
import pickle
import tempfile
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any

from dagx.errors import InvariantViolationError
from dagx.io_contexts import InputContext, OutputContext
from dagx.metadata import MetadataValue

__all__ = ["FilesystemIOManager", "IOManager", "InMemoryIOManager", "InputManager"]


class InputManager(ABC):
    """Something that loads values for parameters. Semantics: section 9."""

    @abstractmethod
    def load_input(self, context: InputContext) -> Any:
        """The value of `context.asset_key`."""


class IOManager(InputManager):
    """Something that stores the value of an asset and loads it for those that need it.

    Semantics: section 9.
    """

    @abstractmethod
    def handle_output(self, context: OutputContext, obj: Any) -> Any:
        """Store `obj` as the value of `context.asset_key`. May be a generator of AssetMaterialization."""


class FilesystemIOManager(IOManager):
    """Pickles each value into `<base_dir>/<segment>/<segment>`, and records the path as metadata.

    Without `base_dir`, the storage folder of the run. A missing file raises FileNotFoundError. Semantics:
    section 9.
    """

    def __init__(self, base_dir: str | os.PathLike[str] | None = None) -> None:
        self.base_dir = None if base_dir is None else os.fspath(base_dir)

    def handle_output(self, context: OutputContext, obj: Any) -> None:
        """Write the pickle whole or not at all."""
        path = self._path(context)
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, staged = tempfile.mkstemp(dir=path.parent, prefix=".staged-")
        try:
            with os.fdopen(handle, "wb") as file:
                pickle.dump(obj, file, protocol=5)
            os.replace(staged, path)
        except BaseException:
            os.unlink(staged)
            raise
        if obj is not None:
            context.add_output_metadata({"path": MetadataValue.path(path)})

    def load_input(self, context: InputContext) -> Any:
        """Read the pickle of the upstream asset."""
        source = (
            context if context.has_asset_key or context.upstream_output is None else context.upstream_output
        )
        with self._path(source).open("rb") as file:
            return pickle.load(file)

    def _path(self, context: InputContext | OutputContext) -> Path:
        base = Path(self.base_dir if self.base_dir is not None else context.storage_dir)
        names = context.get_asset_identifier() if context.has_asset_key else context.get_identifier()
        return base.joinpath(*(_kept_inside(name) for name in names))


def _kept_inside(name: str) -> str:
    """A part of a path that leads nowhere else: `..` and a `/` in front are escaped."""
    parts = ["%2E%2E" if part == ".." else part for part in name.split("/")]
    return "%2F" + "/".join(parts[1:]) if parts[0] == "" else "/".join(parts)


class InMemoryIOManager(IOManager):
    """Keeps values in a dict by run, step and output: they do not outlive the run. Semantics: section 9."""

    def __init__(self) -> None:
        self.values: dict[tuple[str, ...], Any] = {}

    def handle_output(self, context: OutputContext, obj: Any) -> None:
        """Keep the value itself, not a copy."""
        self.values[tuple(context.get_identifier())] = obj

    def load_input(self, context: InputContext) -> Any:
        """The very object that was kept. Raises InvariantViolationError when this run stored none."""
        identifier = tuple(context.get_identifier())
        if identifier not in self.values:
            raise InvariantViolationError(
                f'the value of "{context.asset_key.to_user_string()}" is not in memory',
                "only what the same run has stored can be loaded",
            )
        return self.values[identifier]
