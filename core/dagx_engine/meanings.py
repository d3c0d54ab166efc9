"""What saved files mean to a project: settings, code, data that something depends on, or what its own steps wrote."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence

from dagx_engine.pure.declared import matches, patterns_of
from dagx_engine.pure.definitions import StepName
from dagx_engine.pure.staleness import traced_names
from dagx_engine.pure.value import dataclass
from dagx_engine.workspace import Workspace
from dagx_engine.writers import is_as_left, writers_of

__all__ = ["SETTINGS", "Echoes", "Meaning", "meaning_of"]

SETTINGS = ("pyproject.toml", ".env")
_MOST_ECHOES = 8
"""So many runs in a row may be woken by what the run before wrote; more are taken for a loop."""


@dataclass(frozen=True)
class Meaning:
    """Names of files; what means nothing to the project is in none."""

    settings: tuple[str, ...]
    code: tuple[str, ...]
    data: tuple[str, ...]

    @property
    def all(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys([*self.settings, *self.code, *self.data]))


def meaning_of(space: Workspace, names: Sequence[str]) -> Meaning:
    """Files that importing the project read are code, and so is the file of run config: of it the steps are made."""
    at_import = space.generation.read_at_import if space.generation is not None else ()
    code = [name for name in names if name.endswith(".py") or name in at_import or _is_config(space, name)]
    data = [name for name in names if name not in code and _is_read(space, name)]
    return Meaning(tuple(name for name in names if name in SETTINGS), tuple(code), tuple(data))


def _is_config(space: Workspace, name: str) -> bool:
    return space.files.config is not None and space.files.root / name == space.files.config


def _is_read(space: Workspace, name: str) -> bool:
    """Whether a stored result, or the attempt that failed last, depends on this file or its folder; whether it was
    declared to; or whether an asset wrote it and somebody else changed it since."""
    records = space.ledger.records()
    wanted = traced_names(record for found in records.values() for record in found)
    failed = {part for failure in space.now.failures_stored() for part, _ in failure}
    declared = patterns_of(space.generation) if space.generation is not None else ()
    if space.ledger.written_otherwise(f"file:{name}") or any(matches(p, name) for p in declared):
        return True
    folder = os.path.dirname(name) or "."
    return bool({f"file:{name}", f"dir:{folder}"} & (wanted | failed))


class Echoes:
    """Counts saves that are only what steps wrote, which woke others, which wrote. `warn` is told of a loop, once."""

    def __init__(
        self, space: Workspace, is_under_way: Callable[[StepName], bool], warn: Callable[[str], None]
    ) -> None:
        self._space = space
        self._is_under_way = is_under_way
        self._warn = warn
        self._count = 0

    def are_too_many(self, names: Sequence[str], saved: Sequence[str]) -> bool:
        """Whether what steps write has woken others, by now, again and again: these files are not to be heeded.

        They are those of the save that mean something; a folder that a step made is known by what it wrote there.
        """
        below = {name: [each for each in saved if each.startswith(f"{name}/")] for name in names}
        if not all(self._is_echo(name) or any(map(self._is_echo, below[name])) for name in names):
            self._count = 0
            return False
        self._count += 1
        if self._count == _MOST_ECHOES:
            self._warn(self._words(names, [each for name in names for each in (name, *below[name])]))
        return self._count >= _MOST_ECHOES

    def _words(self, names: Sequence[str], written: Sequence[str]) -> str:
        by = ", ".join(dict.fromkeys(step for name in written for step in writers_of(self._space, name)))
        words = f"{', '.join(names)}: written by {by}, and wakes another, {_MOST_ECHOES} times in a row"
        hint = "that may go on for ever, so it waits for the next save, or for dagx run"
        return f"{words}\n{hint}: let no two steps write what the other one reads"

    def _is_echo(self, name: str) -> bool:
        """Whether a step wrote the file as it is now; or one that wrote it before is at it, and has yet to say so."""
        return is_as_left(self._space, name) or any(map(self._is_under_way, writers_of(self._space, name)))
