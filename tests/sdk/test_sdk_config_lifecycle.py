"""Resources of a run, opened and closed; what tells their classes apart; pydantic being there or not."""

import logging
import subprocess
import sys
from collections.abc import Iterator
from typing import Annotated, Any

import pydantic
import pytest

import dagx as dg
from dagx.config.marks import is_config_class, is_resource_class
from dagx.execution.runs import RunInfo
from dagx.resource_defs.lifecycle import check_nested, needs_closing, open_resources


class Inner(dg.ConfigurableResource):
    x: int


class Outer(dg.ConfigurableResource):
    inner: Inner


class Closing(dg.ConfigurableResource):
    def teardown_after_execution(self, context: dg.InitResourceContext) -> None:
        """Nothing to close."""


@dg.resource
def plain() -> int:
    return 1


def test_only_what_is_wanted_and_what_that_needs_is_opened() -> None:
    seen: list[str] = []

    def making(name: str, *needed: str) -> dg.ResourceDefinition:
        def make() -> Iterator[str]:
            seen.append(name)
            yield name

        return dg.ResourceDefinition(make, required_resource_keys=set(needed))

    bound = {"a": making("a", "b"), "b": making("b"), "c": making("c"), "d": 4}
    with open_resources(bound, ["a", "d"]) as values:
        assert values == {"a": "a", "b": "b", "d": 4}
    assert seen == ["b", "a"]


def test_the_set_up_is_told_of_the_run() -> None:
    told: list[Any] = []
    log = logging.getLogger("dagx.user.test")
    run = RunInfo("r1")

    @dg.resource
    def tells(context: dg.InitResourceContext) -> None:
        told.extend([context.run, context.run_id, context.instance, context.log, context.resource_def])

    with open_resources({"tells": tells}, ["tells"], run=run, instance="i", log=log):
        pass
    assert told == [run, "r1", "i", log, tells]


def test_config_completes_and_overrides() -> None:
    with open_resources({"inner": Inner(x=1)}, ["inner"], config={"inner": {"x": 2}}) as values:
        assert values["inner"] == Inner(x=2)


def test_an_exit_of_the_program_tears_down_too() -> None:
    seen: list[str] = []

    @dg.resource
    def one() -> Iterator[int]:
        yield 1
        seen.append("down")

    @dg.resource(required_resource_keys={"one"})
    def two() -> int:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), open_resources({"one": one, "two": two}, ["two"]):
        pass
    with pytest.raises(SystemExit), open_resources({"one": one}, ["one"]):
        sys.exit()
    assert seen == ["down", "down"]


def test_a_nested_resource_that_waits_for_run_config_must_be_bound_too() -> None:
    inner = Inner.configure_at_launch()
    outer = Outer(inner=inner)
    (problem,) = check_nested({"outer": outer})
    assert "'inner'" in problem.message
    assert check_nested({"outer": outer, "any_name": inner}) == []
    assert check_nested({"outer": Outer(inner=Inner(x=1))}) == []


def test_a_class_in_the_place_of_a_resource_is_a_problem() -> None:
    (problem,) = check_nested({"inner": Inner})
    assert "is the class Inner itself" in problem.message


@pytest.mark.parametrize(
    ("resource", "expected"),
    [
        (7, False),
        (plain, False),
        (dg.resource(lambda: iter(())), False),
        (Inner(x=1), False),
        (Closing(), True),
        (Closing.configured({}), True),
    ],
)
def test_what_has_to_be_closed(resource: object, expected: bool) -> None:
    assert needs_closing({"resource": resource}) is expected


def test_classes_are_told_apart() -> None:
    class Mine(dg.Config):
        pass

    for config in (dg.Config, Mine, dg.PermissiveConfig, Annotated[Mine, "note"]):
        assert is_config_class(config)
        assert not is_resource_class(config)
    for resource in (dg.ConfigurableResource, Inner, dg.ConfigurableIOManager, dg.ResourceDefinition):
        assert is_resource_class(resource)
        assert not is_config_class(resource)
    for neither in (
        int,
        pydantic.BaseModel,
        Inner(x=1),
        "Inner",
        None,
        Any,
        list[Inner],
        dg.FilesystemIOManager,
    ):
        assert not is_resource_class(neither)
        assert not is_config_class(neither)


def run(program: str) -> str:
    return subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    ).stdout.strip()


def test_pydantic_is_not_imported_before_it_is_needed() -> None:
    program = """
import sys, dagx as dg
import dagx.config.marks, dagx.config.run_config, dagx.resource_defs.lifecycle, dagx.resource_defs.identity
@dg.resource(config_schema={"x": int, "y": dg.Noneable([str])})
def r(context): yield context.resource_config
with dg.build_resources({"r": r}, resource_config={"r": {"config": {"x": 1}}}) as found: found.r
dg.EnvVar, dg.RunConfig(ops={"a": {"config": 1}}).to_config_dict(), dg.ResourceDependency, dg.io_manager
dagx.config.marks.is_config_class(int)
print("pydantic" in sys.modules)
"""
    assert run(program) == "False"


@pytest.mark.parametrize("ask", ["dg.ConfigurableResource", "exec('from dagx import Config')"])
def test_without_pydantic_the_error_says_how_to_get_it(ask: str) -> None:
    program = f"""
import sys
sys.modules["pydantic"] = None
import dagx as dg
for _ in range(2):
    try:
        {ask}
    except ImportError as error:
        print(isinstance(error, dg.DagxError), str(error).replace(chr(10), ' '))
"""
    first, second = run(program).splitlines()
    assert first == second
    assert first.startswith("True")
    assert "pip install 'pydantic>=2'" in first
    assert sys.executable in first
