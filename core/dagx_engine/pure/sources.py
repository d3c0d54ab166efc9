"""The source text of parts of code, out of the bytes that were executed."""

from __future__ import annotations

import base64
import importlib.util
from collections.abc import Iterable, Mapping
from typing import Any

from dagx_engine.pure.definitions import Place

__all__ = ["SourceText", "has_source"]

_LONGEST = 64 << 10
"""Characters of a part whose text is kept."""


class SourceText:
    """`sources` has the bytes of each module, in base64; `places` where in them each part is."""

    def __init__(self, sources: Mapping[str, Mapping[str, Any]], places: Mapping[str, Place]) -> None:
        self._sources = sources
        self._places = places
        self._read: dict[str, list[str]] = {}

    def lines(self, part: str) -> list[tuple[int, str]]:
        """The numbered lines of a part; none when it is not written in a module of the project."""
        place = self._places.get(part)
        if place is None or not has_source(part):
            return []
        lines = self._module(part.split(":")[1])
        spans = place.spans or ((1, len(lines) - (not lines[-1])),)
        numbers = dict.fromkeys(number for first, last in spans for number in range(first, last + 1))
        return [(number, lines[number - 1]) for number in numbers if number <= len(lines)]

    def text(self, part: str) -> str | None:
        """The lines as one text; None when there are none, or too many to keep."""
        text = "\n".join(line for _, line in self.lines(part))
        return text if 0 < len(text) <= _LONGEST else None

    def texts(self, parts: Iterable[tuple[str, str]]) -> dict[str, str]:
        """The texts of these parts by their digests."""
        found = {digest: self.text(name) for name, digest in parts}
        return {digest: text for digest, text in found.items() if text is not None}

    def _module(self, name: str) -> list[str]:
        if name not in self._read:
            said = self._sources.get(name)
            data = base64.b64decode(said["data"]) if said is not None else b""
            self._read[name] = _decoded(data).split("\n")
        return self._read[name]


def has_source(part: str) -> bool:
    """Whether a part stands for text that is written in a module."""
    return part.startswith(("code:", "module:"))


def _decoded(data: bytes) -> str:
    try:
        return importlib.util.decode_source(data)
    except (SyntaxError, UnicodeDecodeError, LookupError):  # an encoding that only the project's Python knows
        return data.decode("utf-8", "backslashreplace")
