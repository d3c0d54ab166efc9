from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from dagx_engine import workspace
from dagx_engine.io import pool

pytest.register_assert_rewrite("mutation")

from in_process import PoolHere  # noqa: E402
from shops import Shop  # noqa: E402


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], Shop]]:
    """Makes a `Shop` whose worker is this process."""
    monkeypatch.setattr(pool, "Pool", PoolHere)
    monkeypatch.setattr(workspace, "lay_out", lambda: tmp_path)  # no process is started that would need it
    # What these tests change of the interpreter stands in no file: each command loads the project.
    monkeypatch.setattr(workspace.KeptDefinitions, "_found", lambda definitions, key, stream: None)
    yield lambda text: Shop(tmp_path / "shop", text)
    assert not str(os.getcwd()).startswith(str(tmp_path))
