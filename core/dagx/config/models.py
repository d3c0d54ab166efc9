"""Config and PermissiveConfig: pydantic models of run config. Semantics: section 10."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from dagx.config.late_fields import let_late_values_in
from dagx.config.model_types import type_of_model
from dagx.config.pydantic_door import BaseModel, ConfigDict, CoreSchema, GetCoreSchemaHandler
from dagx.config.reading import ConfigType
from dagx.errors import InvalidInvocationError

__all__ = ["Config", "PermissiveConfig"]


class LateModel(BaseModel):
    """A frozen model whose fields may hold what is known only later: an EnvVar, a resource to be set up."""

    model_config = ConfigDict(frozen=True, arbitrary_types_allowed=True, populate_by_name=True)

    if not TYPE_CHECKING:  # checkers know from the frozen fields

        def __setattr__(self, name: str, value: object) -> None:
            if not name.startswith("_") and self.model_config.get("frozen"):
                raise InvalidInvocationError(
                    f"{type(self).__qualname__}.{name} cannot be set: config and resources do not change",
                    "make another, or keep what changes in an attribute whose name begins with _ (a PrivateAttr)",
                )
            super().__setattr__(name, value)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return let_late_values_in(handler(source), handler)

    @classmethod
    def to_config_schema(cls) -> ConfigType:
        """The config type of this class, for `config_schema=`."""
        return type_of_model(cls)


class Config(LateModel):
    """The config of an asset or op, declared as a class: its fields are the entries of run config.

    A parameter named `config` and annotated with a class below this one gets an object of it. Fields may be scalars,
    Optional, list, dict, other Config classes, Enum (named by member in run config), Literal, and unions with a
    discriminator (`{variant: {...}}` in run config). Objects do not change: to set a field raises
    InvalidInvocationError. Making one directly drops unknown entries, and pydantic's ValidationError says what is
    wrong; run config is held to the letter. Semantics: section 10.
    """

    __dagx_config__: ClassVar[bool] = True


class PermissiveConfig(Config):
    """A Config that takes entries which it does not declare: they are attributes too. Semantics: section 10."""

    model_config = ConfigDict(extra="allow")
