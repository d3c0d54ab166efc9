"""What dagx itself opens while a witness listens is nobody's input, so it is announced: by opening, before and after,
files that are kept for that. A witness hears them in the order in which all of it happened.

Where no step of a project ever started a program there is no such folder, and an announcement is one failed `open`.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Generator

__all__ = ["FILE", "FOLDERS", "IMPORT", "announce", "announced", "began", "ended", "place_of", "prepare"]

FILE = "file"
"""One file is opened."""
FOLDERS = "folders"
"""Folders are listed, each of them once."""
IMPORT = "import"
"""The import system is about to look into a folder."""


def place_of(state: str) -> str:
    """The folder for announcements; `state` is the project's `.dagx`."""
    return os.path.join(state, "witness")


def began(what: str) -> str:
    return f"{what}-began"


def ended(what: str) -> str:
    return f"{what}-ended"


def prepare(place: str) -> None:
    """From now on announcements can be heard in this folder."""
    os.makedirs(place, exist_ok=True)
    for name in (began(FILE), ended(FILE), began(FOLDERS), ended(FOLDERS), IMPORT):
        os.close(os.open(os.path.join(place, name), os.O_CREAT | os.O_RDONLY, 0o600))


@contextlib.contextmanager
def announced(place: str, what: str) -> Generator[None, None, None]:
    """What is opened meanwhile is opened by dagx for itself."""
    is_heard = announce(place, began(what))
    try:
        yield
    finally:
        if is_heard:
            announce(place, ended(what))


def announce(place: str, name: str) -> bool:
    """Say something; whether somebody has ever listened."""
    try:
        os.close(os.open(f"{place}{os.sep}{name}", os.O_RDONLY | os.O_CLOEXEC))
    except OSError:
        return False
    return True
