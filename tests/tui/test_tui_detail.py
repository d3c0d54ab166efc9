"""What the detail pane says of an asset beside how it stands."""

from __future__ import annotations

from tui_fake import asset

from dagx_engine.views import (
    AcceptedView,
    AssetState,
    AssetView,
    CostView,
    PartitionsView,
    RemarkView,
    ShowView,
    UsualView,
    WhyView,
)
from dagx_tui.asset_row import Facts
from dagx_tui.detail import detail_lines, remark_lines
from dagx_tui.lines import text_of
from dagx_tui.looks import Looks
from dagx_tui.texts import why_lines

LOOKS = Looks()
NETWORK = RemarkView(
    "a", "network", "a reads the network (db:5432)", "dagx run --force a when it has changed"
)


def told(of: AssetView, show: ShowView | None = None, width: int = 60) -> str:
    return text_of(detail_lines(Facts(of, of.state), [], [], show, width, LOOKS))


def test_declared_files_are_listed_one_a_line() -> None:
    text = told(asset("a", declared_inputs=("data/*.csv", "rates/")))
    assert " files    data/*.csv (declared)\n          rates/ (declared)\n" in text


def test_of_many_declared_files_the_first_are_named_and_the_rest_counted() -> None:
    text = told(asset("a", declared_inputs=tuple(f"data/{n}.csv" for n in range(1_200))))
    assert "data/5.csv (declared)" in text
    assert "data/6.csv" not in text
    assert "and 1,194 more" in text


def test_what_was_accepted_and_the_pools_and_partitions_are_told() -> None:
    counts = PartitionsView(365, 360, 2, 5, "2024-01-01", "2024-12-30", "2024-12-25", {})
    text = told(
        asset(
            "a",
            accepted=(AcceptedView("code:a", "code of a changed (a.py:3)", 1.0),),
            pools={"db": 2, "disk": None},
            partitions="daily from 2024-01-01",
            partition_counts=counts,
        )
    )
    assert " accepted code of a changed (a.py:3)\n" in text
    assert " pools    db (2 at a time), disk (no limit)" in text
    assert " parts    360 of 365 made, 2 stale · daily from 2024-01-01\n" in text


def test_a_remark_is_told_with_the_way_out_once_it_is_known() -> None:
    a = asset("a")
    assert "network" not in told(a)
    text = told(a, ShowView(a, None, (), (), remarks=(NETWORK,)))
    assert " ! a reads the network (db:5432)\n   dagx run --force a when it has changed\n" in text
    assert "network" not in told(asset("b"), ShowView(a, None, (), (), remarks=(NETWORK,)))


def test_why_tells_it_too() -> None:
    why = WhyView(asset("a"), "fresh", (), (), (), remarks=(NETWORK,))
    assert "! a reads the network (db:5432)" in text_of(why_lines(why, 60, LOOKS))


def test_of_many_remarks_the_first_are_told_and_the_rest_counted() -> None:
    text = text_of(remark_lines([NETWORK] * 40, 60, LOOKS))
    assert text.count("! a reads") == 5
    assert "and 35 more: dagx doctor names them" in text


def test_what_a_step_cost_is_told_also_where_nothing_is_stored() -> None:
    a = asset("a", AssetState.FAILED, error="KeyError")
    cost = CostView(2.1, 512_000_000, None, None)
    text = told(a, ShowView(a, None, (), (), usual=UsualView(1.5, 5, cost, 1.1, cost)))
    assert " cost     cpu 2.1s · memory 512 MB · usually 1.5s\n" in text + "\n"


def test_remarks_fit_however_narrow_it_is() -> None:
    for width in (4, 24, 60):
        lines = text_of(remark_lines([NETWORK] * 7, width, LOOKS)).splitlines()
        assert all(len(line) <= max(width, 4) for line in lines[:-1])
