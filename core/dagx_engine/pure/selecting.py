"""From the text of a selection to assets, checks and steps of a generation. The grammar is the SDK's; a typo is an
error.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import field

from dagx.errors import DagxError, InvalidAssetSelectionError
from dagx.nearest import did_you_mean
from dagx.selecting.attributes import ATTRIBUTES, Finder
from dagx.selecting.evaluation import evaluate, evaluate_checks
from dagx.selecting.terms import Catalog, Or, Selectable, Selection
from dagx.selecting.text import parse
from dagx_engine.pure.definitions import Key, Product, StepName
from dagx_engine.pure.errors import UsageError
from dagx_engine.pure.generation import Generation
from dagx_engine.pure.looks import Looks, finders
from dagx_engine.pure.value import dataclass

__all__ = ["Choice", "choose", "key_named", "of_products", "select_keys"]

_BARE = re.compile(r"(?<=[a-z])\(\s*([\w/.-]+)\s*\)")
"""A name alone in the brackets of a word, as in `checks(orders)`."""
_WORDS = {"and", "or", "not", "AND", "OR", "NOT"}


@dataclass(frozen=True)
class Choice:
    """The steps that a selection asks for, upstream first.

    `parts` has what is wanted of those that are to make less than they can; `beside` what others make along, because
    they make all or nothing.
    """

    steps: tuple[StepName, ...]
    parts: Mapping[StepName, frozenset[Product]] = field(default_factory=dict)
    beside: Mapping[StepName, tuple[Product, ...]] = field(default_factory=dict)


def select_keys(
    generation: Generation, text: str | None, look: Callable[[], Looks] | None = None
) -> tuple[Key, ...]:
    """The assets that the text means, upstream first; all of them for None or nothing.

    Several words without `and`, `or`, `not` between them mean each of them. `look` is called when the text asks how
    assets are now (`state:stale`, `changed:1h`), and only then. Raises UsageError.
    """
    if not text or not text.strip():
        return tuple(generation.assets)
    found = _meaning(generation, text, look)[0]
    return tuple(key for key in generation.assets if key in found)


def choose(generation: Generation, text: str | None, look: Callable[[], Looks] | None = None) -> Choice:
    """The steps that make what the text selects; for None or nothing, all that a run of everything runs.

    The checks of selected assets are selected, too; a step that only looks at an external asset is, when that asset
    is named. Raises UsageError when there is nothing to run.
    """
    if not text or not text.strip():
        return Choice(generation.routine)
    keys, checks = _meaning(generation, text, look)
    found = of_products(generation, keys, checks)
    if not found.steps:
        why = "its assets are external, not made by dagx" if keys else "it selects no asset"
        raise UsageError(f"nothing to run in {text!r}: {why}")
    return found


def of_products(generation: Generation, keys: Collection[str], checks: Collection[str]) -> Choice:
    """The steps that make these assets, and give the results of these checks."""
    steps: list[StepName] = []
    parts: dict[StepName, frozenset[Product]] = {}
    beside: dict[StepName, tuple[Product, ...]] = {}
    for name, step in generation.steps.items():
        wanted = frozenset[Product](key for key in (*step.assets, *step.observes) if key in keys)
        wanted |= {key for key in step.checks if str(key) in checks}
        if not wanted:
            continue
        steps.append(name)
        rest = tuple(product for product in step.products if product not in wanted)
        if rest and step.in_parts:
            parts[name] = wanted
        elif rest:
            beside[name] = rest
    return Choice(tuple(steps), parts, beside)


def _meaning(
    generation: Generation, text: str, look: Callable[[], Looks] | None
) -> tuple[frozenset[str], frozenset[str]]:
    """The assets and the checks that the text means."""
    attributes: Mapping[str, Finder] = ATTRIBUTES if look is None else {**ATTRIBUTES, **finders(look)}
    catalog = _catalog(generation)
    try:
        return _evaluated(text, catalog, attributes)
    except DagxError as error:
        raise UsageError(error.message, error.hint) from error


def _catalog(generation: Generation) -> Catalog:
    return Catalog(
        [
            Selectable(a.key, a.group, a.tags, a.kinds, a.owners, a.step is None)
            for a in generation.assets.values()
        ],
        {asset.key: asset.deps for asset in generation.assets.values()},
        checks={str(key): key.asset for key in generation.checks},
        together={
            key: step.assets for step in generation.steps.values() if not step.in_parts for key in step.assets
        },
    )


def _evaluated(
    text: str, catalog: Catalog, attributes: Mapping[str, Finder]
) -> tuple[frozenset[str], frozenset[str]]:
    meant = _parsed(text)
    return evaluate(meant, catalog, attributes), (
        evaluate_checks(meant, catalog, attributes) if catalog.checks else frozenset()
    )


def _parsed(text: str) -> Selection:
    words = text.split()
    try:
        return parse(_BARE.sub(r'(key:"\1")', text))
    except InvalidAssetSelectionError:
        if len(words) < 2 or _WORDS & set(words) or "(" in text:
            raise
    return Or(*(parse(word) for word in words))


def key_named(generation: Generation, name: str) -> Key:
    """The asset of this name. Raises UsageError with the near name."""
    if name in generation.assets:
        return Key(name)
    raise UsageError(f'there is no asset "{name}"', did_you_mean(name, generation.assets))
