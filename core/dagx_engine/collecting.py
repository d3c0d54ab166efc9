"""What may go of stored results, runs and logs, and taking it away: all of it for `dagx gc`, a little after each run.

Rows first, and when that is down on disk the bytes that they named. Killed anywhere in between, no row names bytes that
are missing; bytes that no row names go the next time. Needs the project lock, and no run under way.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from pathlib import Path

from dagx_engine.io.objects import remove, size_of
from dagx_engine.io.retiring import Doomed
from dagx_engine.io.store import Store
from dagx_engine.pure.amounts import in_bytes
from dagx_engine.pure.definitions import part_key
from dagx_engine.pure.retention import Weight, evicted
from dagx_engine.workspace import Workspace

__all__ = ["Collector", "Garbage", "drop_garbage", "find_garbage", "verify_objects"]

_RUN_SECONDS = 30 * 86400.0
_NEWEST_RUNS = 100
"""Runs are kept while they are younger than that, or among so many newest ones, or made something that is kept."""

_LONG_LOG = 16 << 20
_WORTH_IT = 5
"""After a run fewer rows than these stay until there are more: making their end durable costs a sync of the disk."""
_AT_ONCE = 2000
"""After a run no more rows, objects or runs go than these: the next one goes on."""


class Garbage:
    """What may go. `expired` is what `retention` does not keep, `over` what does not fit into `cache_size`, `foreign`
    what belongs to assets that the project has no longer.
    """

    def __init__(self) -> None:
        self.expired = Doomed()
        self.over = Doomed()
        self.foreign = Doomed()
        self.runs: tuple[str, ...] = ()
        self.freed: dict[str, int] = {}
        """Objects that no row names without those rows, with their sizes; of `expired` alone, and so on."""
        self.freed_over: dict[str, int] = {}
        self.freed_foreign: dict[str, int] = {}
        self.strays: dict[str, int] = {}
        """Objects that no row names."""
        self.logs: list[Path] = []
        self.files: list[Path] = []
        """Damaged objects that were set aside."""


def find_garbage(
    space: Workspace, store: Store, *, known: Collection[str] | None = None, alone: bool = True
) -> Garbage:
    """All that may go. `known` are the assets of the project, when results of others are to go too.

    `alone`: no other dagx is at work; else what has no row yet may be on its way to one.
    """
    found, rows = Garbage(), store.retiring
    keep, now = space.files.retention, space.clock.now()
    if known is not None:
        found.foreign = rows.of_others(known)
    found.expired = _without(rows.expired(keep, now), found.foreign)
    found.expired = found.expired._replace(observations=rows.expired_observations(keep, now))
    going = (*found.expired.materializations, *found.foreign.materializations)
    found.freed_foreign = rows.freed(found.foreign.materializations)
    freed = rows.freed(going)
    found.freed = {digest: size for digest, size in freed.items() if digest not in found.freed_foreign}
    weights = rows.weights()
    over = evicted(weights, space.files.cache_size, freed)
    found.over, found.freed_over = _over(store, over, going)
    going = (*going, *found.over.materializations)
    found.runs = rows.old_runs(now - max(keep.seconds or 0.0, _RUN_SECONDS), _NEWEST_RUNS, going)
    if alone:
        named = {weight.digest for weight in weights}
        found.strays = {digest: size for digest, size in space.objects.everything() if digest not in named}
        kept = store.retiring.runs() - set(found.runs)
        found.logs = [path for path in _logs(space) if not _is_kept(path, kept)]
    found.files = space.objects.set_aside()
    return found


def drop_garbage(space: Workspace, store: Store, garbage: Garbage) -> None:
    """Take it away: first what needs no writing to the database, which a full disk refuses."""
    space.objects.remove(garbage.strays)
    remove([*garbage.logs, *garbage.files])
    for doomed in (garbage.expired, garbage.over, garbage.foreign):
        store.retiring.drop(doomed)
    store.retiring.drop(Doomed(runs=garbage.runs))
    store.texts.drop_unused()
    store.learned.drop_unused()
    space.objects.remove([*garbage.freed, *garbage.freed_over, *garbage.freed_foreign])
    space.ledger.forget()


def verify_objects(space: Workspace, store: Store) -> tuple[str, ...]:
    """Hold the bytes of every object against its name; the assets of those that do not match, which are set aside."""
    bad = {w.digest for w in store.retiring.weights() if not space.objects.check(w.digest)}
    if not bad:
        return ()
    space.ledger.forget()
    rows = store.retiring.named(bad)
    return tuple(dict.fromkeys(str(part_key(asset, partition)) for asset, partition in rows))


class Collector:
    """The little that is done after each run: what the run made superfluous, and what does not fit any more."""

    def __init__(self, space: Workspace) -> None:
        self._space = space
        self._after = self._seen = space.writable().retiring.last()
        self._total = -1
        """Stored bytes, or more than there are; negative as long as nobody looked."""

    def tidy(self) -> str:
        """Call it when no run is under way. Returns a word when results went because there were too many bytes."""
        space, store = self._space, self._space.writable()
        if space.crashed:
            space.crashed = ()
            named = {weight.digest for weight in store.retiring.weights()}
            space.objects.remove(digest for digest, _ in space.objects.everything() if digest not in named)
        last = store.retiring.last()
        if self._total >= 0 and last == self._seen:
            return ""
        if self._total >= 0:
            self._total += store.retiring.added(self._seen[0])
        self._seen = last
        self._drop_expired(store, last)
        self._drop_runs(store)
        if not 0 <= self._total <= space.files.cache_size:
            self._total = store.retiring.total()
        return self._drop_over(store) if self._total > space.files.cache_size else ""

    def _drop_expired(self, store: Store, last: tuple[int, int]) -> None:
        keep, now = self._space.files.retention, self._space.clock.now()
        doomed = store.retiring.expired(keep, now, self._after)
        if len(doomed.materializations) + len(doomed.evaluations) < _WORTH_IT:
            return
        self._after = last
        doomed = Doomed(doomed.materializations[:_AT_ONCE], doomed.evaluations[:_AT_ONCE])
        self._drop(store, doomed, store.retiring.freed(doomed.materializations))

    def _drop_runs(self, store: Store) -> None:
        before = self._space.clock.now() - max(self._space.files.retention.seconds or 0.0, _RUN_SECONDS)
        began = store.retiring.started()
        if began is None or began >= before:
            return
        runs = store.retiring.old_runs(before, _NEWEST_RUNS)[:_AT_ONCE]
        store.retiring.drop(Doomed(runs=runs))
        remove(self._space.files.state / "logs" / run for run in runs)

    def _drop_over(self, store: Store) -> str:
        limit = self._space.files.cache_size
        over = evicted(store.retiring.weights(), limit)[:_AT_ONCE]
        if not over:
            return ""
        doomed, freed = _over(store, over, ())
        self._drop(store, doomed, freed)
        size = sum(freed.values())
        self._total -= size
        return f"{in_bytes(size)} of earlier results went: more than the cache_size of {in_bytes(limit)} was stored"

    def _drop(self, store: Store, doomed: Doomed, freed: Iterable[str]) -> None:
        store.retiring.drop(doomed)
        self._space.objects.remove(freed)
        self._space.ledger.drop(doomed.materializations, doomed.evaluations)


def _over(store: Store, over: Sequence[Weight], going: Collection[int]) -> tuple[Doomed, dict[str, int]]:
    ids = set(store.retiring.naming(weight.digest for weight in over)) - set(going)
    return Doomed(tuple(sorted(ids))), {weight.digest: weight.size for weight in over}


def _without(doomed: Doomed, others: Doomed) -> Doomed:
    made, checks = set(others.materializations), set(others.evaluations)
    return Doomed(
        tuple(number for number in doomed.materializations if number not in made),
        tuple(number for number in doomed.evaluations if number not in checks),
    )


def _logs(space: Workspace) -> list[Path]:
    folder = space.files.state / "logs"
    return sorted(folder.iterdir()) if folder.is_dir() else []


def _is_kept(path: Path, runs: Collection[str]) -> bool:
    """Whether a log belongs to a run that is kept; the one of all workers is, until it is long."""
    return path.name in runs or (path.is_file() and size_of(path) < _LONG_LOG)
