"""A loaded project as the engine is told of it: assets, checks, steps, and of what the identity of a step is made."""

from __future__ import annotations

import functools
import hashlib
import importlib
import os
import sys
import types
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from dagx.assets.definition import AssetsDefinition
from dagx.assets.specs import AssetSpec
from dagx.checks.specs import AssetCheckKey, AssetCheckSpec
from dagx.config.marks import kind_of
from dagx.execution.holds import longest_runtime, ops_in_step, pools_of, priority_of, tag_holds
from dagx.functions.op_definition import OpDefinition
from dagx.keys import AssetKey
from dagx.project.resolution import ResolvedDefinitions
from dagx.source import SourceLocation, innermost, layers
from dagx.worker.code.codebase import Target
from dagx.worker.code.fingerprint import Fingerprint, Fingerprinter
from dagx.worker.code.model import ModuleUnits
from dagx.worker.codecs import CODECS
from dagx.worker.columns import columns_of
from dagx.worker.configured import Configured
from dagx.worker.cutting import units_of
from dagx.worker.declared import declared_inputs
from dagx.worker.learning import reach_of
from dagx.worker.options import (
    Told,
    all_declarations,
    checked_types,
    declaration,
    declaration_of,
    managers_of,
    plain_options,
)
from dagx.worker.origins import origins_of, own_modules
from dagx.worker.proof import proof_json
from dagx.worker.tracing.variables import variable_parts

if TYPE_CHECKING:
    from dagx.ops.job_definition import JobDefinition
    from dagx.partitions.definition import PartitionsDefinition
    from dagx.worker.project import LoadedProject

__all__ = ["Description", "in_words", "text_of"]

KIND_PREFIX = "dagster/kind/"


class Description:
    """Says what a project is. `secret` keys the digests of what may be secret."""

    def __init__(self, project: LoadedProject, secret: bytes) -> None:
        self._project = project
        self._resolved = project.resolved
        self._secret = secret
        self._fingerprinter = Fingerprinter(project.importer.sources, project.root, self._cut)
        self._configured = Configured(project, secret)
        self._common = dict(project.imported)
        self._common.update(variable_parts(project.variables, secret))
        self._common["python"] = ".".join(str(n) for n in sys.version_info[:2])
        self._resource_parts: dict[str, Fingerprint] = {}
        self._declarations: dict[AssetKey, Fingerprint] = {}
        self._partitioning = _partitioning(project.resolved)
        self._limits: dict[str, int] = {}
        self._names: dict[str, str] = {}
        """Files as they are called in the project."""
        self._executor = project.execution(project.job, project.run_config)

    def _cut(self, data: bytes) -> ModuleUnits:
        return units_of(data, self._project.importer.kept)

    @property
    def settled(self) -> frozenset[str]:
        """The modules that the reach of steps stands on."""
        return self._fingerprinter.settled

    def to_json(self, learned: Sequence[str] = ()) -> dict[str, Any]:
        """All of it, upstream first, and what `learned` edges lead to.

        Raises InvalidConfigError for run config that speaks of what there is not.
        """
        project = self._project
        definitions = project.definitions
        if project.job is None or project.job.is_asset_job:  # config of a job of ops is held against its ops
            self._configured.check(definitions)
        made = set(self._resolved.step_of)
        steps = [self._step(name, definition) for name, definition in self._resolved.steps.items()]
        external = [self._asset(spec, None) for key, spec in self._resolved.specs.items() if key not in made]
        own = [
            self._asset(spec, name)
            for name, definition in self._resolved.steps.items()
            if not definition.is_observation
            for spec in definition.specs
        ]
        jobs = self._jobs()
        reach = reach_of(self._fingerprinter, learned)  # after all else: it may take in modules
        sources = project.importer.sources.values()
        parts = _numbered(steps)
        return {
            "assets": columns_of(external + own),
            "checks": columns_of([self._check(key, spec) for key, spec in self._resolved.checks.items()]),
            "steps": columns_of(steps),
            "parts": parts,
            "places": self._places(),
            "modules": {self._relative(source.file): _bytes_digest(source.data) for source in sources},
            "read_at_import": [name.partition(":")[2] for name in project.imported],
            "rests_on": {
                "read": dict(project.imported),
                "variables": sorted(project.variables),
                "origins": origins_of(project.root, project.importer.sources),
                "more": project.saw_more or self._fingerprinter.looks_at_the_moment,
            },
            "third_party": [*own_modules(), *project.importer.third_party],
            "automation": project.automation(),
            "jobs": jobs,
            "job": project.job.name if project.job is not None else "",
            "max_workers": self._max_workers(),
            "limits": self._limits,
            "run_config": project.run_config,
            "learned": reach,
            "proof": proof_json(),
            "seconds": project.seconds,
        }

    def _jobs(self) -> list[dict[str, Any]]:
        """What can be run by a name."""
        found = self._project.jobs()
        if not found:
            return []
        jobs: Any = importlib.import_module("dagx.worker.jobs")
        said: list[dict[str, Any]] = []
        for job in found.values():
            name = f"{job.name} (job)" if job.name in self._resolved.steps else job.name
            told = jobs.job_json(job, name, self._partitioning_for(job))
            said.append({**told, "config_problem": "", **self._place(job.source)})
            if job is self._project.job:
                problem = self._project.job_problem
                if not problem and not job.is_asset_job:
                    problem = jobs.problem_of_config(self._project, job, self._project.run_config)
                said[-1]["config_problem"] = problem
        return said

    def _partitioning_for(self, job: JobDefinition) -> Any:
        """A job may be the only thing that is partitioned."""
        if self._partitioning is None and job.partitions_def is not None:
            partitioned: Any = importlib.import_module("dagx.worker.partitioned")
            return partitioned.Partitioning(self._resolved, text_of)
        return self._partitioning

    def _max_workers(self) -> int | None:
        settings = self._executor
        if settings is None:
            return None
        return 1 if settings.is_in_process else settings.max_workers

    # What there is

    def _asset(self, spec: AssetSpec, step: str | None) -> dict[str, Any]:
        definition = self._resolved.steps[step] if step is not None else None
        source = definition.source if definition is not None else spec.source
        partitions = spec.partitions_def
        return {
            "key": text_of(spec.key),
            "step": step,
            "deps": [text_of(dep.asset_key) for dep in spec.deps],
            "group": spec.group_name or "default",
            "kinds": sorted(spec.kinds),
            "tags": {name: value for name, value in spec.tags.items() if not name.startswith(KIND_PREFIX)},
            "owners": list(spec.owners),
            "description": spec.description or "",
            "partitions": "" if partitions is None else in_words(partitions),
            **self._partitions_of_asset(spec, definition),
            **self._place(source),
        }

    def _check(self, key: AssetCheckKey, spec: AssetCheckSpec) -> dict[str, Any]:
        step = self._resolved.step_of_check[key]
        return {
            "asset": text_of(key.asset_key),
            "name": key.name,
            "step": step,
            "deps": [text_of(key.asset_key), *(text_of(dep.asset_key) for dep in spec.additional_deps)],
            "blocking": spec.blocking,
            "description": spec.description or "",
            "mappings": self._mappings_of_check(spec, self._resolved.steps[step]),
            **self._place(self._resolved.steps[step].source),
        }

    def _partitions_of_asset(self, spec: AssetSpec, step: AssetsDefinition | None) -> dict[str, Any]:
        if self._partitioning is None:
            return {"partitions_def": None, "mappings": {}}
        return {
            "partitions_def": self._partitioning.definition(spec, step),
            "mappings": self._partitioning.asset_mappings(spec, step),
        }

    def _mappings_of_check(self, spec: AssetCheckSpec, step: AssetsDefinition) -> dict[str, Any]:
        if self._partitioning is None:
            return {}
        own = step.partitions_def if step.specs else spec.partitions_def
        needed = [spec.asset_key, *(dep.asset_key for dep in spec.additional_deps)]
        found: dict[str, Any] = self._partitioning.check_mappings(own, needed, step)
        return found

    def _partitions_of_step(self, definition: AssetsDefinition) -> dict[str, Any]:
        if self._partitioning is None:
            return {"partitions_def": None, "mappings": {}, "may_miss": [], "at_once": 1, "refusal": ""}
        return {
            **self._partitioning.describe(definition),
            "refusal": self._partitioning.refusal(definition),
        }

    def _step(self, name: str, definition: AssetsDefinition) -> dict[str, Any]:
        found = self._code(definition)
        found.parts.update(self._common)
        for parameter, key in definition.keys_by_parameter.items():
            # to swap two of them changes the result and no code
            found.parts[f"parameter:{parameter}"] = text_of(key)
        if self._partitioning is not None:
            found.parts.update(self._partitioning.identity(definition))
        self._add_resources(definition, found)
        self._add_options(definition, found)
        config, problem = self._configured.problem(definition)
        found.parts.update(config)
        assets = [text_of(spec.key) for spec in definition.specs]
        return {
            "name": name,
            "assets": [] if definition.is_observation else assets,
            "observes": assets if definition.is_observation else [],
            "checks": [[text_of(spec.asset_key), spec.name] for spec in definition.check_specs],
            "loads": [text_of(key) for key in _loaded(definition)],
            "in_parts": definition.can_subset,
            "parts": found.parts.items(),
            "widened": found.widened,
            "declared_inputs": declared_inputs(definition.files, self._project.root),
            "config_problem": problem,
            **self._holds(definition),
            **self._partitions_of_step(definition),
        }

    def _holds(self, definition: AssetsDefinition) -> dict[str, Any]:
        """What holds the step back while others run, and when it is stopped."""
        settings, ops = self._executor, ops_in_step(definition)
        if not any(op.pool or op.tags for op in ops):
            return {"pools": [], "priority": 0, "max_runtime": None}
        by_tag = tag_holds(ops, settings.tag_limits) if settings is not None else {}
        self._limits.update(by_tag)
        return {
            "pools": [*pools_of(ops), *by_tag],
            "priority": priority_of(ops),
            "max_runtime": longest_runtime([op.tags for op in ops]),
        }

    def _place(self, source: SourceLocation | None) -> dict[str, Any]:
        return (
            {"file": self._relative(source.file), "line": source.line} if source else {"file": "", "line": 0}
        )

    def _places(self) -> dict[str, Any]:
        """Where code is written: of each module the file, and of its units the first and last lines there."""
        sources = self._project.importer.sources
        return {
            module: [self._relative(sources[module].file), spans]
            for module, spans in self._fingerprinter.places.items()
        }

    def _relative(self, file: str) -> str:
        if file not in self._names:
            importer = self._project.importer
            real, base = importer.real(file), importer.root + os.sep
            self._names[file] = real[len(base) :] if real.startswith(base) else file
        return self._names[file]

    # What the identity of a step is made of

    def _code(self, definition: AssetsDefinition) -> Fingerprint:
        specs = definition.specs
        if specs and all(spec.code_version is not None for spec in specs):
            return Fingerprint(
                {f"code_version:{text_of(spec.key)}": str(spec.code_version) for spec in specs}
            )
        if isinstance(definition.node_def, OpDefinition):
            return self._code_of_op(definition.name, definition.node_def)
        found = self._wiring(definition)
        for op in definition.ops:
            found.add(self._code_of_op(definition.name, op))
        return found

    def _code_of_op(self, step: str, op: OpDefinition) -> Fingerprint:
        if op.code_version is not None:
            return Fingerprint({f"code_version:{step}:{op.name}": op.code_version})
        function = op.compute_fn
        if type(function) is types.FunctionType and not hasattr(function, "__wrapped__"):
            return self._fingerprinter.of_function(function)  # most are nothing else
        written = layers(function)
        found = Fingerprint()
        where = f"value:{step}:{op.name}"
        for layer in reversed(written):
            if isinstance(layer, types.FunctionType):
                found.add(self._fingerprinter.of_function(layer))
            elif isinstance(layer, functools.partial):
                partial = cast("functools.partial[Any]", cast(object, layer))
                given = (partial.args, sorted(partial.keywords.items()))
                found.add(self._fingerprinter.of_object(f"{where}:given arguments", given))
            elif isinstance(layer, types.MethodType):
                found.add(self._fingerprinter.of_function(cast("types.FunctionType", layer.__func__)))
                found.add(self._fingerprinter.of_object(f"{where}:object", layer.__self__))
            elif not hasattr(layer, "__wrapped__") or type(layer).__module__ != "functools":
                found.add(self._fingerprinter.of_object(f"{where}:callable", layer))
        return found

    def _wiring(self, definition: AssetsDefinition) -> Fingerprint:
        """How the ops of a graph are put together: the function that does it runs only when the project is loaded."""
        wiring: Any = importlib.import_module("dagx.worker.wiring")
        name = f"wiring:{definition.name}"
        return self._fingerprinter.of_object(name, wiring.wiring_of(definition))

    def _add_resources(self, definition: AssetsDefinition, found: Fingerprint) -> None:
        """What stores and loads values, be it our codec or the project's IO managers, and the resources it uses."""
        bound = self._resolved.resources
        if not bound:  # whatever stores and loads is ours
            if managers_of(definition) or definition.keys_by_parameter:
                found.parts["codec"] = CODECS
            return
        loaded = [self._resolved.specs[key].io_manager_key for key in definition.keys_by_parameter.values()]
        managers = {*managers_of(definition), *loaded}
        if managers - bound.keys():
            found.parts["codec"] = CODECS
        for key in _with_needs(sorted(managers | definition.function_resource_keys), bound):
            found.add(self._resource(f"{'io_manager' if key in managers else 'resource'}:{key}", bound[key]))

    def _add_options(self, definition: AssetsDefinition, found: Fingerprint) -> None:
        """What is said of the step beside its code, in decorators and specs."""
        found.parts.update(plain_options(definition, self._resolved))
        for told in checked_types(definition):
            found.add(self._told(told))
        if found.reads_specs:
            found.add(self._told(declaration(definition)))
            for met in self._met(definition, found):
                found.add(met)

    def _met(self, definition: AssetsDefinition, found: Fingerprint) -> Iterator[Fingerprint]:
        """The assets of which the code of a step can find out how they are declared: those that it needs, those whose
        functions it can reach; all, if nobody knows what it can reach.
        """
        specs = self._resolved.specs
        if found.widened:
            yield self._all_declarations
            return
        met = {key: specs[key] for key in definition.dependency_keys if key in specs}
        met.update(
            (spec.key, spec) for target in found.assets for spec in self._specs_by_target.get(target, ())
        )
        for key, spec in met.items():
            if key not in definition.keys:
                if key not in self._declarations:
                    self._declarations[key] = self._told(declaration_of(spec))
                yield self._declarations[key]

    @functools.cached_property
    def _all_declarations(self) -> Fingerprint:
        return self._told(all_declarations(self._resolved.specs.values()))

    @functools.cached_property
    def _specs_by_target(self) -> dict[Target, list[AssetSpec]]:
        """The assets by the units that their functions are written in."""
        found: dict[Target, list[AssetSpec]] = {}
        for definition in self._resolved.steps.values():
            functions = (innermost(op.compute_fn) for op in definition.ops)
            for function in functions:
                if isinstance(function, types.FunctionType):
                    for target in self._fingerprinter.targets_of(function):
                        found.setdefault(target, []).extend(definition.specs)
        return found

    def _told(self, told: Told) -> Fingerprint:
        identities: Any = importlib.import_module("dagx.resource_defs.identity")
        identity = identities.identity_of(told.value, secret_key=self._secret)
        return self._fingerprinter.of_identity(told.name, identity)

    def _resource(self, name: str, resource: object) -> Fingerprint:
        if name not in self._resource_parts:
            identities: Any = importlib.import_module("dagx.resource_defs.identity")
            identity = identities.identity_of(resource, secret_key=self._secret)
            found = self._fingerprinter.of_identity(name, identity)
            for variable in sorted(set(_variables(identity.value))):
                found.parts.update(variable_parts([variable], self._secret))
            self._resource_parts[name] = found
        return self._resource_parts[name]


def _numbered(steps: list[dict[str, Any]]) -> list[Sequence[str]]:
    """The names and the digests of the parts of all steps, each part once; the steps have their places there from now
    on.
    """
    pairs = sorted(set[tuple[str, str]]().union(*(step["parts"] for step in steps)))
    numbers = {pair: number for number, pair in enumerate(pairs)}
    for step in steps:
        step["parts"] = sorted(map(numbers.__getitem__, step["parts"]))
    return [*zip(*pairs, strict=True)]


def _with_needs(keys: list[str], bound: Mapping[str, object]) -> Iterator[str]:
    """The resources of these names, and those that they need in turn."""
    seen: set[str] = set()
    while keys:
        key = keys.pop(0)
        if key in seen or key not in bound:
            continue
        seen.add(key)
        yield key
        kind = kind_of(bound[key])
        keys += sorted(kind.required_keys(bound[key])) if kind is not None else []


def _variables(identity: object) -> Iterator[str]:
    """The names of environment variables in the identity of a resource."""
    if isinstance(identity, dict):
        entries = cast("dict[str, object]", identity)
        if list(entries) == ["env"]:
            yield str(entries["env"])
        for value in entries.values():
            yield from _variables(value)
    elif isinstance(identity, (list, tuple)):
        for value in cast("list[object]", identity):
            yield from _variables(value)


def _loaded(definition: AssetsDefinition) -> list[AssetKey]:
    """The assets whose values are passed to the functions of a step."""
    node = definition.node_def
    if isinstance(node, OpDefinition):
        names = {slot.name for slot in node.loaded_inputs}
        slots = [slot for slot in definition.inputs if slot.name in names]
    else:
        slots = [slot for slot in definition.inputs if not slot.type.is_nothing]
    return list(dict.fromkeys(slot.key for slot in slots if slot.key is not None))


def _partitioning(resolved: ResolvedDefinitions) -> Any:
    """What tells of partitions; None when nothing is partitioned, so that the code for it is not imported."""
    if not any(spec.partitions_def is not None for spec in resolved.specs.values()):
        return None
    partitioned: Any = importlib.import_module("dagx.worker.partitioned")
    return partitioned.Partitioning(resolved, text_of)


def in_words(partitions: PartitionsDefinition) -> str:
    """`daily from 2024-01-01`."""
    return partitions.describe().removeprefix("the ").replace(" partitions", "", 1)


def text_of(key: AssetKey) -> str:
    """The key as one string; segments with a slash in them stay apart."""
    return key.to_escaped_user_string()


def _bytes_digest(data: bytes) -> str:
    return hashlib.blake2b(data, digest_size=16).hexdigest()
