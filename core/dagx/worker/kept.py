"""What was found out about source files, kept for the next load in one file of the project's state.

An entry is named by the bytes that it is about, so it is never out of date. A file that is damaged, or of another
project, build of dagx or interpreter, holds nothing. Knows nothing of what the entries say.
"""

from __future__ import annotations

import contextlib
import hashlib
import marshal
import os
import sys
from collections.abc import Mapping
from typing import Any

__all__ = ["Kept"]

_SEAL = 32
_SPARE = 1 << 20
"""Bytes of entries that this load did not ask for which are kept at least: what branches of a project differ in."""


class Kept:
    """Entries by name. Without a `file` there are none, and none are kept."""

    def __init__(self, file: str = "", key: bytes = b"", build: str = "") -> None:
        """`key` is the secret of the project: what bears no seal made with it is not read. `build` is that of dagx."""
        self._file = file
        self._key = key
        self._build = build
        self._used: dict[str, bytes] = {}
        self._is_more = False
        self._there = self._read()

    @classmethod
    def of(cls, message: Mapping[str, Any]) -> Kept:
        """As the engine says in a message where it is."""
        said = message.get("kept")
        return cls() if said is None else cls(said["file"], bytes.fromhex(said["key"]), said["build"])

    @property
    def is_new(self) -> bool:
        """Whether nothing is kept of this project yet."""
        return bool(self._file) and not self._there

    def found(self) -> dict[str, bytes]:
        """What was asked for and added, for `take_in` in another process."""
        return self._used

    def take_in(self, found: Mapping[str, bytes]) -> None:
        """What another process found out about the same project, with the same interpreter."""
        self._there.update(found)
        self._is_more = self._is_more or bool(found)

    def find(self, kind: str, about: bytes) -> Any:
        """What is kept of this kind about these bytes; None when nothing is."""
        name = _name(kind, about)
        data = self._used.get(name) or self._there.get(name)
        if data is None:
            return None
        self._used[name] = data
        return marshal.loads(data)

    def add(self, kind: str, about: bytes, found: Any) -> None:
        """Keep what `marshal` can write: plain values, and compiled code."""
        if self._file:
            self._used[_name(kind, about)] = marshal.dumps(found)
            self._is_more = True

    def write(self) -> None:
        """Put down what was asked for and added, and of what was there before about as much again."""
        if not self._is_more:
            return
        entries = dict(self._used)
        room = max(_SPARE, sum(map(len, entries.values())))
        for name, data in self._there.items():
            if name not in entries and len(data) <= room:
                room -= len(data)
                entries[name] = data
        body = marshal.dumps(entries)
        folder, name = os.path.split(self._file)
        draft = os.path.join(folder, "staging", f"{name}.{os.getpid()}")  # what is left there is taken away
        with contextlib.suppress(OSError):  # nothing can be written here: the next load finds it out again
            with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
                stream.write(self._seal(body) + body)
            os.replace(draft, self._file)
            self._is_more = False

    def _read(self) -> dict[str, bytes]:
        if not self._file:
            return {}
        try:
            with open(self._file, "rb") as stream:
                data = stream.read()
        except OSError:
            return {}
        seal, body = data[:_SEAL], data[_SEAL:]
        if seal != self._seal(body):
            return {}
        found: dict[str, bytes] = marshal.loads(body)  # safe: the seal says that `write` wrote it
        return found

    def _seal(self, body: bytes) -> bytes:
        """Of the bytes, and of what reads and runs them."""
        readers = f"{self._build}\0{sys.version}\0{sys.implementation.cache_tag}\0{sys.flags.optimize}\0"
        return hashlib.blake2b(readers.encode() + body, key=self._key[:64], digest_size=_SEAL).digest()


def _name(kind: str, about: bytes) -> str:
    return f"{kind} {hashlib.blake2b(about, digest_size=16).hexdigest()}"
