"""Small worlds made from text: a project that is edited and run, by the real engine, again and again.

shop = project('''
    -- definitions.py
    import dagx as dg
    from lib import clean

    @dg.asset
    def orders(): return clean(1)
    -- lib.py
    def clean(x): return x
''')
shop.run()
shop.edit("lib.py", "return x", "return 2 * x")
assert shop.run() == {"orders": ["code of clean changed (lib.py:1)"]}
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent
from typing import Any

from dagx_engine import api
from dagx_engine.views import PlanView, RunView, WhyView

__all__ = ["Shop", "files_in"]


class Shop:
    """A project of a few files. `text` holds them, each after a line `-- path/to/file.py`."""

    def __init__(self, root: Path, text: str) -> None:
        self.root = root
        self.config: str | None = None
        """The file of run config that is given on the command line."""
        root.mkdir(parents=True, exist_ok=True)
        for name, content in files_in(text):
            self.write(name, content)

    # Files.

    def write(self, name: str, content: str) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(path.name + "~")
        draft.write_text(dedent(content), encoding="utf-8", newline="")
        draft.replace(path)

    def read(self, name: str) -> str:
        with (self.root / name).open(encoding="utf-8", newline="") as stream:
            return stream.read()

    def edit(self, name: str, old: str, new: str) -> None:
        """Replace text that stands in the file exactly once."""
        before = self.read(name)
        assert before.count(old) == 1, f"{old!r} stands {before.count(old)} times in {name}"
        self.write(name, before.replace(old, new))

    # The engine.

    def _opened(self) -> api.Project:
        config = self.root / self.config if self.config is not None else None
        return api.open_project(self.root, python=sys.executable, config=config)

    def execute(self, selection: str | None = None, **options: Any) -> RunView:
        """`dagx run`, whatever comes of it."""
        return api.run(self._opened(), selection, **options)

    def run(self, selection: str | None = None, **options: Any) -> dict[str, list[str]]:
        """`dagx run`: each step that was executed, with the reasons given, sorted. All of them must have ended well."""
        found = self.execute(selection, **options)
        bad = [
            (step.step, step.error_line) for step in found.steps if step.state.value in ("failed", "skipped")
        ]
        assert not bad, bad
        return {
            step.step: sorted(reason.text for reason in step.reasons)
            for step in found.steps
            if step.state.value in ("succeeded", "unchanged")
        }

    def why(self, asset: str) -> WhyView:
        return api.why(self._opened(), asset)

    def plan(self) -> PlanView:
        return api.plan(self._opened())

    def manifest(self, asset: str) -> dict[str, str]:
        """The named parts that the current materialization was made from."""
        return dict(api.show(self._opened(), asset).manifest)

    def reach(self, asset: str) -> set[str]:
        """The units of code among them, as `module:unit`."""
        return {name.partition(":")[2] for name in self.manifest(asset) if name.startswith("code:")}

    def value(self, asset: str) -> str:
        """The preview of the stored value."""
        return self.result(asset)[0]

    def result(self, asset: str) -> tuple[str, str]:
        """The preview of the stored value, and its data version: two values can look the same."""
        current = api.show(self._opened(), asset).current
        assert current is not None
        return current.preview, current.data_version


def files_in(text: str) -> Iterator[tuple[str, str]]:
    for piece in ("\n" + dedent(text)).split("\n-- ")[1:]:
        name, _, content = piece.partition("\n")
        yield name.strip(), content + "\n"
