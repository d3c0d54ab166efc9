"""Sections 1 and 21: the keys, specs, results and evaluations of asset checks."""

from __future__ import annotations

import pytest

import dagx as dg

ORDERS = dg.AssetKey(["raw", "orders"])


class NumpyLikeTruth:
    """What numpy's comparisons give: no bool, but one by `item()`."""

    ndim = 0

    def item(self) -> bool:
        return True


def test_the_user_string_of_a_check_key_is_the_asset_a_colon_and_the_name() -> None:
    key = dg.AssetCheckKey(ORDERS, "no_nulls")
    assert key.to_user_string() == "raw/orders:no_nulls"
    assert dg.AssetCheckKey.from_user_string("raw/orders:no_nulls") == key


@pytest.mark.parametrize("text", ["orders", "", ":no_nulls", "orders:"])
def test_a_text_without_asset_or_name_is_no_check_key(text: str) -> None:
    with pytest.raises(dg.InvalidArgumentError, match="names no check"):
        dg.AssetCheckKey.from_user_string(text)


def test_a_check_key_is_a_named_tuple() -> None:
    key = dg.AssetCheckKey(asset_key=ORDERS, name="no_nulls")
    asset_key, name = key
    assert (asset_key, name) == (ORDERS, "no_nulls")
    assert {key: 1}[dg.AssetCheckKey(ORDERS, "no_nulls")] == 1
    assert sorted([key, dg.AssetCheckKey(ORDERS, "a")])[0].name == "a"


def test_a_check_key_under_a_prefix_is_of_the_asset_under_that_prefix() -> None:
    assert dg.AssetCheckKey(ORDERS, "c").with_asset_key_prefix("x") == dg.AssetCheckKey(
        dg.AssetKey(["x", "raw", "orders"]), "c"
    )


def test_the_step_of_a_check_is_named_by_asset_identifier_and_check_name() -> None:
    spec = dg.AssetCheckSpec("no_nulls", asset=ORDERS)
    assert spec.get_python_identifier() == "raw__orders_no_nulls"


def test_a_spec_says_what_its_check_is() -> None:
    spec = dg.AssetCheckSpec(
        "no_nulls",
        asset=["raw", "orders"],
        description="No row lacks an id.",
        additional_deps=["customers", dg.AssetDep("regions")],
        blocking=True,
        metadata={"threshold": 3},
    )
    assert spec.key == dg.AssetCheckKey(ORDERS, "no_nulls")
    assert (spec.name, spec.asset_key) == ("no_nulls", ORDERS)
    assert spec.description == "No row lacks an id."
    assert [dep.asset_key.to_user_string() for dep in spec.additional_deps] == ["customers", "regions"]
    assert spec.blocking
    assert spec.metadata == {"threshold": 3}


def test_what_a_spec_does_not_say() -> None:
    spec = dg.AssetCheckSpec("c", asset="orders")
    assert spec.description is None
    assert spec.additional_deps == ()
    assert not spec.blocking
    assert spec.metadata == {}
    assert spec.automation_condition is None
    assert spec.partitions_def is None


def test_the_asset_of_a_check_is_given_by_key_spec_or_definition() -> None:
    @dg.asset
    def orders() -> None: ...

    for asset in ("orders", ["orders"], dg.AssetKey("orders"), dg.AssetSpec("orders"), orders):
        assert dg.AssetCheckSpec("c", asset=asset).asset_key == dg.AssetKey("orders")


def test_a_str_names_an_asset_of_one_segment() -> None:
    assert dg.AssetCheckSpec("c", asset="raw/orders").asset_key.path == ["raw/orders"]


@pytest.mark.parametrize("name", ["", "no nulls", "no-nulls", "a/b", "a.b", "a:b", 3, None])
def test_the_name_of_a_check_is_letters_digits_and_underscores(name: object) -> None:
    with pytest.raises(dg.InvalidDefinitionError, match="not a valid name for a check"):
        dg.AssetCheckSpec(name, asset="orders")  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["no_nulls", "1st", "type", "Config"])
def test_a_check_may_bear_a_name_that_no_step_may(name: str) -> None:
    assert dg.AssetCheckSpec(name, asset="orders").name == name


def test_a_check_does_not_name_its_own_asset_once_more() -> None:
    with pytest.raises(ValueError, match="names its own asset"):
        dg.AssetCheckSpec("c", asset="orders", additional_deps=["customers", "orders"])
    with pytest.raises(dg.InvalidDefinitionError):
        dg.AssetCheckSpec("c", asset="orders", additional_deps=[dg.AssetSpec("orders")])


@pytest.mark.parametrize(
    "given", [{"blocking": "yes"}, {"metadata": [1]}, {"additional_deps": "orders"}, {"asset": 3}]
)
def test_a_spec_refuses_what_is_of_the_wrong_type(given: dict[str, object]) -> None:
    with pytest.raises(dg.InvalidArgumentError):
        dg.AssetCheckSpec(**{"name": "c", "asset": "a", **given})  # type: ignore[arg-type]


def test_the_keys_of_a_specs_metadata_are_str_and_its_values_are_anything() -> None:
    anything = object()
    assert dg.AssetCheckSpec("c", asset="a", metadata={"x": anything}).metadata["x"] is anything
    with pytest.raises(dg.InvalidDefinitionError):
        dg.AssetCheckSpec("c", asset="a", metadata={1: 2})  # type: ignore[dict-item]


def test_specs_are_values() -> None:
    one, same = dg.AssetCheckSpec("c", asset="a"), dg.AssetCheckSpec("c", asset="a")
    assert one == same
    assert hash(one) == hash(same)
    with pytest.raises(AttributeError):
        one.name = "d"


def test_a_spec_can_be_had_under_another_key_and_with_other_metadata() -> None:
    spec = dg.AssetCheckSpec("c", asset="a", blocking=True, metadata={"x": 1})
    other = spec.replace_key(dg.AssetCheckKey(dg.AssetKey("b"), "d"))
    assert other.key.to_user_string() == "b:d"
    assert other.blocking
    assert spec.with_metadata({"y": 2}).metadata == {"y": 2}
    assert spec.key.to_user_string() == "a:c"
    assert spec.metadata == {"x": 1}


def test_a_result_fails_with_error_unless_it_says_otherwise() -> None:
    result = dg.AssetCheckResult(passed=False)
    assert result.severity is dg.AssetCheckSeverity.ERROR
    assert (result.asset_key, result.check_name, result.metadata, result.description) == (
        None,
        None,
        {},
        None,
    )


def test_the_severities_are_warn_and_error() -> None:
    assert [severity.name for severity in dg.AssetCheckSeverity] == ["WARN", "ERROR"]


def test_the_metadata_of_a_result_is_typed() -> None:
    result = dg.AssetCheckResult(passed=True, metadata={"rows": 3, "why": dg.MetadataValue.md("*")})
    assert result.metadata == {"rows": dg.IntMetadataValue(3), "why": dg.MarkdownMetadataValue("*")}
    with pytest.raises(dg.InvalidMetadataError):
        dg.AssetCheckResult(passed=True, metadata={"x": object()})


def test_a_result_takes_the_truth_of_numpy_too() -> None:
    result = dg.AssetCheckResult(passed=NumpyLikeTruth())  # type: ignore[arg-type]
    assert result.passed is True


@pytest.mark.parametrize("passed", [None, 1, 0, "yes", [True]])
def test_whether_a_check_passed_is_a_bool(passed: object) -> None:
    with pytest.raises(dg.InvalidArgumentError, match="passed is True or False"):
        dg.AssetCheckResult(passed=passed)  # type: ignore[arg-type]


def test_a_severity_is_no_str() -> None:
    with pytest.raises(dg.InvalidArgumentError, match="severity is an AssetCheckSeverity"):
        dg.AssetCheckResult(passed=True, severity="WARN")  # type: ignore[arg-type]


def test_results_take_keywords_only() -> None:
    with pytest.raises(TypeError):
        dg.AssetCheckResult(True)  # type: ignore[call-arg]


A_X, A_Y, B_X = (dg.AssetCheckKey.from_user_string(text) for text in ("a:x", "a:y", "b:x"))


@pytest.mark.parametrize(
    ("asset", "name", "expected", "of"),
    [
        (None, None, [A_X], A_X),
        ("a", None, [A_X], A_X),
        (None, "y", [A_X, A_Y], A_Y),
        ("b", None, [A_X, A_Y, B_X], B_X),
        ("a", "x", [A_X, A_Y, B_X], A_X),
    ],
)
def test_what_a_result_leaves_out_is_found_when_one_check_fits(
    asset: str | None, name: str | None, expected: list[dg.AssetCheckKey], of: dg.AssetCheckKey
) -> None:
    result = dg.AssetCheckResult(passed=True, asset_key=asset, check_name=name)
    assert result.check_key_among(expected) == of


@pytest.mark.parametrize(
    ("asset", "name", "expected", "words"),
    [
        (None, None, [A_X, A_Y], "may be of several checks: a:x, a:y"),
        (None, "x", [A_X, B_X], "may be of several checks: a:x, b:x"),
        ("c", None, [A_X], "is of no check of this function"),
        (None, None, [], "by a function that has no checks"),
    ],
)
def test_a_result_of_none_or_several_checks_is_an_error(
    asset: str | None, name: str | None, expected: list[dg.AssetCheckKey], words: str
) -> None:
    result = dg.AssetCheckResult(passed=True, asset_key=asset, check_name=name)
    with pytest.raises(dg.InvariantViolationError, match=words):
        result.check_key_among(expected)


def test_a_mistyped_check_name_is_answered_with_the_near_one() -> None:
    expected = [dg.AssetCheckKey.from_user_string("a:no_nulls")]
    with pytest.raises(dg.InvariantViolationError) as caught:
        dg.AssetCheckResult(passed=True, check_name="no_nuls").check_key_among(expected)
    assert caught.value.hint == 'did you mean "no_nulls"?'


def test_the_record_of_a_check_has_what_was_said_and_what_the_spec_says() -> None:
    spec = dg.AssetCheckSpec("c", asset="a", blocking=True)
    result = dg.AssetCheckResult(
        passed=False, severity=dg.AssetCheckSeverity.WARN, metadata={"rows": 0}, description="empty"
    )
    evaluation = result.to_evaluation(spec)
    assert evaluation == dg.AssetCheckEvaluation(
        asset_key=dg.AssetKey("a"),
        check_name="c",
        passed=False,
        metadata={"rows": 0},
        severity=dg.AssetCheckSeverity.WARN,
        description="empty",
        blocking=True,
    )
    assert evaluation.asset_check_key == spec.key
    assert evaluation.target_materialization_data is None


def test_the_partition_is_recorded_only_for_a_check_with_partitions_of_its_own() -> None:
    result = dg.AssetCheckResult(passed=True)
    plain = dg.AssetCheckSpec("c", asset="a")
    assert result.to_evaluation(plain, partition="2024-01-01").partition is None


@pytest.mark.parametrize(
    ("blocking", "passed", "severity", "holds_back"),
    [
        (True, False, "ERROR", True),
        (True, False, "WARN", False),
        (True, True, "ERROR", False),
        (False, False, "ERROR", False),
        (None, False, "ERROR", False),
    ],
)
def test_only_a_blocking_check_that_failed_with_error_holds_back(
    blocking: bool | None, passed: bool, severity: str, holds_back: bool
) -> None:
    evaluation = dg.AssetCheckEvaluation(
        dg.AssetKey("a"), "c", passed, severity=dg.AssetCheckSeverity[severity], blocking=blocking
    )
    assert evaluation.holds_back is holds_back
