"""`dagx spin`: one step at a person's terminal, on stored inputs, again after each save of what it uses.

It takes no lock and stores nothing: `dagx dev` may be at work meanwhile.
"""

from __future__ import annotations

import base64
import itertools
import os
import queue
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from dagx.errors import DagxError
from dagx_engine.attempts import message_of
from dagx_engine.cost_views import cost_view
from dagx_engine.harvest import Attempt
from dagx_engine.io.files import hash_file
from dagx_engine.io.news import Asked as Question
from dagx_engine.io.news import Assignment, Done, Lost
from dagx_engine.io.project import find_project
from dagx_engine.io.terminal import as_it_was
from dagx_engine.io.watch import Hint, Tree, Watcher
from dagx_engine.opening import Project, opened
from dagx_engine.pure.asked import Asked
from dagx_engine.pure.costs import UNKNOWN, Cost
from dagx_engine.pure.definitions import Key, StepName
from dagx_engine.pure.demand import extent_of
from dagx_engine.pure.errors import UsageError
from dagx_engine.pure.generation import Generation
from dagx_engine.pure.plan import unready
from dagx_engine.pure.selecting import key_named
from dagx_engine.questions import Own, answer
from dagx_engine.saves import Saves
from dagx_engine.views.spinning import SpinView, SpunCheck, SpunValue
from dagx_engine.workspace import Workspace

__all__ = ["spin"]


def spin(
    project: Project,
    asset: str,
    *,
    asked: Asked | None = None,
    debug: bool = False,
    once: bool = False,
    output: int = 1,
    on_spun: Callable[[SpinView], None] = lambda view: None,
    on_problem: Callable[[DagxError], None] = lambda error: None,
    on_other: Callable[[Sequence[str]], None] = lambda names: None,
) -> SpinView:
    """Execute the step of an asset on the stored values of what it needs, with this process's terminal for its own.

    `asked` says for which partition; `debug` opens a debugger where it fails. Unless `once`, it is executed again after
    each save of what it uses, until KeyboardInterrupt: a save that does not load goes to `on_problem`, one of other
    files to `on_other`. What the step prints goes to the descriptor `output`. Raises ProjectError, UsageError.
    """
    _check_open(output, 2, 0)
    with opened(project) as space, as_it_was(0):
        spinning = _Spinning(space, asset, asked, debug=debug, output=output)
        tree = Tree([project.root, *(project.root / folder for folder in project.files.watch)])
        try:
            space.load()
            view = spinning.spin()
            on_spun(view)
            if not once:
                _again_and_again(project, space, spinning, tree, on_spun, on_problem, on_other)
        finally:
            spinning.close()
        return view


def _check_open(*ends: int) -> None:
    """Raise UsageError where this process was started without one of these."""
    for end in ends:
        try:
            os.fstat(end)
        except OSError:
            name = ("input", "output", "errors")[end]
            raise UsageError(
                f"a step that is executed here needs standard {name}, and that is closed",
                hint="dagx spin ASSET --once < /dev/null > out.txt 2>&1",
            ) from None


def _again_and_again(
    project: Project,
    space: Workspace,
    spinning: _Spinning,
    tree: Tree,
    on_spun: Callable[[SpinView], None],
    on_problem: Callable[[DagxError], None],
    on_other: Callable[[Sequence[str]], None],
) -> None:
    saves = Saves(project.root, tree, space.clock, space.disk.is_being_written)
    watcher = Watcher(tree, space.inbox.put)
    watcher.start()
    try:
        while True:
            saved = saves.look()
            if not saved:
                _wait(space, saves.wait)
                continue
            try:
                _reload(project, space)
                if spinning.is_concerned(saved):
                    on_spun(spinning.spin())
                else:
                    on_other([space.disk.name_of(path) for path in saved])
            except DagxError as error:
                spinning.forget()
                on_problem(error)
    finally:
        watcher.close()


def _wait(space: Workspace, seconds: float) -> None:
    try:
        said = space.inbox.get(timeout=seconds)
    except queue.Empty:
        return
    if not isinstance(said, Hint):
        space.receive(said)


def _reload(project: Project, space: Workspace) -> None:
    files = replace(find_project(project.root), config=project.files.config)
    if files != space.files:
        space.replace_files(files, space.interpreter, keep_workers=True)
    space.ledger.forget()
    space.load(afresh=True)


class _Spinning:
    """One asset's step, executed as often as it is asked for."""

    def __init__(
        self, space: Workspace, asset: str, asked: Asked | None, *, debug: bool, output: int
    ) -> None:
        self._space = space
        self._asset = asset
        self._asked = asked
        self._debug = debug
        self._terminal = (output, 2, 0)
        self._scratch = Path(tempfile.mkdtemp(prefix="dagx-spin-"))
        self._numbers = itertools.count()
        self._rests_on: object = None
        self._looked_at: frozenset[str] = frozenset()
        """The real paths of files that it read or asked for, and of folders that it listed, the last time."""

    def close(self) -> None:
        shutil.rmtree(self._scratch, ignore_errors=True)

    def forget(self) -> None:
        """The next save concerns it, whatever that is of."""
        self._rests_on = None

    def is_concerned(self, saved: Sequence[str]) -> bool:
        """Whether its code, the values that it is given, or one of these files differ for it from the last time."""
        if self._rests_on != self._ground(self._step()):
            return True
        real = [os.path.realpath(path) for path in saved]
        return any(path in self._looked_at or os.path.dirname(path) in self._looked_at for path in real)

    def spin(self) -> SpinView:
        """Execute it now. Raises UsageError when something that it needs was never made."""
        space = self._space
        step = self._step()
        generation = space.in_force()
        self._rests_on = self._ground(step)
        inputs = {key: space.input_message(key) for key in generation.loads(step)}
        damaged = [
            key for key, found in inputs.items() if found and "digest" in found and not _is_sound(found)
        ]
        if damaged:
            raise DagxError(
                f"the stored value of {', '.join(damaged)} is damaged", hint=f"dagx run {damaged[0]}"
            )
        found = space.now.outlook([step], force=True).verdicts[step]
        token, products = f"spin-{next(self._numbers)}", generation.steps[step].products
        folder = self._scratch / token
        folder.mkdir()
        now, ticks = space.clock.now(), space.clock.ticks()
        parts = extent_of(generation, step, products)
        attempt = Attempt(
            generation, step, 1, found.manifest, (), now, ticks, str(folder / "log"), products, *parts
        )
        message = {
            **message_of(space, generation, attempt, inputs),
            "do": "spin",
            "run": space.new_run_id(),
            "staging": str(folder),
            "debug": self._debug,
        }
        space.pool().run(Assignment(token, generation.number, message, attempt.log, terminal=self._terminal))
        try:
            return self._view(step, self._ended(token, step))
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _step(self) -> StepName:
        """The step, of one partition if there are some, in the generation that is in force from now on."""
        space = self._space
        generation = space.in_force()
        key = key_named(generation, self._asset)
        step = generation.assets[key].step
        if step is None:
            raise UsageError(f'"{key}" is not made by dagx: there is no step to execute')
        definition = generation.steps[step]
        if definition.refusal or definition.config_problem:
            raise UsageError(f'"{key}": {definition.refusal or definition.config_problem}')
        if definition.partitions_def is not None and self._asked is None:
            raise UsageError(f'"{key}" has partitions', hint=f"say which: dagx spin {key} --partition KEY")
        if self._asked is not None:
            (step, *_) = space.ask_for([step], self._asked)
        self._check_ready(space.in_force(), key, step)
        return step

    def _check_ready(self, generation: Generation, key: Key, step: StepName) -> None:
        planned = self._space.now.outlook([step], force=True).planned
        absent = unready(generation, planned, self._space.ledger.records())
        for keys in absent.values():
            raise UsageError(
                f'"{key}" needs "{keys[0]}", which was never made: it is executed on stored values',
                hint=f"make what it needs: dagx run '+key:\"{key}\"'",
            )

    def _ground(self, step: StepName) -> object:
        """What its code is now, and which values it is given."""
        generation = self._space.in_force()
        current = [self._space.ledger.current(key) for key in generation.inputs(step)]
        return generation.steps[step].parts, [item.data_version if item else None for item in current]

    def _ended(self, token: str, step: StepName) -> Done | Lost:
        space = self._space
        while True:
            for news in space.receive(space.inbox.get()):
                if isinstance(news, Question):
                    self._answer(news, step)
                elif isinstance(news, Done | Lost) and news.token == token:
                    return news

    def _answer(self, asked: Question, step: StepName) -> None:
        space = self._space
        try:
            if space.store is None:
                raise DagxError("there is no history yet")
            own = Own.of(space.in_force(), step)
            body: Mapping[str, Any] = answer(space.store.events, asked.question, own).body
        except DagxError as error:
            body = {"problem": str(error)}
        space.pool().answer(asked.token, body)

    def _view(self, step: StepName, ended: Done | Lost) -> SpinView:
        if isinstance(ended, Lost):
            line = f"the worker {ended.words} without a result"
            return SpinView(self._asset, step, False, None, None, line=line, text=line)
        result, seen = ended.result, ended.result.get("seen", {})
        looked = {*seen.get("read", ()), *seen.get("probed", ()), *seen.get("listed", ())}
        made = {*seen.get("made", ()), *seen.get("written", ())}  # or it would wake itself
        self._looked_at = frozenset(map(os.path.realpath, looked)) - frozenset(map(os.path.realpath, made))
        disk = self._space.disk
        view = SpinView(
            self._asset,
            step,
            bool(result["ok"]),
            result.get("seconds"),
            cost_view(Cost(**result["cost"])) if "cost" in result else cost_view(UNKNOWN),
            values=tuple(map(_value, result.get("outputs", ()))),
            checks=tuple(
                SpunCheck(check["name"], bool(check["passed"]), check["description"])
                for check in result.get("checks", ())
            ),
            wrote=tuple(disk.name_of(path) for path in sorted(seen.get("made", ()))),
            notes=tuple(self._stale_ground(step)),
        )
        if result["ok"]:
            return view
        return replace(view, line=result["problem"]["line"], text=result["problem"]["text"])

    def _stale_ground(self, step: StepName) -> Sequence[str]:
        """A word when what it needs is not what a run would make now."""
        space = self._space
        generation = space.in_force()
        planned = {item.step for item in space.now.outlook(generation.routine).planned}
        stale = [generation.steps[up].title for up in generation.whole(generation.upstream(step) & planned)]
        if not stale:
            return ()
        return [f"{', '.join(stale)}, which it needs, is not fresh: it had what is stored"]


def _is_sound(found: Mapping[str, Any]) -> bool:
    """Whether the bytes of a stored value are those that its name says. Who has the lock sets damaged ones aside."""
    try:
        digest, _ = hash_file(found["path"])
    except FileNotFoundError:
        return False
    return digest == str(found["digest"])


def _value(output: Mapping[str, Any]) -> SpunValue:
    stored = output["stored"]
    if stored is None:
        return SpunValue(output["key"], "io_manager" if output["handled"] else "none", 0, None, (), "")
    size = stored.get("size") or len(base64.b64decode(stored.get("inline", "")))
    columns = tuple((name, kind) for name, kind in stored.get("columns") or ())
    return SpunValue(output["key"], stored["codec"], size, stored.get("rows"), columns, stored["preview"])
