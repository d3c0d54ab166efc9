"""Workers that are begun ahead, for attempts that are sure to come."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

import pytest

from dagx_engine.io.pool import Pool


class Counted(Pool):
    """It notes which workers it would start, and starts none."""

    def __init__(self, slots: int) -> None:
        super().__init__(cast("Any", None), slots, lambda news: None, lambda token, text: None)
        self.started: list[int] = []

    def _staff(self, generation: int) -> None:
        self.started.append(generation)


@pytest.fixture
def pool() -> Iterator[Counted]:
    found = Counted(slots=3)
    yield found
    found.close()


def test_one_worker_is_begun_for_each_attempt(pool: Counted) -> None:
    pool.expect(7, 2)
    assert pool.started == [7, 7]


def test_never_more_are_begun_than_run_at_once(pool: Counted) -> None:
    pool.expect(7, 1000)
    assert pool.started == [7, 7, 7]


def test_none_is_begun_for_nothing(pool: Counted) -> None:
    pool.expect(7, 0)
    assert pool.started == []
