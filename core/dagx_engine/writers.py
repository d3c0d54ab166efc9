"""Which steps wrote a file: by what is stored of them, and by what their attempts were seen to write."""

from __future__ import annotations

from collections.abc import Iterable

from dagx_engine.pure.definitions import Key, StepName
from dagx_engine.workspace import Workspace, WrittenBy

__all__ = ["is_as_left", "note_written", "writers_of"]


def note_written(space: Workspace, step: StepName, names: Iterable[str]) -> None:
    """An attempt of the step has ended, and these files are as it left them."""
    space.written.update((name, WrittenBy(step, space.disk.edited(name))) for name in names)


def is_as_left(space: Workspace, name: str) -> bool:
    """Whether nobody wrote the file after the step that was seen to."""
    wrote = space.written.get(name)
    return wrote is not None and space.disk.edited(name) == wrote.stamp


def writers_of(space: Workspace, name: str) -> list[StepName]:
    """The steps whose current values have this file, and the one that was seen to write it last."""
    generation = space.generation
    makers = [
        generation.maker(Key(key))
        for key in space.ledger.writers(f"file:{name}")
        if generation is not None and key in generation.assets
    ]
    wrote = space.written.get(name)
    found = [*makers, wrote.step if wrote is not None else None]
    return list(dict.fromkeys(step for step in found if step is not None))
