"""`dagx dev`: from a save to its step, what it keeps in memory, and what its screen costs."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from threading import Timer

import save_to_running as saves

from bench.figures import Budget, Figures, NotMeasured, Row
from bench.graph import Graph
from bench.processes import Broken, OtherWork, run, tree_below
from bench.rows.growing import dagster_loads
from bench.screen import Screen
from bench.taking import Contender, take
from bench.worlds import Worlds

__all__ = ["memory", "save_to_running", "screen"]

SAVES_A_ROUND = 4
KEYS_A_ROUND = 10
_values = count(2_000_000)


def save_to_running(worlds: Worlds) -> Row:
    """One file of 20 is saved; what it defines tells when it is executed, and `dagx dev --json` what else happens."""
    setting = worlds.setting
    load, others, began = _now()
    folder = setting.folder("projects", "saves")
    imports = list(setting.libraries)
    for number in range(saves.FILES):
        saves.write(folder, number, number, imports)
    number = max(2, setting.rounds * SAVES_A_ROUND)
    try:
        found = saves.measure(
            folder, number, imports, setting.python, setting.dagx, dict(setting.environment)
        )
    except SystemExit as ended:
        raise Broken(f"`dagx dev --json`: {ended}") from None
    size = saves.FILES * saves.ASSETS_EACH
    started = found["running"]
    at_95 = sorted(started)[max(0, round(len(started) * 0.95) - 1)]
    results: list[Figures | NotMeasured] = [
        Figures("dagx", "save → definitions loaded", size, "ms", tuple(found["loaded"])),
        Figures("dagx", "save → its function runs", size, "ms", tuple(started), budget=Budget(60, "ms")),
        Figures("dagx", "save → its function runs, p95", size, "ms", (at_95,), budget=Budget(120, "ms")),
        Figures("dagx", "save → told that it runs", size, "ms", tuple(found["step_started"])),
        Figures("dagx", "save → run ended", size, "ms", tuple(found["run_ended"])),
    ]
    if imports:
        statement = "import " + ", ".join(imports)
        floor = take(
            "",
            "",
            [
                Contender(
                    "python",
                    f"a new process: `{statement}`",
                    0,
                    "ms",
                    lambda: run([setting.python, "-c", statement], setting.scratch, setting.environment).ms,
                )
            ],
            setting.rounds,
        )
        results += floor.results
    else:
        results.append(
            NotMeasured("python", "a new process that imports the libraries", 0, "no libraries in this run")
        )
    notes = (
        f"{number} saves, with a second between them. No rival keeps a loaded project and runs what a save affects; "
        "what any tool pays that starts Python anew is the last line.",
    )
    workload = f"one file of a project of {size} assets that imports {' and '.join(imports) or 'nothing'}"
    return Row(
        "save → running", workload, tuple(results), others.cores(), load, time.monotonic() - began, notes
    )


def memory(worlds: Worlds) -> Row:
    """`dagx dev` at rest, after a run: resident size of the engine, private size of each worker."""
    setting = worlds.setting
    load, others, began = _now()
    size = min(max(setting.sizes), 10_000)
    project = worlds.built("dagx", size)
    with _dev(worlds, project) as said:
        worlds.tools["dagx"].edit(project, next(_values))
        for line in said:
            if json.loads(line)["event"] == "run_ended":
                break
        time.sleep(1.0)  # the spare worker is ready again
        tree = tree_below(said.pid)
        engine = _kilobytes(said.pid, "status", "VmRSS") / 1024
        workers = _workers(tree, said.pid)
        private = tuple(
            (
                _kilobytes(pid, "smaps_rollup", "Private_Clean")
                + _kilobytes(pid, "smaps_rollup", "Private_Dirty")
            )
            / 1024
            for pid in workers
        )
    if not private:
        raise Broken("no worker is alive at rest")
    results: list[Figures | NotMeasured] = [
        Figures("dagx", "engine, resident", size, "MB", (engine,), budget=Budget(150, "MB")),
        Figures(
            "dagx", f"worker, private ({len(private)} at rest)", size, "MB", private, budget=Budget(3, "MB")
        ),
    ]
    if setting.rivals is not None:
        for one in (dagster_loads(worlds, size).peak_mb,):
            results.append(
                Figures("Dagster", "a process that loaded the same definitions, peak", size, "MB", (one,))
            )
    notes = (
        "Of the workers the values are those of the single processes, in the place of rounds: the spare, forked "
        "ahead, is one of them, and one has loaded the project to describe it.",
    )
    return Row(
        "memory",
        "`dagx dev` at rest after a run",
        tuple(results),
        others.cores(),
        load,
        time.monotonic() - began,
        notes,
    )


def screen(worlds: Worlds) -> Row:
    """The program on a terminal of 120 by 40: the tree at rest, and then during a run of everything."""
    setting = worlds.setting
    load, others, began = _now()
    size = min(max(setting.sizes), 10_000)
    project = worlds.built("dagx", size)
    command = [setting.dagx, "dev", "-C", str(project), "--python", setting.python]
    first: list[float] = []
    whole: list[float] = []
    keys: list[float] = []
    settled: list[float] = []
    idle: list[float] = []
    for _ in range(setting.rounds):
        with Screen(command, setting.environment) as terminal:
            first.append((terminal.shows("Assets", 60) - terminal.began) * 1000)
            whole.append((terminal.shows(f"{size:,} fresh", 120) - terminal.began) * 1000)
            terminal.calms()
            for _ in range(KEYS_A_ROUND):
                before = terminal.cpu()
                terminal.press(b"j")
                terminal.shows("▌", 10)  # beside the row that the key leads to
                keys.append((terminal.cpu() - before) * 1000)
                terminal.rests(0.7)
                settled.append((terminal.cpu() - before) * 1000)
            terminal.calms()
            before, at = terminal.cpu(), time.perf_counter()
            terminal.goes_on(min(5, 2 * setting.rounds))
            idle.append(100 * (terminal.cpu() - before) / (time.perf_counter() - at))
    results = (
        Figures("dagx", "first frame", size, "ms", tuple(first), budget=Budget(400, "ms")),
        Figures("dagx", "the whole tree, with its states", size, "ms", tuple(whole)),
        Figures("dagx", "a key, to its repaint", size, "ms CPU", tuple(keys), budget=Budget(16, "ms CPU")),
        Figures("dagx", "a key and all that it sets off", size, "ms CPU", tuple(settled)),
        Figures("dagx", "at rest", size, "% of a core", tuple(idle), budget=Budget(1, "% of a core")),
        Figures(
            "dagx", "a key during a run, to its effect", size, "ms", tuple(_keys_during_a_run(worlds, size))
        ),
    )
    notes = ("No rival has a screen of its own in the terminal.",)
    return Row(
        "TUI", f"a tree of {size:,} assets", results, others.cores(), load, time.monotonic() - began, notes
    )


def _keys_during_a_run(worlds: Worlds, size: int) -> Iterator[float]:
    """By the clock: the help opens on `?`, and closes on the next. (Escape and the next key can arrive as one.)"""
    setting = worlds.setting
    project = worlds.folder("dagx-live", size)
    project.mkdir(parents=True, exist_ok=True)
    tool = worlds.tools["dagx"]
    tool.write(Graph(size), project)
    tool.forget(project)
    command = [setting.dagx, "dev", "--run", "-C", str(project), "--python", setting.python]
    with Screen(command, setting.environment) as terminal:
        terminal.shows("◉", 120)
        for _ in range(KEYS_A_ROUND):
            at = time.perf_counter()
            terminal.press(b"?")
            yield (terminal.shows("Keys", 20) - at) * 1000
            terminal.press(b"?")
            terminal.shows("Assets", 20)
            terminal.goes_on(0.3)  # what is printed late of the help is not the next one's


class _Said:
    """The events of a `dagx dev --json`, line by line."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.pid = process.pid
        self._process = process

    def __iter__(self) -> Iterator[str]:
        assert self._process.stdout is not None
        for line in self._process.stdout:  # noqa: UP028 - `yield from` closes the stream when its reader goes
            yield line
        raise Broken("`dagx dev --json` ended")


@contextmanager
def _dev(worlds: Worlds, project: Path) -> Iterator[_Said]:
    setting = worlds.setting
    command = [setting.dagx, "dev", "--json", "-C", str(project), "--python", setting.python]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env=dict(setting.environment)
    ) as process:
        guard = Timer(300, process.kill)
        guard.start()
        try:
            said = _Said(process)
            for line in said:
                if json.loads(line)["event"] == "loaded":
                    break
            time.sleep(1.0)  # the watcher is up
            yield said
        finally:
            guard.cancel()
            process.terminate()


def _workers(tree: dict[int, list[int]], engine: int) -> list[int]:
    """Engine, warden, host: what is below those."""
    wardens = tree[engine]
    hosts = [pid for warden in wardens for pid in tree.get(warden, [])]
    return [pid for host in hosts for pid in tree.get(host, [])]


def _kilobytes(pid: int, name: str, field: str) -> int:
    for line in Path(f"/proc/{pid}/{name}").read_text().splitlines():
        if line.startswith(f"{field}:"):
            return int(line.split()[1])
    raise Broken(f"/proc has no {field} of a process")


def _now() -> tuple[float, OtherWork, float]:
    return float(Path("/proc/loadavg").read_text().split()[0]), OtherWork(), time.monotonic()
