"""IO managers: what stores and loads the values of assets. Semantics: section 9."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

from dagx.storing.contexts import InputContext, OutputContext

__all__ = ["IOManager", "InputManager"]


class InputManager(ABC):
    """Something that loads values for parameters. Semantics: section 9."""

    @abstractmethod
    def load_input(self, context: InputContext) -> Any:
        """The value of `context.asset_key`."""


class IOManager(InputManager):
    """Something that stores the value of an asset and loads it for those that need it.

    Semantics: section 9.
    """

    @abstractmethod
    def handle_output(self, context: OutputContext, obj: Any) -> Any:
        """Store `obj` as the value of `context.asset_key`. May be a generator of AssetMaterialization."""
