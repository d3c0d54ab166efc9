from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from world import World, processes_of, wait_until


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path / "project")
    yield made
    made.close()
    wait_until(lambda: not processes_of(made.root), "the end of all processes")
