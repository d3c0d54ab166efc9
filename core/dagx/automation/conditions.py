"""AutomationCondition: when an asset or check is to be requested, as a tree of terms. Section 17.

A condition is a value: it says what is asked and evaluates nothing. What its nodes mean stands in `terms`, what an
evaluator will know beside them too.
"""

from __future__ import annotations

import copy
import importlib
from typing import TYPE_CHECKING, Any, TypeVar

from dagx.arguments import optional_text
from dagx.automation import terms
from dagx.automation.composites import Composites
from dagx.automation.expression import expression
from dagx.errors import InvalidArgumentError, NotBuiltYetError
from dagx.record import Record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from dagx.automation.evaluation import AutomationContext, AutomationResult
    from dagx.automation.targets import CoercibleToAssetSelection
    from dagx.selecting.asset_selection import AssetSelection

__all__ = ["AutomationCondition"]

C = TypeVar("C", bound="AutomationCondition")

# Annotations may name the kind of key that a condition is for; nothing else knows of it.
if TYPE_CHECKING:
    from typing import Generic

    from typing_extensions import TypeVar as TypeVarWithDefault

    K = TypeVarWithDefault("K", default=Any)

    class _OfKey(Generic[K]): ...

else:
    K = None

    class _OfKey:
        def __class_getitem__(cls, item: object) -> type:
            return cls


class AutomationCondition(_OfKey[K], Composites, Record):
    """When an asset, check or job is to be requested: `AutomationCondition.eager()`, `.on_cron("@daily")`, or
    made of parts with `&`, `|`, `~` and the methods.

    Conditions are immutable, and equal when they have the same parts and labels. `term` says what the node
    is, `children` are its operands, `label` is a name by which `replace` finds it. A subclass with a method
    `evaluate(self, context) -> AutomationResult` is a condition of your own, which may have fields and can
    be combined like the others. Semantics: section 17.
    """

    term: terms.Term = terms.Custom()
    label: str | None = None
    children: Sequence[AutomationCondition] = ()

    def __init__(self) -> None:
        if type(self).evaluate is AutomationCondition.evaluate:
            raise InvalidArgumentError(
                f"{type(self).__name__} says nothing by itself",
                "write AutomationCondition.eager(), or a subclass with evaluate(self, context)",
            )

    @classmethod
    def _of(cls, term: terms.Term, *children: AutomationCondition) -> AutomationCondition:
        for child in children:
            if not isinstance(child, AutomationCondition):  # pyright: ignore[reportUnnecessaryIsInstance]  # users without a type checker
                raise InvalidArgumentError(
                    f"{term.name} takes a condition, not {child!r}", "such as AutomationCondition.missing()"
                )
        made = AutomationCondition.__new__(AutomationCondition)
        made._set(term=term, children=children, label=None)
        return made

    # What it is

    @property
    def name(self) -> str:
        """The name of its term, such as "missing"; of a condition of your own, its class."""
        return type(self).__name__ if isinstance(self.term, terms.Custom) else self.term.name

    @property
    def description(self) -> str:
        """What its term says, in a few words."""
        return self.term.description

    def get_label(self) -> str | None:
        """The label, or None."""
        return self.label

    def with_label(self: C, label: str | None) -> C:
        """The same condition under a name: what `replace` finds it by, and what is shown.

        A labelled `and` or `or` stays one part within a larger one.
        """
        return self._changed(label=optional_text(label, "a label"))

    def evaluate(self, context: AutomationContext) -> AutomationResult:
        """In a subclass of your own: the part of `context.candidate_subset` of which it is true.

        Semantics: section 17.7.
        """
        raise NotBuiltYetError(
            "the evaluation of automation conditions is not built yet in dagx",
            "conditions can be declared, shown and compared",
        )

    # Operators

    def __and__(self, other: AutomationCondition) -> AutomationCondition:
        """Both; each part sees only what is still true. Semantics: section 17.2."""
        return _joined(self, terms.And(), (self, other))

    def __or__(self, other: AutomationCondition) -> AutomationCondition:
        """One or both. Semantics: section 17.2."""
        return _joined(self, terms.Or(), (self, other))

    def __invert__(self) -> AutomationCondition:
        """Where this is not true. Semantics: section 17.2."""
        return self._of(terms.Not(), self)

    def since(self, reset_condition: AutomationCondition) -> AutomationCondition:
        """True from when this is true until `reset_condition` is. If both are at once, the reset wins, unless
        the event behind this is the later one. Semantics: section 17.2.
        """
        return self._of(terms.Since(), self, reset_condition)

    def newly_true(self) -> AutomationCondition:
        """True at the tick at which this becomes true; at the first tick, wherever it is. Semantics: section
        17.2.
        """
        return self._of(terms.NewlyTrue(), self)

    def since_last_handled(self) -> AutomationCondition:
        """True from when this is true until the entity is requested or updated, or first evaluated; that
        reset is labelled "handled". Semantics: section 17.2.
        """
        handled = self.newly_requested() | self.newly_updated() | self.initial_evaluation()
        return self.since(handled.with_label("handled"))

    # The same with another part

    def replace(self, old: AutomationCondition | str, new: AutomationCondition) -> AutomationCondition:
        """The condition with `new` in place of each part equal to `old`; a str is a label or a name.

        Where nothing is `old`, the condition stays as it is. Semantics: section 17.2.
        """
        if not isinstance(new, AutomationCondition):  # pyright: ignore[reportUnnecessaryIsInstance]  # users without a type checker
            raise InvalidArgumentError(f"replace puts in a condition, not {new!r}")
        found = old in (self.label, self.name) if isinstance(old, str) else old == self
        return new if found else self._over_children(lambda child: child.replace(old, new))

    def without(self, condition: AutomationCondition) -> AutomationCondition:
        """An `and` without the part equal to `condition`. Raises InvalidArgumentError when this is no `and`,
        has no such part, or would be left with fewer than two. Semantics: section 17.2.
        """
        if not isinstance(condition, AutomationCondition):  # pyright: ignore[reportUnnecessaryIsInstance]  # users without a type checker
            raise InvalidArgumentError(f"without() takes a condition, not {condition!r}")
        if not isinstance(self.term, terms.And):
            raise InvalidArgumentError(f"without() takes a part from an `and`, and this is: {self!r}")
        if condition not in self.children:
            parts = "\n".join(expression(child) for child in self.children)
            raise InvalidArgumentError(
                f"the condition has no part {expression(condition)}", f"its parts are\n{parts}"
            )
        rest = tuple(child for child in self.children if child != condition)
        if len(rest) < 2:
            raise InvalidArgumentError(
                f"without {expression(condition)} the `and` has fewer than two parts",
                "use the part that is left by itself",
            )
        return self._changed(children=rest)

    def allow(self, selection: CoercibleToAssetSelection) -> AutomationCondition:
        """The condition with its parts about dependencies and checks looking at these assets alone.

        Given again, the selections are united. Semantics: section 17.2.
        """
        chosen = _selection(selection)
        return self._over_scopes(lambda scope: {"allow": scope.allow | chosen if scope.allow else chosen})

    def ignore(self, selection: CoercibleToAssetSelection) -> AutomationCondition:
        """The condition with its parts about dependencies and checks not looking at these assets.

        Given again, the selections are united. Semantics: section 17.2.
        """
        chosen = _selection(selection)
        return self._over_scopes(lambda scope: {"ignore": scope.ignore | chosen if scope.ignore else chosen})

    def resolve_through_virtual(self) -> AutomationCondition:
        """The condition with virtual assets replaced by their dependencies. Semantics: section 17.2."""
        return self._of(terms.ThroughVirtual(), self)

    def _over_scopes(self, change: Callable[[terms.Scoped], dict[str, object]]) -> AutomationCondition:
        over = self._over_children(lambda child: child._over_scopes(change))
        if not isinstance(over.term, terms.Scoped):
            return over
        term = copy.copy(over.term)
        vars(term).update(change(over.term))
        return over._changed(term=term)

    def _over_children(
        self, change: Callable[[AutomationCondition], AutomationCondition]
    ) -> AutomationCondition:
        children = tuple(change(child) for child in self.children)
        if all(new is old for new, old in zip(children, self.children)):  # noqa: B905  # of one length
            return self
        if isinstance(self.term, (terms.And, terms.Or)):
            children = _flat(self.term, children)
        return self._changed(children=children)

    # As a value

    def _changed(self: C, **fields: object) -> C:
        other = copy.copy(self)
        vars(other).update(fields)
        return other

    def __setattr__(self, name: str, value: object) -> None:  # type: ignore[override]  # a subclass may set its fields
        if type(self) is AutomationCondition:
            super().__setattr__(name, value)
        object.__setattr__(self, name, value)

    def __repr__(self) -> str:
        return f"AutomationCondition({expression(self)})"


def _selection(value: CoercibleToAssetSelection) -> AssetSelection:
    # Late: selections take longer to import than all conditions, and few conditions have one.
    selections = importlib.import_module("dagx.automation.targets")
    found: AssetSelection = selections.selection_from(value)
    return found


def _joined(
    one: AutomationCondition, term: terms.Term, parts: Iterable[AutomationCondition]
) -> AutomationCondition:
    made = one._of(term, *parts)  # pyright: ignore[reportPrivateUsage]
    return made._changed(children=_flat(term, made.children))  # pyright: ignore[reportPrivateUsage]


def _flat(term: terms.Term, parts: Iterable[AutomationCondition]) -> tuple[AutomationCondition, ...]:
    """The parts, those of the same term without a label replaced by theirs."""
    flat: list[AutomationCondition] = []
    for part in parts:
        same = part.term == term and part.label is None
        flat.extend(part.children if same else [part])
    return tuple(flat)
