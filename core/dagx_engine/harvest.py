"""What an attempt leaves: outputs put down on disk, files seen read and written, and the rows that record them.

Knows the workspace and one attempt; nothing of the run that the attempt belongs to.
"""

from __future__ import annotations

import base64
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dagx.errors import DagxError
from dagx_engine.io.objects import Objects, Stored
from dagx_engine.io.rows import NewMaterialization
from dagx_engine.pure.generation import Generation, StepName
from dagx_engine.pure.manifest import Manifest, digest_bytes
from dagx_engine.pure.staleness import current_of, manifest_of
from dagx_engine.workspace import Workspace

__all__ = ["Attempt", "Published", "Reads", "end_of_log", "has_files", "look_again", "publish", "rows_of"]

_CLOCK_GRAIN = 0.02
"""Seconds by which a file's time stamp may lag behind the clock: older kernels stamp by the tick."""


@dataclass
class Attempt:
    """One try of a step under way. `manifest` is what it depended on as far as that was known when it began."""

    step: StepName
    number: int
    manifest: Manifest
    reasons: tuple[tuple[str, str], ...]
    began_at: float
    began: float
    log: Path


@dataclass(frozen=True)
class Published:
    """The outputs of an attempt are down on disk, or could not be put there."""

    token: str
    stored: Mapping[str, Stored] = field(default_factory=dict)
    error: str = ""


@dataclass(frozen=True)
class Reads:
    """What an attempt was seen to read, looked at again after it: the manifest with it, and what changed meanwhile."""

    observed: Mapping[str, str]
    manifest: Manifest
    changed: tuple[str, ...]
    """Paths of files that changed after the attempt began: it may have seen neither state."""


def has_files(result: Mapping[str, Any]) -> bool:
    """Whether some output lies in a staged file, which takes time to put down."""
    return any(output["stored"] and "path" in output["stored"] for output in result["outputs"])


def publish(objects: Objects, token: str, result: Mapping[str, Any]) -> Published:
    """Put the outputs down. May run in any thread: touches only files."""
    stored: dict[str, Stored] = {}
    try:
        for output in result["outputs"]:
            found = output["stored"]
            if found is not None and "path" in found:
                stored[output["key"]] = objects.publish(Path(found["path"]))
            elif found is not None:
                stored[output["key"]] = objects.put_bytes(base64.b64decode(found["inline"]))
    except (OSError, DagxError) as error:
        return Published(token, error=f"the result could not be stored: {error}")
    return Published(token, stored)


def look_again(
    space: Workspace,
    generation: Generation,
    attempt: Attempt,
    seen: Mapping[str, Sequence[str]],
    known: Mapping[str, str],
) -> Reads:
    """Look at what the attempt read as it is now, once: the same look decides and is recorded.

    `known` are digests from an earlier look, for a step that was sent back because its inputs changed.
    """
    disk = space.disk
    files = {path: f"file:{disk.name_of(path)}" for path in seen.get("read", ())}
    folders = [f"dir:{disk.name_of(path)}" for path in seen.get("listed", ())]
    observed = disk.observe([*files.values(), *folders])
    before = {**attempt.manifest.as_dict(), **known}
    changed = [
        disk.name_of(path)
        for path, name in files.items()
        if observed[name] != before.get(name) and (name in before or _is_touched(path, attempt.began_at))
    ]
    versions = current_of(space.records(generation.inputs(attempt.step)))
    manifest = manifest_of(generation, attempt.step, versions, observed, observed)
    return Reads(observed, manifest, tuple(changed))


def _is_touched(path: str, since: float) -> bool:
    try:
        found = os.stat(path)
    except OSError:
        return False
    return max(found.st_ctime, found.st_mtime) >= since - _CLOCK_GRAIN


def rows_of(
    space: Workspace, result: Mapping[str, Any], stored: Mapping[str, Stored], manifest: Manifest
) -> list[NewMaterialization]:
    """A row for each output of a successful attempt."""
    paths = [path for path in sorted(result["seen"]["made"]) if os.path.isfile(path)]
    written = tuple(space.disk.observe([f"file:{space.disk.name_of(path)}" for path in paths]).items())
    return [_row(output, stored.get(output["key"]), manifest, written) for output in result["outputs"]]


def _row(
    output: Mapping[str, Any],
    stored: Stored | None,
    manifest: Manifest,
    written: tuple[tuple[str, str], ...],
) -> NewMaterialization:
    """Its data version is what the user says, the bytes, the files written, or the manifest: the first there is."""
    found = output["stored"] or {}
    said = output["data_version"]
    if said is not None:
        version = digest_bytes(f"said:{said}".encode())
    elif stored is not None:
        version = stored.digest
    else:
        version = Manifest.of(written).key if written else manifest.key
    return NewMaterialization(
        asset=output["key"],
        data_version=version,
        codec=found.get("codec", "io_manager" if output["handled"] else "none"),
        object_digest=stored.digest if stored is not None and stored.inline is None else None,
        inline=stored.inline if stored is not None else None,
        size=stored.size if stored is not None else 0,
        rows=found.get("rows"),
        columns=tuple((name, kind) for name, kind in found.get("columns", ())),
        written=written,
        metadata=output["metadata"],
        tags=output["tags"],
        preview=found.get("preview", ""),
    )


def end_of_log(log: Path) -> str:
    """The last lines of a log, for a worker that could not say itself what went wrong."""
    try:
        with log.open("rb") as stream:
            stream.seek(max(0, log.stat().st_size - 4000))
            lines = stream.read().decode("utf-8", "replace").splitlines()[-20:]
    except OSError:
        return ""
    return "\nits log ends with\n" + "\n".join(f"  {line[:500]}" for line in lines) if lines else ""
