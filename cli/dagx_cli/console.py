"""The terminal or pipe that `dagx` writes to: what it can show, and the writing. Knows no view.

Colour and a repainted screen are for people at a terminal; a pipe, a file, CI or a dumb terminal gets lines.
"""

from __future__ import annotations

import io
import os
import select
import sys
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import NamedTuple, TextIO

from dagx.errors import DagxError
from dagx_cli.render.as_json import json_text
from dagx_cli.render.look import Look

__all__ = ["Console", "is_interactive", "look_of", "reader_is_gone"]

# With PYTHONUNBUFFERED set, Python forgets what a pipe does not take of one write, also when its reader has
# gone. So many characters are taken wholly or refused.
_PIECE = 1024


class Console(NamedTuple):
    out: TextIO
    look: Look
    interactive: bool
    """A person at a terminal that can be repainted."""

    @classmethod
    def of_process(cls, *, ascii_only: bool = False) -> Console:
        out = _usable(sys.stdout)
        return cls(out, look_of(out, os.environ, ascii_only=ascii_only), is_interactive(out, os.environ))

    @classmethod
    def of_errors(cls) -> Console:
        err = _usable(sys.stderr)
        return cls(err, look_of(err, os.environ), is_interactive(err, os.environ))

    def show(self, lines: Iterable[str]) -> None:
        text = "\n".join(lines)
        if text:
            self.write(text + "\n")

    def write(self, text: str) -> None:
        """At once: what is written is seen, also in a pipe."""
        try:
            for start in range(0, len(text), _PIECE):
                self.out.write(text[start : start + _PIECE])
            self.out.flush()
        except BrokenPipeError:
            raise
        except OSError as error:
            raise DagxError(f"the output cannot be written: {error.strerror}") from error

    def answer(self, view: object, as_json: bool, lines: Callable[[Look], Iterable[str]]) -> None:
        """Print a view: the whole of it as JSON, or the lines that are made of it."""
        if as_json:
            self.write(json_text(view, pretty=self.out.isatty()) + "\n")
        else:
            self.show(lines(self.look))

    def write_json(self, find: Callable[[Callable[[object], str], str], str]) -> None:
        """Print what `find` answers, which it makes with the function that it is given; the form of that has a name."""
        pretty = self.out.isatty()
        self.write(find(partial(json_text, pretty=pretty), "json-pretty" if pretty else "json") + "\n")

    def at_full_length(self) -> Console:
        """The same, and no line is cut to the width of the terminal."""
        return self._replace(look=self.look._replace(width=None))

    def size(self) -> tuple[int, int]:
        """Columns and rows, as they are now."""
        try:
            return tuple(os.get_terminal_size(self.out.fileno()))  # type: ignore[return-value]  # it is a pair
        except (OSError, ValueError):
            return 80, 24


def look_of(out: TextIO, environ: Mapping[str, str], *, ascii_only: bool = False) -> Look:
    terminal = out.isatty()
    term = environ.get("TERM", "")
    return Look(
        colour=terminal and term not in ("", "dumb") and not environ.get("NO_COLOR"),
        ascii=ascii_only or term == "linux" or not _writes_unicode(out),
        width=_columns(out) if terminal else None,
    )


def is_interactive(out: TextIO, environ: Mapping[str, str]) -> bool:
    return out.isatty() and environ.get("TERM", "") not in ("", "dumb") and not environ.get("CI")


def reader_is_gone(out: TextIO) -> bool:
    """Whether `out` is a pipe that nobody will ever read: a quiet stream would not learn it by writing."""
    try:
        poll = select.poll()
        poll.register(out.fileno(), 0)
        return any(what & select.POLLERR for _, what in poll.poll(0))
    except (AttributeError, OSError, ValueError):
        return False  # no poll on this platform, or no file behind the stream


def _usable(stream: TextIO | None) -> TextIO:
    """The stream, made to accept every text; nowhere when the process was started with it closed."""
    if stream is None:
        return _Nowhere()
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(errors="backslashreplace")
    return stream


class _Nowhere(io.StringIO):
    """Takes everything and keeps nothing."""

    def write(self, text: str) -> int:
        return len(text)


def _writes_unicode(out: TextIO) -> bool:
    return (out.encoding or "utf-8").lower().replace("-", "").replace("_", "") == "utf8"


def _columns(out: TextIO) -> int:
    try:
        return os.get_terminal_size(out.fileno()).columns or 80
    except (OSError, ValueError):
        return 80
