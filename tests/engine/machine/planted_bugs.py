"""Bugs to be put into the real engine: each takes one thing out that keeps results right. All must be caught."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from dagx.worker.tracing.stamps import Stamp, stamp_of
from dagx_engine import attempts, harvest, ledger, reads
from dagx_engine.attempts import Attempts
from dagx_engine.executor import Executor
from dagx_engine.harvest import Attempt
from dagx_engine.io import files as disk
from dagx_engine.io import store as stores
from dagx_engine.io.files import Files
from dagx_engine.io.objects import Objects, Stored
from dagx_engine.io.rows import NewMaterialization, Results, Written
from dagx_engine.io.store import Store
from dagx_engine.now import Now
from dagx_engine.pure import manifest, staleness
from dagx_engine.pure.manifest import ABSENT, Manifest
from dagx_engine.reads import Reads

__all__ = ["PLANTED"]

Plant = Callable[[pytest.MonkeyPatch], None]


def _without(kind: str) -> Plant:
    """Parts of one kind are left out of the key."""

    def plant(patch: pytest.MonkeyPatch) -> None:
        def of(parts: Iterable[tuple[str, str]]) -> Manifest:
            return manifest.Manifest(tuple(sorted((n, d) for n, d in set(parts) if not n.startswith(kind))))

        patch.setattr(staleness.Manifest, "of", staticmethod(of))

    return plant


def _time_instead_of_content(patch: pytest.MonkeyPatch) -> None:
    def look(self: Files, path: str, *, patience: float = 0) -> tuple[str, Stamp | None]:
        place = Path(self._root) / path  # pyright: ignore[reportPrivateUsage]
        if not place.exists():
            return ABSENT, None
        found = place.stat()
        return str(found.st_mtime_ns), stamp_of(found)

    patch.setattr(Files, "look", look)


def _gone_is_unchanged(patch: pytest.MonkeyPatch) -> None:
    look, last = Files.look, dict[Path, tuple[str, Stamp | None]]()

    def remembering(self: Files, path: str, *, patience: float = 0) -> tuple[str, Stamp | None]:
        found = look(self, path)
        place = Path(self._root) / path  # pyright: ignore[reportPrivateUsage]
        if found[0] != ABSENT:
            last[place] = found
        return last.get(place, found)

    patch.setattr(Files, "look", remembering)


def _row_before_object(patch: pytest.MonkeyPatch) -> None:
    """The object gets its name when the row is written: a kill between finds a row without object."""
    later: list[Callable[[], object]] = []
    due: list[Callable[[], object]] = []
    publish = Objects.publish

    def lazily(self: Objects, staged: Path) -> Stored:
        digest, size = disk.hash_file(staged)
        kept = staged.with_name(f"kept-{digest}")
        os.replace(staged, kept)
        later.append(lambda: publish(self, kept) if kept.exists() else None)
        return Stored(digest, size, None)

    finish, together = Store.finish_step, Store.together

    def finishing(self: Store, *args: Any) -> Written:
        due.extend(later)
        later.clear()
        return finish(self, *args)

    @contextmanager
    def and_then(self: Store) -> Iterator[None]:
        with together(self):
            yield
        while due:
            due.pop()()

    patch.setattr(Objects, "publish", lazily)
    patch.setattr(Store, "finish_step", finishing)
    patch.setattr(Store, "together", and_then)


def _objects_are_not_verified(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Objects, "check", lambda self, digest: True)
    patch.setattr(Objects, "is_whole", lambda self, digest, size: self.path(digest).exists())


def _a_row_is_believed(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Objects, "is_whole", lambda self, digest, size: True)


def _what_was_running_stays_so(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Store, "recover", lambda self, at: ())


def _inputs_are_looked_at_after_the_step_alone(patch: pytest.MonkeyPatch) -> None:
    look = reads.look_again

    def after(*args: Any) -> Reads:
        return replace(look(*args), changed=(), stirred=())

    patch.setattr(attempts, "look_again", after)


def _a_new_version_each_time(patch: pytest.MonkeyPatch) -> None:
    serial = itertools.count()
    results = harvest.results_of

    def of(*args: Any) -> Results:
        found = results(*args)
        return replace(found, made=[replace(item, data_version=f"run {next(serial)}") for item in found.made])

    patch.setattr(attempts, "results_of", of)


def _a_failure_leaves_the_old_result_fresh(patch: pytest.MonkeyPatch) -> None:
    fail = Store.fail_step

    def failing(
        self: Store,
        run: str,
        step: str,
        at: float,
        seconds: float,
        key: str,
        parts: Sequence[tuple[str, str]],
        *rest: Any,
    ) -> Written:
        old = self.history().get(step, [])[:1]
        new = [
            NewMaterialization(
                **{
                    name: value
                    for name, value in vars(item).items()
                    if name not in ("id", "run", "made_at", "seconds", "manifest_key", "parts")
                },
                manifest_key=key,
                parts=tuple(parts),
            )
            for item in old
        ]
        written = fail(self, run, step, at, seconds, key, parts, *rest)
        return self.finish_step(run, step, at, "succeeded", seconds, Results(made=new)) if new else written

    patch.setattr(Store, "fail_step", failing)
    patch.setattr(Now, "failures", lambda self: {})


def _the_manifest_of_the_beginning_is_recorded(patch: pytest.MonkeyPatch) -> None:
    """What was known when the attempt began, without what it was seen to read."""
    results = harvest.results_of

    def of(space: Any, generation: Any, attempt: Attempt, *rest: Any) -> Results:
        found = results(space, generation, attempt, *rest)
        old = attempt.manifest
        made = [replace(item, manifest_key=old.key, parts=old.parts) for item in found.made]
        return replace(found, made=made)

    patch.setattr(attempts, "results_of", of)


def _only_the_newest_is_looked_at(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(staleness, "_earlier", lambda *args: ())


def _the_newest_is_put_back_whatever_it_was_made_from(patch: pytest.MonkeyPatch) -> None:
    def earlier(products: Any, stored: Any, now: object) -> Any:
        newest = (stored[product][0] for product in products if stored.get(product))
        return tuple(record for record in newest if record.whole)

    patch.setattr(staleness, "_earlier", earlier)


def _now_and_then_nothing_is_stored(patch: pytest.MonkeyPatch) -> None:
    write = stores.write_results

    def writing(db: Any, run: str, step: str, at: float, seconds: float, results: Results) -> Written:
        events = db.execute("SELECT count(*) FROM events").fetchone()[0]
        return write(db, run, step, at, seconds, Results() if events % 4 == 0 else results)

    patch.setattr(stores, "write_results", writing)


def _size_and_time_stand_for_content(patch: pytest.MonkeyPatch) -> None:
    """The memo of digests does not look at the time of the last change of status, nor at the inode."""
    patch.setattr(disk, "stamp_of", lambda found: (0, 0, found.st_size, found.st_mtime_ns, 1))


def _restored_in_memory_alone(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Store, "restore", lambda self, *args, **kwargs: None)


def _made_in_memory_alone(patch: pytest.MonkeyPatch) -> None:
    """Rows are not read again after a run; what the run made is forgotten."""
    patch.setattr(ledger.Ledger, "learn", lambda self, written: None)


def _a_saved_input_is_not_seen_between_steps(patch: pytest.MonkeyPatch) -> None:
    """Each file is looked at once a run, and what was seen then is believed to its end."""
    observe, seen = Now.observe, dict[str, str]()
    begin = Executor.begin

    def once(self: Now, *asked: Any, patience: float = 0) -> Mapping[str, str]:
        found = dict(observe(self, *asked))
        seen.update((name, digest) for name, digest in found.items() if name not in seen)
        return {name: seen[name] for name in found}

    def beginning(self: Executor, *args: Any, **named: Any) -> str:
        seen.clear()
        return begin(self, *args, **named)

    patch.setattr(Now, "observe", once)
    patch.setattr(Executor, "begin", beginning)


def _inputs_are_not_checked(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Attempts, "_is_sound", lambda self, found: True)
    patch.setattr(Objects, "is_whole", lambda self, digest, size: self.path(digest).exists())


def _recovering_takes_the_log_away(patch: pytest.MonkeyPatch) -> None:
    recover = Store.recover

    def recovering(self: Store, at: float) -> tuple[str, ...]:
        crashed = recover(self, at)
        with self._file.transaction() as db:  # pyright: ignore[reportPrivateUsage]
            db.executemany("DELETE FROM events WHERE run = ?", [(run,) for run in crashed])
        return crashed

    patch.setattr(Store, "recover", recovering)


PLANTED: dict[str, Plant] = {
    "code is not in the key": _without("code:"),
    "inputs are not in the key": _without("input:"),
    "files are not in the key": _without("file:"),
    "the time of a file stands for its content": _time_instead_of_content,
    "a deleted file counts as unchanged": _gone_is_unchanged,
    "a row is written before its object": _row_before_object,
    "objects are not verified": _objects_are_not_verified,
    "a row without its object is believed": _a_row_is_believed,
    "what a killed engine was running stays running": _what_was_running_stays_so,
    "files are looked at after the step alone": _inputs_are_looked_at_after_the_step_alone,
    "a result has a new version each time": _a_new_version_each_time,
    "a failure leaves the old result fresh": _a_failure_leaves_the_old_result_fresh,
    "what a step was seen to read is not recorded": _the_manifest_of_the_beginning_is_recorded,
    "only the newest result is looked at": _only_the_newest_is_looked_at,
    "any result is put back": _the_newest_is_put_back_whatever_it_was_made_from,
    "now and then nothing is stored": _now_and_then_nothing_is_stored,
    "size and time stand for content": _size_and_time_stand_for_content,
    "what is put back is so in memory alone": _restored_in_memory_alone,
    "what was made is known after the next start alone": _made_in_memory_alone,
    "damaged inputs are handed on": _inputs_are_not_checked,
    "recovering takes the log away": _recovering_takes_the_log_away,
    "a file saved between two steps is not seen": _a_saved_input_is_not_seen_between_steps,
}
