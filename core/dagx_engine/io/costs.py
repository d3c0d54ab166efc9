"""What `state.db` says of what steps cost, and of how often they were not executed. Of partitions it tells their step.

The name of a step for partitions begins with that of the step, which has no bracket in it.
"""

from __future__ import annotations

import json
import sqlite3

from dagx_engine.io.database import Database
from dagx_engine.pure.costs import Cost, Execution
from dagx_engine.pure.value import dataclass

__all__ = ["CostRows", "SizeRow"]

_STEP = "substr(s.step, 1, instr(s.step || '[', '[') - 1)"
_EXECUTED = (
    "s.state IN ('succeeded', 'unchanged', 'failed') AND s.seconds IS NOT NULL AND s.started_at IS NOT NULL"
)
"""What began has its place in an index."""


@dataclass(frozen=True)
class SizeRow:
    """What is current of an asset, over all its partitions: 1 for one that has none."""

    asset: str
    size: int
    rows: int | None
    partitions: int


class CostRows:
    """`file` is the database of a store."""

    def __init__(self, file: Database) -> None:
        self._file = file

    def executions(self, since: float, until: float | None = None) -> list[Execution]:
        """Those that began in this time, the last one first."""
        rows = self._file.rows(
            f"SELECT {_STEP} AS step, s.state, s.seconds, s.cpu_seconds, s.memory_bytes, s.read_bytes, "
            f"s.written_bytes FROM steps s JOIN runs r ON r.id = s.run WHERE {_EXECUTED} "
            "AND s.started_at >= ?1 AND (?2 IS NULL OR s.started_at < ?2) ORDER BY s.started_at DESC",
            (since, until),
        )
        return [_execution_of(row) for row in rows]

    def of_step(self, step: str, most: int) -> list[Execution]:
        """The last ones of a step, on whatever partitions."""
        rows = self._file.rows(
            f"SELECT {_STEP} AS step, s.state, s.seconds, s.cpu_seconds, s.memory_bytes, s.read_bytes, "
            f"s.written_bytes FROM steps s WHERE (s.step = ?1 OR (s.step > ?2 AND s.step < ?3)) AND {_EXECUTED} "
            "ORDER BY s.started_at DESC LIMIT ?4",
            (step, f"{step}[", f"{step}\\", most),  # of partitions: `step[key]`, which stands before `step\`
        )
        return [_execution_of(row) for row in rows]

    def reused(self, since: float) -> dict[str, dict[str, int]]:
        """Step to how often runs found it `fresh`, or `restored` an earlier result."""
        rows = self._file.rows(
            f"SELECT {_STEP} AS step, s.state, count(*) FROM steps s JOIN runs r ON r.id = s.run "
            "WHERE s.state IN ('fresh', 'restored') AND r.started_at >= ? GROUP BY 1, 2",
            (since,),
        )
        found: dict[str, dict[str, int]] = {}
        for step, state, count in rows:
            found.setdefault(step, {})[state] = count
        return found

    def names(self, step: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The assets and the checks that it made when it was in a run last."""
        rows = self._file.rows(
            "SELECT s.assets, s.checks FROM steps s WHERE s.step = ?1 OR (s.step > ?2 AND s.step < ?3) "
            "ORDER BY s.started_at DESC LIMIT 1",
            (step, f"{step}[", f"{step}\\"),
        )
        assets, checks = (json.loads(rows[0][at]) if rows else [] for at in (0, 1))
        return tuple(dict.fromkeys(key.partition("[")[0] for key in assets)), tuple(checks)

    def runs(self, since: float) -> int:
        """How many began since then."""
        return int(self._file.rows("SELECT count(*) FROM runs WHERE started_at >= ?", (since,))[0][0])

    def sizes(self, most: int) -> list[SizeRow]:
        """The assets of which dagx stores most, the largest first."""
        rows = self._file.rows(
            "SELECT m.asset, sum(m.size) AS size, CASE WHEN count(m.rows) = count(*) THEN sum(m.rows) END, count(*) "
            "FROM current c JOIN materializations m ON m.id = c.materialization WHERE m.standing != 'left out' "
            "GROUP BY m.asset HAVING sum(m.size) > 0 ORDER BY size DESC, m.asset LIMIT ?",
            (most,),
        )
        return [SizeRow(*row) for row in rows]


def _execution_of(row: sqlite3.Row) -> Execution:
    cost = Cost(row["cpu_seconds"], row["memory_bytes"], row["read_bytes"], row["written_bytes"])
    return Execution(row["step"], row["state"], row["seconds"], cost)
