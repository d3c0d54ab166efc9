"""A run as it goes and as it ended."""

from __future__ import annotations

import re

import pytest
from handmade import because, run, step

from dagx_cli.render.look import Look
from dagx_cli.render.remarks import remark_lines
from dagx_cli.render.run import failure_lines, step_line, summary_line
from dagx_cli.render.text import cells
from dagx_engine.views import RemarkView, RunStatus, StepState


def test_a_finished_step_is_one_line_with_its_reason() -> None:
    ended = step("carrier_delays", reasons=because("code of carrier_delays changed (analytics.py:12)"))
    assert (
        step_line(ended, Look())
        == "✔ carrier_delays  made   0.4s  code of carrier_delays changed (analytics.py:12)"
    )


def test_a_failed_step_shows_its_error_in_place_of_its_reason() -> None:
    ended = step("a", StepState.FAILED, error_line="ValueError: \x1b[2Jbad\nrow", reasons=because("new"))
    line = step_line(ended, Look(), name_width=4, word_width=9)
    assert line == "✖ a     failed      0.4s  ValueError: bad row"


def test_an_attempt_that_is_not_the_last_shows_its_error_too() -> None:
    ended = step("a", StepState.RETRYING, error_line="ValueError: bad", reasons=because("new"))
    assert step_line(ended, Look(), word_width=9) == "↻ a  retrying    0.4s  ValueError: bad"


def test_a_restored_step_took_no_time() -> None:
    assert step_line(step("a", StepState.RESTORED), Look()) == "= a  restored"


def test_a_cut_line_ends_its_colours() -> None:
    line = step_line(step("a" * 30, reasons=because("b" * 90)), Look(colour=True, width=40))
    assert line.count("\x1b[0m") * 2 == line.count("\x1b[")
    plain = step_line(step("a" * 30, reasons=because("b" * 90)), Look(width=40))
    assert cells(plain) == 40


def test_a_run_ends_with_what_was_made_and_how_long_it_took() -> None:
    steps = [step("a"), step("b", StepState.UNCHANGED), step("c", StepState.FRESH)]
    assert summary_line(run(*steps), Look()) == "1 made, 1 unchanged, 0 failed, 1 fresh in 3.2s"


def test_other_ends_are_named_when_there_are_any() -> None:
    steps = [
        step("a", StepState.FAILED),
        step("b", StepState.SKIPPED, because="a"),
        step("c", StepState.RESTORED),
    ]
    said = summary_line(run(*steps, status=RunStatus.FAILED), Look())
    assert said == "0 made, 0 unchanged, 1 failed, 1 restored, 1 skipped in 3.2s"


def test_a_run_with_nothing_to_do_says_so_in_one_line() -> None:
    fresh = [step(str(number), StepState.FRESH) for number in range(14)]
    assert summary_line(run(*fresh), Look()) == "nothing to do: 14 assets are fresh"
    assert summary_line(run(fresh[0]), Look()) == "nothing to do: 1 asset is fresh"


def test_a_stopped_run_says_what_comes_of_the_rest() -> None:
    steps = [step("a"), step("b", StepState.CANCELLED)]
    said = summary_line(run(*steps, status=RunStatus.CANCELLED), Look())
    assert said == "stopped: 1 made, 0 unchanged, 0 failed, 1 cancelled in 3.2s; the next run does the rest"


def test_a_stopped_run_that_had_nothing_left_promises_nothing() -> None:
    steps = [step("a"), step("b", StepState.FRESH)]
    said = summary_line(run(*steps, status=RunStatus.CANCELLED), Look())
    assert said == "stopped: 1 made, 0 unchanged, 0 failed, 1 fresh in 3.2s"


def test_the_numbers_of_a_summary_add_up() -> None:
    steps = [step(state.value, state) for state in StepState]
    said = summary_line(run(*steps), Look())
    assert sum(int(word) for word in re.findall(r"\d+ ", said.partition(" in ")[0])) == len(StepState)


def test_a_failure_is_told_with_its_error_its_log_and_what_it_stopped() -> None:
    steps = [
        step(
            "a",
            StepState.FAILED,
            error="Traceback\n  File x\nValueError: bad",
            log_path=".dagx/logs/r1/a.log",
        ),
        step("b", StepState.SKIPPED, because="a"),
        step("c", StepState.SKIPPED, because="b"),
        step("d"),
    ]
    assert failure_lines(run(*steps, status=RunStatus.FAILED), Look()) == [
        "✖ a failed after 0.4s",
        "    Traceback",
        "      File x",
        "    ValueError: bad",
        "  log: .dagx/logs/r1/a.log",
        "  skipped because of it: b, c",
    ]


def test_steps_skipped_for_another_cause_are_told_too() -> None:
    steps = [step("b", StepState.SKIPPED, because="gone"), step("c", StepState.SKIPPED, because=None)]
    assert failure_lines(run(*steps), Look()) == [
        "skipped, because of gone: b",
        "",
        "skipped, because of c: c",
    ]


@pytest.mark.parametrize("error", ["\n".join(["x" * 9999] * 9999), "x" * 1_000_000, "x\n" * 100_000])
def test_a_long_error_is_shortened_in_all_directions_and_says_where_all_of_it_is(error: str) -> None:
    ended = step("a b", StepState.FAILED, error=f"Traceback\n{error}\nValueError: bad", log_path="a.log")
    first, *lines, whole, log = failure_lines(run(ended), Look())
    assert first == "✖ a b failed after 0.4s"
    assert len(lines) <= 60
    assert sum(map(len, lines)) <= 4_100
    assert max(map(len, lines)) <= 400
    assert (lines[0], lines[-1]) == ("    Traceback", "    ValueError: bad")
    assert (whole, log) == ("  all of it: dagx show 'a b'", "  log: a.log")


def test_a_line_of_a_step_is_cut_where_no_terminal_says_how_wide_it_is() -> None:
    failed = step("a", StepState.FAILED, error_line="ValueError: " + "x" * 1_000_000)
    assert len(step_line(failed, Look())) == 200
    assert step_line(failed, Look()).endswith("x…")
    assert step_line(failed, Look(ascii=True, width=60)).endswith("x...")
    assert len(step_line(step("a", reasons=because("y" * 1_000_000)), Look())) == 200


def test_what_there_is_to_say_of_steps_is_a_warning_each_with_the_way_out() -> None:
    said = [RemarkView("a", "missing edge", f"a{number} reads x", "give it deps") for number in range(12)]
    lines = remark_lines(said, Look())
    assert lines[:2] == ["warning: a0 reads x", "  hint: give it deps"]
    assert lines[-1] == "and 4 more: dagx doctor names them"
    assert len(lines) == 17
    assert remark_lines((), Look()) == []
