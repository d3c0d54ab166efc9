"""What importing the project read: it may be in any constant, so it is a part of every step."""

from __future__ import annotations

import os
import time

from dagx.worker.loader import is_project_file
from dagx.worker.tracing.looking import file_digest
from dagx.worker.tracing.seen import CHANGED, Seen
from dagx.worker.tracing.stamps import ABSENT, Stamp, stamp_of

__all__ = ["imported_parts"]


def imported_parts(seen: Seen, own: set[str], root: str) -> dict[str, str]:
    """Parts of the manifest by name; `own` are the files of the project's modules, which the fingerprint knows.

    What changed since it was read gets a digest that nothing ever has again.
    """
    inside = os.path.realpath(root) + os.sep

    def named(kind: str, path: str) -> str:
        return kind + (path[len(inside) :] if path.startswith(inside) else path)

    def counts(path: str) -> bool:
        if path.startswith(inside) or path + os.sep == inside:
            return path + os.sep == inside or is_project_file(root, path)
        return not any(part.startswith(".") for part in path.split(os.sep))  # settings of the person, caches

    parts = {
        named("import:", path): _as_read(path, stamp)
        for path, stamp in seen.read.items()
        if path not in own and counts(path)
    }
    parts.update(
        (named("import-dir:", path), _never_again() if digest == CHANGED else digest)
        for path, digest in seen.listed.items()
        if counts(path)
    )
    parts.update((named("import-exists:", path), kind) for path, kind in seen.probed.items() if counts(path))
    parts.update((named("import-link:", path), target) for path, target in seen.links.items() if counts(path))
    return parts


def _as_read(path: str, first: Stamp | None) -> str:
    try:
        digest = file_digest(path)
        now = stamp_of(os.stat(path))
    except OSError:
        return ABSENT if first is None else _never_again()
    return digest if now == first else _never_again()


def _never_again() -> str:
    return f"changed while it was read: {time.time_ns()}"
