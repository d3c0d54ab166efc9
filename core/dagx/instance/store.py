"""EventStore: where an instance keeps events, runs and dynamic partitions; and the one that keeps them in memory.

A store decides nothing: it numbers entries, finds them again, and does each change whole or not at all.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from dagx.errors import InvariantViolationError, RunNotFoundError
from dagx.instance.event_log import EventLogEntry
from dagx.instance.event_types import HISTORY_EVENTS
from dagx.instance.filters import EventQuery
from dagx.instance.runs import DagsterRun, RunRecord, moment
from dagx.keys import AssetKey

RunChange = Callable[[RunRecord], RunRecord]


class EventStore(Protocol):
    """What an instance needs of where it keeps things. Safe to call from several threads."""

    def append(self, entry: EventLogEntry, change: RunChange | None = None) -> EventLogEntry:
        """The entry under its number, which is higher than all before; `change` is done to its run along with it.

        Raises RunNotFoundError, and keeps nothing, when there is a change and no such run.
        """
        ...

    def entries(self, query: EventQuery) -> list[EventLogEntry]:
        """The entries that are wanted, in the order that is wanted."""
        ...

    def known_assets(self) -> set[AssetKey]:
        """The assets that were made or seen, and not put aside since."""
        ...

    def forget(self, asset: AssetKey, partitions: Iterable[str] | None = None) -> None:
        """Take what happened to an asset, or to these partitions, out of its history.

        The runs keep it.
        """
        ...

    def add_run(self, run: DagsterRun, now: float) -> RunRecord:
        """The run under its number. Raises InvariantViolationError when there is one of that id."""
        ...

    def change_run(self, run_id: str, change: RunChange) -> RunRecord:
        """The run after `change`. Raises RunNotFoundError."""
        ...

    def run(self, run_id: str) -> RunRecord | None:
        """The run with this id, or None."""
        ...

    def runs(self) -> list[RunRecord]:
        """All runs, the oldest first."""
        ...

    def delete_run(self, run_id: str) -> None:
        """Take away a run and its entries. Raises RunNotFoundError."""
        ...

    def add_partitions(self, name: str, keys: Sequence[str]) -> None:
        """Put dynamic partitions at the end of those of this name; known ones stay where they are."""
        ...

    def delete_partition(self, name: str, key: str) -> None:
        """Take away a dynamic partition, if it is there."""
        ...

    def partitions(self, name: str) -> list[str]:
        """The dynamic partitions of this name, in the order in which they came."""
        ...

    def set_note(self, name: str, text: str | None) -> None:
        """Keep a text under a name; None takes it away."""
        ...

    def notes(self, prefix: str) -> dict[str, str]:
        """The texts whose names begin so."""
        ...

    def close(self) -> None:
        """Let go of what is open. Nothing may be asked after it."""
        ...


class MemoryStore:
    """An EventStore that lives as long as its process."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._last = 0
        self._entries: dict[int, EventLogEntry] = {}
        self._index: dict[AssetKey | str | tuple[str, str], list[int]] = {}
        self._runs: dict[str, RunRecord] = {}
        self._runs_ever = 0
        self._partitions: dict[str, dict[str, None]] = {}
        self._notes: dict[str, str] = {}

    def append(self, entry: EventLogEntry, change: RunChange | None = None) -> EventLogEntry:
        with self._lock:
            if change is not None:
                self.change_run(entry.run_id, change)
            self._last += 1
            kept = self._entries[self._last] = entry.numbered(self._last)
            for place in _places(kept):
                self._index.setdefault(place, []).append(self._last)
            return kept

    def entries(self, query: EventQuery) -> list[EventLogEntry]:
        with self._lock:
            numbers = self._candidates(query)
            found: list[EventLogEntry] = []
            for number in numbers if query.ascending else reversed(numbers):
                if query.limit is not None and len(found) >= query.limit:
                    break
                entry = self._entries[number]
                if query.takes(entry) and query.check in (None, entry.check_name):
                    found.append(entry)
            return found

    def _candidates(self, query: EventQuery) -> list[int]:
        """The numbers of the entries that may be wanted, ascending: from the narrowest index that there is."""
        if query.asset is not None:
            return self._index.get(query.asset, [])
        if query.run_id is not None:
            return self._index.get(("run", query.run_id), [])
        if query.types is not None and len(query.types) == 1:
            return self._index.get(next(iter(query.types)), [])
        return list(self._entries)

    def known_assets(self) -> set[AssetKey]:
        with self._lock:
            return {
                place
                for place, numbers in self._index.items()
                if isinstance(place, AssetKey) and any(_is_history(self._entries[n]) for n in numbers)
            }

    def forget(self, asset: AssetKey, partitions: Iterable[str] | None = None) -> None:
        with self._lock:
            gone = None if partitions is None else set(partitions)
            left = [
                number
                for number in self._index.get(asset, [])
                if gone is not None and self._entries[number].partition not in gone
            ]
            self._index[asset] = left

    def add_run(self, run: DagsterRun, now: float) -> RunRecord:
        with self._lock:
            if run.run_id in self._runs:
                raise taken(run.run_id)
            self._runs_ever += 1
            record = RunRecord(self._runs_ever, run, moment(now), moment(now))
            self._runs[run.run_id] = record
            return record

    def change_run(self, run_id: str, change: RunChange) -> RunRecord:
        with self._lock:
            if run_id not in self._runs:
                raise unknown(run_id)
            self._runs[run_id] = change(self._runs[run_id])
            return self._runs[run_id]

    def run(self, run_id: str) -> RunRecord | None:
        with self._lock:
            return self._runs.get(run_id)

    def runs(self) -> list[RunRecord]:
        with self._lock:
            return list(self._runs.values())

    def delete_run(self, run_id: str) -> None:
        with self._lock:
            if self._runs.pop(run_id, None) is None:
                raise unknown(run_id)
            gone = set(self._index.get(("run", run_id), []))
            for place, numbers in self._index.items():
                self._index[place] = [number for number in numbers if number not in gone]
            for number in gone:
                del self._entries[number]

    def add_partitions(self, name: str, keys: Sequence[str]) -> None:
        with self._lock:
            self._partitions.setdefault(name, {}).update(dict.fromkeys(keys))

    def delete_partition(self, name: str, key: str) -> None:
        with self._lock:
            self._partitions.get(name, {}).pop(key, None)

    def partitions(self, name: str) -> list[str]:
        with self._lock:
            return list(self._partitions.get(name, {}))

    def set_note(self, name: str, text: str | None) -> None:
        with self._lock:
            if text is None:
                self._notes.pop(name, None)
            else:
                self._notes[name] = text

    def notes(self, prefix: str) -> dict[str, str]:
        with self._lock:
            return {name: text for name, text in self._notes.items() if name.startswith(prefix)}

    def close(self) -> None:
        """Nothing is open."""


def taken(run_id: str) -> InvariantViolationError:
    """That there is a run of this id."""
    return InvariantViolationError(f'there is a run "{run_id}" already', "leave run_id out: one is made")


def unknown(run_id: str) -> RunNotFoundError:
    """That there is no run of this id."""
    return RunNotFoundError(
        f'this instance has no run "{run_id}"', "get_runs() lists those that it has; create_run() makes one"
    )


def _places(entry: EventLogEntry) -> list[AssetKey | str | tuple[str, str]]:
    """Under what an entry is found."""
    places: list[AssetKey | str | tuple[str, str]] = [("run", entry.run_id)]
    if entry.dagster_event is not None:
        places.append(entry.dagster_event.event_type_value)
    asset = entry.asset_key
    if asset is not None:
        places.append(asset)
    return places


def _is_history(entry: EventLogEntry) -> bool:
    event = entry.dagster_event
    return event is not None and event.event_type_value in HISTORY_EVENTS
