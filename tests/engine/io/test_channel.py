"""The socket of the engine: who gets in, what comes through, and what ends a line."""

from __future__ import annotations

import contextlib
import os
import queue
import socket
import struct
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from patience import PATIENCE

from dagx_engine.io.channel import BrokenWire, Call, Door, Left, Said

Open = Callable[..., tuple[Door, "queue.SimpleQueue[Said | Left]"]]


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Open]:
    doors: list[Door] = []

    def open_door(
        state: Path = tmp_path, user: int | None = None
    ) -> tuple[Door, queue.SimpleQueue[Said | Left]]:
        heard: queue.SimpleQueue[Said | Left] = queue.SimpleQueue()
        doors.append(Door(state, heard.put, user=user))
        return doors[-1], heard

    yield open_door
    for door in doors:
        door.close()


def test_what_is_said_comes_through_both_ways_in_order(opened: Open, tmp_path: Path) -> None:
    _, heard = opened()
    call = Call(tmp_path)
    assert call.pid == os.getpid()
    call.say({"n": 1})
    call.say({"n": 2})
    first, second = heard.get(timeout=PATIENCE), heard.get(timeout=PATIENCE)
    assert isinstance(first, Said)
    assert isinstance(second, Said)
    assert [first.message, second.message] == [{"n": 1}, {"n": 2}]
    for n in range(100):
        first.line.say({"n": n})
    first.line.end()
    assert [call.hear(PATIENCE) for _ in range(100)] == [(True, {"n": n}) for n in range(100)]
    assert call.hear(PATIENCE) == (True, None)
    call.close()
    assert heard.get(timeout=PATIENCE) == Left(first.line)


def test_that_somebody_has_hung_up_is_known_at_once(opened: Open, tmp_path: Path) -> None:
    _, heard = opened()
    call = Call(tmp_path)
    call.say({"n": 1})
    said = heard.get(timeout=PATIENCE)
    assert isinstance(said, Said)
    assert not said.line.is_gone
    call.close()
    assert said.line.is_gone
    assert heard.get(timeout=PATIENCE) == Left(said.line)
    assert said.line.is_gone


def test_silence_is_told_from_an_end(opened: Open, tmp_path: Path) -> None:
    door, _ = opened()
    call = Call(tmp_path)
    assert call.hear(0.01) == (False, None)
    door.close()
    assert call.hear(PATIENCE) == (True, None)
    call.close()
    with pytest.raises(OSError, match="No such file"):
        Call(tmp_path)


def test_a_project_may_lie_deeper_than_an_address_is_long(opened: Open, tmp_path: Path) -> None:
    deep = tmp_path.joinpath(*["deep" * 10] * 6)
    deep.mkdir(parents=True)
    _, heard = opened(deep)
    call = Call(deep)
    call.say({"deep": True})
    said = heard.get(timeout=PATIENCE)
    assert isinstance(said, Said)
    assert said.message == {"deep": True}
    call.close()


def test_the_socket_of_one_who_was_killed_is_replaced(opened: Open, tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(tmp_path / "engine.sock"))
    with pytest.raises(ConnectionRefusedError):
        Call(tmp_path)
    opened()
    Call(tmp_path).close()
    assert (tmp_path / "engine.sock").stat().st_mode & 0o777 == 0o600


def test_another_user_is_not_let_in(opened: Open, tmp_path: Path) -> None:
    _, heard = opened(user=os.geteuid() + 1)
    call = Call(tmp_path)
    with contextlib.suppress(BrokenWire):  # hung up on before it could ask
        assert call.hear(PATIENCE) == (True, None)
    call.close()
    assert heard.empty()


@pytest.mark.parametrize(
    "alien",
    [
        b"GET / HTTP/1.1\r\n\r\n",
        struct.pack(">I", 5) + b"12345",
        struct.pack(">I", 2) + b"[]",
        struct.pack(">I", (1 << 20) + 1) + b"x",
        struct.pack(">I", 100) + b"half of it",
    ],
)
def test_bytes_that_are_no_frame_end_their_line_and_no_other(
    opened: Open, tmp_path: Path, alien: bytes
) -> None:
    _, heard = opened()
    other = Call(tmp_path)
    with socket.socket(socket.AF_UNIX) as end:
        end.connect(str(tmp_path / "engine.sock"))
        end.sendall(alien)
        end.shutdown(socket.SHUT_WR)
        assert isinstance(heard.get(timeout=PATIENCE), Left)
    other.say({"still": "there"})
    said = heard.get(timeout=PATIENCE)
    assert isinstance(said, Said)
    assert said.message == {"still": "there"}
    other.close()


def test_a_command_that_reads_nothing_holds_nobody_up(opened: Open, tmp_path: Path) -> None:
    _, heard = opened()
    call = Call(tmp_path)
    call.say({"hello": 1})
    said = heard.get(timeout=PATIENCE)
    assert isinstance(said, Said)
    for n in range(60_000):
        said.line.say({"n": n, "text": "x" * 100})
    assert heard.get(timeout=PATIENCE) == Left(said.line)
    call.close()
