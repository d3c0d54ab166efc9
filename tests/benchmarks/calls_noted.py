"""What it costs to note which functions of a project a step executes. Run by a Python from 3.12 on:

PYTHONPATH=core python3.12 tests/benchmarks/calls_noted.py
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from types import CodeType, FunctionType

from dagx.worker.proof import Proof

FUNCTIONS, CALLS, STEPS, ROUNDS = 2_000, 2_000_000, 1_000, 5
SOURCE = "\n".join(f"def f{n}(x):\n    y = x + {n}\n    return y if y > 3 else -y" for n in range(FUNCTIONS))


def seconds(action: Callable[[], object]) -> float:
    began = time.perf_counter()
    action()
    return time.perf_counter() - began


def loop(function: FunctionType) -> None:
    for number in range(CALLS):
        function(number)


def main() -> None:
    code: CodeType = compile(SOURCE, "project.py", "exec")
    names: dict[str, FunctionType] = {}
    exec(code, names)
    alone = min(seconds(lambda: loop(names["f1"])) for _ in range(ROUNDS))
    proof = Proof()
    proof.compiled("project", code)
    print(f"first step, {FUNCTIONS:,} functions     {seconds(proof.begin) * 1e3:8.2f} ms")
    noted = []
    for _ in range(ROUNDS):
        proof.begin()
        noted.append(seconds(lambda: loop(names["f1"])))
        proof.end()
    print(f"{CALLS:,} calls in a step       {min(noted):8.3f} s, without {alone:.3f} s")

    def step(executed: int) -> None:
        proof.begin()
        for number in range(executed):
            names[f"f{number}"](1)
        proof.end()

    for executed in (0, 20):
        taken = sorted(seconds(partial(step, executed)) for _ in range(STEPS))
        print(f"a step of {executed:2} functions           {taken[STEPS // 2] * 1e6:8.1f} us")
    proof.close()


if __name__ == "__main__":
    main()
