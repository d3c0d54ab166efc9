"""What partitions cost: 100,000 hourly ones, their subsets and mappings. Prints a table; asserts nothing.

    python tests/benchmarks/partition_subsets.py [--hours 100000]

Each figure is the median of several calls, after a first one that fills the tables of the time zone.
"""

from __future__ import annotations

import argparse
import statistics
import time
import tracemalloc
from collections.abc import Callable
from datetime import datetime, timedelta

import dagx as dg
from dagx.partitions.upstream import upstream_subset
from dagx.time.cron import parse_cron
from dagx.time.ticks import Ticks, next_tick
from dagx.time.time_zones import TimeZone

START = datetime(2013, 1, 1)


def median(call: Callable[[], object], times: int = 201) -> str:
    """How long a call takes at the median."""
    taken: list[float] = []
    for _ in range(times):
        begin = time.perf_counter()
        call()
        taken.append(time.perf_counter() - begin)
    microseconds = statistics.median(taken) * 1e6
    return f"{microseconds:,.1f} µs" if microseconds < 1000 else f"{microseconds / 1000:,.1f} ms"


def measured(zone: str, hours: int) -> list[tuple[str, str]]:
    """The figures for one time zone."""
    begin = time.perf_counter()
    hourly = dg.HourlyPartitionsDefinition(START, timezone=zone)
    hourly.get_num_partitions()
    rows = [("definition and first count", f"{(time.perf_counter() - begin) * 1000:,.2f} ms")]
    tracemalloc.start()
    ticks = Ticks(parse_cron("0 * * * *"), TimeZone(zone))
    ticks.number(int((START + timedelta(hours=hours)).timestamp()))
    rows.append(("memory of all its tables", f"{tracemalloc.get_traced_memory()[0] / 1024:,.0f} KiB"))
    tracemalloc.stop()
    daily = dg.DailyPartitionsDefinition(START, timezone=zone)
    everything = hourly.subset_with_all_partitions()
    keys = hourly.get_partition_keys()
    third = hourly.subset_with_partition_keys(keys[::3])
    late = hourly.subset_with_partition_keys(keys[hours // 2 :])
    key = keys[hours * 2 // 3]
    days, identity, time_window = (
        daily.subset_with_all_partitions(),
        dg.IdentityPartitionMapping(),
        dg.TimeWindowPartitionMapping(),
    )
    calls: list[tuple[str, Callable[[], object], int]] = [
        ("count", hourly.get_num_partitions, 201),
        ("first key", hourly.get_first_partition_key, 201),
        ("last key", hourly.get_last_partition_key, 201),
        ("has key", lambda: hourly.has_partition_key(key), 201),
        ("key to place", lambda: hourly.place_of(key), 201),
        ("place to key", lambda: hourly.key_at(hours // 2), 201),
        ("window of key", lambda: hourly.time_window_for_partition_key(key), 201),
        ("all keys, as a list", hourly.get_partition_keys, 3),
        ("all, as a subset", hourly.subset_with_all_partitions, 201),
        ("key in subset (1 range)", lambda: key in late, 201),
        ("key in subset (33,000 ranges)", lambda: key in third, 201),
        ("all - half", lambda: everything - late, 201),
        ("all & every third", lambda: everything & third, 5),
        ("half | every third", lambda: late | third, 5),
        ("size of every third", lambda: len(third), 201),
        ("half to JSON", late.to_json, 201),
        ("subset of all keys, from a list", lambda: hourly.subset_with_partition_keys(keys), 3),
        (
            "hourly <- hourly, identity, all",
            lambda: upstream_subset(identity, everything, hourly, hourly),
            51,
        ),
        ("daily <- hourly, all", lambda: upstream_subset(time_window, days, daily, hourly), 51),
        ("hourly <- daily, half", lambda: upstream_subset(time_window, late, hourly, daily), 51),
        ("next tick of 0 9 29 2 *", lambda: next_tick("0 9 29 2 *", zone, START), 201),
    ]
    return rows + [(name, median(call, times)) for name, call, times in calls]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--hours", type=int, default=100_000)
    hours = parser.parse_args().hours
    with dg.partition_loading_context(START + timedelta(hours=hours)):
        tables = {zone: measured(zone, hours) for zone in ("UTC", "America/New_York")}
    print(f"{hours:,} hourly partitions".ljust(44), *(zone.rjust(18) for zone in tables))
    for rows in zip(*tables.values(), strict=True):
        print(rows[0][0].ljust(44), *(value.rjust(18) for _, value in rows))


if __name__ == "__main__":
    main()
