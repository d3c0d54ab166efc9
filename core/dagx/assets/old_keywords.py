"""Keywords that older code gives to `asset`: each is read as what took its place. Semantics: section 2."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple, cast

from dagx.assets.edges import CoercibleToAssetDep
from dagx.nearest import did_you_mean

_KNOWN = ("compute_kind", "non_argument_deps", "auto_materialize_policy", "legacy_freshness_policy")
_NEWER = (
    "name",
    "key_prefix",
    "ins",
    "deps",
    "metadata",
    "tags",
    "description",
    "config_schema",
    "io_manager_key",
    "required_resource_keys",
    "resource_defs",
    "io_manager_def",
    "partitions_def",
    "group_name",
    "kinds",
    "pool",
    "automation_condition",
    "freshness_policy",
    "backfill_policy",
    "retry_policy",
    "code_version",
    "key",
    "check_specs",
    "owners",
    "op_tags",
    "output_required",
    "dagster_type",
    "hooks",
    "inputs",
)


class Keywords(NamedTuple):
    """The keywords of today that an older one may change."""

    tags: Mapping[str, str] | None
    kinds: Iterable[str] | None
    deps: Iterable[CoercibleToAssetDep] | None
    automation_condition: Any


def with_old_keywords(
    function: str,
    given: Mapping[str, object],
    *,
    tags: Mapping[str, str] | None,
    kinds: Iterable[str] | None,
    deps: Iterable[CoercibleToAssetDep] | None,
    automation_condition: Any,
) -> Keywords:
    """The keywords of today, with what the older ones in `given` mean. Raises TypeError for an unknown one."""
    for name in given:
        if name not in _KNOWN:
            hint = did_you_mean(name, [*_NEWER, *_KNOWN])
            raise TypeError(
                f"{function}() got an unexpected keyword argument {name!r}" + (f"; {hint}" if hint else "")
            )
    kind = given.get("compute_kind")
    if isinstance(kind, str):
        kinds = [*(kinds or ()), kind]
    older_deps = given.get("non_argument_deps")
    if older_deps:
        deps = [*(deps or ()), *cast("Iterable[CoercibleToAssetDep]", older_deps)]
    if given.get("auto_materialize_policy") is not None:
        warnings.warn(
            "auto_materialize_policy is not read: give automation_condition=AutomationCondition.eager()",
            DeprecationWarning,
            stacklevel=4,
        )
    if given.get("legacy_freshness_policy") is not None:
        warnings.warn(
            "legacy_freshness_policy is not read: give freshness_policy=FreshnessPolicy.time_window(...)",
            DeprecationWarning,
            stacklevel=4,
        )
    return Keywords(tags, kinds, deps, automation_condition)
