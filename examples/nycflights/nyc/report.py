"""Report: the chart, and the page that is written for people."""

from pathlib import Path

import dagx as dg
import polars as pl

from nyc.charts import bars, drawing, heading, heat_map
from nyc.measures import LATE
from nyc.tables import markdown_table

OUT = Path(__file__).parent.parent / "out"


@dg.asset(group_name="analytics", kinds={"svg"})
def delay_chart(delays_by_hour: pl.DataFrame, delays_by_carrier: pl.DataFrame) -> str:
    """Delays by month and hour, and by airline, drawn as SVG."""
    return drawing(
        940,
        800,
        [
            heading(60, 40, "Mean delay on departure, in minutes, by month and hour"),
            *heat_map(delays_by_hour, left=60, top=80),
            heading(60, 412, "Mean delay on departure by airline"),
            *bars(delays_by_carrier, left=220, top=430),
        ],
    )


@dg.asset(group_name="analytics", kinds={"markdown"}, owners=["team:flights"])
def report(
    context: dg.AssetExecutionContext,
    delays_by_carrier: pl.DataFrame,
    delays_by_airport: pl.DataFrame,
    delays_by_weather: pl.DataFrame,
    delay_chart: str,
    flights_are_sound: dict,
    departures_are_complete: dict,
) -> str:
    """What was found, in Markdown; written to `out/`, beside its chart."""
    checked = "\n".join(f"- {claim}" for claim in [*flights_are_sound, *departures_are_complete])
    page = f"""\
# Flights out of New York City, 2013

{delays_by_carrier["flights"].sum():,} flights.
Delays are minutes on departure; late is {LATE} minutes or more.

![Delays by hour and by airline](delays.svg)

## By weather

{markdown_table(delays_by_weather)}

## By airline

{markdown_table(delays_by_carrier)}

## By destination, the ten worst

{markdown_table(delays_by_airport.head(10))}

## What was checked

{checked}
"""
    OUT.mkdir(exist_ok=True)
    (OUT / "report.md").write_text(page, encoding="utf-8")
    (OUT / "delays.svg").write_text(delay_chart, encoding="utf-8")
    context.add_output_metadata({"page": OUT / "report.md", "chart": OUT / "delays.svg"})
    return page
