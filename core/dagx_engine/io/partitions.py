"""What `state.db` says of partitions: what is current of each, and the history of those that are asked for."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from dagx_engine.io.database import Database
from dagx_engine.io.rows import (
    Evaluation,
    Materialization,
    PartitionRow,
    evaluation_of,
    materialization_of,
)

__all__ = ["PartitionRows"]

_AT_ONCE = 400
"""So many pairs of an asset and a partition go into one question."""


class PartitionRows:
    """The questions about partitions; `file` is the database of a store."""

    def __init__(self, file: Database) -> None:
        self._file = file

    def current(self) -> list[PartitionRow]:
        """What is current of every partition, asset by asset."""
        rows = self._file.rows(
            "SELECT m.asset, m.partition, m.id, m.manifest_key, k.parts, m.data_version, m.standing, m.object, "
            "m.size, m.written, m.made_at FROM current c JOIN materializations m ON m.id = c.materialization "
            "JOIN manifests k ON k.key = m.manifest_key WHERE c.partition != '' ORDER BY c.asset"
        )
        return [
            PartitionRow(
                row[0],
                row[1],
                row[2],
                row[3],
                tuple([(name, digest) for name, digest in json.loads(row[4])]),
                row[5],
                row[6],
                row[7],
                row[8],
                () if row[9] == "[]" else tuple((name, digest) for name, digest in json.loads(row[9])),
                row[10],
            )
            for row in rows
        ]

    def materialization(self, number: int) -> Materialization:
        """All of one row."""
        rows = self._file.rows(
            "SELECT m.*, k.parts FROM materializations m JOIN manifests k ON k.key = m.manifest_key WHERE m.id = ?",
            (number,),
        )
        return materialization_of(rows[0])

    def history(
        self, wanted: Iterable[tuple[str, str]], most: int = 8
    ) -> dict[tuple[str, str], list[Materialization]]:
        """For each of these partitions its materializations, the current one first, then the newest others."""
        found: dict[tuple[str, str], list[Materialization]] = {}
        for some in _in_lots(wanted):
            rows = self._file.rows(
                "SELECT * FROM (SELECT m.*, k.parts, c.materialization AS current, row_number() OVER "
                "(PARTITION BY m.asset, m.partition ORDER BY m.id DESC) AS place FROM json_each(?) AS w "
                "JOIN materializations m ON m.asset = json_extract(w.value, '$[0]') "
                "AND m.partition = json_extract(w.value, '$[1]') JOIN manifests k ON k.key = m.manifest_key "
                "LEFT JOIN current c ON c.asset = m.asset AND c.partition = m.partition) "
                "WHERE place <= ? OR id = current ORDER BY id DESC",
                (some, most),
            )
            for row in rows:
                item = materialization_of(row)
                items = found.setdefault((item.asset, item.partition), [])
                items.insert(0 if row["current"] == item.id else len(items), item)
        return found

    def evaluations(
        self, wanted: Iterable[tuple[str, str]], most: int = 8
    ) -> dict[tuple[str, str, str], list[Evaluation]]:
        """For each check of these partitions, by asset, partition and name, its results, the current one first."""
        found: dict[tuple[str, str, str], list[Evaluation]] = {}
        for some in _in_lots(wanted):
            rows = self._file.rows(
                "SELECT * FROM (SELECT e.*, k.parts, c.evaluation AS current, row_number() OVER "
                "(PARTITION BY e.asset, e.name, e.partition ORDER BY e.id DESC) AS place FROM json_each(?) AS w "
                "JOIN check_evaluations e ON e.asset = json_extract(w.value, '$[0]') "
                "AND e.partition = json_extract(w.value, '$[1]') JOIN manifests k ON k.key = e.manifest_key "
                "LEFT JOIN current_checks c ON c.asset = e.asset AND c.name = e.name AND c.partition = e.partition) "
                "WHERE place <= ? OR id = current ORDER BY id DESC",
                (some, most),
            )
            for row in rows:
                item = evaluation_of(row)
                items = found.setdefault((item.asset, item.partition, item.name), [])
                items.insert(0 if row["current"] == item.id else len(items), item)
        return found

    def newest(self, asset: str, most: int = 8) -> list[Materialization]:
        """What was made of an asset last, of whatever partitions."""
        rows = self._file.rows(
            "SELECT m.*, k.parts FROM materializations m JOIN manifests k ON k.key = m.manifest_key "
            "WHERE m.asset = ? AND m.partition != '' ORDER BY m.id DESC LIMIT ?",
            (asset, most),
        )
        return [materialization_of(row) for row in rows]

    def newest_evaluations(self) -> list[Evaluation]:
        """The newest result of each check that looks at one partition at a time."""
        rows = self._file.rows(
            "SELECT e.*, k.parts FROM check_evaluations e JOIN manifests k ON k.key = e.manifest_key WHERE e.id IN "
            "(SELECT max(id) FROM check_evaluations WHERE partition != '' GROUP BY asset, name)"
        )
        return [evaluation_of(row) for row in rows]


def _in_lots(wanted: Iterable[tuple[str, str]]) -> Iterator[str]:
    pairs = [list(pair) for pair in wanted]
    for first in range(0, len(pairs), _AT_ONCE):
        yield json.dumps(pairs[first : first + _AT_ONCE])
