"""The command line with an engine that answers by hand."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from engine_by_hand import Engine, Said

from dagx_cli.main import main


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> Engine:
    return Engine(monkeypatch)


@pytest.fixture
def dagx(capsys: pytest.CaptureFixture[str]) -> Callable[..., Said]:
    def said(*args: str) -> Said:
        code = main(args)
        captured = capsys.readouterr()
        return Said(code, captured.out, captured.err)

    return said
