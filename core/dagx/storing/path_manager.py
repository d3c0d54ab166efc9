"""UPathIOManager: IO managers that keep each value, or each partition of it, in a file of its own. Section 9."""

from __future__ import annotations

import importlib
import inspect
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dagx.errors import InvalidArgumentError, InvariantViolationError
from dagx.metadata.values import MetadataValue, RawMetadataValue
from dagx.storing.contexts import InputContext, OutputContext
from dagx.storing.managers import IOManager

if TYPE_CHECKING:
    from dagx.partitions.definition import PartitionsDefinition

__all__ = ["UPathIOManager"]

ALLOW_MISSING = "allow_missing_partitions"


class UPathIOManager(IOManager):
    """A base for IO managers that write files; subclasses say how one is written and read.

    A subclass sets `extension` (such as ".json", appended to the last part of the path) and implements `dump_to_path`
    and `load_from_path`, which may be async: several partitions are then loaded at once. `base_path` is a folder
    (pathlib, or anything with its interface); without one, that of the run. An asset lies at its key's segments, a
    partition in a file below them, with one folder for each further dimension.

    Loading gives the value, for one partition its bare value, for several a dict by partition key, for none None.
    A missing file raises FileNotFoundError, unless the AssetIn has the metadata `allow_missing_partitions`. Storing
    several partitions as one value raises InvalidArgumentError. Semantics: section 9.
    """

    extension: str | None = None
    _base_path: Any = None

    def __init__(self, base_path: Any = None) -> None:
        self._base_path = None if base_path is None else _as_path(base_path)

    # What subclasses say

    @abstractmethod
    def dump_to_path(self, context: OutputContext, obj: Any, path: Any) -> None:
        """Write the value to the file `path`; its folder exists."""

    @abstractmethod
    def load_from_path(self, context: InputContext, path: Any) -> Any:
        """The value in the file `path`. Raises FileNotFoundError when there is none."""

    def get_metadata(self, context: OutputContext, obj: Any) -> Mapping[str, RawMetadataValue]:
        """More to record of the materialization."""
        return {}

    # Paths, which subclasses may change

    def get_asset_relative_path(self, context: InputContext | OutputContext) -> Path:
        """Where an asset lies, below the base path."""
        return Path(*(kept_inside(segment) for segment in context.asset_key.path))

    def get_op_output_relative_path(self, context: InputContext | OutputContext) -> Path:
        """Where the value of an op lies, below the base path."""
        return Path(*(kept_inside(part) for part in context.get_identifier()))

    def get_path_for_partition(self, context: InputContext | OutputContext, path: Any, partition: str) -> Any:
        """Where a partition lies, `path` being the folder of its asset."""
        return path.joinpath(*(kept_inside(part) for part in _parts_of(context, partition)))

    def make_directory(self, path: Any) -> None:
        """Make the folder `path` and those above it."""
        path.mkdir(parents=True, exist_ok=True)

    def unlink(self, path: Any) -> None:
        """Remove the file `path`."""
        path.unlink()

    def path_exists(self, path: Any) -> bool:
        """Whether there is a file `path`."""
        return bool(path.exists())

    # Storing and loading

    def handle_output(self, context: OutputContext, obj: Any) -> None:
        """Write the value of the asset, of its one partition, or of the op.

        A file that is left from before the asset was partitioned gives way to the folder of its partitions. Raises
        InvariantViolationError when the value of something else is in the way.
        """
        path = self._path_of(context)
        if context.has_asset_key and context.has_asset_partitions:
            whole = self._extended(self._base(context) / self.get_asset_relative_path(context))
            if whole.is_file() and whole in path.parents:
                self.unlink(whole)
        self._make_room(context, path)
        self.dump_to_path(context, obj, path)
        recorded = dict(self.get_metadata(context, obj))
        if obj is not None:
            recorded["path"] = MetadataValue.path(str(path))
        if recorded:
            context.add_output_metadata(recorded)

    def _make_room(self, context: OutputContext, path: Any) -> None:
        shown = context.asset_key.to_user_string() if context.has_asset_key else context.name
        way_out = "another value lies there: remove it if nothing needs it, or choose another key"
        if path.is_dir():
            raise InvariantViolationError(
                f'the folder {path} is where the value of "{shown}" belongs', way_out
            )
        try:
            self.make_directory(path.parent)
        except (FileExistsError, NotADirectoryError) as error:
            raise InvariantViolationError(
                f'there is a file where the folder for the value of "{shown}" belongs: {path.parent}', way_out
            ) from error

    def load_input(self, context: InputContext) -> Any:
        """The value of the upstream asset, of its partitions, or of the upstream op."""
        if not context.has_asset_key or not context.has_asset_partitions:
            return _awaited([self.load_from_path(context, self._path_of(context))])[0]
        keys = context.asset_partition_keys
        if not keys:
            return None
        found = self.load_partitions(context)
        return found.get(keys[0]) if len(keys) == 1 else found

    def load_partitions(self, context: InputContext) -> dict[str, Any]:
        """The values of all partitions that the input asks for, by key, in order."""
        keys = context.asset_partition_keys
        allows_missing = bool(context.definition_metadata.get(ALLOW_MISSING))
        paths = {key: self._partition_path(context, key) for key in keys}
        if allows_missing:
            paths = {key: path for key, path in paths.items() if self.path_exists(path)}
        values = _awaited([self.load_from_path(context, path) for path in paths.values()])
        return dict(zip(paths, values))  # noqa: B905  # of one length

    def _path_of(self, context: InputContext | OutputContext) -> Any:
        if not context.has_asset_key:
            source: InputContext | OutputContext = context
            if isinstance(context, InputContext) and context.upstream_output is not None:
                source = context.upstream_output
            return self._extended(self._base(context) / self.get_op_output_relative_path(source))
        if not context.has_asset_partitions:
            return self._extended(self._base(context) / self.get_asset_relative_path(context))
        keys = context.asset_partition_keys
        if len(keys) != 1:
            raise InvalidArgumentError(
                f'the value of "{context.asset_key.to_user_string()}" is for {len(keys)} partitions, and its IO '
                "manager keeps one in a file",
                "run one partition at a time (BackfillPolicy.multi_run()), or annotate the function -> None and store"
                " the data in it",
            )
        return self._partition_path(context, keys[0])

    def _partition_path(self, context: InputContext | OutputContext, key: str) -> Any:
        folder = self._base(context) / self.get_asset_relative_path(context)
        return self._extended(self.get_path_for_partition(context, folder, key))

    def _base(self, context: InputContext | OutputContext) -> Any:
        return Path(context.storage_dir) if self._base_path is None else self._base_path

    def _extended(self, path: Any) -> Any:
        return path if not self.extension else path.with_name(path.name + self.extension)


def kept_inside(name: str) -> str:
    """A part of a path that leads nowhere else: `.`, `..` and a `/` in front are escaped."""
    parts = [part.replace(".", "%2E") if part in (".", "..") else part for part in name.split("/")]
    return "%2F" + "/".join(parts[1:]) if parts[0] == "" else "/".join(parts)


def _parts_of(context: InputContext | OutputContext, partition: str) -> Sequence[str]:
    """One part for each dimension, in alphabetical order of their names."""
    by_dimension = getattr(partition, "keys_by_dimension", None)
    if by_dimension is None:
        definition = _definition_of(context)
        if definition is None or not hasattr(definition, "partition_dimension_names"):
            return [partition]
        upstream: Any = importlib.import_module("dagx.partitions.upstream")
        by_dimension = upstream.multi_key(definition, partition).keys_by_dimension
    return [by_dimension[name] for name in sorted(by_dimension)]


def _definition_of(context: InputContext | OutputContext) -> PartitionsDefinition | None:
    return context.asset_partitions_def_or_none


def _as_path(base_path: Any) -> Any:
    return Path(base_path) if isinstance(base_path, str) else base_path


def _awaited(values: list[Any]) -> list[Any]:
    """The values, those of them that are coroutines run together to their ends."""
    if not any(inspect.isawaitable(value) for value in values):
        return values
    coroutines: Any = importlib.import_module("dagx.functions.coroutines")
    found: list[Any] = coroutines.gather(values)
    return found
