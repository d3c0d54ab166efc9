"""What an attempt leaves: outputs put down on disk, files seen written, and the rows that record them.

Knows the workspace and one attempt; nothing of the run that the attempt belongs to.
"""

from __future__ import annotations

import base64
import os
from collections.abc import Mapping, Sequence
from dataclasses import field
from pathlib import Path
from typing import Any

from dagx.errors import DagxError
from dagx_engine.io.files import is_settled
from dagx_engine.io.objects import Objects, Stored
from dagx_engine.io.rows import NewEvaluation, NewMaterialization, NewObservation, NewRecord, Results
from dagx_engine.pure.costs import UNKNOWN, Cost
from dagx_engine.pure.definitions import CheckKey, Key, Product, StepName, part_key
from dagx_engine.pure.generation import Generation
from dagx_engine.pure.manifest import Manifest, digest_bytes
from dagx_engine.pure.sources import has_source
from dagx_engine.pure.staleness import AHEAD, EDGES, LEFT_OUT, manifest_of
from dagx_engine.pure.value import dataclass
from dagx_engine.reads import Reads
from dagx_engine.workspace import Workspace

_TOLD = ("code:", "module:", "file:", "dir:", "import:", "import-dir:")
_DIGEST = 32
"""Letters of the digest of what is there."""
_MOST_TOLD = 1_000
"""So many files of one step: each takes a look."""

__all__ = ["Attempt", "Published", "end_of_log", "has_files", "publish", "results_of"]


@dataclass
class Attempt:
    """One try of a step under way, as `generation` has that step.

    `manifest` is what it depended on as far as that was known when it began; `products` what it was asked for, less
    than the step can make if `is_part`. `partitions` are those that it is for. `history` are the parts that what it
    asked of the history rests on, each as it was when it was asked for first.
    """

    generation: Generation
    step: StepName
    number: int
    manifest: Manifest
    reasons: tuple[tuple[str, str], ...]
    began_at: float
    began: float
    log: str
    products: tuple[Product, ...] = ()
    partitions: tuple[str, ...] = ()
    is_part: bool = False
    history: dict[str, str] = field(default_factory=dict)
    in_company: bool = False
    """Whether another attempt was under way at the same time."""
    took: float | None = None
    """Seconds that the worker was at it; None if it did not say. It may have had to be started first."""
    cost: Cost = UNKNOWN


@dataclass(frozen=True)
class Published:
    """The outputs of an attempt are down on disk, or could not be put there."""

    token: str
    stored: Mapping[str, Stored] = field(default_factory=dict)
    error: str = ""


def has_files(result: Mapping[str, Any]) -> bool:
    """Whether some output lies in a staged file, which takes time to put down."""
    return any(output["stored"] and "path" in output["stored"] for output in result.get("outputs", ()))


def publish(objects: Objects, token: str, result: Mapping[str, Any]) -> Published:
    """Put the outputs down. May run in any thread: touches only files."""
    stored: dict[str, Stored] = {}
    try:
        for output in result.get("outputs", ()):
            found = output["stored"]
            if found is not None and "path" in found:
                stored[output["key"]] = objects.publish(Path(found["path"]))
            elif found is not None:
                stored[output["key"]] = objects.put_bytes(base64.b64decode(found["inline"]))
    except (OSError, DagxError) as error:
        return Published(token, error=f"the result could not be stored: {error}")
    return Published(token, stored)


def results_of(
    space: Workspace,
    generation: Generation,
    attempt: Attempt,
    result: Mapping[str, Any],
    stored: Mapping[str, Stored],
    reads: Reads,
) -> Results:
    """What an attempt made, to be written down. Of what it was asked for and did not make, that is written.

    A failed attempt leaves what it had stored: that counts only if the step can make it without the rest.
    """
    rows = _Rows(space, generation, attempt, result, stored, reads)
    made, checks = rows.made(), rows.checks()
    texts = _new_texts(space, generation, [*made, *checks])
    step = generation.steps[attempt.step].of or attempt.step
    learned = [(step, part) for part in reads.observed if part.startswith(EDGES)]
    return Results(made, checks, rows.observed(), texts, rows.recorded(), learned)


def _new_texts(
    space: Workspace, generation: Generation, rows: Sequence[NewMaterialization | NewEvaluation]
) -> dict[str, str]:
    """The source text of what these rows were made of, and what `why` tells of files and folders, as far as it is not
    stored.
    """
    manifests = {row.manifest_key: row.parts for row in rows}
    lacking = {
        (name, digest)
        for parts in manifests.values()
        for name, digest in parts
        if name.startswith(_TOLD) and not space.ledger.has_text(digest)
    }
    code = sorted(part for part in lacking if has_source(part[0]))
    found = space.source_text(generation).texts(code) if code else {}
    rest = sorted(part for part in lacking if not has_source(part[0]) and len(part[1]) == _DIGEST)
    told = ((digest, space.disk.told_of(name, digest)) for name, digest in rest[:_MOST_TOLD])
    return {**found, **{digest: text for digest, text in told if text is not None}}


class _Rows:
    def __init__(
        self,
        space: Workspace,
        generation: Generation,
        attempt: Attempt,
        result: Mapping[str, Any],
        stored: Mapping[str, Stored],
        reads: Reads,
    ) -> None:
        self._space = space
        self._generation = generation
        self._attempt = attempt
        self._result = result
        self._stored = stored
        self._reads = reads
        self._ok = bool(result["ok"])
        paths = [path for path in sorted(result["seen"]["made"]) if os.path.isfile(path)]
        found = space.surroundings.observe([f"file:{space.disk.name_of(path)}" for path in paths])
        self._written = tuple((name, digest) for name, digest in found.items() if is_settled(digest))
        step = generation.steps[attempt.step]
        self._in_parts = step.in_parts
        self._own = frozenset(step.assets)
        self._only_checks = not step.assets
        self._versions: dict[Key, str] = {}
        if self._in_parts or self._only_checks:  # else its products have one manifest
            self._versions = space.ledger.versions([*generation.inputs(attempt.step), *step.assets])

    def made(self) -> list[NewMaterialization]:
        """The assets that came, in their order, and after them those that were left out."""
        rows: list[NewMaterialization] = []
        outputs = {
            part_key(output["key"], partition): output
            for output in self._result["outputs"]
            for partition in output["partitions"] or [""]
        }
        asked = [product for product in self._attempt.products if not isinstance(product, CheckKey)]
        rest = [key for key in asked if key not in outputs]
        standing = "made" if self._ok or (self._in_parts and rest) else "unsure"
        for key, output in outputs.items():
            if key not in self._own:
                continue
            rows.append(self._row(key, output, standing))
            self._versions[key] = rows[-1].data_version
        return rows + [self._left_out(key) for key in rest if self._ok]

    def checks(self) -> list[NewEvaluation]:
        """The results that came, and those that did not."""
        given = {
            CheckKey(part_key(found["asset"], partition), found["name"]): found
            for found in self._result["checks"]
            for partition in (
                [found["partition"]] if found["partition"] else self._attempt.partitions or [""]
            )
        }
        until = {} if self._in_parts else self._until(*given.values())
        rows = [
            self._evaluation(key, found, self._until(found) if self._in_parts else until)
            for key, found in given.items()
        ]
        asked = [product for product in self._attempt.products if isinstance(product, CheckKey)]
        return rows + [self._evaluation(key, None, until) for key in asked if self._ok and key not in given]

    def _until(self, *given: Mapping[str, Any]) -> dict[str, str]:
        """The parts that say until when these results hold, as some do. An asset is not made again for its check."""
        said = [found["holds_until"] for found in given if found["holds_until"] is not None]
        return {f"until:{moment}": AHEAD for moment in said} if self._only_checks else {}

    def observed(self) -> list[NewObservation]:
        """The external assets of which a version was told."""
        return [
            NewObservation(
                asset=found["key"],
                data_version=_said(found["data_version"]),
                metadata=found["metadata"],
                tags=found["tags"],
            )
            for found in self._result["observed"]
            if found["data_version"] is not None
        ]

    def recorded(self) -> list[NewRecord]:
        """What user code recorded beside its outputs, and what it saw of external assets without a version."""
        seen = [
            {**found, "kind": "seen", "partition": partition}
            for found in self._result["observed"]
            if found["data_version"] is None
            for partition in found["partitions"] or [""]
        ]
        return [
            NewRecord(
                kind=found["kind"],
                asset=found["key"],
                partition=found["partition"],
                description=found.get("description", ""),
                metadata=found["metadata"],
                tags={**found["tags"], **found.get("tags_by_partition", {}).get(found["partition"], {})},
            )
            for found in [*seen, *self._result["recorded"]]
        ]

    def _manifest(self, product: Product, until: Mapping[str, str] | None = None) -> Manifest:
        """Of a step that makes its products together, one for all."""
        if not self._in_parts and not until:
            return self._reads.manifest
        observed = {**self._reads.observed, **(until or {})}
        return manifest_of(self._generation, self._attempt.step, self._versions, observed, observed, product)

    def _row(self, key: Key, output: Mapping[str, Any], standing: str) -> NewMaterialization:
        """Its data version is what the user says, the value, the files written, or the manifest: the first there is."""
        found = output["stored"] or {}
        asset, partition = self._generation.part(key)
        stored = self._stored.get(str(asset))
        written = self._written_for(partition)
        manifest = self._manifest(key)
        said = output["versions"].get(partition, output["data_version"])
        if said is not None:
            version = _said(said)
        elif stored is not None:
            version = _of_value(found["codec"], found.get("content") or stored.digest)
        else:
            version = Manifest.of(written).key if written else manifest.key
        return NewMaterialization(
            asset=str(asset),
            partition=partition,
            manifest_key=manifest.key,
            parts=manifest.parts,
            standing=standing,
            data_version=version,
            codec=found.get("codec", "io_manager" if output["handled"] else "none"),
            object_digest=stored.digest if stored is not None and stored.inline is None else None,
            inline=stored.inline if stored is not None else None,
            size=stored.size if stored is not None else 0,
            rows=found.get("rows"),
            columns=tuple((name, kind) for name, kind in found.get("columns", ())),
            written=written,
            metadata={**output["metadata"], **output["by_partition"].get(partition, {})},
            tags=output["tags"],
            preview=found.get("preview", ""),
        )

    def _written_for(self, partition: str) -> tuple[tuple[str, str], ...]:
        """The files of one partition: where several were made, not those that are named after another one."""
        others = [key for key in self._attempt.partitions if key != partition]
        return tuple(
            (name, digest)
            for name, digest in self._written
            if not others or partition in name or not any(key in name for key in others)
        )

    def _left_out(self, key: Key) -> NewMaterialization:
        self._versions[key] = LEFT_OUT
        manifest = self._manifest(key)
        asset, partition = self._generation.part(key)
        return NewMaterialization(
            asset=str(asset),
            partition=partition,
            manifest_key=manifest.key,
            parts=manifest.parts,
            standing="left out",
            data_version=LEFT_OUT,
            codec="none",
            object_digest=None,
            inline=None,
            size=0,
            rows=None,
            columns=(),
            written=(),
            metadata={},
            tags={},
            preview="",
        )

    def _evaluation(
        self, key: CheckKey, found: Mapping[str, Any] | None, until: Mapping[str, str]
    ) -> NewEvaluation:
        manifest = self._manifest(key, until)
        definition = self._generation.check(key)
        target = self._space.ledger.history().get(key.asset, ())
        return NewEvaluation(
            asset=definition.key.asset,
            partition=self._generation.part(key)[1],
            name=key.name,
            manifest_key=manifest.key,
            parts=manifest.parts,
            passed=found["passed"] if found is not None else None,
            severity=found["severity"] if found is not None else "ERROR",
            blocking=definition.blocking,
            description=found["description"] if found is not None else "it ended without a result",
            metadata=found["metadata"] if found is not None else {},
            target=target[0].id if target else None,
        )


def _of_value(codec: str, digest: str) -> str:
    """The same bytes are another value when they are read in another way: 1000 and "1000". `digest` is of what the
    value holds where that is known, else of its bytes.
    """
    return digest_bytes(f"{codec}:{digest}".encode())


def _said(version: str) -> str:
    return digest_bytes(f"said:{version}".encode())


def end_of_log(log: str) -> str:
    """The last lines of a log, for a worker that could not say itself what went wrong."""
    try:
        with open(log, "rb") as stream:
            stream.seek(max(0, os.stat(log).st_size - 4000))
            lines = stream.read().decode("utf-8", "replace").splitlines()[-20:]
    except OSError:
        return ""
    return "\nits log ends with\n" + "\n".join(f"  {line[:500]}" for line in lines) if lines else ""
