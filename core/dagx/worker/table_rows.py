"""Rows of a table in the library that it is of: which are the same in two tables, and which of their cells differ.

Nothing is imported here: a value of a library exists only where the library was imported.
"""

from __future__ import annotations

import operator
import sys
from collections.abc import Sequence
from typing import Any, Protocol

__all__ = ["ArrowColumns", "PandasRows", "PolarsRows", "PythonRows", "Rows"]

Columns = tuple[tuple[str, str], ...]


class Rows(Protocol):
    """One of two tables. What it answers about both is about itself and one of the same kind.

    Places of rows are numbers in a sequence of the library; `pairs` are those of the rows that are the same, here and
    in the other table.
    """

    columns: Columns

    @property
    def height(self) -> int: ...

    def made_comparable(self, names: Sequence[str], other: Any) -> Any:
        """These columns alone, with cells that can be held against those of `other`."""
        ...

    def match(self, other: Any, by: Sequence[str]) -> tuple[Any, Any, Any]:
        """The places of rows that only this one has and only the other, by the cells in these columns, and the pairs.

        Of several rows with the same cells the first is paired with the first.
        """
        ...

    def changes(
        self, other: Any, pairs: Any, names: Sequence[str], most: int
    ) -> tuple[dict[str, int], list[tuple[int, int]]]:
        """How many cells differ in each of these columns, and under "" in how many rows; the first such pairs."""
        ...

    def is_in_order(self, pairs: Any) -> bool: ...

    def distinct(self, names: Sequence[str]) -> int: ...

    def cell(self, place: int, name: str) -> object: ...

    def differs(self, other: Any, place: int, there: int, name: str) -> bool: ...


class PolarsRows:
    """Of a polars DataFrame, or of a LazyFrame, which is collected."""

    def __init__(self, frame: Any, columns: Columns | None = None) -> None:
        self.frame = frame
        pairs = zip(frame.columns, frame.dtypes)  # noqa: B905 - Python 3.10
        self.columns = columns or tuple((str(name), str(kind)) for name, kind in pairs)

    @staticmethod
    def of(value: Any) -> PolarsRows:
        return PolarsRows(value.collect() if hasattr(value, "collect") else value)

    @property
    def height(self) -> int:
        return int(self.frame.height)

    def made_comparable(self, names: Sequence[str], other: PolarsRows) -> PolarsRows:
        pl = sys.modules["polars"]
        made: list[Any] = []
        for name in names:
            column, kind = self.frame.get_column(name), self.frame.schema[name]
            theirs = other.frame.schema[name]
            if kind.is_nested() or kind == pl.Object:
                column = pl.Series(
                    name, [None if cell is None else str(cell) for cell in column.to_list()], pl.String
                )
            elif kind != theirs and kind.is_numeric() and theirs.is_numeric():
                column = column.cast(pl.Float64, strict=False)
            elif kind != theirs or kind in (pl.Categorical, pl.Enum):
                column = column.cast(pl.String, strict=False)
            made.append(column)
        return PolarsRows(pl.DataFrame(made))

    def _numbered(self, by: Sequence[str]) -> Any:
        """The place of each row, with a hash of its cells and the how manieth of these it is."""
        pl: Any = sys.modules["polars"]
        hashes = self.frame.select(by).hash_rows()
        table = pl.DataFrame({"h": hashes}).with_row_index("i")
        return table.with_columns(n=pl.int_range(pl.len()).over("h"))

    def match(self, other: PolarsRows, by: Sequence[str]) -> tuple[Any, Any, Any]:
        a, b = self._numbered(by), other._numbered(by)
        only_a = a.join(b, on=["h", "n"], how="anti").get_column("i").sort()
        only_b = b.join(a, on=["h", "n"], how="anti").get_column("i").sort()
        pairs = a.join(b, on=["h", "n"], how="inner", suffix="_b").sort("i").select("i", "i_b")
        return only_a, only_b, pairs

    def changes(
        self, other: PolarsRows, pairs: Any, names: Sequence[str], most: int
    ) -> tuple[dict[str, int], list[tuple[int, int]]]:
        pl: Any = sys.modules["polars"]
        here, there = pairs.get_column("i"), pairs.get_column("i_b")
        some = pl.repeat(False, pairs.height, eager=True)
        counts: dict[str, int] = {}
        for name in names:
            mask = (
                self.frame.get_column(name)
                .gather(here)
                .ne_missing(other.frame.get_column(name).gather(there))
            )
            if mask.any():
                counts[name] = int(mask.sum())
                some = some | mask
        counts[""] = int(some.sum())
        return counts, list(pairs.filter(some).head(most).iter_rows())

    def is_in_order(self, pairs: Any) -> bool:
        return bool(pairs.get_column("i_b").is_sorted())

    def distinct(self, names: Sequence[str]) -> int:
        return int(self.frame.select(names).hash_rows().n_unique())

    def cell(self, place: int, name: str) -> object:
        found: object = self.frame.get_column(name).slice(place, 1).to_list()[0]
        return found

    def differs(self, other: PolarsRows, place: int, there: int, name: str) -> bool:
        return not _is_same(self.cell(place, name), other.cell(there, name))


class PandasRows:
    """Of a pandas DataFrame; an index of its own counts as columns."""

    def __init__(self, frame: Any, columns: Columns | None = None) -> None:
        self.frame = frame
        pairs = zip(frame.columns, frame.dtypes)  # noqa: B905 - Python 3.10
        self.columns = columns or tuple((str(name), str(kind)) for name, kind in pairs)

    @staticmethod
    def of(value: Any) -> PandasRows:
        plain = type(value.index).__name__ == "RangeIndex" and value.index.name is None
        return PandasRows(value if plain else value.reset_index())

    @property
    def height(self) -> int:
        return len(self.frame)

    def made_comparable(self, names: Sequence[str], other: PandasRows) -> PandasRows:
        pd: Any = sys.modules["pandas"]
        made: dict[str, Any] = {}
        for name in names:
            column, theirs = self.frame[name].reset_index(drop=True), other.frame[name]
            numbers = pd.api.types.is_numeric_dtype(column) and pd.api.types.is_numeric_dtype(theirs)
            kinds = {str(column.dtype), str(theirs.dtype)}
            if len(kinds) > 1 and numbers:
                column = column.astype("float64")
            elif len(kinds) > 1 or kinds & {"object", "category"}:
                column = column.astype(object).where(column.notna(), None).map(_plain)
            made[name] = column
        return PandasRows(pd.DataFrame(made))

    def _numbered(self, by: Sequence[str]) -> Any:
        pd: Any = sys.modules["pandas"]
        hashes = pd.util.hash_pandas_object(self.frame[list(by)], index=False)
        table = pd.DataFrame({"h": hashes.to_numpy()})
        table["n"] = table.groupby("h").cumcount()
        table["i"] = range(len(table))
        return table

    def match(self, other: PandasRows, by: Sequence[str]) -> tuple[Any, Any, Any]:
        merged = self._numbered(by).merge(
            other._numbered(by), on=["h", "n"], how="outer", suffixes=("", "_b"), indicator=True
        )
        only_a = merged.loc[merged["_merge"] == "left_only", "i"].astype("int64").sort_values()
        only_b = merged.loc[merged["_merge"] == "right_only", "i_b"].astype("int64").sort_values()
        pairs = merged.loc[merged["_merge"] == "both", ["i", "i_b"]].astype("int64").sort_values("i")
        return only_a, only_b, pairs

    def changes(
        self, other: PandasRows, pairs: Any, names: Sequence[str], most: int
    ) -> tuple[dict[str, int], list[tuple[int, int]]]:
        pd: Any = sys.modules["pandas"]
        some = pd.Series(False, index=range(len(pairs)))
        counts: dict[str, int] = {}
        for name in names:
            here = self.frame[name].take(pairs["i"]).reset_index(drop=True)
            there = other.frame[name].take(pairs["i_b"]).reset_index(drop=True)
            mask = (here != there).fillna(True).astype(bool) & ~(here.isna() & there.isna())
            if mask.any():
                counts[name] = int(mask.sum())
                some |= mask
        counts[""] = int(some.sum())
        chosen = pairs[some.to_numpy()].head(most)
        return counts, list(zip(chosen["i"].tolist(), chosen["i_b"].tolist()))  # noqa: B905 - Python 3.10

    def is_in_order(self, pairs: Any) -> bool:
        return bool(pairs["i_b"].is_monotonic_increasing)

    def distinct(self, names: Sequence[str]) -> int:
        return int(self._numbered(names)["h"].nunique())

    def cell(self, place: int, name: str) -> object:
        column = self.frame[name]
        return None if column.iloc[place : place + 1].isna().iloc[0] else column.iloc[place]

    def differs(self, other: PandasRows, place: int, there: int, name: str) -> bool:
        return not _is_same(self.cell(place, name), other.cell(there, name))


class PythonRows:
    """Columns as lists: of a list of dicts, and of what no library here can pair."""

    def __init__(self, cells: dict[str, list[Any]], columns: Columns, height: int) -> None:
        self.cells = cells
        self.columns = columns
        self._height = height

    @staticmethod
    def of_dicts(rows: list[dict[str, Any]]) -> PythonRows:
        names = list(dict.fromkeys(name for row in rows for name in row))
        cells = {name: [row.get(name, _ABSENT) for row in rows] for name in names}
        types = tuple((name, _types(column)) for name, column in cells.items())
        return PythonRows(cells, types, len(rows))

    @staticmethod
    def of(rows: Rows) -> PythonRows:
        if isinstance(rows, PythonRows):
            return rows
        frame: Any = getattr(rows, "frame")  # noqa: B009 - the others have one
        cells: dict[str, list[Any]] = {
            name: frame[name].to_list() if hasattr(frame[name], "to_list") else frame[name].tolist()
            for name, _ in rows.columns
        }
        return PythonRows(cells, rows.columns, rows.height)

    @property
    def height(self) -> int:
        return self._height

    def made_comparable(self, names: Sequence[str], other: PythonRows) -> PythonRows:
        return PythonRows({name: self.cells[name] for name in names}, (), self._height)

    def _keys(self, names: Sequence[str]) -> list[str]:
        """Each row in words that tell 1 from 1.0 and from True, whatever a cell holds."""
        return list(map(repr, zip(*(self.cells[name] for name in names))))  # noqa: B905 - Python 3.10

    def match(self, other: PythonRows, by: Sequence[str]) -> tuple[Any, Any, Any]:
        """What is the same at both ends is paired as it stands: mostly that is nearly all."""
        mine, theirs = self._keys(by), other._keys(by)
        most = min(len(mine), len(theirs))
        head = next((n for n in range(most) if mine[n] != theirs[n]), most)
        tail = next((n for n in range(most - head) if mine[-1 - n] != theirs[-1 - n]), most - head)
        places: dict[str, list[int]] = {}
        for place in range(len(theirs) - tail - 1, head - 1, -1):
            places.setdefault(theirs[place], []).append(place)
        only: list[int] = []
        here, there = list(range(head)), list(range(head))
        for place in range(head, len(mine) - tail):
            found = places.get(mine[place])
            if found:
                here.append(place)
                there.append(found.pop())
            else:
                only.append(place)
        here += range(len(mine) - tail, len(mine))
        there += range(len(theirs) - tail, len(theirs))
        return only, sorted(place for left in places.values() for place in left), (here, there)

    def changes(
        self, other: PythonRows, pairs: Any, names: Sequence[str], most: int
    ) -> tuple[dict[str, int], list[tuple[int, int]]]:
        counts: dict[str, int] = {}
        changed: set[int] = set()
        for name in names:
            here, there = (
                map(self.cells[name].__getitem__, pairs[0]),
                map(other.cells[name].__getitem__, pairs[1]),
            )
            places = [n for n, same in enumerate(map(_is_same, here, there)) if not same]
            if places:
                counts[name] = len(places)
                changed.update(places)
        counts[""] = len(changed)
        return counts, [(pairs[0][n], pairs[1][n]) for n in sorted(changed)[:most]]

    def is_in_order(self, pairs: Any) -> bool:
        there: list[int] = pairs[1]
        return all(map(operator.lt, there, there[1:]))

    def distinct(self, names: Sequence[str]) -> int:
        return len(set(self._keys(names)))

    def cell(self, place: int, name: str) -> object:
        return self.cells[name][place]

    def differs(self, other: PythonRows, place: int, there: int, name: str) -> bool:
        return not _is_same(self.cells[name][place], other.cells[name][there])


class ArrowColumns:
    """A pyarrow Table where neither polars nor pandas is."""

    @staticmethod
    def of(value: Any, columns: Columns) -> PythonRows:
        cells = {name: value.column(name).to_pylist() for name, _ in columns}
        return PythonRows(cells, columns, value.num_rows)


class _Absent:
    """In place of a cell that a row does not have."""

    def __repr__(self) -> str:
        return "(none)"


_ABSENT = _Absent()


def _types(column: list[Any]) -> str:
    found = dict.fromkeys(type(cell).__name__ for cell in column if cell is not None and cell is not _ABSENT)
    return " or ".join(sorted(found)) or "None"


def _plain(cell: Any) -> Any:
    """Cells that have an order and a hash of their own stay; others count by what they look like."""
    return cell if cell is None or type(cell) is str else f"{type(cell).__name__} {cell!r}"


def _is_same(one: Any, other: Any) -> bool:
    """Equal and of one type; what is not a number is the same as what is not one."""
    if one is other:
        return True
    if type(one) is not type(other):
        return False
    try:
        return bool(one == other) or (one != one and other != other)
    except (TypeError, ValueError):  # arrays in cells
        return repr(one) == repr(other)
