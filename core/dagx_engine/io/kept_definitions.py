"""The definitions of a project as they were described last, with all that they were made from.

While all of that is as it was, nothing of the project has to be loaded to know what it is. Where importing it is
seen to ask a clock, chance, a database, a program or the network, nothing is kept; a library may do so unseen, and so
what is kept is good for the rest of the hour.
"""

from __future__ import annotations

import base64
import contextlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any, NamedTuple

import xxhash

from dagx.worker.tracing.looking import file_digest, stamp_at
from dagx.worker.tracing.stamps import ABSENT
from dagx.worker.tracing.variables import EVERY
from dagx_engine.io.drafts import put
from dagx_engine.io.files import Files
from dagx_engine.io.project import NEVER_WALKED, leads_to_folder
from dagx_engine.io.surroundings import Surroundings
from dagx_engine.pure.value import dataclass

__all__ = ["Kept", "KeptDefinitions", "identity_of", "key_of"]

_FORMAT = 3
"""Of the file: another number for another meaning."""

_SECONDS = 3600
_GRAIN_NS = 50_000_000
"""What changed so shortly before a load began may have changed after it was looked at, for all that its time tells."""
_CODE = (".py", ".so", ".pyd", ".zip", ".pth")


@dataclass(frozen=True)
class Kept:
    """What a worker said of the project, and the sources from which another one can execute the same."""

    definitions: Mapping[str, Any]
    sources: Mapping[str, Any]
    digest: str
    """Of all of it as it is kept."""


class _Found(NamedTuple):
    digest: str
    sources: Mapping[str, Any]
    body: str
    """The digest of the definitions."""


def key_of(asked: object, now: float) -> str:
    """A digest of what is asked of a load, and of the hour."""
    text = json.dumps([_FORMAT, asked, int(now // _SECONDS)], sort_keys=True, default=str)
    return xxhash.xxh3_128_hexdigest(text.encode("utf-8", "surrogatepass"))


def identity_of(program: str) -> tuple[object, ...]:
    """Which interpreter it is, and of which environment."""
    environment = os.path.join(os.path.dirname(os.path.dirname(program)), "pyvenv.cfg")
    return program, os.path.realpath(program), stamp_at(program), stamp_at(environment)


class KeptDefinitions:
    """One file in the state of the project. What is damaged, or of another time, is as good as none."""

    def __init__(self, root: Path, state: Path, disk: Files, surroundings: Surroundings) -> None:
        self._root = root
        self._place = state / "definitions"
        self._disk = disk
        self._surroundings = surroundings

    def read(self, key: str) -> Kept | None:
        """What was kept under this key, if all that it was made from is as it was."""
        with contextlib.suppress(OSError), open(self._place, "rb") as stream:
            found = self._found(key, stream)
            body = stream.read() if found is not None else b""
            if found is not None and xxhash.xxh3_128_hexdigest(body) == found.body:
                return Kept(json.loads(body), found.sources, found.digest)
        return None

    def digest(self, key: str) -> str | None:
        """The digest of what `read` would answer, if that is not damaged. The definitions themselves are not read."""
        with contextlib.suppress(OSError), open(self._place, "rb") as stream:
            found = self._found(key, stream)
            return None if found is None else found.digest
        return None

    def _found(self, key: str, stream: IO[bytes]) -> _Found | None:
        """Raises OSError where a folder or a file is gone."""
        digest, head = stream.readline().rstrip(b"\n"), stream.readline()
        if xxhash.xxh3_128_hexdigest(head).encode() != digest:
            return None
        said = json.loads(head)
        if said["key"] != key or not self._is_as_it_was(said):
            return None
        sources = self._sources(said["sources"])
        return None if sources is None else _Found(digest.decode(), sources, said["body"])

    def names(self) -> list[str]:
        """What an import statement may mean in the folder of the project, now."""
        return self._importable(".")

    def write(
        self,
        key: str,
        began_ns: int,
        names: list[str],
        definitions: Mapping[str, Any],
        sources: Mapping[str, Any],
    ) -> str:
        """Keep what a load that began then has found, and return its digest. `names` were in the folder before it.

        Empty, and nothing is kept, when something it was made from cannot be looked at again (a
        clock, a database, a program), or is too young to be known.
        """
        rests = definitions["rests_on"]
        if rests["more"]:
            return ""
        folders = sorted(
            {".", *(os.path.dirname(self._disk.name_of(one["file"])) or "." for one in sources.values())}
        )
        stamps = {
            **rests["origins"],
            **{folder: stamp_at(os.path.join(self._root, folder)) for folder in folders},
        }
        if names == self._importable("."):
            del stamps["."]  # that dagx made its own folder there is no matter
        read = self._read(rests["read"])
        limit = began_ns - _GRAIN_NS
        if read is None or any(stamp is not None and stamp[0] > limit for stamp in stamps.values()):
            return ""
        # All variables: a resource that asks for one is described by its value, and nobody is heard asking.
        names = [f"env:{name}" for name in (EVERY, *rests["variables"])]
        body = json.dumps(definitions, separators=(",", ":")).encode("utf-8", "surrogatepass")
        head = {
            "key": key,
            "body": xxhash.xxh3_128_hexdigest(body),
            "origins": rests["origins"],
            "folders": {folder: self._importable(folder) for folder in folders},
            "looks": {**read, **self._surroundings.observe(names)},
            "sources": {
                module: {**one, "data": xxhash.xxh3_128_hexdigest(base64.b64decode(one["data"]))}
                for module, one in sources.items()
            },
        }
        line = json.dumps(head).encode("utf-8", "surrogatepass") + b"\n"
        digest = xxhash.xxh3_128_hexdigest(line)
        with contextlib.suppress(OSError):  # a project that cannot be written to is loaded each time
            put(self._place.parent, self._place.name, digest.encode(), b"\n", line, body)
            return digest
        return ""

    def _is_as_it_was(self, said: Mapping[str, Any]) -> bool:
        return (
            all(stamp_at(path) == stamp for path, stamp in said["origins"].items())
            and all(self._importable(folder) == names for folder, names in said["folders"].items())
            and self._surroundings.observe(said["looks"]) == said["looks"]
        )

    def _sources(self, said: Mapping[str, Mapping[str, Any]]) -> Mapping[str, Any] | None:
        """The sources with their bytes as they stand on disk; None if one is another."""
        found: dict[str, Any] = {}
        for module, one in said.items():
            data = Path(one["file"]).read_bytes()
            if xxhash.xxh3_128_hexdigest(data) != one["data"]:
                return None
            found[module] = {**one, "data": base64.b64encode(data).decode("ascii")}
        return found

    def _read(self, imported: Mapping[str, str]) -> dict[str, str] | None:
        """What importing the project read, as it is looked at here; None if it is something else by now."""
        found: dict[str, str] = {}
        for name, digest in imported.items():
            kind, _, path = name.partition(":")
            part = f"{'file' if kind == 'import' else kind.removeprefix('import-')}:{path}"
            found[part] = self._disk.digest(part)
            if (self._content(path) if kind == "import" else found[part]) != digest:
                return None
        return found

    def _content(self, path: str) -> str:
        try:
            return file_digest(os.path.join(self._root, path))
        except OSError:
            return ABSENT

    def _importable(self, folder: str) -> list[str]:
        """The names in a folder of the project that an import statement may mean."""
        with os.scandir(os.path.join(self._root, folder)) as entries:
            return sorted(
                entry.name
                for entry in entries
                if entry.name.endswith(_CODE)
                or (entry.name.isidentifier() and entry.name not in NEVER_WALKED and leads_to_folder(entry))
            )
