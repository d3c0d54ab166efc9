"""What readers written in another language are heard to read and write, tried on Python modules of their names."""

from __future__ import annotations

import importlib
import inspect
import io
import os
import pickle
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from textwrap import dedent
from types import ModuleType
from typing import Any

import pytest

from dagx.worker.tracing import readers
from dagx.worker.tracing.following import follow
from dagx.worker.tracing.seen import Seen
from dagx.worker.tracing.tracer import Tracer

# A native library opens files unheard: these open none.
POLARS_IO = """
    def read_csv(source, **options):
        "Reads."
        if source == "broken.csv":
            raise ValueError("no table")
        return source
"""
POLARS = """
    from polars.io import read_csv

    scan_csv = read_parquet = read_excel = lambda source, **options: None

    class DataFrame:
        def write_csv(self, file=None, **options):
            return "text" if file is None else None

        def write_parquet(self, file, **options):
            pass
"""
DUCKDB = """
    import sys

    def sql(query, **options):
        return sys._getframe(1).f_locals.get("local"), sys._getframe(1).f_globals.get("everywhere")

    def execute(query, parameters=None):
        pass

    def connect(database=":memory:", read_only=False, change=None):
        if change is not None:
            change.write_bytes(b"changed")

    class Closed(type):
        def __setattr__(cls, name, value):
            raise TypeError("closed")

    class DuckDBPyConnection(metaclass=Closed):
        def execute(self, query):
            return "done"
"""
PYARROW = """
    class NativeFile:
        pass

    class Closed(type):
        def __setattr__(cls, name, value):
            raise TypeError("closed")

    class OSFile(NativeFile, metaclass=Closed):
        def __new__(cls, path, mode="r"):
            return super().__new__(cls)

    plain = OSFile
"""
H5PY = """
    class File:
        def __init__(self, name, mode="r", change=None):
            if change is not None:
                change.write_bytes(b"changed")
"""
FIONA = """
    def open(fp, mode="r", **options):
        pass
"""
PARQUET = """
    class ParquetFile:
        def __init__(self, source):
            self.source = source
"""

BY_MODE = {"h5py": "File", "netCDF4": "Dataset", "fiona": "open", "rasterio": "open", "pyarrow": "OSFile"}
"""What these libraries have that takes a path and a mode."""

everywhere = "global"


class Libraries:
    """A project folder under a tracer, with modules that are called like the libraries."""

    def __init__(self, base: Path) -> None:
        self.base = base
        self.root = base
        self._tracer = Tracer(str(base), str(base / ".dagx"))
        follow(self._tracer)

    def write(self, *names: str) -> None:
        for name in names:
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("text", encoding="utf-8")

    def during(self, action: Callable[[], object]) -> Seen:
        seen = self._tracer.start()
        try:
            action()
        finally:
            self._tracer.stop()
        return seen

    def inside(self, found: dict[str, None]) -> list[str]:
        """The paths in the project, relative to it and in order."""
        return sorted(os.path.relpath(path, self.root) for path in found)

    def read(self, action: Callable[[], object]) -> list[str]:
        return self.inside(self.during(action).read)


@pytest.fixture(scope="module")
def traced(tmp_path_factory: pytest.TempPathFactory) -> Libraries:
    """One for all tests: an audit hook can never be taken back."""
    return Libraries(Path(os.path.realpath(tmp_path_factory.mktemp("project"))))


@pytest.fixture
def libraries(traced: Libraries, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Libraries]:
    """The readers installed, none of the libraries imported, the project empty and the current folder."""
    for name, text in (
        ("polars/__init__.py", POLARS),
        ("polars/io.py", POLARS_IO),
        ("duckdb.py", DUCKDB),
        ("pyarrow/__init__.py", PYARROW),
        ("h5py.py", H5PY),
        ("netCDF4.py", H5PY.replace("File", "Dataset")),
        ("fiona.py", FIONA),
        ("rasterio.py", FIONA),
        ("pyarrow/parquet.py", PARQUET),
    ):
        path = tmp_path / "site" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text), encoding="utf-8")
    traced.root = traced.base / tmp_path.name
    traced.root.mkdir()
    monkeypatch.chdir(traced.root)
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    monkeypatch.setattr(sys, "meta_path", list(sys.meta_path))
    readers.install()
    known = set(sys.modules)
    yield traced
    for name in set(sys.modules) - known:
        if name.partition(".")[0] in ("polars", "duckdb", "pyarrow", *BY_MODE):
            del sys.modules[name]


def library(name: str) -> Any:
    return importlib.import_module(name)


def test_a_path_that_is_given_to_a_reader_is_read(libraries: Libraries) -> None:
    polars = library("polars")
    libraries.write("a.csv", "data/b.csv")
    assert libraries.read(lambda: polars.read_csv("a.csv")) == ["a.csv"]
    assert libraries.read(lambda: polars.read_csv(source=Path("data/b.csv"))) == ["data/b.csv"]
    assert libraries.read(lambda: polars.scan_csv(["a.csv", libraries.root / "data/b.csv"])) == [
        "a.csv",
        "data/b.csv",
    ]
    assert libraries.read(lambda: polars.read_csv(f"file://{libraries.root}/a.csv")) == ["a.csv"]


def test_a_file_that_is_not_there_is_read_too(libraries: Libraries) -> None:
    assert libraries.read(lambda: library("polars").read_csv("gone.csv")) == ["gone.csv"]


@pytest.mark.parametrize(
    "source",
    [
        "https://example.org/a.csv",
        "s3://bucket/a.csv",
        b"a,b",
        io.BytesIO(b"a,b"),
        None,
        7,
        "",
        "a\0b",
        {"a": 1},
    ],
)
def test_addresses_contents_and_streams_are_no_paths(libraries: Libraries, source: object) -> None:
    assert libraries.during(lambda: library("polars").read_csv(source)) == Seen()


def test_a_new_file_that_matches_a_pattern_counts(libraries: Libraries) -> None:
    libraries.write("data/a.csv", "data/.b.csv", "data/c.txt", "data/deep/d.csv")
    seen = libraries.during(lambda: library("polars").read_csv("data/*.csv"))
    assert libraries.inside(seen.read) == ["data/.b.csv", "data/a.csv"]
    assert libraries.inside(seen.listed) == ["data"]


@pytest.mark.parametrize(
    ("pattern", "read", "listed"),
    [
        ("y=?/0.csv", ["y=1/0.csv", "y=2/0.csv"], ["."]),
        ("./y=[!2]/*", ["y=1/0.csv", "y=2/0.csv", "y=2/m/1.csv"], [".", "y=1", "y=2", "y=2/m"]),
        ("**/1.csv", ["1.csv", "y=1/1.csv", "y=2/1.csv", "y=2/m/1.csv"], [".", "y=1", "y=2", "y=2/m"]),
        ("y=2/**", ["y=2/0.csv", "y=2/m/1.csv"], ["y=2", "y=2/m"]),
        ("y=*/m/*", ["y=1/m", "y=2/m/1.csv"], [".", "y=2/m"]),
        ("gone/*.csv", [], ["gone"]),
    ],
)
def test_every_folder_that_a_pattern_looks_into_is_listed(
    libraries: Libraries, pattern: str, read: list[str], listed: list[str]
) -> None:
    libraries.write("y=1/0.csv", "y=2/0.csv", "y=2/m/1.csv")
    seen = libraries.during(lambda: library("polars").read_csv(pattern))
    assert (libraries.inside(seen.read), libraries.inside(seen.listed)) == (read, listed)


def test_a_name_that_looks_like_a_pattern_is_a_name_too(libraries: Libraries) -> None:
    libraries.write("a[1].csv", "a1.csv")
    assert libraries.read(lambda: library("polars").read_csv("a[1].csv")) == ["a1.csv", "a[1].csv"]


def test_a_folder_is_read_with_all_below_it(libraries: Libraries) -> None:
    libraries.write("data/y=1/0.parquet", "data/y=2/0.parquet", "data/y=2/.venv/lib/site-packages/x.py")
    (libraries.root / "data/y=1/again").symlink_to(libraries.root / "data")
    seen = libraries.during(lambda: library("polars").read_parquet("data"))
    assert libraries.inside(seen.read) == ["data/y=1/0.parquet", "data/y=2/0.parquet"]
    assert {"data", "data/y=1", "data/y=2"} <= set(libraries.inside(seen.listed))


def test_nothing_is_heard_between_steps(libraries: Libraries) -> None:
    libraries.write("a.csv")
    library("polars").read_csv("a.csv")
    assert libraries.during(lambda: None) == Seen()


def test_what_a_step_writes_is_its_own(libraries: Libraries) -> None:
    frame = library("polars").DataFrame()
    seen = libraries.during(
        lambda: (frame.write_csv("out.csv"), frame.write_parquet(file=Path("out.parquet")))
    )
    assert libraries.inside(seen.made) == ["out.csv", "out.parquet"]
    assert libraries.during(frame.write_csv) == Seen()
    assert frame.write_csv() == "text"


def test_what_was_in_a_folder_before_the_step_wrote_to_it_is_read(libraries: Libraries) -> None:
    libraries.write("out/before.parquet")
    os.utime("out/before.parquet", (4e9, 4e9))  # a clock that was wrong
    polars = library("polars")

    def write_and_read() -> None:
        polars.DataFrame().write_parquet("out", partition_by="a")
        libraries.write("out/a=1.parquet")
        polars.read_parquet("out")

    assert libraries.read(write_and_read) == ["out/before.parquet"]


@pytest.mark.parametrize(
    ("statement", "read"),
    [
        ("SELECT * FROM 'a.csv' JOIN \"data/b.csv\" USING (id)", ["a.csv", "data/b.csv"]),
        ("select * from read_csv(['a.csv', 'data/b.csv'])", ["a.csv", "data/b.csv"]),
        ("-- don't\nselect * from 'a.csv' /* it's */ where c = 'it''s'", ["a.csv"]),
        ("select * from read_csv($$a.csv$$)", ["a.csv"]),
        ("select * from 'data/*.csv'", ["data/b.csv"]),
        ("select * from read_csv('data')", ["data/b.csv"]),
        ("select * from 'gone.csv'", ["gone.csv"]),
        ("select * from 'it''s.csv'", ["it's.csv"]),
        ("copy t from 'a.csv'", ["a.csv"]),
        ("select '/', '.', '..', '.*', '*', 'text', 'https://example.org/a.csv', '[a-z]+'", []),
        ("set temp_directory to 'data'; select * from 'data/b.csv'", ["data/b.csv"]),
    ],
)
def test_names_in_sql_that_lead_to_files_are_read(
    libraries: Libraries, statement: str, read: list[str]
) -> None:
    libraries.write("a.csv", "data/b.csv")
    assert libraries.read(lambda: library("duckdb").sql(statement)) == read


def test_values_for_a_statement_can_be_names_too(libraries: Libraries) -> None:
    duckdb = library("duckdb")
    libraries.write("a.csv", "b.csv", "c.csv")
    assert libraries.read(lambda: duckdb.execute("select * from read_csv(?)", ["a.csv"])) == ["a.csv"]
    assert libraries.read(lambda: duckdb.execute("from read_csv($f)", parameters={"f": "a.csv"})) == ["a.csv"]
    seen = libraries.during(lambda: duckdb.execute("copy (from read_csv(?)) to ?", ["a.csv", "c.csv"]))
    assert (libraries.inside(seen.read), libraries.inside(seen.made)) == (["a.csv"], ["c.csv"])


def test_a_file_that_sql_copies_to_is_written(libraries: Libraries) -> None:
    libraries.write("out.csv")
    seen = libraries.during(lambda: library("duckdb").sql("COPY (SELECT 1) TO 'out.csv' (HEADER)"))
    assert (libraries.inside(seen.read), libraries.inside(seen.made)) == ([], ["out.csv"])


def test_sql_finds_the_variables_of_its_caller(libraries: Libraries) -> None:
    # duckdb reads data frames by the name that a variable has one frame up.
    local = "local"
    assert library("duckdb").sql("from local") == (local, everywhere)


def test_a_database_that_a_step_does_not_change_is_read(libraries: Libraries) -> None:
    duckdb = library("duckdb")
    libraries.write("kept.db", "changed.db", "attached.db", "others.db")
    base = libraries.root

    def connect() -> None:
        duckdb.connect("kept.db")
        duckdb.connect("changed.db", change=base / "changed.db")
        duckdb.connect("new.db", change=base / "new.db")
        duckdb.connect("gone.db", read_only=True)
        duckdb.connect("others.db", True, base / "others.db")
        duckdb.sql("ATTACH IF NOT EXISTS 'attached.db' AS a; ATTACH 'changed.db'")
        duckdb.connect()
        duckdb.connect(":memory:")

    seen = libraries.during(connect)
    assert libraries.inside(seen.read) == ["attached.db", "gone.db", "kept.db", "others.db"]
    assert {"changed.db", "new.db"} <= set(libraries.inside(seen.written))


def test_a_database_whose_changes_are_still_in_its_log_is_changed(libraries: Libraries) -> None:
    libraries.write("kept.db")
    log = libraries.root / "kept.db.wal"
    assert libraries.read(lambda: library("duckdb").connect("kept.db", change=log)) == []


def test_names_imported_from_a_module_are_heard(libraries: Libraries) -> None:
    libraries.write("a.csv")
    space: dict[str, Any] = {}
    exec("from polars import read_csv\nfrom pyarrow.parquet import ParquetFile", space)
    assert libraries.read(lambda: space["read_csv"]("a.csv")) == ["a.csv"]
    assert libraries.read(lambda: space["ParquetFile"]("a.parquet")) == ["a.parquet"]
    assert isinstance(space["ParquetFile"]("a.parquet"), library("pyarrow.parquet").ParquetFile)


def test_what_was_imported_before_is_heard(libraries: Libraries, monkeypatch: pytest.MonkeyPatch) -> None:
    polars = ModuleType("polars")
    polars.read_csv = lambda source: None  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "polars", polars)
    readers.install()
    readers.install()
    assert libraries.read(lambda: polars.read_csv("a.csv")) == ["a.csv"]
    assert not hasattr(polars.read_csv.__wrapped__, "__wrapped__")


def test_a_module_that_is_loaded_again_is_heard_again(libraries: Libraries) -> None:
    polars = importlib.reload(library("polars"))
    assert libraries.read(lambda: polars.read_csv("a.csv")) == ["a.csv"]


def test_a_wrapped_reader_is_the_reader_to_all_who_look(libraries: Libraries) -> None:
    read_csv = library("polars").read_csv
    assert (read_csv.__name__, read_csv.__doc__, read_csv.__module__) == ("read_csv", "Reads.", "polars.io")
    assert list(inspect.signature(read_csv).parameters) == ["source", "options"]
    assert pickle.loads(pickle.dumps(read_csv)) is read_csv
    assert "def read_csv(source, **options):" in inspect.getsource(library("polars.io"))
    assert "exec_module" not in vars(library("polars").__loader__)
    assert read_csv("a.csv") == "a.csv"
    with pytest.raises(ValueError, match="no table"):
        read_csv("broken.csv")


def test_a_class_that_is_closed_stays_as_it_is(libraries: Libraries) -> None:
    assert library("duckdb").DuckDBPyConnection().execute("select 1") == "done"


@pytest.mark.parametrize("name", BY_MODE)
def test_a_mode_says_whether_a_file_is_read_or_made(libraries: Libraries, name: str) -> None:
    opens = getattr(library(name), BY_MODE[name])
    libraries.write("a.dat")
    assert libraries.read(lambda: opens("a.dat")) == ["a.dat"]
    assert libraries.read(lambda: opens(Path("a.dat"), mode="r")) == ["a.dat"]
    seen = libraries.during(lambda: opens("b.dat", "w"))
    assert (seen.read, libraries.inside(seen.written)) == ({}, ["b.dat"])


@pytest.mark.parametrize("mode", ["a", "r+"])
def test_what_may_be_changed_was_read_if_it_stayed_and_else_is_input_and_output(
    libraries: Libraries, mode: str
) -> None:
    h5py = library("h5py")
    libraries.write("a.h5")
    assert libraries.read(lambda: h5py.File("a.h5", mode)) == ["a.h5"]
    seen = libraries.during(lambda: h5py.File("a.h5", mode, change=libraries.root / "a.h5"))
    assert (seen.read, libraries.inside(seen.rewritten)) == ({}, ["a.h5"])


def test_a_class_that_is_closed_is_heard_by_a_kin_of_it(libraries: Libraries) -> None:
    pyarrow = library("pyarrow")
    assert isinstance(pyarrow.OSFile("a.dat"), pyarrow.plain)
    assert isinstance(pyarrow.plain("a.dat"), pyarrow.OSFile)
    assert not isinstance(7, pyarrow.OSFile)
    assert pyarrow.OSFile.__name__ == "OSFile"


def test_a_map_is_read_with_the_files_beside_it(libraries: Libraries) -> None:
    libraries.write("towns.shp", "towns.dbf", "towns.csv", "other.dbf", "towns.shp.aux.xml")
    read = libraries.read(lambda: library("fiona").open("towns.shp"))
    assert read == ["towns.dbf", "towns.shp", "towns.shp.aux.xml"]


def test_the_real_h5py_is_heard(libraries: Libraries, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where it is installed; the others here stand in for it."""
    monkeypatch.setattr(sys, "path", sys.path[1:])
    h5py = pytest.importorskip("h5py")

    def make() -> None:
        with h5py.File("a.h5", "w") as file:
            file["x"] = [1, 2]

    assert libraries.inside(libraries.during(make).written) == ["a.h5"]
    assert libraries.read(lambda: h5py.File("a.h5").close()) == ["a.h5"]
