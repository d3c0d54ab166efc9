"""One edit of a small project, written into its text where it happens: `<<before => after>>`."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from shops import Shop, files_in

__all__ = ["Mutation", "counts", "does_not_count", "each", "edited", "reruns_for_nothing"]

_EDIT = re.compile(r"<<(.*?) ?=> ?(.*?)>>", re.DOTALL)


@dataclass(frozen=True)
class Mutation:
    """`reasons` has, for each asset that must run again, why; no other may run."""

    name: str
    text: str
    reasons: dict[str, list[str]] = field(default_factory=dict)
    matters: bool = True
    """Whether it changes what is made. An edit may rerun something for nothing."""

    def check(self, project: Callable[[str], Shop]) -> None:
        """Run, edit, run; then make all anew, and see that nothing was passed over that came out different."""
        old, new = edited(self.text)
        shop = project(old)
        first = shop.run()
        before = {asset: shop.result(asset) for asset in first}
        assert shop.run() == {}, "it was not fresh after it ran"
        edits = [(name, text) for name, text in files_in(new) if text != shop.read(name)]
        assert edits, "the text has no edit"
        for name, content in edits:
            shop.write(name, content)
        assert shop.run() == self.reasons
        told = {asset: shop.result(asset) for asset in first}
        shop.run(force=True)
        clean = {asset: shop.result(asset) for asset in first}
        assert told == clean, "what was shown fresh is not what a clean build makes"
        assert (before != clean) == self.matters, "the edit does not do what the test says"


def edited(text: str) -> tuple[str, str]:
    """The project before the edit, and after it."""
    return _EDIT.sub(r"\1", text), _EDIT.sub(r"\2", text)


def counts(name: str, reason: str | list[str] | dict[str, list[str]], text: str) -> Mutation:
    """An edit that changes what is made and reruns `made`, for this reason; or what is said of each asset."""
    return Mutation(name, text, _of_each(reason))


def reruns_for_nothing(name: str, reason: str | list[str] | dict[str, list[str]], text: str) -> Mutation:
    """An edit that changes nothing that is made, and reruns it all the same."""
    return Mutation(name, text, _of_each(reason), matters=False)


def does_not_count(name: str, text: str) -> Mutation:
    """An edit that reruns nothing."""
    return Mutation(name, text, matters=False)


def _of_each(reason: str | list[str] | dict[str, list[str]]) -> dict[str, list[str]]:
    if isinstance(reason, dict):
        return reason
    return {"made": [reason] if isinstance(reason, str) else reason}


def each(*mutations: Mutation) -> pytest.MarkDecorator:
    """A test for each of them."""
    return pytest.mark.parametrize("mutation", [pytest.param(one, id=one.name) for one in mutations])
