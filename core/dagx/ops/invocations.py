"""What stands for ops and their outputs while a graph is composed. Section 24.

A call of an op in the body of a graph answers with handles: they carry no value, only where it will come from.
"""

from __future__ import annotations

import importlib
from collections import namedtuple
from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING, Any, NoReturn, cast

from dagx.errors import InvalidDefinitionError, InvalidInvocationError
from dagx.execution.retries import RetryPolicy
from dagx.functions.composing import COMPOSITION, Composition
from dagx.names import check_name
from dagx.ops.hooks import HookDefinition, hook_set
from dagx.ops.wiring import FromNode, Wire, checked_policy, checked_tags

if TYPE_CHECKING:
    from dagx.functions.op_definition import OpDefinition
    from dagx.ops.graph_definition import GraphDefinition

__all__ = ["PendingNodeInvocation"]


class PendingNodeInvocation:
    """An op or graph before its call in the body of a graph, with what this use of it has of its own.

    `alias`, `tag`, `with_hooks`, `with_retry_policy` and `configured` each give another one; calling it wires it.
    Semantics: section 24.
    """

    def __init__(
        self,
        node: OpDefinition | GraphDefinition,
        name: str | None = None,
        tags: Mapping[str, str] | None = None,
        hooks: frozenset[HookDefinition] = frozenset(),
        retry_policy: RetryPolicy | None = None,
    ) -> None:
        self.node = node
        self.given_name = name
        self.tags = dict(tags or {})
        self.hooks = hooks
        self.retry_policy = retry_policy

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Wire it in the graph that is being composed. Raises InvalidInvocationError elsewhere."""
        graph = COMPOSITION.get()
        if graph is None:
            raise InvalidInvocationError(
                f'"{self.given_name or self.node.name}" was called outside the body of a graph',
                "alias, tag, with_hooks and with_retry_policy are for calls in @job and @graph",
            )
        return graph.invoke(self, args, kwargs)

    def alias(self, name: str) -> PendingNodeInvocation:
        """This use under another name."""
        return self._with(name=check_name(name, f'the alias "{name}"'))

    def tag(self, tags: Mapping[str, str] | None) -> PendingNodeInvocation:
        """This use with more tags."""
        return self._with(tags={**self.tags, **checked_tags(tags)})

    def with_hooks(self, hook_defs: Collection[HookDefinition]) -> PendingNodeInvocation:
        """This use with more hooks; on a graph they are those of all its ops."""
        return self._with(hooks=self.hooks | hook_set(hook_defs, f'"{self.node.name}"'))

    def with_retry_policy(self, retry_policy: RetryPolicy | None) -> PendingNodeInvocation:
        """This use with a retry policy, which wins over that of the op and of the job."""
        return self._with(retry_policy=checked_policy(retry_policy))

    def configured(
        self, config_or_config_fn: Any, name: str | None = None, config_schema: Any = None
    ) -> PendingNodeInvocation:
        """This use with its config given. Semantics: section 10."""
        schemas: Any = importlib.import_module("dagx.ops.config_schema")
        configure: Any = (
            schemas.configured_op if hasattr(self.node, "config_type") else schemas.configured_graph
        )
        return self._with(node=configure(self.node, config_or_config_fn, name, config_schema))

    def _with(self, **changed: Any) -> PendingNodeInvocation:
        fields: dict[str, Any] = {
            "node": self.node,
            "name": self.given_name,
            "tags": self.tags,
            "hooks": self.hooks,
            "retry_policy": self.retry_policy,
            **changed,
        }
        return PendingNodeInvocation(**fields)


class Handle:
    """What stands for a value in the body of a graph: an output of a node, or an input of the graph."""

    def __init__(self, body: Composition, wire: Wire, shown: str) -> None:
        self.body = body
        self.wire = wire
        self.shown = shown

    def __iter__(self) -> NoReturn:
        raise self._no_value(
            "iterated over", "give the op out={...} to have several outputs, or out=DynamicOut() and .map()"
        )

    def __getitem__(self, _: object) -> NoReturn:
        raise self._no_value("subscripted", "give the op out={...} to have several outputs")

    def alias(self, _: str) -> NoReturn:
        """Refused: an op is named before its call."""
        raise self._called_already("alias")

    def tag(self, _: object) -> NoReturn:
        """Refused: an op is tagged before its call."""
        raise self._called_already("tag")

    def with_hooks(self, _: object) -> NoReturn:
        """Refused: an op is given hooks before its call."""
        raise self._called_already("with_hooks")

    def with_retry_policy(self, _: object) -> NoReturn:
        """Refused: an op is given a policy before its call."""
        raise self._called_already("with_retry_policy")

    def _no_value(self, what: str, hint: str) -> InvalidDefinitionError:
        return InvalidDefinitionError(
            f"{self.shown} was {what} in the body of a graph, where it has no value", hint
        )

    def _called_already(self, method: str) -> InvalidDefinitionError:
        return InvalidDefinitionError(
            f"{self.shown} was asked for {method} after the call", f"write op.{method}(...)(...)"
        )


class DynamicHandle(Handle):
    """What stands for any number of values, each under a mapping key: `.map` or `.collect` it."""

    wire: FromNode

    def map(self, fn: Callable[[Any], Any]) -> Any:
        """Run what `fn` wires once for each value. `fn` answers a handle, a tuple of them, or None.

        What it answers is dynamic again. Raises InvalidDefinitionError for other answers.
        """
        answer = fn(Handle(self.body, self.wire, self.shown))
        if isinstance(answer, tuple):
            mapped = [self._mapped(part) for part in cast("tuple[object, ...]", answer)]
            make: Any = getattr(cast(object, answer), "_make", tuple)
            return make(mapped)
        return None if answer is None else self._mapped(answer)

    def collect(self) -> Handle:
        """All the values, as a list."""
        return Handle(
            self.body, FromNode(self.wire.node, self.wire.output, is_collected=True), f"all of {self.shown}"
        )

    def _mapped(self, answer: object) -> DynamicHandle:
        if isinstance(answer, DynamicHandle):
            raise InvalidDefinitionError(
                f"{answer.shown} is dynamic and was made in a map over {self.shown}",
                "a dynamic output cannot be made for each value of another: collect the outer one first",
            )
        if not isinstance(answer, Handle) or not isinstance(answer.wire, FromNode):
            raise InvalidDefinitionError(
                f"the function given to map of {self.shown} answered {answer!r}",
                "answer the output of an op, a tuple of them, or None",
            )
        return DynamicHandle(answer.body, answer.wire, answer.shown)


def handles(body: Composition, node: str, outputs: Mapping[str, bool]) -> Any:
    """The handles of a node's outputs (name to whether it is dynamic): one, a named tuple of several, or None."""
    made = {
        output: (DynamicHandle if is_dynamic else Handle)(
            body,
            FromNode(node, output),
            f'the output of "{node}"' if len(outputs) == 1 else f'"{node}.{output}"',
        )
        for output, is_dynamic in outputs.items()
    }
    if not made:
        return None
    if len(made) == 1:
        return next(iter(made.values()))
    return _named_tuple(f"{node}_outputs", list(made))._make(made.values())


def _named_tuple(name: str, fields: list[str]) -> Any:
    return namedtuple(name, fields, rename=True)  # pyright: ignore[reportUntypedNamedTuple]
