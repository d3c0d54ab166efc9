"""An attempt that was given up, and goes on for a while: its step is not begun again beside it."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any, cast

import pytest

from dagx_engine.io.news import Assignment, Lost
from dagx_engine.io.pool import Pool, _Seat
from dagx_engine.io.workers import Gone, Heard, Worker


class Silent:
    """A worker that does nothing but listen."""

    def __init__(self) -> None:
        self.told: list[dict[str, Any]] = []
        self.said: list[str] = []
        self.output = SimpleNamespace(turn=lambda log, on_text: None, turn_back=lambda: None)

    def tell(self, message: dict[str, Any], *fds: int) -> bool:
        self.told.append(message)
        return True

    def ask_to_stop(self) -> None: ...

    def kill(self) -> None: ...

    def join(self, seconds: float) -> None: ...


class Staffed(Pool):
    """With workers that are there and have loaded at once."""

    def __init__(self) -> None:
        super().__init__(cast("Any", None), 2, lambda news: None, lambda token, text: None)
        self.workers: list[Silent] = []

    def _staff(self, generation: int) -> None:
        worker = Silent()
        self.workers.append(worker)
        self._seats.append(_Seat(cast("Worker", worker), generation, loaded=True))

    @property
    def begun(self) -> list[str]:
        return [message["token"] for worker in self.workers for message in worker.told]

    def hear(self, worker: Silent, message: dict[str, Any]) -> list[object]:
        return [*self.take(Heard(cast("Worker", worker), message))]


@pytest.fixture
def pool() -> Iterator[Staffed]:
    found = Staffed()
    found.expect(1, 2)
    yield found
    found.close()


def attempt(token: str, step: str, day: str = "") -> Assignment:
    partitions = {"partitions": {"first": day, "last": day}} if day else {}
    return Assignment(token, 1, {"step": step, **partitions}, "log")


def test_the_same_step_waits_for_its_end(pool: Staffed) -> None:
    pool.run(attempt("first", "orders"))
    pool.stop("first")
    pool.run(attempt("second", "orders"))
    assert pool.begun == ["first"]
    (worker,) = (worker for worker in pool.workers if worker.told)
    lost = pool.take(Gone(cast("Worker", worker), "was killed by SIGTERM"))
    assert lost == [Lost("first", "was killed by SIGTERM", stopped=True)]
    assert sorted(pool.begun) == ["first", "second"]


def test_also_where_it_ends_with_an_answer(pool: Staffed) -> None:
    pool.run(attempt("first", "orders"))
    pool.stop("first")
    pool.run(attempt("second", "orders"))
    (worker,) = (worker for worker in pool.workers if worker.told)
    pool.hear(worker, {"did": "step", "token": "first", "stopped": True})
    assert sorted(pool.begun) == ["first", "second"]


def test_other_steps_and_other_partitions_do_not_wait(pool: Staffed) -> None:
    pool.run(attempt("first", "orders", "monday"))
    pool.stop("first")
    pool.run(attempt("again", "orders", "monday"))
    pool.run(attempt("other day", "orders", "tuesday"))
    assert sorted(pool.begun) == ["first", "other day"]
