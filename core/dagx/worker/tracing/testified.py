"""What a witness saw, held against what is known of the step itself: the rest was read and made by what it started."""

from __future__ import annotations

import os
from collections.abc import Iterable

from dagx.worker.tracing.places import Places
from dagx.worker.tracing.programs import Started
from dagx.worker.tracing.seen import CHANGED, Seen
from dagx.worker.tracing.stamps import ABSENT, listing_digest, names_in, settled_stamp
from dagx.worker.tracing.witness import Testimony

__all__ = ["weigh"]


def weigh(seen: Seen, told: tuple[Started, Testimony] | None, places: Places) -> None:
    """Put what programs read and made into what was seen of the step that started them."""
    if told is None:
        return
    started, found = told
    seen.started = started
    own = {*seen.written, *seen.touched}
    _weigh_pointed(seen, started, found)
    for path in _that_count(found.made, places):
        if _is_news(seen, path):
            seen.written[path] = None
            started.claimed[path] = None
    for path in _that_count(found.written, places):
        if _is_news(seen, path):
            seen.written[path] = None
            started.changed[path] = None
    for path in _that_count(found.unsettled, places):
        if not _is_known(seen, path):
            started.unsettled[path] = None
    for path in _that_count(found.read, places):
        if not _is_known(seen, path):
            seen.read[path] = settled_stamp(path)
            started.witnessed[path] = None
    for folder, names in found.listed.items():
        if folder not in seen.names and places.counts(folder):
            seen.listed[folder] = _listing(folder, names, own)


def _weigh_pointed(seen: Seen, started: Started, found: Testimony) -> None:
    """Files that programs were pointed at are inputs, unless they were written."""
    for path, stamp in started.pointed.items():
        real = os.path.realpath(path)
        if path in seen.read or any(real in paths for paths in (seen.written, found.made, found.written)):
            continue
        if settled_stamp(path) == stamp:
            seen.read[path] = stamp
        elif real not in found.unsettled:  # nobody saw who changed it
            seen.written[real] = None


def _that_count(paths: Iterable[str], places: Places) -> list[str]:
    return [path for path in paths if places.counts(path)]


def _is_news(seen: Seen, path: str) -> bool:
    """Whether a file that came meanwhile is not known to be the step's own. One that it had read before is somebody
    else's doing: that it changed will be seen.
    """
    if path in seen.written or path in seen.both or path in seen.opened:
        return False
    return path not in seen.read or seen.read[path] == settled_stamp(path)


def _is_known(seen: Seen, path: str) -> bool:
    """Whether the step itself was heard to read or write it."""
    real = os.path.realpath(path)
    return path in seen.read or any(real in paths for paths in (seen.written, seen.both, seen.opened))


def _listing(folder: str, before: frozenset[str], own: set[str]) -> str:
    """`own` are paths that came and went by the step itself; whose doing the others are, nobody knows."""
    now = names_in(folder)
    mine = {os.path.basename(path) for path in own if os.path.dirname(path) == folder}
    if (before ^ (now or frozenset())) - mine - {"__pycache__"}:
        return CHANGED
    return ABSENT if now is None else listing_digest(now)
