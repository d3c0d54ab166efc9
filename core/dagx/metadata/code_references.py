"""`with_source_code_references`: assets that say in their metadata where their code is. Semantics: section 26."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from dagx.assets.definition import AssetsDefinition
from dagx.assets.specs import AssetSpec
from dagx.metadata.code import CodeReferencesMetadataValue, LocalFileCodeReference

__all__ = ["with_source_code_references"]

METADATA_KEY = "dagster/code_references"


def with_source_code_references(assets_defs: Iterable[Any]) -> list[Any]:
    """The assets, each with the file and line of its function in its metadata; what has no function stays as it is.

    What an asset already says under "dagster/code_references" is kept, after that. dagx links to the code of assets
    anyway: this is for what reads the metadata itself.
    """
    return [_with_reference(found) if isinstance(found, AssetsDefinition) else found for found in assets_defs]


def _with_reference(definition: AssetsDefinition) -> AssetsDefinition:
    source = definition.source
    if source is None:
        return definition
    here = LocalFileCodeReference(source.file, source.line)

    def referring(spec: AssetSpec) -> AssetSpec:
        said = spec.metadata.get(METADATA_KEY)
        more = said.value if isinstance(said, CodeReferencesMetadataValue) else ()
        references = [here, *(reference for reference in more if reference != here)]
        return spec.merge_attributes(metadata={METADATA_KEY: CodeReferencesMetadataValue(references)})

    return definition.map_asset_specs(referring)
