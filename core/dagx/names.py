"""What names, groups, tags, kinds and owners may look like. Semantics: section 1."""

from __future__ import annotations

import keyword
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import cast

from dagx.errors import InvalidArgumentError, InvalidDefinitionError

KIND_PREFIX = "dagster/kind/"
DEFAULT_GROUP = "default"
MOST_KINDS = 10

RESERVED = frozenset(keyword.kwlist) | frozenset(
    [
        "context",
        "conf",
        "config",
        "meta",
        "arg_dict",
        "dict",
        "input_arg_dict",
        "output_arg_dict",
        "int",
        "str",
        "float",
        "bool",
        "input",
        "output",
        "type",
    ]
)
_NAME = re.compile(r"[A-Za-z0-9_]+")
_GROUP = re.compile(r"[A-Za-z0-9_]+(/[A-Za-z0-9_]+)*")
_TAG_KEY = re.compile(r"([A-Za-z0-9_.-]{1,63}/)?[A-Za-z0-9_.-]{1,63}")
_TAG_VALUE = re.compile(r"[A-Za-z0-9_.-]{0,63}")
_EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")


def check_name(name: str, what: str, reserved: Collection[str] = RESERVED) -> str:
    """`name`, if a step or parameter may be called so. `what` opens the message, as in `asset "my asset"`."""
    if not _NAME.fullmatch(name):
        hint = "use letters, digits and _ (in asset keys also - and .)"
        if "/" in name:
            hint = f"a str is one segment: write the segments as a list, such as {name.split('/')!r}".replace(
                "'", '"'
            )
        raise InvalidDefinitionError(f"{what} is not a valid name", hint)
    if name in reserved:
        raise InvalidDefinitionError(
            f"{what} is a reserved name", "choose another; Python keywords are reserved too"
        )
    return name


def check_group(group: str | None) -> str | None:
    """`group`, if it is None or simple names joined by `/`."""
    if group is not None and not (isinstance(cast(object, group), str) and _GROUP.fullmatch(group)):
        raise InvalidDefinitionError(
            f"{group!r} is not a valid group name",
            "use letters, digits and _, joined by / for groups in groups",
        )
    return group


def check_tags(tags: Mapping[str, str] | None) -> dict[str, str]:
    """A copy of the tags of a definition, whose keys and values are held to the strict form."""
    for key, value in as_mapping(tags, "tags").items():
        if not (isinstance(key, str) and (_TAG_KEY.fullmatch(key) or key.startswith(KIND_PREFIX))):
            raise InvalidDefinitionError(
                f"{key!r} is not a valid tag key",
                "use 1 to 63 letters, digits, _ . or -, and before it, if you like, a namespace and /",
            )
        if not (isinstance(value, str) and _TAG_VALUE.fullmatch(value)):
            raise InvalidDefinitionError(
                f"{value!r} is not a valid value for the tag {key!r}",
                "use at most 63 letters, digits, _ . or -",
            )
    return dict(tags or {})


def kind_tags(kinds: Iterable[str] | None) -> dict[str, str]:
    """The tags by which kinds are kept."""
    if isinstance(kinds, str):
        raise InvalidArgumentError(f"kinds is a set of str, not {kinds!r}", f'write kinds={{"{kinds}"}}')
    chosen = sorted(kinds or ())
    if len(chosen) > MOST_KINDS:
        raise InvalidDefinitionError(f"an asset has at most {MOST_KINDS} kinds, not {len(chosen)}")
    return {f"{KIND_PREFIX}{kind}": "" for kind in chosen}


def check_owners(owners: Sequence[str] | None) -> tuple[str, ...]:
    """The owners, if each is an e-mail address or `team:` and a name."""
    if isinstance(owners, str) or not isinstance(owners, (Iterable, type(None))):  # pyright: ignore[reportUnnecessaryIsInstance]  # users without a type checker
        raise InvalidArgumentError(f"owners is a list of str, not {owners!r}", f'write owners=["{owners}"]')
    for owner in cast("Sequence[object]", owners or ()):
        team = isinstance(owner, str) and owner.startswith("team:") and len(owner) > len("team:")
        if not (isinstance(owner, str) and (team or _EMAIL.fullmatch(owner))):
            raise InvalidDefinitionError(
                f"{owner!r} is not a valid owner", 'use an e-mail address or "team:" and the name of a team'
            )
    return tuple(owners or ())


def as_mapping(value: object, what: str) -> dict[object, object]:
    """A copy of `value`, if it is None (empty) or a mapping."""
    if value is None:
        return {}
    if isinstance(value, Mapping):
        return dict(cast("Mapping[object, object]", cast(object, value)))
    raise InvalidArgumentError(f"{what} is a mapping, not {value!r}")
