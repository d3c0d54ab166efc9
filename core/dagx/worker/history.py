"""The project's history as a step of the engine sees it: asked of the engine, read only.

Imported when a step asks for its instance, and not before.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NoReturn

from dagx.errors import InvariantViolationError
from dagx.execution.runs import AD_HOC_JOB, RunInfo
from dagx.instance.event_log import EventLogEntry, EventLogRecord, EventRecordsResult
from dagx.instance.event_types import DagsterEventType
from dagx.instance.filters import AssetRecordsFilter, EventQuery, EventRecordsFilter
from dagx.instance.instance import DagsterInstance
from dagx.instance.partition_status import AssetPartitionStatus
from dagx.instance.run_history import TypesWanted
from dagx.instance.runs import DagsterRun, RunRecord
from dagx.instance.store import RunChange
from dagx.keys import AssetKey, CoercibleToAssetKey
from dagx.worker.asking import Questions
from dagx.worker.describe import text_of
from dagx.worker.happenings import KINDS, entry_of, run_of

__all__ = ["ProjectHistory"]

_MADE = DagsterEventType.ASSET_MATERIALIZATION
_PLANNED = DagsterEventType.ASSET_MATERIALIZATION_PLANNED


class ProjectHistory(DagsterInstance):
    """The history of a project, in a step of `dagx run`. All that reads is there; all that changes raises.

    `questions` go to the engine; `run` is the one that the step belongs to.
    """

    def __init__(self, questions: Questions, run: RunInfo, state: str) -> None:
        self._questions = questions
        super().__init__(_EngineStore(questions, run), state)

    def __repr__(self) -> str:
        return f"<DagsterInstance {self.root_directory!r}, read only>"

    # What needs no event whole

    def get_materialized_partitions(
        self,
        asset_key: CoercibleToAssetKey,
        before_cursor: int | None = None,
        after_cursor: int | None = None,
    ) -> set[str]:
        return set(
            self._newest(EventQuery([_MADE], asset=_key(asset_key), before=before_cursor, after=after_cursor))
        )

    def get_latest_storage_id_by_partition(
        self,
        asset_key: CoercibleToAssetKey,
        event_type: DagsterEventType = _MADE,
        partitions: Iterable[str] | None = None,
    ) -> dict[str, int]:
        _check_kept([event_type])
        return self._newest(EventQuery([event_type], asset=_key(asset_key), partitions=partitions))

    def _newest(self, query: EventQuery) -> dict[str, int]:
        kinds = _kinds(query)
        if not kinds:
            return {}
        wanted = _wanted(query, kinds)
        found: dict[str, int] = self._questions.ask({"about": "partitions", "wanted": wanted})["partitions"]
        return found

    # What the engine does not keep

    def get_event_records(
        self, event_records_filter: EventRecordsFilter, limit: int | None = None, ascending: bool = False
    ) -> list[EventLogRecord]:
        _check_kept([event_records_filter.event_type])
        return super().get_event_records(event_records_filter, limit, ascending)

    def logs_after(
        self,
        run_id: str,
        cursor: int | None = None,
        of_type: TypesWanted | None = None,
        limit: int | None = None,
    ) -> list[EventLogEntry]:
        _check_kept(_several(of_type))
        return super().logs_after(run_id, cursor, of_type, limit)

    def get_records_for_run(
        self,
        run_id: str,
        cursor: str | None = None,
        of_type: TypesWanted | None = None,
        limit: int | None = None,
        ascending: bool = True,
    ) -> EventRecordsResult:
        _check_kept(_several(of_type))
        return super().get_records_for_run(run_id, cursor, of_type, limit, ascending)

    def fetch_planned_materializations(
        self,
        records_filter: AssetKey | AssetRecordsFilter,
        limit: int = 1000,
        cursor: str | None = None,
        ascending: bool = False,
    ) -> EventRecordsResult:
        raise _not_kept(_PLANNED)

    def get_status_by_partition(
        self, asset_key: CoercibleToAssetKey, partition_keys: Sequence[str], partitions_def: object = None
    ) -> Mapping[str, AssetPartitionStatus | None]:
        raise _not_kept(_PLANNED)


class _EngineStore:
    """An EventStore that asks the engine. What would write raises."""

    def __init__(self, questions: Questions, run: RunInfo) -> None:
        self._questions = questions
        self._run = run

    def entries(self, query: EventQuery) -> list[EventLogEntry]:
        kinds = _kinds(query)
        if not kinds or (query.jobs is not None and AD_HOC_JOB not in query.jobs):
            return []
        wanted = _wanted(query, kinds)
        cursor = "after" if query.ascending else "before"
        found: list[EventLogEntry] = []
        more = True
        while more and (query.limit is None or len(found) < query.limit):
            page = self._questions.ask({"about": "events", "wanted": wanted})
            entries = [entry_of(event) for event in page["events"]]
            found += [entry for entry in entries if query.types is None or _type(entry) in query.types]
            more = page["more"] and bool(entries)
            if more:
                wanted[cursor] = entries[-1].storage_id
        return found if query.limit is None else found[: query.limit]

    def known_assets(self) -> set[AssetKey]:
        answer = self._questions.ask({"about": "assets"})
        return {AssetKey.from_escaped_user_string(asset) for asset in answer["assets"]}

    def run(self, run_id: str) -> RunRecord | None:
        found = self._questions.ask({"about": "runs", "run": run_id})["runs"]
        return run_of(found[0], self._run) if found else None

    def runs(self) -> list[RunRecord]:
        found = self._questions.ask({"about": "runs", "run": None})["runs"]
        return [run_of(run, self._run) for run in found]

    def partitions(self, name: str) -> list[str]:
        return []

    def notes(self, prefix: str) -> dict[str, str]:
        return {}

    def close(self) -> None:
        """Nothing is open here; the questions end with the step."""

    # What would write

    def append(self, entry: EventLogEntry, change: RunChange | None = None) -> EventLogEntry:
        _refuse(
            "to record something of an asset, yield an AssetMaterialization or AssetObservation, or give it to "
            "context.log_event"
        )

    def forget(self, asset: AssetKey, partitions: Iterable[str] | None = None) -> None:
        _refuse("`dagx run --force` makes an asset anew, whatever its history says")

    def add_run(self, run: DagsterRun, now: float) -> RunRecord:
        _refuse("`dagx run` starts a run; materialize() runs assets in this process and leaves no trace")

    def change_run(self, run_id: str, change: RunChange) -> RunRecord:
        _refuse("to say something about what is made, use context.add_output_metadata")

    def delete_run(self, run_id: str) -> None:
        _refuse("history is not deleted by a run")

    def add_partitions(self, name: str, keys: Sequence[str]) -> None:
        _refuse("dagx runs no dynamic partitions yet; in tests, DagsterInstance.ephemeral() keeps them")

    def delete_partition(self, name: str, key: str) -> None:
        _refuse("dagx runs no dynamic partitions yet; in tests, DagsterInstance.ephemeral() keeps them")

    def set_note(self, name: str, text: str | None) -> None:
        _refuse("`max_workers` in [tool.dagx] says how many steps run at once")


def _refuse(hint: str) -> NoReturn:
    raise InvariantViolationError(
        "in a step of dagx the history is read only: the engine alone writes it", hint
    )


def _key(key: CoercibleToAssetKey) -> AssetKey:
    return AssetKey.from_coercible_or_definition(key)


def _type(entry: EventLogEntry) -> str | None:
    return None if entry.dagster_event is None else entry.dagster_event.event_type_value


def _several(of_type: TypesWanted | None) -> Collection[DagsterEventType]:
    if of_type is None:
        return ()
    return [of_type] if isinstance(of_type, DagsterEventType) else of_type


def _check_kept(types: Iterable[DagsterEventType]) -> None:
    for each in types:
        if each.value not in KINDS:
            raise _not_kept(each)


def _not_kept(kind: DagsterEventType) -> InvariantViolationError:
    return InvariantViolationError(
        f"dagx keeps no events of the type {kind.name}",
        "ask for what was made, seen or checked: fetch_materializations, get_materialized_partitions, "
        "fetch_observations, get_latest_asset_check_evaluation_record",
    )


def _kinds(query: EventQuery) -> list[str]:
    """What the engine calls the types that are wanted."""
    types = KINDS if query.types is None else query.types
    return sorted({kind for each in types for kind in KINDS.get(each, ())})


def _wanted(query: EventQuery, kinds: Sequence[str]) -> dict[str, Any]:
    given: dict[str, Any] = {
        "asset": None if query.asset is None else text_of(query.asset),
        "partitions": None if query.partitions is None else sorted(str(key) for key in query.partitions),
        "name": query.check,
        "run": query.run_id,
        "numbers": None if query.ids is None else sorted(query.ids),
        "after": query.after,
        "before": query.before,
        "since": query.since,
        "until": query.until,
        "limit": query.limit,
    }
    found = {name: value for name, value in given.items() if value is not None}
    return {**found, "kinds": list(kinds), "ascending": query.ascending}
