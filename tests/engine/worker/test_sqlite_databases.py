"""SQLite databases are read by who uses a connection and changes nothing, and else written."""

from __future__ import annotations

import os
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from watching import Watched


@pytest.fixture(scope="module")
def heard() -> Iterator[Watched]:
    with tempfile.TemporaryDirectory() as folder:
        watched = Watched(Path(os.path.realpath(folder)))
        watched.listen()
        yield watched


@pytest.fixture
def watched(heard: Watched, monkeypatch: pytest.MonkeyPatch) -> Watched:
    monkeypatch.chdir(heard.root)
    for path in heard.root.glob("shop.db*"):
        path.unlink()
    with closing(sqlite3.connect("shop.db")) as connection, connection:
        connection.execute("create table orders (a)")
    return heard


def used(watched: Watched, action: Callable[[], object]) -> tuple[list[str], list[str]]:
    seen = watched.during(action)
    return watched.inside(seen.read), watched.inside(seen.written)


def query(database: Any, **options: Any) -> None:
    with closing(sqlite3.connect(database, **options)) as connection:
        connection.execute("select * from orders").fetchall()


def insert(connection: sqlite3.Connection) -> None:
    with connection:
        connection.execute("insert into orders values (1)")


@pytest.mark.parametrize("database", ["shop.db", Path("shop.db"), b"shop.db"])
def test_a_database_that_is_queried_is_read(watched: Watched, database: Any) -> None:
    assert used(watched, lambda: query(database)) == (["shop.db"], [])


def test_a_database_that_is_changed_is_written(watched: Watched) -> None:
    def change() -> None:
        query("shop.db")
        with closing(sqlite3.connect("shop.db")) as connection:
            insert(connection)

    assert used(watched, change) == ([], ["shop.db"])


@pytest.mark.parametrize(
    "name",
    ["file:shop.db?mode=ro", "file:shop.db?immutable=1", "file:{root}/shop.db?mode=ro", "file:shop%2Edb"],
)
def test_an_address_of_a_file_means_the_file(watched: Watched, name: str) -> None:
    address = name.format(root=watched.root)
    assert used(watched, lambda: query(address, uri=True)) == (["shop.db"], [])


@pytest.mark.parametrize("name", [":memory:", "", "file::memory:", "file:x?mode=memory&cache=shared"])
def test_a_database_in_memory_is_nowhere(watched: Watched, name: str) -> None:
    assert used(watched, lambda: sqlite3.connect(name, uri=True).close()) == ([], [])


def test_a_connection_that_was_made_before_counts_when_it_is_used(watched: Watched) -> None:
    """At import, or by a pool that keeps it from step to step."""
    with closing(sqlite3.connect("shop.db")) as connection:
        assert used(watched, lambda: None) == ([], [])
        assert used(watched, lambda: connection.cursor().execute("select 1 from orders").close()) == (
            ["shop.db"],
            [],
        )
        assert used(watched, lambda: insert(connection)) == ([], ["shop.db"])


def test_what_stands_in_the_log_beside_a_database_is_read_with_it(watched: Watched) -> None:
    with closing(sqlite3.connect("shop.db")) as writer:
        writer.execute("pragma journal_mode=wal")
        insert(writer)
        read, written = used(watched, lambda: query("shop.db"))
    assert (sorted(read), written) == (["shop.db", "shop.db-wal"], [])


@pytest.mark.filterwarnings("ignore:Passing more than 1 positional:DeprecationWarning")  # from Python 3.12 on
def test_connections_are_what_they_were(watched: Watched) -> None:
    class Own(sqlite3.Connection):
        def answer(self) -> int:
            return 42

    with (
        closing(sqlite3.connect("shop.db")) as plain,
        closing(sqlite3.connect(":memory:", factory=Own)) as own,
    ):
        assert isinstance(plain, sqlite3.Connection)
        assert type(plain).__name__ == "Connection"
        assert isinstance(own, Own)
        assert own.answer() == 42
        plain.backup(own)
    with closing(sqlite3.connect("shop.db", 5.0, 0, None, True, Own)) as by_position:
        assert isinstance(by_position, Own)
    with pytest.raises(sqlite3.OperationalError):
        sqlite3.connect("nowhere/shop.db")
    with pytest.raises(TypeError):
        sqlite3.connect()
