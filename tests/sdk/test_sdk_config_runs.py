"""Run config held against what is in a run."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import dagx as dg
from dagx.config.run_config import OpSchema, ValidatedConfig, instantiate, validated_run_config
from dagx.config.schema import config_type_of
from dagx.resource_defs.lifecycle import resource_schemas


class Mine(dg.Config):
    count: int
    name: str = "x"


class Service(dg.ConfigurableResource):
    url: str
    retries: int = 3


OPS = {
    "typed": OpSchema(config_type_of(Mine)),
    "free": OpSchema(),
    "graph": OpSchema(None, {"inner": OpSchema(config_type_of({"x": dg.Field(int, default_value=1)}))}),
}


def validated(run_config: Any, **given: Any) -> ValidatedConfig:
    return validated_run_config(run_config, given.pop("ops", OPS), **given)


def errors_of(run_config: Any, **given: Any) -> list[str]:
    with pytest.raises(dg.InvalidConfigError) as caught:
        validated(run_config, **given)
    return [error.split()[0] for error in caught.value.errors]


TYPED = {"typed": {"config": {"count": 1}}}


def test_values_are_found_by_the_path_of_the_op() -> None:
    found = validated(
        {"ops": {**TYPED, "free": {"config": [1]}, "graph": {"ops": {"inner": {"config": {"x": 2}}}}}}
    )
    assert found.ops == {
        ("typed",): {"count": 1, "name": "x"},
        ("free",): [1],
        ("graph", "inner"): {"x": 2},
    }


def test_what_is_not_said_has_its_default_and_an_op_without_a_schema_has_none() -> None:
    found = validated({"ops": TYPED})
    assert found.ops["graph", "inner"] == {"x": 1}
    assert found.ops["free",] is None


def test_a_run_config_object_is_taken_and_gives_the_object_again() -> None:
    found = validated(dg.RunConfig(ops={"typed": Mine(count=3, name="y")}))
    assert instantiate(Mine, found.ops["typed",]) == Mine(count=3, name="y")


def test_a_parameter_of_a_plain_type_gets_the_value() -> None:
    found = validated({"ops": {"a": {"config": 3}}}, ops={"a": OpSchema(config_type_of(int))})
    assert instantiate(int, found.ops["a",]) == 3
    assert instantiate(dict, {"x": 1}) == {"x": 1}


@pytest.mark.parametrize(
    ("run_config", "expected"),
    [
        ({}, ["ops.typed.config.count"]),
        (None, ["ops.typed.config.count"]),
        ({"ops": None}, ["ops.typed.config.count"]),
        ({"ops": {**TYPED, "tpyed": {}}}, ["ops.tpyed"]),
        ({"opps": {}, "ops": TYPED}, ["opps"]),
        ({"ops": {"typed": {"count": 1}}}, ["ops.typed.count", "ops.typed.config.count"]),
        (
            {"ops": {"typed": {"config": {"count": "1", "z": 0}}}},
            ["ops.typed.config.count", "ops.typed.config.z"],
        ),
        ({"ops": {"typed": Mine(count=1)}}, ["ops.typed", "ops.typed.config.count"]),
        ({"ops": {**TYPED, "graph": {"config": {}}}}, ["ops.graph.config"]),
        ({"ops": {**TYPED, "graph": {"ops": {"outer": {}}}}}, ["ops.graph.ops.outer"]),
        (
            {"ops": {**TYPED, "graph": {"ops": {"inner": {"config": {"x": "1"}}}}}},
            ["ops.graph.ops.inner.config.x"],
        ),
        ({"ops": {"typed": {"config": {"count": {"env": "DAGX_TEST_X"}}}}}, ["ops.typed.config.count"]),
        ({"ops": [1]}, ["ops", "ops.typed.config.count"]),
        ({"ops": TYPED, "resources": {"db": {"config": {}}}}, ["resources.db"]),
    ],
)
def test_every_error_is_listed_with_its_path(run_config: Any, expected: list[str]) -> None:
    assert sorted(errors_of(run_config)) == sorted(expected)


def test_what_is_no_run_config_is_refused() -> None:
    with pytest.raises(dg.InvalidArgumentError):
        validated([1])


def test_ops_that_are_left_out_of_the_run_may_be_said_something() -> None:
    found = validated({"ops": {**TYPED, "unselected": {"config": {"x": 1}}}}, ignored_ops=["unselected"])
    assert ("unselected",) not in found.ops


def test_the_raw_form_has_defaults_and_does_not_read_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DAGX_TEST_X", "secret")
    found = validated({"ops": {"typed": {"config": {"count": 1, "name": {"env": "DAGX_TEST_X"}}}}})
    assert found.ops["typed",]["name"] == "secret"
    assert found.raw["ops"]["typed"] == {"config": {"count": 1, "name": {"env": "DAGX_TEST_X"}}}
    assert found.raw["ops"]["graph"] == {"ops": {"inner": {"config": {"x": 1}}}}
    assert found.raw["ops"]["free"] == {"config": None}
    assert "secret" not in repr(found.raw)


@given(st.integers(), st.text(), st.lists(st.integers()))
def test_the_raw_form_is_valid_and_means_the_same(count: int, name: str, free: list[int]) -> None:
    first = validated(
        {"ops": {"typed": {"config": {"count": count, "name": name}}, "free": {"config": free}}}
    )
    second = validated(first.raw)
    assert (second.ops, second.raw) == (first.ops, first.raw)


def test_resources_are_said_something() -> None:
    schemas = resource_schemas(
        {"service": Service(url="u"), "plain": 7, "late": Service.configure_at_launch()}
    )
    said = {
        "ops": TYPED,
        "resources": {"service": {"config": {"retries": 5}}, "late": {"config": {"url": "v"}}},
    }
    assert validated(said, resources=schemas).resources == {
        "service": {"retries": 5},
        "late": {"url": "v"},
        "plain": {},
    }
    assert errors_of({"ops": TYPED}, resources=schemas) == ["resources.late.config.url"]
    assert validated({"ops": TYPED}, resources=schemas, required_resources=["plain"]).resources == {
        "plain": {}
    }


def test_an_env_var_is_read_where_anything_may_stand(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DAGX_TEST_N", "7")
    free = {"a": [dg.EnvVar("DAGX_TEST_N"), dg.EnvVar.int("DAGX_TEST_N")], "b": {"env": "as it is"}}
    found = validated({"ops": {**TYPED, "free": {"config": free}}})
    assert found.ops["free",] == {"a": ["7", 7], "b": {"env": "as it is"}}
    assert errors_of({"ops": {**TYPED, "free": {"config": dg.EnvVar("DAGX_TEST_X")}}}) == ["ops.free.config"]
    monkeypatch.setenv("DAGX_TEST_N", "seven")
    assert errors_of({"ops": {**TYPED, "free": {"config": free}}}) == ["ops.free.config.a[1]"]


def test_inputs_are_given_by_name() -> None:
    ops = {"a": OpSchema(inputs=("x", "y"))}
    found = validated({"ops": {"a": {"inputs": {"x": 1, "y": {"value": [2]}}}}}, ops=ops)
    assert found.inputs == {("a",): {"x": 1, "y": [2]}}
    assert errors_of({"ops": {"a": {"inputs": {"z": 1}}}}, ops=ops) == ["ops.a.inputs.z"]


def test_loggers_and_executors_are_said_something() -> None:
    found = validated(
        {"ops": TYPED, "loggers": {"console": {"config": {"level": 1}}}, "execution": {"config": {"n": 1}}}
    )
    assert found.loggers == {"console": {"level": 1}}
    assert found.execution == {"n": 1}
    assert validated({"ops": TYPED}).execution is None


@dg.config_mapping(config_schema={"n": int})
def simple(config: dict[str, int]) -> dict[str, object]:
    return {"typed": {"config": {"count": config["n"]}}}


def test_a_graph_with_a_mapping_takes_its_config() -> None:
    ops = {"g": OpSchema(None, {"typed": OpSchema(config_type_of(Mine))}, simple)}
    assert validated({"ops": {"g": {"config": {"n": 3}}}}, ops=ops).ops["g", "typed"]["count"] == 3
    assert errors_of({"ops": {"g": {"config": {"n": "3"}}}}, ops=ops) == ["ops.g.config.n"]
    assert errors_of({}, ops=ops) == ["ops.g.config.n"]
    assert errors_of({"ops": {"g": {"ops": {}, "config": {"n": 3}}}}, ops=ops) == ["ops.g.ops"]


def test_a_job_with_a_mapping_takes_simple_config() -> None:
    @dg.config_mapping(config_schema={"n": int})
    def whole(config: dict[str, int]) -> dg.RunConfig:
        return dg.RunConfig(ops={"typed": Mine(count=config["n"])})

    assert validated({"n": 3}, mapping=whole).ops["typed",]["count"] == 3
    assert errors_of({"n": "3"}, mapping=whole) == ["n"]


def test_objects_of_types_say_their_schema() -> None:
    class Whole:
        config_schema_of_type = {"x": int}  # noqa: RUF012  # as an object of a type would have it

    assert config_type_of(Whole()).resolve({"x": 1}) == {"x": 1}
