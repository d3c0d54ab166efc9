"""`state.db`: runs, steps, materializations, checks, events. All SQL of dagx stands here and in `stored`, `results`,
`partitions`, `retiring` and `schema`.

One writer, `BEGIN IMMEDIATE`, one transaction for each thing that happened; readers use connections of their own and
exhaust their cursors.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path

from dagx_engine.io.acceptances import AcceptanceRows
from dagx_engine.io.costs import CostRows
from dagx_engine.io.database import Database
from dagx_engine.io.events import write_event
from dagx_engine.io.history import HistoryRows
from dagx_engine.io.learned import LearnedRows
from dagx_engine.io.partitions import PartitionRows
from dagx_engine.io.results import keep_manifest, put_back, storable, told, write_results
from dagx_engine.io.retiring import RetiringRows
from dagx_engine.io.rows import (
    NewOp,
    Results,
    Written,
)
from dagx_engine.io.stamps import StampRows
from dagx_engine.io.stored import Stored
from dagx_engine.io.texts import TextRows
from dagx_engine.pure.costs import UNKNOWN, Cost

__all__ = ["Store"]


class Store(Stored):
    """The project's state, opened. `write=True` is for the holder of the project lock alone."""

    def __init__(self, folder: Path, *, write: bool) -> None:
        """Raises DagxError when the file is not ours, is newer than this dagx, or cannot be opened."""
        super().__init__(Database(folder, write=write))
        self.partitions = PartitionRows(self._file)
        self.stamps = StampRows(self._file)
        self.retiring = RetiringRows(self._file)
        self.texts = TextRows(self._file)
        self.acceptances = AcceptanceRows(self._file)
        self.events = HistoryRows(self._file)
        self.learned = LearnedRows(self._file)
        self.costs = CostRows(self._file)

    def close(self) -> None:
        self._file.close()

    def together(self) -> AbstractContextManager[None]:
        """What is written while it is open is one transaction, made when it is left."""
        return self._file.together()

    @property
    def is_empty(self) -> bool:
        """Whether nothing had been written when it was opened, not even tables."""
        return self._file.is_empty

    def pack(self) -> int:
        """Give the room of rows that are gone back to the disk, if there is much of it; returns the bytes."""
        return self._file.pack()

    @property
    def is_in_place(self) -> bool:
        """Whether the file that was opened is still the one in the project."""
        return self._file.is_in_place

    @staticmethod
    def _event(
        db: sqlite3.Connection,
        at: float,
        kind: str,
        run: str | None,
        step: str | None = None,
        **body: object,
    ) -> None:
        write_event(db, at, kind, run, step, body)

    # What the run writes, each in one transaction with its event.

    def recover(self, at: float) -> tuple[str, ...]:
        """Mark what an engine that is gone left running as crashed; returns those runs. Needs the project lock."""
        with self._file.transaction() as db:
            lost = [row[0] for row in db.execute("SELECT id FROM runs WHERE status = 'running'").fetchall()]
            for run in lost:
                db.execute("UPDATE runs SET status = 'crashed' WHERE id = ?", (run,))
                db.execute(
                    "UPDATE steps SET state = 'cancelled' WHERE run = ? "
                    "AND state IN ('waiting','examined','ready','running','retrying')",
                    (run,),
                )
                self._event(db, at, "run_crashed", run)
        return tuple(lost)

    def begin_run(
        self,
        run: str,
        at: float,
        selection: str,
        cause: str,
        steps: Sequence[tuple[str, Sequence[str], Sequence[str]]],
        pid: int,
    ) -> None:
        """`steps` have their names, the assets and the checks that they make."""
        with self._file.transaction() as db:
            _enter_run(db, (run, "running", selection, cause, at, None, pid), steps, "waiting", None)
            self._event(db, at, "run_started", run, selection=selection, cause=cause, steps=len(steps))

    def idle_run(
        self,
        run: str,
        at: float,
        selection: str,
        cause: str,
        steps: Sequence[tuple[str, Sequence[str], Sequence[str]]],
        pid: int,
    ) -> None:
        """A run that is over at once: all of its steps were fresh."""
        with self._file.transaction() as db:
            _enter_run(db, (run, "succeeded", selection, cause, at, 0.0, pid), steps, "fresh", 0.0)
            _forget_failures(db, run)
            self._event(db, at, "run_started", run, selection=selection, cause=cause, steps=len(steps))
            self._event(db, at, "run_succeeded", run, seconds=0.0)

    def idle_again(self, run: str, at: float, cause: str, like: str, pid: int) -> list[tuple[str, str, str]]:
        """Another run of all that an idle one was of; its steps with their assets and checks, as JSON."""
        with self._file.transaction() as db:
            _enter_run(db, (run, "succeeded", "", cause, at, 0.0, pid), (), "fresh", 0.0)
            db.execute(
                "INSERT INTO steps(run, step, place, assets, checks, state, seconds) "
                "SELECT ?, step, place, assets, checks, 'fresh', 0 FROM steps WHERE run = ?",
                (run, like),
            )
            _forget_failures(db, run)
            rows = db.execute(
                "SELECT step, assets, checks FROM steps WHERE run = ? ORDER BY place", (run,)
            ).fetchall()
            self._event(db, at, "run_started", run, selection="", cause=cause, steps=len(rows))
            self._event(db, at, "run_succeeded", run, seconds=0.0)
        return rows

    def start_step(
        self,
        run: str,
        step: str,
        at: float,
        attempt: int,
        manifest_key: str,
        reasons: Sequence[tuple[str, str]],
    ) -> None:
        with self._file.transaction() as db:
            db.execute(
                "UPDATE steps SET state='running', attempt=?, started_at=?, manifest_key=?, reasons=? "
                "WHERE run=? AND step=?",
                (attempt, at, manifest_key, json.dumps(reasons), run, step),
            )
            self._event(db, at, "step_started", run, step, attempt=attempt)

    def finish_step(
        self,
        run: str,
        step: str,
        at: float,
        state: str,
        seconds: float,
        results: Results,
        cost: Cost = UNKNOWN,
    ) -> Written:
        """The step made what it makes: rows, pointers and event in one transaction, after the bytes are down."""
        with self._file.transaction() as db:
            self._settle(db, run, step, state, seconds, cost=cost)
            written = self._write(db, run, step, at, seconds, results)
            db.execute("DELETE FROM failures WHERE step = ?", (step,))
            self._event(db, at, "step_" + state, run, step, seconds=seconds, **told(results))
        return written

    def restore(
        self,
        run: str,
        step: str,
        at: float,
        pointers: Sequence[int],
        checks: Sequence[int] = (),
        *,
        whole: bool = True,
    ) -> None:
        """Earlier materializations, and results of checks, are current again.

        `whole`: that is all that the step had to do.
        """
        with self._file.transaction() as db:
            put_back(db, at, run, step, pointers, checks)
            if whole:
                self._settle(db, run, step, "restored", 0.0)
                db.execute("DELETE FROM failures WHERE step = ?", (step,))
                self._event(db, at, "step_restored", run, step)

    def fresh_steps(self, run: str, steps: Sequence[str]) -> None:
        """These steps were found fresh."""
        with self._file.transaction() as db:
            db.executemany(
                "UPDATE steps SET state='fresh', seconds=0 WHERE run=? AND step=?",
                [(run, step) for step in steps],
            )
            db.executemany("DELETE FROM failures WHERE step = ?", [(step,) for step in steps])

    def fail_step(
        self,
        run: str,
        step: str,
        at: float,
        seconds: float,
        manifest_key: str,
        parts: Sequence[tuple[str, str]],
        error: str,
        line: str,
        results: Results = Results(),  # noqa: B008 - a frozen value
        cost: Cost = UNKNOWN,
    ) -> Written:
        """The attempt failed for good; from which manifest is kept, so that nobody tries the same again unasked.

        `results` are what it had made before.
        """
        with self._file.transaction() as db:
            error, line = storable(error), storable(line)
            self._settle(db, run, step, "failed", seconds, error, line, cost)
            keep_manifest(db, manifest_key, parts)
            db.execute(
                "INSERT OR REPLACE INTO failures(step, run, manifest_key, error_line) VALUES (?,?,?,?)",
                (step, run, manifest_key, line),
            )
            written = self._write(db, run, step, at, seconds, results)
            self._event(db, at, "step_failed", run, step, seconds=seconds, error=line, **told(results))
        return written

    def _write(
        self, db: sqlite3.Connection, run: str, step: str, at: float, seconds: float, results: Results
    ) -> Written:
        if results.learned:
            self.learned.forget()
        return write_results(db, run, step, at, seconds, results)

    def tell_op(self, run: str, step: str, at: float, op: NewOp) -> None:
        """How one op of a job went."""
        told = replace(op, line=storable(op.line))
        with self._file.transaction() as db:
            self._event(db, at, "op_" + op.state, run, step, **vars(told))

    def close_step(
        self,
        run: str,
        step: str,
        at: float,
        state: str,
        because: str | None,
        reasons: Sequence[tuple[str, str]] | None = None,
    ) -> None:
        """Skipped or cancelled before it ran. `reasons` take the place of those that it began for."""
        said = None if reasons is None else json.dumps([list(pair) for pair in reasons])
        with self._file.transaction() as db:
            db.execute(
                "UPDATE steps SET state=?, because=?, reasons=coalesce(?, reasons) WHERE run=? AND step=?",
                (state, because, said, run, step),
            )
            self._event(db, at, "step_" + state, run, step, because=because)

    def _settle(
        self,
        db: sqlite3.Connection,
        run: str,
        step: str,
        state: str,
        seconds: float,
        error: str | None = None,
        line: str | None = None,
        cost: Cost = UNKNOWN,
    ) -> None:
        db.execute(
            "UPDATE steps SET state=?, seconds=?, error=?, error_line=?, cpu_seconds=?, memory_bytes=?, read_bytes=?, "
            "written_bytes=? WHERE run=? AND step=?",
            (state, seconds, error, line, *cost, run, step),
        )

    def end_run(self, run: str, at: float, status: str, seconds: float) -> None:
        self._expected = None
        with self._file.transaction() as db:
            db.execute("UPDATE runs SET status=?, seconds=? WHERE id=?", (status, seconds, run))
            self._event(db, at, "run_" + status, run, seconds=seconds)


def _enter_run(
    db: sqlite3.Connection,
    row: tuple[str, str, str, str, float, float | None, int],
    steps: Sequence[tuple[str, Sequence[str], Sequence[str]]],
    state: str,
    seconds: float | None,
) -> None:
    """A run as a row, and its steps, all of them in this state. Its cause may be the name of a file."""
    db.execute(
        "INSERT INTO runs(id, status, selection, cause, started_at, seconds, pid) VALUES (?,?,?,?,?,?,?)",
        [storable(each) if isinstance(each, str) else each for each in row],
    )
    db.executemany(
        "INSERT INTO steps(run, step, place, assets, checks, state, seconds) VALUES (?,?,?,?,?,?,?)",
        [
            (
                row[0],
                step,
                place,
                json.dumps(list(assets)),
                json.dumps(list(checks)) if checks else "[]",
                state,
                seconds,
            )
            for place, (step, assets, checks) in enumerate(steps)
        ],
    )


def _forget_failures(db: sqlite3.Connection, run: str) -> None:
    """Of the steps of a run."""
    if db.execute("SELECT EXISTS (SELECT 1 FROM failures)").fetchone()[0]:
        db.execute("DELETE FROM failures WHERE step IN (SELECT step FROM steps WHERE run = ?)", (run,))
