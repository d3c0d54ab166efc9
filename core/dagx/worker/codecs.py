"""How values become bytes and back, by type: text, bytes, JSON, tables as Parquet, pickle last.

Decides the codec and nothing else: where the bytes lie is the caller's business. Tables need what the user's
interpreter has (pandas with pyarrow, polars, pyarrow); nothing is imported that the project did not import.
"""

from __future__ import annotations

import io
import json
import pickle
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from dagx.errors import DagxError
from dagx.worker.contents import content_digest
from dagx.worker.problems import words_of
from dagx.worker.tables import READERS, write_table

__all__ = ["CODECS", "Encoded", "Unstorable", "decode", "encode"]

CODECS = "1"
"""Part of every key: a change of how bytes are made must make new results."""

_ROUND_TRIP_UP_TO = 1 << 20


class Unstorable(DagxError):
    """A value that cannot be stored, with the path to what is in the way."""


@dataclass(frozen=True)
class Encoded:
    codec: str
    data: bytes
    rows: int | None = None
    columns: tuple[tuple[str, str], ...] = ()
    content: str = ""
    """The digest of what the value holds, where its bytes would tell equal values apart."""


def encode(value: object) -> Encoded:
    """The value as bytes, with the codec that reads them back. Raises Unstorable."""
    if type(value) is str:
        try:
            return Encoded("text", value.encode("utf-8"))
        except UnicodeEncodeError:
            return _pickled(value)
    if type(value) is bytes:
        return Encoded("bytes", value)
    if _is_plain(value, 0):
        try:
            return Encoded(
                "json", json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
            )
        except (ValueError, RecursionError):  # half a surrogate pair, or a number of too many digits
            return _pickled(value)
    table = write_table(value)
    if table is not None:
        return Encoded(*table, content=content_digest(value))
    return _pickled(value)


def decode(codec: str, path: str | None, data: bytes | None) -> object:
    """The value again, from a file or from bytes at hand. Raises DagxError for a codec that is not known."""
    if codec in READERS and path is not None:
        return READERS[codec](path)
    if data is None:
        if path is None:
            raise DagxError("nothing to decode: neither a file nor bytes were given")
        with open(path, "rb") as stream:
            data = stream.read()
    if codec == "text":
        return data.decode("utf-8")
    if codec == "bytes":
        return data
    if codec == "json":
        return json.loads(data)
    if codec == "pickle":
        return pickle.loads(data)
    if codec in READERS:
        return READERS[codec](io.BytesIO(data))
    raise DagxError(f"the value was stored with codec {codec!r}, which this version of dagx does not know")


def _is_plain(value: object, depth: int) -> bool:
    """Whether JSON gives back exactly this value: exact types, text keys, no tuples, no NaN."""
    kind = type(value)
    if value is None or kind in (bool, int, str):
        return True
    if kind is float:
        return value == value and value not in (float("inf"), float("-inf"))
    if depth > 50:
        return False
    if kind is list:
        return all(_is_plain(item, depth + 1) for item in cast("list[object]", value))
    if kind is dict:
        pairs = cast("dict[object, object]", value).items()
        return all(type(name) is str and _is_plain(item, depth + 1) for name, item in pairs)
    return False


def _pickled(value: object) -> Encoded:
    try:
        data = pickle.dumps(value, protocol=5)
    except (Exception, SystemExit) as error:  # the user's classes may do anything; a request to stop goes on
        where, what = _culprit(value, "result", 0)
        raise Unstorable(
            f"{where} cannot be stored: a {what} cannot be pickled ({type(error).__name__}: {words_of(error)})",
            hint="return plain values, text, bytes or a table, or give the asset an io_manager_key of your own",
        ) from error
    if len(data) <= _ROUND_TRIP_UP_TO:
        try:
            pickle.loads(data)
        except (Exception, SystemExit) as error:
            raise Unstorable(
                f"result cannot be stored: its pickle cannot be read back ({type(error).__name__}: {words_of(error)})",
                hint="fix __reduce__ or __setstate__ of the class, or return plain values",
            ) from error
    return Encoded("pickle", data, content=content_digest(value))


def _culprit(value: object, where: str, depth: int) -> tuple[str, str]:
    """The path to the innermost thing that cannot be pickled, and its type."""
    inner: list[tuple[str, object]] = []
    if depth < 6:
        inner = _parts(value, where)
    for path, item in inner:
        try:
            pickle.dumps(item, protocol=5)
        except (Exception, SystemExit):  # noqa: BLE001 - whatever it raises, this is the one
            return _culprit(item, path, depth + 1)
    return where, f"{type(value).__module__}.{type(value).__qualname__}".replace("builtins.", "")


def _parts(value: object, where: str) -> list[tuple[str, object]]:
    """What the value holds, each with its path."""
    if isinstance(value, dict):
        members = cast("dict[object, object]", value).items()
        return [(f"{where}[{name!r}]", item) for name, item in members]
    if isinstance(value, (list, tuple)):
        items = cast("Sequence[object]", value)
        return [(f"{where}[{n}]", item) for n, item in enumerate(items)]
    if hasattr(value, "__dict__") and not isinstance(value, type):
        return [(f"{where}.{name}", item) for name, item in vars(value).items()]
    return []
