"""Sources that others write: their versions are observed, and what was built knows from which it came."""

import hashlib
from pathlib import Path

import dagster as dg

stations = dg.StaticPartitionsDefinition(["north", "south"])


def digest(path: str) -> str:
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()


@dg.observable_source_asset(group_name="sources")
def measurements(context) -> dg.DataVersion:
    context.log.info("looking at the file")
    return dg.DataVersion(digest("measurements.txt"))


@dg.observable_source_asset
def calibration() -> dg.ObserveResult:
    text = Path("calibration.txt").read_text()
    return dg.ObserveResult(data_version=dg.DataVersion(text.strip()), metadata={"length": len(text)})


@dg.observable_source_asset(partitions_def=stations)
def readings_by_station() -> dg.DataVersionsByPartition:
    return dg.DataVersionsByPartition({key: digest(f"{key}.txt") for key in stations.get_partition_keys()})


@dg.multi_observable_source_asset(specs=[dg.AssetSpec("maps"), dg.AssetSpec("names")])
def atlas():
    yield dg.ObserveResult(asset_key="maps", data_version=dg.DataVersion("1"))
    yield dg.ObserveResult(asset_key="names", metadata={"count": 4})


@dg.asset(deps=[measurements, calibration], code_version="3")
def corrected(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
    before: dg.DataProvenance | None = context.get_asset_provenance(context.asset_key)
    if before is not None:
        context.log.info("built before from %s", dict(before.input_data_versions))
    factor = float(Path("calibration.txt").read_text())
    values = [float(line) * factor for line in Path("measurements.txt").read_text().splitlines()]
    Path("corrected.txt").write_text("\n".join(map(str, values)))
    return dg.MaterializeResult(data_version=dg.DataVersion(str(sum(values))))


observe_job = dg.define_asset_job(
    "observe", selection=dg.AssetSelection.assets("measurements", "calibration")
)
defs = dg.Definitions(
    assets=[measurements, calibration, readings_by_station, atlas, corrected], jobs=[observe_job]
)


def check() -> None:
    for name in ("north", "south"):
        Path(f"{name}.txt").write_text(name)
    Path("measurements.txt").write_text("1\n2")
    Path("calibration.txt").write_text("1.5")
    instance = dg.DagsterInstance.ephemeral()
    result = defs.resolve_job_def("observe").execute_in_process(instance=instance)
    seen = [event.event_specific_data.asset_observation for event in result.get_asset_observation_events()]
    observations = {one.asset_key.to_user_string(): one for one in seen}
    assert observations["measurements"].tags["dagster/data_version"] == digest("measurements.txt")
    assert observations["calibration"].metadata["length"].value == 3

    result = dg.materialize([corrected, measurements, calibration], instance=instance)
    event = instance.get_latest_materialization_event(corrected.key)
    tags = event.asset_materialization.tags
    assert tags["dagster/code_version"] == "3"
    assert tags["dagster/data_version"] == "4.5"
    assert tags["dagster/input_data_version/measurements"] == digest("measurements.txt")
    assert tags["dagster/input_data_version/calibration"] == "1.5"
    assert dg.materialize([corrected, measurements, calibration], instance=instance).success

    result = dg.materialize(
        [readings_by_station], selection=dg.AssetSelection.all(include_sources=True), instance=instance
    )
    seen = {
        event.event_specific_data.asset_observation.partition
        for event in result.get_asset_observation_events()
    }
    assert seen == {"north", "south"}
    result = dg.materialize([atlas], selection=dg.AssetSelection.all(include_sources=True), instance=instance)
    assert len(result.get_asset_observation_events()) == 2
    [record] = instance.fetch_observations(dg.AssetKey("names"), limit=1).records
    assert record.asset_observation.metadata["count"].value == 4
    assert not dg.materialize([measurements], instance=instance).get_asset_observation_events()
