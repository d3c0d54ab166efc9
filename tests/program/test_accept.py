"""`dagx accept`: an edit that changes nothing runs nothing, is told by `why`, and can be taken back."""

from __future__ import annotations

import contextlib
import os
import subprocess

import pytest
from world import PATIENCE, World, environment, program

pytestmark = pytest.mark.fat

PROJECT = """
    import dagx as dg
    from lib import clean

    @dg.asset
    def numbers():
        return [1, 2, 3]

    @dg.asset
    def total(numbers):
        return clean(sum(numbers))

    @dg.asset
    def words(total):
        return str(total)
"""
LIB = "def clean(x):\n    return x\n"
TIDIED = "def clean(x):\n    result = x\n    return result\n"


@pytest.fixture
def made(world: World) -> World:
    """All of it is made, and then a helper was tidied up."""
    world.write("definitions.py", PROJECT)
    world.write("lib.py", LIB)
    world.run()
    world.write("lib.py", TIDIED)
    return world


def reasons(world: World, asset: str) -> list[str]:
    return [reason["text"] for reason in world.dagx("why", asset, "--json").json["reasons"]]


def test_an_accepted_edit_runs_nothing_and_is_told(made: World) -> None:
    assert made.status() == {"numbers": "fresh", "total": "stale", "words": "upstream stale"}
    said = made.dagx("accept", "total")
    assert (said.code, said.err) == (0, "")
    assert "code of clean changed (lib.py:1)" in said.out
    assert set(made.status().values()) == {"fresh"}
    assert "accepted: code of clean changed (lib.py:1)" in made.dagx("status").out
    why = made.dagx("why", "total").out
    assert "fresh: what changed was accepted" in why
    assert "accepted on 2" in why
    assert made.made() == []
    (accepted,) = made.dagx("why", "total", "--json").json["asset"]["accepted"]
    assert accepted["part"] == "code:lib:clean"


def test_a_further_edit_makes_it_stale_again_with_that_difference_alone(made: World) -> None:
    made.dagx("accept", "total")
    made.change("definitions.py", "clean(sum(numbers))", "clean(sum(numbers) * 2)")
    assert reasons(made, "total") == ["code of total changed (definitions.py:9)"]
    assert made.made() == ["total", "words"]


def test_going_back_to_the_old_code_is_fresh_and_needs_no_acceptance(made: World) -> None:
    made.dagx("accept", "total")
    made.write("lib.py", LIB)
    view = made.dagx("why", "total", "--json").json["asset"]
    assert (view["state"], view["accepted"]) == ("fresh", [])
    made.write("lib.py", TIDIED)
    assert set(made.status().values()) == {"fresh"}


def test_what_was_accepted_can_be_taken_back(made: World) -> None:
    made.dagx("accept", "total")
    assert made.dagx("accept", "total", "--undo").code == 0
    assert reasons(made, "total") == ["code of clean changed (lib.py:1)"]
    again = made.dagx("accept", "total", "--undo")
    assert (again.code, "nothing was accepted" in again.err) == (2, True)
    assert made.run().states == {"numbers": "fresh", "total": "unchanged", "words": "fresh"}


def test_what_was_made_since_is_preferred_to_what_was_accepted(made: World) -> None:
    made.dagx("accept", "total")
    assert made.run("--force", "total").states == {"total": "unchanged"}
    assert made.dagx("why", "total", "--json").json["asset"]["accepted"] == []


def test_an_accepted_result_is_put_back_as_accepted(made: World) -> None:
    made.dagx("accept", "total")
    made.write("lib.py", "def clean(x):\n    return -x\n")
    assert made.made() == ["total", "words"]
    made.write("lib.py", TIDIED)
    assert made.run().states["total"] == "restored"
    (accepted,) = made.dagx("why", "total", "--json").json["asset"]["accepted"]
    assert accepted["part"] == "code:lib:clean"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["numbers"], "numbers: it is fresh"),
        (["words"], "upstream total is not fresh"),
        (["nothing"], "nothing"),
    ],
)
def test_where_there_is_nothing_to_accept_that_is_said(made: World, arguments: list[str], words: str) -> None:
    said = made.dagx("accept", *arguments)
    assert (said.code, said.out) == (2, "")
    assert words in said.err


def test_what_was_never_made_or_failed_cannot_be_accepted(made: World) -> None:
    made.write("definitions.py", PROJECT + "\n    @dg.asset\n    def new():\n        return 1\n")
    assert "new: it was never made" in made.dagx("accept", "new").err
    made.write("lib.py", "def clean(x):\n    raise ValueError('no')\n")
    made.run()
    said = made.dagx("accept", "total")
    assert (
        said.code,
        "total: its last attempt, from what is there now, failed: ValueError: no" in said.err,
    ) == (
        2,
        True,
    )


def test_data_is_not_code_unless_that_is_said(world: World) -> None:
    world.write("in.txt", "one")
    world.write(
        "definitions.py",
        """
        import dagx as dg
        from pathlib import Path

        @dg.asset
        def read():
            return Path("in.txt").read_text()
        """,
    )
    world.run()
    world.write("in.txt", "two")
    said = world.dagx("accept", "read")
    assert said.code == 2
    assert "read: in.txt changed: that is data, not code" in said.err
    assert "dagx accept --data" in said.err
    assert world.dagx("accept", "read", "--data").code == 0
    assert world.made() == []
    world.write("in.txt", "three")
    assert world.made() == ["read"]


def test_several_are_listed_and_need_a_yes(made: World) -> None:
    made.change("definitions.py", "str(total)", "str(int(total))")
    said = made.dagx("accept", "state:stale")
    assert said.code == 2
    assert "say --yes" in said.err
    assert "code of words changed (definitions.py:13)" in said.err
    assert made.status()["words"] == "stale"
    done = made.dagx("accept", "state:stale", "--yes", "--json").json
    assert [asset["key"] for asset in done["assets"]] == ["total", "words"]
    assert made.made() == []


@pytest.mark.parametrize(
    ("answer", "code", "state"), [("y", 0, "fresh"), ("n", 1, "stale"), ("", 1, "stale")]
)
def test_at_a_terminal_a_person_is_asked(made: World, answer: str, code: int, state: str) -> None:
    made.change("definitions.py", "str(total)", "str(int(total))")
    ours, theirs = os.openpty()
    environ = {**environment(), "TERM": "xterm"}
    process = subprocess.Popen(
        [program(), "accept", "total", "words"],
        cwd=made.root,
        env=environ,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    said = b""
    while b"accept it? [y/N]" not in said:
        said += os.read(ours, 4096)
    assert b"code of words changed (definitions.py:13)" in said
    os.write(ours, f"{answer}\n".encode())
    with contextlib.suppress(OSError):  # it ended, and its terminal with it
        while os.read(ours, 4096):
            pass
    os.close(ours)
    assert process.wait(PATIENCE) == code
    assert made.status()["words"] == state


def test_what_is_left_out_of_several_is_told_and_ends_with_2(made: World) -> None:
    made.write("definitions.py", PROJECT + "\n    @dg.asset\n    def new():\n        return 1\n")
    said = made.dagx("accept", "total", "new", "--yes")
    assert (said.code, said.err) == (2, "")
    assert "new: it was never made" in said.out
    assert made.status()["total"] == "fresh"


def test_all_stale_partitions_are_accepted_or_those_that_are_given(world: World) -> None:
    world.write(
        "definitions.py",
        """
        import dagx as dg

        def size(key):
            return len(key)

        @dg.asset(partitions_def=dg.StaticPartitionsDefinition(["a", "b", "c"]))
        def part(context):
            return size(context.partition_key)
        """,
    )
    world.run("--partitions", "all")
    world.change("definitions.py", "return len(key)", "found = len(key); return found")
    assert world.status() == {"part": "stale"}
    done = world.dagx("accept", "part", "--partition", "b", "--json").json
    assert (done["assets"][0]["partitions"], world.status()) == (1, {"part": "stale"})
    done = world.dagx("accept", "part", "--json").json
    assert (done["assets"][0]["partitions"], world.status()) == (2, {"part": "fresh"})
    assert world.made("--partitions", "all") == []
    for arguments, stale in ((("--partition", "c"), 1), ((), 3)):
        assert world.dagx("accept", "part", "--undo", *arguments).code == 0
        assert world.dagx("status", "--json").json["assets"][0]["partition_counts"]["stale"] == stale


def test_assets_that_are_made_together_are_accepted_together(world: World) -> None:
    world.write(
        "definitions.py",
        """
        import dagx as dg

        @dg.multi_asset(outs={"left": dg.AssetOut(), "right": dg.AssetOut()})
        def both():
            return 1, 2
        """,
    )
    world.run()
    world.change("definitions.py", "return 1, 2", "pair = 1, 2; return pair")
    done = world.dagx("accept", "left", "--yes", "--json").json
    assert [asset["key"] for asset in done["assets"]] == ["left", "right"]
    assert world.made() == []
