"""What differs between two stored values: rows and cells of tables, lines of text, bytes."""

from __future__ import annotations

import base64
import pickle
from typing import Any

from dagx.worker.codecs import encode
from dagx.worker.comparing import compare_stored


def stored(value: object) -> dict[str, Any]:
    done = encode(value)
    return {"codec": done.codec, "inline": base64.b64encode(done.data).decode()}


def compared(before: object, after: object, *key: str, rows: int = 10) -> Any:
    message = {"a": stored(before), "b": stored(after), "key": key, "rows": rows}
    answer = compare_stored(message, "/project")
    return answer["comparison"] if answer["ok"] else answer["problem"]["text"]


def people(**ages: int) -> list[dict[str, object]]:
    return [{"name": name, "age": age} for name, age in ages.items()]


def test_where_no_column_names_rows_only_equal_rows_are_the_same() -> None:
    before, after = people(ann=1, bob=2), people(ann=1, bob=9, di=4)
    found = compared([*before, before[1]], [*after, after[1]])
    assert (found["kind"], found["heights"], found["changed"]) == ("table", [3, 4], None)
    assert (found["removed"]["count"], found["removed"]["rows"][0]) == (2, ["bob", "2"])
    assert (found["added"]["count"], found["added"]["rows"][0]) == (3, ["bob", "9"])


def test_without_a_key_the_first_column_that_names_each_row_once_is_taken_and_said_to_be() -> None:
    before = [
        {"weight": 1.5, "kind": "x", "name": name, "age": age} for name, age in (("ann", 1), ("bob", 2))
    ]
    after = [{**row, "weight": 2.5} for row in before]
    found = compared(before, after)
    assert (found["key"], found["changed"]["cells"]) == (["name"], {"weight": 2})
    assert found["notes"] == ["rows were paired by name, which names each once; --key chooses another"]
    hourly = [{"day": day, "hour": hour, "value": 0.5} for day in (1, 2) for hour in (1, 2)]
    found = compared(hourly, [*hourly[:3], {**hourly[3], "value": 1.5}])
    assert (found["key"], found["changed"]["count"]) == (["day", "hour"], 1)
    assert "by day and hour, which together name each once" in found["notes"][0]


def test_a_column_that_names_other_rows_now_is_no_key() -> None:
    found = compared(people(ann=1, bob=2, cy=3), people(di=1, ed=2, flo=4))
    assert (found["key"], found["changed"]["count"]) == (["age"], 2)
    assert compared(people(ann=1, bob=2), people(di=3, ed=4))["key"] == []


def test_with_a_key_the_cells_that_changed_are_told() -> None:
    found = compared(people(ann=1, bob=2, cy=3), people(cy=3, bob=9, di=4), "name")
    assert found["changed"] == {
        "count": 1,
        "cells": {"age": 1},
        "rows": [{"key": [["name", "bob"]], "cells": [["age", "2", "9"]]}],
    }
    assert (found["removed"]["rows"], found["added"]["rows"]) == ([["ann", "1"]], [["di", "4"]])


def test_equal_rows_count_as_often_as_they_stand_there() -> None:
    one = {"x": 1}
    found = compared([one, one, one, {"x": 2}], [one, {"x": 3}, one])
    assert (found["removed"]["count"], found["removed"]["rows"]) == (2, [["1"], ["2"]])
    assert (found["added"]["count"], found["moved"]) == (1, False)


def test_the_same_rows_in_another_order_are_said_to_be_that() -> None:
    found = compared(people(ann=1, bob=2), people(bob=2, ann=1))
    assert (found["added"]["count"], found["removed"]["count"], found["moved"]) == (0, 0, True)


def test_columns_that_came_went_or_have_another_type_are_told_and_rows_compared_by_the_others() -> None:
    before = [{"k": 1, "gone": 1, "v": 1}, {"k": 2, "gone": 1, "v": 2}]
    after = [{"k": 1, "v": 1.0, "new": "n"}, {"k": 2, "v": 2.5, "new": "n"}]
    found = compared(before, after, "k")
    assert found["columns"] == {
        "before": 3,
        "after": 3,
        "added": [("new", "str")],
        "removed": [("gone", "int")],
        "retyped": [["v", "int", "float"]],
        "moved": False,
    }
    assert found["changed"]["cells"] == {"v": 2}
    assert compared([{"a": 1}], [{"b": 1}])["removed"]["count"] == 1


def test_one_is_not_true_nor_a_float_and_a_cell_that_is_not_there_is_not_none() -> None:
    found = compared([{"a": 1, "b": None}, {"a": 1}], [{"a": True, "b": None}, {"a": 1.0}])
    assert found["removed"]["count"] == 2
    found = compared([{"k": 1, "b": None}, {"k": 2, "b": 0}], [{"k": 1}, {"k": 2, "b": 0}], "k")
    assert found["changed"]["rows"] == [{"key": [["k", "1"]], "cells": [["b", "null", "(none)"]]}]


def test_a_key_that_is_not_unique_pairs_in_order_and_says_so() -> None:
    twice = [{"k": 1, "v": 1}, {"k": 1, "v": 2}]
    found = compared(twice, [*twice[:1], {"k": 1, "v": 5}], "k")
    assert found["changed"]["rows"] == [{"key": [["k", "1"]], "cells": [["v", "2", "5"]]}]
    assert found["notes"] == ["k names 1 rows more than once: those are paired in order"]


def test_a_key_that_is_no_column_is_refused_with_the_near_one() -> None:
    assert compared(people(ann=1), people(ann=2), "nmae").splitlines()[0] == '"nmae" is no column'
    assert "did you mean" in compared(people(ann=1), people(ann=2), "nmae")
    assert compared([{"a": 1, "b": 1}], [{"a": 2}], "b").startswith('"b" is no column of both')


def test_only_so_many_rows_are_told_and_long_cells_are_cut() -> None:
    found = compared([{"a": n} for n in range(50)], [{"a": "x" * 1000}], rows=3)
    assert (found["removed"]["count"], len(found["removed"]["rows"])) == (50, 3)
    assert len(found["added"]["rows"][0][0]) == 80


def test_text_and_json_are_compared_line_by_line() -> None:
    found = compared("a\nb\nc\nd\ne", "a\nB\nc\nd\ne\nf")
    assert found["lines"] == ["@@ -1 +1 @@", " a", "-b", "+B", " c", " d", " e", "+f"]
    assert (found["removed"], found["added"]) == (1, 2)
    found = compared({"a": [1, 2], "b": 3}, {"a": [1], "b": 3})
    assert [line for line in found["lines"] if line[0] in "+-"] == ["-    1,", "-    2", "+    1"]
    assert compared("a", {"b": 1})["lines"][1] == "-a"


def test_what_differs_in_a_long_text_is_found_fast_and_told_in_part() -> None:
    lines = [f"line {n}" for n in range(200_000)]
    found = compared("\n".join(lines), "\n".join([*lines[:150_000], "new", *lines[150_000:]]))
    assert found["lines"][0] == "@@ -149998 +149998 @@"
    assert (found["removed"], found["added"], found["left"]) == (0, 1, 0)
    found = compared("\n".join(lines), "\n".join(line + "!" for line in lines), rows=2)
    assert (found["removed"], found["added"], found["left"]) == (200_000, 200_000, 400_001 - 21)


def test_bytes_tell_where_the_first_difference_is() -> None:
    found = compared(b"x" * 70_000 + b"abc", b"x" * 70_000 + b"aBc")
    assert found["first"] == {"at": 70_001, "before": "62 63", "after": "42 63"}
    assert compared(b"same", b"same, longer")["first"] == {
        "at": 4,
        "before": "",
        "after": b", longer".hex(" "),
    }


class Point:
    def __init__(self, x: int) -> None:
        self.x = x

    def __repr__(self) -> str:
        return f"Point({self.x})" if self.x < 100 else "Point(big)"


class Broken(Point):
    def __repr__(self) -> str:
        raise ValueError("no words")


def test_other_values_are_compared_by_what_is_printed_of_them() -> None:
    found = compared((1, Point(1)), (1, Point(2)))
    assert (found["kind"], found["lines"][1:]) == ("printed", ["-(1, Point(1))", "+(1, Point(2))"])
    found = compared(Point(100), Point(200))
    assert (found["kind"], found["notes"]) == ("other", ["printed they are the same; their bytes differ"])
    assert found["first"]["at"] > 0
    assert compared((1,), {1})["notes"] == ["a tuple became a set"]
    assert compared(Broken(1), Broken(2))["notes"] == ["they cannot be printed: ValueError: no words"]


def test_a_value_that_does_not_load_is_a_problem_of_the_answer() -> None:
    lost = pickle.dumps(Point(1)).replace(b"Point", b"Joint")
    value = {"codec": "pickle", "inline": base64.b64encode(lost).decode()}
    answer = compare_stored({"a": value, "b": stored(1), "key": [], "rows": 1}, "/project")
    assert not answer["ok"]
    assert "Joint" in answer["problem"]["line"]
