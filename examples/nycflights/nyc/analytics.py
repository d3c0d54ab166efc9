"""Analytics: who, where, when and what the weather has to do with it."""

import dagx as dg
import polars as pl

from nyc.measures import condition, delay_figures, known_mean


@dg.asset(group_name="analytics", kinds={"polars"})
def delays_by_carrier(departures: pl.DataFrame) -> pl.DataFrame:
    """Delays of each airline, and how old its planes are, if known; the worst first."""
    return (
        departures.group_by("carrier", "airline")
        .agg(*delay_figures(), known_mean("plane_age"))
        .sort("mean_delay", "carrier", descending=[True, False])
    )


@dg.asset(group_name="analytics", kinds={"polars"})
def delays_by_airport(departures: pl.DataFrame) -> pl.DataFrame:
    """Delays on the way to each airport with a flight a day or more; the worst first."""
    return (
        departures.group_by("dest", "destination")
        .agg(*delay_figures(), pl.col("distance").mean().round().cast(pl.Int64))
        .filter(pl.col("flights") >= 365)
        .sort("mean_delay", "dest", descending=[True, False])
    )


@dg.asset(group_name="analytics", kinds={"polars"})
def delays_by_hour(departures: pl.DataFrame) -> pl.DataFrame:
    """Delays by month and hour of the day."""
    return (
        departures.group_by(
            pl.col("scheduled").dt.month().alias("month"), pl.col("scheduled").dt.hour().alias("hour")
        )
        .agg(*delay_figures())
        .sort("month", "hour")
    )


@dg.asset(group_name="analytics", kinds={"polars"})
def delays_by_weather(departures: pl.DataFrame, weather: pl.DataFrame) -> pl.DataFrame:
    """Delays by the weather in the hour, and at the airport, of departure; the worst first."""
    observed = weather.select("origin", "time_hour", condition().alias("weather"))
    return (
        departures.join(observed, on=["origin", "time_hour"], how="left", validate="m:1")
        .with_columns(pl.col("weather").fill_null("not recorded"))
        .group_by("weather")
        .agg(*delay_figures())
        .sort("mean_delay", "weather", descending=[True, False])
    )
