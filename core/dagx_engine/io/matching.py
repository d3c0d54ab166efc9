"""What is there of what was declared: the files that a pattern matches now. Which names match is not decided here."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from dagx_engine.pure.declared import ANY_FOLDERS, Pattern, fits, is_pattern, steps_in

__all__ = ["fixed_folder", "folders_of", "matching"]

_NEVER = frozenset({".dagx", ".git", "__pycache__"})
"""Folders that are nobody's data, and are not gone into where all below a folder is meant."""


def matching(root: Path, pattern: Pattern) -> list[str]:
    """The names of the files, sorted, relative to the project where the pattern is. A plain name is always there: it
    may lead nowhere.
    """
    place = os.path.join(root, pattern)
    if not is_pattern(pattern):
        if not pattern.endswith("/") and not os.path.isdir(place):
            return [pattern]
        found = _below(place.rstrip("/"))
    else:
        found = _walk("/" if pattern.startswith("/") else str(root), steps_in(pattern), pattern.endswith("/"))
    base = "" if pattern.startswith("/") else str(root).rstrip("/") + "/"
    return sorted({path[len(base) :] for path in found})


def fixed_folder(root: Path, pattern: Pattern) -> str:
    """The folder, which need not be there, that all that matches lies in."""
    steps = steps_in(pattern)
    fixed = next((place for place, step in enumerate(steps) if is_pattern(step)), len(steps) - 1)
    if fixed == len(steps) - 1 and pattern.endswith("/") and not is_pattern(steps[-1]):
        fixed += 1
    return os.path.join("/" if pattern.startswith("/") else str(root), *steps[:fixed])


def folders_of(root: Path, pattern: Pattern) -> list[str]:
    """The folders that are there in which something can come that matches: to be watched."""
    folder = fixed_folder(root, pattern)
    while not os.path.isdir(folder) and folder != os.path.dirname(folder):
        folder = os.path.dirname(folder)
    names = matching(root, pattern)
    return list(dict.fromkeys([folder, *(os.path.dirname(os.path.join(root, name)) for name in names)]))


def _walk(folder: str, steps: Sequence[str], is_folder: bool) -> Iterator[str]:
    step, rest = steps[0], steps[1:]
    if step == ANY_FOLDERS:
        for each in _folders(folder, hidden=False):
            if rest:
                yield from _walk(each, rest, is_folder)
            else:
                yield from (path for path in _files(each) if is_folder or not _is_hidden(path))
        return
    for name in _names(folder) if is_pattern(step) else [step]:
        path = os.path.join(folder, name)
        if not fits(step, name):
            continue
        if rest:
            yield from _walk(path, rest, is_folder)
        elif is_folder:
            yield from _below(path)
        elif os.path.lexists(path) and not os.path.isdir(path):
            yield path


def _below(top: str) -> Iterator[str]:
    for folder in _folders(top, hidden=True):
        yield from _files(folder)


def _folders(top: str, *, hidden: bool) -> Iterator[str]:
    """The folder and all below it, also through links, each once."""
    waiting, known = [top], set[str]()
    while waiting:
        folder = waiting.pop()
        real = os.path.realpath(folder)
        if real in known:
            continue
        known.add(real)
        yield folder
        for name in _names(folder):
            path = os.path.join(folder, name)
            if name not in _NEVER and (hidden or not name.startswith(".")) and os.path.isdir(path):
                waiting.append(path)


def _files(folder: str) -> list[str]:
    paths = [os.path.join(folder, name) for name in _names(folder)]
    return [path for path in paths if not os.path.isdir(path)]


def _is_hidden(path: str) -> bool:
    return os.path.basename(path).startswith(".")


def _names(folder: str) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:
        return []
