"""A step that reads what another one writes, with no edge between them, is told of it and how to give it one."""

from __future__ import annotations

import sys
from collections.abc import Callable

import pytest
from shops import Shop

from dagx_engine import api

Project = Callable[[str], Shop]

SHOP = """
    -- definitions.py
    import dagx as dg
    import os
    from pathlib import Path

    @dg.asset
    def orders():
        Path("out/orders.csv").write_text("1,2")

    @dg.asset
    def between(orders):
        return 1

    @dg.asset(DEPS)
    def report(PARAMETERS):
        return BODY
"""
READS = "report reads out/orders.csv, which orders writes, and does not depend on orders"


def reporting(project: Project, body: str, deps: str = "", parameters: str = "") -> Shop:
    text = SHOP.replace("BODY", body).replace("DEPS", deps).replace("PARAMETERS", parameters)
    shop = project(text)
    (shop.root / "out").mkdir()
    return shop


def told(shop: Shop, asset: str = "report") -> list[str]:
    return [remark.text for remark in shop.why(asset).remarks]


def test_the_run_says_what_is_read_without_an_edge_and_the_edge_ends_it(project: Project) -> None:
    shop = reporting(project, "Path('out/orders.csv').read_text()", "name='report'")
    shop.run("orders")
    run = shop.execute("report")
    assert [remark.text for remark in run.remarks] == [READS]
    assert 'deps=["orders"]' in run.remarks[0].hint
    assert told(shop) == [READS]
    assert told(shop, "orders") == [READS]
    assert told(shop, "between") == []
    assert shop.execute().remarks == ()  # nothing was executed
    shop.edit("definitions.py", "name='report'", 'deps=["orders"]')
    assert told(shop) == []
    assert shop.execute().remarks == ()


def test_it_is_said_also_when_the_writer_comes_second(project: Project) -> None:
    shop = reporting(project, "os.path.exists('out/orders.csv')")
    shop.run("report")
    assert shop.execute("orders").remarks[0].text == READS.replace("reads", "looks for")


@pytest.mark.parametrize("deps", ["deps=['orders']", "deps=['between']"])
def test_an_edge_is_one_at_any_distance(project: Project, deps: str) -> None:
    shop = reporting(project, "Path('out/orders.csv').read_text()", deps)
    assert shop.execute().remarks == ()
    assert told(shop) == []


def test_a_parameter_is_an_edge(project: Project) -> None:
    shop = reporting(project, "Path('out/orders.csv').read_text()", parameters="between")
    assert shop.execute().remarks == ()


def test_who_lists_a_folder_reads_what_is_written_into_it(project: Project) -> None:
    shop = reporting(project, "sorted(os.listdir('out'))")
    shop.execute()
    assert told(shop) == [
        "report lists out, where out/orders.csv is, which orders writes, and does not depend on orders"
    ]


def test_who_declares_the_file_reads_it_too(project: Project) -> None:
    shop = reporting(project, "1", "inputs=['out/*.csv']")
    shop.run("orders")
    shop.run("report")
    assert told(shop) == [READS]


def test_two_that_need_each_other_are_told_to_part(project: Project) -> None:
    shop = reporting(project, "Path('out/orders.csv').read_text()")
    shop.write("out/orders.csv", "0")
    shop.edit("definitions.py", "def orders():", "def orders(report):")
    shop.execute()
    assert [remark.hint for remark in shop.why("report").remarks] == [
        "orders needs report in turn: let one of them write another file"
    ]


def test_a_check_is_told_by_its_own_word(project: Project) -> None:
    shop = reporting(project, "1")
    shop.write(
        "definitions.py",
        shop.read("definitions.py")
        + """
@dg.asset_check(asset="report")
def sound():
    return dg.AssetCheckResult(passed=bool(Path("out/orders.csv").read_text()))
""",
    )
    shop.run("orders")
    (remark,) = shop.execute("report").remarks
    assert remark.text.startswith("report:sound reads out/orders.csv")
    assert 'additional_deps=["orders"]' in remark.hint


def test_a_file_that_is_not_made_here_any_more_is_nobodys(project: Project) -> None:
    shop = reporting(project, "Path('out/orders.csv').read_text()", "deps=[]")
    shop.run("orders")
    shop.run("report")
    assert told(shop) == [READS]
    shop.edit("definitions.py", "@dg.asset\ndef orders():", "def old():")
    shop.write("definitions.py", shop.read("definitions.py") + '\nlanding = dg.AssetSpec("orders")\n')
    assert told(shop) == []


def test_doctor_tells_of_all_of_them(project: Project) -> None:
    shop = reporting(project, "Path('out/orders.csv').read_text()")
    shop.run("orders")
    shop.run("report")
    lines = [
        line for line in api.doctor(shop.root, python=sys.executable).lines if line.name == "missing edge"
    ]
    assert [(line.ok, line.text) for line in lines] == [(False, READS)]


def test_who_lists_what_many_write_is_told_of_a_few(project: Project) -> None:
    many = "".join(
        f"\n@dg.asset\ndef w{number}():\n    Path('out/{number}.csv').write_text('1')\n"
        for number in range(9)
    )
    shop = reporting(project, "sorted(os.listdir('out'))", "deps=['orders']")
    shop.write("definitions.py", shop.read("definitions.py") + many)
    shop.execute()
    words = told(shop)
    assert len(words) == 5
    assert words[-1].endswith("does not depend on w4; so it is with 4 more assets")
