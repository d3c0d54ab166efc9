"""Show, why, plan, runs, logs, doctor and errors, as people read them."""

from __future__ import annotations

from pathlib import PurePath

from handmade import NOW, asset, because, made, plan, planned, run, step

from dagx_cli.render.doctor import doctor_lines
from dagx_cli.render.look import Look
from dagx_cli.render.plan import plan_lines
from dagx_cli.render.problem import problem_lines
from dagx_cli.render.runs import logs_lines, runs_lines
from dagx_cli.render.show import show_lines
from dagx_cli.render.welcome import init_lines
from dagx_cli.render.why import why_lines
from dagx_engine.views import (
    AssetState,
    CauseView,
    CodeChange,
    DoctorLine,
    DoctorView,
    LogsView,
    MetadataRow,
    PlanView,
    ReasonView,
    RunStatus,
    ShowView,
    StepState,
    WhyView,
)


def test_show_says_what_was_made_and_where_it_is_stored() -> None:
    view = ShowView(
        asset=asset(
            "delays", group="clean", kinds=("polars",), upstream=("flights",), description="Mean delays."
        ),
        current=made(metadata=(MetadataRow("rows", "int", 336776),), preview="a  b\n1  2"),
        history=(made(), made(run_id="r0", made_at=NOW - 7200, data_version="beef")),
        manifest=(("code:assets:delays", "aa"),),
    )
    lines = show_lines(view, Look(), NOW)
    assert lines[:2] == ["✔ delays  fresh", "  Mean delays."]
    assert "  kinds     polars" in lines
    assert "  upstream  flights" in lines
    assert "  stored   .dagx/objects/ab/cdef (12.3 kB, parquet)" in lines
    assert any(
        line.startswith("  made     4m ago (") and line.endswith("took 1.2s, run r1") for line in lines
    )
    assert "  rows  336,776" in lines
    assert lines[lines.index("preview") + 1 :][:2] == ["  a  b", "  1  2"]
    assert lines[-1].startswith("  2h ago  1.2s  12.3 kB  beef")


def test_show_of_an_asset_that_was_never_made_says_how_to_make_it() -> None:
    lines = show_lines(ShowView(asset("delays", AssetState.MISSING), None, (), ()), Look(), NOW)
    assert lines[-1] == "nothing is made yet: `dagx run delays` makes it"


def test_a_failed_asset_is_shown_with_its_whole_error() -> None:
    text = "Traceback\n" + "  deep\n" * 100 + "ValueError: bad"
    failed = asset("a", AssetState.FAILED, error="ValueError: bad")
    lines = show_lines(ShowView(failed, None, (), (), text), Look(), NOW)
    at = lines.index("error of the last attempt")
    assert lines[at + 1 : at + 103] == ["  Traceback", *["    deep"] * 100, "  ValueError: bad"]
    assert not any(line.startswith("  error") for line in lines)


def test_a_preview_is_cut_at_its_end() -> None:
    view = ShowView(asset("a"), made(preview="\n".join(map(str, range(100)))), (), ())
    assert show_lines(view, Look(), NOW)[-3:] == ["  22", "  23", "  …"]


def test_metadata_is_shown_whatever_it_is() -> None:
    rows = tuple(
        MetadataRow(str(number), "json", value)
        for number, value in enumerate([True, None, 1.5, [1, "a"], {"k": {"x": 1}}, "two\nlines"])
    )
    lines = show_lines(ShowView(asset("a"), made(metadata=rows), (), ()), Look(), NOW)
    start = lines.index("metadata") + 1
    assert lines[start : start + 6] == [
        "  0  True",
        "  1  None",
        "  2  1.5",
        "  3  1, a",
        "  4  k: x: 1",
        "  5  two lines",
    ]


def test_why_leads_from_the_verdict_to_the_root_cause() -> None:
    view = WhyView(
        asset=asset("report", AssetState.UPSTREAM_STALE),
        verdict="upstream stale: delays will run",
        reasons=(ReasonView("input:delays", "delays will be made anew"),),
        chain=(
            CauseView("delays", 1, "report", AssetState.UPSTREAM_STALE, (), root=False),
            CauseView(
                "flights",
                2,
                "delays",
                AssetState.STALE,
                (
                    ReasonView(
                        "code:clean:flights",
                        "code of flights changed (clean.py:12)",
                        code=CodeChange("clean.py:12", "a\nb", "a\nc", ("  a", "- b", "+ c")),
                    ),
                    ReasonView("input:raw", "new data in raw", detail="3 → 5 rows"),
                ),
                root=True,
            ),
        ),
        depends_on=(),
    )
    assert why_lines(view, Look()) == [
        "↻ report  upstream stale: delays will run",
        "  delays will be made anew",
        "",
        "because upstream",
        "  ← delays  upstream stale",
        "    ← flights  code of flights changed (clean.py:12)",
        "            a",
        "          - b",
        "          + c",
        "      new data in raw",
        "        3 → 5 rows",
    ]


def test_a_long_difference_is_cut_short_unless_all_of_it_is_asked_for() -> None:
    diff = tuple(f"+ line {number}" for number in range(40))
    reason = ReasonView("code:m:f", "code of f changed (m.py:1)", code=CodeChange("m.py:1", "", "x", diff))
    view = WhyView(asset("a", AssetState.STALE), "stale", (reason,), (), ())
    lines = why_lines(view, Look())
    assert lines[-2:] == ["      + line 11", "      and 28 more lines"]
    assert why_lines(view, Look(), everything=True)[-1] == "      + line 39"


def test_a_difference_of_nothing_but_the_form_says_so() -> None:
    reason = ReasonView("code:m:f", "code of f changed (m.py:1)", code=CodeChange("m.py:1", "x", "x", ()))
    view = WhyView(asset("a", AssetState.STALE), "stale", (reason,), (), ())
    assert why_lines(view, Look())[-1] == "      its text is the same; the form that counts is another"


def test_many_root_causes_are_counted() -> None:
    chain = tuple(
        CauseView(f"up{n}", 1, "a", AssetState.STALE, (ReasonView("file:x", f"{n}.csv changed"),), root=True)
        for n in range(20)
    )
    view = WhyView(asset("a", AssetState.UPSTREAM_STALE), "upstream stale", (), chain, ())
    assert why_lines(view, Look())[-2:] == ["  ← up7  7.csv changed", "  and 12 more: --all names them"]
    assert why_lines(view, Look(), everything=True)[-1] == "  ← up19  19.csv changed"


def test_why_of_a_fresh_asset_says_what_it_rests_on() -> None:
    view = WhyView(
        asset("a"),
        "fresh: nothing it depends on changed",
        (),
        (),
        (("code:a:f", "f (a.py:3)"), ("python", "3.12")),
        (("code", "1 unit in 1 file: a.py (1)"),),
    )
    assert why_lines(view, Look())[2:] == ["it rests on", "  code  1 unit in 1 file: a.py (1)"]
    whole = why_lines(view, Look(), everything=True)
    assert whole[2:] == ["it rests on", "  code:a:f  f (a.py:3)", "  python    3.12"]


def test_why_of_a_failed_asset_says_when_it_is_tried_again() -> None:
    notes = ("it failed 2 minutes ago, in run ab; its log: dagx logs ab", "it is tried again when ...")
    view = WhyView(asset("a", AssetState.FAILED), "failed: boom", (), (), (), notes=notes)
    assert why_lines(view, Look())[1:] == [f"  {note}" for note in notes]


def test_a_plan_ends_with_how_much_and_how_long() -> None:
    view = plan(
        planned("flights", "code of flights changed (clean.py:12)", seconds=3.0),
        planned("delays", "flights may change", certain=False, seconds=1.0),
        planned("report", certain=False),
    )
    assert plan_lines(view, Look()) == [
        "  ↻  flights  runs     3.0s  code of flights changed (clean.py:12)",
        "  ↻  delays   may run  1.0s  flights may change",
        "  ↻  report   may run",
        "",
        "3 of 14 steps would run, 2 of them only if something new comes from upstream, about 3.0s to 4.0s",
    ]


def test_a_plan_without_history_says_no_time() -> None:
    assert plan_lines(plan(planned("a", "never made")), Look())[-1] == "1 of 14 steps would run"


def test_an_empty_plan_is_one_line() -> None:
    assert plan_lines(plan(), Look()) == ["nothing to do: 14 steps looked at, all are fresh"]
    assert plan_lines(PlanView((), 1, 14), Look()) == ["nothing to do: 1 step looked at, it is fresh"]
    assert plan_lines(PlanView((), 0, 14), Look()) == ["nothing to do: no steps selected"]


def test_runs_are_a_line_each() -> None:
    runs = [
        run(
            step("a"), step("b", StepState.FAILED), status=RunStatus.FAILED, run_id="r2", selection="+report"
        ),
        run(step("a", StepState.FRESH), run_id="r1", cause="save assets.py"),
    ]
    assert runs_lines(runs, Look(), NOW) == [
        "✖  r2  failed     1m ago  3.2s  +report     1 made, 1 failed        you",
        "✔  r1  succeeded  1m ago  3.2s  everything  nothing to do, 1 fresh  save assets.py",
    ]
    assert runs_lines([], Look(), NOW) == ["no runs yet: `dagx run` makes the first"]


def test_logs_of_several_steps_stand_under_their_names() -> None:
    assert logs_lines(LogsView("r1", (("a", "one\n\x1b[2Jtwo\n"), ("b", " \n"), ("c", "three"))), Look()) == [
        "== a ==",
        "one",
        "two",
        "",
        "== c ==",
        "three",
    ]
    assert logs_lines(LogsView("r1", (("a", "one\n"),)), Look()) == ["one"]
    assert logs_lines(LogsView("r1", ()), Look()) == ["run r1: its steps wrote nothing"]
    assert logs_lines(LogsView("r1", (("a", ""),)), Look()) == ["run r1: a wrote nothing"]


def test_doctor_gives_the_way_out_of_what_is_wrong() -> None:
    view = DoctorView(
        (DoctorLine(True, "project", "demo\nin /demo"), DoctorLine(False, "python", "gone", "install it"))
    )
    assert doctor_lines(view, Look()) == [
        "✔ project  demo",
        "           in /demo",
        "✖ python   gone",
        "           hint: install it",
        "",
        "1 of 2 needs attention",
    ]
    assert doctor_lines(DoctorView(()), Look()) == ["", "all is well"]


def test_an_error_is_a_message_and_its_way_out() -> None:
    message = 'orders.py:12: asset "daily_ordrs" is not defined\nneeded by "revenue"'
    assert problem_lines(message, 'did you mean "daily_orders"?', Look()) == [
        'error: orders.py:12: asset "daily_ordrs" is not defined',
        '  needed by "revenue"',
        '  hint: did you mean "daily_orders"?',
    ]
    assert problem_lines("", None, Look()) == ["error: "]


def test_a_message_that_is_indented_already_stays_as_it_is() -> None:
    assert problem_lines("a.py:2: invalid syntax\n  def (\n      ^", None, Look(), "warning") == [
        "warning: a.py:2: invalid syntax",
        "  def (",
        "      ^",
    ]


def test_reasons_beyond_the_first_are_counted() -> None:
    two = (*because("one"), *because("two"))
    view = plan(planned("a"))
    view = PlanView((type(view.steps[0])("a", ("a",), two, True, None),), 1, 1)
    assert plan_lines(view, Look())[0] == "  ↻  a  runs  one (and 1 more)"


def test_init_says_what_to_type_next() -> None:
    files = [PurePath("demo/definitions.py")]
    assert init_lines(files, PurePath("demo"), Look(ascii=True)) == [
        "+ demo/definitions.py",
        "",
        "next: cd demo && dagx dev --run",
    ]
    assert init_lines([], PurePath(), Look())[-1] == "next: dagx dev --run"
