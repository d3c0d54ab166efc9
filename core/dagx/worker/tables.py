"""Tables as Parquet, in the library that the value came from: pandas with pyarrow, polars, pyarrow.

Nothing is imported here that the project did not import: a value of a library's type exists only if it did.
"""

from __future__ import annotations

import importlib
import io
import sys
from collections.abc import Callable
from typing import Any, NamedTuple

__all__ = ["READERS", "Table", "write_table"]


class Table(NamedTuple):
    """A table as Parquet bytes. `columns` are names and types, as the library prints them."""

    codec: str
    data: bytes
    rows: int
    columns: tuple[tuple[str, str], ...]


def write_table(value: object) -> Table | None:
    """The value as Parquet if it is a table that Parquet can hold, else None."""
    for module, name, write in _WRITERS:
        kind = getattr(sys.modules.get(module), name, None)
        if kind is not None and type(value) is kind:
            return write(value)
    return None


def _polars(value: Any) -> Table:
    stream = io.BytesIO()
    # One chunk: equal tables that were put together differently must have equal bytes.
    value.rechunk().write_parquet(stream)
    return Table("parquet/polars", stream.getvalue(), value.height, _columns(value.columns, value.dtypes))


def _polars_lazy(value: Any) -> Table:
    return _polars(value.collect())._replace(codec="parquet/polars-lazy")


def _pandas(value: Any) -> Table | None:
    stream = io.BytesIO()
    try:
        value.to_parquet(stream)
    except Exception:  # noqa: BLE001 - no pyarrow, or cells that Parquet has no type for: pickle holds them
        return None
    return Table("parquet/pandas", stream.getvalue(), len(value), _columns(value.columns, value.dtypes))


def _arrow(value: Any) -> Table:
    stream = io.BytesIO()
    importlib.import_module("pyarrow.parquet").write_table(value, stream)
    columns = _columns(value.schema.names, value.schema.types)
    return Table("parquet/arrow", stream.getvalue(), value.num_rows, columns)


def _columns(names: Any, types: Any) -> tuple[tuple[str, str], ...]:
    return tuple((str(name), str(kind)) for name, kind in zip(names, types))  # noqa: B905 - Python 3.10


_WRITERS: tuple[tuple[str, str, Callable[[Any], Table | None]], ...] = (
    ("polars", "DataFrame", _polars),
    ("polars", "LazyFrame", _polars_lazy),
    ("pandas", "DataFrame", _pandas),
    ("pyarrow", "Table", _arrow),
)


def _reader(module: str, function: str) -> Callable[[Any], object]:
    return lambda source: getattr(importlib.import_module(module), function)(source)


READERS: dict[str, Callable[[Any], object]] = {
    "parquet/polars": _reader("polars", "read_parquet"),
    "parquet/polars-lazy": _reader("polars", "scan_parquet"),
    "parquet/pandas": _reader("pandas", "read_parquet"),
    "parquet/arrow": _reader("pyarrow.parquet", "read_table"),
}
"""By codec: a function of a path or a stream that gives the table back."""
