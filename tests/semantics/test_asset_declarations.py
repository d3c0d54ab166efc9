"""Section 2: what `@asset` takes beside its function, and the mistakes that people make with it."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import dagx as dg

ABC = dg.StaticPartitionsDefinition(["a", "b", "c"])


def keys(definition: dg.AssetsDefinition) -> set[str]:
    return {key.to_user_string() for key in definition.dependency_keys}


class Settings(dg.Config):
    n: int = 3


class Database(dg.ConfigurableResource):
    url: str = "here"


# Parameters


def test_a_parameter_called_config_is_run_config_by_its_class() -> None:
    @dg.asset
    def made(config: Settings) -> int:
        return config.n

    assert keys(made) == set()
    assert dg.materialize([made]).asset_value("made") == 3
    config = {"ops": {"made": {"config": {"n": 4}}}}
    assert dg.materialize([made], run_config=config).asset_value("made") == 4


def test_a_parameter_called_config_of_a_plain_type_is_the_raw_value() -> None:
    @dg.asset
    def made(config: int) -> int:
        return config

    assert dg.materialize([made], run_config={"ops": {"made": {"config": 5}}}).asset_value("made") == 5


def test_a_parameter_called_config_without_a_class_takes_any_config() -> None:
    @dg.asset
    def made(config) -> Any:  # type: ignore[no-untyped-def]
        return config

    run_config = {"ops": {"made": {"config": {"n": 1}}}}
    assert dg.materialize([made], run_config=run_config).asset_value("made") == {"n": 1}


def test_config_under_another_name_is_an_upstream_asset() -> None:
    @dg.asset
    def made(settings: Settings) -> None: ...

    assert keys(made) == {"settings"}


def test_a_parameter_annotated_with_a_resource_is_a_resource() -> None:
    @dg.asset
    def made(db: Database, plain: dg.ResourceParam[int], up: int) -> str:
        return f"{db.url} {plain} {up}"

    assert keys(made) == {"up"}
    assert made.required_resource_keys == {"db", "plain", "io_manager"}
    up = dg.asset(name="up")(lambda: 1)
    result = dg.materialize([up, made], resources={"db": Database(url="there"), "plain": 7})
    assert result.asset_value("made") == "there 7 1"


def test_a_resource_may_stand_after_a_star() -> None:
    @dg.asset
    def made(up: int, *, db: Database) -> str:
        return db.url

    up = dg.asset(name="up")(lambda: 1)
    assert dg.materialize([up, made], resources={"db": Database()}).asset_value("made") == "here"


def test_required_resource_keys_and_resource_parameters_exclude_each_other() -> None:
    with pytest.raises(dg.InvalidDefinitionError, match="'db'"):

        @dg.asset(required_resource_keys={"x"})
        def made(db: Database) -> None: ...


def test_config_schema_and_a_config_parameter_exclude_each_other() -> None:
    with pytest.raises(dg.InvalidDefinitionError, match="config_schema and the parameter 'config'"):

        @dg.asset(config_schema={"n": int})
        def made(config: Settings) -> None: ...


def test_an_in_of_nothing_orders_without_a_parameter() -> None:
    order: list[str] = []
    up = dg.asset(name="up")(lambda: order.append("up"))

    @dg.asset(ins={"before": dg.AssetIn("up", dagster_type=dg.Nothing)})
    def made() -> None:
        order.append("made")

    assert keys(made) == {"up"}
    dg.materialize([made, up])
    assert order == ["up", "made"]


def test_the_type_of_an_in_wins_over_the_annotation() -> None:
    up = dg.asset(name="up")(lambda: 1)

    @dg.asset(ins={"up": dg.AssetIn(dagster_type=str)})
    def made(up: int) -> None: ...

    with pytest.raises(dg.TypeCheckDidNotPass, match="str"):
        dg.materialize([up, made])


def test_a_multi_asset_in_deps_stands_for_all_its_assets() -> None:
    both = dg.multi_asset(specs=[dg.AssetSpec("x"), dg.AssetSpec("y")], name="both")(lambda: None)
    assert keys(dg.asset(name="made", deps=[both, dg.SourceAsset("z")])(lambda: None)) == {"x", "y", "z"}


def test_one_dep_in_place_of_a_list_is_said() -> None:
    with pytest.raises(dg.InvalidArgumentError, match=r'write deps=\["up"\]'):
        dg.asset(name="made", deps="up")(lambda: None)


@pytest.mark.parametrize("ins", [{"up": "up"}, {"up": dg.AssetKey("up")}, {"up": dg.AssetDep("up")}])
def test_what_stands_in_ins_is_an_asset_in(ins: Any) -> None:
    with pytest.raises(dg.InvalidArgumentError, match=r"ins\['up'\] is an AssetIn"):
        dg.asset(name="made", ins=ins)(lambda up: None)


def test_classes_that_are_written_beside_the_asset_are_found_by_their_names() -> None:
    class Local(dg.Config):
        n: int = 7

    class LocalDatabase(dg.ConfigurableResource):
        url: str = "local"

    class Thing: ...

    @dg.asset
    def made(config: Local, db: LocalDatabase) -> str:
        return f"{config.n} {db.url}"

    @dg.asset
    def checked() -> Thing:
        return "no thing"  # type: ignore[return-value]

    assert dg.materialize([made], resources={"db": LocalDatabase()}).asset_value("made") == "7 local"
    with pytest.raises(dg.TypeCheckDidNotPass, match="Thing"):
        dg.materialize([checked])


def test_a_config_class_that_is_not_there_is_said() -> None:
    with pytest.raises(
        dg.InvalidDefinitionError, match=r"(?s)'config' is annotated Nowhere.*type checkers only"
    ):

        @dg.asset
        def made(config: Nowhere) -> None: ...  # type: ignore[name-defined]  # noqa: F821


# Other arguments


def test_the_io_manager_is_called_io_manager_unless_it_is_named() -> None:
    assert dg.asset(name="made")(lambda: 1).required_resource_keys == {"io_manager"}
    assert dg.asset(name="made", io_manager_key="x")(lambda: 1).required_resource_keys == {"x"}


def test_an_io_manager_def_is_bound_under_a_name_of_its_own() -> None:
    kept = dg.InMemoryIOManager()
    made = dg.asset(key=["a", "b"], io_manager_def=kept)(lambda: 1)
    assert made.required_resource_keys == {"a__b__io_manager"}
    assert made.resource_defs == {"a__b__io_manager": kept}
    result = dg.materialize([made])
    assert kept.values == {(result.run_id, "a__b", "result"): 1}


def test_io_manager_key_and_io_manager_def_exclude_each_other() -> None:
    with pytest.raises(dg.InvalidArgumentError, match="keep one"):
        dg.asset(name="made", io_manager_key="x", io_manager_def=dg.InMemoryIOManager())(lambda: 1)


def test_a_backfill_policy_of_several_runs_needs_partitions() -> None:
    single, several = dg.BackfillPolicy.single_run(), dg.BackfillPolicy.multi_run(2)
    assert dg.asset(name="made", backfill_policy=single)(lambda: 1).backfill_policy == single
    assert dg.asset(name="made", backfill_policy=several, partitions_def=ABC)(lambda: 1).partitions_def == ABC
    with pytest.raises(dg.InvalidArgumentError, match=r"single_run\(\)"):
        dg.asset(name="made", backfill_policy=several)(lambda: 1)


@pytest.mark.parametrize("pool", ["db", "a/b", "über-pool", "a.b"])
def test_a_pool_is_any_text_without_white_space(pool: str) -> None:
    assert dg.asset(name="made", pool=pool)(lambda: 1).op.pool == pool


@pytest.mark.parametrize("pool", ["a b", "", " ", "a\n", 3])
def test_other_pools_are_refused(pool: Any) -> None:
    with pytest.raises(dg.InvalidDefinitionError, match="pool"):
        dg.asset(name="made", pool=pool)(lambda: 1)


def test_a_pool_can_be_named_by_a_tag_too_but_not_another_one() -> None:
    tags = {"dagster/concurrency_key": "db"}
    assert dg.asset(name="made", pool="db", op_tags=tags)(lambda: 1).op.pool == "db"
    with pytest.raises(dg.InvalidDefinitionError, match="concurrency_key"):
        dg.asset(name="made", pool="api", op_tags=tags)(lambda: 1)
    with pytest.raises(dg.InvalidDefinitionError, match="concurrency_key"):
        dg.op(name="made", pool="api", tags=tags)(lambda: 1)


@pytest.mark.parametrize(
    ("argument", "words"),
    [
        ({"freshness_policy": 3}, "freshness_policy is a FreshnessPolicy"),
        ({"automation_condition": 3}, "automation_condition is a AutomationCondition"),
        ({"partitions_def": ["a"]}, "partitions_def is a PartitionsDefinition"),
        ({"retry_policy": 3}, "retry_policy is a RetryPolicy"),
        ({"backfill_policy": 3}, "backfill_policy is a BackfillPolicy"),
        ({"metadata": ["a"]}, "metadata is a mapping"),
        ({"metadata": {1: "a"}}, "a key of metadata is a str"),
        ({"tags": "a"}, "tags is a mapping"),
        ({"owners": "team:x"}, r'owners=\["team:x"\]'),
        ({"kinds": "python"}, r'kinds={"python"}'),
        ({"ins": "up"}, "ins is a mapping"),
        ({"check_specs": ["x"]}, "check_specs has AssetCheckSpecs"),
        ({"hooks": {3}}, "3 is no hook"),
        ({"name": 3}, "an asset key is a str"),
        ({"code_version": 3}, "code_version is a str"),
        ({"group_name": ""}, "not a valid group"),
        ({"required_resource_keys": "db"}, r'required_resource_keys={"db"}'),
        ({"io_manager_key": dg.InMemoryIOManager()}, "io_manager_def="),
        ({"deps": [dg.AssetIn("up")]}, "give it in ins"),
        ({"deps": 3}, "deps is a list"),
        ({"retry_policy": dg.RetryPolicy}, "retry_policy is a RetryPolicy"),
        ({"partitions_def": dg.DailyPartitionsDefinition}, "partitions_def is a PartitionsDefinition"),
        ({"key_prefix": "a/b"}, r'write the segments as a list: \["a", "b", "made"\]'),
    ],
    ids=lambda value: str(value)[:40],
)
def test_an_argument_of_the_wrong_kind_is_said_at_decoration(argument: dict[str, Any], words: str) -> None:
    arguments: dict[str, Any] = {"name": "made", **argument}
    with pytest.raises(dg.DagxError, match=words):
        dg.asset(**arguments)(lambda: None)


def test_a_legacy_freshness_policy_is_no_freshness_policy() -> None:
    with pytest.warns(DeprecationWarning, match="LegacyFreshnessPolicy"):
        legacy = dg.LegacyFreshnessPolicy(maximum_lag_minutes=5)
    with pytest.raises(dg.InvalidArgumentError, match="freshness_policy is a FreshnessPolicy"):
        dg.asset(name="made", freshness_policy=legacy)(lambda: 1)  # type: ignore[call-overload]


def test_the_older_keywords_are_read() -> None:
    made = dg.asset(name="made", compute_kind="python", non_argument_deps={"up"})(lambda: 1)  # type: ignore[call-overload]
    assert made.get_asset_spec().kinds == {"python"}
    assert keys(made) == {"up"}


@pytest.mark.parametrize("keyword", ["auto_materialize_policy", "legacy_freshness_policy"])
def test_older_policies_are_not_acted_on_and_warn(keyword: str) -> None:
    arguments: dict[str, Any] = {keyword: object()}
    with pytest.warns(DeprecationWarning, match=f"{keyword} is not read"):
        dg.asset(name="made", **arguments)(lambda: 1)


def test_metadata_is_taken_as_it_is_when_the_asset_is_declared() -> None:
    given: dict[str, Any] = {"n": 1}
    made = dg.asset(name="made", metadata=given, tags={"t": "1"})(lambda: 1)
    given["n"] = 2
    assert made.get_asset_spec().metadata == {"n": 1}


def test_hooks_are_called_after_the_step() -> None:
    told: list[str] = []

    @dg.success_hook
    def tell(context: dg.HookContext) -> None:
        told.append(context.step_key)

    made = dg.asset(name="made", hooks={tell})(lambda: 1)
    assert made.hook_defs == {tell}
    dg.materialize([made])
    assert told == ["made"]


def test_what_an_asset_brings_along_is_bound_for_all() -> None:
    made = dg.asset(name="made", required_resource_keys={"r"}, resource_defs={"r": 7})(
        lambda context: context.resources.r
    )
    assert dg.materialize([made]).asset_value("made") == 7


# What can be decorated


def plain() -> int:
    return 1


class Callee:
    def __call__(self, up: int) -> int:
        return up + 1

    def method(self, up: int) -> int:
        return up + 2


def add(up: int, by: int) -> int:
    return up + by


@pytest.mark.parametrize(
    ("function", "name", "value"),
    [
        (plain, None, 1),
        (functools.partial(add, by=10), None, 15),
        (functools.partial(add, 3, by=10), "given", 13),
        (Callee(), "given", 6),
        (Callee().method, None, 7),
        (staticmethod(plain), None, 1),
        (functools.wraps(plain)(lambda: 5), None, 5),
        (functools.lru_cache(plain), None, 1),
        (lambda up: up, "given", 5),
    ],
    ids=[
        "function",
        "partial",
        "bound by position",
        "object",
        "bound method",
        "static",
        "wrapped",
        "cached",
        "lambda",
    ],
)
def test_whatever_can_be_called_can_be_an_asset(
    function: Callable[..., Any], name: str | None, value: int
) -> None:
    up = dg.asset(name="up")(lambda: 5)
    made = dg.asset(name=name)(function)
    assert dg.materialize([up, made]).asset_value(made.key) == value


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (Callee, "Callee is a class"),
        (Callee.method, r"(?s)Callee.method is a method.*move it out of the class"),
        (lambda: 1, r"(?s)a lambda has no name.*name= or key="),
        (Callee(), r"(?s)has no name.*name= or key="),
        (dg.asset(name="x")(plain), "which is an asset already"),
        (dg.op(name="x")(plain), "which is an op already"),
        ("orders", r"(?s)decorates a function, not 'orders'.*@asset\(name='orders'\)"),
        (3, "decorates a function, not 3"),
    ],
    ids=["class", "method", "lambda", "object", "asset", "op", "str", "int"],
)
def test_what_cannot_be_an_asset_is_said_with_the_way_out(function: Any, words: str) -> None:
    with pytest.raises(dg.DagxError, match=words):
        dg.asset(function)


def test_a_parameter_that_nothing_can_fill_is_refused() -> None:
    with pytest.raises(dg.InvalidDefinitionError, match=r"(?s)'context', which stands after a \*"):

        @dg.asset
        def made(*, context: Any) -> None: ...


def test_a_method_in_a_class_body_is_refused_where_it_stands() -> None:
    with pytest.raises(dg.InvalidDefinitionError, match=r"Holder\.made is a method"):

        class Holder:
            @dg.asset
            def made(self) -> int:
                return 1


def test_a_builtin_without_a_signature_is_refused() -> None:
    with pytest.raises(dg.InvalidDefinitionError, match="signature"):
        dg.asset(name="made")(dict.update)


def test_a_forgotten_call_of_asset_is_an_asset_all_the_same() -> None:
    @dg.asset()
    def made() -> int:
        return 1

    @dg.asset
    def bare() -> int:
        return 1

    assert dg.materialize([made, bare]).success


def test_a_decorator_that_was_never_applied_is_said_where_it_is_used() -> None:
    with pytest.raises(dg.DagxError, match="asset"):
        dg.materialize([dg.asset(name="x")])  # type: ignore[list-item]


def test_the_module_and_docstring_are_those_of_the_function() -> None:
    made = dg.asset(plain)
    assert (made.__name__, made.__module__) == ("plain", __name__)  # type: ignore[attr-defined]


def generator() -> Iterator[Any]:
    yield dg.Output(1)


def test_a_generator_is_read_as_one_also_below_a_wrapper() -> None:
    @functools.wraps(generator)
    def wrapped() -> Iterator[Any]:
        return generator()

    assert dg.materialize([dg.asset(wrapped)]).asset_value("generator") == 1
