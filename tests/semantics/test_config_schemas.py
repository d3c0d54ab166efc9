"""Section 10: the types of `config_schema`, held against config by a resource's function called directly."""

import enum
from typing import Any

import pytest

import dagx as dg


class Color(enum.Enum):
    RED = "#f00"
    BLUE = "#00f"


COLORS = dg.Enum("Color", [dg.EnumValue("red", 1), dg.EnumValue("blue")])


def config_of(schema: object, raw: object) -> Any:
    """`context.resource_config` of a resource with this schema."""

    @dg.resource(config_schema=schema)
    def echo(context: dg.InitResourceContext) -> Any:
        return context.resource_config

    with dg.build_resources({"echo": echo}, resource_config={"echo": {"config": raw}}) as resources:
        return resources.echo


@pytest.mark.parametrize(
    ("schema", "raw", "expected"),
    [
        (int, 3, 3),
        (str, "x", "x"),
        (bool, True, True),
        (float, 1, 1.0),
        (dict, {"x": [1]}, {"x": [1]}),
        (list, [1, "x"], [1, "x"]),
        (dg.StringSource, "x", "x"),
        (dg.IntSource, 3, 3),
        (dg.BoolSource, False, False),
        ([int], [1, 2], [1, 2]),
        ({"x": int}, {"x": 1}, {"x": 1}),
        ({"x": {"y": [str]}}, {"x": {"y": ["a"]}}, {"x": {"y": ["a"]}}),
        ({"x": dg.Field(int, default_value=7)}, {}, {"x": 7}),
        ({"x": dg.Field(int, is_required=False)}, {}, {}),
        (dg.Field({"x": dg.Field(str, default_value="a")}), {}, {"x": "a"}),
        (dg.Shape({"x": int}), {"x": 1}, {"x": 1}),
        ({"x": {"y": dg.Field(int, default_value=1)}}, {}, {"x": {"y": 1}}),
        (dg.Permissive({"x": int}), {"x": 1, "z": "q"}, {"x": 1, "z": "q"}),
        (dg.Permissive(), {"z": 1}, {"z": 1}),
        (dg.Selector({"x": int, "y": str}), {"y": "a"}, {"y": "a"}),
        (dg.Selector({"x": dg.Field(int, default_value=1), "y": str}), "x", {"x": 1}),
        (dg.Array(int), [1], [1]),
        (dg.Map(str, int), {"a": 1}, {"a": 1}),
        ({str: int}, {"a": 1}, {"a": 1}),
        (dg.Noneable(int), None, None),
        (dg.Noneable(int), 3, 3),
        ({"x": dg.Noneable(int)}, {}, {"x": None}),
        (COLORS, "red", 1),
        (COLORS, "blue", "blue"),
        (dg.Enum.from_python_enum(Color), "RED", Color.RED),
        (dg.Enum.from_python_enum_direct_values(Color), "RED", "#f00"),
        (dg.ScalarUnion(str, {"x": int}), "a", "a"),
        (dg.ScalarUnion(str, {"x": int}), {"x": 1}, {"x": 1}),
        (None, [{"any": 1}], [{"any": 1}]),
    ],
)
def test_what_fits(schema: object, raw: object, expected: object) -> None:
    assert config_of(schema, raw) == expected


@pytest.mark.parametrize(
    ("schema", "raw", "message"),
    [
        (int, "1", 'config is "1", not an int'),
        (int, True, "config is True, not an int"),
        (str, 1, "config is 1, not a str"),
        (bool, "true", "not a bool"),
        (float, "1.5", "not a float"),
        ([int], [1, "2"], r"config\[1\] is .* not an int"),
        ({"x": int}, {}, "config.x is missing"),
        ({"x": int}, {"x": 1, "xy": 2}, "config.xy is unknown"),
        ({"x": int}, 3, "config is 3, not a mapping with x"),
        (dg.Permissive({"x": int}), {"z": 1}, "config.x is missing"),
        (dg.Selector({"x": int, "y": str}), {"x": 1, "y": "a"}, "exactly one of x, y"),
        (dg.Selector({"x": int, "y": str}), {}, "exactly one of x, y"),
        (dg.Selector({"x": int, "y": str}), {"z": 1}, "config.z is unknown"),
        (dg.Array(int), "12", "not a list"),
        (dg.Map(str, int), {"a": "1"}, "config.a is"),
        (dg.Noneable(int), "x", "not an int"),
        (COLORS, "green", 'not one of "red", "blue"'),
        (dg.ScalarUnion(str, {"x": int}), 3, "not a str or a mapping with x"),
        (dg.ScalarUnion(str, {"x": int}), {"x": "3"}, "config.x is"),
    ],
)
def test_what_does_not_fit(schema: object, raw: object, message: str) -> None:
    with pytest.raises(dg.DagsterInvalidConfigError, match=message):
        config_of(schema, raw)


def test_every_error_is_listed() -> None:
    with pytest.raises(dg.DagsterInvalidConfigError) as caught:
        config_of({"a": int, "b": str, "c": [bool]}, {"a": "1", "c": [1, True, 2], "d": 0})
    assert [error.split()[0].removeprefix("resources.echo.config.") for error in caught.value.errors] == [
        "a",
        "b",
        "c[0]",
        "c[2]",
        "d",
    ]
    assert all(error in str(caught.value) for error in caught.value.errors)


def test_a_mistyped_entry_is_answered_with_the_near_one() -> None:
    with pytest.raises(dg.DagsterInvalidConfigError, match='did you mean "count"'):
        config_of({"count": dg.Field(int, default_value=1)}, {"cuont": 1})


def test_a_source_may_be_a_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DAGX_TEST_N", "7")
    assert config_of({"x": dg.IntSource}, {"x": {"env": "DAGX_TEST_N"}}) == {"x": 7}
    assert config_of({"x": dg.Field(dg.IntSource, default_value={"env": "DAGX_TEST_N"})}, {}) == {"x": 7}


@pytest.mark.parametrize(
    "make",
    [
        lambda: dg.Field(int, default_value="x"),
        lambda: dg.Field(int, default_value=1, is_required=True),
        lambda: dg.Field(3),
        lambda: dg.Array([int, str]),
        lambda: dg.Enum("Twice", [dg.EnumValue("a"), dg.EnumValue("a")]),
    ],
)
def test_a_schema_that_is_wrong_by_itself_is_refused(make: Any) -> None:
    with pytest.raises(dg.InvalidConfigDefinitionError):
        make()


def test_what_is_required() -> None:
    assert dg.Field(int).is_required
    assert not dg.Field(int, default_value=1).is_required
    assert not dg.Field(int, is_required=False).is_required
    assert not dg.Field(dg.Noneable(int)).is_required
    assert not dg.Field(dg.Permissive()).is_required
    assert not dg.Field({"x": dg.Field(int, default_value=1)}).is_required
    assert dg.Field({"x": int}).is_required
    assert dg.Field(int, default_value=1).default_value == 1
    assert not dg.Field(int).default_provided


@pytest.mark.parametrize("schema", [{"a": 3}, {"a": {"b": object()}}, [{"a": 3}]])
def test_what_is_no_schema_is_said_where_it_is_written(schema: Any) -> None:
    with pytest.raises(dg.DagsterInvalidConfigDefinitionError):
        dg.asset(name="a", config_schema=schema)(lambda: 1)
