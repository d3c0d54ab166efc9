"""Calls the hooks of a step after its outcome. A hook that raises is logged and changes nothing. Section 22."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dagx.execution.execute import StepOutput
from dagx.execution.step_inputs import Ground
from dagx.execution.steps import Step
from dagx.ops.hooks import HookContext, run_hook
from dagx.resource_defs.named import ScopedResources

__all__ = ["call_hooks"]


def call_hooks(
    step: Step,
    key: str,
    ground: Ground,
    op_config: Any,
    outputs: Sequence[tuple[StepOutput, Any]],
    error: BaseException | None,
) -> None:
    """Each of them, by name; `error` is what the step raised."""
    for hook in sorted(step.hooks, key=lambda hook: str(hook.name)):
        values: dict[str, Any] = {}
        metadata: dict[str, Any] = {}
        for output, value in outputs:
            if output.mapping_key is None:
                values[output.output_name] = value
                metadata[output.output_name] = output.metadata
            else:
                values.setdefault(output.output_name, {})[output.mapping_key] = value
                metadata.setdefault(output.output_name, {})[output.mapping_key] = output.metadata
        context = HookContext(
            hook,
            run=ground.run,
            resources=ScopedResources(ground.resources, hook.required_resource_keys),
            log=ground.log,
            op=step.op,
            step_key=key,
            op_config=op_config,
            op_exception=error,
            op_output_values=values,
            op_output_metadata=metadata,
        )
        try:
            run_hook(hook, context, succeeded=error is None, events=[])
        except Exception:
            ground.log.exception("the hook %s raised", hook.name)
