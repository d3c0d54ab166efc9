"""What belongs to the public interface and is not there: refused by name, with the way out, never ignored."""

from __future__ import annotations

from collections.abc import Mapping

from dagx.errors import InvalidDefinitionError, NotBuiltYetError
from dagx.nearest import did_you_mean
from dagx.not_offered import INSTEAD
from dagx.unbuilt_names import NAMES

# A keyword to the value that asks for nothing: given that, nothing is missing.
ASSET_KEYWORDS: Mapping[str, object] = {
    "config_schema": None,
    "resource_defs": None,
    "hooks": None,
    "io_manager_def": None,
    "dagster_type": None,
    "partitions_def": None,
    "op_tags": None,
    "output_required": True,
    "automation_condition": None,
    "freshness_policy": None,
    "backfill_policy": None,
    "check_specs": None,
    "pool": None,
    "is_virtual": False,
    "compute_kind": None,
    "non_argument_deps": None,
    "auto_materialize_policy": None,
    "legacy_freshness_policy": None,
}
SPEC_KEYWORDS: Mapping[str, object] = {
    "automation_condition": None,
    "partitions_def": None,
    "freshness_policy": None,
    "is_virtual": False,
}
DEP_KEYWORDS: Mapping[str, object] = {"partition_mapping": None}
IN_KEYWORDS: Mapping[str, object] = {"partition_mapping": None, "dagster_type": None}
DEFINITIONS_KEYWORDS: Mapping[str, object] = {
    "schedules": None,
    "sensors": None,
    "jobs": None,
    "executor": None,
    "loggers": None,
    "asset_checks": None,
    "metadata": None,
    "component_tree": None,
}
LOADER_KEYWORDS: Mapping[str, object] = {
    "automation_condition": None,
    "backfill_policy": None,
    "source_key_prefix": None,
    "freshness_policy": None,
}
MATERIALIZE_KEYWORDS: Mapping[str, object] = {"run_config": None, "instance": None, "partition_key": None}
CONTEXT_KEYWORDS: Mapping[str, object] = {
    "resources_config": None,
    "asset_config": None,
    "op_config": None,
    "config": None,
    "instance": None,
    "partition_key": None,
    "partition_key_range": None,
    "mapping_key": None,
    "event_loop": None,
}
IO_CONTEXT_KEYWORDS: Mapping[str, object] = {
    "config": None,
    "resource_config": None,
    "dagster_type": None,
    "mapping_key": None,
    "op_def": None,
    "job_name": None,
    "partition_key": None,
    "asset_partition_key_range": None,
    "asset_partitions_subset": None,
    "asset_partitions_def": None,
    "step_context": None,
    "version": None,
    "instance": None,
}

_INSTEAD = {
    "compute_kind": "write kinds={...}",
    "non_argument_deps": "write deps=[...]",
    "io_manager_def": "put it into resources and name it by io_manager_key=...",
    "resource_defs": "put them into Definitions(resources={...})",
}


def refuse(function: str, given: Mapping[str, object], known: Mapping[str, object]) -> None:
    """Raise InvalidDefinitionError for a keyword that is not built yet, TypeError for one that does not
    exist.

    `given` are the keywords that `function` did not take itself. A known one with a value that asks for
    nothing (None, an empty collection, its default) is let through.
    """
    for name, value in given.items():
        if name not in known:
            hint = did_you_mean(name, known)
            raise TypeError(
                f"{function}() got an unexpected keyword argument {name!r}" + (f"; {hint}" if hint else "")
            )
        asks_for_nothing = value is None or value is known[name] or _is_empty(value)
        if not asks_for_nothing:
            raise InvalidDefinitionError(
                f"{function}({name}=...) is not built yet in dagx", _INSTEAD.get(name)
            )


def _is_empty(value: object) -> bool:
    return isinstance(value, (list, tuple, set, frozenset, dict)) and not value


CONTEXT_ATTRIBUTES = frozenset(
    """
    asset_partition_key_for_input asset_partition_key_for_output asset_partition_key_range_for_input
    asset_partition_key_range_for_output asset_partition_keys_for_input asset_partition_keys_for_output
    asset_partitions_def_for_input asset_partitions_def_for_output asset_partitions_time_window_for_input
    asset_partitions_time_window_for_output dagster_run get_asset_provenance instance job_def
    multi_partition_key node_handle op op_def op_handle partition_key_range partition_keys
    partition_time_window pdb repository_def selected_asset_check_keys step_launcher
    """.split()  # noqa: SIM905
)
ASSETS_ATTRIBUTES = frozenset(
    """
    automation_conditions_by_key backfill_policy check_keys check_specs from_graph from_op
    get_partition_mapping hook_defs node_def op partitions_def resource_defs to_source_asset
    to_source_assets with_hooks with_resources
    """.split()  # noqa: SIM905
)
DEFINITIONS_ATTRIBUTES = frozenset(
    """
    asset_checks component_tree executor get_asset_graph get_asset_value_loader
    get_implicit_global_asset_job_def get_job_def get_repository_def get_schedule_def get_sensor_def jobs
    load_asset_value loggers map_resolved_asset_specs metadata resolve_asset_graph
    resolve_implicit_global_asset_job_def resolve_job_def resolve_schedule_def resolve_sensor_def schedules
    sensors with_resources
    """.split()  # noqa: SIM905
)


def attribute_error(owner: object, name: str, known: frozenset[str]) -> AttributeError:
    """The error for an attribute that `owner` does not have: one not built yet, or one mistyped."""
    kind = type(owner).__name__
    if name in known:
        return NotBuiltYetError(f"{kind}.{name} is not built yet in dagx")
    if name.startswith("_"):
        return AttributeError(f"{kind!r} object has no attribute {name!r}")
    hint = did_you_mean(name, [public for public in dir(type(owner)) if not public.startswith("_")])
    return AttributeError(f"{kind!r} object has no attribute {name!r}" + (f"; {hint}" if hint else ""))


def name_error(name: str, built: list[str]) -> AttributeError:
    """The error for a name that `dagx` does not have: one with an alternative, one not built yet, or one mistyped."""
    if name in INSTEAD:
        return NotBuiltYetError(f"dagx does not have {name}", INSTEAD[name])
    if name in NAMES:
        return NotBuiltYetError(
            f"dagx.{name} is not built yet", "it is planned; see the changelog for what is there"
        )
    hint = did_you_mean(name, [*built, *(NAMES - INSTEAD.keys())])
    return AttributeError(f"module 'dagx' has no attribute {name!r}" + (f"; {hint}" if hint else ""))
