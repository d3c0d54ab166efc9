"""What is said of an execution of which nothing is stored."""

from __future__ import annotations

from dagx_cli.render.look import Look
from dagx_cli.render.spin import spin_lines
from dagx_engine.views import CostView
from dagx_engine.views.spinning import SpinView, SpunCheck, SpunValue

COST = CostView(0.2, 30_000_000, 10, 20)
TABLE = SpunValue("orders", "parquet/polars", 12_000, 300, (("id", "int64"), ("day", "date")), "id day\n1  x")


def test_a_value_is_told_by_form_size_rows_columns_and_first_lines() -> None:
    assert spin_lines(SpinView("orders", "orders", True, 0.3, COST, (TABLE,)), Look(), told=False) == [
        "✔ orders  0.3s, cpu 0.2s, memory 30.0 MB, read 10 B, wrote 20 B",
        "  parquet/polars, 12.0 kB, 300 rows, columns id, day",
        "    id day",
        "    1  x",
        "  nothing is stored of it; dagx run orders+ makes it, and what rests on it",
    ]


def test_several_values_are_named_and_checks_files_and_notes_follow() -> None:
    nothing = SpunValue("log", "none", 0, None, (), "")
    long = SpunValue("long", "json", 9, None, (), "\n".join(map(str, range(30))))
    checks = (SpunCheck("sound", True, ""), SpunCheck("full", False, "3 are missing"))
    view = SpinView("a", "ab", True, 0.3, None, (long, nothing), checks, ("out.csv",), ("b is not fresh",))
    lines = spin_lines(view, Look(), told=False)
    assert lines[1] == "  long: json, 9 B"
    assert lines[13:] == [
        "    11",
        "    …",
        "  log returned nothing to store",
        "  check sound passed",
        "  check full did not pass: 3 are missing",
        "  it wrote out.csv: that is as it wrote it",
        "  b is not fresh",
        "  nothing is stored of it; dagx run a+ makes it, and what rests on it",
    ]


def test_an_error_is_told_whole_unless_the_debugger_showed_it() -> None:
    view = SpinView("a", "a", False, 0.3, None, line="ValueError: no", text="Traceback\nValueError: no")
    assert spin_lines(view, Look(), told=False)[1:] == ["    Traceback", "    ValueError: no"]
    assert spin_lines(view, Look(), told=True)[1:] == ["  ValueError: no"]


def test_what_comes_from_the_step_moves_no_terminal() -> None:
    odd = SpunValue("a\x1b[2J", "json", 1, None, (("c\x1b[2J", "x"),), "\x1b[2Jpreview")
    view = SpinView("a\x1b[2J", "s\x1b[2J", True, 0.1, None, (odd,), wrote=("f\x1b[2J",), notes=("n\x1b[2J",))
    assert not any("\x1b" in line for line in spin_lines(view, Look(), told=False))
