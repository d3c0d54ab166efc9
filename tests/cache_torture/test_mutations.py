"""Twenty-four edits that change what an asset makes, and four that do not: those that other tools were measured by."""

from __future__ import annotations

from collections.abc import Callable

from mutation import Mutation, counts, does_not_count, each
from shops import Shop


@each(
    counts(
        "helper body",
        "code of clean changed (lib.py:1)",
        """
        -- definitions.py
        import dagx as dg
        from lib import clean
        @dg.asset
        def made(): return clean(3)
        -- lib.py
        def clean(x): return <<x => 2 * x>>
        """,
    ),
    counts(
        "constant",
        "code of LIMIT changed (lib.py:1)",
        """
        -- definitions.py
        import dagx as dg
        import lib
        @dg.asset
        def made(): return lib.clean(5)
        -- lib.py
        LIMIT = <<3 => 4>>
        def clean(x): return min(x, LIMIT)
        """,
    ),
    counts(
        "default argument",
        "code of clean changed (lib.py:1)",
        """
        -- definitions.py
        import dagx as dg
        from lib import clean
        @dg.asset
        def made(): return clean()
        -- lib.py
        def clean(x=<<1 => 2>>): return x
        """,
    ),
    counts(
        "class method",
        "code of Order changed (models.py:1)",
        """
        -- definitions.py
        import dagx as dg
        from models import Order
        @dg.asset
        def made(): return Order().total()
        -- models.py
        class Order:
            def total(self): return <<1 => 2>>
        """,
    ),
    counts(
        "class attribute",
        "code of Order changed (models.py:1)",
        """
        -- definitions.py
        import dagx as dg
        from models import Order
        @dg.asset
        def made(): return Order.rate
        -- models.py
        class Order:
            rate = <<1 => 2>>
        """,
    ),
    counts(
        "base class",
        "code of Base changed (base.py:1)",
        """
        -- definitions.py
        import dagx as dg
        from models import Order
        @dg.asset
        def made(): return Order().total()
        -- models.py
        import base
        class Order(base.Base): pass
        -- base.py
        class Base:
            def total(self): return <<1 => 2>>
        """,
    ),
    counts(
        "dispatch through a dict",
        "code of double changed (lib.py:1)",
        """
        -- definitions.py
        import dagx as dg
        from lib import ACTIONS
        @dg.asset
        def made(): return ACTIONS["double"](4)
        -- lib.py
        def double(x): return <<2 * x => 3 * x>>
        ACTIONS = {"double": double}
        """,
    ),
    counts(
        "dispatch through getattr",
        "code of double changed (lib.py:1)",
        """
        -- definitions.py
        import dagx as dg
        import lib
        def call(name):
            return getattr(lib, name)(4)
        @dg.asset
        def made(): return call("double")
        -- lib.py
        def double(x): return <<2 * x => 3 * x>>
        """,
    ),
    counts(
        "local import",
        "code of clean changed (lib.py:1)",
        """
        -- definitions.py
        import dagx as dg
        @dg.asset
        def made():
            from lib import clean
            return clean(3)
        -- lib.py
        def clean(x): return <<x => 2 * x>>
        """,
    ),
    counts(
        "module attribute",
        "code of RATE changed (shop/rates.py:1)",
        """
        -- definitions.py
        import dagx as dg
        import shop.rates
        @dg.asset
        def made(): return shop.rates.RATE
        -- shop/__init__.py
        -- shop/rates.py
        RATE = <<1 => 2>>
        """,
    ),
    counts(
        "decorator body",
        "code of twice changed (lib.py:1)",
        """
        -- definitions.py
        import dagx as dg
        from lib import twice
        @twice
        def clean(x): return x
        @dg.asset
        def made(): return clean(3)
        -- lib.py
        def twice(function):
            def inner(x): return <<2 => 3>> * function(x)
            return inner
        """,
    ),
    counts(
        "decorator argument",
        "code of clean changed (definitions.py:3)",
        """
        -- definitions.py
        import dagx as dg
        from lib import times
        @times(<<2 => 3>>)
        def clean(x): return x
        @dg.asset
        def made(): return clean(3)
        -- lib.py
        def times(n):
            def wrap(function):
                def inner(x): return n * function(x)
                return inner
            return wrap
        """,
    ),
    counts(
        "partial",
        "code of double changed (lib.py:3)",
        """
        -- definitions.py
        import dagx as dg
        from lib import double
        @dg.asset
        def made(): return double(4)
        -- lib.py
        from functools import partial
        def times(n, x): return n * x
        double = partial(times, <<2 => 3>>)
        """,
    ),
    counts(
        "property",
        "code of Order changed (models.py:1)",
        """
        -- definitions.py
        import dagx as dg
        from models import Order
        @dg.asset
        def made(): return Order().total
        -- models.py
        class Order:
            @property
            def total(self): return <<1 => 2>>
        """,
    ),
    counts(
        "dunder method",
        "code of Order changed (models.py:1)",
        """
        -- definitions.py
        import dagx as dg
        from models import Order
        @dg.asset
        def made(): return len(Order())
        -- models.py
        class Order:
            def __len__(self): return <<1 => 2>>
        """,
    ),
    counts(
        "enum",
        "code of Colour changed (models.py:2)",
        """
        -- definitions.py
        import dagx as dg
        from models import Colour
        @dg.asset
        def made(): return Colour.RED.value
        -- models.py
        import enum
        class Colour(enum.Enum):
            RED = <<1 => 2>>
        """,
    ),
    counts(
        "dataclass default",
        "code of Order changed (models.py:2)",
        """
        -- definitions.py
        import dagx as dg
        from models import Order
        @dg.asset
        def made(): return Order().size
        -- models.py
        from dataclasses import dataclass
        @dataclass
        class Order:
            size: int = <<1 => 2>>
        """,
    ),
    counts(
        "lambda",
        "code of clean changed (lib.py:1)",
        """
        -- definitions.py
        import dagx as dg
        from lib import clean
        @dg.asset
        def made(): return clean(3)
        -- lib.py
        clean = lambda x: <<x => 2 * x>>
        """,
    ),
    counts(
        "monkeypatch",
        "code of cleaner changed (patches.py:2)",
        """
        -- definitions.py
        import dagx as dg
        import patches
        import lib
        @dg.asset
        def made(): return lib.clean(3)
        -- lib.py
        def clean(x): return x
        -- patches.py
        import lib
        def cleaner(x): return <<2 => 3>> * x
        lib.clean = cleaner
        """,
    ),
    counts(
        "registry decorator",
        "code of of_orders changed (handlers.py:2)",
        """
        -- definitions.py
        import dagx as dg
        import handlers
        from registry import HANDLERS
        @dg.asset
        def made(): return HANDLERS["orders"]()
        -- registry.py
        HANDLERS = {}
        def register(name):
            def note(function):
                HANDLERS[name] = function
                return function
            return note
        -- handlers.py
        from registry import register
        @register("orders")
        def of_orders(): return <<1 => 2>>
        """,
    ),
    counts(
        "function defined under a condition",
        "code of clean changed (lib.py:2)",
        """
        -- definitions.py
        import dagx as dg
        from lib import clean
        @dg.asset
        def made(): return clean(3)
        -- lib.py
        import sys
        if sys.version_info >= (3, 0):
            def clean(x): return <<x => 2 * x>>
        else:
            def clean(x): return None
        """,
    ),
    counts(
        "int to float",
        "code of LIMIT changed (definitions.py:2)",
        """
        -- definitions.py
        import dagx as dg
        LIMIT = <<1 => 1.0>>
        @dg.asset
        def made(): return str(LIMIT)
        """,
    ),
    counts(
        "text to int",
        "code of made changed (definitions.py:2)",
        """
        -- definitions.py
        import dagx as dg
        @dg.asset
        def made(): return <<1000 => "1000">>
        """,
    ),
    counts(
        "boundary between two constants",
        "code of made changed (definitions.py:3)",
        """
        -- definitions.py
        import dagx as dg
        def join(a, b): return f"{a}|{b}"
        @dg.asset
        def made(): return join(<<"ab", "c" => "a", "bc">>)
        """,
    ),
)
def test_an_edit_that_changes_the_result_reruns_it(
    project: Callable[[str], Shop], mutation: Mutation
) -> None:
    mutation.check(project)


@each(
    does_not_count(
        "comment",
        """
        -- definitions.py
        import dagx as dg
        from lib import clean
        @dg.asset
        def made(): return clean(3)
        -- lib.py
        def clean(x):
            # <<as it is => as it was>>
            return x
        """,
    ),
    does_not_count(
        "moved line",
        """
        -- definitions.py
        import dagx as dg
        from lib import clean
        @dg.asset
        def made(): return clean(3)
        -- lib.py
        LIMIT = 3
        <<=>


        >>
        def clean(x): return min(x, LIMIT)
        """,
    ),
    does_not_count(
        "unrelated function",
        """
        -- definitions.py
        import dagx as dg
        from lib import clean
        @dg.asset
        def made(): return clean(3)
        -- lib.py
        def clean(x): return x
        def other(x): return <<x => 2 * x>>
        """,
    ),
    does_not_count(
        "docstring",
        '''
        -- definitions.py
        import dagx as dg
        from lib import clean
        @dg.asset
        def made():
            """<<What it makes. => What this makes.>>"""
            return clean(3)
        -- lib.py
        """<<Helpers. => Helps.>>"""
        def clean(x):
            """<<Cleans. => Cleans it.>>"""
            return x
        ''',
    ),
)
def test_an_edit_without_effect_reruns_nothing(project: Callable[[str], Shop], mutation: Mutation) -> None:
    mutation.check(project)
