"""The queue of an owner: in order, also when somebody looked at what is next."""

from __future__ import annotations

import queue

import pytest

from dagx_engine.io.inbox import Inbox


def test_what_is_not_of_the_kind_that_is_asked_for_stays_the_next_one() -> None:
    inbox = Inbox()
    for message in (1, "two", 3):
        inbox.put(message)
    assert inbox.get_if(int) == 1
    assert inbox.get_if(int) is None
    assert inbox.get_if(int) is None
    assert not inbox.empty()
    assert inbox.get() == "two"
    assert inbox.get_if(str, int) == 3
    assert inbox.empty()


def test_what_is_not_there_is_not_waited_for_unless_that_is_wanted() -> None:
    inbox = Inbox()
    assert inbox.get_if(object) is None
    with pytest.raises(queue.Empty):
        inbox.get(timeout=0)
