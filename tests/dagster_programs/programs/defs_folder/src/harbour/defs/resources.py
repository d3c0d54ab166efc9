import dagster as dg

from harbour.defs.ships.assets import Port


@dg.definitions
def resources() -> dg.Definitions:
    return dg.Definitions(resources={"port": Port(first_berth=1), "names": ["Gorch Fock", "Alex 2"]})
