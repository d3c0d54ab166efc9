"""The names under which people know these errors and functions from Dagster."""

from __future__ import annotations

from dagx.errors import AssetCheckFailedError as DagsterAssetCheckFailedError
from dagx.errors import ConfigMappingFunctionError as DagsterConfigMappingFunctionError
from dagx.errors import DagxError as DagsterError
from dagx.errors import ExecutionInterruptedError as DagsterExecutionInterruptedError
from dagx.errors import InvalidAssetSelectionError as DagsterInvalidAssetSelectionError
from dagx.errors import InvalidConfigDefinitionError as DagsterInvalidConfigDefinitionError
from dagx.errors import InvalidConfigError as DagsterInvalidConfigError
from dagx.errors import InvalidDefinitionError as DagsterInvalidDefinitionError
from dagx.errors import InvalidInvocationError as DagsterInvalidInvocationError
from dagx.errors import InvalidMetadataError as DagsterInvalidMetadata
from dagx.errors import InvalidSubsetError as DagsterInvalidSubsetError
from dagx.errors import InvariantViolationError as DagsterInvariantViolationError
from dagx.errors import ResourceFunctionError as DagsterResourceFunctionError
from dagx.errors import RunNotFoundError as DagsterRunNotFoundError
from dagx.errors import StepExecutionError as DagsterExecutionStepExecutionError
from dagx.errors import StepNotFoundError as DagsterExecutionStepNotFoundError
from dagx.errors import StepOutputNotFoundError as DagsterStepOutputNotFoundError
from dagx.errors import SubprocessError as DagsterSubprocessError
from dagx.errors import TypeCheckDidNotPass as DagsterTypeCheckDidNotPass
from dagx.errors import TypeCheckError as DagsterTypeCheckError
from dagx.errors import UnknownPartitionError as DagsterUnknownPartitionError
from dagx.errors import UnknownResourceError as DagsterUnknownResourceError
from dagx.errors import UnmetExecutorRequirementsError as DagsterUnmetExecutorRequirementsError
from dagx.errors import UserCodeExecutionError as DagsterUserCodeExecutionError
from dagx.logs.user_code import get_logger as get_dagster_logger

__all__ = [
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
]
