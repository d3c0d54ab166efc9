"""What the check of a type is told, and what it answers. Semantics: section 7."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from dagx.metadata.values import MetadataValue, RawMetadataValue, normalized
from dagx.record import Record
from dagx.resource_defs.named import ScopedResources

if TYPE_CHECKING:
    import logging

__all__ = ["TypeCheck", "TypeCheckContext"]


class TypeCheck(Record):
    """The answer of a type's check, when it has more to say than True or False.

    `success` is whether the value is of the type; `description` says why not, and stands in the error; `metadata` is
    kept with it. Semantics: section 7.
    """

    success: bool
    description: str | None
    metadata: Mapping[str, MetadataValue]

    def __init__(
        self,
        success: bool,
        description: str | None = None,
        metadata: Mapping[str, RawMetadataValue] | None = None,
    ) -> None:
        self._set(success=success, description=description, metadata=normalized(metadata))

    def __bool__(self) -> bool:
        return self.success


class TypeCheckContext(Record):
    """Where a check runs: the id of the run ("EPHEMERAL" outside one), its log, the resources the type requires."""

    run_id: str
    log: logging.Logger
    resources: object

    def __init__(
        self, run_id: str = "EPHEMERAL", log: logging.Logger | None = None, resources: object = None
    ) -> None:
        if log is None:
            logs: Any = importlib.import_module(
                "dagx.logs.user_code"
            )  # types are defined where nothing is logged
            log = logs.get_logger()
        self._set(run_id=run_id, log=log, resources=ScopedResources({}) if resources is None else resources)
