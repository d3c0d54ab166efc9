"""What a step executes is noted on Python 3.12 and later, and held against what its code can reach by name."""

from __future__ import annotations

import importlib
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from code_project import CodeProject

from dagx.worker.code.fingerprint import Fingerprinter
from dagx.worker.learning import Learning, reach_of
from dagx.worker.loader import ProjectImporter
from dagx.worker.proof import Executed, Proof, proof_json

pytestmark = pytest.mark.skipif(sys.version_info < (3, 12), reason="needs Python 3.12")
MONITORING: Any = getattr(sys, "monitoring", None)

PROJECT = """
    -- defs.py
    import threading
    import lib
    double = lambda x: x * 2
    HANDLERS = {}
    HANDLERS["late"] = lambda x: x
    class Model:
        RATE = lib.at_import()
        def predict(self, x):
            return [lib.helper(n) for n in range(x)]
    def wrapped(f):
        def inner(*args):
            return f(*args)
        return inner
    @wrapped
    def decorated(x):
        return x
    def made():
        return 1
    -- lib.py
    RATE = 2
    def at_import():
        return 1
    def helper(x):
        return x * RATE
    -- found.py
    import lib
    lib.at_import()
    def plugin():
        return lib.helper(3)
"""


class Steps:
    """A loaded project in which calls stand for steps."""

    def __init__(self, root: Path, defs: ModuleType, importer: ProjectImporter) -> None:
        self.defs = defs
        self.importer = importer
        self.proof: Proof = importer.proof
        fingerprinter = Fingerprinter(importer.sources, str(root))
        self.covered = fingerprinter.of_function(defs.made).parts
        settled = {name: importer.sources[name] for name in fingerprinter.settled}
        self.learning = Learning(settled, str(root))

    def executes(self, step: Callable[[], object]) -> list[str]:
        """The names of the functions that are noted, with their modules."""
        return [f"{module}.{code.co_qualname}" for module, code in self.of(step).functions]

    def learns(self, step: Callable[[], object]) -> list[str]:
        """The edges that are learned when the step `made` does this."""
        return self.learning.names(self.of(step), self.covered)

    def of(self, step: Callable[[], object]) -> Executed:
        """All that is noted."""
        assert self.proof.begin()
        step()
        executed = self.proof.end()
        assert executed is not None
        return executed


@pytest.fixture
def steps(project: Callable[[str], CodeProject]) -> Iterator[Steps]:
    made = project(PROJECT)
    with made.loaded() as (defs, importer):
        found = Steps(made.root, defs, importer)
        yield found
        found.proof.close()


def test_each_function_of_the_project_is_noted_once_in_each_step(steps: Steps) -> None:
    helper = steps.defs.lib.helper
    assert steps.executes(lambda: [helper(n) for n in range(3)]) == ["lib.helper"]
    assert steps.executes(lambda: None) == []
    assert steps.executes(lambda: [helper(n) for n in range(3)]) == ["lib.helper"]


def test_what_was_executed_before_the_step_is_not_of_it(steps: Steps) -> None:
    steps.defs.lib.helper(1)
    assert steps.executes(lambda: None) == []


def test_functions_that_other_threads_execute_are_noted(steps: Steps) -> None:
    def in_a_thread() -> None:
        thread = threading.Thread(target=steps.defs.lib.helper, args=(1,))
        thread.start()
        thread.join()

    assert steps.executes(in_a_thread) == ["lib.helper"]


def test_what_makes_nothing_is_not_noted_and_still_is_when_it_is_called_otherwise(steps: Steps) -> None:
    def hooks_and_work() -> None:
        with steps.proof.unheeded():
            steps.defs.lib.helper(1)
            steps.defs.made()
        steps.defs.lib.helper(1)

    assert steps.executes(hooks_and_work) == ["lib.helper"]


def test_what_an_import_executes_is_the_doing_of_the_module(steps: Steps) -> None:
    executed = steps.of(lambda: importlib.import_module("found").plugin())
    assert executed.imported == ["found"]
    assert [code.co_qualname for _, code in executed.functions] == ["plugin", "helper"]


def test_without_a_free_id_nothing_is_noted_and_nothing_fails(steps: Steps) -> None:
    for number in (3, 4):
        MONITORING.use_tool_id(number, f"watcher {number}")
    try:
        assert not steps.proof.begin()
        steps.defs.lib.helper(1)
        assert steps.proof.end() is None
        assert proof_json() == {"is_on": False, "words": "off: watcher 4 and watcher 3 watch the interpreter"}
    finally:
        for number in (3, 4):
            MONITORING.free_tool_id(number)
    assert proof_json()["is_on"]


def test_an_id_that_somebody_gives_back_in_our_place_ends_the_proof_and_no_step(steps: Steps) -> None:
    steps.executes(lambda: None)
    MONITORING.free_tool_id(4)
    assert not steps.proof.begin()


def test_what_was_noted_until_the_id_was_given_back_is_not_all(steps: Steps) -> None:
    assert steps.proof.begin()
    MONITORING.free_tool_id(4)
    assert importlib.import_module("found").plugin() == 6
    assert steps.proof.end() is None


@pytest.mark.parametrize(
    ("step", "edge"),
    [
        (lambda defs: defs.lib.helper(1), "learned:lib:helper"),
        (lambda defs: defs.double(1), "learned:defs:double"),
        (lambda defs: defs.Model().predict(0), "learned:defs:Model"),
        (lambda defs: defs.HANDLERS["late"](1), None),
        (lambda defs: defs.made(), None),
    ],
)
def test_what_no_name_leads_to_is_learned(
    steps: Steps, step: Callable[[ModuleType], object], edge: str | None
) -> None:
    assert steps.learns(lambda: step(steps.defs)) == ([edge] if edge is not None else [])


def test_a_wrapper_belongs_to_the_function_that_makes_it(steps: Steps) -> None:
    assert steps.learns(lambda: steps.defs.decorated(1)) == ["learned:defs:wrapped", "learned:defs:decorated"]


def test_of_a_module_that_nobody_knew_of_all_counts(steps: Steps) -> None:
    edges = steps.learns(lambda: importlib.import_module("found").plugin())
    assert edges == ["learned:found:", "learned:lib:helper"]
    reach = steps.learning.reach(["learned:found:"], steps.importer.sources)
    named = {name for name, _ in reach["learned:found:"]}
    assert {"code:found:plugin", "code:found:<effects>", "code:lib:helper", "code:lib:RATE"} <= named


def test_all_that_the_edge_leads_to_counts_and_the_next_load_says_the_same(
    project: Callable[[str], CodeProject],
) -> None:
    made = project(PROJECT)
    edges = ["learned:found:", "learned:lib:helper", "learned:lib:gone", "learned:nowhere:"]
    with made.loaded() as (defs, importer):
        there = Steps(made.root, defs, importer)
        learned = there.learns(lambda: importlib.import_module("found").plugin())
        at_once = there.learning.reach(learned, importer.sources)
    with made.loaded() as (_, importer):
        later = reach_of(Fingerprinter(importer.sources, str(made.root)), edges)
    assert later == {**at_once, "learned:lib:gone": None, "learned:nowhere:": None}
    assert [name for name, _ in later["learned:lib:helper"]] == ["code:lib:RATE", "code:lib:helper"]


def test_code_whose_work_is_no_input_is_not_learned(steps: Steps) -> None:
    steps.learning = Learning(steps.learning._settled, steps.learning._root, [steps.defs.Model.predict])
    assert steps.learns(lambda: steps.defs.Model().predict(2)) == []  # nor is what it leads to
    assert steps.learns(lambda: steps.defs.double(2)) == ["learned:defs:double"]
