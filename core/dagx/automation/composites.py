"""Conditions made of others, under a name of their own: the label by which `replace` finds them. Section 17.4."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dagx.automation.vocabulary import UTC, Operands

if TYPE_CHECKING:
    from dagx.automation.conditions import AutomationCondition


class Composites(Operands):
    """What most assets need, ready made. Each method says what it stands for."""

    @classmethod
    def newly_missing(cls) -> AutomationCondition:
        """`missing().newly_true()`: true at the tick at which it becomes missing. Semantics: section 17.3."""
        return cls.missing().newly_true().with_label("newly_missing")

    @classmethod
    def in_progress(cls) -> AutomationCondition:
        """`run_in_progress() | backfill_in_progress()`. Semantics: section 17.3."""
        return (cls.run_in_progress() | cls.backfill_in_progress()).with_label("in_progress")

    @classmethod
    def any_deps_updated(cls) -> AutomationCondition:
        """True when a dependency was updated since the previous tick, by a run that does not also make this
        asset, or is requested by this tick. Semantics: section 17.4.
        """
        without_root = cls.newly_updated() & ~cls.executed_with_root_target()
        return cls.any_deps_match(
            without_root.with_label("newly_updated_without_root") | cls.will_be_requested()
        ).with_label("any_deps_updated")

    @classmethod
    def any_deps_missing(cls) -> AutomationCondition:
        """True when a dependency is missing and not requested by this tick. Semantics: section 17.4."""
        return cls.any_deps_match(cls.missing() & ~cls.will_be_requested()).with_label("any_deps_missing")

    @classmethod
    def any_deps_in_progress(cls) -> AutomationCondition:
        """True when an unfinished run or backfill is to make a dependency. Semantics: section 17.4."""
        return cls.any_deps_match(cls.in_progress()).with_label("any_deps_in_progress")

    @classmethod
    def all_deps_updated_since_cron(cls, cron_schedule: str, cron_timezone: str = UTC) -> AutomationCondition:
        """True when every dependency was updated after the latest tick of the cron, or is requested by this
        tick. Raises InvalidArgumentError for a cron or zone that cannot be read. Semantics: section 17.4.
        """
        updated = cls.newly_updated().since(cls.cron_tick_passed(cron_schedule, cron_timezone))
        return cls.all_deps_match(updated | cls.will_be_requested()).with_label(
            f"all_deps_updated_since_cron({cron_schedule}, {cron_timezone})"
        )

    @classmethod
    def all_deps_blocking_checks_passed(cls) -> AutomationCondition:
        """True when the blocking checks of every dependency passed, or are requested by this tick. Semantics:
        section 17.4.
        """
        passed = cls.check_passed() | cls.will_be_requested()
        checks = cls.all_checks_match(passed, blocking_only=True).with_label("all_blocking_checks_passed")
        return cls.all_deps_match(checks).with_label("all_deps_blocking_checks_passed")

    @classmethod
    def eager(cls) -> AutomationCondition:
        """Request an asset when a dependency was updated, and partitions that appear; not while a dependency
        is missing, or it or a dependency is in progress; of time partitions the latest alone. Semantics:
        section 17.4.
        """
        return (
            cls.in_latest_time_window()
            & (cls.newly_missing() | cls.any_deps_updated()).since_last_handled()
            & ~cls.any_deps_missing()
            & ~cls.any_deps_in_progress()
            & ~cls.in_progress()
        ).with_label("eager")

    @classmethod
    def on_cron(cls, cron_schedule: str, cron_timezone: str = UTC) -> AutomationCondition:
        """Request an asset once for each tick of the cron, when all its dependencies were updated after it.

        Raises InvalidArgumentError for a cron or zone that cannot be read. Semantics: section 17.4.
        """
        return (
            cls.in_latest_time_window()
            & cls.cron_tick_passed(cron_schedule, cron_timezone).since_last_handled()
            & cls.all_deps_updated_since_cron(cron_schedule, cron_timezone)
        ).with_label(f"on_cron({cron_schedule}, {cron_timezone})")

    @classmethod
    def on_missing(cls) -> AutomationCondition:
        """Request what becomes missing, such as a partition that appears, once its dependencies are there.

        Semantics: section 17.4.
        """
        missing = cls.missing().newly_true().since_last_handled().with_label("missing_since_last_handled")
        return (cls.in_latest_time_window() & missing & ~cls.any_deps_missing()).with_label("on_missing")
