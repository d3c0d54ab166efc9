"""What a step starts ends with the step, what dagx starts ends with dagx; however each of them ends."""

from __future__ import annotations

import contextlib
import os
import signal
from pathlib import Path

import pytest
from world import Dev, World, processes_of, wait_until

pytestmark = [pytest.mark.fat, pytest.mark.parametrize("isolation", ["fork", "spawn"])]

LEAVING = """
    import os, signal, subprocess, sys, time
    import dagx as dg

    MOVING = "import os\\nwhile True:\\n    if os.fork(): os._exit(0)"
    DEAF = (
        "import signal, time\\nfor n in (1, 2, 15): signal.signal(n, signal.SIG_IGN)\\n"
        "print(flush=True)\\ntime.sleep(600)"
    )

    def daemon():
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                os.closerange(0, 256)
                time.sleep(600)
            os._exit(0)

    def leave():
        subprocess.Popen(["sleep", "600"])
        subprocess.Popen(["sleep", "600"], start_new_session=True)
        subprocess.Popen(["sh", "-c", "setsid sleep 600 & sleep 600"], env={})
        deaf = subprocess.Popen([sys.executable, "-c", DEAF], start_new_session=True, stdout=subprocess.PIPE)
        deaf.stdout.readline()
        subprocess.Popen([sys.executable, "-c", MOVING], start_new_session=True)
        daemon()
"""


def living_in(folder: Path) -> list[int]:
    """The processes whose folder this is: all that a step starts, unless it moves."""
    found = []
    for process in Path("/proc").iterdir():
        if process.name.isdigit():
            try:
                if os.readlink(process / "cwd") == str(folder) and (process / "cmdline").read_bytes():
                    found.append(int(process.name))
            except OSError:
                continue
    return found


def test_what_a_step_leaves_running_ends_with_it_and_its_log_says_so(world: World, isolation: str) -> None:
    world.isolate(isolation)
    world.write(
        "definitions.py",
        LEAVING
        + """
    @dg.asset
    def leaver():
        leave()
        return os.getpid()

    @dg.asset
    def others(leaver):
        assert leaver == os.getpid(), "another worker"
        return os.path.exists(f"/proc/{leaver}/task/{leaver}/children") and sorted(
            open(f"/proc/{leaver}/task/{leaver}/children").read().split())
    """,
    )
    said = world.dagx("run")
    assert said.code == 0, said.out + said.err
    assert "[]" in world.dagx("show", "others").out
    log = world.dagx("logs", "leaver").out
    assert log.count("dagx ended what the step left running: sleep 600") >= 2, log
    assert living_in(world.root) == []


@pytest.mark.parametrize("how", ["os._exit(3)", "os.kill(os.getpid(), signal.SIGKILL)"])
def test_what_a_worker_leaves_running_ends_with_it(world: World, isolation: str, how: str) -> None:
    world.isolate(isolation)
    world.write(
        "definitions.py", LEAVING + f"\n    @dg.asset\n    def leaver():\n        leave()\n        {how}\n"
    )
    said = world.dagx("run")
    assert said.code == 1, said.out + said.err
    assert "exited with code 3" in said.out or "was killed by SIGKILL" in said.out
    wait_until(lambda: not living_in(world.root), "the end of what the step started")


def test_when_the_engine_is_killed_everything_ends(world: World, isolation: str) -> None:
    world.isolate(isolation)
    world.write(
        "definitions.py",
        LEAVING
        + """
    @dg.asset
    def leaver():
        leave()
        open("there", "w").close()
        time.sleep(600)
    """,
    )
    engine = world.background("run")
    wait_until((world.root / "there").exists, "the step")
    assert len(living_in(world.root)) > 6
    engine.send_signal(signal.SIGKILL)
    engine.wait()
    wait_until(lambda: not living_in(world.root) and not processes_of(world.root), "the end of everything")


def test_what_outlived_its_engine_and_its_wardens_ends_with_the_next_run(
    world: World, isolation: str
) -> None:
    world.isolate(isolation)
    world.write(
        "definitions.py",
        """
        import os, subprocess, sys, time
        import dagx as dg

        @dg.asset
        def leaver():
            assert "DAGX_ENGINE" not in os.environ
            subprocess.Popen(["sleep", "600"], start_new_session=True)
            subprocess.Popen(["setsid", "sh", "-c", "env -i sleep 600 & sleep 600"])
            if os.fork() == 0:
                os.setsid()
                os.closerange(0, 256)
                time.sleep(600)
                os._exit(0)
            if os.path.exists("ready"):
                return 1
            with open("pid", "w") as stream:
                stream.write(str(os.getpid()))
            os.rename("pid", "there")
            time.sleep(600)
        """,
    )
    engine = world.background("run")
    wait_until((world.root / "there").exists, "the step")
    keepers = upwards(int((world.root / "there").read_text()), engine.pid)
    for number in (signal.SIGSTOP, signal.SIGKILL):  # all at once: none of them sees another one end
        for pid in keepers:
            os.kill(pid, number)
    engine.wait()
    wait_until(lambda: not {*keepers} & {*living_in(world.root)}, "their end")
    left = living_in(world.root)
    assert len(left) >= 4
    world.write("ready", "")
    assert world.run().states == {"leaver": "succeeded"}
    wait_until(lambda: not living_in(world.root), "the end of what was left")
    log = (world.root / ".dagx" / "logs" / "workers.log").read_text()
    (line,) = [line for line in log.splitlines() if line.startswith("dagx ended what an engine before it")]
    assert line.count("sleep 600") >= 2


def upwards(pid: int, last: int) -> list[int]:
    """The process, its parent, and so on up to the last one."""
    found = [pid]
    while found[-1] != last:
        stat = (Path("/proc") / str(found[-1]) / "stat").read_text()
        found.append(int(stat.rpartition(")")[2].split()[1]))
    return found


WATCHED = """
    import dagx as dg
    import os

    @dg.asset
    def number():
        return 1
"""


def test_after_its_processes_were_killed_the_next_save_is_served_as_ever(
    world: World, isolation: str
) -> None:
    world.isolate(isolation)
    world.write("definitions.py", WATCHED)
    with world.dev("--run") as dev:
        assert dev.until_run_ended() == {"number": "succeeded"}
        for kill in (
            min,
            max,
        ):  # the oldest is a warden or the host's, the youngest was made for the next save
            kept = [pid for pid in processes_of(world.root) if pid != dev.process.pid]
            with contextlib.suppress(ProcessLookupError):  # it has just ended by itself
                os.kill(kill(kept), signal.SIGKILL)
            _save_until_it_runs(world, dev)


def test_a_save_is_served_that_is_heard_before_the_end_of_the_processes_that_were_killed(
    world: World, isolation: str
) -> None:
    """The engine is stopped meanwhile: it finds the save and all ends at once."""
    world.isolate(isolation)
    world.write("definitions.py", WATCHED)
    with world.dev("--run") as dev:
        assert dev.until_run_ended() == {"number": "succeeded"}
        for _ in range(3):
            kept = [pid for pid in processes_of(world.root) if pid != dev.process.pid]
            dev.process.send_signal(signal.SIGSTOP)
            try:
                for pid in kept:
                    with contextlib.suppress(ProcessLookupError):  # it has just ended by itself
                        os.kill(pid, signal.SIGKILL)
                number = _save(world)
            finally:
                dev.process.send_signal(signal.SIGCONT)
            assert dev.until_run_ended() == {"number": "succeeded"}, number


def _save_until_it_runs(world: World, dev: Dev) -> None:
    _save(world)
    assert dev.until_run_ended() == {"number": "succeeded"}


def _save(world: World) -> int:
    """The function returns another number now."""
    text = (world.root / "definitions.py").read_text()
    number = int(text.rsplit(" ", 1)[1]) + 1
    world.write("definitions.py", text.replace(f"return {number - 1}", f"return {number}"))
    return number
