"""The attributes of several assets, each by its key: what users look up on a definition. Semantics: section 2."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from dagx.assets.specs import AssetSpec
from dagx.errors import InvariantViolationError
from dagx.keys import AssetKey
from dagx.nearest import did_you_mean

if TYPE_CHECKING:
    from dagx.automation.conditions import AutomationCondition
    from dagx.freshness.policies import FreshnessPolicy


class AssetsByKey:
    """Answers about `specs`; `name` is the step that makes them."""

    name: str
    specs: tuple[AssetSpec, ...]

    @property
    def keys(self) -> set[AssetKey]:
        """The keys of all assets that it makes."""
        return {spec.key for spec in self.specs}

    @property
    def specs_by_key(self) -> dict[AssetKey, AssetSpec]:
        """The specs by their keys."""
        return {spec.key: spec for spec in self.specs}

    def get_asset_spec(self, key: AssetKey | None = None) -> AssetSpec:
        """The spec of one asset; without `key`, of the only one.

        Raises InvariantViolationError for an asset that is not there, and without `key` when there are several.
        """
        if key is None and len(self.specs) == 1:
            return self.specs[0]
        known = self.specs_by_key
        if key is None:
            raise InvariantViolationError(
                f'"{self.name}" makes {len(known)} assets, not one', "ask for .keys, or name one of them"
            )
        if key not in known:
            shown = key.to_user_string()
            raise InvariantViolationError(
                f'"{self.name}" does not make the asset "{shown}"',
                did_you_mean(shown, [one.to_user_string() for one in known]),
            )
        return known[key]

    @property
    def asset_deps(self) -> dict[AssetKey, set[AssetKey]]:
        """For each asset, the keys that it needs."""
        return {spec.key: {dep.asset_key for dep in spec.deps} for spec in self.specs}

    @property
    def group_names_by_key(self) -> dict[AssetKey, str | None]:
        """The group of each asset."""
        return {spec.key: spec.group_name for spec in self.specs}

    @property
    def descriptions_by_key(self) -> dict[AssetKey, str]:
        """The description of each asset that has one."""
        return {spec.key: spec.description for spec in self.specs if spec.description is not None}

    @property
    def tags_by_key(self) -> dict[AssetKey, Mapping[str, str]]:
        """The tags of each asset, kinds among them."""
        return {spec.key: spec.tags for spec in self.specs}

    @property
    def metadata_by_key(self) -> dict[AssetKey, Mapping[str, Any]]:
        """The metadata of each asset."""
        return {spec.key: spec.metadata for spec in self.specs}

    @property
    def code_versions_by_key(self) -> dict[AssetKey, str | None]:
        """The code version given by hand for each asset."""
        return {spec.key: spec.code_version for spec in self.specs}

    @property
    def owners_by_key(self) -> dict[AssetKey, Sequence[str]]:
        """The owners of each asset."""
        return {spec.key: spec.owners for spec in self.specs}

    @property
    def automation_conditions_by_key(self) -> dict[AssetKey, AutomationCondition]:
        """The condition of each asset that has one."""
        return {
            spec.key: spec.automation_condition
            for spec in self.specs
            if spec.automation_condition is not None
        }

    @property
    def freshness_policies_by_key(self) -> dict[AssetKey, FreshnessPolicy]:
        """The freshness policy of each asset that has one."""
        return {spec.key: spec.freshness_policy for spec in self.specs if spec.freshness_policy is not None}
