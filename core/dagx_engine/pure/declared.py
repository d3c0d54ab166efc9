"""Files that steps were declared to be made from: patterns, what they match, and which parts of a manifest that is.

`declared:<pattern>` is observed as the names that match now. Each of them is a part `file:<name>`, like those that a
run was seen to read: a file that comes, goes or changes is a difference. A plain name is one if nothing is there, too.
"""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from dagx_engine.pure.definitions import StepDef, StepName
from dagx_engine.pure.generation import Generation

__all__ = [
    "ANY_FOLDERS",
    "DECLARED",
    "Pattern",
    "declared_names",
    "declared_parts",
    "fits",
    "is_declared",
    "is_pattern",
    "joined",
    "matches",
    "patterns_of",
    "steps_in",
]

DECLARED = "declared:"
ANY_FOLDERS = "**"

_MAGIC = re.compile(r"[*?\[]")

Pattern = str
"""A path with `/` between its steps, relative to the project or absolute; one that ends with `/` is a folder."""


def patterns_of(generation: Generation, steps: Iterable[StepName] | None = None) -> dict[Pattern, None]:
    """The patterns of these steps, of all without a list, each once."""
    chosen = generation.steps if steps is None else steps
    return dict.fromkeys(pattern for name in chosen for pattern in generation.steps[name].declared_inputs)


def declared_names(generation: Generation, steps: Iterable[StepName] | None = None) -> list[str]:
    """What is to be looked at now of what these steps were declared to be made from."""
    return [DECLARED + pattern for pattern in patterns_of(generation, steps)]


def joined(names: Sequence[str]) -> str:
    """The names that match, as one text: no name of a file has a NUL in it."""
    return "\0".join(names)


def declared_parts(step: StepDef, observed: Mapping[str, str]) -> list[tuple[str, str]]:
    """The parts of its manifest that stand for what it was declared to be made from."""
    found: list[tuple[str, str]] = []
    for pattern in step.declared_inputs:
        names = observed[DECLARED + pattern]
        found += [(f"file:{name}", observed[f"file:{name}"]) for name in names.split("\0") if name]
    return found


def is_declared(step: StepDef, name: str) -> bool:
    """Whether a file is what the step was declared to be made from."""
    return any(matches(pattern, name) for pattern in step.declared_inputs)


def is_pattern(text: str) -> bool:
    """Whether something in it does not stand for itself."""
    return _MAGIC.search(text) is not None


def steps_in(pattern: Pattern) -> list[str]:
    """The steps of a pattern, from the project or from the root."""
    return [step for step in pattern.split("/") if step]


def matches(pattern: Pattern, name: str) -> bool:
    """Whether a file of this name is meant. A plain name means the file, or the folder with all below it."""
    if pattern.startswith("/") != name.startswith("/"):
        return False
    if not is_pattern(pattern):
        folder = pattern.rstrip("/")
        return name == pattern or name.startswith(f"{folder}/")
    return _matched(steps_in(pattern), steps_in(name), pattern.endswith("/"))


def _matched(steps: Sequence[str], names: Sequence[str], is_folder: bool) -> bool:
    """Step by step. A pattern that ends with a slash means folders with all below them."""
    if not steps:
        return bool(names) if is_folder else not names
    if not names:
        return False
    if steps[0] == ANY_FOLDERS:
        if len(steps) == 1 and not is_folder:
            return not any(name.startswith(".") for name in names)
        return _matched(steps[1:], names, is_folder) or (
            not names[0].startswith(".") and _matched(steps, names[1:], is_folder)
        )
    return fits(steps[0], names[0]) and _matched(steps[1:], names[1:], is_folder)


def fits(step: str, name: str) -> bool:
    """Whether one step of a pattern means this name; hidden ones only where the dot is written."""
    if not is_pattern(step):
        return step == name
    return (step.startswith(".") or not name.startswith(".")) and _expression(step).match(name) is not None


@lru_cache(maxsize=256)
def _expression(step: str) -> re.Pattern[str]:
    return re.compile(fnmatch.translate(step))
