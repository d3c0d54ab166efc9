"""What an asset rests on, in a few lines; times and sizes in words."""

from __future__ import annotations

import pytest

from dagx_engine.pure.amounts import ago, in_bytes
from dagx_engine.pure.definitions import Place
from dagx_engine.pure.resting import grouped

PLACES = {
    "code:shop:clean": Place("shop.py", 3),
    "code:shop:TAX": Place("shop.py", 1),
    "code:defs:orders": Place("defs.py", 9),
}


def test_parts_are_put_together_by_kind() -> None:
    parts = [
        *((name, "1") for name in PLACES),
        ("input:raw", "ab12"),
        ("file:data/x.csv", "ab"),
        ("file:data/y.csv", "absent"),
        ("dir:data", "ab"),
        ("package:polars", "1.9"),
        ("python", "3.12"),
        ("parameter:raw", "raw"),
        ("parameter:rows", "raw"),
        ("value:shop:clean:default 0", "1"),
        ("config:limit", "1"),
        ("variable:TOKEN", "1"),
        ("io_manager:lake", "1"),
        ("partition", "2024-01-01"),
        ("doc:shop:clean", "1"),
        ("codec", "1"),
    ]
    assert grouped(parts, PLACES) == (
        ("code", "3 units in 2 files: shop.py (2), defs.py (1)"),
        ("values", "rows from raw, default 0 of clean"),
        ("inputs", "raw"),
        ("files", "data/x.csv, data/y.csv (absent), the names in data"),
        ("packages", "polars 1.9, python 3.12"),
        ("settings", "config limit, environment variable TOKEN, IO manager lake"),
        ("others", "partition 2024-01-01"),
    )


def test_many_of_a_kind_are_counted() -> None:
    parts = [(f"input:a{number}", "1") for number in range(20)]
    assert grouped(parts, {}) == (("inputs", "a0, a1, a2, a3, a4, a5 and 14 more"),)


def test_why_all_of_the_project_counts_is_said() -> None:
    said = grouped([("code:shop:TAX", "1"), ("module:shop", "2")], PLACES, "exec at line 3 of shop.py")
    assert said == (
        ("code", "1 unit in 1 file: shop.py (1); and all of the project, for exec at line 3 of shop.py"),
    )


def test_a_version_of_code_stands_in_for_it() -> None:
    assert grouped([("code_version:orders", "7")], {}) == (("code", "code version 7 of orders"),)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-5, "just now"),
        (0.4, "just now"),
        (1, "1 second ago"),
        (150, "2 minutes ago"),
        (7300, "2 hours ago"),
        (2e5, "2 days ago"),
    ],
)
def test_how_long_ago(seconds: float, words: str) -> None:
    assert ago(seconds) == words


@pytest.mark.parametrize(
    ("size", "words"),
    [(0, "0 B"), (999, "999 B"), (12_340, "12.3 kB"), (5_000_000, "5.0 MB"), (3 * 10**12, "3.0 TB")],
)
def test_how_large(size: int, words: str) -> None:
    assert in_bytes(size) == words
