"""An engine that answers by hand, and what a command line said."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from dagx_engine import api


@dataclass(frozen=True)
class Said:
    code: int
    out: str
    err: str


class HandProject:
    def __init__(self, start: Path | None, python: str | None, config: Path | None = None) -> None:
        self.root, self.name, self.python = start or Path("/demo"), "demo", python
        self.config = config
        self.closed = False

    def __enter__(self) -> HandProject:
        return self

    def __exit__(self, *exc: object) -> None:
        self.closed = True


class Engine:
    """Stands in for `dagx_engine.api`: remembers what was asked and answers with what the test says."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._monkeypatch = monkeypatch
        self.asked: list[tuple[Any, ...]] = []
        self.opened: list[HandProject] = []
        monkeypatch.setattr(api, "open_project", self._open)

    def _open(
        self, start: Path | None = None, *, python: str | None = None, config: Path | None = None
    ) -> HandProject:
        self.opened.append(HandProject(start, python, config))
        return self.opened[-1]

    def answers(self, name: str, answer: object) -> None:
        """`api.<name>` returns this, or raises it."""

        def answered(*args: Any, **more: Any) -> object:
            self.asked.append((name, *args[1:], more))
            if isinstance(answer, BaseException):
                raise answer
            return answer

        def made_of_it(project: Any, form: str, make: Callable[[object], str]) -> str:
            return make(answered(project, None))

        self._monkeypatch.setattr(api, name, answered)
        if name == "status":  # of everything, it is asked for as what is made of it
            self._monkeypatch.setattr(api, "status_as", made_of_it)

    def does(self, name: str, function: Callable[..., object]) -> None:
        self._monkeypatch.setattr(api, name, function)
