"""What a step records while it runs: metadata of its outputs, extra events.

One recording belongs to one attempt.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from dagx.errors import InvalidArgumentError, InvalidMetadataError, InvariantViolationError
from dagx.execution.results import AssetMaterialization, AssetObservation, DataVersion, ExpectationResult
from dagx.keys import AssetKey
from dagx.metadata.values import MetadataValue, RawMetadataValue, normalized

AssetEvent = AssetMaterialization | AssetObservation | ExpectationResult
_Metadata = dict[str, MetadataValue]
_Place = tuple[str, "str | None"]


@dataclass
class Recording:
    """The open notebook of an attempt.

    `emitted` has the outputs that came, each with its mapping key when it is dynamic. `as_given` has the metadata of
    outputs in the form in which it was given, for tests that look at it.
    """

    by_output: dict[_Place, _Metadata] = field(default_factory=dict[_Place, _Metadata])
    as_given: dict[_Place, dict[str, RawMetadataValue]] = field(
        default_factory=dict[_Place, "dict[str, RawMetadataValue]"]
    )
    by_asset: dict[tuple[AssetKey, str | None], _Metadata] = field(
        default_factory=dict["tuple[AssetKey, str | None]", _Metadata]
    )
    versions: dict[AssetKey, DataVersion] = field(default_factory=dict[AssetKey, DataVersion])
    events: list[AssetEvent] = field(default_factory=list["AssetEvent"])
    emitted: set[_Place] = field(default_factory=set[_Place])
    _names: set[str] = field(default_factory=set[str])

    def emit(self, output: str, mapping_key: str | None = None) -> bool:
        """Note that an output came; False when it had come before."""
        if (output, mapping_key) in self.emitted:
            return False
        self.emitted.add((output, mapping_key))
        self._names.add(output)
        return True

    def has_emitted(self, output: str) -> bool:
        """Whether an output came, under whatever mapping key."""
        return output in self._names

    def of_output(self, output: str, mapping_key: str | None = None) -> dict[str, RawMetadataValue]:
        """The metadata recorded for an output, as it was given."""
        return dict(self.as_given.get((output, mapping_key), {}))

    def of_asset(self, key: AssetKey, partition: str | None = None) -> _Metadata:
        """The metadata recorded for an asset and for one partition of it, which wins."""
        found = dict(self.by_asset.get((key, None), {}))
        if partition is not None:
            found.update(self.by_asset.get((key, partition), {}))
        return found

    def add_to_output(
        self, output: str, metadata: Mapping[str, RawMetadataValue], mapping_key: str | None = None
    ) -> None:
        """Metadata of an output that is not emitted yet; a name given again takes the new value."""
        place = (output, mapping_key)
        if place in self.emitted:
            raise InvariantViolationError(
                f'metadata for the output "{output}" came after the output', "add it before the yield"
            )
        self.by_output.setdefault(place, {}).update(normalized(metadata))
        self.as_given.setdefault(place, {}).update(metadata)

    def add_to_asset(
        self, key: AssetKey, metadata: Mapping[str, RawMetadataValue], partition: str | None = None
    ) -> None:
        """Metadata of an asset, or of one partition of it, which wins over all other."""
        self.by_asset.setdefault((key, partition), {}).update(normalized(metadata))

    def add_event(self, event: Any) -> None:
        """An event of its own, beside those of the outputs."""
        if not isinstance(event, (AssetMaterialization, AssetObservation, ExpectationResult)):
            raise InvalidArgumentError(
                f"{type(event).__name__} is not an event that can be logged",
                "log an AssetMaterialization or an AssetObservation",
            )
        self.events.append(event)


def add_once(known: dict[str, MetadataValue], metadata: Mapping[str, RawMetadataValue]) -> None:
    """Add metadata from inside an IO manager, where a name may come only once.

    Raises InvalidMetadataError.
    """
    for name, value in normalized(metadata).items():
        if name in known:
            raise InvalidMetadataError(f"the IO manager recorded the metadata {name!r} twice")
        known[name] = value
