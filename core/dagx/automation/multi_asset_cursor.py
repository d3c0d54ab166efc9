"""How far a multi-asset sensor has come in the history of each asset: a cursor as JSON. Section 19. Asks no store."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple, cast

from dagx.errors import InvalidArgumentError
from dagx.keys import AssetKey

MOST_TRAILING = 25
"""Events left behind that are remembered for each asset; beyond that the oldest are forgotten."""


class Event(NamedTuple):
    """A materialization: its number in the log, and its partition."""

    number: int
    partition: str | None


class Position(NamedTuple):
    """How far one asset was consumed: up to the event `number`, of `partition`, but for those `trailing`.

    `trailing` has the number of the event left behind for each partition.
    """

    number: int | None = None
    partition: str | None = None
    trailing: Mapping[str, int] = {}

    def past(self, event: Event, between: Iterable[Event]) -> Position:
        """The position after `event` was consumed; `between` are those after this position and before it."""
        left = dict(self.trailing)
        if self.number is not None and event.number <= self.number:
            if event.partition is not None and left.get(event.partition) == event.number:
                del left[event.partition]
            return Position(self.number, self.partition, left)
        for one in between:
            if one.partition is not None:
                left[one.partition] = one.number
        if event.partition is not None:
            left.pop(event.partition, None)
        newest = sorted(left.items(), key=lambda item: item[1])[-MOST_TRAILING:]
        return Position(event.number, event.partition, dict(newest))

    def past_all(self, newest: Event | None) -> Position:
        """The position after everything up to `newest` was consumed."""
        return (
            Position(self.number, self.partition)
            if newest is None
            else Position(newest.number, newest.partition)
        )


def read_cursor(cursor: str | None, keys: Sequence[AssetKey]) -> dict[AssetKey, Position]:
    """The position of each of `keys`. Raises InvalidArgumentError for a cursor of something else."""
    try:
        found: object = json.loads(cursor) if cursor else {}
        if not isinstance(found, dict):
            raise TypeError("no object")
        known = cast("dict[str, Any]", found)
        return {key: _position(known.get(key.to_escaped_user_string())) for key in keys}
    except (ValueError, TypeError) as error:
        raise InvalidArgumentError(
            f"{cursor!r} is no cursor of a multi-asset sensor", "leave it to advance_cursor, or reset it"
        ) from error


def written(positions: Mapping[AssetKey, Position]) -> str:
    """The cursor of these positions: an object with one entry for each asset."""
    return json.dumps(
        {
            key.to_escaped_user_string(): [position.partition, position.number, dict(position.trailing)]
            for key, position in positions.items()
        }
    )


def _position(entry: Any) -> Position:
    if entry is None:
        return Position()
    partition, number, trailing = entry
    return Position(number, partition, dict(trailing))
