"""How long a save takes until its step runs, in `dagx dev`, on a generated project. Prints a table; asserts nothing.

    python tests/benchmarks/save_to_running.py [--python INTERPRETER] [--imports polars] [--saves 20]

Each figure is from the rename that saves one file of 20: to the first statement of the function that was edited
(`running`), or to the event in question, as the reader of `dagx dev --json` sees it.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

FILES, ASSETS_EACH = 20, 10


def write(root: Path, number: int, value: int, imports: list[str]) -> None:
    lines = [f"import {name}" for name in imports] + ["import time", "", "import dagx as dg", ""]
    for index in range(ASSETS_EACH):
        says = ["    print(time.time(), flush=True)"] if index == 0 else []
        result = value if index == 0 else index
        lines += ["", "@dg.asset", f"def a{number}_{index}():", *says, f"    return {result}", ""]
    path = root / "defs" / f"part{number}.py"
    path.parent.mkdir(exist_ok=True)
    draft = path.with_suffix(".tmp")
    draft.write_text("\n".join(lines))
    draft.replace(path)


def events(process: subprocess.Popen[str]) -> Iterator[dict[str, Any]]:
    assert process.stdout is not None
    for line in process.stdout:
        yield json.loads(line)
    raise SystemExit("dagx dev ended")


def measure(
    root: Path,
    saves: int,
    imports: list[str],
    python: str | None,
    program: str | None = None,
    environment: dict[str, str] | None = None,
) -> dict[str, list[float]]:
    program = program or str(Path(sys.executable).with_name("dagx"))
    command = [program, "dev", "--json", "--run", "-C", str(root), *(["--python", python] if python else [])]
    found: dict[str, list[float]] = {"loaded": [], "running": [], "step_started": [], "run_ended": []}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        guard = threading.Timer(120 + 10 * saves, process.kill)
        guard.daemon = True
        guard.start()
        told = events(process)
        next(event for event in told if event["event"] == "run_ended")
        for save in range(saves):
            time.sleep(1.0)  # a person's pause: the spare worker is ready again
            began = time.time()
            write(root, save % FILES, 1000 + save, imports)
            seen: dict[str, float] = {}
            while len(seen) < len(found):
                event = next(told)
                if event["event"] == "step_log" and event["text"].strip():
                    seen["running"] = float(event["text"])
                elif event["event"] in found:
                    seen[event["event"]] = time.time()
            for kind, at in seen.items():
                found[kind].append((at - began) * 1000)
        guard.cancel()
        process.terminate()
    return found


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--python")
    parser.add_argument("--imports", default="")
    parser.add_argument("--saves", type=int, default=20)
    options = parser.parse_args()
    imports = [name for name in options.imports.split(",") if name]
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for number in range(FILES):
            write(root, number, number, imports)
        found = measure(root, options.saves, imports, options.python)
    print(f"| from the save to | median ms | p95 ms | ({FILES * ASSETS_EACH} assets, imports {imports}) |")
    print("| --- | ---: | ---: | --- |")
    for kind, values in found.items():
        ranked = sorted(values)
        p95 = ranked[int(len(ranked) * 0.95) - 1]
        print(f"| {kind} | {statistics.median(ranked):.0f} | {p95:.0f} | |")


if __name__ == "__main__":
    main()
