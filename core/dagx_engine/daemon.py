"""`dagx dev`: one thread that watches, reloads, plans and runs. What happens comes in, what to see goes out.

Nothing here waits for anything but the inbox; a request from another thread is a message like any other.
"""

from __future__ import annotations

import dataclasses
import os
import queue
import threading
import time
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from dagx.errors import DagxError
from dagx_engine import present
from dagx_engine.answering import last_log, show_of, why_of
from dagx_engine.board import Board
from dagx_engine.choosing import without_partitions
from dagx_engine.collecting import Collector
from dagx_engine.executor import Executor
from dagx_engine.io.channel import Left, Said
from dagx_engine.io.news import Described, News, Refused
from dagx_engine.io.project import ProjectFiles, find_project
from dagx_engine.io.python import Interpreter, find_python
from dagx_engine.io.watch import Hint, Tree, Watcher
from dagx_engine.meanings import SETTINGS, Echoes, meaning_of
from dagx_engine.outbox import Outbox
from dagx_engine.pure.declared import patterns_of
from dagx_engine.pure.generation import Generation
from dagx_engine.pure.plan import runnable
from dagx_engine.pure.selecting import Choice
from dagx_engine.pure.value import dataclass
from dagx_engine.saves import Saves
from dagx_engine.serving import Desk
from dagx_engine.starts import Starts, config_problems
from dagx_engine.views import (
    BoardReplaced,
    EngineEnded,
    Event,
    Loaded,
    LoadFailed,
    Notice,
    RunEnded,
    RunStatus,
    Saved,
    ShowView,
    WhyView,
)
from dagx_engine.workspace import StateLost, Workspace

__all__ = ["Daemon"]

_CLOSING_SECONDS = 7.0

T = TypeVar("T")


@dataclass(frozen=True)
class _Wish:
    """Something that another thread asks this one to do."""

    action: Callable[[], None]


class Daemon:
    """Owns the workspace from `start` to `close`."""

    def __init__(
        self,
        files: ProjectFiles,
        interpreter: Interpreter,
        *,
        asked_python: str | None = None,
        asked_config: Path | None = None,
        run_missing: bool = False,
        auto: bool = True,
    ) -> None:
        self._files = files
        self._interpreter = interpreter
        self._asked_python = asked_python
        self._asked_config = asked_config
        self._run_missing = run_missing
        self._auto = auto
        self._out = Outbox()
        self._thread: threading.Thread | None = None
        self._closing = False
        self._abandoned = False
        self._wanted_load = 0
        self._is_loading = False
        self._load_began = 0.0
        self._cause = "start"
        self._problem: str | None = None
        self._reload_again: str | None = None
        self._settings_changed = False
        self._settings_broken = False

    # For other threads.

    def start(self) -> None:
        """Take the project lock and begin. Raises BusyError when another dagx has it."""
        self._space = Workspace(self._files, self._interpreter, write=True)
        self._executor = Executor(self._space, self._see)
        self._echoes = Echoes(
            self._space, self._executor.is_under_way, lambda words: self._out.put(Notice(words, "warning"))
        )
        self._collector = Collector(self._space)
        self._board = Board(self._space, self._out.put)
        self._starts = Starts(
            self._space,
            self._executor,
            self._board,
            self._out.put,
            auto=self._auto,
            run_missing=self._run_missing,
        )
        self._desk = Desk(self._space, self._executor, self._out.put, _BehindTheDesk(self))
        self._desk.open()  # before the walk over all files, which may take its time
        tree = self._tree = Tree(self._roots())
        self._saves = Saves(self._files.root, tree, self._space.clock, self._space.disk.is_being_written)
        self._watcher = Watcher(tree, self._space.inbox.put)
        self._thread = threading.Thread(target=self._main, name="dagx-engine", daemon=True)
        self._thread.start()

    def events(self, timeout: float | None = 0.0) -> list[Event]:
        """All news since the last call, in order; waits up to `timeout` seconds for the first (None: for ever)."""
        return self._out.take(timeout)

    def run(self, selection: str | None = None, *, force: bool = False) -> None:
        """Ask for a run; what becomes of it arrives as events, a refusal as a Notice."""
        self._wish(lambda: self._starts.ask(selection, force))

    def stop(self, run: str | None = None) -> None:
        """Cancel this run, or (None) all that are active."""
        self._wish(lambda: self._stop_asked(run))

    def set_auto(self, on: bool) -> None:
        """Whether a save runs what it affects."""
        self._wish(lambda: self._set_auto(on))

    @property
    def auto(self) -> bool:
        return self._starts.auto

    def why(self, asset: str) -> WhyView | None:
        """Why the asset is what it is; None while nothing is loaded or when there is no such asset."""
        return self._ask(lambda: why_of(self._space, self._board, asset))

    def show(self, asset: str) -> ShowView | None:
        """What is stored of the asset; None while nothing is loaded or when there is no such asset."""
        return self._ask(lambda: show_of(self._space, self._board, asset))

    def log_path(self, asset: str) -> Path | None:
        """The log of the last attempt of the step that makes this asset, if it wrote one."""
        return self._ask(lambda: last_log(self._space, asset))

    def close(self) -> None:
        """Cancel what runs, end all processes, give the lock back. Returns when it is done; may be called twice."""
        thread, self._thread = self._thread, None
        if thread is None:
            return
        self._wish(self._begin_closing)
        thread.join(_CLOSING_SECONDS + 5)

    def _wish(self, action: Callable[[], None]) -> None:
        if hasattr(self, "_space"):
            self._space.inbox.put(_Wish(action))

    def _ask(self, question: Callable[[], T | None]) -> T | None:
        if self._thread is None or not self._thread.is_alive():
            return None
        answer: queue.SimpleQueue[T | None] = queue.SimpleQueue()

        def reply() -> None:
            try:
                answer.put(question())
            except DagxError:
                answer.put(None)

        self._wish(reply)
        try:
            return answer.get(timeout=5)
        except queue.Empty:
            return None

    # The loop.

    def _main(self) -> None:
        problem: str | None = None
        try:
            self._watcher.start()
            self._reload("start")
            self._wish(self._tidy)
            while not (self._abandoned or (self._closing and not self._executor.active)):
                self._turn()
        except StateLost as error:
            problem = str(error)
        except Exception as error:  # noqa: BLE001 - it ends the engine; the front end must hear of it and say so
            problem = (
                f"a bug of dagx ended the engine: {type(error).__name__}: {error}\n{traceback.format_exc()}"
            )
        finally:
            self._watcher.close()
            self._desk.close()
            self._executor.close()
            self._space.close()
            self._out.put(EngineEnded(problem))

    def _turn(self) -> None:
        """Wait for one message and do what it asks; look at the files when that is due, also while much is said."""
        wait = 1.0 if self._closing else self._saves.wait
        try:
            said: object = self._space.inbox.get(timeout=wait)
        except queue.Empty:
            said = Hint()
        try:
            self._take(said)
            if wait <= 0 and not isinstance(said, Hint):
                self._look()
            if not self._closing:
                self._desk.go_on()
        except StateLost:
            raise
        except DagxError as error:
            self._out.put(Notice(str(error), "error"))
            self._desk.fail(error)

    def _take(self, said: object) -> None:
        match said:
            case _Wish(action):
                action()
            case Hint(words, paths):
                if words:
                    self._out.put(Notice(words, "warning"))
                self._look(paths)
            case Said() | Left():
                self._desk.take(said)
            case _:
                for news in self._executor.take(said):
                    if not self._desk.takes(news):
                        self._loaded_or_not(news)

    def _begin_closing(self) -> None:
        self._closing = True
        self._executor.cancel()
        give_up = threading.Timer(_CLOSING_SECONDS, self._wish, [self._abandon])
        give_up.daemon = True
        give_up.start()

    def _abandon(self) -> None:
        """The run does not end: the next engine will find it unfinished."""
        self._abandoned = True

    # Files.

    def _roots(self) -> list[Path]:
        extra = [self._files.root / folder for folder in self._files.watch]
        return [self._files.root, *(path for path in extra if not path.is_relative_to(self._files.root))]

    def _look(self, paths: Sequence[str] | None = None) -> None:
        self._space.check_state()
        saved = [] if self._closing else self._saves.look(paths)
        if saved:
            self._changed(saved)

    def _changed(self, paths: Sequence[str]) -> None:
        names = [self._space.disk.name_of(path) for path in paths]
        known = self._space.generation.modules if self._space.generation is not None else {}
        found = meaning_of(self._space, names)
        if not found.all:
            return
        if self._echoes.are_too_many(found.all, names):
            self._starts.drop_due()
            return
        self._out.put(Saved(found.all))
        cause = f"save {(found.settings or found.code or found.data)[0]}" + (
            f" and {len(names) - 1} more" if len(names) > 1 else ""
        )
        moved = [name for name in found.code if name not in known or not (self._files.root / name).exists()]
        if (found.settings or moved or self._settings_broken) and not self._read_settings():
            return
        if found.code or found.settings:
            self._reload(cause)
        else:
            if self._starts.auto:
                self._executor.heed(found.data)
            self._consider(cause)

    def _read_settings(self) -> bool:
        """Look again where the project's definitions are. False: that is no project any more, or a run that needs the
        old workers is being ended first."""
        before = self._files
        try:
            found = find_project(before.root)
            self._files = dataclasses.replace(found, config=self._asked_config or found.config)
            interpreter = find_python(before.root, self._asked_python, self._files.python, os.environ)
        except DagxError as error:
            self._files = before
            self._settings_broken = True
            self._fail_load(str(error))
            return False
        self._settings_broken = False
        same_workers = dataclasses.replace(self._files, modules=before.modules) == before
        under_way = self._executor.active or self._desk.holds_back
        if under_way and (interpreter != self._interpreter or not same_workers):
            self._files = before
            self._executor.cancel()
            self._settings_changed = True
            return False
        if interpreter != self._interpreter:
            self._out.put(Notice(f"the interpreter is now {interpreter.path} ({interpreter.why})"))
            self._interpreter, same_workers = interpreter, False
        if self._files != before or not same_workers:
            self._space.replace_files(self._files, interpreter, keep_workers=same_workers)
        return True

    # Generations.

    def _reload(self, cause: str) -> None:
        if self._desk.holds_back:
            self._reload_again = cause
            return
        self._cause = cause
        self._is_loading = True
        self._load_began = time.monotonic()
        self._wanted_load = self._space.begin_load()

    def _loaded_or_not(self, news: News) -> None:
        if isinstance(news, Refused | Described) and news.load == self._wanted_load:
            self._is_loading = False
        if isinstance(news, Refused) and news.load == self._wanted_load:
            self._fail_load(str(self._space.refusal(news)))
        elif isinstance(news, Described) and news.load == self._wanted_load:
            try:
                newer = self._space.read_description(news)
            except DagxError as error:
                self._fail_load(str(error))
                return
            generation = self._space.adopt(newer)
            self._starts.owe(self._executor.revise(generation))
            with self._out.together(), self._space.now.at_once():
                self._adopt(generation)

    def _fail_load(self, problem: str) -> None:
        self._problem = problem
        self._out.put(LoadFailed(problem))
        self._space.pool().keep_spare(self._space.generation.third_party if self._space.generation else ())

    def _adopt(self, generation: Generation) -> None:
        first = self._starts.meet(generation)
        self._problem = None
        self._tree.include(patterns_of(generation))
        seconds = time.monotonic() - self._load_began
        self._out.put(Loaded(generation.number, len(generation.assets), seconds, first))
        views = self._board.replace()
        status = present.status_view(self._files.name, self._files.root, views, generation)
        self._out.put(BoardReplaced(status))
        for words in [*runnable(generation, generation.routine)[1], *config_problems(generation)]:
            self._out.put(Notice(words, "warning"))
        for words in (*self._partitioned(), *_only_jobs(generation)):
            self._out.put(Notice(words))
        self._consider(self._cause, is_shown=True)
        self._space.pool().keep_spare(generation.third_party)  # what runs goes before what may be saved next

    def _partitioned(self) -> tuple[str, ...]:
        """How partitioned assets stand, and that they do not run here."""
        if not self._space.in_force().is_partitioned:
            return ()
        words = without_partitions(self._space, Choice(self._space.in_force().routine))[1]
        return (*words, "dagx dev shows partitions and does not make them yet")

    # Runs.

    def _consider(self, cause: str, *, is_shown: bool = False) -> None:
        """Run what is stale, when nobody holds that back."""
        if self._desk.holds_back:
            self._starts.later(cause)
            return
        if not is_shown:
            self._board.refresh()
        if not self._closing:
            self._starts.consider(cause)

    def _stop_asked(self, run: str | None) -> None:
        if not self._executor.active:
            self._out.put(Notice("nothing is running"))
        self._starts.leave()
        self._executor.cancel(run)

    def _set_auto(self, on: bool) -> None:
        self._starts.auto = on
        if on:
            self._consider("auto on")

    def _see(self, event: Event) -> None:
        """Pass an event on, and with it how the assets look now."""
        self._out.put(event)
        self._desk.see(event)
        self._board.take(event)
        if isinstance(event, RunEnded):
            if event.run.status is RunStatus.CRASHED:
                self._starts.leave()  # it would end like that again
            self._wish(self._tidy)
            self._go_on()

    def _go_on(self) -> None:
        """See to what waited for the end of a run."""
        if self._settings_changed and not self._executor.active:
            self._settings_changed = False
            self._wish(lambda: self._changed([str(self._files.root / name) for name in SETTINGS]))
        reload, self._reload_again = self._reload_again, None
        if reload is not None:
            self._wish(lambda: self._reload(reload))
        if self._starts.is_due:
            self._wish(self._consider_again)

    def _consider_again(self) -> None:
        """Unless it was given up while it waited for its turn."""
        cause = self._starts.take_due()
        if cause is not None:
            self._consider(cause)

    def _tidy(self) -> None:
        """Take away what nothing needs any more, unless a run needs it."""
        if self._executor.active or self._closing:
            return
        self._space.writable().expected_seconds()  # found out now, and not when somebody waits for a run
        words = self._collector.tidy()
        if words:
            self._out.put(Notice(words))


class _BehindTheDesk:
    """What the desk may ask of the engine."""

    def __init__(self, daemon: Daemon) -> None:
        self._daemon = daemon

    @property
    def problem(self) -> str | None:
        return self._daemon._problem

    @property
    def is_loading(self) -> bool:
        return self._daemon._is_loading

    @property
    def is_being_saved(self) -> bool:
        return self._daemon._saves.is_under_way

    def look(self) -> None:
        self._daemon._look()

    def refresh(self) -> None:
        self._daemon._board.refresh()

    def go_on(self) -> None:
        self._daemon._go_on()

    def leave_stopped(self) -> None:
        self._daemon._starts.leave()


def _only_jobs(generation: Generation) -> tuple[str, ...]:
    """What to do in a project that has nothing to watch over."""
    if generation.assets or not generation.jobs:
        return ()
    names = ", ".join(generation.jobs)
    first = next(iter(generation.jobs))
    return (f"there are no assets here, only jobs: {names}; run one by: dagx run --job {first}",)
