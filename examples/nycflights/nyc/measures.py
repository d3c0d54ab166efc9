"""How delays are measured. Every table of the group `analytics` is made of these."""

import polars as pl

LATE = 15  # minutes; as the US Bureau of Transportation Statistics counts it


def delay_figures() -> list[pl.Expr]:
    return [
        pl.len().alias("flights"),
        percent(pl.col("cancelled")).alias("cancelled_%"),
        pl.col("dep_delay").mean().round(1).alias("mean_delay"),
        percent(pl.col("dep_delay") >= LATE).alias("late_%"),
    ]


def percent(claim: pl.Expr) -> pl.Expr:
    return (100 * claim.mean()).round(1)


def known_mean(column: str) -> pl.Expr:
    """The mean, where at least half the values are known: two airlines report few true tail numbers."""
    value = pl.col(column)
    return pl.when(value.is_not_null().mean() >= 0.5).then(value.mean().round(1))


def condition() -> pl.Expr:
    """The weather in one word; the first that applies."""
    return (
        pl.when(pl.col("visib") < 1)
        .then(pl.lit("fog"))
        .when((pl.col("precip") > 0) & (pl.col("temp") <= 32))
        .then(pl.lit("snow or ice"))
        .when(pl.col("precip") >= 0.1)
        .then(pl.lit("heavy rain"))
        .when(pl.col("precip") > 0)
        .then(pl.lit("rain"))
        .when(pl.col("wind_speed") >= 20)
        .then(pl.lit("dry, strong wind"))
        .when(pl.col("time_hour").is_not_null())
        .then(pl.lit("dry, calm"))
        .otherwise(pl.lit("not recorded"))
    )
