"""Learned edges: what a step was seen to execute though no name leads there from its function.

A worker tells of them, for it is told what is known. Each is a hole in the analysis of code, and is shown as one.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from dagx_engine.pure.definitions import Place, Reach, StepName
from dagx_engine.pure.generation import Generation
from dagx_engine.pure.missing_edges import Remark
from dagx_engine.pure.staleness import LEARNED

__all__ = ["edge_in_words", "learned_edges", "proof_of", "still_there", "take_edges"]

Parts = Iterable[tuple[str, str]]

_REPORT = "nothing: it counts like other code. It is a hole in the analysis of dagx: please report it"


def proof_of(generation: Generation, step: StepName) -> dict[str, Any] | None:
    """What a worker must know to tell what the step loads and, if `calls` are noted, executes beyond its static reach.

    None where a person gives the code version: then no reach counts.
    """
    parts = generation.steps[step].parts
    if _is_said(parts):
        return None
    covered = [name for name, _ in parts if name.startswith(("code:", "module:"))]
    known = [name for name, reach in generation.reach.items() if reach is not None]
    return {"covered": covered, "known": known, "calls": generation.is_proven}


def _is_said(parts: Parts) -> bool:
    """Whether a person gives the code version."""
    return any(name.startswith("code_version:") for name, _ in parts)


def take_edges(
    generation: Generation, step: StepName, seen: Mapping[str, Any], known: Callable[[], Iterable[str]]
) -> tuple[str, ...]:
    """The edges that an attempt took, by what was `seen` of it; from now on it is known where they lead.

    Where that was not noted, those count that are `known` of earlier attempts of the step.
    """
    if _is_said(generation.steps[step].parts):
        return ()
    told: Mapping[str, Sequence[Sequence[str]] | None] = seen.get("learned", {})
    for name, parts in told.items():
        if parts is not None and generation.reach.get(name) is None:
            generation.reach[name] = tuple((part, digest) for part, digest in parts)
    rest = [] if seen.get("calls") else [name for name in known() if _is_unsure(name, seen)]
    return _first_ones(generation, [*told, *rest])


def _is_unsure(name: str, seen: Mapping[str, Any]) -> bool:
    """Whether the attempt may have taken this edge unnoticed. Of one that ended without a word nothing is known."""
    return "learned" not in seen or name.startswith(LEARNED)


def _first_ones(generation: Generation, names: Iterable[str]) -> tuple[str, ...]:
    """Without those that can be reached from what was executed before them."""
    found: list[str] = []
    reached: set[str] = set()
    for name in names:
        if f"code:{name.partition(':')[2]}" not in reached:
            found.append(name)
            reached.update(part for part, _ in generation.reach.get(name) or ())
    return tuple(found)


def still_there(generation: Generation, step: StepName, part: str) -> bool:
    """Whether the edge leads to something that there is, and that static reach has not got since."""
    own = generation.steps[step].parts if step in generation.steps else None
    reach: Reach = generation.reach.get(part)
    return own is not None and reach is not None and not set(reach) <= set(own)


def learned_edges(
    generation: Generation, rows: Iterable[tuple[str, str, str]], rests: Mapping[StepName, Collection[str]]
) -> list[Remark]:
    """A remark on each edge that current results rest on, which are in `rests`.

    `rows` have the steps, the edges and the runs that saw them first.
    """
    found = []
    for name, part, run in rows:
        step = StepName(name)
        if part in rests.get(step, ()) and still_there(generation, step, part):
            what, who = edge_in_words(part, generation.places), generation.steps[step].title
            text = f"{who} executed {what}, though no name leads there; it counts since run {run}"
            found.append(Remark(step, "learned edge", text, _REPORT))
    return found


def edge_in_words(part: str, places: Mapping[str, Place]) -> str:
    """`lib/plugins.py:14 clean`."""
    return " ".join(_words(part, places))


def _words(part: str, places: Mapping[str, Place]) -> Iterator[str]:
    _, module, unit = part.split(":", 2)
    place = places.get(f"code:{module}:{unit}") or places.get(f"module:{module}")
    yield str(place) if place is not None else module
    if unit == "<effects>":
        yield "(what it does at import)"
    elif unit:
        yield unit
