"""RunRequest and SkipReason: what schedules and sensors answer. Sections 18 and 19."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar, cast

from dagx.arguments import checked_several
from dagx.checks.specs import AssetCheckKey
from dagx.errors import InvalidArgumentError, InvalidDefinitionError
from dagx.execution.run_tags import SYSTEM_TAGS, TAGS_THAT_STEER_A_RUN, run_tags
from dagx.keys import AssetKey, CoercibleToAssetKey
from dagx.names import as_mapping
from dagx.record import Record

__all__ = ["RunRequest", "SkipReason"]

R = TypeVar("R", bound="RunRequest")

RUN_KEY_TAG = "dagster/run_key"
SCHEDULE_TAG = "dagster/schedule_name"
SENSOR_TAG = "dagster/sensor_name"
SCHEDULED_TIME_TAG = ".dagster/scheduled_execution_time"
PARTITION_TAG = "dagster/partition"


class SkipReason(Record):
    """That a tick launches nothing, and why: `skip_message` is shown with the tick. Semantics: section 18."""

    skip_message: str | None

    def __init__(self, skip_message: str | None = None) -> None:
        if skip_message is not None and not isinstance(skip_message, str):  # pyright: ignore[reportUnnecessaryIsInstance]  # users without a type checker
            raise InvalidArgumentError(f"the message of a SkipReason is a str, not {skip_message!r}")
        self._set(skip_message=skip_message)


class RunRequest(Record):
    """That a run is to be launched.

    `run_key` names the occasion: a sensor launches one run for it in all its history, a schedule one a tick.
    `run_config` is a dict or a RunConfig, `tags` go on the run (a value that is no str becomes JSON), `job_name` says
    which of several jobs, `asset_selection` and `asset_check_keys` which of its assets and checks, `partition_key` for
    which partition; `stale_assets_only` leaves out what is fresh. Raises InvalidArgumentError for other types.
    Semantics: section 18.
    """

    run_key: str | None
    run_config: Mapping[str, Any]
    tags: Mapping[str, str]
    job_name: str | None
    asset_selection: list[AssetKey] | None
    stale_assets_only: bool
    partition_key: str | None
    asset_check_keys: list[Any] | None

    def __init__(
        self,
        run_key: str | None = None,
        run_config: Any = None,
        tags: Mapping[str, Any] | None = None,
        job_name: str | None = None,
        asset_selection: Iterable[CoercibleToAssetKey | Any] | None = None,
        stale_assets_only: bool = False,
        partition_key: str | None = None,
        asset_check_keys: Iterable[Any] | None = None,
    ) -> None:
        for name, value in (("run_key", run_key), ("job_name", job_name), ("partition_key", partition_key)):
            if value is not None and not isinstance(value, str):  # pyright: ignore[reportUnnecessaryIsInstance]  # users without a type checker
                raise InvalidArgumentError(f"RunRequest: {name} is a str, not {value!r}")
        self._set(
            run_key=run_key,
            run_config=config_dict(run_config),
            tags=run_tags(tags),
            job_name=job_name,
            asset_selection=_keys(asset_selection),
            stale_assets_only=bool(stale_assets_only),
            partition_key=partition_key,
            asset_check_keys=None if asset_check_keys is None else _check_keys(asset_check_keys),
        )

    def with_replaced_attrs(self: R, **attributes: Any) -> R:
        """A copy with these fields in place of its own, which are checked anew."""
        fields = {name: value for name, value in vars(self).items() if not name.startswith("_")}
        unknown = attributes.keys() - fields.keys()
        if unknown:
            raise InvalidArgumentError(f"RunRequest has no {', '.join(sorted(unknown))}")
        other = copy.copy(self)
        RunRequest.__init__(other, **{**fields, **attributes})
        return other

    def with_tags(self: R, tags: Mapping[str, str]) -> R:
        """A copy with these tags added; of one name, they win."""
        return self.with_replaced_attrs(tags={**self.tags, **tags})

    def has_resolved_partition(self) -> bool:
        """Whether its tags name its partition: nothing of it is left to resolve."""
        return self.partition_key is None or any(tag.startswith(PARTITION_TAG) for tag in self.tags)


def tags_of_run(request: RunRequest) -> dict[str, str]:
    """The tags of the run that a request launches: its own, and its run key."""
    return {**request.tags, **({RUN_KEY_TAG: request.run_key} if request.run_key is not None else {})}


def schedule_tags(tags: object, what: str, of: str) -> dict[str, str]:
    """`run_tags` of the schedule `of`. Raises InvalidDefinitionError also for one that dagx sets itself."""
    found = run_tags(tags, what)
    for name in found:
        if name.startswith(SYSTEM_TAGS) and name not in TAGS_THAT_STEER_A_RUN:
            raise InvalidDefinitionError(
                f'{of}: the tag "{name}" is one that dagx sets itself',
                f"name it without {SYSTEM_TAGS}; of those a schedule may give {', '.join(TAGS_THAT_STEER_A_RUN)}",
            )
    return found


def config_dict(config: object, what: str = "run_config") -> dict[str, Any]:
    """Run config as a dict, also from a RunConfig."""
    to_dict = getattr(config, "to_config_dict", None)
    given = to_dict() if callable(to_dict) else config
    return cast("dict[str, Any]", as_mapping(given, what))


def _keys(keys: object) -> list[AssetKey] | None:
    if keys is None:
        return None
    if isinstance(keys, str) or not isinstance(keys, Iterable):
        raise InvalidArgumentError(
            f"asset_selection of a RunRequest is a list of keys, not {keys!r}", 'write [AssetKey("a")]'
        )
    return [AssetKey.from_coercible_or_definition(key) for key in cast("Iterable[Any]", cast(object, keys))]


def _check_keys(keys: object) -> list[Any]:
    found = checked_several(keys, "asset_check_keys", "check keys")
    for key in found:
        if not isinstance(key, AssetCheckKey):
            raise InvalidArgumentError(
                f"asset_check_keys of a RunRequest has AssetCheckKeys, not {key!r}",
                'write [AssetCheckKey(AssetKey("a"), "name")]',
            )
    return found
