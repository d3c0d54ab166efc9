"""What a job may be given as config, and the partitions that this says. Sections 10, 12.6, 24."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from dagx.config.mappings import ConfigMapping
from dagx.config.run_config import RunConfig
from dagx.errors import InvalidArgumentError, InvalidDefinitionError

if TYPE_CHECKING:
    from dagx.partitions.definition import PartitionsDefinition

JobConfig = Any
"""Run config (a dict or RunConfig), a ConfigMapping that makes it, or a PartitionedConfig."""


def is_partitioned(config: object) -> bool:
    """Whether this is config that is made for each partition."""
    return hasattr(config, "get_run_config_for_partition_key")


def checked_config(config: JobConfig, what: str) -> JobConfig:
    """`config=` of a job. Raises InvalidArgumentError for what is none."""
    given: object = config
    if given is None or isinstance(given, (RunConfig, Mapping, ConfigMapping)) or is_partitioned(given):
        return config
    raise InvalidArgumentError(
        f"{what}: config is a RunConfig, a dict, a ConfigMapping or a PartitionedConfig, not {config!r}",
        "write RunConfig(ops={...})",
    )


def partitions_of(
    config: JobConfig, partitions_def: PartitionsDefinition | None, what: str
) -> PartitionsDefinition | None:
    """The partitions of a job: as given, or those of its config. Raises InvalidDefinitionError when they differ."""
    if not is_partitioned(config):
        return partitions_def
    if partitions_def is not None and partitions_def != config.partitions_def:
        raise InvalidDefinitionError(
            f"{what} has a partitions_def and config for other partitions", "leave out partitions_def"
        )
    found: PartitionsDefinition = config.partitions_def
    return found
