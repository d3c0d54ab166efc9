"""Two tables compared: their columns, and the rows that came, went or changed; by the library that they are of.

polars and pandas do it column by column; lists of dicts, and tables of two kinds, are compared in Python.
"""

from __future__ import annotations

import importlib
import itertools
import sys
from collections.abc import Iterable, Sequence
from typing import Any, cast

from dagx.errors import DagxError
from dagx.nearest import did_you_mean
from dagx.worker.table_rows import ArrowColumns, PandasRows, PolarsRows, PythonRows, Rows

__all__ = ["compare_tables"]

_COLUMNS = 12
"""Columns of a row that are told."""
_WIDTH = 80
"""Characters of a cell that are told."""


def compare_tables(first: Any, second: Any, key: Sequence[str], most: int) -> dict[str, Any]:
    """What differs, and the first `most` rows of each kind.

    Rows are the same row if they have the same cells in `key`; without one, only rows that are equal are the same.
    Raises DagxError for a key that is no column of both.
    """
    a, b = _adapted(first, second)
    names_a, names_b = [name for name, _ in a.columns], [name for name, _ in b.columns]
    both = [name for name in names_b if name in names_a]
    for name in key:
        if name not in both:
            where = "" if name not in (*names_a, *names_b) else " of both"
            hint = did_you_mean(name, both) or f"columns are {', '.join(both[:20])}"
            raise DagxError(f'"{name}" is no column{where}', hint)
    types_a, types_b = dict(a.columns), dict(b.columns)
    retyped = [name for name in both if types_a[name] != types_b[name]]
    left, right = a.made_comparable(both, b), b.made_comparable(both, a)
    by = list(key) or both
    only_a: Any = range(a.height)
    only_b: Any = range(b.height)
    pairs: Any = None
    if by:
        only_a, only_b, pairs = left.match(right, by)
    changed = left.changes(right, pairs, [name for name in both if name not in key], most) if key else None
    found: dict[str, Any] = {
        "kind": "table",
        "heights": [a.height, b.height],
        "columns": {
            "before": len(names_a),
            "after": len(names_b),
            "added": [pair for pair in b.columns if pair[0] not in names_a],
            "removed": [pair for pair in a.columns if pair[0] not in names_b],
            "retyped": [[name, types_a[name], types_b[name]] for name in retyped],
            "moved": both != [name for name in names_a if name in names_b],
        },
        "key": list(key),
        "added": {**_sample(b, only_b, key, most), "count": len(only_b)},
        "removed": {**_sample(a, only_a, key, most), "count": len(only_a)},
        "changed": None,
        "moved": pairs is not None and not len(only_a) and not len(only_b) and not left.is_in_order(pairs),
        "notes": [],
    }
    if changed is not None:
        counts, places = changed
        rows = [
            {
                "key": [[name, _cell(b.cell(j, name))] for name in key],
                "cells": [
                    [name, _cell(a.cell(i, name)), _cell(b.cell(j, name))]
                    for name in counts
                    if name and left.differs(right, i, j, name)
                ],
            }
            for i, j in places
        ]
        found["changed"] = {"count": counts.pop(""), "cells": counts, "rows": rows}
    if key:
        twice = max(a.height - left.distinct(by), b.height - right.distinct(by))
        if twice:
            names = ", ".join(key)
            found["notes"].append(f"{names} names {twice:,} rows more than once: those are paired in order")
    return found


def _adapted(first: Any, second: Any) -> tuple[Rows, Rows]:
    """Both as rows of one library, the one that they are of if it is one."""
    a, b = _rows_of(first), _rows_of(second)
    if type(a) is type(b):
        return a, b
    return PythonRows.of(a), PythonRows.of(b)


def _rows_of(value: Any) -> Rows:
    if isinstance(value, list):
        return PythonRows.of_dicts(cast("list[dict[str, Any]]", value))
    kind = type(value).__module__.partition(".")[0]
    if kind == "polars":
        return PolarsRows.of(value)
    if kind == "pandas":
        return PandasRows.of(value)
    return _of_arrow(value)


def _of_arrow(value: Any) -> Rows:
    """By polars or pandas where there is one: Arrow alone does not pair rows."""
    types = tuple((str(name), str(kind)) for name, kind in zip(value.schema.names, value.schema.types))  # noqa: B905 - Python 3.10
    for library in ("polars", "pandas"):
        try:
            module: Any = sys.modules.get(library) or importlib.import_module(library)
        except ImportError:
            continue
        if library == "polars":
            return PolarsRows(module.from_arrow(value), types)
        return PandasRows(value.to_pandas(), types)
    return ArrowColumns.of(value, types)


def _sample(rows: Rows, places: Any, key: Sequence[str], most: int) -> dict[str, Any]:
    """The first rows, the columns of the key first."""
    names = [name for name, _ in rows.columns]
    shown = [*key, *(name for name in names if name not in key)][:_COLUMNS]
    cells = [
        [_cell(rows.cell(place, name)) for name in shown]
        for place in map(int, itertools.islice(places, most))
    ]
    return {"columns": shown, "left": len(names) - len(shown), "rows": cells}


def _first(places: Iterable[int], most: int) -> list[int]:
    return [int(place) for place in itertools.islice(places, most)]


def _cell(value: object) -> str:
    try:
        text = "null" if value is None else " ".join(str(value).split()) or repr(value)
    except Exception as error:  # noqa: BLE001 - a broken __str__ of the user's
        text = f"<{type(error).__name__}>"
    return text if len(text) <= _WIDTH else text[: _WIDTH - 1] + "…"
