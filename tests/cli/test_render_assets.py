"""Status and ls: assets in rows, group by group."""

from __future__ import annotations

import json

from handmade import NOW, asset, because, status

from dagx_cli.render.assets import (
    LsRows,
    StatusRows,
    ls_lines,
    ls_rows,
    ls_table,
    status_lines,
    status_rows,
    status_table,
)
from dagx_cli.render.look import SIGNS, Look
from dagx_cli.render.text import cells
from dagx_engine.pure.auditing import Outcome
from dagx_engine.views import AssetState, CheckOutcome, RunStatus, StepState

BOARD = status(
    asset("raw_flights", group="raw", made_at=NOW - 7200, seconds=1.2),
    asset(
        "flights", AssetState.STALE, group="clean", reasons=because("code of flights changed (clean.py:12)")
    ),
    asset("airlines", AssetState.MISSING, group="raw"),
    asset("delays", AssetState.FAILED, group="clean", made_at=NOW - 12, error="ValueError: bad\nrow"),
)


def test_each_asset_has_its_state_age_duration_and_reason_below_its_group() -> None:
    assert status_lines(BOARD, Look(), NOW) == [
        "raw",
        "  ✔  raw_flights  fresh    2h   1.2s",
        "  ◌  airlines     missing",
        "clean",
        "  ↻  flights      stale               code of flights changed (clean.py:12)",
        "  ✖  delays       failed   12s        ValueError: bad row",
        "",
        "4 assets: 1 fresh, 1 stale, 1 missing, 1 failed",
    ]


def test_signs_are_ascii_where_the_terminal_knows_no_other() -> None:
    lines = status_lines(BOARD, Look(ascii=True, width=50), NOW)
    assert all(line.isascii() for line in lines)
    assert lines[1] == "  +  raw_flights  fresh    2h   1.2s"
    assert lines[4] == "  ~  flights      stale               code of f..."


def test_no_line_is_wider_than_the_terminal() -> None:
    long = status(
        asset("warehouse/" + "x" * 80 + "/orders", AssetState.STALE, reasons=because("y" * 200)),
        asset("b" * 40),
    )
    for width in (40, 80, 120):
        assert all(cells(line) <= width for line in status_lines(long, Look(width=width), NOW))
    line = status_lines(long, Look(width=80), NOW)[1]
    assert "/orders" in line
    assert line.endswith("…")


def test_wide_names_stay_in_their_columns() -> None:
    lines = status_lines(status(asset("表"), asset("abcd")), Look(), NOW)
    assert lines[1:3] == ["  ✔  表    fresh", "  ✔  abcd  fresh"]


def test_ls_shows_kinds_and_the_first_line_of_the_description() -> None:
    board = status(
        asset("raw", kinds=("csv", "pandas"), description="\n  The field log.\nMore.", group="field"),
        asset("b"),
    )
    assert ls_lines(board, Look()) == ["field", "  ✔  raw  csv, pandas  The field log.", "default", "  ✔  b"]


def test_rows_that_were_kept_as_json_make_the_same_lines() -> None:
    for board in (BOARD, status()):
        told = StatusRows(*json.loads(json.dumps(status_rows(board))))
        assert status_table(told, Look(), NOW) == status_lines(board, Look(), NOW)
        listed = LsRows(*json.loads(json.dumps(ls_rows(board))))
        assert ls_table(listed, Look()) == ls_lines(board, Look())


def test_nothing_selected_is_said() -> None:
    assert status_lines(status(), Look(), NOW) == ["no assets selected"]
    assert ls_lines(status(), Look()) == ["no assets selected"]


def test_colour_adds_nothing_but_colour() -> None:
    plain = "\n".join(status_lines(BOARD, Look(), NOW))
    coloured = "\n".join(status_lines(BOARD, Look(colour=True), NOW))
    assert "\x1b[32m✔\x1b[0m" in coloured
    for code in ("1", "2", "31", "32", "33", "1;31", "1;36", "0"):
        coloured = coloured.replace(f"\x1b[{code}m", "")
    assert coloured == plain


def test_what_runs_shows_no_time_that_could_be_taken_for_how_long_it_has_been() -> None:
    board = status(
        asset("a", AssetState.RUNNING, made_at=NOW - 7200, seconds=1.2, reasons=because("code of a changed")),
        asset("b", AssetState.QUEUED, reasons=because("never made")),
    )
    assert status_lines(board, Look(), NOW)[1:] == [
        "  ◉  a  running  2h  code of a changed",
        "  ⋯  b  queued       never made",
        "",
        "2 assets: 1 queued, 1 running",
    ]
    assert ls_lines(board, Look()) == ["default", "  ◉  a", "  ⋯  b"]


def test_a_reason_is_cut_where_no_terminal_says_how_wide_it_is() -> None:
    board = status(
        asset("a", AssetState.FAILED, error="e" * 1_000_000, description="d" * 1_000_000),
        asset("b", AssetState.STALE, reasons=because("r" * 1_000_000)),
    )
    for line in (*status_lines(board, Look(), NOW), *ls_lines(board, Look())):
        assert len(line) < 240


def test_every_state_has_a_sign() -> None:
    kinds = (AssetState, StepState, RunStatus, CheckOutcome, Outcome)
    states = {state.value for kind in kinds for state in kind}
    assert states == SIGNS.keys()
    assert all(sign.ascii.isascii() and cells(sign.glyph) == 1 for sign in SIGNS.values())
