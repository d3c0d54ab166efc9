import dagster as dg


def budget_of(name: str, amount: int) -> dg.AssetsDefinition:
    @dg.asset(name=name)
    def _budget() -> int:
        return amount

    return _budget


budgets = [budget_of("budget", 100)]


@dg.asset
def finance_total(budget: int) -> int:
    return budget * 3
