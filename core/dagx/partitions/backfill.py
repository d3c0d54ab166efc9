"""BackfillPolicy, and how the partitions of a backfill are put into runs. Semantics: section 14."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Iterator

from dagx.errors import InvalidArgumentError
from dagx.partitions.definition import PartitionsSubset
from dagx.partitions.keys import PartitionKeyRange
from dagx.partitions.ordered import PlacesSubset
from dagx.partitions.product import Product
from dagx.record import Record

__all__ = ["BackfillPolicy"]


class BackfillPolicyType(enum.Enum):
    """One run for all partitions of a range, or several."""

    SINGLE_RUN = "SINGLE_RUN"
    MULTI_RUN = "MULTI_RUN"


class BackfillPolicy(Record):
    """How many partitions of an asset one run may make: `max_partitions_per_run`, None for any number.

    Write `BackfillPolicy.single_run()` or `BackfillPolicy.multi_run(n)`. Without a policy, each partition has a
    run of its own. Semantics: section 14.
    """

    max_partitions_per_run: int | None

    def __init__(self, max_partitions_per_run: int | None = 1) -> None:
        given: object = max_partitions_per_run
        is_number = isinstance(given, int) and not isinstance(given, bool) and given >= 1
        if given is not None and not is_number:
            raise InvalidArgumentError(f"max_partitions_per_run is 1 or more, or None, not {given!r}")
        self._set(max_partitions_per_run=max_partitions_per_run)

    @staticmethod
    def single_run() -> BackfillPolicy:
        """One run for each range of partitions without a gap."""
        return BackfillPolicy(None)

    @staticmethod
    def multi_run(max_partitions_per_run: int = 1) -> BackfillPolicy:
        """Runs of so many partitions at most."""
        return BackfillPolicy(max_partitions_per_run)

    @property
    def policy_type(self) -> BackfillPolicyType:
        """Whether it is for a single run or for several."""
        is_single = self.max_partitions_per_run is None
        return BackfillPolicyType.SINGLE_RUN if is_single else BackfillPolicyType.MULTI_RUN


def combined_policy(policies: Iterable[BackfillPolicy | None]) -> BackfillPolicy | None:
    """The policy of assets that are made together: the smallest wins, and None, no policy, is for one."""
    given = list(policies)
    if all(policy is None for policy in given):
        return None
    limits = [1 if policy is None else policy.max_partitions_per_run for policy in given]
    return BackfillPolicy(min((limit for limit in limits if limit is not None), default=None))


def run_ranges(subset: PartitionsSubset, policy: BackfillPolicy | None) -> list[PartitionKeyRange]:
    """The ranges of partitions, one for each run, in order, that make the subset.

    Without a policy each has one partition. A range has no gaps and at most as many partitions as the policy says;
    of pairs it is the product of a range in each dimension.
    """
    limit = 1 if policy is None else policy.max_partitions_per_run
    if limit is None:
        return subset.key_ranges()
    if limit == 1:
        return [PartitionKeyRange(key, key) for key in subset]
    if isinstance(subset, PlacesSubset):
        key_at = subset.ordered.key_at
        return [
            PartitionKeyRange(key_at(first), key_at(after - 1))
            for low, high in subset.ranges
            for first, after in _cut(low, high, limit)
        ]
    if isinstance(subset, Product):
        return list(_cut_products(subset, limit))
    return list(_cut_keys(subset, limit))


def _cut(low: int, high: int, limit: int) -> Iterator[tuple[int, int]]:
    for first in range(low, high, limit):
        yield first, min(first + limit, high)


def _cut_products(subset: Product, limit: int) -> Iterator[PartitionKeyRange]:
    key = subset.pairs.key
    for outer, inner in subset.products():
        for columns in inner.key_ranges():
            column_keys = list(subset.pairs.inner.partitions_def.subset_of_range(columns))
            for rows in outer.key_ranges():
                row_keys = list(subset.pairs.outer.partitions_def.subset_of_range(rows))
                tall = max(1, limit // len(column_keys))
                for row, row_after in _cut(0, len(row_keys), tall):
                    for column, column_after in _cut(0, len(column_keys), limit):
                        yield PartitionKeyRange(
                            key(row_keys[row], column_keys[column]),
                            key(row_keys[row_after - 1], column_keys[column_after - 1]),
                        )


def _cut_keys(subset: PartitionsSubset, limit: int) -> Iterator[PartitionKeyRange]:
    for chosen in subset.key_ranges():
        keys = [chosen.start]
        if chosen.start != chosen.end:
            keys = list(subset.partitions_def.subset_of_range(chosen))
        for first, after in _cut(0, len(keys), limit):
            yield PartitionKeyRange(keys[first], keys[after - 1])
