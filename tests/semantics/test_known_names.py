"""Every name that people know is there, or refused with what to write in its place."""

import re
import warnings
from pathlib import Path
from typing import Any

import pytest

import dagx as dg

KNOWN = """
AddDynamicPartitionsRequest AllPartitionMapping Any Array AssetCheckEvaluation AssetCheckExecutionContext
AssetCheckKey AssetCheckResult AssetCheckSeverity AssetCheckSpec AssetChecksDefinition AssetDep
AssetExecutionContext AssetIn AssetJobKey AssetKey AssetMaterialization AssetObservation AssetOrCheckKey
AssetOut AssetPartitionStatus AssetRecordsFilter AssetSelection AssetSensorDefinition AssetSpec
AssetValueLoader AssetsDefinition AutomationCondition AutomationConditionSensorDefinition AutomationContext
AutomationResult BackfillPolicy Backoff BetaWarning Bool BoolMetadataValue BoolSource CodeLocationSelector
CodeReferencesMetadataValue Component ComponentLoadContext ComponentTree Config ConfigArgumentWarning
ConfigMapping ConfigSchema ConfigurableIOManager ConfigurableIOManagerFactory ConfigurableResource
DagsterAssetMetadataValue DagsterConfigMappingFunctionError DagsterError DagsterEvent DagsterEventType
DagsterExecutionInterruptedError DagsterExecutionStepExecutionError DagsterExecutionStepNotFoundError
DagsterInstance DagsterInvalidConfigDefinitionError DagsterInvalidConfigError DagsterInvalidDefinitionError
DagsterInvalidInvocationError DagsterInvalidSubsetError DagsterInvariantViolationError DagsterJobMetadataValue
DagsterLogManager DagsterResourceFunctionError DagsterRun DagsterRunMetadataValue DagsterRunNotFoundError
DagsterRunStatus DagsterStepOutputNotFoundError DagsterSubprocessError DagsterType DagsterTypeCheckDidNotPass
DagsterTypeCheckError DagsterTypeLoader DagsterUnknownPartitionError DagsterUnknownResourceError
DagsterUnmetExecutorRequirementsError DagsterUserCodeExecutionError DailyPartitionsDefinition DataProvenance
DataVersion DataVersionsByPartition DefaultScheduleStatus DefaultSensorStatus Definitions DefsFolderComponent
DeleteDynamicPartitionsRequest DependencyDefinition Dict DimensionPartitionMapping DynamicOut DynamicOutput
DynamicPartitionsDefinition Enum EnumValue EnvVar EvaluateAutomationConditionsResult EventLogEntry
EventLogRecord EventRecordsFilter EventRecordsResult ExecuteInProcessResult Executor ExecutorDefinition
ExecutorRequirement Failure Field FilesystemIOManager Float FloatMetadataValue FreshnessPolicy
FunctionComponent GraphDefinition GraphIn GraphOut HookContext HookDefinition HookExecutionResult
HourlyPartitionsDefinition IOManager IOManagerDefinition IdentityPartitionMapping In InMemoryIOManager
InitExecutorContext InitLoggerContext InitResourceContext InputContext InputManager InputManagerDefinition
InputMapping Int IntMetadataValue IntSource Jitter JobDefinition JobExecutionResult JobSelector
JsonLogFormatter JsonMetadataValue LastPartitionMapping LegacyFreshnessPolicy List LocalFileCodeReference
LoggerDefinition MAX_RUNTIME_SECONDS_TAG Map MarkdownMetadataValue MaterializeResult MetadataValue
MigrateIOStorageResult Model MonthlyPartitionsDefinition MultiAssetSensorDefinition
MultiAssetSensorEvaluationContext MultiDependencyDefinition MultiPartitionKey MultiPartitionMapping
MultiPartitionsDefinition MultiToSingleDimensionPartitionMapping NodeInvocation Noneable NotebookMetadataValue
Nothing NullMetadataValue ObserveResult OpDefinition OpExecutionContext Optional Out Output OutputContext
OutputMapping Partition PartitionKeyRange PartitionMapping PartitionedConfig PartitionsDefinition
PathMetadataValue PendingNodeInvocation Permissive PermissiveConfig PipesClient PipesClientCompletedInvocation
PipesCompositeMessageReader PipesContextInjector PipesEnvContextInjector PipesExecutionResult
PipesFileContextInjector PipesFileMessageReader PipesLaunchedData PipesMessageHandler PipesMessageReader
PipesSession PipesSubprocessClient PipesTempFileContextInjector PipesTempFileMessageReader PoolMetadataValue
PreviewWarning PythonArtifactMetadataValue PythonObjectDagsterType PythonScriptComponent ReexecutionOptions
RepositorySelector Resolvable ResourceDefinition ResourceDependency ResourceParam RetryPolicy RetryRequested
RunConfig RunFailureSensorContext RunRecord RunRequest RunStatusChangeRecordsFilter RunStatusSensorContext
RunStatusSensorDefinition RunsFilter ScalarUnion ScheduleDefinition ScheduleEvaluationContext Selector
SensorDefinition SensorEvaluationContext SensorResult Set Shape SkipReason SourceAsset
SpecificPartitionsPartitionMapping StaticPartitionMapping StaticPartitionsDefinition String StringSource
SupersessionWarning TableColumn TableColumnConstraints TableColumnDep TableColumnLineage
TableColumnLineageMetadataValue TableConstraints TableMetadataValue TableRecord TableSchema
TableSchemaMetadataValue TextMetadataValue TimeWindow TimeWindowPartitionMapping
TimeWindowPartitionsDefinition TimestampMetadataValue Tuple TypeCheck TypeCheckContext UPathIOManager
UrlMetadataValue UvRunComponent WeeklyPartitionsDefinition apply_freshness_policy asset asset_check
asset_sensor build_asset_check_context build_asset_context build_column_schema_change_checks
build_component_defs build_defs_for_component build_hook_context build_init_logger_context
build_init_resource_context build_input_context build_last_update_freshness_checks
build_metadata_bounds_checks build_multi_asset_sensor_context build_op_context build_output_context
build_reconstructable_job build_resources build_run_status_sensor_context build_schedule_context
build_schedule_from_partitioned_job build_sensor_context build_sensor_for_freshness_checks
build_time_partition_freshness_checks check_dagster_type colored_console_logger component_instance
config_from_files config_from_pkg_resources config_from_yaml_strings config_mapping configured
dagster_type_loader daily_partitioned_config default_loggers define_asset_job definitions deserialize_value
dynamic_partitioned_config evaluate_automation_conditions execute_job executor failure_hook file_relative_path
fs_io_manager get_dagster_logger graph graph_asset graph_multi_asset hourly_partitioned_config
in_process_executor input_manager instance_for_test io_manager job json_console_logger
load_asset_checks_from_current_module load_asset_checks_from_modules load_asset_checks_from_package_module
load_asset_checks_from_package_name load_assets_from_current_module load_assets_from_modules
load_assets_from_package_module load_assets_from_package_name load_definitions_from_current_module
load_definitions_from_module load_definitions_from_modules load_definitions_from_package_module
load_definitions_from_package_name load_defs load_from_defs_folder logger
make_python_type_usable_as_dagster_type make_values_resource map_asset_specs materialize materialize_to_memory
mem_io_manager migrate_io_storage monthly_partitioned_config multi_asset multi_asset_check multi_asset_sensor
multi_observable_source_asset multi_or_in_process_executor multiprocess_executor observable_source_asset op
open_pipes_session partition_loading_context partitioned_config reconstructable resource resources
run_failure_sensor run_status_sensor schedule sensor serialize_value static_partitioned_config success_hook
template_var usable_as_dagster_type validate_run_config weekly_partitioned_config with_resources
with_source_code_references
""".split()  # noqa: SIM905  # a list would take 370 lines


OLDER_AND_RARE = """
AnchorBasedFilePathMapping AssetGroup AutoMaterializePolicy AutoMaterializeRule
AutoMaterializeSensorDefinition BindResourcesToJobs DbtCliResource DefinitionsComponent EventMetadataEntry
ExperimentalWarning FileHandle Injected LocalFileHandle Materialization MetadataEntry ModeDefinition
PipesBlobStoreMessageReader PipesLogReader PresetDefinition RepositoryDefinition ResolutionContext
ResolvedAssetCheckSpec ResolvedAssetKey ResolvedAssetSpec Resolver RetryMode SqlComponent StateBackedComponent
StepLauncher TemplatedSqlComponent UrlCodeReference build_asset_reconciliation_sensor build_assets_job
build_reconstructable_target component component_defs composite_solid custom_path_fs_io_manager
default_system_loggers external_asset_from_spec external_assets_from_specs freshness_policy_sensor
link_code_references_to_git link_code_references_to_git_if_cloud local_file_manager
make_email_on_run_failure_sensor materialize_assets pipeline repository scaffold_component scaffold_with solid
whitelist_for_serdes
""".split()  # noqa: SIM905  # as above


def said_of(name: str) -> str:
    """What the error for a name that is not there says, however it is asked for."""
    with pytest.raises(AttributeError) as by_attribute:
        getattr(dg, name)
    with pytest.raises(ImportError) as by_import:
        exec(f"from dagx import {name}", {})
    assert str(by_attribute.value) == str(by_import.value)
    return str(by_attribute.value)


@pytest.mark.parametrize("name", KNOWN)
def test_a_known_name_is_there_or_refused_with_the_way_out(name: str) -> None:
    if name in dg.__all__:
        assert getattr(dg, name) is not None
        return
    said, _, way_out = said_of(name).partition("\n  ")
    assert said in (f"dagx does not have {name}", f"dagx.{name} is not built yet")
    assert way_out


@pytest.mark.parametrize("name", OLDER_AND_RARE)
def test_a_name_that_some_still_know_is_refused_with_what_to_write(name: str) -> None:
    said, _, way_out = said_of(name).partition("\n  ")
    assert said == f"dagx does not have {name}"
    assert way_out


def test_what_to_write_in_place_of_a_name_is_there() -> None:
    refused = [name for name in (*KNOWN, *OLDER_AND_RARE) if name not in dg.__all__]
    ways_out = [said_of(name).partition("\n  ")[2] for name in refused]
    words = set(re.findall(r"\b[A-Z][a-z]+[A-Z]\w+", " ".join(ways_out)))
    assert words
    assert words - {"BaseModel", "PyPI"} <= {*dg.__all__}


def test_a_mail_after_a_failed_run_is_written_as_a_sensor() -> None:
    assert "@run_failure_sensor" in said_of("make_email_on_run_failure_sensor")


def test_a_mistyped_name_is_not_answered_with_one_that_is_not_there() -> None:
    with pytest.raises(AttributeError) as raised:
        dg.FunctionComponnt  # type: ignore[attr-defined]  # noqa: B018
    assert "FunctionComponent" not in str(raised.value)


def test_a_path_beside_a_file() -> None:
    assert Path(dg.file_relative_path(__file__, "test_known_names.py")).samefile(__file__)
    assert dg.file_relative_path("/a/b.py", "../c.csv") == "/a/../c.csv"
    assert dg.file_relative_path("b.py", "c.csv") == "c.csv"


def test_the_tag_that_limits_how_long_a_run_takes() -> None:
    assert dg.MAX_RUNTIME_SECONDS_TAG == "dagster/max_runtime"


def test_warnings_can_be_filtered_by_their_known_classes() -> None:
    for category in (dg.BetaWarning, dg.PreviewWarning, dg.SupersessionWarning, dg.ConfigArgumentWarning):
        assert issubclass(category, Warning)
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", category=category)


def test_the_key_of_an_asset_or_a_check_serves_as_an_annotation() -> None:
    assert isinstance(dg.AssetKey("a"), dg.AssetOrCheckKey)
    assert isinstance(dg.AssetCheckKey(dg.AssetKey("a"), "c"), dg.AssetOrCheckKey)


@dg.asset
def located() -> int:
    return 1


def test_assets_can_say_where_their_code_is() -> None:
    spec = dg.AssetSpec("elsewhere")
    said, untouched = dg.with_source_code_references([located, spec])
    assert untouched is spec
    value = said.specs_by_key[dg.AssetKey("located")].metadata["dagster/code_references"]
    (place,) = value.code_references
    assert Path(place.file_path).samefile(__file__)
    assert "@dg.asset" in Path(place.file_path).read_text().splitlines()[place.line_number - 1]
    (again,) = dg.with_source_code_references([said])
    assert again.specs_by_key[dg.AssetKey("located")].metadata["dagster/code_references"] == value
    assert dg.materialize([again]).success


def test_places_of_code_are_kept_and_come_back() -> None:
    mine = dg.LocalFileCodeReference("/x.sql", line_number=3, label="the query")
    value = dg.CodeReferencesMetadataValue([mine])
    with dg.instance_for_test() as instance:
        instance.report_runless_asset_event(dg.AssetMaterialization("a", metadata={"code": value}))
        event = dg.DagsterInstance.get().get_latest_materialization_event("a")
        assert event is not None
        assert event.asset_materialization is not None
        assert event.asset_materialization.metadata["code"] == value

    @dg.asset(metadata={"dagster/code_references": value})
    def with_sql() -> None: ...

    (said,) = dg.with_source_code_references([with_sql])
    references = (
        said.specs_by_key[dg.AssetKey("with_sql")].metadata["dagster/code_references"].code_references
    )
    assert [reference.label for reference in references] == [None, "the query"]
    with pytest.raises(dg.InvalidArgumentError, match="has LocalFileCodeReferences"):
        dg.CodeReferencesMetadataValue(["/x.sql"])  # type: ignore[list-item]


def test_how_a_run_is_to_be_done_again() -> None:
    assert dg.ReexecutionOptions("r", step_selection=["a"]).step_selection == ("a",)
    failed = dg.ReexecutionOptions.from_failure("r", instance=None)
    assert (failed.parent_run_id, failed.is_from_failure) == ("r", True)
    with pytest.raises(dg.InvalidArgumentError, match=r'write \["a"\]'):
        dg.ReexecutionOptions("r", step_selection="a")


def yaml_or_skip() -> Any:
    return pytest.importorskip("yaml", reason="PyYAML is the user's")


def test_run_config_comes_from_yaml_and_later_texts_win() -> None:
    yaml_or_skip()
    texts = ["ops: {a: {config: {x: 1, y: [1]}}}", "", "ops: {a: {config: {y: [2]}}, b: {}}", "resources: {}"]
    assert dg.config_from_yaml_strings(texts) == {
        "ops": {"a": {"config": {"x": 1, "y": [2]}}, "b": {}},
        "resources": {},
    }
    with pytest.raises(dg.InvalidConfigError, match=r"yaml_strings\[1\] is no YAML"):
        dg.config_from_yaml_strings(["a: 1", "a: [1"])
    with pytest.raises(dg.InvalidConfigError, match="run config is a mapping"):
        dg.config_from_yaml_strings(["- 1"])


def test_run_config_comes_from_files_and_packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    yaml_or_skip()
    (tmp_path / "conf_pkg").mkdir()
    (tmp_path / "conf_pkg" / "__init__.py").touch()
    (tmp_path / "conf_pkg" / "a.yaml").write_text("ops: {a: {config: 1}}")
    (tmp_path / "conf_pkg" / "b.yaml").write_text("ops: {a: {config: 2}, b: {}}")
    both = {"ops": {"a": {"config": 2}, "b": {}}}
    assert dg.config_from_files([str(tmp_path / "conf_pkg" / "*.yaml")]) == both
    monkeypatch.syspath_prepend(tmp_path)
    assert dg.config_from_pkg_resources([("conf_pkg", "a.yaml"), ("conf_pkg", "b.yaml")]) == both


def test_config_files_that_are_not_there_are_errors(tmp_path: Path) -> None:
    with pytest.raises(dg.InvariantViolationError, match="no config file"):
        dg.config_from_files([str(tmp_path / "none.yaml")])
    with pytest.raises(dg.InvariantViolationError, match=r"the package dagx has no file 'none\.yaml'"):
        dg.config_from_pkg_resources([("dagx", "none.yaml")])
    with pytest.raises(dg.InvariantViolationError, match="the package no_such_package has no file"):
        dg.config_from_pkg_resources([("no_such_package", "a.yaml")])


def test_yaml_needs_a_package_and_says_which(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "yaml", None)
    with pytest.raises(dg.DagsterError, match="needs the package PyYAML"):
        dg.config_from_yaml_strings(["a: 1"])
