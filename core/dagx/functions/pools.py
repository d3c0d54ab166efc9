"""The name of the pool in which a function holds a slot while it runs. Semantics: section 23."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import cast

from dagx.errors import InvalidDefinitionError

POOL_TAG = "dagster/concurrency_key"
"""The tag that names a pool in the older way."""

_NAME = re.compile(r"\S+")


def checked_pool(pool: str | None, tags: Mapping[str, str], shown: str) -> str | None:
    """`pool`, if it is a name or None, and the tags name no other. Raises InvalidDefinitionError."""
    if pool is None:
        return None
    if not (isinstance(cast(object, pool), str) and _NAME.fullmatch(pool)):
        raise InvalidDefinitionError(
            f"{shown}: {pool!r} is not a name for a pool", "leave out the white space"
        )
    if tags.get(POOL_TAG, pool) != pool:
        raise InvalidDefinitionError(
            f"{shown} has the pool {pool!r} and the tag {POOL_TAG} {tags[POOL_TAG]!r}", "leave out the tag"
        )
    return pool
