"""Hears readers and writers that open files in another language, by the paths that they are given.

The usual entry points of polars, pyarrow, duckdb and pandas are wrapped once these are imported, and tell a tracer.
Which paths count is the tracer's to say. What users are told of it stands in `docs/tracing.md`.
"""

from __future__ import annotations

import functools
import os
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from types import ModuleType
from typing import Any

from dagx.worker.tracing.after_import import after_import
from dagx.worker.tracing.following import listening
from dagx.worker.tracing.sources import note_source, note_sql, paths_in
from dagx.worker.tracing.tracer import Tracer

__all__ = ["install"]

_Note = Callable[[Tracer, Sequence[object], Mapping[str, object]], None]

_NAMES = re.compile(
    "source|sources|where|path|paths|path_or_paths|path_or_buffer|input_file|metadata_path|file|file_name|filename|name"
    "|file_glob|file_globs|fp|dest|output_file|root_path|base_dir|workbook|target|database"
)
"""What the libraries call the parameter with the path, when it is given by keyword."""


def install() -> None:
    """Wrap what is imported already, and from now on the rest right after its import."""
    after_import(_ENTRIES.keys(), _wrap_entries)


def _given(args: Sequence[object], kwargs: Mapping[str, object]) -> list[str]:
    values = args[:1] or [value for name, value in kwargs.items() if _NAMES.fullmatch(name)]
    return [path for value in values for path in paths_in(value)]


def _reads(tracer: Tracer, args: Sequence[object], kwargs: Mapping[str, object]) -> None:
    for path in _given(args, kwargs):
        note_source(tracer, path)


def _writes(tracer: Tracer, args: Sequence[object], kwargs: Mapping[str, object]) -> None:
    for path in _given(args, kwargs):
        tracer.note_made(path)


def _maps(tracer: Tracer, args: Sequence[object], kwargs: Mapping[str, object]) -> None:
    """`pyarrow.memory_map(path, mode)`."""
    mode = args[1] if len(args) > 1 else kwargs.get("mode", "r")
    for path in _given(args, kwargs):
        (tracer.note_read if mode in ("r", "rb") else tracer.note_written)(path)


def _opens(tracer: Tracer, args: Sequence[object], kwargs: Mapping[str, object]) -> None:
    """What is given a path and a mode, as `h5py.File(path, "r")`: `w` and `x` make it, `a` and `r+` change it."""
    mode = args[1] if len(args) > 1 else kwargs.get("mode", "r")
    text = mode if isinstance(mode, str) else "a" if mode is None else "r"
    for path in _given(args, kwargs):
        if text[:1] in ("w", "x"):
            tracer.note_made(path)
        elif text[:1] == "a" or "+" in text:
            tracer.note_both(path)
        else:
            note_source(tracer, path)
            _note_beside(tracer, path)


def _reads_layers(tracer: Tracer, args: Sequence[object], kwargs: Mapping[str, object]) -> None:
    """Maps come in several files: those beside it of the same name belong to it."""
    for path in _given(args, kwargs):
        note_source(tracer, path)
        _note_beside(tracer, path)


def _note_beside(tracer: Tracer, path: str) -> None:
    """What is there beside a map, and is opened with it unasked."""
    stem, ending = os.path.splitext(path)
    for other in [stem + each for each in _BESIDE.get(ending.lower(), ())] + [
        path + ".aux.xml",
        path + ".ovr",
    ]:
        if os.path.exists(other):
            tracer.note_read(other)


_BESIDE = {
    ".shp": (".shx", ".dbf", ".prj", ".cpg", ".sbn", ".sbx", ".qix"),
    ".tif": (".tfw", ".wld"),
    ".tiff": (".tfw", ".wld"),
}


def _connects(tracer: Tracer, args: Sequence[object], kwargs: Mapping[str, object]) -> None:
    """`duckdb.connect(database, read_only)`; what begins with a colon, and nothing, is kept in memory."""
    read_only = args[1] if len(args) > 1 else kwargs.get("read_only", False)
    for path in _given(args, kwargs):
        if not path.startswith(":"):
            (tracer.note_read if read_only is True else tracer.note_opened)(path)


def _asks(tracer: Tracer, args: Sequence[object], kwargs: Mapping[str, object]) -> None:
    """SQL and the values for it. A statement that was parsed before has its text in `query`."""
    query = args[0] if args else kwargs.get("query")
    text = query if isinstance(query, str) else getattr(query, "query", None)
    if isinstance(text, str):
        note_sql(tracer, text, [*args[1:], *kwargs.values()])


def _of(kind: str, names: str) -> str:
    return " ".join(f"{kind}.{name}" for name in names.split())


_ENTRIES: dict[str, tuple[tuple[str, _Note, int], ...]] = {
    "polars": (
        ("read_csv scan_csv read_csv_batched read_parquet scan_parquet read_parquet_schema", _reads, 0),
        ("read_parquet_metadata read_ipc scan_ipc read_ipc_stream read_ipc_schema read_json", _reads, 0),
        ("read_ndjson scan_ndjson read_excel read_ods read_avro read_lines scan_lines", _reads, 0),
        ("read_delta scan_delta", _reads, 0),
        (_of("DataFrame", "write_parquet write_csv write_ipc write_ipc_stream write_json"), _writes, 1),
        (_of("DataFrame", "write_ndjson write_avro write_excel"), _writes, 1),
        (_of("LazyFrame", "sink_parquet sink_csv sink_ipc sink_ndjson"), _writes, 1),
        (_of("SQLContext", "execute"), _asks, 1),
    ),
    "pandas": (("read_parquet", _reads, 0), (_of("DataFrame", "to_parquet to_feather to_orc"), _writes, 1)),
    "pyarrow": (
        ("input_stream", _reads, 0),
        ("output_stream", _writes, 0),
        ("memory_map", _maps, 0),
        ("OSFile", _maps, 0),
    ),
    "h5py": (("File.__init__", _opens, 1),),
    "netCDF4": (("Dataset.__init__", _opens, 1),),
    "fiona": (("open", _opens, 0),),
    "rasterio": (("open", _opens, 0),),
    "pyogrio": (
        ("read_dataframe read_arrow open_arrow read_info read_bounds list_layers", _reads_layers, 0),
        ("write_dataframe write_arrow", _writes, 1),
    ),
    "pyarrow.csv": (("read_csv open_csv", _reads, 0), ("write_csv", _writes, 1)),
    "pyarrow.dataset": (("dataset parquet_dataset", _reads, 0), ("write_dataset", _writes, 1)),
    "pyarrow.feather": (("read_table read_feather", _reads, 0), ("write_feather", _writes, 1)),
    "pyarrow.json": (("read_json open_json", _reads, 0),),
    "pyarrow.orc": (
        ("read_table", _reads, 0),
        ("ORCFile.__init__", _reads, 1),
        ("write_table ORCWriter.__init__", _writes, 1),
    ),
    "pyarrow.parquet": (
        ("read_table read_pandas read_schema read_metadata", _reads, 0),
        ("ParquetFile.__init__ ParquetDataset.__init__", _reads, 1),
        ("write_table write_metadata write_to_dataset ParquetWriter.__init__", _writes, 1),
    ),
    "duckdb": (
        ("read_csv read_parquet read_json from_csv_auto from_parquet", _reads, 0),
        (_of("DuckDBPyConnection", "read_csv read_parquet read_json from_csv_auto from_parquet"), _reads, 1),
        ("write_csv", _writes, 1),
        (_of("DuckDBPyRelation", "write_csv to_csv write_parquet to_parquet"), _writes, 1),
        ("connect", _connects, 0),
        ("sql execute query from_query", _asks, 0),
        (_of("DuckDBPyConnection", "sql execute query from_query"), _asks, 1),
        (_of("DuckDBPyRelation", "query"), _asks, 2),
    ),
}
"""By module: what is wrapped, what it does with a path, and which argument the path is (a method's first is `self`)."""


def _wrap_entries(module: ModuleType) -> None:
    for names, note, position in _ENTRIES[module.__name__]:
        for name in names.split():
            kind, _, attribute = name.rpartition(".")
            owner = _own(module, kind) if kind else module
            original = _own(owner, attribute)
            if isinstance(original, type):
                _put(owner, attribute, original, _heard_class(original, note))
            elif callable(original) and not _is_ours(original):
                wrap = _asking if note is _asks else _telling
                _put(owner, attribute, original, wrap(original, note, position))


def _own(owner: object, name: str) -> object:
    """Not getattr: that could wake what a module makes up when asked, and finds what a class has from another."""
    members: Mapping[str, object] = getattr(owner, "__dict__", {})
    return members.get(name)


def _is_ours(function: object) -> bool:
    return getattr(getattr(function, "__code__", None), "co_filename", "") == _put.__code__.co_filename


def _put(owner: object, name: str, original: object, wrapped: Callable[..., Any]) -> None:
    """Also where the function says that it lives: pickle looks there whether it is the same."""
    try:
        setattr(owner, name, wrapped)
    except TypeError:
        return  # a class that is closed
    home = sys.modules.get(getattr(original, "__module__", None) or "")
    there = getattr(original, "__name__", name)
    if _own(home, there) is original:
        setattr(home, there, wrapped)


def _telling(original: Callable[..., Any], note: _Note, position: int) -> Callable[..., Any]:
    @functools.wraps(original)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        tracer = listening()
        if tracer is not None:
            note(tracer, args[position:], kwargs)
        return original(*args, **kwargs)

    return wrapped


def _heard_class(original: type[Any], note: _Note) -> type[Any]:
    """A class that is closed, so that what makes its objects cannot be wrapped: a kin of it, that tells."""
    if "_dagx_heard" in vars(original):
        return original

    def create(kind: type[Any], *args: Any, **kwargs: Any) -> Any:
        tracer = listening()
        if tracer is not None:
            note(tracer, args, kwargs)
        return original.__new__(kind, *args, **kwargs)

    def is_one(kind: type[Any], made: object) -> bool:
        return isinstance(made, original)  # the library makes objects of it as well

    above = type(original)
    kin_of_kinds = type(above.__name__, (above,), {"__instancecheck__": is_one})
    members = {"__new__": create, "__module__": original.__module__, "__doc__": original.__doc__}
    return kin_of_kinds(original.__name__, (original,), {**members, "_dagx_heard": True})  # type: ignore[no-any-return]


def _asking(original: Callable[..., Any], note: _Note, position: int) -> Callable[..., Any]:
    @functools.wraps(original)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        tracer = listening()
        if tracer is not None:
            note(tracer, args[position:], kwargs)
        # SQL may name variables of its caller. duckdb looks for them one frame up: that has to look like the caller.
        caller = sys._getframe(1)  # pyright: ignore[reportPrivateUsage]
        mine = {} if caller.f_locals is caller.f_globals else dict(caller.f_locals)
        mine["__dagx_call"] = functools.partial(original, *args, **kwargs)
        return eval(_CALL, caller.f_globals, mine)

    return wrapped


_CALL = compile("__dagx_call()", _put.__code__.co_filename, "eval")
