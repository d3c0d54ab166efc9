"""Files of environment variables, `.env`: read, never written, and nothing is set here.

The form: `NAME=value` on a line, `export ` before it if you like; `#` starts a comment at the start of a line or
after white space. A value in single quotes stands as it is; in double quotes a backslash before n, r, t, a quote, $, a
line's end or itself means what it does in the shell; both may go over several lines. Nothing is interpolated.
"""

from __future__ import annotations

import os
import re

from dagx.errors import DagxError

_SPACE = re.compile(r"[ \t]+")
_NAME = re.compile(r"(?:export[ \t]+)?([A-Za-z_][A-Za-z0-9_.-]*)[ \t]*")
_COMMENT = re.compile(r"[ \t]*(?:#[^\n]*)?(?:\n|\Z)")
_BARE = re.compile(r"[^\n]*?(?=[ \t]+#|[ \t]*(?:\n|\Z))")
_SINGLE = re.compile(r"'([^']*)'")
_DOUBLE = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\", "$": "$", "\n": ""}


def load_dotenv(path: str | os.PathLike[str]) -> dict[str, str]:
    """What the file at `path` says, by name; a later line wins. A name without `=` says nothing.

    Raises OSError when it cannot be read, DagxError with file and line for one that cannot be understood.
    """
    with open(path, encoding="utf-8-sig", newline=None) as file:
        try:
            text = file.read()
        except UnicodeDecodeError as error:
            raise DagxError(
                f"{os.fspath(path)} is no UTF-8 text: {error.reason}", "save it as UTF-8"
            ) from None
    return parsed_dotenv(text, os.fspath(path))


def parsed_dotenv(text: str, where: str = ".env") -> dict[str, str]:
    """What the text says; `where` names it in errors."""
    found: dict[str, str] = {}
    position = 0
    while position < len(text):
        blank = _COMMENT.match(text, position) or _SPACE.match(text, position)
        if blank is not None and blank.end() > position:
            position = blank.end()
            continue
        name = _NAME.match(text, position)
        if name is None:
            raise _unreadable(text, position, where, "no NAME=value")
        position = name.end()
        if text[position : position + 1] == "=":
            found[name[1]], position = _value(text, position + 1, where)
        end = _COMMENT.match(text, position)
        if end is None:
            raise _unreadable(text, position, where, "text after the value")
        position = end.end()
    return found


def _value(text: str, start: int, where: str) -> tuple[str, int]:
    position = start
    while text[position : position + 1] in (" ", "\t"):
        position += 1
    quote = text[position : position + 1]
    if quote == "#" and position > start:
        return "", position
    if quote not in ("'", '"'):
        bare = _BARE.match(text, position)
        assert bare is not None
        return bare[0], bare.end()
    quoted = (_SINGLE if quote == "'" else _DOUBLE).match(text, position)
    if quoted is None:
        raise _unreadable(text, position, where, "a quote that is never closed")
    if quote == "'":
        return quoted[1], quoted.end()
    return _ESCAPE.sub(lambda escape: _ESCAPES.get(escape[1], escape[0]), quoted[1]), quoted.end()


def _unreadable(text: str, position: int, where: str, what: str) -> DagxError:
    # the line itself may hold a secret
    return DagxError(
        f"{where}:{text.count(chr(10), 0, position) + 1}: cannot be read: {what}",
        'write NAME=value, NAME="value" or # a comment',
    )
