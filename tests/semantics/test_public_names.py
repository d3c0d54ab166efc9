"""The names of `import dagx as dg`."""

import pytest

import dagx as dg

TIER_A = """
    AssetCheckExecutionContext AssetCheckKey AssetCheckResult AssetCheckSeverity AssetCheckSpec
    AssetDep AssetExecutionContext AssetIn AssetKey AssetMaterialization AssetObservation AssetOut
    AssetSelection AssetSpec AssetsDefinition AutomationCondition
    AutomationConditionSensorDefinition BackfillPolicy Backoff Config ConfigurableIOManager
    ConfigurableResource DagsterInstance DagsterInvalidDefinitionError
    DagsterInvariantViolationError DagsterRunStatus DailyPartitionsDefinition DataVersion
    DefaultScheduleStatus DefaultSensorStatus Definitions DynamicPartitionsDefinition EnvVar Failure
    FilesystemIOManager FreshnessPolicy HourlyPartitionsDefinition IOManager In InputContext Jitter
    MaterializeResult MetadataValue MonthlyPartitionsDefinition MultiPartitionKey
    MultiPartitionsDefinition OpExecutionContext Out Output OutputContext PartitionKeyRange
    ResourceParam RetryPolicy RetryRequested RunConfig RunRequest ScheduleDefinition
    ScheduleEvaluationContext SensorEvaluationContext SensorResult SkipReason
    StaticPartitionsDefinition TimeWindowPartitionMapping WeeklyPartitionsDefinition asset
    asset_check asset_sensor build_asset_context build_op_context build_schedule_context
    build_schedule_from_partitioned_job build_sensor_context define_asset_job definitions
    evaluate_automation_conditions get_dagster_logger graph graph_asset io_manager job
    load_assets_from_modules load_from_defs_folder materialize materialize_to_memory multi_asset
    multi_asset_check op resource run_failure_sensor run_status_sensor schedule sensor
""".split()  # noqa: SIM905  # a list would take 150 lines
TIER_B = """
    AddDynamicPartitionsRequest AllPartitionMapping AssetCheckEvaluation AssetChecksDefinition
    AssetRecordsFilter AssetSensorDefinition AutomationContext AutomationResult BoolMetadataValue
    ConfigurableIOManagerFactory DagsterError DagsterEvent DagsterEventType
    DagsterInvalidConfigError DagsterInvalidInvocationError DagsterInvalidSubsetError DagsterRun
    DagsterTypeCheckDidNotPass DagsterUnknownPartitionError DataProvenance DataVersionsByPartition
    DeleteDynamicPartitionsRequest DimensionPartitionMapping DynamicOut DynamicOutput
    EvaluateAutomationConditionsResult EventLogEntry EventLogRecord ExecuteInProcessResult Field
    FloatMetadataValue GraphDefinition GraphIn GraphOut HookContext IOManagerDefinition
    IdentityPartitionMapping InMemoryIOManager InitResourceContext InputManager IntMetadataValue
    JobDefinition JsonMetadataValue LastPartitionMapping MAX_RUNTIME_SECONDS_TAG
    MarkdownMetadataValue MultiAssetSensorEvaluationContext MultiPartitionMapping
    MultiToSingleDimensionPartitionMapping Nothing NullMetadataValue ObserveResult OpDefinition
    PartitionMapping PartitionedConfig PartitionsDefinition PathMetadataValue PermissiveConfig
    ResourceDefinition ResourceDependency RunFailureSensorContext RunRecord RunStatusSensorContext
    RunsFilter SensorDefinition SourceAsset SpecificPartitionsPartitionMapping
    StaticPartitionMapping TableColumn TableColumnConstraints TableColumnDep TableColumnLineage
    TableConstraints TableMetadataValue TableRecord TableSchema TableSchemaMetadataValue
    TextMetadataValue TimeWindow TimeWindowPartitionsDefinition TimestampMetadataValue
    UPathIOManager UrlMetadataValue apply_freshness_policy build_asset_check_context
    build_column_schema_change_checks build_hook_context build_init_resource_context
    build_input_context build_last_update_freshness_checks build_metadata_bounds_checks
    build_multi_asset_sensor_context build_output_context build_resources
    build_run_status_sensor_context build_sensor_for_freshness_checks
    build_time_partition_freshness_checks daily_partitioned_config execute_job failure_hook
    file_relative_path fs_io_manager graph_multi_asset hourly_partitioned_config in_process_executor
    input_manager instance_for_test load_asset_checks_from_current_module
    load_asset_checks_from_modules load_assets_from_current_module load_assets_from_package_module
    load_assets_from_package_name load_definitions_from_current_module load_definitions_from_module
    load_definitions_from_modules load_definitions_from_package_module
    load_definitions_from_package_name map_asset_specs mem_io_manager monthly_partitioned_config
    multi_asset_sensor multi_observable_source_asset multi_or_in_process_executor
    multiprocess_executor observable_source_asset partition_loading_context partitioned_config
    static_partitioned_config success_hook validate_run_config weekly_partitioned_config
    with_resources
""".split()  # noqa: SIM905  # a list would take 150 lines


def test_all_is_sorted_and_every_name_in_it_is_there() -> None:
    assert dg.__all__ == sorted(set(dg.__all__))
    for name in dg.__all__:
        assert getattr(dg, name) is not None
        assert name in dir(dg)


def test_a_star_import_gives_everything() -> None:
    scope: dict[str, object] = {}
    exec("from dagx import *", scope)
    assert set(dg.__all__) <= set(scope)


def test_a_name_that_is_not_offered_says_what_to_write() -> None:
    with pytest.raises(AttributeError, match="dagx does not have repository") as caught:
        dg.repository  # type: ignore[attr-defined]  # noqa: B018
    assert isinstance(caught.value, dg.NotBuiltYetError)
    assert "write defs = Definitions(" in str(caught.value)
    with pytest.raises(ImportError, match=r"(?s)does not have Component.*write the definitions in Python"):
        exec("from dagx import Component")


def test_a_mistyped_name_is_answered_with_the_near_one() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'aset'; did you mean \"asset\""):
        dg.aset  # type: ignore[attr-defined]  # noqa: B018


def test_the_names_known_from_dagster_are_the_same_classes() -> None:
    assert dg.DagsterInvalidDefinitionError is dg.InvalidDefinitionError
    assert issubclass(dg.DagsterInvalidDefinitionError, dg.DagsterError)
    assert dg.get_dagster_logger is dg.get_logger


def test_hints_stand_on_a_line_of_their_own() -> None:
    assert (
        str(dg.DagxError("what is wrong", "the way out\nand more"))
        == "what is wrong\n  the way out\n  and more"
    )
    assert str(dg.DagxError("what is wrong")) == "what is wrong"


@pytest.mark.parametrize(
    ("thing", "wrong", "near"),
    [
        (dg.build_asset_context(), "add_output_metadat", "add_output_metadata"),
        (dg.asset(name="a")(lambda: 1), "partition_def", "partitions_def"),
        (dg.Definitions(), "resolve_jobs_def", "resolve_job_def"),
        (dg.DagsterInstance.ephemeral(), "get_run_by_ids", "get_run_by_id"),
    ],
)
def test_a_mistyped_attribute_is_answered_with_the_near_one(thing: object, wrong: str, near: str) -> None:
    with pytest.raises(AttributeError, match=f'has no attribute {wrong!r}; did you mean "{near}"'):
        getattr(thing, wrong)
    assert not hasattr(thing, wrong)
    with pytest.raises(AttributeError):
        thing._hidden  # type: ignore[attr-defined]  # noqa: B018


def test_everything_of_the_first_importance_is_there() -> None:
    missing = [name for name in (*TIER_A, *TIER_B) if name not in dg.__all__]
    assert set(missing) <= {"evaluate_automation_conditions"}
