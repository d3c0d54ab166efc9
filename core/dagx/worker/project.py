"""The project as loaded in this process: modules imported, definitions resolved and described for the engine."""

from __future__ import annotations

import base64
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
from dagx.resolution import ResolvedDefinitions
from dagx.resolve import collect, resolve
from dagx.source import SourceLocation, innermost
from dagx.specs import AssetSpec
from dagx.worker.codecs import CODECS
from dagx.worker.fingerprint import Fingerprint, Fingerprinter
from dagx.worker.loader import ProjectImporter, Source
from dagx.worker.trace import Tracer
from dagx.worker.units import digest_text
from dagx.worker.valuedigest import Unencodable, value_digest

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
    modules = [_import(importer, wanted) for wanted in message["modules"]]
    definitions = _definitions(modules, message["modules"])
    resolved = resolve(definitions)
    tracer = Tracer(root, message["state"])
    return LoadedProject(root, resolved, importer, tracer, time.monotonic() - started)


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
        for name, definition in self.resolved.steps.items():
            steps.append(self._step(name, definition, fingerprinter))
            assets += [self._asset(spec, name) for spec in definition.specs]
        return {
            "assets": assets,
            "steps": steps,
            "places": {name: list(place) for name, place in fingerprinter.places.items()},
            "modules": {
                self._relative(s.file): _bytes_digest(s.data) for s in self.importer.sources.values()
            },
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

    def _step(self, name: str, definition: AssetsDefinition, fingerprinter: Fingerprinter) -> dict[str, Any]:
        found = self._code(definition, fingerprinter)
        found.parts["python"] = ".".join(str(n) for n in sys.version_info[:2])
        self._add_storage(definition, found)
        self._add_resources(definition, found)
        return {
            "name": name,
            "assets": [text_of(spec.key) for spec in definition.specs],
            "parts": sorted(found.parts.items()),
            "widened": found.widened,
        }

    def _code(self, definition: AssetsDefinition, fingerprinter: Fingerprinter) -> Fingerprint:
        versions = {text_of(spec.key): spec.code_version for spec in definition.specs}
        if all(version is not None for version in versions.values()):
            return Fingerprint({f"code_version:{key}": str(version) for key, version in versions.items()})
        function = innermost(definition.compute_fn)
        if isinstance(function, types.FunctionType):
            found = fingerprinter.of_function(function)
            if (
                isinstance(definition.compute_fn, types.FunctionType)
                and definition.compute_fn is not function
            ):
                outer = fingerprinter.of_function(definition.compute_fn)
                found.parts.update(outer.parts)
                found.widened = found.widened or outer.widened
            return found
        return Fingerprint({f"code:{definition.compute_fn!r}": "unknown"}, "it is not a Python function")

    def _add_storage(self, definition: AssetsDefinition, found: Fingerprint) -> None:
        """What decides how bytes are made and read: the codec of ours, or the IO manager of the project."""
        keys = {spec.key: io_manager_key_of(spec) for spec in definition.specs}
        loaded = [self.resolved.specs[key] for key in definition.keys_by_input_name.values()]
        for manager_key in sorted({*keys.values(), *(io_manager_key_of(spec) for spec in loaded)}):
            manager = self.resolved.resources.get(manager_key)
            if manager is None:
                found.parts["codec"] = CODECS
            else:
                found.parts[f"io_manager:{manager_key}"] = self._value_part(manager)

    def _add_resources(self, definition: AssetsDefinition, found: Fingerprint) -> None:
        for key in sorted(definition.required_resource_keys):
            if key in self.resolved.resources and key not in {io_manager_key_of(s) for s in definition.specs}:
                found.parts[f"resource:{key}"] = self._value_part(self.resolved.resources[key])

    def _value_part(self, value: object) -> str:
        """The digest of an object of the project: its class and its plain state, or all code when that is unknown."""
        kind = type(value)
        name = f"{kind.__module__}.{kind.__qualname__}"
        try:
            state = value_digest(value)
        except Unencodable:
            try:
                state = value_digest(dict(vars(value)))
            except (Unencodable, TypeError):
                state = "unknown state"
        code = ""
        if any(source.module == kind.__module__ for source in self.importer.sources.values()):
            code = digest_text(
                "".join(_bytes_digest(s.data) for _, s in sorted(self.importer.sources.items()))
            )
        return digest_text(f"{name}\0{state}\0{code}")

    def _relative(self, file: str) -> str:
        real, base = os.path.realpath(file), os.path.realpath(self.root) + os.sep
        return real[len(base) :] if real.startswith(base) else file


def io_manager_key_of(spec: AssetSpec) -> str:
    """The resource that stores the asset's value."""
    return str(spec.metadata.get("dagster/io_manager_key") or "io_manager")


def text_of(key: AssetKey) -> str:
    """The key as one string; segments with a slash in them stay apart."""
    return key.to_escaped_user_string()


def _bytes_digest(data: bytes) -> str:
    return hashlib.blake2b(data, digest_size=16).hexdigest()
