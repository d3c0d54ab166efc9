"""`dagx accept`: stale results stand for what is so now, by the word of a person; and taking that back.

What a result was made from stays as it is. Beside it is written which differences count as none, part by part, with the
digests before and after: another edit of the same part counts again.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace

from dagx_engine.choosing import resolve_partitions
from dagx_engine.opening import Project, looker
from dagx_engine.pure.acceptance import Acceptable, Refused, acceptable
from dagx_engine.pure.asked import Asked
from dagx_engine.pure.definitions import CheckKey, Key, Product, StepName
from dagx_engine.pure.errors import UsageError
from dagx_engine.pure.generation import Generation
from dagx_engine.pure.manifest import Accepted, Change, Manifest
from dagx_engine.pure.reasons import reasons_of
from dagx_engine.pure.selecting import Choice, choose
from dagx_engine.pure.staleness import InPartitions, InParts, One, Stale, current_of
from dagx_engine.pure.wishes import AcceptWish
from dagx_engine.requests.wherever import wherever
from dagx_engine.views import Event, ReasonView, to_json
from dagx_engine.views.upkeep import AcceptedAsset, AcceptView
from dagx_engine.workspace import Workspace

__all__ = ["accept", "accept_here"]


def accept(
    project: Project,
    selection: str,
    *,
    data: bool = False,
    undo: bool = False,
    asked: Asked | None = None,
    confirm: Callable[[AcceptView], bool] = lambda view: True,
    on_event: Callable[[Event], None] = lambda event: None,
) -> AcceptView:
    """Let the selected stale assets count as fresh, as long as nothing else changes; or, with `undo`, not any more.

    `data`: also where files, inputs, config and the like differ, not only code. Of partitioned assets `asked` says
    which partitions; without, all stale ones. `confirm` is shown what would be accepted before anything is written.
    Raises ProjectError, BusyError; UsageError when there is nothing to accept.
    """
    wish, is_decided = AcceptWish(selection, data, undo, asked), False

    def here(space: Workspace) -> AcceptView:
        nonlocal is_decided
        is_decided = True
        space.load()
        return accept_here(space, wish, confirm)

    view = wherever(project, wish, AcceptView, here, on_event)
    if not is_decided and confirm(view):
        shown = to_json(view)
        wish = replace(wish, shown=shown if isinstance(shown, dict) else {})
        confirm = _to_the_same(view, confirm)
        view = wherever(project, wish, AcceptView, here, on_event)
    return view


def _to_the_same(agreed: AcceptView, confirm: Callable[[AcceptView], bool]) -> Callable[[AcceptView], bool]:
    return lambda view: view == agreed or confirm(view)


def accept_here(
    space: Workspace, wish: AcceptWish, confirm: Callable[[AcceptView], bool] | None = None
) -> AcceptView:
    """The same in the generation in force. Without `confirm`, only what the wish says was shown is written."""
    generation = space.in_force()
    choice = choose(generation, wish.selection, looker(space, generation))
    asked, data = wish.asked, wish.data
    found = _revocable(space, choice, asked) if wish.undo else _judged(space, choice, asked, data=data)
    view = AcceptView(tuple(found.assets()), tuple(found.left), wish.undo)
    if not found.steps:
        why = "\n".join(found.left) or f"{wish.selection}: it is fresh"
        nothing = "nothing was accepted" if wish.undo else "there is nothing to accept"
        raise UsageError(f"{nothing}\n{why}", hint=found.hint)
    if confirm is None and wish.shown is not None and wish.shown != to_json(view):
        raise UsageError("nothing was accepted: what differs changed meanwhile", hint="look at it again")
    if not (confirm(view) if confirm is not None else wish.shown is not None):
        return view
    store, now = space.writable(), space.clock.now()
    for step, results in found.steps.items():
        of_made = {n: tuple(some) for (is_check, n), some in results.items() if not is_check}
        of_checks = {n: tuple(some) for (is_check, n), some in results.items() if is_check}
        if wish.undo:
            store.acceptances.revoke(now, step, list(of_made), list(of_checks))
        else:
            store.acceptances.accept(now, step, of_made, of_checks)
    return replace(view, done=True)


_Results = dict[tuple[bool, int], list[Accepted]]
"""By the number of a materialization, or (True) of a result of a check."""


@dataclass
class _Found:
    """What can be accepted, or taken back: step by step, and in the order of the assets for people to see."""

    generation: Generation
    steps: dict[StepName, _Results] = field(default_factory=dict)
    left: list[str] = field(default_factory=list)
    hint: str | None = None
    _shown: dict[Key, dict[str, str]] = field(default_factory=dict)
    _partitions: dict[Key, set[str]] = field(default_factory=dict)

    def add(
        self, step: StepName, of: Product, partition: str, number: int, accepted: Sequence[Accepted]
    ) -> None:
        """A result of `of`, an asset or a check, or of one partition of it."""
        results = self.steps.setdefault(self.generation.steps[step].of or step, {})
        results.setdefault((isinstance(of, CheckKey), number), []).extend(accepted)
        if isinstance(of, CheckKey):
            return
        self._shown.setdefault(of, {}).update((each.change.part, each.words) for each in accepted)
        if partition:
            self._partitions.setdefault(of, set()).add(partition)

    def assets(self) -> Iterable[AcceptedAsset]:
        for key, shown in self._shown.items():
            why = tuple(ReasonView(part, words) for part, words in shown.items())
            yield AcceptedAsset(key, why, len(self._partitions.get(key, ())))


def _judged(space: Workspace, choice: Choice, asked: Asked | None, *, data: bool) -> _Found:
    """What can be accepted of what was chosen, as things are now."""
    partitioned = len(space.in_force().whole(choice.steps)) < len(choice.steps)
    if partitioned or asked is not None:
        choice, _ = resolve_partitions(space, choice, asked or Asked(which="stale"))
    generation, failures = space.in_force(), space.now.failures()
    found, outlook = _Found(generation), space.now.outlook(choice.steps)
    for step in choice.steps:
        verdict = outlook.verdicts[step]
        if not generation.steps[step].assets or isinstance(verdict, InPartitions):
            continue  # a check is executed again; of partitions those are judged that were asked for
        if step in failures:
            title = generation.steps[step].title
            found.left.append(
                f"{title}: its last attempt, from what is there now, failed: {failures[step].line}"
            )
            continue
        for products, one in _groups(generation, step, verdict, choice.parts.get(step)):
            _take(space, found, step, products, one, data=data)
    if not found.steps and not found.left:
        whole = space.now.outlook(generation.routine)
        causes = {cause for item in whole.planned if item.step in choice.steps for cause in item.because_of}
        stale = sorted(generation.steps[step].title for step in causes - set(choice.steps))
        if stale:
            found.left.append(f"what it is made of did not change; upstream {', '.join(stale)} is not fresh")
            found.hint = f"dagx accept {' '.join(stale)}"
    return found


def _groups(
    generation: Generation, step: StepName, verdict: One | InParts, wanted: Collection[Product] | None
) -> Iterable[tuple[tuple[Product, ...], One]]:
    """The products that are judged together, with the verdict; of a step that works in parts its assets alone."""
    if not isinstance(verdict, InParts):
        yield generation.steps[step].products, verdict
        return
    for product, one in verdict.verdicts.items():
        if not isinstance(product, CheckKey) and (wanted is None or product in wanted):
            yield (product,), one


def _take(
    space: Workspace,
    found: _Found,
    step: StepName,
    products: tuple[Product, ...],
    verdict: One,
    *,
    data: bool,
) -> None:
    generation, ledger = found.generation, space.ledger
    stored = ledger.records(products)
    versions = current_of(ledger.records([*generation.inputs(step), *generation.steps[step].assets]))
    observed = space.now.observe(stored, generation, [step])
    match acceptable(generation, step, products, verdict, versions, stored, observed, data=data):
        case Refused(why, changes):
            words = why or ", ".join(_in_words(generation, step, changes).values())
            if changes:
                words += ": that is data, not code"
                found.hint = "if the result stands all the same: dagx accept --data"
            if words:
                found.left.append(f"{products[0]}: {words}")
        case Acceptable(results) as done:
            words_of, now = _in_words(generation, step, done.changes), space.clock.now()
            for record, changes in results:
                accepted = [Accepted(change, words_of[change.part], now) for change in changes]
                found.add(step, *generation.part(record.product), record.id, accepted)


def _in_words(generation: Generation, step: StepName, changes: tuple[Change, ...]) -> dict[str, str]:
    """What each part that differs is called, the nearest to the person first."""
    return dict(reasons_of(generation, step, Stale(Manifest(()), changes)))


def _revocable(space: Workspace, choice: Choice, asked: Asked | None) -> _Found:
    """All that was accepted of the current results of what was chosen; of partitions, of those that are asked for."""
    generation = space.in_force()
    given: set[Product] | None = None
    if asked is not None:
        steps = resolve_partitions(space, choice, asked)[0].steps
        given = {product for step in steps for product in space.in_force().steps[step].products}
    found = _Found(generation)
    chosen = {
        product
        for step in choice.steps
        for product in generation.steps[step].products
        if product in choice.parts.get(step, generation.steps[step].products)
    }
    partitions = space.ledger.partitions()
    for product, records in space.ledger.records().items():
        of, partition = product, ""
        row = partitions.get(product.asset if isinstance(product, CheckKey) else product)
        if row is not None:
            of, partition = Key(row.asset), row.partition
            of = CheckKey(of, product.name) if isinstance(product, CheckKey) else of
        if of in chosen and records[0].accepted and (given is None or product in given):
            step = generation.checks[of].step if isinstance(of, CheckKey) else generation.maker(of)
            assert step is not None  # what is chosen has a step
            found.add(step, of, partition, records[0].id, records[0].accepted)
    return found
