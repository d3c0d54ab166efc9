"""Do these assets and checks fit together? All that does not is found at once, and said with file and line.

Section 25.
"""

from __future__ import annotations

import functools
import importlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from dagx.assets.definition import AssetsDefinition
from dagx.assets.specs import AssetSpec, changed, spec_at
from dagx.checks.specs import AssetCheckKey, AssetCheckSpec
from dagx.config.marks import kind_of
from dagx.errors import CircularDependencyError, DagxError, InvalidDefinitionError, Problem
from dagx.functions.slots import DEFAULT_IO_MANAGER, OutputSlot
from dagx.graphs import CycleError, cycles, topological_order
from dagx.keys import AssetKey
from dagx.names import DEFAULT_GROUP
from dagx.nearest import did_you_mean
from dagx.resource_defs.named import available_text
from dagx.source import SourceLocation

# Finding a near name compares all names: for the rest of a long list of problems it is left out.
_MOST_NEAR_NAMES = 30

Asset = AssetsDefinition | AssetSpec


@dataclass(frozen=True)
class ResolvedDefinitions:
    """Definitions that fit together.

    `steps` by name, in an order in which each comes after what it needs (`order` has the names alone);
    `upstream` has the steps that each step needs; `specs` all assets by key, external ones too, each with a
    group; `step_of` the step that makes an asset, for those that a step makes; `checks` all checks, `step_of_check`
    the step that executes each. Steps that only observe are in `steps`, and their assets are not in `step_of`.
    """

    steps: Mapping[str, AssetsDefinition]
    specs: Mapping[AssetKey, AssetSpec]
    resources: Mapping[str, object] = field(repr=False)
    order: tuple[str, ...] = field(repr=False)
    upstream: Mapping[str, frozenset[str]] = field(repr=False)
    step_of: Mapping[AssetKey, str] = field(repr=False)
    checks: Mapping[AssetCheckKey, AssetCheckSpec] = field(
        repr=False, default_factory=dict[AssetCheckKey, AssetCheckSpec]
    )
    step_of_check: Mapping[AssetCheckKey, str] = field(repr=False, default_factory=dict[AssetCheckKey, str])
    observed_by: Mapping[AssetKey, str] = field(repr=False, default_factory=dict[AssetKey, str])

    @property
    def makers(self) -> dict[AssetKey, tuple[str, OutputSlot]]:
        """The step and the output that make each asset."""
        return {
            slot.key: (name, slot)
            for name, step in self.steps.items()
            if not step.is_observation
            for slot in step.outputs
            if slot.key is not None and slot.check is None
        }


def resolved(
    assets: Iterable[Asset], resources: Mapping[str, object], *, strict: bool
) -> ResolvedDefinitions:
    """Fit assets and resources together.

    `strict` refuses a dependency in `deps` that is defined nowhere; without it, such a one becomes an
    external asset. A parameter that names no asset is refused always. Raises InvalidDefinitionError with all
    problems that were found.
    """
    found = _Search(resources)
    for asset in assets:
        found.add(asset)
    found.check_dependencies(strict)
    found.check_resources()
    found.check_nested_resources()
    found.check_partitions()
    found.check_cycles()
    if found.problems:
        raise found.error()
    return found.result()


class _Search:
    def __init__(self, resources: Mapping[str, object]) -> None:
        self.problems: list[Problem] = []
        self._cycle = False
        self._resources = dict(resources)
        self._specs: dict[AssetKey, AssetSpec] = {}
        self._steps: dict[str, AssetsDefinition] = {}
        self._step_of: dict[AssetKey, str] = {}
        self._observed_by: dict[AssetKey, str] = {}
        self._checks: dict[AssetCheckKey, tuple[AssetCheckSpec, AssetsDefinition]] = {}
        self._seen: set[object] = set()
        """Definitions, and the ids of specs, which may be equal to others: each `id` is told to the tracer."""
        self._undefined: set[AssetKey] = set()
        self._is_steps_alone = True
        """Whether assets can need each other only where the steps that make them do."""

    def add(self, asset: Asset) -> None:
        """Take in one definition, unless it is there already under another name."""
        itself = id(asset) if isinstance(asset, AssetSpec) else asset
        if itself in self._seen:
            return
        self._seen.add(itself)
        specs = (asset,) if isinstance(asset, AssetSpec) else asset.specs
        is_new = True
        for spec in specs:
            other = self._specs.setdefault(spec.key, spec)
            if other is not spec:
                is_new = False
                self._report(
                    f"{_asset(spec.key)} is defined twice", spec.source, f"the other is at {other.source}"
                )
        if isinstance(asset, AssetsDefinition) and is_new:
            other_step = self._steps.setdefault(asset.name, asset)
            are_one_check = not asset.specs and bool(asset.check_keys & other_step.check_keys)
            if other_step is not asset and not are_one_check:
                self._report(
                    f'{_assets(other_step)} and {_assets(asset)} have the same step name "{asset.name}"',
                    asset.source,
                    f"rename one of them; the other is at {other_step.source}",
                )
            made = self._observed_by if asset.is_observation else self._step_of
            made.update((spec.key, asset.name) for spec in specs)
            self._add_checks(asset)
        is_one_step = isinstance(asset, AssetsDefinition) and not asset.is_observation and len(specs) < 2
        self._is_steps_alone &= is_one_step or not any(spec.deps for spec in specs)
        if is_new:
            self._add_resources(asset)

    def _add_checks(self, asset: AssetsDefinition) -> None:
        for spec in asset.check_specs:
            _, other = self._checks.setdefault(spec.key, (spec, asset))
            if other is not asset:
                self._report(
                    f"the check {spec.key.to_user_string()} is defined twice",
                    asset.source,
                    f"the other is at {other.source}",
                )

    def _add_resources(self, asset: Asset) -> None:
        """Those that an asset brings along; one key means one object."""
        brought: Mapping[str, object] = getattr(asset, "resource_defs", {})
        for key, resource in brought.items():
            if self._resources.setdefault(key, resource) is not resource:
                shown = _assets(asset) if isinstance(asset, AssetsDefinition) else _asset(asset.key)
                self._report(
                    f'{shown} brings the resource "{key}", which is bound to another object already',
                    asset.source,
                    "bind it once, or give it another name",
                )

    def check_dependencies(self, strict: bool) -> None:
        """Every key that is needed must be defined; the rest becomes external where that is allowed."""
        known = [key.to_user_string() for key in self._specs]
        missing = [
            (spec, dep.asset_key)
            for spec in self._specs.values()
            for dep in spec.deps
            if dep.asset_key not in self._specs
        ]
        by_parameter = self._by_parameter() if missing else {}
        external: dict[AssetKey, AssetSpec] = {}
        for spec, key in missing:
            parameter = by_parameter.get((key, spec.key))
            if strict or parameter is not None:
                message = f"{_asset(key)} is not defined (needed by {_quoted(spec.key)})"
                self._report(message, spec.source, self._way_out(key, parameter, known))
            else:
                external[key] = spec_at(spec.source, key)
        self._specs.update(external)
        self._undefined |= external.keys()
        for check, step in self._checks.values():
            if check.asset_key not in self._specs:
                target = spec_at(step.source, check.asset_key, partitions_def=check.partitions_def)
                self._specs[check.asset_key] = target
        for step in self._steps.values():
            if not step.specs or step.check_specs:
                self._check_needs_of_checks(step, strict, known)

    def _by_parameter(self) -> dict[tuple[AssetKey | None, AssetKey | AssetCheckKey], str]:
        """The parameter that is filled with an asset for another one, or for a check."""
        return {
            (slot.key, key): slot.name
            for step in self._steps.values()
            for slot in step.inputs
            for key in step.keys or step.check_keys
        }

    def _check_needs_of_checks(self, step: AssetsDefinition, strict: bool, known: list[str]) -> None:
        """The asset that is checked may be defined nowhere; what its checks need beside it may not."""
        parameters = (
            {} if step.specs else {slot.key: slot.name for slot in step.inputs if slot.key is not None}
        )
        others = [dep.asset_key for check in step.check_specs for dep in check.additional_deps]
        for key in dict.fromkeys([*parameters, *others]):
            if key in self._specs:
                continue
            parameter = parameters.get(key)
            if strict or parameter is not None:
                message = f"{_asset(key)} is not defined (needed by {_assets(step)})"
                self._report(message, step.source, self._way_out(key, parameter, known))
            else:
                self._specs[key] = spec_at(step.source, key)

    def _way_out(self, key: AssetKey, parameter: str | None, known: list[str]) -> str:
        if parameter is not None:
            for other in self._specs:
                if other.parts[-1:] == key.parts[-1:]:
                    path = other.parts[0] if len(other.parts) == 1 else other.path
                    return (
                        f"did you mean {_quoted(other)}?"
                        f" then give ins={{{parameter!r}: AssetIn({path!r})}}".replace("'", '"')
                    )
        near = did_you_mean(key.to_user_string(), known) if len(self.problems) < _MOST_NEAR_NAMES else None
        if near is not None:
            return near
        written = (key.parts[0] if len(key.parts) == 1 else key.path).__repr__().replace("'", '"')
        if parameter is not None:
            return (
                "a parameter is the asset of its name; for a resource annotate it ResourceParam[...],"
                f" for an asset made elsewhere add AssetSpec({written}) to the definitions"
            )
        if len(key.parts) == 1 and any(mark in key.parts[0] for mark in "/.*"):
            return (
                f"a file is declared by dg.file({written}); an asset made elsewhere by AssetSpec({written})"
            )
        return f"if it is made elsewhere, add AssetSpec({written}) to the definitions"

    def check_resources(self) -> None:
        """Every resource and IO manager that a step needs must be there; "io_manager" always is."""
        there = frozenset(self._resources)
        for step in self._steps.values():
            for name in sorted(step.function_resource_keys - there):
                self._report_missing(f'the resource "{name}"', name, _assets(step), step)
            managers = step.manager_keys
            for slot in step.inputs:
                if slot.key is None or slot.key in self._step_of or slot.input_manager_key is not None:
                    continue
                if slot.key in self._specs:
                    managers.add(self._specs[slot.key].io_manager_key)
            for name in sorted(managers - there - {DEFAULT_IO_MANAGER}):
                self._report_missing(f'the IO manager "{name}"', name, _assets(step), step)

    def _report_missing(self, what: str, name: str, needed_by: str, where: object) -> None:
        near = did_you_mean(name, self._resources)
        available = available_text(self._resources.keys())
        hint = f"{near} ({available})" if near else f"add it to Definitions(resources={{...}}); {available}"
        place: SourceLocation | None = getattr(where, "source", None)
        self._report(f"{what} is not defined (needed by {needed_by})", place, hint)

    def check_nested_resources(self) -> None:
        """What resources need must be there too; of those they hold, those that run config completes."""
        kinds = {name: kind_of(resource) for name, resource in self._resources.items()}
        for name, kind in kinds.items():
            needed = kind.required_keys(self._resources[name]) if kind is not None else ()
            for missing in sorted(set(needed) - self._resources.keys()):
                self._report_missing(
                    f'the resource "{missing}"', missing, f'the resource "{name}"', self._resources[name]
                )
        if any(kind is not None for kind in kinds.values()):
            lifecycle: Any = importlib.import_module("dagx.resource_defs.lifecycle")
            self.problems += lifecycle.check_nested(self._resources)

    def check_partitions(self) -> None:
        """Every partitions definition is sound by itself, and every mapping fits its two sides."""
        seen: set[int] = set()
        for spec in self._specs.values():
            partitions = spec.partitions_def
            if partitions is not None and id(partitions) not in seen:
                seen.add(id(partitions))
                self._try(spec, _asset(spec.key), partitions.validate_partition_definition)
        for step in self._steps.values() if seen else ():
            given = {slot.key: slot.partition_mapping for slot in step.inputs}
            for spec in step.specs:
                for dep in spec.deps:
                    mapping = dep.partition_mapping or given.get(dep.asset_key)
                    above = self._specs.get(dep.asset_key)
                    # Nobody knows the partitions of what is defined elsewhere.
                    if (
                        above is not None
                        and dep.asset_key not in self._undefined
                        and not (spec.partitions_def is None and above.partitions_def is None)
                    ):
                        self._check_mapping(spec, mapping, above)
        for check, step in self._checks.values():
            target = self._specs[check.asset_key].partitions_def
            if check.partitions_def is not None and check.partitions_def != target:
                self._report(
                    f"the check {check.key.to_user_string()} has other partitions than its asset",
                    step.source,
                    "give it the partitions_def of the asset, or none to look at the whole of it",
                )

    def _check_mapping(self, spec: AssetSpec, mapping: Any, above: AssetSpec) -> None:
        upstream: Any = importlib.import_module("dagx.partitions.upstream")

        def check() -> None:
            chosen = upstream.infer_mapping(mapping, spec.partitions_def, above.partitions_def)
            upstream.check_mapping(chosen, above.partitions_def, spec.partitions_def)

        self._try(spec, f"{_asset(spec.key)}, which needs {_quoted(above.key)}", check)

    def _try(self, spec: AssetSpec, what: str, check: Any) -> None:
        try:
            check()
        except DagxError as error:
            self._report(f"{what}: {error.message}", spec.source, error.hint)

    def check_cycles(self) -> None:
        """No asset may need itself, by whatever way; but earlier partitions of itself."""
        if self._is_steps_alone and not self.problems and self._is_in_order():
            return
        needs = {spec.key: {dep.asset_key for dep in spec.deps} - {spec.key} for spec in self._specs.values()}
        for cycle in cycles(needs):
            path = " -> ".join(key.to_user_string() for key in cycle)
            places = [f"{key.to_user_string()} is at {self._specs[key].source}" for key in cycle[:-1]]
            self._report(f"assets need each other: {path}", self._specs[cycle[0]].source, "\n".join(places))
            self._cycle = True
        if self._cycle or self.problems:
            return
        for knot in cycles(self._upstream):
            self._report(
                f"steps need each other: {' -> '.join(knot)}",
                self._steps[knot[0]].source,
                "split the multi-asset, or leave out one of the dependencies",
            )
            self._cycle = True

    def error(self) -> InvalidDefinitionError:
        """All problems as one error; a CircularDependencyError when a cycle is all there is."""
        only_cycles = self._cycle and all("need each other" in problem.message for problem in self.problems)
        return (CircularDependencyError if only_cycles else InvalidDefinitionError).of(self.problems)

    def _is_in_order(self) -> bool:
        try:
            return len(self._order) == len(self._steps)
        except CycleError:
            return False

    @functools.cached_property
    def _order(self) -> tuple[str, ...]:
        """The steps, each after what it needs. Raises CycleError."""
        return tuple(topological_order(self._upstream))

    @functools.cached_property
    def _upstream(self) -> dict[str, frozenset[str]]:
        """The steps that each step needs, when all of them are there."""
        return {
            name: frozenset(self._step_of[key] for key in step.dependency_keys if key in self._step_of)
            - {name}
            for name, step in self._steps.items()
        }

    def _report(self, message: str, where: SourceLocation | None, hint: str | None) -> None:
        self.problems.append(Problem(message, where, hint))

    def result(self) -> ResolvedDefinitions:
        specs = dict(self._specs)
        for key, spec in self._specs.items():
            if spec.group_name is None:
                specs[key] = changed(spec, group_name=DEFAULT_GROUP)
        return ResolvedDefinitions(
            steps={name: self._steps[name] for name in self._order},
            specs=specs,
            resources=dict(self._resources),
            order=self._order,
            upstream=self._upstream,
            step_of=dict(self._step_of),
            checks={key: spec for key, (spec, _) in self._checks.items()},
            step_of_check={key: step.name for key, (_, step) in self._checks.items()},
            observed_by=dict(self._observed_by),
        )


def _quoted(key: AssetKey) -> str:
    return f'"{key.to_user_string()}"'


def _asset(key: AssetKey) -> str:
    return f"asset {_quoted(key)}"


def _assets(step: AssetsDefinition) -> str:
    if not step.specs:
        checks = ", ".join(spec.key.to_user_string() for spec in step.check_specs)
        return f"{'check' if len(step.check_specs) == 1 else 'checks'} {checks}"
    keys = ", ".join(_quoted(spec.key) for spec in step.specs)
    return f"{'asset' if len(step.specs) == 1 else 'assets'} {keys}"
