"""Ids of runs: random UUIDs (version 4) in their text form."""

from __future__ import annotations

import os


def new_run_id() -> str:
    """An id that no other run has."""
    # The module uuid asks for the platform when it is imported: 2 ms that every run would pay.
    drawn = bytearray(os.urandom(16))
    drawn[6] = drawn[6] & 0x0F | 0x40
    drawn[8] = drawn[8] & 0x3F | 0x80
    text = drawn.hex()
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))
