"""Section 6: the classes of results, and the rows about them that are easily got wrong."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

import dagx as dg

A = dg.AssetKey("a")


def materialization(body: Any, **arguments: Any) -> dg.AssetMaterialization:
    """The one event of the asset `a` that this function makes."""
    result = dg.materialize([dg.asset(name="a")(body)], **arguments)
    (event,) = [e for e in result.get_asset_materialization_events() if e.asset_key == A]
    return event.materialization


# The classes


def test_an_output_has_a_value_a_name_metadata_a_version_and_tags() -> None:
    output = dg.Output(1, "x", {"n": 2}, dg.DataVersion("v"), tags={"t": "1"})
    assert (output.value, output.output_name, output.data_version) == (1, "x", dg.DataVersion("v"))
    assert output.metadata["n"].value == 2
    assert output.tags == {"t": "1"}
    assert dg.Output(1).output_name == "result"


def test_results_are_equal_by_their_fields_and_cannot_be_changed() -> None:
    assert dg.Output(1) == dg.Output(1)
    assert dg.MaterializeResult(asset_key="a") != dg.MaterializeResult(asset_key="b")
    with pytest.raises(AttributeError):
        dg.Output(1).value = 2


@pytest.mark.parametrize(
    "make",
    [
        lambda tags: dg.Output(1, tags=tags),
        lambda tags: dg.MaterializeResult(tags=tags),
        lambda tags: dg.ObserveResult(tags=tags),
        lambda tags: dg.AssetMaterialization("a", tags=tags),
        lambda tags: dg.AssetObservation("a", tags=tags),
    ],
)
def test_tags_of_results_are_strict_apart_from_the_systems_own_keys(make: Any) -> None:
    assert make({"dagster/data_version": "any thing", "t": "1"}).tags["t"] == "1"
    for wrong in ({"a b": "c"}, {"a": "b c"}, {"a": 1}, {"dagster/x": 1}):
        with pytest.raises(dg.DagxError):
            make(wrong)


@pytest.mark.parametrize("kind", [dg.Output, dg.MaterializeResult, dg.ObserveResult])
def test_a_data_version_is_a_data_version(kind: Any) -> None:
    arguments = {"value": 1} if kind is dg.Output else {}
    with pytest.raises(dg.InvalidArgumentError, match=r"write DataVersion\('1'\)"):
        kind(data_version="1", **arguments)


@pytest.mark.parametrize("key", ["a b", "", "a-b", "a.b"])
def test_a_mapping_key_is_a_valid_name(key: str) -> None:
    with pytest.raises(dg.InvalidDefinitionError, match="mapping key"):
        dg.DynamicOutput(1, key)
    assert dg.DynamicOutput(1, "type").mapping_key == "type"


def test_a_file_is_materialized_under_its_path() -> None:
    made = dg.AssetMaterialization.file("data/a.csv", description="d")
    assert made.asset_key == dg.AssetKey(["data", "a", "csv"])
    assert made.metadata["path"] == dg.MetadataValue.path("data/a.csv")
    assert dg.AssetMaterialization.file("x", asset_key="a").asset_key == A


def test_check_results_of_a_result_are_check_results() -> None:
    with pytest.raises(dg.InvalidArgumentError, match="check_results has AssetCheckResults"):
        dg.MaterializeResult(check_results=[True])  # type: ignore[list-item]


# What a function may give


def test_an_expectation_may_be_yielded_and_not_returned() -> None:
    def body() -> Iterator[Any]:
        yield dg.ExpectationResult(success=True)
        yield dg.Output(1)

    assert materialization(body).asset_key == A
    with pytest.raises(dg.InvariantViolationError, match="returned an ExpectationResult"):
        materialization(lambda: dg.ExpectationResult(success=True))


def test_an_observation_may_be_yielded_and_not_returned() -> None:
    with pytest.raises(dg.InvariantViolationError, match="returned an AssetObservation"):
        materialization(lambda: dg.AssetObservation("a"))


@pytest.mark.parametrize(
    "given",
    [
        dg.AssetCheckResult(passed=True),
        dg.MaterializeResult(check_results=[dg.AssetCheckResult(passed=True)]),
    ],
)
def test_a_check_result_without_a_spec_for_it_is_an_error(given: object) -> None:
    with pytest.raises(dg.InvariantViolationError, match="check"):
        materialization(lambda: given)


def test_a_check_spec_whose_result_does_not_come_is_an_error() -> None:
    a = dg.asset(name="a", check_specs=[dg.AssetCheckSpec("ok", asset="a")])(lambda: 1)
    with pytest.raises(
        dg.InvariantViolationError, match=r"(?s)no results of its checks \(ok\).*check_results="
    ):
        dg.materialize([a])

    @dg.asset(name="a", check_specs=[dg.AssetCheckSpec("ok", asset="a")])
    def silent() -> Iterator[Any]:
        yield dg.Output(1)

    with pytest.raises(dg.StepOutputNotFoundError, match='check result "a:ok"'):
        dg.materialize([silent])


def test_an_observe_result_of_an_asset_that_is_made_makes_it_without_a_value() -> None:
    made = materialization(lambda: dg.ObserveResult(metadata={"n": 1}))
    assert made.metadata["n"].value == 1
    result = dg.materialize([dg.asset(name="a")(lambda: dg.ObserveResult())])
    kinds = {event.event_type_value for event in result.all_events}
    assert not kinds & {"HANDLED_OUTPUT", "ASSET_OBSERVATION"}


def test_an_output_that_says_nothing_is_stored_as_its_value() -> None:
    result = dg.materialize([dg.asset(name="a")(lambda: dg.Output(None)), dg.asset(name="b")(lambda a: [a])])
    assert result.asset_value("b") == [None]


def test_a_generator_may_return_what_nobody_sees_and_yield_nothing_after_a_result() -> None:
    def body() -> Iterator[Any]:
        yield dg.Output(1)
        return 7  # type: ignore[return-value]

    assert materialization(body).asset_key == A


def test_a_list_of_outputs_is_a_value_like_any_other() -> None:
    result = dg.materialize_to_memory([dg.asset(name="a")(lambda: [dg.Output(1)])])
    assert result.asset_value("a") == [dg.Output(1)]


def test_what_follows_a_yield_that_was_refused_does_not_run() -> None:
    ran: list[str] = []

    def body() -> Iterator[Any]:
        yield dg.Output(1, "nonsense")
        ran.append("after")

    with pytest.raises(dg.InvariantViolationError):
        materialization(body)
    assert ran == []


def test_a_data_version_of_the_result_wins_over_that_of_the_context() -> None:
    def of_context(context: dg.AssetExecutionContext) -> int:
        context.set_data_version("a", dg.DataVersion("context"))
        return 1

    def of_both(context: dg.AssetExecutionContext) -> Any:
        context.set_data_version("a", dg.DataVersion("context"))
        return dg.Output(1, data_version=dg.DataVersion("result"))

    assert materialization(of_context).data_version == "context"
    assert materialization(of_both).data_version == "result"
    assert materialization(of_both).tags["dagster/data_version_is_user_provided"] == "true"


def test_metadata_is_as_it_was_when_the_result_was_made() -> None:
    given: dict[str, Any] = {"n": 1, "list": [1]}

    def body() -> Iterator[Any]:
        output = dg.Output(1, metadata=given)
        given["n"] = 2
        yield output

    assert materialization(body).metadata["n"].value == 1


@pytest.mark.parametrize("wrong", [object(), {1, 2}, (1, 2)])
def test_metadata_that_cannot_be_recorded_fails_where_it_is_given(wrong: object) -> None:
    with pytest.raises(dg.InvalidMetadataError, match="x"):
        materialization(lambda: dg.Output(1, metadata={"x": wrong}))


@pytest.mark.parametrize("forgotten", [dg.MaterializeResult, dg.Output, dg.AssetMaterialization])
def test_a_class_in_place_of_a_result_is_said(forgotten: object) -> None:
    def body() -> Iterator[Any]:
        yield forgotten

    for given in (lambda: forgotten, body):
        with pytest.raises(dg.InvariantViolationError, match=r"the class \w+\n  make one"):
            materialization(given)


def test_a_tuple_with_results_is_never_stored_as_a_value() -> None:
    assert materialization(lambda: (dg.MaterializeResult(metadata={"n": 1}),)).metadata["n"].value == 1
    with pytest.raises(dg.InvariantViolationError, match="returned a tuple of 2"):
        materialization(lambda: (dg.MaterializeResult(), 3))


# async


def test_async_generators_close_what_they_opened_when_the_step_fails() -> None:
    closed: list[str] = []

    async def body() -> AsyncIterator[Any]:
        try:
            yield dg.Output(1)
            raise ValueError("late")
        finally:
            await asyncio.sleep(0)
            closed.append("a")

    with pytest.raises(ValueError, match="late"):
        materialization(body)
    assert closed == ["a"]


def test_an_async_function_fails_with_what_it_raised_and_is_tried_again() -> None:
    tries: list[int] = []

    @dg.asset(retry_policy=dg.RetryPolicy(max_retries=1))
    async def a(context: dg.AssetExecutionContext) -> int:
        tries.append(context.retry_number)
        await asyncio.sleep(0)
        if context.retry_number == 0:
            raise ValueError("first")
        return 1

    assert dg.materialize([a]).asset_value("a") == 1
    assert tries == [0, 1]


def test_a_coroutine_that_was_forgotten_is_not_stored_as_a_value() -> None:
    async def later() -> int:
        return 5

    assert dg.materialize([dg.asset(name="a")(lambda: later())]).asset_value("a") == 5
