"""What goes over the wire column by column is what the rows said."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dagx.worker.columns import column, columns_of

values = st.none() | st.booleans() | st.text(max_size=2) | st.lists(st.text(max_size=2), max_size=2)


@given(st.lists(st.fixed_dictionaries({"name": values, "deps": values, "group": values}), max_size=4))
def test_rows_come_over_the_wire_as_they_were(rows: list[dict[str, Any]]) -> None:
    said = json.loads(json.dumps(columns_of(rows)))
    for name in ("name", "deps", "group"):
        assert list(column(said, name)) == [row[name] for row in rows]


def test_what_is_the_same_in_all_rows_is_said_once_and_read_once() -> None:
    said = columns_of([{"name": name, "deps": ["a"]} for name in "xyz"])
    assert said == {"rows": 3, "same": {"deps": ["a"]}, "each": {"name": ["x", "y", "z"]}}
    first, second, third = column(said, "deps", tuple)
    assert first is second is third
    assert list(column(said, "name", str.upper)) == ["X", "Y", "Z"]


def test_a_column_that_is_not_there_is_missed_where_there_are_rows() -> None:
    with pytest.raises(KeyError):
        column(columns_of([{"name": "a", "deps": []}]), "group")
    assert list(column(columns_of([]), "group")) == []
