"""The terms of automation conditions: what one node of a condition says, as a value. Section 17.

A term is a frozen value that has its parameters as fields and knows how to evaluate nothing. `AutomationCondition` puts
terms together to trees; an evaluator reads `condition.term` and matches on these classes.

What the evaluator will know and no term does: the graph of assets and checks, the partitions that exist now, the
events since the last tick, the clock, and the cursor of each entity (what was requested last, when, the highest event
seen, and for `Since` and `NewlyTrue` nodes their true subset, under the id that `identity.node_id` gives). With that it
is a function of (conditions, facts, cursors, now) to (requested subsets, new cursors), parents first.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from dagx.keys import AssetKey
from dagx.record import Record

if TYPE_CHECKING:
    from dagx.selecting.asset_selection import AssetSelection


class Term(Record):
    """One node of a condition: `name` is that of the method that makes it, `description` a few words."""

    name: str = ""
    description: str = ""


class Custom(Term):
    """The term of a condition of the user's own: a subclass of AutomationCondition with `evaluate`."""

    name = "custom"
    description = "decided by its own evaluate()"


# Operators: their operands are the children of the condition that bears them.


class And(Term):
    """All children, each looking only at what the ones before it left."""

    name = "and"
    description = "all of"


class Or(Term):
    """One of the children or more."""

    name = "or"
    description = "any of"


class Not(Term):
    """Not its child."""

    name = "not"
    description = "not"


class Since(Term):
    """The first child was true, and the second was not true since then."""

    name = "since"
    description = "became true, and the reset has not been true since"


class NewlyTrue(Term):
    """Its child is true and was not at the previous tick."""

    name = "newly_true"
    description = "became true at this tick"


class Scoped(Term):
    """A term over other entities: `allow` narrows them to a selection, `ignore` leaves one out."""

    allow: AssetSelection | None
    ignore: AssetSelection | None

    def __init__(
        self, allow: AssetSelection | None = None, ignore: AssetSelection | None = None, **fields: object
    ) -> None:
        self._set(allow=allow, ignore=ignore, **fields)


class AnyDepsMatch(Scoped):
    """Its child is true of one dependency or more; false without any."""

    name = "any_deps_match"
    description = "any dependency is"


class AllDepsMatch(Scoped):
    """Its child is true of every dependency; true without any."""

    name = "all_deps_match"
    description = "all dependencies are"


class AnyChecksMatch(Scoped):
    """Its child is true of one check of the asset or more; `blocking_only` looks at blocking checks alone."""

    name = "any_checks_match"
    description = "any check is"
    blocking_only: bool

    def __init__(
        self,
        blocking_only: bool = False,
        allow: AssetSelection | None = None,
        ignore: AssetSelection | None = None,
    ) -> None:
        super().__init__(allow, ignore, blocking_only=blocking_only)


class AllChecksMatch(AnyChecksMatch):
    """Its child is true of every check of the asset; true without any."""

    name = "all_checks_match"
    description = "all checks are"


class AssetMatches(Term):
    """Its child is true of another asset."""

    name = "asset_matches"
    description = "another asset is"
    key: AssetKey

    def __init__(self, key: AssetKey) -> None:
        self._set(key=key)


class AnyDownstreamConditions(Term):
    """One of the conditions of the assets downstream is true of this asset."""

    name = "any_downstream_conditions"
    description = "a condition of an asset downstream is true"


class AnyJobRootAssetsMatch(Term):
    """For conditions of jobs: its child is true of one root asset of the job or more."""

    name = "any_job_root_assets_match"
    description = "any root asset of the job is"


class AllJobRootAssetsMatch(Term):
    """For conditions of jobs: its child is true of every root asset of the job."""

    name = "all_job_root_assets_match"
    description = "all root assets of the job are"


class ThroughVirtual(Term):
    """Its child, with dependencies that are virtual assets replaced by theirs."""

    name = "resolve_through_virtual"
    description = "seen through virtual assets"


# Operands: what is asked of one entity.


class Missing(Term):
    """Never made (external: nor observed; a check: not executed on the latest materialization)."""

    name = "missing"
    description = "missing"


class RunInProgress(Term):
    """Planned by a run that has not made it yet."""

    name = "run_in_progress"
    description = "part of an unfinished run"


class BackfillInProgress(Term):
    """Wanted by an active backfill that has not made it yet."""

    name = "backfill_in_progress"
    description = "part of an unfinished backfill"


class ExecutionFailed(Term):
    """The latest run that planned it failed without making it."""

    name = "execution_failed"
    description = "failed in its latest run"


class NewlyUpdated(Term):
    """Made (external: or observed; a check: evaluated) since the previous tick."""

    name = "newly_updated"
    description = "updated since the previous tick"


class NewlyRequested(Term):
    """Requested by the previous tick."""

    name = "newly_requested"
    description = "requested by the previous tick"


class CodeVersionChanged(Term):
    """Its code version is not that of the previous tick."""

    name = "code_version_changed"
    description = "of another code version than at the previous tick"


class DataVersionChanged(Term):
    """An event since the previous tick brought another data version."""

    name = "data_version_changed"
    description = "of another data version since the previous tick"


class CronTickPassed(Term):
    """A tick of `cron` (in the time zone `timezone`) came after the previous evaluation."""

    name = "cron_tick_passed"
    description = "a cron tick passed"
    cron: str
    timezone: str

    def __init__(self, cron: str, timezone: str) -> None:
        self._set(cron=cron, timezone=timezone)


class InLatestTimeWindow(Term):
    """In the last complete window, or at most `lookback` before its end."""

    name = "in_latest_time_window"
    description = "in the latest time window"
    lookback: datetime.timedelta | None

    def __init__(self, lookback: datetime.timedelta | None = None) -> None:
        self._set(lookback=lookback)


class WillBeRequested(Term):
    """Requested by this tick, and able to run in one run with the entity that is evaluated."""

    name = "will_be_requested"
    description = "requested by this tick"


class InitialEvaluation(Term):
    """The entity was not evaluated before, or its partitions definition is another now."""

    name = "initial_evaluation"
    description = "evaluated for the first time"


class ExecutedWithRootTarget(Term):
    """The run of its latest materialization also wanted the entity for which the tree is evaluated."""

    name = "executed_with_root_target"
    description = "last made in one run with the target"


class OfRunTags(Term):
    """A term about the tags of runs: those with one of `keys`, or one of the pairs in `values`, if any."""

    keys: tuple[str, ...]
    values: tuple[tuple[str, str], ...]

    def __init__(self, keys: Iterable[str] | None = None, values: Mapping[str, str] | None = None) -> None:
        self._set(keys=tuple(sorted(keys or ())), values=tuple(sorted((values or {}).items())))


class ExecutedWithTags(OfRunTags):
    """The run of the latest materialization has these tags."""

    name = "executed_with_tags"
    description = "last made by a run with tags"


class AnyNewUpdateHasRunTags(OfRunTags):
    """One update since the previous tick or more came from a run with these tags."""

    name = "any_new_update_has_run_tags"
    description = "an update since the previous tick came from a run with tags"


class AllNewUpdatesHaveRunTags(OfRunTags):
    """Every update since the previous tick came from a run with these tags."""

    name = "all_new_updates_have_run_tags"
    description = "all updates since the previous tick came from runs with tags"


class CheckPassed(Term):
    """The check passed on the latest materialization."""

    name = "check_passed"
    description = "passed"


class CheckFailed(Term):
    """The check failed on the latest materialization."""

    name = "check_failed"
    description = "failed"


class FreshnessPassed(Term):
    """The stored freshness of the asset is PASS."""

    name = "freshness_passed"
    description = "in time by its freshness policy"


class FreshnessWarned(Term):
    """The stored freshness of the asset is WARN."""

    name = "freshness_warned"
    description = "soon late by its freshness policy"


class FreshnessFailed(Term):
    """The stored freshness of the asset is FAIL."""

    name = "freshness_failed"
    description = "late by its freshness policy"
