"""Where the values of a step come from and go: files and messages of the engine, memory for ops of one step."""

from __future__ import annotations

import base64
import os
from collections.abc import Mapping
from typing import Any

from dagx.errors import DagxError
from dagx.io_contexts import InputContext, OutputContext
from dagx.io_managers import IOManager
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
        done = encode(obj)
        key = text_of(context.asset_key)
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
        found = self._inputs.get(key)
        if found is None:
            raise DagxError(
                f'"{key}" has no stored value to load',
                hint="it was declared to return None, or it returns a MaterializeResult without a value; use deps= "
                "to depend on it without loading it",
            )
        data = base64.b64decode(found["inline"]) if found.get("inline") is not None else None
        return decode(found["codec"], found.get("path"), data)
