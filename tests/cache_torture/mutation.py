"""One edit of a small project, written into its text where it happens: `[[before => after]]`."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from shops import Shop, files_in

__all__ = ["Mutation", "counts", "does_not_count", "each"]

_EDIT = re.compile(r"\[\[(.*?) ?=> ?(.*?)\]\]", re.DOTALL)


@dataclass(frozen=True)
class Mutation:
    """`reasons` has, for each asset that must run again, why; no other may run."""

    name: str
    text: str
    reasons: dict[str, list[str]] = field(default_factory=dict)

    def check(self, project: Callable[[str], Shop]) -> None:
        """Run, edit, run; then make all anew, and see that nothing was passed over that came out different."""
        shop = project(_EDIT.sub(r"\1", self.text))
        before = shop.run()
        assert shop.run() == {}, "it was not fresh after it ran"
        for name, content in files_in(_EDIT.sub(r"\2", self.text)):
            if content != shop.read(name):
                shop.write(name, content)
        assert shop.run() == self.reasons
        told = {asset: shop.value(asset) for asset in before}
        shop.run(force=True)
        clean = {asset: shop.value(asset) for asset in before}
        assert told == clean, "what was shown fresh is not what a clean build makes"


def counts(name: str, reason: str | list[str] | dict[str, list[str]], text: str) -> Mutation:
    """An edit that reruns `made`, for this reason; or what is said of each asset."""
    if isinstance(reason, dict):
        return Mutation(name, text, reason)
    return Mutation(name, text, {"made": [reason] if isinstance(reason, str) else reason})


def does_not_count(name: str, text: str) -> Mutation:
    """An edit that reruns nothing."""
    return Mutation(name, text)


def each(*mutations: Mutation) -> pytest.MarkDecorator:
    """A test for each of them."""
    return pytest.mark.parametrize("mutation", [pytest.param(one, id=one.name) for one in mutations])
