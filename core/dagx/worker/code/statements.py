"""Which names a top-level statement binds in its module, and whether it does more than that."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from typing import cast

from dagx.worker.code.model import EFFECTS
from dagx.worker.code.syntax import is_for_checkers

__all__ = ["COMPOUND", "executed", "names_bound"]

_INSIDE = ("body", "orelse", "finalbody", "handlers", "cases")
_compound: tuple[type[ast.stmt], ...] = (ast.If, ast.Try, ast.With, ast.For, ast.While, ast.Match)
_type_alias: tuple[type[ast.stmt], ...] = ()

if sys.version_info >= (3, 11):
    _compound += (ast.TryStar,)
if sys.version_info >= (3, 12):
    _type_alias = (ast.TypeAlias,)

COMPOUND = _compound
"""Statements with others in them that are executed in the same scope."""


def executed(statement: ast.stmt, aliases: dict[str, str]) -> Iterator[ast.AST]:
    """The statement and those inside of it that are executed with it: not those of functions and classes."""
    yield statement
    if not isinstance(statement, COMPOUND):
        return
    groups = ("orelse",) if isinstance(statement, ast.If) and is_for_checkers(statement, aliases) else _INSIDE
    for group in groups:
        for inner in cast("list[ast.AST]", getattr(statement, group, ())):
            if isinstance(inner, ast.stmt):
                yield from executed(inner, aliases)
            else:  # a handler, a case
                for each in cast("list[ast.stmt]", getattr(inner, "body", ())):
                    yield from executed(each, aliases)


def names_bound(statement: ast.stmt, aliases: dict[str, str]) -> list[str]:
    """The global names that a statement binds, and EFFECTS if it does more than bind."""
    names: dict[str, None] = {}
    for inner in executed(statement, aliases):
        if isinstance(inner, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            names[inner.name] = None
        elif isinstance(inner, (ast.Import, ast.ImportFrom, ast.Pass)):
            continue
        elif isinstance(inner, COMPOUND):
            for target in _targets(inner):
                names.update(_stored(target))
        elif isinstance(inner, (ast.Assign, ast.AnnAssign, ast.AugAssign)):
            targets = inner.targets if isinstance(inner, ast.Assign) else [inner.target]
            stored = {name: None for target in targets for name in _stored(target)}
            names.update(stored or {EFFECTS: None})
        elif isinstance(inner, _type_alias):
            names.update(_stored(cast("ast.expr", getattr(inner, "name"))))  # noqa: B009
        elif not (isinstance(inner, ast.Expr) and isinstance(inner.value, ast.Constant)):
            names[EFFECTS] = None
        if isinstance(inner, ast.stmt):
            names.update(_walrus(inner))
    return list(names)


def _targets(statement: ast.stmt) -> Iterator[ast.expr]:
    """What a loop, a `with` or a `match` binds beside the statements in it."""
    if isinstance(statement, ast.For):
        yield statement.target
    elif isinstance(statement, ast.With):
        yield from (item.optional_vars for item in statement.items if item.optional_vars is not None)
    elif isinstance(statement, ast.Match):
        for case in statement.cases:
            for pattern in ast.walk(case.pattern):
                name = getattr(pattern, "name", None) or getattr(pattern, "rest", None)
                if isinstance(name, str):
                    yield ast.Name(name, ast.Store())


def _stored(target: ast.expr) -> dict[str, None]:
    """The names bound by a target; EFFECTS when it is an attribute or an item of something."""
    names: dict[str, None] = {}
    queue = [target]
    while queue:
        node = queue.pop(0)
        if isinstance(node, ast.Name):
            names[node.id] = None
        elif isinstance(node, (ast.Tuple, ast.List)):
            queue += node.elts
        elif isinstance(node, ast.Starred):
            queue.append(node.value)
        else:
            names[EFFECTS] = None
    return names


def _walrus(statement: ast.stmt) -> dict[str, None]:
    """Names bound by `:=` in the statement's own expressions."""
    names: dict[str, None] = {}
    is_scope = isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))
    queue: list[ast.AST] = [] if is_scope else list(ast.iter_child_nodes(statement))
    while queue:
        node = queue.pop()
        if isinstance(node, ast.NamedExpr):
            names[node.target.id] = None
        if not isinstance(node, (ast.stmt, ast.Lambda)):
            queue += ast.iter_child_nodes(node)
    return names
