"""AssetKey: the name of an asset. Semantics: section 1."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NoReturn, cast

from dagx.errors import InvalidArgumentError
from dagx.late_json import to_text

__all__ = ["AssetKey"]


class AssetKey:
    """The identity of an asset: one or more segments.

    `AssetKey("a/b")` has ONE segment, `AssetKey(["a", "b"])` two, although both print `a/b`. Keys are
    immutable, hashable and sort by their segments. Raises InvalidArgumentError for anything but a str or a
    sequence of str. Semantics: section 1.
    """

    __slots__ = ("_hash", "parts")

    parts: tuple[str, ...]
    _hash: int

    def __init__(self, path: str | Sequence[str]) -> None:
        parts = (path,) if isinstance(path, str) else _parts(path)
        object.__setattr__(self, "parts", parts)
        object.__setattr__(self, "_hash", hash(parts))

    @property
    def path(self) -> list[str]:
        """The segments, in a new list."""
        return list(self.parts)

    def to_user_string(self) -> str:
        """The segments joined by `/`: how the key is shown.

        Not always reversible; see `to_escaped_user_string`.
        """
        return "/".join(self.parts)

    @staticmethod
    def from_user_string(text: str) -> AssetKey:
        """The key whose segments are what stands between the slashes of `text`."""
        return AssetKey(text.split("/"))

    def to_escaped_user_string(self) -> str:
        r"""Like `to_user_string`, with `\` and `/` inside segments escaped: it can be read back."""
        text = "/".join(self.parts)
        if "\\" not in text and text.count("/") < len(self.parts):
            return text  # nearly every key
        return "/".join(part.replace("\\", "\\\\").replace("/", "\\/") for part in self.parts)

    @staticmethod
    def from_escaped_user_string(text: str) -> AssetKey:
        """The inverse of `to_escaped_user_string`."""
        parts = [""]
        characters = iter(text)
        for character in characters:
            if character == "\\":
                parts[-1] += next(characters, "\\")
            elif character == "/":
                parts.append("")
            else:
                parts[-1] += character
        return AssetKey(parts)

    def to_python_identifier(self, suffix: str | None = None) -> str:
        """The name of the step that makes it: segments (and suffix) joined by `__`, `-` and `.` as `_`."""
        joined = "__".join(self.parts if suffix is None else (*self.parts, suffix))
        return joined.replace("-", "_").replace(".", "_")

    def to_string(self) -> str:
        """The segments as the text of a JSON array."""
        return to_text(list(self.parts))

    to_db_string = to_string

    def has_prefix(self, prefix: Sequence[str]) -> bool:
        """Whether the first segments of the key are those of `prefix`."""
        return self.parts[: len(prefix)] == tuple(prefix)

    def with_prefix(self, prefix: str | Sequence[str]) -> AssetKey:
        """A new key with the segments of `prefix` (a str is one segment) in front."""
        return AssetKey((*AssetKey(prefix).parts, *self.parts))

    @staticmethod
    def from_coercible(value: CoercibleToAssetKey) -> AssetKey:
        """A key from a key, from a str (one segment) or from a sequence of str."""
        return value if isinstance(value, AssetKey) else AssetKey(value)

    @staticmethod
    def from_coercible_or_definition(value: Any) -> AssetKey:
        """Like `from_coercible`; also the key of a spec, or of a definition with one asset."""
        key = getattr(value, "key", None)
        return key if isinstance(key, AssetKey) else AssetKey.from_coercible(value)

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"{self!r} cannot be changed")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"{self!r} cannot be changed")

    def __reduce__(self) -> tuple[type[AssetKey], tuple[list[str]]]:
        return AssetKey, (self.path,)

    def __repr__(self) -> str:
        return f"AssetKey({self.path!r})"

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        return self.parts == other.parts if isinstance(other, AssetKey) else NotImplemented

    def __lt__(self, other: AssetKey) -> bool:
        return self.parts < other.parts

    def __le__(self, other: AssetKey) -> bool:
        return self.parts <= other.parts

    def __gt__(self, other: AssetKey) -> bool:
        return self.parts > other.parts

    def __ge__(self, other: AssetKey) -> bool:
        return self.parts >= other.parts


CoercibleToAssetKey = AssetKey | str | Sequence[str]
"""What can stand for a key: a key, a str (one segment), a sequence of segments."""


def _parts(path: object) -> tuple[str, ...]:
    if isinstance(path, (list, tuple)):
        parts = tuple(cast("Sequence[object]", path))
        if all(isinstance(part, str) for part in parts):
            return cast("tuple[str, ...]", parts)
    raise InvalidArgumentError(
        f"an asset key is a str or a list of str, not {path!r}",
        'write AssetKey("orders") or AssetKey(["raw", "orders"])',
    )
