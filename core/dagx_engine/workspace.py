"""An opened project: its files, interpreter, lock, state, workers and the generation in force, with what is stored.

Joins the doors of `io`; the decisions are asked of `pure`. Belongs to one thread.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from dagx.errors import DagxError
from dagx_engine.io.clock import Clock, SystemClock
from dagx_engine.io.environment import environment_of
from dagx_engine.io.files import Files
from dagx_engine.io.history import Happening
from dagx_engine.io.inbox import Inbox
from dagx_engine.io.kept_definitions import Kept, KeptDefinitions, identity_of, key_of
from dagx_engine.io.lock import ProjectLock
from dagx_engine.io.objects import Objects
from dagx_engine.io.project import ProjectFiles
from dagx_engine.io.python import Interpreter
from dagx_engine.io.rows import LearnedRow, Materialization
from dagx_engine.io.run_config import read_run_config
from dagx_engine.io.sdk import lay_out, sdk_stamp
from dagx_engine.io.secret import read_secret
from dagx_engine.io.store import Store
from dagx_engine.io.surroundings import Surroundings
from dagx_engine.late import late
from dagx_engine.ledger import Ledger
from dagx_engine.now import Now, as_of
from dagx_engine.pure.asked import Asked, AskedJob
from dagx_engine.pure.costs import RECENT, Execution
from dagx_engine.pure.definitions import Key, StepDef, StepName
from dagx_engine.pure.describe import generation_of
from dagx_engine.pure.errors import ProjectError
from dagx_engine.pure.generation import Generation
from dagx_engine.pure.sources import SourceText
from dagx_engine.pure.value import dataclass
from dagx_engine.state import open_to_read, open_to_write

if TYPE_CHECKING:
    from dagx_engine.io.news import Described, News, Refused
    from dagx_engine.io.pool import Pool

__all__ = ["StateLost", "Workspace", "WrittenBy"]

_MOST_RECORDED = 8


class StateLost(DagxError):
    """The state on disk is not the one that was opened: nothing that is written now would last."""


@dataclass(frozen=True)
class WrittenBy:
    """Which step wrote a file, and the size and time that it had then; None if it was gone."""

    step: StepName
    stamp: tuple[int, float] | None


class Workspace:
    """`write=True` takes the project lock; without it only questions can be asked."""

    def __init__(
        self, files: ProjectFiles, interpreter: Interpreter, *, write: bool, clock: Clock | None = None
    ) -> None:
        self.files = files
        self.interpreter = interpreter
        self.clock: Clock = clock or SystemClock()
        self.objects = Objects(files.state)
        self.inbox = Inbox()
        self.on_log: Callable[[str, str], None] = lambda token, text: None
        self.held: Callable[[], Collection[int]] = tuple
        """The generations with which runs go on."""
        self.generation: Generation | None = None
        self.written: dict[str, WrittenBy] = {}
        """The files that steps wrote, by whom last."""
        self.moment = 0.0
        """When it was looked up which partitions there are."""
        self._loaded: Generation | None = None
        self._lock = ProjectLock(files.state)
        self._pool: Pool | None = None
        self._heard: tuple[type, ...] = ()
        """What a worker's words come as, once there is one."""
        self._loads = 0
        self._kept: tuple[int, Kept] | None = None
        """The definitions that are in force without having been loaded, and their number."""
        self.definitions = ""
        """The digest of the definitions in force as they are kept; empty when they are not."""
        self._source_text: tuple[int, SourceText] | None = None
        opened = (
            open_to_write(files.state, self._lock, self.objects, self.clock)
            if write
            else open_to_read(files.state)
        )
        self.store, self.crashed, self.left_half_made = opened
        self.disk = Files(files.root, self.store.stamps.read if self.store is not None else dict)
        self.surroundings = Surroundings(
            self.disk, lambda: environment_of(self.files), lambda: read_secret(self.files.state)
        )
        self.ledger = Ledger(self.store, self.disk, self.objects)
        self.now = Now(self)

    # Opening and closing.

    @property
    def engine(self) -> str:
        """What processes that are started here are marked with."""
        return self._lock.engine

    def close(self) -> None:
        """End all processes and give the lock back."""
        if self._pool is not None:
            self._pool.close()
            self._pool = None
        if self.store is not None:
            self.store.close()
        self._lock.release()

    def writable(self) -> Store:
        """The store, to write to. Raises StateLost when it is no longer what stands in the project."""
        if self.store is None:
            raise ProjectError("the project was opened for reading")
        self.check_state()
        return self.store

    def check_state(self) -> None:
        """Raise StateLost when `.dagx` was deleted or replaced: SQLite would go on writing into a deleted file."""
        if self.store is not None and not self.store.is_in_place:
            raise StateLost(
                f"{self.files.state} was deleted or replaced while dagx was running",
                hint="start dagx again; what is missing is made again",
            )

    def at_work(self) -> dict[StepName, str]:
        """The steps that a run of another process has in hand, with their state there; empty when none has."""
        if self.store is None or not self._lock.is_held():
            return {}
        return {StepName(step): state for step, state in self.store.unfinished_steps().items()}

    @property
    def is_alive(self) -> bool:
        """Whether an engine is at work in the project now."""
        return self.files.state.is_dir() and self._lock.is_held()

    def loaded(self) -> Generation:
        """The definitions in force, without partitions that were asked for. Raises ProjectError."""
        if self._loaded is None:
            raise ProjectError("the project is not loaded")
        return self._loaded

    def replace_files(self, files: ProjectFiles, interpreter: Interpreter, *, keep_workers: bool) -> None:
        """The settings, or the list of modules, changed; workers that were started by other settings end."""
        self.files, self.interpreter = files, interpreter
        if self._pool is not None and not keep_workers:
            self._pool.close()
            self._pool = None

    # Loading.

    @property
    def slots(self) -> int:
        said = self.generation.max_workers if self.generation is not None else None
        return self.files.max_workers or said or max(2, os.cpu_count() or 2)

    def pool(self) -> Pool:
        if self._pool is None:
            # What starts processes is imported when one is to be started: most commands start none.
            pools: Any = late("dagx_engine.io.pool")
            launch = pools.Launch(self.interpreter, lay_out(), self.files, engine=self._lock.engine)
            self._heard = (pools.Heard, pools.Gone, pools.Late)
            self._pool = pools.Pool(
                launch, self.slots, self.inbox.put, lambda token, text: self.on_log(token, text)
            )
            if self._kept is not None:
                number, kept = self._kept
                said, secret = kept.definitions, read_secret(self.files.state)
                read, preload = said["rests_on"]["read"], said["third_party"]
                self._pool.know(number, self._modules(), kept.sources, read, secret=secret, preload=preload)
        return self._pool

    def begin_load(self, job: AskedJob | None = None) -> int:
        """Start loading the project, to run a job of it if one is asked for; its number comes back with `Described` or
        `Refused`.
        """
        self._loads += 1
        self.pool().load(self._loads, self._modules(), **self._asked_of_load(job))
        return self._loads

    def _modules(self) -> list[Mapping[str, Any]]:
        return [module.to_json() for module in self.files.modules]

    def _asked_of_load(self, job: AskedJob | None) -> dict[str, Any]:
        return {
            "secret": read_secret(self.files.state),
            "config": read_run_config(self.files.config),
            "job": None if job is None else vars(job),
            "learned": self.store.learned.parts() if self.store is not None else (),
        }

    def adopt(self, loaded: Generation) -> Generation:
        """Make what was described the generation in force."""
        self._loaded = loaded
        generation = self.generation = self._unfolded(self._loaded, {})
        if self._pool is not None:
            self._pool.use(generation.number, self.slots, self.held())
        return generation

    def _unfolded(self, loaded: Generation, spans: Mapping[StepName, Sequence[Any]]) -> Generation:
        """With a step for each of these ranges of partitions; and what needs partitions needs those that are made."""
        self.moment = self.clock.now()
        if not loaded.is_partitioned:
            return loaded
        with as_of(self.moment):
            unfolding: Any = late("dagx_engine.pure.unfolding")
            keys: dict[str, list[str]] = {}
            for row in self.ledger.partitions().values():
                keys.setdefault(row.asset, []).append(row.partition)
            made = {
                key: unfolding.there_of(asset.partitions_def, keys.get(key, ()))
                for key, asset in loaded.assets.items()
                if asset.partitions_def is not None
            }
            found: Generation = unfolding.unfold(loaded, made, spans)
            return found

    def include(self, step: StepDef) -> None:
        """From now on the generation in force has one step more, that of a job."""
        loaded = self._loaded
        assert loaded is not None
        self._loaded = loaded.with_steps({**loaded.steps, step.name: step})
        self.generation = self._unfolded(self._loaded, {})

    def ask_for(self, steps: Sequence[StepName], asked: Asked) -> tuple[StepName, ...]:
        """The same steps, with one for each partition (or range) that is asked for in place of the partitioned ones.

        From now on the generation in force has those. Raises UsageError.
        """
        loaded = self._loaded
        assert loaded is not None
        verdicts = self.now.outlook(loaded.routine).verdicts if asked.which else {}
        with as_of(self.moment):
            spans_of: Any = late("dagx_engine.pure.spans")
            spans = spans_of.spans_of(loaded, steps, asked, verdicts)
        return self.unfold(steps, spans)

    def unfold(
        self, steps: Sequence[StepName], spans: Mapping[StepName, Sequence[Any]]
    ) -> tuple[StepName, ...]:
        """The same steps, with one for each of these ranges in place of the partitioned ones; the generation in force
        has those from now on.
        """
        assert self._loaded is not None
        generation = self.generation = self._unfolded(self._loaded, spans)
        chosen = generation.whole(
            name for name, step in generation.steps.items() if name in steps or step.of is not None
        )
        products = [product for name in chosen for product in generation.steps[name].assets]
        products += [check.asset for name in chosen for check in generation.steps[name].checks]
        pairs = (generation.part(product) for product in products if product in generation.parts)
        self.ledger.include((str(asset), key) for asset, key in pairs if key)
        return chosen

    def read_description(self, news: Described) -> Generation:
        """The generation that a worker described. Raises ProjectError when there is nothing in it."""
        return self._read(news.load, news.definitions)

    def _read(self, number: int, definitions: Mapping[str, Any]) -> Generation:
        generation = generation_of(number, definitions)
        if not generation.steps and not generation.assets and not generation.jobs:
            raise ProjectError(
                f"no assets in {self.files.root} (looked at {self.files.found_by})",
                hint="write a function with @dg.asset in definitions.py; `dagx init` in an empty folder shows how",
            )
        return generation.with_limits(self.files.pools)

    def load(self, job: AskedJob | None = None, *, afresh: bool = False) -> Generation:
        """The project's definitions: as they were kept, where nothing that they were made from has changed; else, or
        `afresh`, it is loaded. Raises ProjectError with the problem, its file and line.
        """
        definitions, key = self._keeping(job)
        kept = None if afresh or job is not None else definitions.read(key)
        self.definitions = kept.digest if kept is not None else ""
        if kept is not None:
            self._loads += 1
            self._kept = (self._loads, kept)
            return self.adopt(self._read(self._loads, kept.definitions))
        began, names = time.time_ns(), definitions.names()
        generation, described = self._load(job)
        if self.store is not None and self._pool is not None and job is None:
            self.definitions = definitions.write(
                key, began, names, described, self._pool.sources(self._loads)
            )
        return generation

    def kept_definitions(self) -> str:
        """The digest of the definitions as they are kept, if they need not be loaded; empty if they must be."""
        definitions, key = self._keeping(None)
        return definitions.digest(key) or ""

    def _keeping(self, job: AskedJob | None) -> tuple[KeptDefinitions, str]:
        """Where definitions are kept, and under which key those are that would be loaded now."""
        definitions = KeptDefinitions(self.files.root, self.files.state, self.disk, self.surroundings)
        program = (sdk_stamp(), *identity_of(self.interpreter.path))
        asked = (*program, self.files.paths, self._modules(), self._asked_of_load(job))
        return definitions, key_of(asked, self.clock.now())

    def _load(self, job: AskedJob | None) -> tuple[Generation, Mapping[str, Any]]:
        wanted = self.begin_load(job)
        pools: Any = late("dagx_engine.io.pool")
        if self.ledger.partitions():  # while the worker imports the project: what this will ask for
            for name in (
                "dagx.partitions.as_json",
                "dagx_engine.pure.unfolding",
                "dagx_engine.pure.standing",
            ):
                late(name)
        while True:
            for news in self.receive(self.inbox.get()):
                if isinstance(news, pools.Described) and news.load == wanted:
                    return self.adopt(self.read_description(news)), news.definitions
                if isinstance(news, pools.Refused) and news.load == wanted:
                    raise self.refusal(news)

    def receive(self, said: object) -> list[News]:
        """What a message from the inbox means, if it came from a worker."""
        if self._pool is None or not isinstance(said, self._heard):
            return []
        heard: Any = said
        return self._pool.take(heard)

    def refusal(self, news: Refused) -> ProjectError:
        """The problem of a project that does not load, as an error."""
        problem = news.problem
        place = f"{problem['file']}:{problem['number']}: " if problem["file"] else ""
        text = str(problem["text"])
        if place and not text.startswith(place):
            return ProjectError(f"{place}{problem['line']}\n{text}")
        return ProjectError(text)

    # What is stored, and what is so now.

    def keep_stamps(self) -> None:
        """Write down what was found out about files, so that the next engine need not read them again."""
        learned, forgotten = self.disk.learned()
        if learned:
            self.writable().stamps.write(learned, forgotten)

    def source_text(self, generation: Generation) -> SourceText:
        """The text of the parts of code of a generation, as it was executed."""
        known = self._source_text
        if known is None or known[0] != generation.number:
            sources = self._sources_of(generation.number)
            known = self._source_text = (generation.number, SourceText(sources, generation.places))
        return known[1]

    def _sources_of(self, number: int) -> Mapping[str, Any]:
        if self._kept is not None and self._kept[0] == number:
            return self._kept[1].sources
        return self._pool.sources(number) if self._pool is not None else {}

    def in_force(self) -> Generation:
        if self.generation is None:
            raise ProjectError("the project is not loaded")
        return self.generation

    def last_error(self, step: str) -> str | None:
        """The whole error of the step's last attempt, if that failed."""
        last = self.store.last_attempt(step) if self.store is not None else None
        if self.store is None or last is None:
            return None
        return next((row.error for row in self.store.steps(last[0], step)), None)

    def stored(self, key: Key) -> Sequence[Materialization]:
        """What is stored of an asset, the current one first; of a partitioned one, what was made last."""
        generation = self.in_force()
        if self.store is not None and generation.assets[key].partitions_def is not None:
            return self.store.partitions.newest(key)
        return self.ledger.history().get(key, ())

    def learned(self) -> Sequence[LearnedRow]:
        """What steps were seen to execute though no name leads there."""
        return self.store.learned.rows() if self.store is not None else ()

    def recorded(self, key: Key, step: str) -> Sequence[Happening]:
        """What user code recorded of an asset lately, and what its step did in its last run."""
        return self.store.events.recorded(key, step, _MOST_RECORDED) if self.store is not None else ()

    def costs(self, step: str) -> Sequence[Execution]:
        """The last executions of a step, with what they cost, the last one first."""
        return self.store.costs.of_step(step, 2 * RECENT) if self.store is not None and step else ()

    # Names of things to come.

    @staticmethod
    def new_run_id() -> str:
        return os.urandom(4).hex()

    def object_place(self, digest: str) -> str:
        """The path of an object, relative to the project."""
        return str(self.objects.path(digest).relative_to(self.files.root))

    def input_message(self, key: Key) -> Mapping[str, Any] | None:
        """Where a worker finds the current value of an asset; None when no value is stored."""
        item = self.ledger.current(key)
        if (
            item is None
            or item.standing == "left out"
            or (item.inline is None and item.object_digest is None)
        ):
            return None
        if item.inline is not None:
            return {"codec": item.codec, "inline": item.inline}
        return {
            "codec": item.codec,
            "path": str(self.objects.path(item.object_digest or "")),
            "digest": item.object_digest,
        }
