"""The one place where an exception becomes lines on stderr and an exit code."""

from __future__ import annotations

import contextlib
import importlib
import sys
from collections.abc import Callable
from typing import Any

from dagx.errors import DagxError
from dagx_cli.console import Console

__all__ = ["INTERRUPTED", "explained"]

INTERRUPTED = 130


def explained(work: Callable[[], object]) -> int:
    """Do it and return its exit code; what goes wrong is explained on stderr."""
    try:
        code = work()
    except KeyboardInterrupt:
        return INTERRUPTED
    except DagxError as error:
        return _told("refusal_lines", error)
    except BrokenPipeError:
        raise
    except Exception as error:  # noqa: BLE001 - the last door: whatever comes here is a bug of ours, and said so
        return _told("bug_lines", error)
    return code if isinstance(code, int) else 0


def _told(lines: str, error: Exception) -> int:
    failures: Any = importlib.import_module("dagx_cli.failures")  # most commands end well
    with contextlib.suppress(OSError):  # the error is told even when stdout is what is broken
        if sys.stdout is not None:
            sys.stdout.flush()  # what was printed before the error is seen before it
    errors = Console.of_errors()
    errors.show(getattr(failures, lines)(error, errors.look))
    code: int = failures.exit_code(error)
    return code
