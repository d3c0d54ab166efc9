"""The code blocks of a page of Markdown, and the files and projects that its comments name. Runs nothing.

A Python block below the line `<!-- raises -->` raises the error whose text stands in the next block.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]

_FENCE = re.compile(r"(?P<indent> *)(?P<fence>`{3,}) *(?P<language>[\w+-]*)(?P<options>.*)")
_TITLE = re.compile(r'title="([^"]+)"')
_SKIP = re.compile(r"<!-- skip: *(.*?) *-->")
_RAISES = "<!-- raises -->"
_FILE = re.compile(r"^<!-- file: (\S+)\n(.*?)^-->$", re.MULTILINE | re.DOTALL)
_PROJECT = re.compile(r"^<!-- project: (\S+) -->$", re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """A fenced block. `line` is that of its first line of code; `skip` why it is not run, None when it is.

    `raises` says that it is to fail, with the error that the next block of the page shows.
    """

    page: Path
    line: int
    language: str
    title: str | None
    skip: str | None
    raises: bool
    code: str

    def __str__(self) -> str:
        return f"{self.page.relative_to(ROOT)}:{self.line}"

    def commands(self) -> Iterator[tuple[str, str]]:
        """Of a console block: each command after a `$ `, and what the page shows below it."""
        for piece in re.split(r"^\$ ", self.code, flags=re.MULTILINE)[1:]:
            command, _, shown = piece.partition("\n")
            while command.endswith("\\"):
                more, _, shown = shown.partition("\n")
                command = command[:-1] + more
            yield command, shown

    def dagx_commands(self) -> Iterator[list[str]]:
        """The arguments of each `dagx ...` in a console or shell block."""
        lines = (
            [command for command, _ in self.commands()]
            if self.language == "console"
            else self.code.split("\n")
        )
        for line in lines:
            for words in _simple_commands(line):
                if words and words[0].rpartition("/")[2] == "dagx":
                    yield words[1:]


def blocks_of(page: Path) -> list[Block]:
    """All fenced blocks of a page, in order."""
    found: list[Block] = []
    lines = page.read_text(encoding="utf-8").splitlines()
    number, before = 0, ""
    while number < len(lines):
        opening = _FENCE.fullmatch(lines[number])
        if opening is None:
            before = lines[number] or before
            number += 1
            continue
        end = next((n for n in range(number + 1, len(lines)) if lines[n].strip() == opening["fence"]), None)
        assert end is not None, f"{page}:{number + 1}: this block is not closed"
        title, skip = _TITLE.search(opening["options"]), _SKIP.fullmatch(before.strip())
        found.append(
            Block(
                page,
                number + 2,
                opening["language"],
                title and title[1],
                skip and skip[1],
                before.strip() == _RAISES,
                dedent("\n".join(lines[number + 1 : end])) + "\n",
            )
        )
        number, before = end + 1, ""
    return found


def files_of(page: Path) -> dict[str, str]:
    """Files that a page has in a comment `<!-- file: orders.csv`, for its code to read."""
    return {found[1]: found[2] for found in _FILE.finditer(page.read_text(encoding="utf-8"))}


def project_of(page: Path) -> Path | None:
    """The project that a page walks through: `<!-- project: examples/nycflights -->`."""
    found = _PROJECT.search(page.read_text(encoding="utf-8"))
    return ROOT / found[1] if found else None


def _simple_commands(line: str) -> Iterator[list[str]]:
    """The commands of a shell line, cut at pipes, `;`, `&&` and redirections."""
    lexer = shlex.shlex(line, posix=True, punctuation_chars="|;&<>")
    lexer.whitespace_split = True
    words: list[str] = []
    for word in lexer:
        if set(word) <= set("|;&<>"):
            yield words
            words = []
        else:
            words.append(word)
    yield words
