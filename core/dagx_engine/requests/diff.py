"""`dagx diff`: what differs between two materializations of an asset."""

from __future__ import annotations

from collections.abc import Sequence

from dagx.errors import DagxError
from dagx_engine.io.rows import Materialization
from dagx_engine.opening import Project, loaded
from dagx_engine.pure.definitions import Key, part_key
from dagx_engine.pure.errors import UsageError
from dagx_engine.pure.generation import Generation
from dagx_engine.pure.naming import asset_and_partition, place_named
from dagx_engine.requests.comparing import Value, compare, value_of
from dagx_engine.views.comparing import DiffView, SideView
from dagx_engine.workspace import Workspace

__all__ = ["diff"]

_MOST = 1_000
"""Materializations of one asset that can be named."""


def diff(
    project: Project,
    asset: str,
    before: str = "-1",
    after: str = "0",
    *,
    key: Sequence[str] = (),
    rows: int = 10,
) -> DiffView:
    """What differs between two materializations of an asset, or of one partition: `daily[2024-01-03]`.

    Each is named by its run, or how that begins; by how its data version begins; or by how many there are after it:
    0 is the current one, -1 the one before. Rows of tables are told apart by `key`; `rows` are shown of each kind.
    Raises ProjectError, UsageError; DagxError when stored bytes are gone.
    """
    with loaded(project) as (space, generation):
        named, items = _stored(space, generation, asset)
        first, second = _chosen(named, items, before), _chosen(named, items, after)
        a, b = _side(items, first), _side(items, second)
        one, other = items[first], items[second]
        if _bytes_of(one) == _bytes_of(other):
            return DiffView(named, a, b, True, tuple(key), notes=_last_change(named, items, first, second))
        values = [_value(space, named, item) for item in (one, other)]
        found = compare(space, values[0], values[1], key, rows)
        return DiffView(named, a, b, False, tuple(key), found)


def _stored(space: Workspace, generation: Generation, asset: str) -> tuple[Key, Sequence[Materialization]]:
    """What is stored of what was named, the current one first. Raises UsageError when there is nothing to compare."""
    key, partition = asset_and_partition(generation, asset)
    if generation.assets[key].partitions_def is not None and not partition:
        newest = space.stored(key)
        example = newest[0].partition if newest else "PARTITION"
        raise UsageError(f"{key} is partitioned", hint=f"name one partition: dagx diff '{key}[{example}]'")
    named, store = part_key(key, partition), space.store
    found = store.partitions.history([(key, partition)], _MOST) if store is not None else {}
    items = [item for item in found.get((key, partition), ()) if item.standing != "left out"]
    if not items:
        raise UsageError(f"nothing is stored of {named}: it was never made", hint=f"dagx run {key}")
    kept = [item for item in items if item.inline is not None or item.object_digest is not None]
    if not kept:
        paths = [name.partition(":")[2] for name, _ in items[0].written]
        wrote = (
            f"; of the files that it writes ({', '.join(paths[:3])}) it keeps digests only" if paths else ""
        )
        raise UsageError(f"dagx stores no value of {named}{wrote}")
    if len(kept) < 2:
        raise UsageError(f"only one value of {named} is stored: there is nothing to compare it with")
    return named, kept


def _chosen(named: Key, items: Sequence[Materialization], text: str) -> int:
    place = place_named(text, [(item.run, item.data_version) for item in items])
    if isinstance(place, int):
        return place
    known = ", ".join(
        f"{item.run} ({-n})" if n else f"{item.run} (current)" for n, item in enumerate(items[:5])
    )
    more = f" and {len(items) - 5:,} more" if len(items) > 5 else ""
    raise UsageError(
        f"{named}: {place}", hint=f"there are {known}{more}; what was taken away is not among them"
    )


def _side(items: Sequence[Materialization], place: int) -> SideView:
    item = items[place]
    return SideView(item.run, item.made_at, item.data_version, item.codec, item.size, place)


def _bytes_of(item: Materialization) -> tuple[str, str | bytes | None]:
    return item.codec, item.object_digest if item.inline is None else item.inline


def _last_change(named: Key, items: Sequence[Materialization], first: int, second: int) -> tuple[str, ...]:
    """Which earlier one is another, if there is one."""
    wanted = _bytes_of(items[second])
    other = next(
        (n for n in range(max(first, second) + 1, len(items)) if _bytes_of(items[n]) != wanted), None
    )
    if other is None:
        return ()
    return (f"the last that differs is {-other}: dagx diff {named} {-other}",)


def _value(space: Workspace, named: Key, item: Materialization) -> Value:
    found = value_of(space, item)
    if found is None:
        raise DagxError(
            f"the stored bytes of {named} from run {item.run} are gone, or damaged",
            hint="`dagx gc --verify` looks at all that is stored; `dagx run` makes what is current again",
        )
    return found
