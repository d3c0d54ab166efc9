"""The context of a step handed to another process: in its environment, or in a file."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from typing import Any

from dagx.pipes.ends import PipesContextInjector
from dagx.pipes.wire import PipesParams

__all__ = ["PipesEnvContextInjector", "PipesFileContextInjector", "PipesTempFileContextInjector"]


class PipesEnvContextInjector(PipesContextInjector):
    """Hands the context over in the environment itself. Environments are limited in size, files are not."""

    @contextmanager
    def inject_context(self, context: Mapping[str, Any]) -> Generator[PipesParams, None, None]:
        """See PipesContextInjector."""
        yield {"data": dict(context)}

    def no_messages_debug_text(self) -> str:
        """See PipesContextInjector."""
        return "the context was handed over in the environment"


class PipesFileContextInjector(PipesContextInjector):
    """Hands the context over in the file `path`, which is removed when the session ends."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self._path = os.fspath(path)

    @contextmanager
    def inject_context(self, context: Mapping[str, Any]) -> Generator[PipesParams, None, None]:
        """See PipesContextInjector."""
        with open(self._path, "w", encoding="utf-8") as stream:
            json.dump(context, stream)
        try:
            yield {"path": self._path}
        finally:
            if os.path.exists(self._path):
                os.remove(self._path)

    def no_messages_debug_text(self) -> str:
        """See PipesContextInjector."""
        return f"the context was handed over in the file {self._path}"


class PipesTempFileContextInjector(PipesContextInjector):
    """Hands the context over in a temporary file."""

    @contextmanager
    def inject_context(self, context: Mapping[str, Any]) -> Generator[PipesParams, None, None]:
        """See PipesContextInjector."""
        with (
            tempfile.TemporaryDirectory(prefix="dagx-pipes-") as folder,
            PipesFileContextInjector(os.path.join(folder, "context")).inject_context(context) as params,
        ):
            yield params

    def no_messages_debug_text(self) -> str:
        """See PipesContextInjector."""
        return "the context was handed over in a temporary file"
