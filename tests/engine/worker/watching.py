"""A project folder under a tracer."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from pathlib import Path
from textwrap import dedent
from types import ModuleType

from dagx.worker.tracing.listening import listen
from dagx.worker.tracing.seen import Seen
from dagx.worker.tracing.tracer import Tracer


class Watched:
    """A project folder under a tracer. There is one for all tests: an audit hook can never be taken back."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._tracer = Tracer(str(root), str(root / ".dagx"))

    def listen(self) -> None:
        """From now on what is wrapped in this process tells this tracer."""
        listen(self._tracer)

    def module(self, text: str, name: str = "definitions.py") -> ModuleType:
        """Code of the project, executed from its file."""
        path = self.write(name, dedent(text))
        module = ModuleType(path.stem)
        module.__file__ = str(path)
        exec(compile(dedent(text), str(path), "exec"), vars(module))
        return module

    def write(self, name: str, text: str = "text") -> Path:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def during(self, action: Callable[[], object]) -> Seen:
        seen = self._tracer.start()
        try:
            action()
        finally:
            self._tracer.stop()
        return seen

    def inside(self, found: Iterable[str]) -> list[str]:
        """The paths in the project, relative to it."""
        base = str(self.root) + os.sep
        return [path.removeprefix(base) for path in found]
