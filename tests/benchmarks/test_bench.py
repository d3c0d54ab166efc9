"""The benchmarks' own logic: the graph, what tools printed, rounds in turn, and the text that comes of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from bench.figures import Budget, Figures, NotMeasured, Row
from bench.graph import Graph
from bench.kept import keep, kept, renewed
from bench.machine import Machine
from bench.processes import Broken, last_line, run
from bench.report import page, row_lines
from bench.taking import Contender, expect, take
from bench.tools.dagx import dagx
from bench.tools.ninja import ninja
from bench.tools.snakemake import snakemake

MACHINE = Machine(
    "A processor",
    2,
    24,
    "Linux 6.18, Debian",
    "ext4",
    0.1,
    "2026-01-01",
    "abc1234",
    "the binary",
    "3.11.7",
    (),
)


def figures(
    who: str, *values: float, size: int = 1000, budget: Budget | None = None, unit: str = "ms"
) -> Figures:
    return Figures(who, f"`{who}`", size, unit, values, budget=budget)


def text(*results: Figures | NotMeasured, other_work: float = 0.0) -> str:
    return "\n".join(row_lines(Row("status", "a tree", results, other_work=other_work, load=2.0)))


def test_an_edit_of_a_source_reaches_thirty_nodes_in_a_graph_of_any_size() -> None:
    assert [Graph(size).edited for size in (50, 100, 1000)] == [30, 30, 30]


def test_nodes_need_only_nodes_of_the_layer_before() -> None:
    graph = Graph(100)
    for node in graph.nodes:
        assert {one // graph.width for one in graph.needs(node)} <= {node // graph.width - 1}
    assert sorted(node for nodes in graph.files for node in nodes) == list(graph.nodes)


@pytest.mark.parametrize(
    ("printed", "steps"),
    [
        ("nothing to do: 10,000 assets are fresh", 0),
        ("✔ a0  made  1ms\n1,000 made, 20 unchanged, 0 failed, 70 fresh in 1.3s", 1020),
        ("999 made, 0 unchanged, 1 failed in 1.3s", -1),
        ("a traceback", -1),
    ],
)
def test_the_steps_of_a_dagx_run_are_read_from_its_last_line(printed: str, steps: int) -> None:
    assert dagx("dagx", "python").ran(printed) == steps


def test_the_steps_of_other_tools_are_read_from_what_they_print() -> None:
    assert ninja("ninja").ran("[1/2] cat\n[2/2] cat") == 2
    assert ninja("ninja").ran("ninja: no work to do.") == 0
    assert snakemake("snakemake").ran("31 of 31 steps (100%) done") == 30


def test_tools_take_turns_and_the_first_round_only_warms(tmp_path: Path) -> None:
    turns: list[str] = []

    def once(who: str) -> float:
        turns.append(who)
        return float(len(turns))

    contenders = [Contender(who, who, 10, "ms", lambda who=who: once(who)) for who in "ab"]  # type: ignore[misc]
    row = take("row", "work", contenders, rounds=2)
    assert turns == ["a", "b", "a", "b", "a", "b"]
    assert [one.values for one in row.figures] == [(3.0, 5.0), (4.0, 6.0)]


def test_what_does_not_do_its_work_has_no_figure_but_a_reason() -> None:
    def once() -> float:
        expect(3, 0, "steps of a run of fresh assets")
        return 1.0

    row = take("row", "work", [Contender("dagx", "`dagx run`", 10, "ms", once)], rounds=2)
    assert row.results == (
        NotMeasured("dagx", "`dagx run`", 10, "steps of a run of fresh assets: 3 instead of 0"),
    )


def test_a_command_that_fails_says_how(tmp_path: Path) -> None:
    with pytest.raises(Broken, match=r"ended with code 3: no such thing"):
        run(["/bin/sh", "-c", "echo no such thing; exit 3"], tmp_path, {})
    assert last_line("\n \n") == "it printed nothing"


def test_a_row_shows_the_median_its_spread_and_the_ratio_to_dagx() -> None:
    shown = text(figures("dagx", 10, 30, 20), figures("ninja", 5, 5, 5), figures("doit", 100, size=50))
    assert "| dagx | `dagx` | 1,000 | 20.0 ms | 10.0 – 30.0 | 3 |  |  |" in shown
    assert "| ninja | `ninja` | 1,000 | 5.00 ms | 5.00 – 5.00 | 3 | 0.25 × |  |" in shown
    assert "| doit | `doit` | 50 | 100 ms |  | 1 |  |  |" in shown, "no ratio between different sizes"


def test_a_budget_is_met_or_missed_by_so_much() -> None:
    assert "≤ 100 ms: met, 50% of it" in text(figures("dagx", 50, budget=Budget(100, "ms")))
    assert "≤ 100 ms: **missed, 2.5 times it**" in text(figures("dagx", 250, budget=Budget(100, "ms")))
    rate = Budget(8, "GiB/s", at_least=True)
    assert "≥ 8.00 GiB/s: met" in text(figures("dagx", 9, budget=rate))
    assert "≥ 8.00 GiB/s: **missed: 0.75 of it**" in text(figures("dagx", 6, budget=rate))


def test_what_was_not_measured_says_why_and_what_was_disturbed_says_so() -> None:
    assert "not measured: too slow" in text(NotMeasured("DVC", "`dvc status`", 1000, "too slow"))
    assert "**Disturbed**: other work took 1.2 cores" in text(figures("dagx", 1), other_work=1.2)
    assert "Disturbed" not in text(figures("dagx", 1), other_work=0.1)


def test_the_page_begins_with_the_budgets_and_shows_how_cost_grows() -> None:
    grown = (figures("dagx", 10, size=1000), figures("dagx", 120, size=10_000, budget=Budget(150, "ms")))
    shown = page(
        MACHINE, [Row("status", "a tree", (*grown, figures("ninja", 4)))], "What it shows.", "make bench"
    )
    assert "| status | `dagx`, 10,000 assets | ≤ 150 ms | 120 ms | met, 80% of it |" in shown
    assert "| 10,000 | 120 ms (12.0 ×) |" in shown
    assert "What it shows." in shown
    assert "Load average 0.1 when it began." in shown


def test_rows_are_kept_as_they_were_and_those_taken_later_say_so(tmp_path: Path) -> None:
    row = Row(
        "status",
        "a tree",
        (figures("dagx", 1, 2, budget=Budget(3, "ms")), NotMeasured("DVC", "it", 10, "slow")),
    )
    other = Row("start", "the process", (figures("dagx", 5),), notes=("a note",))
    keep(tmp_path / "kept.json", MACHINE, [row, other])
    assert kept(tmp_path / "kept.json") == (MACHINE, [row, other])
    first, second = renewed([row, other], [Row("start", "the process", (figures("dagx", 4),))])
    assert first == row
    assert (second.figures[0].values, second.notes) == ((4,), ("Taken later than the other rows, alone.",))
