"""A small world for the machine tests: five files, five assets, and what a clean build of them gives.

It knows nothing of dagx: code is a value, a step's function is evaluated here, and the oracle is a recursion.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

ASSETS = ("a0", "a1", "a2", "a3", "a4")
FILES = ("f0", "f1", "f2")
HIDDEN = ("f3", "f4")
"""Files that a step reads only if the value of another one says so."""
UNLUCKY = 13
"""A step whose sum is this fails."""

KINDS: dict[str, Callable[[Sequence[int]], int]] = {
    "sum": lambda numbers: sum(numbers) % 97,
    "parity": lambda numbers: sum(numbers) % 2,
    "max": lambda numbers: max(numbers, default=0),
    "constant": lambda numbers: 7,
    "count": lambda numbers: len([number for number in numbers if number]),
}


class Unlucky(Exception):
    """The step's function raised."""


@dataclass(frozen=True)
class Code:
    """What a step computes. `picks`: an odd number in the first file that it reads makes it read a hidden one.

    `is_large`: its value is stored in a file of its own. `spelling`: it is written in another way, and does the same.
    """

    kind: str
    number: int
    reads: tuple[str, ...] = ()
    picks: bool = False
    is_large: bool = False
    spelling: int = 0

    def result(self, inputs: Sequence[int], read: Mapping[str, int | None]) -> int:
        """The value. Raises Unlucky."""
        numbers = [self.number, *inputs, *(content or 0 for content in read.values())]
        if sum(numbers) == UNLUCKY:
            raise Unlucky("thirteen")
        return KINDS[self.kind](numbers)


@dataclass(frozen=True)
class Tree:
    """All that a person can edit. A file that is not there counts as 0."""

    needs: Mapping[str, tuple[str, ...]]
    code: Mapping[str, Code]
    files: Mapping[str, int] = field(default_factory=dict)

    def read(self, code: Code, look: Callable[[str], int | None] | None = None) -> dict[str, int | None]:
        """What a step with this code reads, in order; `look` opens a file, here or on disk."""
        look = look or self.files.get
        found = {name: look(name) for name in code.reads}
        first = next(iter(found.values()), 0) or 0
        if code.picks and found and first % 2:
            hidden = HIDDEN[first // 2 % len(HIDDEN)]
            found[hidden] = look(hidden)
        return found

    def clean_build(self) -> dict[str, int | None]:
        """The value of each asset if all were made from nothing; None where that fails, or what it needs did."""
        found: dict[str, int | None] = {}
        for asset in self.needs:  # what an asset needs stands before it
            inputs = [found[need] for need in self.needs[asset]]
            values = [value for value in inputs if value is not None]
            try:
                code = self.code[asset]
                found[asset] = None if len(values) < len(inputs) else code.result(values, self.read(code))
            except Unlucky:
                found[asset] = None
        return found

    def with_file(self, name: str, number: int | None) -> Tree:
        """The same with another content of a file, or without the file."""
        others = {other: content for other, content in self.files.items() if other != name}
        return replace(self, files=others if number is None else {**others, name: number})

    def with_code(self, asset: str, code: Code) -> Tree:
        return replace(self, code={**self.code, asset: code})

    def with_needs(self, asset: str, needs: tuple[str, ...]) -> Tree:
        return replace(self, needs={**self.needs, asset: needs})
