"""Section 11: the life of a resource in a run, from its config to its end."""

from __future__ import annotations

import pytest

import dagx as dg

LOG: list[str] = []


@pytest.fixture(autouse=True)
def nothing_happened() -> None:
    LOG.clear()


class Noted(dg.ConfigurableResource):
    name: str

    def setup_for_execution(self, context: dg.InitResourceContext) -> None:
        LOG.append(f"{self.name} set up")

    def create_resource(self, context: dg.InitResourceContext) -> Noted:
        LOG.append(f"{self.name} created")
        return self

    def teardown_after_execution(self, context: dg.InitResourceContext) -> None:
        LOG.append(f"{self.name} torn down")


class Outer(Noted):
    inner: Noted


OUTER = Outer(name="outer", inner=Noted(name="inner"))


def test_what_is_nested_comes_first_run_config_wins_and_all_is_torn_down_once_in_reverse() -> None:
    given: list[Outer] = []

    @dg.asset
    def first(outer: Outer) -> None:
        given.append(outer)
        LOG.append("first step")

    @dg.asset(deps=[first])
    def second(outer: Outer) -> None:
        given.append(outer)
        LOG.append("second step")

    said = {"resources": {"outer": {"config": {"name": "renamed"}}}}
    assert dg.materialize([first, second], resources={"outer": OUTER}, run_config=said).success
    assert LOG == [
        "inner set up",
        "inner created",
        "renamed set up",
        "renamed created",
        "first step",
        "second step",
        "renamed torn down",
        "inner torn down",
    ]
    assert given[0] is given[1]
    assert given[0] is not OUTER
    assert (given[0].name, OUTER.name) == ("renamed", "outer")


def test_all_is_torn_down_although_a_step_failed() -> None:
    @dg.asset
    def fails(outer: Outer) -> None:
        raise ValueError("no")

    assert not dg.materialize([fails], resources={"outer": OUTER}, raise_on_error=False).success
    assert LOG[-2:] == ["outer torn down", "inner torn down"]


def test_a_nested_resource_that_cannot_be_set_up_starts_no_step_and_tears_down_what_was() -> None:
    class Broken(Outer):
        def setup_for_execution(self, context: dg.InitResourceContext) -> None:
            raise ValueError("no connection")

    @dg.asset
    def never(outer: Outer) -> None:
        LOG.append("step")

    broken = Broken(name="broken", inner=Noted(name="inner"))
    with pytest.raises(dg.ResourceFunctionError) as caught:
        dg.materialize([never], resources={"outer": broken})
    assert isinstance(caught.value.__cause__, ValueError)
    assert LOG == ["inner set up", "inner created", "inner torn down"]
