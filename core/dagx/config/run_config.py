"""The config of a run: RunConfig, and its validation against what is in the run. Semantics: section 10."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, NamedTuple, cast

from dagx.config.environment import mapping_in
from dagx.config.mappings import ConfigMapping
from dagx.config.marks import CONFIG_MARK, RESOURCE_KIND
from dagx.config.reading import ANY_CONFIG, ConfigType, Path, Reading, dumped, shown_raw
from dagx.config.schema import config_type_of
from dagx.errors import InvalidArgumentError
from dagx.nearest import did_you_mean
from dagx.record import Record
from dagx.unset import UNSET

__all__ = ["RunConfig"]

SECTIONS = ("ops", "resources", "loggers", "execution")


class RunConfig(Record):
    """The config of a run. Semantics: section 10.

    ops: by the names of ops (of an asset: its key as a Python name), resources and loggers: by theirs; execution: of
    the executor. A value is an object of a Config or resource class, or a dict that has the level `config` itself.
    """

    ops: Mapping[str, Any]
    resources: Mapping[str, Any]
    loggers: Mapping[str, Any]
    execution: Mapping[str, Any]

    def __init__(
        self,
        ops: Mapping[str, Any] | None = None,
        resources: Mapping[str, Any] | None = None,
        loggers: Mapping[str, Any] | None = None,
        execution: Mapping[str, Any] | None = None,
    ) -> None:
        self._set(
            ops=dict(ops or {}),
            resources=dict(resources or {}),
            loggers=dict(loggers or {}),
            execution=dict(execution or {}),
        )

    def to_config_dict(self) -> dict[str, Any]:
        """As a dict with the four entries, in which objects have become `{"config": {...}}`."""
        return {
            "ops": {name: _wrapped(entry) for name, entry in self.ops.items()},
            "resources": {name: _wrapped(entry) for name, entry in self.resources.items()},
            "loggers": {name: _wrapped(entry) for name, entry in self.loggers.items()},
            "execution": dumped(self.execution),
        }


class OpSchema(NamedTuple):
    """What config an op takes: that of `schema` (None: anything), and, for a graph, that of the ops in it.

    `mapping` makes the config of those. `inputs` are the names for which run config may give values.
    """

    schema: ConfigType | None = None
    children: Mapping[str, OpSchema] | None = None
    mapping: ConfigMapping | None = None
    inputs: Collection[str] = ()


class ValidatedConfig(NamedTuple):
    """Run config that fits.

    `ops` has plain values by the path of the op (one name, or those of the graphs around it first): defaults and
    variables filled in, None where nothing was said to an op without a schema. `inputs` has the values that were
    given, the same way. `resources` holds what was said to each, as `open_resources` takes it. `raw` is the whole
    with its defaults and with variables unread: it has no secrets that the run config had not. `given` is
    what was said.
    """

    ops: Mapping[tuple[str, ...], Any]
    inputs: Mapping[tuple[str, ...], Mapping[str, Any]]
    resources: Mapping[str, Any]
    loggers: Mapping[str, Any]
    execution: Any
    raw: dict[str, Any]
    given: Mapping[str, Any] = {}


def validated_run_config(
    run_config: RunConfig | Mapping[str, Any] | None,
    ops: Mapping[str, OpSchema],
    resources: Mapping[str, ConfigType | None] | None = None,
    *,
    required_resources: Collection[str] | None = None,
    ignored_ops: Collection[str] = (),
    loggers: Mapping[str, ConfigType | None] | None = None,
    execution: ConfigType | None = None,
    mapping: ConfigMapping | None = None,
) -> ValidatedConfig:
    """Hold run config against what is in the run; raise InvalidConfigError with all that does not fit.

    resources: as `resource_schemas` gives them; of those only `required_resources` (all by default) must be complete.
    ignored_ops: names at the top that may be said something, which is left out. loggers: None takes any.
    mapping: makes the run config of what is given, when the job has one.
    """
    reading = Reading()
    given = _as_mapping(run_config)
    if mapping is not None:
        made = mapping.read(given, (), reading)
        reading.raise_problems("the run config does not fit")
        given = _as_mapping(made)
    for section in given.keys() - set(SECTIONS):
        reading.add(
            (section,), "is unknown", did_you_mean(section, SECTIONS) or f"known: {', '.join(SECTIONS)}"
        )
    needed = set(resources or {}) if required_resources is None else set(required_resources)

    def walked(walk: _Walk) -> dict[str, Any]:
        return {
            "ops": walk.ops(given.get("ops"), ops, ("ops",)),
            "resources": walk.named(given.get("resources"), resources or {}, ("resources",), needed),
            "loggers": walk.loggers(given.get("loggers"), loggers),
            "execution": walk.execution(given.get("execution"), execution),
        }

    walk = _Walk(reading, ignored_ops)
    found = walked(walk)
    reading.raise_problems("the run config does not fit")
    return ValidatedConfig(
        walk.values,
        walk.inputs,
        _configs(found["resources"]),
        _configs(found["loggers"]),
        found["execution"].get("config"),
        walked(_Walk(Reading(as_written=True), ignored_ops)),
        cast("dict[str, Any]", dumped(_as_mapping(run_config))),
    )


def instantiate(annotation: object, value: object, path: Path = ("config",)) -> Any:
    """What the parameter `config` with this annotation gets for the plain value of a validated run config.

    For a Config class an object of it, for any other annotation the value.
    """
    return config_type_of(annotation).made(value, path)


class _Walk:
    def __init__(self, reading: Reading, ignored: Collection[str]) -> None:
        self._reading = reading
        self._ignored = ignored
        self.values: dict[tuple[str, ...], Any] = {}
        self.inputs: dict[tuple[str, ...], Mapping[str, Any]] = {}

    def ops(
        self, raw: object, schemas: Mapping[str, OpSchema], path: Path, names: tuple[str, ...] = ()
    ) -> dict[str, Any]:
        said = self._entries(raw, path)
        ignored = () if names else self._ignored
        self._refuse_unknown(said, [*schemas, *ignored], path)
        return {
            name: self._op(said.get(name), schema, (*path, name), (*names, name))
            for name, schema in schemas.items()
        }

    def _op(self, raw: object, schema: OpSchema, path: Path, names: tuple[str, ...]) -> dict[str, Any]:
        said = self._entries(raw, path)
        has_ops = schema.children is not None and schema.mapping is None
        has_config = schema.children is None or schema.mapping is not None
        known = [*(["config"] if has_config else []), *(["ops"] if has_ops else []), "inputs", "outputs"]
        self._refuse_unknown(said, known, path, 'what an op is told stands in {"config": ...}')
        found: dict[str, Any] = {}
        if schema.mapping is not None:
            made = schema.mapping.read(said.get("config", UNSET), (*path, "config"), self._reading)
            if made is not None:
                found["config"] = dumped(said.get("config"))
                self.ops(made, schema.children or {}, (*path, "ops"), names)
        elif schema.children is not None:
            found["ops"] = self.ops(said.get("ops"), schema.children, (*path, "ops"), names)
        else:
            value = self._config(said, schema.schema, path)
            self.values[names] = value
            found["config"] = value
        if "inputs" in said:
            inputs = self._entries(said["inputs"], (*path, "inputs"))
            self._refuse_unknown(inputs, schema.inputs, (*path, "inputs"))
            self.inputs[names] = {name: _input(value) for name, value in inputs.items()}
            found["inputs"] = inputs
        return found

    def named(
        self, raw: object, schemas: Mapping[str, ConfigType | None], path: Path, needed: Collection[str]
    ) -> dict[str, Any]:
        said = self._entries(raw, path)
        self._refuse_unknown(said, schemas, path)
        found: dict[str, Any] = {}
        for name, schema in schemas.items():
            if name not in said and name not in needed:
                continue
            entry = self._entries(said.get(name), (*path, name))
            self._refuse_unknown(
                entry, ["config"], (*path, name), 'what a resource is told stands in {"config": ...}'
            )
            value = self._config(entry, schema, (*path, name))
            if "config" in entry or value is not None:
                found[name] = {"config": value}
        return found

    def loggers(self, raw: object, schemas: Mapping[str, ConfigType | None] | None) -> dict[str, Any]:
        """Naming a logger asks for it, also without config."""
        said = self._entries(raw, ("loggers",))
        known = dict.fromkeys(said) if schemas is None else schemas
        configured = self.named(said, known, ("loggers",), ())
        return {name: configured.get(name, {}) for name in said if name in known}

    def execution(self, raw: object, schema: ConfigType | None) -> dict[str, Any]:
        said = self._entries(raw, ("execution",))
        if not said:
            return {}
        return {**said, "config": self._config(said, schema, ("execution",))}

    def _config(self, said: Mapping[str, object], schema: ConfigType | None, path: Path) -> object:
        inside = (*path, "config")
        if schema is None:
            return ANY_CONFIG.read(said.get("config"), inside, self._reading)
        problems = len(self._reading.problems)
        if "config" in said:
            value = schema.read(said["config"], inside, self._reading)
        else:
            value = schema.missing(inside, self._reading)
        if not self._reading.as_written and len(self._reading.problems) == problems:
            schema.make(value, inside, self._reading)
        return None if value is UNSET else value

    def _entries(self, raw: object, path: Path) -> Mapping[str, object]:
        if raw is None:
            return {}
        if isinstance(raw, Mapping):
            return cast("Mapping[str, object]", raw)
        hint = None
        if _is_object(raw):
            hint = "wrap the whole in RunConfig(...), which takes objects"
        self._reading.add(path, f"is {shown_raw(raw)}, not a mapping", hint)
        return {}

    def _refuse_unknown(
        self, said: Mapping[str, object], known: Collection[str], path: Path, hint: str | None = None
    ) -> None:
        for name in said:
            if name not in known:
                near = did_you_mean(name, known) or hint
                listed = ", ".join(sorted(known)) or "none"
                self._reading.add((*path, name), "is unknown", near or f"known: {listed}")


def _as_mapping(run_config: object) -> Mapping[str, Any]:
    if isinstance(run_config, RunConfig):
        return run_config.to_config_dict()
    if run_config is None:
        return {}
    if isinstance(run_config, Mapping):
        return cast("Mapping[str, Any]", run_config)
    raise InvalidArgumentError(
        f"run_config is a RunConfig or a dict, not {run_config!r}", 'write RunConfig(ops={"name": ...})'
    )


def _wrapped(entry: object) -> object:
    if _is_object(entry):
        return {"config": dumped(entry)}
    said = mapping_in(entry)
    if said is not None:
        inner = mapping_in(said.get("ops"))
        if inner is not None:
            ops = {name: _wrapped(each) for name, each in inner.items()}
            return {
                **cast("dict[str, object]", dumped({k: v for k, v in said.items() if k != "ops"})),
                "ops": ops,
            }
    return dumped(entry)


def _is_object(entry: object) -> bool:
    return hasattr(type(entry), CONFIG_MARK) or (
        hasattr(type(entry), RESOURCE_KIND) and hasattr(type(entry), "model_fields")
    )


def _input(value: object) -> object:
    said = mapping_in(value) or {}
    return said["value"] if list(said) == ["value"] else value


def _configs(entries: Mapping[str, Any]) -> dict[str, Any]:
    return {name: entry["config"] for name, entry in entries.items() if "config" in entry}
