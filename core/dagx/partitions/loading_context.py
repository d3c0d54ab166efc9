"""What partitions are read with: the current time, and the store that has the keys of dynamic ones."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from datetime import datetime, timezone
from typing import NamedTuple, Protocol

from dagx.errors import InvalidArgumentError

__all__ = ["partition_loading_context"]


class DynamicPartitionsStore(Protocol):
    """Who keeps the keys of dynamic partitions: an instance. Semantics: section 12.4."""

    def get_dynamic_partitions(self, partitions_def_name: str) -> Sequence[str]:
        """The keys, in the order in which they were added."""
        ...

    def has_dynamic_partition(self, partitions_def_name: str, partition_key: str) -> bool:
        """Whether the key is there."""
        ...

    def add_dynamic_partitions(self, partitions_def_name: str, partition_keys: Sequence[str]) -> None:
        """Add the keys that are not there yet."""
        ...

    def delete_dynamic_partition(self, partitions_def_name: str, partition_key: str) -> None:
        """Take a key away."""
        ...


class PartitionLoadingContext(NamedTuple):
    """`effective_dt` is the current time (None: the clock's), naive in the time zone of the partitions."""

    effective_dt: datetime | None = None
    dynamic_partitions_store: DynamicPartitionsStore | None = None


_NOTHING = PartitionLoadingContext()
_CURRENT: ContextVar[PartitionLoadingContext] = ContextVar("partition_loading_context", default=_NOTHING)


@contextmanager
def partition_loading_context(
    effective_dt: datetime | None = None, dynamic_partitions_store: DynamicPartitionsStore | None = None
) -> Generator[PartitionLoadingContext, None, None]:
    """While it is open, partitions take `effective_dt` for the current time and keys from the store.

    What is None stays as it is around it; outermost that is the clock, and no store. A naive datetime is in the time
    zone of the partitions it is asked for. Semantics: section 12.
    """
    _check(effective_dt, dynamic_partitions_store)
    around = _CURRENT.get()
    made = PartitionLoadingContext(
        around.effective_dt if effective_dt is None else effective_dt,
        around.dynamic_partitions_store if dynamic_partitions_store is None else dynamic_partitions_store,
    )
    token = _CURRENT.set(made)
    try:
        yield made
    finally:
        _CURRENT.reset(token)


def loading_with(
    current_time: datetime | None, store: DynamicPartitionsStore | None
) -> AbstractContextManager[object]:
    """The context for a call that may have been given a time and a store of its own."""
    if current_time is None and store is None:
        return nullcontext()
    return partition_loading_context(current_time, store)


def _check(moment: object, store: object) -> None:
    if moment is not None and not isinstance(moment, datetime):
        raise InvalidArgumentError(f"the current time is a datetime, not {moment!r}")
    if store is not None and not hasattr(store, "get_dynamic_partitions"):
        raise InvalidArgumentError(
            f"dynamic partitions are kept by an instance, not by {store!r}", "pass a DagsterInstance"
        )


def current_moment() -> datetime:
    """The current time: that of the context, else the clock's."""
    return _CURRENT.get().effective_dt or datetime.now(timezone.utc)


def current_store() -> DynamicPartitionsStore | None:
    """The store of the context."""
    return _CURRENT.get().dynamic_partitions_store
