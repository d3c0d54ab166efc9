"""A secret of the project, in its `.dagx`: it keys the digests of what may be secret, so that they say nothing."""

from __future__ import annotations

import os
from pathlib import Path

__all__ = ["read_secret", "write_secret"]

_NAME = "secret"
_LENGTH = 32


def read_secret(state: Path) -> bytes:
    """The secret. Without one nothing is stored yet, and any value will do."""
    try:
        found = (state / _NAME).read_bytes()
    except OSError:
        return b"none yet"
    return found if len(found) == _LENGTH else b"none yet"


def write_secret(state: Path) -> None:
    """Make one, if there is none."""
    if read_secret(state) != b"none yet":
        return
    draft = state / f"{_NAME}.new"
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as stream:
        stream.write(os.urandom(_LENGTH))
    draft.replace(state / _NAME)
