"""The names under which people know these errors and functions from Dagster."""

from __future__ import annotations

from dagx.errors import DagxError as DagsterError
from dagx.errors import InvalidDefinitionError as DagsterInvalidDefinitionError
from dagx.errors import InvalidInvocationError as DagsterInvalidInvocationError
from dagx.errors import InvalidSubsetError as DagsterInvalidSubsetError
from dagx.errors import InvariantViolationError as DagsterInvariantViolationError
from dagx.errors import StepOutputNotFoundError as DagsterStepOutputNotFoundError
from dagx.errors import TypeCheckDidNotPass as DagsterTypeCheckDidNotPass
from dagx.errors import UnknownResourceError as DagsterUnknownResourceError
from dagx.logs import get_logger as get_dagster_logger

__all__ = [
    "DagsterError",
    "DagsterInvalidDefinitionError",
    "DagsterInvalidInvocationError",
    "DagsterInvalidSubsetError",
    "DagsterInvariantViolationError",
    "DagsterStepOutputNotFoundError",
    "DagsterTypeCheckDidNotPass",
    "DagsterUnknownResourceError",
    "get_dagster_logger",
]
