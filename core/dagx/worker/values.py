"""Where the values of a step come from and go: files and messages of the engine, memory for ops of one step."""

from __future__ import annotations

import base64
import os
from collections.abc import Mapping
from typing import Any

from dagx.errors import DagxError, InvalidArgumentError
from dagx.storing.contexts import InputContext, OutputContext
from dagx.storing.managers import IOManager
from dagx.storing.path_manager import ALLOW_MISSING
from dagx.worker.codecs import decode, encode
from dagx.worker.describe import text_of
from dagx.worker.preview import preview_of

__all__ = ["EngineIOManager"]

_INLINE_UP_TO = 4096


class EngineIOManager(IOManager):
    """Stores a value by its type in a file that the engine publishes, or inline when it is small."""

    def __init__(self, message: Mapping[str, Any], *, is_graph: bool = False) -> None:
        self._keeps_between_ops = is_graph
        self._inputs: Mapping[str, Mapping[str, Any]] = message["inputs"]
        self._staging: str = message["staging"]
        self._token: str = message["token"]
        self._between_ops: dict[tuple[str, ...], object] = {}
        self._count = 0
        self.stored: dict[str, dict[str, Any]] = {}

    def handle_output(self, context: OutputContext, obj: object) -> None:
        if self._keeps_between_ops:
            self._between_ops[tuple(context.get_identifier())] = obj
        if not context.has_asset_key:
            return
        key = text_of(context.asset_key)
        keys = context.asset_partition_keys if context.has_asset_partitions else ()
        if context.asset_partitions_def_or_none is not None and len(keys) != 1:
            raise InvalidArgumentError(
                f'the value of "{key}" is for {len(keys)} partitions, and dagx keeps one value for each',
                "run one partition at a time (BackfillPolicy.multi_run()), or annotate the function -> None and store"
                " the data in it",
            )
        done = encode(obj)
        where: dict[str, Any]
        if len(done.data) <= _INLINE_UP_TO:
            where = {"inline": base64.b64encode(done.data).decode("ascii")}
        else:
            path = os.path.join(self._staging, f"{self._token}.{self._count}")
            self._count += 1
            with open(path, "wb") as stream:
                stream.write(done.data)
            where = {"path": path}
        self.stored[key] = {
            **where,
            "codec": done.codec,
            "size": len(done.data),
            "rows": done.rows,
            "columns": done.columns,
            "preview": preview_of(obj, done.codec),
        }

    def load_input(self, context: InputContext) -> object:
        if self._keeps_between_ops and context.upstream_output is not None:
            identifier = tuple(context.get_identifier())
            if identifier in self._between_ops:
                return self._between_ops[identifier]
        key = text_of(context.asset_key)
        if not self._keeps_between_ops and key not in self._inputs:
            _check_is_input(context, key)
        if context.has_asset_partitions:
            return self._partitions(context, key)
        return self._value(key, self._inputs.get(key))

    def _partitions(self, context: InputContext, asset: str) -> object:
        """None without a partition, the value of one, a dict of several."""
        keys = context.asset_partition_keys
        there: Mapping[str, Mapping[str, Any]] = self._inputs.get(asset, {}).get("partitions", {})
        if context.definition_metadata.get(ALLOW_MISSING):
            keys = [key for key in keys if str(key) in there]
        found = {key: self._value(f"{asset}[{key}]", there.get(str(key))) for key in keys}
        if len(context.asset_partition_keys) > 1:
            return found
        return next(iter(found.values()), None)

    def _value(self, key: str, found: Mapping[str, Any] | None) -> object:
        if found is None:
            raise DagxError(
                f'"{key}" has no stored value to load',
                hint="it was declared to return None, or it returns a MaterializeResult without a value; use deps= "
                "to depend on it without loading it",
            )
        data = base64.b64decode(found["inline"]) if found.get("inline") is not None else None
        return decode(found["codec"], found.get("path"), data)


def _check_is_input(context: InputContext, key: str) -> None:
    """A value that was asked for and is none of the step's inputs: the engine did not send it."""
    op = context.op_def
    if op is None or any(slot.key in (None, context.asset_key) for slot in op.inputs):
        return
    raise DagxError(
        f'"{key}" is not an input of this step, and the engine hands over the values of its inputs only',
        hint=f"take it as a parameter, so that dagx knows of the dependency: def {op.name}({context.name}, ...)",
    )
