from pathlib import Path

import dagster as dg


@dg.asset
def tides() -> list[str]:
    return Path(dg.file_relative_path(__file__, "tides.txt")).read_text().split()


weather = dg.AssetSpec("weather", kinds={"grib"})
