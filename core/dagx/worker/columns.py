"""Thousands of rows of the same make, for the wire: column by column, and once what is the same in all of them.

Of most assets and steps nearly everything is as usual. Both sides use this file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import repeat
from typing import Any

__all__ = ["Columns", "column", "columns_of"]

Columns = Mapping[str, Any]
"""`rows`: how many there are. `same`: what all of them have, by name. `each`: the other columns, by name."""


def columns_of(rows: Sequence[Mapping[str, Any]]) -> Columns:
    """All rows have the names of the first one."""
    same: dict[str, Any] = {}
    each: dict[str, Sequence[Any]] = {}
    for name in rows[0] if rows else ():
        values = [row[name] for row in rows]
        if values.count(values[0]) == len(values):
            same[name] = values[0]
        else:
            each[name] = values
    return {"rows": len(rows), "same": same, "each": each}


def column(said: Columns, name: str, read: Callable[[Any], Any] | None = None) -> Iterable[Any]:
    """What the rows have by this name, read by `read`; rows that have the same share what that gives.

    Raises KeyError when there are rows and they have no such name.
    """
    if not said["rows"]:
        return ()
    values = said["each"].get(name)
    if values is None:
        value = said["same"][name]
        return repeat(value if read is None else read(value), said["rows"])
    return values if read is None else map(read, values)
