"""However workers are started, the same edits run the same steps for the same reasons under the same keys."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest
from world import World

pytestmark = pytest.mark.fat

FILES = {
    "definitions.py": """
        import os
        from functools import partial
        from pathlib import Path

        import dagx as dg
        from lib.shapes import Shape
        from lib.words import ALL, LIMIT, cleaned, registered

        @registered
        def shout(text):
            return text.upper()

        @dg.asset
        def words():
            return cleaned(Path("data/in.txt").read_text()).split()[:LIMIT]

        @dg.asset
        def shapes():
            return [shape.name for shape in Shape]

        @dg.asset
        def loud(words):
            return [each("".join(words)) for each in ALL]

        @dg.asset(deps=[shapes])
        def listed():
            return sorted(path.name for path in Path("data").iterdir())

        def scaled(factor):
            @dg.asset(name=f"times_{factor}")
            def times(words):
                return len(words) * factor
            return times

        numbers = [scaled(factor) for factor in (2, 3)]
    """,
    "lib/__init__.py": "",
    "lib/words.py": """
        from lib.letters import drop

        ALL = []
        LIMIT = 5

        def cleaned(text):
            return drop(text, "!")

        def registered(function):
            ALL.append(function)
            return function
    """,
    "lib/letters.py": """
        def drop(text, letter):
            return text.replace(letter, "")

        def unused():
            return 1
    """,
    "lib/shapes.py": """
        import enum

        class Shape(enum.Enum):
            ROUND = 1
            FLAT = 2
    """,
    "data/in.txt": "one two! three",
}

EDITS = [
    ("lib/letters.py", 'text.replace(letter, "")', 'text.replace(letter, "-")'),
    ("lib/letters.py", "return 1", "return 2"),
    ("lib/words.py", "LIMIT = 5", "LIMIT = 2"),
    ("lib/shapes.py", "FLAT = 2", "FLAT = '2'"),
    ("lib/shapes.py", "FLAT", "SQUARE"),
    ("definitions.py", "text.upper()", "text.title()"),
    ("definitions.py", "len(words) * factor", "len(words) * factor + 1"),
    ("definitions.py", "(2, 3)", "(2, 3, 4)"),
    ("data/in.txt", "three", "four"),
    ("data/in.txt", "four", "three"),
]


def test_both_ways_to_start_workers_give_the_same_answers(tmp_path: Path) -> None:
    answers = [_answers(World(tmp_path / isolation), isolation) for isolation in ("fork", "spawn")]
    assert answers[0] == answers[1]
    ran = [sorted(step for step, _, reasons in steps if reasons) for steps in answers[0][0]]
    assert ran[1:] == [
        ["loud", "times_2", "times_3", "words"],
        [],
        ["loud", "times_2", "times_3", "words"],
        ["shapes"],
        ["listed", "shapes"],
        ["loud"],
        ["times_2", "times_3"],
        ["times_4"],
        ["words"],
        [],
    ]


def _answers(world: World, isolation: str) -> tuple[list[list[Any]], list[tuple[str, str]]]:
    """What each run did with each step and why; and the key of each result."""
    world.isolate(isolation)
    for name, text in FILES.items():
        world.write(name, text)
    steps = [_ran(world)]
    for edit in EDITS:
        world.change(*edit)
        steps.append(_ran(world))
    with sqlite3.connect(world.root / ".dagx" / "state.db") as db:
        keys = db.execute("SELECT asset, manifest_key FROM materializations ORDER BY asset, id").fetchall()
    db.close()
    world.close()
    return steps, keys


def _ran(world: World) -> list[Any]:
    return sorted(
        (step["step"], step["state"], [(reason["part"], reason["text"]) for reason in step["reasons"]])
        for step in world.run().json["steps"]
    )
