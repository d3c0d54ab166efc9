"""Product: some of the pairs of two dimensions, kept as a few products of subsets of each."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from dagx.partitions.definition import PartitionsDefinition, PartitionsSubset
from dagx.partitions.key_set import KeySet
from dagx.partitions.keys import MultiPartitionKey, PartitionKeyRange

# Up to this many pairs of blocks are put together block by block; more are taken apart into keys of the pivot.
_FEW = 64


class Dimension(Protocol):
    """A dimension of a definition of pairs."""

    @property
    def partitions_def(self) -> PartitionsDefinition:
        """Its partitions."""
        ...


class PairsDefinition(PartitionsDefinition):
    """What a Product must know of its definition: two dimensions, the first of which is the outer one."""

    @property
    @abstractmethod
    def outer(self) -> Dimension:
        """The first dimension."""

    @property
    @abstractmethod
    def inner(self) -> Dimension:
        """The second dimension."""

    @property
    @abstractmethod
    def pivot_is_outer(self) -> bool:
        """Which dimension's keys tell blocks apart: best the one with fewer keys."""

    @abstractmethod
    def parts(self, partition_key: str) -> tuple[str, str] | None:
        """The keys of both dimensions, or None when the text has not two parts."""

    @abstractmethod
    def key(self, outer: str, inner: str) -> MultiPartitionKey:
        """The key of a pair."""


class Block(NamedTuple):
    """All pairs of keys of the pivot with keys of the other dimension."""

    pivot: PartitionsSubset
    rest: PartitionsSubset

    @property
    def is_empty(self) -> bool:
        """Whether there is no pair in it."""
        return self.pivot.is_empty or self.rest.is_empty


class Product(PartitionsSubset):
    """Pairs as blocks: no key of the pivot is in two blocks, and no two blocks have the same rest.

    So equal sets have equal blocks, and the product of two subsets is one block however large they are. Made by
    `of`, which takes any products.
    """

    __slots__ = ("blocks", "pairs", "partitions_def")

    def __init__(self, pairs: PairsDefinition, blocks: Iterable[Block]) -> None:
        self.partitions_def = pairs
        self.pairs = pairs
        self.blocks = _merged(blocks)

    @staticmethod
    def of(pairs: PairsDefinition, products: Iterable[tuple[PartitionsSubset, PartitionsSubset]]) -> Product:
        """All pairs of some outer with some inner keys, for each of these products."""
        made = Product(pairs, ())
        for outer, inner in products:
            block = Block(outer, inner) if pairs.pivot_is_outer else Block(inner, outer)
            made = made._united(Product(pairs, [block]))
        return made

    @staticmethod
    def of_keys(pairs: PairsDefinition, keys: Iterable[tuple[str, str]]) -> Product:
        """The pairs of these outer and inner keys. Raises UnknownPartitionError for what cannot be a key."""
        rest_of: dict[str, set[str]] = {}
        for outer, inner in keys:
            pivot, rest = (outer, inner) if pairs.pivot_is_outer else (inner, outer)
            rest_of.setdefault(pivot, set()).add(rest)
        pivots_of: dict[frozenset[str], list[str]] = {}
        for pivot, rests in rest_of.items():
            pivots_of.setdefault(frozenset(rests), []).append(pivot)
        pivot_def, rest_def = _pivot_and_rest(pairs)
        return Product(
            pairs,
            [
                Block(
                    pivot_def.subset_with_partition_keys(pivots), rest_def.subset_with_partition_keys(rests)
                )
                for rests, pivots in pivots_of.items()
            ],
        )

    def products(self) -> list[tuple[PartitionsSubset, PartitionsSubset]]:
        """Outer and inner subsets whose products are, together, all of it; none share a pair."""
        if self.pairs.pivot_is_outer:
            return [(pivot, rest) for pivot, rest in self.blocks]
        return [(rest, pivot) for pivot, rest in self.blocks]

    def __contains__(self, key: object) -> bool:
        parts = self.pairs.parts(key) if isinstance(key, str) else None
        if parts is None:
            return False
        pivot, rest = parts if self.pairs.pivot_is_outer else reversed(parts)
        return any(pivot in block.pivot and rest in block.rest for block in self.blocks)

    def __len__(self) -> int:
        return sum(len(pivot) * len(rest) for pivot, rest in self.blocks)

    def __iter__(self) -> Iterator[MultiPartitionKey]:
        key = self.pairs.key
        if len(self.blocks) == 1:
            ((outer, inner),) = self.products()
            inner_keys = list(inner)
            yield from (key(one, other) for one in outer for other in inner_keys)
            return
        rows = self._rows()
        if self.pairs.pivot_is_outer:
            yield from (key(pivot, other) for pivot in self._pivots() for other in rows[pivot])
            return
        columns: dict[str, list[str]] = {}
        for pivot in self._pivots():
            for outer_key in rows[pivot]:
                columns.setdefault(outer_key, []).append(pivot)
        outer_keys = self.pairs.outer.partitions_def.subset_with_partition_keys(list(columns))
        yield from (key(one, other) for one in outer_keys for other in columns[one])

    def __or__(self, other: PartitionsSubset) -> PartitionsSubset:
        self._check(other)
        return self._united(other) if isinstance(other, Product) else KeySet(self.pairs, self) | other

    def __and__(self, other: PartitionsSubset) -> PartitionsSubset:
        self._check(other)
        if not isinstance(other, Product):
            return other & self
        if len(self.blocks) * len(other.blocks) > _FEW:
            return self._by_rows(other, lambda one, another: one & another)
        return Product(
            self.pairs,
            [
                Block(one.pivot & another.pivot, one.rest & another.rest)
                for one in self.blocks
                for another in other.blocks
            ],
        )

    def __sub__(self, other: PartitionsSubset) -> PartitionsSubset:
        self._check(other)
        if not isinstance(other, Product):
            return KeySet(self.pairs, self) - other
        if len(self.blocks) * len(other.blocks) > _FEW:
            return self._by_rows(other, lambda one, another: one - another)
        left: list[Block] = []
        for pivot, rest in self.blocks:
            apart = pivot
            for other_pivot, other_rest in other.blocks:
                left.append(Block(pivot & other_pivot, rest - other_rest))
                apart = apart - other_pivot
            left.append(Block(apart, rest))
        return Product(self.pairs, left)

    def key_ranges(self) -> list[PartitionKeyRange]:
        """Ranges of pairs: each is the product of a range of outer and a range of inner keys."""
        key = self.pairs.key
        return [
            PartitionKeyRange(key(rows.start, columns.start), key(rows.end, columns.end))
            for outer, inner in self.products()
            for rows in outer.key_ranges()
            for columns in inner.key_ranges()
        ]

    def to_json(self) -> dict[str, Any]:
        """`{"products": [[outer, inner], ...]}` with subsets of the dimensions."""
        return {"products": [[outer.to_json(), inner.to_json()] for outer, inner in self.products()]}

    def of_dimension(self, *, outer: bool) -> PartitionsSubset:
        """The keys of the outer, or of the inner, dimension that are in some pair."""
        dimension = self.pairs.outer if outer else self.pairs.inner
        found = dimension.partitions_def.empty_subset()
        for product in self.products():
            found = found | product[0 if outer else 1]
        return found

    @property
    def token(self) -> frozenset[object]:
        """A value that equal ones have in common."""
        return frozenset((pivot.token, rest.token) for pivot, rest in self.blocks)

    def _united(self, other: Product) -> Product:
        if len(self.blocks) * len(other.blocks) > _FEW:
            return self._by_rows(other, lambda one, another: one | another)
        apart: list[Block] = list(self.blocks)
        for pivot, rest in other.blocks:
            apart = _with(apart, pivot, rest)
        return Product(self.pairs, apart)

    def _by_rows(
        self, other: Product, join: Callable[[PartitionsSubset, PartitionsSubset], PartitionsSubset]
    ) -> Product:
        """Put each key of the pivot together by itself."""
        ours, theirs = self._rows(), other._rows()
        pivot_def, rest_def = _pivot_and_rest(self.pairs)
        none = rest_def.empty_subset()
        pivots_of: dict[object, tuple[PartitionsSubset, list[str]]] = {}
        for pivot in ours.keys() | theirs.keys():
            rest = join(ours.get(pivot, none), theirs.get(pivot, none))
            if rest:
                pivots_of.setdefault(rest.token, (rest, []))[1].append(pivot)
        blocks = [
            Block(pivot_def.subset_with_partition_keys(pivots), rest) for rest, pivots in pivots_of.values()
        ]
        return Product(self.pairs, blocks)

    def _rows(self) -> Mapping[str, PartitionsSubset]:
        return {key: rest for pivot, rest in self.blocks for key in pivot}

    def _pivots(self) -> PartitionsSubset:
        return self.of_dimension(outer=self.pairs.pivot_is_outer)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, PartitionsSubset):
            return NotImplemented
        if not isinstance(other, Product):
            return other == self
        return self.partitions_def == other.partitions_def and self.token == other.token

    def __hash__(self) -> int:
        return hash(len(self))


def _pivot_and_rest(pairs: PairsDefinition) -> tuple[PartitionsDefinition, PartitionsDefinition]:
    outer, inner = pairs.outer.partitions_def, pairs.inner.partitions_def
    return (outer, inner) if pairs.pivot_is_outer else (inner, outer)


def _with(apart: Sequence[Block], pivot: PartitionsSubset, rest: PartitionsSubset) -> list[Block]:
    """Blocks that share no key of the pivot, and one more block that may."""
    made: list[Block] = []
    alone = pivot
    for there, rest_there in apart:
        shared = there & alone
        made.append(Block(there - shared, rest_there))
        made.append(Block(shared, rest_there | rest))
        alone = alone - shared
    return [*(block for block in made if not block.is_empty), Block(alone, rest)]


def _merged(blocks: Iterable[Block]) -> tuple[Block, ...]:
    """The same without empty blocks, and those with equal rests as one."""
    by_rest: dict[object, Block] = {}
    for block in blocks:
        if block.is_empty:
            continue
        there = by_rest.get(block.rest.token)
        by_rest[block.rest.token] = block if there is None else Block(there.pivot | block.pivot, there.rest)
    return tuple(by_rest.values())
