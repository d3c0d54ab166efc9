"""Edits that change a result through what Python offers: every road by which code can come to be executed."""

from __future__ import annotations

from collections.abc import Callable

from mutation import Mutation, counts, each
from shops import Shop


@each(
    counts(
        "context manager",
        "code of doubled changed (lib.py:2)",
        """
        -- definitions.py
        import dagx as dg
        from lib import doubled
        @dg.asset
        def made():
            with doubled(4) as x:
                return x
        -- lib.py
        import contextlib
        @contextlib.contextmanager
        def doubled(x): yield <<2 => 3>> * x
        """,
    ),
    counts(
        "context manager as a class",
        "code of Doubled changed (lib.py:1)",
        """
        -- definitions.py
        import dagx as dg
        from lib import Doubled
        @dg.asset
        def made():
            with Doubled() as x:
                return x
        -- lib.py
        class Doubled:
            def __enter__(self): return <<2 => 3>>
            def __exit__(self, *_): ...
        """,
    ),
    counts(
        "functools.wraps around a helper",
        "code of clean changed (lib.py:7)",
        """
        -- definitions.py
        import dagx as dg
        from lib import clean
        @dg.asset
        def made(): return clean(4)
        -- lib.py
        import functools
        def noted(function):
            @functools.wraps(function)
            def inner(*args):
                return function(*args)
            return inner
        @noted
        def clean(x): return <<2 => 3>> * x
        """,
    ),
    counts(
        "functools.wraps, the wrapper",
        "code of noted changed (lib.py:2)",
        """
        -- definitions.py
        import dagx as dg
        from lib import clean
        @dg.asset
        def made(): return clean(4)
        -- lib.py
        import functools
        def noted(function):
            @functools.wraps(function)
            def inner(*args):
                return function(*args) + <<1 => 2>>
            return inner
        @noted
        def clean(x): return x
        """,
    ),
    counts(
        "a wrapper below the asset's decorator",
        "code of plus changed (lib.py:2)",
        """
        -- definitions.py
        import dagx as dg
        from lib import plus
        @dg.asset
        @plus(1)
        def made(): return 4
        -- lib.py
        import functools
        def plus(n):
            def wrap(function):
                @functools.wraps(function)
                def inner():
                    return function() + n<< =>  + 1>>
                return inner
            return wrap
        """,
    ),
    counts(
        "metaclass",
        "code of Shouting changed (lib.py:1)",
        """
        -- definitions.py
        import dagx as dg
        from lib import Order
        @dg.asset
        def made(): return Order.title
        -- lib.py
        class Shouting(type):
            def __new__(cls, name, bases, space):
                return super().__new__(cls, name, bases, {**space, "title": name<< => .upper()>>})
        class Order(metaclass=Shouting): pass
        """,
    ),
    counts(
        "registry by __init_subclass__",
        "code of Json changed (formats.py:2)",
        """
        -- definitions.py
        import dagx as dg
        from base import Format
        import formats
        @dg.asset
        def made(): return Format.known["json"]().ending()
        -- base.py
        class Format:
            known = {}
            def __init_subclass__(cls, name): Format.known[name] = cls
        -- formats.py
        from base import Format
        class Json(Format, name="json"):
            def ending(self): return <<".json" => ".jsonl">>
        """,
    ),
    counts(
        "registry by __init_subclass__, imported elsewhere",
        "code of Json changed (formats.py:2)",
        """
        -- definitions.py
        import dagx as dg
        import formats
        from assets import made
        defs = dg.Definitions(assets=[made])
        -- assets.py
        import dagx as dg
        from base import make
        @dg.asset
        def made(): return make("json").ending()
        -- base.py
        class Format:
            known = {}
            def __init_subclass__(cls, name): cls.known[name] = cls
        def make(name): return Format.known[name]()
        -- formats.py
        from base import Format
        class Json(Format, name="json"):
            def ending(self): return <<".json" => ".jsonl">>
        """,
    ),
    counts(
        "registry by a metaclass",
        "code of Json changed (formats.py:2)",
        """
        -- definitions.py
        import dagx as dg
        import formats
        from assets import made
        defs = dg.Definitions(assets=[made])
        -- assets.py
        import dagx as dg
        from base import KNOWN
        @dg.asset
        def made(): return KNOWN["Json"]().ending()
        -- base.py
        KNOWN = {}
        class Noting(type):
            def __init__(cls, name, bases, space):
                KNOWN[name] = cls
        class Format(metaclass=Noting): pass
        -- formats.py
        from base import Format
        class Json(Format):
            def ending(self): return <<".json" => ".jsonl">>
        """,
    ),
    counts(
        "subclasses asked for",
        "module formats changed (__subclasses__ at line 5 of definitions.py, so all of it counts)",
        """
        -- definitions.py
        import dagx as dg
        from base import Format
        import formats
        @dg.asset
        def made(): return [kind().ending() for kind in Format.__subclasses__()]
        -- base.py
        class Format: pass
        -- formats.py
        from base import Format
        class Json(Format):
            def ending(self): return <<".json" => ".jsonl">>
        """,
    ),
    counts(
        "generics",
        "code of Box changed (lib.py:3)",
        """
        -- definitions.py
        import dagx as dg
        from lib import Box
        @dg.asset
        def made(): return Box[int](3).open()
        -- lib.py
        from typing import Generic, TypeVar
        T = TypeVar("T")
        class Box(Generic[T]):
            def __init__(self, x: T): self.x = x
            def open(self) -> T: return <<self.x => self.x + 1>>
        """,
    ),
    counts(
        "walrus",
        "code of made changed (definitions.py:2)",
        """
        -- definitions.py
        import dagx as dg
        @dg.asset
        def made():
            if (n := <<2 => 3>>) > 1:
                return n
        """,
    ),
    counts(
        "walrus in an assignment of the module",
        "code of SECOND changed (lib.py:1)",
        """
        -- definitions.py
        import dagx as dg
        import lib
        @dg.asset
        def made(): return lib.SECOND
        -- lib.py
        FIRST = (SECOND := <<2 => 3>>) + 1
        """,
    ),
    counts(
        "match on a class",
        "code of Order changed (lib.py:2)",
        """
        -- definitions.py
        import dagx as dg
        from lib import Order, order
        @dg.asset
        def made():
            match order():
                case Order(x):
                    return x
        -- lib.py
        from dataclasses import dataclass
        @dataclass
        class Order:
            <<a: int = 1 => b: int = 2>>
            <<b: int = 2 => a: int = 1>>
        def order(): return Order()
        """,
    ),
    counts(
        "match at the top of a module",
        "code of RATE changed (lib.py:1)",
        """
        -- definitions.py
        import dagx as dg
        from lib import RATE
        @dg.asset
        def made(): return RATE
        -- lib.py
        match 1:
            case 1: RATE = <<1 => 2>>
            case _: RATE = 0
        """,
    ),
    counts(
        "async",
        "code of fetch changed (lib.py:1)",
        """
        -- definitions.py
        import dagx as dg
        import lib
        @dg.asset
        async def made():
            found = 0
            async for x in lib.fetch():
                found += x
            return found
        -- lib.py
        async def fetch():
            yield 1
            yield <<2 => 3>>
        """,
    ),
    counts(
        "generator delegation",
        "code of numbers changed (lib.py:1)",
        """
        -- definitions.py
        import dagx as dg
        from lib import numbers
        def all_of():
            yield from numbers()
        @dg.asset
        def made(): return list(all_of())
        -- lib.py
        def numbers(): yield <<1 => 2>>
        """,
    ),
    counts(
        "comprehension with a helper as its condition",
        "code of is_good changed (lib.py:1)",
        """
        -- definitions.py
        import dagx as dg
        from lib import is_good
        @dg.asset
        def made(): return [x for x in range(5) if is_good(x)]
        -- lib.py
        def is_good(x): return x > <<1 => 2>>
        """,
    ),
    counts(
        "operator that is overloaded",
        "code of Money changed (lib.py:1)",
        """
        -- definitions.py
        import dagx as dg
        from lib import Money
        @dg.asset
        def made(): return (Money(1) + Money(2)).amount
        -- lib.py
        class Money:
            def __init__(self, amount): self.amount = amount
            def __add__(self, other): return Money(self.amount <<+ => ->> other.amount)
        """,
    ),
    counts(
        "descriptor",
        "code of Scaled changed (lib.py:1)",
        """
        -- definitions.py
        import dagx as dg
        from lib import Order
        @dg.asset
        def made(): return Order().size
        -- lib.py
        class Scaled:
            def __get__(self, one, kind): return <<2 => 3>>
        class Order:
            size = Scaled()
        """,
    ),
    counts(
        "class decorator",
        "code of named changed (lib.py:1)",
        """
        -- definitions.py
        import dagx as dg
        from lib import Order
        @dg.asset
        def made(): return Order.title
        -- lib.py
        def named(kind):
            kind.title = <<"a" => "b">>
            return kind
        @named
        class Order: pass
        """,
    ),
    counts(
        "singledispatch",
        "code of of_int changed (lib.py:7)",
        """
        -- definitions.py
        import dagx as dg
        from assets import made
        import lib
        defs = dg.Definitions(assets=[made])
        -- assets.py
        import dagx as dg
        from area import area
        @dg.asset
        def made(): return area(4)
        -- area.py
        import functools
        @functools.singledispatch
        def area(x): return 0
        -- lib.py
        from area import area

        # what comes below is found by type


        # and by nobody's name
        @area.register
        def of_int(x: int): return <<2 => 3>> * x
        """,
    ),
    counts(
        "ABC.register",
        "what lib does at import changed (lib.py:4)",
        """
        -- definitions.py
        import dagx as dg
        from lib import Sized
        @dg.asset
        def made(): return isinstance(1, Sized)
        -- lib.py
        import abc
        class Sized(abc.ABC): pass

        Sized.register(<<str => int>>)
        """,
    ),
    counts(
        "two layers of closures",
        "code of TABLE changed (lib.py:1)",
        """
        -- definitions.py
        import dagx as dg
        from lib import adder
        @dg.asset
        def made(): return adder()(1)
        -- lib.py
        TABLE = {1: <<10 => 20>>}
        def adder():
            def outer(x):
                def inner(): return TABLE[x]
                return inner()
            return outer
        """,
    ),
    counts(
        "global changed by a function that the import calls",
        "what lib does at import changed (lib.py:4)",
        """
        -- definitions.py
        import dagx as dg
        import lib
        @dg.asset
        def made(): return lib.RATES[0]
        -- lib.py
        RATES = []
        def fill(x):
            RATES.append(x)
        fill(<<1 => 2>>)
        """,
    ),
    counts(
        "default of a keyword-only parameter",
        "code of clean changed (lib.py:1)",
        """
        -- definitions.py
        import dagx as dg
        from lib import clean
        @dg.asset
        def made(): return clean(1)
        -- lib.py
        def clean(x, *, times=<<2 => 3>>): return times * x
        """,
    ),
    counts(
        "starred arguments to a helper kept in a list",
        "code of second changed (lib.py:2)",
        """
        -- definitions.py
        import dagx as dg
        from lib import STEPS
        @dg.asset
        def made():
            x = 1
            for step in STEPS:
                x = step(x)
            return x
        -- lib.py
        def first(x): return x + 1
        def second(x): return <<2 => 3>> * x
        STEPS = [first, second]
        """,
    ),
    counts(
        "named tuple's default",
        "code of Order changed (lib.py:2)",
        """
        -- definitions.py
        import dagx as dg
        from lib import Order
        @dg.asset
        def made(): return Order().size
        -- lib.py
        from typing import NamedTuple
        class Order(NamedTuple):
            size: int = <<1 => 2>>
        """,
    ),
    counts(
        "annotation as text, read by a model",
        "code of Item changed (lib.py:3)",
        """
        -- definitions.py
        import dagx as dg
        from lib import Order
        @dg.asset
        def made(): return Order.model_validate({"item": {}}).item.size
        -- lib.py
        from __future__ import annotations
        import pydantic
        class Item(pydantic.BaseModel):
            size: int = <<1 => 2>>
        class Order(pydantic.BaseModel):
            item: "Item"
        """,
    ),
    counts(
        "validator of a model",
        "code of Order changed (lib.py:2)",
        """
        -- definitions.py
        import dagx as dg
        from lib import Order
        @dg.asset
        def made(): return Order(size=1).size
        -- lib.py
        import pydantic
        class Order(pydantic.BaseModel):
            size: int
            @pydantic.field_validator("size")
            @classmethod
            def scaled(cls, size): return <<2 => 3>> * size
        """,
    ),
    counts(
        "exception class and its message",
        "code of Wrong changed (lib.py:1)",
        """
        -- definitions.py
        import dagx as dg
        from lib import Wrong
        @dg.asset
        def made():
            try:
                raise Wrong(1)
            except Wrong as error:
                return str(error)
        -- lib.py
        class Wrong(Exception):
            def __str__(self): return <<"wrong" => "quite wrong">>
        """,
    ),
    counts(
        "literal getattr",
        "code of clean changed (lib.py:1)",
        """
        -- definitions.py
        import dagx as dg
        import lib
        @dg.asset
        def made(): return getattr(lib, "clean")(4)
        -- lib.py
        def clean(x): return <<x => 2 * x>>
        """,
    ),
    counts(
        "module passed to a helper, name that it re-exports",
        "code of clean changed (deep.py:1)",
        """
        -- definitions.py
        import dagx as dg
        import lib
        def apply(module): return module.clean(4)
        @dg.asset
        def made(): return apply(lib)
        -- lib.py
        from deep import clean
        -- deep.py
        def clean(x): return <<x => 2 * x>>
        """,
    ),
    counts(
        "operator.attrgetter",
        "code of clean changed (lib.py:1)",
        """
        -- definitions.py
        import dagx as dg
        import operator, lib
        @dg.asset
        def made(): return operator.attrgetter("clean")(lib)(4)
        -- lib.py
        def clean(x): return <<x => 2 * x>>
        """,
    ),
    counts(
        "globals",
        "code of of_orders changed (definitions.py:2)",
        """
        -- definitions.py
        import dagx as dg
        def of_orders(): return <<1 => 2>>
        @dg.asset
        def made(): return globals()["of_" + "orders"]()
        """,
    ),
    counts(
        "eval of a text in the code",
        "code of clean changed (lib.py:1)",
        """
        -- definitions.py
        import dagx as dg
        from lib import clean
        @dg.asset
        def made(): return eval("clean(4)")
        -- lib.py
        def clean(x): return <<x => 2 * x>>
        """,
    ),
    counts(
        "eval of a computed text",
        "module lib changed (eval at line 4 of definitions.py, so all of it counts)",
        """
        -- definitions.py
        import dagx as dg
        from lib import clean
        @dg.asset
        def made(): return eval("cle" + "an(4)")
        -- lib.py
        def clean(x): return <<x => 2 * x>>
        """,
    ),
    counts(
        "setattr on a module at import",
        "code of cleaner changed (patches.py:2)",
        """
        -- definitions.py
        import dagx as dg
        from assets import made
        import patches
        defs = dg.Definitions(assets=[made])
        -- assets.py
        import dagx as dg
        import lib
        @dg.asset
        def made(): return lib.clean(4)
        -- lib.py
        def clean(x): return x
        -- patches.py
        import lib
        def cleaner(x): return <<2 => 3>> * x
        setattr(lib, "clean", cleaner)
        """,
    ),
    counts(
        "patch of a class by a module that only the definitions import",
        "code of total changed (patches.py:2)",
        """
        -- definitions.py
        import dagx as dg
        from assets import made
        import patches
        defs = dg.Definitions(assets=[made])
        -- assets.py
        import dagx as dg
        from lib import Order
        @dg.asset
        def made(): return Order().total()
        -- lib.py
        class Order:
            def total(self): return 1
        -- patches.py
        from lib import Order
        def total(self): return <<2 => 3>>
        Order.total = total
        """,
    ),
    counts(
        "registry that hangs on the decorator itself",
        "code of of_orders changed (handlers.py:2)",
        """
        -- definitions.py
        import dagx as dg
        import handlers
        from registry import register
        @dg.asset
        def made(): return [each() for each in register.all]
        -- registry.py
        def register(function):
            register.all.append(function)
            return function
        register.all = []
        -- handlers.py
        from registry import register
        @register
        def of_orders(): return <<1 => 2>>
        """,
    ),
    counts(
        "registry that hangs on a function of another module",
        "code of of_orders changed (handlers.py:2)",
        """
        -- definitions.py
        import dagx as dg
        import handlers
        import registry
        @dg.asset
        def made(): return registry.find("orders")()
        -- registry.py
        def find(name): return find.known[name]
        find.known = {}
        -- handlers.py
        import registry
        def of_orders(): return <<1 => 2>>
        registry.find.known.update(orders=of_orders)
        """,
    ),
    counts(
        "registry filled by a module that only the definitions import",
        "code of of_orders changed (handlers.py:2)",
        """
        -- definitions.py
        import dagx as dg
        from assets import made
        import handlers
        defs = dg.Definitions(assets=[made])
        -- assets.py
        import dagx as dg
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
        "registry object with a method as decorator",
        "code of of_orders changed (handlers.py:2)",
        """
        -- definitions.py
        import dagx as dg
        from assets import made
        import handlers
        defs = dg.Definitions(assets=[made])
        -- assets.py
        import dagx as dg
        from registry import find
        @dg.asset
        def made(): return find("orders")()
        -- registry.py
        class Registry:
            def __init__(self): self.known = {}
            def add(self, function):
                self.known[function.__name__.removeprefix("of_")] = function
                return function
        handlers = Registry()
        def find(name): return handlers.known[name]
        -- handlers.py
        from registry import handlers
        @handlers.add
        def of_orders(): return <<1 => 2>>
        """,
    ),
    counts(
        "registry filled by a call that is assigned",
        "code of orders changed (handlers.py:3)",
        """
        -- definitions.py
        import dagx as dg
        from assets import made
        import handlers
        defs = dg.Definitions(assets=[made])
        -- assets.py
        import dagx as dg
        from registry import HANDLERS
        @dg.asset
        def made(): return HANDLERS["orders"](2)
        -- registry.py
        HANDLERS = {}
        def note(name, function):
            HANDLERS.setdefault(name, function)
            return function
        -- handlers.py
        from registry import note

        orders = note("orders", lambda x: <<2 => 3>> * x)
        """,
    ),
    counts(
        "asset that registers itself as a helper of another",
        {
            "made": ["code of helped changed (assets.py:5)"],
            "helped": ["code of helped changed (assets.py:5)"],
        },
        """
        -- definitions.py
        from assets import made, helped
        -- assets.py
        import dagx as dg
        from registry import HANDLERS, register
        @dg.asset
        def made(): return HANDLERS["helped"]()
        @dg.asset
        @register
        def helped(): return <<1 => 2>>
        -- registry.py
        HANDLERS = {}
        def register(function):
            HANDLERS[function.__name__] = function
            return function
        """,
    ),
    counts(
        "state outside of the project set by the definitions",
        "what definitions does at import changed (definitions.py:4)",
        """
        -- definitions.py
        import dagx as dg
        import decimal
        from assets import made
        decimal.setcontext(decimal.Context(prec=<<3 => 4>>))
        defs = dg.Definitions(assets=[made])
        -- assets.py
        import dagx as dg
        import decimal
        @dg.asset
        def made(): return str(decimal.Decimal(1) / 3)
        """,
    ),
    counts(
        "order of statements that depend on each other",
        "what lib does at import changed (lib.py:3)",
        """
        -- definitions.py
        import dagx as dg
        from lib import TABLE
        @dg.asset
        def made(): return TABLE
        -- lib.py
        TABLE = [1]
        <<TABLE.append(2) => TABLE = TABLE + [3]>>
        <<TABLE = TABLE + [3] => TABLE.append(2)>>
        """,
    ),
)
def test_an_edit_that_changes_the_result_reruns_it(
    project: Callable[[str], Shop], mutation: Mutation
) -> None:
    mutation.check(project)
