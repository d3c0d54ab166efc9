"""The project that `dagx init` writes: small, real, and running at once."""

from __future__ import annotations

from pathlib import Path

from dagx_engine.pure.errors import UsageError

__all__ = ["write_template"]

_DEFINITIONS = '''\
"""Three assets: raw data, what it says, and a report. Save this file while `dagx dev` runs and see what reruns."""

import csv
from pathlib import Path

import dagx as dg

DATA = Path(__file__).parent / "data"


@dg.asset
def orders() -> list:
    """The rows of data/orders.csv. The file is watched: edit it, and this runs again."""
    with open(DATA / "orders.csv", newline="") as stream:
        return [{**row, "amount": float(row["amount"])} for row in csv.DictReader(stream)]


@dg.asset
def revenue(context, orders: list) -> dict:
    """Revenue by country."""
    totals: dict = {}
    for order in orders:
        totals[order["country"]] = totals.get(order["country"], 0.0) + order["amount"]
    context.log.info("%d orders, %d countries", len(orders), len(totals))
    return dict(sorted(totals.items()))


@dg.asset
def report(revenue: dict) -> str:
    """A table for people."""
    lines = [f"| {country} | {amount:,.2f} |" for country, amount in revenue.items()]
    return "\\n".join(["| country | revenue |", "| --- | ---: |", *lines])
'''

_ORDERS = """\
id,country,amount
1,FR,120.50
2,DE,80.00
3,FR,42.25
4,NL,310.00
5,DE,19.90
"""


def write_template(folder: Path) -> tuple[Path, ...]:
    """Write it. Raises UsageError before anything is written when one of its files is there already."""
    wanted = {folder / "definitions.py": _DEFINITIONS, folder / "data" / "orders.csv": _ORDERS}
    for path in wanted:
        if path.exists():
            raise UsageError(f"{path} is there already", hint="nothing was written; choose an empty folder")
    try:
        for path, text in wanted.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{error.filename} cannot be written: {error.strerror}") from error
    return tuple(wanted)
