"""Where the values of a step come from and go: files and messages of the engine, memory for ops of one step."""

from __future__ import annotations

import base64
import os
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

from dagx.errors import DagxError, InvalidArgumentError
from dagx.nearest import did_you_mean
from dagx.source import innermost
from dagx.storing.contexts import InputContext, OutputContext
from dagx.storing.managers import IOManager
from dagx.storing.path_manager import ALLOW_MISSING
from dagx.worker.codecs import decode, encode
from dagx.worker.describe import text_of
from dagx.worker.preview import preview_of

if TYPE_CHECKING:
    from dagx.functions.op_definition import OpDefinition
    from dagx.keys import AssetKey

__all__ = ["EngineIOManager"]

_INLINE_UP_TO = 4096


class EngineIOManager(IOManager):
    """Stores a value by its type in a file that the engine publishes, or inline when it is small."""

    def __init__(
        self, message: Mapping[str, Any], *, is_graph: bool = False, known: Collection[AssetKey] = ()
    ) -> None:
        """`known` are the assets that there are."""
        self._keeps_between_ops = is_graph
        self._known = known
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
            "content": done.content,
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
            _check_is_input(context, key, self._known)
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


def _check_is_input(context: InputContext, key: str, known: Collection[AssetKey]) -> None:
    """A value that was asked for and is none of the step's inputs: the engine did not send it."""
    op = context.op_def
    if op is None or any(slot.key in (None, context.asset_key) for slot in op.inputs):
        return
    if known and context.asset_key not in known:
        raise DagxError(
            f'asset "{key}" is not defined', hint=did_you_mean(key, [text_of(one) for one in known])
        )
    if any(slot.key == context.asset_key and slot.check is None for slot in op.outputs):
        raise DagxError(
            f'"{key}" is what this step makes, and the engine does not hand over what it made before',
            hint="keep in a file, or in metadata, what the next time needs; context.instance answers with the metadata",
        )
    raise DagxError(
        f'"{key}" is not an input of this step, and the engine hands over the values of its inputs only',
        hint=f"take it as a parameter, so that dagx knows of the dependency: {_with_parameter(op, context)}",
    )


def _with_parameter(op: OpDefinition, context: InputContext) -> str:
    """The function with one parameter more, and how it is bound to an asset whose key is more than a name."""
    first = "" if op.signature.context is None else f"{op.signature.context}, "
    name = context.name if context.name.isidentifier() else "value"
    path = context.asset_key.path
    bound = "" if path == [name] else f', with ins={{"{name}": AssetIn({path})}} in the decorator'
    function = getattr(innermost(op.compute_fn), "__name__", op.name)
    return f"def {function}({first}{name}, ...){bound}"
