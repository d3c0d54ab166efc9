"""The project as loaded in this process: modules imported, definitions resolved and described for the engine."""

from __future__ import annotations

import base64
import functools
import hashlib
import importlib
import os
import sys
import time
import types
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dagx.assets import AssetsDefinition
from dagx.defs import Definitions
from dagx.errors import DagxError
from dagx.keys import AssetKey
from dagx.op_definition import OpDefinition
from dagx.resolution import ResolvedDefinitions
from dagx.resolve import collect, resolve
from dagx.source import SourceLocation, innermost
from dagx.specs import AssetSpec
from dagx.worker import readers
from dagx.worker.codecs import CODECS
from dagx.worker.fingerprint import Fingerprint, Fingerprinter
from dagx.worker.loader import ProjectImporter, Source, is_project_file
from dagx.worker.trace import Tracer

__all__ = ["LoadedProject", "load_project"]


def load_project(message: Mapping[str, Any]) -> LoadedProject:
    """Import the modules named in the message and resolve what they define. Raises whatever they raise."""
    started = time.monotonic()
    root = message["root"]
    os.chdir(root)
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]  # a log is read while it is written
    for path in reversed(message["paths"]):
        if path not in sys.path:
            sys.path.insert(0, path)
    importer = ProjectImporter(root, _given(message.get("sources")))
    sys.meta_path.insert(0, importer)
    tracer = Tracer(root, message["state"])
    readers.follow(tracer)
    seen = tracer.start()
    try:
        modules = [_import(importer, wanted) for wanted in message["modules"]]
        resolved = resolve(_definitions(modules, message["modules"]))
    finally:
        tracer.stop()
    own = {os.path.realpath(source.file) for source in importer.sources.values()}
    data = tuple(path for path in seen.read if path not in own and is_project_file(root, path))
    return LoadedProject(root, resolved, importer, tracer, time.monotonic() - started, data)


def _given(sources: Mapping[str, Any] | None) -> dict[str, Source]:
    return {
        name: Source(name, found["file"], base64.b64decode(found["data"]))
        for name, found in (sources or {}).items()
    }


def _import(importer: ProjectImporter, wanted: Mapping[str, Any]) -> types.ModuleType:
    if wanted["file"] is None:
        return importlib.import_module(wanted["name"])
    name = wanted["name"]
    if all(part.isidentifier() for part in name.split(".")):
        try:
            module = importlib.import_module(name)
        except ModuleNotFoundError as error:
            if error.name is None or not (name == error.name or name.startswith(error.name + ".")):
                raise
        else:
            if os.path.realpath(getattr(module, "__file__", None) or "") == os.path.realpath(wanted["file"]):
                return module
    return importer.import_file(name, wanted["file"])


def _definitions(modules: list[types.ModuleType], wanted: list[Mapping[str, Any]]) -> Definitions:
    named = [
        (module, want["attribute"])
        for module, want in zip(modules, wanted, strict=False)
        if want["attribute"]
    ]
    if not named:
        return collect(modules)
    module, attribute = named[0]
    found = getattr(module, attribute, None)
    if not isinstance(found, Definitions):
        raise DagxError(
            f"{module.__name__}:{attribute} is not a Definitions object",
            hint=f"write `{attribute} = dg.Definitions(assets=[...])` in {module.__file__}",
        )
    return found


@dataclass
class LoadedProject:
    """What steps of this process are executed from."""

    root: str
    resolved: ResolvedDefinitions
    importer: ProjectImporter
    tracer: Tracer
    seconds: float
    read_at_import: tuple[str, ...] = ()
    """Files of the project, other than modules, that importing it opened: what they say may be in any constant."""

    def sources(self) -> dict[str, dict[str, str]]:
        """The bytes that were executed, so that another worker can execute the same."""
        return {
            source.module: {"file": source.file, "data": base64.b64encode(source.data).decode("ascii")}
            for source in self.importer.sources.values()
        }

    def describe(self) -> dict[str, Any]:
        """Assets, steps and their fingerprints as JSON, upstream first."""
        fingerprinter = Fingerprinter(self.importer.sources, self.root)
        assets = [self._asset(spec, None) for spec in self._external()]
        steps: list[dict[str, Any]] = []
        common = {f"import:{self._relative(path)}": _file_digest(path) for path in self.read_at_import}
        for name, definition in self.resolved.steps.items():
            steps.append(self._step(name, definition, fingerprinter, common))
            assets += [self._asset(spec, name) for spec in definition.specs]
        return {
            "assets": assets,
            "steps": steps,
            "places": {name: list(place) for name, place in fingerprinter.places.items()},
            "modules": {
                self._relative(s.file): _bytes_digest(s.data) for s in self.importer.sources.values()
            },
            "read_at_import": [self._relative(path) for path in self.read_at_import],
            "third_party": list(self.importer.third_party),
            "python": ".".join(str(n) for n in sys.version_info[:3]),
            "seconds": self.seconds,
        }

    def _external(self) -> list[AssetSpec]:
        made = {spec.key for definition in self.resolved.steps.values() for spec in definition.specs}
        return [spec for key, spec in self.resolved.specs.items() if key not in made]

    def _asset(self, spec: AssetSpec, step: str | None) -> dict[str, Any]:
        definition = self.resolved.steps[step] if step is not None else None
        source: SourceLocation | None = definition.source if definition is not None else spec.source
        loads = list(definition.keys_by_input_name.values()) if definition is not None else []
        return {
            "key": text_of(spec.key),
            "step": step,
            "deps": [text_of(dep.asset_key) for dep in spec.deps],
            "loads": [text_of(key) for key in loads],
            "group": spec.group_name or "default",
            "kinds": sorted(spec.kinds),
            "tags": {
                name: value for name, value in spec.tags.items() if not name.startswith("dagster/kind/")
            },
            "owners": list(spec.owners),
            "description": spec.description or "",
            "file": self._relative(source.file) if source else "",
            "line": source.line if source else 0,
        }

    def _step(
        self,
        name: str,
        definition: AssetsDefinition,
        fingerprinter: Fingerprinter,
        common: Mapping[str, str],
    ) -> dict[str, Any]:
        found = self._code(definition, fingerprinter)
        found.parts.update(common)
        found.parts["python"] = ".".join(str(n) for n in sys.version_info[:2])
        self._add_inputs(definition, found)
        self._add_objects(definition, found, fingerprinter)
        return {
            "name": name,
            "assets": [text_of(spec.key) for spec in definition.specs],
            "parts": sorted(found.parts.items()),
            "widened": found.widened,
        }

    def _code(self, definition: AssetsDefinition, fingerprinter: Fingerprinter) -> Fingerprint:
        versions = {text_of(spec.key): spec.code_version for spec in definition.specs}
        if versions and all(version is not None for version in versions.values()):
            return Fingerprint({f"code_version:{key}": str(version) for key, version in versions.items()})
        found = Fingerprint()
        for op in definition.ops:
            found.add(self._code_of_op(definition.name, op, fingerprinter))
        return found

    def _code_of_op(self, step: str, op: OpDefinition, fingerprinter: Fingerprinter) -> Fingerprint:
        written = op.compute_fn
        found = Fingerprint()
        for function in (innermost(written), written):
            if isinstance(function, types.FunctionType):
                found.add(fingerprinter.of_function(function))
        if isinstance(written, functools.partial):
            given = (written.args, sorted(written.keywords.items()))
            found.add(fingerprinter.of_object(f"value:{step}:{op.name}:given arguments", given))
        elif not found.parts:
            found.add(fingerprinter.of_object(f"value:{step}:{op.name}:callable", written))
        return found

    def _add_inputs(self, definition: AssetsDefinition, found: Fingerprint) -> None:
        """Which parameter is filled from which asset: to swap two of them changes the result and no code."""
        for name, key in definition.keys_by_input_name.items():
            found.parts[f"parameter:{name}"] = text_of(key)

    def _add_objects(
        self, definition: AssetsDefinition, found: Fingerprint, fingerprinter: Fingerprinter
    ) -> None:
        """What stores and loads values, be it our codec or the project's IO managers, and the resources it uses."""
        loaded = [self.resolved.specs[key].io_manager_key for key in definition.keys_by_input_name.values()]
        managers = {*definition.manager_keys, *loaded}
        if managers - self.resolved.resources.keys():
            found.parts["codec"] = CODECS
        for key in sorted(managers | definition.function_resource_keys):
            if key in self.resolved.resources:
                name = f"{'io_manager' if key in managers else 'resource'}:{key}"
                found.add(fingerprinter.of_object(name, self.resolved.resources[key]))

    def _relative(self, file: str) -> str:
        return _relative(file, self.root)


@functools.lru_cache(maxsize=4096)
def _relative(file: str, root: str) -> str:
    real, base = os.path.realpath(file), os.path.realpath(root) + os.sep
    return real[len(base) :] if real.startswith(base) else file


def text_of(key: AssetKey) -> str:
    """The key as one string; segments with a slash in them stay apart."""
    return key.to_escaped_user_string()


def _file_digest(path: str) -> str:
    try:
        with open(path, "rb") as stream:
            return _bytes_digest(stream.read())
    except OSError:
        return "absent"


def _bytes_digest(data: bytes) -> str:
    return hashlib.blake2b(data, digest_size=16).hexdigest()
