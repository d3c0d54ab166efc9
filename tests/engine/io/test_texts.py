"""Source texts in the store: once each, and as long as a manifest names them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from dagx_engine.io.database import Database
from dagx_engine.io.texts import TextRows, keep_texts


@pytest.fixture
def file(tmp_path: Path) -> Iterator[Database]:
    found = Database(tmp_path, write=True)
    yield found
    found.close()


def test_a_text_is_kept_once_and_found_by_its_digest(file: Database) -> None:
    with file.transaction() as db:
        keep_texts(db, {"d1": "def f(): ...", "d2": "X = 1"})
        keep_texts(db, {"d1": "def f():  # the same, to the digest\n    ..."})
    rows = TextRows(file)
    assert rows.digests() == {"d1", "d2"}
    assert rows.of(["d1", "d3"]) == {"d1": "def f(): ..."}
    assert rows.of([]) == {}
    assert len(rows.of([f"none{number}" for number in range(2000)] + ["d2"])) == 1


def test_what_no_manifest_names_goes(file: Database) -> None:
    with file.transaction() as db:
        keep_texts(db, {"kept": "a", "also": "b", "unused": "c"})
        for key, parts in (("k1", [["code:m:f", "kept"]]), ("k2", [["python", "3"], ["code:m:g", "also"]])):
            db.execute("INSERT INTO manifests(key, parts) VALUES (?,?)", (key, json.dumps(parts)))
    assert TextRows(file).drop_unused() == 1
    assert TextRows(file).digests() == {"kept", "also"}
