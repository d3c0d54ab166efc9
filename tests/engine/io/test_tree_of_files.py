"""A look at the tree says which files differ from the last look."""

from __future__ import annotations

import os
import queue
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from patience import PATIENCE

from dagx_engine.io import watch
from dagx_engine.io.watch import Hint, Tree, Watcher


class Project:
    """A folder and the tree that looks at it; paths are told relative to the folder."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.write("a.py")
        self.write("pkg/b.py")
        self.tree = Tree([root])

    def write(self, name: str, text: str = "") -> Path:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def look(self) -> list[str]:
        return [os.path.relpath(path, self.root) for path in self.tree.look()]

    def heed(self, hint: Hint) -> list[str]:
        """What is found when a hint is followed as it is meant, which tells of no trouble."""
        assert not hint.words
        seen = None if hint.paths is None else self.tree.glance(hint.paths)
        return self.look() if seen is None else [os.path.relpath(path, self.root) for path in seen]


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


def test_nothing_differs_from_a_moment_ago(project: Project) -> None:
    assert project.look() == []


@pytest.mark.parametrize(
    ("change", "seen"),
    [
        (lambda p: p.write("new.py"), ["new.py"]),
        (lambda p: p.write("a.py", "changed"), ["a.py"]),
        (lambda p: (p.root / "a.py").unlink(), ["a.py"]),
        (lambda p: (p.root / "a.py").rename(p.root / "c.py"), ["a.py", "c.py"]),
        (lambda p: p.write("deep/er/est/d.csv"), ["deep/er/est/d.csv"]),
        (lambda p: shutil.rmtree(p.root / "pkg"), ["pkg/b.py"]),
        (lambda p: (p.root / "pkg").rename(p.root / "lib"), ["lib/b.py", "pkg/b.py"]),
        (lambda p: (p.write("b.py", "x"), p.write("c.py", "x")), ["b.py", "c.py"]),
    ],
    ids=[
        "added",
        "changed",
        "removed",
        "renamed",
        "in new folders",
        "a folder gone",
        "a folder renamed",
        "two",
    ],
)
def test_what_changed_is_seen_once(
    project: Project, change: Callable[[Project], object], seen: list[str]
) -> None:
    change(project)
    assert project.look() == seen
    assert project.look() == []


def test_a_file_put_in_the_place_of_another_is_seen(project: Project) -> None:
    before = (project.root / "a.py").stat()
    project.write("new.tmp")
    project.look()
    os.utime(project.root / "new.tmp", ns=(before.st_atime_ns, before.st_mtime_ns))
    os.replace(project.root / "new.tmp", project.root / "a.py")
    assert project.look() == ["a.py", "new.tmp"]


@pytest.mark.parametrize(
    "folder", [".git", ".dagx", ".venv", "node_modules", "pkg/__pycache__", "shop.egg-info", "build"]
)
def test_folders_that_are_nobodys_source_are_not_looked_into(project: Project, folder: str) -> None:
    project.write(f"{folder}/x.py")
    assert project.look() == []
    assert not any(folder in path for path in project.tree.folders())


def test_links_are_seen_and_broken_ones_passed_over(project: Project) -> None:
    (project.root / "link.csv").symlink_to("a.py")
    (project.root / "broken").symlink_to("nowhere")
    (project.root / "circle").symlink_to(".")
    assert project.look() == ["link.csv"]
    project.write("a.py", "changed")
    assert project.look() == ["a.py", "link.csv"]
    project.write("nowhere", "now it is there")
    assert project.look() == ["broken", "nowhere"]


def test_names_that_are_not_utf8_are_seen(project: Project) -> None:
    with open(os.fsencode(project.root) + b"/caf\xe9.csv", "wb"):
        pass
    assert project.look() == ["caf\udce9.csv"]


def test_several_roots_are_one_tree_and_may_lie_in_each_other(tmp_path: Path) -> None:
    for name in ("shop/data/a.csv", "outside/b.csv"):
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).touch()
    tree = Tree([tmp_path / "shop", tmp_path / "shop" / "data", tmp_path / "outside", tmp_path / "not there"])
    (tmp_path / "shop/data/a.csv").unlink()
    (tmp_path / "outside/b.csv").write_text("changed", encoding="utf-8")
    assert tree.look() == [str(tmp_path / "outside/b.csv"), str(tmp_path / "shop/data/a.csv")]
    assert sorted(tree.folders()) == [str(tmp_path / name) for name in ("outside", "shop", "shop/data")]


def test_a_root_that_comes_later_is_seen(tmp_path: Path) -> None:
    tree = Tree([tmp_path / "later"])
    assert tree.folders() == []
    (tmp_path / "later").mkdir()
    (tmp_path / "later" / "a.csv").touch()
    assert tree.look() == [str(tmp_path / "later" / "a.csv")]


def test_a_glance_tells_of_its_paths_what_a_look_would(project: Project) -> None:
    project.write("pkg/b.py", "changed")
    project.write("new.py")
    (project.root / "a.py").unlink()
    paths = [str(project.root / name) for name in ("pkg/b.py", "new.py", "a.py", "never there.py")]
    said = project.tree.glance(paths)
    assert said is not None
    assert [os.path.relpath(path, project.root) for path in said] == ["a.py", "new.py", "pkg/b.py"]
    assert project.tree.glance(paths) == []
    assert project.look() == []


def test_a_glance_leaves_the_rest_for_a_look(project: Project) -> None:
    project.write("a.py", "changed")
    project.write("pkg/b.py", "changed")
    assert project.tree.glance([str(project.root / "a.py")]) == [str(project.root / "a.py")]
    assert project.look() == ["pkg/b.py"]


@pytest.mark.parametrize("name", ["pkg", "new", "new/c.py", ".venv/d.py", "../e.py"])
def test_of_folders_and_what_lies_where_nobody_walks_only_a_look_tells(project: Project, name: str) -> None:
    project.write("new/c.py")
    assert project.tree.glance([str(project.root / name)]) is None


def test_the_folders_to_watch_are_all_that_are_looked_into(project: Project) -> None:
    project.write("pkg/deep/c.py")
    assert sorted(os.path.relpath(path, project.root) for path in project.tree.folders()) == [
        ".",
        "pkg",
        "pkg/deep",
    ]


def test_when_watching_fails_it_says_so_once_and_looks_all_the_same(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: Watcher, folders: list[str]) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr(Watcher, "_watch", refuse)
    monkeypatch.setattr(watch, "_SWEEP_SECONDS", 0.001)
    hints: queue.SimpleQueue[Hint] = queue.SimpleQueue()
    watcher = Watcher(project.tree, hints.put)
    watcher.start()
    try:
        words = "file watching failed (no space left on device); looking once a second instead"
        assert [hints.get(timeout=PATIENCE) for _ in range(3)] == [Hint(words), Hint(), Hint()]
        project.write("a.py", "changed")
        assert not hints.get(timeout=PATIENCE).words
        assert project.look() == ["a.py"]
    finally:
        watcher.close()


@pytest.mark.parametrize(
    ("error", "setting"),
    [
        ("OS file watch limit reached. about [..]", "fs.inotify.max_user_watches=1048576"),
        ("Error creating recommended watcher: Too many open files (os error 24)", "max_user_instances=1024"),
    ],
)
def test_at_a_limit_of_the_system_it_says_which_setting_lifts_it(
    project: Project, monkeypatch: pytest.MonkeyPatch, error: str, setting: str
) -> None:
    def refuse(self: Watcher, folders: list[str]) -> None:
        raise OSError(error)

    monkeypatch.setattr(Watcher, "_watch", refuse)
    with watched(project.tree) as hints:
        assert setting in hints.get(timeout=PATIENCE).words


@contextmanager
def watched(tree: Tree) -> Iterator[queue.SimpleQueue[Hint]]:
    hints: queue.SimpleQueue[Hint] = queue.SimpleQueue()
    watcher = Watcher(tree, hints.put)
    watcher.start()
    try:
        yield hints
    finally:
        watcher.close()


def until_seen(project: Project, hints: queue.SimpleQueue[Hint]) -> list[str]:
    """What a look finds, when the watcher says that there is something to find. It says nothing of trouble."""
    while True:
        if seen := project.heed(hints.get(timeout=PATIENCE)):
            return seen


def test_a_name_that_is_not_utf8_does_not_end_the_watching(project: Project) -> None:
    with watched(project.tree) as hints:
        assert not hints.get(timeout=PATIENCE).words
        for content in (b"one", b"two"):
            with open(os.fsencode(project.root) + b"/caf\xe9.csv", "wb") as stream:
                stream.write(content)
            assert until_seen(project, hints) == ["caf\udce9.csv"]
        project.write("pkg/b.py", "changed")
        assert until_seen(project, hints) == ["pkg/b.py"]


def test_a_root_that_is_made_anew_is_watched_again(tmp_path: Path) -> None:
    project, outside = Project(tmp_path / "project"), tmp_path / "outside"
    outside.mkdir()
    project.tree = Tree([project.root, outside])
    with watched(project.tree) as hints:
        assert not hints.get(timeout=PATIENCE).words
        outside.rename(tmp_path / "gone")
        assert not any(hints.get(timeout=PATIENCE).words for _ in range(2))  # it watches what is left
        outside.mkdir()
        (outside / "a.csv").write_text("one", encoding="utf-8")
        assert until_seen(project, hints) == ["../outside/a.csv"]
        (outside / "a.csv").write_text("two", encoding="utf-8")
        assert until_seen(project, hints) == ["../outside/a.csv"]


def test_a_thousand_files_put_there_at_once_are_all_seen(project: Project) -> None:
    with watched(project.tree) as hints:
        assert not hints.get(timeout=PATIENCE).words
        names = [f"data/{number % 10}/f{number:04}.csv" for number in range(1000)]
        for name in names:
            project.write(name)
        seen: set[str] = set()
        while seen != set(names):
            seen.update(until_seen(project, hints))


def test_the_watcher_says_look_when_something_changed_also_in_a_folder_that_is_new(project: Project) -> None:
    hints: queue.SimpleQueue[Hint] = queue.SimpleQueue()
    watcher = Watcher(project.tree, hints.put)
    watcher.start()
    try:
        assert not hints.get(timeout=PATIENCE).words  # it watches from now on
        for name in ("a.py", "new/c.py"):
            project.write(name, "changed")
            seen: list[str] = []
            while not seen:
                seen = project.heed(hints.get(timeout=PATIENCE))
            assert seen == [name]
    finally:
        watcher.close()


def test_what_matches_a_pattern_elsewhere_is_looked_at_too(tmp_path: Path) -> None:
    project, shared = Project(tmp_path / "project"), tmp_path / "shared"
    shared.mkdir()
    (shared / "a.csv").write_text("one")
    project.tree.include(["pkg/*.csv", f"{shared}/*.csv", ".venv/settings.ini"])
    assert project.tree.elsewhere == (f"{shared}/*.csv", ".venv/settings.ini")
    assert project.look() == []
    (shared / "a.csv").write_text("two")
    (shared / "b.csv").write_text("one")
    (shared / "b.txt").write_text("one")
    project.write(".venv/settings.ini", "x")
    project.write(".venv/other.ini", "x")
    assert project.look() == [".venv/settings.ini", "../shared/a.csv", "../shared/b.csv"]
    (shared / "a.csv").unlink()
    assert project.look() == ["../shared/a.csv"]
    project.tree.include([])
    assert project.look() == [".venv/settings.ini", "../shared/b.csv"]


def test_the_watcher_hears_of_what_is_included_later(tmp_path: Path) -> None:
    project, shared = Project(tmp_path / "project"), tmp_path / "shared"
    shared.mkdir()
    hints: queue.SimpleQueue[Hint] = queue.SimpleQueue()
    watcher = Watcher(project.tree, hints.put)
    watcher.start()
    try:
        assert not hints.get(timeout=PATIENCE).words
        project.tree.include([f"{shared}/deep/*.csv"])
        assert not hints.get(timeout=PATIENCE).words  # it began anew
        (shared / "deep").mkdir()
        (shared / "deep/a.csv").write_text("one")
        seen: list[str] = []
        while not seen:
            seen = project.heed(hints.get(timeout=PATIENCE))
        assert seen == ["../shared/deep/a.csv"]
    finally:
        watcher.close()


def test_folders_that_come_and_go_are_told_where_the_names_of_one_that_stays_differ(project: Project) -> None:
    project.write("pkg/new/deep/c.py")
    (project.root / "empty").mkdir()
    assert project.look() == ["pkg/new/deep/c.py"]
    assert [os.path.relpath(path, project.root) for path in project.tree.turned] == ["empty", "pkg/new"]
    assert project.look() == []
    assert project.tree.turned == []
    shutil.rmtree(project.root / "pkg")
    assert project.look() == ["pkg/b.py", "pkg/new/deep/c.py"]
    assert project.tree.turned == [str(project.root / "pkg")]
