"""The names of the public interface that this version does not have."""

from __future__ import annotations

NAMES = frozenset(
    """
    AllPartitionMapping AssetChecksDefinition AssetJobKey BackfillPolicy DimensionPartitionMapping
    IdentityPartitionMapping JobExecutionResult LastPartitionMapping MultiPartitionMapping
    MultiToSingleDimensionPartitionMapping Partition PartitionMapping PartitionedConfig SourceAsset
    SpecificPartitionsPartitionMapping StaticPartitionMapping TimeWindowPartitionMapping UPathIOManager
    asset_check build_column_schema_change_checks build_last_update_freshness_checks
    build_metadata_bounds_checks build_schedule_from_partitioned_job build_sensor_for_freshness_checks
    build_time_partition_freshness_checks daily_partitioned_config define_asset_job definitions
    dynamic_partitioned_config evaluate_automation_conditions execute_job fs_io_manager graph_asset
    graph_multi_asset hourly_partitioned_config load_asset_checks_from_current_module
    load_asset_checks_from_modules load_asset_checks_from_package_module load_asset_checks_from_package_name
    load_definitions_from_current_module load_definitions_from_module load_definitions_from_modules
    load_definitions_from_package_module load_definitions_from_package_name load_from_defs_folder
    mem_io_manager monthly_partitioned_config multi_asset_check multi_observable_source_asset
    observable_source_asset partitioned_config static_partitioned_config validate_run_config
    weekly_partitioned_config with_resources
    """.split()  # noqa: SIM905  # a list would take 300 lines
)
