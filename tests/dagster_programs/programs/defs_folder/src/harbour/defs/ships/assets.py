import dagster as dg


class Port(dg.ConfigurableResource):
    first_berth: int = 0


@dg.asset(group_name="ships")
def ships(names: dg.ResourceParam[list]) -> list[str]:
    return list(names)


@dg.asset(group_name="ships", deps=["tides", "weather"])
def berths(ships: list[str], port: Port) -> dict[str, int]:
    return {ship: number for number, ship in enumerate(ships, start=port.first_berth)}
