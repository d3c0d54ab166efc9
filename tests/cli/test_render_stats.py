"""What is said of costs: by `stats`, `show` and `runs RUN`."""

from __future__ import annotations

from dataclasses import replace

from handmade import NOW, asset, made, run, step

from dagx_cli.render.cost import cost_words
from dagx_cli.render.look import Look
from dagx_cli.render.runs import run_lines
from dagx_cli.render.show import show_lines
from dagx_cli.render.stats import stats_lines
from dagx_cli.render.text import cells
from dagx_engine.views import CostView, ShowView, StepState, UsualView
from dagx_engine.views.stats import SizeView, SpentView, StatsView

COST = CostView(2.0, 512_000_000, 1_200, None)
MONTH = 30 * 86400.0


def spent(name: str) -> SpentView:
    return SpentView(name, 12, 1, 9, 40, 2, 14.4, 3.0, 1.1, 1.2, COST, 512_000_000, 50.4)


def view(**more: object) -> StatsView:
    given: dict[str, object] = {
        "since": NOW - MONTH,
        "seconds": MONTH,
        "runs": 54,
        "executions": 12,
        "executed_seconds": 14.4,
        "cpu_seconds": 20.0,
        "saved_seconds": 11_520.0,
        "reused": 42,
        "slowest": (spent("orders"),),
        "largest": (SizeView("orders", 5_000, 10_000, 1), SizeView("daily", 900, None, 31)),
        "most_memory": (spent("orders"),),
        "most_rerun": (spent("orders"),),
        "most_saved": (spent("orders"),),
    }
    return StatsView(**(given | more))  # type: ignore[arg-type]  # fields of various types


def test_a_step_is_called_by_its_only_asset() -> None:
    prefixed = replace(spent("raw__orders"), assets=("raw/orders",))
    lines = stats_lines(
        view(slowest=(prefixed,), most_memory=(prefixed,), most_rerun=(prefixed,), most_saved=(prefixed,)),
        Look(),
    )
    assert sum("raw/orders" in line for line in lines) == 4
    assert not [line for line in lines if "raw__orders" in line]


def test_stats_begin_with_what_was_done_and_what_reuse_saved() -> None:
    assert stats_lines(view(), Look()) == [
        "54 runs in the last 30 days: 12 steps executed in 14.4s (20.0s of processor time)",
        "reuse saved 3h12m: 42 times a result was there already",
        "",
        "slowest",
        "  step    usually  cpu   last  most  in all",
        "  orders  1.2s     2.0s  1.1s  3.0s  14.4s in 12",
        "",
        "largest",
        "  asset   stored  rows",
        "  orders  5.0 kB  10,000",
        "  daily   900 B           31 partitions",
        "",
        "most memory",
        "  step    memory    read    wrote",
        "  orders  512.0 MB  1.2 kB",
        "",
        "most rerun",
        "  step    times  in all",
        "  orders  12     14.4s   9 came out unchanged, 1 failed",
        "",
        "saved by reuse",
        "  step    saved  usually",
        "  orders  50.4s  1.2s     fresh 40 times, put back 2 times",
    ]


def test_an_empty_history_gets_a_sentence_and_an_empty_table_nothing() -> None:
    nothing: dict[str, object] = {"slowest": (), "largest": (), "most_memory": (), "most_rerun": ()}
    empty = view(**nothing, most_saved=(), runs=0, executions=0, saved_seconds=0.0, seconds=3600.0)
    assert stats_lines(empty, Look()) == [
        "no run in the last hour: `dagx run` makes what there is to count; --since 52w looks further back"
    ]
    few = stats_lines(view(**nothing), Look())
    assert [line for line in few if line and line[0] != " "][2:] == ["saved by reuse"]


def test_no_line_of_stats_is_wider_than_the_terminal_or_has_an_escape_in_it() -> None:
    odd = spent("ev\x1b[2Jil" + "x" * 300)
    for width in (60, 80):
        lines = stats_lines(view(slowest=(odd,), most_saved=(odd,)), Look(width=width))[3:]
        assert all(cells(line) <= width for line in lines)
        assert not any("\x1b" in line for line in lines)


def test_costs_in_words_leave_out_what_is_not_known() -> None:
    assert cost_words(1.2, COST) == "1.2s, cpu 2.0s, memory 512.0 MB, read 1.2 kB"
    assert cost_words(1.2, None) == "1.2s"


def test_show_tells_the_last_cost_and_the_usual_one() -> None:
    usual = UsualView(1.0, 5, COST, 1.2, CostView(2.0, None, None, None))
    lines = show_lines(ShowView(asset("a"), made(), (), (), usual=usual), Look(), NOW)
    assert "  cost     1.2s, cpu 2.0s" in lines
    assert "  usually  1.0s, cpu 2.0s, memory 512.0 MB, read 1.2 kB (last 5 times)" in lines


def test_a_run_shows_its_steps_with_their_costs_but_not_what_was_fresh() -> None:
    ended = run(
        step("orders", attempt=1, cost=COST),
        step("bad", StepState.FAILED, attempt=1, error_line="ValueError: no"),
        step("later", StepState.SKIPPED, seconds=None),
        step("old", StepState.FRESH),
    )
    assert run_lines(ended, Look(), NOW)[1:] == [
        "",
        "     step             took  cpu   memory    read    wrote",
        "  ✔  orders  made     0.4s  2.0s  512.0 MB  1.2 kB",
        "  ✖  bad     failed   0.4s                                 ValueError: no",
        "  ⊘  later   skipped",
    ]
