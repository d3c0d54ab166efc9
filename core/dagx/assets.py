"""AssetsDefinition: a step, that is one function, and the assets that it makes. Semantics: section 2."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from dagx.errors import InvalidDefinitionError, InvariantViolationError
from dagx.invoke import invoke
from dagx.keys import AssetKey
from dagx.retries import RetryPolicy
from dagx.signature import Signature
from dagx.slots import InputSlot, OutputSlot
from dagx.source import SourceLocation
from dagx.specs import AssetDep, AssetSpec, changed
from dagx.unbuilt import ASSETS_ATTRIBUTES, attribute_error

__all__ = ["AssetsDefinition"]


@dataclass(frozen=True, eq=False)
class AssetsDefinition:
    """What `@asset` makes: a compute function, the assets it makes and what it needs.

    `name` is the name of the step. Calling the definition calls the function directly, for tests: see section
    27. Semantics: section 2.
    """

    name: str
    compute_fn: Callable[..., Any]
    signature: Signature = field(repr=False)
    specs: tuple[AssetSpec, ...] = field(repr=False)
    inputs: tuple[InputSlot, ...] = field(repr=False)
    outputs: tuple[OutputSlot, ...] = field(repr=False)
    extra_resource_keys: frozenset[str] = field(repr=False, default=frozenset())
    retry_policy: RetryPolicy | None = field(repr=False, default=None)
    source: SourceLocation | None = field(repr=False, default=None)

    def __post_init__(self) -> None:
        wrote = self.compute_fn
        for attribute in ("__name__", "__qualname__", "__doc__", "__module__"):
            object.__setattr__(self, attribute, getattr(wrote, attribute, None))

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the function itself. Upstream values are given by position or name, a context first if it
        takes one.

        Nothing is stored. Raises InvalidInvocationError for a missing or unknown argument. Semantics: section
        27.
        """
        return invoke(self, args, kwargs)

    if not TYPE_CHECKING:  # checkers would take it to mean that every attribute exists

        def __getattr__(self, name: str) -> object:
            raise attribute_error(self, name, ASSETS_ATTRIBUTES)

    @property
    def key(self) -> AssetKey:
        """The key of its one asset. Raises InvariantViolationError when it makes several."""
        if len(self.specs) != 1:
            raise InvariantViolationError(
                f'"{self.name}" makes {len(self.specs)} assets, not one', "ask for .keys"
            )
        return self.specs[0].key

    @property
    def keys(self) -> set[AssetKey]:
        """The keys of all assets that it makes."""
        return {spec.key for spec in self.specs}

    @property
    def specs_by_key(self) -> dict[AssetKey, AssetSpec]:
        """The specs by their keys."""
        return {spec.key: spec for spec in self.specs}

    def get_asset_spec(self, key: AssetKey | None = None) -> AssetSpec:
        """The spec of one asset; without `key`, of the only one."""
        return self.specs_by_key[self.key if key is None else key]

    @property
    def asset_deps(self) -> dict[AssetKey, set[AssetKey]]:
        """For each asset, the keys that it needs."""
        return {spec.key: {dep.asset_key for dep in spec.deps} for spec in self.specs}

    @property
    def dependency_keys(self) -> set[AssetKey]:
        """All keys that the step needs, without those that it makes."""
        return {dep.asset_key for spec in self.specs for dep in spec.deps} - self.keys

    @property
    def keys_by_input_name(self) -> dict[str, AssetKey]:
        """The upstream key that fills each parameter."""
        return {slot.name: slot.key for slot in self.inputs}

    @property
    def keys_by_output_name(self) -> dict[str, AssetKey]:
        """The key that each output makes."""
        return {slot.name: slot.key for slot in self.outputs}

    @property
    def group_names_by_key(self) -> dict[AssetKey, str | None]:
        """The group of each asset."""
        return {spec.key: spec.group_name for spec in self.specs}

    @property
    def descriptions_by_key(self) -> dict[AssetKey, str | None]:
        """The description of each asset."""
        return {spec.key: spec.description for spec in self.specs}

    @property
    def tags_by_key(self) -> dict[AssetKey, Mapping[str, str]]:
        """The tags of each asset, kinds among them."""
        return {spec.key: spec.tags for spec in self.specs}

    @property
    def metadata_by_key(self) -> dict[AssetKey, Mapping[str, Any]]:
        """The metadata of each asset."""
        return {spec.key: spec.metadata for spec in self.specs}

    @property
    def code_versions_by_key(self) -> dict[AssetKey, str | None]:
        """The code version given by hand for each asset."""
        return {spec.key: spec.code_version for spec in self.specs}

    @property
    def owners_by_key(self) -> dict[AssetKey, Sequence[str]]:
        """The owners of each asset."""
        return {spec.key: spec.owners for spec in self.specs}

    @property
    def required_resource_keys(self) -> set[str]:
        """The resources that running the step needs: its function's, and the IO managers."""
        return self.function_resource_keys | self.manager_keys

    @property
    def function_resource_keys(self) -> set[str]:
        """The resources that the function itself may use."""
        return {*self.signature.resources, *self.extra_resource_keys}

    @property
    def manager_keys(self) -> set[str]:
        """The resources that store its outputs, and those that its inputs name to load them."""
        named = {slot.input_manager_key for slot in self.inputs if slot.input_manager_key is not None}
        return named | {spec.io_manager_key for spec in self.specs}

    def map_asset_specs(self, func: Callable[[AssetSpec], AssetSpec]) -> AssetsDefinition:
        """A definition with each spec as `func` returns it.

        Raises InvalidDefinitionError when that changes a key or drops a dependency that fills a parameter.
        """
        specs = tuple(func(spec) for spec in self.specs)
        for old, new in zip(self.specs, specs):  # noqa: B905  # of one length by construction
            if old.key != new.key:
                raise InvalidDefinitionError(
                    f'map_asset_specs changed the key "{old.key.to_user_string()}"', "use with_attributes"
                )
        needed = {dep.asset_key for spec in specs for dep in spec.deps}
        for slot in self.inputs:
            if slot.key not in needed:
                raise InvalidDefinitionError(
                    f'map_asset_specs dropped the dependency "{slot.key.to_user_string()}" of "{self.name}"',
                    f"the parameter {slot.name!r} is filled from it",
                )
        return dataclasses.replace(self, specs=specs)

    def with_attributes(
        self,
        *,
        asset_key_replacements: Mapping[AssetKey, AssetKey] | None = None,
        group_names_by_key: Mapping[AssetKey, str] | None = None,
    ) -> AssetsDefinition:
        """A definition in which keys are replaced, wherever they stand, and groups set (by the old keys)."""
        replaced = asset_key_replacements or {}
        groups = group_names_by_key or {}

        def new(key: AssetKey) -> AssetKey:
            return replaced.get(key, key)

        specs = tuple(
            changed(
                spec,
                key=new(spec.key),
                deps=tuple(AssetDep(new(dep.asset_key), metadata=dep.metadata) for dep in spec.deps),
                group_name=groups.get(spec.key, spec.group_name),
            )
            for spec in self.specs
        )
        was_named_by_key = len(specs) == 1 and self.name == self.specs[0].key.to_python_identifier()
        return dataclasses.replace(
            self,
            name=specs[0].key.to_python_identifier() if was_named_by_key else self.name,
            specs=specs,
            inputs=tuple(dataclasses.replace(slot, key=new(slot.key)) for slot in self.inputs),
            outputs=tuple(dataclasses.replace(slot, key=new(slot.key)) for slot in self.outputs),
        )
