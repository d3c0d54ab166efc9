"""How values become bytes and back, by type: text, bytes, JSON, tables as Parquet, pickle last.

Decides the codec and nothing else: where the bytes lie is the caller's business. Tables need what the user's
interpreter has (pandas with pyarrow, polars, pyarrow); nothing is imported that the project did not import.
"""

from __future__ import annotations

import io
import json
import pickle
import sys
from collections.abc import Callable
from dataclasses import dataclass

from dagx.errors import DagxError

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
        except (UnicodeEncodeError, RecursionError):
            return _pickled(value)
    for is_table, write in _TABLES:
        if is_table(value):
            return write(value)
    return _pickled(value)


def decode(codec: str, path: str | None, data: bytes | None) -> object:
    """The value again, from a file or from bytes at hand. Raises DagxError for a codec that is not known."""
    if codec in _PATH_READERS and path is not None:
        return _PATH_READERS[codec](path)
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
    if codec in _PATH_READERS:
        return _PATH_READERS[codec](io.BytesIO(data))
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
    if kind is list and isinstance(value, list):
        return all(_is_plain(item, depth + 1) for item in value)
    if kind is dict and isinstance(value, dict):
        return all(type(k) is str and _is_plain(v, depth + 1) for k, v in value.items())
    return False


def _pickled(value: object) -> Encoded:
    try:
        data = pickle.dumps(value, protocol=5)
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt):
            raise
        where, what = _culprit(value, "result", 0)
        raise Unstorable(
            f"{where} cannot be stored: a {what} cannot be pickled ({type(error).__name__}: {error})",
            hint="return plain values, text, bytes or a table, or give the asset an io_manager_key of your own",
        ) from error
    if len(data) <= _ROUND_TRIP_UP_TO:
        try:
            pickle.loads(data)
        except BaseException as error:
            if isinstance(error, KeyboardInterrupt):
                raise
            raise Unstorable(
                f"result cannot be stored: its pickle cannot be read back ({type(error).__name__}: {error})",
                hint="fix __reduce__ or __setstate__ of the class, or return plain values",
            ) from error
    return Encoded("pickle", data)


def _culprit(value: object, where: str, depth: int) -> tuple[str, str]:
    """The path to the innermost thing that cannot be pickled, and its type."""
    inner: list[tuple[str, object]] = []
    if depth < 6:
        if isinstance(value, dict):
            inner = [(f"{where}[{k!r}]", v) for k, v in value.items()]
        elif isinstance(value, (list, tuple)):
            inner = [(f"{where}[{n}]", v) for n, v in enumerate(value)]
        elif hasattr(value, "__dict__") and not isinstance(value, type):
            inner = [(f"{where}.{k}", v) for k, v in vars(value).items()]
    for path, item in inner:
        try:
            pickle.dumps(item, protocol=5)
        except BaseException as error:
            if isinstance(error, KeyboardInterrupt):
                raise
            return _culprit(item, path, depth + 1)
    return where, f"{type(value).__module__}.{type(value).__qualname__}".replace("builtins.", "")


# Tables. Types are looked up in sys.modules: a value of a library's type exists only if the library is imported.


def _is_a(module: str, name: str) -> Callable[[object], bool]:
    def test(value: object) -> bool:
        kind = getattr(sys.modules.get(module), name, None)
        return isinstance(kind, type) and type(value) is kind

    return test


def _columns(names: object, types: object) -> tuple[tuple[str, str], ...]:
    return tuple((str(n), str(t)) for n, t in zip(list(names), list(types), strict=False))  # type: ignore[call-overload]


def _write_polars(value: object) -> Encoded:
    stream = io.BytesIO()
    # One chunk: equal tables that were put together differently must have equal bytes.
    value.rechunk().write_parquet(stream)  # type: ignore[attr-defined]
    return Encoded(
        "parquet/polars",
        stream.getvalue(),
        rows=value.height,  # type: ignore[attr-defined]
        columns=_columns(value.columns, value.dtypes),  # type: ignore[attr-defined]
    )


def _write_polars_lazy(value: object) -> Encoded:
    done = _write_polars(value.collect())  # type: ignore[attr-defined]
    return Encoded("parquet/polars-lazy", done.data, done.rows, done.columns)


def _write_pandas(value: object) -> Encoded:
    stream = io.BytesIO()
    try:
        value.to_parquet(stream)  # type: ignore[attr-defined]
    except Exception:  # noqa: BLE001 - no pyarrow, or cells that Parquet has no type for: pickle holds them
        done = _pickled(value)
        return Encoded(done.codec, done.data, len(value), _columns(value.columns, value.dtypes))  # type: ignore
    return Encoded(
        "parquet/pandas",
        stream.getvalue(),
        rows=len(value),  # type: ignore[arg-type]
        columns=_columns(value.columns, value.dtypes),  # type: ignore[attr-defined]
    )


def _write_arrow(value: object) -> Encoded:
    import pyarrow.parquet  # type: ignore[import-not-found]  # noqa: PLC0415 - the user's, only when used

    stream = io.BytesIO()
    pyarrow.parquet.write_table(value, stream)
    schema = value.schema  # type: ignore[attr-defined]
    return Encoded("parquet/arrow", stream.getvalue(), value.num_rows, _columns(schema.names, schema.types))  # type: ignore


_TABLES: list[tuple[Callable[[object], bool], Callable[[object], Encoded]]] = [
    (_is_a("polars", "DataFrame"), _write_polars),
    (_is_a("polars", "LazyFrame"), _write_polars_lazy),
    (_is_a("pandas", "DataFrame"), _write_pandas),
    (_is_a("pyarrow", "Table"), _write_arrow),
]


def _read_polars(source: object) -> object:
    import polars  # type: ignore[import-not-found]  # noqa: PLC0415

    return polars.read_parquet(source)


def _read_polars_lazy(source: object) -> object:
    import polars  # noqa: PLC0415

    return polars.scan_parquet(source)


def _read_pandas(source: object) -> object:
    import pandas  # type: ignore[import-not-found]  # noqa: PLC0415

    return pandas.read_parquet(source)


def _read_arrow(source: object) -> object:
    import pyarrow.parquet  # noqa: PLC0415

    return pyarrow.parquet.read_table(source)


_PATH_READERS: dict[str, Callable[[object], object]] = {
    "parquet/polars": _read_polars,
    "parquet/polars-lazy": _read_polars_lazy,
    "parquet/pandas": _read_pandas,
    "parquet/arrow": _read_arrow,
}
