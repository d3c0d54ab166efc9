"""dagx, a local data-asset orchestrator. Every name of `import dagx as dg` is loaded when first asked for.

Written by packaging/public_names.py from the `__all__` of the modules; `make names` renews it.
"""

from importlib import import_module as _import_module
from sys import _getframe  # pyright: ignore[reportPrivateUsage]

TYPE_CHECKING = False
if TYPE_CHECKING:
    from dagx.assets.decorator import asset as asset
    from dagx.assets.definition import AssetsDefinition as AssetsDefinition
    from dagx.assets.edges import AssetDep as AssetDep
    from dagx.assets.edges import AssetIn as AssetIn
    from dagx.assets.external import SourceAsset as SourceAsset
    from dagx.assets.external import multi_observable_source_asset as multi_observable_source_asset
    from dagx.assets.external import observable_source_asset as observable_source_asset
    from dagx.assets.files import FileInput as FileInput
    from dagx.assets.files import file as file
    from dagx.assets.multi import multi_asset as multi_asset
    from dagx.assets.of_graphs import graph_asset as graph_asset
    from dagx.assets.of_graphs import graph_multi_asset as graph_multi_asset
    from dagx.assets.out import AssetOut as AssetOut
    from dagx.assets.specs import AssetSpec as AssetSpec
    from dagx.assets.specs import map_asset_specs as map_asset_specs
    from dagx.automation.asset_sensor import AssetSensorDefinition as AssetSensorDefinition
    from dagx.automation.asset_sensor import asset_sensor as asset_sensor
    from dagx.automation.condition_sensor import (
        AutomationConditionSensorDefinition as AutomationConditionSensorDefinition,
    )
    from dagx.automation.conditions import AutomationCondition as AutomationCondition
    from dagx.automation.evaluation import AutomationContext as AutomationContext
    from dagx.automation.evaluation import AutomationResult as AutomationResult
    from dagx.automation.evaluation import (
        EvaluateAutomationConditionsResult as EvaluateAutomationConditionsResult,
    )
    from dagx.automation.multi_asset_context import (
        MultiAssetSensorEvaluationContext as MultiAssetSensorEvaluationContext,
    )
    from dagx.automation.multi_asset_context import (
        build_multi_asset_sensor_context as build_multi_asset_sensor_context,
    )
    from dagx.automation.multi_asset_sensor import MultiAssetSensorDefinition as MultiAssetSensorDefinition
    from dagx.automation.multi_asset_sensor import multi_asset_sensor as multi_asset_sensor
    from dagx.automation.partitioned_schedule import (
        build_schedule_from_partitioned_job as build_schedule_from_partitioned_job,
    )
    from dagx.automation.requests import RunRequest as RunRequest
    from dagx.automation.requests import SkipReason as SkipReason
    from dagx.automation.run_status_context import RunFailureSensorContext as RunFailureSensorContext
    from dagx.automation.run_status_context import RunStatusSensorContext as RunStatusSensorContext
    from dagx.automation.run_status_context import (
        build_run_status_sensor_context as build_run_status_sensor_context,
    )
    from dagx.automation.run_status_decorators import run_failure_sensor as run_failure_sensor
    from dagx.automation.run_status_decorators import run_status_sensor as run_status_sensor
    from dagx.automation.run_status_sensor import RunStatusSensorDefinition as RunStatusSensorDefinition
    from dagx.automation.schedule_context import ScheduleEvaluationContext as ScheduleEvaluationContext
    from dagx.automation.schedule_context import build_schedule_context as build_schedule_context
    from dagx.automation.schedule_decorator import schedule as schedule
    from dagx.automation.schedules import DefaultScheduleStatus as DefaultScheduleStatus
    from dagx.automation.schedules import ScheduleDefinition as ScheduleDefinition
    from dagx.automation.selectors import CodeLocationSelector as CodeLocationSelector
    from dagx.automation.selectors import JobSelector as JobSelector
    from dagx.automation.selectors import RepositorySelector as RepositorySelector
    from dagx.automation.sensor_context import SensorEvaluationContext as SensorEvaluationContext
    from dagx.automation.sensor_context import build_sensor_context as build_sensor_context
    from dagx.automation.sensor_decorator import sensor as sensor
    from dagx.automation.sensor_result import SensorResult as SensorResult
    from dagx.automation.sensors import DefaultSensorStatus as DefaultSensorStatus
    from dagx.automation.sensors import SensorDefinition as SensorDefinition
    from dagx.checks.decorators import asset_check as asset_check
    from dagx.checks.decorators import multi_asset_check as multi_asset_check
    from dagx.checks.definition import AssetChecksDefinition as AssetChecksDefinition
    from dagx.checks.factories import build_column_schema_change_checks as build_column_schema_change_checks
    from dagx.checks.factories import build_last_update_freshness_checks as build_last_update_freshness_checks
    from dagx.checks.factories import build_metadata_bounds_checks as build_metadata_bounds_checks
    from dagx.checks.factories import (
        build_time_partition_freshness_checks as build_time_partition_freshness_checks,
    )
    from dagx.checks.freshness_sensor import (
        build_sensor_for_freshness_checks as build_sensor_for_freshness_checks,
    )
    from dagx.checks.results import AssetCheckEvaluation as AssetCheckEvaluation
    from dagx.checks.results import AssetCheckResult as AssetCheckResult
    from dagx.checks.results import AssetCheckSeverity as AssetCheckSeverity
    from dagx.checks.specs import AssetCheckKey as AssetCheckKey
    from dagx.checks.specs import AssetCheckSpec as AssetCheckSpec
    from dagx.compat import DagsterAssetCheckFailedError as DagsterAssetCheckFailedError
    from dagx.compat import DagsterConfigMappingFunctionError as DagsterConfigMappingFunctionError
    from dagx.compat import DagsterError as DagsterError
    from dagx.compat import DagsterExecutionInterruptedError as DagsterExecutionInterruptedError
    from dagx.compat import DagsterExecutionStepExecutionError as DagsterExecutionStepExecutionError
    from dagx.compat import DagsterExecutionStepNotFoundError as DagsterExecutionStepNotFoundError
    from dagx.compat import DagsterInvalidAssetSelectionError as DagsterInvalidAssetSelectionError
    from dagx.compat import DagsterInvalidConfigDefinitionError as DagsterInvalidConfigDefinitionError
    from dagx.compat import DagsterInvalidConfigError as DagsterInvalidConfigError
    from dagx.compat import DagsterInvalidDefinitionError as DagsterInvalidDefinitionError
    from dagx.compat import DagsterInvalidInvocationError as DagsterInvalidInvocationError
    from dagx.compat import DagsterInvalidMetadata as DagsterInvalidMetadata
    from dagx.compat import DagsterInvalidSubsetError as DagsterInvalidSubsetError
    from dagx.compat import DagsterInvariantViolationError as DagsterInvariantViolationError
    from dagx.compat import DagsterResourceFunctionError as DagsterResourceFunctionError
    from dagx.compat import DagsterRunNotFoundError as DagsterRunNotFoundError
    from dagx.compat import DagsterStepOutputNotFoundError as DagsterStepOutputNotFoundError
    from dagx.compat import DagsterSubprocessError as DagsterSubprocessError
    from dagx.compat import DagsterTypeCheckDidNotPass as DagsterTypeCheckDidNotPass
    from dagx.compat import DagsterTypeCheckError as DagsterTypeCheckError
    from dagx.compat import DagsterUnknownPartitionError as DagsterUnknownPartitionError
    from dagx.compat import DagsterUnknownResourceError as DagsterUnknownResourceError
    from dagx.compat import DagsterUnmetExecutorRequirementsError as DagsterUnmetExecutorRequirementsError
    from dagx.compat import DagsterUserCodeExecutionError as DagsterUserCodeExecutionError
    from dagx.compat import get_dagster_logger as get_dagster_logger
    from dagx.config.environment import EnvVar as EnvVar
    from dagx.config.legacy_types import ConfigSchema as ConfigSchema
    from dagx.config.legacy_types import Enum as Enum
    from dagx.config.legacy_types import EnumValue as EnumValue
    from dagx.config.legacy_types import ScalarUnion as ScalarUnion
    from dagx.config.legacy_types import Selector as Selector
    from dagx.config.mappings import ConfigMapping as ConfigMapping
    from dagx.config.mappings import config_mapping as config_mapping
    from dagx.config.mappings import configured as configured
    from dagx.config.models import Config as Config
    from dagx.config.models import PermissiveConfig as PermissiveConfig
    from dagx.config.run_config import RunConfig as RunConfig
    from dagx.config.scalars import BoolSource as BoolSource
    from dagx.config.scalars import IntSource as IntSource
    from dagx.config.scalars import StringSource as StringSource
    from dagx.config.schema import Array as Array
    from dagx.config.schema import Field as Field
    from dagx.config.schema import Map as Map
    from dagx.config.schema import Noneable as Noneable
    from dagx.config.schema import Permissive as Permissive
    from dagx.config.schema import Shape as Shape
    from dagx.config.yaml_text import config_from_files as config_from_files
    from dagx.config.yaml_text import config_from_pkg_resources as config_from_pkg_resources
    from dagx.config.yaml_text import config_from_yaml_strings as config_from_yaml_strings
    from dagx.contexts.hand_built import build_asset_check_context as build_asset_check_context
    from dagx.contexts.hand_built import build_asset_context as build_asset_context
    from dagx.contexts.hand_built import build_op_context as build_op_context
    from dagx.contexts.step import AssetCheckExecutionContext as AssetCheckExecutionContext
    from dagx.contexts.step import AssetExecutionContext as AssetExecutionContext
    from dagx.contexts.step import OpExecutionContext as OpExecutionContext
    from dagx.errors import AssetCheckFailedError as AssetCheckFailedError
    from dagx.errors import CircularDependencyError as CircularDependencyError
    from dagx.errors import ConfigMappingFunctionError as ConfigMappingFunctionError
    from dagx.errors import DagxError as DagxError
    from dagx.errors import ExecutionInterruptedError as ExecutionInterruptedError
    from dagx.errors import InvalidArgumentError as InvalidArgumentError
    from dagx.errors import InvalidAssetSelectionError as InvalidAssetSelectionError
    from dagx.errors import InvalidConfigDefinitionError as InvalidConfigDefinitionError
    from dagx.errors import InvalidConfigError as InvalidConfigError
    from dagx.errors import InvalidDefinitionError as InvalidDefinitionError
    from dagx.errors import InvalidInvocationError as InvalidInvocationError
    from dagx.errors import InvalidMetadataError as InvalidMetadataError
    from dagx.errors import InvalidSubsetError as InvalidSubsetError
    from dagx.errors import InvariantViolationError as InvariantViolationError
    from dagx.errors import NotBuiltYetError as NotBuiltYetError
    from dagx.errors import ResourceFunctionError as ResourceFunctionError
    from dagx.errors import RunNotFoundError as RunNotFoundError
    from dagx.errors import ScheduleExecutionError as ScheduleExecutionError
    from dagx.errors import SensorExecutionError as SensorExecutionError
    from dagx.errors import StepExecutionError as StepExecutionError
    from dagx.errors import StepNotFoundError as StepNotFoundError
    from dagx.errors import StepOutputNotFoundError as StepOutputNotFoundError
    from dagx.errors import SubprocessError as SubprocessError
    from dagx.errors import TypeCheckDidNotPass as TypeCheckDidNotPass
    from dagx.errors import TypeCheckError as TypeCheckError
    from dagx.errors import UnknownPartitionError as UnknownPartitionError
    from dagx.errors import UnknownResourceError as UnknownResourceError
    from dagx.errors import UnmetExecutorRequirementsError as UnmetExecutorRequirementsError
    from dagx.errors import UserCodeExecutionError as UserCodeExecutionError
    from dagx.execution.executors import Executor as Executor
    from dagx.execution.executors import ExecutorDefinition as ExecutorDefinition
    from dagx.execution.executors import ExecutorRequirement as ExecutorRequirement
    from dagx.execution.executors import InitExecutorContext as InitExecutorContext
    from dagx.execution.executors import executor as executor
    from dagx.execution.executors import in_process_executor as in_process_executor
    from dagx.execution.executors import multi_or_in_process_executor as multi_or_in_process_executor
    from dagx.execution.executors import multiprocess_executor as multiprocess_executor
    from dagx.execution.in_process import materialize as materialize
    from dagx.execution.in_process import materialize_to_memory as materialize_to_memory
    from dagx.execution.in_process_result import ExecuteInProcessResult as ExecuteInProcessResult
    from dagx.execution.reexecution import ReexecutionOptions as ReexecutionOptions
    from dagx.execution.results import AssetMaterialization as AssetMaterialization
    from dagx.execution.results import AssetObservation as AssetObservation
    from dagx.execution.results import DataVersion as DataVersion
    from dagx.execution.results import DynamicOutput as DynamicOutput
    from dagx.execution.results import ExpectationResult as ExpectationResult
    from dagx.execution.results import MaterializeResult as MaterializeResult
    from dagx.execution.results import ObserveResult as ObserveResult
    from dagx.execution.results import Output as Output
    from dagx.execution.retries import Backoff as Backoff
    from dagx.execution.retries import Failure as Failure
    from dagx.execution.retries import Jitter as Jitter
    from dagx.execution.retries import RetryPolicy as RetryPolicy
    from dagx.execution.retries import RetryRequested as RetryRequested
    from dagx.execution.run_tags import MAX_RUNTIME_SECONDS_TAG as MAX_RUNTIME_SECONDS_TAG
    from dagx.file_paths import file_relative_path as file_relative_path
    from dagx.freshness.legacy import LegacyFreshnessPolicy as LegacyFreshnessPolicy
    from dagx.freshness.policies import FreshnessPolicy as FreshnessPolicy
    from dagx.freshness.policies import apply_freshness_policy as apply_freshness_policy
    from dagx.functions.op_definition import OpDefinition as OpDefinition
    from dagx.instance.data_versions import DataProvenance as DataProvenance
    from dagx.instance.data_versions import DataVersionsByPartition as DataVersionsByPartition
    from dagx.instance.event_log import EventLogEntry as EventLogEntry
    from dagx.instance.event_log import EventLogRecord as EventLogRecord
    from dagx.instance.event_log import EventRecordsResult as EventRecordsResult
    from dagx.instance.event_types import DagsterEventType as DagsterEventType
    from dagx.instance.events import DagsterEvent as DagsterEvent
    from dagx.instance.filters import AssetRecordsFilter as AssetRecordsFilter
    from dagx.instance.filters import EventRecordsFilter as EventRecordsFilter
    from dagx.instance.filters import RunStatusChangeRecordsFilter as RunStatusChangeRecordsFilter
    from dagx.instance.instance import DagsterInstance as DagsterInstance
    from dagx.instance.instance import instance_for_test as instance_for_test
    from dagx.instance.partition_status import AssetPartitionStatus as AssetPartitionStatus
    from dagx.instance.run_status import DagsterRunStatus as DagsterRunStatus
    from dagx.instance.runs import DagsterRun as DagsterRun
    from dagx.instance.runs import RunRecord as RunRecord
    from dagx.instance.runs import RunsFilter as RunsFilter
    from dagx.key_aliases import AssetOrCheckKey as AssetOrCheckKey
    from dagx.keys import AssetKey as AssetKey
    from dagx.logs.console import JsonLogFormatter as JsonLogFormatter
    from dagx.logs.console import colored_console_logger as colored_console_logger
    from dagx.logs.console import default_loggers as default_loggers
    from dagx.logs.console import json_console_logger as json_console_logger
    from dagx.logs.definitions import InitLoggerContext as InitLoggerContext
    from dagx.logs.definitions import LoggerDefinition as LoggerDefinition
    from dagx.logs.definitions import build_init_logger_context as build_init_logger_context
    from dagx.logs.definitions import logger as logger
    from dagx.logs.user_code import DagsterLogManager as DagsterLogManager
    from dagx.logs.user_code import get_logger as get_logger
    from dagx.metadata.code import CodeReferencesMetadataValue as CodeReferencesMetadataValue
    from dagx.metadata.code import LocalFileCodeReference as LocalFileCodeReference
    from dagx.metadata.code_references import with_source_code_references as with_source_code_references
    from dagx.metadata.tables import TableColumn as TableColumn
    from dagx.metadata.tables import TableColumnConstraints as TableColumnConstraints
    from dagx.metadata.tables import TableColumnDep as TableColumnDep
    from dagx.metadata.tables import TableColumnLineage as TableColumnLineage
    from dagx.metadata.tables import TableConstraints as TableConstraints
    from dagx.metadata.tables import TableRecord as TableRecord
    from dagx.metadata.tables import TableSchema as TableSchema
    from dagx.metadata.values import BoolMetadataValue as BoolMetadataValue
    from dagx.metadata.values import (
        CodeLocationReconstructionMetadataValue as CodeLocationReconstructionMetadataValue,
    )
    from dagx.metadata.values import DagsterAssetMetadataValue as DagsterAssetMetadataValue
    from dagx.metadata.values import DagsterJobMetadataValue as DagsterJobMetadataValue
    from dagx.metadata.values import DagsterRunMetadataValue as DagsterRunMetadataValue
    from dagx.metadata.values import FloatMetadataValue as FloatMetadataValue
    from dagx.metadata.values import IntMetadataValue as IntMetadataValue
    from dagx.metadata.values import JsonMetadataValue as JsonMetadataValue
    from dagx.metadata.values import MarkdownMetadataValue as MarkdownMetadataValue
    from dagx.metadata.values import MetadataValue as MetadataValue
    from dagx.metadata.values import NotebookMetadataValue as NotebookMetadataValue
    from dagx.metadata.values import NullMetadataValue as NullMetadataValue
    from dagx.metadata.values import PathMetadataValue as PathMetadataValue
    from dagx.metadata.values import PoolMetadataValue as PoolMetadataValue
    from dagx.metadata.values import PythonArtifactMetadataValue as PythonArtifactMetadataValue
    from dagx.metadata.values import TableColumnLineageMetadataValue as TableColumnLineageMetadataValue
    from dagx.metadata.values import TableMetadataValue as TableMetadataValue
    from dagx.metadata.values import TableSchemaMetadataValue as TableSchemaMetadataValue
    from dagx.metadata.values import TextMetadataValue as TextMetadataValue
    from dagx.metadata.values import TimestampMetadataValue as TimestampMetadataValue
    from dagx.metadata.values import UrlMetadataValue as UrlMetadataValue
    from dagx.ops.asset_jobs import UnresolvedAssetJobDefinition as UnresolvedAssetJobDefinition
    from dagx.ops.asset_jobs import define_asset_job as define_asset_job
    from dagx.ops.declarations import DynamicOut as DynamicOut
    from dagx.ops.declarations import GraphIn as GraphIn
    from dagx.ops.declarations import GraphOut as GraphOut
    from dagx.ops.declarations import In as In
    from dagx.ops.declarations import Out as Out
    from dagx.ops.decorator import op as op
    from dagx.ops.explicit import DependencyDefinition as DependencyDefinition
    from dagx.ops.explicit import InputMapping as InputMapping
    from dagx.ops.explicit import MultiDependencyDefinition as MultiDependencyDefinition
    from dagx.ops.explicit import NodeInvocation as NodeInvocation
    from dagx.ops.explicit import OutputMapping as OutputMapping
    from dagx.ops.graph_decorator import graph as graph
    from dagx.ops.graph_definition import GraphDefinition as GraphDefinition
    from dagx.ops.hooks import HookContext as HookContext
    from dagx.ops.hooks import HookDefinition as HookDefinition
    from dagx.ops.hooks import HookExecutionResult as HookExecutionResult
    from dagx.ops.hooks import build_hook_context as build_hook_context
    from dagx.ops.hooks import failure_hook as failure_hook
    from dagx.ops.hooks import success_hook as success_hook
    from dagx.ops.invocations import PendingNodeInvocation as PendingNodeInvocation
    from dagx.ops.job_decorator import job as job
    from dagx.ops.job_definition import JobDefinition as JobDefinition
    from dagx.ops.reconstructing import JobExecutionResult as JobExecutionResult
    from dagx.ops.reconstructing import build_reconstructable_job as build_reconstructable_job
    from dagx.ops.reconstructing import execute_job as execute_job
    from dagx.ops.reconstructing import reconstructable as reconstructable
    from dagx.ops.reconstructing import validate_run_config as validate_run_config
    from dagx.partitions.backfill import BackfillPolicy as BackfillPolicy
    from dagx.partitions.config import Partition as Partition
    from dagx.partitions.config import PartitionedConfig as PartitionedConfig
    from dagx.partitions.config import daily_partitioned_config as daily_partitioned_config
    from dagx.partitions.config import dynamic_partitioned_config as dynamic_partitioned_config
    from dagx.partitions.config import hourly_partitioned_config as hourly_partitioned_config
    from dagx.partitions.config import monthly_partitioned_config as monthly_partitioned_config
    from dagx.partitions.config import partitioned_config as partitioned_config
    from dagx.partitions.config import static_partitioned_config as static_partitioned_config
    from dagx.partitions.config import weekly_partitioned_config as weekly_partitioned_config
    from dagx.partitions.definition import PartitionsDefinition as PartitionsDefinition
    from dagx.partitions.dynamic import AddDynamicPartitionsRequest as AddDynamicPartitionsRequest
    from dagx.partitions.dynamic import DeleteDynamicPartitionsRequest as DeleteDynamicPartitionsRequest
    from dagx.partitions.dynamic import DynamicPartitionsDefinition as DynamicPartitionsDefinition
    from dagx.partitions.keys import MultiPartitionKey as MultiPartitionKey
    from dagx.partitions.keys import PartitionKeyRange as PartitionKeyRange
    from dagx.partitions.keys import TimeWindow as TimeWindow
    from dagx.partitions.loading_context import partition_loading_context as partition_loading_context
    from dagx.partitions.mapping import AllPartitionMapping as AllPartitionMapping
    from dagx.partitions.mapping import IdentityPartitionMapping as IdentityPartitionMapping
    from dagx.partitions.mapping import LastPartitionMapping as LastPartitionMapping
    from dagx.partitions.mapping import PartitionMapping as PartitionMapping
    from dagx.partitions.mapping import (
        SpecificPartitionsPartitionMapping as SpecificPartitionsPartitionMapping,
    )
    from dagx.partitions.mapping import StaticPartitionMapping as StaticPartitionMapping
    from dagx.partitions.multi import MultiPartitionsDefinition as MultiPartitionsDefinition
    from dagx.partitions.multi_mapping import DimensionPartitionMapping as DimensionPartitionMapping
    from dagx.partitions.multi_mapping import MultiPartitionMapping as MultiPartitionMapping
    from dagx.partitions.multi_mapping import (
        MultiToSingleDimensionPartitionMapping as MultiToSingleDimensionPartitionMapping,
    )
    from dagx.partitions.periods import DailyPartitionsDefinition as DailyPartitionsDefinition
    from dagx.partitions.periods import HourlyPartitionsDefinition as HourlyPartitionsDefinition
    from dagx.partitions.periods import MonthlyPartitionsDefinition as MonthlyPartitionsDefinition
    from dagx.partitions.periods import WeeklyPartitionsDefinition as WeeklyPartitionsDefinition
    from dagx.partitions.static import StaticPartitionsDefinition as StaticPartitionsDefinition
    from dagx.partitions.time_mapping import TimeWindowPartitionMapping as TimeWindowPartitionMapping
    from dagx.partitions.time_windows import TimeWindowPartitionsDefinition as TimeWindowPartitionsDefinition
    from dagx.pipes.client import PipesClient as PipesClient
    from dagx.pipes.client import PipesClientCompletedInvocation as PipesClientCompletedInvocation
    from dagx.pipes.ends import PipesContextInjector as PipesContextInjector
    from dagx.pipes.ends import PipesMessageReader as PipesMessageReader
    from dagx.pipes.injectors import PipesEnvContextInjector as PipesEnvContextInjector
    from dagx.pipes.injectors import PipesFileContextInjector as PipesFileContextInjector
    from dagx.pipes.injectors import PipesTempFileContextInjector as PipesTempFileContextInjector
    from dagx.pipes.messages import PipesExecutionResult as PipesExecutionResult
    from dagx.pipes.messages import PipesMessageHandler as PipesMessageHandler
    from dagx.pipes.readers import PipesCompositeMessageReader as PipesCompositeMessageReader
    from dagx.pipes.readers import PipesFileMessageReader as PipesFileMessageReader
    from dagx.pipes.readers import PipesTempFileMessageReader as PipesTempFileMessageReader
    from dagx.pipes.session import PipesSession as PipesSession
    from dagx.pipes.session import open_pipes_session as open_pipes_session
    from dagx.pipes.subprocess_client import PipesSubprocessClient as PipesSubprocessClient
    from dagx.pipes.wire import PipesLaunchedData as PipesLaunchedData
    from dagx.project.asset_values import AssetValueLoader as AssetValueLoader
    from dagx.project.defs import Definitions as Definitions
    from dagx.project.lazy_definitions import definitions as definitions
    from dagx.project.loading import load_assets_from_current_module as load_assets_from_current_module
    from dagx.project.loading import load_assets_from_modules as load_assets_from_modules
    from dagx.project.loading import load_assets_from_package_module as load_assets_from_package_module
    from dagx.project.loading import load_assets_from_package_name as load_assets_from_package_name
    from dagx.project.loading_checks import (
        load_asset_checks_from_current_module as load_asset_checks_from_current_module,
    )
    from dagx.project.loading_checks import load_asset_checks_from_modules as load_asset_checks_from_modules
    from dagx.project.loading_checks import (
        load_asset_checks_from_package_module as load_asset_checks_from_package_module,
    )
    from dagx.project.loading_checks import (
        load_asset_checks_from_package_name as load_asset_checks_from_package_name,
    )
    from dagx.project.loading_definitions import (
        load_definitions_from_current_module as load_definitions_from_current_module,
    )
    from dagx.project.loading_definitions import load_definitions_from_module as load_definitions_from_module
    from dagx.project.loading_definitions import (
        load_definitions_from_modules as load_definitions_from_modules,
    )
    from dagx.project.loading_definitions import (
        load_definitions_from_package_module as load_definitions_from_package_module,
    )
    from dagx.project.loading_definitions import (
        load_definitions_from_package_name as load_definitions_from_package_name,
    )
    from dagx.project.loading_definitions import load_from_defs_folder as load_from_defs_folder
    from dagx.resource_defs.binding import with_resources as with_resources
    from dagx.resource_defs.building import build_init_resource_context as build_init_resource_context
    from dagx.resource_defs.building import build_resources as build_resources
    from dagx.resource_defs.configurable import ConfigurableResource as ConfigurableResource
    from dagx.resource_defs.dependency import ResourceDependency as ResourceDependency
    from dagx.resource_defs.functions import ResourceDefinition as ResourceDefinition
    from dagx.resource_defs.functions import make_values_resource as make_values_resource
    from dagx.resource_defs.functions import resource as resource
    from dagx.resource_defs.init_context import InitResourceContext as InitResourceContext
    from dagx.resource_defs.manager_functions import IOManagerDefinition as IOManagerDefinition
    from dagx.resource_defs.manager_functions import InputManagerDefinition as InputManagerDefinition
    from dagx.resource_defs.manager_functions import input_manager as input_manager
    from dagx.resource_defs.manager_functions import io_manager as io_manager
    from dagx.resource_defs.managers import ConfigurableIOManager as ConfigurableIOManager
    from dagx.resource_defs.managers import ConfigurableIOManagerFactory as ConfigurableIOManagerFactory
    from dagx.resource_defs.named import ResourceParam as ResourceParam
    from dagx.resource_defs.ready_managers import fs_io_manager as fs_io_manager
    from dagx.resource_defs.ready_managers import mem_io_manager as mem_io_manager
    from dagx.selecting.asset_selection import AssetSelection as AssetSelection
    from dagx.storing.builtin import FilesystemIOManager as FilesystemIOManager
    from dagx.storing.builtin import InMemoryIOManager as InMemoryIOManager
    from dagx.storing.contexts import InputContext as InputContext
    from dagx.storing.contexts import OutputContext as OutputContext
    from dagx.storing.hand_built import build_input_context as build_input_context
    from dagx.storing.hand_built import build_output_context as build_output_context
    from dagx.storing.managers import IOManager as IOManager
    from dagx.storing.managers import InputManager as InputManager
    from dagx.storing.path_manager import UPathIOManager as UPathIOManager
    from dagx.value_types.checking import check_dagster_type as check_dagster_type
    from dagx.value_types.definition import DagsterType as DagsterType
    from dagx.value_types.definition import PythonObjectDagsterType as PythonObjectDagsterType
    from dagx.value_types.known import Any as Any
    from dagx.value_types.known import Bool as Bool
    from dagx.value_types.known import Dict as Dict
    from dagx.value_types.known import Float as Float
    from dagx.value_types.known import Int as Int
    from dagx.value_types.known import List as List
    from dagx.value_types.known import Nothing as Nothing
    from dagx.value_types.known import Optional as Optional
    from dagx.value_types.known import Set as Set
    from dagx.value_types.known import String as String
    from dagx.value_types.known import Tuple as Tuple
    from dagx.value_types.loader import DagsterTypeLoader as DagsterTypeLoader
    from dagx.value_types.loader import dagster_type_loader as dagster_type_loader
    from dagx.value_types.registry import (
        make_python_type_usable_as_dagster_type as make_python_type_usable_as_dagster_type,
    )
    from dagx.value_types.registry import usable_as_dagster_type as usable_as_dagster_type
    from dagx.value_types.type_check import TypeCheck as TypeCheck
    from dagx.value_types.type_check import TypeCheckContext as TypeCheckContext
    from dagx.version import __version__ as __version__
    from dagx.warning_classes import BetaWarning as BetaWarning
    from dagx.warning_classes import ConfigArgumentWarning as ConfigArgumentWarning
    from dagx.warning_classes import PreviewWarning as PreviewWarning
    from dagx.warning_classes import SupersessionWarning as SupersessionWarning

__all__ = [
    "AddDynamicPartitionsRequest",
    "AllPartitionMapping",
    "Any",
    "Array",
    "AssetCheckEvaluation",
    "AssetCheckExecutionContext",
    "AssetCheckFailedError",
    "AssetCheckKey",
    "AssetCheckResult",
    "AssetCheckSeverity",
    "AssetCheckSpec",
    "AssetChecksDefinition",
    "AssetDep",
    "AssetExecutionContext",
    "AssetIn",
    "AssetKey",
    "AssetMaterialization",
    "AssetObservation",
    "AssetOrCheckKey",
    "AssetOut",
    "AssetPartitionStatus",
    "AssetRecordsFilter",
    "AssetSelection",
    "AssetSensorDefinition",
    "AssetSpec",
    "AssetValueLoader",
    "AssetsDefinition",
    "AutomationCondition",
    "AutomationConditionSensorDefinition",
    "AutomationContext",
    "AutomationResult",
    "BackfillPolicy",
    "Backoff",
    "BetaWarning",
    "Bool",
    "BoolMetadataValue",
    "BoolSource",
    "CircularDependencyError",
    "CodeLocationReconstructionMetadataValue",
    "CodeLocationSelector",
    "CodeReferencesMetadataValue",
    "Config",
    "ConfigArgumentWarning",
    "ConfigMapping",
    "ConfigMappingFunctionError",
    "ConfigSchema",
    "ConfigurableIOManager",
    "ConfigurableIOManagerFactory",
    "ConfigurableResource",
    "DagsterAssetCheckFailedError",
    "DagsterAssetMetadataValue",
    "DagsterConfigMappingFunctionError",
    "DagsterError",
    "DagsterEvent",
    "DagsterEventType",
    "DagsterExecutionInterruptedError",
    "DagsterExecutionStepExecutionError",
    "DagsterExecutionStepNotFoundError",
    "DagsterInstance",
    "DagsterInvalidAssetSelectionError",
    "DagsterInvalidConfigDefinitionError",
    "DagsterInvalidConfigError",
    "DagsterInvalidDefinitionError",
    "DagsterInvalidInvocationError",
    "DagsterInvalidMetadata",
    "DagsterInvalidSubsetError",
    "DagsterInvariantViolationError",
    "DagsterJobMetadataValue",
    "DagsterLogManager",
    "DagsterResourceFunctionError",
    "DagsterRun",
    "DagsterRunMetadataValue",
    "DagsterRunNotFoundError",
    "DagsterRunStatus",
    "DagsterStepOutputNotFoundError",
    "DagsterSubprocessError",
    "DagsterType",
    "DagsterTypeCheckDidNotPass",
    "DagsterTypeCheckError",
    "DagsterTypeLoader",
    "DagsterUnknownPartitionError",
    "DagsterUnknownResourceError",
    "DagsterUnmetExecutorRequirementsError",
    "DagsterUserCodeExecutionError",
    "DagxError",
    "DailyPartitionsDefinition",
    "DataProvenance",
    "DataVersion",
    "DataVersionsByPartition",
    "DefaultScheduleStatus",
    "DefaultSensorStatus",
    "Definitions",
    "DeleteDynamicPartitionsRequest",
    "DependencyDefinition",
    "Dict",
    "DimensionPartitionMapping",
    "DynamicOut",
    "DynamicOutput",
    "DynamicPartitionsDefinition",
    "Enum",
    "EnumValue",
    "EnvVar",
    "EvaluateAutomationConditionsResult",
    "EventLogEntry",
    "EventLogRecord",
    "EventRecordsFilter",
    "EventRecordsResult",
    "ExecuteInProcessResult",
    "ExecutionInterruptedError",
    "Executor",
    "ExecutorDefinition",
    "ExecutorRequirement",
    "ExpectationResult",
    "Failure",
    "Field",
    "FileInput",
    "FilesystemIOManager",
    "Float",
    "FloatMetadataValue",
    "FreshnessPolicy",
    "GraphDefinition",
    "GraphIn",
    "GraphOut",
    "HookContext",
    "HookDefinition",
    "HookExecutionResult",
    "HourlyPartitionsDefinition",
    "IOManager",
    "IOManagerDefinition",
    "IdentityPartitionMapping",
    "In",
    "InMemoryIOManager",
    "InitExecutorContext",
    "InitLoggerContext",
    "InitResourceContext",
    "InputContext",
    "InputManager",
    "InputManagerDefinition",
    "InputMapping",
    "Int",
    "IntMetadataValue",
    "IntSource",
    "InvalidArgumentError",
    "InvalidAssetSelectionError",
    "InvalidConfigDefinitionError",
    "InvalidConfigError",
    "InvalidDefinitionError",
    "InvalidInvocationError",
    "InvalidMetadataError",
    "InvalidSubsetError",
    "InvariantViolationError",
    "Jitter",
    "JobDefinition",
    "JobExecutionResult",
    "JobSelector",
    "JsonLogFormatter",
    "JsonMetadataValue",
    "LastPartitionMapping",
    "LegacyFreshnessPolicy",
    "List",
    "LocalFileCodeReference",
    "LoggerDefinition",
    "MAX_RUNTIME_SECONDS_TAG",
    "Map",
    "MarkdownMetadataValue",
    "MaterializeResult",
    "MetadataValue",
    "MonthlyPartitionsDefinition",
    "MultiAssetSensorDefinition",
    "MultiAssetSensorEvaluationContext",
    "MultiDependencyDefinition",
    "MultiPartitionKey",
    "MultiPartitionMapping",
    "MultiPartitionsDefinition",
    "MultiToSingleDimensionPartitionMapping",
    "NodeInvocation",
    "Noneable",
    "NotBuiltYetError",
    "NotebookMetadataValue",
    "Nothing",
    "NullMetadataValue",
    "ObserveResult",
    "OpDefinition",
    "OpExecutionContext",
    "Optional",
    "Out",
    "Output",
    "OutputContext",
    "OutputMapping",
    "Partition",
    "PartitionKeyRange",
    "PartitionMapping",
    "PartitionedConfig",
    "PartitionsDefinition",
    "PathMetadataValue",
    "PendingNodeInvocation",
    "Permissive",
    "PermissiveConfig",
    "PipesClient",
    "PipesClientCompletedInvocation",
    "PipesCompositeMessageReader",
    "PipesContextInjector",
    "PipesEnvContextInjector",
    "PipesExecutionResult",
    "PipesFileContextInjector",
    "PipesFileMessageReader",
    "PipesLaunchedData",
    "PipesMessageHandler",
    "PipesMessageReader",
    "PipesSession",
    "PipesSubprocessClient",
    "PipesTempFileContextInjector",
    "PipesTempFileMessageReader",
    "PoolMetadataValue",
    "PreviewWarning",
    "PythonArtifactMetadataValue",
    "PythonObjectDagsterType",
    "ReexecutionOptions",
    "RepositorySelector",
    "ResourceDefinition",
    "ResourceDependency",
    "ResourceFunctionError",
    "ResourceParam",
    "RetryPolicy",
    "RetryRequested",
    "RunConfig",
    "RunFailureSensorContext",
    "RunNotFoundError",
    "RunRecord",
    "RunRequest",
    "RunStatusChangeRecordsFilter",
    "RunStatusSensorContext",
    "RunStatusSensorDefinition",
    "RunsFilter",
    "ScalarUnion",
    "ScheduleDefinition",
    "ScheduleEvaluationContext",
    "ScheduleExecutionError",
    "Selector",
    "SensorDefinition",
    "SensorEvaluationContext",
    "SensorExecutionError",
    "SensorResult",
    "Set",
    "Shape",
    "SkipReason",
    "SourceAsset",
    "SpecificPartitionsPartitionMapping",
    "StaticPartitionMapping",
    "StaticPartitionsDefinition",
    "StepExecutionError",
    "StepNotFoundError",
    "StepOutputNotFoundError",
    "String",
    "StringSource",
    "SubprocessError",
    "SupersessionWarning",
    "TableColumn",
    "TableColumnConstraints",
    "TableColumnDep",
    "TableColumnLineage",
    "TableColumnLineageMetadataValue",
    "TableConstraints",
    "TableMetadataValue",
    "TableRecord",
    "TableSchema",
    "TableSchemaMetadataValue",
    "TextMetadataValue",
    "TimeWindow",
    "TimeWindowPartitionMapping",
    "TimeWindowPartitionsDefinition",
    "TimestampMetadataValue",
    "Tuple",
    "TypeCheck",
    "TypeCheckContext",
    "TypeCheckDidNotPass",
    "TypeCheckError",
    "UPathIOManager",
    "UnknownPartitionError",
    "UnknownResourceError",
    "UnmetExecutorRequirementsError",
    "UnresolvedAssetJobDefinition",
    "UrlMetadataValue",
    "UserCodeExecutionError",
    "WeeklyPartitionsDefinition",
    "__version__",
    "apply_freshness_policy",
    "asset",
    "asset_check",
    "asset_sensor",
    "build_asset_check_context",
    "build_asset_context",
    "build_column_schema_change_checks",
    "build_hook_context",
    "build_init_logger_context",
    "build_init_resource_context",
    "build_input_context",
    "build_last_update_freshness_checks",
    "build_metadata_bounds_checks",
    "build_multi_asset_sensor_context",
    "build_op_context",
    "build_output_context",
    "build_reconstructable_job",
    "build_resources",
    "build_run_status_sensor_context",
    "build_schedule_context",
    "build_schedule_from_partitioned_job",
    "build_sensor_context",
    "build_sensor_for_freshness_checks",
    "build_time_partition_freshness_checks",
    "check_dagster_type",
    "colored_console_logger",
    "config_from_files",
    "config_from_pkg_resources",
    "config_from_yaml_strings",
    "config_mapping",
    "configured",
    "dagster_type_loader",
    "daily_partitioned_config",
    "default_loggers",
    "define_asset_job",
    "definitions",
    "dynamic_partitioned_config",
    "execute_job",
    "executor",
    "failure_hook",
    "file",
    "file_relative_path",
    "fs_io_manager",
    "get_dagster_logger",
    "get_logger",
    "graph",
    "graph_asset",
    "graph_multi_asset",
    "hourly_partitioned_config",
    "in_process_executor",
    "input_manager",
    "instance_for_test",
    "io_manager",
    "job",
    "json_console_logger",
    "load_asset_checks_from_current_module",
    "load_asset_checks_from_modules",
    "load_asset_checks_from_package_module",
    "load_asset_checks_from_package_name",
    "load_assets_from_current_module",
    "load_assets_from_modules",
    "load_assets_from_package_module",
    "load_assets_from_package_name",
    "load_definitions_from_current_module",
    "load_definitions_from_module",
    "load_definitions_from_modules",
    "load_definitions_from_package_module",
    "load_definitions_from_package_name",
    "load_from_defs_folder",
    "logger",
    "make_python_type_usable_as_dagster_type",
    "make_values_resource",
    "map_asset_specs",
    "materialize",
    "materialize_to_memory",
    "mem_io_manager",
    "monthly_partitioned_config",
    "multi_asset",
    "multi_asset_check",
    "multi_asset_sensor",
    "multi_observable_source_asset",
    "multi_or_in_process_executor",
    "multiprocess_executor",
    "observable_source_asset",
    "op",
    "open_pipes_session",
    "partition_loading_context",
    "partitioned_config",
    "reconstructable",
    "resource",
    "run_failure_sensor",
    "run_status_sensor",
    "schedule",
    "sensor",
    "static_partitioned_config",
    "success_hook",
    "usable_as_dagster_type",
    "validate_run_config",
    "weekly_partitioned_config",
    "with_resources",
    "with_source_code_references",
]

_MODULES = {
    "assets.decorator": ("asset",),
    "assets.definition": ("AssetsDefinition",),
    "assets.edges": (
        "AssetDep",
        "AssetIn",
    ),
    "assets.external": (
        "SourceAsset",
        "multi_observable_source_asset",
        "observable_source_asset",
    ),
    "assets.files": (
        "FileInput",
        "file",
    ),
    "assets.multi": ("multi_asset",),
    "assets.of_graphs": (
        "graph_asset",
        "graph_multi_asset",
    ),
    "assets.out": ("AssetOut",),
    "assets.specs": (
        "AssetSpec",
        "map_asset_specs",
    ),
    "automation.asset_sensor": (
        "AssetSensorDefinition",
        "asset_sensor",
    ),
    "automation.condition_sensor": ("AutomationConditionSensorDefinition",),
    "automation.conditions": ("AutomationCondition",),
    "automation.evaluation": (
        "AutomationContext",
        "AutomationResult",
        "EvaluateAutomationConditionsResult",
    ),
    "automation.multi_asset_context": (
        "MultiAssetSensorEvaluationContext",
        "build_multi_asset_sensor_context",
    ),
    "automation.multi_asset_sensor": (
        "MultiAssetSensorDefinition",
        "multi_asset_sensor",
    ),
    "automation.partitioned_schedule": ("build_schedule_from_partitioned_job",),
    "automation.requests": (
        "RunRequest",
        "SkipReason",
    ),
    "automation.run_status_context": (
        "RunFailureSensorContext",
        "RunStatusSensorContext",
        "build_run_status_sensor_context",
    ),
    "automation.run_status_decorators": (
        "run_failure_sensor",
        "run_status_sensor",
    ),
    "automation.run_status_sensor": ("RunStatusSensorDefinition",),
    "automation.schedule_context": (
        "ScheduleEvaluationContext",
        "build_schedule_context",
    ),
    "automation.schedule_decorator": ("schedule",),
    "automation.schedules": (
        "DefaultScheduleStatus",
        "ScheduleDefinition",
    ),
    "automation.selectors": (
        "CodeLocationSelector",
        "JobSelector",
        "RepositorySelector",
    ),
    "automation.sensor_context": (
        "SensorEvaluationContext",
        "build_sensor_context",
    ),
    "automation.sensor_decorator": ("sensor",),
    "automation.sensor_result": ("SensorResult",),
    "automation.sensors": (
        "DefaultSensorStatus",
        "SensorDefinition",
    ),
    "checks.decorators": (
        "asset_check",
        "multi_asset_check",
    ),
    "checks.definition": ("AssetChecksDefinition",),
    "checks.factories": (
        "build_column_schema_change_checks",
        "build_last_update_freshness_checks",
        "build_metadata_bounds_checks",
        "build_time_partition_freshness_checks",
    ),
    "checks.freshness_sensor": ("build_sensor_for_freshness_checks",),
    "checks.results": (
        "AssetCheckEvaluation",
        "AssetCheckResult",
        "AssetCheckSeverity",
    ),
    "checks.specs": (
        "AssetCheckKey",
        "AssetCheckSpec",
    ),
    "compat": (
        "DagsterAssetCheckFailedError",
        "DagsterConfigMappingFunctionError",
        "DagsterError",
        "DagsterExecutionInterruptedError",
        "DagsterExecutionStepExecutionError",
        "DagsterExecutionStepNotFoundError",
        "DagsterInvalidAssetSelectionError",
        "DagsterInvalidConfigDefinitionError",
        "DagsterInvalidConfigError",
        "DagsterInvalidDefinitionError",
        "DagsterInvalidInvocationError",
        "DagsterInvalidMetadata",
        "DagsterInvalidSubsetError",
        "DagsterInvariantViolationError",
        "DagsterResourceFunctionError",
        "DagsterRunNotFoundError",
        "DagsterStepOutputNotFoundError",
        "DagsterSubprocessError",
        "DagsterTypeCheckDidNotPass",
        "DagsterTypeCheckError",
        "DagsterUnknownPartitionError",
        "DagsterUnknownResourceError",
        "DagsterUnmetExecutorRequirementsError",
        "DagsterUserCodeExecutionError",
        "get_dagster_logger",
    ),
    "config.environment": ("EnvVar",),
    "config.legacy_types": (
        "ConfigSchema",
        "Enum",
        "EnumValue",
        "ScalarUnion",
        "Selector",
    ),
    "config.mappings": (
        "ConfigMapping",
        "config_mapping",
        "configured",
    ),
    "config.models": (
        "Config",
        "PermissiveConfig",
    ),
    "config.run_config": ("RunConfig",),
    "config.scalars": (
        "BoolSource",
        "IntSource",
        "StringSource",
    ),
    "config.schema": (
        "Array",
        "Field",
        "Map",
        "Noneable",
        "Permissive",
        "Shape",
    ),
    "config.yaml_text": (
        "config_from_files",
        "config_from_pkg_resources",
        "config_from_yaml_strings",
    ),
    "contexts.hand_built": (
        "build_asset_check_context",
        "build_asset_context",
        "build_op_context",
    ),
    "contexts.step": (
        "AssetCheckExecutionContext",
        "AssetExecutionContext",
        "OpExecutionContext",
    ),
    "errors": (
        "AssetCheckFailedError",
        "CircularDependencyError",
        "ConfigMappingFunctionError",
        "DagxError",
        "ExecutionInterruptedError",
        "InvalidArgumentError",
        "InvalidAssetSelectionError",
        "InvalidConfigDefinitionError",
        "InvalidConfigError",
        "InvalidDefinitionError",
        "InvalidInvocationError",
        "InvalidMetadataError",
        "InvalidSubsetError",
        "InvariantViolationError",
        "NotBuiltYetError",
        "ResourceFunctionError",
        "RunNotFoundError",
        "ScheduleExecutionError",
        "SensorExecutionError",
        "StepExecutionError",
        "StepNotFoundError",
        "StepOutputNotFoundError",
        "SubprocessError",
        "TypeCheckDidNotPass",
        "TypeCheckError",
        "UnknownPartitionError",
        "UnknownResourceError",
        "UnmetExecutorRequirementsError",
        "UserCodeExecutionError",
    ),
    "execution.executors": (
        "Executor",
        "ExecutorDefinition",
        "ExecutorRequirement",
        "InitExecutorContext",
        "executor",
        "in_process_executor",
        "multi_or_in_process_executor",
        "multiprocess_executor",
    ),
    "execution.in_process": (
        "materialize",
        "materialize_to_memory",
    ),
    "execution.in_process_result": ("ExecuteInProcessResult",),
    "execution.reexecution": ("ReexecutionOptions",),
    "execution.results": (
        "AssetMaterialization",
        "AssetObservation",
        "DataVersion",
        "DynamicOutput",
        "ExpectationResult",
        "MaterializeResult",
        "ObserveResult",
        "Output",
    ),
    "execution.retries": (
        "Backoff",
        "Failure",
        "Jitter",
        "RetryPolicy",
        "RetryRequested",
    ),
    "execution.run_tags": ("MAX_RUNTIME_SECONDS_TAG",),
    "file_paths": ("file_relative_path",),
    "freshness.legacy": ("LegacyFreshnessPolicy",),
    "freshness.policies": (
        "FreshnessPolicy",
        "apply_freshness_policy",
    ),
    "functions.op_definition": ("OpDefinition",),
    "instance.data_versions": (
        "DataProvenance",
        "DataVersionsByPartition",
    ),
    "instance.event_log": (
        "EventLogEntry",
        "EventLogRecord",
        "EventRecordsResult",
    ),
    "instance.event_types": ("DagsterEventType",),
    "instance.events": ("DagsterEvent",),
    "instance.filters": (
        "AssetRecordsFilter",
        "EventRecordsFilter",
        "RunStatusChangeRecordsFilter",
    ),
    "instance.instance": (
        "DagsterInstance",
        "instance_for_test",
    ),
    "instance.partition_status": ("AssetPartitionStatus",),
    "instance.run_status": ("DagsterRunStatus",),
    "instance.runs": (
        "DagsterRun",
        "RunRecord",
        "RunsFilter",
    ),
    "key_aliases": ("AssetOrCheckKey",),
    "keys": ("AssetKey",),
    "logs.console": (
        "JsonLogFormatter",
        "colored_console_logger",
        "default_loggers",
        "json_console_logger",
    ),
    "logs.definitions": (
        "InitLoggerContext",
        "LoggerDefinition",
        "build_init_logger_context",
        "logger",
    ),
    "logs.user_code": (
        "DagsterLogManager",
        "get_logger",
    ),
    "metadata.code": (
        "CodeReferencesMetadataValue",
        "LocalFileCodeReference",
    ),
    "metadata.code_references": ("with_source_code_references",),
    "metadata.tables": (
        "TableColumn",
        "TableColumnConstraints",
        "TableColumnDep",
        "TableColumnLineage",
        "TableConstraints",
        "TableRecord",
        "TableSchema",
    ),
    "metadata.values": (
        "BoolMetadataValue",
        "CodeLocationReconstructionMetadataValue",
        "DagsterAssetMetadataValue",
        "DagsterJobMetadataValue",
        "DagsterRunMetadataValue",
        "FloatMetadataValue",
        "IntMetadataValue",
        "JsonMetadataValue",
        "MarkdownMetadataValue",
        "MetadataValue",
        "NotebookMetadataValue",
        "NullMetadataValue",
        "PathMetadataValue",
        "PoolMetadataValue",
        "PythonArtifactMetadataValue",
        "TableColumnLineageMetadataValue",
        "TableMetadataValue",
        "TableSchemaMetadataValue",
        "TextMetadataValue",
        "TimestampMetadataValue",
        "UrlMetadataValue",
    ),
    "ops.asset_jobs": (
        "UnresolvedAssetJobDefinition",
        "define_asset_job",
    ),
    "ops.declarations": (
        "DynamicOut",
        "GraphIn",
        "GraphOut",
        "In",
        "Out",
    ),
    "ops.decorator": ("op",),
    "ops.explicit": (
        "DependencyDefinition",
        "InputMapping",
        "MultiDependencyDefinition",
        "NodeInvocation",
        "OutputMapping",
    ),
    "ops.graph_decorator": ("graph",),
    "ops.graph_definition": ("GraphDefinition",),
    "ops.hooks": (
        "HookContext",
        "HookDefinition",
        "HookExecutionResult",
        "build_hook_context",
        "failure_hook",
        "success_hook",
    ),
    "ops.invocations": ("PendingNodeInvocation",),
    "ops.job_decorator": ("job",),
    "ops.job_definition": ("JobDefinition",),
    "ops.reconstructing": (
        "JobExecutionResult",
        "build_reconstructable_job",
        "execute_job",
        "reconstructable",
        "validate_run_config",
    ),
    "partitions.backfill": ("BackfillPolicy",),
    "partitions.config": (
        "Partition",
        "PartitionedConfig",
        "daily_partitioned_config",
        "dynamic_partitioned_config",
        "hourly_partitioned_config",
        "monthly_partitioned_config",
        "partitioned_config",
        "static_partitioned_config",
        "weekly_partitioned_config",
    ),
    "partitions.definition": ("PartitionsDefinition",),
    "partitions.dynamic": (
        "AddDynamicPartitionsRequest",
        "DeleteDynamicPartitionsRequest",
        "DynamicPartitionsDefinition",
    ),
    "partitions.keys": (
        "MultiPartitionKey",
        "PartitionKeyRange",
        "TimeWindow",
    ),
    "partitions.loading_context": ("partition_loading_context",),
    "partitions.mapping": (
        "AllPartitionMapping",
        "IdentityPartitionMapping",
        "LastPartitionMapping",
        "PartitionMapping",
        "SpecificPartitionsPartitionMapping",
        "StaticPartitionMapping",
    ),
    "partitions.multi": ("MultiPartitionsDefinition",),
    "partitions.multi_mapping": (
        "DimensionPartitionMapping",
        "MultiPartitionMapping",
        "MultiToSingleDimensionPartitionMapping",
    ),
    "partitions.periods": (
        "DailyPartitionsDefinition",
        "HourlyPartitionsDefinition",
        "MonthlyPartitionsDefinition",
        "WeeklyPartitionsDefinition",
    ),
    "partitions.static": ("StaticPartitionsDefinition",),
    "partitions.time_mapping": ("TimeWindowPartitionMapping",),
    "partitions.time_windows": ("TimeWindowPartitionsDefinition",),
    "pipes.client": (
        "PipesClient",
        "PipesClientCompletedInvocation",
    ),
    "pipes.ends": (
        "PipesContextInjector",
        "PipesMessageReader",
    ),
    "pipes.injectors": (
        "PipesEnvContextInjector",
        "PipesFileContextInjector",
        "PipesTempFileContextInjector",
    ),
    "pipes.messages": (
        "PipesExecutionResult",
        "PipesMessageHandler",
    ),
    "pipes.readers": (
        "PipesCompositeMessageReader",
        "PipesFileMessageReader",
        "PipesTempFileMessageReader",
    ),
    "pipes.session": (
        "PipesSession",
        "open_pipes_session",
    ),
    "pipes.subprocess_client": ("PipesSubprocessClient",),
    "pipes.wire": ("PipesLaunchedData",),
    "project.asset_values": ("AssetValueLoader",),
    "project.defs": ("Definitions",),
    "project.lazy_definitions": ("definitions",),
    "project.loading": (
        "load_assets_from_current_module",
        "load_assets_from_modules",
        "load_assets_from_package_module",
        "load_assets_from_package_name",
    ),
    "project.loading_checks": (
        "load_asset_checks_from_current_module",
        "load_asset_checks_from_modules",
        "load_asset_checks_from_package_module",
        "load_asset_checks_from_package_name",
    ),
    "project.loading_definitions": (
        "load_definitions_from_current_module",
        "load_definitions_from_module",
        "load_definitions_from_modules",
        "load_definitions_from_package_module",
        "load_definitions_from_package_name",
        "load_from_defs_folder",
    ),
    "resource_defs.binding": ("with_resources",),
    "resource_defs.building": (
        "build_init_resource_context",
        "build_resources",
    ),
    "resource_defs.configurable": ("ConfigurableResource",),
    "resource_defs.dependency": ("ResourceDependency",),
    "resource_defs.functions": (
        "ResourceDefinition",
        "make_values_resource",
        "resource",
    ),
    "resource_defs.init_context": ("InitResourceContext",),
    "resource_defs.manager_functions": (
        "IOManagerDefinition",
        "InputManagerDefinition",
        "input_manager",
        "io_manager",
    ),
    "resource_defs.managers": (
        "ConfigurableIOManager",
        "ConfigurableIOManagerFactory",
    ),
    "resource_defs.named": ("ResourceParam",),
    "resource_defs.ready_managers": (
        "fs_io_manager",
        "mem_io_manager",
    ),
    "selecting.asset_selection": ("AssetSelection",),
    "storing.builtin": (
        "FilesystemIOManager",
        "InMemoryIOManager",
    ),
    "storing.contexts": (
        "InputContext",
        "OutputContext",
    ),
    "storing.hand_built": (
        "build_input_context",
        "build_output_context",
    ),
    "storing.managers": (
        "IOManager",
        "InputManager",
    ),
    "storing.path_manager": ("UPathIOManager",),
    "value_types.checking": ("check_dagster_type",),
    "value_types.definition": (
        "DagsterType",
        "PythonObjectDagsterType",
    ),
    "value_types.known": (
        "Any",
        "Bool",
        "Dict",
        "Float",
        "Int",
        "List",
        "Nothing",
        "Optional",
        "Set",
        "String",
        "Tuple",
    ),
    "value_types.loader": (
        "DagsterTypeLoader",
        "dagster_type_loader",
    ),
    "value_types.registry": (
        "make_python_type_usable_as_dagster_type",
        "usable_as_dagster_type",
    ),
    "value_types.type_check": (
        "TypeCheck",
        "TypeCheckContext",
    ),
    "version": ("__version__",),
    "warning_classes": (
        "BetaWarning",
        "ConfigArgumentWarning",
        "PreviewWarning",
        "SupersessionWarning",
    ),
}
_MODULE_OF = {name: module for module, names in _MODULES.items() for name in names}


if not TYPE_CHECKING:  # checkers would take it to mean that every name exists

    def __getattr__(name: str) -> object:
        module = _MODULE_OF.get(name)
        if module is not None:
            value: object = getattr(_import_module(f"dagx.{module}"), name)
            globals()[name] = value
            return value
        if name.startswith("__"):
            raise AttributeError(name)
        error: AttributeError = _import_module("dagx.unbuilt").name_error(name, __all__)
        # `from dagx import x` hides the text of an AttributeError; only that of an ImportError comes through.
        asked_by = _getframe(1).f_globals.get("__name__", "")
        if asked_by == "importlib._bootstrap" and isinstance(
            error, _import_module("dagx.errors").NotBuiltYetError
        ):
            raise ImportError(str(error), name="dagx")
        raise error


def __dir__() -> list[str]:
    return [*__all__, "__name__", "__doc__", "__file__", "__path__"]
