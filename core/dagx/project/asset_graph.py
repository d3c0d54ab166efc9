"""AssetGraph: the assets that fit together, and how they depend on each other. Section 25."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from dagx.assets.definition import AssetsDefinition
from dagx.assets.specs import AssetSpec
from dagx.checks.specs import AssetCheckKey, AssetCheckSpec
from dagx.errors import InvariantViolationError
from dagx.graphs import ancestors, descendants, topological_order
from dagx.keys import AssetKey, CoercibleToAssetKey
from dagx.nearest import did_you_mean
from dagx.project.resolution import ResolvedDefinitions

if TYPE_CHECKING:
    from dagx.partitions.definition import PartitionsDefinition


class AssetNode:
    """One asset in a graph: its spec, what needs it and what it needs."""

    def __init__(self, graph: AssetGraph, spec: AssetSpec) -> None:
        self._graph = graph
        self.spec = spec
        self.key = spec.key
        self.group_name = spec.group_name
        self.description = spec.description
        self.metadata = spec.metadata
        self.tags = spec.tags
        self.owners = spec.owners
        self.kinds = spec.kinds
        self.code_version = spec.code_version
        self.automation_condition = spec.automation_condition
        self.freshness_policy = spec.freshness_policy
        self.partitions_def: PartitionsDefinition | None = spec.partitions_def

    @property
    def parent_keys(self) -> set[AssetKey]:
        """The assets that it needs."""
        return {dep.asset_key for dep in self.spec.deps}

    @property
    def child_keys(self) -> set[AssetKey]:
        """The assets that need it."""
        return self._graph.children(self.key)

    @property
    def is_materializable(self) -> bool:
        """Whether a step makes it."""
        return self.key in self._graph.resolved.step_of

    @property
    def is_observable(self) -> bool:
        """Whether a step observes it."""
        return self.key in self._graph.resolved.observed_by

    @property
    def is_external(self) -> bool:
        """Whether it is made elsewhere."""
        return not self.is_materializable

    @property
    def is_executable(self) -> bool:
        """Whether a step makes or observes it."""
        return self.is_materializable or self.is_observable

    @property
    def is_partitioned(self) -> bool:
        """Whether it has partitions."""
        return self.partitions_def is not None

    @property
    def assets_def(self) -> AssetsDefinition | None:
        """The definition that makes or observes it, or None."""
        resolved = self._graph.resolved
        name = resolved.step_of.get(self.key) or resolved.observed_by.get(self.key)
        return None if name is None else resolved.steps[name]

    @property
    def check_keys(self) -> set[AssetCheckKey]:
        """Its checks."""
        return {key for key in self._graph.resolved.checks if key.asset_key == self.key}


class AssetGraph:
    """All assets of Definitions, by key. `Definitions.resolve_asset_graph()` makes it."""

    def __init__(self, resolved: ResolvedDefinitions) -> None:
        self.resolved = resolved
        self._upstream = {
            key: {dep.asset_key for dep in spec.deps} - {key} for key, spec in resolved.specs.items()
        }
        self._downstream: dict[AssetKey, set[AssetKey]] = {key: set() for key in resolved.specs}
        for key, needs in self._upstream.items():
            for need in needs:
                self._downstream[need].add(key)

    def get(self, asset_key: CoercibleToAssetKey) -> AssetNode:
        """The asset of this key. Raises InvariantViolationError when there is none."""
        key = AssetKey.from_coercible(asset_key)
        if key not in self.resolved.specs:
            shown = key.to_user_string()
            known = [other.to_user_string() for other in self.resolved.specs]
            raise InvariantViolationError(f'no asset "{shown}"', did_you_mean(shown, known))
        return AssetNode(self, self.resolved.specs[key])

    def has(self, asset_key: CoercibleToAssetKey) -> bool:
        """Whether there is an asset of this key."""
        return AssetKey.from_coercible(asset_key) in self.resolved.specs

    def get_all_asset_keys(self) -> set[AssetKey]:
        """The keys of all assets, external ones too."""
        return set(self.resolved.specs)

    @property
    def all_asset_keys(self) -> set[AssetKey]:
        """The keys of all assets, external ones too."""
        return set(self.resolved.specs)

    @property
    def materializable_asset_keys(self) -> set[AssetKey]:
        """The keys of the assets that a step makes."""
        return set(self.resolved.step_of)

    @property
    def external_asset_keys(self) -> set[AssetKey]:
        """The keys of the assets that are made elsewhere."""
        return set(self.resolved.specs) - set(self.resolved.step_of)

    @property
    def observable_asset_keys(self) -> set[AssetKey]:
        """The keys of the assets that a step observes."""
        return set(self.resolved.observed_by)

    @property
    def asset_check_keys(self) -> set[AssetCheckKey]:
        """The keys of all checks."""
        return set(self.resolved.checks)

    @property
    def asset_nodes(self) -> Iterable[AssetNode]:
        """All assets."""
        return [AssetNode(self, spec) for spec in self.resolved.specs.values()]

    def get_check_spec(self, key: AssetCheckKey) -> AssetCheckSpec:
        """The spec of a check."""
        return self.resolved.checks[key]

    @property
    def toposorted_asset_keys(self) -> list[AssetKey]:
        """All keys, each after those that it needs."""
        return topological_order({key: self._upstream[key] for key in sorted(self._upstream)})

    def children(self, asset_key: AssetKey) -> set[AssetKey]:
        """The assets that need this one."""
        return set(self._downstream[asset_key])

    def parents(self, asset_key: AssetKey) -> set[AssetKey]:
        """The assets that this one needs."""
        return set(self._upstream[asset_key])

    def get_ancestor_asset_keys(self, asset_key: AssetKey) -> set[AssetKey]:
        """All that the asset needs, at any distance."""
        return ancestors(self._upstream, [asset_key]) - {asset_key}

    def get_descendant_asset_keys(self, asset_key: AssetKey) -> set[AssetKey]:
        """All that need the asset, at any distance."""
        return descendants(self._upstream, [asset_key]) - {asset_key}

    @property
    def root_materializable_asset_keys(self) -> set[AssetKey]:
        """The materializable assets that need no other materializable one."""
        own = self.materializable_asset_keys
        return {key for key in own if not self._upstream[key] & own}
