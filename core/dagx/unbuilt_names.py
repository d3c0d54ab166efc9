"""The names of the public interface that this version does not have."""

from __future__ import annotations

NAMES = frozenset(
    """
    AllPartitionMapping AssetChecksDefinition AssetJobKey AssetValueLoader BackfillPolicy Component
    ComponentLoadContext ComponentTree DagsterInstance DefsFolderComponent DimensionPartitionMapping
    FunctionComponent IdentityPartitionMapping JobDefinition JobExecutionResult LastPartitionMapping
    MigrateIOStorageResult Model MultiPartitionMapping MultiToSingleDimensionPartitionMapping Partition
    PartitionMapping PartitionedConfig PythonScriptComponent Resolvable SourceAsset
    SpecificPartitionsPartitionMapping StaticPartitionMapping TimeWindowPartitionMapping UPathIOManager
    UvRunComponent asset_check build_column_schema_change_checks build_component_defs build_defs_for_component
    build_last_update_freshness_checks build_metadata_bounds_checks build_schedule_from_partitioned_job
    build_sensor_for_freshness_checks build_time_partition_freshness_checks component_instance
    daily_partitioned_config define_asset_job definitions deserialize_value dynamic_partitioned_config
    evaluate_automation_conditions execute_job fs_io_manager graph_asset graph_multi_asset
    hourly_partitioned_config instance_for_test job load_asset_checks_from_current_module
    load_asset_checks_from_modules load_asset_checks_from_package_module load_asset_checks_from_package_name
    load_definitions_from_current_module load_definitions_from_module load_definitions_from_modules
    load_definitions_from_package_module load_definitions_from_package_name load_defs load_from_defs_folder
    mem_io_manager migrate_io_storage monthly_partitioned_config multi_asset_check
    multi_observable_source_asset observable_source_asset partitioned_config resources serialize_value
    static_partitioned_config template_var validate_run_config weekly_partitioned_config with_resources
    """.split()  # noqa: SIM905  # a list would take 300 lines
)
