"""What settings say of how long results are kept, and what goes when there is too much."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dagx_engine.pure.retention import Retention, Weight, bytes_of, evicted, retention_of


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        (20, Retention(newest=20)),
        ("20", Retention(newest=20)),
        (0, Retention(newest=0)),
        ("30d", Retention(seconds=30 * 86400)),
        ("12h", Retention(seconds=12 * 3600)),
        (" 2 w ", Retention(seconds=14 * 86400)),
        (["30d", 20], Retention(20, 30 * 86400)),
        ([5, "1h"], Retention(5, 3600)),
    ],
)
def test_retention_is_an_age_a_number_or_both(said: object, meant: Retention) -> None:
    assert retention_of(said) == meant


@pytest.mark.parametrize(
    "said", ["30 days or so", "d", "", -1, True, 1.5, [], [1, 2], ["1d", "2d"], None, {}]
)
def test_any_other_retention_is_refused(said: object) -> None:
    with pytest.raises(ValueError, match="must"):
        retention_of(said)


@pytest.mark.parametrize(
    ("said", "meant"),
    [("10 GB", 10**10), ("500MB", 5 * 10**8), ("1.5 kb", 1500), ("2 GiB", 2 << 30), (77, 77), ("77", 77)],
)
def test_a_size_is_a_number_with_a_unit(said: object, meant: int) -> None:
    assert bytes_of(said) == meant


@pytest.mark.parametrize("said", ["ten GB", "10 G", "GB", -1, True, None, "10 GB!"])
def test_any_other_size_is_refused(said: object) -> None:
    with pytest.raises(ValueError, match="must be a size"):
        bytes_of(said)


def test_nothing_goes_while_all_fits() -> None:
    assert evicted([Weight("a", 60, 1, False), Weight("b", 40, 2, True)], 100) == ()


def test_what_was_made_first_goes_first_until_there_is_room() -> None:
    old, middle, new = Weight("a", 50, 1, False), Weight("b", 50, 2, False), Weight("c", 50, 3, False)
    assert evicted([new, old, middle], 120) == (old,)
    assert evicted([new, old, middle], 60) == (old, middle)


def test_what_is_current_stays_also_when_it_does_not_fit() -> None:
    current, other = Weight("a", 500, 1, True), Weight("b", 5, 2, False)
    assert evicted([current, other], 100) == (other,)


def test_what_goes_anyway_makes_room() -> None:
    first, second = Weight("a", 60, 1, False), Weight("b", 60, 2, False)
    assert evicted([first, second], 100, gone={"b"}) == ()


WEIGHTS = st.lists(
    st.builds(Weight, st.uuids().map(str), st.integers(0, 50), st.integers(0, 99), st.booleans()), max_size=12
)


@given(WEIGHTS, st.integers(0, 300))
def test_what_is_left_fits_or_is_all_current(weights: list[Weight], limit: int) -> None:
    gone = evicted(weights, limit)
    assert not any(weight.is_current for weight in gone)
    left = [weight for weight in weights if weight not in gone]
    assert sum(weight.size for weight in left) <= limit or all(weight.is_current for weight in left)
