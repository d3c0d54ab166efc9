"""Steps that behave badly, in workers that were forked and in fresh ones: they fail, and nobody else notices."""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Iterator

import pytest
from world import World, processes_of

pytestmark = [pytest.mark.fat, pytest.mark.parametrize("isolation", ["fork", "spawn"])]


@pytest.fixture(autouse=True)
def nothing_is_left_a_second_later(world: World) -> Iterator[None]:
    """Of processes, when the command that ran the steps has ended."""
    yield
    deadline = time.monotonic() + 1
    while left := processes_of(world.root):
        assert time.monotonic() < deadline, f"still there: {left}"
        time.sleep(0.01)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("import sys; sys.exit('goodbye')", "goodbye"),
        ("import sys; sys.exit(0)", "SystemExit"),
        ("import os; os._exit(0)", "exited with code 0 without a result"),
        ("import ctypes; ctypes.string_at(0)", "SIGSEGV"),
        ("import os; os.abort()", "SIGABRT"),
        ("raise KeyboardInterrupt", "KeyboardInterrupt"),
        ("return lambda: 1", "cannot be pickled"),
        ("import os; os.closerange(3, 256)", "channel"),
        ("import os; os.closerange(0, 256)", "channel"),
        ("import os, socket; [os.dup2(1, n) for n in range(3, 64) if is_socket(n)]", "channel"),
        ("deep = lambda: deep(); deep()", "RecursionError"),
        ("import json; json.dumps(deep_list())", "RecursionError"),
        ("import pickle; pickle.dumps(deep_list())", "RecursionError"),
        ("repr(deep_list())", "RecursionError"),
        ("return deep_list()", "cannot be stored"),
        ("called_back_for_ever()", "SIGSEGV" if sys.version_info < (3, 12) else "RecursionError"),
        ("raise deep_error()", "ValueError: 9999"),
        ("import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); signal.raise_signal(9)", "SIGKILL"),
        ("import os; os.kill(os.getpid(), 9)", "SIGKILL"),
    ],
)
def test_an_ill_behaved_step_fails_and_takes_nobody_along(
    world: World, isolation: str, body: str, words: str
) -> None:
    world.isolate(isolation)
    world.write(
        "definitions.py",
        f"""
        import dagx as dg
        import os, stat

        def is_socket(fd):
            return os.path.exists(f"/proc/self/fd/{{fd}}") and stat.S_ISSOCK(os.fstat(fd).st_mode)

        def deep_list():
            found = []
            for _ in range(100_000):
                found = [found]
            return found

        def deep_error():
            error = None
            for number in range(10_000):
                later = ValueError(number)
                later.__cause__, error = error, later
            return error

        def called_back_for_ever():
            import ctypes, sys
            sys.setrecursionlimit(10**9)
            again = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_int)(lambda number: again(number))
            again(1)

        @dg.asset
        def ill():
            {body}

        @dg.asset
        def well():
            return 1
        """,
    )
    said = world.run()
    assert said.code == 1
    assert said.states == {"ill": "failed", "well": "succeeded"}
    error = next(step["error"] for step in said.json["steps"] if step["step"] == "ill")
    assert words in error


def test_a_gigabyte_of_prints_is_capped_and_the_run_goes_on(world: World, isolation: str) -> None:
    world.isolate(isolation)
    world.write(
        "definitions.py",
        """
        import dagx as dg, sys

        @dg.asset
        def loud():
            line = "x" * 99 + chr(10)
            for _ in range(1_000):
                sys.stdout.write(line * 10_000)
            print("the end")
            return 1
        """,
    )
    said = world.run()
    assert said.states == {"loud": "succeeded"}
    assert said.json["steps"][0]["cost"]["written_bytes"] > 1_000_000_000
    (log,) = (world.root / ".dagx" / "logs").rglob("loud.log")
    text = log.read_text(encoding="utf-8")
    assert len(text) < 20_000_000
    assert "dagx left out 98" in text
    assert text.endswith("the end\n")


def test_one_line_of_a_hundred_megabytes_and_bytes_that_are_no_text_are_logged(
    world: World, isolation: str
) -> None:
    world.isolate(isolation)
    world.write(
        "definitions.py",
        """
        import dagx as dg, os, sys

        @dg.asset
        def loud():
            sys.stdout.write("x" * 100_000_000)
            sys.stdout.flush()
            os.write(1, bytes(range(256)))
            print("the end")
            return 1
        """,
    )
    assert world.run().states == {"loud": "succeeded"}
    said = world.dagx("logs", "loud")
    assert said.out.endswith("the end\n")
    assert len(said.out) < 20_000_000


def test_what_a_step_changes_in_its_process_the_next_one_does_not_see(world: World, isolation: str) -> None:
    world.isolate(isolation, "max_workers = 1")
    world.write(
        "definitions.py",
        """
        import dagx as dg, os, signal, tempfile

        @dg.asset
        def a_vandal():
            os.chdir("/")
            os.environ["VANDAL"] = "1"
            os.umask(0)
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            signal.signal(signal.SIGINT, print)
            os.set_blocking(1, False)
            return 1

        @dg.asset
        def b_witness(a_vandal):
            assert os.get_blocking(1)
            return [os.getcwd(), os.environ.get("VANDAL"), os.umask(0o022) != 0,
                    str(signal.getsignal(signal.SIGINT))]

        @dg.asset(deps=[b_witness])
        def c_without_ground():
            folder = tempfile.mkdtemp()
            os.chdir(folder)
            os.rmdir(folder)
            return os.path.exists("x")

        @dg.asset(deps=[c_without_ground])
        def d_next():
            return os.getcwd()
        """,
    )
    world.run()
    witness = world.dagx("show", "b_witness").out
    assert str(world.root) in witness
    assert "true" in witness
    assert "null" in witness
    assert world.dagx("show", "d_next").out.endswith(f"preview\n  {world.root}\n")


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_a_step_may_use_processes_of_its_own(world: World, isolation: str, method: str) -> None:
    world.isolate(isolation)
    world.write(
        "definitions.py",
        f"""
        import dagx as dg
        import multiprocessing

        def double(number):
            return 2 * number

        @dg.asset
        def doubled():
            with multiprocessing.get_context("{method}").Pool(1) as pool:
                return pool.map(double, [1, 2])
        """,
    )
    with tempfile.TemporaryDirectory() as temporary:  # short enough for the address of a socket in it
        assert world.dagx("run", TMPDIR=temporary).code == 0
        assert "[2, 4]" in world.dagx("show", "doubled").out
        assert os.listdir(temporary) == []


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_steps_of_one_worker_may_each_start_processes(world: World, isolation: str, method: str) -> None:
    world.isolate(isolation)
    world.write(
        "definitions.py",
        f"""
        import dagx as dg
        import multiprocessing, os, time

        METHOD = multiprocessing.get_context("{method}")

        def double(number):
            return 2 * number

        @dg.asset
        def doubled():
            METHOD.Process(target=time.sleep, args=(600,)).start()  # left behind
            with METHOD.Pool(1) as pool:
                return [os.getpid(), *pool.map(double, [1, 2])]

        @dg.asset
        def quadrupled(doubled):
            assert os.getpid() == doubled[0], "another worker"
            with METHOD.Pool(1) as pool:
                return pool.map(double, doubled[1:])
        """,
    )
    assert world.dagx("run").code == 0
    assert "[4, 8]" in world.dagx("show", "quadrupled").out


def test_what_a_step_forks_can_be_terminated_at_once(world: World, isolation: str) -> None:
    """A child that lost the signal while it was made would keep its step, as one of a pool does, for ever."""
    world.isolate(isolation)
    world.write(
        "definitions.py",
        """
        import os, signal, time
        import dagx as dg

        def ended_by():
            child = os.fork()
            if child == 0:
                try:
                    time.sleep(20)
                finally:
                    os._exit(3)
            os.kill(child, signal.SIGTERM)
            return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])

        @dg.asset
        def forks():
            ends = {ended_by() for _ in range(300)}
            assert ends == {-signal.SIGTERM}, ends
        """,
    )
    assert world.run().states == {"forks": "succeeded"}
