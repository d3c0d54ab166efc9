"""Arguments as they must be: what fits is handed back, of anything else an InvalidArgumentError says what would.

`what` names the argument, and opens the message.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, cast

from dagx.errors import InvalidArgumentError


def checked_text(value: object, what: str, way_out: str | None = None) -> str:
    """`value`, if it is a str."""
    if isinstance(value, str):
        return value
    raise InvalidArgumentError(f"{what} is a str, not {value!r}", way_out)


def optional_text(value: object, what: str) -> str | None:
    """`value`, if it is a str or None."""
    return None if value is None else checked_text(value, what)


def checked_several(value: object, what: str, of: str = "values") -> list[object]:
    """What `value` has one after the other; a str, bytes or a mapping is no such thing."""
    if isinstance(value, Iterable) and not isinstance(value, (str, bytes, Mapping)):
        return list(cast("Iterable[object]", value))
    shown = f"write [{value!r}]" if isinstance(value, str) else None
    raise InvalidArgumentError(f"{what} is a list of {of}, not {value!r}", shown)


def checked_texts(value: object, what: str, each: str | None = None) -> tuple[str, ...]:
    """What `value` has one after the other, if all of it is str. `each` names one of them."""
    found = checked_several(value, what, "str")
    for text in found:
        checked_text(text, each or f"each of {what}")
    return cast("tuple[str, ...]", tuple(found))


def checked_whole(value: object, what: str, least: int | None = None) -> int:
    """`value`, if it is an int (True and False are none) and not below `least`."""
    if isinstance(value, int) and not isinstance(value, bool) and (least is None or value >= least):
        return value
    raise InvalidArgumentError(
        f"{what} is a whole number, not {value!r}"
        if least is None
        else f"{what} is {least} or more, not {value!r}"
    )


def optional_number(value: object, what: str) -> float | None:
    """`value`, if it is an int, a float or None (True and False are none)."""
    if value is None or (isinstance(value, (int, float)) and not isinstance(value, bool)):
        return value
    raise InvalidArgumentError(f"{what} is a number, not {value!r}")


def checked_mapping(value: object, what: str, way_out: str | None = None) -> dict[Any, Any]:
    """A copy of `value`, if it is a mapping."""
    if isinstance(value, Mapping):
        return dict(cast("Mapping[Any, Any]", cast(object, value)))
    raise InvalidArgumentError(f"{what} is a mapping, not {value!r}", way_out)


def optional_function(value: object, what: str) -> Callable[..., Any] | None:
    """`value`, if it can be called or is None."""
    if value is None or callable(value):
        return cast("Callable[..., Any] | None", value)
    raise InvalidArgumentError(f"{what} is a function, not {value!r}")
