"""Cron expressions and the instants that they mean, in time zones."""
