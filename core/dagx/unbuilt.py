"""What belongs to the public interface and is not there yet, so that it is refused by name and never ignored."""

from __future__ import annotations

from collections.abc import Mapping

from dagx.errors import InvalidDefinitionError, NotBuiltYetError
from dagx.nearest import did_you_mean

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
    """Raise InvalidDefinitionError for a keyword that is not built yet, TypeError for one that does not exist.

    `given` are the keywords that `function` did not take itself. A known one with a value that asks for nothing
    (None, an empty collection, its default) is let through.
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


def name_error(name: str, built: list[str]) -> AttributeError:
    """The error for a name that `dagx` does not have: one not built yet, or one mistyped."""
    if name in NAMES:
        return NotBuiltYetError(
            f"dagx.{name} is not built yet", "it is planned; see the changelog for what is there"
        )
    hint = did_you_mean(name, [*built, *NAMES])
    return AttributeError(f"module 'dagx' has no attribute {name!r}" + (f"; {hint}" if hint else ""))


NAMES = frozenset(
    ["AddDynamicPartitionsRequest", "AllPartitionMapping", "Any", "Array", "AssetCheckEvaluation", "AssetCheckExecutionContext", "AssetCheckKey", "AssetCheckResult", "AssetCheckSeverity", "AssetCheckSpec", "AssetChecksDefinition", "AssetJobKey", "AssetOrCheckKey", "AssetOut", "AssetPartitionStatus", "AssetRecordsFilter", "AssetSelection", "AssetSensorDefinition", "AssetValueLoader", "AutomationCondition", "AutomationConditionSensorDefinition", "AutomationContext", "AutomationResult", "BackfillPolicy", "BetaWarning", "Bool", "BoolSource", "CodeLocationSelector", "CodeReferencesMetadataValue", "Component", "ComponentLoadContext", "ComponentTree", "Config", "ConfigArgumentWarning", "ConfigMapping", "ConfigSchema", "ConfigurableIOManager", "ConfigurableIOManagerFactory", "ConfigurableResource", "DagsterConfigMappingFunctionError", "DagsterEvent", "DagsterEventType", "DagsterExecutionInterruptedError", "DagsterExecutionStepExecutionError", "DagsterExecutionStepNotFoundError", "DagsterInstance", "DagsterInvalidConfigDefinitionError", "DagsterInvalidConfigError", "DagsterLogManager", "DagsterResourceFunctionError", "DagsterRun", "DagsterRunNotFoundError", "DagsterRunStatus", "DagsterSubprocessError", "DagsterType", "DagsterTypeCheckError", "DagsterTypeLoader", "DagsterUnknownPartitionError", "DagsterUnmetExecutorRequirementsError", "DagsterUserCodeExecutionError", "DailyPartitionsDefinition", "DataProvenance", "DataVersionsByPartition", "DefaultScheduleStatus", "DefaultSensorStatus", "DefsFolderComponent", "DeleteDynamicPartitionsRequest", "DependencyDefinition", "Dict", "DimensionPartitionMapping", "DynamicOut", "DynamicOutput", "DynamicPartitionsDefinition", "Enum", "EnumValue", "EnvVar", "EvaluateAutomationConditionsResult", "EventLogEntry", "EventLogRecord", "EventRecordsFilter", "EventRecordsResult", "Executor", "ExecutorDefinition", "ExecutorRequirement", "Field", "Float", "FreshnessPolicy", "FunctionComponent", "GraphDefinition", "GraphIn", "GraphOut", "HookContext", "HookDefinition", "HookExecutionResult", "HourlyPartitionsDefinition", "IOManagerDefinition", "IdentityPartitionMapping", "In", "InitExecutorContext", "InitLoggerContext", "InitResourceContext", "InputManagerDefinition", "InputMapping", "Int", "IntSource", "JobDefinition", "JobExecutionResult", "JobSelector", "JsonLogFormatter", "LastPartitionMapping", "LegacyFreshnessPolicy", "List", "LocalFileCodeReference", "LoggerDefinition", "MAX_RUNTIME_SECONDS_TAG", "Map", "MigrateIOStorageResult", "Model", "MonthlyPartitionsDefinition", "MultiAssetSensorDefinition", "MultiAssetSensorEvaluationContext", "MultiDependencyDefinition", "MultiPartitionKey", "MultiPartitionMapping", "MultiPartitionsDefinition", "MultiToSingleDimensionPartitionMapping", "NodeInvocation", "Noneable", "Nothing", "ObserveResult", "OpDefinition", "Optional", "Out", "OutputMapping", "Partition", "PartitionKeyRange", "PartitionMapping", "PartitionedConfig", "PartitionsDefinition", "PendingNodeInvocation", "Permissive", "PermissiveConfig", "PipesClient", "PipesClientCompletedInvocation", "PipesCompositeMessageReader", "PipesContextInjector", "PipesEnvContextInjector", "PipesExecutionResult", "PipesFileContextInjector", "PipesFileMessageReader", "PipesLaunchedData", "PipesMessageHandler", "PipesMessageReader", "PipesSession", "PipesSubprocessClient", "PipesTempFileContextInjector", "PipesTempFileMessageReader", "PreviewWarning", "PythonObjectDagsterType", "PythonScriptComponent", "ReexecutionOptions", "RepositorySelector", "Resolvable", "ResourceDefinition", "ResourceDependency", "RunConfig", "RunFailureSensorContext", "RunRecord", "RunRequest", "RunStatusChangeRecordsFilter", "RunStatusSensorContext", "RunStatusSensorDefinition", "RunsFilter", "ScalarUnion", "ScheduleDefinition", "ScheduleEvaluationContext", "Selector", "SensorDefinition", "SensorEvaluationContext", "SensorResult", "Set", "Shape", "SkipReason", "SourceAsset", "SpecificPartitionsPartitionMapping", "StaticPartitionMapping", "StaticPartitionsDefinition", "String", "StringSource", "SupersessionWarning", "TimeWindow", "TimeWindowPartitionMapping", "TimeWindowPartitionsDefinition", "Tuple", "TypeCheck", "TypeCheckContext", "UPathIOManager", "UvRunComponent", "WeeklyPartitionsDefinition", "apply_freshness_policy", "asset_check", "asset_sensor", "build_asset_check_context", "build_column_schema_change_checks", "build_component_defs", "build_defs_for_component", "build_hook_context", "build_init_logger_context", "build_init_resource_context", "build_last_update_freshness_checks", "build_metadata_bounds_checks", "build_multi_asset_sensor_context", "build_reconstructable_job", "build_resources", "build_run_status_sensor_context", "build_schedule_context", "build_schedule_from_partitioned_job", "build_sensor_context", "build_sensor_for_freshness_checks", "build_time_partition_freshness_checks", "check_dagster_type", "colored_console_logger", "component_instance", "config_from_files", "config_from_pkg_resources", "config_from_yaml_strings", "config_mapping", "configured", "dagster_type_loader", "daily_partitioned_config", "default_loggers", "define_asset_job", "definitions", "deserialize_value", "dynamic_partitioned_config", "evaluate_automation_conditions", "execute_job", "executor", "failure_hook", "file_relative_path", "fs_io_manager", "graph", "graph_asset", "graph_multi_asset", "hourly_partitioned_config", "in_process_executor", "input_manager", "instance_for_test", "io_manager", "job", "json_console_logger", "load_asset_checks_from_current_module", "load_asset_checks_from_modules", "load_asset_checks_from_package_module", "load_asset_checks_from_package_name", "load_definitions_from_current_module", "load_definitions_from_module", "load_definitions_from_modules", "load_definitions_from_package_module", "load_definitions_from_package_name", "load_defs", "load_from_defs_folder", "logger", "make_python_type_usable_as_dagster_type", "make_values_resource", "mem_io_manager", "migrate_io_storage", "monthly_partitioned_config", "multi_asset", "multi_asset_check", "multi_asset_sensor", "multi_observable_source_asset", "multi_or_in_process_executor", "multiprocess_executor", "observable_source_asset", "op", "open_pipes_session", "partition_loading_context", "partitioned_config", "reconstructable", "resource", "resources", "run_failure_sensor", "run_status_sensor", "schedule", "sensor", "serialize_value", "static_partitioned_config", "success_hook", "template_var", "usable_as_dagster_type", "validate_run_config", "weekly_partitioned_config", "with_resources", "with_source_code_references"]
)
