"""What a job covers, said in Python and in strings."""

import dagster as dg

feed = dg.AssetSpec("feed", group_name="sources")


@dg.asset(deps=[feed], group_name="raw", kinds={"csv"}, owners=["team:data"])
def events() -> int:
    return 1


@dg.asset(group_name="raw", tags={"pii": "yes"})
def users() -> int:
    return 2


@dg.asset(group_name="marts", kinds={"table"}, key_prefix="mart", ins={"events": dg.AssetIn("events")})
def sessions(events: int, users: int) -> int:
    return events + users


@dg.asset(
    group_name="marts",
    key_prefix="mart",
    ins={"sessions": dg.AssetIn(["mart", "sessions"])},
    tags={"pii": "no"},
)
def dashboard(sessions: int) -> int:
    return sessions


@dg.asset_check(asset=sessions)
def sessions_are_many() -> dg.AssetCheckResult:
    return dg.AssetCheckResult(passed=True)


jobs = {
    "marts": dg.define_asset_job("marts", selection="group:marts"),
    "upstream": dg.define_asset_job("upstream", selection='+key:"mart/sessions"'),
    "tagged": dg.define_asset_job("tagged", selection="tag:pii=yes or kind:csv"),
    "old_style": dg.define_asset_job("old_style", selection="mart/sessions*"),
    "several": dg.define_asset_job("several", selection=["events", "users"]),
}
defs = dg.Definitions(
    assets=[feed, events, users, sessions, dashboard],
    asset_checks=[sessions_are_many],
    jobs=list(jobs.values()),
)


def check() -> None:
    graph = defs.resolve_asset_graph()

    def found(selection) -> set[str]:
        selection = dg.AssetSelection.from_coercible(selection)
        return {key.to_user_string() for key in selection.resolve(graph)}

    everything = {"events", "users", "mart/sessions", "mart/dashboard"}
    selected = dg.AssetSelection
    assert found(selected.all()) == everything
    assert found(selected.all(include_sources=True)) == everything | {"feed"}
    assert found(selected.groups("raw")) == {"events", "users"}
    assert found(selected.key_prefixes("mart")) == {"mart/sessions", "mart/dashboard"}
    assert found(selected.tag("pii", "yes") | selected.kind("table")) == {"users", "mart/sessions"}
    assert found(selected.owner("team:data")) == {"events"}
    assert found(selected.assets("users").downstream(depth=1)) == {"users", "mart/sessions"}
    assert found(selected.assets(dashboard).upstream(include_self=False)) == {
        "events",
        "users",
        "mart/sessions",
    }
    assert found(selected.all() - (selected.groups("marts") & selected.tag("pii", "no"))) == everything - {
        "mart/dashboard"
    }
    assert found(selected.all().roots()) == {"events", "users"}
    assert found(selected.groups("marts").sinks()) == {"mart/dashboard"}
    assert found("*") == everything
    assert found("key:events+") == {"events", "mart/sessions", "mart/dashboard"}
    assert found("events+") == {"events", "mart/sessions"}
    assert found('roots(group:marts) and kind:"table"') == {"mart/sessions"}
    assert found([events, users]) == {"events", "users"}
    assert selected.all_asset_checks().resolve_checks(graph) == {
        dg.AssetCheckKey(sessions.key, "sessions_are_many")
    }

    instance = dg.DagsterInstance.ephemeral()
    dg.materialize([events, users], instance=instance)

    def covered(name: str) -> set[str]:
        result = defs.resolve_job_def(name).execute_in_process(instance=instance)
        return {event.asset_key.to_user_string() for event in result.get_asset_materialization_events()}

    assert covered("marts") == {"mart/sessions", "mart/dashboard"}
    assert covered("upstream") == {"events", "users", "mart/sessions"}
    assert covered("tagged") == {"events", "users"}
    assert covered("old_style") == {"mart/sessions", "mart/dashboard"}
    assert covered("several") == {"events", "users"}
    result = dg.materialize([events, users, sessions, dashboard], selection='+key:"mart/sessions"')
    assert result.asset_value(["mart", "sessions"]) == 3
