"""What a function has with it beside its text: what it closes over, its defaults; its byte code, if it has no text."""

from __future__ import annotations

import types
from typing import cast

from dagx.worker.code.model import digest_text

__all__ = ["carried", "code_digest", "named_digest"]


def carried(function: types.FunctionType) -> list[tuple[str, object]]:
    """The values that a function has with it: those it closes over, and its defaults."""
    found: list[tuple[str, object]] = []
    if not (function.__closure__ or function.__defaults__ or function.__kwdefaults__):
        return found  # most functions
    for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=False):
        try:
            found.append((f"cell {name}", cell.cell_contents))
        except ValueError:
            found.append((f"cell {name}", None))
    found += [(f"default {n}", value) for n, value in enumerate(function.__defaults__ or ())]
    found += [(f"default {n}", value) for n, value in sorted((function.__kwdefaults__ or {}).items())]
    return found


def named_digest(value: object) -> str:
    """Of what is known by its name alone: a module, a class, a function of C. Empty for all else."""
    if isinstance(value, types.ModuleType):
        return digest_text(f"module {value.__name__}")
    if isinstance(value, type):
        return digest_text(f"class {value.__module__}.{value.__qualname__}")
    if isinstance(value, types.BuiltinFunctionType) and isinstance(
        value.__self__, (types.ModuleType, type(None))
    ):
        return digest_text(f"function {value.__module__}.{value.__qualname__}")
    return ""


def code_digest(code: types.CodeType) -> str:
    """Byte code, names and constants; for functions whose source is not at hand."""
    inner = [_constant(constant) for constant in code.co_consts]
    return digest_text(repr((code.co_code.hex(), code.co_names, code.co_varnames, inner)))


def _constant(value: object) -> str:
    if isinstance(value, types.CodeType):
        return code_digest(value)
    if isinstance(value, frozenset):  # of `x in {...}`; its own order follows the hash seed
        return f"frozenset:{sorted(_constant(item) for item in cast('frozenset[object]', value))}"
    return f"{type(value).__name__}:{value!r}"
