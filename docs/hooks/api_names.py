"""A hook of mkdocs: puts the public names of modules of the SDK where an API page asks for them.

A line `{{ names assets.out keys }}` becomes an entry for each name that `dagx.assets.out` and `dagx.keys` offer in
their `__all__`; a package stands for all below it. `{{ names * }}` stands for all modules that no other page names.
Imports nothing of dagx.
"""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path
from typing import Any

SDK = Path(__file__).parents[2] / "core" / "dagx"
PAGES = Path(__file__).parents[1] / "reference" / "api"
_ASKED = re.compile(r"^\{\{ names (.+) \}\}$", re.MULTILINE)


def on_page_markdown(markdown: str, **_: Any) -> str:
    """Called by mkdocs with the text of each page."""
    return _ASKED.sub(lambda found: entries(found[1].split()), markdown)


def entries(asked: list[str]) -> str:
    """What mkdocstrings is to put in the place of the line. Raises ValueError for a module that offers nothing."""
    offered = public_names()
    if asked == ["*"]:
        modules = [module for module in offered if not any(is_in(module, known) for known in asked_for())]
    else:
        for wanted in asked:
            if not any(is_in(module, wanted) for module in offered):
                raise ValueError(f"no module of dagx called {wanted} offers public names")
        modules = [module for wanted in asked for module in offered if is_in(module, wanted)]
    return "\n\n".join(f"::: dagx.{module}.{name}" for module in modules for name in offered[module])


def is_in(module: str, asked: str) -> bool:
    """Whether a module is the one asked for, or below it."""
    return module == asked or module.startswith(asked + ".")


@cache
def asked_for() -> list[str]:
    """The modules that the API pages name."""
    texts = [page.read_text(encoding="utf-8") for page in sorted(PAGES.glob("*.md"))]
    return [
        module for text in texts for line in _ASKED.findall(text) for module in line.split() if module != "*"
    ]


@cache
def public_names() -> dict[str, list[str]]:
    """The names that each module offers and does not take from another library; `compat` has only other names."""
    found: dict[str, list[str]] = {}
    for path in sorted(SDK.rglob("*.py")):
        parts = path.relative_to(SDK).with_suffix("").parts
        if path.name.startswith("__") or parts[0] in ("worker", "compat"):
            continue
        body = ast.parse(path.read_text(encoding="utf-8")).body
        taken = {a.asname or a.name for s in body if isinstance(s, ast.ImportFrom) for a in s.names}
        for statement in body:
            if isinstance(statement, ast.Assign) and ast.unparse(statement.targets[0]) == "__all__":
                found[".".join(parts)] = sorted(set(ast.literal_eval(statement.value)) - taken)
    return found
