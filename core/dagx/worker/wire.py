"""The wire between the engine and a worker: a length and a JSON object, over one socket pair.

Both sides use this file. Values never cross the wire except small ones as opaque base64 text; what cannot be read as a
frame raises `BrokenWire`, which costs the attempt and never the engine.
"""

from __future__ import annotations

import json
import socket
import struct
from typing import Any, cast

__all__ = [
    "ENGINE_VARIABLE",
    "FD_VARIABLE",
    "HOST_VARIABLE",
    "LOST_CHANNEL",
    "MODE_VARIABLE",
    "BrokenWire",
    "receive",
    "receive_fd",
    "send",
    "send_fd",
]

FD_VARIABLE = "DAGX_WORKER_FD"
"""Names the environment variable with the number of the worker's end of the socket pair."""

ENGINE_VARIABLE = "DAGX_ENGINE"
"""Says which engine started a process. Programs that a step starts inherit it; its code does not see it."""

HOST_VARIABLE = "DAGX_HOST"
"""Set in a process that workers are forked from."""

MODE_VARIABLE = "DAGX_WORKER"
"""Set to 1 in a frozen binary that re-executes itself as a worker."""

LOST_CHANNEL = 81
"""The exit code of a worker that can no longer talk to the engine."""

_LENGTH = struct.Struct(">I")
_MOST = 256 * 1024 * 1024
_as_json = json.JSONEncoder(separators=(",", ":")).encode

Message = dict[str, Any]


class BrokenWire(Exception):
    """The other side is gone or does not speak this protocol."""


def send(end: socket.socket, message: Message) -> None:
    """Send one message whole. Raises BrokenWire when the other side is gone."""
    body = _as_json(message).encode("utf-8", "surrogatepass")
    if len(body) > _MOST:
        raise BrokenWire(f"a message of {len(body)} bytes is too long for the wire")
    try:
        end.sendall(_LENGTH.pack(len(body)) + body)
    except OSError as error:
        raise BrokenWire(f"cannot send: {error}") from error


def receive(end: socket.socket, most: int = _MOST) -> Message | None:
    """The next message, or None when the other side has closed. Raises BrokenWire for anything else.

    One of more than `most` bytes is not read.
    """
    head = _exactly(end, _LENGTH.size, at_start=True)
    if head is None:
        return None
    (length,) = _LENGTH.unpack(head)
    if length > most:
        raise BrokenWire(f"a frame of {length} bytes is announced: this is not our protocol")
    body = _exactly(end, length, at_start=False) if length else b""
    try:
        message: object = json.loads((body or b"").decode("utf-8", "surrogatepass"))
    except (ValueError, RecursionError) as error:
        raise BrokenWire(f"a frame is not JSON: {error}") from error
    if not isinstance(message, dict):
        raise BrokenWire("a frame is not a JSON object")
    return cast("Message", message)


def send_fd(end: socket.socket, fd: int) -> None:
    """Hand a file descriptor over, after the message that announces it."""
    try:
        socket.send_fds(end, [b"F"], [fd])
    except OSError as error:
        raise BrokenWire(f"cannot send a descriptor: {error}") from error


def receive_fd(end: socket.socket) -> int:
    """The descriptor that the other side hands over with `send_fd`."""
    try:
        _, fds, _, _ = socket.recv_fds(end, 1, 1)
    except OSError as error:
        raise BrokenWire(f"cannot receive a descriptor: {error}") from error
    if not fds:
        raise BrokenWire("a descriptor was announced and did not come")
    return fds[0]


def _exactly(end: socket.socket, count: int, *, at_start: bool) -> bytes | None:
    pieces: list[bytes] = []
    left = count
    while left:
        try:
            piece = end.recv(min(left, 1 << 20))
        except InterruptedError:
            continue
        except OSError as error:
            raise BrokenWire(f"cannot receive: {error}") from error
        if not piece:
            if at_start and not pieces:
                return None
            raise BrokenWire(f"the other side closed {left} bytes before the end of a frame")
        pieces.append(piece)
        left -= len(piece)
    return b"".join(pieces)
