"""Section 10: RunConfig, config mappings, `configured`."""

import enum
from typing import Literal

import pydantic
import pytest

import dagx as dg


class Color(enum.Enum):
    RED = "#f00"


class Cat(dg.Config):
    kind: Literal["cat"] = "cat"
    meows: int


class Dog(dg.Config):
    kind: Literal["dog"] = "dog"


class Mine(dg.Config):
    count: int
    color: Color = Color.RED
    pet: Cat | Dog = pydantic.Field(default=Dog(), discriminator="kind")
    name: str = "x"


class Service(dg.ConfigurableResource):
    url: str
    retries: int = 3


def test_objects_are_wrapped_with_their_defaults_and_dicts_are_taken_as_they_are() -> None:
    said = {"count": 1, "color": "RED", "pet": {"dog": {}}, "name": "x"}
    run_config = dg.RunConfig(
        ops={"a": Mine(count=1), "b": {"config": {"x": 1}}, "g": {"ops": {"inner": Mine(count=2)}}},
        resources={"service": Service(url="u")},
        loggers={"console": {"config": {"log_level": "INFO"}}},
        execution={"config": {"max_concurrent": 2}},
    )
    assert run_config.to_config_dict() == {
        "ops": {
            "a": {"config": said},
            "b": {"config": {"x": 1}},
            "g": {"ops": {"inner": {"config": {**said, "count": 2}}}},
        },
        "resources": {"service": {"config": {"url": "u", "retries": 3}}},
        "loggers": {"console": {"config": {"log_level": "INFO"}}},
        "execution": {"config": {"max_concurrent": 2}},
    }


def test_none_is_left_out_where_it_is_the_default_and_said_where_it_is_not() -> None:
    class Limits(dg.Config):
        lowest: int | None
        most: int | None = 5
        least: int | None = None

    nothing = dg.RunConfig(ops={"a": Limits(lowest=None, most=None, least=None)})
    assert nothing.to_config_dict()["ops"]["a"]["config"] == {"lowest": None, "most": None}


def test_an_empty_one_has_the_four_entries() -> None:
    assert dg.RunConfig().to_config_dict() == {"ops": {}, "resources": {}, "loggers": {}, "execution": {}}
    assert dg.RunConfig() == dg.RunConfig(ops={})


def test_objects_are_written_as_run_config_reads_them() -> None:
    mine = Mine(count=1, color=Color.RED, pet=Cat(meows=2), name=dg.EnvVar("NAME"))
    assert dg.RunConfig(ops={"a": mine}).to_config_dict()["ops"]["a"]["config"] == {
        "count": 1,
        "color": "RED",
        "pet": {"cat": {"meows": 2}},
        "name": {"env": "NAME"},
    }


def test_a_config_mapping_makes_config_of_simpler_config() -> None:
    @dg.config_mapping(config_schema={"n": int})
    def mapping(simple: dict[str, int]) -> dict[str, object]:
        return {"ops": {"a": {"config": {"count": simple["n"]}}}}

    assert isinstance(mapping, dg.ConfigMapping)
    assert mapping({"n": 1}) == {"ops": {"a": {"config": {"count": 1}}}}
    assert mapping.config_schema.resolve({"n": 2}) == {"n": 2}
    with pytest.raises(dg.DagsterInvalidConfigError):
        mapping.config_schema.resolve({"n": "2"})


def test_the_schema_of_a_mapping_may_be_its_parameters_class() -> None:
    @dg.config_mapping
    def mapping(simple: Mine) -> dg.RunConfig:
        return dg.RunConfig(ops={"a": simple})

    assert mapping.config_schema.made(mapping.config_schema.resolve({"count": 2})) == Mine(count=2)


@dg.resource(config_schema={"url": str, "retries": dg.Field(int, default_value=3)})
def service(context: dg.InitResourceContext) -> str:
    return f"{context.resource_config['url']} {context.resource_config['retries']}"


def test_config_is_given_once_and_for_all() -> None:
    with dg.build_resources({"s": service.configured({"url": "u"})}) as resources:
        assert resources.s == "u 3"
    with dg.build_resources({"s": dg.configured(service)({"url": "v", "retries": 1})}) as resources:
        assert resources.s == "v 1"


def test_config_is_made_by_a_function() -> None:
    @dg.configured(service, config_schema={"host": str})
    def by_host(config: dict[str, str]) -> dict[str, str]:
        return {"url": f"http://{config['host']}"}

    said = {"s": {"config": {"host": "h"}}}
    with dg.build_resources({"s": by_host}, resource_config=said) as resources:
        assert resources.s == "http://h 3"
    with (
        pytest.raises(dg.DagsterInvalidConfigError, match="host is missing"),
        dg.build_resources({"s": by_host}),
    ):
        pass


def test_given_config_must_fit() -> None:
    with (
        pytest.raises(dg.DagsterInvalidConfigError, match="url is 3"),
        dg.build_resources({"s": service.configured({"url": 3})}),
    ):
        pass


def test_what_a_configuring_function_raises_is_the_cause() -> None:
    broken = service.configured(lambda _: 1 // 0, config_schema={})
    with (
        pytest.raises(dg.DagsterConfigMappingFunctionError) as caught,
        dg.build_resources({"s": broken}),
    ):
        pass
    assert isinstance(caught.value.__cause__, ZeroDivisionError)


def test_a_class_is_configured_too() -> None:
    made = Service.configured({"url": "u"})
    with dg.build_resources({"s": made}) as resources:
        assert resources.s == Service(url="u")


def test_what_takes_no_config_cannot_be_configured() -> None:
    with pytest.raises(dg.DagsterInvalidDefinitionError, match="cannot be configured"):
        dg.configured(object())
