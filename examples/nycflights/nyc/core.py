"""Core: one clean row per flight, then all that is known of it; and two checks on the way."""

import dagx as dg
import polars as pl

from nyc.checks import require

FLIGHT = ["scheduled", "carrier", "flight", "origin"]


@dg.asset(group_name="core", kinds={"polars"}, owners=["team:flights"])
def flights(context: dg.AssetExecutionContext, raw_flights: pl.DataFrame) -> pl.DataFrame:
    """One row per flight: when it was to leave, whether it left, and how many minutes late."""
    table = raw_flights.select(
        pl.datetime("year", "month", "day", "hour", "minute").alias("scheduled"),
        "time_hour",
        "carrier",
        "flight",
        "tailnum",
        "origin",
        "dest",
        "distance",
        pl.col("dep_time").is_null().alias("cancelled"),
        "dep_delay",
        "arr_delay",
    ).sort(FLIGHT)
    never_left = table["cancelled"].sum()
    context.log.info(f"{never_left:,} of {table.height:,} flights never left")
    context.add_output_metadata({"never left": never_left})
    return table


@dg.asset(group_name="core", kinds={"polars"}, owners=["team:flights"])
def departures(
    flights: pl.DataFrame, airlines: pl.DataFrame, airports: pl.DataFrame, planes: pl.DataFrame
) -> pl.DataFrame:
    """Each flight with its airline, its destination and the age of its plane."""
    destinations = airports.select(pl.col("faa").alias("dest"), pl.col("name").alias("destination"))
    ages = planes.select("tailnum", (2013 - pl.col("year")).alias("plane_age"))
    table = look_up(flights, airlines.rename({"name": "airline"}), by="carrier")
    table = look_up(table, destinations, by="dest")
    return look_up(table, ages, by="tailnum")


@dg.asset(group_name="core", kinds={"check"})
def flights_are_sound(flights: pl.DataFrame) -> dict[str, bool]:
    """Check: every flight stands once, in 2013, and what never left has no delay."""
    return require(
        {
            "Every flight stands once.": not flights.select(FLIGHT).is_duplicated().any(),
            "All flights are of 2013.": (flights["scheduled"].dt.year() == 2013).all(),
            "What never left has no delay.": flights.filter("cancelled")["dep_delay"].is_null().all(),
        }
    )


@dg.asset(group_name="core", kinds={"check"})
def departures_are_complete(flights: pl.DataFrame, departures: pl.DataFrame) -> dict[str, bool]:
    """Check: the joins lost no flight, made none up, and found nearly all they looked for."""
    same_flights = departures.select(FLIGHT).equals(flights.select(FLIGHT))
    known = {name: departures[name].is_not_null().mean() for name in ["airline", "destination", "plane_age"]}
    return require(
        {
            "The joins lost no flight and made none up.": same_flights,
            "Every flight has its airline.": known["airline"] == 1,
            "Of 20 flights, 19 have a known destination.": known["destination"] >= 0.95,
            "Of 5 flights, 4 have a plane of known age.": known["plane_age"] >= 0.8,
        }
    )


def look_up(table: pl.DataFrame, facts: pl.DataFrame, by: str) -> pl.DataFrame:
    """The table, row for row, with the facts that are known for it."""
    return table.join(facts, on=by, how="left", validate="m:1", maintain_order="left")
