"""`state.db`: runs, steps, materializations, checks, events. All SQL of dagx stands here and in `results`,
`partitions`, `retiring` and `schema`.

One writer, `BEGIN IMMEDIATE`, one transaction for each thing that happened; readers use connections of their own and
exhaust their cursors.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Mapping, Sequence
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
    Evaluation,
    FailureRow,
    Materialization,
    NewOp,
    Observation,
    Results,
    RunRow,
    StepRow,
    Written,
    evaluation_of,
    materialization_of,
    step_of,
)
from dagx_engine.io.stamps import StampRows
from dagx_engine.io.texts import TextRows
from dagx_engine.pure.costs import UNKNOWN, Cost

__all__ = ["Store"]


_CURRENT = {
    "current": "SELECT c.asset || char(0) || c.partition || char(0) || m.id || char(0) || m.run AS said "
    "FROM current c JOIN materializations m ON m.id = c.materialization ORDER BY c.asset, c.partition",
    "current_checks": "SELECT c.asset || char(0) || c.name || char(0) || c.partition || char(0) || e.id || char(0) || "
    "e.run AS said FROM current_checks c JOIN check_evaluations e ON e.id = c.evaluation "
    "ORDER BY c.asset, c.name, c.partition",
    "observations": "SELECT asset || char(0) || partition || char(0) || id || char(0) || run AS said "
    "FROM observations ORDER BY id",
    "acceptances": "SELECT id || char(0) || ifnull(materialization, '') || char(0) || ifnull(evaluation, '') "
    "|| char(0) || part || char(0) || ifnull(before, '-') || char(0) || ifnull(after, '-') || char(0) "
    "|| made_at AS said "
    "FROM acceptances ORDER BY id",
}


class Store:
    """The project's state, opened. `write=True` is for the holder of the project lock alone."""

    def __init__(self, folder: Path, *, write: bool) -> None:
        """Raises DagxError when the file is not ours, is newer than this dagx, or cannot be opened."""
        self._file = Database(folder, write=write)
        self._expected: dict[str, float] | None = None
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

    # What is asked.

    def current(self) -> str:
        """A digest of what is current: of all assets and checks, of what was observed, and what was accepted of them.

        Rows are never written to again: to know which they are is to know what stands in them. Numbers of rows that
        are gone come again, so the run or the moment stands beside each.
        """
        hasher = hashlib.blake2b(digest_size=16)
        for table, rows in _CURRENT.items():
            ((found,),) = self._file.rows(f"SELECT group_concat(said, char(1)) FROM ({rows})")
            hasher.update(f"{table}\0{found}\0".encode("utf-8", "surrogatepass"))
        return hasher.hexdigest()

    def standing(self) -> str:
        """A digest of all that says how assets and checks stand: `current`, the earlier results, and what failed last.

        Rows get numbers one after the other, so those are the same of which there are as many, and the same newest.
        """
        hasher = hashlib.blake2b(self.current().encode(), digest_size=16)
        for table in ("materializations", "check_evaluations", "observations"):
            rows = self._file.rows(
                f"SELECT (SELECT count(*) FROM {table}), id, run, made_at FROM {table} ORDER BY id DESC LIMIT 1"
            )
            hasher.update(f"{table} {[tuple(row) for row in rows]}\0".encode())
        failed = self._file.rows("SELECT step, run, manifest_key, error_line FROM failures ORDER BY step")
        hasher.update(repr([tuple(row) for row in failed]).encode("utf-8", "surrogatepass"))
        return hasher.hexdigest()

    def commits_of_others(self) -> int:
        """A number that is another after another connection has written."""
        return self._file.commits_of_others()

    def steps_of(self, run: str) -> int:
        """How many steps a run had, as far as it is known still."""
        ((found,),) = self._file.rows("SELECT count(*) FROM steps WHERE run = ?", (run,))
        return int(found)

    def history(self, most: int = 8) -> dict[str, list[Materialization]]:
        """For each asset without partitions its materializations, the current one first, then the newest others."""
        current = {
            row[0]: row[1]
            for row in self._file.rows("SELECT asset, materialization FROM current WHERE partition = ''")
        }
        found: dict[str, list[Materialization]] = {asset: [] for asset in current}
        rows = self._file.rows(
            "SELECT * FROM (SELECT m.*, k.parts, row_number() OVER (PARTITION BY m.asset ORDER BY m.id DESC) AS place "
            "FROM materializations m JOIN manifests k ON k.key = m.manifest_key WHERE m.partition = '') "
            "WHERE place <= ? OR id IN (SELECT materialization FROM current WHERE partition = '') ORDER BY id DESC",
            (most,),
        )
        for row in rows:
            item = materialization_of(row)
            if current.get(item.asset) == item.id:
                found[item.asset].insert(0, item)
            else:
                found.setdefault(item.asset, []).append(item)
        return found

    def evaluations(self, most: int = 8) -> dict[tuple[str, str], list[Evaluation]]:
        """For each check, by its asset and name, its results on the whole, the current one first, then the newest."""
        current = {
            (row[0], row[1]): row[2]
            for row in self._file.rows(
                "SELECT asset, name, evaluation FROM current_checks WHERE partition = ''"
            )
        }
        found: dict[tuple[str, str], list[Evaluation]] = {key: [] for key in current}
        rows = self._file.rows(
            "SELECT * FROM (SELECT e.*, k.parts, row_number() OVER (PARTITION BY e.asset, e.name ORDER BY e.id DESC) "
            "AS place FROM check_evaluations e JOIN manifests k ON k.key = e.manifest_key WHERE e.partition = '') "
            "WHERE place <= ? OR id IN (SELECT evaluation FROM current_checks WHERE partition = '') "
            "ORDER BY id DESC",
            (most,),
        )
        for row in rows:
            item = evaluation_of(row)
            key = (item.asset, item.name)
            if current.get(key) == item.id:
                found[key].insert(0, item)
            else:
                found.setdefault(key, []).append(item)
        return found

    def evaluations_of(self, run: str) -> list[Evaluation]:
        """The results of checks that a run gave, in the order in which they came."""
        rows = self._file.rows(
            "SELECT e.*, k.parts FROM check_evaluations e JOIN manifests k ON k.key = e.manifest_key "
            "WHERE e.run = ? ORDER BY e.id",
            (run,),
        )
        return [evaluation_of(row) for row in rows]

    def observations(self) -> dict[str, Observation]:
        """For each external asset that was observed, the newest observation."""
        rows = self._file.rows(
            "SELECT * FROM observations WHERE id IN (SELECT max(id) FROM observations GROUP BY asset, partition)"
        )
        return {
            row["asset"]: Observation(
                asset=row["asset"],
                data_version=row["data_version"],
                metadata=json.loads(row["metadata"]),
                tags=json.loads(row["tags"]),
                id=row["id"],
                run=row["run"],
                made_at=row["made_at"],
            )
            for row in rows
        }

    @property
    def changes(self) -> int:
        """Another number when something was written since."""
        return self._file.changes

    def failures(self) -> list[FailureRow]:
        """The steps whose last attempt failed."""
        rows = self._file.rows(  # CROSS: the few failures lead to the many manifests, and never the other way round
            "SELECT f.step, f.run, f.error_line, m.parts FROM failures f CROSS JOIN manifests m "
            "ON m.key = f.manifest_key"
        )
        return [FailureRow(r[0], r[1], r[2], tuple((n, d) for n, d in json.loads(r[3]))) for r in rows]

    def expected_seconds(self) -> Mapping[str, float]:
        """Step to the median duration of its last five successful runs, of whatever partitions; found out once, and
        again after a run has ended.

        The name of one for partitions begins with that of its step, which has no bracket in it.
        """
        if self._expected is None:
            self._expected = self._expected_seconds()
        return self._expected

    def _expected_seconds(self) -> dict[str, float]:
        rows = self._file.rows(
            "SELECT step, seconds FROM (SELECT s.step, s.seconds, row_number() OVER "
            "(PARTITION BY s.step ORDER BY r.rowid DESC) AS place FROM (SELECT run, seconds, "
            "substr(step, 1, instr(step || '[', '[') - 1) AS step FROM steps "
            "WHERE state IN ('succeeded','unchanged') AND seconds IS NOT NULL AND started_at IS NOT NULL) s "
            "JOIN runs r ON r.id = s.run) WHERE place <= 5"
        )
        found: dict[str, list[float]] = {}
        for step, seconds in rows:
            found.setdefault(step, []).append(seconds)
        return {step: sorted(values)[len(values) // 2] for step, values in found.items()}

    def runs(self, limit: int) -> list[RunRow]:
        """The newest runs first."""
        rows = self._file.rows(
            "SELECT id, status, selection, cause, started_at, seconds FROM runs ORDER BY rowid DESC LIMIT ?",
            (limit,),
        )
        return [RunRow(*row) for row in rows]

    def ops(self, run: str) -> dict[str, list[NewOp]]:
        """For each step of a run that is a job, how its ops went, in the order in which they ended."""
        rows = self._file.rows(
            "SELECT step, body FROM events WHERE run = ? AND substr(kind, 1, 3) = 'op_' ORDER BY seq", (run,)
        )
        found: dict[str, list[NewOp]] = {}
        for step, body in rows:
            found.setdefault(step, []).append(NewOp(**json.loads(body)))
        return found

    def find_run(self, prefix: str) -> list[RunRow]:
        """The runs whose id starts so."""
        rows = self._file.rows(
            "SELECT id, status, selection, cause, started_at, seconds FROM runs WHERE substr(id, 1, ?) = ? LIMIT 5",
            (len(prefix), prefix),
        )
        return [RunRow(*row) for row in rows]

    def steps(self, run: str, step: str | None = None) -> list[StepRow]:
        """The steps of a run, in dependency order; or one of them."""
        rows = self._file.rows(
            "SELECT run, step, assets, checks, state, attempt, reasons, started_at, seconds, error, error_line, "
            "because, cpu_seconds, memory_bytes, read_bytes, written_bytes FROM steps WHERE run = ?"
            f"{'' if step is None else ' AND step = ?'} ORDER BY place",
            (run,) if step is None else (run, step),
        )
        return [step_of(row) for row in rows]

    def unfinished_steps(self) -> dict[str, str]:
        """The steps of runs that are not over, with their state."""
        rows = self._file.rows(
            "SELECT s.step, s.state FROM steps s JOIN runs r ON r.id = s.run "
            "WHERE r.status = 'running' AND s.state IN ('waiting', 'examined', 'ready', 'running', 'retrying')"
        )
        return {row[0]: row[1] for row in rows}

    def last_run_that_worked(self) -> RunRow | None:
        """The newest run in which some step was tried."""
        rows = self._file.rows(
            "SELECT id, status, selection, cause, started_at, seconds FROM runs "
            "WHERE id IN (SELECT run FROM steps WHERE started_at IS NOT NULL) ORDER BY rowid DESC LIMIT 1"
        )
        return RunRow(*rows[0]) if rows else None

    def last_attempt(self, step: str) -> tuple[str, int] | None:
        """(run, attempt) of the newest attempt of a step."""
        rows = self._file.rows(
            "SELECT s.run, s.attempt FROM steps s JOIN runs r ON r.id = s.run "
            "WHERE s.step = ? AND s.started_at IS NOT NULL ORDER BY r.rowid DESC LIMIT 1",
            (step,),
        )
        return (rows[0][0], rows[0][1]) if rows else None


def _forget_failures(db: sqlite3.Connection, run: str) -> None:
    """Of the steps of a run."""
    if db.execute("SELECT EXISTS (SELECT 1 FROM failures)").fetchone()[0]:
        db.execute("DELETE FROM failures WHERE step IN (SELECT step FROM steps WHERE run = ?)", (run,))


def _enter_run(
    db: sqlite3.Connection,
    row: tuple[str, str, str, str, float, float | None, int],
    steps: Sequence[tuple[str, Sequence[str], Sequence[str]]],
    state: str,
    seconds: float | None,
) -> None:
    """A run as a row, and its steps, all of them in this state."""
    db.execute(
        "INSERT INTO runs(id, status, selection, cause, started_at, seconds, pid) VALUES (?,?,?,?,?,?,?)", row
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
