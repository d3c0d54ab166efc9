"""Checks as lines: beside a step, under an asset, in the summary of a run."""

from __future__ import annotations

from dataclasses import replace

from handmade import NOW, asset, run, status, step

from dagx_cli.render.assets import ls_lines, status_lines
from dagx_cli.render.checks import check_rows, result_lines, warning_lines
from dagx_cli.render.look import Look
from dagx_cli.render.run import failure_lines, step_line, summary_line
from dagx_cli.render.runs import run_lines
from dagx_engine.views import (
    AssetState,
    AutomationView,
    CheckOutcome,
    CheckResultView,
    CheckView,
    ReasonView,
    StepState,
)

PASSED = CheckResultView("orders", "sound", CheckOutcome.PASSED, made_at=NOW - 60)
FAILED = CheckResultView("orders", "small", CheckOutcome.FAILED, description="9 rows", made_at=NOW - 60)
HOLDING = replace(FAILED, blocking=True)


def view(result: CheckResultView | None, name: str = "sound", **more: object) -> CheckView:
    made = CheckView("orders", name, AssetState.FRESH, (), "orders_sound", "a.py:1", last=result)
    return replace(made, **more)  # type: ignore[arg-type]


def test_a_step_that_only_checks_bears_the_name_of_its_check_and_says_what_it_found() -> None:
    passed = step("orders_sound", assets=(), checks=("orders:sound",), results=(PASSED,))
    assert step_line(passed, Look()).split() == ["✔", "orders:sound", "passed", "0.4s"]
    failed = step("orders_small", assets=(), checks=("orders:small",), results=(FAILED,))
    assert step_line(failed, Look()).split() == ["✖", "orders:small", "failed", "0.4s"]
    later = [line.split()[:3] for line in run_lines(run(passed, failed), Look(), NOW)[-2:]]
    assert later == [["✔", "orders:sound", "passed"], ["✖", "orders:small", "failed"]], (
        "as it was told at the time"
    )


def test_what_did_not_pass_is_told_beside_its_step() -> None:
    assert result_lines([PASSED], Look()) == []
    assert result_lines([FAILED], Look()) == ["    ✖ check orders:small failed: 9 rows"]


def test_a_run_ends_with_a_warning_for_what_did_not_pass_and_held_nothing_back() -> None:
    found = run(step("a", results=(PASSED,)), step("b", results=(FAILED, HOLDING)))
    assert warning_lines(found, Look()) == ["warning: 1 check did not pass: orders:small"]
    assert warning_lines(run(step("a", results=(PASSED,))), Look()) == []


def test_steps_that_only_check_are_not_counted_as_made() -> None:
    found = run(step("a"), step("a_ok", assets=(), checks=("a:ok",)))
    assert summary_line(found, Look()).startswith("1 made, 0 unchanged, 0 failed, 1 checked in")


def test_what_was_left_out_is_told_with_what_was_skipped_for_it() -> None:
    left = step("xy", assets=("x", "y"), left_out=("y",))
    assert step_line(left, Look()).endswith("; left out y")
    why = (ReasonView("", "y was not made by xy"),)
    skipped = [
        step("z", StepState.SKIPPED, because="xy", reasons=why),
        step("w", StepState.SKIPPED, because="z"),
    ]
    assert failure_lines(run(left, *skipped), Look()) == ["skipped, y was not made by xy: z, w"]


def test_status_says_what_checks_found() -> None:
    small = view(FAILED, "small")
    (line,) = [
        line
        for line in status_lines(status(asset("orders", checks=(small,))), Look(), NOW)
        if "orders" in line
    ]
    assert line.endswith("check: small failed")
    (line,) = [
        line
        for line in status_lines(status(asset("orders", checks=(view(PASSED),))), Look(), NOW)
        if "orders" in line
    ]
    assert line.endswith("1 check passed")


def test_ls_lists_checks_partitions_and_what_is_not_run_yet() -> None:
    found = status(
        asset("orders", checks=(view(None),), partitions="daily from 2024-01-01"),
        automation=AutomationView(schedules=("nightly",)),
    )
    _, line, _, last = ls_lines(found, Look())
    assert line.endswith("partitioned: daily from 2024-01-01; check: sound")
    assert last == "schedules (loaded; not run by dagx yet): nightly"


def test_the_checks_of_an_asset_are_shown_with_what_they_say() -> None:
    rows = check_rows(
        [
            view(PASSED, blocking=True, state=AssetState.STALE),
            view(HOLDING, "small", state=AssetState.FAILED, error="a blocking check failed"),
            view(None, "new", state=AssetState.FAILED, error="TypeError: no"),
        ],
        Look(),
        NOW,
    )
    assert [row.split() for row in rows] == [
        ["✔", "sound", "passed", "blocking", "1m", "ago", "stale"],
        ["✖", "small", "failed", "1m", "ago", "9", "rows"],
        ["✖", "new", "error", "TypeError:", "no"],
    ]
