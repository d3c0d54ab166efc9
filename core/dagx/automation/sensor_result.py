"""SensorResult: what a sensor answers when requests are not all; and what one tick of a sensor came to. Section 19."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, cast

from dagx.arguments import checked_several
from dagx.automation.requests import RunRequest, SkipReason
from dagx.automation.sensor_context import checked_cursor
from dagx.errors import InvalidArgumentError
from dagx.record import Record

__all__ = ["SensorResult"]


class SensorResult(Record):
    """What a tick of a sensor asks for.

    `run_requests`, or a `skip_reason` (a str or SkipReason), not both; `cursor` is kept for the next tick;
    `dynamic_partitions_requests` add and delete partitions before runs are launched; `asset_events` are recorded as
    events without a run. Raises InvalidArgumentError for other types, and for both. Semantics: section 19.
    """

    run_requests: list[RunRequest] | None
    skip_reason: SkipReason | None
    cursor: str | None
    dynamic_partitions_requests: list[Any] | None
    asset_events: list[Any]

    def __init__(
        self,
        run_requests: Iterable[RunRequest] | None = None,
        skip_reason: str | SkipReason | None = None,
        cursor: str | None = None,
        dynamic_partitions_requests: Iterable[Any] | None = None,
        asset_events: Iterable[Any] | None = None,
    ) -> None:
        requests = None if run_requests is None else _all_of(RunRequest, run_requests, "run_requests")
        if requests and skip_reason is not None:
            raise InvalidArgumentError(
                "a SensorResult has run_requests and a skip_reason", "give one of them"
            )
        reason = SkipReason(skip_reason) if isinstance(skip_reason, str) else skip_reason
        if reason is not None and not isinstance(reason, SkipReason):  # pyright: ignore[reportUnnecessaryIsInstance]  # users without a type checker
            raise InvalidArgumentError(f"skip_reason is a str or SkipReason, not {reason!r}")
        self._set(
            run_requests=requests,
            skip_reason=reason,
            cursor=checked_cursor(cursor),
            dynamic_partitions_requests=(
                None
                if dynamic_partitions_requests is None
                else _partition_requests(dynamic_partitions_requests)
            ),
            asset_events=_events(asset_events),
        )


class Reaction(Record):
    """That the function of a run-status sensor saw a run: `error` is what it raised, if it did."""

    run_id: str
    error: BaseException | None

    def __init__(self, run_id: str, error: BaseException | None = None) -> None:
        self._set(run_id=run_id, error=error)


class SensorTick(Record):
    """What one tick of a sensor asks for: `run_requests`, or none and the `skip_message` that says why.

    `cursor` is to be kept (the old one, if the tick left it). `dynamic_partitions_requests` and then `asset_events` are
    to be carried out before the runs are launched. `reactions` are the runs that a run-status sensor saw.
    """

    run_requests: list[RunRequest]
    skip_message: str | None
    cursor: str | None
    dynamic_partitions_requests: list[Any]
    asset_events: list[Any]
    reactions: list[Reaction]

    def __init__(
        self,
        run_requests: Sequence[RunRequest] = (),
        skip_message: str | None = None,
        cursor: str | None = None,
        dynamic_partitions_requests: Sequence[Any] = (),
        asset_events: Sequence[Any] = (),
        reactions: Sequence[Reaction] = (),
    ) -> None:
        self._set(
            run_requests=list(run_requests),
            skip_message=skip_message,
            cursor=cursor,
            dynamic_partitions_requests=list(dynamic_partitions_requests),
            asset_events=list(asset_events),
            reactions=list(reactions),
        )


def _all_of(kind: type[Any], values: object, what: str) -> list[Any]:
    if isinstance(values, kind) or not isinstance(values, Iterable):
        raise InvalidArgumentError(f"{what} is a list, not {values!r}", f"write {what}=[...]")
    found = list(cast("Iterable[object]", values))
    for value in found:
        if not isinstance(value, kind):
            raise InvalidArgumentError(f"{what} has {kind.__name__}s, not {value!r}")
    return found


def _partition_requests(requests: object) -> list[Any]:
    found = checked_several(requests, "dynamic_partitions_requests", "requests")
    for request in found:
        if not (hasattr(request, "partitions_def_name") and hasattr(request, "partition_keys")):
            raise InvalidArgumentError(
                f"dynamic_partitions_requests has requests to add or delete partitions, not {request!r}",
                "write partitions_def.build_add_request([...])",
            )
    return found


def _events(events: object) -> list[Any]:
    found = [] if events is None else checked_several(events, "asset_events", "events")
    for event in found:
        if not hasattr(event, "asset_key"):
            raise InvalidArgumentError(
                f"asset_events has AssetMaterializations, AssetObservations and AssetCheckEvaluations, not {event!r}"
            )
    return found
