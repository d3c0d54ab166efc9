"""A hook of mkdocs: puts the names that dagx does not offer, with what to write instead, where a page asks for them.

A line `{{ not offered }}` becomes a table of what `dagx.not_offered` holds. That module imports nothing of dagx.
"""

from __future__ import annotations

import html
import runpy
from collections.abc import Mapping
from pathlib import Path
from typing import Any

SOURCE = Path(__file__).parents[2] / "core" / "dagx" / "not_offered.py"
ASKED = "{{ not offered }}"
_MARKS = str.maketrans({mark: f"&#{ord(mark)};" for mark in "{}[]*_|"})


def on_page_markdown(markdown: str, **_: Any) -> str:
    """Called by mkdocs with the text of each page."""
    return markdown.replace(ASKED, table()) if ASKED in markdown else markdown


def table() -> str:
    """A row for each thing to write instead, with all the names that it stands in for."""
    instead: Mapping[str, str] = runpy.run_path(str(SOURCE))["INSTEAD"]
    names: dict[str, list[str]] = {}
    for name, words in instead.items():
        names.setdefault(words, []).append(name)
    rows = [
        f"| {', '.join(f'`{name}`' for name in sorted(found))} | {html.escape(words, quote=False).translate(_MARKS)} |"
        for words, found in names.items()
    ]
    return "\n".join(["| name | instead |", "| --- | --- |", *rows])
