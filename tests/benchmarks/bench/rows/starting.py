"""How long it takes until a command does something: the program's start, a small project, the import of the SDK."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from bench.figures import Budget, Figures, NotMeasured, Row
from bench.graph import Graph
from bench.processes import run
from bench.setting import ROOT
from bench.taking import Contender, expect, take
from bench.tools.dagster import write_for_dagster
from bench.worlds import Worlds

__all__ = ["any_command", "sdk", "start"]

SMALL_PROJECT = 20


def start(worlds: Worlds) -> Row:
    """`--version`: the time of the whole process, warm and with nothing unpacked yet."""
    setting = worlds.setting
    version = [setting.dagx, "--version"]
    contenders: list[Contender | NotMeasured] = [
        Contender("dagx", "`dagx --version`", 0, "ms", _whole(worlds, version), budget=Budget(25, "ms"))
    ]
    if setting.frozen:
        contenders.append(
            Contender(
                "dagx",
                "first start, nothing unpacked yet",
                0,
                "ms",
                lambda: _first_start(worlds),
                budget=Budget(250, "ms"),
                warm=False,
            )
        )
    else:
        why = "the binary is not built: `make binary`"
        contenders += [
            NotMeasured("dagx", what, 0, why) for what in ("first start, nothing unpacked yet", "file")
        ]
    if setting.rivals is not None:
        for name in ("ninja", "doit", "snakemake", "dvc", "dagster"):
            command = [setting.rivals.program(name), "--version"]
            contenders.append(
                Contender(_proper(name), f"`{name} --version`", 0, "ms", _whole(worlds, command))
            )
    row = take("start", "`--version`, the whole process", contenders, setting.rounds * 2)
    if not setting.frozen:
        return row
    size = Figures(
        "dagx", "size of the file", 0, "MB", (Path(setting.dagx).stat().st_size / 1e6,), "", Budget(30, "MB")
    )
    return Row(row.name, row.workload, (*row.results, size), row.other_work, row.load, row.seconds)


def any_command(worlds: Worlds) -> Row:
    """What every command pays: start, the project found, its definitions known, an answer."""
    setting = worlds.setting
    tool = worlds.tools["dagx"]
    assert tool.load is not None
    contenders = [
        Contender(
            "dagx",
            "`dagx ls`",
            SMALL_PROJECT,
            "ms",
            _whole(
                worlds, tool.load, lambda: worlds.built("dagx", SMALL_PROJECT), lists=f"a{SMALL_PROJECT - 1}"
            ),
            budget=Budget(90, "ms"),
        )
    ]
    rivals = setting.rivals
    if rivals is not None:
        asked = {
            "ninja": ["-t", "targets", "all"],
            "doit": ["list", "--all"],
            "Snakemake": ["--list", "--cores", "1"],
            "DVC": ["stage", "list"],
        }
        for who, words in asked.items():
            name = who.lower()
            command = [rivals.program(name), *words]
            ready = _ready(worlds, who)
            contenders.append(
                Contender(who, f"`{name} {words[0]} …`", SMALL_PROJECT, "ms", _whole(worlds, command, ready))
            )
        listing = [rivals.program("dagster"), "asset", "list", "-f", "definitions.py"]
        contenders.append(
            Contender(
                "Dagster",
                "`dagster asset list …`",
                SMALL_PROJECT,
                "ms",
                _whole(worlds, listing, lambda: _dagster(worlds)),
            )
        )
    return take("any command", "list what is in an unchanged project", contenders, setting.rounds * 2)


def sdk(worlds: Worlds) -> Row:
    """The import and the first names that a project asks for, in a process that has done nothing else."""
    setting = worlds.setting
    contenders = [
        Contender(
            "dagx",
            "`import dagx`, `dg.asset`, `dg.Definitions`",
            0,
            "ms",
            _import(worlds, setting.python, "import dagx as dg; dg.asset; dg.Definitions", sdk=True),
            budget=Budget(30, "ms"),
        )
    ]
    if setting.rivals is not None:
        python = setting.rivals.program("python")
        asked = "import dagster as dg; dg.asset; dg.Definitions"
        contenders.append(
            Contender("Dagster", "`import dagster`, the same names", 0, "ms", _import(worlds, python, asked))
        )
    return take("SDK", "the import in a fresh interpreter, bytecode cached", contenders, setting.rounds * 2)


def _import(worlds: Worlds, python: str, statement: str, *, sdk: bool = False) -> Callable[[], float]:
    code = f"import time; b = time.perf_counter(); {statement}; print((time.perf_counter() - b) * 1000)"
    environment = dict(worlds.setting.environment)
    if sdk:
        environment["PYTHONPATH"] = str(_sdk_alone(worlds))

    def once() -> float:
        return float(run([python, "-c", code], worlds.setting.scratch, environment).out)

    return once


def _sdk_alone(worlds: Worlds) -> Path:
    """As the engine lays it out for workers: `dagx` and nothing else."""
    place = worlds.setting.scratch / "sdk"
    if not place.exists():
        shutil.copytree(ROOT / "core" / "dagx", place / "dagx", ignore=shutil.ignore_patterns("__pycache__"))
    return place


def _first_start(worlds: Worlds) -> float:
    cache = worlds.setting.scratch / "first-start"
    shutil.rmtree(cache, ignore_errors=True)
    environment = {**worlds.setting.environment, "DAGX_CACHE_DIR": str(cache)}
    return run([worlds.setting.dagx, "--version"], worlds.setting.scratch, environment).ms


def _whole(
    worlds: Worlds, command: list[str], folder: Callable[[], Path] | None = None, *, lists: str = ""
) -> Callable[[], float]:
    def once() -> float:
        done = run(command, folder() if folder else worlds.setting.scratch, worlds.setting.environment)
        if lists:
            expect(lists in done.out, True, f"{lists} in the list")
        return done.ms

    return once


def _ready(worlds: Worlds, who: str) -> Callable[[], Path]:
    return lambda: worlds.built(who, SMALL_PROJECT)


def _dagster(worlds: Worlds) -> Path:
    project = worlds.folder("Dagster", SMALL_PROJECT)
    if not project.exists():
        write_for_dagster(Graph(SMALL_PROJECT), project)
    return project


def _proper(name: str) -> str:
    return {"snakemake": "Snakemake", "dvc": "DVC", "dagster": "Dagster"}.get(name, name)
