"""Lays the SDK out, alone, in a folder of the user's cache, so that it can stand first on a worker's import path.

The user's interpreter never sees the site-packages that dagx itself runs with.
"""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path
from typing import Any

import xxhash

import dagx
from dagx.errors import DagxError
from dagx_engine.late import late

__all__ = ["lay_out", "sdk_source", "sdk_stamp"]


def sdk_source() -> Path:
    """The folder `dagx` that this program carries, as source files."""
    bundle = getattr(sys, "_MEIPASS", None)
    return Path(bundle) / "sdk" / "dagx" if bundle else Path(dagx.__file__).parent


def lay_out() -> Path:
    """The folder to put on the import path: it holds `dagx` and nothing else. Made once per build of the SDK."""
    source = sdk_source()
    files = sorted(path for path in source.rglob("*") if path.suffix in (".py", ".typed") and path.is_file())
    if not files:
        raise DagxError(
            f"the SDK is not in {source}", hint="this installation of dagx is damaged: install it again"
        )
    hasher = xxhash.xxh3_128()
    for path in files:
        name = path.relative_to(source).as_posix().encode()
        data = path.read_bytes()
        hasher.update(len(name).to_bytes(4, "little") + name + len(data).to_bytes(8, "little") + data)
    target = _cache() / "sdk" / hasher.hexdigest()
    if not _is_whole(source, files, target):
        _copy(source, files, target)
    return target


def sdk_stamp() -> str:
    """Another one when the SDK may be another one, by the sizes and times of its files: none of them is read."""
    hasher = xxhash.xxh3_128()
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


def _is_whole(source: Path, files: list[Path], target: Path) -> bool:
    """Caches are cleaned by age, file by file: a folder that is there may have holes."""
    return all((target / "dagx" / path.relative_to(source)).is_file() for path in files)


def _copy(source: Path, files: list[Path], target: Path) -> None:
    """Copy under another name and rename: nobody ever sees half a tree."""
    shutil: Any = late("shutil")  # together they cost 4 ms, and this is done once
    tempfile: Any = late("tempfile")
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    temporary = Path(tempfile.mkdtemp(prefix=".new-", dir=target.parent))
    holed = temporary.with_suffix(".old")
    try:
        for path in files:
            place = temporary / "dagx" / path.relative_to(source)
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, place)
        if target.is_dir() and not _is_whole(source, files, target):
            target.rename(holed)
        try:
            temporary.rename(target)
        except OSError:
            if not _is_whole(source, files, target):  # else another process was faster
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
