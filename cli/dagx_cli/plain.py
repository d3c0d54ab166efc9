"""Command lines that are typed all day, read without typer, which takes as long to load as all the rest of them.

A line is plain when each of its words is known here. Any other goes to typer, which reads these in the same way, and
has the help and the errors.
"""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

__all__ = ["plain_command"]

_COMMANDS = {
    "dev": ("dagx_cli.watching", "watch_project"),
    "ls": ("dagx_cli.showing", "show_assets"),
    "run": ("dagx_cli.running", "run_assets"),
    "status": ("dagx_cli.showing", "show_status"),
}
_FLAGS = {"--ascii": "ascii_only", "--json": "as_json"}
_OWN_FLAGS = {
    "dev": {"--no-auto": "no_auto", "--plain": "plain", "--run": "run"},
    "run": {"--force": "force"},
}
_PROJECT = ("-C", "--project")


def plain_command(words: Sequence[str]) -> Callable[[], object] | None:
    """What carries a plain command line out; None when it is not plain."""
    if not words or words[0] not in _COMMANDS:
        return None
    flags = {**_FLAGS, **_OWN_FLAGS.get(words[0], {})}
    given: dict[str, Any] = {}
    rest = iter(words[1:])
    for word in rest:
        if word in flags:
            given[flags[word]] = True
        elif word in _PROJECT and (path := next(rest, "")) and os.access(path, os.R_OK):
            given["project"] = Path(path)
        elif word == "--python" and (named := next(rest, "")) and not named.startswith("-"):
            given["python"] = named
        else:
            return None
    module, name = _COMMANDS[words[0]]
    return partial(getattr(importlib.import_module(module), name), **given)
