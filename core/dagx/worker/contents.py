"""What a stored value is known by where its bytes say more than it holds: pickles, and tables of pandas.

Equal values have equal digests, whatever text is shared in them, however a table was put together, and whichever
release of a library wrote the bytes. What can be changed in place must not stand in a value twice: then what is
done to the one shows in the other, and the bytes decide. They do so, too, for all that is not known here.
"""

from __future__ import annotations

import dataclasses
import hashlib
import struct
import sys
from typing import Any, cast

from dagx.worker.valuedigest import Unencodable, check_fields, leaf_digest

__all__ = ["content_digest"]

_AT_MOST = 10_000
"""So many values in a value are walked through; arrays and columns count as one. More than that, and bytes decide."""
_PICKLED_AS_IT_LIKES = (
    "__reduce__",
    "__reduce_ex__",
    "__getstate__",
    "__setstate__",
    "__getnewargs__",
    "__getnewargs_ex__",
)


def content_digest(value: object) -> str:
    """The digest of what the value holds; empty when only its bytes can tell."""
    walk = _Walk()
    try:
        walk.take(value, 0)
    except Unencodable:
        return ""
    return walk.hasher.hexdigest()


class _Walk:
    def __init__(self) -> None:
        self.hasher = hashlib.blake2b(digest_size=16, person=b"dagx content 1")
        self._met: set[int] = set()
        self._left = _AT_MOST
        self._numpy: Any = sys.modules.get("numpy")
        self._pandas: Any = sys.modules.get("pandas")

    def take(self, value: Any, depth: int) -> None:
        """Add a value, with its type and its length, so that no two values look alike."""
        self._left -= 1
        if self._left < 0 or depth > 100:
            raise Unencodable("too much to walk through")
        kind = cast("type[object]", type(value))
        if kind is str:
            self._add("str", value.encode("utf-8", "surrogatepass"))
        elif kind is int:
            self._add("int", b"%x" % value)
        elif kind is float:
            self._add("float", struct.pack("<d", value))
        elif kind in (tuple, frozenset):
            self._items(kind.__name__, list(value), depth)
        elif kind in (list, set):
            self._met_once(value)
            self._items(kind.__name__, list(value), depth)
        elif kind is dict:
            self._met_once(value)
            self._items("dict", [part for pair in value.items() for part in pair], depth)
        elif hasattr(kind, "_fields") and tuple in kind.__mro__:
            self._record(value, kind, [], list(value), depth)
        elif dataclasses.is_dataclass(kind):
            self._met_once(value)
            names = [field.name for field in dataclasses.fields(kind)]
            self._record(value, kind, names, [getattr(value, name) for name in names], depth)
        elif self._numpy is not None and kind is self._numpy.ndarray:
            self._met_once(value)
            self._array(value, depth)
        elif self._numpy is not None and isinstance(value, self._numpy.generic):
            self._scalar(value, kind)
        elif self._pandas is not None and kind is self._pandas.DataFrame:
            self._met_once(value)
            self._table(value, depth)
        else:
            self._add("leaf", leaf_digest(value).encode())

    def _add(self, tag: str, data: Any) -> None:
        head = tag.encode()
        size = data.nbytes if hasattr(data, "nbytes") else len(data)
        self.hasher.update(struct.pack("<IQ", len(head), size) + head)
        self.hasher.update(data)

    def _met_once(self, value: object) -> None:
        if id(value) in self._met:
            raise Unencodable("it stands there twice")
        self._met.add(id(value))

    def _items(self, tag: str, items: list[Any], depth: int) -> None:
        self._add(tag, str(len(items)).encode())
        for item in items:
            self.take(item, depth + 1)

    def _record(self, value: Any, kind: Any, names: list[str], items: list[Any], depth: int) -> None:
        """A named tuple or a dataclass: its class, and what its fields hold."""
        self._known_to_pickle(kind)
        check_fields(value, names)
        self._items(f"record {kind.__module__}.{kind.__qualname__}", items, depth)

    def _known_to_pickle(self, kind: Any) -> None:
        """Classes that say themselves how they are stored are left to that."""
        for base in kind.__mro__[:-1]:
            for name in _PICKLED_AS_IT_LIKES if base is not tuple else ():
                if name in vars(base) and not _is_generated(vars(base)[name]):
                    raise Unencodable(f"{kind.__qualname__} has a {name} of its own")

    # numpy

    def _array(self, value: Any, depth: int) -> None:
        kind = value.dtype
        if kind.hasobject:
            if kind.names is not None:
                raise Unencodable("a record with objects in it")
            self._add("objects", str(value.shape).encode())
            for item in value.ravel().tolist():
                self.take(item, depth + 1)
            return
        is_by_columns = value.flags.f_contiguous and not value.flags.c_contiguous
        said = repr((_kind_of(kind), value.shape, is_by_columns))
        self._add("array", said.encode())
        flat = self._numpy.ascontiguousarray(value).reshape(-1)
        self._add("data", flat.view("u1") if flat.size and kind.itemsize else b"")

    def _scalar(self, value: Any, kind: Any) -> None:
        if kind.__module__ != "numpy" or value.dtype.hasobject:
            raise Unencodable("a scalar of its own kind")
        self._add(f"scalar {kind.__name__} {_kind_of(value.dtype)}", value.tobytes())

    # pandas

    def _table(self, value: Any, depth: int) -> None:
        self._add("table", repr((value.shape, value.flags.allows_duplicate_labels)).encode())
        self.take(dict(value.attrs), depth + 1)
        self._index(value.index, depth)
        self._index(value.columns, depth)
        for place in range(value.shape[1]):
            self._column(value.iloc[:, place].array, depth)

    def _index(self, index: Any, depth: int) -> None:
        kind = cast("type[object]", type(index))
        self._add("index", kind.__name__.encode())
        self.take(index.name, depth + 1)
        if kind is self._pandas.RangeIndex:
            self._add("range", repr((index.start, index.stop, index.step)).encode())
        elif kind is self._pandas.Index:
            self._column(index.array, depth)
        elif kind is self._pandas.DatetimeIndex:
            self._add("every", str(index.freq).encode())
            self._column(index.array, depth)
        else:
            raise Unencodable(f"a {kind.__name__}")

    def _column(self, column: Any, depth: int) -> None:
        kind = str(type(column).__name__)
        said = f"{kind} {column.dtype!r}"
        if kind in ("NumpyExtensionArray", "PandasArray"):
            self._array(column.to_numpy(), depth)
        elif kind == "DatetimeArray":
            zone = getattr(column.dtype, "tz", None)
            if zone is not None and type(zone).__module__ not in ("datetime", "zoneinfo"):
                raise Unencodable("a zone of its own")
            self._add(said, column.asi8.tobytes())
        elif kind == "Categorical":
            self._add(f"categories {column.ordered}", column.codes.tobytes())
            self._index(column.categories, depth)
        elif column.dtype.name in ("str", "string"):
            self._texts(said, list(column))
        else:
            raise Unencodable(f"a column of {said}")

    def _texts(self, said: str, texts: list[Any]) -> None:
        """A column of text; what is no text in it is the one thing that stands for nothing there."""
        encoded = [text.encode("utf-8", "surrogatepass") if isinstance(text, str) else None for text in texts]
        self._add(said, ",".join("-" if text is None else str(len(text)) for text in encoded).encode())
        self._add("texts", b"".join(text for text in encoded if text is not None))


def _kind_of(dtype: Any) -> str:
    """The type of an array's items."""
    if dtype.metadata is not None:
        raise Unencodable("a type with metadata")
    return repr(dtype.descr) if dtype.names is not None else str(dtype.str)


def _is_generated(method: object) -> bool:
    """Whether `dataclass(slots=True)` or `namedtuple` wrote it."""
    home = getattr(method, "__module__", None)
    return home in ("dataclasses", "collections") or str(home).startswith("namedtuple_")
