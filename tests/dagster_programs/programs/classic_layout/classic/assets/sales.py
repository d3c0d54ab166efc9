from dagster import asset


@asset
def orders() -> list[int]:
    return [1, 2]


@asset
def order_count(orders: list[int]) -> int:
    return len(orders)
