"""What a worker is told that is to load the project: to find out its definitions, or only to run steps of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from dagx_engine.io.pool import Pool, _Seat
from dagx_engine.io.workers import Worker


class Listening(Pool):
    """Its workers are told, and do nothing."""

    def __init__(self, isolation: str) -> None:
        files = SimpleNamespace(root=Path("p"), state=Path("p/.dagx"), paths=(), isolation=isolation)
        launch = cast("Any", SimpleNamespace(files=files, sdk=Path("build")))
        super().__init__(launch, 1, lambda news: None, lambda token, text: None)
        self.told: list[dict[str, Any]] = []

    def _start(self) -> _Seat:
        worker = SimpleNamespace(tell=self.told.append, kill=lambda: None, join=lambda seconds: None)
        return _Seat(cast("Worker", worker))

    def _ready_host(self) -> Any:
        return SimpleNamespace(preload=lambda names: False)


@pytest.fixture(params=["fork", "spawn"])
def pool(request: pytest.FixtureRequest) -> Iterator[Listening]:
    found = Listening(request.param)
    yield found
    found.close()


def test_only_who_describes_the_project_has_its_sources_cut_beside_its_import(pool: Listening) -> None:
    """The other workers never ask for what that finds out, and would keep it as a child beside their steps."""
    pool.load(1, [], secret=b"s", config=None)
    pool.know(2, [], {}, {}, secret=b"s", preload=())
    pool.expect(2, 1)
    described, staffed = pool.told
    assert described["ahead"] is pool._forks
    assert "sources" not in described
    assert staffed["sources"] == {}
    assert "ahead" not in staffed
