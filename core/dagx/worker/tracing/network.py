"""What a step connects to that is not on this machine: names and ports, as far as Python tells.

Nobody can see from here when what is there changes. It is noted, so that people are told.
"""

from __future__ import annotations

import _thread
from collections.abc import Callable
from typing import Any

__all__ = ["EVENTS", "Network", "is_near"]

EVENTS = frozenset({"socket.connect", "socket.getaddrinfo"})

_NEAR = ("127.", "::1", "::ffff:127.", "0.0.0.0")


def is_near(host: str) -> bool:
    """Whether a name or number stands for this machine itself."""
    name = host.lower().rstrip(".")
    return name in ("", "::", "localhost") or name.endswith(".localhost") or name.startswith(_NEAR)


class Network:
    """The places beyond this machine that were asked for while one step ran. `near` says which hosts are none.

    First a name is looked up, then one of its numbers is connected to. The name is what people know, so the number
    counts only where no name of that port was looked up before.
    """

    def __init__(self, near: Callable[[str], bool] = is_near) -> None:
        self._near = near
        self._asked: dict[tuple[int, int], str] = {}
        """By thread and port, the name that was looked up last."""
        self._of_port: dict[int, str] = {}
        """The same for all threads: names may be looked up in another one than connects."""
        self._found: dict[str, None] = {}
        self._turned_out_near: set[str] = set()

    @property
    def places(self) -> list[str]:
        """`host:port`, in the order of first sight."""
        return [place for place in self._found if place not in self._turned_out_near]

    def hear(self, event: str, args: tuple[object, ...]) -> None:
        """An audit event that is one of EVENTS."""
        if event == "socket.getaddrinfo":
            self._look_up(args[0], args[1])
        else:
            self._connect(args[1])

    def _look_up(self, host: object, port: object) -> None:
        name = host.decode("ascii", "replace") if isinstance(host, bytes) else host
        if not isinstance(name, str) or self._near(name):
            return
        number = _number(port)
        self._asked[_thread.get_ident(), number] = self._of_port[number] = name
        self._found[_place(name, number)] = None

    def _connect(self, address: Any) -> None:
        """The address of a socket of this machine alone is text."""
        if isinstance(address, (str, bytes)) or not isinstance(address[0], str):
            return
        host, number = str(address[0]), _number(address[1])
        name = self._asked.get((_thread.get_ident(), number)) or self._of_port.get(number)
        if self._near(host):
            if name is not None and name != host:
                self._turned_out_near.add(_place(name, number))
        elif name is None:
            self._found[_place(host, number)] = None


def _number(port: object) -> int:
    if isinstance(port, int):
        return port
    text = port.decode("ascii", "replace") if isinstance(port, bytes) else port
    if not isinstance(text, str):
        return 0
    return int(text) if text.isdecimal() else _SERVICES.get(text, 0)


_SERVICES = {"http": 80, "https": 443, "ftp": 21, "ssh": 22, "postgresql": 5432, "mysql": 3306}


def _place(host: str, port: int) -> str:
    name = f"[{host}]" if ":" in host else host
    return f"{name}:{port}" if port else name
