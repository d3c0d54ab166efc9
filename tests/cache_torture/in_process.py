"""The workers of the real engine in this process: they load, describe and execute, and no interpreter is waited for.

What crosses the wire crosses JSON here too.
"""

from __future__ import annotations

import json
import os
import socket
import sys
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from dagx.worker.problems import problem_of
from dagx.worker.project import LoadedProject, load_project
from dagx.worker.step import run_step
from dagx_engine.io.launch import Launch
from dagx_engine.io.news import Assignment, Described, Done, Lost, News, Refused
from dagx_engine.io.pool import Pool
from dagx_engine.io.workers import Gone, Heard

__all__ = ["PoolHere"]

_hooks: list[Any] = []
_listening: list[bool] = []


class PoolHere(Pool):
    """Stands in for the pool of worker processes. A load forgets what the one before had imported."""

    def __init__(
        self,
        launch: Launch,
        slots: int,
        post: Callable[[Any], None],
        on_log: Callable[[str, str], None],
    ) -> None:
        self._files = launch.files
        self._inbox = post
        self._project: LoadedProject | None = None
        self._said: dict[int, News] = {}
        self._end, self._other_end = socket.socketpair()  # over which no step of these tests asks anything
        self._before = (set(sys.modules), list(sys.path), list(sys.meta_path), os.getcwd())

    def know(
        self,
        load: int,
        modules: Sequence[Mapping[str, Any]],
        sources: Mapping[str, Any],
        imported: Mapping[str, str],
        *,
        secret: bytes,
        preload: Sequence[str],
    ) -> None:
        self.forget()
        with _one_audit_hook(), self._environment():
            self._project = load_project({**self._message(modules, None), "sources": sources})

    def load(
        self,
        load: int,
        modules: Sequence[Mapping[str, Any]],
        *,
        secret: bytes,
        config: Mapping[str, Any] | None,
        job: Mapping[str, Any] | None = None,
        learned: Sequence[str] = (),
    ) -> None:
        self.forget()
        with _one_audit_hook(), self._environment():
            try:
                self._project = load_project(self._message(modules, config))
                described = self._project.describe(secret, learned)
            except Exception as error:  # noqa: BLE001 - whatever the project raises at import
                self._say(Refused(load, problem_of(error, str(self._files.root)).to_json()))
                return
        self._say(Described(load, json.loads(json.dumps(described))))

    def _message(
        self, modules: Sequence[Mapping[str, Any]], config: Mapping[str, Any] | None
    ) -> dict[str, Any]:
        files = self._files
        return {
            "root": str(files.root),
            "state": str(files.state),
            "paths": list(files.paths),
            "modules": modules,
            "config": config,
        }

    def sources(self, generation: int) -> Mapping[str, Any]:
        return self._project.to_json()["sources"] if self._project is not None else {}

    def run(self, assignment: Assignment) -> None:
        assert self._project is not None
        os.makedirs(os.path.dirname(assignment.log), exist_ok=True)
        message = json.loads(json.dumps({"token": assignment.token, **assignment.message}))
        with self._environment():
            answer = run_step(self._project, message, self._end, lambda news: None)
        self._say(Done(assignment.token, json.loads(json.dumps(answer))))

    @contextmanager
    def _environment(self) -> Iterator[None]:
        """With what `.env` says, as workers are started; and nothing of what user code does to it stays."""
        before = dict(os.environ)
        os.environ.update(self._files.environment)
        try:
            yield
        finally:
            os.chdir(self._files.root)
            os.environ.clear()
            os.environ.update(before)

    def _say(self, news: News) -> None:
        number = len(self._said)
        self._said[number] = news
        self._inbox(Heard(None, {"number": number}))  # type: ignore[arg-type]  # no process stands behind it

    def take(self, news: Heard | Gone) -> list[News]:
        assert isinstance(news, Heard)
        return [self._said.pop(news.message["number"])]

    def stop(self, token: str) -> list[News]:
        return [Lost(token, "it had not begun", stopped=True)]

    def expect(self, generation: int, attempts: int) -> None:
        """There is one worker, this process."""

    def keep_spare(self, preload: tuple[str, ...]) -> None:
        """There is one worker, this process."""

    def drop_spare(self) -> None:
        """There is one worker, this process."""

    def use(self, generation: int, slots: int, held: Collection[int] = ()) -> None:
        """There is one worker, this process."""

    def close(self) -> None:
        self._end.close()
        self._other_end.close()
        self.forget()

    def forget(self) -> None:
        """Put this process back to what it was before the project."""
        modules, paths, finders, folder = self._before
        self._project = None
        _hooks.clear()
        os.chdir(folder)
        sys.path[:], sys.meta_path[:] = paths, finders
        for name in set(sys.modules) - modules:
            if _is_below(sys.modules[name], self._files.root.parent):
                del sys.modules[name]


def _is_below(module: object, folder: Path) -> bool:
    """Whether a module was imported from the project or from beside it."""
    known = getattr(module, "__dict__", {})
    places = [known.get("__file__"), *(known.get("__path__") or ())]
    return any(str(place).startswith(str(folder) + os.sep) for place in places)


def _pass_on(event: str, args: tuple[object, ...]) -> None:
    for hook in _hooks if event != "sys._getframe" else ():
        hook.__self__.hear(event, args, sys._getframe(1))


@contextmanager
def _one_audit_hook() -> Iterator[None]:
    """An audit hook can never be taken back: this process has one, which passes on to the tracer of the last load."""
    real = sys.addaudithook
    if not _listening:
        real(_pass_on)
        _listening.append(True)
    _hooks.clear()
    sys.addaudithook = lambda hook: _hooks.append(hook)
    try:
        yield
    finally:
        sys.addaudithook = real
