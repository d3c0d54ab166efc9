"""A selection as text, which `selection_text.parse` reads back to the same terms. Section 15.2."""

from __future__ import annotations

from dagx.selecting.terms import (
    CALLS,
    And,
    Attribute,
    Down,
    Everything,
    Not,
    Or,
    Selection,
    Up,
)

_WORDS = {term: word for word, term in CALLS.items()}


def text_of(selection: Selection) -> str:
    """The text of `selection`. Equal terms have the same text."""
    if isinstance(selection, Everything):
        return "*"
    if isinstance(selection, Attribute):
        return _attribute(selection)
    if isinstance(selection, Or):
        return " or ".join(text_of(part) for part in selection.parts)
    if isinstance(selection, And):
        return " and ".join(_bracketed(part, Or) for part in selection.parts)
    if isinstance(selection, Not):
        return f"not {_bracketed(selection.of, Or, And)}"
    if isinstance(selection, (Up, Down)):
        of = _bracketed(selection.of, Or, And, Not, Up, Down, Everything)
        depth = "" if selection.depth is None else str(selection.depth)
        return f"{depth}+{of}" if isinstance(selection, Up) else f"{of}+{depth}"
    return f"{_WORDS[type(selection)]}({text_of(selection.of)})"


def _bracketed(selection: Selection, *weaker: type[Selection]) -> str:
    """The text of a part, in brackets when it is of a kind that would not hold together."""
    text = text_of(selection)
    return f"({text})" if isinstance(selection, weaker) else text


def _attribute(term: Attribute) -> str:
    if term.value is None:
        return f"{term.name}:<null>"
    if term.name == "is" and term.value.isascii() and term.value.isidentifier():
        return f"is:{term.value}"
    value = _quoted(term.value, is_pattern=term.is_pattern)
    second = "" if term.second is None else f"={_quoted(term.second, is_pattern=False)}"
    return f"{term.name}:{value}{second}"


def _quoted(value: str, *, is_pattern: bool) -> str:
    if not is_pattern:
        value = value.replace("\\", "\\\\").replace("*", "\\*")
    value = value.replace('"', '\\"').replace("\n", "\\n")
    return f'"{value}"'
