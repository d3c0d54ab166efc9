"""The words of automation conditions: a method for each term, and the composites. Sections 17.2 to 17.4.

A mixin of AutomationCondition, which alone knows how a condition is made of a term.
"""

from __future__ import annotations

import datetime
import importlib
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from dagx.arguments import checked_mapping, checked_text, checked_texts
from dagx.automation import terms
from dagx.errors import InvalidArgumentError
from dagx.keys import AssetKey, CoercibleToAssetKey

if TYPE_CHECKING:
    from dagx.automation.conditions import AutomationCondition

UTC = "UTC"


class Operands:
    """What can be asked of one asset or check, and of those around it."""

    @classmethod
    def _of(cls, term: terms.Term, *children: AutomationCondition) -> AutomationCondition:
        raise NotImplementedError  # AutomationCondition has it

    # Of the entity itself

    @classmethod
    def missing(cls) -> AutomationCondition:
        """True of partitions never made; of external assets never observed either; of checks that were never
        executed on the latest materialization. Semantics: section 17.3.
        """
        return cls._of(terms.Missing())

    @classmethod
    def run_in_progress(cls) -> AutomationCondition:
        """True of what an unfinished run has planned and not made yet. Semantics: section 17.3."""
        return cls._of(terms.RunInProgress())

    @classmethod
    def backfill_in_progress(cls) -> AutomationCondition:
        """True of what an active backfill wants and has not made yet. Semantics: section 17.3."""
        return cls._of(terms.BackfillInProgress())

    @classmethod
    def execution_failed(cls) -> AutomationCondition:
        """True when the latest run that planned it failed without making it. Semantics: section 17.3."""
        return cls._of(terms.ExecutionFailed())

    @classmethod
    def newly_updated(cls) -> AutomationCondition:
        """True of what was made (external: or observed; checks: evaluated) since the previous tick.

        False at the first tick. Semantics: section 17.3.
        """
        return cls._of(terms.NewlyUpdated())

    @classmethod
    def newly_requested(cls) -> AutomationCondition:
        """True of what the previous tick requested. Semantics: section 17.3."""
        return cls._of(terms.NewlyRequested())

    @classmethod
    def code_version_changed(cls) -> AutomationCondition:
        """True when the code version is not that of the previous tick; false at the first. Semantics: section
        17.3.
        """
        return cls._of(terms.CodeVersionChanged())

    @classmethod
    def data_version_changed(cls) -> AutomationCondition:
        """True when an event since the previous tick brought another data version. Semantics: section 17.3."""
        return cls._of(terms.DataVersionChanged())

    @classmethod
    def cron_tick_passed(cls, cron_schedule: str, cron_timezone: str = UTC) -> AutomationCondition:
        """True of everything when a tick of the cron came after the previous evaluation; false at the first.

        `cron_schedule` has five fields or is a name such as `@daily`, `cron_timezone` is an IANA name. Raises
        InvalidArgumentError when one of them cannot be read. Semantics: section 17.3.
        """
        # Late: reading crons and zones takes longer to import than all conditions, and most have none.
        crons = importlib.import_module("dagx.automation.crons")
        crons.checked_cron(cron_schedule, InvalidArgumentError)
        crons.checked_timezone(cron_timezone, InvalidArgumentError)
        return cls._of(terms.CronTickPassed(cron_schedule, cron_timezone))

    @classmethod
    def in_latest_time_window(cls, lookback_delta: datetime.timedelta | None = None) -> AutomationCondition:
        """True of time partitions in the last complete window, or at most `lookback_delta` before its end;
        true of all others. Semantics: section 17.3.
        """
        if lookback_delta is not None and not isinstance(lookback_delta, datetime.timedelta):  # pyright: ignore[reportUnnecessaryIsInstance]  # users without a type checker
            raise InvalidArgumentError(
                f"lookback_delta is a timedelta, not {lookback_delta!r}", "write timedelta(days=2)"
            )
        return cls._of(terms.InLatestTimeWindow(lookback_delta))

    @classmethod
    def will_be_requested(cls) -> AutomationCondition:
        """True of what this tick requests and what can run in one run with the entity that is evaluated.

        Semantics: section 17.3.
        """
        return cls._of(terms.WillBeRequested())

    @classmethod
    def initial_evaluation(cls) -> AutomationCondition:
        """True at the first evaluation of the entity, and when its partitions definition changed. Semantics:
        section 17.3.
        """
        return cls._of(terms.InitialEvaluation())

    @classmethod
    def executed_with_root_target(cls) -> AutomationCondition:
        """For dependencies: true when the run of the latest materialization also wanted the asset that is
        evaluated. Semantics: section 17.3.
        """
        return cls._of(terms.ExecutedWithRootTarget())

    @classmethod
    def executed_with_tags(
        cls, tag_keys: Iterable[str] | None = None, tag_values: Mapping[str, str] | None = None
    ) -> AutomationCondition:
        """True when the run of the latest materialization has a tag of `tag_keys`, and the `tag_values`.

        Semantics: section 17.3.
        """
        return cls._of(terms.ExecutedWithTags(_tag_keys(tag_keys), _tag_values(tag_values)))

    @classmethod
    def any_new_update_has_run_tags(
        cls, tag_keys: Iterable[str] | None = None, tag_values: Mapping[str, str] | None = None
    ) -> AutomationCondition:
        """True when an update since the previous tick came from a run with these tags. Semantics: section
        17.3.
        """
        return cls._of(terms.AnyNewUpdateHasRunTags(_tag_keys(tag_keys), _tag_values(tag_values)))

    @classmethod
    def all_new_updates_have_run_tags(
        cls, tag_keys: Iterable[str] | None = None, tag_values: Mapping[str, str] | None = None
    ) -> AutomationCondition:
        """True when all updates since the previous tick came from runs with these tags. Semantics: section
        17.3.
        """
        return cls._of(terms.AllNewUpdatesHaveRunTags(_tag_keys(tag_keys), _tag_values(tag_values)))

    @classmethod
    def check_passed(cls) -> AutomationCondition:
        """For checks: true when it passed on the latest materialization. Semantics: section 17.3."""
        return cls._of(terms.CheckPassed())

    @classmethod
    def check_failed(cls) -> AutomationCondition:
        """For checks: true when it failed on the latest materialization. Semantics: section 17.3."""
        return cls._of(terms.CheckFailed())

    @classmethod
    def freshness_passed(cls) -> AutomationCondition:
        """True when the asset was found in time by its freshness policy. Semantics: section 17.3."""
        return cls._of(terms.FreshnessPassed())

    @classmethod
    def freshness_warned(cls) -> AutomationCondition:
        """True when the asset was found soon to be late by its freshness policy. Semantics: section 17.3."""
        return cls._of(terms.FreshnessWarned())

    @classmethod
    def freshness_failed(cls) -> AutomationCondition:
        """True when the asset was found late by its freshness policy. Semantics: section 17.3."""
        return cls._of(terms.FreshnessFailed())

    # Of the entities around it

    @classmethod
    def any_deps_match(cls, condition: AutomationCondition) -> AutomationCondition:
        """True where `condition` is true of one dependency or more; false without dependencies. Semantics:
        section 17.2.
        """
        return cls._of(terms.AnyDepsMatch(), condition)

    @classmethod
    def all_deps_match(cls, condition: AutomationCondition) -> AutomationCondition:
        """True where `condition` is true of every dependency (of any of its mapped partitions); true without
        dependencies. Semantics: section 17.2.
        """
        return cls._of(terms.AllDepsMatch(), condition)

    @classmethod
    def any_checks_match(
        cls, condition: AutomationCondition, blocking_only: bool = False
    ) -> AutomationCondition:
        """True when `condition` is true of one check of the asset or more; false without checks.

        `blocking_only` looks at blocking checks alone. Semantics: section 17.2.
        """
        return cls._of(terms.AnyChecksMatch(blocking_only), condition)

    @classmethod
    def all_checks_match(
        cls, condition: AutomationCondition, blocking_only: bool = False
    ) -> AutomationCondition:
        """True when `condition` is true of every check of the asset; true without checks.

        `blocking_only` looks at blocking checks alone. Semantics: section 17.2.
        """
        return cls._of(terms.AllChecksMatch(blocking_only), condition)

    @classmethod
    def asset_matches(cls, key: CoercibleToAssetKey, condition: AutomationCondition) -> AutomationCondition:
        """True where `condition` is true of the asset `key`. Semantics: section 17.2."""
        return cls._of(terms.AssetMatches(AssetKey.from_coercible_or_definition(key)), condition)

    @classmethod
    def any_downstream_conditions(cls) -> AutomationCondition:
        """True where a condition of an asset downstream, at any distance, is true of this one. Semantics:
        section 17.2.
        """
        return cls._of(terms.AnyDownstreamConditions())

    @classmethod
    def any_job_root_assets_match(cls, condition: AutomationCondition) -> AutomationCondition:
        """For conditions of jobs: true where `condition` is true of one root asset or more. Semantics:
        section 17.2.
        """
        return cls._of(terms.AnyJobRootAssetsMatch(), condition)

    @classmethod
    def all_job_root_assets_match(cls, condition: AutomationCondition) -> AutomationCondition:
        """For conditions of jobs: true where `condition` is true of every root asset. Semantics: section
        17.2.
        """
        return cls._of(terms.AllJobRootAssetsMatch(), condition)


def _tag_keys(keys: Iterable[str] | None) -> Iterable[str] | None:
    return None if keys is None else checked_texts(keys, "tag_keys")


def _tag_values(values: Mapping[str, str] | None) -> Mapping[str, str] | None:
    if values is None:
        return None
    found = checked_mapping(values, "tag_values")
    for key, value in found.items():
        checked_text(key, "each key of tag_values")
        checked_text(value, f"the value of the tag {key!r}")
    return found
