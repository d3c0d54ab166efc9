"""What commands cost that run no step, in projects of 1,000, 10,000 and 100,000 assets in 100 files.

    python tests/benchmarks/scale.py [--assets 1000 10000 100000] [--rounds 3]

Processor time of the command and of what it starts, the least of some rounds: other work of the machine does not show.
`load` is the first command of all: everything is imported and described. `edit` is `dagx plan` after one line of one
asset was changed. In the state there is one result of each asset, written by the engine's own store: no step is run.
Prints a table, and what each step from one size to the next multiplies; asserts that what was told is right.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from generated_project import Edits, write_assets

from dagx_engine import api
from dagx_engine.io.rows import NewMaterialization, Results
from dagx_engine.opening import opened
from dagx_engine.pure.manifest import digest_bytes
from dagx_engine.pure.staleness import manifest_of

DAGX = Path(sys.executable).with_name("dagx")
COLUMNS = ("load", "ls", "status", "run", "run again", "plan", "edit")
SMALL = 20


class Measured:
    """A project of so many assets, and what commands in it cost."""

    def __init__(self, root: Path, assets: int) -> None:
        self.root = root
        self.assets = assets
        self.environment = {**os.environ, "DAGX_CACHE_DIR": str(root.parent / "cache")}
        self.environment["PYTHONPYCACHEPREFIX"] = str(root.parent / "compiled")
        self.environment.pop("PYTHONDONTWRITEBYTECODE", None)
        write_assets(root, assets)
        long_ago = time.time() - 60  # what is young is loaded each time
        for path in [root, *root.iterdir()]:
            os.utime(path, (long_ago, long_ago))

    def cost(self, *command: str, saying: str) -> float:
        """Milliseconds of processor time."""
        before = os.times()
        done = subprocess.run(
            [DAGX, *command, "-C", self.root],
            env=self.environment,
            capture_output=True,
            text=True,
            check=True,
        )
        after = os.times()
        assert saying in done.stdout, f"{command}: {done.stdout[-300:]!r}"
        spent = after.children_user + after.children_system - before.children_user - before.children_system
        return spent * 1000

    def least(
        self, rounds: int, *command: str, saying: str, prepare: Callable[[], None] = lambda: None
    ) -> float:
        found = []
        for _ in range(rounds):
            prepare()
            found.append(self.cost(*command, saying=saying))
        return min(found)

    def make_all(self) -> None:
        """As if all had been run once."""
        with opened(api.open_project(self.root, python=sys.executable), write=True) as space:
            generation, store = space.load(), space.writable()
            rows = [(step, *generation.shown(step)) for step in generation.steps]
            store.begin_run("benchmark", space.clock.now(), "", "you", rows, os.getpid())
            versions = {}
            for step in generation.steps:
                parts = manifest_of(generation, step, versions, (), {})
                (asset,) = generation.steps[step].assets
                versions[asset] = digest_bytes(asset.encode())
                made = NewMaterialization(
                    asset=asset,
                    manifest_key=parts.key,
                    parts=parts.parts,
                    data_version=versions[asset],
                    codec="pickle",
                    object_digest=None,
                    inline=b"1",
                    size=1,
                    rows=None,
                    columns=(),
                    written=(),
                    metadata={},
                    tags={},
                    preview="1",
                )
                store.finish_step(
                    "benchmark", step, space.clock.now(), "succeeded", 0.001, Results(made=(made,))
                )
            store.end_run("benchmark", space.clock.now(), "succeeded", 1.0)


def measure(folder: Path, assets: int, rounds: int) -> list[float]:
    project = Measured(folder / "project", assets)
    some = f"part{SMALL}_0"

    def forget() -> None:
        shutil.rmtree(project.root / ".dagx", ignore_errors=True)

    found = [project.least(min(rounds, 2), "ls", saying=some, prepare=forget)]
    project.make_all()
    fresh = f"{assets:,} fresh"
    project.cost("status", saying=fresh)
    found.append(project.least(rounds, "ls", saying=some))
    found.append(project.least(rounds, "status", saying=fresh))
    settled = project.root / ".dagx" / "settled"
    idle = f"{assets:,} assets are fresh"
    unsettle: Callable[[], None] = lambda: settled.unlink(missing_ok=True)  # noqa: E731
    found.append(project.least(rounds, "run", saying=idle, prepare=unsettle))
    found.append(project.least(rounds, "run", saying=idle))
    found.append(project.least(rounds, "plan", saying="nothing"))
    found.append(project.least(rounds, "plan", saying="would run", prepare=Edits(project.root).next))
    return found


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--assets", type=int, nargs="+", default=[1_000, 10_000, 100_000])
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    print(f"| assets | {' | '.join(COLUMNS)} |")
    print(f"| ---: |{' ---: |' * len(COLUMNS)}")
    before: list[float] = []
    for assets in options.assets:
        with tempfile.TemporaryDirectory() as folder:
            found = measure(Path(folder), assets, options.rounds)
        print(f"| {assets:,} | {' | '.join(f'{each:,.0f}' for each in found)} |", flush=True)
        if before:
            times = [f"x {now / then:.1f}" for now, then in zip(found, before, strict=True)]
            print(f"| | {' | '.join(times)} |", flush=True)
        before = found


if __name__ == "__main__":
    main()
