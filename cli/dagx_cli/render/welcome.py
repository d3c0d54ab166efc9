"""`dagx init`: what was written, and what to type next."""

from __future__ import annotations

import os
import shlex
from collections.abc import Sequence
from pathlib import PurePath

from dagx_cli.render.look import Look
from dagx_cli.render.text import one_line

__all__ = ["init_lines"]


def init_lines(files: Sequence[PurePath], folder: PurePath, look: Look) -> list[str]:
    here = one_line(os.fspath(folder))
    go = "" if here == "." else f"cd {shlex.quote(here)} && "
    lines = [f"{look.sign('fresh')} {one_line(os.fspath(file))}" for file in files]
    return [*lines, "", f"next: {look.paint(f'{go}dagx dev --run', 'bold')}"]
