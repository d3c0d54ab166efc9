"""AssetChecksDefinition: a step that makes no assets and gives the results of checks. Semantics: section 21."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from dagx.assets.definition import AssetsDefinition
from dagx.checks.specs import AssetCheckKey, AssetCheckSpec
from dagx.errors import InvalidSubsetError, InvariantViolationError
from dagx.keys import AssetKey
from dagx.nearest import did_you_mean

if TYPE_CHECKING:
    from dagx.partitions.backfill import BackfillPolicy

__all__ = ["AssetChecksDefinition"]


class AssetChecksDefinition(AssetsDefinition):
    """What `@asset_check` and `@multi_asset_check` make: one function and the checks whose results it gives.

    It runs after the assets that it checks where a run makes them, else on what is stored. `check_specs` and
    `check_keys` are its checks, `node_def` (or `op`) what computes, `keys_by_input_name` the assets that it
    needs. Calling it calls the function directly, for tests. Semantics: section 21.
    """

    @property
    def check_key(self) -> AssetCheckKey:
        """The key of its one check. Raises InvariantViolationError when it has several."""
        if len(self.check_specs) != 1:
            raise InvariantViolationError(
                f'"{self.name}" has {len(self.check_specs)} checks, not one', "ask for .check_keys"
            )
        return self.check_specs[0].key

    @property
    def check_specs_by_output_name(self) -> dict[str, AssetCheckSpec]:
        """Its checks by the names of the outputs that are their results."""
        return {slot.name: slot.check for slot in self.outputs if slot.check is not None}

    def get_spec_for_check_key(self, asset_check_key: AssetCheckKey) -> AssetCheckSpec:
        """The spec of one of its checks. Raises InvariantViolationError for a key that is none of them."""
        for spec in self.check_specs:
            if spec.key == asset_check_key:
                return spec
        shown = asset_check_key.to_user_string()
        own = [key.to_user_string() for key in sorted(self.check_keys)]
        raise InvariantViolationError(
            f'"{self.name}" has no check {shown}', did_you_mean(shown, own) or f"it has: {', '.join(own)}"
        )

    def subset_for(
        self, asset_keys: Collection[AssetKey], check_keys: Collection[AssetCheckKey] | None = None
    ) -> AssetsDefinition:
        """A definition that gives only the results of `check_keys` (None: all checks of `asset_keys`).

        Raises InvalidSubsetError when that is less than all and it cannot be subset.
        """
        found = super().subset_for(asset_keys, check_keys)
        left_out = sorted(
            spec.key.to_user_string()
            for output, spec in self.check_specs_by_output_name.items()
            if output in self.selected_outputs - found.selected_outputs
        )
        if left_out and not self.can_subset:
            raise InvalidSubsetError(
                f'"{self.name}" gives the results of its checks together and cannot give some of them',
                f"select {', '.join(left_out)} as well, or give it can_subset=True and yield what is selected",
            )
        return found

    def with_attributes(
        self,
        *,
        asset_key_replacements: Mapping[AssetKey, AssetKey] | None = None,
        group_names_by_key: Mapping[AssetKey, str] | None = None,
        spec_changes: Mapping[str, object] | None = None,
        backfill_policy: BackfillPolicy | None = None,
    ) -> AssetsDefinition:
        """A definition in which the keys of assets are replaced, wherever they stand."""
        moved = super().with_attributes(
            asset_key_replacements=asset_key_replacements,
            group_names_by_key=group_names_by_key,
            spec_changes=spec_changes,
            backfill_policy=backfill_policy,
        )
        if self.name != self.check_specs[0].get_python_identifier():
            return moved
        return dataclasses.replace(moved, name=moved.check_specs[0].get_python_identifier())
