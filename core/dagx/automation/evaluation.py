"""What conditions of one's own are given and answer, and the answer of an evaluation. Sections 17.7 and 17.8.

The evaluator itself is not here: nothing in this module looks at events or partitions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from dagx.errors import NotBuiltYetError
from dagx.keys import AssetKey, CoercibleToAssetKey
from dagx.record import Record

__all__ = ["AutomationContext", "AutomationResult", "EvaluateAutomationConditionsResult"]


class AutomationContext:
    """What `evaluate` of a condition of your own is given: the entity, the candidates, the time, the cursor.

    The evaluator makes it, which is not built yet: making one raises NotBuiltYetError. Semantics: section
    17.7.
    """

    def __init__(self, *_args: object, **_fields: object) -> None:
        raise NotBuiltYetError(
            "AutomationContext belongs to the evaluation of conditions, which is not built yet in dagx",
            "annotate with it; conditions can be declared, shown and compared",
        )


class AutomationResult(Record):
    """What a condition of your own answers: the part of the candidates of which it is true.

    `context` is what it was given, `true_subset` a subset made from `context.candidate_subset`, `cursor` a
    str that the next evaluation finds as `context.cursor`. Semantics: section 17.7.
    """

    context: AutomationContext
    true_subset: Any
    cursor: str | None

    def __init__(self, context: AutomationContext, true_subset: Any, cursor: str | None = None) -> None:
        self._set(context=context, true_subset=true_subset, cursor=cursor)


class EvaluateAutomationConditionsResult(Record):
    """What one evaluation requested: for each key the partitions, with None for an asset without any.

    `cursor` is what the next evaluation is given, `results` what each condition answered. Semantics: section
    17.8.
    """

    requested: Mapping[Any, frozenset[str | None]]
    cursor: Any
    results: Sequence[Any]

    def __init__(
        self,
        requested: Mapping[Any, frozenset[str | None]],
        cursor: Any = None,
        results: Sequence[Any] = (),
    ) -> None:
        self._set(requested=dict(requested), cursor=cursor, results=list(results))

    @property
    def total_requested(self) -> int:
        """How many partitions (an asset without any counts as one) were requested in all."""
        return sum(len(partitions) for partitions in self.requested.values())

    def get_requested_partitions(self, key: CoercibleToAssetKey) -> set[str | None]:
        """The requested partitions of an asset or check; `{None}` for one without any, empty for no request."""
        return set(self.requested.get(_key(key), ()))

    def get_num_requested(self, key: CoercibleToAssetKey) -> int:
        """How many partitions of an asset or check were requested."""
        return len(self.get_requested_partitions(key))


def _key(key: Any) -> Any:
    return AssetKey(cast("list[str]", key)) if isinstance(key, (str, list, tuple)) else key
