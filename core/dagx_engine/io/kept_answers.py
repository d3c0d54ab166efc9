"""Answers of commands as they were given last, each with all that it rests on. While that is so, so is the answer.

One file for each form of an answer, in the state of the project; a damaged one is as good as none. It decides nothing.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import xxhash

from dagx_engine.io.drafts import put
from dagx_engine.pure.value import dataclass

__all__ = ["Rests", "read_answer", "write_answer"]

_FORMAT = 1
"""Of the files: another number for another meaning."""


@dataclass(frozen=True)
class Rests:
    """What an answer was given on."""

    asked: Sequence[object]
    """What it says of the project beside its assets, and by which dagx."""
    definitions: str
    """The digest of the definitions as they were kept."""
    stored: str
    """The digest of what was stored."""
    observed: Mapping[str, str]
    """What was looked at, with its digest."""
    objects: Mapping[str, Sequence[int]]
    """Large values: the digests of their bytes, with their numbers, and whether they were whole."""


def read_answer(state: Path, form: str) -> tuple[Rests, str] | None:
    """The answer that was kept in this form; None when there is none, or not by this build of dagx, or damaged."""
    try:
        digest, _, rest = (state / "answers" / form).read_bytes().partition(b"\n")
    except OSError:
        return None
    if xxhash.xxh3_128_hexdigest(rest).encode() != digest:
        return None
    head, _, text = rest.partition(b"\n")
    said: dict[str, Any] = json.loads(head)
    return (
        (Rests(**said["rests"]), text.decode("utf-8", "surrogatepass")) if said["format"] == _FORMAT else None
    )


def write_answer(state: Path, form: str, rests: Rests, text: str) -> None:
    """In place of what was there."""
    head = json.dumps({"format": _FORMAT, "rests": vars(rests)}).encode("ascii")
    rest = head + b"\n" + text.encode("utf-8", "surrogatepass")
    with contextlib.suppress(OSError):  # the next one is found out anew
        (state / "answers").mkdir(exist_ok=True)
        put(state, f"answers/{form}", xxhash.xxh3_128_hexdigest(rest).encode(), b"\n", rest)
