"""The names for types that need no definition. They are Python's own, so they serve as annotations and config too.

`dagster_type=dg.Int`, `config_schema=dg.Int`, `x: dg.List[dg.Int]` mean what `int`, `int`, `list[int]` mean.
"""

from typing import (  # noqa: UP035  # names that can be subscripted are what is offered
    TYPE_CHECKING,
    Any,
    Dict,
    List,
    Optional,
    Set,
    Tuple,
    TypeAlias,
)

__all__ = ["Any", "Bool", "Dict", "Float", "Int", "List", "Nothing", "Optional", "Set", "String", "Tuple"]

Bool = bool
Float = float
Int = int
String = str
if TYPE_CHECKING:  # to checkers, an annotation that is None
    Nothing: TypeAlias = None
else:
    Nothing = type(None)
