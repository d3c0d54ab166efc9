"""The workers of a project: one that loads definitions, some that run steps, one spare kept warm.

A step goes to a worker that has loaded exactly the sources of its generation: the bytes that were read once are sent
to every later worker, so a file saved meanwhile cannot slip in. All methods are for the owner's thread.
"""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import field
from pathlib import Path
from typing import Any

from dagx_engine.io.host import Host
from dagx_engine.io.launch import Launch
from dagx_engine.io.logs import LogPump
from dagx_engine.io.news import Asked, Assignment, Described, Done, Late, Lost, News, Overran, Refused, Told
from dagx_engine.io.workers import Gone, Heard, Worker
from dagx_engine.pure.value import dataclass

__all__ = ["Pool"]


_KEPT_GENERATIONS = 8
"""So many older ones are kept in any case: one that was in force before a job was asked for comes back."""


@dataclass(eq=False)
class _Seat:
    """One worker and what it is doing."""

    worker: Worker
    generation: int | None = None
    loading: int | None = None
    again: Mapping[str, Any] | None = None
    """What to tell a new worker, once, if this one ends while it loads and the project need not be why."""
    was_spare: bool = False
    """It may have been dead before it was to load."""
    loaded: bool = False
    token: str | None = None
    work: tuple[object, ...] = ()
    """What it is at, whatever the attempt."""
    timer: threading.Timer | None = None
    stopped: bool = False


@dataclass
class _Loaded:
    modules: Sequence[Mapping[str, Any]]
    secret: bytes
    sources: Mapping[str, Any] = field(default_factory=dict)
    imported: Mapping[str, str] = field(default_factory=dict)


class Pool:
    """`post` is called from other threads with what workers say; hand each back to `take` in the owner's thread."""

    def __init__(
        self,
        launch: Launch,
        slots: int,
        post: Callable[[Heard | Gone | Late], None],
        on_log: Callable[[str, str], None],
    ):
        self._launch = launch
        self._slots = slots
        self._post = post
        self._on_log = on_log
        self._pump = LogPump()
        self._seats: list[_Seat] = []
        self._spare: _Seat | None = None
        self._host: Host | None = None
        self._retired: list[Host] = []
        self._waiting: deque[Assignment] = deque()
        self._generations: dict[int, _Loaded] = {}
        self._preload: tuple[str, ...] = ()
        """What the project was seen to import of others."""
        self._closing = False

    def twin(self, launch: Launch) -> Pool:
        """One for the same generations, whose workers are started in another way. It gets all messages, too."""
        twin = Pool(launch, self._slots, self._post, self._on_log)
        twin._generations, twin._preload = self._generations, self._preload
        return twin

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
        """Load the project afresh, in the spare worker if there is one. `Described` or `Refused` will follow.

        `secret` keys digests of what may be secret; `config` is the run config, as `read_run_config` has it; `job` says
        which job is to be run, if one is. `learned` are the edges of which it is to say where they lead.
        """
        self._generations[load] = _Loaded(modules, secret)
        asked = {
            "secret": secret.hex(),
            "config": config,
            "job": job,
            "learned": learned,
            "ahead": self._forks,
        }
        message = {**self._load_message(modules, secret), **asked}
        spare, self._spare = self._spare, None
        self._give_load(load, message, spare or self._start(), again=message, was_spare=spare is not None)

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
        """A generation that nobody has loaded here: workers execute these sources, which read `imported` before."""
        self._generations[load] = _Loaded(modules, secret, sources, imported)
        self._learn(preload)

    def keep_spare(self, preload: tuple[str, ...]) -> None:
        """Have one more worker ready, with these modules imported, for the next load.

        A load in a spare does not import again what the spare had: the list only grows.
        """
        self._learn(preload)
        if self._closing:
            return
        if self._forks and self._ready_host().preload(self._preload):
            self._drop_spare()
        if self._spare is None:
            self._spare = self._start()
            if not self._forks:
                self._spare.worker.tell({"do": "preload", "modules": list(self._preload)})
            self._spare.worker.tell({"do": "rehearse"})

    def drop_spare(self) -> None:
        """What is started from now on is started anew, as when the environment changed. Other workers go on."""
        self._drop_spare()
        if self._host is not None:
            self._host.retire()
            self._retired.append(self._host)
            self._host = None

    def _learn(self, preload: Sequence[str]) -> None:
        self._preload = tuple(dict.fromkeys([*self._preload, *preload]))

    def _drop_spare(self) -> None:
        if self._spare is not None:
            self._spare.worker.kill()
            self._spare = None

    def use(self, generation: int, slots: int, held: Collection[int] = ()) -> None:
        """From now on this generation is in force: idle workers of others end, busy ones end after their step.

        `slots` is how many of its steps run at once. Of older generations, workers can still be had of those that are
        `held`: runs go on with them.
        """
        self._slots = slots
        for seat in list(self._seats):
            if seat.generation != generation and seat.loading is None and seat.token is None:
                self._dismiss(seat)
        needed = {
            *held,
            *(assignment.generation for assignment in self._waiting),
            *(number for seat in self._seats for number in (seat.generation, seat.loading)),
        }
        for number in [
            n for n in self._generations if n < generation - _KEPT_GENERATIONS and n not in needed
        ]:
            del self._generations[number]

    def sources(self, generation: int) -> Mapping[str, Any]:
        """What was executed as this generation: by module its file and its bytes, in base64."""
        found = self._generations.get(generation)
        return found.sources if found is not None else {}

    def expect(self, generation: int, attempts: int) -> None:
        """So many attempts will come, at least: the workers for them start and load while these are prepared."""
        mine = sum(1 for seat in self._seats if seat.generation == generation)
        for _ in range(mine, min(attempts, self._slots)):
            self._staff(generation)

    def run(self, assignment: Assignment) -> None:
        """Give the attempt to a worker that is free, or to a new one."""
        self._waiting.append(assignment)
        self._serve()

    def answer(self, token: str, answer: Mapping[str, Any]) -> None:
        """Tell an attempt what it asked for."""
        for seat in self._seats:
            if seat.token == token:
                seat.worker.tell({"do": "answer", **answer})

    def stop(self, token: str) -> list[News]:
        """Ask the attempt to end; `Lost` or `Done` will follow, or stand in the answer if it had not begun."""
        for assignment in list(self._waiting):
            if assignment.token == token:
                self._waiting.remove(assignment)
                return [Lost(token, "it had not begun", stopped=True)]
        for seat in self._seats:
            if seat.token == token and not seat.stopped:
                seat.stopped = True
                seat.worker.ask_to_stop()
        return []

    def take(self, news: Heard | Gone | Late) -> list[News]:
        """What this means for the owner."""
        seat = self._seat_of(news.worker)
        if seat is None:
            return []
        if isinstance(news, Late):
            return self._overran(seat, news.token)
        found = self._ended(seat, news) if isinstance(news, Gone) else self._heard(seat, news.message)
        self._serve()
        return found

    def close(self) -> None:
        """End every process and wait for it."""
        self._closing = True
        seats = [*self._seats, *([self._spare] if self._spare else [])]
        for seat in seats:
            seat.worker.kill()
        hosts = [*self._retired, *([self._host] if self._host else [])]
        for host in hosts:
            host.kill()
        for seat in seats:
            seat.worker.join(5)
        for host in hosts:
            host.join(5)
        self._pump.close()

    # Inside.

    def _start(self) -> _Seat:
        host = self._ready_host() if self._forks else None
        return _Seat(Worker(self._launch, self._post, self._pump, self._log, host))

    @property
    def _forks(self) -> bool:
        return self._launch.files.isolation == "fork"

    @property
    def _log(self) -> Path:
        return self._launch.files.state / "logs" / "workers.log"

    def _ready_host(self) -> Host:
        """The host, or a new one in place of one that is gone."""
        if self._host is None or not self._host.is_alive:
            self._host = Host(self._launch, self._pump, self._log)
        return self._host

    def _give_load(
        self,
        load: int,
        message: Mapping[str, Any],
        seat: _Seat,
        *,
        again: Mapping[str, Any] | None = None,
        was_spare: bool = False,
    ) -> None:
        seat.loading, seat.again, seat.was_spare = load, again, was_spare
        self._seats.append(seat)
        seat.worker.tell(message)

    def _seat_of(self, worker: Worker) -> _Seat | None:
        seats = [*self._seats, *([self._spare] if self._spare else [])]
        return next((seat for seat in seats if seat.worker is worker), None)

    def _load_message(self, modules: Sequence[Mapping[str, Any]], secret: bytes) -> dict[str, Any]:
        files, build = self._launch.files, self._launch.sdk.name
        return {
            "do": "load",
            "root": str(files.root),
            "state": str(files.state),
            "paths": list(files.paths),
            "modules": modules,
            "kept": {"file": str(files.state / "code"), "key": secret.hex(), "build": build},
        }

    def _serve(self) -> None:
        """Match waiting attempts with free workers; start workers while there are fewer than slots."""
        ending = {seat.work for seat in self._seats if seat.stopped}
        for assignment in list(self._waiting):
            if _work(assignment) in ending:
                continue  # who gave the earlier attempt up does not wait for its end
            mine = [seat for seat in self._seats if seat.generation == assignment.generation]
            free = next((seat for seat in mine if seat.loaded and seat.token is None), None)
            if free is not None:
                self._waiting.remove(assignment)
                self._assign(free, assignment)
            elif len(mine) < self._slots and not self._closing and not self._is_coming(mine):
                self._staff(assignment.generation)

    def _is_coming(self, mine: list[_Seat]) -> bool:
        """Whether as many workers are on their way as there are attempts waiting."""
        return sum(1 for seat in mine if not seat.loaded) >= len(self._waiting)

    def _staff(self, generation: int) -> None:
        if self._forks:
            self._ready_host().preload(self._preload)
        seat = self._start()
        seat.generation = generation
        known = self._generations[generation]
        self._seats.append(seat)
        seat.worker.tell(
            {
                **self._load_message(known.modules, known.secret),
                "sources": known.sources,
                "imported": known.imported,
            }
        )

    def _assign(self, seat: _Seat, assignment: Assignment) -> None:
        seat.token, seat.work = assignment.token, _work(assignment)
        token = assignment.token
        ends = [os.dup(end) for end in assignment.terminal or ()]
        if not ends:
            seat.worker.output.turn(assignment.log, lambda text: self._on_log(token, text))
        seat.worker.tell({"do": "step", "token": token, **assignment.message}, *ends)
        if assignment.max_runtime is not None:
            late = Late(seat.worker, token)
            seat.timer = threading.Timer(assignment.max_runtime, lambda: self._post(late))
            seat.timer.daemon = True
            seat.timer.start()

    def _overran(self, seat: _Seat, token: str) -> list[News]:
        if seat.token != token or seat.stopped:
            return []
        self.stop(token)
        return [Overran(token)]

    def _heard(self, seat: _Seat, message: Mapping[str, Any]) -> list[News]:
        match message.get("did"):
            case "loaded" if seat.loading is not None:
                load, seat.loading = seat.loading, None
                seat.generation, seat.loaded = load, True
                known = self._generations[load]
                known.sources, known.imported = message["sources"], message["imported"]
                self._learn(message["definitions"]["third_party"])
                return [Described(load, message["definitions"])]
            case "loaded":
                seat.loaded = True
                return []
            case "refused":
                asked, seat.loading = seat.loading, None
                self._dismiss(seat)
                return (
                    [Refused(asked, message["problem"])] if asked is not None else self._cannot_staff(message)
                )
            case "ask" if message.get("token") == seat.token and seat.token is not None:
                return [Asked(seat.token, message["question"])]
            case "op" if message.get("token") == seat.token and seat.token is not None:
                return [Told(seat.token, message)]
            case "step" if message.get("token") == seat.token and seat.token is not None:
                return [Done(self._released(seat), message)]
            case _:
                return []

    def _cannot_staff(self, message: Mapping[str, Any]) -> list[News]:
        """A second worker could not load what the first one could: its attempts cannot run."""
        lost = [
            Lost(a.token, f"a worker could not load the project: {message['problem']['line']}", stopped=False)
            for a in self._waiting
        ]
        self._waiting.clear()
        return list(lost)

    def _released(self, seat: _Seat) -> str:
        token = seat.token or ""
        _finish(seat)
        seat.token = None
        if seat.stopped:
            self._dismiss(seat)
        elif seat.generation is not None and any(n > seat.generation for n in self._generations):
            newer = any(s.generation is not None and s.generation > seat.generation for s in self._seats)
            if newer:
                self._dismiss(seat)
        return token

    def _ended(self, seat: _Seat, gone: Gone) -> list[News]:
        words = gone.words
        if seat is self._spare:
            self._spare = None
            return []
        self._seats.remove(seat)
        said = "".join(seat.worker.said).strip()
        if seat.loading is not None:
            if seat.again is not None and (seat.was_spare or gone.with_host) and not self._closing:
                self.drop_spare()  # the host may be about to end like what was forked from it
                self._give_load(seat.loading, seat.again, self._start())
                return []
            text = f"the worker {words} while it loaded the project" + (f"\n{said}" if said else "")
            return [
                Refused(seat.loading, {"line": text.splitlines()[0], "text": text, "file": "", "number": 0})
            ]
        if seat.token is not None:
            _finish(seat)
            return [Lost(seat.token, words, seat.stopped)]
        if not seat.loaded and self._waiting:
            return self._cannot_staff({"problem": {"line": f"it {words}" + (f": {said}" if said else "")}})
        return []

    def _dismiss(self, seat: _Seat) -> None:
        if seat in self._seats:
            self._seats.remove(seat)
        seat.worker.kill()


def _work(assignment: Assignment) -> tuple[object, ...]:
    """The step and its partitions."""
    said = assignment.message
    partitions = said.get("partitions") or {}
    return said.get("step"), partitions.get("first"), partitions.get("last")


def _finish(seat: _Seat) -> None:
    """Its attempt is over."""
    if seat.timer is not None:
        seat.timer.cancel()
    seat.timer = None
    seat.worker.output.turn_back()
