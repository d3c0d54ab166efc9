"""Every part of a manifest that can change has words for it."""

from __future__ import annotations

import pytest
from graph_text import world

from dagx_engine.pure.definitions import Place, StepName
from dagx_engine.pure.manifest import ABSENT, Change, Manifest
from dagx_engine.pure.reasons import came_and_went, part_in_words, reason_of, reasons_of
from dagx_engine.pure.staleness import Fresh, Missing, Restorable, Stale

PLACES = {"code:shop.lib:clean": Place("shop/lib.py", 12)}
NOTHING = Manifest.of([])


@pytest.mark.parametrize(
    ("part", "before", "after", "words"),
    [
        ("code:shop.lib:clean", "1", "2", "code of clean changed (shop/lib.py:12)"),
        ("code:shop.lib:clean", None, "2", "now uses clean (shop/lib.py:12)"),
        ("code:shop.lib:tidy", None, "2", "now uses tidy (in shop.lib)"),
        ("code:shop.lib:clean", "1", None, "no longer uses clean of shop.lib"),
        ("code:shop.lib:<effects>", "1", "2", "what shop.lib does at import changed (in shop.lib)"),
        ("code_version:a", "1", "2", "code version 1 → 2"),
        ("code_version:a", None, "2", "code version none → 2"),
        (
            "module:shop.lib",
            "1",
            "2",
            "module shop.lib changed (getattr at line 3 of lib.py, so all of it counts)",
        ),
        ("value:shop.lib:make.<locals>.inner:cell n", "1", "2", "cell n of make.<locals>.inner changed"),
        ("value:shop.lib:f:default 0", None, "2", "default 0 of f is new"),
        ("input:orders", "1", "2", "new data in orders"),
        ("input:orders", "missing", "2", "orders was made since"),
        ("input:orders", "1", "missing", "orders is missing"),
        ("input:orders", None, "1", "new dependency on orders"),
        ("input:orders", "1", None, "no longer depends on orders"),
        ("file:data/x.csv", "1", "2", "data/x.csv changed"),
        ("file:data/x.csv", ABSENT, "2", "data/x.csv is new"),
        ("file:data/x.csv", "1", ABSENT, "data/x.csv is gone"),
        ("file:data/x.csv", "1", None, "no longer reads data/x.csv"),
        ("dir:data", "1", "2", "files in data were added, removed or renamed"),
        ("dir:data", "1", ABSENT, "data is gone"),
        ("dir:data", ABSENT, "1", "data is new"),
        ("made:orders", "7", "9", "orders was made again since its history was read"),
        ("made:orders[may]", "never", "9", "orders[may] was made since its history was read"),
        ("seen:orders", "never", "9", "orders was observed since its history was read"),
        (
            "checked:orders:sound",
            "7",
            "9",
            "the check orders:sound was executed since its history was read",
        ),
        ("checked:orders:", "7", "9", "a check of orders was executed since its history was read"),
        ("until:1704283200.5", "ahead", "past", "it held until 2024-01-03 12:00:00 UTC"),
        ("package:pandas", "2.0", "2.1", "package pandas 2.0 → 2.1"),
        ("python", "3.11", "3.12", "python 3.11 → 3.12"),
        ("resource:db", "1", "2", "resource db changed"),
        ("resource:db", None, "2", "resource db is new"),
        ("io_manager:lake", "1", None, "IO manager lake is gone"),
        ("blocking:a:sound", None, "yes", "the check a:sound holds back now what needs its asset"),
        ("blocking:a:sound", "yes", None, "the check a:sound no longer holds back what needs its asset"),
        ("source:shop.lib", "1", "2", "the text of shop.lib changed, which its code can read"),
        ("codec", "1", "2", "how values are stored changed"),
        ("something_new", "1", "2", "something_new changed"),
    ],
)
def test_a_changed_part_in_words(part: str, before: str | None, after: str | None, words: str) -> None:
    assert reason_of(Change(part, before, after), PLACES, "getattr at line 3 of lib.py") == words


def test_a_part_of_code_that_is_no_unit_of_a_module_has_words_too() -> None:
    part = "code:<built-in function len>"
    assert reason_of(Change(part, "1", "2"), {}) == "code of <built-in function len> changed"
    assert part_in_words(part, "1", {}) == "<built-in function len>"


def test_the_reason_nearest_to_the_person_comes_first() -> None:
    parts = ("package:x", "file:f", "input:i", "code:m:f", "python", "zebra")
    found = Stale(NOTHING, tuple(Change(part, "1", "2") for part in sorted(parts)))
    said = [part for part, _ in reasons_of(world("a"), StepName("a"), found)]
    assert said == ["code:m:f", "input:i", "file:f", "package:x", "python", "zebra"]


def test_each_verdict_has_its_reason() -> None:
    now, step = world("a", widened={"a": "exec at line 1"}), StepName("a")
    change = (Change("module:m", "1", "2"),)
    assert reasons_of(now, step, Fresh(NOTHING)) == ()
    assert reasons_of(now, step, Missing(NOTHING)) == (("", "never made"),)
    assert reasons_of(now, step, Missing(NOTHING, "x is gone")) == (("", "x is gone"),)
    assert reasons_of(now, step, Stale(NOTHING, change)) == (
        ("module:m", "module m changed (exec at line 1, so all of it counts)"),
    )
    assert reasons_of(now, step, Restorable(NOTHING, (), change))[-1] == (
        "",
        "an earlier result fits and is put back",
    )


@pytest.mark.parametrize(
    ("part", "digest", "words"),
    [
        ("code:shop.lib:clean", "d", "clean (shop/lib.py:12)"),
        ("code:shop.lib:tidy", "d", "tidy"),
        ("package:pandas", "2.1", "2.1"),
        ("input:orders", "0123456789abcdef", "data version 0123456789ab"),
        ("file:x", ABSENT, "not there"),
        ("file:x", "0123456789abcdef", "content 0123456789ab"),
        ("codec", "1", "1"),
    ],
)
def test_what_a_fresh_asset_rests_on_in_words(part: str, digest: str, words: str) -> None:
    assert part_in_words(part, digest, PLACES) == words


def test_names_in_a_folder_that_came_and_went_are_told_the_first_of_many() -> None:
    assert came_and_went(["a", "b"], ["b", "c"]) == "new: c; gone: a"
    assert came_and_went([], ["a"]) == "new: a"
    assert came_and_went(["a"], ["a"]) == ""
    many = [f"{n:03}" for n in range(100)]
    assert came_and_went(many, []) == "gone: 000, 001, 002, 003, 004 and 95 more"
    assert came_and_went(["\\udcff"], ["\udcff"]) == "", "a name that is not UTF-8 is kept as it is shown"
