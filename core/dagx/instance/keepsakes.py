"""What an instance keeps beside history: dynamic partitions, and the limits of pools. Semantics: 12.4, 23."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple, cast

from dagx.arguments import checked_text, checked_texts
from dagx.errors import InvalidArgumentError
from dagx.instance.store import EventStore

_POOL = "pool/"


class DynamicPartitionsStore:
    """The keys of dynamic partitions, by the names of their definitions."""

    _store: EventStore

    def add_dynamic_partitions(self, partitions_def_name: str, partition_keys: Iterable[str]) -> None:
        """Put keys at the end of those of a definition; known ones stay where they are.

        Raises InvalidArgumentError for keys that are not str. Semantics: section 12.4.
        """
        keys = _keys(partition_keys)
        self._store.add_partitions(_name(partitions_def_name), keys)

    def delete_dynamic_partition(self, partitions_def_name: str, partition_key: str) -> None:
        """Take away a key, if it is there. Semantics: section 12.4."""
        self._store.delete_partition(
            _name(partitions_def_name), checked_text(partition_key, "a partition key")
        )

    def get_dynamic_partitions(self, partitions_def_name: str) -> list[str]:
        """The keys of a definition, in the order in which they came; none for an unknown name."""
        return self._store.partitions(_name(partitions_def_name))

    def has_dynamic_partition(self, partitions_def_name: str, partition_key: str) -> bool:
        """Whether a definition has this key."""
        return checked_text(partition_key, "a partition key") in self.get_dynamic_partitions(
            partitions_def_name
        )


class PoolLimit(NamedTuple):
    """How many steps of a pool may run at once; `slot_count` None is without limit."""

    concurrency_key: str
    slot_count: int | None


class PoolLimits:
    """The limits of pools. They are kept; whoever carries out steps holds them."""

    _store: EventStore

    def get_settings(self, settings_key: str) -> Any:
        """What the settings have under a key."""
        raise NotImplementedError

    def set_concurrency_slots(self, concurrency_key: str, num: int) -> None:
        """Let at most `num` steps of a pool run at once; 0 lets none. Semantics: section 23."""
        if not isinstance(cast(object, num), int) or num < 0:
            raise InvalidArgumentError(f"the limit of a pool is 0 or more, not {num!r}")
        self._store.set_note(_POOL + concurrency_key, str(num))

    def delete_concurrency_limit(self, concurrency_key: str) -> None:
        """Take away the limit of a pool, if it has one."""
        self._store.set_note(_POOL + concurrency_key, None)

    def get_pool_limits(self) -> Mapping[str, int]:
        """The limits that were set, by pool."""
        return {name[len(_POOL) :]: int(text) for name, text in self._store.notes(_POOL).items()}

    def get_concurrency_keys(self) -> set[str]:
        """The pools that have a limit."""
        return set(self.get_pool_limits())

    def get_concurrency_info(self, concurrency_key: str) -> PoolLimit:
        """The limit of a pool: its own, or the setting `concurrency.pools.default_limit`, or none."""
        pools: Mapping[str, Any] = self.get_settings("concurrency").get("pools", {})
        limit = self.get_pool_limits().get(concurrency_key, pools.get("default_limit"))
        return PoolLimit(concurrency_key, limit)


def _name(name: object) -> str:
    return checked_text(name, "the name of a partitions definition")


def _keys(keys: Iterable[str]) -> list[str]:
    return list(checked_texts(keys, "partition_keys", "a partition key"))
