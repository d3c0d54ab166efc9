"""Files as inputs: `dg.file("data/*.csv")`, for what a function reads that nobody can see it read.

It knows paths as they are written; what is there is looked at by others.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from typing import Any, cast

from dagx.errors import InvalidArgumentError
from dagx.record import Record

__all__ = ["FileInput", "file"]

_FREE = re.compile(r"\[[^]]*\]|[*?]")
"""What in a pattern does not stand for itself."""
_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")
_HOW = 'write dg.file("data/orders.csv"), dg.file("data/") for a folder, or dg.file("data/*.csv")'


class FileInput(Record):
    """A file, a folder with all below it, or all files that a pattern matches: made by `dg.file`."""

    path: str

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self._set(path=_checked(path))

    def __repr__(self) -> str:
        return f"file({self.path!r})"


def file(path: str | os.PathLike[str]) -> FileInput:
    """A file that an asset, op or check is made from, for `inputs=[...]`, or for `deps=[...]` beside assets.

    What is read in Python, and by the usual libraries, is seen without that. Declared is what is read unseen, as by a
    program that the step starts; and what is to count before the first run.

    path: as seen from the project's folder, or absolute. One that ends with a slash is a folder with all below it. In a
        pattern, `*` and `?` stand for what has no slash in it, `[abc]` for one of these, `**` for any folders; hidden
        names match only where the pattern has the dot.

    What is not there counts as not there: when it comes, the asset is stale. Raises InvalidArgumentError for an empty
    path, an address, and for a pattern that could be anything.
    """
    return FileInput(path)


def file_inputs(inputs: Iterable[Any] | None, shown: str) -> tuple[FileInput, ...]:
    """What stands in `inputs=`: files, each also as its path alone. Raises InvalidArgumentError."""
    if inputs is None:
        return ()
    if isinstance(inputs, (str, os.PathLike, FileInput)) or not isinstance(cast(object, inputs), Iterable):
        raise InvalidArgumentError(f"{shown}: inputs is a list, not {inputs!r}", "write inputs=[...]")
    found: dict[FileInput, None] = {}
    for item in inputs:
        if not isinstance(item, (str, os.PathLike, FileInput)):
            raise InvalidArgumentError(
                f"{shown}: inputs has files, not {item!r}",
                f"an asset goes into deps=[...]; for a file {_HOW}",
            )
        found[item if isinstance(item, FileInput) else FileInput(cast("str | os.PathLike[str]", item))] = None
    return tuple(found)


def parted(deps: Iterable[Any] | None) -> tuple[Iterable[Any] | None, tuple[FileInput, ...]]:
    """What stands in `deps=`: assets, and files apart from them."""
    if deps is None or isinstance(deps, str) or not isinstance(cast(object, deps), Iterable):
        return deps, ()
    items: Sequence[Any] = list(deps)
    files = [item for item in items if isinstance(item, FileInput)]
    return [item for item in items if not isinstance(item, FileInput)], tuple(dict.fromkeys(files))


def refuse_file(value: object, where: str) -> None:
    """Raise InvalidArgumentError for a file that stands where an asset is meant."""
    if isinstance(value, FileInput):
        raise InvalidArgumentError(
            f"{value!r} {where}, where an asset is meant",
            "give it in inputs=[...], or in deps=[...] of what reads it; a file has no value that could be passed",
        )


def _checked(path: object) -> str:
    if not isinstance(path, (str, os.PathLike)):
        raise InvalidArgumentError(f"file() takes the path of a file, not {path!r}", _HOW)
    given = os.fspath(cast("str | os.PathLike[str]", path))
    if not isinstance(cast(object, given), str) or not given.strip() or "\0" in given:
        raise InvalidArgumentError(f"file() takes the path of a file, not {given!r}", _HOW)
    if _ADDRESS.match(given):
        raise InvalidArgumentError(
            f"file({given!r}) is an address, and files of this machine alone are looked at",
            "declare the file that it is fetched to, or run the asset with --force when there is something new",
        )
    normal = os.path.normpath(os.path.expanduser(given))
    steps = [step for step in normal.split(os.sep) if step not in ("", ".", "..")]
    mixed = [step for step in steps if "**" in step and step != "**"]
    if mixed:
        raise InvalidArgumentError(
            f"file({given!r}): ** stands for folders and has to be alone between slashes",
            "write " + repr(given.replace(mixed[0], "**/" + mixed[0].replace("**", "*"))),
        )
    if not steps or not _FREE.sub("", steps[0]):
        raise InvalidArgumentError(
            f"file({given!r}) could be anything: nothing in it is fixed",
            'begin with a folder, as in dg.file("data/**/*.csv")',
        )
    if not given.endswith(os.sep):
        return normal
    return normal.removesuffix("**") if steps[-1] == "**" else normal + os.sep
