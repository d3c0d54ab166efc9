"""Section 21: what `@asset_check` and `@multi_asset_check` make of functions, and how checks fit into definitions."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from typing import Any

import pytest

import dagx as dg

PASSED = dg.AssetCheckResult(passed=True)
ORDERS = dg.AssetKey(["raw", "orders"])


class Limits(dg.Config):
    most: int = 2


def passing(asset: Any = "orders", **arguments: Any) -> dg.AssetChecksDefinition:
    """A check named `sound` that passes."""

    @dg.asset_check(asset=asset, **arguments)
    def sound() -> dg.AssetCheckResult:
        return PASSED

    return sound


@dg.asset
def orders() -> list[int]:
    return [1, 2]


# The decorator


def test_a_check_is_named_after_its_function_and_described_by_its_docstring() -> None:
    @dg.asset_check(asset=orders)
    def no_nulls() -> dg.AssetCheckResult:
        """No row lacks an id."""
        return PASSED

    assert isinstance(no_nulls, dg.AssetChecksDefinition)
    assert no_nulls.check_key == dg.AssetCheckKey(dg.AssetKey("orders"), "no_nulls")
    (spec,) = no_nulls.check_specs
    assert (spec.name, spec.asset_key.to_user_string()) == ("no_nulls", "orders")
    assert spec.description == "No row lacks an id."
    assert (spec.blocking, spec.metadata, spec.additional_deps) == (False, {}, ())
    assert no_nulls.get_spec_for_check_key(no_nulls.check_key) is spec


def test_the_arguments_of_the_decorator_are_those_of_the_spec_and_the_step() -> None:
    retries = dg.RetryPolicy(max_retries=2)
    condition = dg.AutomationCondition.eager()
    database = object()

    @dg.asset_check(
        asset=ORDERS,
        name="is_sound",
        description="Said here.",
        blocking=True,
        additional_deps=["customers"],
        required_resource_keys={"db"},
        resource_defs={"db": database},
        config_schema={"most": int},
        compute_kind="sql",
        op_tags={"team": "a"},
        retry_policy=retries,
        metadata={"limit": 3},
        automation_condition=condition,
        pool="heavy",
    )
    def anything(context: dg.AssetCheckExecutionContext) -> dg.AssetCheckResult:
        """Not this."""
        return PASSED

    (spec,) = anything.check_specs
    assert spec.key == dg.AssetCheckKey(ORDERS, "is_sound")
    assert (spec.description, spec.blocking, spec.metadata) == ("Said here.", True, {"limit": 3})
    assert spec.automation_condition is condition
    assert [dep.asset_key.to_user_string() for dep in spec.additional_deps] == ["customers"]
    assert anything.required_resource_keys == {"db"}
    assert anything.resource_defs == {"db": database}
    op = anything.op
    assert op is anything.node_def
    assert (op.name, op.pool, op.retry_policy) == ("raw__orders_is_sound", "heavy", retries)
    assert op.tags == {"dagster/compute_kind": "sql", "team": "a"}


@pytest.mark.parametrize(
    "asset",
    [orders, "orders", ["orders"], dg.AssetKey("orders"), dg.AssetSpec("orders")],
    ids=["definition", "str", "list", "key", "spec"],
)
def test_the_asset_is_given_by_definition_key_or_spec(asset: Any) -> None:
    assert passing(asset).check_key == dg.AssetCheckKey(dg.AssetKey("orders"), "sound")


def test_the_step_is_called_as_the_asset_and_the_check() -> None:
    assert passing(ORDERS).name == "raw__orders_sound"
    result = dg.materialize([passing()])
    assert result.is_node_success("orders_sound")


def test_it_makes_no_assets() -> None:
    check = passing()
    assert check.keys == set()
    assert check.specs == ()
    assert check.check_keys == {check.check_key}


@pytest.mark.parametrize("name", ["no nulls", "no-nulls", "raw/no_nulls", ""])
def test_the_name_of_a_check_is_letters_digits_and_underscores(name: str) -> None:
    with pytest.raises(dg.InvalidDefinitionError, match="not a valid name for a check"):
        passing(name=name)


def test_a_lambda_needs_a_name() -> None:
    with pytest.raises(dg.InvalidDefinitionError, match="not a valid name"):
        dg.asset_check(asset="orders")(lambda: PASSED)
    assert dg.asset_check(asset="orders", name="x")(lambda: PASSED).check_key.name == "x"


def test_only_functions_are_decorated() -> None:
    with pytest.raises(dg.InvalidArgumentError, match="takes a function, not 3"):
        dg.asset_check(asset="orders")(3)  # type: ignore[arg-type]  # what users without a checker may write


# Parameters


@pytest.mark.parametrize("name", ["orders", "frame", "ctx", "anything_else"])
def test_the_one_parameter_receives_the_asset_whatever_its_name(name: str) -> None:
    seen: list[object] = []

    def write() -> Any:
        scope: dict[str, Any] = {"seen": seen, "PASSED": PASSED}
        exec(f"def sound({name}):\n    seen.append({name})\n    return PASSED", scope)
        return scope["sound"]

    check = dg.asset_check(asset=orders)(write())
    assert check.keys_by_input_name == {name: dg.AssetKey("orders")}
    assert dg.materialize([orders, check]).success
    assert seen == [[1, 2]]


def test_without_a_parameter_nothing_is_loaded_and_it_runs_after_the_asset() -> None:
    ran: list[str] = []

    @dg.asset
    def target() -> None:
        ran.append("target")

    @dg.asset_check(asset=target)
    def looked_at() -> dg.AssetCheckResult:
        ran.append("check")
        return PASSED

    assert dg.materialize([looked_at, target]).success
    assert ran == ["target", "check"]


def test_two_parameters_need_to_be_told_apart() -> None:
    with pytest.raises(dg.InvalidDefinitionError, match="parameters orders, customers") as error:

        @dg.asset_check(asset="orders")
        def sound(orders: object, customers: object) -> dg.AssetCheckResult:
            return PASSED

    assert 'additional_ins={"customers": AssetIn("customers")}' in str(error.value)


def test_additional_ins_receive_other_assets() -> None:
    customers = dg.asset(name="customers", key_prefix="raw")(lambda: ["ann"])

    @dg.asset_check(asset=orders, additional_ins={"people": dg.AssetIn(key=["raw", "customers"])})
    def sound(rows: list[int], people: list[str]) -> dg.AssetCheckResult:
        return dg.AssetCheckResult(passed=(rows, people) == ([1, 2], ["ann"]))

    (spec,) = sound.check_specs
    assert [dep.asset_key.to_user_string() for dep in spec.additional_deps] == ["raw/customers"]
    result = dg.materialize([sound, orders, customers])
    assert [one.passed for one in result.get_asset_check_evaluations()] == [True]


def test_additional_ins_alone_leave_the_asset_unloaded() -> None:
    customers = dg.asset(name="customers")(lambda: ["ann"])

    @dg.asset_check(asset=orders, additional_ins={"customers": dg.AssetIn()})
    def sound(customers: list[str]) -> dg.AssetCheckResult:
        return dg.AssetCheckResult(passed=customers == ["ann"])

    assert dg.materialize([sound, orders, customers]).get_asset_check_evaluations()[0].passed


def test_additional_deps_run_before_and_are_not_loaded() -> None:
    ran: list[str] = []

    @dg.asset
    def customers() -> None:
        ran.append("customers")

    @dg.asset_check(asset=orders, additional_deps=[customers])
    def sound() -> dg.AssetCheckResult:
        ran.append("sound")
        return PASSED

    assert dg.materialize([sound, orders, customers]).success
    assert ran == ["customers", "sound"]


def test_the_asset_itself_in_additional_deps_is_refused() -> None:
    with pytest.raises(dg.InvalidDefinitionError, match="additional_deps") as error:
        passing(orders, additional_deps=[orders])
    assert isinstance(error.value, ValueError)


def test_the_asset_itself_in_additional_ins_is_refused() -> None:
    with pytest.raises(dg.InvalidDefinitionError, match="additional_ins"):

        @dg.asset_check(asset=orders, additional_ins={"rows": dg.AssetIn("orders")})
        def sound(rows: object) -> dg.AssetCheckResult:
            return PASSED


def test_additional_ins_name_parameters_of_the_function() -> None:
    with pytest.raises(dg.InvalidDefinitionError, match="no parameter of the function"):
        passing(additional_ins={"customers": dg.AssetIn()})


def test_a_check_takes_context_config_and_resources_as_an_asset_does() -> None:
    seen: dict[str, object] = {}

    @dg.asset_check(asset=orders)
    def sound(
        context: dg.AssetCheckExecutionContext, rows: list[int], config: Limits, db: dg.ResourceParam[str]
    ) -> dg.AssetCheckResult:
        seen.update(context=type(context), rows=rows, most=config.most, db=db, specs=context.check_specs)
        return PASSED

    result = dg.materialize(
        [orders, sound],
        resources={"db": "the database"},
        run_config={"ops": {"orders_sound": {"config": {"most": 7}}}},
    )
    assert result.success
    assert seen == {
        "context": dg.AssetCheckExecutionContext,
        "rows": [1, 2],
        "most": 7,
        "db": "the database",
        "specs": sound.check_specs,
    }


def test_a_check_finds_its_resources_at_the_context_and_brings_its_own() -> None:
    @dg.asset_check(asset="orders", required_resource_keys={"db"}, resource_defs={"db": "own"})
    def sound(context: dg.AssetCheckExecutionContext) -> dg.AssetCheckResult:
        return dg.AssetCheckResult(passed=context.resources.db == "own")

    assert dg.materialize([sound]).get_asset_check_evaluations()[0].passed


def test_a_missing_resource_of_a_check_is_told_at_resolve() -> None:
    check = passing(required_resource_keys={"db"})
    with pytest.raises(
        dg.InvalidDefinitionError, match=r'"db" is not defined \(needed by check orders:sound\)'
    ):
        dg.Definitions.validate_loadable(dg.Definitions(assets=[orders], asset_checks=[check]))
    given = check.with_resources({"db": 1, "other": 2})
    assert isinstance(given, dg.AssetChecksDefinition)
    assert given.resource_defs == {"db": 1}


def test_the_type_of_the_parameter_is_enforced() -> None:
    @dg.asset_check(asset=orders)
    def sound(rows: str) -> dg.AssetCheckResult:
        return PASSED

    with pytest.raises(dg.DagsterTypeCheckDidNotPass, match="str"):
        dg.materialize([orders, sound])


def test_what_a_check_is_annotated_to_return_is_never_refused() -> None:
    results: list[object] = [
        dg.AssetCheckResult,
        Iterable[dg.AssetCheckResult],
        Iterator[dg.AssetCheckResult],
        Generator[dg.AssetCheckResult, None, None],
        Sequence[dg.AssetCheckResult],
        dg.AssetCheckResult | None,
        dg.AssetCheckResult | dg.AssetObservation,
    ]
    for annotation in results:

        def sound() -> Any:
            return PASSED

        sound.__annotations__["return"] = annotation
        check = dg.asset_check(asset="orders")(sound)
        assert dg.materialize([check]).get_asset_check_evaluations()[0].passed


# Called directly


def test_calling_a_check_calls_its_function() -> None:
    @dg.asset_check(asset=orders)
    def not_empty(context: dg.AssetCheckExecutionContext, rows: list[int]) -> dg.AssetCheckResult:
        assert [spec.name for spec in context.check_specs] == ["not_empty"]
        return dg.AssetCheckResult(passed=bool(rows))

    assert not_empty(dg.build_asset_check_context(), []) == dg.AssetCheckResult(passed=False)
    assert not_empty(dg.build_asset_check_context(), rows=[1]) == PASSED
    with pytest.raises(dg.DagsterInvalidInvocationError, match="context"):
        not_empty()


def test_a_check_built_by_hand_has_the_resources_of_its_context() -> None:
    @dg.asset_check(asset=orders)
    def sound(db: dg.ResourceParam[str]) -> dg.AssetCheckResult:
        return dg.AssetCheckResult(passed=db == "here")

    assert sound(dg.build_asset_check_context(resources={"db": "here"})).passed
    assert sound(db="here").passed


# Several checks of one function


def two_checks(**arguments: Any) -> dg.AssetChecksDefinition:
    specs = [dg.AssetCheckSpec("x", asset="a"), dg.AssetCheckSpec("y", asset="b")]

    @dg.multi_asset_check(specs=specs, **arguments)
    def both(context: dg.AssetCheckExecutionContext) -> Any:
        for key in sorted(context.selected_asset_check_keys):
            yield dg.AssetCheckResult(passed=True, asset_key=key.asset_key, check_name=key.name)

    return both


def test_a_multi_asset_check_is_one_step_with_several_checks() -> None:
    check = two_checks(description="Both.", pool="heavy", compute_kind="sql")
    assert check.name == "both"
    assert {key.to_user_string() for key in check.check_keys} == {"a:x", "b:y"}
    assert (check.op.description, check.op.pool) == ("Both.", "heavy")
    assert check.op.tags == {"dagster/compute_kind": "sql"}
    assert two_checks(name="called").name == "called"
    with pytest.raises(dg.InvariantViolationError, match="has 2 checks, not one"):
        _ = check.check_key
    with pytest.raises(dg.InvariantViolationError, match="did you mean"):
        check.get_spec_for_check_key(dg.AssetCheckKey(dg.AssetKey("a"), "xx"))


def test_a_multi_asset_check_receives_the_assets_of_its_parameters_names_and_of_ins() -> None:
    a = dg.asset(name="a")(lambda: 1)
    c = dg.asset(name="c")(lambda: 3)

    @dg.multi_asset_check(
        specs=[dg.AssetCheckSpec("x", asset="a"), dg.AssetCheckSpec("y", asset="a")],
        ins={"other": dg.AssetIn("c")},
    )
    def both(a: int, other: int) -> Any:
        yield dg.AssetCheckResult(passed=a == 1, check_name="x")
        yield dg.AssetCheckResult(passed=other == 3, check_name="y")

    result = dg.materialize([both, a, c])
    found = {one.check_name: one.passed for one in result.get_asset_check_evaluations()}
    assert found == {"x": True, "y": True}


@pytest.mark.parametrize(
    ("specs", "error", "said"),
    [
        ([], dg.InvalidDefinitionError, "no checks"),
        (dg.AssetCheckSpec("x", asset="a"), dg.InvalidArgumentError, "list of specs"),
        (["a:x"], dg.InvalidArgumentError, "AssetCheckSpecs"),
        ([dg.AssetCheckSpec("x", asset="a")] * 2, dg.InvalidDefinitionError, "a:x twice"),
        (
            [
                dg.AssetCheckSpec("x", asset="a", partitions_def=dg.StaticPartitionsDefinition(["p"])),
                dg.AssetCheckSpec("y", asset="a"),
            ],
            dg.InvalidDefinitionError,
            "different partitions",
        ),
    ],
    ids=["none", "no_list", "no_spec", "twice", "partitions"],
)
def test_the_specs_of_a_multi_asset_check(specs: Any, error: type[Exception], said: str) -> None:
    with pytest.raises(error, match=said):
        dg.multi_asset_check(specs=specs)(lambda: None)


# Among definitions


@pytest.mark.parametrize(
    "define",
    [
        lambda check: dg.Definitions(assets=[orders, check]),
        lambda check: dg.Definitions(assets=[orders], asset_checks=[check]),
        lambda check: dg.Definitions.merge(
            dg.Definitions(assets=[orders]), dg.Definitions(asset_checks=[check])
        ),
    ],
    ids=["assets", "asset_checks", "merged"],
)
def test_checks_are_members_among_assets_or_apart(
    define: Callable[[dg.AssetChecksDefinition], dg.Definitions],
) -> None:
    check = passing(orders)
    definitions = define(check)
    dg.Definitions.validate_loadable(definitions)
    graph = definitions.resolve_asset_graph()
    assert graph.asset_check_keys == {check.check_key}
    assert graph.get("orders").check_keys == {check.check_key}
    assert graph.get_check_spec(check.check_key) == check.check_specs[0]
    result = definitions.resolve_implicit_global_asset_job_def().execute_in_process()
    assert [one.asset_check_key for one in result.get_asset_check_evaluations()] == [check.check_key]


def test_the_same_check_twice_is_one_check() -> None:
    check = passing(orders)
    dg.Definitions.validate_loadable(dg.Definitions(assets=[orders, check], asset_checks=[check]))


def inline() -> dg.AssetsDefinition:
    return dg.asset(name="orders", check_specs=[dg.AssetCheckSpec("sound", asset="orders")])(lambda: None)


@pytest.mark.parametrize(
    "members",
    [
        [passing(), passing()],
        [inline(), passing()],
        [passing(), dg.multi_asset_check(specs=passing().check_specs, name="m")(lambda: None)],
    ],
    ids=["two functions", "inline too", "multi too"],
)
def test_one_key_for_two_checks_is_refused(members: list[Any]) -> None:
    with pytest.raises(dg.InvalidDefinitionError, match="the check orders:sound is defined twice") as error:
        dg.Definitions.validate_loadable(dg.Definitions(assets=members))
    assert str(error.value).count("defined twice") == 1


def test_two_assets_have_checks_of_one_name() -> None:
    dg.Definitions.validate_loadable(dg.Definitions(assets=[passing("a"), passing("b")]))


def test_the_asset_of_a_check_need_not_be_defined() -> None:
    definitions = dg.Definitions(asset_checks=[passing("elsewhere")])
    dg.Definitions.validate_loadable(definitions)
    assert definitions.resolve_asset_graph().get("elsewhere").is_external
    assert dg.materialize([passing("elsewhere")]).success


@pytest.mark.parametrize("elsewhere", [[], [dg.AssetSpec("elsewhere")]], ids=["undefined", "external"])
def test_the_job_of_everything_has_the_checks_of_assets_made_elsewhere(elsewhere: list[Any]) -> None:
    definitions = dg.Definitions(
        assets=[orders, *elsewhere],
        asset_checks=[passing("elsewhere"), passing(orders)],
        jobs=[
            dg.define_asset_job("assets"),
            dg.define_asset_job("checks", dg.AssetSelection.all_asset_checks()),
        ],
    )

    def checked(job: dg.JobDefinition) -> set[str]:
        found = job.execute_in_process().get_asset_check_evaluations()
        return {one.asset_check_key.to_user_string() for one in found}

    both = {"elsewhere:sound", "orders:sound"}
    assert checked(definitions.resolve_implicit_global_asset_job_def()) == both
    assert checked(definitions.resolve_job_def("checks")) == both
    assert checked(definitions.resolve_job_def("assets")) == {"orders:sound"}


def test_what_a_check_needs_beside_its_asset_must_be_defined() -> None:
    check = passing(orders, additional_deps=["custmers"])
    customers = dg.asset(name="customers")(lambda: None)
    with pytest.raises(
        dg.InvalidDefinitionError, match=r'"custmers" is not defined \(needed by check orders:sound\)'
    ) as error:
        dg.Definitions.validate_loadable(dg.Definitions(assets=[orders, customers], asset_checks=[check]))
    assert 'did you mean "customers"' in str(error.value)


def test_a_parameter_of_a_check_that_is_no_asset_is_refused() -> None:
    @dg.asset_check(asset=orders, additional_ins={"unknown": dg.AssetIn()})
    def sound(unknown: object) -> dg.AssetCheckResult:
        return PASSED

    with pytest.raises(dg.InvalidDefinitionError, match='"unknown" is not defined'):
        dg.materialize([orders, sound])


def test_a_blocking_check_that_needs_what_it_holds_back_is_a_cycle() -> None:
    below = dg.asset(name="below")(lambda orders: None)
    check = passing(orders, additional_deps=[below], blocking=True)
    with pytest.raises(dg.CircularDependencyError, match="orders_sound"):
        dg.materialize([orders, below, check])


def test_checks_of_modules_get_the_prefix_of_their_assets() -> None:
    moved = passing(orders, additional_deps=["customers"]).with_attributes(
        asset_key_replacements={
            dg.AssetKey("orders"): ORDERS,
            dg.AssetKey("customers"): dg.AssetKey(["raw", "customers"]),
        }
    )
    assert moved.name == "raw__orders_sound"
    (spec,) = moved.check_specs
    assert spec.key == dg.AssetCheckKey(ORDERS, "sound")
    assert [dep.asset_key.to_user_string() for dep in spec.additional_deps] == ["raw/customers"]
    result = dg.materialize([moved])
    assert result.get_asset_check_evaluations()[0].asset_key == ORDERS
