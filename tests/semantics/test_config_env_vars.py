"""Sections 10 and 11: settings from the environment."""

import copy
import pickle

import pytest

import dagx as dg


class Settings(dg.Config):
    name: str = "x"
    count: int = 0
    share: float = 0.5
    on: bool = False
    many: list[int] = []  # noqa: RUF012  # pydantic copies it


def read(raw: dict[str, object]) -> Settings:
    """What a run makes of raw config."""

    @dg.asset
    def reads(config: Settings) -> Settings:
        return config

    run_config = {"ops": {"reads": {"config": raw}}}
    settings = dg.materialize_to_memory([reads], run_config=run_config).output_for_node("reads")
    assert isinstance(settings, Settings)
    return settings


def test_an_env_var_is_a_str_that_has_no_value() -> None:
    variable = dg.EnvVar("DAGX_TEST_X")
    assert isinstance(variable, str)
    assert variable.env_var_name == "DAGX_TEST_X"
    assert repr(variable) == "EnvVar('DAGX_TEST_X')"
    with pytest.raises(RuntimeError, match="DAGX_TEST_X"):
        str(variable)
    with pytest.raises(RuntimeError):
        f"{variable}"


def test_its_value_can_be_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    variable, number = dg.EnvVar("DAGX_TEST_X"), dg.EnvVar.int("DAGX_TEST_N")
    assert variable.get_value() is None
    assert variable.get_value("default") == "default"
    assert number.get_value(7) == 7
    monkeypatch.setenv("DAGX_TEST_X", "here")
    monkeypatch.setenv("DAGX_TEST_N", "12")
    assert variable.get_value("default") == "here"
    assert number.get_value() == 12


def test_an_int_from_the_environment_is_no_number_yet() -> None:
    number = dg.EnvVar.int("DAGX_TEST_N")
    assert isinstance(number, int)
    for use in (str, int):
        with pytest.raises(RuntimeError, match="DAGX_TEST_N"):
            use(number)


def test_env_vars_are_equal_by_name_and_can_be_copied() -> None:
    one = dg.EnvVar("DAGX_TEST_X")
    assert one == dg.EnvVar("DAGX_TEST_X")
    assert one != dg.EnvVar("DAGX_TEST_Y")
    assert one != "DAGX_TEST_X"
    assert copy.deepcopy(one) == pickle.loads(pickle.dumps(one)) == one
    number = dg.EnvVar.int("DAGX_TEST_N")
    assert copy.deepcopy(number) == pickle.loads(pickle.dumps(number)) == number


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [
        ("name", "7", "7"),
        ("count", "7", 7),
        ("count", "-7", -7),
        ("share", "0.25", 0.25),
        ("on", "true", True),
        ("on", "False", False),
        ("on", "1", True),
    ],
)
def test_a_leaf_may_name_a_variable_whose_text_is_converted(
    field: str, text: str, value: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DAGX_TEST_X", text)
    found = getattr(read({field: {"env": "DAGX_TEST_X"}}), field)
    assert found == value
    assert type(found) is type(value)


def test_a_variable_may_stand_in_a_list(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DAGX_TEST_X", "7")
    assert read({"many": [1, {"env": "DAGX_TEST_X"}]}).many == [1, 7]


@pytest.mark.parametrize(
    ("field", "text"), [("count", "seven"), ("count", "7.5"), ("on", "maybe"), ("share", "")]
)
def test_a_text_that_is_no_such_value_is_refused_and_not_shown(
    field: str, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DAGX_TEST_X", text)
    with pytest.raises(
        dg.DagsterInvalidConfigError, match=f"{field} is the environment variable DAGX_TEST_X"
    ) as caught:
        read({field: {"env": "DAGX_TEST_X"}})
    assert text not in str(caught.value) or not text


def test_a_variable_that_is_not_set_is_refused() -> None:
    with pytest.raises(dg.DagsterInvalidConfigError, match="DAGX_TEST_X, which is not set"):
        read({"name": {"env": "DAGX_TEST_X"}})


def test_a_field_holds_the_variable_itself_outside_of_a_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DAGX_TEST_X", "here")
    settings = Settings(name=dg.EnvVar("DAGX_TEST_X"), count=dg.EnvVar.int("DAGX_TEST_N"))
    assert settings.name == dg.EnvVar("DAGX_TEST_X")
    with pytest.raises(RuntimeError):
        str(settings.name)
    assert isinstance(settings.count, int)


class Service(dg.ConfigurableResource):
    url: str


def test_a_tick_of_a_sensor_or_a_schedule_reads_variables_as_a_run_does(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen: list[str] = []

    @dg.sensor(job_name="j")
    def looks(service: Service) -> dg.SkipReason:
        seen.append(service.url)
        return dg.SkipReason("seen")

    @dg.schedule("@daily", job_name="j")
    def ticks(service: Service) -> dg.SkipReason:
        seen.append(service.url)
        return dg.SkipReason("seen")

    bound = {"service": Service(url=dg.EnvVar("DAGX_TEST_X"))}
    with pytest.raises(dg.DagsterInvalidConfigError, match="DAGX_TEST_X, which is not set"):
        looks.evaluate_tick(dg.build_sensor_context(resources=bound))
    monkeypatch.setenv("DAGX_TEST_X", "here")
    looks.evaluate_tick(dg.build_sensor_context(resources=bound))
    ticks.evaluate_tick(dg.build_schedule_context(resources=bound))
    assert seen == ["here", "here"]


def test_an_env_var_is_no_empty_name() -> None:
    with pytest.raises(dg.DagxError):
        dg.EnvVar("")


def test_all_variables_that_are_not_set_are_told_at_once_before_anything_is_set_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("NO_1", "NO_2", "NO_3"):
        monkeypatch.delenv(name, raising=False)
    opened: list[str] = []

    class First(dg.ConfigurableResource):
        a: str = ""

        def setup_for_execution(self, context: dg.InitResourceContext) -> None:
            opened.append("first")

    class Second(dg.ConfigurableResource):
        first: First
        b: int

    @dg.asset
    def needs(first: First, second: Second) -> None: ...

    bound = {
        "first": First(a="set"),
        "second": Second(first=First(a=dg.EnvVar("NO_1")), b=dg.EnvVar.int("NO_2")),
        "unused": First(a=dg.EnvVar("NO_3")),
    }
    with pytest.raises(dg.InvalidConfigError) as caught:
        dg.materialize([needs], resources=bound)
    assert "NO_1" in str(caught.value)
    assert "NO_2" in str(caught.value)
    assert "NO_3" not in str(caught.value)
    assert opened == []
