"""What the detail pane says of checks."""

from __future__ import annotations

from dagx_engine.views import AssetState, CheckOutcome, CheckResultView, CheckView
from dagx_tui.checks import check_lines
from dagx_tui.lines import Line
from dagx_tui.looks import Looks

LOOKS = Looks()


def check(outcome: CheckOutcome | None, *, blocking: bool = False, error: str | None = None) -> CheckView:
    last = (
        None if outcome is None else CheckResultView("orders", "sound", outcome, blocking, "9 rows are odd")
    )
    state = AssetState.FRESH if error is None else AssetState.FAILED
    return CheckView("orders", "sound", state, (), "orders_sound", "a.py:1", "", blocking, last, error)


def texts(lines: list[Line]) -> list[str]:
    return ["".join(text for text, _ in line) for line in lines]


def test_an_asset_without_checks_has_no_lines_for_them() -> None:
    assert check_lines([], 40, LOOKS) == []


def test_a_check_that_passed_is_one_line() -> None:
    assert texts(check_lines([check(CheckOutcome.PASSED)], 60, LOOKS)) == ["✔ check sound · passed", ""]


def test_one_that_failed_says_what_it_found() -> None:
    found = texts(check_lines([check(CheckOutcome.WARNED)], 60, LOOKS))
    assert found == ["! check sound · warned", "  9 rows are odd", ""]


def test_one_that_holds_back_what_needs_the_asset_says_so() -> None:
    found = texts(check_lines([check(CheckOutcome.FAILED, blocking=True, error="it failed")], 60, LOOKS))
    assert found == ["✖ check sound · failed · holds back what needs it", "  9 rows are odd", ""]


def test_one_that_could_not_run_says_why() -> None:
    found = texts(check_lines([check(None, error="TypeError: no")], 60, LOOKS))
    assert found == ["✖ check sound · could not run", "  TypeError: no", ""]


def test_lines_fit_and_ascii_is_enough() -> None:
    for width in (4, 10, 80):
        lines = check_lines([check(CheckOutcome.FAILED)], width, Looks(ascii=True))
        assert all(len(text) <= max(3, width) for text in texts(lines))
