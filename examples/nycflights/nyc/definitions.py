"""What dagx loads: the assets of the four modules."""

import dagx as dg

from nyc import analytics, core, raw, report

defs = dg.Definitions(assets=dg.load_assets_from_modules([raw, core, analytics, report]))
