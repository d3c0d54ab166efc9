"""AssetOrCheckKey, for annotations."""

from __future__ import annotations

from dagx.checks.specs import AssetCheckKey
from dagx.keys import AssetKey

__all__ = ["AssetOrCheckKey"]

AssetOrCheckKey = AssetKey | AssetCheckKey
"""The key of an asset or of a check."""
