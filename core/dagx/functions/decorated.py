"""What a decorator is put on: whether it can be a step at all, and what the step or asset is called. Section 1."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Any, cast

from dagx.assets.definition import AssetsDefinition
from dagx.errors import InvalidArgumentError, InvalidDefinitionError
from dagx.functions.op_definition import OpDefinition
from dagx.keys import AssetKey, CoercibleToAssetKey
from dagx.names import check_name
from dagx.source import innermost


def check_function(function: object, decorator: str) -> None:
    """That `function` can be called as a step. `decorator` is its name, as in "asset".

    Raises InvalidArgumentError for what cannot be called, and InvalidDefinitionError for a class, a method, and what
    is decorated already.
    """
    if isinstance(function, (AssetsDefinition, OpDefinition)):
        what = "an asset" if isinstance(function, AssetsDefinition) else "an op"
        raise InvalidDefinitionError(
            f'@{decorator} is put on "{function.name}", which is {what} already',
            "decorate a function once; a @graph_asset is made of ops",
        )
    if not callable(function):
        hint = f"write @{decorator}(name={function!r})" if isinstance(function, str) else None
        raise InvalidArgumentError(f"@{decorator} decorates a function, not {function!r}", hint)
    if isinstance(function, type):
        raise InvalidDefinitionError(
            f"@{decorator} decorates a function, and {function.__name__} is a class",
            "decorate a function that makes what is wanted of it",
        )
    if _is_method(function):
        raise InvalidDefinitionError(
            f"@{decorator} decorates a function, and {getattr(function, '__qualname__', function)} is a method",
            f"there is no object to call it on: move it out of the class, or make it a @staticmethod below "
            f"@{decorator} and leave out its first parameter",
        )


def _is_method(function: Callable[..., Any]) -> bool:
    """Whether it stands in the body of a class and takes the object; an asset may have any name, but not so."""
    owner = getattr(function, "__qualname__", "").rpartition(".")[0]
    if not owner or owner.endswith("<locals>") or inspect.ismethod(function):
        return False
    code = getattr(innermost(function), "__code__", None)
    return code is not None and code.co_varnames[:1] in (("self",), ("cls",)) and code.co_argcount > 0


def refuse_bare(function: object, decorator: str, written: str) -> None:
    """That a decorator which needs arguments has been put on a function without any.

    `written` is how it is to be written. Raises InvalidDefinitionError when `function` is there.
    """
    if function is not None:
        raise InvalidDefinitionError(f"@{decorator} needs to be told what is made", f"write {written}")


def step_name_of(function: Callable[..., Any], name: str | None, decorator: str) -> str:
    """The name of the step of a definition of several assets: `name`, else that of the function."""
    own = name or _own_name(function, f"the step of @{decorator}", "name=")
    return check_name(own, f'{decorator} "{own}"')


def asset_key_of(
    function: Callable[..., Any],
    name: str | None,
    prefix: str | Sequence[str] | None,
    key: CoercibleToAssetKey | None,
) -> AssetKey:
    """The key of the asset that `function` makes. Raises InvalidDefinitionError when it has no name."""
    if key is not None:
        if name is not None or prefix is not None:
            raise InvalidDefinitionError(
                "asset takes key, or name and key_prefix, not both", "put all of it into key"
            )
        return AssetKey.from_coercible(key)
    own = name or _own_name(function, "the asset", "name= or key=")
    if prefix is None:
        return AssetKey(own)
    segments = AssetKey(prefix).parts
    return AssetKey([*(segment for segment in segments if segment), own])


def identifier_of(key: AssetKey, shown: str) -> str:
    """The name of the step that makes an asset. Raises InvalidDefinitionError when its key makes none."""
    slashed = [segment for segment in key.parts if "/" in segment]
    if slashed:
        parts = [part for segment in key.parts for part in segment.split("/")]
        raise InvalidDefinitionError(
            f'{shown} has a key with a "/" in the segment "{slashed[0]}", and a str is one segment',
            f"write the segments as a list: {parts!r}".replace("'", '"'),
        )
    return check_name(key.to_python_identifier(), shown)


def _own_name(function: Callable[..., Any], what: str, way_out: str) -> str:
    own = getattr(innermost(function), "__name__", None)
    if own == "__call__" and not inspect.isroutine(function):
        own = None
    if own is None:
        raise InvalidDefinitionError(f"{function!r} has no name to call {what} by", f"give {way_out}")
    if own == "<lambda>":
        raise InvalidDefinitionError(f"a lambda has no name to call {what} by", f"give {way_out}")
    return cast(str, own)
