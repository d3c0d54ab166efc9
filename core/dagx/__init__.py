"""dagx, a local data-asset orchestrator. Every name of `import dagx as dg` is loaded when first asked for.

Written by packaging/public_names.py from the `__all__` of the modules; `make names` renews it.
"""

from importlib import import_module as _import_module
from sys import _getframe  # pyright: ignore[reportPrivateUsage]

TYPE_CHECKING = False
if TYPE_CHECKING:
    from dagx.asset_out import AssetOut as AssetOut
    from dagx.assets import AssetsDefinition as AssetsDefinition
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
    from dagx.context import AssetCheckExecutionContext as AssetCheckExecutionContext
    from dagx.context import AssetExecutionContext as AssetExecutionContext
    from dagx.context import OpExecutionContext as OpExecutionContext
    from dagx.decorator import asset as asset
    from dagx.defs import Definitions as Definitions
    from dagx.edges import AssetDep as AssetDep
    from dagx.edges import AssetIn as AssetIn
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
    from dagx.in_process import materialize as materialize
    from dagx.in_process import materialize_to_memory as materialize_to_memory
    from dagx.in_process_result import ExecuteInProcessResult as ExecuteInProcessResult
    from dagx.io_contexts import InputContext as InputContext
    from dagx.io_contexts import OutputContext as OutputContext
    from dagx.io_managers import FilesystemIOManager as FilesystemIOManager
    from dagx.io_managers import IOManager as IOManager
    from dagx.io_managers import InMemoryIOManager as InMemoryIOManager
    from dagx.io_managers import InputManager as InputManager
    from dagx.io_testing import build_input_context as build_input_context
    from dagx.io_testing import build_output_context as build_output_context
    from dagx.keys import AssetKey as AssetKey
    from dagx.loading import load_assets_from_current_module as load_assets_from_current_module
    from dagx.loading import load_assets_from_modules as load_assets_from_modules
    from dagx.loading import load_assets_from_package_module as load_assets_from_package_module
    from dagx.loading import load_assets_from_package_name as load_assets_from_package_name
    from dagx.logs import get_logger as get_logger
    from dagx.metadata import BoolMetadataValue as BoolMetadataValue
    from dagx.metadata import (
        CodeLocationReconstructionMetadataValue as CodeLocationReconstructionMetadataValue,
    )
    from dagx.metadata import DagsterAssetMetadataValue as DagsterAssetMetadataValue
    from dagx.metadata import DagsterJobMetadataValue as DagsterJobMetadataValue
    from dagx.metadata import DagsterRunMetadataValue as DagsterRunMetadataValue
    from dagx.metadata import FloatMetadataValue as FloatMetadataValue
    from dagx.metadata import IntMetadataValue as IntMetadataValue
    from dagx.metadata import JsonMetadataValue as JsonMetadataValue
    from dagx.metadata import MarkdownMetadataValue as MarkdownMetadataValue
    from dagx.metadata import MetadataValue as MetadataValue
    from dagx.metadata import NotebookMetadataValue as NotebookMetadataValue
    from dagx.metadata import NullMetadataValue as NullMetadataValue
    from dagx.metadata import PathMetadataValue as PathMetadataValue
    from dagx.metadata import PoolMetadataValue as PoolMetadataValue
    from dagx.metadata import PythonArtifactMetadataValue as PythonArtifactMetadataValue
    from dagx.metadata import TableColumnLineageMetadataValue as TableColumnLineageMetadataValue
    from dagx.metadata import TableMetadataValue as TableMetadataValue
    from dagx.metadata import TableSchemaMetadataValue as TableSchemaMetadataValue
    from dagx.metadata import TextMetadataValue as TextMetadataValue
    from dagx.metadata import TimestampMetadataValue as TimestampMetadataValue
    from dagx.metadata import UrlMetadataValue as UrlMetadataValue
    from dagx.metadata_tables import TableColumn as TableColumn
    from dagx.metadata_tables import TableColumnConstraints as TableColumnConstraints
    from dagx.metadata_tables import TableColumnDep as TableColumnDep
    from dagx.metadata_tables import TableColumnLineage as TableColumnLineage
    from dagx.metadata_tables import TableConstraints as TableConstraints
    from dagx.metadata_tables import TableRecord as TableRecord
    from dagx.metadata_tables import TableSchema as TableSchema
    from dagx.named_resources import ResourceParam as ResourceParam
    from dagx.op_definition import OpDefinition as OpDefinition
    from dagx.results import AssetMaterialization as AssetMaterialization
    from dagx.results import AssetObservation as AssetObservation
    from dagx.results import DataVersion as DataVersion
    from dagx.results import DynamicOutput as DynamicOutput
    from dagx.results import ExpectationResult as ExpectationResult
    from dagx.results import MaterializeResult as MaterializeResult
    from dagx.results import ObserveResult as ObserveResult
    from dagx.results import Output as Output
    from dagx.retries import Backoff as Backoff
    from dagx.retries import Failure as Failure
    from dagx.retries import Jitter as Jitter
    from dagx.retries import RetryPolicy as RetryPolicy
    from dagx.retries import RetryRequested as RetryRequested
    from dagx.specs import AssetSpec as AssetSpec
    from dagx.specs import map_asset_specs as map_asset_specs
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

__all__ = [
    "Any",
    "AssetCheckEvaluation",
    "AssetCheckExecutionContext",
    "AssetCheckFailedError",
    "AssetCheckKey",
    "AssetCheckResult",
    "AssetCheckSeverity",
    "AssetCheckSpec",
    "AssetDep",
    "AssetExecutionContext",
    "AssetIn",
    "AssetKey",
    "AssetMaterialization",
    "AssetObservation",
    "AssetOut",
    "AssetSpec",
    "AssetsDefinition",
    "Backoff",
    "Bool",
    "BoolMetadataValue",
    "CircularDependencyError",
    "CodeLocationReconstructionMetadataValue",
    "ConfigMappingFunctionError",
    "DagsterAssetCheckFailedError",
    "DagsterAssetMetadataValue",
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
    "DagsterJobMetadataValue",
    "DagsterResourceFunctionError",
    "DagsterRunMetadataValue",
    "DagsterRunNotFoundError",
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
    "DataVersion",
    "Definitions",
    "Dict",
    "DynamicOutput",
    "ExecuteInProcessResult",
    "ExecutionInterruptedError",
    "ExpectationResult",
    "Failure",
    "FilesystemIOManager",
    "Float",
    "FloatMetadataValue",
    "IOManager",
    "InMemoryIOManager",
    "InputContext",
    "InputManager",
    "Int",
    "IntMetadataValue",
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
    "JsonMetadataValue",
    "List",
    "MarkdownMetadataValue",
    "MaterializeResult",
    "MetadataValue",
    "NotBuiltYetError",
    "NotebookMetadataValue",
    "Nothing",
    "NullMetadataValue",
    "ObserveResult",
    "OpDefinition",
    "OpExecutionContext",
    "Optional",
    "Output",
    "OutputContext",
    "PathMetadataValue",
    "PoolMetadataValue",
    "PythonArtifactMetadataValue",
    "PythonObjectDagsterType",
    "ResourceFunctionError",
    "ResourceParam",
    "RetryPolicy",
    "RetryRequested",
    "RunNotFoundError",
    "ScheduleExecutionError",
    "SensorExecutionError",
    "Set",
    "StepExecutionError",
    "StepNotFoundError",
    "StepOutputNotFoundError",
    "String",
    "SubprocessError",
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
    "TimestampMetadataValue",
    "Tuple",
    "TypeCheck",
    "TypeCheckContext",
    "TypeCheckDidNotPass",
    "TypeCheckError",
    "UnknownPartitionError",
    "UnknownResourceError",
    "UnmetExecutorRequirementsError",
    "UrlMetadataValue",
    "UserCodeExecutionError",
    "__version__",
    "asset",
    "build_input_context",
    "build_output_context",
    "check_dagster_type",
    "dagster_type_loader",
    "get_dagster_logger",
    "get_logger",
    "load_assets_from_current_module",
    "load_assets_from_modules",
    "load_assets_from_package_module",
    "load_assets_from_package_name",
    "make_python_type_usable_as_dagster_type",
    "map_asset_specs",
    "materialize",
    "materialize_to_memory",
    "usable_as_dagster_type",
]

_MODULES = {
    "asset_out": ("AssetOut",),
    "assets": ("AssetsDefinition",),
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
    "context": (
        "AssetCheckExecutionContext",
        "AssetExecutionContext",
        "OpExecutionContext",
    ),
    "decorator": ("asset",),
    "defs": ("Definitions",),
    "edges": (
        "AssetDep",
        "AssetIn",
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
    "in_process": (
        "materialize",
        "materialize_to_memory",
    ),
    "in_process_result": ("ExecuteInProcessResult",),
    "io_contexts": (
        "InputContext",
        "OutputContext",
    ),
    "io_managers": (
        "FilesystemIOManager",
        "IOManager",
        "InMemoryIOManager",
        "InputManager",
    ),
    "io_testing": (
        "build_input_context",
        "build_output_context",
    ),
    "keys": ("AssetKey",),
    "loading": (
        "load_assets_from_current_module",
        "load_assets_from_modules",
        "load_assets_from_package_module",
        "load_assets_from_package_name",
    ),
    "logs": ("get_logger",),
    "metadata": (
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
    "metadata_tables": (
        "TableColumn",
        "TableColumnConstraints",
        "TableColumnDep",
        "TableColumnLineage",
        "TableConstraints",
        "TableRecord",
        "TableSchema",
    ),
    "named_resources": ("ResourceParam",),
    "op_definition": ("OpDefinition",),
    "results": (
        "AssetMaterialization",
        "AssetObservation",
        "DataVersion",
        "DynamicOutput",
        "ExpectationResult",
        "MaterializeResult",
        "ObserveResult",
        "Output",
    ),
    "retries": (
        "Backoff",
        "Failure",
        "Jitter",
        "RetryPolicy",
        "RetryRequested",
    ),
    "specs": (
        "AssetSpec",
        "map_asset_specs",
    ),
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
