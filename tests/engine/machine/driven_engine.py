"""The real engine over a real folder: store, objects, ledger, executor; only workers are played, in this process.

Steps end when the test says so, a file can be saved between a step's first read and its end, and the engine can be
killed at any write: then everything that a process has in memory is gone, and the next one opens what is on disk.
"""

from __future__ import annotations

import base64
import os
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, cast

import pytest
from small_world import Code, Tree, Unlucky

from dagx.worker.tracing.stamps import Stamp, settled_stamp
from dagx_engine import attempts
from dagx_engine.executor import Executor, Request
from dagx_engine.io import objects
from dagx_engine.io.database import Database
from dagx_engine.io.kept_answers import read_answer, write_answer
from dagx_engine.io.news import Assignment, Done, Lost
from dagx_engine.io.pool import Pool
from dagx_engine.io.project import ProjectFiles
from dagx_engine.io.python import Interpreter
from dagx_engine.opening import status_of
from dagx_engine.pure.definitions import AssetDef, Key, StepDef, StepName
from dagx_engine.pure.generation import Generation
from dagx_engine.pure.manifest import digest_bytes
from dagx_engine.pure.plan import overtaking
from dagx_engine.pure.staleness import Fresh
from dagx_engine.requests.status import rests_of, still_holds
from dagx_engine.views import Event, PlanView, StepEnded, StepState
from dagx_engine.workspace import Workspace

PADDING = b"." * 5000
"""Makes a value too large for a row."""
DONE = (StepState.SUCCEEDED, StepState.UNCHANGED)


class Killed(BaseException):
    """The engine's process is gone."""


@dataclass
class Step:
    """An attempt that a played worker has in hand."""

    assignment: Assignment
    asset: str
    code: Code
    inputs: tuple[int, ...]
    stored: tuple[bool, ...]
    """Of each input whether it lies in a file: the same number has other bytes there."""
    needs: tuple[str, ...]
    read: dict[str, int | None] = field(default_factory=dict)
    stamps: dict[str, Stamp | None] = field(default_factory=dict)

    @property
    def made_from(self) -> object:
        """All that decides its result."""
        return (self.asset, self.code, self.needs, self.inputs, self.stored, tuple(sorted(self.read.items())))


class Played:
    """In place of the pool of workers: it keeps what it is told to run until the test lets one end."""

    def __init__(self, engine: DrivenEngine) -> None:
        self._engine = engine
        self.under_way: list[Step] = []

    def run(self, assignment: Assignment) -> None:
        tree, message = self._engine.tree, assignment.message
        asset = str(message["step"])
        needs = tree.needs[asset]
        assert message["inputs"].keys() >= set(needs), "a step is not given what it needs"
        inputs = tuple(_decoded(message["inputs"][need]) for need in needs)
        stored = tuple("path" in message["inputs"][need] for need in needs)
        self.under_way.append(Step(assignment, asset, tree.code[asset], inputs, stored, needs))

    def finish(self, place: int, meanwhile: Callable[[], None]) -> None:
        """Let one attempt read its files and end. `meanwhile` happens after it read them."""
        step = self.under_way.pop(place)
        step.read = self._engine.tree.read(step.code, self._engine.look)
        step.stamps = {name: settled_stamp(str(self._engine.root / name)) for name in step.read}
        meanwhile()
        self._engine.finished(step)

    def sources(self, generation: int) -> dict[str, object]:
        return {}

    def stop(self, token: str) -> list[object]:
        self.under_way = [step for step in self.under_way if step.assignment.token != token]
        return [Lost(token, "was ended", stopped=True)]

    def close(self) -> None:
        self.under_way.clear()


class AtOnce:
    """In place of the threads that put outputs down."""

    def __init__(self, *_: object, **__: object) -> None:
        pass

    def submit(self, work: Callable[[], object]) -> Future[object]:
        done: Future[object] = Future()
        done.set_result(work())
        return done

    def shutdown(self, wait: bool = True) -> None:
        pass


@dataclass
class Outcome:
    """What a run did: the attempts that were executed, and how each step ended."""

    executed: list[Step] = field(default_factory=list)
    states: dict[str, StepState] = field(default_factory=dict)
    kept: list[Step] = field(default_factory=list)
    """The attempts whose results were stored."""


class DrivenEngine:
    """One project folder; an engine in it that can be killed and started again."""

    workers: type[Played] = Played

    def __init__(self, root: Path, tree: Tree) -> None:
        self.root = root
        self.tree = tree
        self._writes_left: int | None = None
        self._serial = 0
        root.mkdir(parents=True, exist_ok=True)
        for name, content in tree.files.items():
            self.save(name, content)
        self.space = self._open()
        self.outcome = Outcome()
        self.outcome_of_first = self.outcome
        """Of the last build's first run: after it, it runs again to see that nothing does."""

    # The person.

    def save(self, name: str, content: int | None, *, keep_time: bool = False) -> None:
        """Write a file as an editor would, or delete it. `keep_time`: its time of change is set back."""
        path = self.root / name
        before = path.stat().st_mtime_ns if path.exists() else None
        if content is None:
            path.unlink(missing_ok=True)
        else:
            path.write_text(f"{content:03}", encoding="ascii")
            if keep_time and before is not None:
                os.utime(path, ns=(before, before))
        self.tree = self.tree.with_file(name, content)

    def touch(self, name: str) -> None:
        if (self.root / name).exists():
            os.utime(self.root / name)

    def look(self, name: str) -> int | None:
        try:
            return int((self.root / name).read_text(encoding="ascii"))
        except FileNotFoundError:
            return None

    # Processes.

    def _open(self) -> Workspace:
        files = ProjectFiles(self.root, "world", (), (), "a test", max_workers=2)
        space = Workspace(files, Interpreter("python", "a test"), write=True)
        self.played = self.workers(self)
        space._pool = cast("Pool", self.played)  # pyright: ignore[reportPrivateUsage]
        return space

    def restart(self) -> None:
        """End the process as a kill would, and start another one."""
        self._writes_left = None
        self.space.close()
        self.space = self._open()

    def close(self) -> None:
        self.space.close()

    def kill_after(self, writes: int) -> None:
        """From now on, this many writes succeed; the next one is the last thing that the process tries."""
        self._writes_left = writes

    def count_a_write(self) -> None:
        """Called before and after each write to the disk."""
        if self._writes_left is None:
            return
        if self._writes_left == 0:
            raise Killed
        self._writes_left -= 1

    # What dagx is asked.

    def generation(self) -> Generation:
        self._serial += 1
        tree = self.tree
        steps = {
            StepName(asset): StepDef(
                StepName(asset),
                (Key(asset),),
                (("code:world:" + asset, digest_bytes(repr(tree.code[asset]).encode())),),
                loads=tuple(map(Key, tree.needs[asset])),
            )
            for asset in tree.needs
        }
        assets = {
            Key(asset): AssetDef(Key(asset), StepName(asset), tuple(map(Key, tree.needs[asset])))
            for asset in tree.needs
        }
        return Generation(self._serial, assets, steps)

    def load(self) -> Generation:
        found = self.generation()
        self.space.generation = self.space._loaded = found  # pyright: ignore[reportPrivateUsage]
        return found

    def fresh(self) -> set[str]:
        """The assets that are shown fresh at this moment."""
        generation = self.load()
        found = self.space.now.outlook(list(generation.steps))
        planned = {item.step for item in found.planned}
        fresh = {step for step, each in found.verdicts.items() if isinstance(each, Fresh)}
        return {str(step) for step in fresh - planned} - {str(step) for step in self.space.now.failures()}

    def status(self) -> tuple[str | None, str]:
        """What `dagx status` told last, if that still holds; and what it tells now, which is kept."""
        tree = self.tree
        with closing(Workspace(self.space.files, self.space.interpreter, write=False)) as space:
            described = digest_bytes(repr((tree.code, tree.needs)).encode())
            space.definitions, space.kept_definitions = described, lambda: described  # type: ignore[method-assign]
            generation = replace(self.generation(), number=1)
            space.generation = space._loaded = generation  # pyright: ignore[reportPrivateUsage]
            known = read_answer(space.files.state, "status")
            told = known[1] if known is not None and still_holds(space, known[0]) else None
            found = repr(status_of(space, generation))
            rests = rests_of(space, generation)
            assert rests is not None
            write_answer(space.files.state, "status", rests, found)
            return told, found

    def _rows(self, question: str) -> list[tuple[Any, ...]]:
        store = self.space.writable()
        return [tuple(row) for row in store._file.rows(question)]  # pyright: ignore[reportPrivateUsage]

    def events(self) -> list[tuple[int, str]]:
        """The log: of each event its number, and what it says."""
        found = self._rows("SELECT seq, run, step, kind, body, asset, row FROM events ORDER BY seq")
        return [(row[0], repr(row)) for row in found]

    def not_ended(self) -> list[tuple[Any, ...]]:
        """The runs and the steps that are under way by what is written."""
        under_way = "('waiting', 'examined', 'ready', 'running', 'retrying')"
        return self._rows("SELECT id FROM runs WHERE status = 'running'") + self._rows(
            f"SELECT run, step, state FROM steps WHERE state IN {under_way}"
        )

    def value(self, asset: str) -> int | None:
        """The current value, read from the store; None when its bytes are not what they should be."""
        message = self.space.input_message(Key(asset))
        if message is None or ("digest" in message and not self.space.objects.check(message["digest"])):
            return None
        return _decoded(message)

    def run(
        self,
        choose: Callable[[int], int],
        save: Callable[[], tuple[str, int] | None] = lambda: None,
        edit: Callable[[], bool] = lambda: False,
    ) -> Outcome:
        """A whole run. `choose` says which of so many attempts ends next; `save` may name a file to be saved then.

        `edit` may change the tree before that: what that affects runs beside the rest, as in `dagx dev`.
        """
        generation = self.load()
        self.outcome = Outcome()
        executor = Executor(self.space, self._noted)
        executor.begin(Request(tuple(generation.steps)), PlanView((), 0, len(generation.steps)))
        while executor.active:
            while not self.space.inbox.empty():
                executor.take(self.space.inbox.get())
            if not executor.active:
                break
            assert self.played.under_way, "the run stands still"
            if edit():
                self._run_beside(executor)
                continue
            self.played.finish(choose(len(self.played.under_way)), lambda: self._save_some(save))
        executor.close()
        return self.outcome

    def _run_beside(self, executor: Executor) -> None:
        generation = self.load()
        executor.revise(generation)
        executor.heed(self.tree.files)
        planned = self.space.now.outlook(list(generation.steps)).planned
        chosen = [item.step for item in planned]
        steps = overtaking(planned, chosen, executor.in_hand, executor.is_under_way)
        if steps:
            executor.begin(Request(steps), PlanView((), 0, len(steps)), takes_over=True)

    def _save_some(self, save: Callable[[], tuple[str, int] | None]) -> None:
        found = save()
        if found is not None:
            self.save(*found)

    def finished(self, step: Step) -> None:
        """What the worker says of an attempt."""
        self.outcome.executed.append(step)
        seen = {
            "read": {str(self.root / name): stamp for name, stamp in step.stamps.items()},
            "made": [],
            "written": [],
            "listed": {},
        }
        result: dict[str, Any] = {
            "ok": True,
            "outputs": [],
            "checks": [],
            "observed": [],
            "recorded": [],
            "seen": seen,
        }
        try:
            data = b"%d" % step.code.result(step.inputs, step.read)
        except Unlucky:
            problem = {"text": "thirteen", "line": "thirteen", "file": "", "number": 0}
            result |= {"ok": False, "problem": problem, "retry_in": None}
        else:
            result["outputs"] = [_output(step.asset, self._stored(step, data))]
        self.space.inbox.put(Done(step.assignment.token, result))

    def _stored(self, step: Step, data: bytes) -> dict[str, Any]:
        if not step.code.is_large:
            return {"codec": "json", "inline": base64.b64encode(data).decode("ascii")}
        staged = Path(step.assignment.message["staging"]) / step.assignment.token
        staged.write_bytes(data + PADDING)
        return {"codec": "json", "path": str(staged)}

    def _noted(self, event: Event) -> None:
        if not isinstance(event, StepEnded):
            return
        name, state = event.step.step, event.step.state
        if state is not StepState.SUPERSEDED:
            self.outcome.states[name] = state
        if state in DONE:
            self.outcome.kept.append([s for s in self.outcome.executed if s.asset == name][-1])


def _decoded(found: Mapping[str, Any]) -> int:
    data = Path(found["path"]).read_bytes() if "path" in found else found["inline"]
    return int(base64.b64decode(data) if isinstance(data, str) else data.rstrip(b"."))


def _output(asset: str, stored: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "key": asset,
        "stored": stored,
        "handled": False,
        "partitions": [],
        "data_version": None,
        "versions": {},
        "metadata": {},
        "by_partition": {},
        "tags": {},
    }


@contextmanager
def writes_counted(current: Callable[[], DrivenEngine | None]) -> Iterator[None]:
    """While it is open, each write of the current engine is counted: transactions, syncs and renames of objects."""

    def count() -> None:
        engine = current()
        if engine is not None:
            engine.count_a_write()

    class CountedOs:
        def __getattr__(self, name: str) -> object:
            return getattr(os, name)

        @staticmethod
        def replace(old: Path, new: Path) -> None:
            count()
            os.replace(old, new)
            count()

        @staticmethod
        def fsync(fd: int) -> None:
            count()  # what is synced survives a kill in any case: it costs time, and tells nothing here

    transaction = Database.transaction

    @contextmanager
    def counted(self: Database) -> Iterator[Any]:
        with transaction(self) as db:
            yield db
            count()
        count()

    together = Database.together

    @contextmanager
    def counted_as_one(self: Database) -> Iterator[None]:
        with together(self):
            yield
            count()
        count()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(objects, "os", CountedOs())
        patch.setattr(Database, "transaction", counted)
        patch.setattr(Database, "together", counted_as_one)
        patch.setattr(attempts, "ThreadPoolExecutor", AtOnce)
        patch.setattr(threading.Timer, "start", lambda self: None)
        yield
