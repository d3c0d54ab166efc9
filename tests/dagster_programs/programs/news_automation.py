"""Assets that say themselves when they are made: on arrival, at nine, when nothing blocks, by a rule of one's own."""

from dagster import (
    AssetCheckResult,
    AssetExecutionContext,
    AssetKey,
    AssetSelection,
    AssetSpec,
    AutomationCondition,
    AutomationConditionSensorDefinition,
    AutomationContext,
    AutomationResult,
    DailyPartitionsDefinition,
    DefaultSensorStatus,
    Definitions,
    asset,
    asset_check,
)

days = DailyPartitionsDefinition(start_date="2024-05-01")
feed = AssetSpec("feed", description="What the agencies send.", kinds={"rss"})


class Office(AutomationCondition):
    """True in office hours."""

    @property
    def name(self) -> str:
        return "office"

    def evaluate(self, context: AutomationContext) -> AutomationResult:
        open_now = 8 <= context.evaluation_time.hour < 18
        subset = context.candidate_subset if open_now else context.get_empty_subset()
        return AutomationResult(context, true_subset=subset)


@asset(deps=[feed], automation_condition=AutomationCondition.eager())
def articles() -> list[str]:
    return ["rain", "sun"]


@asset(automation_condition=AutomationCondition.on_cron("0 9 * * *", "Europe/Paris"))
def front_page(articles: list[str]) -> str:
    return articles[0]


@asset(
    automation_condition=AutomationCondition.eager()
    .without(~AutomationCondition.any_deps_missing())
    .ignore(AssetSelection.assets("articles"))
    .with_label("eager without articles")
)
def print_edition(articles: list[str], front_page: str) -> str:
    return front_page


@asset(partitions_def=days, automation_condition=AutomationCondition.on_missing())
def archive(context: AssetExecutionContext) -> None:
    context.log.info(context.partition_key)


@asset(
    deps=[articles],
    automation_condition=Office()
    & AutomationCondition.any_deps_match(
        AutomationCondition.newly_updated() | AutomationCondition.newly_missing()
    )
    & ~AutomationCondition.in_progress()
    & AutomationCondition.all_deps_blocking_checks_passed(),
)
def newsletter() -> None: ...


@asset_check(asset=articles, blocking=True, automation_condition=AutomationCondition.newly_updated())
def there_are_articles(articles: list[str]) -> AssetCheckResult:
    return AssetCheckResult(passed=len(articles) > 0)


automation = AutomationConditionSensorDefinition(
    "automation",
    target=AssetSelection.all(),
    default_status=DefaultSensorStatus.RUNNING,
    run_tags={"by": "automation"},
    minimum_interval_seconds=15,
)
defs = Definitions(
    assets=[feed, articles, front_page, print_edition, archive, newsletter],
    asset_checks=[there_are_articles],
    sensors=[automation],
)


def check() -> None:
    specs = {spec.key: spec for spec in defs.resolve_all_asset_specs()}
    assert specs[AssetKey("articles")].automation_condition == AutomationCondition.eager()
    assert specs[AssetKey("feed")].automation_condition is None
    assert specs[AssetKey("print_edition")].automation_condition.get_label() == "eager without articles"
    daily = AutomationCondition.on_cron("0 9 * * *", "Europe/Paris")
    assert specs[AssetKey("front_page")].automation_condition == daily
    assert daily != AutomationCondition.on_cron("0 9 * * *")
    rule = AutomationCondition.eager().replace("newly_missing", AutomationCondition.missing())
    assert rule != AutomationCondition.eager()
    repeated = AutomationCondition.cron_tick_passed("@hourly").since(AutomationCondition.newly_requested())
    assert (repeated & Office()) is not None
    assert defs.resolve_sensor_def("automation").default_status == DefaultSensorStatus.RUNNING
    made = defs.resolve_implicit_global_asset_job_def().execute_in_process(
        asset_selection=[AssetKey("articles"), AssetKey("front_page"), AssetKey("newsletter")]
    )
    assert made.success
