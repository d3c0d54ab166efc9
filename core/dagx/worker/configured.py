"""The run config of the project as it is loaded: what each step is told by it, and what is wrong with it.

It executes nothing. Values leave this file as digests alone, keyed by a secret of the project.
"""

from __future__ import annotations

import glob
import importlib
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from dagx.assets.definition import AssetsDefinition
from dagx.config.marks import kind_of
from dagx.errors import InvalidConfigError
from dagx.functions.op_definition import OpDefinition
from dagx.project.defs import Definitions
from dagx.worker.valuedigest import keyed_digest

if TYPE_CHECKING:
    from dagx.worker.project import LoadedProject

__all__ = ["Configured", "given_config"]


def given_config(message: Mapping[str, Any] | None) -> dict[str, Any]:
    """The run config that the engine hands over; of YAML it hands over the path: PyYAML is the user's."""
    if not message:
        return {}
    if "yaml" not in message:
        return dict(message["config"])
    read: Any = importlib.import_module("dagx.config.yaml_text").config_from_files
    found: dict[str, Any] = read([glob.escape(message["yaml"])])
    return found


class Configured:
    """The run config of a project held against its steps. `secret` keys the digests."""

    def __init__(self, project: LoadedProject, secret: bytes) -> None:
        self._resolved = project.resolved
        self._makers = project.makers
        self._given = project.run_config
        self._secret = secret
        self._kinds = {
            name for name, bound in project.resolved.resources.items() if kind_of(bound) is not None
        }
        self._schemas: Mapping[str, Any] | None = None
        self._of_jobs: set[str] = set()
        if project.run_config and (jobs := project.jobs()):
            self._of_jobs = importlib.import_module("dagx.worker.jobs").names_of_ops(jobs)

    def check(self, definitions: Definitions) -> None:
        """Raise InvalidConfigError for what is said to steps, resources, loggers or sections that there are not."""
        if not self._given:
            return
        self._validated({}, (), loggers=dict.fromkeys(definitions.loggers))
        said: Mapping[str, Mapping[str, Any] | None] = self._given.get("loggers") or {}
        for name, entry in said.items():
            read: Any = importlib.import_module("dagx.config.given").given_config
            schema = definitions.loggers[name].config_schema
            read(schema, (entry or {}).get("config"), f'the config of the logger "{name}"')

    def parts(self, definition: AssetsDefinition) -> dict[str, str]:
        """What a step is told, as parts of its manifest. Raises InvalidConfigError when it does not fit."""
        planned: Any = (
            importlib.import_module("dagx.execution.planned_resources") if self._is_told(definition) else None
        )
        if planned is None:
            return {}
        steps = importlib.import_module("dagx.execution.planning").steps_for_assets([definition])
        wanted = planned.resources_of(steps, self._resolved.specs, self._makers) & self._kinds
        found = self._validated({definition.name: planned.op_schema(definition)}, wanted)
        parts: dict[str, str] = {}
        for path, value in found.ops.items():
            for place, leaf in _fields(value, path[1:]):
                parts[f"config:{place}"] = self.digest(leaf)
        said: Mapping[str, Any] = self._given.get("resources") or {}
        for name in sorted(wanted & said.keys()):
            for place, leaf in _fields(found.resources.get(name), ("resources", name)):
                parts[f"config:{place}"] = self.digest(leaf)
        return parts

    def _is_told(self, definition: AssetsDefinition) -> bool:
        """Whether run config can mean anything to the step."""
        node = definition.node_def
        takes = not isinstance(node, OpDefinition) or node.config_type is not None
        if takes or self._given:
            return True
        return bool(self._kinds and self._kinds & definition.required_resource_keys)

    def _validated(self, ops: Mapping[str, Any], wanted: Any, *, loggers: Any = None) -> Any:
        run_config: Any = importlib.import_module("dagx.config.run_config")
        if self._schemas is None:
            lifecycle: Any = importlib.import_module("dagx.resource_defs.lifecycle")
            self._schemas = lifecycle.resource_schemas(self._resolved.resources)
        return run_config.validated_run_config(
            self._given,
            ops,
            self._schemas,
            required_resources=wanted,
            ignored_ops=[name for name in (*self._resolved.steps, *self._of_jobs) if name not in ops],
            loggers=loggers,
        )

    def problem(self, definition: AssetsDefinition) -> tuple[dict[str, str], str]:
        """The parts, and what is wrong with the config in words: one of the two is empty."""
        try:
            return self.parts(definition), ""
        except InvalidConfigError as error:
            return {}, str(error)

    def digest(self, value: object) -> str:
        """A digest that says nothing of the value to whoever has not the secret of the project."""
        return keyed_digest(value, self._secret)


def _fields(value: object, path: Sequence[str]) -> Iterator[tuple[str, object]]:
    """The entries of config, each with its path; nothing for a step that is told nothing."""
    if isinstance(value, Mapping):
        for name, each in value.items():  # pyright: ignore[reportUnknownVariableType]  # JSON of anyone
            yield ".".join((*path, str(name))), each  # pyright: ignore[reportUnknownArgumentType]
    elif value is not None:
        yield ".".join(path) or "value", value
