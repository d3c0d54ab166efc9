"""Section 17: automation conditions as values."""

import copy
import dataclasses
import datetime
import pickle
from collections.abc import Callable

import pytest

import dagx as dg

AC = dg.AutomationCondition

OPERANDS = [
    "missing",
    "run_in_progress",
    "backfill_in_progress",
    "execution_failed",
    "newly_updated",
    "newly_requested",
    "code_version_changed",
    "data_version_changed",
    "in_latest_time_window",
    "will_be_requested",
    "initial_evaluation",
    "executed_with_root_target",
    "executed_with_tags",
    "any_new_update_has_run_tags",
    "all_new_updates_have_run_tags",
    "check_passed",
    "check_failed",
    "freshness_passed",
    "freshness_warned",
    "freshness_failed",
    "any_downstream_conditions",
]


@pytest.mark.parametrize("name", OPERANDS)
def test_each_operand_is_a_condition_of_its_name_without_parts(name: str) -> None:
    made = getattr(AC, name)()
    assert isinstance(made, dg.AutomationCondition)
    assert made.name == name
    assert made.get_label() is None
    assert list(made.children) == []
    assert made == getattr(AC, name)()
    assert hash(made) == hash(getattr(AC, name)())
    assert made.description


def test_operands_are_told_apart_by_what_they_are_and_by_their_parameters() -> None:
    made = [getattr(AC, name)() for name in OPERANDS]
    assert len(set(made)) == len(OPERANDS)
    assert AC.cron_tick_passed("@daily") == AC.cron_tick_passed("@daily", "UTC")
    assert AC.cron_tick_passed("@daily") != AC.cron_tick_passed("@daily", "Europe/Berlin")
    assert AC.in_latest_time_window() != AC.in_latest_time_window(datetime.timedelta(days=2))
    assert AC.executed_with_tags({"a", "b"}) == AC.executed_with_tags({"b", "a"})
    assert AC.executed_with_tags(tag_values={"a": "1"}) != AC.executed_with_tags(tag_values={"a": "2"})
    assert AC.asset_matches("a", AC.missing()) != AC.asset_matches("b", AC.missing())


OPERATORS: list[tuple[str, Callable[[dg.AutomationCondition], dg.AutomationCondition]]] = [
    ("not", lambda a: ~a),
    ("newly_true", lambda a: a.newly_true()),
    ("any_deps_match", AC.any_deps_match),
    ("all_deps_match", AC.all_deps_match),
    ("any_checks_match", AC.any_checks_match),
    ("all_checks_match", AC.all_checks_match),
    ("asset_matches", lambda a: AC.asset_matches(["x", "y"], a)),
    ("any_job_root_assets_match", AC.any_job_root_assets_match),
    ("all_job_root_assets_match", AC.all_job_root_assets_match),
    ("resolve_through_virtual", lambda a: a.resolve_through_virtual()),
]


@pytest.mark.parametrize(("name", "operator"), OPERATORS)
def test_each_operator_of_one_condition_has_it_as_its_only_part(
    name: str, operator: Callable[[dg.AutomationCondition], dg.AutomationCondition]
) -> None:
    made = operator(AC.missing())
    assert (made.name, list(made.children)) == (name, [AC.missing()])
    assert made == operator(AC.missing())
    assert made != operator(AC.newly_updated())


def test_checks_may_be_limited_to_blocking_ones() -> None:
    assert AC.any_checks_match(AC.check_failed()) != AC.any_checks_match(
        AC.check_failed(), blocking_only=True
    )
    assert AC.any_checks_match(AC.check_failed()) != AC.all_checks_match(AC.check_failed())


def test_and_and_or_take_in_unlabelled_ones_of_their_kind() -> None:
    a, b, c, d = AC.missing(), AC.newly_updated(), AC.in_progress(), AC.check_failed()
    assert list((a & b & c).children) == [a, b, c]
    assert a & (b & c) == (a & b) & c
    assert list((a | b | c).children) == [a, b, c]
    assert (a | b) | (c | d) == a | b | c | d
    assert list(((a | b) & c).children) == [a | b, c]


def test_a_label_keeps_an_and_or_an_or_in_one_part() -> None:
    a, b, c = AC.missing(), AC.newly_updated(), AC.will_be_requested()
    both = (a & b).with_label("both")
    assert list((both & c).children) == [both, c]
    either = (a | b).with_label("either")
    assert list((c | either).children) == [c, either]


def test_a_label_is_part_of_the_value() -> None:
    plain = AC.missing()
    labelled = plain.with_label("gone")
    assert (labelled.get_label(), labelled.label, plain.label) == ("gone", "gone", None)
    assert labelled != plain
    assert labelled.with_label(None) == plain


def test_since_has_a_trigger_and_a_reset() -> None:
    made = AC.newly_updated().since(AC.newly_requested())
    assert (made.name, list(made.children)) == ("since", [AC.newly_updated(), AC.newly_requested()])


def test_since_last_handled_is_since_a_reset_labelled_handled() -> None:
    handled = (AC.newly_requested() | AC.newly_updated() | AC.initial_evaluation()).with_label("handled")
    assert AC.missing().since_last_handled() == AC.missing().since(handled)


CRON, BERLIN = "0 9 * * *", "Europe/Berlin"
UPDATED_WITHOUT_ROOT = (AC.newly_updated() & ~AC.executed_with_root_target()).with_label(
    "newly_updated_without_root"
)
EXPANSIONS = [
    ("newly_missing", AC.newly_missing(), AC.missing().newly_true()),
    ("in_progress", AC.in_progress(), AC.run_in_progress() | AC.backfill_in_progress()),
    (
        "any_deps_updated",
        AC.any_deps_updated(),
        AC.any_deps_match(UPDATED_WITHOUT_ROOT | AC.will_be_requested()),
    ),
    (
        "any_deps_missing",
        AC.any_deps_missing(),
        AC.any_deps_match(AC.missing() & ~AC.will_be_requested()),
    ),
    ("any_deps_in_progress", AC.any_deps_in_progress(), AC.any_deps_match(AC.in_progress())),
    (
        "all_deps_updated_since_cron(0 9 * * *, Europe/Berlin)",
        AC.all_deps_updated_since_cron(CRON, BERLIN),
        AC.all_deps_match(
            AC.newly_updated().since(AC.cron_tick_passed(CRON, BERLIN)) | AC.will_be_requested()
        ),
    ),
    (
        "all_deps_blocking_checks_passed",
        AC.all_deps_blocking_checks_passed(),
        AC.all_deps_match(
            AC.all_checks_match(AC.check_passed() | AC.will_be_requested(), blocking_only=True).with_label(
                "all_blocking_checks_passed"
            )
        ),
    ),
    (
        "eager",
        AC.eager(),
        AC.in_latest_time_window()
        & (AC.newly_missing() | AC.any_deps_updated()).since_last_handled()
        & ~AC.any_deps_missing()
        & ~AC.any_deps_in_progress()
        & ~AC.in_progress(),
    ),
    (
        "on_cron(0 9 * * *, Europe/Berlin)",
        AC.on_cron(CRON, BERLIN),
        AC.in_latest_time_window()
        & AC.cron_tick_passed(CRON, BERLIN).since_last_handled()
        & AC.all_deps_updated_since_cron(CRON, BERLIN),
    ),
    (
        "on_missing",
        AC.on_missing(),
        AC.in_latest_time_window()
        & AC.missing().newly_true().since_last_handled().with_label("missing_since_last_handled")
        & ~AC.any_deps_missing(),
    ),
]


@pytest.mark.parametrize(("label", "composite", "expansion"), EXPANSIONS)
def test_each_composite_is_its_expansion_under_a_label(
    label: str, composite: dg.AutomationCondition, expansion: dg.AutomationCondition
) -> None:
    assert composite.get_label() == label
    assert composite == expansion.with_label(label)


@pytest.mark.parametrize("cron", ["0 0 30 2 *", "* * * *", "* * * * * *", "often", ""])
@pytest.mark.parametrize("make", [AC.on_cron, AC.cron_tick_passed, AC.all_deps_updated_since_cron])
def test_a_cron_that_cannot_be_read_is_refused(
    make: Callable[[str], dg.AutomationCondition], cron: str
) -> None:
    with pytest.raises(dg.InvalidArgumentError):
        make(cron)


def test_a_time_zone_that_does_not_exist_is_refused() -> None:
    with pytest.raises(dg.InvalidArgumentError, match="Europe/Berln"):
        AC.on_cron("@daily", "Europe/Berln")


def test_names_of_older_releases_are_not_there() -> None:
    assert not hasattr(AC, "cron")
    assert not hasattr(AC, "updated_since_cron")


# The same with another part


def test_replace_finds_a_part_by_label_by_name_and_by_value() -> None:
    other = AC.newly_requested() | AC.newly_updated()
    replaced = AC.eager().replace("handled", other)
    triggers = AC.newly_missing() | AC.any_deps_updated()
    assert triggers.since(other) in replaced.children
    assert AC.eager().replace("any_deps_missing", AC.missing()) == AC.eager().replace(
        AC.any_deps_missing(), AC.missing()
    )
    by_name = (AC.missing() & AC.newly_updated()).replace("missing", AC.check_passed())
    assert by_name == AC.check_passed() & AC.newly_updated()


def test_replace_reaches_every_place_and_the_condition_itself() -> None:
    twice = AC.any_deps_match(AC.missing()) & ~AC.missing()
    assert (
        twice.replace(AC.missing(), AC.in_progress())
        == AC.any_deps_match(AC.in_progress()) & ~AC.in_progress()
    )
    assert AC.missing().replace("missing", AC.eager()) == AC.eager()


def test_replace_leaves_labels_and_what_does_not_match() -> None:
    assert AC.eager().replace("in_latest_time_window", AC.missing()).get_label() == "eager"
    assert AC.eager().replace("no such part", AC.missing()) == AC.eager()
    with pytest.raises(dg.InvalidArgumentError):
        AC.eager().replace("handled", "newly_updated")  # type: ignore[arg-type]


def test_what_replace_puts_in_is_taken_in_like_any_other() -> None:
    a, b, c = AC.missing(), AC.newly_updated(), AC.check_passed()
    assert (a & b).replace(b, b & c) == a & b & c


def test_without_takes_one_part_of_an_and() -> None:
    window = AC.in_latest_time_window()
    assert AC.eager().without(window).get_label() == "eager"
    assert list(AC.eager().without(window).children) == list(AC.eager().children)[1:]
    assert ~AC.any_deps_missing() not in AC.eager().without(~AC.any_deps_missing()).children


def test_without_refuses_what_is_not_there_and_leaves_two_at_least() -> None:
    with pytest.raises(dg.InvalidArgumentError, match="has no part"):
        AC.eager().without(AC.missing())
    with pytest.raises(dg.InvalidArgumentError, match="fewer than two"):
        (AC.missing() & AC.newly_updated()).without(AC.missing())
    with pytest.raises(dg.InvalidArgumentError, match="from an `and`"):
        AC.missing().without(AC.missing())


def test_allow_and_ignore_reach_every_part_about_dependencies_and_checks() -> None:
    chosen = dg.AssetSelection.assets("a")
    below = AC.any_deps_match(AC.any_checks_match(AC.check_failed()))
    assert below.allow(chosen) != below
    assert (below & AC.missing()).allow(chosen) == below.allow(chosen) & AC.missing()
    assert AC.any_deps_match(AC.any_checks_match(AC.check_failed()).allow(chosen)) != below.allow(chosen)
    assert (~below).ignore(chosen) == ~(below.ignore(chosen))
    assert AC.missing().allow(chosen) == AC.missing()
    assert below.allow(chosen) != below.ignore(chosen)


def test_several_allows_unite() -> None:
    a, b = dg.AssetSelection.assets("a"), dg.AssetSelection.assets("b")
    deps = AC.any_deps_missing()
    assert deps.allow(a).allow(b) == deps.allow(a | b)
    assert deps.ignore(a).ignore(b) == deps.ignore(a | b)
    assert deps.allow(a).ignore(b) == deps.ignore(b).allow(a)


def test_a_selection_may_be_given_as_text() -> None:
    assert AC.any_deps_missing().allow("group:raw") == AC.any_deps_missing().allow(
        dg.AssetSelection.from_string("group:raw")
    )


# As values


def test_a_condition_cannot_be_changed_and_can_be_copied() -> None:
    eager = AC.eager()
    with pytest.raises(AttributeError):
        eager.label = "other"
    assert copy.deepcopy(eager) == eager
    assert pickle.loads(pickle.dumps(eager)) == eager


def test_a_condition_shows_what_it_asks() -> None:
    made = (AC.missing() | AC.newly_updated()).with_label("due") & ~AC.in_progress()
    assert repr(made) == (
        "AutomationCondition((due: missing() | newly_updated())"
        " & ~(in_progress: run_in_progress() | backfill_in_progress()))"
    )
    assert repr(AC.cron_tick_passed("@daily").since(AC.missing())) == (
        "AutomationCondition(cron_tick_passed(cron='@daily', timezone='UTC').since(missing()))"
    )
    assert repr((~AC.missing()).newly_true()) == "AutomationCondition((~missing()).newly_true())"
    assert repr(~AC.missing().newly_true()) == "AutomationCondition(~missing().newly_true())"
    assert 'key:"a"' in repr(AC.any_deps_missing().ignore(dg.AssetSelection.assets("a")))


def test_what_is_no_condition_is_refused() -> None:
    with pytest.raises(dg.InvalidArgumentError):
        AC.missing() & "newly_updated"  # type: ignore[operator]
    with pytest.raises(dg.InvalidArgumentError):
        AC.any_deps_match("missing")  # type: ignore[arg-type]
    with pytest.raises(dg.InvalidArgumentError):
        AC.in_latest_time_window(3)  # type: ignore[arg-type]
    with pytest.raises(dg.InvalidArgumentError):
        AC.executed_with_tags("team")
    with pytest.raises(dg.InvalidArgumentError, match="eager"):
        dg.AutomationCondition()


# Conditions of one's own


class IsTuesday(dg.AutomationCondition):
    def evaluate(self, context: dg.AutomationContext) -> dg.AutomationResult:
        return dg.AutomationResult(context, None, cursor="seen")


@dataclasses.dataclass
class AtLeast(dg.AutomationCondition):
    rows: int

    def evaluate(self, context: dg.AutomationContext) -> dg.AutomationResult:
        return dg.AutomationResult(context, None)


def test_a_subclass_with_evaluate_is_a_condition_like_the_others() -> None:
    made = IsTuesday()
    assert made.name == "IsTuesday"
    assert made == IsTuesday()
    combined = AC.eager() & made
    assert combined.children[-1] == IsTuesday()
    assert combined.replace(made, AC.missing()) == AC.eager() & AC.missing()
    assert made.with_label("mine").get_label() == "mine"
    assert isinstance(made.with_label("mine"), IsTuesday)
    assert list((~made | made.newly_true()).children) == [~made, made.newly_true()]


def test_a_condition_of_ones_own_may_have_fields() -> None:
    assert AtLeast(3) == AtLeast(3)
    assert AtLeast(3) != AtLeast(4)
    assert AtLeast(3) & AC.missing() != AtLeast(4) & AC.missing()
    made = AtLeast(3)
    made.rows = 5
    assert repr(~made) == "AutomationCondition(~AtLeast(rows=5))"


def test_an_asset_takes_conditions_of_all_kinds() -> None:
    for condition in (AC.eager(), IsTuesday(), AtLeast(3) & AC.missing()):

        @dg.asset(automation_condition=condition)
        def a() -> None: ...

        assert a.automation_conditions_by_key == {dg.AssetKey("a"): condition}
        assert dg.AssetSpec("b", automation_condition=condition).automation_condition == condition


def test_a_subclass_without_evaluate_is_refused() -> None:
    class Nothing(dg.AutomationCondition):
        pass

    with pytest.raises(dg.InvalidArgumentError, match="evaluate"):
        Nothing()


def test_the_result_of_an_evaluation_counts_what_was_requested() -> None:
    result = dg.EvaluateAutomationConditionsResult(
        {dg.AssetKey("a"): frozenset({None}), dg.AssetKey(["p", "b"]): frozenset({"x", "y"})}, cursor="c"
    )
    assert result.total_requested == 3
    assert result.get_requested_partitions("a") == {None}
    assert result.get_requested_partitions(["p", "b"]) == {"x", "y"}
    assert result.get_num_requested(dg.AssetKey(["p", "b"])) == 2
    assert result.get_requested_partitions("other") == set()
    assert result.cursor == "c"


def test_what_evaluates_conditions_says_that_it_is_not_built_yet() -> None:
    with pytest.raises(dg.NotBuiltYetError):
        dg.evaluate_automation_conditions  # type: ignore[attr-defined]  # noqa: B018
    with pytest.raises(dg.NotBuiltYetError):
        dg.AutomationContext()
    with pytest.raises(dg.NotBuiltYetError):
        AC.eager().evaluate(None)  # type: ignore[arg-type]


# Sensors over conditions


def test_a_condition_sensor_has_the_defaults_of_sensors() -> None:
    made = dg.AutomationConditionSensorDefinition("automation", target=dg.AssetSelection.all())
    assert (made.name, made.minimum_interval_seconds) == ("automation", 30)
    assert made.default_status is dg.DefaultSensorStatus.STOPPED
    assert made.emit_backfills
    assert not made.use_user_code_server
    assert made.asset_selection == dg.AssetSelection.all()
    assert dict(made.run_tags) == {}


def test_a_condition_sensor_takes_anything_that_selects_and_tags_for_its_runs() -> None:
    made = dg.AutomationConditionSensorDefinition(
        "automation", target="group:raw", run_tags={"team": "a"}, minimum_interval_seconds=5
    )
    assert made.asset_selection == dg.AssetSelection.from_string("group:raw")
    assert (dict(made.run_tags), made.minimum_interval_seconds) == ({"team": "a"}, 5)


def test_a_default_condition_needs_the_evaluation_in_user_code() -> None:
    with pytest.raises(dg.DagsterInvalidDefinitionError, match="use_user_code_server"):
        dg.AutomationConditionSensorDefinition("s", target="*", default_condition=AC.eager())
    made = dg.AutomationConditionSensorDefinition(
        "s", target="*", default_condition=AC.eager(), use_user_code_server=True
    )
    assert made.default_condition == AC.eager()


def test_a_condition_sensor_says_that_its_evaluation_is_not_built_yet() -> None:
    made = dg.AutomationConditionSensorDefinition("s", target="*")
    with pytest.raises(dg.NotBuiltYetError):
        made.evaluate_tick(dg.build_sensor_context())


def test_the_class_may_be_named_with_the_kind_of_key_it_is_for() -> None:
    assert dg.AutomationCondition[dg.AssetKey] is dg.AutomationCondition
    condition: dg.AutomationCondition[dg.AssetKey] = dg.AutomationCondition.missing()
    bare: dg.AutomationCondition = condition
    assert bare == dg.AutomationCondition.missing()
