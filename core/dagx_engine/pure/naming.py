"""What a person names in words: a partition of an asset, one of its materializations."""

from __future__ import annotations

import re
from collections.abc import Sequence

from dagx_engine.pure.definitions import Key
from dagx_engine.pure.generation import Generation
from dagx_engine.pure.selecting import key_named

__all__ = ["asset_and_partition", "place_named"]

_RELATIVE = re.compile(r"-?\d{1,4}")


def asset_and_partition(generation: Generation, text: str) -> tuple[Key, str]:
    """`daily[2024-01-03]` as the asset and its partition, which is empty when none is named. Raises UsageError."""
    asset, bracket, rest = text.partition("[")
    if text in generation.assets or not bracket or not rest.endswith("]"):
        return key_named(generation, text), ""
    return key_named(generation, asset), rest[:-1]


def place_named(text: str, known: Sequence[tuple[str, str]]) -> int | str:
    """The place of a materialization among those `known`, each by its run and data version; or why there is none.

    `text` is how one of these begins, or `0`, `-1`, ... counted back from the first.
    """
    if text == "current":
        text = "0"
    if _RELATIVE.fullmatch(text) and (text.startswith("-") or int(text) == 0):
        place = abs(int(text))
        return place if place < len(known) else f"there is no {text}: {len(known)} are kept"
    found = [n for n, names in enumerate(known) if any(name.startswith(text) for name in names)]
    if not found:
        return f"nothing is kept of a run {text}"
    if len({known[n][1] for n in found}) > 1:
        return f"several begin with {text}: {', '.join(known[n][0] for n in found[:5])}"
    return found[0]
