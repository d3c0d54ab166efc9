"""How wide the columns of the asset list are. Pure.

On narrow screens they fall away by priority, never the state or the name.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["LEFT", "Columns", "fit"]

LEFT = 3
"""Cursor mark, glyph, space."""

_RIGHT = 1
_AGE, _TOOK, _ROWS = 4, 6, 10
_NAME_AT_LEAST, _NOTE_AT_LEAST = 18, 14


@dataclass(frozen=True)
class Columns:
    """Cells of each column, without the space before it; 0: not shown."""

    name: int
    note: int = 0
    """The reason or the error."""
    rows: int = 0
    age: int = 0
    took: int = 0


def fit(width: int, longest: int) -> Columns:
    """Columns for a list of this width whose longest name takes `longest` cells."""
    room = max(0, width - LEFT - _RIGHT)
    name = min(longest, _NAME_AT_LEAST)
    spare = room - name - 2 - _NOTE_AT_LEAST
    if spare < 0:
        # No place for reasons: then the short columns, as far as the whole name leaves room.
        spare = room - min(longest, room)
        age = _AGE if spare >= _AGE + 2 else 0
        took = _TOOK if age and spare >= _AGE + _TOOK + 3 else 0
        return Columns(max(0, room - (age + 2 if age else 0) - (took + 1 if took else 0)), 0, 0, age, took)
    age = _AGE if spare >= _AGE + 1 else 0
    spare -= age + 1 if age else 0
    took = _TOOK if age and spare >= _TOOK + 1 else 0
    spare -= took + 1 if took else 0
    # Names are the map of the project: they grow before reasons do, up to two fifths of the row.
    grow = min(longest - name, spare, max(0, room * 2 // 5 - name))
    name += grow
    spare -= grow
    rows = _ROWS if took and spare >= _ROWS + 1 + 8 else 0
    spare -= rows + 1 if rows else 0
    return Columns(name, _NOTE_AT_LEAST + spare, rows, age, took)
