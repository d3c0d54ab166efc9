"""Steps whose output is their input: the result is kept, and never taken for what is there. Case 93."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from shops import Shop

Project = Callable[[str], Shop]

COUNTS = """
    -- definitions.py
    import dagx as dg
    import sqlite3
    from pathlib import Path

    @dg.asset
    def made():
        path = Path("data/count.txt")
        BODY

    @dg.asset
    def after(made):
        return made
"""
WORDS = "not all that it reads can be seen: it rewrites data/count.txt"


def counting(project: Project, body: str) -> Shop:
    shop = project(COUNTS.replace("BODY", body))
    shop.write("data/count.txt", "1")
    return shop


@pytest.mark.parametrize(
    "body",
    [
        "return path.write_text(path.read_text() + '1')",
        "with path.open('r+') as stream: return stream.write(stream.read() + '1')",
    ],
)
def test_a_file_that_is_read_and_then_written_is_no_input_to_trust(project: Project, body: str) -> None:
    shop = counting(project, body)
    shop.run()
    before = shop.value("made")
    (reason,) = shop.why("made").reasons
    assert reason.text == WORDS
    assert (
        reason.detail
        == "what it made is its own input: let it write another file, or make what it reads an asset"
    )
    assert shop.value("after") == before  # it is kept, and what is downstream is made from it
    assert shop.run() == {"made": [WORDS], "after": ["new data in made"]}
    assert int(shop.value("made")) > int(before)


@pytest.mark.parametrize(
    "body",
    [
        "return [path.write_text('1'), path.read_text()]",
        "with path.open('a') as stream: return stream.write('1')",
        "return Path('data/other.txt').write_text(path.read_text())",
        "path.rename('data/moved.txt')",
        "cache = Path('.cache/x'); cache.parent.mkdir(exist_ok=True); cache.touch();"
        " return cache.write_text(cache.read_text())",
    ],
    ids=["own", "append", "another", "renamed", "cache"],
)
def test_what_is_read_and_written_without_that_is_as_ever(project: Project, body: str) -> None:
    shop = counting(project, body)
    shop.run()
    assert shop.run() == {}


def test_a_database_that_is_changed_is_the_output_alone(project: Project) -> None:
    """It has many tables: what is read of it need not be what is written."""
    shop = counting(project, "return 1")
    shop.edit(
        "definitions.py",
        "return 1",
        """connection = sqlite3.connect("data/shop.db")
    with connection:
        connection.execute("create table if not exists a (b)")
        connection.execute("insert into a values (1)")
    connection.close()""",
    )
    shop.run()
    assert shop.run() == {}
