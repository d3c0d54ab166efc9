"""Penguins: from a field log to a one-page report, in five assets."""

import csv
from pathlib import Path
from statistics import correlation, mean

import dagx as dg

FIELD_LOG = Path(__file__).parent / "data" / "penguins-raw.csv"


@dg.asset(group_name="field", kinds={"csv"})
def raw_penguins() -> list[dict[str, str]]:
    """The field log, row by row, as it was written down."""
    with FIELD_LOG.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@dg.asset(group_name="field")
def penguins(context: dg.AssetExecutionContext, raw_penguins: list[dict[str, str]]) -> list[dict]:
    """One tidy row for each penguin that was measured."""
    measured = [row for row in raw_penguins if row["Body Mass (g)"] != "NA"]
    context.log.info(f"{len(raw_penguins) - len(measured)} of {len(raw_penguins)} penguins were not measured")
    context.add_output_metadata({"measured": len(measured)})
    return [
        {
            "species": row["Species"].split()[0],
            "island": row["Island"],
            "bill_length": float(row["Culmen Length (mm)"]),
            "bill_depth": float(row["Culmen Depth (mm)"]),
            "mass": float(row["Body Mass (g)"]),
        }
        for row in measured
    ]


@dg.asset(group_name="findings")
def sizes(penguins: list[dict]) -> dict[str, dict]:
    """How many penguins of each species, where they live and what they weigh."""
    return {
        species: {
            "count": len(birds),
            "islands": sorted({bird["island"] for bird in birds}),
            "mean_mass": round(mean(bird["mass"] for bird in birds)),
        }
        for species, birds in by_species(penguins).items()
    }


@dg.asset(group_name="findings")
def bills(penguins: list[dict]) -> dict[str, float]:
    """Are longer bills deeper? The correlation, over all species and within each."""
    flocks = {"All species": penguins, **by_species(penguins)}
    return {name: round(bill_correlation(birds), 2) for name, birds in flocks.items()}


@dg.asset(group_name="findings", kinds={"markdown"})
def report(sizes: dict[str, dict], bills: dict[str, float]) -> str:
    """The findings on one page."""
    size_rows = [
        f"| {species} | {size['count']} | {size['mean_mass']} g | {', '.join(size['islands'])} |"
        for species, size in sizes.items()
    ]
    bill_rows = [f"| {name} | {value:+.2f} |" for name, value in bills.items()]
    return "\n".join(
        [
            "# Penguins of the Palmer Archipelago\n",
            "| species | measured | mean mass | islands |",
            "|---|--:|--:|---|",
            *size_rows,
            "\n## Are longer bills deeper?\n",
            "| penguins | correlation |",
            "|---|--:|",
            *bill_rows,
            "",
        ]
    )


def by_species(penguins: list[dict]) -> dict[str, list[dict]]:
    names = sorted({bird["species"] for bird in penguins})
    return {name: [bird for bird in penguins if bird["species"] == name] for name in names}


def bill_correlation(birds: list[dict]) -> float:
    return correlation([bird["bill_length"] for bird in birds], [bird["bill_depth"] for bird in birds])
