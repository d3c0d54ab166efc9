"""Edits of what stands in other files: modules by every kind of import, and what is not Python at all."""

from __future__ import annotations

from collections.abc import Callable

from mutation import Mutation, counts, each
from shops import Shop


@each(
    counts(
        "star import",
        "code of clean changed (lib.py:1)",
        """
        -- definitions.py
        import dagx as dg
        from lib import *
        @dg.asset
        def made(): return clean(4)
        -- lib.py
        def clean(x): return <<x => 2 * x>>
        """,
    ),
    counts(
        "a name that shadows one of a star import",
        ["now uses clean (lib.py:1)"],
        """
        -- definitions.py
        import dagx as dg
        from deep import *
        from lib import *
        @dg.asset
        def made(): return clean(4)
        -- lib.py
        <<NOTHING = 1 => def clean(x): return 2 * x>>
        -- deep.py
        def clean(x): return x
        """,
    ),
    counts(
        "re-export through __init__",
        "code of clean changed (pkg/text.py:1)",
        """
        -- definitions.py
        import dagx as dg
        from pkg import clean
        @dg.asset
        def made(): return clean(4)
        -- pkg/__init__.py
        from .text import clean
        -- pkg/text.py
        def clean(x): return <<x => 2 * x>>
        """,
    ),
    counts(
        "what a re-export leads to",
        ["no longer uses clean of pkg.text", "now uses clean (pkg/words.py:1)"],
        """
        -- definitions.py
        import dagx as dg
        import pkg
        @dg.asset
        def made(): return pkg.clean(4)
        -- pkg/__init__.py
        from .<<text => words>> import clean
        -- pkg/text.py
        def clean(x): return x
        -- pkg/words.py
        def clean(x): return 2 * x
        """,
    ),
    counts(
        "re-export under another name",
        "code of clean changed (deep.py:1)",
        """
        -- definitions.py
        import dagx as dg
        from lib import tidy
        @dg.asset
        def made(): return tidy(4)
        -- lib.py
        from deep import clean as tidy
        -- deep.py
        def clean(x): return <<x => 2 * x>>
        """,
    ),
    counts(
        "conditional import",
        "code of clean changed (slow.py:1)",
        """
        -- definitions.py
        import dagx as dg
        import sys
        if sys.version_info >= (4,):
            from fast import clean
        else:
            from slow import clean
        @dg.asset
        def made(): return clean(4)
        -- fast.py
        def clean(x): return None
        -- slow.py
        def clean(x): return <<x => 2 * x>>
        """,
    ),
    counts(
        "import that falls back",
        "code of clean changed (slow.py:1)",
        """
        -- definitions.py
        import dagx as dg
        try:
            from no_such_package_here import clean
        except ImportError:
            from slow import clean
        @dg.asset
        def made(): return clean(4)
        -- slow.py
        def clean(x): return <<x => 2 * x>>
        """,
    ),
    counts(
        "a name that is defined, and then imported over",
        "code of clean changed (lib.py:1)",
        """
        -- definitions.py
        import dagx as dg
        def clean(x): return None
        from lib import clean
        @dg.asset
        def made(): return clean(4)
        -- lib.py
        def clean(x): return <<x => 2 * x>>
        """,
    ),
    counts(
        "relative import inside a function",
        "code of clean changed (pkg/deep/text.py:1)",
        """
        -- definitions.py
        import dagx as dg
        from pkg.deep.assets import made
        -- pkg/__init__.py
        -- pkg/deep/__init__.py
        -- pkg/deep/assets.py
        import dagx as dg
        @dg.asset
        def made():
            from ..deep import text
            return text.clean(4)
        -- pkg/deep/text.py
        def clean(x): return <<x => 2 * x>>
        """,
    ),
    counts(
        "imported by a text",
        "code of clean changed (lib.py:1)",
        """
        -- definitions.py
        import dagx as dg
        from importlib import import_module as load
        @dg.asset
        def made(): return load("lib").clean(4)
        -- lib.py
        def clean(x): return <<x => 2 * x>>
        """,
    ),
    counts(
        "imported by a computed name",
        (
            "module plugins.a changed (import_module of a computed name at line 4 of definitions.py, "
            "so all of it counts)"
        ),
        """
        -- definitions.py
        import dagx as dg
        import importlib
        @dg.asset
        def made(): return [importlib.import_module(f"plugins.{name}").clean(4) for name in "ab"]
        -- plugins/__init__.py
        -- plugins/a.py
        def clean(x): return <<x => 2 * x>>
        -- plugins/b.py
        def clean(x): return x
        """,
    ),
    counts(
        "namespace package",
        "code of clean changed (space/text.py:1)",
        """
        -- definitions.py
        import dagx as dg
        import space.text
        @dg.asset
        def made(): return space.text.clean(4)
        -- space/text.py
        def clean(x): return <<x => 2 * x>>
        """,
    ),
    counts(
        "namespace package, imported in a function",
        "code of clean changed (space/text.py:1)",
        """
        -- definitions.py
        import dagx as dg
        @dg.asset
        def made():
            from space import text
            return text.clean(4)
        -- space/text.py
        def clean(x): return <<x => 2 * x>>
        """,
    ),
    counts(
        "what a package does at import",
        "what pkg does at import changed (pkg/__init__.py:2)",
        """
        -- definitions.py
        import dagx as dg
        from pkg.text import clean
        @dg.asset
        def made(): return clean()
        -- pkg/__init__.py
        import pkg.rates
        pkg.rates.RATE = <<2 => 3>>
        -- pkg/rates.py
        RATE = 1
        -- pkg/text.py
        import pkg.rates
        def clean(): return pkg.rates.RATE
        """,
    ),
    counts(
        "circle of imports",
        "code of odd changed (two.py:2)",
        """
        -- definitions.py
        import dagx as dg
        import one
        @dg.asset
        def made(): return one.even(4)
        -- one.py
        import two
        def even(n): return n == 0 or two.odd(n - 1)
        -- two.py
        import one
        def odd(n): return <<n != 0 and one.even(n - 1) => False>>
        """,
    ),
    counts(
        "module with a __getattr__ of its own",
        "code of hidden changed (lib.py:1)",
        """
        -- definitions.py
        import dagx as dg
        import lib
        @dg.asset
        def made(): return lib.clean
        -- lib.py
        def hidden(): return <<1 => 2>>
        def __getattr__(name): return hidden()
        """,
    ),
    counts(
        "f-string of SQL in another module",
        "code of QUERY changed (queries.py:2)",
        """
        -- definitions.py
        import dagx as dg
        from queries import QUERY
        @dg.asset
        def made(): return QUERY
        -- queries.py
        TABLE = "orders"
        QUERY = f"select <<a => b>> from {TABLE}"
        """,
    ),
    counts(
        "name in an f-string of SQL",
        "code of TABLE changed (queries.py:1)",
        """
        -- definitions.py
        import dagx as dg
        from queries import query
        @dg.asset
        def made(): return query("a")
        -- queries.py
        TABLE = "<<orders => sales>>"
        def query(column): return f"select {column} from {TABLE!s:>10}"
        """,
    ),
    counts(
        "SQL file read by a helper",
        "sql/orders.sql changed",
        """
        -- definitions.py
        import dagx as dg
        from queries import query
        @dg.asset
        def made(): return query("orders")
        -- queries.py
        from pathlib import Path
        FOLDER = Path(__file__).parent / "sql"
        def query(name): return (FOLDER / f"{name}.sql").read_text()
        -- sql/orders.sql
        select <<a => b>>
        """,
    ),
    counts(
        "include of a Jinja template",
        "sql/columns.sql changed",
        """
        -- definitions.py
        import dagx as dg
        from queries import render
        @dg.asset
        def made(): return render("orders.sql")
        -- queries.py
        import jinja2
        def render(name):
            return jinja2.Environment(loader=jinja2.FileSystemLoader("sql")).get_template(name).render()
        -- sql/orders.sql
        select {% include "columns.sql" %} from orders
        -- sql/columns.sql
        <<a => a, b>>
        """,
    ),
    counts(
        "macro of a Jinja template",
        "sql/macros.sql changed",
        """
        -- definitions.py
        import dagx as dg
        import jinja2
        ENGINE = jinja2.Environment(loader=jinja2.FileSystemLoader("sql"))
        @dg.asset
        def made(): return ENGINE.get_template("orders.sql").render()
        -- sql/orders.sql
        {% from "macros.sql" import cents %}select {{ cents("a") }}
        -- sql/macros.sql
        {% macro cents(column) %}{{ column }} / <<100 => 100.0>>{% endmacro %}
        """,
    ),
    counts(
        "YAML read when the project is imported",
        "settings.yml, read when the project is imported, changed",
        """
        -- definitions.py
        import dagx as dg
        from settings import SETTINGS
        @dg.asset
        def made(): return SETTINGS["rate"]
        -- settings.py
        import yaml
        with open("settings.yml") as stream:
            SETTINGS = yaml.safe_load(stream)
        -- settings.yml
        rate: <<1 => 2>>
        """,
    ),
    counts(
        "resource of a package, read by importlib",
        "pkg/words.txt changed",
        """
        -- definitions.py
        import dagx as dg
        import pkg.text
        @dg.asset
        def made(): return pkg.text.words()
        -- pkg/__init__.py
        -- pkg/text.py
        import importlib.resources
        def words(): return importlib.resources.files("pkg").joinpath("words.txt").read_text()
        -- pkg/words.txt
        <<a => b>>
        """,
    ),
)
def test_an_edit_that_changes_the_result_reruns_it(
    project: Callable[[str], Shop], mutation: Mutation
) -> None:
    mutation.check(project)
