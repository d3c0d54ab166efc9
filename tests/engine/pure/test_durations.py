from __future__ import annotations

import pytest

from dagx_engine.pure.durations import seconds_of


@pytest.mark.parametrize(
    ("said", "seconds"),
    [(90, 90), (0.5, 0.5), ("90", 90), ("90s", 90), (" 1.5h ", 5400), ("10m", 600), ("2d", 172800)],
)
def test_a_duration_is_read_as_people_write_it(said: object, seconds: float) -> None:
    assert seconds_of(said) == seconds


@pytest.mark.parametrize("said", ["", "soon", 0, "0m", -1, True, None, "1w", float("nan"), float("inf"), [1]])
def test_what_is_no_duration_is_refused(said: object) -> None:
    with pytest.raises(ValueError, match='must be seconds, or a time such as "10m"'):
        seconds_of(said)
