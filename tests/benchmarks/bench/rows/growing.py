"""What grows with the project: the first load, a run with nothing to do, the status, the plan after an edit, steps."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from pathlib import Path

from bench.figures import Budget, NotMeasured, Row
from bench.graph import Graph
from bench.processes import Ended, run
from bench.taking import Contender, expect, take
from bench.tools.dagster import (
    PROCESS_EACH,
    default_executor,
    in_process,
    load,
    made_in_process,
    made_one_process_each,
    write_for_dagster,
)
from bench.tools.tool import Tool
from bench.worlds import LARGEST, Worlds

__all__ = ["dagster_loads", "first_load", "nothing_to_do", "one_edit", "status", "steps"]

MIDDLE = 10_000
"""The size that the budgets are about."""
_values = count(1_000_000)


def first_load(worlds: Worlds) -> Row:
    """Definitions read from the sources, nothing kept from before."""
    setting = worlds.setting
    tool = worlds.tools["dagx"]
    contenders: list[Contender | NotMeasured] = []
    for size in setting.sizes:
        budget = Budget(2000 * size / MIDDLE, "ms") if size >= MIDDLE else None
        contenders.append(
            Contender("dagx", "`dagx ls`", size, "ms", _cold(worlds, tool, size), budget=budget)
        )
        if setting.rivals is None:
            continue
        if size <= MIDDLE:
            contenders.append(_loaded_by_dagster(worlds, size))
            contenders.append(
                Contender("doit", "`doit list --all`", size, "ms", _cold(worlds, worlds.tools["doit"], size))
            )
    notes = (
        "Dagster's is the import of the definitions and the resolved asset graph in one Python process, without a "
        "code server.",
    )
    return take("first load", "no state, no bytecode of the project", contenders, setting.rounds, notes)


def nothing_to_do(worlds: Worlds) -> Row:
    def once(tool: Tool, size: int) -> float:
        project = worlds.built(tool.name, size)
        done = run(tool.run, project, worlds.setting.environment)
        expect(tool.ran(done.out), 0, f"steps of a run of {size} fresh assets")
        return done.ms

    contenders = _of_all(worlds, lambda tool: tool.run, once, Budget(200, "ms"))
    return take(
        "nothing to do", "a run in an unchanged tree, everything fresh", contenders, worlds.setting.rounds
    )


def status(worlds: Worlds) -> Row:
    def once(tool: Tool, size: int) -> float:
        assert tool.status is not None
        project = worlds.built(tool.name, size)
        done = run(tool.status, project, worlds.setting.environment)
        if tool.name == "dagx":
            expect(f"{size:,} assets: {size:,} fresh" in done.out, True, "all fresh")
        return done.ms

    contenders = _of_all(worlds, lambda tool: tool.status, once, Budget(150, "ms"))
    return take(
        "status", "how each stands, unchanged tree, everything fresh", contenders, worlds.setting.rounds
    )


def one_edit(worlds: Worlds) -> Row:
    """A source is saved with another value; what would run? At the end dagx runs it, to see that just this runs."""

    def once(tool: Tool, size: int) -> float:
        assert tool.plan is not None
        project = worlds.built(tool.name, size)
        tool.edit(project, next(_values))
        done = run(tool.plan, project, worlds.setting.environment)
        if tool.planned is not None:
            expect(tool.planned(done.out), Graph(size).edited, f"steps planned of {size} after one edit")
        return done.ms

    def users_alone(tool: Tool, size: int) -> None:
        project = worlds.built(tool.name, size)
        tool.edit(project, next(_values))
        done = run(tool.run, project, worlds.setting.environment)
        expect(tool.ran(done.out), Graph(size).edited, f"steps run of {size} after one edit")

    contenders = _of_all(worlds, lambda tool: tool.plan if tool.planned else None, once, None)
    row = take(
        "one edit", "what would run after one source was edited: 30 steps", contenders, worlds.setting.rounds
    )
    for size in worlds.setting.sizes:
        if size <= MIDDLE:
            users_alone(worlds.tools["dagx"], size)
    return row


def steps(worlds: Worlds) -> Row:
    """All told: the whole command in a new project, load and start included, for each step."""
    setting = worlds.setting
    size = setting.small
    budget = Budget(1, "ms/step")

    def new(tool: Tool) -> Callable[[], float]:
        def once() -> float:
            project = worlds.written(tool.name, size)
            tool.forget(project)
            done = run(tool.run, project, setting.environment)
            expect(tool.ran(done.out), size, "steps of a first run")
            return done.ms / size

        return once

    def again(tool: Tool) -> Callable[[], float]:
        def once() -> float:
            done = run([*tool.run, "--force"], worlds.built(tool.name, size), setting.environment)
            expect(tool.ran(done.out), size, "steps of a forced run")
            return done.ms / size

        return once

    dagx = worlds.tools["dagx"]
    contenders: list[Contender | NotMeasured] = [
        Contender("dagx", "`dagx run`, new project", size, "ms/step", new(dagx), budget=budget),
        Contender("dagx", "`dagx run --force`", size, "ms/step", again(dagx), budget=budget),
    ]
    for name in ("ninja", "doit", "Snakemake", "DVC"):
        if name in worlds.tools:
            tool = worlds.tools[name]
            at = min(size, LARGEST[name])
            what = f"`{Path(tool.run[0]).name}`, new project"
            if at == size:
                contenders.append(Contender(name, what, size, "ms/step", new(tool)))
            else:
                contenders.append(_built_once(worlds, tool, at, what))
    if setting.rivals is not None:
        contenders += [
            _dagster_run(worlds, "in process", 100, in_process(setting.rivals.binaries), made_in_process),
            _dagster_run(worlds, "in process", size, in_process(setting.rivals.binaries), made_in_process),
            _dagster_run(
                worlds,
                "default executor",
                PROCESS_EACH,
                default_executor(setting.rivals.binaries),
                made_one_process_each,
            ),
        ]
    notes = (
        "Steps add numbers. ninja and Snakemake start a shell for each; doit calls a Python function, one after the "
        "other; DVC hashes and locks each stage.",
        f"Dagster's default executor was given {PROCESS_EACH} assets, DVC {LARGEST['DVC']}: more take them minutes.",
    )
    return take(
        "step overhead",
        f"{size:,} steps that do nothing, two at a time, results kept",
        contenders,
        setting.rounds,
        notes,
    )


def _of_all(
    worlds: Worlds,
    command: Callable[[Tool], list[str] | None],
    once: Callable[[Tool, int], float],
    budget: Budget | None,
) -> list[Contender | NotMeasured]:
    """Every tool that has the command, at every size that it bears."""
    found: list[Contender | NotMeasured] = []
    for size in worlds.setting.sizes:
        for tool in worlds.tools.values():
            words = command(tool)
            if words is None:
                continue
            what = _typed(tool, words)
            if size > LARGEST.get(tool.name, size):
                if size <= MIDDLE:
                    why = f"a first run of so many takes {tool.name} too long: see {LARGEST[tool.name]:,}"
                    found.append(NotMeasured(tool.name, what, size, why))
                continue
            found.append(
                _contender(
                    tool, what, size, once, budget if tool.name == "dagx" and size == MIDDLE else None, worlds
                )
            )
    return found


def _contender(
    tool: Tool,
    what: str,
    size: int,
    once: Callable[[Tool, int], float],
    budget: Budget | None,
    worlds: Worlds,
) -> Contender:
    return Contender(
        tool.name,
        what,
        size,
        "ms",
        lambda: once(tool, size),
        ready=lambda: worlds.built(tool.name, size),
        budget=budget,
    )


def _typed(tool: Tool, words: list[str]) -> str:
    shown = [word for word in words[1:] if not word.startswith("/") and word != "--python"]
    return f"`{' '.join([Path(words[0]).name, *shown])}`"


def _cold(worlds: Worlds, tool: Tool, size: int) -> Callable[[], float]:
    """In a copy of its own: what is built stays built."""

    def once() -> float:
        assert tool.load is not None
        project = worlds.folder(f"{tool.name}-cold", size)
        if not project.exists():
            project.mkdir(parents=True)
            tool.write(Graph(size), project)
        tool.forget(project)
        done = run(tool.load, project, worlds.setting.environment)
        name = f"a{size - 1}" if tool.name == "dagx" else f"make:{size - 1}"
        expect(name in done.out.split(), True, f"{name} in the list")
        return done.ms

    return once


def _dagster(worlds: Worlds, size: int) -> Path:
    project = worlds.folder("Dagster", size)
    if not project.exists():
        write_for_dagster(Graph(size), project)
    return project


def dagster_loads(worlds: Worlds, size: int) -> Ended:
    assert worlds.setting.rivals is not None
    environment = {**worlds.setting.environment, "PYTHONDONTWRITEBYTECODE": "1"}
    return run(load(worlds.setting.rivals.binaries), _dagster(worlds, size), environment)


def _loaded_by_dagster(worlds: Worlds, size: int) -> Contender:
    return Contender(
        "Dagster",
        "import and asset graph",
        size,
        "ms",
        lambda: dagster_loads(worlds, size).ms,
        ready=lambda: _dagster(worlds, size),
    )


def _dagster_run(
    worlds: Worlds, how: str, size: int, command: list[str], made: Callable[[str], int]
) -> Contender:
    def once() -> float:
        done = run(command, _dagster(worlds, size), worlds.setting.environment)
        expect(made(done.out), size, "assets made")
        return done.ms / size

    return Contender("Dagster", how, size, "ms/step", once, warm=False)


def _built_once(worlds: Worlds, tool: Tool, size: int, what: str) -> Contender:
    """For what is slow, the run that the other rows needed anyway."""

    def once() -> float:
        worlds.built(tool.name, size)
        return worlds.seconds_of_build(tool.name, size) * 1000 / size

    return Contender(tool.name, what, size, "ms/step", once, note="one run", warm=False)
