"""Section 2: what each parameter of an asset function is, and `ins` against `deps`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import dagx as dg

if TYPE_CHECKING:
    from decimal import Decimal


def deps_of(definition: dg.AssetsDefinition) -> set[str]:
    return {key.to_user_string() for key in definition.dependency_keys}


def test_the_first_parameter_is_the_context_by_its_name_alone() -> None:
    for name in ("context", "_context", "context_", "_"):
        scope: dict[str, Any] = {}
        exec(f"def made({name}, up): return up", scope)
        assert deps_of(dg.asset(scope["made"])) == {"up"}


def test_a_first_parameter_called_ctx_is_an_upstream_asset() -> None:
    @dg.asset
    def made(ctx: dg.AssetExecutionContext) -> None: ...

    assert deps_of(made) == {"ctx"}


def test_a_context_annotated_as_something_else_is_rejected() -> None:
    with pytest.raises(dg.InvalidDefinitionError, match="annotated as something else"):

        @dg.asset
        def made(context: int) -> None: ...


def test_a_context_may_be_annotated_in_either_way() -> None:
    @dg.asset
    def one(context: dg.AssetExecutionContext) -> None: ...

    @dg.asset
    def other(context: dg.OpExecutionContext) -> None: ...

    assert dg.materialize([one, other]).success


def test_a_context_in_a_later_position_is_rejected() -> None:
    with pytest.raises(dg.InvalidDefinitionError, match="'context' is a reserved name"):

        @dg.asset
        def made(up: int, context: Any) -> None: ...


def test_a_default_does_not_make_a_dependency_optional() -> None:
    @dg.asset
    def made(up: int = 3) -> None: ...

    assert deps_of(made) == {"up"}
    with pytest.raises(dg.InvalidDefinitionError, match='"up" is not defined'):
        dg.materialize([made])


def test_keyword_only_parameters_are_ignored() -> None:
    @dg.asset
    def made(up: int, *, tuning: int = 3) -> int:
        return tuning

    assert deps_of(made) == {"up"}
    up, tuning = (dg.asset(name=name)(lambda: 9) for name in ("up", "tuning"))
    assert dg.materialize([up, tuning, made]).asset_value("made") == 3


def test_star_args_are_rejected() -> None:
    with pytest.raises(dg.InvalidDefinitionError, match=r"takes \*args"):

        @dg.asset
        def made(*args: int) -> None: ...


def test_ins_pass_through_star_star_kwargs() -> None:
    up = dg.asset(name="up")(lambda: 4)

    @dg.asset(ins={"x": dg.AssetIn("up")})
    def made(**kwargs: int) -> int:
        return kwargs["x"] + 1

    assert dg.materialize([up, made]).asset_value("made") == 5


def test_an_in_that_names_no_parameter_is_rejected() -> None:
    with pytest.raises(dg.InvalidDefinitionError, match="ins names 'x'"):
        dg.asset(name="made", ins={"x": dg.AssetIn("up")})(lambda y: y)


def test_an_in_has_a_key_or_a_prefix() -> None:
    @dg.asset(ins={"a": dg.AssetIn("up"), "b": dg.AssetIn(key_prefix=["raw"])})
    def made(a: int, b: int) -> None: ...

    assert deps_of(made) == {"up", "raw/b"}
    with pytest.raises(dg.InvalidArgumentError):
        dg.AssetIn(key="a", key_prefix="b")


def test_two_parameters_may_stand_for_the_same_asset() -> None:
    up = dg.asset(name="up")(lambda: 4)

    @dg.asset(ins={"a": dg.AssetIn("up"), "b": dg.AssetIn("up")})
    def made(a: int, b: int) -> int:
        return a + b

    assert dg.materialize([up, made]).asset_value("made") == 8


def test_deps_take_whatever_has_a_key() -> None:
    @dg.asset
    def one() -> None: ...

    @dg.asset(deps=[one, "a/b", ["c", "d"], dg.AssetKey("e"), dg.AssetSpec("f"), dg.AssetDep("g")])
    def made() -> None: ...

    assert made.dependency_keys == {
        dg.AssetKey(path) for path in (["one"], ["a/b"], ["c", "d"], ["e"], ["f"], ["g"])
    }


def test_exact_duplicates_in_deps_collapse() -> None:
    @dg.asset(deps=["a", dg.AssetKey("a"), dg.AssetDep("a")])
    def made() -> None: ...

    assert len(made.get_asset_spec().deps) == 1


def test_the_same_dep_with_other_details_is_an_error() -> None:
    with pytest.raises(dg.InvariantViolationError, match="twice with different details"):
        dg.asset(name="m", deps=["a", dg.AssetDep("a", metadata={"x": 1})])(lambda: None)


def test_a_key_may_be_parameter_and_dep_when_the_in_says_nothing_of_the_edge() -> None:
    @dg.asset(deps=[dg.AssetDep("up", metadata={"x": 1})], ins={"u": dg.AssetIn("up")})
    def made(u: int) -> None: ...

    assert made.get_asset_spec().deps == [dg.AssetDep("up", metadata={"x": 1})]
    with pytest.raises(dg.InvalidDefinitionError):
        dg.asset(name="m", deps=["up"], ins={"u": dg.AssetIn("up", metadata={"y": 1})})(lambda u: None)


def test_an_asset_cannot_depend_on_itself() -> None:
    with pytest.raises(dg.InvalidDefinitionError, match="depends on itself"):

        @dg.asset
        def made(made: int) -> None: ...


def test_a_plain_function_in_deps_is_refused_with_the_way_out() -> None:
    def helper() -> None: ...

    with pytest.raises(dg.InvalidArgumentError, match="decorate it with @asset"):
        dg.asset(name="m", deps=[helper])(lambda: None)


def test_an_annotation_that_only_type_checkers_see_is_not_checked() -> None:
    up = dg.asset(name="up")(lambda: "not a Decimal")

    @dg.asset
    def made(up: Decimal) -> Any:
        return up

    assert dg.materialize([up, made]).success


def test_a_resource_whose_type_only_checkers_see_is_still_a_resource() -> None:
    @dg.asset
    def made(db: dg.ResourceParam[Decimal]) -> Any:
        return db

    assert deps_of(made) == set()
    assert dg.materialize([made], resources={"db": 3}).asset_value("made") == 3
