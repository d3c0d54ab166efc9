"""What differs between two stored values, found where values can be decoded: rows, lines, or bytes.

Knows two values by how they are stored; which of them is older, and of which asset they are, is known elsewhere.
"""

from __future__ import annotations

import base64
import importlib
import json
import os
import pprint
from collections.abc import Mapping
from typing import Any, cast

from dagx.worker.codecs import decode
from dagx.worker.line_differences import compare_lines
from dagx.worker.problems import problem_of, words_of

__all__ = ["compare_stored"]

_TABLE = "parquet/"
_PRINTED_UP_TO = 2_000_000
"""Bytes of a pickle that is printed to be compared line by line."""
_AT_ONCE = 1 << 16


def compare_stored(message: Mapping[str, Any], root: str) -> dict[str, Any]:
    """The answer to a request to compare `a` with `b`: `comparison`, or the problem of a value that does not load."""
    try:
        found = _compare(message["a"], message["b"], list(message["key"]), message["rows"])
    except (Exception, SystemExit) as error:  # noqa: BLE001 - unpickling executes what the user's classes say
        return {"ok": False, "problem": problem_of(error, root).to_json()}
    return {"ok": True, "comparison": found}


def _compare(a: Mapping[str, Any], b: Mapping[str, Any], key: list[str], rows: int) -> dict[str, Any]:
    codecs = {a["codec"], b["codec"]}
    if codecs <= {"bytes"}:
        return _of_bytes(a, b)
    if codecs <= {"text"}:
        return compare_lines(str(_value(a)), str(_value(b)), 10 * rows)
    first, second = _value(a), _value(b)
    if _is_table(a, first) and _is_table(b, second):
        tables: Any = importlib.import_module("dagx.worker.comparing_tables")
        found: dict[str, Any] = tables.compare_tables(first, second, key, rows)
        return found
    if codecs <= {"json", "text"}:
        return compare_lines(_as_text(first), _as_text(second), 10 * rows)
    return _of_others(a, b, first, second, rows)


def _value(stored: Mapping[str, Any]) -> object:
    return decode(stored["codec"], stored.get("path"), _inline(stored))


def _inline(stored: Mapping[str, Any]) -> bytes | None:
    """The bytes of a small value, which come with the request."""
    return base64.b64decode(stored["inline"]) if stored.get("inline") is not None else None


def _is_table(stored: Mapping[str, Any], value: object) -> bool:
    """Of a table library, or a list of dicts: one without rows is a table beside another."""
    if stored["codec"].startswith(_TABLE):
        return True
    if type(value) is not list:
        return False
    return all(isinstance(row, dict) for row in cast("list[object]", value))


def _as_text(value: object) -> str:
    """Text as it is; else JSON, an element a line."""
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, indent=2)


def _of_others(
    a: Mapping[str, Any], b: Mapping[str, Any], first: object, second: object, rows: int
) -> dict[str, Any]:
    """Values that only pickle holds, or of two kinds: what is printed of them, where that tells them apart."""
    kinds = [_kind_of(first), _kind_of(second)]
    notes = [f"a {kinds[0]} became a {kinds[1]}"] if kinds[0] != kinds[1] else []
    if max(_size(a), _size(b)) <= _PRINTED_UP_TO:
        try:
            before, after = _printed(first), _printed(second)
        except (Exception, SystemExit) as error:  # noqa: BLE001 - a broken __repr__ must not hide that they differ
            notes.append(f"they cannot be printed: {type(error).__name__}: {words_of(error)}")
        else:
            if before != after:
                return {**compare_lines(before, after, 10 * rows), "kind": "printed", "notes": notes}
            notes.append("printed they are the same; their bytes differ")
    return {**_of_bytes(a, b), "kind": "other", "notes": notes}


def _printed(value: object) -> str:
    return pprint.pformat(value, width=100)


def _kind_of(value: object) -> str:
    kind = type(value)
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"


def _of_bytes(a: Mapping[str, Any], b: Mapping[str, Any]) -> dict[str, Any]:
    return {"kind": "bytes", "first": _first_difference(a, b)}


def _first_difference(a: Mapping[str, Any], b: Mapping[str, Any]) -> dict[str, Any] | None:
    """Where the first byte differs, with some from there; None when all are the same."""
    place = 0
    while True:
        before, after = _bytes(a, place, _AT_ONCE), _bytes(b, place, _AT_ONCE)
        if before != after:
            most = min(len(before), len(after))
            inside = next((n for n in range(most) if before[n] != after[n]), most)
            return {
                "at": place + inside,
                "before": before[inside : inside + 16].hex(" "),
                "after": after[inside : inside + 16].hex(" "),
            }
        if not before:
            return None
        place += len(before)


def _bytes(stored: Mapping[str, Any], start: int, count: int) -> bytes:
    inline = _inline(stored)
    if inline is not None:
        return inline[start : start + count]
    with open(stored["path"], "rb") as stream:
        stream.seek(start)
        return stream.read(count)


def _size(stored: Mapping[str, Any]) -> int:
    inline = _inline(stored)
    return len(inline) if inline is not None else os.path.getsize(stored["path"])
