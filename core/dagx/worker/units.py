"""Cuts a module's source into top-level units and names what each one uses.

A unit is what is defined by one top-level name (function, class, assignment, import) or the module's effects (bare
calls and other statements that run at import). Parses, never imports.
"""

from __future__ import annotations

import ast
import hashlib
import importlib.util
import symtable
from dataclasses import dataclass, field

__all__ = ["EFFECTS", "Imported", "ModuleUnits", "Unit", "cut", "digest_text"]

EFFECTS = "<effects>"
"""The unit of what a module does when it is imported, beyond defining names."""

_DYNAMIC = {"eval", "exec", "globals", "vars", "locals", "__import__", "setattr", "delattr"}
_DAGX_DECORATORS = {"asset", "multi_asset", "asset_check", "op", "graph_asset", "observable_source_asset"}


@dataclass
class Unit:
    """A piece of a module: its digest without positions, comments and docstrings, and the names that it loads."""

    name: str
    line: int
    last_line: int
    digest: str
    uses: set[tuple[str, ...]] = field(default_factory=set["tuple[str, ...]"])
    """Attribute chains that start with a global name: `("lib", "clean")` for `lib.clean(...)`."""
    imports: dict[str, Imported] = field(default_factory=dict[str, "Imported"])
    """Names that the unit itself imports, at any depth."""
    dynamic: str = ""
    """What makes its reach unknown, with the line: `getattr at line 12`; empty when nothing does."""


@dataclass(frozen=True)
class Imported:
    """What a name stands for after an import statement."""

    module: str
    """The module in the statement, dots in front for a relative one."""
    name: str | None
    """The name taken from it; None for `import module`; `*` for all."""


@dataclass
class ModuleUnits:
    """A module's units by name; `imports` are the names bound by top-level imports."""

    units: dict[str, Unit]
    imports: dict[str, Imported]
    starred: list[str]


def digest_text(text: str) -> str:
    """A short digest of text, the same in every process."""
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def cut(data: bytes) -> ModuleUnits:
    """The units of a module's source. Raises SyntaxError as `compile` does."""
    tree = ast.parse(data)
    scopes = _global_names(importlib.util.decode_source(data))
    found: dict[str, list[ast.stmt]] = {}
    imports: dict[str, Imported] = {}
    starred: list[str] = []
    _strip_docstring(tree)
    for statement in tree.body:
        _sort_in(statement, found, imports, starred)
    dagx_names = {name for name, what in imports.items() if what.module.split(".")[0] == "dagx"}
    units = {name: _unit(name, statements, dagx_names, scopes) for name, statements in found.items()}
    return ModuleUnits(units, imports, starred)


def _sort_in(
    statement: ast.stmt, found: dict[str, list[ast.stmt]], imports: dict[str, Imported], starred: list[str]
) -> None:
    if isinstance(statement, (ast.Import, ast.ImportFrom)):
        for name, what in _bindings(statement).items():
            if name == "*":
                starred.append(what.module)
            else:
                imports[name] = what
        return
    for name in _names_defined(statement) or [EFFECTS]:
        found.setdefault(name, []).append(statement)
    if isinstance(statement, (ast.If, ast.Try, ast.With)):
        for inner in ast.walk(statement):
            if isinstance(inner, (ast.Import, ast.ImportFrom)):
                imports.update({n: w for n, w in _bindings(inner).items() if n != "*"})


def _bindings(statement: ast.Import | ast.ImportFrom) -> dict[str, Imported]:
    if isinstance(statement, ast.Import):
        return {
            (alias.asname or alias.name.split(".")[0]): Imported(
                alias.name if alias.asname else alias.name.split(".")[0], None
            )
            for alias in statement.names
        } | {f"\0{alias.name}": Imported(alias.name, None) for alias in statement.names if "." in alias.name}
    module = "." * statement.level + (statement.module or "")
    return {alias.asname or alias.name: Imported(module, alias.name) for alias in statement.names}


def _names_defined(statement: ast.stmt) -> list[str]:
    """The global names that a statement binds; empty for an effect."""
    if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return [statement.name]
    targets: list[ast.expr] = []
    if isinstance(statement, ast.Assign):
        targets = statement.targets
    elif isinstance(statement, (ast.AnnAssign, ast.AugAssign)):
        targets = [statement.target]
    elif isinstance(statement, (ast.If, ast.Try, ast.With, ast.For, ast.While)):
        bound = [
            name
            for inner in ast.iter_child_nodes(statement)
            if isinstance(inner, ast.stmt)
            for name in _names_defined(inner)
        ]
        return [*dict.fromkeys(bound), EFFECTS] if bound else []
    names: list[str] = []
    for target in targets:
        for node in ast.walk(target):
            if isinstance(node, (ast.Attribute, ast.Subscript)):
                return []
            if isinstance(node, ast.Name):
                names.append(node.id)
    return names


def _global_names(text: str) -> dict[str, set[str]]:
    """For each top-level function and class the names that it, or anything in it, takes from the module's scope."""
    table = symtable.symtable(text, "<module>", "exec")
    found: dict[str, set[str]] = {}
    for child in table.get_children():
        found.setdefault(child.get_name(), set()).update(_taken(child))
    return found


def _taken(table: symtable.SymbolTable) -> set[str]:
    in_class = table.get_type() in ("class", getattr(symtable.SymbolTable, "CLASS", "class"))
    names = {
        symbol.get_name()
        for symbol in table.get_symbols()
        if symbol.is_global() or (in_class and symbol.is_referenced())
    }
    for child in table.get_children():
        names |= _taken(child)
    return names


def _unit(name: str, statements: list[ast.stmt], dagx_names: set[str], scopes: dict[str, set[str]]) -> Unit:
    line = min(_first_line(statement) for statement in statements)
    kept = [_normal(statement, dagx_names) for statement in statements]
    text = "\n".join(ast.dump(statement, annotate_fields=False) for statement in kept)
    unit = Unit(name, line, max(s.end_lineno or s.lineno for s in statements), digest_text(text))
    for statement in kept:
        _note_uses(statement, unit, scopes)
    return unit


def _first_line(statement: ast.stmt) -> int:
    decorators: list[ast.expr] = getattr(statement, "decorator_list", [])
    return min([statement.lineno, *(decorator.lineno for decorator in decorators)])


def _normal(statement: ast.stmt, dagx_names: set[str]) -> ast.stmt:
    """The statement without docstrings and without dagx's own decorators, whose options are parts of their own."""
    for node in ast.walk(statement):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            _strip_docstring(node)
            node.decorator_list = [d for d in node.decorator_list if not _is_dagx(d, dagx_names)]
    return statement


def _strip_docstring(node: ast.Module | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> None:
    body = node.body
    first = body[0].value if body and isinstance(body[0], ast.Expr) else None
    if isinstance(first, ast.Constant) and isinstance(first.value, str):
        node.body = body[1:] or [ast.Pass()]


def _is_dagx(decorator: ast.expr, dagx_names: set[str]) -> bool:
    target = decorator.func if isinstance(decorator, ast.Call) else decorator
    chain = _chain(target)
    return bool(chain) and chain[0] in dagx_names and chain[-1] in _DAGX_DECORATORS


def _chain(node: ast.expr) -> tuple[str, ...]:
    names: list[str] = []
    while isinstance(node, ast.Attribute):
        names.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return ()
    return (node.id, *reversed(names))


def _note_uses(statement: ast.stmt, unit: Unit, scopes: dict[str, set[str]]) -> None:
    """Only names of the module's scope count: a parameter called like an asset is not that asset's function."""
    inner: set[int] = set()
    taken: set[str] = set()
    if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        taken = scopes.get(statement.name, set())
        inner = {id(node) for part in statement.body for node in ast.walk(part)}
    for node in ast.walk(statement):
        if isinstance(node, (ast.Attribute, ast.Name)):
            chain = _chain(node)
            if chain and (id(node) not in inner or chain[0] in taken):
                unit.uses.add(chain)
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            unit.imports.update(_bindings(node))
        if isinstance(node, ast.Call) and not unit.dynamic:
            unit.dynamic = _dynamic(node, unit)


def _dynamic(call: ast.Call, unit: Unit) -> str:
    """Why this call makes the unit's reach unknown; empty when it does not."""
    chain = _chain(call.func)
    if not chain:
        return ""
    name = chain[-1]
    first = call.args[0] if call.args else None
    if name in ("import_module", "find_spec"):
        if isinstance(first, ast.Constant) and isinstance(first.value, str):
            unit.imports[f"\0{first.value}"] = Imported(first.value, None)
            return ""
        return f"{name} of a computed name at line {call.lineno}"
    if chain == ("getattr",):
        second = call.args[1] if len(call.args) > 1 else None
        if isinstance(second, ast.Constant):
            return ""
        return f"getattr of a computed name at line {call.lineno}"
    if len(chain) == 1 and name in _DYNAMIC:
        return f"{name} at line {call.lineno}"
    return ""
