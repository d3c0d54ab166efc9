"""Frames between two ends of a socket pair; whatever is no frame costs the connection and nothing more."""

from __future__ import annotations

import os
import socket
import struct
import threading
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dagx.worker import wire

Pair = tuple[socket.socket, socket.socket]


@pytest.fixture
def ends() -> Iterator[Pair]:
    here, there = socket.socketpair()
    with here, there:
        yield here, there


def framed(body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + body


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(st.characters(exclude_categories=())),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.lists(st.dictionaries(st.text(), json_values, max_size=3), max_size=4))
def test_messages_arrive_whole_and_in_order(messages: list[wire.Message]) -> None:
    here, there = socket.socketpair()
    with here, there:
        for message in messages:
            wire.send(here, message)
        here.close()
        assert [wire.receive(there) for _ in messages] == messages
        assert wire.receive(there) is None


def test_a_message_larger_than_the_buffer_of_the_socket_arrives(ends: Pair) -> None:
    message = {"data": "x" * (4 << 20)}
    sender = threading.Thread(target=wire.send, args=(ends[0], message))
    sender.start()
    assert wire.receive(ends[1]) == message
    sender.join()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"\x00", "closed 3 bytes before the end"),
        (struct.pack(">I", 10) + b"{}", "closed 8 bytes before the end"),
        (framed(b"not json"), "not JSON"),
        (framed(b"\xff\xfe"), "not JSON"),
        (framed(b""), "not JSON"),
        (framed(b"[1]"), "not a JSON object"),
        (framed(b"[" * 200_000), "not JSON"),
        (b"GET / HTTP/1.1\r\n\r\n", "not our protocol"),
    ],
)
def test_what_is_no_frame_breaks_the_wire(ends: Pair, data: bytes, said: str) -> None:
    here, there = ends
    sender = threading.Thread(target=lambda: (here.sendall(data), here.close()))
    sender.start()
    with pytest.raises(wire.BrokenWire, match=said):
        wire.receive(there)
    sender.join()


@given(st.binary(max_size=40))
def test_any_bytes_are_a_message_the_end_or_a_broken_wire(data: bytes) -> None:
    here, there = socket.socketpair()
    with here, there:
        here.sendall(data)
        here.close()
        try:
            while (message := wire.receive(there)) is not None:
                assert isinstance(message, dict)
        except wire.BrokenWire:
            pass


def test_sending_to_an_end_that_is_closed_breaks_the_wire(ends: Pair) -> None:
    ends[1].close()
    with pytest.raises(wire.BrokenWire, match="cannot send"):
        wire.send(ends[0], {"a": 1})


def test_a_message_that_is_too_long_is_not_begun(ends: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "_MOST", 10)
    with pytest.raises(wire.BrokenWire, match="too long"):
        wire.send(ends[0], {"long": "message"})
    ends[0].close()
    assert wire.receive(ends[1]) is None


def test_a_descriptor_follows_its_message_and_the_next_message_follows_it(ends: Pair) -> None:
    here, there = ends
    read, write = os.pipe()
    wire.send(here, {"fds": 1})
    wire.send_fd(here, write)
    os.close(write)
    wire.send(here, {"next": True})
    assert wire.receive(there) == {"fds": 1}
    passed = wire.receive_fd(there)
    os.write(passed, b"through")
    os.close(passed)
    assert os.read(read, 100) == b"through"
    assert os.read(read, 100) == b""
    os.close(read)
    assert wire.receive(there) == {"next": True}


def test_a_descriptor_that_does_not_come_breaks_the_wire(ends: Pair) -> None:
    ends[0].sendall(b"F")
    with pytest.raises(wire.BrokenWire, match="did not come"):
        wire.receive_fd(ends[1])
    ends[1].close()
    read, write = os.pipe()
    with pytest.raises(wire.BrokenWire, match="cannot send a descriptor"):
        wire.send_fd(ends[0], write)
    os.close(read)
    os.close(write)
