"""What is kept of definitions is found again by what was asked for, within the hour."""

from __future__ import annotations

from dagx_engine.io.kept_definitions import key_of

HOUR = 3600.0


def test_the_same_load_has_one_key_until_the_hour_is_over() -> None:
    asked = ("sdk", "python", {"config": {"a": 1, "b": 2}})
    assert key_of(asked, 10 * HOUR) == key_of(asked, 11 * HOUR - 1)
    assert key_of(asked, 10 * HOUR) != key_of(asked, 11 * HOUR)
    assert key_of(asked, 10 * HOUR) != key_of(("sdk", "python", {"config": {"a": 1, "b": "2"}}), 10 * HOUR)


def test_the_order_of_settings_makes_no_difference() -> None:
    assert key_of({"a": 1, "b": 2}, 0.0) == key_of({"b": 2, "a": 1}, 0.0)
