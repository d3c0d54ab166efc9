"""Assets and ops that wait for several things at once."""

import asyncio

import dagster as dg


class Web(dg.ConfigurableResource):
    pages: dict[str, str]

    async def get(self, url: str) -> str:
        await asyncio.sleep(0)
        return self.pages[url]


@dg.asset
async def front_pages(context: dg.AssetExecutionContext, web: Web) -> dict[str, str]:
    texts = await asyncio.gather(*(web.get(url) for url in sorted(web.pages)))
    context.log.info("fetched %d pages", len(texts))
    return dict(zip(sorted(web.pages), texts))


@dg.multi_asset(outs={"words": dg.AssetOut(), "letters": dg.AssetOut()})
async def counts(front_pages: dict[str, str]):
    for name, count in (("words", lambda text: len(text.split())), ("letters", len)):
        await asyncio.sleep(0)
        yield dg.Output({url: count(text) for url, text in front_pages.items()}, output_name=name)


@dg.op
async def slow_double(number: int) -> int:
    await asyncio.sleep(0)
    return number * 2


@dg.op
def start() -> int:
    return 4


@dg.job
def doubling():
    slow_double(slow_double.alias("again")(start()))


@dg.asset_check(asset=front_pages)
async def no_page_is_empty(front_pages) -> dg.AssetCheckResult:
    await asyncio.sleep(0)
    return dg.AssetCheckResult(passed=all(front_pages.values()))


pages = {"a.example": "good morning", "b.example": "rain"}
defs = dg.Definitions(
    assets=[front_pages, counts],
    asset_checks=[no_page_is_empty],
    jobs=[doubling],
    resources={"web": Web(pages=pages)},
)


def check() -> None:
    result = defs.resolve_implicit_global_asset_job_def().execute_in_process()
    assert result.asset_value("front_pages") == pages
    assert result.asset_value("words") == {"a.example": 2, "b.example": 1}
    assert result.output_for_node("counts", "letters") == {"a.example": 12, "b.example": 4}
    assert all(one.passed for one in result.get_asset_check_evaluations())
    assert doubling.execute_in_process().output_for_node("slow_double") == 16
    assert asyncio.run(slow_double(3)) == 6
