"""Edits that change nothing that is made: they rerun nothing, or a rule says why they do."""

from __future__ import annotations

import os
from collections.abc import Callable

from mutation import Mutation, does_not_count, each, reruns_for_nothing
from shops import Shop


@each(
    does_not_count(
        "formatting",
        """
        -- definitions.py
        import dagx as dg
        from lib import clean
        @dg.asset
        def made(): return clean(<<3 => (
            3
        )>>)
        -- lib.py
        def clean(x <<, y=1 =>     , y = 1 >>): return <<x => (x)>>
        """,
    ),
    does_not_count(
        "quotes and the spelling of numbers",
        """
        -- definitions.py
        import dagx as dg
        @dg.asset
        def made(): return [<<"a" => 'a'>>, <<16 => 0x10>>, <<1000 => 1_000>>, <<"ab" => "a" "b">>]
        """,
    ),
    does_not_count(
        "comment with a pragma",
        """
        -- definitions.py
        import dagx as dg
        @dg.asset
        def made(): return 1<< =>   # type: ignore[return-value]  # noqa: E501>>
        """,
    ),
    does_not_count(
        "docstring of a class and of its methods",
        '''
        -- definitions.py
        import dagx as dg
        from lib import Order
        @dg.asset
        def made(): return Order().size()
        -- lib.py
        class Order:
            """<<An order. => One order.>>"""
            rate = 1
            """<<Its rate. => The rate.>>"""
            def size(self):
                """<<Its size. => The size.>>"""
                return self.rate
        ''',
    ),
    does_not_count(
        "docstring that is new",
        '''
        -- definitions.py
        import dagx as dg
        @dg.asset
        def made():
            << => """What it makes.""">>
            return 1
        ''',
    ),
    does_not_count(
        "functions in another order",
        """
        -- definitions.py
        import dagx as dg
        from lib import first, second
        @dg.asset
        def made(): return first() + second()
        -- lib.py
        <<def first(): return 1 => def second(): return 2>>
        LIMIT = 3
        <<def second(): return 2 => def first(): return 1>>
        """,
    ),
    does_not_count(
        "assets in another order",
        """
        -- definitions.py
        import dagx as dg
        @dg.asset
        <<def made(): return 1 => def other(): return 2>>
        @dg.asset
        <<def other(): return 2 => def made(): return 1>>
        """,
    ),
    does_not_count(
        "imports in another order",
        """
        -- definitions.py
        <<import dagx as dg => import lib>>
        <<import lib => import dagx as dg>>
        @dg.asset
        def made(): return lib.clean(3)
        -- lib.py
        def clean(x): return x
        """,
    ),
    does_not_count(
        "import that nothing uses",
        """
        -- definitions.py
        import dagx as dg
        << => import json, other>>
        @dg.asset
        def made(): return 1
        -- other.py
        def other(): return 1
        """,
    ),
    does_not_count(
        "import for types alone",
        """
        -- definitions.py
        from __future__ import annotations
        from typing import TYPE_CHECKING
        import dagx as dg
        if TYPE_CHECKING:
            from lib import <<Order => Order, Sale>>
        def clean(order: Order): return order
        @dg.asset
        def made(): return clean(1)
        -- lib.py
        class Order: pass
        class Sale: pass
        """,
    ),
    does_not_count(
        "type that only checkers see",
        """
        -- definitions.py
        import dagx as dg
        from typing import TYPE_CHECKING
        if TYPE_CHECKING:
            from lib import Order
        def clean(order: "Order"): return order
        @dg.asset
        def made(): return clean(1)
        -- lib.py
        class Order:
            size = <<1 => 2>>
        """,
    ),
    does_not_count(
        "a new function, class and constant",
        """
        -- definitions.py
        import dagx as dg
        from lib import clean
        @dg.asset
        def made(): return clean(3)
        -- lib.py
        def clean(x): return x
        << => def other(x): return clean(x)
        class Other: pass
        OTHER = Other()>>
        """,
    ),
    does_not_count(
        "a new asset beside it",
        """
        -- definitions.py
        import dagx as dg
        @dg.asset
        def made(): return 1
        -- others.py
        import dagx as dg
        def made_here(x): return <<x => 2 * x>>
        """,
    ),
    does_not_count(
        "options of the decorator that are only shown",
        """
        -- definitions.py
        import dagx as dg
        @dg.asset(<<group_name="a" => group_name="b", owners=["a@b.c"], description="What it is", tags={"x": "y"}>>)
        def made(): return 1
        """,
    ),
    does_not_count(
        "options that say when it runs",
        """
        -- definitions.py
        import dagx as dg
        @dg.asset(<<pool="a" => retry_policy=dg.RetryPolicy(max_retries=3), op_tags={"a": "b"}>>)
        def made(): return 1
        """,
    ),
    does_not_count(
        "a main block",
        """
        -- definitions.py
        import dagx as dg
        @dg.asset
        def made(): return 1
        if __name__ == "__main__":
            print(<<made => dg.materialize([made])>>)
        """,
    ),
    does_not_count(
        "helper that only another decorator of the project wraps",
        """
        -- definitions.py
        import dagx as dg
        from lib import clean
        @dg.asset
        def made(): return clean(3)
        -- lib.py
        import functools, logging, time
        logger = logging.getLogger(__name__)
        def timed(function):
            @functools.wraps(function)
            def inner(*args):
                began = time.time()
                found = function(*args)
                logger.info("%s took %s", function.__name__, time.time() - began)
                return found
            return inner
        @timed
        def clean(x): return x
        @timed
        def other(x): return <<x => 2 * x>>
        """,
    ),
    does_not_count(
        "another entry of a registry that it does not use",
        """
        -- definitions.py
        import dagx as dg
        from registry import clean
        import handlers
        @dg.asset
        def made(): return clean(3)
        -- registry.py
        HANDLERS = {}
        def clean(x): return x
        def register(function):
            HANDLERS[function.__name__] = function
            return function
        -- handlers.py
        from registry import register
        @register
        def other(x): return <<x => 2 * x>>
        """,
    ),
    does_not_count(
        "results kept by a helper in a dict of its module",
        """
        -- definitions.py
        import dagx as dg
        from lib import clean
        @dg.asset
        def made(): return clean(3)
        -- lib.py
        KNOWN = {}
        def kept(function):
            def inner(x):
                if (function, x) not in KNOWN:
                    KNOWN[function, x] = function(x)
                return KNOWN[function, x]
            return inner
        @kept
        def clean(x): return x
        @kept
        def other(x): return <<x => 2 * x>>
        """,
    ),
    does_not_count(
        "resource that it does not ask for",
        """
        -- definitions.py
        import dagx as dg
        class Client(dg.ConfigurableResource):
            size: int = 1
        @dg.asset
        def made(): return 1
        defs = dg.Definitions(assets=[made], resources={"client": Client(size=<<1 => 2>>)})
        """,
    ),
    does_not_count(
        "log message when the project is imported",
        """
        -- definitions.py
        import dagx as dg
        import logging
        from assets import made
        logging.getLogger("shop").debug("<<loaded => loaded now>>")
        defs = dg.Definitions(assets=[made])
        -- assets.py
        import dagx as dg
        @dg.asset
        def made(): return 1
        """,
    ),
)
def test_an_edit_without_effect_reruns_nothing(project: Callable[[str], Shop], mutation: Mutation) -> None:
    mutation.check(project)


@each(
    # Names count: messages, `locals()`, keyword arguments and pickles speak of them, and no text says that none does.
    reruns_for_nothing(
        "local variable under another name",
        "code of made changed (definitions.py:2)",
        """
        -- definitions.py
        import dagx as dg
        @dg.asset
        def made():
            <<found => result>> = 1
            return <<found => result>>
        """,
    ),
    # Annotations count: they say what is checked, and what models make of a value.
    reruns_for_nothing(
        "annotation",
        "code of clean changed (lib.py:1)",
        """
        -- definitions.py
        import dagx as dg
        from lib import clean
        @dg.asset
        def made(): return clean(3)
        -- lib.py
        def clean(x<< => : int>>): return x
        """,
    ),
    # A unit is the smallest piece: what a class has counts for all who use it.
    reruns_for_nothing(
        "method that is not called",
        "code of Order changed (lib.py:1)",
        """
        -- definitions.py
        import dagx as dg
        from lib import Order
        @dg.asset
        def made(): return Order().size()
        -- lib.py
        class Order:
            def size(self): return 1
            def total(self): return <<1 => 2>>
        """,
    ),
    # What a module does when it is imported counts for all that is in it.
    reruns_for_nothing(
        "message printed by the module at import",
        "what lib does at import changed (lib.py:1)",
        """
        -- definitions.py
        import dagx as dg
        from lib import clean
        @dg.asset
        def made(): return clean(3)
        -- lib.py
        print("<<a => b>>", end="")
        def clean(x): return x
        """,
    ),
    # The name of a module is a part of what its functions are called.
    reruns_for_nothing(
        "function moved to another file",
        ["no longer uses clean of lib", "now uses clean (text.py:1)"],
        """
        -- definitions.py
        import dagx as dg
        from <<lib => text>> import clean
        @dg.asset
        def made(): return clean(3)
        -- lib.py
        def clean(x): return x
        -- text.py
        def clean(x): return x
        """,
    ),
)
def test_an_edit_that_reruns_for_nothing_does_so_by_a_rule(
    project: Callable[[str], Shop], mutation: Mutation
) -> None:
    mutation.check(project)


def test_line_ends_of_another_system_rerun_nothing(project: Callable[[str], Shop]) -> None:
    shop = project("""
        -- definitions.py
        import dagx as dg
        @dg.asset
        def made():
            return '''two
        lines'''
    """)
    shop.run()
    shop.write("definitions.py", shop.read("definitions.py").replace("\n", "\r\n"))
    assert "\r\n" in shop.read("definitions.py")
    assert shop.run() == {}


def test_a_file_that_is_touched_reruns_nothing(project: Callable[[str], Shop]) -> None:
    shop = project("""
        -- definitions.py
        import dagx as dg
        @dg.asset
        def made(): return 1
    """)
    shop.run()
    os.utime(shop.root / "definitions.py", (1, 1))
    assert shop.run() == {}
