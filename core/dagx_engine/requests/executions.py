"""Steps executed again for an audit: outputs into a scratch folder, nothing written down.

What an execution makes is named and digested; what that means is decided elsewhere.
"""

from __future__ import annotations

import base64
import itertools
import os
import shutil
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import field, replace
from pathlib import Path
from typing import Any

from dagx.errors import DagxError
from dagx_engine.attempts import message_of
from dagx_engine.harvest import Attempt
from dagx_engine.io.files import hash_file
from dagx_engine.io.kept import KeptFiles
from dagx_engine.io.launch import Launch
from dagx_engine.io.news import Asked, Assignment, Done, Lost
from dagx_engine.io.pool import Pool
from dagx_engine.io.rows import Materialization
from dagx_engine.io.sdk import lay_out
from dagx_engine.pure.auditing import USUAL_SEED, Products
from dagx_engine.pure.definitions import Key, Product, StepName
from dagx_engine.pure.demand import extent_of
from dagx_engine.pure.manifest import Manifest, digest_bytes
from dagx_engine.pure.value import dataclass
from dagx_engine.questions import Own, answer
from dagx_engine.requests.comparing import Value, value_at
from dagx_engine.workspace import Workspace

__all__ = ["Executions", "Made", "Target", "stored_products"]


@dataclass(frozen=True)
class Target:
    """A step to be executed again, for these products; `rows` are what is stored of them."""

    step: StepName
    products: tuple[Product, ...]
    rows: Mapping[Key, Materialization]
    manifest: Manifest

    @property
    def written(self) -> tuple[str, ...]:
        """The files that it is known to write, as parts name them."""
        return tuple(dict.fromkeys(name for row in self.rows.values() for name, _ in row.written))


@dataclass(frozen=True)
class Made:
    """How one execution ended."""

    token: str
    target: Target
    seed: str
    products: Products = field(default_factory=dict)
    values: Mapping[str, Value] = field(default_factory=dict)
    sizes: Mapping[str, int] = field(default_factory=dict)
    seconds: float = 0.0
    refused: str = ""
    line: str = ""
    """Its error, if it failed, in one line."""
    text: str = ""
    clues: tuple[str, ...] = ()


def stored_products(target: Target) -> Products:
    """What is stored, named as what an execution makes."""
    found: dict[str, str] = {}
    for key, row in target.rows.items():
        if row.standing == "left out":
            continue
        if row.inline is not None or row.object_digest is not None:
            found[str(key)] = f"{row.codec}:{row.object_digest or digest_bytes(row.inline or b'')}"
        found.update(row.written)
    return found


class Executions:
    """Of one audit. Executions with another hash seed have workers of their own."""

    def __init__(self, space: Workspace, *, writing: bool) -> None:
        self._space = space
        self._writing = writing
        self._run = space.new_run_id()
        self._scratch = space.objects.staging / f"audit-{self._run}"
        self._scratch.mkdir()
        self._kept = KeptFiles(space.files.state)
        self._pools: dict[str, Pool] = {USUAL_SEED: space.pool()}
        self._numbers = itertools.count()
        self._under_way: dict[str, tuple[Target, str]] = {}

    def begin(self, target: Target, seed: str) -> None:
        """Give it to a worker. Raises DagxError when the stored value of an input is damaged."""
        space, generation = self._space, self._space.in_force()
        inputs = {key: space.input_message(key) for key in generation.loads(target.step)}
        damaged = [
            key
            for key, found in inputs.items()
            if found and "digest" in found and not space.objects.check(found["digest"])
        ]
        if damaged:
            space.ledger.forget()
            raise DagxError(f"the stored value of {', '.join(damaged)} is damaged or gone")
        token = f"{self._run}-{next(self._numbers)}"
        folder = self._scratch / token
        folder.mkdir()
        partitions, is_part = extent_of(generation, target.step, target.products)
        attempt = Attempt(
            generation,
            target.step,
            1,
            target.manifest,
            (),
            space.clock.now(),
            space.clock.ticks(),
            str(folder / "log"),
            target.products,
            partitions,
            is_part,
        )
        may = None
        if self._writing:
            paths = [_place(space, name) for name in target.written]
            self._kept.keep(paths)
            may = paths
        guard = {"may": may, "reads": self._reads(target), "made": str(self._kept.made)}
        message = {
            **message_of(space, generation, attempt, inputs),
            "do": "audit",
            "run": space.new_run_id(),
            "staging": str(folder),
            "guard": guard,
        }
        self._under_way[token] = (target, seed)
        self._pool(seed).run(Assignment(token, generation.number, message, attempt.log))

    def take(self, said: object) -> list[Made]:
        """What a message of the inbox means."""
        ended: list[Made] = []
        for pool in self._pools.values():
            for news in (
                self._space.receive(said) if pool is self._pools[USUAL_SEED] else self._of(pool, said)
            ):
                if isinstance(news, Asked):
                    self._answer(pool, news)
                elif isinstance(news, Done) and news.token in self._under_way:
                    ended.append(self._ended(news))
                elif isinstance(news, Lost) and news.token in self._under_way:
                    target, seed = self._under_way.pop(news.token)
                    line = f"the worker {news.words} without a result"
                    self._put_back()
                    ended.append(Made(news.token, target, seed, line=line, text=line))
        return ended

    @staticmethod
    def _of(pool: Pool, said: object) -> Sequence[object]:
        workers: Any = said
        return pool.take(workers) if type(said).__name__ in ("Heard", "Gone") else ()

    def drop(self, made: Made) -> None:
        """What an execution made is not needed any more."""
        shutil.rmtree(self._scratch / made.token, ignore_errors=True)

    def close(self) -> None:
        """End what is under way; the user's files are as they were."""
        for seed, pool in self._pools.items():
            if seed != USUAL_SEED or self._under_way:
                pool.close()
        self._put_back()
        shutil.rmtree(self._scratch, ignore_errors=True)

    def _pool(self, seed: str) -> Pool:
        if seed not in self._pools:
            launch = Launch(self._space.interpreter, lay_out(), self._space.files, seed, self._space.engine)
            self._pools[seed] = self._space.pool().twin(launch)
        return self._pools[seed]

    def _answer(self, pool: Pool, asked: Asked) -> None:
        target, _ = self._under_way[asked.token]
        events, own = self._space.writable().events, Own.of(self._space.in_force(), target.step)
        try:
            pool.answer(asked.token, answer(events, asked.question, own).body)
        except DagxError as error:
            pool.answer(asked.token, {"problem": str(error)})

    def _reads(self, target: Target) -> list[str]:
        names = [name for name, _ in target.manifest.parts if name.startswith("file:")]
        return [_place(self._space, name) for name in names]

    def _ended(self, news: Done) -> Made:
        target, seed = self._under_way.pop(news.token)
        result = news.result
        made = Made(
            news.token, target, seed, seconds=result.get("seconds", 0.0), clues=tuple(result.get("clues", ()))
        )
        try:
            if result.get("refused"):
                return replace(made, refused=result["refused"][0])
            if not result["ok"]:
                problem = result["problem"]
                return replace(made, line=problem["line"], text=problem["text"])
            products, values, sizes = self._made(target, result["outputs"])
            news_of = self._unknown_reads(target, result["seen"])
            return replace(made, products=products, values=values, sizes=sizes, clues=(*made.clues, *news_of))
        finally:
            self._put_back()

    def _made(
        self, target: Target, outputs: Iterable[Mapping[str, Any]]
    ) -> tuple[Products, Mapping[str, Value], Mapping[str, int]]:
        """The products that were asked for, digested while they are there."""
        generation = self._space.in_force()
        named = {str(generation.part(key)[0]): str(key) for key in target.rows}
        products: dict[str, str] = {}
        values: dict[str, Value] = {}
        sizes: dict[str, int] = {}
        for output in outputs:
            stored, key = output["stored"], named.get(output["key"])
            if stored is None or key is None:
                continue
            if "path" in stored:
                digest, size = hash_file(stored["path"])
                values[key] = value_at(stored["codec"], Path(stored["path"]))
            else:
                data = base64.b64decode(stored["inline"])
                digest, size = digest_bytes(data), len(data)
                values[key] = {"codec": stored["codec"], "inline": stored["inline"]}
            products[key], sizes[key] = f"{stored['codec']}:{digest}", size
        for name in target.written if self._writing else ():
            with suppress(OSError):
                products[name], sizes[name] = hash_file(_place(self._space, name))
        return products, values, sizes

    def _unknown_reads(self, target: Target, seen: Mapping[str, Any]) -> list[str]:
        """Files that it reads now and that are none of its inputs."""
        known = {name for name, _ in target.manifest.parts}
        names = [self._space.disk.name_of(path) for path in seen.get("read", {})]
        return [
            f"it reads {name}, which it did not read then" for name in names if f"file:{name}" not in known
        ]

    def _put_back(self) -> None:
        if self._writing:
            self._kept.put_back()


def _place(space: Workspace, name: str) -> str:
    """The real path of a file that a part names."""
    return os.path.realpath(os.path.join(space.files.root, name.partition(":")[2]))
