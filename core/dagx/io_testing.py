"""Contexts built by hand, to test an IO manager with. Semantics: section 27."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NoReturn

from dagx.invoke import EPHEMERAL
from dagx.io_contexts import InputContext, OutputContext
from dagx.keys import AssetKey, CoercibleToAssetKey
from dagx.logs import get_logger
from dagx.metadata import RawMetadataValue, normalized
from dagx.named_resources import ScopedResources
from dagx.runs import RunInfo
from dagx.unbuilt import IO_CONTEXT_KEYWORDS, refuse

__all__ = ["build_input_context", "build_output_context"]


def build_output_context(
    step_key: str | None = None,
    name: str | None = None,
    definition_metadata: Mapping[str, Any] | None = None,
    run_id: str | None = None,
    *,
    asset_key: CoercibleToAssetKey | None = None,
    output_metadata: Mapping[str, RawMetadataValue] | None = None,
    resources: Mapping[str, object] | None = None,
    **not_built: NoReturn,
) -> OutputContext:
    """What `handle_output` would be told; the defaults are the step "none", the output "result".

    Section 27.
    """
    refuse("build_output_context", not_built, IO_CONTEXT_KEYWORDS)
    return OutputContext(
        name=name or "result",
        step_key=step_key or "none",
        asset_spec=None,
        run=RunInfo(run_id or EPHEMERAL),
        resources=ScopedResources(resources or {}),
        log=get_logger(),
        output_metadata=normalized(output_metadata),
        definition_metadata=definition_metadata,
        asset_key=None if asset_key is None else AssetKey.from_coercible(asset_key),
    )


def build_input_context(
    name: str | None = None,
    definition_metadata: Mapping[str, Any] | None = None,
    upstream_output: OutputContext | None = None,
    *,
    asset_key: CoercibleToAssetKey | None = None,
    resources: Mapping[str, object] | None = None,
    **not_built: NoReturn,
) -> InputContext:
    """What `load_input` would be told. Section 27."""
    refuse("build_input_context", not_built, IO_CONTEXT_KEYWORDS)
    return InputContext(
        name=name or "",
        upstream_output=upstream_output,
        run=RunInfo(EPHEMERAL),
        resources=ScopedResources(resources or {}),
        log=get_logger(),
        definition_metadata=definition_metadata,
        asset_key=None if asset_key is None else AssetKey.from_coercible(asset_key),
    )
