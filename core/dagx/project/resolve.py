"""From loaded modules to definitions, and from those to what fits together. Semantics: section 25."""

from __future__ import annotations

from collections.abc import Iterable
from types import ModuleType

from dagx.project.collecting import definitions_of
from dagx.project.defs import Definitions
from dagx.project.resolution import ResolvedDefinitions


def collect(modules: Iterable[ModuleType]) -> Definitions:
    """What the top level of these modules defines; see `dagx.project.collecting.definitions_of`."""
    return definitions_of(modules)


def resolve(definitions: Definitions, *, strict: bool = True) -> ResolvedDefinitions:
    """Definitions fitted together; see `dagx.project.resolution.resolved`. Raises InvalidDefinitionError."""
    return definitions.resolve(strict=strict)
