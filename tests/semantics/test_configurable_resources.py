"""Section 11: resources declared as classes, and their life outside of runs. Section 9: IO managers declared so."""

import contextlib
import traceback
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pydantic
import pytest

import dagx as dg


class Client:
    def __init__(self, url: str) -> None:
        self.url = url


class Credentials(dg.ConfigurableResource):
    user: str = "nobody"


class Service(dg.ConfigurableResource):
    url: str
    retries: int = 3


class Logged(dg.ConfigurableResource):
    name: str = "logged"
    _log: list[str] = pydantic.PrivateAttr(default_factory=list)

    def setup_for_execution(self, context: dg.InitResourceContext) -> None:
        LOG.append(f"{self.name} up {context.resource_config}")

    def teardown_after_execution(self, context: dg.InitResourceContext) -> None:
        LOG.append(f"{self.name} down")


LOG: list[str] = []


@pytest.fixture(autouse=True)
def _empty_log() -> None:
    LOG.clear()


def test_it_is_a_frozen_model() -> None:
    service = Service(url="u")
    assert (service.url, service.retries) == ("u", 3)
    with pytest.raises(dg.DagsterInvalidInvocationError, match=r"Service\.url cannot be set"):
        service.url = "v"
    with pytest.raises(dg.DagsterInvalidInvocationError):
        service.other = 1  # type: ignore[attr-defined]
    with pytest.raises(pydantic.ValidationError):
        Service()  # type: ignore[call-arg]


def test_making_one_and_using_it_runs_no_hooks() -> None:
    assert Logged().name == "logged"
    assert LOG == []


def test_it_is_set_up_and_torn_down_and_is_a_new_object() -> None:
    logged = Logged()
    with dg.build_resources({"logged": logged}) as resources:
        assert resources.logged == logged
        assert resources.logged is not logged
        assert LOG == ["logged up {'name': 'logged'}"]
    assert LOG == ["logged up {'name': 'logged'}", "logged down"]


def test_run_config_overrides_what_it_was_made_with() -> None:
    said = {"service": {"config": {"retries": 5}}}
    with dg.build_resources({"service": Service(url="u", retries=4)}, resource_config=said) as resources:
        assert resources.service == Service(url="u", retries=5)
    back_to_the_default = {"service": {"config": {"retries": 3}}}
    with dg.build_resources(
        {"service": Service(url="u", retries=4)}, resource_config=back_to_the_default
    ) as resources:
        assert resources.service.retries == 3


@pytest.mark.parametrize(
    ("config", "path"), [({"retries": "5"}, "retries"), ({"uri": "x"}, "uri"), ({"url": 1}, "url")]
)
def test_run_config_is_held_to_the_letter(config: dict[str, object], path: str) -> None:
    with (
        pytest.raises(dg.DagsterInvalidConfigError, match=f"resources.service.config.{path} is"),
        dg.build_resources({"service": Service(url="u")}, resource_config={"service": {"config": config}}),
    ):
        pass


def test_a_nested_resource_is_set_up_first_and_torn_down_last() -> None:
    class Outer(dg.ConfigurableResource):
        inner: Logged

        def setup_for_execution(self, context: dg.InitResourceContext) -> None:
            LOG.append(f"outer up on {self.inner.name}")

        def teardown_after_execution(self, context: dg.InitResourceContext) -> None:
            LOG.append("outer down")

    with dg.build_resources({"outer": Outer(inner=Logged(name="inner"))}) as resources:
        assert resources.outer.inner.name == "inner"
    assert LOG == ["inner up {'name': 'inner'}", "outer up on inner", "outer down", "inner down"]


class Holder(dg.ConfigurableResource):
    credentials: Credentials


def test_a_nested_resource_that_is_bound_too_is_one_and_the_same() -> None:
    credentials = Credentials()
    bound = {"holder": Holder(credentials=credentials), "credentials": credentials}
    said = {"credentials": {"config": {"user": "me"}}}
    with dg.build_resources(bound, resource_config=said) as resources:
        assert resources.holder.credentials is resources.credentials
        assert resources.credentials.user == "me"


def test_what_is_configured_at_launch_is_completed_by_run_config() -> None:
    partial = Service.configure_at_launch(retries=7)
    assert isinstance(partial, Service)
    said = {"service": {"config": {"url": "u"}}}
    with dg.build_resources({"service": partial}, resource_config=said) as resources:
        assert resources.service == Service(url="u", retries=7)
    with (
        pytest.raises(dg.DagsterInvalidConfigError, match=r"resources\.service\.config\.url is missing"),
        dg.build_resources({"service": partial}),
    ):
        pass


def test_a_dependency_takes_a_resource_of_any_kind() -> None:
    class Uses(dg.ConfigurableResource):
        client: dg.ResourceDependency[Client]

    @dg.resource
    def made() -> Iterator[Client]:
        yield Client("made")
        LOG.append("client down")

    plain = Client("plain")
    assert Uses(client=plain).client is plain
    with dg.build_resources({"uses": Uses(client=plain)}) as resources:
        assert resources.uses.client is plain
    with dg.build_resources({"uses": Uses(client=made)}) as resources:  # type: ignore[arg-type]
        assert resources.uses.client.url == "made"
    assert LOG == ["client down"]


def test_variables_are_read_when_it_is_set_up(monkeypatch: pytest.MonkeyPatch) -> None:
    service = Service(url=dg.EnvVar("DAGX_TEST_X"), retries=dg.EnvVar.int("DAGX_TEST_N"))
    assert isinstance(service.url, dg.EnvVar)
    monkeypatch.setenv("DAGX_TEST_X", "u")
    monkeypatch.setenv("DAGX_TEST_N", "9")
    with dg.build_resources({"service": service}) as resources:
        assert resources.service == Service(url="u", retries=9)
        assert type(resources.service.url) is str
    monkeypatch.delenv("DAGX_TEST_N")
    with (
        pytest.raises(
            dg.DagsterInvalidConfigError, match=r"resources\.service\.retries .*DAGX_TEST_N, which is not set"
        ),
        dg.build_resources({"service": service}),
    ):
        pass
    assert isinstance(service.url, dg.EnvVar)


def test_variables_stand_in_containers_and_nested_config_too(monkeypatch: pytest.MonkeyPatch) -> None:
    class Part(dg.Config):
        token: str

    class Uses(dg.ConfigurableResource):
        hosts: list[str]
        part: Part

    monkeypatch.setenv("DAGX_TEST_X", "x")
    uses = Uses(hosts=["a", dg.EnvVar("DAGX_TEST_X")], part=Part(token=dg.EnvVar("DAGX_TEST_X")))
    with dg.build_resources({"uses": uses}) as resources:
        assert resources.uses == Uses(hosts=["a", "x"], part=Part(token="x"))


def test_a_validator_sees_the_value_of_a_variable_and_never_the_variable(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Checked(dg.ConfigurableResource):
        url: str

        @pydantic.field_validator("url")
        @classmethod
        def _is_http(cls, url: str) -> str:
            if not url.startswith("http"):
                raise ValueError("no http")
            return url

    checked = Checked(url=dg.EnvVar("DAGX_TEST_X"))
    monkeypatch.setenv("DAGX_TEST_X", "sesame")
    with (
        pytest.raises(dg.DagsterInvalidConfigError, match="no http") as caught,
        dg.build_resources({"checked": checked}),
    ):
        pass
    assert "sesame" not in "".join(traceback.format_exception(caught.value))


def test_yield_for_execution_replaces_the_hooks() -> None:
    class Whole(Logged):
        @contextlib.contextmanager
        def yield_for_execution(self, context: dg.InitResourceContext) -> Iterator[Any]:
            LOG.append("in")
            yield self
            LOG.append("out")

    with pytest.raises(ZeroDivisionError), dg.build_resources({"whole": Whole()}):
        1 / 0  # noqa: B018
    assert LOG == ["in", "out"]


def test_yield_for_execution_may_be_async() -> None:
    class Whole(dg.ConfigurableResource):
        @contextlib.asynccontextmanager
        async def yield_for_execution(self, context: dg.InitResourceContext) -> AsyncIterator[Any]:  # type: ignore[override]
            yield "value"
            LOG.append("out")

    with dg.build_resources({"whole": Whole()}) as resources:
        assert resources.whole == "value"
    assert LOG == ["out"]


def test_create_resource_says_what_users_get() -> None:
    class Factory(dg.ConfigurableResource):
        url: str

        def create_resource(self, context: dg.InitResourceContext) -> Client:
            return Client(self.url)

    with dg.build_resources({"client": Factory(url="u")}) as resources:
        assert resources.client.url == "u"


def test_a_failing_set_up_is_the_cause_and_tears_nothing_of_it_down() -> None:
    class Broken(Logged):
        def setup_for_execution(self, context: dg.InitResourceContext) -> None:
            raise ValueError("broken")

    with pytest.raises(dg.DagsterResourceFunctionError) as caught, dg.build_resources({"broken": Broken()}):
        pass
    assert isinstance(caught.value.__cause__, ValueError)
    assert LOG == []


def test_stand_alone_use() -> None:
    class Opens(dg.ConfigurableResource):
        _opened: bool = pydantic.PrivateAttr(default=False)

        def setup_for_execution(self, context: dg.InitResourceContext) -> None:
            self._opened = True

    assert Opens().process_config_and_initialize()._opened
    with pytest.raises(dg.DagsterInvalidInvocationError, match="process_config_and_initialize_cm"):
        Logged().process_config_and_initialize()
    with Logged(name="alone").process_config_and_initialize_cm() as logged:
        assert logged.name == "alone"
    assert LOG == ["alone up {'name': 'alone'}", "alone down"]


def test_a_class_that_only_sets_up_needs_no_with_block() -> None:
    class Opens(dg.ConfigurableResource):
        def setup_for_execution(self, context: dg.InitResourceContext) -> None:
            LOG.append("up")

    assert dg.build_init_resource_context(resources={"opens": Opens()}).resources.opens == Opens()
    assert LOG == ["up"]


def test_a_function_resource_can_be_built_on_a_class() -> None:
    @dg.resource(config_schema=Service.to_config_schema())
    def service(context: dg.InitResourceContext) -> Any:
        return Service.from_resource_context(context)

    @dg.resource(config_schema=Logged.to_config_schema())
    def logged(context: dg.InitResourceContext) -> Iterator[Any]:
        with Logged.from_resource_context_cm(context) as made:
            yield made

    bound = {"service": service.configured({"url": "u"}), "logged": logged.configured({"name": "l"})}
    with dg.build_resources(bound) as resources:
        assert resources.service == Service(url="u")
        assert resources.logged == Logged(name="l")
    assert LOG == ["l up {'name': 'l'}", "l down"]
    with pytest.raises(dg.DagsterInvalidInvocationError, match="from_resource_context_cm"):
        Logged.from_resource_context(dg.build_init_resource_context(config={}))


def test_it_knows_the_context_of_its_set_up() -> None:
    with pytest.raises(dg.DagsterInvalidInvocationError, match="has not been set up"):
        Service(url="u").get_resource_context()
    with dg.build_resources({"service": Service(url="u")}, instance="i") as resources:
        assert resources.service.get_resource_context().instance == "i"
    context = dg.build_init_resource_context(instance="j")
    assert Service(url="u").with_replaced_resource_context(context).get_resource_context() is context


def test_an_io_manager_is_declared_as_a_class() -> None:
    class Shelf(dg.ConfigurableIOManager):
        base: str

        def handle_output(self, context: dg.OutputContext, obj: Any) -> None:
            """Kept nowhere."""

        def load_input(self, context: dg.InputContext) -> Any:
            return self.base

    shelf = Shelf(base="b")
    assert isinstance(shelf, dg.IOManager)
    assert isinstance(shelf, dg.ConfigurableResource)
    with dg.build_resources(
        {"shelf": shelf}, resource_config={"shelf": {"config": {"base": "c"}}}
    ) as resources:
        assert resources.shelf.load_input(dg.build_input_context()) == "c"


def test_an_io_manager_must_implement_its_methods() -> None:
    class Half(dg.ConfigurableIOManager):
        def load_input(self, context: dg.InputContext) -> Any:
            return None

    with pytest.raises(TypeError, match="handle_output"):
        Half()  # type: ignore[abstract]


def test_a_factory_makes_an_io_manager() -> None:
    class Factory(dg.ConfigurableIOManagerFactory):
        base: str

        def create_io_manager(self, context: dg.InitResourceContext) -> dg.FilesystemIOManager:
            return dg.FilesystemIOManager(self.base)

    with dg.build_resources({"io_manager": Factory(base="b")}) as resources:
        assert isinstance(resources.io_manager, dg.FilesystemIOManager)


def test_permissive_resources_take_other_entries() -> None:
    class Loose(dg.ConfigurableResource):
        model_config = pydantic.ConfigDict(extra="allow")
        url: str

    loose = Loose(url="u", more=1)  # type: ignore[call-arg]
    with dg.build_resources(
        {"loose": loose}, resource_config={"loose": {"config": {"most": 2}}}
    ) as resources:
        assert (resources.loose.more, resources.loose.most) == (1, 2)
