"""What is there of a pattern, and which names it means: told by the walk and by the name alone, the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from dagx_engine.io.matching import fixed_folder, matching
from dagx_engine.pure.declared import matches

FILES = (
    "a.csv",
    "data/a.csv",
    "data/b.csv",
    "data/c.txt",
    "data/.hidden.csv",
    "data/deep/a.csv",
    "data/deep/er/b.csv",
    "data/.deep/a.csv",
    "data/[x].csv",
)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name in (*FILES, "data/.git/config", "data/__pycache__/x.pyc"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("")
    return tmp_path


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("*.csv", "a.csv"),
        ("data/*.csv", "data/[x].csv data/a.csv data/b.csv"),
        ("data/?.csv", "data/a.csv data/b.csv"),
        ("data/[bc].*", "data/b.csv data/c.txt"),
        ("data/[[]x].csv", "data/[x].csv"),
        ("data/.*.csv", "data/.hidden.csv"),
        ("data/**/*.csv", "data/[x].csv data/a.csv data/b.csv data/deep/a.csv data/deep/er/b.csv"),
        ("data/**/er/*", "data/deep/er/b.csv"),
        ("data/**", "data/[x].csv data/a.csv data/b.csv data/c.txt data/deep/a.csv data/deep/er/b.csv"),
        ("data/d*/", "data/deep/a.csv data/deep/er/b.csv"),
        ("data/d*/a.csv", "data/deep/a.csv"),
        ("data/deep", "data/deep/a.csv data/deep/er/b.csv"),
        ("data/deep/", "data/deep/a.csv data/deep/er/b.csv"),
        ("data/.deep/", "data/.deep/a.csv"),
        ("data/none/", ""),
        ("data/none*", ""),
    ],
)
def test_the_walk_finds_what_the_names_say(root: Path, pattern: str, expected: str) -> None:
    found = matching(root, pattern)
    assert found == expected.split()
    assert [name for name in sorted(FILES) if matches(pattern, name)] == found
    elsewhere = matching(Path("/nowhere"), f"{root}/{pattern}")
    assert elsewhere == [f"{root}/{name}" for name in found]
    assert all(matches(f"{root}/{pattern}", name) for name in elsewhere)


def test_a_folder_is_all_below_it_but_what_is_nobodys_data(root: Path) -> None:
    assert matching(root, "data/") == [name for name in sorted(FILES) if name != "a.csv"]


def test_a_plain_name_is_there_also_when_nothing_is(root: Path) -> None:
    assert matching(root, "none.csv") == ["none.csv"]
    assert matches("none.csv", "none.csv")
    assert not matches("data", "database.csv")


def test_a_folder_that_holds_itself_by_a_link_is_walked_once(root: Path) -> None:
    (root / "data/deep/up").symlink_to(root / "data/deep")
    assert matching(root, "data/deep/") == ["data/deep/a.csv", "data/deep/er/b.csv"]


@pytest.mark.parametrize(
    ("pattern", "folder"),
    [
        ("data/*.csv", "data"),
        ("data/a.csv", "data"),
        ("data/", "data"),
        ("a.csv", ""),
        ("data/**/x/*.csv", "data"),
    ],
)
def test_what_is_fixed_of_a_pattern_is_a_folder(root: Path, pattern: str, folder: str) -> None:
    assert Path(fixed_folder(root, pattern)) == root / folder
