"""What the last run rested on that found everything fresh. While all of that is as it was, so is the answer.

One file in the state of the project; a damaged one is as good as none. It decides nothing.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import xxhash

from dagx_engine.io.drafts import put
from dagx_engine.pure.value import dataclass

__all__ = ["Settled", "read_settled", "write_settled"]

_FORMAT = 1
"""Of the file: another number for another meaning."""


@dataclass(frozen=True)
class Settled:
    run: str
    """That run, of all steps there are."""
    steps: int
    assets: int
    """How many steps and assets the project has."""
    definitions: str
    """The digest of the definitions as they were kept."""
    current: str
    """The digest of what was current of everything."""
    observed: Mapping[str, str]
    """What was looked at, with its digest."""
    objects: Mapping[str, int]
    """Where large values are current: the digests of their bytes, and their numbers."""


def read_settled(state: Path) -> Settled | None:
    """What was written last; None when that was not by this build of dagx, or is damaged."""
    try:
        digest, _, body = (state / "settled").read_bytes().partition(b"\n")
    except OSError:
        return None
    if xxhash.xxh3_128_hexdigest(body).encode() != digest:
        return None
    said: dict[str, Any] = json.loads(body)
    return Settled(**said["found"]) if said["format"] == _FORMAT else None


def write_settled(state: Path, found: Settled) -> None:
    """In place of what was there."""
    body = json.dumps({"format": _FORMAT, "found": vars(found)}).encode("utf-8", "surrogatepass")
    with contextlib.suppress(OSError):  # the next run looks at everything
        put(state, "settled", xxhash.xxh3_128_hexdigest(body).encode(), b"\n", body)
