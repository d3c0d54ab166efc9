"""All that a result can depend on beside code and upstream values: files, and the environment that workers are given.

It answers with digests of what is there now, and decides nothing.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping

from dagx.worker.tracing.looking import executable_in
from dagx.worker.tracing.variables import variable_digest
from dagx_engine.io.files import Files
from dagx_engine.pure.manifest import ABSENT

__all__ = ["Surroundings"]


class Surroundings:
    """What the traced parts of manifests are now. `secret` keys the digests of variables."""

    def __init__(
        self, files: Files, environment: Callable[[], Mapping[str, str]], secret: Callable[[], bytes]
    ) -> None:
        self._files = files
        self._environment = environment
        self._secret = secret

    def observe(self, names: Iterable[str], *, patience: float = 0.0) -> dict[str, str]:
        """The digest of each name as it is now. For a file that is being written it waits a moment, or `patience`."""
        found: dict[str, str] = {}
        environment: Mapping[str, str] | None = None
        for name in names:
            kind, _, about = name.partition(":")
            if kind not in ("env", "program"):
                found[name] = self._files.digest(name, patience=patience)
                continue
            if environment is None:
                environment, secret = self._environment(), self._secret()
            if kind == "env":
                found[name] = variable_digest(about, environment, secret)
            else:
                found[name] = self._program(about, environment)
        return found

    def _program(self, name: str, environment: Mapping[str, str]) -> str:
        """Which file is executed by this name, and what is in it."""
        path = name if os.sep in name else executable_in(name, environment.get("PATH"))
        digest = self._files.look(self._files.name_of(path))[0] if path else ABSENT
        return ABSENT if digest == ABSENT else f"{self._files.name_of(path)} {digest}"
