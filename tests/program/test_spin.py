"""`dagx spin`: one step at the terminal, with a debugger, again after each save; nothing of it is stored."""

from __future__ import annotations

import os
import pty
import select
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from world import PATIENCE, World, environment, program

PROJECT = """
    import dagx as dg
    from pathlib import Path

    @dg.asset
    def a():
        return [1, 2, 3]

    @dg.asset
    def b(a):
        print("b has", len(a))
        return {"sum": sum(a), "note": Path("note.txt").read_text()}

    @dg.asset
    def c(b):
        return b["sum"]
"""


class Seat:
    """A person at a terminal in front of a command."""

    def __init__(self, world: World, *arguments: str) -> None:
        self._end, theirs = pty.openpty()
        self.text = ""
        self._place = 0
        self.process = subprocess.Popen(
            [program(), *arguments],
            cwd=world.root,
            env={**environment(), "TERM": "xterm", "NO_COLOR": "1"},
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
        )
        os.close(theirs)

    def sees(self, words: str) -> None:
        """From where it saw something the last time."""
        deadline = time.monotonic() + PATIENCE
        while words not in self.text[self._place :]:
            ready, _, _ = select.select([self._end], [], [], max(0.0, deadline - time.monotonic()))
            assert ready, f"{words!r} did not come, but {self.text[self._place :]!r}"
            try:
                self.text += os.read(self._end, 65536).decode()
            except OSError:
                raise AssertionError(f"it ended: {self.text[self._place :]!r}") from None
        self._place = self.text.index(words, self._place) + len(words)

    def types(self, line: str) -> None:
        os.write(self._end, line.encode() + b"\n")

    def interrupt(self) -> int:
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(PATIENCE)

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self._end)


@contextmanager
def seat(world: World, *arguments: str) -> Iterator[Seat]:
    made = Seat(world, *arguments)
    try:
        yield made
    finally:
        made.close()


def test_one_step_is_executed_on_stored_values_and_nothing_of_it_is_stored(world: World) -> None:
    world.write("definitions.py", PROJECT)
    world.write("note.txt", "x")
    refused = world.dagx("spin", "b", "--once")
    assert refused.code == 2
    assert '"b" needs "a", which was never made' in refused.err
    assert "dagx run '+key:\"b\"'" in refused.err

    world.run("a")
    said = world.dagx("spin", "b", "--once")
    assert said.code == 0
    assert said.out.startswith("b has 3\n✔ b  ")
    assert '{"sum": 6, "note": "x"}' in said.out
    assert "nothing is stored of it; dagx run b+" in said.out
    assert [run["selection"] for run in world.dagx("runs", "--json").json] == ["a"]
    assert world.made("b+") == ["b", "c"]

    told = world.dagx("spin", "b", "--once", "--json")
    assert told.json["values"][0]["preview"] == '{"sum": 6, "note": "x"}'
    assert told.err == "b has 3\n"


def test_without_an_input_it_says_so(world: World) -> None:
    world.write("definitions.py", PROJECT)
    command = f"exec {program()} spin a --once <&-"
    done = subprocess.run(
        command, shell=True, cwd=world.root, env=environment(), capture_output=True, text=True
    )
    assert done.returncode == 2
    assert "needs standard input, and that is closed" in done.stderr


@pytest.mark.parametrize("isolation", ["fork", "spawn"])
def test_a_debugger_opens_where_the_step_says_so_and_where_it_fails(world: World, isolation: str) -> None:
    world.isolate(isolation)
    world.write(
        "definitions.py",
        """
        import dagx as dg

        def halved(number):
            half = number / 2
            assert half > 100, "too small"
            return half

        @dg.asset
        def ill(context):
            answer = 41
            breakpoint()
            return dg.load_assets_from_modules and halved(answer)
        """,
    )
    with seat(world, "spin", "ill", "--once", "--pdb") as person:
        person.sees("(Pdb) ")
        person.types("answer = answer + 1")
        person.sees("(Pdb) ")
        person.types("continue")
        person.sees("AssertionError: too small")
        person.sees("(Pdb) ")
        person.types("p 'half is', half")
        person.sees("('half is', 21.0)")
        person.types("where")
        person.sees("assert half")
        person.types("q")
        person.sees("✖ ill")
        assert person.process.wait(PATIENCE) == 1
        assert "dagx/" not in person.text.partition("where")[2], "none of our frames"


def test_it_is_executed_again_after_a_save_of_what_it_uses_also_beside_dagx_dev(world: World) -> None:
    world.write("definitions.py", PROJECT)
    world.write("note.txt", "x")
    world.run()
    with world.dev("--no-auto") as dev, seat(world, "spin", "b") as person:
        dev.until_loaded()
        person.sees('"note": "x"')
        person.sees("waiting for a save")
        world.write("note.txt", "y")
        person.sees('"note": "y"')
        person.sees("waiting for a save")
        world.change("definitions.py", 'b["sum"]', 'b["sum"] + 1')  # of c alone
        person.sees("saved definitions.py: it uses nothing of that")
        world.write("other.txt", "no input")
        person.sees("saved other.txt: it uses nothing of that")
        world.change("definitions.py", "sum(a)", "-sum(a)")
        person.sees("✔ b")
        person.sees('"sum": -6')
        person.sees("waiting for a save")
        world.change("definitions.py", "import dagx as dg", "import dagx as dg; oh dear")
        person.sees("SyntaxError")
        world.change("definitions.py", "; oh dear", "")
        person.sees('"sum": -6')
        person.sees("waiting for a save")
        assert person.interrupt() == 130
        assert person.text.count("✔ b") == 4


def test_a_partition_is_named(world: World) -> None:
    world.write(
        "definitions.py",
        """
        import dagx as dg

        @dg.asset(partitions_def=dg.StaticPartitionsDefinition(["north", "south"]))
        def region(context):
            return context.partition_key
        """,
    )
    refused = world.dagx("spin", "region", "--once")
    assert refused.code == 2
    assert "dagx spin region --partition KEY" in refused.err
    said = world.dagx("spin", "region", "--once", "--partition", "south")
    assert said.code == 0
    assert "\n    south\n" in said.out
    assert world.dagx("spin", "region", "--once", "--partition", "west").code == 2
