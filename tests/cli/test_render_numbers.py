"""Numbers as people read them."""

from __future__ import annotations

import pytest

from dagx_cli.render.numbers import age, count, duration, listed, size


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (None, ""),
        (0, "0ms"),
        (0.085, "85ms"),
        (0.0999, "0.1s"),
        (0.4, "0.4s"),
        (1.24, "1.2s"),
        (59.94, "59.9s"),
        (59.96, "1m00s"),
        (184, "3m04s"),
        (3599.7, "1h00m"),
        (7500, "2h05m"),
        (266_400, "3d02h"),
        (-5, "0ms"),
    ],
)
def test_durations(seconds: float | None, said: str) -> None:
    assert duration(seconds) == said


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(-3, "0s"), (12.9, "12s"), (60, "1m"), (299, "4m"), (7200, "2h"), (3 * 86400 + 5, "3d")],
)
def test_ages(seconds: float, said: str) -> None:
    assert age(seconds) == said


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (None, ""),
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1.0 kB"),
        (12_345, "12.3 kB"),
        (999_960, "1.0 MB"),
        (4 * 10**9, "4.0 GB"),
        (10**16, "10.0 PB"),
    ],
)
def test_sizes(number: int | None, said: str) -> None:
    assert size(number) == said


def test_counts_and_lists() -> None:
    assert [count(number, "asset") for number in (0, 1, 10_000)] == ["0 assets", "1 asset", "10,000 assets"]
    assert listed(["a", "b"], 2) == "a, b"
    assert listed(["a", "b", "c"], 2) == "a, b, c"
    assert listed(["a", "b", "c", "d"], 2) == "a, b and 2 more"
