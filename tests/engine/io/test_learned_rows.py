"""Learned edges in the store: each with the run that saw it first, as long as a manifest names it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from dagx_engine.io.database import Database
from dagx_engine.io.learned import LearnedRows, keep_learned
from dagx_engine.io.rows import LearnedRow

EDGE, OTHER = "learned:lib:clean", "learned:lib:other"


@pytest.fixture
def file(tmp_path: Path) -> Iterator[Database]:
    found = Database(tmp_path, write=True)
    yield found
    found.close()


def test_the_run_that_saw_an_edge_first_is_kept(file: Database) -> None:
    with file.transaction() as db:
        keep_learned(db, "r1", 1.0, [("orders", EDGE)])
        keep_learned(db, "r2", 2.0, [("orders", EDGE), ("sales", EDGE), ("sales", OTHER)])
    rows = LearnedRows(file)
    assert rows.rows() == [
        LearnedRow("orders", EDGE, "r1", 1.0),
        LearnedRow("sales", EDGE, "r2", 2.0),
        LearnedRow("sales", OTHER, "r2", 2.0),
    ]
    assert rows.parts() == [EDGE, OTHER]


def test_an_edge_that_no_manifest_names_goes(file: Database) -> None:
    with file.transaction() as db:
        keep_learned(db, "r1", 1.0, [("orders", EDGE), ("orders", OTHER)])
        parts = json.dumps([[EDGE, "seen"], ["python", "3"]])
        db.execute("INSERT INTO manifests(key, parts) VALUES ('k1', ?)", (parts,))
    assert LearnedRows(file).drop_unused() == 1
    assert LearnedRows(file).parts() == [EDGE]
