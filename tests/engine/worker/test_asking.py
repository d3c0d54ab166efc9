"""A step asks the engine over its channel: one question at a time, and none after it has ended."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from dagx.errors import DagxError
from dagx.worker import wire
from dagx.worker.asking import Questions


class Engine:
    """The other end: answers each question with `reply`, until the step's own message comes."""

    def __init__(self, end: socket.socket, reply: dict[str, Any] | None) -> None:
        self._end = end
        self._reply = reply
        self.heard: list[dict[str, Any]] = []
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def _serve(self) -> None:
        while (message := wire.receive(self._end)) is not None:
            self.heard.append(message)
            if message["did"] != "ask" or self._reply is None:
                self._end.close()
                return
            wire.send(self._end, {"do": "answer", **self._reply, "to": message["question"]})

    def join(self) -> None:
        self._thread.join(10)


@pytest.fixture
def ends() -> Iterator[tuple[socket.socket, socket.socket]]:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield ours, theirs


def test_an_answer_belongs_to_its_question_from_whatever_thread(
    ends: tuple[socket.socket, socket.socket],
) -> None:
    engine = Engine(ends[0], {"rows": 1})
    questions = Questions(ends[1], "t")
    wrong: list[int] = []

    def ask(number: int) -> None:
        for _ in range(50):
            if questions.ask({"about": number})["to"] != {"about": number}:
                wrong.append(number)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    questions.close()
    wire.send(ends[1], {"did": "step"})
    engine.join()
    assert wrong == []
    assert [message["did"] for message in engine.heard] == ["ask"] * 200 + ["step"]
    assert {message["token"] for message in engine.heard[:-1]} == {"t"}


def test_a_problem_of_the_engine_is_raised_in_its_words(ends: tuple[socket.socket, socket.socket]) -> None:
    engine = Engine(ends[0], {"problem": "state.db cannot be used"})
    with pytest.raises(DagxError, match=r"state\.db cannot be used"):
        Questions(ends[1], "t").ask({"about": "runs"})
    wire.send(ends[1], {"did": "step"})
    engine.join()


def test_after_the_step_nothing_is_sent(ends: tuple[socket.socket, socket.socket]) -> None:
    engine = Engine(ends[0], {})
    questions = Questions(ends[1], "t")
    questions.close()
    with pytest.raises(DagxError, match="the step has ended"):
        questions.ask({"about": "runs"})
    wire.send(ends[1], {"did": "step"})
    engine.join()
    assert [message["did"] for message in engine.heard] == ["step"]


def test_an_engine_that_is_gone_is_told(ends: tuple[socket.socket, socket.socket]) -> None:
    engine = Engine(ends[0], None)
    with pytest.raises(DagxError, match="the engine does not answer"):
        Questions(ends[1], "t").ask({"about": "runs"})
    engine.join()
