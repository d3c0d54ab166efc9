"""Why an asset is what it is: the reasons that decided, with what is known of each, up to what started it."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from dagx_engine.io.rows import Materialization, PartitionRow
from dagx_engine.late import late
from dagx_engine.pure.amounts import ago, in_bytes
from dagx_engine.pure.causes import causes_of
from dagx_engine.pure.declared import declared_names, declared_parts
from dagx_engine.pure.definitions import CheckKey, Key, StepName
from dagx_engine.pure.generation import Generation
from dagx_engine.pure.manifest import INCOMPLETE
from dagx_engine.pure.reasons import came_and_went, part_in_words
from dagx_engine.pure.resting import grouped
from dagx_engine.pure.sources import has_source
from dagx_engine.remarks import remarks_of
from dagx_engine.views import AssetState, AssetView, CauseView, CodeChange, ReasonView, WhyView
from dagx_engine.workspace import Workspace

__all__ = ["explain"]

_SETTLED = (AssetState.FRESH, AssetState.EXTERNAL)
_HELD = (AssetState.UPSTREAM_STALE, AssetState.BLOCKED)
"""What is so because of something upstream."""


def explain(space: Workspace, generation: Generation, views: Mapping[str, AssetView], key: Key) -> WhyView:
    """The asset's state in words, down to the lines of code; of a fresh one, what it rests on."""
    view = views[key]
    about = _About(space, generation)
    chain = _chain(views, view, about)
    rests = _rests_on(space, generation, views, view)
    widened = generation.steps[StepName(view.step)].widened if view.step in generation.steps else ""
    return WhyView(
        view,
        _verdict(view, chain),
        about.told(key, view.reasons),
        chain,
        tuple((part, part_in_words(part, digest, generation.places)) for part, digest in rests),
        grouped(rests, generation.places, widened, view.declared_inputs if rests else ()),
        remarks=remarks_of(space, generation, [StepName(view.step)]) if view.step else (),
        notes=tuple(_notes(space, generation, view)),
    )


def _chain(views: Mapping[str, AssetView], view: AssetView, about: _About) -> tuple[CauseView, ...]:
    if view.state in (*_SETTLED, AssetState.MISSING):
        return ()
    is_root = {one.key: one.state not in _HELD for one in views.values() if one.state not in _SETTLED}
    found = causes_of(view.key, lambda one: [up for up in views[one].upstream if up in views], is_root)
    return tuple(
        CauseView(
            cause.key,
            cause.depth,
            cause.feeds,
            views[cause.key].state,
            about.told(Key(cause.key), views[cause.key].reasons),
            cause.root,
            views[cause.key].error,
        )
        for cause in found
    )


class _About:
    """What is known of the parts that changed, beyond that they did."""

    def __init__(self, space: Workspace, generation: Generation) -> None:
        self._space = space
        self._generation = generation
        self._now = space.clock.now()

    def told(self, key: Key, reasons: Sequence[ReasonView]) -> tuple[ReasonView, ...]:
        """The same reasons, with what is known of each."""
        step = self._generation.maker(key)
        if step is None:
            return tuple(reasons)
        stored = list(self._stored(key, step))
        now = dict(self._generation.steps[step].parts)
        return tuple(self._told(reason, stored, now) for reason in reasons)

    def _stored(self, key: Key, step: StepName) -> Iterator[Mapping[str, str]]:
        """What the current results of the step were made of: those of the asset first."""
        ledger = self._space.ledger
        history, evaluations = ledger.history(), ledger.evaluations()
        for product in (key, *self._generation.steps[step].products):
            rows = evaluations.get(product) if isinstance(product, CheckKey) else history.get(product)
            if rows:
                yield dict(rows[0].parts)
        for row in ledger.partitions().values():
            if row.asset == key:
                yield dict(row.parts)

    def _told(
        self, reason: ReasonView, stored: Sequence[Mapping[str, str]], now: Mapping[str, str]
    ) -> ReasonView:
        part = reason.part
        kind, _, rest = part.partition(":")
        if has_source(part):
            after = now.get(part)
            before = next((parts.get(part) for parts in stored if parts.get(part) != after), None)
            return replace(reason, code=self._code(part, before, after))
        if kind == "input":
            versions = [parts[part] for parts in stored if part in parts]
            return replace(reason, detail=self._input(Key(rest), versions))
        if kind in ("file", "import"):
            return replace(reason, detail=self._file(rest, self._kept(part, stored)))
        if kind in ("dir", "import-dir"):
            return replace(reason, detail=self._names(rest, self._kept(part, stored)))
        if kind == "incomplete":
            return replace(reason, detail=rest.partition("; ")[2])
        return reason

    def _code(self, part: str, before: str | None, after: str | None) -> CodeChange | None:
        store = self._space.store
        texts = store.texts.of([before]) if store is not None and before is not None else {}
        was = texts.get(before or "")
        place = self._generation.places.get(part)
        if after is None or place is None:
            return CodeChange("", was, None, ()) if was is not None else None
        lines = self._space.source_text(self._generation).lines(part)
        text = "\n".join(line for _, line in lines)
        if was is None:
            return CodeChange(str(place), None, text, ()) if text else None
        comparing: Any = late("dagx_engine.pure.lines")  # it takes time to import
        return CodeChange(str(place), was, text, tuple(comparing.changed_lines(was, lines, place.file)))

    def _input(self, key: Key, versions: Sequence[str]) -> str:
        """How large the value is and was, who made it when, and why that ran."""
        current = self._space.ledger.current(key)
        if current is None or current.data_version in versions:
            return ""
        earlier = next(
            (one for one in self._space.ledger.history().get(key, ()) if one.data_version in versions), None
        )
        said = [_sizes(earlier, current), f"made {ago(self._now - current.made_at)} in run {current.run}"]
        store, step = self._space.store, self._generation.maker(key)
        rows = store.steps(current.run, step) if store is not None and step is not None else ()
        why = next((row.reasons for row in rows if row.reasons), ())
        if why:
            said[-1] += f": {why[0][1]}"
        return ", ".join(filter(None, said))

    def _kept(self, part: str, stored: Sequence[Mapping[str, str]]) -> str | None:
        """What is kept of a file or a folder as it was when the results were made."""
        store, digests = self._space.store, [parts[part] for parts in stored if part in parts]
        found = store.texts.of(digests) if store is not None else {}
        return next((found[digest] for digest in digests if digest in found), None)

    def _file(self, path: str, size_before: str | None) -> str:
        found = self._space.disk.edited(path)
        was = int(size_before) if size_before is not None else None
        if found is None:
            return f"it had {in_bytes(was)}" if was is not None else ""
        size, moment = found
        sizes = f"now {in_bytes(size)}"
        if was is not None:
            sizes = f"{in_bytes(was)} → {in_bytes(size)}" if was != size else f"still {in_bytes(size)}"
        return f"{sizes}, edited {ago(self._now - moment)}"

    def _names(self, path: str, before: str | None) -> str:
        names = self._space.disk.names(path)
        if before is None or names is None:
            return ""
        return came_and_went(before.split("/") if before else [], names)


def _sizes(before: Materialization | None, after: Materialization) -> str:
    """`3 → 5 rows`; or bytes, where rows are not known."""
    if after.rows is not None:
        was = before.rows if before is not None else None
        return f"{was:,} → {after.rows:,} rows" if was not in (None, after.rows) else f"{after.rows:,} rows"
    if not after.size:
        return ""
    if before is not None and before.size and before.size != after.size:
        return f"{in_bytes(before.size)} → {in_bytes(after.size)}"
    return in_bytes(after.size)


def _rests_on(
    space: Workspace, generation: Generation, views: Mapping[str, AssetView], view: AssetView
) -> tuple[tuple[str, str], ...]:
    """The parts of a fresh asset; of one that was never made, those that are known before it is."""
    if view.state is AssetState.FRESH:
        stored: Sequence[Materialization | PartitionRow] = space.stored(Key(view.key))
        return tuple(stored[0].parts) if stored else ()
    if view.state is AssetState.MISSING and view.step in generation.steps:
        step = StepName(view.step)
        look = space.now.look(declared_names(generation, [step]))
        parts = (*generation.steps[step].parts, *declared_parts(generation.steps[step], look))
        inputs = ((f"input:{up}", views[up].state.value) for up in view.upstream if up in views)
        return (*inputs, *parts)
    return ()


def _notes(space: Workspace, generation: Generation, view: AssetView) -> Iterator[str]:
    if view.state is AssetState.EXTERNAL:
        seen = space.ledger.observations().get(Key(view.key))
        if seen is not None:
            yield f"it was observed {ago(space.clock.now() - seen.made_at)}, in run {seen.run}"
    for each in view.accepted:
        yield f"accepted on {time.strftime('%Y-%m-%d %H:%M', time.localtime(each.at))}: {each.text}"
    if view.reasons and all(reason.part.startswith(INCOMPLETE) for reason in view.reasons):
        yield "it is made again whenever it is asked for; dagx dev leaves it alone until something else changes"
    if view.accepted:
        yield f"to take that back: dagx accept {view.key} --undo"
    if space.store is None or not view.step:
        return
    row = next((row for row in space.store.failures() if row.step == view.step), None)
    if row is None:
        return
    attempt = next(iter(space.store.steps(row.run, row.step)), None)
    when = ""
    if attempt is not None and attempt.started_at is not None:
        when = f" {ago(space.clock.now() - attempt.started_at - (attempt.seconds or 0.0))}"
    if view.state is AssetState.FAILED:
        yield f"it failed{when}, in run {row.run}; its log: dagx logs {row.run}"
        yield f"it is tried again when something that it depends on changes, or by: dagx run {view.key}"
    elif view.state not in (AssetState.QUEUED, AssetState.RUNNING):
        yield f"its last attempt failed{when}, in run {row.run}: {row.line}; what it depends on changed since"


def _verdict(view: AssetView, chain: Sequence[CauseView]) -> str:
    match view.state:
        case AssetState.FRESH if view.accepted:
            return "fresh: what changed was accepted"
        case AssetState.FRESH:
            return "fresh: nothing that it depends on changed"
        case AssetState.MISSING:
            return "missing: it was never made"
        case AssetState.STALE:
            count = len(view.reasons)
            return f"stale: {count} {'thing' if count == 1 else 'things'} that it depends on changed"
        case AssetState.UPSTREAM_STALE:
            roots = [cause.asset for cause in chain if cause.root]
            root = f", because of {roots[0]}" if roots else ""
            root += f" and {len(roots) - 1:,} more" if len(roots) > 1 else ""
            return f"upstream stale: it runs if an upstream asset makes something new{root}"
        case AssetState.FAILED:
            return f"failed: {view.error or 'its last attempt failed'}"
        case AssetState.BLOCKED:
            return "blocked: an upstream asset failed"
        case AssetState.SKIPPED:
            return f"skipped: {view.reason or 'it was not made'}"
        case AssetState.EXTERNAL:
            return "external: it is not made by dagx"
        case AssetState.QUEUED | AssetState.RUNNING:
            return f"{view.state.value}: it is being made now"
