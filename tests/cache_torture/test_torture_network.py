"""Steps that read the network are never stale because of it, and people are told. This machine is far away here."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator

import pytest
from shops import Shop

from dagx.worker.tracing.tracer import Tracer

Project = Callable[[str], Shop]

ASKS = """
    -- definitions.py
    import dagx as dg
    import socket

    @dg.asset
    def fetched():
        socket.create_connection(("localhost", PORT)).close()
        return 1

    @dg.asset
    def bystander():
        return 1
"""


@pytest.fixture
def port(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    monkeypatch.setattr(Tracer.__init__, "__defaults__", (lambda host: host == "",))
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_who_reads_the_network_stays_fresh_and_says_so(project: Project, port: int) -> None:
    shop = project(ASKS.replace("PORT", str(port)))
    run = shop.execute()
    words = f"fetched reads the network (localhost:{port}): nobody can see from here when that changes"
    assert [remark.text for remark in run.remarks] == [words]
    assert run.remarks[0].hint == "dagx run --force fetched when it has"
    assert shop.run() == {}
    assert [remark.text for remark in shop.why("fetched").remarks] == [words]
    assert ("network", f"localhost:{port}") in shop.why("fetched").rests_on
    assert shop.why("bystander").remarks == ()
    assert shop.run("fetched", force=True) == {"fetched": ["forced"]}
    assert shop.run() == {}
