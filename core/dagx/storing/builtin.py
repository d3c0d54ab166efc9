"""The IO managers that are there without being asked for: pickles in files, and values in memory. Section 9."""

from __future__ import annotations

import errno
import os
import pickle
import tempfile
from typing import IO, Any

from dagx.errors import InvariantViolationError
from dagx.storing.contexts import InputContext, OutputContext
from dagx.storing.managers import IOManager
from dagx.storing.path_manager import UPathIOManager

__all__ = ["FilesystemIOManager", "InMemoryIOManager"]


class FilesystemIOManager(UPathIOManager):
    """Pickles each value into `<base_dir>/<segment>/<segment>`, and records the path as metadata.

    A partition lies in a file below that, the value of an op at `<run>/<step>/<output>`. Without `base_dir`, the
    storage folder of the run. A missing file raises FileNotFoundError. Semantics: section 9.
    """

    def __init__(self, base_dir: str | os.PathLike[str] | None = None) -> None:
        self.base_dir = None if base_dir is None else os.fspath(base_dir)
        super().__init__(self.base_dir)

    def dump_to_path(self, context: OutputContext, obj: Any, path: Any) -> None:
        """Write the pickle whole or not at all. Raises InvariantViolationError for what cannot be pickled."""
        handle, staged = tempfile.mkstemp(dir=path.parent, prefix=".staged-")
        try:
            with os.fdopen(handle, "wb") as file:
                _pickle(obj, file, _shown(context))
            os.replace(staged, path)
        except BaseException:
            os.unlink(staged)
            raise

    def load_from_path(self, context: InputContext, path: Any) -> Any:
        """Read the pickle. Raises FileNotFoundError when there is none."""
        try:
            file = path.open("rb")
        except FileNotFoundError:
            raise FileNotFoundError(
                errno.ENOENT,
                f"no value of {_shown(context)} is stored: make it first, with a value",
                str(path),
            ) from None
        with file:
            return pickle.load(file)


def _pickle(obj: object, file: IO[bytes], shown: str) -> None:
    try:
        pickle.dump(obj, file, protocol=5)
    except (pickle.PicklingError, AttributeError, TypeError, RecursionError) as error:
        raise InvariantViolationError(
            f"the value of {shown}, a {type(obj).__qualname__}, cannot be pickled: {error}",
            "store it by another IO manager (io_manager_key=); in tests, materialize_to_memory pickles nothing",
        ) from error


def _shown(context: InputContext | OutputContext) -> str:
    return f'"{context.asset_key.to_user_string() if context.has_asset_key else context.name}"'


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
                f"the value of {_shown(context)} is not in memory",
                "only what the same run has stored can be loaded",
            )
        return self.values[identifier]
