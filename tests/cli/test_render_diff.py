"""What `dagx diff` says of two values."""

from __future__ import annotations

from dagx_cli.render.diff import diff_lines
from dagx_cli.render.look import Look
from dagx_engine.views.comparing import (
    ChangedRow,
    ChangedRows,
    ColumnsView,
    ComparedView,
    DiffView,
    SideView,
    SomeRows,
)

PLAIN = Look()
NOW = 1000.0
BEFORE = SideView("9a3e", NOW - 240, "v1", "parquet/polars", 4000, 2)
AFTER = SideView("1f0c", NOW - 12, "v2", "parquet/polars", 5000, 0)
NOTHING = SomeRows(0, (), 0, ())
SAME_COLUMNS = ColumnsView(2, 2, (), (), (), moved=False)
HEAD = "flights  run 9a3e (-2, 4m ago) → run 1f0c (current, 12s ago)"


def of(difference: ComparedView) -> DiffView:
    return DiffView("flights", BEFORE, AFTER, False, (), difference)


def test_a_table_tells_columns_changed_cells_and_rows() -> None:
    difference = ComparedView(
        "table",
        columns=ColumnsView(
            3, 3, (("gate", "String"),), (("tail", "String"),), (("delay", "Int64", "Float64"),), True
        ),
        rows_before=1000,
        rows_after=1011,
        added=SomeRows(12, ("id", "gate"), 0, (("1000", "A"), ("1001", "B"))),
        removed=SomeRows(1, ("id", "tail"), 0, (("5", "N5"),)),
        changed=ChangedRows(
            2,
            {"delay": 2, "from": 1},
            (ChangedRow((("id", "7"),), (("delay", "3", "5"), ("from", "A", "B"))),),
        ),
    )
    assert diff_lines(of(difference), PLAIN, NOW) == [
        HEAD,
        "  1,000 → 1,011 rows, 3 columns: 1 removed, 12 added, 2 changed",
        "",
        "columns",
        "  -  tail   String",
        "  +  gate   String",
        "  ~  delay  Int64 → Float64",
        "  the columns stand in another order",
        "",
        "2 rows changed: delay in 2, from in 1",
        "  ~ id 7  delay 3 → 5  from A → B",
        "  and 1 more",
        "",
        "1 row removed",
        "     id  tail",
        "  -  5   N5",
        "",
        "12 rows added",
        "     id    gate",
        "  +  1000  A",
        "  +  1001  B",
        "  and 10 more",
    ]


def test_without_a_key_it_says_what_one_would_show_and_another_order_is_said() -> None:
    some = SomeRows(1, ("id",), 0, (("1",),))
    difference = ComparedView(
        "table", columns=SAME_COLUMNS, rows_before=2, rows_after=2, added=some, removed=some
    )
    assert (
        diff_lines(of(difference), PLAIN, NOW)[-1]
        == "  with --key COLUMN it shows which cells of a row changed"
    )
    moved = ComparedView(
        "table", columns=SAME_COLUMNS, rows_before=2, rows_after=2, added=NOTHING, removed=NOTHING, moved=True
    )
    assert diff_lines(of(moved), PLAIN, NOW)[1:] == [
        "  2 rows, 2 columns: no row came or went",
        "  the rows are the same, in another order",
    ]


def test_a_table_that_is_wider_than_the_terminal_shows_the_columns_that_fit() -> None:
    names = tuple(f"column {n}" for n in range(12))
    rows = SomeRows(1, names, 30, (tuple("x" * 60 for _ in names),))
    difference = ComparedView(
        "table", columns=SAME_COLUMNS, rows_before=0, rows_after=1, added=rows, removed=NOTHING
    )
    lines = diff_lines(of(difference), PLAIN._replace(width=80), NOW)
    assert all(len(line) <= 80 for line in lines[2:])
    assert lines[-1].endswith("…")
    assert "column 2" not in lines[-2]


def test_lines_are_painted_by_what_became_of_them_and_nothing_of_theirs_reaches_the_terminal() -> None:
    difference = ComparedView(
        "text", lines=("@@ -1 +1 @@", " a", "-b\x1b[2J", "+c"), lines_left=3, lines_added=2, lines_removed=1
    )
    lines = diff_lines(of(difference), PLAIN._replace(colour=True), NOW)
    assert lines[1:] == [
        "  4.0 kB → 5.0 kB, parquet/polars",
        "  1 line removed, 2 added",
        "",
        "\x1b[36m  @@ -1 +1 @@\x1b[0m",
        "   a",
        "\x1b[31m  -b\x1b[0m",
        "\x1b[32m  +c\x1b[0m",
        "\x1b[2m  and 3 more lines\x1b[0m",
    ]


def test_bytes_tell_where_they_differ_first() -> None:
    difference = ComparedView("bytes", first=(70_001, "62 63", ""))
    assert diff_lines(of(difference), PLAIN, NOW)[2:] == [
        "  the first byte that differs is at 70,001",
        "  - 62 63",
        "  + the end",
    ]


def test_the_same_bytes_are_said_to_be_that_with_the_last_that_differ() -> None:
    same = DiffView(
        "flights", BEFORE, AFTER, True, notes=("the last that differs is -3: dagx diff flights -3",)
    )
    assert diff_lines(same, Look(ascii=True), NOW) == [
        "flights  run 9a3e (-2, 4m ago) -> run 1f0c (current, 12s ago)",
        "  the same bytes: 5.0 kB, parquet/polars",
        "  the last that differs is -3: dagx diff flights -3",
    ]
