"""What an attempt read, looked at again after it: the inputs that are recorded, and whether they held still.

Knows the workspace, and nothing of outputs or runs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from dagx.worker.tracing.stamps import UNSURE, Stamp
from dagx_engine.pure.declared import declared_names, is_declared
from dagx_engine.pure.definitions import StepDef, StepName
from dagx_engine.pure.generation import Generation
from dagx_engine.pure.manifest import ABSENT, SEEN, Manifest, incomplete
from dagx_engine.pure.networking import NETWORK
from dagx_engine.pure.staleness import manifest_of
from dagx_engine.pure.value import dataclass
from dagx_engine.witnessed import known_as_own, look_at_programs
from dagx_engine.workspace import Workspace

__all__ = ["Reads", "look_again"]


_PATIENCE_SECONDS = 3.0
"""For databases: connections stay open when a step ends, and what was written to them before is young."""
_REWRITTEN = "it rewrites {0}; what it made is its own input: let it write another file, or make what it reads an asset"


@dataclass(frozen=True)
class Reads:
    """What an attempt was seen to read, looked at again after it: the manifest with it, and what changed meanwhile."""

    observed: Mapping[str, str]
    manifest: Manifest
    changed: tuple[str, ...]
    """Paths of files that hold something else than when they were first read: it may have seen neither state. And the
    inputs that another run has made anew meanwhile."""
    stirred: tuple[str, ...] = ()
    """Paths that somebody was at, so that it is not known what the attempt saw: files that hold the same again, folders
    in which names came or went, things that came or went."""


def look_again(
    space: Workspace,
    generation: Generation,
    step: StepName,
    began: Manifest,
    seen: Mapping[str, Any],
    known: Mapping[str, str] | None,
    history: Mapping[str, str],
) -> Reads:
    """Look at what an attempt read as it is now, once: the same look decides and is recorded.

    `began` is the manifest that it began with, `seen` what its worker saw.
    `known` are digests from an earlier look, for a step that was sent back because its inputs changed. What somebody
    stirs up again and again makes that it is never known what such a step saw. `history` are the parts that it asked
    about, as they were then.
    """
    then = began.as_dict()
    look = _Look(space, {**then, **known} if known else then)
    databases = frozenset(seen.get("databases", ()))
    for path, stamp in seen.get("read", {}).items():
        patience = _PATIENCE_SECONDS if path in databases else 0.0
        look.at_file(path, None if stamp is None else tuple(stamp), patience)
    for path, digest in seen.get("listed", {}).items():
        look.at_folder(path, digest)
    for kind in ("probed", "links"):
        for path, answer in seen.get(kind, {}).items():
            look.at_answer("exists:" if kind == "probed" else "link:", path, answer)
    definition = generation.steps[step]
    if started := seen.get("started"):
        is_complete = bool(definition.declared_inputs)
        programs = look_at_programs(space.disk, space.surroundings, started, is_complete=is_complete)
        look.observed.update(programs.observed)
        look.stirred += programs.stirred
    if variables := seen.get("variables"):
        look.observed.update(space.surroundings.observe([f"env:{name}" for name in variables]))
    if definition.declared_inputs:
        declared = space.now.look(declared_names(generation, [step]))
        look.at_declared(definition, declared, known_as_own(seen))
    for place in seen.get("network", ()):
        look.observed[f"{NETWORK}{place}"] = SEEN
    for path in map(space.disk.name_of, seen.get("rewritten", ())):
        if not any(step.startswith(".") for step in path.split("/")):  # such are caches, of libraries
            look.observed[incomplete(_REWRITTEN.format(path))] = SEEN
    if known is not None:
        look.observed.update((incomplete(f"{path} was not left alone"), SEEN) for path in look.stirred)
    look.observed.update(history)
    look.observed.update(dict.fromkeys(seen.get("learned", ()), SEEN))
    inputs = generation.inputs(step)
    versions = space.ledger.versions(inputs)
    loaded = {key: then[name] for key in inputs if (name := f"input:{key}") in then}
    look.changed += [key for key in versions if loaded.get(key, versions[key]) != versions[key]]
    manifest = manifest_of(generation, step, {**versions, **loaded}, look.observed, look.observed)
    if manifest == began:
        manifest = began  # its key is known
    return Reads(look.observed, manifest, tuple(look.changed), tuple(look.stirred))


class _Look:
    """One look at what was read; `before` are the digests that were known when the attempt began."""

    def __init__(self, space: Workspace, before: Mapping[str, str]) -> None:
        self._disk = space.disk
        self._before = before
        self.observed: dict[str, str] = {}
        self.changed: list[str] = []
        self.stirred: list[str] = []

    def at_file(self, path: str, first: Stamp | None, patience: float = 0.0) -> None:
        """`first` is the stamp from just before the attempt read it; None if it was not there.

        `patience` is for one that is held open to be written to.
        """
        short = self._disk.name_of(path)
        name = f"file:{short}"
        digest, stamp = self._disk.look(short, patience=patience)
        self.observed[name] = digest
        if stamp == first and (first is not None or digest == ABSENT):
            return
        if digest != self._before.get(name):
            self.changed.append(short)
        elif first != UNSURE and (first is None or stamp is None or first[:4] != stamp[:4]):
            self.stirred.append(short)

    def at_declared(self, step: StepDef, declared: Mapping[str, str], own: Iterable[str]) -> None:
        """`declared` is what is there now of what the step was declared to be made from; `own` are files that it wrote
        itself, which count as they are now.
        """
        heard = {*self.observed, *(f"file:{self._disk.name_of(path)}" for path in own)}
        for name, digest in declared.items():
            if name.startswith("file:") and name not in heard and digest != self._before.get(name):
                self.changed.append(name.partition(":")[2])
        for name, digest in self._before.items():
            path = name.removeprefix("file:")
            if path == name or name in declared or name in heard or not is_declared(step, path):
                continue
            if self._disk.digest(name) != digest:  # it was there when the attempt began, and matched
                self.changed.append(path)
        found = {name: self.observed.get(name, digest) for name, digest in declared.items()}
        self.observed.update(found)

    def at_folder(self, path: str, digest: str) -> None:
        """`digest` is of the names at the end of the attempt, if they were the same all the time."""
        self.at_answer("dir:", path, digest)

    def at_answer(self, kind: str, path: str, answer: str) -> None:
        """`answer` is the one that the attempt was given."""
        short = self._disk.name_of(path)
        name = kind + short
        self.observed[name] = self._disk.digest(name)
        if self.observed[name] != answer:
            self.stirred.append(short)
