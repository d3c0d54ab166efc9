"""The text of a selection, read into its terms: `key:raw/* and not group:old`, `+orders`. Sections 15.2,
15.3.

First as an expression; what is none is tried in the short syntax, in which each `+` is one level and `*` all
levels.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from dagx.errors import InvalidAssetSelectionError
from dagx.selecting.attributes import Finder
from dagx.selecting.evaluation import evaluate
from dagx.selecting.terms import (
    CALLS,
    And,
    Attribute,
    Catalog,
    Down,
    Everything,
    Not,
    Or,
    Selection,
    Up,
)

# Deeper nesting is no one's text, and would exhaust the stack.
_DEEPEST = 100

_TOKENS = re.compile(
    r"""\s*(?:
        (?P<quoted>"(?:[^"\\\n]|\\[^\n])*") | (?P<null><null>)
      | (?P<numbered>\d+(?:[A-Za-z_/]|[.-](?=\w))[\w/]*(?:[.-](?=[\w/])[\w/]*)*) | (?P<digits>\d+)
      | (?P<word>[A-Za-z_*](?:[\w/*]|[.-](?=[\w/*]))*) | (?P<sign>[():=+])
    )""",
    re.VERBOSE,
)
_SHORT = re.compile(r"(?P<up>\*|\++)?(?P<name>[\w./\[\]-]+)(?P<down>\*|\++)?")
_KEYWORDS = frozenset(["and", "or", "not", "AND", "OR", "NOT"])
_ESCAPED = re.compile(r"\\(.)")
_SHORT_TAG = re.compile(r"tag:(?P<name>[^=]+)(?:=(?P<value>.*))?")


class _Token(NamedTuple):
    kind: str
    text: str
    start: int


class _Unreadable(Exception):
    def __init__(self, problem: str, start: int) -> None:
        super().__init__(problem)
        self.problem = problem
        self.start = start


def parse(text: str) -> Selection:
    """The terms of `text`. Raises InvalidAssetSelectionError, pointing at what cannot be read."""
    try:
        return _Reader(_tokens(text)).whole()
    except _Unreadable as unreadable:
        short = _short(text.strip())
        if short is not None:
            return short
        pointer = " " * unreadable.start + "^ " + unreadable.problem
        raise InvalidAssetSelectionError("the selection cannot be read", f"{text}\n{pointer}") from None


def select(text: str, catalog: Catalog, attributes: Mapping[str, Finder] | None = None) -> frozenset[str]:
    """The keys that the selection `text` means; see `parse` and `evaluate` for `attributes` and the errors."""
    return evaluate(parse(text), catalog, attributes)


def _short(text: str) -> Selection | None:
    tag = _SHORT_TAG.fullmatch(text)
    if tag is not None:
        return Attribute("tag", tag["name"], tag["value"])
    found = _SHORT.fullmatch(text)
    if found is None or found["name"] in _KEYWORDS:
        return None
    name: Selection = Attribute("key", found["name"])
    ups: Selection | None = Up(name, _levels(found["up"])) if found["up"] else None
    downs: Selection | None = Down(name, _levels(found["down"])) if found["down"] else None
    if ups is not None and downs is not None:
        return Or(ups, downs)
    return ups or downs or name


def _levels(sign: str) -> int | None:
    return None if sign == "*" else len(sign)


def _tokens(text: str) -> list[_Token]:
    tokens: list[_Token] = []
    position = 0
    end = len(text.rstrip())
    while position < end:
        found = _TOKENS.match(text, position)
        if found is None or found.lastgroup is None:
            raise _Unreadable("this cannot stand here", len(text) - len(text[position:].lstrip()))
        tokens.append(_Token(found.lastgroup, found[found.lastgroup], found.start(found.lastgroup)))
        position = found.end()
    tokens.append(_Token("end", "", len(text)))
    return tokens


class _Reader:
    """Reads an expression from its tokens: `not` binds closer than `and`, `and` closer than `or`."""

    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens = tokens
        self._at = 0
        self._depth = 0

    def whole(self) -> Selection:
        found = self._either()
        if self._here.kind != "end":
            raise self._unreadable("put `and` or `or` before this")
        return found

    @property
    def _here(self) -> _Token:
        return self._tokens[self._at]

    def _unreadable(self, problem: str) -> _Unreadable:
        return _Unreadable(problem, self._here.start)

    def _next_is(self, *texts: str) -> bool:
        return self._here.kind in ("word", "sign") and self._here.text in texts

    def _take(self) -> _Token:
        token = self._here
        self._at += 1
        return token

    def _expect(self, sign: str) -> None:
        if not self._next_is(sign):
            raise self._unreadable(f"a {sign} is missing here")
        self._take()

    def _either(self) -> Selection:
        parts = [self._both()]
        while self._next_is("or", "OR"):
            self._take()
            parts.append(self._both())
        return parts[0] if len(parts) == 1 else Or(*parts)

    def _both(self) -> Selection:
        parts = [self._negated()]
        while self._next_is("and", "AND"):
            self._take()
            parts.append(self._negated())
        return parts[0] if len(parts) == 1 else And(*parts)

    def _negated(self) -> Selection:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise self._unreadable("this is nested too deeply")
        if self._next_is("not", "NOT"):
            self._take()
            found: Selection = Not(self._negated())
        elif self._next_is("*"):
            self._take()
            found = Everything()
        else:
            found = self._traversal()
        self._depth -= 1
        return found

    def _traversal(self) -> Selection:
        is_up, up_depth = False, None
        if self._here.kind == "digits":
            up_depth = int(self._take().text)
            self._expect("+")
            is_up = True
        elif self._next_is("+"):
            self._take()
            is_up = True
        center = self._term()
        found: Selection = Up(center, up_depth) if is_up else center
        if self._next_is("+"):
            self._take()
            depth = int(self._take().text) if self._here.kind == "digits" else None
            found = Or(found, Down(center, depth)) if is_up else Down(center, depth)
        return found

    def _term(self) -> Selection:
        if self._next_is("("):
            self._take()
            found = self._either()
            self._expect(")")
            return found
        if self._here.kind != "word" or "*" in self._here.text:
            raise self._unreadable("name:value is missing here, as in key:orders")
        name = self._take()
        if self._next_is("("):
            if name.text not in CALLS:
                raise _Unreadable(f"only {', '.join(CALLS)} take brackets", name.start)
            self._take()
            inner = self._either()
            self._expect(")")
            return CALLS[name.text](inner)
        if not self._next_is(":"):
            raise _Unreadable(f"write key:{name.text}", name.start)
        self._take()
        written, is_pattern = self._value(stars_without_quotes=name.text == "key")
        value = _as_pattern(written) if is_pattern else _unescaped(written)
        second = None
        if name.text in ("tag", "column_tag") and self._next_is("="):
            self._take()
            second = _unescaped(self._value(stars_without_quotes=False)[0])
        return Attribute(name.text, value, second or None, is_pattern)

    def _value(self, *, stars_without_quotes: bool) -> tuple[str | None, bool]:
        """What stands after a colon, as it is written, and whether a star in it stands for any text."""
        token = self._here
        if token.kind == "quoted":
            self._take()
            return token.text[1:-1], "*" in _ESCAPED.sub("", token.text)
        if token.kind == "null":
            self._take()
            return None, False
        if token.kind == "word" and ("*" not in token.text or (stars_without_quotes and token.text != "*")):
            self._take()
            return token.text, "*" in token.text
        if token.kind in ("digits", "numbered"):
            self._take()
            return token.text, False
        if token.text == "*":
            raise self._unreadable("write * alone for all assets")
        if token.kind == "word":
            raise self._unreadable("put a value with a star in double quotes")
        raise self._unreadable(
            'a value is missing here; put one with other signs in it in double quotes, as "a b"'
        )


def _unescaped(written: str | None) -> str | None:
    """A value as it is meant: a backslash takes from `"`, `*` and itself what they would mean."""
    if written is None:
        return None
    meant = {'"': '"', "*": "*", "\\": "\\", "n": "\n"}
    return _ESCAPED.sub(lambda found: meant.get(found[1], found[0]), written)


def _as_pattern(written: str | None) -> str | None:
    """Like `_unescaped`, but stars and backslashes that stand for themselves keep the backslash before them."""
    if written is None:
        return None
    meant = {'"': '"', "*": "\\*", "\\": "\\\\", "n": "\n"}
    return _ESCAPED.sub(lambda found: meant.get(found[1], "\\" + found[0]), written)
