"""A condition as text, as one would write it: for people, and as the content by which nodes are told apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dagx.automation import terms

if TYPE_CHECKING:
    from dagx.automation.conditions import AutomationCondition


def expression(condition: AutomationCondition, *, labels: bool = True) -> str:
    """The text of `condition`; a labelled part is `label: ...`. Without labels it is what the condition asks."""
    text = _unlabelled(condition, labels)
    return f"{condition.label}: {text}" if labels and condition.label else text


def _unlabelled(condition: AutomationCondition, labels: bool) -> str:
    term = condition.term
    parts = [_part(child, labels) for child in condition.children]
    if isinstance(term, (terms.And, terms.Or)):
        return (" & " if isinstance(term, terms.And) else " | ").join(parts)
    if isinstance(term, terms.Not):
        return f"~{parts[0]}"
    if isinstance(term, (terms.Since, terms.NewlyTrue, terms.ThroughVirtual)):
        arguments = [expression(child, labels=labels) for child in condition.children[1:]]
        asked = f"({parts[0]})" if parts[0].startswith("~") else parts[0]
        return f"{asked}.{term.name}({', '.join(arguments)})"
    if isinstance(term, terms.Custom):
        return _call(condition.name, vars(condition), ["label", "children"])
    children = [expression(child, labels=labels) for child in condition.children]
    return _call(term.name, vars(term), ["allow", "ignore"], children) + _scope(term)


def _part(condition: AutomationCondition, labels: bool) -> str:
    """As an operand: in parentheses unless it binds by itself."""
    text = expression(condition, labels=labels)
    is_labelled = labels and condition.label is not None
    return f"({text})" if is_labelled or isinstance(condition.term, (terms.And, terms.Or)) else text


def _call(name: str, fields: dict[str, object], hidden: list[str], first: list[str] | None = None) -> str:
    shown = [
        f"{field}={value!r}"
        for field, value in fields.items()
        if field not in hidden
        and not field.startswith("_")
        and not (value is None or value is False or value == ())
    ]
    return f"{name}({', '.join([*(first or []), *shown])})"


def _scope(term: terms.Term) -> str:
    if not isinstance(term, terms.Scoped):
        return ""
    allow = f".allow({str(term.allow)!r})" if term.allow is not None else ""
    return allow + (f".ignore({str(term.ignore)!r})" if term.ignore is not None else "")
