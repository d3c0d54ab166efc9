"""What is asked of `state.db`: what is stored and current, and how runs went. It writes nothing.

Each question exhausts its cursor.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from dagx.worker.blake import blake2b
from dagx_engine.io.database import Database
from dagx_engine.io.rows import (
    Evaluation,
    FailureRow,
    Materialization,
    NewOp,
    Observation,
    RunRow,
    StepRow,
    evaluation_of,
    materialization_of,
    step_of,
)

__all__ = ["Stored"]


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


class Stored:
    """The project's state as `file` has it."""

    def __init__(self, file: Database) -> None:
        self._file = file
        self._expected: dict[str, float] | None = None

    def current(self) -> str:
        """A digest of what is current: of all assets and checks, of what was observed, and what was accepted of them.

        Rows are never written to again: to know which they are is to know what stands in them. Numbers of rows that
        are gone come again, so the run or the moment stands beside each.
        """
        hasher = blake2b(digest_size=16)
        for table, rows in _CURRENT.items():
            ((found,),) = self._file.rows(f"SELECT group_concat(said, char(1)) FROM ({rows})")
            hasher.update(f"{table}\0{found}\0".encode("utf-8", "surrogatepass"))
        return hasher.hexdigest()

    def standing(self) -> str:
        """A digest of all that says how assets and checks stand: `current`, the earlier results, and what failed last.

        Rows get numbers one after the other, so those are the same of which there are as many, and the same newest.
        """
        hasher = blake2b(self.current().encode(), digest_size=16)
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
