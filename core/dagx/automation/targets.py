"""What a schedule or sensor launches: a job by name, a job, or a selection of assets. Sections 18 and 19.

Jobs are known here by their `name` alone: what is in them is resolved when definitions are fitted together.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, cast

from dagx.arguments import checked_text
from dagx.errors import InvalidArgumentError, InvalidDefinitionError
from dagx.record import Record
from dagx.selecting.asset_selection import AssetSelection

Job = Any
"""A job, resolved or not: anything that has a `name`, and is not an asset."""
CoercibleToAssetSelection = Any
"""A selection, its text, an asset or key, or a list of them."""
_OF_OTHERS = ("specs", "check_specs", "key", "asset_key", "compute_fn", "term", "cron_schedule")
"""What assets, checks, ops, conditions, schedules and partitions have, and no job."""
ANONYMOUS = "__anonymous_asset_job_"


class AnonymousAssetJob(Record):
    """The job behind `target=` with assets: `selection` under a `name` that nobody gave."""

    name: str
    selection: AssetSelection

    def __init__(self, owner: str, selection: AssetSelection) -> None:
        self._set(name=f"{ANONYMOUS}{owner}", selection=selection)


def selection_from(value: CoercibleToAssetSelection) -> AssetSelection:
    """The selection that `value` means."""
    return value if isinstance(value, AssetSelection) else AssetSelection.from_coercible(value)


def is_job(value: object) -> bool:
    """Whether `value` is a job: something named that neither is nor selects assets."""
    if isinstance(value, (str, AssetSelection, type)):
        return False
    named = isinstance(getattr(value, "name", None), str)
    return named and not any(hasattr(value, attribute) for attribute in _OF_OTHERS)


def job_named(value: object, what: str) -> Job:
    """`value`, if it is a job; else raises InvalidArgumentError. `what` opens the message."""
    if not is_job(value):
        raise InvalidArgumentError(f"{what} takes a job, not {value!r}", "give assets as target=...")
    return value


def one_of(what: str, **given: object) -> str | None:
    """The name of the one of `given` that is not None, if any. Raises InvalidDefinitionError for several."""
    named = [name for name, value in given.items() if value is not None]
    if len(named) > 1:
        raise InvalidDefinitionError(f"{what} takes one of {', '.join(named)}, not several", "leave one")
    return named[0] if named else None


class Targets(Record):
    """What may be launched: `job_names` of one job or more, with the `jobs` themselves if they were given, or a
    `selection` of assets. Empty: nothing.
    """

    job_names: tuple[str, ...]
    jobs: tuple[Job, ...]
    selection: AssetSelection | None

    def __init__(
        self,
        job_names: Sequence[str] = (),
        jobs: Sequence[Job] = (),
        selection: AssetSelection | None = None,
    ) -> None:
        self._set(job_names=tuple(job_names), jobs=tuple(jobs), selection=selection)

    def __bool__(self) -> bool:
        return bool(self.job_names) or self.selection is not None

    def job(self, name: str | None) -> Job | None:
        """The job of this name (None: the only one), if the job itself was given."""
        wanted = name if name is not None or len(self.job_names) != 1 else self.job_names[0]
        return next((job for job in self.jobs if job.name == wanted), None)


def targets_of(
    what: str,
    owner: str | None,
    *,
    job_name: str | None = None,
    job: object = None,
    jobs: object = None,
    selection: object = None,
    target: object = None,
) -> Targets:
    """What was given, of which no more than one may be. `what`, as in `sensor "s"`, opens messages."""
    chosen = one_of(what, job_name=job_name, job=job, jobs=jobs, asset_selection=selection, target=target)
    if chosen is None:
        return Targets()
    if job_name is not None:
        return Targets([checked_text(job_name, f"{what}: job_name")])
    if selection is not None:
        return Targets(selection=selection_from(selection))
    if target is not None and not (is_job(target) or _are_jobs(target)):
        return _of_assets(what, owner, target)
    several = [job] if job is not None else target if target is not None else jobs
    if not isinstance(several, Iterable) or isinstance(several, str):
        several = [several]
    found = [job_named(one, what) for one in cast("Iterable[object]", several)]
    return Targets([one.name for one in found], found)


def _are_jobs(target: object) -> bool:
    several = cast("Sequence[object]", target) if isinstance(target, (list, tuple)) else ()
    return bool(several) and all(is_job(one) for one in several)


def _of_assets(what: str, owner: str | None, target: object) -> Targets:
    if owner is None:
        raise InvalidDefinitionError(f"{what} needs a name, as its target is assets", "give name=...")
    job = AnonymousAssetJob(owner, selection_from(target))
    return Targets([job.name], [job], job.selection)
