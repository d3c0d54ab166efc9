"""The moment at which the engine planned a run, as the one at which its partitions are looked up."""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import datetime, timezone

from dagx.partitions.loading_context import PartitionLoadingContext, partition_loading_context


def moment(seconds: float) -> AbstractContextManager[PartitionLoadingContext]:
    """While it is open, partitions are those that there are `seconds` after 1970."""
    return partition_loading_context(datetime.fromtimestamp(seconds, timezone.utc))
