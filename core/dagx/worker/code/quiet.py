"""What is known by name: code that makes reach unknown, decorators of dagx, libraries that keep nothing.

Every name here is a claim about code that is not read. The first tables err towards more, the last ones list what was
looked at: leaving a name out costs a needless run, a wrong one in them a stale result.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

__all__ = [
    "DEFINING",
    "STANDARD",
    "is_loud",
    "keeps_no_docs",
    "keeps_nothing",
    "leaves_no_trace",
    "makes_a_constant",
    "marks_of_attribute",
    "marks_of_call",
    "marks_of_name",
]

STANDARD = frozenset(sys.stdlib_module_names) | {"dagx", "dagster", "__future__", "__main__"}
"""Top-level modules whose version is that of the interpreter, or of dagx itself."""

DEFINING = frozenset(
    {
        "asset",
        "multi_asset",
        "graph_asset",
        "graph_multi_asset",
        "observable_source_asset",
        "multi_observable_source_asset",
        "asset_check",
        "multi_asset_check",
        "op",
    }
)
"""Decorators of dagx that make a step; what they are told is no part of the code of the function."""

_ANY_CODE = frozenset({"eval", "exec", "__import__"})
_LOOK_UP_CODE = frozenset(
    {
        "import_module",
        "find_spec",
        "resolve_name",
        "run_module",
        "entry_points",
        "iter_modules",
        "walk_packages",
        "locate",
        "spec_from_file_location",
        "SourceFileLoader",
        "get_objects",
        "get_referrers",
    }
)
_CODE_ATTRIBUTES = frozenset({"__subclasses__", "__globals__", "f_globals", "f_builtins"})
_DOC_ATTRIBUTES = frozenset({"__doc__", "co_consts"})
_SOURCE_ATTRIBUTES = frozenset(
    {"co_firstlineno", "co_lines", "co_lnotab", "co_linetable", "f_lineno", "tb_lineno", "__firstlineno__"}
)
_DOC_CALLS = frozenset({"getdoc", "help", "render_doc", "pydoc"})
_SOURCE_CALLS = frozenset(
    {
        "getsource",
        "getsourcelines",
        "getcomments",
        "findsource",
        "currentframe",
        "getframeinfo",
        "extract_stack",
    }
)
_SPEC_ATTRIBUTES = frozenset(
    {
        "assets_def",
        "asset_spec",
        "get_asset_spec",
        "specs",
        "specs_by_key",
        "metadata",
        "metadata_by_key",
        "definition_metadata",
        "output_metadata",
        "tags",
        "tags_by_key",
        "group_name",
        "group_names_by_key",
        "owners",
        "owners_by_key",
        "kinds",
        "description",
        "descriptions_by_key",
        "op_def",
        "node_def",
        "check_specs",
        "check_specs_by_output_name",
        "code_versions_by_key",
        "upstream_output",
        "automation_conditions_by_key",
        "repository_def",
    }
)
"""By these a function or an IO manager finds out how an asset is declared; many other things have them too."""

_TRACELESS = frozenset(
    {"functools", "inspect", "itertools", "logging", "loguru", "math", "operator", "rich"}
) | {
    "structlog",
    "time",
    "tqdm",
    "typing",
    "warnings",
}
_KEEPS_NOTHING = _TRACELESS | {
    "abc",
    "attr",
    "attrs",
    "backoff",
    "cachetools",
    "collections",
    "contextlib",
    "copy",
    "dataclasses",
    "enum",
    "joblib",
    "more_itertools",
    "numba",
    "numpy",
    "pandera",
    "polars",
    "pyarrow",
    "pydantic",
    "re",
    "retry",
    "scipy",
    "string",
    "tenacity",
    "toolz",
    "types",
    "typing_extensions",
    "wrapt",
}
_READS_NO_DOCS = (
    _KEEPS_NOTHING - {"pydantic"}
    | frozenset(
        {
            "dask",
            "duckdb",
            "geopandas",
            "httpx",
            "matplotlib",
            "networkx",
            "pandas",
            "psycopg",
            "pyspark",
            "requests",
        }
    )
    | frozenset(
        {"seaborn", "shapely", "sklearn", "sqlalchemy", "statsmodels", "sympy", "torch", "xarray", "yaml"}
    )
)
_LOUD = ("register", "accessor", "listens_for", "namespace")
_CONSTANT_MAKERS = frozenset(
    {
        "compile",
        "getLogger",
        "get_logger",
        "get_dagster_logger",
        "Path",
        "PurePath",
        "PurePosixPath",
        "frozenset",
        "Decimal",
        "TypeVar",
        "ParamSpec",
        "NewType",
        "timedelta",
        "date",
        "datetime",
        "int",
        "float",
        "str",
        "bytes",
        "bool",
        "tuple",
        "getenv",
        "dirname",
        "join",
        "MappingProxyType",
    }
)


def marks_of_name(name: str) -> Iterator[tuple[str, str]]:
    """What a global name widens wherever it stands, other than called with a text."""
    if name in _ANY_CODE:
        yield "code", name
    elif name in _LOOK_UP_CODE:
        yield "code", name if name.startswith("__") else f"{name} of a computed name"
    elif name == "globals":
        yield "module", name
    elif name in _DOC_CALLS or name == "__doc__":
        yield "doc", name
    elif name in _SOURCE_CALLS:
        yield "source", name


def marks_of_attribute(name: str) -> Iterator[tuple[str, str]]:
    """What an attribute of anything widens."""
    if name in _CODE_ATTRIBUTES:
        yield "code", name
    elif name in _LOOK_UP_CODE:
        yield "code", f"{name} of a computed name"
    elif name in _DOC_ATTRIBUTES or name in _DOC_CALLS:
        yield "doc", name
    elif name in _SOURCE_ATTRIBUTES or name in _SOURCE_CALLS:
        yield "source", name
    elif name in _SPEC_ATTRIBUTES:
        yield "spec", name


def marks_of_call(name: str, *, has_arguments: bool, at_import: bool) -> Iterator[tuple[str, str]]:
    """What a call of a built-in function widens."""
    if name in ("locals", "vars", "dir") and not has_arguments and at_import:
        yield "module", name


def makes_a_constant(name: str) -> bool:
    """Whether what a function of this name returns is not changed in place, or makes no difference when it is."""
    return name in _CONSTANT_MAKERS


def is_loud(name: str) -> bool:
    """Whether a function of a library says by its name that it keeps what it is given."""
    return any(word in name.lower() for word in _LOUD)


def keeps_nothing(package: str, name: str) -> bool:
    """Whether `name` of a library does not keep what it is given, to call it when it is asked for otherwise."""
    top = package.partition(".")[0]
    return not is_loud(name) and (top in _KEEPS_NOTHING or top in ("dagx", "dagster", "__future__"))


def leaves_no_trace(package: str) -> bool:
    """Whether what is called of a library changes nothing that data could depend on."""
    return package.partition(".")[0] in _TRACELESS or package in ("dagx", "dagster")


def keeps_no_docs(package: str) -> bool:
    """Whether a library makes nothing of the docstrings of what it is given."""
    top = package.partition(".")[0]
    return top in STANDARD or top in _READS_NO_DOCS
