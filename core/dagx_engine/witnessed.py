"""The programs and processes that an attempt started: what counts because of them, and what is not known.

Answers with parts; whether the attempt counts is decided elsewhere.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from dagx_engine.io.files import Files
from dagx_engine.io.surroundings import Surroundings
from dagx_engine.pure.manifest import ABSENT, OPENED, SEEN, Manifest, incomplete

__all__ = ["Witnessed", "claim", "folders_outside", "known_as_own", "look_at_programs"]


@dataclass
class Witnessed:
    """What programs add to what an attempt was seen to read."""

    observed: dict[str, str] = field(default_factory=dict)
    stirred: list[str] = field(default_factory=list)
    """Paths that changed after they were opened."""


def look_at_programs(
    disk: Files, surroundings: Surroundings, started: Mapping[str, Any] | None, *, is_complete: bool
) -> Witnessed:
    """`started` is what the attempt's worker told of them; `is_complete` says that its inputs are declared."""
    found = Witnessed()
    if started is None:
        return found
    names = [f"kept:{disk.name_of(path)}" for path in started.get("kept", ())]
    found.observed.update(surroundings.observe(names))
    for name, (path, stamp) in started["programs"].items():
        part = f"program:{disk.name_of(name)}"
        found.observed.update(surroundings.observe([part]))
        if stamp is not None and disk.look(path)[1] not in (None, tuple(stamp)):
            found.stirred.append(path)
    for path, mode in started["modes"].items():
        part = f"mode:{disk.name_of(path)}"
        found.observed[part] = disk.digest(part)
        if found.observed[part] != mode:
            found.stirred.append(disk.name_of(path))
    for path in started["unsettled"]:
        short = disk.name_of(path)
        found.observed[f"file:{short}"] = disk.digest(f"file:{short}")
        found.stirred.append(short)
    for path in (*started["witnessed"], *started["unsettled"]):
        found.observed[f"{OPENED}{disk.name_of(path)}"] = SEEN
    if started["doubt"] and not is_complete:
        found.observed[incomplete(started["doubt"])] = SEEN
    return found


def claim(seen: dict[str, Any], wrote: Collection[str], disk: Files, *, in_company: bool) -> None:
    """Files that came while programs ran are what the step made, also those that it `wrote` in an earlier run.

    If other steps ran meanwhile (`in_company`) they may be theirs: then it counts that they are there, and no more.
    """
    started = seen.get("started")
    if started is None:
        return
    again = [path for path in started["changed"] if f"file:{disk.name_of(path)}" in wrote]
    for path in (*started["claimed"], *again):
        if in_company:
            started.setdefault("kept", []).append(path)
        else:
            seen["made"].append(path)


def known_as_own(seen: Mapping[str, Any]) -> list[str]:
    """The files that the step wrote, without those that only seem to be its programs' doing."""
    started = seen.get("started")
    written: list[str] = seen.get("written", [])
    if started is None:
        return written
    doubtful = {*started["claimed"], *started["changed"]}
    return [path for path in written if path not in doubtful]


def folders_outside(manifest: Manifest) -> list[str]:
    """The folders outside of the project in which inputs were found before."""
    if not manifest.traced:
        return []
    names = (name.partition(":") for name, digest in manifest.parts if digest != ABSENT)
    return sorted(set(_folders((kind, path) for kind, _, path in names)))


def _folders(named: Iterable[tuple[str, str]]) -> Iterable[str]:
    for kind, path in named:
        if os.path.isabs(path) and kind in ("file", "dir"):
            yield path if kind == "dir" else os.path.dirname(path)
