"""The stream of `dagx dev --plain`: lines for each event."""

from __future__ import annotations

import json
import time

import pytest
from handmade import NOW, asset, plan, planned, run, status, step

from dagx_cli.render.as_json import event_json, json_text
from dagx_cli.render.following import Following
from dagx_cli.render.look import Look
from dagx_cli.render.stream import event_lines, never_made_line, stamped_lines
from dagx_engine.views import (
    AssetsChanged,
    AssetState,
    BoardReplaced,
    Event,
    Loaded,
    LoadFailed,
    MetadataRow,
    Notice,
    PlannedStep,
    PlanView,
    RunEnded,
    RunStarted,
    RunStatus,
    Saved,
    StepEnded,
    StepLog,
    StepStarted,
    StepState,
)

PLAN = plan(
    planned("carrier_delays", "code of carrier_delays changed (analytics.py:12)", seconds=0.4),
    planned("report", "carrier_delays may change", certain=False),
)


@pytest.mark.parametrize(
    ("event", "lines"),
    [
        (BoardReplaced(status(asset("a"), asset("b"))), ["2 assets: 2 fresh"]),
        (AssetsChanged((asset("a"),)), []),
        (Saved(("assets.py", "data/x.csv")), ["saved assets.py, data/x.csv"]),
        (Loaded(2, 14, 0.085, False), ["loaded generation 2: 14 assets in 85ms"]),
        (
            LoadFailed("assets.py:3: invalid syntax\n    def (:\n"),
            [
                "the project does not load; waiting for the next save",
                "    assets.py:3: invalid syntax",
                "        def (:",
            ],
        ),
        (
            RunStarted("r1", "save analytics.py", PLAN),
            [
                "2 of 14 steps to run, about 0.4s: "
                "carrier_delays (code of carrier_delays changed, analytics.py:12), report"
            ],
        ),
        (RunStarted("r1", "start", plan()), ["nothing to run (start)"]),
        (StepStarted("r1", "a", (), 1, "x.log"), ["◉ a  started"]),
        (StepStarted("r1", "a", (), 2, "x.log"), ["◉ a  started (attempt 2)"]),
        (StepLog("r1", "a", "one\ntwo\n"), ["  a | one", "  a | two"]),
        (StepEnded("r1", step("a")), ["✔ a  made   0.4s"]),
        (StepEnded("r1", step("a", StepState.FRESH)), []),
        (StepEnded("r1", step("a", StepState.SKIPPED)), []),
        (RunEnded(run(step("a"))), ["1 made, 0 unchanged, 0 failed in 3.2s"]),
        (Notice("3 assets were never made"), ["3 assets were never made"]),
        (Notice("odd", "warning"), ["warning: odd"]),
    ],
)
def test_each_event_is_told(event: Event, lines: list[str]) -> None:
    assert event_lines(event, Look()) == lines


def test_the_first_line_has_the_time_and_the_rest_stands_below_it() -> None:
    moment = time.mktime((2026, 2, 1, 9, 5, 7, 0, 0, -1))
    assert stamped_lines(LoadFailed("bad"), Look(), moment)[1] == "             bad"
    assert stamped_lines(Saved(("a.py",)), Look(), moment) == ["09:05:07 saved a.py"]
    assert stamped_lines(AssetsChanged(()), Look(), moment) == []


def test_assets_that_were_never_made_wait_for_a_word() -> None:
    one = asset("a", AssetState.MISSING)
    assert never_made_line(status(one), run=False) == "1 asset was never made: start with --run to make it"
    assert (
        never_made_line(status(one, one), run=False)
        == "2 assets were never made: start with --run to make them"
    )
    assert never_made_line(status(one), run=True) == ""
    assert never_made_line(status(asset("a")), run=False) == ""
    assert stamped_lines(Notice(""), Look(), NOW) == []


@pytest.mark.parametrize(
    "event",
    [
        Saved(tuple(f"{'x' * 90}{number}.py" for number in range(9))),
        RunStarted("r1", "x" * 1_000_000, plan()),
        RunStarted("r1", "you", plan(*(planned("s", "x" * 1_000_000) for _ in range(9)))),
        StepStarted("r1", "x" * 1_000_000, (), 1, ""),
        StepEnded("r1", step("a", StepState.FAILED, error_line="x" * 1_000_000)),
    ],
)
def test_an_event_of_one_line_is_not_a_screenful(event: Event) -> None:
    [line] = event_lines(event, Look())
    assert len(line) <= 220


@pytest.mark.parametrize("event", [LoadFailed("x" * 1_000_000), Notice("x\n" * 1_000_000, "error")])
def test_a_problem_is_no_longer_than_people_read(event: Event) -> None:
    lines = event_lines(event, Look())
    assert len(lines) <= 61
    assert sum(map(len, lines)) < 4_200


def test_a_plan_names_as_many_steps_as_fit() -> None:
    said = event_lines(
        RunStarted("r1", "you", plan(*(planned("s" * 60, "never made") for _ in range(9)))), Look()
    )
    assert said == [f"9 of 14 steps to run: {'s' * 60} (never made), {'s' * 60} (never made) and 7 more"]


def test_steps_bear_the_names_of_their_assets_and_their_output_comes_in_whole_lines() -> None:
    following = Following()
    prefixed = PlannedStep("raw__orders", ("raw/orders",), (), True, None)
    began = RunStarted("r1", "you", PlanView((prefixed,), 1, 1))
    assert following.heard(began) == [began]
    assert following.heard(StepStarted("r1", "raw__orders", (), 1, "log")) == [
        StepStarted("r1", "raw/orders", (), 1, "log")
    ]
    assert following.heard(StepLog("r1", "raw__orders", "one\ntw")) == [StepLog("r1", "raw/orders", "one\n")]
    assert following.heard(StepLog("r1", "raw__orders", "o")) == []
    assert following.heard(StepLog("r1", "raw__orders", "\nthree")) == [StepLog("r1", "raw/orders", "two\n")]
    ended = StepEnded("r1", step("raw__orders"))
    assert following.heard(ended) == [StepLog("r1", "raw/orders", "three"), ended]


def test_what_a_step_began_to_write_is_told_at_the_latest_when_its_run_ends() -> None:
    following = Following()
    assert following.heard(StepLog("r1", "a", "x" * 5_000)) == [StepLog("r1", "a", "x" * 5_000)]
    assert following.heard(StepLog("r1", "a", "begun")) == []
    other, over = RunEnded(run(run_id="r2")), RunEnded(run())
    assert following.heard(other) == [other]
    assert following.heard(over) == [StepLog("r1", "a", "begun"), over]


def test_a_flood_of_log_is_cut_and_counted() -> None:
    lines = event_lines(StepLog("r1", "a", "x\n" * 1000), Look())
    assert len(lines) == 201
    assert lines[-1] == "  (800 more lines in its log)"


def test_the_end_of_a_failed_run_tells_the_error_before_the_summary() -> None:
    ended = RunEnded(run(step("a", StepState.FAILED, error="ValueError: bad"), status=RunStatus.FAILED))
    assert event_lines(ended, Look()) == [
        "✖ a failed after 0.4s",
        "    ValueError: bad",
        "0 made, 0 unchanged, 1 failed in 3.2s",
    ]


def test_an_event_is_one_line_of_json() -> None:
    said = event_json(StepEnded("r1", step("a\x1b[2J\n")), NOW)
    assert "\n" not in said
    assert said.isprintable()
    found = json.loads(said)
    assert found["event"] == "step_ended"
    assert found["at"] == NOW
    assert found["step"]["state"] == "succeeded"


def test_numbers_that_json_has_not_become_null() -> None:
    found = json.loads(
        json_text({"row": MetadataRow("mean", "float", float("nan")), "all": [float("inf"), 1.5]})
    )
    assert found == {"row": {"label": "mean", "type": "float", "value": None}, "all": [None, 1.5]}
