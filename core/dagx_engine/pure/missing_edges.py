"""Files that one step writes and another reads with no edge between them: told, with the way out.

Found anew each time from what the last runs did and what is declared now: an edge that is given ends it at once.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

from dagx_engine.pure.definitions import Key, StepName
from dagx_engine.pure.generation import Generation

__all__ = ["Remark", "missing_edges"]

_READS = {"file": "reads", "exists": "looks for", "dir": "lists"}
_SHOWN = 3
_MOST = 5
"""Of so many assets one step is told by name: who lists a folder that all write into would be told of all."""


class Remark(NamedTuple):
    """Something to be said of a step, and what to do about it."""

    step: StepName
    kind: str
    text: str
    hint: str


def missing_edges(
    generation: Generation,
    read: Mapping[StepName, Collection[str]],
    writers: Mapping[str, Collection[Key]],
    concerned: Collection[StepName] | None = None,
) -> list[Remark]:
    """A remark for each asset whose files a step reads though it does not need it, directly or through others.

    `read` names the parts of what each step was seen to read, `writers` has the assets that wrote each `file:`.
    `concerned`: only where one of the two is among these.
    """
    if not writers:
        return []
    written = _Written(writers)
    found: list[Remark] = []
    for step, names in read.items():
        by_asset: dict[Key, dict[str, str]] = {}
        for name in sorted(names):
            for key, words in written.behind(name):
                maker = generation.assets[key].step
                if maker is not None and (concerned is None or step in concerned or maker in concerned):
                    by_asset.setdefault(key, {})[name] = words
        makers = {maker for key in by_asset if (maker := generation.assets[key].step) is not None} - {step}
        lacking = _not_above(generation, step, makers, generation.places_of_steps) if makers else makers
        keys = [key for key in by_asset if generation.assets[key].step in lacking]
        for key in keys[:_MOST]:
            found.append(_remark(generation, step, key, list(by_asset[key].values())))
        if len(keys) > _MOST:
            text = f"{found[-1].text}; so it is with {len(keys) - _MOST:,} more assets"
            found[-1] = found[-1]._replace(text=text)
    return found


class _Written:
    """Who wrote what, and in which folders."""

    def __init__(self, writers: Mapping[str, Collection[Key]]) -> None:
        self._files = {name.partition(":")[2]: keys for name, keys in writers.items()}
        self._folders: dict[str, dict[Key, str]] = {}
        for path, keys in self._files.items():
            folder = path.rpartition("/")[0] or ("/" if path.startswith("/") else ".")
            for key in keys:
                self._folders.setdefault(folder, {}).setdefault(key, path)

    def behind(self, part: str) -> Iterator[tuple[Key, str]]:
        """The assets that wrote what this part stands for, and how to say that it is read."""
        kind, _, path = part.partition(":")
        if kind == "dir":
            for key, example in self._folders.get(path, {}).items():
                yield key, f"lists {path}, where {example} is"
        elif kind in _READS:
            for key in self._files.get(path, ()):
                yield key, f"{_READS[kind]} {path}"


def _not_above(
    generation: Generation, step: StepName, wanted: Collection[StepName], places: Mapping[StepName, int]
) -> set[StepName]:
    """Those of the wanted steps that this one does not need, at no distance. Steps stand after what they need, so it is
    not looked further up than the first of them."""
    lacking, seen, queue = set(wanted), {step}, [step]
    first = min(places[each] for each in wanted)
    while queue and lacking:
        new = {each for each in generation.upstream(queue.pop()) - seen if places[each] >= first}
        seen |= new
        lacking -= new
        queue += new
    return lacking


def _remark(generation: Generation, step: StepName, key: Key, told: Sequence[str]) -> Remark:
    reader, maker = generation.steps[step], generation.assets[key].step
    assert maker is not None
    said = " and ".join(told[:_SHOWN]) + (f" and {len(told) - _SHOWN:,} more" if len(told) > _SHOWN else "")
    text = f"{reader.title} {said}, which {key} writes, and does not depend on {key}"
    if not _not_above(generation, maker, [step], dict.fromkeys(generation.steps, 0)):
        return Remark(
            step,
            "missing edge",
            text,
            f"{key} needs {reader.title} in turn: let one of them write another file",
        )
    where = "deps" if reader.assets or reader.observes else "additional_deps"
    hint = f"give it {where}=[{_written_key(key)}]: then it runs after it, and when it changes"
    return Remark(step, "missing edge", text, hint)


def _written_key(key: Key) -> str:
    """The key as it is written in Python."""
    segments = [part.replace("\\/", "/") for part in re.split(r"(?<!\\)/", key)]
    quoted = [f'"{segment}"' for segment in segments]
    return quoted[0] if len(quoted) == 1 else f"dg.AssetKey([{', '.join(quoted)}])"
