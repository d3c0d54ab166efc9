"""From the text of a selection to assets and steps of a generation. The grammar is the SDK's; a typo is an error."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from dagx.errors import DagxError, InvalidAssetSelectionError
from dagx.nearest import did_you_mean
from dagx.selection_attributes import ATTRIBUTES, Finder
from dagx.selection_terms import Catalog, Selectable
from dagx.selection_text import select
from dagx_engine.pure.errors import UsageError
from dagx_engine.pure.generation import Generation, Key, StepName
from dagx_engine.pure.looks import Looks, finders

__all__ = ["key_named", "select_keys", "select_steps"]

_WORDS = {"and", "or", "not", "AND", "OR", "NOT"}


def select_keys(
    generation: Generation, text: str | None, look: Callable[[], Looks] | None = None
) -> tuple[Key, ...]:
    """The assets that the text means, upstream first; all of them for None or nothing.

    Several words without `and`, `or`, `not` between them mean each of them. `look` is called when the text asks how
    assets are now (`state:stale`, `changed:1h`), and only then. Raises UsageError.
    """
    if not text or not text.strip():
        return tuple(generation.assets)
    catalog = Catalog(
        [
            Selectable(a.key, a.group, a.tags, a.kinds, a.owners, a.step is None)
            for a in generation.assets.values()
        ],
        {asset.key: asset.deps for asset in generation.assets.values()},
        together={key: step.assets for step in generation.steps.values() for key in step.assets},
    )
    try:
        found = _select(text, catalog, ATTRIBUTES if look is None else {**ATTRIBUTES, **finders(look)})
    except DagxError as error:
        raise UsageError(error.message, error.hint) from error
    return tuple(key for key in generation.assets if key in found)


def _select(text: str, catalog: Catalog, attributes: Mapping[str, Finder]) -> frozenset[str]:
    words = text.split()
    try:
        return select(text, catalog, attributes)
    except InvalidAssetSelectionError:
        if len(words) < 2 or _WORDS & set(words) or "(" in text:
            raise
    return frozenset[str]().union(*(select(word, catalog, attributes) for word in words))


def select_steps(
    generation: Generation, text: str | None, look: Callable[[], Looks] | None = None
) -> tuple[StepName, ...]:
    """The steps that make the selected assets, upstream first. Raises UsageError when none is made here."""
    keys = select_keys(generation, text, look)
    steps = generation.steps_of(keys)
    if not steps and text:
        why = "its assets are external, not made by dagx" if keys else "it selects no asset"
        raise UsageError(f"nothing to run in {text!r}: {why}")
    return steps


def key_named(generation: Generation, name: str) -> Key:
    """The asset of this name. Raises UsageError with the near name."""
    if name in generation.assets:
        return Key(name)
    raise UsageError(f'there is no asset "{name}"', did_you_mean(name, generation.assets))
