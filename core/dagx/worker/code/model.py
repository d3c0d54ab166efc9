"""What is known of a module's source, as plain values: its units, and what each of them uses and does."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

Chain = tuple[str, ...]
"""A global name and the attributes after it: `("lib", "clean")` for `lib.clean(...)`."""

EFFECTS = "<effects>"
"""The unit of what a module does when it is imported, beyond defining names."""

AT_IMPORT = -1
"""The depth of what is executed when the module is imported. The body of a function has 0, of one in it 1."""


class Imported(NamedTuple):
    """What a name stands for after an import statement."""

    module: str
    """The module in the statement, dots in front for a relative one."""
    name: str | None
    """The name taken from it; None for `import module`; `*` for all."""


Imports = dict[str, tuple[Imported, ...]]
"""By name what it can stand for: a fallback imports the same name from elsewhere."""


class Mark(NamedTuple):
    """Something in the source that makes more count than the names in it, and its line."""

    what: str
    """`code`: any code may be reached. `module`: any name of its own module. `doc`, `source`: docstrings, or the very
    text, of what is reached. `spec`: how assets are declared."""
    words: str
    line: int


class Unit(NamedTuple):
    """A piece of a module: its digest, without positions, comments and docstrings, and what it uses and does."""

    name: str
    kind: str
    """`def`, `class`, `constant`, `variable` (its value may be changed in place) or `effects`."""
    digest: str
    doc: str = ""
    """The digest of its docstrings; empty when it has none."""
    spans: tuple[tuple[int, int], ...] = ()
    """First and last line of each statement that binds the name."""
    uses: tuple[Chain, ...] = ()
    """Everything named in it that is of the module's scope."""
    imports: Imports = {}  # noqa: RUF012 - nobody writes to it
    """Names that the unit itself imports, at any depth."""
    bases: tuple[Chain, ...] = ()
    """Of a class: its bases and its metaclass."""
    called: tuple[tuple[Chain, int], ...] = ()
    """What is called when the module is imported, and how often over: `f(1)(2)` calls `f` and what that returns."""
    changed: tuple[tuple[Chain, int], ...] = ()
    """What is assigned into, in place, and at which depth."""
    handled: tuple[tuple[Chain, int, bool], ...] = ()
    """What may be changed in place by a method that is called of it, or (True) by a call that it is passed to."""
    patches: bool = False
    """Whether it assigns an attribute of something that it was given."""
    given_away: tuple[tuple[Chain, int], ...] = ()
    """What is called with a parameter, or without using its result: it may keep what it is given."""
    handed: tuple[tuple[Chain, Chain], ...] = ()
    """What is called with something that an import brought, and that."""
    context_to: tuple[Chain, ...] = ()
    """What a step's context is passed to; an empty chain is something unknown."""
    decorators: tuple[Chain, ...] = ()
    """What is applied to a function or class, dagx's own decorators left out."""
    is_asset: bool = False
    """Whether a decorator of dagx makes a definition of it."""
    hooks: bool = False
    """Whether making a subclass of it does something: it has `__init_subclass__`, or is a metaclass."""
    marks: tuple[Mark, ...] = ()

    @property
    def line(self) -> int:
        return min((first for first, _ in self.spans), default=0)


class ModuleUnits(NamedTuple):
    """A module's units by name; `imports` are the names bound by top-level imports, `starred` what `*` is taken of."""

    units: dict[str, Unit]
    imports: Imports
    starred: tuple[str, ...]
    doc: str = ""
    """The digest of the module's docstring."""

    def to_plain(self) -> tuple[Any, ...]:
        """Tuples, lists, dicts and text alone, as `marshal` writes them."""
        units = [_plain_unit(unit) for unit in self.units.values()]
        return (units, _plain(self.imports), self.starred, self.doc)

    @staticmethod
    def of_plain(plain: tuple[Any, ...]) -> ModuleUnits:
        """What `to_plain` gave."""
        units = [_unit(fields) for fields in plain[0]]
        return ModuleUnits({unit.name: unit for unit in units}, _imports(plain[1]), plain[2], plain[3])


def _plain_unit(unit: Unit) -> tuple[Any, ...]:
    if not unit.imports and not unit.marks:
        return tuple(unit)
    fields = unit._asdict()
    fields["imports"] = _plain(unit.imports)
    fields["marks"] = tuple(tuple(mark) for mark in unit.marks)
    return tuple(fields.values())


def _unit(fields: tuple[Any, ...]) -> Unit:
    unit = Unit._make(fields)
    if not unit.imports and not unit.marks:
        return unit
    return unit._replace(imports=_imports(unit.imports), marks=tuple(Mark._make(mark) for mark in unit.marks))


def _plain(imports: Imports) -> dict[str, list[tuple[Any, ...]]]:
    return {name: [tuple(what) for what in found] for name, found in imports.items()}


def _imports(plain: Mapping[str, Iterable[Any]]) -> Imports:
    return {name: tuple(Imported._make(what) for what in found) for name, found in plain.items()}


def digest_text(text: str) -> str:
    """A short digest of text, the same in every process."""
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
