"""Small files of the state, written whole: a draft that takes the name when it is done."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

__all__ = ["put"]


def put(state: Path, name: str, *pieces: bytes) -> None:
    """Write `<state>/<name>`, in place of what was there. Raises OSError, and then leaves that as it was."""
    draft = state / "staging" / f"{os.urandom(8).hex()}.draft"
    try:
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), "wb") as stream:
            stream.writelines(pieces)
        os.replace(draft, state / name)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(draft)
        raise
