"""^C and SIGTERM at any moment: how the program ends, and that it says nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from dagx_cli.signals import stopped_by_signals
from dagx_engine.requests.interrupts import interrupts

MOMENTS = [0, 0.005, 0.01, 0.02, 0.03, 0.045, 0.06, 0.08, 0.1, 0.13, 0.16, 0.2, 0.25]

BEGIN = """
import sys, dagx_cli.main

class Arguments(list):
    "They are the first thing that the program looks at; what comes before is ours."

    def __getitem__(self, place):
        print("begun", flush=True)
        return list(list.__getitem__(self, place))

sys.argv = Arguments(sys.argv)
sys.exit(dagx_cli.main.main())
"""


def python(*args: str, **more: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, *args],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | more,
    )


@pytest.mark.parametrize("args", [["--help"], ["doctor", "--json"]])
def test_an_interrupt_at_any_moment_of_the_start_ends_with_130_and_no_word(args: list[str]) -> None:
    for moment in MOMENTS:
        with python("-c", BEGIN, *args) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == "begun\n"
            time.sleep(moment)
            process.send_signal(signal.SIGINT)
            _, err = process.communicate(timeout=60)
        assert (process.returncode in (0, 1, 130), err) == (True, ""), moment


def test_while_modules_load_an_interrupt_cannot_be_swallowed(tmp_path: Path) -> None:
    (tmp_path / "typer.py").write_text(
        textwrap.dedent("""
            import sys, time
            print("importing", flush=True)
            try:
                time.sleep(30)
            except BaseException:
                print("swallowed", file=sys.stderr)
        """)
    )
    main = "import sys, dagx_cli.main; sys.exit(dagx_cli.main.main())"
    with python("-c", main, "plan", PYTHONPATH=str(tmp_path)) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "importing\n"
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (130, "")


def test_an_interrupt_that_the_shell_had_ignored_stays_ignored() -> None:
    main = "import sys, dagx_cli.main; print('begun', flush=True); sys.exit(dagx_cli.main.main())"
    command = ["sh", "-c", 'trap "" INT; exec "$@"', "sh", sys.executable, "-c", main, "--help"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, "")
    assert out.startswith("Usage: dagx")


def test_the_program_can_be_started_as_a_module() -> None:
    with python("-m", "dagx_cli", "--version") as process:
        out, err = process.communicate(timeout=60)
    assert (process.returncode, out, err) == (0, "dagx 0.1.0\n", "")


def test_in_one_process_the_handler_is_given_back() -> None:
    from dagx_cli.main import main  # noqa: PLC0415

    before = signal.getsignal(signal.SIGINT)
    main(["--help"])
    assert signal.getsignal(signal.SIGINT) is before


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_which_signal_it_was_is_remembered(number: int, code: int) -> None:
    with stopped_by_signals() as interruption:
        assert interruption.exit_code == 130
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), number)
        assert interruption.exit_code == code
    assert signal.getsignal(number) == signal.SIG_DFL


def test_a_run_makes_messages_of_signals_and_the_front_end_still_learns_which() -> None:
    heard: list[str] = []
    with stopped_by_signals() as interruption, interrupts(lambda: heard.append("stop")):
        os.kill(os.getpid(), signal.SIGTERM)
        os.kill(os.getpid(), signal.SIGINT)
    assert heard == ["stop", "stop"]
    assert interruption.exit_code == 143
    assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL


PROJECT = """
    import time
    import dagx as dg

    @dg.asset
    def quick():
        return 1

    @dg.asset
    def slow(quick):
        time.sleep(60)
"""


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]
)
def test_a_signal_ends_a_run_in_order(tmp_path: Path, number: int, code: int) -> None:
    (tmp_path / "definitions.py").write_text(textwrap.dedent(PROJECT))
    with python("-m", "dagx_cli", "-C", str(tmp_path), "run") as process:
        assert process.stdout is not None
        while "slow  started" not in process.stdout.readline():
            pass
        process.send_signal(number)
        out, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (code, "")
    assert out.splitlines()[-1].startswith("stopped: 1 made, ")
    assert out.endswith("the next run does the rest\n")


def test_a_signal_while_the_project_loads_ends_a_run_too(tmp_path: Path) -> None:
    (tmp_path / "definitions.py").write_text(
        "import time, pathlib\npathlib.Path(__file__).with_name('loading').touch()\ntime.sleep(60)\n"
    )
    with python("-m", "dagx_cli", "-C", str(tmp_path), "run") as process:
        while not (tmp_path / "loading").exists():
            time.sleep(0.01)
        process.terminate()
        out, err = process.communicate(timeout=60)
    assert (process.returncode, out, err) == (143, "", "")
