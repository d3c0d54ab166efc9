"""Events come out in the order in which they were put in, whatever is held together."""

from __future__ import annotations

from dagx_engine.outbox import Outbox
from dagx_engine.views import Event, Notice


def words(events: list[Event]) -> list[str]:
    return [event.text for event in events if isinstance(event, Notice)]


def test_what_is_held_together_comes_out_when_that_is_over_and_in_order() -> None:
    box = Outbox()
    box.put(Notice("before"))
    with box.together():
        box.put(Notice("first"))
        with box.together():
            box.put(Notice("second"))
        assert words(box.take()) == ["before"]
        box.put(Notice("third"))
    box.put(Notice("after"))
    assert words(box.take()) == ["first", "second", "third", "after"]


def test_it_comes_out_also_when_something_went_wrong_meanwhile() -> None:
    box = Outbox()
    try:
        with box.together():
            box.put(Notice("held"))
            raise KeyError
    except KeyError:
        box.put(Notice("after"))
    assert words(box.take()) == ["held", "after"]


def test_who_waits_for_none_gets_none() -> None:
    assert Outbox().take() == []
