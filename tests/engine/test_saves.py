"""What counts as one save, by a clock that the test moves."""

from __future__ import annotations

from pathlib import Path

import pytest

from dagx_engine.io.watch import Tree
from dagx_engine.saves import FEW, IDLE_SECONDS, PATIENCE_SECONDS, QUIET_SECONDS, Saves


class Clock:
    def __init__(self) -> None:
        self.at = 100.0

    def ticks(self) -> float:
        return self.at

    def now(self) -> float:
        return self.at


class Person:
    def __init__(self, root: Path) -> None:
        self.root = root
        self.clock = Clock()
        self.open: set[str] = set()
        self.saves = Saves(root, Tree([root]), self.clock, self.open.__contains__)

    def save(self, *names: str) -> list[str]:
        for name in names:
            (self.root / name).write_text(name, encoding="utf-8")
        return [Path(path).name for path in self.saves.look()]

    def wait(self, seconds: float) -> list[str]:
        self.clock.at += seconds
        return self.save()


@pytest.fixture
def person(tmp_path: Path) -> Person:
    return Person(tmp_path)


def test_a_few_files_count_at_once(person: Person) -> None:
    assert person.save("a.py", "b.py") == ["a.py", "b.py"]
    assert person.save() == []


def test_many_files_count_when_it_is_quiet(person: Person) -> None:
    names = [f"f{number}.py" for number in range(FEW + 1)]
    assert person.save(*names) == []
    assert person.saves.wait == pytest.approx(QUIET_SECONDS)
    assert person.wait(QUIET_SECONDS) == names


def test_while_a_tool_is_at_work_a_word_about_one_file_is_not_the_end(person: Person) -> None:
    names = [f"f{number}.py" for number in range(FEW + 1)]
    assert person.save(*names) == []
    (person.root / "late.py").write_text("late", encoding="utf-8")
    assert person.saves.look([str(person.root / names[0])]) == []
    assert person.wait(QUIET_SECONDS) == [*names, "late.py"]


def test_one_file_is_a_save_without_a_look_at_the_others(person: Person) -> None:
    person.save("a.py", "b.py")
    for name in ("a.py", "b.py"):
        (person.root / name).write_text("again", encoding="utf-8")
    assert person.saves.look([str(person.root / "a.py")]) == [str(person.root / "a.py")]
    assert person.save() == ["b.py"]


def test_many_files_count_after_a_while_though_it_is_never_quiet(person: Person) -> None:
    names = [f"f{number}.py" for number in range(FEW + 1)]
    person.save(*names)
    person.clock.at += PATIENCE_SECONDS + 0.1
    assert person.save("one_more.py") == [*names, "one_more.py"]


def test_while_git_is_at_work_nothing_counts(person: Person) -> None:
    (person.root / ".git").mkdir()
    lock = person.root / ".git/index.lock"
    lock.touch()
    assert person.save("a.py") == []
    lock.unlink()
    assert person.wait(QUIET_SECONDS) == ["a.py"]


def test_a_look_is_due_though_nothing_asks_for_one_and_only_then(person: Person) -> None:
    person.clock.at += IDLE_SECONDS / 2
    assert person.saves.wait == pytest.approx(IDLE_SECONDS / 2)
    person.clock.at += IDLE_SECONDS
    assert person.saves.wait == 0
    assert person.save() == []
    assert person.saves.wait == pytest.approx(IDLE_SECONDS)


def test_what_somebody_is_at_counts_when_it_is_closed(person: Person) -> None:
    person.open.add(str(person.root / "a.csv"))
    assert person.save("a.csv", "b.csv") == ["b.csv"]
    assert person.saves.wait < QUIET_SECONDS * 3
    person.open.clear()
    assert person.wait(1.0) == ["a.csv"]
