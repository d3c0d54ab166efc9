import dagster as dg

plan = dg.define_asset_job("plan", selection=dg.AssetSelection.all())
plan_daily = dg.ScheduleDefinition(job=plan, cron_schedule="0 4 * * *")
