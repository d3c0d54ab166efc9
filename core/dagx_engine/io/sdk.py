"""Lays the SDK out, alone, in a folder of the user's cache, so that it can stand first on a worker's import path.

The user's interpreter never sees the site-packages that dagx itself runs with.
"""

from __future__ import annotations

import json
import os
import stat
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import xxhash

import dagx
from dagx.errors import DagxError
from dagx_engine.late import late

__all__ = ["lay_out", "sdk_source", "sdk_stamp"]


def sdk_source() -> Path:
    """The folder `dagx` that this program imports, as source files. The binary has them in one file, see `_pack`."""
    return Path(dagx.__file__).parent


def lay_out() -> Path:
    """The folder to put on the import path: it holds `dagx` and nothing else. Made once per build of the SDK."""
    pack = _pack()
    carried = _in_folder(sdk_source()) if pack is None else _in_pack(pack)
    target = _cache() / "sdk" / carried.digest
    if not _is_whole(carried, target):
        _copy(carried, target)
    return target


def sdk_stamp() -> str:
    """Another one when the SDK may be another one, by the sizes and times of its files: none of them is read."""
    hasher = xxhash.xxh3_128()
    pack = _pack()
    if pack is not None:
        found = os.stat(pack)  # the folder that it lies in is named after the build
        hasher.update(f"{pack}\0{found.st_size} {found.st_mtime_ns} {found.st_ino}\0".encode())
        return hasher.hexdigest()
    folders = [str(sdk_source())]
    while folders:
        folder = folders.pop()
        with os.scandir(folder) as entries:
            for entry in sorted(entries, key=lambda entry: entry.name):
                if entry.name.endswith((".py", ".typed")):
                    found = entry.stat()
                    hasher.update(
                        f"{entry.path}\0{found.st_size} {found.st_mtime_ns} {found.st_ino}\0".encode()
                    )
                elif entry.name != "__pycache__" and entry.is_dir():
                    folders.append(entry.path)
    return hasher.hexdigest()


class _Carried(NamedTuple):
    """The SDK as this program has it with it."""

    names: Sequence[str]
    digest: str
    read: Callable[[], Iterable[bytes]]
    """What is in the files, in the order of their names."""


def _in_folder(source: Path) -> _Carried:
    files = sorted(path for path in source.rglob("*") if path.suffix in (".py", ".typed") and path.is_file())
    if not files:
        raise DagxError(
            f"the SDK is not in {source}", hint="this installation of dagx is damaged: install it again"
        )
    hasher = xxhash.xxh3_128()
    names = [path.relative_to(source).as_posix() for path in files]
    for path, said in zip(files, names, strict=True):
        name = said.encode()
        data = path.read_bytes()
        hasher.update(len(name).to_bytes(4, "little") + name + len(data).to_bytes(8, "little") + data)
    return _Carried(names, hasher.hexdigest(), lambda: (path.read_bytes() for path in files))


def _pack() -> Path | None:
    """Where the binary has its SDK: one file is unpacked sooner than 400, and looked at sooner at each start."""
    bundle = getattr(sys, "_MEIPASS", None)
    return Path(bundle) / "sdk.pack" if bundle else None


def _in_pack(pack: Path) -> _Carried:
    """`packaging/build.py` writes it: a line of JSON with names and sizes, then all bytes, compressed."""
    packed = pack.read_bytes()
    head, _, body = packed.partition(b"\n")
    files: list[tuple[str, int]] = json.loads(head)

    def read() -> Iterable[bytes]:
        zlib: Any = late("zlib")
        data, at = memoryview(zlib.decompress(body)), 0
        for _name, size in files:
            yield bytes(data[at : at + size])
            at += size

    return _Carried([name for name, _ in files], xxhash.xxh3_128_hexdigest(packed), read)


def _is_whole(carried: _Carried, target: Path) -> bool:
    """Caches are cleaned by age, file by file: a folder that is there may have holes."""
    return all(os.path.isfile(f"{target}/dagx/{name}") for name in carried.names)


def _copy(carried: _Carried, target: Path) -> None:
    """Copy under another name and rename: nobody ever sees half a tree."""
    shutil: Any = late("shutil")  # together they cost 4 ms, and this is done once
    tempfile: Any = late("tempfile")
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    temporary = Path(tempfile.mkdtemp(prefix=".new-", dir=target.parent))
    holed = temporary.with_suffix(".old")
    try:
        for name, data in zip(carried.names, carried.read(), strict=True):
            place = temporary / "dagx" / name
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(data)
        if target.is_dir() and not _is_whole(carried, target):
            target.rename(holed)
        try:
            temporary.rename(target)
        except OSError:
            if not _is_whole(carried, target):  # else another process was faster
                raise
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
        shutil.rmtree(holed, ignore_errors=True)


def _cache() -> Path:
    """A folder of this user that nobody else may write to."""
    asked = os.environ.get("DAGX_CACHE_DIR")
    base = os.environ.get("XDG_CACHE_HOME")
    home = os.path.expanduser("~")
    choices = [Path(asked)] if asked else []
    choices += [Path(base) / "dagx"] if base else []
    choices += [Path(home) / ".cache" / "dagx"] if home != "~" else []
    choices.append(Path(f"/var/tmp/dagx-{os.geteuid()}"))
    reasons = []
    for folder in choices:
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            found = os.stat(folder)
        except OSError as error:
            reasons.append(f"{folder}: {error.strerror}")
            continue
        if found.st_uid != os.geteuid():
            reasons.append(f"{folder}: belongs to another user")
        elif stat.S_IMODE(found.st_mode) & 0o022:
            reasons.append(f"{folder}: others may write to it")
        elif not os.access(folder, os.W_OK):
            reasons.append(f"{folder}: cannot be written")
        else:
            return folder
    raise DagxError(
        "no folder for dagx's cache can be used: " + "; ".join(reasons),
        hint="set DAGX_CACHE_DIR to a folder of yours",
    )
