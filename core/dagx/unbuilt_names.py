"""The names of the public interface that this version does not have."""

from __future__ import annotations

NAMES = frozenset(
    """
    AssetJobKey build_column_schema_change_checks build_last_update_freshness_checks
    build_metadata_bounds_checks build_sensor_for_freshness_checks build_time_partition_freshness_checks
    definitions evaluate_automation_conditions fs_io_manager load_asset_checks_from_current_module
    load_asset_checks_from_modules load_asset_checks_from_package_module load_asset_checks_from_package_name
    load_definitions_from_current_module load_definitions_from_module load_definitions_from_modules
    load_definitions_from_package_module load_definitions_from_package_name load_from_defs_folder
    mem_io_manager with_resources
    """.split()  # noqa: SIM905  # a list would take 300 lines
)
