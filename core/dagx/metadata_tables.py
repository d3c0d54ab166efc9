"""Tables as metadata: their columns, where the columns come from, and a few rows. Semantics: section 26."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast

from dagx.errors import InvalidMetadataError
from dagx.keys import AssetKey, CoercibleToAssetKey

Cell = str | int | float | bool | None


@dataclass(frozen=True)
class TableColumnConstraints:
    """What holds for the values of one column; `other` in words."""

    nullable: bool = True
    unique: bool = False
    other: Sequence[str] = ()


@dataclass(frozen=True)
class TableConstraints:
    """What holds for a table as a whole, in words."""

    other: Sequence[str] = ()


@dataclass(frozen=True)
class TableColumn:
    """One column. `type` is any text that says what it holds, such as "int" or "date"."""

    name: str
    type: str = "string"
    description: str | None = None
    constraints: TableColumnConstraints = TableColumnConstraints()
    tags: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True)
class TableSchema:
    """The columns of a table, in order."""

    columns: Sequence[TableColumn]
    constraints: TableConstraints = TableConstraints()


@dataclass(frozen=True)
class TableRecord:
    """One row: column names to str, int, float, bool or None."""

    data: Mapping[str, Cell]

    def __post_init__(self) -> None:
        for name, value in self.data.items():
            if value is not None and not isinstance(cast(object, value), (str, int, float)):
                raise InvalidMetadataError(
                    f"a table record holds str, int, float, bool or None, not {value!r} in {name!r}"
                )


@dataclass(frozen=True, init=False)
class TableColumnDep:
    """One column of one upstream asset."""

    asset_key: AssetKey
    column_name: str

    def __init__(self, asset_key: CoercibleToAssetKey, column_name: str) -> None:
        object.__setattr__(self, "asset_key", AssetKey.from_coercible(asset_key))
        object.__setattr__(self, "column_name", column_name)


@dataclass(frozen=True)
class TableColumnLineage:
    """For each column of an asset, the upstream columns that it is made of."""

    deps_by_column: Mapping[str, Sequence[TableColumnDep]]


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
