"""AssetOut: one of the assets that a multi-asset makes, by the name of its output. Semantics: section 3."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from dagx.assets.specs import AssetSpec, with_kinds
from dagx.errors import InvalidArgumentError, InvalidDefinitionError
from dagx.keys import AssetKey, CoercibleToAssetKey
from dagx.late_classes import checked_attribute
from dagx.names import as_mapping, check_group, check_owners, check_tags, kind_tags
from dagx.record import Record
from dagx.unset import UNSET

if TYPE_CHECKING:
    from dagx.automation.conditions import AutomationCondition
    from dagx.freshness.policies import FreshnessPolicy
    from dagx.partitions.backfill import BackfillPolicy

__all__ = ["AssetOut"]


class AssetOut(Record):
    """One asset of a `@multi_asset(outs={name: AssetOut(...)})`.

    Its key is `key`, or `key_prefix` and the name of the output (not both). `is_required=False` lets the function
    leave it out; `dagster_type` is checked in place of the annotation; `io_manager_key` names the resource that stores
    the value; the rest as for AssetSpec. Semantics: section 3.
    """

    key: AssetKey | None
    key_prefix: tuple[str, ...]
    dagster_type: Any
    is_required: bool
    io_manager_key: str | None
    backfill_policy: BackfillPolicy | None
    spec: Mapping[str, Any]

    def __init__(
        self,
        key_prefix: str | Sequence[str] | None = None,
        key: CoercibleToAssetKey | None = None,
        dagster_type: Any = UNSET,
        description: str | None = None,
        is_required: bool = True,
        io_manager_key: str | None = None,
        metadata: Mapping[str, Any] | None = None,
        group_name: str | None = None,
        code_version: str | None = None,
        automation_condition: AutomationCondition | None = None,
        backfill_policy: BackfillPolicy | None = None,
        owners: Sequence[str] | None = None,
        tags: Mapping[str, str] | None = None,
        kinds: Iterable[str] | None = None,
        freshness_policy: FreshnessPolicy | None = None,
        is_virtual: bool = False,
    ) -> None:
        if key is not None and key_prefix:
            raise InvalidArgumentError("AssetOut takes key or key_prefix, not both")
        self._set(
            key=None if key is None else AssetKey.from_coercible(key),
            key_prefix=AssetKey(key_prefix).parts if key_prefix else (),
            dagster_type=dagster_type,
            is_required=is_required,
            io_manager_key=io_manager_key,
            backfill_policy=backfill_policy,
            spec={
                "description": description,
                "metadata": dict(metadata or {}),
                "group_name": check_group(group_name),
                "code_version": code_version,
                "automation_condition": checked_attribute(automation_condition, "automation_condition"),
                "owners": check_owners(owners),
                "tags": with_kinds(check_tags(tags), kind_tags(kinds)),
                "freshness_policy": checked_attribute(freshness_policy, "freshness_policy"),
                "is_virtual": is_virtual,
            },
        )

    def key_for(self, output: str) -> AssetKey:
        """The key when this describes `output`."""
        return self.key if self.key is not None else AssetKey((*self.key_prefix, output))

    @staticmethod
    def from_spec(
        spec: AssetSpec,
        dagster_type: Any = UNSET,
        is_required: bool = True,
        io_manager_key: str | None = None,
        backfill_policy: BackfillPolicy | None = None,
    ) -> AssetOut:
        """An AssetOut with what `spec` says. Raises InvalidDefinitionError for a spec that has deps."""
        if spec.deps:
            raise InvalidDefinitionError(
                f'AssetOut.from_spec takes specs without deps, and "{spec.key.to_user_string()}" has some',
                "give the deps to the decorator",
            )
        return AssetOut(
            key=spec.key,
            dagster_type=dagster_type,
            is_required=is_required,
            io_manager_key=io_manager_key,
            backfill_policy=backfill_policy,
            description=spec.description,
            metadata=spec.metadata,
            group_name=spec.group_name,
            code_version=spec.code_version,
            automation_condition=spec.automation_condition,
            owners=spec.owners,
            tags={name: value for name, value in spec.tags.items() if name not in kind_tags(spec.kinds)},
            kinds=spec.kinds,
            freshness_policy=spec.freshness_policy,
            is_virtual=spec.is_virtual,
        )


def checked_outs(outs: Mapping[str, AssetOut] | None, decorator: str) -> dict[str, AssetOut]:
    """`outs`, if it is a mapping from names of outputs to AssetOuts, one at least. `decorator` opens the messages."""
    found: dict[str, AssetOut] = {}
    for name, out in as_mapping(outs, f"{decorator}: outs").items():
        if not isinstance(out, AssetOut):
            raise InvalidArgumentError(
                f"{decorator}: outs[{name!r}] is an AssetOut, not {out!r}", "write AssetOut()"
            )
        found[str(name)] = out
    if not found:
        raise InvalidDefinitionError(f"{decorator} was given no assets", "give outs={name: AssetOut()}")
    return found
