"""Messages of another process, read from a file while it writes them."""

from __future__ import annotations

import contextvars
import json
import os
import tempfile
import threading
from collections.abc import Generator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any, cast

from dagx.errors import InvariantViolationError
from dagx.logs.user_code import get_logger
from dagx.pipes.ends import PipesMessageReader
from dagx.pipes.messages import PipesMessageHandler
from dagx.pipes.wire import COMPOSITE_WRITERS, VERSION_FIELD, PipesLaunchedData, PipesParams

__all__ = ["PipesCompositeMessageReader", "PipesFileMessageReader", "PipesTempFileMessageReader"]

_LOOK_EVERY = 0.05  # seconds; what is left at the end is read then


class PipesFileMessageReader(PipesMessageReader):
    """Reads messages from the file `path`, a line each, while the other process appends to it.

    What the file held before is dropped. `include_stdio_in_messages` asks the other process to send what it prints
    as messages too, for one whose output is not seen here (a PipesSubprocessClient's is); `cleanup_file` removes the
    file when the session ends.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        include_stdio_in_messages: bool = False,
        cleanup_file: bool = False,
    ) -> None:
        self._path = os.fspath(path)
        self._includes_stdio = include_stdio_in_messages
        self._removes_file = cleanup_file
        self._following: _Following | None = None

    @contextmanager
    def read_messages(self, handler: PipesMessageHandler) -> Generator[PipesParams, None, None]:
        """See PipesMessageReader. Raises what the handler raised, when the session ends."""
        with open(self._path, "wb"):
            pass
        self._following = _Following(self._path, handler)
        try:
            with self._following.until_left():
                yield {"path": self._path, "include_stdio_in_messages": self._includes_stdio}
        finally:
            self._following = None
            if self._removes_file and os.path.exists(self._path):
                os.remove(self._path)

    def catch_up(self) -> None:
        """See PipesMessageReader."""
        if self._following is not None:
            self._following.catch_up()

    def no_messages_debug_text(self) -> str:
        """See PipesMessageReader."""
        return f"messages were waited for in the file {self._path}"


class PipesTempFileMessageReader(PipesMessageReader):
    """Reads messages from a temporary file; `include_stdio_in_messages` as for PipesFileMessageReader."""

    def __init__(self, include_stdio_in_messages: bool = False) -> None:
        self._includes_stdio = include_stdio_in_messages
        self._file: PipesFileMessageReader | None = None

    @contextmanager
    def read_messages(self, handler: PipesMessageHandler) -> Generator[PipesParams, None, None]:
        """See PipesMessageReader."""
        with tempfile.TemporaryDirectory(prefix="dagx-pipes-") as folder:
            self._file = PipesFileMessageReader(os.path.join(folder, "messages"), self._includes_stdio)
            try:
                with self._file.read_messages(handler) as params:
                    yield params
            finally:
                self._file = None

    def catch_up(self) -> None:
        """See PipesMessageReader."""
        if self._file is not None:
            self._file.catch_up()

    def no_messages_debug_text(self) -> str:
        """See PipesMessageReader."""
        return "messages were waited for in a temporary file"


class PipesCompositeMessageReader(PipesMessageReader):
    """Several processes in one session, each writing to a reader of its own.

    `PipesSession.get_per_writer_bootstrap_env_vars()` has the variables of each. Raises InvariantViolationError for
    no readers, or a composite one among them.
    """

    def __init__(self, readers: Sequence[PipesMessageReader]) -> None:
        if not readers:
            raise InvariantViolationError("PipesCompositeMessageReader takes at least one reader")
        if any(reader.writers != 1 for reader in readers):
            raise InvariantViolationError(
                "a reader of PipesCompositeMessageReader is for several writers",
                "give it single-writer readers, all in one list",
            )
        self._readers = list(readers)
        self.writers = len(self._readers)

    @contextmanager
    def read_messages(self, handler: PipesMessageHandler) -> Generator[PipesParams, None, None]:
        """See PipesMessageReader."""
        with ExitStack() as stack:
            yield {COMPOSITE_WRITERS: [stack.enter_context(r.read_messages(handler)) for r in self._readers]}

    def on_launched(self, launched_payload: PipesLaunchedData) -> None:
        """See PipesMessageReader."""
        for reader in self._readers:
            reader.on_launched(launched_payload)

    def on_opened(self, opened_payload: Mapping[str, Any]) -> None:
        """See PipesMessageReader."""
        for reader in self._readers:
            reader.on_opened(opened_payload)

    def catch_up(self) -> None:
        """See PipesMessageReader."""
        for reader in self._readers:
            reader.catch_up()

    def no_messages_debug_text(self) -> str:
        """See PipesMessageReader."""
        return "; ".join(reader.no_messages_debug_text() for reader in self._readers)


class _Following:
    """A file that grows: its whole lines go to the handler, from a thread and on demand."""

    def __init__(self, path: str, handler: PipesMessageHandler) -> None:
        self._path = path
        self._handler = handler
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._position = 0
        self._begun = b""
        self._problem: Exception | None = None

    @contextmanager
    def until_left(self) -> Generator[None, None, None]:
        """Follow the file in a thread; when left, read what remains and raise what the handler raised."""
        thread = threading.Thread(target=contextvars.copy_context().run, args=(self._follow,), daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._ended.set()
            thread.join()
            self.catch_up()
            self._take(self._begun)
        if self._problem is not None:
            raise self._problem

    def catch_up(self) -> None:
        """Hand over the lines that are whole."""
        with self._lock:
            if not os.path.exists(self._path):
                return
            with open(self._path, "rb") as stream:
                stream.seek(self._position)
                grown = stream.read()
            self._position += len(grown)
            *lines, self._begun = (self._begun + grown).split(b"\n")
            for line in lines:
                self._take(line)

    def _follow(self) -> None:
        while not self._ended.wait(_LOOK_EVERY):
            self.catch_up()

    def _take(self, line: bytes) -> None:
        message = _message(line)
        if message is None:
            if line.strip():
                get_logger().warning("in the place of a pipes message: %s", line.decode(errors="replace"))
            return
        try:
            self._handler.handle_message(message)
        except Exception as error:  # noqa: BLE001  # it is raised in the step's own thread, at the end
            self._problem = self._problem or error


def _message(line: bytes) -> Mapping[str, Any] | None:
    try:
        found: object = json.loads(line)
    except ValueError:
        return None
    if not (isinstance(found, dict) and {VERSION_FIELD, "method"} <= cast("dict[str, Any]", found).keys()):
        return None
    return cast("dict[str, Any]", found)
