"""What a reader looks at when it is given a path: a file, a folder with all below it, a pattern, names inside SQL.

Errs towards more: an input too many costs a needless run, one too few a wrong result. Knows no library.
"""

from __future__ import annotations

import fnmatch
import itertools
import os
import pathlib
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import cast

from dagx.worker.tracing.tracer import Tracer

__all__ = ["note_source", "note_sql", "paths_in"]

_FILE = re.compile(r"file:(//)?")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://|md:|motherduck:")
_MAGIC = re.compile(r"[*?\[]")
_CHOICE = re.compile(r"\[[^]]*\]")
_DATA = re.compile(
    r"\.(csv|tsv|txt|parquet|json|jsonl|ndjson|arrow|feather|xlsx|avro)(\.\w+)?$", re.IGNORECASE
)
"""In SQL, text that ends so is the name of a file, also of one that is not there."""

# Comments are taken with the rest: the apostrophe of a "don't" in one would turn text inside out.
_TOKEN = re.compile(
    r"""--[^\n]* | /\*.*?\*/ | \$\$(?P<dollars>.*?)\$\$ | '(?P<text>(?:[^']|'')*)' | "(?P<name>(?:[^"]|"")*)"
    | [?$](?P<value>\w*)""",
    re.VERBOSE | re.DOTALL,
)
_WRITES_TO = re.compile(r"\b(TO|EXPORT\s+DATABASE)\s*$", re.IGNORECASE)
_SETS_TO = re.compile(r"\bSET\s+(\w+\s+)?\w+\s+TO\s*$", re.IGNORECASE)
_ATTACHES = re.compile(r"\bATTACH\s+(DATABASE\s+)?(IF\s+NOT\s+EXISTS\s+)?$", re.IGNORECASE)


def paths_in(value: object) -> Iterator[str]:
    """The paths of this machine in an argument. Bytes are contents, streams were heard when they were opened."""
    if isinstance(value, (list, tuple, set, frozenset)):
        for item in cast("Iterable[object]", value):
            yield from paths_in(item)
        return
    if isinstance(value, pathlib.PurePath):
        value = str(value)  # one of a remote file system gives its address, and has no __fspath__
    elif isinstance(value, os.PathLike):
        value = os.fspath(cast("os.PathLike[str]", value))
    if isinstance(value, str):
        text = _FILE.sub("", value, count=1) if _FILE.match(value) else value
        if text and "\0" not in text and not _SCHEME.match(text):
            yield os.path.expanduser(text)


def note_source(tracer: Tracer, path: str) -> None:
    """The file is read, or the folder with all below it, or what matches the pattern; a new one there counts too."""
    is_pattern = bool(_MAGIC.search(path))
    if os.path.isdir(path):
        _note_below(tracer, path)
    elif not is_pattern:
        tracer.note_read(path)
    if is_pattern:
        _note_matches(tracer, *_split(path))  # a file that is really called so matches itself


def note_sql(tracer: Tracer, text: str, values: Iterable[object]) -> None:
    """Quoted text in a statement, and text among the values for it, may name files."""
    written: set[str] = set()
    unnamed = itertools.count(1)
    for found in _TOKEN.finditer(text):
        before = text[max(0, found.start() - 80) : found.start()]
        is_written = bool(_WRITES_TO.search(before)) and not _SETS_TO.search(before)
        if found["value"] is not None:
            name = found["value"] or str(next(unnamed))
            written |= {name} if is_written else set()
        for path in paths_in(_unquoted(found)):
            if _ATTACHES.search(before):
                tracer.note_opened(path)
            else:
                _note_named(tracer, path, is_written)
    for name, value in _values(values):
        for path in paths_in(value):
            _note_named(tracer, path, name in written)


def _unquoted(found: re.Match[str]) -> str:
    return (
        (found["text"] or "").replace("''", "'")
        or (found["name"] or "").replace('""', '"')
        or found["dollars"]
        or ""
    )


def _values(given: Iterable[object]) -> Iterator[tuple[str, object]]:
    """Values by the names that statements call them: `$name`, or the number of a `?`, from one."""
    for value in given:
        if isinstance(value, Mapping):
            for name, item in cast("Mapping[object, object]", value).items():
                yield str(name), item
        elif isinstance(value, (list, tuple)):
            for number, item in enumerate(cast("Iterable[object]", value), 1):
                yield str(number), item


def _note_named(tracer: Tracer, path: str, is_written: bool) -> None:
    """Text in SQL can be anything: what leads nowhere, or to all there is, is rather not a path."""
    if is_written:
        tracer.note_made(path)
    elif os.path.isfile(path) or (_DATA.search(path) and "\n" not in path and not _MAGIC.search(path)):
        tracer.note_read(path)
    elif os.path.isdir(path):
        if not (os.getcwd() + os.sep).startswith(os.path.join(os.path.abspath(path), "")):
            _note_below(tracer, path)
    elif _MAGIC.search(path):
        folder, steps = _split(path)
        is_likely = (os.sep in path or os.path.splitext(path)[1]) and os.path.isdir(folder)
        if is_likely or _DATA.search(path):
            _note_matches(tracer, folder, steps)


def _split(pattern: str) -> tuple[str, list[str]]:
    """The folder before the first step that is not literal, and the steps from there."""
    steps = [step for step in pattern.split(os.sep) if step]
    fixed = list(itertools.takewhile(lambda step: not _MAGIC.search(step), steps))
    return os.path.join(os.sep if pattern.startswith(os.sep) else ".", *fixed), steps[len(fixed) :]


def _note_matches(tracer: Tracer, folder: str, steps: list[str]) -> None:
    step, rest = steps[0], steps[1:]
    if step == "**":
        if not rest:
            _note_below(tracer, folder)
            return
        for below in _folders_below(tracer, folder):
            _note_matches(tracer, below, rest)
        return
    names = [step]
    if _MAGIC.search(step):
        # Libraries differ in what may stand between brackets, and in whether a star stands for a leading dot.
        names = fnmatch.filter(_names(folder), _CHOICE.sub("*", step))
    for name in names:
        path = os.path.join(folder, name)
        if os.path.isdir(path):
            _note_matches(tracer, path, rest) if rest else _note_below(tracer, path)
        elif not rest or not os.path.lexists(path):
            tracer.note_read(path)


def _note_below(tracer: Tracer, top: str) -> None:
    for folder in _folders_below(tracer, top):
        for name in _names(folder):
            path = os.path.join(folder, name)
            if not os.path.isdir(path):
                tracer.note_read(path)


def _folders_below(tracer: Tracer, top: str) -> Iterator[str]:
    """The folder and all below it that count, also through links, each once."""
    waiting, known = [top], set[str]()
    while waiting:
        folder = waiting.pop()
        real = os.path.realpath(folder)
        if real not in known and tracer.counts(real):
            known.add(real)
            yield folder
            paths = (os.path.join(folder, name) for name in _names(folder))
            waiting += [path for path in paths if os.path.isdir(path)]


def _names(folder: str) -> list[str]:
    """The tracer hears that the folder is listed, and so a new name in it counts."""
    try:
        return os.listdir(folder)
    except OSError:
        return []
