"""What a step connects to beyond this machine is noted, by its name. For these tests this machine is far away."""

from __future__ import annotations

import asyncio
import os
import socket
import tempfile
import threading
import urllib.request
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from dagx.worker.tracing.network import Network, is_near
from dagx.worker.tracing.tracer import Tracer


class Answers(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"text")

    def log_message(self, format: str, *args: object) -> None:
        """Nobody reads it."""


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    server = HTTPServer(("127.0.0.1", 0), Answers)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def tracer() -> Iterator[Tracer]:
    """An audit hook can never be taken back."""
    with tempfile.TemporaryDirectory() as folder:
        root = os.path.realpath(folder)
        yield Tracer(root, str(Path(root, ".dagx")), near=lambda host: host == "")


def places(tracer: Tracer, action: Callable[[], object]) -> list[str]:
    seen = tracer.start()
    try:
        action()
    finally:
        tracer.stop()
    return seen.network.places


def fetch(host: str, port: int) -> None:
    with urllib.request.urlopen(f"http://{host}:{port}/x") as answer:
        assert answer.read() == b"text"


def test_a_host_is_told_by_the_name_that_was_looked_up(tracer: Tracer, port: int) -> None:
    assert places(tracer, lambda: fetch("localhost", port)) == [f"localhost:{port}"]


def test_a_host_without_a_name_is_told_by_its_number(tracer: Tracer, port: int) -> None:
    assert places(tracer, lambda: socket.create_connection(("127.0.0.1", port)).close()) == [
        f"127.0.0.1:{port}"
    ]


def test_a_name_that_another_thread_looks_up_is_the_name(tracer: Tracer, port: int) -> None:
    async def ask() -> None:
        _, writer = await asyncio.open_connection("localhost", port)
        writer.close()
        await writer.wait_closed()

    assert places(tracer, lambda: asyncio.run(ask())) == [f"localhost:{port}"]


def test_who_connects_to_nothing_has_no_place(tracer: Tracer) -> None:
    left, right = socket.socketpair()
    assert places(tracer, lambda: (left.close(), right.close())) == []


def test_this_machine_is_not_the_network() -> None:
    near = [
        "localhost",
        "db.localhost",
        "LOCALHOST.",
        "127.0.0.1",
        "127.8.8.8",
        "::1",
        "::ffff:127.0.0.1",
        "",
    ]
    assert [host for host in near if not is_near(host)] == []
    assert not any(map(is_near, ["example.com", "localhost.example.com", "10.0.0.1", "2001:db8::1"]))


def test_a_name_that_leads_to_this_machine_is_not_the_network() -> None:
    found = Network()
    found.hear("socket.getaddrinfo", ("database", 5432, 0, 0, 0))
    assert found.places == ["database:5432"]
    found.hear("socket.connect", (None, ("127.0.0.1", 5432)))
    assert found.places == []


@pytest.mark.parametrize(
    ("asked", "place"),
    [
        (("example.com", "https"), "example.com:443"),
        ((b"example.com", b"8080"), "example.com:8080"),
        (("example.com", None), "example.com"),
        (("2001:db8::1", 80), "[2001:db8::1]:80"),
        ((None, 80), None),
        (("localhost", 80), None),
    ],
)
def test_a_place_is_a_host_and_its_port(asked: tuple[object, object], place: str | None) -> None:
    found = Network()
    found.hear("socket.getaddrinfo", (*asked, 0, 0, 0))
    assert found.places == ([place] if place else [])


@pytest.mark.parametrize("address", ["/run/docker.sock", b"\0abstract", (3, 1024), ("127.0.0.1", 80)])
def test_what_is_on_this_machine_is_passed_over(address: object) -> None:
    found = Network()
    found.hear("socket.connect", (None, address))
    assert found.places == []
