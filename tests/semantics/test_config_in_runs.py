"""Sections 10 and 11: config and resources in runs."""

import enum
from collections.abc import Iterator
from typing import Any

import pytest

import dagx as dg


class Color(enum.Enum):
    RED = "#f00"


class Mine(dg.Config):
    count: int
    name: str = "x"
    color: Color = Color.RED


@dg.asset
def typed(config: Mine) -> Any:
    return config


@dg.asset(config_schema={"n": int})
def legacy(context: dg.AssetExecutionContext) -> Any:
    return context.op_config


@dg.asset
def free(context: dg.AssetExecutionContext) -> Any:
    return context.op_config


def value_of(asset: dg.AssetsDefinition, run_config: Any = None, resources: Any = None) -> Any:
    result = dg.materialize_to_memory([asset], run_config=run_config, resources=resources)
    return result.output_for_node(asset.op.name)


# Config (section 10)


def test_the_parameter_config_is_an_object_of_its_class() -> None:
    assert value_of(typed, {"ops": {"typed": {"config": {"count": 1, "color": "RED"}}}}) == Mine(count=1)


def test_run_config_takes_objects() -> None:
    assert value_of(typed, dg.RunConfig(ops={"typed": Mine(count=2, name="y")})) == Mine(count=2, name="y")
    assert value_of(typed, dg.RunConfig(ops={"typed": {"config": {"count": 2}}})) == Mine(count=2)


def test_a_raw_dict_without_the_level_config_is_refused() -> None:
    with pytest.raises(dg.DagsterInvalidConfigError):
        value_of(typed, dg.RunConfig(ops={"typed": {"count": 2}}))


def test_a_plain_annotation_gets_the_value() -> None:
    @dg.asset
    def plain(config: int) -> int:
        return config + 1

    assert value_of(plain, {"ops": {"plain": {"config": 3}}}) == 4
    with pytest.raises(dg.DagsterInvalidConfigError, match="not an int"):
        value_of(plain, {"ops": {"plain": {"config": "3"}}})


def test_the_op_of_an_asset_is_named_after_its_key() -> None:
    @dg.asset(key=["mart", "orders"])
    def orders(config: Mine) -> int:
        return config.count

    assert value_of(orders, {"ops": {"mart__orders": {"config": {"count": 5}}}}) == 5


def test_op_config_is_the_plain_value() -> None:
    assert value_of(legacy, {"ops": {"legacy": {"config": {"n": 1}}}}) == {"n": 1}


def test_an_asset_without_a_schema_takes_any_config() -> None:
    assert value_of(free) is None
    assert value_of(free, {"ops": {"free": {"config": [1, "x"]}}}) == [1, "x"]


@pytest.mark.parametrize(
    ("run_config", "error"),
    [
        (None, r"ops\.typed\.config\.count is missing"),
        ({"ops": {"typed": {"config": {"count": "1"}}}}, r"ops\.typed\.config\.count is .* not an int"),
        ({"ops": {"typed": {"config": {"count": 1, "z": 1}}}}, r"ops\.typed\.config\.z is unknown"),
        ({"ops": {"typed": {"config": {"count": 1}}, "tpyed": {}}}, r"ops\.tpyed is unknown .*typed"),
        ({"ops": {"typed": {"config": {"count": {"env": "DAGX_TEST_X"}}}}}, "DAGX_TEST_X, which is not set"),
    ],
)
def test_run_config_that_does_not_fit_starts_nothing(run_config: Any, error: str) -> None:
    with pytest.raises(dg.DagsterInvalidConfigError, match=error):
        dg.materialize_to_memory([typed], run_config=run_config, raise_on_error=False)


def test_a_leaf_may_be_a_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DAGX_TEST_X", "7")
    assert value_of(typed, {"ops": {"typed": {"config": {"count": {"env": "DAGX_TEST_X"}}}}}).count == 7


def test_a_config_object_is_an_argument_of_a_direct_call() -> None:
    assert typed(Mine(count=1)) == Mine(count=1)
    assert typed(config=Mine(count=1)) == Mine(count=1)


def test_ops_in_graphs_are_nested_in_run_config() -> None:
    @dg.op
    def inner(config: Mine) -> int:
        return config.count

    @dg.graph
    def outer() -> Any:
        return inner()

    @dg.job
    def whole() -> None:
        outer()

    said = {"ops": {"outer": {"ops": {"inner": {"config": {"count": 3}}}}}}
    assert whole.execute_in_process(run_config=said).output_for_node("outer.inner") == 3
    with pytest.raises(
        dg.DagsterInvalidConfigError, match=r"ops\.outer\.ops\.inner\.config\.count is missing"
    ):
        whole.execute_in_process()


def test_validate_run_config_returns_the_whole_or_raises() -> None:
    @dg.op
    def one(config: Mine) -> None:
        """Nothing."""

    @dg.job
    def whole() -> None:
        one()

    found = dg.validate_run_config(whole, {"ops": {"one": {"config": {"count": 1}}}})
    assert found["ops"]["one"]["config"]["count"] == 1
    assert found["ops"]["one"]["config"]["name"] == "x"
    with pytest.raises(dg.DagsterInvalidConfigError):
        dg.validate_run_config(whole, {})


def test_validate_run_config_tells_what_resources_were_made_with() -> None:
    class Service(dg.ConfigurableResource):
        url: str
        retries: int = 3

    @dg.op
    def ask(service: Service) -> None:
        """Nothing."""

    @dg.job(resource_defs={"service": Service(url=dg.EnvVar("URL"))})
    def bound() -> None:
        ask()

    @dg.job(resource_defs={"service": Service.configure_at_launch()})
    def at_launch() -> None:
        ask()

    resources = {"service": {"config": {"url": {"env": "URL"}, "retries": 3}}}
    assert dg.validate_run_config(bound)["resources"] == resources
    other = {"resources": {"service": {"config": {"url": "u"}}}}
    assert dg.validate_run_config(bound, other)["resources"]["service"]["config"]["url"] == "u"
    told = dg.validate_run_config(at_launch, other)["resources"]
    assert told == {"service": {"config": {"url": "u", "retries": 3}}}


# Resources (section 11)

LOG: list[str] = []


@pytest.fixture(autouse=True)
def _empty_log() -> None:
    LOG.clear()


class Service(dg.ConfigurableResource):
    url: str
    retries: int = 3

    def setup_for_execution(self, context: dg.InitResourceContext) -> None:
        LOG.append("up")

    def teardown_after_execution(self, context: dg.InitResourceContext) -> None:
        LOG.append("down")


@dg.asset
def uses(service: Service) -> Any:
    LOG.append("step")
    return service


def test_a_parameter_annotated_with_a_resource_class_is_filled_by_its_name() -> None:
    assert uses.dependency_keys == set()
    assert value_of(uses, resources={"service": Service(url="u")}) == Service(url="u")
    assert LOG == ["up", "step", "down"]


def test_nothing_checks_what_is_bound() -> None:
    assert value_of(uses, resources={"service": 7}) == 7


def test_required_resource_keys_are_attributes_of_the_context() -> None:
    @dg.asset(required_resource_keys={"service"})
    def asks(context: dg.AssetExecutionContext) -> Any:
        return context.resources.service.url

    assert value_of(asks, resources={"service": Service(url="u")}) == "u"


def test_a_missing_resource_is_found_when_definitions_are_resolved() -> None:
    with pytest.raises(dg.DagsterInvalidDefinitionError, match=r'"service"[\s\S]*other'):
        dg.Definitions.validate_loadable(dg.Definitions(assets=[uses], resources={"other": 1}))
    with pytest.raises(dg.DagsterInvalidDefinitionError):
        dg.materialize([uses])


def test_a_resource_that_no_step_needs_is_not_set_up() -> None:
    value_of(free, resources={"service": Service(url="u")})
    assert LOG == []


def test_a_resource_is_set_up_once_a_run() -> None:
    @dg.asset(deps=[uses])
    def more(service: Service) -> None:
        LOG.append("more")

    dg.materialize_to_memory([uses, more], resources={"service": Service(url="u")})
    assert LOG == ["up", "step", "more", "down"]


def test_tear_down_runs_after_a_failure_and_is_resumed_normally() -> None:
    @dg.resource
    def closing() -> Iterator[int]:
        try:
            yield 1
        except BaseException:
            LOG.append("thrown in")
            raise
        LOG.append("closed")

    @dg.asset
    def fails(service: Service, closing: dg.ResourceParam[int]) -> None:
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        dg.materialize([fails], resources={"service": Service(url="u"), "closing": closing})
    assert sorted(LOG) == ["closed", "down", "up"]


def test_a_failing_set_up_starts_no_step() -> None:
    class Broken(Service):
        def setup_for_execution(self, context: dg.InitResourceContext) -> None:
            raise ValueError("broken")

    with pytest.raises(dg.DagsterResourceFunctionError) as caught:
        dg.materialize([uses], resources={"service": Broken(url="u")})
    assert isinstance(caught.value.__cause__, ValueError)
    result = dg.materialize([uses], resources={"service": Broken(url="u")}, raise_on_error=False)
    assert not result.success
    assert LOG == []


def test_variables_are_read_by_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    service = Service(url=dg.EnvVar("DAGX_TEST_X"))
    with pytest.raises(dg.DagsterInvalidConfigError, match="DAGX_TEST_X, which is not set"):
        dg.materialize([uses], resources={"service": service})
    monkeypatch.setenv("DAGX_TEST_X", "u")
    assert value_of(uses, resources={"service": service}) == Service(url="u")
    assert isinstance(service.url, dg.EnvVar)


def test_run_config_completes_what_is_configured_at_launch() -> None:
    resources = {"service": Service.configure_at_launch()}
    said = {"resources": {"service": {"config": {"url": "u"}}}}
    assert value_of(uses, said, resources) == Service(url="u")
    assert value_of(uses, dg.RunConfig(resources={"service": Service(url="v")}), resources) == Service(
        url="v"
    )
    with pytest.raises(dg.DagsterInvalidConfigError, match=r"resources\.service\.config\.url is missing"):
        value_of(uses, None, resources)


def test_run_config_overrides_a_configured_resource() -> None:
    said = {"resources": {"service": {"config": {"retries": 9}}}}
    assert value_of(uses, said, {"service": Service(url="u")}) == Service(url="u", retries=9)


class Holder(dg.ConfigurableResource):
    service: Service


@dg.asset
def holds(holder: Holder) -> Any:
    return holder.service


def test_a_nested_resource_configured_at_launch_must_be_a_resource_itself() -> None:
    service = Service.configure_at_launch()
    broken = dg.Definitions(assets=[holds], resources={"holder": Holder(service=service)})
    with pytest.raises(dg.DagsterInvalidDefinitionError, match="configured at launch"):
        dg.Definitions.validate_loadable(broken)
    said = {"resources": {"service": {"config": {"url": "u"}}}}
    assert value_of(holds, said, {"holder": Holder(service=service), "service": service}) == Service(url="u")
    assert LOG == ["up", "down"]


def test_function_resources_and_their_needs() -> None:
    @dg.resource(required_resource_keys={"service"}, config_schema={"path": str})
    def client(context: dg.InitResourceContext) -> str:
        assert context.run is not None
        return f"{context.resources.service.url}/{context.resource_config['path']}"

    @dg.asset(required_resource_keys={"client"})
    def asks(context: dg.AssetExecutionContext) -> Any:
        return context.resources.client

    resources = {"client": client, "service": Service(url="u")}
    assert value_of(asks, {"resources": {"client": {"config": {"path": "p"}}}}, resources) == "u/p"
    with pytest.raises(dg.DagsterInvalidConfigError, match=r"resources\.client\.config\.path is missing"):
        value_of(asks, None, resources)


# IO managers (section 9)


class Shelf(dg.ConfigurableIOManager):
    label: str
    _values: dict[str, Any] = {}  # noqa: RUF012  # pydantic copies it

    def handle_output(self, context: dg.OutputContext, obj: Any) -> None:
        self._values[context.asset_key.to_user_string()] = obj
        LOG.append(f"{self.label} stores")

    def load_input(self, context: dg.InputContext) -> Any:
        LOG.append(f"{self.label} loads")
        return self._values[context.asset_key.to_user_string()]


@dg.asset
def source() -> int:
    return 1


@dg.asset
def target(source: int) -> int:
    return source + 1


def test_an_io_manager_class_stores_and_loads() -> None:
    result = dg.materialize([source, target], resources={"io_manager": Shelf(label="s")})
    assert result.asset_value("target") == 2
    assert LOG[:3] == ["s stores", "s loads", "s stores"]


def test_an_io_manager_function_and_a_factory_store_and_load() -> None:
    @dg.io_manager(config_schema={"label": str})
    def shelf(context: dg.InitResourceContext) -> dg.IOManager:
        return dg.InMemoryIOManager()

    class Factory(dg.ConfigurableIOManagerFactory):
        def create_io_manager(self, context: dg.InitResourceContext) -> dg.IOManager:
            return dg.InMemoryIOManager()

    said = {"resources": {"io_manager": {"config": {"label": "f"}}}}
    assert (
        dg.materialize([source, target], run_config=said, resources={"io_manager": shelf}).asset_value(
            "target"
        )
        == 2
    )
    assert dg.materialize([source, target], resources={"io_manager": Factory()}).asset_value("target") == 2
