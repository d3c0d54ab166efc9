"""Files that a step reads and then writes itself: its output is its input. Case 93."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from watching import Watched


@pytest.fixture(scope="module")
def watched() -> Iterator[Watched]:
    with tempfile.TemporaryDirectory() as folder:
        yield Watched(Path(os.path.realpath(folder)))


def read_then_write(path: Path) -> None:
    path.write_text(path.read_text() + "more")


def read_then_replace(path: Path) -> None:
    draft = path.with_suffix(".new")
    draft.write_text(path.read_text() + "more")
    draft.replace(path)


def read_then_append(path: Path) -> None:
    with path.open() as before, path.open("a") as stream:
        stream.write(before.read())


def change_in_place(path: Path) -> None:
    with path.open("r+") as stream:
        stream.write("other")


def change_by_descriptor(path: Path) -> None:
    descriptor = os.open(path, os.O_RDWR)
    os.write(descriptor, b"other")
    os.close(descriptor)


REWRITING = [
    read_then_write,
    read_then_replace,
    read_then_append,
    change_in_place,
    change_by_descriptor,
]


@pytest.mark.parametrize("action", REWRITING, ids=lambda action: action.__name__)
def test_what_is_read_and_then_written_is_told(watched: Watched, action: Callable[[Path], None]) -> None:
    path = watched.write("data/a.csv")
    seen = watched.during(lambda: action(path))
    assert watched.inside(seen.rewritten) == ["data/a.csv"]
    assert str(path) in seen.written


def write_then_read(path: Path) -> None:
    path.write_text("other")
    path.read_text()


def write_then_change(path: Path) -> None:
    path.write_text("other")
    change_in_place(path)


def append(path: Path) -> None:
    with path.open("a") as stream:
        stream.write("more")


def make_what_was_not_there(path: Path) -> None:
    path.unlink()
    with pytest.raises(FileNotFoundError):
        path.read_text()
    path.write_text("made")


def make_by_descriptor(path: Path) -> None:
    path.unlink()
    os.close(os.open(path, os.O_RDWR | os.O_CREAT))


OWN = [write_then_read, write_then_change, append, make_what_was_not_there, make_by_descriptor]


@pytest.mark.parametrize("action", OWN, ids=lambda action: action.__name__)
def test_what_is_the_steps_own_from_the_start_is_not(
    watched: Watched, action: Callable[[Path], None]
) -> None:
    path = watched.write("data/a.csv")
    seen = watched.during(lambda: action(path))
    assert (seen.rewritten, list(seen.written)) == ({}, [str(path)])


def test_what_is_opened_to_be_changed_and_stays_as_it_is_was_read(watched: Watched) -> None:
    path = watched.write("data/a.csv")

    def look() -> None:
        with path.open("r+") as stream:
            stream.read()

    seen = watched.during(look)
    assert (watched.inside(seen.read), seen.written, seen.rewritten) == (["data/a.csv"], {}, {})


def test_a_folder_that_is_filled_over_what_was_read_in_it_is_told(watched: Watched) -> None:
    path = watched.write("tables/part.csv")

    def fill_unheard() -> None:
        path.read_text()
        watched._tracer.note_made(path.parent)
        subprocess.run(["sh", "-c", f"echo other > {path}"], check=True)

    seen = watched.during(fill_unheard)
    assert watched.inside(seen.rewritten) == ["tables/part.csv"]
    assert seen.read == {}
