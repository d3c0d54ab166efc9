"""Record: a value that is equal by its fields, shown by them and cannot be changed.

What a frozen dataclass is, for classes that write their own `__init__`. Making a dataclass costs up to a
millisecond at import, and these are many.
"""

from __future__ import annotations

from typing import Any, NoReturn


class Record:
    """Fields are set once, by `_set`; those whose names begin with `_` are neither compared nor shown."""

    def _set(self, **fields: Any) -> None:
        self.__dict__.update(fields)

    def _shown(self) -> dict[str, Any]:
        return {name: value for name, value in self.__dict__.items() if not name.startswith("_")}

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"{type(self).__name__} cannot be changed: make another")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"{type(self).__name__} cannot be changed: make another")

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Record) or type(self) is not type(other):
            return NotImplemented
        return self._shown() == other._shown()

    def __hash__(self) -> int:
        """Of the fields that can be hashed: equal records have equal hashes."""
        fields = self._shown().values()
        return hash((type(self), *(value for value in fields if not isinstance(value, (dict, list)))))

    def __repr__(self) -> str:
        fields = ", ".join(f"{name}={value!r}" for name, value in self._shown().items())
        return f"{type(self).__qualname__}({fields})"
