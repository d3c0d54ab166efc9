"""What a check reports, and the record that is kept of it. Semantics: section 21."""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from dagx.checks.specs import AssetCheckKey, AssetCheckSpec
from dagx.errors import InvalidArgumentError, InvariantViolationError
from dagx.keys import AssetKey, CoercibleToAssetKey
from dagx.metadata.values import MetadataValue, RawMetadataValue, normalized
from dagx.nearest import did_you_mean
from dagx.record import Record

__all__ = ["AssetCheckEvaluation", "AssetCheckResult", "AssetCheckSeverity"]


class AssetCheckSeverity(enum.Enum):
    """How bad it is that a check failed. Only ERROR lets a blocking check hold back what comes after.

    Semantics: section 21.
    """

    WARN = "WARN"
    ERROR = "ERROR"


class TargetMaterialization(NamedTuple):
    """The materialization that a check looked at: its number in the store, its run, seconds since 1970 UTC."""

    storage_id: int
    run_id: str
    timestamp: float


class AssetCheckEvaluation(Record):
    """The event that a check was executed.

    `partition` is set only for a check with partitions of its own; `target_materialization_data` is None when
    the asset was never materialized. Semantics: section 21.
    """

    asset_key: AssetKey
    check_name: str
    passed: bool
    metadata: Mapping[str, MetadataValue]
    target_materialization_data: TargetMaterialization | None
    severity: AssetCheckSeverity
    description: str | None
    blocking: bool | None
    partition: str | None

    def __init__(
        self,
        asset_key: AssetKey,
        check_name: str,
        passed: bool,
        metadata: Mapping[str, RawMetadataValue] | None = None,
        target_materialization_data: TargetMaterialization | None = None,
        severity: AssetCheckSeverity = AssetCheckSeverity.ERROR,
        description: str | None = None,
        blocking: bool | None = None,
        partition: str | None = None,
    ) -> None:
        self._set(
            asset_key=AssetKey.from_coercible(asset_key),
            check_name=check_name,
            passed=_truth(passed),
            metadata=normalized(metadata),
            target_materialization_data=target_materialization_data,
            severity=checked_severity(severity),
            description=description,
            blocking=blocking,
            partition=partition,
        )

    @property
    def asset_check_key(self) -> AssetCheckKey:
        """The check that was executed."""
        return AssetCheckKey(self.asset_key, self.check_name)

    @property
    def holds_back(self) -> bool:
        """Whether what needs the asset must not run: a blocking check failed with the severity ERROR."""
        return bool(self.blocking) and not self.passed and self.severity is AssetCheckSeverity.ERROR


class AssetCheckResult(Record):
    """What a check function reports.

    `passed` is a bool (that of numpy too; anything else is InvalidArgumentError). `asset_key` (a str is one
    segment) and `check_name` may be left out when the function has one check, or one of that name.
    `severity` counts when it failed. Semantics: section 21.
    """

    passed: bool
    asset_key: AssetKey | None
    check_name: str | None
    metadata: Mapping[str, MetadataValue]
    severity: AssetCheckSeverity
    description: str | None

    def __init__(
        self,
        *,
        passed: bool,
        asset_key: CoercibleToAssetKey | None = None,
        check_name: str | None = None,
        metadata: Mapping[str, RawMetadataValue] | None = None,
        severity: AssetCheckSeverity = AssetCheckSeverity.ERROR,
        description: str | None = None,
    ) -> None:
        self._set(
            passed=_truth(passed),
            asset_key=None if asset_key is None else AssetKey.from_coercible_or_definition(asset_key),
            check_name=check_name,
            metadata=normalized(metadata),
            severity=checked_severity(severity),
            description=description,
        )

    def check_key_among(self, expected: Sequence[AssetCheckKey]) -> AssetCheckKey:
        """Which of the `expected` checks this is a result of.

        Raises InvariantViolationError when it is of none of them, or may be of several.
        """
        found = [
            key
            for key in expected
            if self.asset_key in (None, key.asset_key) and self.check_name in (None, key.name)
        ]
        if len(found) == 1:
            return found[0]
        names = [key.to_user_string() for key in expected]
        said = self._said()
        if found:
            raise InvariantViolationError(
                f"a result{said} may be of several checks: {', '.join(key.to_user_string() for key in found)}",
                "give AssetCheckResult(asset_key=..., check_name=...)",
            )
        if not expected:
            raise InvariantViolationError(
                f"a check result{said} was given by a function that has no checks",
                "declare the check: @asset_check, or check_specs=[AssetCheckSpec(...)]",
            )
        near = did_you_mean(self.check_name or "", [key.name for key in expected])
        raise InvariantViolationError(
            f"a check result{said} is of no check of this function", near or f"there are: {', '.join(names)}"
        )

    def _said(self) -> str:
        asset = "" if self.asset_key is None else f' for the asset "{self.asset_key.to_user_string()}"'
        return asset + ("" if self.check_name is None else f' named "{self.check_name}"')

    def to_evaluation(
        self,
        spec: AssetCheckSpec,
        *,
        target: TargetMaterialization | None = None,
        partition: str | None = None,
    ) -> AssetCheckEvaluation:
        """The record of this result as one of the check `spec`, which looked at the materialization `target`.

        `partition` is kept only when the check has partitions of its own.
        """
        return AssetCheckEvaluation(
            asset_key=spec.asset_key,
            check_name=spec.name,
            passed=self.passed,
            metadata=self.metadata,
            target_materialization_data=target,
            severity=self.severity,
            description=self.description,
            blocking=spec.blocking,
            partition=None if spec.partitions_def is None else partition,
        )


def _truth(passed: object) -> bool:
    if isinstance(passed, bool):
        return passed
    item = getattr(passed, "item", None)  # numpy's bool is none of Python's
    value: object = item() if callable(item) and getattr(passed, "ndim", None) == 0 else None
    if isinstance(value, bool):
        return value
    raise InvalidArgumentError(f"passed is True or False, not {passed!r}", "write passed=bool(...)")


def checked_severity(severity: object) -> AssetCheckSeverity:
    """`severity`, if it is one. Raises InvalidArgumentError."""
    if isinstance(severity, AssetCheckSeverity):
        return severity
    raise InvalidArgumentError(
        f"severity is an AssetCheckSeverity, not {severity!r}",
        "write AssetCheckSeverity.WARN or AssetCheckSeverity.ERROR",
    )
