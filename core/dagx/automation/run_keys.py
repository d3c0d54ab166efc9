"""Which requests of a sensor's tick are new: one run for each run key. Section 19. Asks no store."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from dagx.automation.requests import RunRequest
from dagx.record import Record


class Deduplicated(Record):
    """`launch` is what is to be launched, in order; `skipped` the rest, each with the words that say why."""

    launch: list[RunRequest]
    skipped: list[tuple[RunRequest, str]]

    def __init__(self, launch: list[RunRequest], skipped: list[tuple[RunRequest, str]]) -> None:
        self._set(launch=launch, skipped=skipped)


def without_known_run_keys(requests: Iterable[RunRequest], known: Collection[str]) -> Deduplicated:
    """The requests without those whose run key is among `known` or came before in the same tick.

    `known` are the keys of all runs that this sensor ever launched; a run that was made and never launched does not
    count. A request without a run key is always new.
    """
    launch: list[RunRequest] = []
    skipped: list[tuple[RunRequest, str]] = []
    here: set[str] = set()
    for request in requests:
        key = request.run_key
        if key is not None and key in known:
            skipped.append((request, f'a run with the run key "{key}" was launched before'))
        elif key is not None and key in here:
            skipped.append((request, f'the run key "{key}" came twice in this tick'))
        else:
            launch.append(request)
            if key is not None:
                here.add(key)
    return Deduplicated(launch, skipped)
