"""DagsterInstance: the history of runs, in memory or in a folder, and the door through which it is written.

Knows nothing of how runs are carried out. Semantics: section 27.
"""

from __future__ import annotations

import importlib
import logging
import os
import shutil
import tempfile
import time
import warnings
import weakref
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, cast

from dagx.checks.results import AssetCheckEvaluation
from dagx.errors import InvalidArgumentError, InvariantViolationError
from dagx.execution.results import AssetMaterialization, AssetObservation
from dagx.instance import event_makers
from dagx.instance.asset_history import AssetHistory
from dagx.instance.check_history import CheckHistory
from dagx.instance.event_log import EventLogEntry
from dagx.instance.event_types import STATUS_AFTER
from dagx.instance.events import DagsterEvent
from dagx.instance.keepsakes import DynamicPartitionsStore, PoolLimits
from dagx.instance.of_step import opening
from dagx.instance.run_history import RunHistory
from dagx.instance.runs import DagsterRun, RunRecord
from dagx.instance.store import EventStore, MemoryStore
from dagx.unbuilt import attribute_error

__all__ = ["DagsterInstance", "instance_for_test"]

HOMES = ("DAGX_HOME", "DAGSTER_HOME")
"""The environment variables that name the folder of the instance, the first that is set wins."""

DATABASE = "dagx.db"
_HERE: list[DagsterInstance] = []


class DagsterInstance(RunHistory, AssetHistory, CheckHistory, DynamicPartitionsStore, PoolLimits):
    """Runs and their logs, the events of assets, dynamic partitions.

    Made by `ephemeral()` (in memory), `local_temp()` (in a folder), `get()` (in the folder that the environment
    names), or `instance_for_test()`. Usable in `with`, which disposes of it at the end. Semantics: section 27.
    """

    def __init__(
        self, store: EventStore, root: str | None = None, settings: Mapping[str, Any] | None = None
    ) -> None:
        self._store = store
        self._root = root
        self._is_in_folder = root is not None
        self._settings = dict(settings or {})
        self._cleanup: weakref.finalize[Any, Any] | None = None

    # Opening and closing

    @classmethod
    def ephemeral(
        cls, tempdir: str | None = None, *, settings: Mapping[str, Any] | None = None
    ) -> DagsterInstance:
        """An instance in memory, gone with the object.

        Its storage lies below `tempdir`, or in a folder of its own that goes with it.
        """
        instance = cls(MemoryStore(), None, settings)
        instance._root = tempdir
        return instance

    @classmethod
    def local_temp(
        cls, tempdir: str | None = None, overrides: Mapping[str, Any] | None = None
    ) -> DagsterInstance:
        """An instance in the folder `tempdir`, where others find its history; it is made when it is not there.

        Without `tempdir`, in a new folder that is removed with the object. `overrides` are settings.
        """
        if tempdir is not None:
            return _in_folder(cls, tempdir, overrides)
        folder = tempfile.mkdtemp(prefix="dagx-instance-")
        instance = _in_folder(cls, folder, overrides)
        instance._remove_at_end(folder)
        return instance

    @classmethod
    def get(cls) -> DagsterInstance:
        """The instance in the folder that DAGX_HOME names, or else DAGSTER_HOME: an absolute path.

        In a step of `dagx run`, the project's history, whatever they name.
        When neither is set, one in memory, the same for the whole process, and a warning that nothing stays of it.
        Raises InvariantViolationError for a relative path.
        """
        if opening:
            return opening[0]()
        for name in HOMES:
            folder = os.path.expanduser(os.environ.get(name, ""))
            if folder and not os.path.isabs(folder):
                raise InvariantViolationError(f"{name} is the relative path {folder}", "make it absolute")
            if folder:
                return _in_folder(cls, folder, None)
        warnings.warn(
            "DagsterInstance.get(): DAGX_HOME is not set, so history is kept in memory and ends with this process",
            stacklevel=2,
        )
        if not _HERE:
            _HERE.append(cls.ephemeral())
        return _HERE[0]

    def dispose(self) -> None:
        """Let go of files, and remove the folder when it was temporary."""
        self._store.close()
        if self._cleanup is not None:
            self._cleanup()
            self._cleanup = None
            self._root = self._root if self._is_in_folder else None

    def __enter__(self) -> DagsterInstance:
        return self

    def __exit__(self, *_: object) -> None:
        self.dispose()

    def __repr__(self) -> str:
        where = repr(self._root) if self._is_in_folder else "in memory"
        return f"<DagsterInstance {where}>"

    if not TYPE_CHECKING:  # checkers would take it to mean that every attribute exists

        def __getattr__(self, name: str) -> object:
            raise attribute_error(self, name)

    def _remove_at_end(self, folder: str) -> None:
        self._cleanup = weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)

    # Where it lives

    @property
    def is_ephemeral(self) -> bool:
        """Whether it lives in memory."""
        return not self._is_in_folder

    @property
    def is_persistent(self) -> bool:
        """Whether it lives in a folder."""
        return self._is_in_folder

    @property
    def root_directory(self) -> str:
        """The folder of the instance; for one in memory a temporary one, made when it is first asked for."""
        if self._root is None:
            self._root = tempfile.mkdtemp(prefix="dagx-instance-")
            self._remove_at_end(self._root)
        return self._root

    def storage_directory(self) -> str:
        """The folder in which a FilesystemIOManager without one of its own keeps values."""
        return os.path.join(self.root_directory, "storage")

    def get_settings(self, settings_key: str) -> Any:
        """What the settings have under a key, such as "run_retries"; an empty mapping when there is nothing."""
        return self._settings.get(settings_key, {})

    @property
    def run_retries_enabled(self) -> bool:
        """Whether failed runs are to be tried again: the setting `run_retries.enabled`."""
        return bool(self.get_settings("run_retries").get("enabled", False))

    @property
    def run_retries_max_retries(self) -> int:
        """How often: the setting `run_retries.max_retries`, 0 without it."""
        return int(self.get_settings("run_retries").get("max_retries", 0))

    @property
    def event_log_storage(self) -> DagsterInstance:
        """The instance itself, which answers what is asked of its event log."""
        return self

    @property
    def run_storage(self) -> DagsterInstance:
        """The instance itself, which answers what is asked of its runs."""
        return self

    # The door

    def report_dagster_event(
        self,
        event: DagsterEvent,
        run_id: str,
        log_level: int | str = logging.INFO,
        *,
        timestamp: float | None = None,
    ) -> EventLogEntry:
        """Keep an event of a run ("" for none) as its newest; the events of runs change the status of the run.

        `timestamp` is when it happened, in seconds since 1970 UTC: now, unless given. Raises RunNotFoundError for an
        event that changes the status of a run that is not there.
        """
        now = time.time() if timestamp is None else timestamp
        entry = EventLogEntry(
            run_id, now, log_level, "", event.job_name, event.step_key, event, _error_of(event)
        )
        status = STATUS_AFTER.get(event.event_type_value)
        if status is None:
            return self._store.append(entry)
        after = status

        def change(record: RunRecord) -> RunRecord:
            return record.after(after, now)

        return self._store.append(entry, change)

    def report_log(
        self,
        run_id: str,
        level: int | str,
        message: str,
        step_key: str | None = None,
        *,
        timestamp: float | None = None,
    ) -> EventLogEntry:
        """Keep a line that user code logged in a run; `level` as in `logging`."""
        run = self.get_run_by_id(run_id)
        now = time.time() if timestamp is None else timestamp
        job_name = None if run is None else run.job_name
        return self._store.append(EventLogEntry(run_id, now, level, message, job_name, step_key))

    def report_engine_event(
        self, message: str, dagster_run: DagsterRun | None = None, step_key: str | None = None
    ) -> EventLogEntry:
        """Keep a remark about a run, or about none."""
        job_name, run_id = ("", "") if dagster_run is None else (dagster_run.job_name, dagster_run.run_id)
        event = event_makers.engine_event(job_name, message, step_key=step_key)
        return self.report_dagster_event(event, run_id)

    def report_runless_asset_event(
        self, asset_event: AssetMaterialization | AssetObservation | AssetCheckEvaluation
    ) -> EventLogEntry:
        """Keep that an asset was made, seen or checked outside dagx.

        It carries what it says itself, and no versions beside. Raises InvalidArgumentError for anything else.
        """
        if isinstance(asset_event, AssetMaterialization):
            event = event_makers.asset_materialization("", None, asset_event)
        elif isinstance(asset_event, AssetObservation):
            event = event_makers.asset_observation("", None, asset_event)
        elif isinstance(cast(object, asset_event), AssetCheckEvaluation):
            event = event_makers.asset_check_evaluation("", None, asset_event)
        else:
            raise InvalidArgumentError(
                f"{type(asset_event).__name__} is no event of an asset",
                "report an AssetMaterialization, an AssetObservation or an AssetCheckEvaluation",
            )
        return self.report_dagster_event(event, "")

    def report_run_failed(self, dagster_run: DagsterRun, message: str | None = None) -> EventLogEntry:
        """Keep that a run failed. Raises RunNotFoundError."""
        event = event_makers.run_failure(dagster_run.job_name, message)
        return self.report_dagster_event(event, dagster_run.run_id, logging.ERROR)

    def report_run_canceling(self, run: DagsterRun) -> EventLogEntry:
        """Keep that someone is ending a run. Raises RunNotFoundError."""
        return self.report_dagster_event(event_makers.run_canceling(run.job_name), run.run_id)

    def report_run_canceled(self, dagster_run: DagsterRun, message: str | None = None) -> EventLogEntry:
        """Keep that someone ended a run. Raises RunNotFoundError."""
        event = event_makers.run_canceled(dagster_run.job_name, message)
        return self.report_dagster_event(event, dagster_run.run_id, logging.ERROR)


@contextmanager
def instance_for_test(
    overrides: Mapping[str, Any] | None = None, set_dagster_home: bool = True, temp_dir: str | None = None
) -> Generator[DagsterInstance, None, None]:
    """An instance in a folder, for `with`; it goes when the block ends, and `temp_dir` stays if it was given.

    `overrides` are settings. Inside the block `DagsterInstance.get()` opens the same folder, unless `set_dagster_home`
    is False. Semantics: section 27.
    """
    before = {name: os.environ.get(name) for name in HOMES}
    with DagsterInstance.local_temp(temp_dir, overrides) as instance:
        try:
            if set_dagster_home:
                os.environ.update(dict.fromkeys(HOMES, instance.root_directory))
            yield instance
        finally:
            for name, value in before.items() if set_dagster_home else ():
                if value is None:
                    os.environ.pop(name, None)
                else:
                    os.environ[name] = value


def _in_folder(
    kind: type[DagsterInstance], folder: str, settings: Mapping[str, Any] | None
) -> DagsterInstance:
    root = os.path.abspath(folder)
    os.makedirs(root, exist_ok=True)
    # Late: runs in memory need no SQLite, and its import takes milliseconds.
    module: Any = importlib.import_module("dagx.instance.sqlite_store")
    return kind(module.SqliteStore(os.path.join(root, DATABASE)), root, settings)


def _error_of(event: DagsterEvent) -> Any:
    return getattr(event.event_specific_data, "error", None)
