"""Settings of runs: nested, with defaults, enums and extras; what does not fit is refused before anything runs."""

from enum import Enum
from typing import Literal, Optional, Union

import dagster as dg
import pydantic


class Mode(Enum):
    FULL = "full"
    FAST = "fast"


class Csv(dg.Config):
    kind: Literal["csv"] = "csv"
    delimiter: str = ","


class Parquet(dg.Config):
    kind: Literal["parquet"] = "parquet"
    level: int = 3


class Source(dg.Config):
    path: str
    retries: int = pydantic.Field(default=2, ge=0, description="how often it is tried again")


class Import(dg.Config):
    source: Source
    format: Union[Csv, Parquet] = pydantic.Field(discriminator="kind")
    mode: Mode = Mode.FAST
    columns: list[str] = []
    renamed: dict[str, str] = {}
    limit: Optional[int] = None


class Anything(dg.PermissiveConfig):
    name: str = "x"


@dg.asset
def table(config: Import) -> str:
    limit = "all" if config.limit is None else config.limit
    extra = config.format.delimiter if isinstance(config.format, Csv) else config.format.level
    return f"{config.source.path} {config.source.retries} {config.mode.name} {limit} {extra} {len(config.columns)}"


@dg.op
def remember(config: Anything) -> dict:
    return {"name": config.name, **{key: value for key, value in config if key != "name"}}


@dg.op(config_schema={"level": dg.Field(int, default_value=1), "tags": [str]})
def old_style(context) -> str:
    return f"{context.op_config['level']} {'+'.join(context.op_config['tags'])}"


@dg.job
def settings_job():
    remember()
    old_style()


table_job = dg.define_asset_job(
    "table_job",
    selection=[table],
    config=dg.RunConfig(ops={"table": Import(source=Source(path="default.csv"), format=Csv())}),
)
defs = dg.Definitions(assets=[table], jobs=[settings_job, table_job])


def table_with(**config) -> str:
    return dg.materialize([table], run_config={"ops": {"table": {"config": config}}}).output_for_node("table")


def check() -> None:
    result = dg.materialize(
        [table],
        run_config=dg.RunConfig(
            ops={
                "table": Import(
                    source=Source(path="a.csv"), format=Csv(delimiter=";"), mode=Mode.FULL, limit=4
                )
            }
        ),
    )
    assert result.output_for_node("table") == "a.csv 2 FULL 4 ; 0"
    assert (
        table_with(source={"path": "b"}, format={"parquet": {"level": 9}}, mode="FAST", columns=["x"])
        == "b 2 FAST all 9 1"
    )
    result = defs.resolve_job_def("table_job").execute_in_process()
    assert result.output_for_node("table") == "default.csv 2 FAST all , 0"

    for wrong in (
        {"source": {"path": "b"}, "format": {"csv": {}}, "mode": "SLOW"},
        {"source": {"path": 3}, "format": {"csv": {}}},
        {"source": {"path": "b"}, "format": {"csv": {}}, "colour": "red"},
        {"format": {"csv": {}}},
    ):
        try:
            table_with(**wrong)
        except dg.DagsterInvalidConfigError:
            continue
        raise AssertionError(f"{wrong} fits")
    try:
        table_with(source={"path": "b", "retries": -1}, format={"csv": {}})
    except (pydantic.ValidationError, dg.DagsterError):
        pass
    else:
        raise AssertionError("retries cannot be negative")

    run_config = {"ops": {"remember": {"config": {"more": 1}}, "old_style": {"config": {"tags": ["a", "b"]}}}}
    whole = dg.validate_run_config(settings_job, run_config)
    assert whole["ops"]["old_style"]["config"] == {"level": 1, "tags": ["a", "b"]}
    result = settings_job.execute_in_process(run_config=run_config)
    assert result.output_for_node("remember") == {"name": "x", "more": 1}
    assert result.output_for_node("old_style") == "1 a+b"
    try:
        Source(path="a").path = "b"
    except dg.DagsterInvalidInvocationError:
        pass
    else:
        raise AssertionError("config does not change")
    assert table(Import(source=Source(path="direct"), format=Parquet())) == "direct 2 FAST all 3 0"
