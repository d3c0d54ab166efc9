"""Small questions about pieces of syntax: the names in them, what they bind, what they pass on."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from typing import cast

from dagx.worker.code.model import Chain, Imported

__all__ = ["bindings", "chain_of", "docstring_of", "is_for_checkers", "passed", "repeats", "root_of"]


def chain_of(node: ast.AST) -> Chain:
    """The names of `a.b.c`; empty for what does not begin with a name."""
    names: list[str] = []
    while isinstance(node, ast.Attribute):
        names.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return ()
    return (node.id, *reversed(names))


def root_of(node: ast.AST) -> Chain:
    """The chain that `a.b[c].d(e).f` goes out from: `a.b`."""
    while True:
        chain = chain_of(node)
        if chain:
            return chain
        if isinstance(node, (ast.Attribute, ast.Subscript, ast.Starred, ast.Await)):
            node = node.value
        elif isinstance(node, ast.Call):
            node = node.func
        else:
            return ()


def bindings(statement: ast.Import | ast.ImportFrom) -> list[tuple[str, Imported]]:
    """What the statement binds to which names; `import a.b` binds `a`, and means `a.b` by a name that nobody writes."""
    if isinstance(statement, ast.ImportFrom):
        module = "." * statement.level + (statement.module or "")
        return [(alias.asname or alias.name, Imported(module, alias.name)) for alias in statement.names]
    found: list[tuple[str, Imported]] = []
    for alias in statement.names:
        top = alias.name.partition(".")[0]
        found.append(
            (alias.asname, Imported(alias.name, None)) if alias.asname else (top, Imported(top, None))
        )
        if top != alias.name:
            found.append((f"\0{alias.name}", Imported(alias.name, None)))
    return found


def docstring_of(node: ast.AST) -> str | None:
    """The docstring of a module, class or function, as it is written."""
    body = cast("list[ast.stmt]", getattr(node, "body", ()))
    first = body[0].value if body and isinstance(body[0], ast.Expr) else None
    return first.value if isinstance(first, ast.Constant) and isinstance(first.value, str) else None


def is_for_checkers(node: ast.If, aliases: dict[str, str]) -> bool:
    """Whether this is `if TYPE_CHECKING:`."""
    chain = chain_of(node.test)
    return bool(chain) and (chain[-1] == "TYPE_CHECKING" or aliases.get(chain[0]) == "TYPE_CHECKING")


def passed(call: ast.Call) -> Iterable[ast.expr]:
    """What a call is given, that in lists, tuples and dicts among it."""
    queue: list[ast.expr | None] = [*call.args, *(keyword.value for keyword in call.keywords)]
    while queue:
        item = queue.pop()
        if isinstance(item, ast.Dict):
            queue.extend([*item.keys, *item.values])
        elif isinstance(item, ast.Starred):
            queue.append(item.value)
        elif isinstance(item, (ast.List, ast.Tuple, ast.Set)):
            queue.extend(item.elts)
        elif item is not None:
            yield item


def repeats(call: ast.AST) -> int:
    """How often what a call returns is called in turn: once for `f(1)(2)`."""
    count = 0
    inner = call.func if isinstance(call, ast.Call) else call
    while isinstance(inner, ast.Call):
        count += 1
        inner = inner.func
    return count
