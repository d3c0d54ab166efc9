"""Where the program starts: the answers that need no command line, then the command line.

Knows no command. What it imports late is late on purpose: `dagx --version` is answered before typer loads. From the
first line of `main` on, ^C ends the program with 130 and without a word.
"""

from __future__ import annotations

import os
import sys

from dagx.version import __version__

TYPE_CHECKING = False
"""As type checkers know it: to import `typing` or `collections` takes a good part of what --version does."""
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ["main"]

INTERRUPTED = 130
READER_GONE = 141
"""What a shell reports of a program that SIGPIPE ended: nobody reads what it writes."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run `dagx` with these arguments (those of the process when None) and return the exit code."""
    if os.environ.get("DAGX_WORKER") == "1":
        from dagx.worker.main import main as work  # noqa: PLC0415 - the frozen binary as a worker: no command line

        work()
        return 0
    try:
        try:
            code = _answer(list(sys.argv[1:] if argv is None else argv))
        except OSError as error:  # the output: all other errors have been told
            code = _unwritten(error)
        return _flushed(code)
    except KeyboardInterrupt:
        return INTERRUPTED
    finally:
        if argv is None and "signal" in sys.modules:  # --version loads nothing that takes time to end
            _end_quietly()


def _answer(args: list[str]) -> int:
    if args in (["--version"], ["-V"], ["version"]):
        print(f"dagx {__version__}")
        return 0
    return _command_line(args)()


def _command_line(args: list[str]) -> Callable[[], int]:
    give_back = _end_at_once_by_interrupt()
    _collect_seldom()
    try:
        from dagx_cli.door import explained  # noqa: PLC0415 - --version is spared all of this
        from dagx_cli.plain import plain_command  # noqa: PLC0415

        plain = plain_command(args)
        if plain is not None:
            return lambda: explained(plain)
        from dagx_cli.app import command_for, invoke  # noqa: PLC0415 - typer costs 50 ms

        command = command_for(args)
        return lambda: invoke(args, command)
    finally:
        give_back()


def _end_at_once_by_interrupt() -> Callable[[], None]:
    """Where there is nothing to tidy up, while modules load and when Python ends, ^C ends the process there and then:
    an exception would come up in the middle of somebody's import, and Python prints or drops it in places.
    Returns what undoes it.
    """
    import signal  # noqa: PLC0415 - 1 ms, which --version is spared

    before = signal.getsignal(signal.SIGINT)
    if (
        before is not signal.default_int_handler
    ):  # ignored, as in the background of a shell, or somebody else's
        return lambda: None
    signal.signal(signal.SIGINT, lambda number, frame: os._exit(INTERRUPTED))

    def give_back() -> None:
        signal.signal(signal.SIGINT, before)

    return give_back


def _collect_seldom() -> None:
    """A command makes some hundred thousand values for a large project and keeps them: to go through them again and
    again in search of circles takes a third of its time.
    """
    import gc  # noqa: PLC0415 - as above

    gc.set_threshold(200_000, 20, 100)


def _end_quietly() -> None:
    import atexit  # noqa: PLC0415 - as above
    import gc  # noqa: PLC0415
    import signal  # noqa: PLC0415

    _end_at_once_by_interrupt()
    gc.freeze()  # or Python searches all that a command has made for circles once more, in vain
    # The last thing that Python does is to forget handlers: from there on ^C would kill.
    atexit.register(signal.signal, signal.SIGINT, signal.SIG_IGN)


def _flushed(code: int) -> int:
    """Write what is left; give it to nobody when that fails, or Python complains about it when it ends."""
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except OSError as error:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        os.close(nowhere)
        return code or _unwritten(error)
    return code


def _unwritten(error: OSError) -> int:
    return READER_GONE if isinstance(error, BrokenPipeError) else 1
