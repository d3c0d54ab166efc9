"""Names and attributes that are not there: refused with the way out, or with the near name."""

from __future__ import annotations

from dagx.errors import NotBuiltYetError
from dagx.nearest import did_you_mean
from dagx.not_offered import INSTEAD
from dagx.unbuilt_names import NAMES


def attribute_error(owner: object, name: str) -> AttributeError:
    """The error for an attribute that `owner` does not have, with the near one that it has."""
    kind = type(owner).__name__
    if name.startswith("_"):
        return AttributeError(f"{kind!r} object has no attribute {name!r}")
    hint = did_you_mean(name, [public for public in dir(type(owner)) if not public.startswith("_")])
    return AttributeError(f"{kind!r} object has no attribute {name!r}" + (f"; {hint}" if hint else ""))


def name_error(name: str, built: list[str]) -> AttributeError:
    """The error for a name that `dagx` does not have: one with an alternative, one not built yet, or one mistyped."""
    if name in INSTEAD:
        return NotBuiltYetError(f"dagx does not have {name}", INSTEAD[name])
    if name in NAMES:
        return NotBuiltYetError(
            f"dagx.{name} is not built yet", "it is planned; see the changelog for what is there"
        )
    hint = did_you_mean(name, [*built, *(NAMES - INSTEAD.keys())])
    return AttributeError(f"module 'dagx' has no attribute {name!r}" + (f"; {hint}" if hint else ""))
