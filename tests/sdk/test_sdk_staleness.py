"""Section 16.3: what is stale by the record of an instance, and why."""

from collections.abc import Iterable

import pytest

import dagx as dg
from dagx.instance.stale_cause import StaleCauseCategory, StaleStatus, VersionedAsset
from dagx.instance.staleness import Staleness, versioned_assets

MISSING, STALE, FRESH = StaleStatus.MISSING, StaleStatus.STALE, StaleStatus.FRESH
VERSION = "dagster/data_version"


@pytest.fixture
def instance() -> dg.DagsterInstance:
    return dg.DagsterInstance.ephemeral()


def asset(name: str, *deps: str, code_version: str | None = None) -> dg.AssetsDefinition:
    @dg.asset(name=name, deps=deps, code_version=code_version)
    def made() -> None: ...

    return made


def judged(
    instance: dg.DagsterInstance,
    definitions: Iterable[dg.AssetsDefinition | dg.AssetSpec],
    observable: Iterable[str] = (),
) -> Staleness:
    found = list(definitions)
    specs = {
        spec.key: spec for one in found for spec in ([one] if isinstance(one, dg.AssetSpec) else one.specs)
    }
    external = {one.key for one in found if isinstance(one, dg.AssetSpec)}
    return Staleness(versioned_assets(specs, external, {dg.AssetKey(name) for name in observable}), instance)


def statuses(
    instance: dg.DagsterInstance,
    *definitions: dg.AssetsDefinition | dg.AssetSpec,
    observable: Iterable[str] = (),
) -> dict[str, StaleStatus]:
    staleness = judged(instance, definitions, observable)
    return {key.to_user_string(): staleness.status(key) for one in definitions for key in keys_of(one)}


def keys_of(one: dg.AssetsDefinition | dg.AssetSpec) -> list[dg.AssetKey]:
    return [one.key] if isinstance(one, dg.AssetSpec) else sorted(one.keys)


def why(
    instance: dg.DagsterInstance, name: str, *definitions: dg.AssetsDefinition | dg.AssetSpec
) -> list[tuple[StaleCauseCategory, str]]:
    causes = judged(instance, definitions).causes(dg.AssetKey(name))
    return [(cause.category, cause.reason) for cause in causes]


def seen(instance: dg.DagsterInstance, name: str, version: str | None) -> None:
    tags = {} if version is None else {VERSION: version}
    instance.report_runless_asset_event(dg.AssetObservation(name, tags=tags))


A = asset("a")
B = asset("b", "a")
C = asset("c", "b")


def test_what_was_never_made_is_missing(instance: dg.DagsterInstance) -> None:
    assert statuses(instance, A, B) == {"a": MISSING, "b": MISSING}
    dg.materialize([A], instance=instance)
    assert statuses(instance, A, B) == {"a": FRESH, "b": MISSING}


def test_staleness_reaches_the_next_asset_and_no_further(instance: dg.DagsterInstance) -> None:
    dg.materialize([A, B, C], instance=instance)
    assert statuses(instance, A, B, C) == {"a": FRESH, "b": FRESH, "c": FRESH}
    dg.materialize([A], instance=instance)
    assert statuses(instance, A, B, C) == {"a": FRESH, "b": STALE, "c": FRESH}
    dg.materialize([A, B, C], instance=instance, selection=[B])
    assert statuses(instance, A, B, C) == {"a": FRESH, "b": FRESH, "c": STALE}


def test_another_code_version_makes_that_asset_stale_and_no_other(instance: dg.DagsterInstance) -> None:
    old, below = asset("a", code_version="1"), asset("b", "a", code_version="1")
    dg.materialize([old, below], instance=instance)
    new = asset("a", code_version="2")
    assert statuses(instance, new, below) == {"a": STALE, "b": FRESH}
    assert why(instance, "a", new, below) == [(StaleCauseCategory.CODE, "new code version")]
    assert statuses(instance, asset("a"), below) == {"a": FRESH, "b": FRESH}


def test_a_parent_made_again_with_the_same_version_leaves_its_children_fresh(
    instance: dg.DagsterInstance,
) -> None:
    up, below = asset("a", code_version="1"), asset("b", "a", code_version="1")
    dg.materialize([up, below], instance=instance)
    dg.materialize([up], instance=instance)
    assert statuses(instance, up, below) == {"a": FRESH, "b": FRESH}


def test_a_parent_made_again_with_the_same_version_by_the_user_leaves_its_children_fresh(
    instance: dg.DagsterInstance,
) -> None:
    @dg.asset
    def a(context: dg.AssetExecutionContext) -> dg.MaterializeResult[None]:
        return dg.MaterializeResult(data_version=dg.DataVersion(context.run_tags["version"]))

    dg.materialize([a, B], instance=instance, tags={"version": "x"})
    dg.materialize([a], instance=instance, tags={"version": "x"})
    assert statuses(instance, a, B) == {"a": FRESH, "b": FRESH}
    dg.materialize([a], instance=instance, tags={"version": "y"})
    assert why(instance, "b", a, B) == [(StaleCauseCategory.DATA, "new dependency data version")]


def test_a_new_version_is_called_a_materialization_unless_it_says_something(
    instance: dg.DagsterInstance,
) -> None:
    dg.materialize([A, B], instance=instance)
    dg.materialize([A], instance=instance)
    assert why(instance, "b", A, B) == [(StaleCauseCategory.DATA, "new dependency materialization")]
    versioned = asset("a", code_version="1")
    dg.materialize([versioned], instance=instance)
    assert why(instance, "b", versioned, B) == [(StaleCauseCategory.DATA, "new dependency data version")]


def test_a_dependency_that_came_or_went_is_a_cause(instance: dg.DagsterInstance) -> None:
    other = asset("other")
    dg.materialize([A, other, B], instance=instance)
    moved = asset("b", "other")
    assert why(instance, "b", A, other, moved) == [
        (StaleCauseCategory.DEPENDENCIES, "removed dependency on a"),
        (StaleCauseCategory.DEPENDENCIES, "has a new dependency on other"),
    ]
    assert statuses(instance, A, other, moved)["b"] is STALE


def test_a_key_with_a_slash_in_a_segment_is_the_dependency_that_was_recorded(
    instance: dg.DagsterInstance,
) -> None:
    odd = dg.AssetSpec(dg.AssetKey("x/y"))

    @dg.asset(deps=[odd])
    def below() -> None: ...

    dg.materialize([odd, below], instance=instance)
    assert statuses(instance, odd, below)["below"] is FRESH


def test_a_parent_not_made_then_and_not_made_now_is_equal(instance: dg.DagsterInstance) -> None:
    dg.materialize([A, B], instance=instance, selection=[B])
    assert statuses(instance, A, B) == {"a": MISSING, "b": FRESH}
    dg.materialize([A], instance=instance)
    assert statuses(instance, A, B) == {"a": FRESH, "b": STALE}


def test_the_root_of_a_cause_is_what_stands_below_it(instance: dg.DagsterInstance) -> None:
    dg.materialize([A, B], instance=instance)
    dg.materialize([A], instance=instance)
    staleness = judged(instance, [A, B])
    cause = staleness.causes(dg.AssetKey("b"))[0]
    assert cause.dependency == dg.AssetKey("a")
    root = staleness.root_causes(dg.AssetKey("b"))
    assert root == cause.children
    assert (root[0].key, root[0].reason) == (dg.AssetKey("a"), "new materialization")


def test_what_is_not_fresh_among_some(instance: dg.DagsterInstance) -> None:
    dg.materialize([A, B, C], instance=instance)
    dg.materialize([A], instance=instance)
    staleness = judged(instance, [A, B, C, asset("never")])
    keys = [dg.AssetKey(name) for name in ("a", "b", "c", "never")]
    assert staleness.stale_or_missing(keys) == {dg.AssetKey("b"), dg.AssetKey("never")}


# Events without provenance


def test_without_provenance_a_newer_parent_makes_stale(instance: dg.DagsterInstance) -> None:
    for name in ("a", "b"):
        instance.report_runless_asset_event(dg.AssetMaterialization(name))
    assert statuses(instance, A, B) == {"a": FRESH, "b": FRESH}
    instance.report_runless_asset_event(dg.AssetMaterialization("a"))
    assert statuses(instance, A, B) == {"a": FRESH, "b": STALE}
    assert why(instance, "b", A, B) == [(StaleCauseCategory.DATA, "new dependency materialization")]


def test_without_provenance_a_parent_never_made_makes_stale(instance: dg.DagsterInstance) -> None:
    instance.report_runless_asset_event(dg.AssetMaterialization("b"))
    assert why(instance, "b", A, B) == [(StaleCauseCategory.DATA, "new input")]


def test_without_provenance_external_parents_are_not_looked_at(instance: dg.DagsterInstance) -> None:
    instance.report_runless_asset_event(dg.AssetMaterialization("b"))
    instance.report_runless_asset_event(dg.AssetMaterialization("a"))
    assert statuses(instance, dg.AssetSpec("a"), B) == {"a": FRESH, "b": FRESH}


# External and observable assets

SOURCE = dg.AssetSpec("a")


def test_an_external_asset_is_always_fresh(instance: dg.DagsterInstance) -> None:
    assert statuses(instance, SOURCE) == {"a": FRESH}
    assert statuses(instance, SOURCE, observable=["a"]) == {"a": FRESH}


def test_what_was_seen_of_an_external_asset_that_nobody_observes_does_not_count(
    instance: dg.DagsterInstance,
) -> None:
    dg.materialize([SOURCE, B], instance=instance)
    seen(instance, "a", "k1")
    assert statuses(instance, SOURCE, B)["b"] is FRESH
    dg.materialize([SOURCE, B], instance=instance)
    seen(instance, "a", "k2")
    assert statuses(instance, SOURCE, B)["b"] is FRESH


def test_what_was_made_of_an_external_asset_counts_by_its_version(instance: dg.DagsterInstance) -> None:
    dg.materialize([SOURCE, B], instance=instance)
    instance.report_runless_asset_event(dg.AssetMaterialization("a"))
    assert statuses(instance, SOURCE, B)["b"] is FRESH
    instance.report_runless_asset_event(dg.AssetMaterialization("a", tags={VERSION: "1"}))
    assert statuses(instance, SOURCE, B)["b"] is STALE


def test_the_first_version_of_an_observable_source_makes_stale_what_was_built_before(
    instance: dg.DagsterInstance,
) -> None:
    dg.materialize([SOURCE, B], instance=instance)
    assert statuses(instance, SOURCE, B, observable=["a"])["b"] is FRESH
    seen(instance, "a", "k1")
    assert statuses(instance, SOURCE, B, observable=["a"])["b"] is STALE


def test_another_version_of_an_observable_source_makes_stale_and_the_same_does_not(
    instance: dg.DagsterInstance,
) -> None:
    seen(instance, "a", "k1")
    dg.materialize([SOURCE, B], instance=instance)
    seen(instance, "a", "k1")
    assert statuses(instance, SOURCE, B, observable=["a"])["b"] is FRESH
    seen(instance, "a", "k2")
    assert statuses(instance, SOURCE, B, observable=["a"])["b"] is STALE
    staleness = judged(instance, [SOURCE, B], ["a"])
    assert staleness.causes(dg.AssetKey("b"))[0].reason == "new dependency data version"
    seen(instance, "a", "k1")
    assert statuses(instance, SOURCE, B, observable=["a"])["b"] is FRESH


def test_of_an_observable_source_the_later_of_made_and_seen_counts(instance: dg.DagsterInstance) -> None:
    seen(instance, "a", "k1")
    dg.materialize([SOURCE, B], instance=instance)
    instance.report_runless_asset_event(dg.AssetMaterialization("a", tags={VERSION: "k2"}))
    assert statuses(instance, SOURCE, B, observable=["a"])["b"] is STALE
    seen(instance, "a", "k1")
    assert statuses(instance, SOURCE, B, observable=["a"])["b"] is FRESH


# Partitions


def parts(*deps: str, name: str = "a", keys: Iterable[str] = ("x", "y")) -> dg.AssetsDefinition:
    @dg.asset(name=name, deps=deps, partitions_def=dg.StaticPartitionsDefinition(list(keys)))
    def made() -> None: ...

    return made


def test_a_partitioned_asset_as_a_whole_is_fresh(instance: dg.DagsterInstance) -> None:
    assert statuses(instance, parts()) == {"a": FRESH}
    staleness = judged(instance, [parts()])
    assert staleness.status(dg.AssetKey("a"), "x") is MISSING
    assert staleness.stale_or_missing([dg.AssetKey("a")], "x") == {dg.AssetKey("a")}


def recorded(instance: dg.DagsterInstance, name: str, partition: str, **tags: str) -> int:
    """That a partition was made; `code` and `version` are its own, `a` and `at` version and event of the parent."""
    names = {
        "code": "dagster/code_version",
        "version": VERSION,
        "a": "dagster/input_data_version/a",
        "at": "dagster/input_event_pointer/a",
    }
    made = dg.AssetMaterialization(
        name, partition=partition, tags={names[short]: text for short, text in tags.items()}
    )
    return instance.report_runless_asset_event(made).storage_id or 0


def test_a_partition_is_stale_when_the_partition_it_is_made_from_has_another_version(
    instance: dg.DagsterInstance,
) -> None:
    up, below, key = parts(), parts("a", name="b"), dg.AssetKey("b")
    at = {name: recorded(instance, "a", name, version="1") for name in ("x", "y")}
    for name in ("x", "y"):
        recorded(instance, "b", name, code="1", a="hash", at=str(at[name]))
    recorded(instance, "a", "x", version="2")
    recorded(instance, "a", "y", version="1")
    staleness = judged(instance, [up, below])
    assert staleness.status(key, "x") is STALE
    assert staleness.status(key, "y") is FRESH
    cause = staleness.causes(key, "x")[0]
    assert (cause.dependency, cause.dependency_partition, cause.partition) == (dg.AssetKey("a"), "x", "x")


def test_a_partition_whose_parent_partition_was_made_only_later_is_stale(
    instance: dg.DagsterInstance,
) -> None:
    recorded(instance, "b", "x", code="1", a="INITIAL", at="NULL")
    assets = [parts(), parts("a", name="b")]
    assert judged(instance, assets).status(dg.AssetKey("b"), "x") is FRESH
    recorded(instance, "a", "x", version="1")
    assert judged(instance, assets).status(dg.AssetKey("b"), "x") is STALE


def test_an_asset_made_from_all_partitions_is_stale_when_one_changes(instance: dg.DagsterInstance) -> None:
    at = recorded(instance, "a", "x", version="1")
    made = dg.AssetMaterialization(
        "b",
        tags={
            "dagster/code_version": "1",
            "dagster/input_data_version/a": "hash",
            "dagster/input_event_pointer/a": str(at),
        },
    )
    instance.report_runless_asset_event(made)
    assert judged(instance, [parts(), B]).status(dg.AssetKey("b")) is FRESH
    recorded(instance, "a", "y", version="1")
    assert judged(instance, [parts(), B]).status(dg.AssetKey("b")) is STALE


@pytest.mark.parametrize(("number", "status"), [(99, STALE), (100, FRESH)])
def test_of_a_hundred_parent_partitions_none_is_looked_at(
    number: int, status: StaleStatus, instance: dg.DagsterInstance
) -> None:
    a, b = dg.AssetKey("a"), dg.AssetKey("b")
    keys = [f"k{n}" for n in range(number)]
    assets = {
        a: VersionedAsset(a, partitions=number),
        b: VersionedAsset(b, deps={a: lambda partition: keys}),
    }
    tags = {"dagster/code_version": "1", "dagster/input_data_version/a": "x"}
    instance.report_runless_asset_event(dg.AssetMaterialization("b", tags=tags))
    recorded(instance, "a", "k5", version="1")
    assert Staleness(assets, instance).status(b) is status


@pytest.mark.parametrize(("number", "status"), [(99, STALE), (100, FRESH)])
def test_an_asset_of_a_hundred_partitions_is_not_compared_with_itself(
    number: int, status: StaleStatus, instance: dg.DagsterInstance
) -> None:
    a = dg.AssetKey("a")
    assets = {a: VersionedAsset(a, deps={a: lambda partition: ["k1"]}, partitions=number)}
    recorded(instance, "a", "k2", code="1", a="x")
    recorded(instance, "a", "k1", version="1")
    assert Staleness(assets, instance).status(a, "k2") is status


def test_a_parent_over_time_of_which_all_is_used_is_not_looked_at(instance: dg.DagsterInstance) -> None:
    @dg.asset(partitions_def=dg.DailyPartitionsDefinition("2024-01-01", end_date="2024-01-03"))
    def a() -> None: ...

    tags = {"dagster/code_version": "1", "dagster/input_data_version/a": "x"}
    instance.report_runless_asset_event(dg.AssetMaterialization("b", tags=tags))
    recorded(instance, "a", "2024-01-01", version="1")
    assert judged(instance, [a, B]).status(dg.AssetKey("b")) is FRESH
