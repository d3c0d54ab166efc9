"""What a step records while it runs: metadata of its outputs, extra events.

One recording belongs to one attempt.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from dagx.errors import InvalidArgumentError, InvalidMetadataError, InvariantViolationError
from dagx.keys import AssetKey
from dagx.metadata import MetadataValue, RawMetadataValue, normalized
from dagx.results import AssetMaterialization, AssetObservation, DataVersion

AssetEvent = AssetMaterialization | AssetObservation


@dataclass
class Recording:
    """The open notebook of an attempt."""

    by_output: dict[str, dict[str, MetadataValue]] = field(
        default_factory=dict[str, "dict[str, MetadataValue]"]
    )
    by_asset: dict[AssetKey, dict[str, MetadataValue]] = field(
        default_factory=dict[AssetKey, "dict[str, MetadataValue]"]
    )
    versions: dict[AssetKey, DataVersion] = field(default_factory=dict[AssetKey, DataVersion])
    events: list[AssetEvent] = field(default_factory=list["AssetEvent"])
    emitted: set[str] = field(default_factory=set[str])

    def add_to_output(self, output: str, metadata: Mapping[str, RawMetadataValue]) -> None:
        """Metadata of an output that is not emitted yet; a name given again takes the new value."""
        if output in self.emitted:
            raise InvariantViolationError(
                f'metadata for the output "{output}" came after the output', "add it before the yield"
            )
        self.by_output.setdefault(output, {}).update(normalized(metadata))

    def add_to_asset(self, key: AssetKey, metadata: Mapping[str, RawMetadataValue]) -> None:
        """Metadata of an asset, which wins over all other."""
        self.by_asset.setdefault(key, {}).update(normalized(metadata))

    def add_event(self, event: object) -> None:
        """An event of its own, beside those of the outputs."""
        if not isinstance(event, (AssetMaterialization, AssetObservation)):
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
