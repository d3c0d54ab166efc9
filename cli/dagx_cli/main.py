"""Where the program starts: the answers that need no command line, then the command line.

Knows no command. What it imports late is late on purpose: `dagx --version` is answered before typer loads.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from dagx.version import __version__

__all__ = ["main"]

READER_GONE = 141
"""What a shell reports of a program that SIGPIPE ended: nobody reads what it writes."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run `dagx` with these arguments (those of the process when None) and return the exit code."""
    if os.environ.get("DAGX_WORKER") == "1":
        from dagx.worker.main import main as work  # noqa: PLC0415 - the frozen binary as a worker: no command line

        work()
        return 0
    args = list(sys.argv[1:] if argv is None else argv)
    try:
        code = _answer(args)
    except OSError as error:  # the output: all other errors have been told
        code = _unwritten(error)
    return _flushed(code)


def _answer(args: list[str]) -> int:
    if args in (["--version"], ["-V"], ["version"]):
        print(f"dagx {__version__}")
        return 0
    from dagx_cli.app import invoke  # noqa: PLC0415 - typer costs 50 ms

    return invoke(args)


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
