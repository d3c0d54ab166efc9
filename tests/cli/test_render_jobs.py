"""What is said of jobs: in lists, while they run, and after."""

from __future__ import annotations

import pytest
from handmade import because, plan, planned, run, status, step

from dagx_cli.render.assets import ls_lines, status_lines
from dagx_cli.render.jobs import jobs_lines, op_line, ops_tally
from dagx_cli.render.look import Look
from dagx_cli.render.plan import plan_lines
from dagx_cli.render.run import failure_lines, step_line, summary_line
from dagx_cli.render.stream import event_lines
from dagx_engine.views import JobView, OpEnded, OpView, PlannedStep, RunStatus, StepState

NIGHTLY = JobView("nightly", ops=("fetch", "ship"), description="At night.\nMore.")
DAILY = JobView("daily", assets=("a", "b"), checks=("a:sound",), partitions="daily from 2024-01-01")
SOUND = JobView("sound", checks=("a:sound",))
DONE = OpView("fetch", StepState.SUCCEEDED, 0.2, tries=1)
FAILED = OpView("ship[nl]", StepState.FAILED, 0.1, "ValueError: no", 3)
SKIPPED = OpView("tell", StepState.SKIPPED, None, '"ship" failed')


def test_each_job_is_listed_with_what_it_consists_of() -> None:
    assert jobs_lines([NIGHTLY, DAILY, SOUND], Look()) == [
        "jobs (dagx run --job NAME)",
        "  nightly  2 ops     At night.",
        "  daily    2 assets  partitioned: daily from 2024-01-01",
        "  sound    1 check",
    ]
    assert jobs_lines([], Look())[0].startswith("no jobs")


def test_a_project_of_jobs_alone_is_told_how_to_run_one() -> None:
    found = status(jobs=(NIGHTLY, SOUND))
    assert ls_lines(found, Look())[0] == "jobs (dagx run --job NAME)"
    (line,) = status_lines(found, Look(), 0.0)
    assert line.endswith("only jobs: nightly, sound; run one by: dagx run --job nightly")
    assert status_lines(status(), Look(), 0.0) == ["no assets selected"]


@pytest.mark.parametrize(
    ("op", "line"),
    [
        (DONE, "  ✔ fetch  0.2s"),
        (FAILED, "  ✖ ship[nl]  failed  0.1s  attempt 3; ValueError: no"),
        (SKIPPED, '  ⊘ tell  skipped  "ship" failed'),
    ],
)
def test_an_op_is_told_of_in_a_line_when_it_ended(op: OpView, line: str) -> None:
    assert op_line(op, Look()) == line
    assert event_lines(OpEnded("r1", "nightly", op), Look()) == [line]


def test_a_job_is_done_and_its_ops_are_counted() -> None:
    job = step("nightly", assets=(), ops=(DONE, DONE), reasons=because("asked for"))
    assert step_line(job, Look()) == "✔ nightly  done   0.4s  asked for"
    assert summary_line(run(job), Look()) == "2 ops done in 3.2s"
    assert ops_tally((DONE, FAILED, SKIPPED)) == "1 op done, 1 failed, 1 skipped"


def test_what_of_a_failed_job_is_cut_off_stands_in_its_log() -> None:
    error = "\n".join(f"line {number}" for number in range(10_000))
    job = step("nightly", StepState.FAILED, assets=(), ops=(FAILED,), error=error, error_line="line 0")
    lines = failure_lines(run(job, status=RunStatus.FAILED), Look())
    assert "  all of it: dagx logs nightly" in lines


def test_a_plan_names_the_ops_of_a_job() -> None:
    job = PlannedStep("nightly", (), because("asked for"), True, None, ops=("fetch", "ship"))
    assert plan_lines(plan(job, total=1), Look())[0] == "  ↻  nightly  runs  asked for; 2 ops: fetch, ship"
    assert "ops" not in plan_lines(plan(planned("a", "never made")), Look())[0]
