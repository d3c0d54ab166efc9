"""SQLite files as inputs and outputs, by connections of a step and by one that is kept by a module."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing

import pytest
from shops import Shop

from dagx_engine.io import files

Project = Callable[[str], Shop]

KEPT = """
    -- definitions.py
    import dagx as dg
    import sqlite3

    CONNECTION = sqlite3.connect("data/shop.db", check_same_thread=False)

    @dg.asset
    def total():
        return CONNECTION.execute("select sum(a) from orders").fetchone()[0]

    @dg.asset
    def bystander():
        return 1
"""


@pytest.fixture(autouse=True)
def impatience(monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection that is open holds back what was written lately: two seconds are long here."""
    monkeypatch.setattr(files, "_QUIET_NS", 100_000_000)


def change(shop: Shop, statement: str = "insert into orders values (1)") -> None:
    with closing(sqlite3.connect(shop.root / "data/shop.db")) as connection, connection:
        connection.execute("create table if not exists orders (a)")
        connection.execute(statement)


def test_a_connection_that_a_module_keeps_is_an_input_of_who_uses_it(project: Project) -> None:
    shop = project(KEPT)
    (shop.root / "data").mkdir()
    change(shop)
    shop.run()
    assert shop.run() == {}
    change(shop)
    assert shop.run() == {"total": ["data/shop.db changed"]}
    assert shop.value("total") == "2"


def test_who_changes_a_database_is_not_made_stale_by_that_and_who_reads_it_is(project: Project) -> None:
    shop = project(
        KEPT.replace("def bystander():\n        return 1", "def filled():\n        FILL").replace(
            "FILL",
            "with CONNECTION: CONNECTION.execute('insert into orders values (1)')",
        )
    )
    shop.edit("definitions.py", "@dg.asset\ndef total", "@dg.asset(deps=['filled'])\ndef total")
    (shop.root / "data").mkdir()
    change(shop)
    shop.run()
    assert shop.value("total") == "2"
    assert shop.run() == {}
    assert shop.run("filled", force=True) == {"filled": ["forced"]}
    assert shop.run() == {"total": ["data/shop.db changed"]}
    assert shop.value("total") == "3"
