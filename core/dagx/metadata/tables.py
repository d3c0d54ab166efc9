"""Tables as metadata: their columns, where the columns come from, and a few rows. Semantics: section 26."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

from dagx.errors import InvalidMetadataError
from dagx.keys import AssetKey, CoercibleToAssetKey
from dagx.record import Record

__all__ = [
    "TableColumn",
    "TableColumnConstraints",
    "TableColumnDep",
    "TableColumnLineage",
    "TableConstraints",
    "TableRecord",
    "TableSchema",
]

Cell = str | int | float | bool | None


class TableColumnConstraints(Record):
    """What holds for the values of one column; `other` in words."""

    nullable: bool
    unique: bool
    other: Sequence[str]

    def __init__(
        self, nullable: bool = True, unique: bool = False, other: Sequence[str] | None = None
    ) -> None:
        self._set(nullable=nullable, unique=unique, other=list(other or ()))


class TableConstraints(Record):
    """What holds for a table as a whole, in words."""

    other: Sequence[str]

    def __init__(self, other: Sequence[str] = ()) -> None:
        self._set(other=list(other))


class TableColumn(Record):
    """One column. `type` is any text that says what it holds, such as "int" or "date"."""

    name: str
    type: str
    description: str | None
    constraints: TableColumnConstraints
    tags: Mapping[str, str]

    def __init__(
        self,
        name: str,
        type: str = "string",
        description: str | None = None,
        constraints: TableColumnConstraints | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> None:
        self._set(
            name=name,
            type=type,
            description=description,
            constraints=constraints or TableColumnConstraints(),
            tags=dict(tags or {}),
        )


class TableSchema(Record):
    """The columns of a table, in order."""

    columns: Sequence[TableColumn]
    constraints: TableConstraints

    def __init__(self, columns: Sequence[TableColumn], constraints: TableConstraints | None = None) -> None:
        self._set(columns=list(columns), constraints=constraints or TableConstraints())


class TableRecord(Record):
    """One row: column names to str, int, float, bool or None (else InvalidMetadataError)."""

    data: Mapping[str, Cell]

    def __init__(self, data: Mapping[str, Cell]) -> None:
        for name, value in data.items():
            if value is not None and not isinstance(cast(object, value), (str, int, float)):
                raise InvalidMetadataError(
                    f"a table record holds str, int, float, bool or None, not {value!r} in {name!r}"
                )
        self._set(data=dict(data))


class TableColumnDep(Record):
    """One column of one upstream asset."""

    asset_key: AssetKey
    column_name: str

    def __init__(self, asset_key: CoercibleToAssetKey, column_name: str) -> None:
        self._set(asset_key=AssetKey.from_coercible(asset_key), column_name=column_name)


class TableColumnLineage(Record):
    """For each column of an asset, the upstream columns that it is made of."""

    deps_by_column: Mapping[str, Sequence[TableColumnDep]]

    def __init__(self, deps_by_column: Mapping[str, Sequence[TableColumnDep]]) -> None:
        self._set(deps_by_column={column: list(deps) for column, deps in deps_by_column.items()})


def inferred_schema(records: Sequence[TableRecord]) -> TableSchema:
    """The columns of the first record, typed by its values: int, float, bool, else string."""
    if not records:
        raise InvalidMetadataError("a table without records needs its schema", "give schema=TableSchema(...)")
    names: dict[type[object], str] = {bool: "bool", int: "int", float: "float"}
    first = records[0].data
    for record in records:
        if set(record.data) != set(first):
            raise InvalidMetadataError(
                "the records of a table have different columns", "give schema=TableSchema(...)"
            )
    return TableSchema([TableColumn(name, names.get(type(value), "string")) for name, value in first.items()])
