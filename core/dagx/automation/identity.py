"""The id of a node of a condition: under which its state is kept between ticks. Section 17.1."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from dagx.automation import terms
from dagx.automation.expression import expression

if TYPE_CHECKING:
    from dagx.automation.conditions import AutomationCondition


def node_id(condition: AutomationCondition, *, target: str, parent: str | None = None, index: int = 0) -> str:
    """32 hexadecimal digits, the same in every process.

    `target` is the entity (and, for state that follows it, its partitions definition) as text. Nodes that
    remember, `since` and `newly_true`, are told apart by what they ask and of what: a new sibling leaves
    them alone. All others are told apart by their place: the id of the `parent` node, and the `index` among
    its children. Labels count for nothing.
    """
    if isinstance(condition.term, (terms.Since, terms.NewlyTrue)):
        parts = ["remembers", target, expression(condition, labels=False)]
    else:
        parts = ["stands", parent or target, str(index), condition.name]
    return hashlib.blake2b("\0".join(parts).encode(), digest_size=16).hexdigest()
