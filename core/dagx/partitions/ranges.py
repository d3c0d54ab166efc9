"""Sets of whole numbers as sorted, disjoint ranges that do not touch: (first, after the last), ..."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable

Ranges = tuple[tuple[int, int], ...]


def normal(ranges: Iterable[tuple[int, int]]) -> Ranges:
    """Any ranges as a set: sorted, put together where they meet, without empty ones."""
    made: list[tuple[int, int]] = []
    for low, high in sorted(ranges):
        if low >= high:
            continue
        if made and low <= made[-1][1]:
            made[-1] = (made[-1][0], max(made[-1][1], high))
        else:
            made.append((low, high))
    return tuple(made)


def of_numbers(numbers: Iterable[int]) -> Ranges:
    """The set of these numbers."""
    made: list[tuple[int, int]] = []
    for number in sorted(set(numbers)):
        if made and made[-1][1] == number:
            made[-1] = (made[-1][0], number + 1)
        else:
            made.append((number, number + 1))
    return tuple(made)


def contains(ranges: Ranges, number: int) -> bool:
    """Whether the number is in the set."""
    index = bisect_right(ranges, number, key=_first) - 1
    return index >= 0 and number < ranges[index][1]


def size(ranges: Ranges) -> int:
    """How many numbers are in the set."""
    return sum(high - low for low, high in ranges)


def union(one: Ranges, other: Ranges) -> Ranges:
    """What is in either."""
    if not one or not other:
        return one or other
    return normal((*one, *other))


def intersection(one: Ranges, other: Ranges) -> Ranges:
    """What is in both."""
    made: list[tuple[int, int]] = []
    here = there = 0
    while here < len(one) and there < len(other):
        low = max(one[here][0], other[there][0])
        high = min(one[here][1], other[there][1])
        if low < high:
            made.append((low, high))
        if one[here][1] < other[there][1]:
            here += 1
        else:
            there += 1
    return tuple(made)


def difference(one: Ranges, other: Ranges) -> Ranges:
    """What is in `one` and not in `other`."""
    made: list[tuple[int, int]] = []
    there = 0
    for first, high in one:
        low = first
        while there < len(other) and other[there][1] <= low:
            there += 1
        ahead = there
        while ahead < len(other) and other[ahead][0] < high:
            if other[ahead][0] > low:
                made.append((low, other[ahead][0]))
            low = max(low, other[ahead][1])
            ahead += 1
        if low < high:
            made.append((low, high))
    return tuple(made)


def _first(chosen: tuple[int, int]) -> int:
    return chosen[0]
