"""The IO managers that are there without being asked for, as definitions to be bound by name. Semantics: section 9."""

from __future__ import annotations

from dagx.config.scalars import StringSource
from dagx.config.schema import Field
from dagx.resource_defs.init_context import InitResourceContext
from dagx.resource_defs.manager_functions import IOManagerDefinition
from dagx.storing.builtin import FilesystemIOManager, InMemoryIOManager
from dagx.storing.managers import IOManager

__all__ = ["fs_io_manager", "mem_io_manager"]

_FILES = {
    "base_dir": Field(
        StringSource, is_required=False, description="the folder of the values; without it, that of the run"
    )
}


def _of_files(context: InitResourceContext) -> IOManager:
    return FilesystemIOManager(context.resource_config.get("base_dir"))


def _in_memory() -> IOManager:
    return InMemoryIOManager()


fs_io_manager = IOManagerDefinition(_of_files, _FILES, "Pickles values into files, one for each asset.")
"""A FilesystemIOManager. Config: `base_dir`, the folder (else that of the run). Semantics: section 9."""

mem_io_manager = IOManagerDefinition(
    _in_memory, description="Keeps values in memory for the length of a run."
)
"""An InMemoryIOManager, a new one for each run. Semantics: section 9."""
