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
_MEASURES = ("float", "double", "decimal", "bool", "list", "struct", "duration", "none")
_FIRST = 8
_FIRST_OF_TWO = 4
"""Among how many columns one is looked for that names rows, or two."""
_WIDTH = 80
"""Characters of a cell that are told."""


def compare_tables(first: Any, second: Any, key: Sequence[str], most: int) -> dict[str, Any]:
    """What differs, and the first `most` rows of each kind.

    Rows are the same row if they have the same cells in `key`. Without one, a column or two is looked for that names
    each row of both just once; else only rows that are equal are the same. Raises DagxError for a key that is no column
    of both.
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
    matched: tuple[Any, Any, Any] = (range(a.height), range(b.height), None)
    notes: list[str] = []
    asked = bool(key)
    if asked:
        matched = left.match(right, key)
    elif both:
        key, matched = _key_of(
            left, right, [name for name in both if _can_name(types_a[name], types_b[name])]
        )
        matched = matched if key else left.match(right, both)
    only_a, only_b, pairs = matched
    changed = left.changes(right, pairs, [name for name in both if name not in key], most) if key else None
    if not asked and changed is not None:
        if changed[0][""]:
            verb = "names" if len(key) == 1 else "together name"
            notes.append(
                f"rows were paired by {' and '.join(key)}, which {verb} each once; --key chooses another"
            )
        else:
            key, changed = [], None
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
        "notes": notes,
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
    if asked:
        twice = max(a.height - left.distinct(key), b.height - right.distinct(key))
        if twice:
            names = ", ".join(key)
            found["notes"].append(f"{names} names {twice:,} rows more than once: those are paired in order")
    return found


def _key_of(left: Any, right: Any, names: Sequence[str]) -> tuple[list[str], tuple[Any, Any, Any]]:
    """The first column, or two, that names each row just once on both sides, and half of them on both, with the rows
    that it pairs; or nothing.
    """
    least = min(left.height, right.height) / 2
    singles = [[name] for name in names[:_FIRST]]
    for key in (*singles, *map(list, itertools.combinations(names[:_FIRST_OF_TWO], 2))):
        if left.distinct(key) == left.height and right.distinct(key) == right.height:
            found = left.match(right, key)
            if left.height - len(found[0]) >= least:
                return key, found
    return [], ((), (), None)


def _can_name(*kinds: str) -> bool:
    """Whether a column of these types may tell rows apart: measures do so by chance."""
    return len(set(kinds)) == 1 and not any(word in kinds[0].lower() for word in _MEASURES)


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
        for place in map(int, cast("Iterable[int]", itertools.islice(places, most)))
    ]
    return {"columns": shown, "left": len(names) - len(shown), "rows": cells}


def _cell(value: object) -> str:
    try:
        text = "null" if value is None else " ".join(str(value).split()) or repr(value)
    except Exception as error:  # noqa: BLE001 - a broken __str__ of the user's
        text = f"<{type(error).__name__}>"
    return text if len(text) <= _WIDTH else text[: _WIDTH - 1] + "…"
