"""Do these assets fit together? All that does not is found at once, and said with file and line.

Section 25.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from dagx.assets import AssetsDefinition
from dagx.errors import InvalidDefinitionError, Problem
from dagx.graphs import cycles, topological_order
from dagx.keys import AssetKey
from dagx.named_resources import available_text
from dagx.names import DEFAULT_GROUP
from dagx.nearest import did_you_mean
from dagx.source import SourceLocation
from dagx.specs import DEFAULT_IO_MANAGER, AssetSpec, changed, spec_at

# Finding a near name compares all names: for the rest of a long list of problems it is left out.
_MOST_NEAR_NAMES = 30

Asset = AssetsDefinition | AssetSpec


@dataclass(frozen=True)
class ResolvedDefinitions:
    """Definitions that fit together.

    `steps` by name, in an order in which each comes after what it needs (`order` has the names alone);
    `upstream` has the steps that each step needs; `specs` all assets by key, external ones too, each with a
    group; `step_of` the step that makes an asset, for those that a step makes.
    """

    steps: Mapping[str, AssetsDefinition]
    specs: Mapping[AssetKey, AssetSpec]
    resources: Mapping[str, object] = field(repr=False)
    order: tuple[str, ...] = field(repr=False)
    upstream: Mapping[str, frozenset[str]] = field(repr=False)
    step_of: Mapping[AssetKey, str] = field(repr=False)


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
    found.check_cycles()
    if found.problems:
        raise InvalidDefinitionError.of(found.problems)
    return found.result()


class _Search:
    def __init__(self, resources: Mapping[str, object]) -> None:
        self.problems: list[Problem] = []
        self._resources = resources
        self._specs: dict[AssetKey, AssetSpec] = {}
        self._steps: dict[str, AssetsDefinition] = {}
        self._step_of: dict[AssetKey, str] = {}
        self._seen: set[int] = set()

    def add(self, asset: Asset) -> None:
        """Take in one definition, unless it is there already under another name."""
        if id(asset) in self._seen:
            return
        self._seen.add(id(asset))
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
            if other_step is not asset:
                self._report(
                    f'{_assets(other_step)} and {_assets(asset)} have the same step name "{asset.name}"',
                    asset.source,
                    f"rename one of them; the other is at {other_step.source}",
                )
            self._step_of.update((key, asset.name) for key in asset.keys)

    def check_dependencies(self, strict: bool) -> None:
        """Every key that is needed must be defined; the rest becomes external where that is allowed."""
        known = [key.to_user_string() for key in self._specs]
        by_parameter = {
            (slot.key, key): slot.name
            for step in self._steps.values()
            for slot in step.inputs
            for key in step.keys
        }
        external: dict[AssetKey, AssetSpec] = {}
        for spec in list(self._specs.values()):
            for dep in spec.deps:
                if dep.asset_key in self._specs:
                    continue
                parameter = by_parameter.get((dep.asset_key, spec.key))
                if strict or parameter is not None:
                    message = f"{_asset(dep.asset_key)} is not defined (needed by {_quoted(spec.key)})"
                    self._report(message, spec.source, self._way_out(dep.asset_key, parameter, known))
                else:
                    external[dep.asset_key] = spec_at(spec.source, dep.asset_key)
        self._specs.update(external)

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
        return f"if it is made elsewhere, add AssetSpec({written}) to the definitions"

    def check_resources(self) -> None:
        """Every resource and IO manager that a step needs must be there; "io_manager" always is."""
        for step in self._steps.values():
            for name in sorted(step.function_resource_keys - self._resources.keys()):
                self._report_missing(f'the resource "{name}"', name, step)
            managers = set(step.manager_keys)
            for slot in step.inputs:
                spec = self._specs.get(slot.key)
                if spec is not None and slot.key not in self._step_of and slot.input_manager_key is None:
                    managers.add(spec.io_manager_key)
            for name in sorted(managers - self._resources.keys() - {DEFAULT_IO_MANAGER}):
                self._report_missing(f'the IO manager "{name}"', name, step)

    def _report_missing(self, what: str, name: str, step: AssetsDefinition) -> None:
        near = did_you_mean(name, self._resources)
        available = available_text(self._resources.keys())
        hint = f"{near} ({available})" if near else f"add it to Definitions(resources={{...}}); {available}"
        self._report(f"{what} is not defined (needed by {_assets(step)})", step.source, hint)

    def check_cycles(self) -> None:
        """No asset may need itself, by whatever way."""
        needs = {spec.key: {dep.asset_key for dep in spec.deps} for spec in self._specs.values()}
        for cycle in cycles(needs):
            path = " -> ".join(key.to_user_string() for key in cycle)
            places = [f"{key.to_user_string()} is at {self._specs[key].source}" for key in cycle[:-1]]
            self._report(f"assets need each other: {path}", self._specs[cycle[0]].source, "\n".join(places))

    def _report(self, message: str, where: SourceLocation | None, hint: str | None) -> None:
        self.problems.append(Problem(message, where, hint))

    def result(self) -> ResolvedDefinitions:
        upstream = {
            name: frozenset(self._step_of[key] for key in step.dependency_keys if key in self._step_of)
            for name, step in self._steps.items()
        }
        order = tuple(topological_order(upstream))
        return ResolvedDefinitions(
            steps={name: self._steps[name] for name in order},
            specs={
                key: spec if spec.group_name is not None else changed(spec, group_name=DEFAULT_GROUP)
                for key, spec in self._specs.items()
            },
            resources=dict(self._resources),
            order=order,
            upstream=upstream,
            step_of=dict(self._step_of),
        )


def _quoted(key: AssetKey) -> str:
    return f'"{key.to_user_string()}"'


def _asset(key: AssetKey) -> str:
    return f"asset {_quoted(key)}"


def _assets(step: AssetsDefinition) -> str:
    keys = ", ".join(_quoted(spec.key) for spec in step.specs)
    return f"{'asset' if len(step.specs) == 1 else 'assets'} {keys}"
