"""One function, several assets: by outs, with inner dependencies, optional ones, subsets and tuples."""

import dagster as dg


@dg.asset
def raw() -> list[dict]:
    return [{"id": 1, "country": "NO"}, {"id": 2, "country": "IT"}, {"id": 3, "country": "NO"}]


@dg.multi_asset(
    outs={
        "north": dg.AssetOut(key_prefix="split", metadata={"side": "north"}, description="Norway"),
        "south": dg.AssetOut(key_prefix="split", kinds={"json"}),
    },
    group_name="countries",
)
def split(raw: list[dict]):
    return [row for row in raw if row["country"] == "NO"], [row for row in raw if row["country"] != "NO"]


@dg.multi_asset(
    outs={
        "totals": dg.AssetOut(is_required=False),
        "errors": dg.AssetOut(is_required=False),
        "summary": dg.AssetOut(io_manager_key="notes", is_required=False),
    },
    ins={
        "north": dg.AssetIn(key_prefix="split"),
        "south": dg.AssetIn(key=["split", "south"]),
    },
    internal_asset_deps={
        "totals": {dg.AssetKey(["split", "north"]), dg.AssetKey(["split", "south"])},
        "errors": {dg.AssetKey(["split", "south"])},
        "summary": {dg.AssetKey("totals")},
    },
    can_subset=True,
)
def report(context: dg.AssetExecutionContext, north, south):
    totals = {"north": len(north), "south": len(south)}
    if "totals" in context.selected_output_names:
        yield dg.Output(totals, "totals", metadata={"north": len(north)}, data_version=dg.DataVersion("7"))
    if "summary" in context.selected_output_names:
        yield dg.Output(f"{totals}", "summary")


@dg.asset
def after_errors(errors) -> None:
    raise AssertionError("there are no errors")


class Notes(dg.IOManager):
    def __init__(self):
        self.notes = {}

    def handle_output(self, context, obj):
        self.notes[context.asset_key] = (context.name, obj)

    def load_input(self, context):
        return self.notes[context.asset_key][1]


notes = Notes()
defs = dg.Definitions(assets=[raw, split, report, after_errors], resources={"notes": notes})


def check() -> None:
    instance = dg.DagsterInstance.ephemeral()
    job = defs.resolve_implicit_global_asset_job_def()
    result = job.execute_in_process(instance=instance)
    assert result.success
    made = {event.asset_key.to_user_string() for event in result.get_asset_materialization_events()}
    assert made == {"raw", "split/north", "split/south", "totals", "summary"}
    assert result.is_node_skipped("after_errors")
    assert result.output_for_node("split", "north") == [
        {"id": 1, "country": "NO"},
        {"id": 3, "country": "NO"},
    ]
    assert notes.notes == {dg.AssetKey("summary"): ("summary", "{'north': 2, 'south': 1}")}
    event = instance.get_latest_materialization_event(dg.AssetKey("totals"))
    assert event.asset_materialization.tags["dagster/data_version"] == "7"
    assert report.asset_deps[dg.AssetKey("summary")] == {dg.AssetKey("totals")}
    assert split.group_names_by_key[dg.AssetKey(["split", "south"])] == "countries"
    assert split.descriptions_by_key[dg.AssetKey(["split", "north"])] == "Norway"

    result = dg.materialize(
        [raw, split, report], selection=["totals"], instance=instance, resources={"notes": notes}
    )
    assert [event.asset_key.to_user_string() for event in result.get_asset_materialization_events()] == [
        "totals"
    ]
    try:
        dg.materialize([raw, split], selection=[dg.AssetKey(["split", "north"])], instance=instance)
    except dg.DagsterError:
        pass
    else:
        raise AssertionError("split makes both at once")
    assert split([{"id": 9, "country": "NO"}]) == ([{"id": 9, "country": "NO"}], [])
